//! Parts of SQL that are the same in several dialects.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::fragment::{Binds, SqlValue};
use crate::{
    filter::accepted::{self, SIGNED},
    schema::Match,
    values::ValueSet,
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

/// The lists of the accepted values that a JSON document may have as texts, as integers and as booleans. Each is bound
/// as a text: integers and booleans are compared as they are written. `storable` says which texts a document may have.
pub(super) fn json_lists(
    binds: &mut Binds,
    accepted: &ValueSet,
    storable: fn(&str) -> bool,
    cast: &str,
) -> [Option<String>; 3] {
    [storable, accepted::is_json_integer, accepted::is_boolean].map(|form| binds.list(texts(accepted, form), cast))
}

/// The cases of a `CASE` over the kind of a JSON value: what to look for in which list. Where there is no list, there is no
/// case.
pub(super) fn cases<const N: usize>(cases: [(&str, &str, &Option<String>); N]) -> String {
    let cases = cases.into_iter().filter_map(|(kind, value, list)| Some((kind, value, list.as_ref()?)));
    let cases: Vec<String> =
        cases.map(|(kind, value, list)| format!("WHEN '{kind}' THEN {value} IN {list} ")).collect();
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
