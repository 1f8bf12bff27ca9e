//! SQLite: each value has its own type, whatever the column's type is (its manual, "Datatypes", 2). So `typeof` decides what a
//! value is compared with. A text is compared under `BINARY`, whatever the column's collation is (7.1).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar},
    fragment::{Binds, SqlValue},
    parts::{FALSE, any_of, cases, integers, json_lists, listed, texts},
    rules::{Asked, Rules},
};
use crate::{attributes::AttributePath, filter::accepted, values::ValueSet};

pub(super) const RULES: Rules = Rules {
    name: "SQLite",
    // Not the double quote: a name in double quotes becomes a string if there is no such column (its manual, "Quirks", 8),
    // and a missing column would seem to hold its own name.
    quote: '`',
    most_bytes: 1024,
    numbered: false,
    // There are no uuids, and readers turn the texts that they take for uuids into different texts.
    has: |kind| !matches!(kind, Kind::Array(_) | Kind::One(Scalar::Uuid)),
    // A label in a path ends at the next quote, and a backslash in it means different things in different versions.
    not_in_paths: &['"', '\\', '\0'],
    // The columns of `json_each`, and the rowid's other names, which its rows have too.
    ambiguous: &[
        "key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root", "rowid", "oid", "_rowid_",
    ],
    requirement,
};

fn requirement(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, kind, accepted, .. } = *asked;
    match kind {
        Kind::One(Scalar::Boolean) => any_of(boolean(binds, column, accepted)),
        Kind::One(_) => plain(binds, asked),
        Kind::Json(path) => json(binds, asked, path.as_ref()),
        Kind::Array(_) | Kind::Absent => FALSE.to_string(),
    }
}

/// If the values are of two types, one comparison without types comes first: an index can be used for it. So it does in
/// alternatives, where SQLite uses none if a `COLLATE` stands in one of them. There a text is compared as the result of `||`,
/// which has no collation but `BINARY` (7.1).
fn plain(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, accepted, in_alternatives, .. } = *asked;
    let list = binds.list(texts(accepted, |_| true), "").unwrap_or_default();
    let bytes = if in_alternatives { format!("({column} || '')") } else { format!("{column} COLLATE BINARY") };
    let text = format!("(typeof({column}) = 'text' AND {bytes} IN {list})");
    let exact = match integer(binds, column, integers(accepted)) {
        Some(integer) => format!("({text} OR {integer})"),
        None if in_alternatives => text,
        None => return text,
    };
    let all = binds.list(texts(accepted, |_| true).chain(integers(accepted)), "").unwrap_or_default();
    format!("({column} IN {all} AND {exact})")
}

fn integer(binds: &mut Binds, column: &str, accepted: impl Iterator<Item = SqlValue>) -> Option<String> {
    let list = binds.list(accepted, "")?;
    Some(format!("(typeof({column}) = 'integer' AND {column} IN {list})"))
}

fn boolean(binds: &mut Binds, column: &str, accepted: &ValueSet) -> Option<String> {
    let booleans = accepted.iter().filter_map(accepted::boolean).map(|value| SqlValue::Integer(value.into()));
    integer(binds, column, booleans)
}

/// The functions fail on a text that is no JSON, and with them the query. So that is tested first. `json_valid` has two
/// arguments since 3.45. In older versions a text ended at its first `\u0000`, and a key that was written with escapes was
/// not found: there the query is an error.
///
/// A column declared `JSON` has the affinity NUMERIC, and so `5` is stored in it as an integer.
fn json(binds: &mut Binds, asked: &Asked<'_>, path: Option<&AttributePath>) -> String {
    let Asked { column, matching, accepted, .. } = *asked;
    let lists = json_lists(binds, accepted, |_| true, "");
    let names: Vec<&str> = path.into_iter().flat_map(AttributePath::names).collect();
    let place = json_path(binds, &names);
    // An element's number as it is written: its value has no `-0` and nothing beyond 64 bits.
    let written = format!("({column} -> ({place} || '[' || keyward_e.key || ']'))");
    let element = scalar(&lists, "keyward_e.type", "keyward_e.atom", &written, "");
    let elements = format!("SELECT 1 FROM json_each({column}, {place}) AS keyward_e");
    let list = listed(matching, &elements, &element, Some(&format!("json_array_length({column}, {place})")));
    let document = scalar(
        &lists,
        &format!("json_type({column}, {place})"),
        &format!("json_extract({column}, {place})"),
        &format!("({column} -> {place})"),
        &format!("WHEN 'array' THEN {list} "),
    );
    let document = format!("CASE WHEN {document} THEN NOT EXISTS ({}) ELSE 0 END", unreadable(column));
    // A NUL must not end the document early.
    let valid = format!("instr({column}, char(0)) = 0 AND json_valid({column}, 1)");
    let document = format!("WHEN 'text' THEN CASE WHEN {valid} THEN {document} ELSE 0 END");
    let whole = if names.is_empty() { integer(binds, column, integers(accepted)) } else { None };
    let whole = whole.map(|whole| format!(" WHEN 'integer' THEN {whole}")).unwrap_or_default();
    format!("(CASE typeof({column}) {document}{whole} ELSE 0 END)")
}

/// What is JSON to SQLite and [`Json`](crate::json::Json) refuses to read: a key that is there twice, a number beyond the
/// floats, half a character (an escaped surrogate without the other). Of an array the keys are the places, and so
/// never twice. SQLite reads half a character as U+FFFD, where it compares by characters, and leaves it in place where
/// it compares bytes.
fn unreadable(column: &str) -> String {
    // `json_quote`, since a pattern ends at a NUL.
    let half = |text| format!("replace(json_quote({text}), char(65533), '') GLOB '*' || char(65533) || '*'");
    let (atom, key) = ("keyward_t.atom", "keyward_t.key");
    let infinite = format!("typeof({atom}) = 'real' AND {atom} IN (9e999, -9e999)");
    format!(
        "SELECT 1 FROM json_tree({column}) AS keyward_t GROUP BY keyward_t.parent, {key} \
         HAVING count(*) > 1 OR max({infinite} OR {} OR {})",
        half(atom),
        half(key),
    )
}

/// `'$'`, or a placeholder for `$."delivery"."factoryId"`.
fn json_path(binds: &mut Binds, names: &[&str]) -> String {
    if names.is_empty() {
        return "'$'".to_string();
    }
    binds.one(SqlValue::Text(names.iter().fold(String::from("$"), |path, name| format!("{path}.\"{name}\""))))
}

/// Whether a value of JSON, by its type, its text and how it is written, is one that is accepted. The type of a boolean
/// is `true` or `false`. A `CASE` looks at no more than it must (manual, "Expressions", 7): `AND` does not promise that,
/// and what is asked of a list fails on what is none.
fn scalar(lists: &[Option<String>; 3], of_type: &str, value: &str, written: &str, of_lists: &str) -> String {
    let [texts, integers, booleans] = lists;
    let value = format!("{value} COLLATE BINARY");
    let cases = cases([("text", &value, texts), ("integer", written, integers)]);
    let others = booleans.as_ref().map_or_else(|| "0".to_string(), |list| format!("{of_type} IN {list}"));
    format!("(CASE {of_type} {cases}{of_lists}ELSE {others} END)")
}
