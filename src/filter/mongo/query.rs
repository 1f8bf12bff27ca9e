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
    filter::{
        Clause,
        accepted::{self, SIGNED},
    },
    json::Json,
    schema::Match,
};

/// Some types of MongoDB, and the accepted values that are of them.
type Typed = (&'static [&'static str], Vec<Json>);

/// The account: a text, or a value of the field's kind, and never a list.
pub(super) fn account(field: &Checked, account: &str) -> Vec<Json> {
    on(field, |name| {
        let scalar = |(types, values): Typed| scalar(name, types, &values);
        let string = scalar(strings(&[account]));
        match of_kind(field.kind, &[account]) {
            Some(typed) => any_of(alloc::vec![string, scalar(typed)]),
            None => string,
        }
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

fn strings(accepted: &[&str]) -> Typed {
    (&["string"], accepted.iter().copied().map(text).collect())
}

/// The accepted values of the kind that the field adds, in Extended JSON (v2).
fn of_kind(kind: Kind, accepted: &[&str]) -> Option<Typed> {
    let (types, key, is): (&[&str], &str, fn(&str) -> bool) = match kind {
        Kind::Plain => return None,
        Kind::ObjectId => (&["objectId"], "$oid", accepted::is_object_id),
        Kind::Uuid => (&["binData"], "$uuid", accepted::is_uuid),
    };
    some(types, accepted.iter().filter(|value| is(value)).map(|value| object([(key, text(value))])))
}

fn some(types: &'static [&'static str], values: impl Iterator<Item = Json>) -> Option<Typed> {
    let values: Vec<Json> = values.collect();
    (!values.is_empty()).then_some((types, values))
}

fn condition(field: &str, kind: Kind, clause: &Clause) -> Json {
    let accepted: Vec<&str> = clause.accepted().iter().collect();
    let integers = accepted.iter().filter_map(|value| accepted::integer(value, &SIGNED)).map(Json::Integer);
    let booleans = accepted.iter().filter_map(|value| accepted::boolean(value)).map(Json::Boolean);
    let others = [some(&["int", "long"], integers), some(&["bool"], booleans), of_kind(kind, &accepted)];
    let kinds: Vec<Typed> = [strings(&accepted)].into_iter().chain(others.into_iter().flatten()).collect();
    let scalars = kinds.iter().map(|(types, values)| scalar(field, types, values));
    let lists = match clause.matching() {
        Match::Any => kinds.iter().map(|(types, values)| of(field, [element("$in", types, values)])).collect(),
        Match::All => alloc::vec![every_element(field, &kinds)],
    };
    any_of(scalars.chain(lists).collect())
}

/// One value that is no array.
fn scalar(field: &str, types: &[&str], values: &[Json]) -> Json {
    let no_array = ("$not", object([("$type", text("array"))]));
    of(field, [("$in", Json::List(values.into())), ("$type", type_list(types)), no_array])
}

/// There is an element of one of these types that is, or is not, among the values.
fn element(operator: &'static str, types: &[&str], values: &[Json]) -> (&'static str, Json) {
    ("$elemMatch", object([(operator, Json::List(values.into())), ("$type", type_list(types))]))
}

fn every_element(field: &str, kinds: &[Typed]) -> Json {
    let types: Vec<&str> = kinds.iter().flat_map(|(types, _)| types.iter().copied()).collect();
    let of_another_type = object([("$not", object([("$type", type_list(&types))]))]);
    let mut requirements = alloc::vec![
        of(field, [("$type", text("array"))]),
        of(field, [("$not", object([("$size", Json::Integer(0))]))]),
        of(field, [("$not", object([("$elemMatch", of_another_type)]))]),
    ];
    for (types, values) in kinds {
        requirements.push(of(field, [("$not", object([element("$nin", types, values)]))]));
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

fn of<const N: usize>(field: &str, operators: [(&str, Json); N]) -> Json {
    object([(field, object(operators))])
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn text(value: &str) -> Json {
    Json::Text(value.into())
}

fn type_list(types: &[&str]) -> Json {
    Json::List(types.iter().copied().map(text).collect())
}
