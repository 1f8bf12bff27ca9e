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
    values: Texts,
    /// Their places in the order of their bytes.
    sorted: Box<[u16]>,
}

#[derive(Clone)]
enum Texts {
    /// Few enough to be looked at one after the other.
    Few(Box<[(Ends, Box<str>)]>),
    Many {
        values: IndexSet<Box<str>, FixedState>,
        longest: usize,
    },
}

/// How many texts are looked at one after the other.
const FEW: usize = 8;

impl Table {
    /// The hasher's seed is taken from the BLAKE3 digest of the values. So nobody can choose values that collide, and still
    /// the same values make the same set on every machine.
    pub(super) fn new(texts: &[&str]) -> Self {
        let mut sorted: Vec<(&str, u16)> = texts.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let sorted = sorted.into_iter().map(|(_, place)| place).collect();
        if texts.len() <= FEW {
            let few = texts.iter().map(|text| (Ends::of(text.as_bytes()), Box::from(*text)));
            return Self { values: Texts::Few(few.collect()), sorted };
        }
        let mut parts = PartsHasher::new();
        for value in texts {
            parts.add(value);
        }
        let seed = u64::from_le_bytes(parts.first());
        let mut values = IndexSet::with_hasher(FixedState::with_seed(seed));
        values.extend(texts.iter().copied().map(Box::from));
        Self { values: Texts::Many { values, longest: texts.iter().map(|text| text.len()).max().unwrap_or(0) }, sorted }
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The text at a place in the order in which they were given.
    pub(super) fn at(&self, place: usize) -> Option<&str> {
        match &self.values {
            Texts::Few(few) => few.get(place).map(|(_, text)| &**text),
            Texts::Many { values, .. } => values.get_index(place).map(|value| &**value),
        }
    }

    /// The text at a place in the order of their bytes.
    pub(super) fn sorted_at(&self, place: usize) -> Option<&str> {
        self.sorted.get(place).and_then(|place| self.at((*place).into()))
    }

    #[inline]
    pub(super) fn contains(&self, text: &str) -> bool {
        match &self.values {
            Texts::Few(few) => {
                let ends = Ends::of(text.as_bytes());
                few.iter().any(|(known, whole)| *known == ends && known.decide_for(text.as_bytes(), whole.as_bytes()))
            }
            Texts::Many { values, longest } => look_up(values, *longest, text),
        }
    }
}

// Compiled once, here, with its hasher: inlined into other crates it is several times slower.
#[inline(never)]
fn look_up(values: &IndexSet<Box<str>, FixedState>, longest: usize, text: &str) -> bool {
    // A value that is longer than all in the table is not hashed.
    text.len() <= longest && values.contains(text)
}

/// The length of a text, and its first and last eight bytes: all of a text of up to sixteen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    length: usize,
    first: u64,
    last: u64,
}

impl Ends {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            // Shorter than eight: the first and the last four are all of it.
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        } else {
            let byte = |place: usize| text.get(place).copied().unwrap_or(0);
            (byte(0).into(), u16::from_le_bytes([byte(1), byte(2)]).into())
        };
        Self { length, first, last }
    }

    /// Whether two texts with these ends are the same.
    #[inline]
    fn decide_for(self, one: &[u8], other: &[u8]) -> bool {
        self.length <= 16 || one == other
    }
}
