//! The query for a clause, which a document passes exactly if the decision allows it.
//!
//! MongoDB's comparison accepts more than the decision in these ways. Each is excluded by an operator of its own (manual,
//! "Query and Projection Operators", and "Comparison/Sort Order"):
//!
//! - numbers of different types are equal, `1` and `1.0`: `$type` beside each `$in`;
//! - a condition on a field holds for an array if it holds for an element: the form for single values says that the field is
//!   no array, and the form for arrays is `$elemMatch`, which tests one element against all that is asked;
//! - a dotted path leads through arrays of objects: no field on the way may be an array;
//! - an empty array passes every test of all elements: `$not` `$size` 0 beside `$not` `$elemMatch`.

use alloc::vec::Vec;

use super::field::{Checked, Kind};
use crate::{
    attributes::Value,
    filter::{
        Clause,
        accepted::{self, SIGNED},
    },
    json::Json,
    schema::Match,
    values::{ValueKind, ValueSet},
};

/// Some types of MongoDB, and which values of these are accepted: alternatives, each of operators that must all hold. Of the
/// others likewise.
struct Typed {
    types: &'static [&'static str],
    accepted: Vec<Operators>,
    others: Vec<Operators>,
}

type Operators = Vec<(&'static str, Json)>;

/// The account: a text, or a value of the field's kind, and never a list.
pub(super) fn account(field: &Checked, account: &str) -> Vec<Json> {
    let account = ValueSet::of_texts(&[account]);
    let typed = if field.kind == Kind::Integer { integers(&account) } else { Some(strings(&account)) };
    on(field, |name| {
        let typed = typed.into_iter().chain(of_kind(field.kind, &account));
        let mut scalars: Vec<Json> = typed.flat_map(|typed| scalars(name, &typed)).collect();
        if scalars.len() > 1 { any_of(scalars) } else { scalars.pop().unwrap_or_else(nothing) }
    })
}

/// One clause.
pub(super) fn clause(field: &Checked, clause: &Clause) -> Vec<Json> {
    on(field, |name| condition(name, field.kind, clause))
}

/// What is asked of a field, and that no field on the way to it is an array.
fn on(field: &Checked, ask: impl FnOnce(&str) -> Json) -> Vec<Json> {
    let Some((name, parents)) = field.dotted.split_last() else { return alloc::vec![nothing()] };
    let parents = parents.iter().map(|parent| of(parent, [("$not", object([("$type", text("array"))]))]));
    parents.chain([ask(name)]).collect()
}

fn typed(kind: Kind, accepted: &ValueSet) -> Vec<Typed> {
    if kind == Kind::Integer {
        return integers(accepted).into_iter().collect();
    }
    let booleans = [false, true].into_iter().filter(|boolean| accepted.accepts(Value::Boolean(*boolean)));
    let booleans = one_of(&["bool"], booleans.map(Json::Boolean));
    let others = [integers(accepted), some(booleans), of_kind(kind, accepted)];
    [strings(accepted)].into_iter().chain(others.into_iter().flatten()).collect()
}

/// Strings are in the order of their bytes.
fn strings(accepted: &ValueSet) -> Typed {
    if accepted.kind() == ValueKind::Path {
        let spans = |inside| {
            let spans = accepted.spans(inside).into_iter();
            spans.map(|(from, until)| {
                let until = until.map(|until| ("$lt", text(&until)));
                [("$gte", text(&from))].into_iter().chain(until).collect::<Operators>()
            })
        };
        return Typed { types: &["string"], accepted: spans(true).collect(), others: spans(false).collect() };
    }
    listed(&["string"], accepted, |_| true, text)
}

fn integers(accepted: &ValueSet) -> Option<Typed> {
    let types = &["int", "long"];
    if let Some(texts) = accepted.texts() {
        let integers = texts.filter_map(|value| accepted::integer(value, &SIGNED)).map(Json::Integer);
        return some(one_of(types, integers));
    }
    let ranges = accepted.integers();
    // What lies between the ranges, before the first and after the last.
    let ends = ranges.iter().map(|(first, _)| first.checked_sub(1)).chain([Some(i128::MAX)]);
    let starts = [Some(i128::MIN)].into_iter().chain(ranges.iter().map(|(_, last)| last.checked_add(1)));
    let others: Vec<(i128, i128)> = starts.zip(ends).filter_map(|(start, end)| start.zip(end)).collect();
    let operators = |ranges: &[(i128, i128)]| -> Vec<Operators> {
        let held = ranges.iter().map(|(first, last)| (*first.max(SIGNED.start()), *last.min(SIGNED.end())));
        let held = held.filter(|(first, last)| first <= last);
        held.map(|(first, last)| alloc::vec![("$gte", Json::Integer(first)), ("$lte", Json::Integer(last))]).collect()
    };
    some(Typed { types, accepted: operators(&ranges), others: operators(&others) })
}

/// What is accepted of the kind that the field adds, in Extended JSON (v2).
fn of_kind(kind: Kind, accepted: &ValueSet) -> Option<Typed> {
    match kind {
        Kind::Plain | Kind::Integer => None,
        Kind::ObjectId => {
            let id = |value: &str| object([("$oid", text(value))]);
            some(listed(&["objectId"], accepted, accepted::is_object_id, id))
        }
        Kind::Uuid => {
            let uuid = |value: &str| object([("$uuid", text(value))]);
            let mut uuids = listed(&["binData"], accepted, accepted::is_uuid, uuid);
            // Binary data is in the order of its length, then of its subtype, then of its bytes: between these is every uuid,
            // and nothing else.
            let [least, most] = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
            if accepted.except().len() > 0 {
                uuids.accepted.iter_mut().for_each(|all| all.extend([("$gte", uuid(least)), ("$lte", uuid(most))]));
                uuids.others.extend([Vec::from([("$lt", uuid(least))]), Vec::from([("$gt", uuid(most))])]);
            }
            some(uuids)
        }
    }
}

/// What is accepted of values of which each is a text of this form, and equal to no other.
fn listed(
    types: &'static [&'static str],
    accepted: &ValueSet,
    is: fn(&str) -> bool,
    json: impl Fn(&str) -> Json,
) -> Typed {
    if accepted.except().len() == 0 {
        return one_of(types, accepted.iter().filter(|value| is(value)).map(json));
    }
    let excepted = accepted.except().filter(|value| is(value) && !accepted.contains(value));
    let Typed { accepted: others, others: accepted, .. } = one_of(types, excepted.map(json));
    Typed { types, accepted, others }
}

