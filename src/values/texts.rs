//! Texts for fast look-up.

use alloc::{boxed::Box, vec::Vec};

use crate::ends::{Ends, same};

/// A table of texts, in the order in which they were given.
#[derive(Clone)]
pub(crate) struct Table {
    texts: Box<[(Ends, Box<str>)]>,
    /// Their places in the order of their bytes.
    sorted: Box<[u16]>,
    /// Of more than a few: the keys of their ends in order, and whose they are. Those of one key are in the order of their bytes.
    keys: Box<[u64]>,
    places: Box<[u16]>,
    /// Where the keys begin that start with so many bits of this value, and where the last end. As many as there are texts, or up
    /// to twice as many: so a text is found by one step, and where somebody chose texts of like keys, by a search.
    starts: Box<[u16]>,
    shift: u32,
}

/// How many texts are looked at one after the other.
const FEW: usize = 8;

impl Table {
    pub(crate) fn new(texts: &[&str]) -> Self {
        let in_order = |first: &dyn Fn(&str) -> u64| {
            let mut sorted: Vec<(u64, &str, u16)> =
                texts.iter().copied().zip(0..=u16::MAX).map(|(text, place)| (first(text), text, place)).collect();
            sorted.sort_unstable();
            sorted
        };
        let by_key = if texts.len() > FEW { in_order(&|text| Ends::of(text).key()) } else { Vec::new() };
        let shift = u64::BITS.saturating_sub(texts.len().next_power_of_two().trailing_zeros()).min(u64::BITS - 1);
        let starts = (0..=u64::MAX >> shift).map(|bits| by_key.partition_point(|(key, ..)| key >> shift < bits));
        let starts = starts.chain([by_key.len()]).map(|start| start.try_into().unwrap_or(u16::MAX));
        Self {
            starts: if by_key.is_empty() { Box::default() } else { starts.collect() },
            shift,
            texts: texts.iter().map(|text| (Ends::of(text), Box::from(*text))).collect(),
            sorted: in_order(&|_| 0).into_iter().map(|(_, _, place)| place).collect(),
            keys: by_key.iter().map(|(key, ..)| *key).collect(),
            places: by_key.into_iter().map(|(_, _, place)| place).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text at a place in the order in which they were given.
    pub(super) fn at(&self, place: usize) -> Option<&str> {
        self.texts.get(place).map(|(_, text)| &**text)
    }

    /// The text at a place in the order of their bytes.
    pub(super) fn sorted_at(&self, place: usize) -> Option<&str> {
        self.sorted.get(place).and_then(|place| self.at((*place).into()))
    }

    #[inline]
    pub(super) fn contains(&self, text: &str) -> bool {
        if self.keys.is_empty() { is_among(&self.texts, text) } else { self.look_up(text).is_some() }
    }

    /// Where a text is, in the order in which they were given.
    #[inline]
    pub(crate) fn place_of(&self, text: &str) -> Option<usize> {
        if self.keys.is_empty() { place_among(&self.texts, text) } else { self.look_up(text) }
    }

    #[inline(never)]
    fn look_up(&self, text: &str) -> Option<usize> {
        let ends = Ends::of(text);
        let key = ends.key();
        let bits = usize::try_from(key.checked_shr(self.shift)?).ok()?;
        let [start, end] = *self.starts.get(bits..)?.first_chunk()?;
        let keys = self.keys.get(usize::from(start)..usize::from(end))?;
        let first = usize::from(start).saturating_add(keys.partition_point(|known| *known < key));
        let place = usize::from(*self.places.get(first)?);
        let (known, _) = self.texts.get(place)?;
        if *known == ends && ends.are_all() {
            return Some(place);
        }
        if self.keys.get(first) == Some(&key) { self.look_further(first, key, text) } else { None }
    }

    /// A long text, or one of several with one key.
    #[inline(never)]
    fn look_further(&self, first: usize, key: u64, text: &str) -> Option<usize> {
        let place = usize::from(*self.places.get(first)?);
        if self.at(place).is_some_and(|known| same(known, text)) {
            return Some(place);
        }
        if self.keys.get(first.saturating_add(1)) == Some(&key) { self.search(key, text) } else { None }
    }

    /// By all that they are sorted by, so that texts of one key don't have to be looked at one after the other.
    #[cold]
    fn search(&self, key: u64, text: &str) -> Option<usize> {
        let found = self.places.binary_search_by(|place| {
            let known = self.texts.get(usize::from(*place));
            known.map(|(ends, whole)| (ends.key(), &**whole)).cmp(&Some((key, text)))
        });
        found.ok().and_then(|at| self.places.get(at)).map(|place| usize::from(*place))
    }
}

// A function of its own: where it is takes a third more than whether.
#[inline(never)]
fn is_among(few: &[(Ends, Box<str>)], text: &str) -> bool {
    let ends = Ends::of(text);
    if ends.are_all() { few.iter().any(|(known, _)| *known == ends) } else { place_of_long(few, ends, text).is_some() }
}

#[inline(never)]
fn place_among(few: &[(Ends, Box<str>)], text: &str) -> Option<usize> {
    let ends = Ends::of(text);
    if ends.are_all() { few.iter().position(|(known, _)| *known == ends) } else { place_of_long(few, ends, text) }
}

// Apart: it needs more registers, which would be saved for short ones, too.
#[inline(never)]
fn place_of_long(few: &[(Ends, Box<str>)], ends: Ends, text: &str) -> Option<usize> {
    few.iter().position(|(known, whole)| *known == ends && same(whole, text))
}
