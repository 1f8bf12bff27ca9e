//! The conditions of several assignments, joined by name: one look-up tells which of the assignments accept a value.

use alloc::{boxed::Box, vec::Vec};

use foldhash::fast::FixedState;
use indexmap::IndexMap;

use crate::{hashing::PartsHasher, value_set::ValueSet};

/// Some of up to sixteen assignments: one bit for each, by place.
pub(crate) type AssignmentSet = u16;

/// The assignment at a place alone.
#[inline]
pub(crate) fn only(place: usize) -> AssignmentSet {
    u32::try_from(place).ok().and_then(|place| 1_u16.checked_shl(place)).unwrap_or(0)
}

/// One condition name that some of the assignments have.
pub(crate) struct JoinedName {
    /// The name's place in the schema.
    pub(crate) name: usize,
    /// The assignments that don't have it.
    pub(crate) without: AssignmentSet,
    accepted: IndexMap<Box<str>, AssignmentSet, FixedState>,
    longest: usize,
}

/// The names of the conditions of each assignment, by place in the schema, with the values that it accepts.
pub(crate) fn join<'a, C>(assignments: &(impl Iterator<Item = C> + Clone)) -> Box<[JoinedName]>
where
    C: Iterator<Item = (usize, &'a ValueSet)>,
{
    let mut names: Vec<usize> = Vec::new();
    for (name, _) in assignments.clone().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of_name = |name: usize| {
        let sets = assignments.clone().zip(0..).filter_map(move |(mut conditions, place)| {
            Some((only(place), conditions.find(|(other, _)| *other == name)?.1))
        });
        JoinedName::new(name, &sets.collect::<Vec<_>>())
    };
    names.into_iter().map(of_name).collect()
}

impl JoinedName {
    fn new(name: usize, sets: &[(AssignmentSet, &ValueSet)]) -> Self {
        // As the tables of value sets: nobody can choose values that collide.
        let mut parts = PartsHasher::new();
        sets.iter().flat_map(|(_, set)| set.iter()).for_each(|value| parts.add(value));
        let mut accepted: IndexMap<Box<str>, AssignmentSet, _> =
            IndexMap::with_hasher(FixedState::with_seed(u64::from_le_bytes(parts.first())));
        for (place, set) in sets {
            for value in set.iter() {
                *accepted.entry(value.into()).or_default() |= place;
            }
        }
        let longest = accepted.keys().map(|value| value.len()).max().unwrap_or(0);
        let without = !sets.iter().fold(0, |all, (place, _)| all | place);
        Self { name, without, accepted, longest }
    }

    /// The assignments that accept this very string, byte for byte, among those that have the name.
    // Compiled once, here, with its hasher, as that of value sets.
    #[inline(never)]
    pub(crate) fn accepting(&self, value: &str) -> AssignmentSet {
        if value.len() > self.longest { 0 } else { self.accepted.get(value).copied().unwrap_or(0) }
    }
}
