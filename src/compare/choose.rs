//! The attributes of a witness: what the left accepts, one thing that the right doesn't, and otherwise what both
//! need, so that the one difference shows.

use alloc::{format, string::String, vec, vec::Vec};

use super::{
    clause::{self, Clause},
    pair::{Gap, Left, OnType, Pair},
    witness::Witness,
};
use crate::{
    attributes::AttributePath,
    json::{Json, JsonObject},
    value_set::ValueSet,
};

impl<'a> Pair<'a> {
    /// A request that the left allows and the right denies: the most telling one, on the first type that has
    /// it. None exactly where the left is within the right.
    pub(super) fn witness(&self) -> Option<Witness> {
        let telling = self.types().filter(|on| !on.is_included());
        let mut best: Option<(u8, OnType<'_, 'a>)> = None;
        for on in telling {
            let rank = clause::rank(on.telling());
            if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                best = Some((rank, on));
            }
            if rank == 0 {
                break;
            }
        }
        let (_, on) = best?;
        // An operation that the right lacks anyway needs no other fault.
        let operation = clause::preferred(self.left.schema(), on.resource, on.telling())?;
        let lacks = clause::operations(on.beyond()).any(|index| index == operation);
        let gap = if lacks || on.unbound().is_some() { None } else { on.gaps().next() };
        Some(on.request(operation, gap))
    }

    /// A request on this type, by the most telling operation of `mask`.
    pub(super) fn witness_on(&self, on: &OnType<'_, 'a>, mask: u64, gap: Option<Gap<'a>>) -> Option<Witness> {
        clause::preferred(self.left.schema(), on.resource, mask).map(|operation| on.request(operation, gap))
    }
}

impl<'a> OnType<'_, 'a> {
    /// A request that the left allows, and that fails in `gap` where there is one.
    fn request(&self, operation: u8, gap: Option<Gap<'a>>) -> Witness {
        Witness::new(self.left(), self.resource, operation, self.attributes(gap))
    }

    fn attributes(&self, gap: Option<Gap<'a>>) -> JsonObject {
        let ours: Vec<Clause<'a>> = self.left_clauses().collect();
        let mut theirs: Vec<Option<Clause<'a>>> = vec![None; self.left().dimensions().len()];
        let mut more = Vec::new();
        if self.same_account() {
            for right in self.right_clauses() {
                match self.partner_of(&right) {
                    Some(left) => {
                        if let Some(slot) = theirs.get_mut(left.place) {
                            *slot = Some(right);
                        }
                    }
                    None => more.push(right),
                }
            }
        }
        let is_gap = |right: &Clause<'_>| gap.as_ref().is_some_and(|gap| gap.right.place == right.place);
        let mut attributes = JsonObject::default();
        for left in &ours {
            let right = theirs.get(left.place).copied().flatten();
            let value = match (&gap, right) {
                (Some(Gap { left: Left::Lists(_), .. }), Some(right)) if is_gap(&right) => {
                    Json::List(vec![Json::Text(first(left.accepted)), Json::Text(other_than(right.accepted))])
                }
                (_, Some(right)) => Json::Text(pick(left.accepted, right.accepted, !is_gap(&right))),
                (_, None) => Json::Text(first(left.accepted)),
            };
            put(&mut attributes, left.binding.attribute(), value);
        }
        for right in &more {
            // An attribute inside what the left reads, or around it: the right is not met whatever stands there.
            if ours.iter().any(|left| left.binding.attribute().overlaps(right.binding.attribute())) {
                continue;
            }
            let value = if is_gap(right) { other_than(right.accepted) } else { first(right.accepted) };
            put(&mut attributes, right.binding.attribute(), Json::Text(value));
        }
        attributes
    }
}

/// The first value of `from` that is among `others`, or is not; its first value where there is none such.
fn pick(from: &ValueSet, others: &ValueSet, among: bool) -> String {
    let picked = from.iter().find(|value| others.contains(value) == among);
    picked.map_or_else(|| first(from), String::from)
}

pub(super) fn first(values: &ValueSet) -> String {
    values.iter().next().unwrap_or_default().into()
}

/// A value near these that is not one of them. Of more candidates than there are values one must be.
fn other_than(values: &ValueSet) -> String {
    let near = values.iter().next().unwrap_or_default();
    let numbered = (2..values.len().saturating_add(3)).map(|number| format!("{near}-other-{number}"));
    let mut candidates = core::iter::once(format!("{near}-other")).chain(numbered);
    candidates.find(|candidate| !values.contains(candidate)).unwrap_or_default()
}

/// Sets the attribute at the end of the path, with the objects that lead there.
pub(super) fn put(attributes: &mut JsonObject, path: &AttributePath, value: Json) {
    let mut names = path.names();
    let Some(mut name) = names.next() else { return };
    let mut object = attributes;
    for next in names {
        let inner = object.entry(name.into()).or_insert_with(|| Json::Object(JsonObject::default()));
        let Json::Object(inner) = inner else { return };
        (object, name) = (inner, next);
    }
    object.insert(name.into(), value);
}
