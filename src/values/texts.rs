//! Texts for fast look-up.

use alloc::{boxed::Box, vec::Vec};

use foldhash::fast::FixedState;
use indexmap::IndexSet;

use crate::hashing::PartsHasher;

/// A text of up to 22 bytes.
#[derive(Clone)]
pub(super) struct Short {
    length: u8,
    bytes: [u8; 22],
}

impl Short {
    /// `None` for a text that is too long.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 22];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { length: text.len().try_into().ok()?, bytes })
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

/// A table of texts, in the order in which they were given.
#[derive(Clone)]
pub(super) struct Table {
    values: IndexSet<Box<str>, FixedState>,
    /// Their places in the order of their bytes.
    sorted: Box<[u16]>,
    longest: usize,
}

impl Table {
    /// The hasher's seed is taken from the BLAKE3 digest of the values. So nobody can choose values that collide, and still
    /// the same values make the same set on every machine.
    pub(super) fn new(texts: &[&str]) -> Self {
        let mut parts = PartsHasher::new();
        for value in texts {
            parts.add(value);
        }
        let seed = u64::from_le_bytes(parts.first());
        let mut values = IndexSet::with_hasher(FixedState::with_seed(seed));
        values.extend(texts.iter().copied().map(Box::from));
        let mut sorted: Vec<(&Box<str>, u16)> = values.iter().zip(0..).collect();
        sorted.sort_unstable();
        let sorted = sorted.into_iter().map(|(_, place)| place).collect();
        Self { values, sorted, longest: texts.iter().map(|text| text.len()).max().unwrap_or(0) }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The text at a place in the order in which they were given.
    pub(super) fn at(&self, place: usize) -> Option<&str> {
        self.values.get_index(place).map(|value| &**value)
    }

    /// The text at a place in the order of their bytes.
    pub(super) fn sorted_at(&self, place: usize) -> Option<&str> {
        self.sorted.get(place).and_then(|place| self.at((*place).into()))
    }

    // Compiled once, here, with its hasher: inlined into other crates it is several times slower.
    #[inline(never)]
    pub(super) fn contains(&self, value: &str) -> bool {
        // A value that is longer than all in the table is not hashed.
        value.len() <= self.longest && self.values.contains(value)
    }
}
