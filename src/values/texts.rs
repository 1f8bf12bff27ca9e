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
    /// Where the keys begin that start with so many bits of this value, and whose the first of them is, if there is one; at last,
    /// where they end. Twice to four times as many as there are texts: so a text is nearly always the first, and where somebody
    /// chose texts of like keys, it is found by a search.
    starts: Box<[(u16, u16)]>,
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
        let bits = texts.len().next_power_of_two().trailing_zeros().saturating_add(1);
        let shift = u64::BITS.saturating_sub(bits).min(u64::BITS - 1);
        let start = |bits: u64| {
            let at = by_key.partition_point(|(key, ..)| key >> shift < bits);
            let first = by_key.get(at).filter(|(key, ..)| key >> shift == bits);
            (at.try_into().unwrap_or(u16::MAX), first.map_or(u16::MAX, |(_, _, place)| *place))
        };
        Self {
            // One more than there are, for the end of the last.
            starts: if by_key.is_empty() {
                Box::default()
            } else {
                (0..=(u64::MAX >> shift).saturating_add(1)).map(start).collect()
            },
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
        let bits = usize::try_from(key.wrapping_shr(self.shift)).ok()?;
        let place = usize::from(self.starts.get(bits)?.1);
        let (known, _) = self.texts.get(place)?;
        if *known == ends && ends.are_all() { Some(place) } else { self.look_further(bits, key, text) }
    }

    /// A long text, or one of several whose keys begin alike.
    #[inline(never)]
    fn look_further(&self, bits: usize, key: u64, text: &str) -> Option<usize> {
        let [(start, _), (end, _)] = *self.starts.get(bits..)?.first_chunk()?;
        let keys = self.keys.get(usize::from(start)..usize::from(end))?;
        let first = usize::from(start).saturating_add(keys.partition_point(|known| *known < key));
        if self.keys.get(first) != Some(&key) {
            return None;
        }
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