fn one_of(types: &'static [&'static str], values: impl Iterator<Item = Json>) -> Typed {
    let values: Vec<Json> = values.collect();
    if values.is_empty() {
        return Typed { types, accepted: Vec::new(), others: Vec::from([Vec::new()]) };
    }
    let [accepted, others] =
        ["$in", "$nin"].map(|operator| Vec::from([Vec::from([(operator, Json::List(values.clone()))])]));
    Typed { types, accepted, others }
}

fn some(typed: Typed) -> Option<Typed> {
    (!typed.accepted.is_empty()).then_some(typed)
}

fn condition(field: &str, kind: Kind, clause: &Clause) -> Json {
    let kinds = typed(kind, clause.accepted());
    if kinds.is_empty() {
        return nothing();
    }
    let lists = match clause.matching() {
        Match::Any => {
            kinds.iter().flat_map(|typed| typed.elements(&typed.accepted)).map(|one| of(field, [one])).collect()
        }
        Match::All => alloc::vec![every_element(field, &kinds)],
    };
    any_of(kinds.iter().flat_map(|typed| scalars(field, typed)).chain(lists).collect())
}

/// One value that is no array: the alternatives.
fn scalars(field: &str, typed: &Typed) -> Vec<Json> {
    let no_array = || ("$not", object([("$type", text("array"))]));
    let whole = |operators: &Operators| of(field, operators.iter().cloned().chain([typed.is(), no_array()]));
    typed.accepted.iter().map(whole).collect()
}

impl Typed {
    /// That a value is of one of these types.
    fn is(&self) -> (&'static str, Json) {
        ("$type", type_list(self.types))
    }

    /// That there is an element of one of these types for which operators hold: of each of the alternatives.
    fn elements(&self, alternatives: &[Operators]) -> impl Iterator<Item = (&'static str, Json)> {
        alternatives.iter().map(|operators| ("$elemMatch", object(operators.iter().cloned().chain([self.is()]))))
    }
}

fn every_element(field: &str, kinds: &[Typed]) -> Json {
    let types: Vec<&str> = kinds.iter().flat_map(|typed| typed.types.iter().copied()).collect();
    let of_another_type = object([("$not", object([("$type", type_list(&types))]))]);
    let mut requirements = alloc::vec![
        of(field, [("$type", text("array"))]),
        of(field, [("$not", object([("$size", Json::Integer(0))]))]),
        of(field, [("$not", object([("$elemMatch", of_another_type)]))]),
    ];
    for typed in kinds {
        requirements.extend(typed.elements(&typed.others).map(|other| of(field, [("$not", object([other]))])));
    }
    object([("$and", Json::List(requirements))])
}

pub(super) fn all_of(requirements: Vec<Json>) -> Json {
    match <[Json; 1]>::try_from(requirements) {
        Ok([only]) => only,
        Err(none) if none.is_empty() => object([]),
        Err(several) => object([("$and", Json::List(several))]),
    }
}

pub(super) fn any_of(alternatives: Vec<Json>) -> Json {
    object([("$or", Json::List(alternatives))])
}

pub(super) fn nothing() -> Json {
    object([("$nor", Json::List(alloc::vec![object([])]))])
}

fn of<'a>(field: &str, operators: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    object([(field, object(operators))])
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn text(value: &str) -> Json {
    Json::Text(value.into())
}

fn type_list(types: &[&str]) -> Json {
    Json::List(types.iter().copied().map(text).collect())
}
