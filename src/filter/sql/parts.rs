//! Parts of SQL that are the same in several dialects.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use core::ops::RangeInclusive;

use super::fragment::{Binds, SqlValue};
use crate::{
    attributes::Value,
    filter::accepted::{self, JSON_INTEGERS, SIGNED},
    schema::Match,
    values::{ValueKind, ValueSet},
};

pub(super) const FALSE: &str = "(1 = 0)";
pub(super) const TRUE: &str = "(1 = 1)";

/// The alternatives with `OR` between them; false where there is none.
pub(super) fn any_of(alternatives: impl IntoIterator<Item = String>) -> String {
    join(alternatives, " OR ", FALSE)
}

/// The requirements with `AND` between them; true where there is none.
pub(super) fn all_of(requirements: impl IntoIterator<Item = String>) -> String {
    join(requirements, " AND ", TRUE)
}

fn join(parts: impl IntoIterator<Item = String>, between: &str, of_none: &str) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    match parts.as_slice() {
        [] => of_none.to_string(),
        [only] => only.clone(),
        several => format!("({})", several.join(between)),
    }
}

/// The accepted values that have a form, as texts.
pub(super) fn texts(accepted: &ValueSet, has_form: impl Fn(&str) -> bool) -> impl Iterator<Item = SqlValue> {
    accepted.iter().filter(move |value| has_form(value)).map(|value| SqlValue::Text(value.to_string()))
}

/// The accepted values that are integers of 64 bits.
pub(super) fn integers(accepted: &ValueSet) -> impl Iterator<Item = SqlValue> {
    let integers = accepted.iter().filter_map(|value| accepted::integer(value, &SIGNED));
    integers.filter_map(|value| value.try_into().ok()).map(SqlValue::Integer)
}

/// The accepted booleans.
pub(super) fn booleans(accepted: &ValueSet) -> impl Iterator<Item = bool> {
    [false, true].into_iter().filter(|boolean| accepted.accepts(Value::Boolean(*boolean)))
}

/// Whether a number is in one of these ranges, as far as they are among the numbers that the database holds there.
pub(super) fn in_ranges(
    number: &str,
    ranges: &[(i128, i128)],
    held: &RangeInclusive<i128>,
    mut bind: impl FnMut(i128) -> String,
) -> String {
    any_of(within(ranges, held).into_iter().map(|(first, last)| match (bind(first), first == last) {
        (only, true) => format!("{number} = {only}"),
        (first, false) => format!("{number} BETWEEN {first} AND {}", bind(last)),
    }))
}

/// The parts of the ranges that lie within another.
pub(super) fn within(ranges: &[(i128, i128)], limits: &RangeInclusive<i128>) -> Vec<(i128, i128)> {
    let parts = ranges.iter().map(|(first, last)| (*first.max(limits.start()), *last.min(limits.end())));
    parts.filter(|(first, last)| first <= last).collect()
}

/// Where the value that is tested stands in a test that is written once and used in several places.
pub(super) const VALUE: &str = "\u{1}";

/// How a dialect tests a text, which it compares byte by byte.
pub(super) struct Texts {
    /// Which texts the database may hold.
    pub(super) storable: fn(&str) -> bool,
    /// What stands after each placeholder.
    pub(super) cast: &'static str,
    /// Whether a text is this path or lies below it.
    pub(super) in_path: fn(&mut Binds, &str, &str) -> String,
    /// Whether a text is the canonical form of an integer in these ranges.
    pub(super) is_integer: fn(&mut Binds, &str, &[(i128, i128)]) -> String,
}

impl Texts {
    /// Whether a text is accepted.
    pub(super) fn accept(&self, binds: &mut Binds, text: &str, accepted: &ValueSet) -> String {
        if accepted.kind() == ValueKind::Integer {
            return (self.is_integer)(binds, text, &accepted.integers());
        }
        let mut is_one_of = |values: &mut dyn Iterator<Item = &str>| {
            let values = values.filter(|value| (self.storable)(value));
            if accepted.kind() == ValueKind::Path {
                return any_of(values.map(|path| (self.in_path)(binds, text, path)));
            }
            let list = binds.list(values.map(|value| SqlValue::Text(value.to_string())), self.cast);
            list.map_or_else(|| FALSE.to_string(), |list| format!("{text} IN {list}"))
        };
        let named = is_one_of(&mut accepted.iter());
        if accepted.except().len() == 0 {
            return named;
        }
        let others = format!("NOT ({})", is_one_of(&mut accepted.except()));
        any_of([named, others].into_iter().filter(|test| test != FALSE))
    }

    /// Tests of what a JSON document may have: of its texts, and of integers and booleans as they are written. Each has
    /// [`VALUE`] for what it tests; there is none where nothing is accepted.
    pub(super) fn accept_json(&self, binds: &mut Binds, accepted: &ValueSet) -> [Option<String>; 3] {
        let tests = if accepted.texts().is_some() {
            let forms = [self.storable, accepted::is_json_integer, accepted::is_boolean];
            forms.map(|form| {
                let list = binds.list(texts(accepted, form), self.cast);
                list.map_or_else(|| FALSE.to_string(), |list| format!("{VALUE} IN {list}"))
            })
        } else {
            let integers = within(&accepted.integers(), &JSON_INTEGERS);
            let booleans = booleans(accepted).map(|boolean| SqlValue::Text(boolean.to_string()));
            let booleans = binds.list(booleans, self.cast).map(|list| format!("{VALUE} IN {list}"));
            [
                self.accept(binds, VALUE, accepted),
                if integers.is_empty() { FALSE.to_string() } else { (self.is_integer)(binds, VALUE, &integers) },
                booleans.unwrap_or_else(|| FALSE.to_string()),
            ]
        };
        tests.map(|test| (test != FALSE).then_some(test))
    }
}

/// The cases of a `CASE` over the kind of a JSON value: with which test the value is tested. Where there is no test, there
/// is no case.
pub(super) fn cases<const N: usize>(cases: [(&str, &str, &Option<String>); N]) -> String {
    let cases = cases.into_iter().filter_map(|(kind, value, test)| Some((kind, test.as_ref()?.replace(VALUE, value))));
    let cases: Vec<String> = cases.map(|(kind, test)| format!("WHEN '{kind}' THEN {test} ")).collect();
    cases.concat()
}

/// Whether any element is accepted, or whether all are. `length` is the number of elements, which must then not be 0; it is
/// left out where an empty list is excluded already.
pub(super) fn listed(matching: Match, elements: &str, element: &str, length: Option<&str>) -> String {
    match matching {
        Match::Any => format!("EXISTS ({elements} WHERE {element})"),
        Match::All => {
            let some = length.map(|length| format!("{length} > 0 AND ")).unwrap_or_default();
            format!("{some}NOT EXISTS ({elements} WHERE NOT {element})")
        }
    }
}
