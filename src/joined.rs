//! The conditions of several assignments, joined by name: one look-up tells which of the assignments accept a value.

use alloc::{boxed::Box, vec::Vec};

use foldhash::fast::FixedState;
use indexmap::IndexMap;

use crate::{
    attributes::Value,
    schema::Schema,
    values::{InSet, Table, ValueSet, with_text},
};

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
    /// Whether it reads the context, on every type.
    pub(crate) reads_context: bool,
    /// The assignments that don't have it.
    pub(crate) without: AssignmentSet,
    accepted: Accepted,
}

enum Accepted {
    /// The texts, where all sets are of texts.
    Texts { table: Table, accepting: Box<[AssignmentSet]> },
    /// The sets, of one kind.
    Sets(InSet<AssignmentSet>),
}

/// The names of the conditions of each assignment, by place in the schema, with the values that it accepts.
pub(crate) fn join<'a, C>(schema: &Schema, assignments: &(impl Iterator<Item = C> + Clone)) -> Box<[JoinedName]>
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
        JoinedName::new(schema, name, &sets.collect::<Vec<_>>())
    };
    names.into_iter().map(of_name).collect()
}

impl JoinedName {
    fn new(schema: &Schema, name: usize, sets: &[(AssignmentSet, &ValueSet)]) -> Self {
        let without = !sets.iter().fold(0, |all, (place, _)| all | place);
        Self { name, reads_context: schema.reads_context_at(name), without, accepted: Accepted::new(sets) }
    }

    /// The assignments that accept this value, which is no list, among those that have the name.
    #[inline]
    pub(crate) fn accepting(&self, value: Value<'_>) -> AssignmentSet {
        match (&self.accepted, value) {
            (Accepted::Texts { table, accepting }, Value::Text(text)) => look_up(table, accepting, text),
            (Accepted::Texts { table, accepting }, other) => other_text(table, accepting, other),
            (Accepted::Sets(sets), value) => of_sets(sets, value),
        }
    }
}

#[inline]
fn look_up(table: &Table, accepting: &[AssignmentSet], text: &str) -> AssignmentSet {
    table.place_of(text).and_then(|place| accepting.get(place)).copied().unwrap_or(0)
}

#[inline(never)]
fn of_sets(sets: &InSet<AssignmentSet>, value: Value<'_>) -> AssignmentSet {
    sets.having(value, 0, |all, one| all | one)
}

#[inline(never)]
fn other_text(table: &Table, accepting: &[AssignmentSet], other: Value<'_>) -> AssignmentSet {
    with_text(other, 0, |text| look_up(table, accepting, text))
}

impl Accepted {
    fn new(sets: &[(AssignmentSet, &ValueSet)]) -> Self {
        let texts: Option<Vec<_>> = sets.iter().map(|(place, set)| Some((*place, set.texts()?))).collect();
        let Some(texts) = texts else {
            let kind = sets.first().map(|(_, set)| set.kind()).unwrap_or_default();
            return Self::Sets(InSet::new(kind, sets.iter().map(|(place, set)| (*place, (*set).clone())).collect()));
        };
        let mut accepting: IndexMap<&str, AssignmentSet, FixedState> = IndexMap::default();
        for (place, values) in texts {
            values.for_each(|value| *accepting.entry(value).or_default() |= place);
        }
        let table = Table::new(&accepting.keys().copied().collect::<Vec<_>>());
        Self::Texts { table, accepting: accepting.into_values().collect() }
    }
}
