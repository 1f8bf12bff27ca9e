//! SQLite: each value has its own type, whatever the column's (its manual, "Datatypes", 2), and so `typeof`
//! decides what a value may be compared with. A text is compared under `BINARY`, whatever the column's
//! collation (7.1).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar, SqlColumn},
    dialect::SqlDialect,
    error::SqlError,
    fragment::{Binds, FALSE, SqlValue, any_of},
};
use crate::{
    attributes::AttributePath,
    filter::accepted::{self, SIGNED},
    schema::Match,
    value_set::ValueSet,
};

/// The columns of `json_each`, and the rowid's other names, which its rows have too.
const COLUMNS_OF_JSON_EACH: [&str; 13] =
    ["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root", "rowid", "oid", "_rowid_"];

pub(super) fn is_ambiguous(column: &SqlColumn) -> bool {
    matches!(column.kind, Kind::Json(_))
        && COLUMNS_OF_JSON_EACH.iter().any(|taken| taken.eq_ignore_ascii_case(&column.name))
}

pub(super) fn check(column: &SqlColumn) -> Result<(), SqlError> {
    match &column.kind {
        // A label in a path ends at the next quote, and a backslash in it means different things in different
        // versions.
        Kind::Json(Some(path)) if path.names().any(|name| name.contains(['"', '\\', '\0'])) => {
            Err(SqlError::path(&column.name, SqlDialect::Sqlite, path))
        }
        // There are no uuids: of texts that one reader takes for a uuid another makes different texts.
        Kind::Array(_) | Kind::One(Scalar::Uuid) => {
            Err(SqlError::inexact(&column.name, SqlDialect::Sqlite, &column.kind))
        }
        Kind::One(_) | Kind::Json(_) | Kind::Absent => Ok(()),
    }
}

pub(super) fn requirement(
    binds: &mut Binds,
    column: &str,
    kind: &Kind,
    matching: Match,
    accepted: &ValueSet,
) -> String {
    match kind {
        Kind::One(Scalar::Boolean) => any_of(booleans(binds, column, accepted)),
        Kind::One(_) => plain(binds, column, accepted),
        Kind::Json(path) => json(binds, column, path.as_ref(), matching, accepted),
        Kind::Array(_) | Kind::Absent => FALSE.to_string(),
    }
}

/// Where the values are of two types, one comparison that knows no types comes first: it is what an index serves.
fn plain(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let texts = texts(binds, column, accepted);
    let Some(integers) = integers(binds, column, accepted) else { return texts };
    let all = binds.list(accepted.iter().map(text).chain(integers_of(accepted)), "").unwrap_or_default();
    format!("({column} IN {all} AND ({texts} OR {integers}))")
}

fn text(value: &str) -> SqlValue {
    SqlValue::Text(value.to_string())
}

fn texts(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let list = binds.list(accepted.iter().map(text), "").unwrap_or_default();
    format!("(typeof({column}) = 'text' AND {column} COLLATE BINARY IN {list})")
}

fn integers(binds: &mut Binds, column: &str, accepted: &ValueSet) -> Option<String> {
    let list = binds.list(integers_of(accepted), "")?;
    Some(format!("(typeof({column}) = 'integer' AND {column} IN {list})"))
}

fn integers_of(accepted: &ValueSet) -> impl Iterator<Item = SqlValue> {
    let integers = accepted.iter().filter_map(|value| accepted::integer(value, &SIGNED));
    integers.filter_map(|value| value.try_into().ok()).map(SqlValue::Integer)
}

fn booleans(binds: &mut Binds, column: &str, accepted: &ValueSet) -> Option<String> {
    let booleans = accepted.iter().filter_map(accepted::boolean).map(|value| SqlValue::Integer(value.into()));
    let list = binds.list(booleans, "")?;
    Some(format!("(typeof({column}) = 'integer' AND {column} IN {list})"))
}

/// What is JSON is only asked of what is JSON: on any other text the functions fail, and with them the query.
/// `json_valid` with two arguments is of 3.45: before, a text ended at its first `\u0000` and a key that was
/// written with escapes was overlooked, and so there the query is an error.
///
/// A column declared `JSON` has the affinity NUMERIC, and so `5` is stored in it as an integer.
fn json(binds: &mut Binds, column: &str, path: Option<&AttributePath>, matching: Match, accepted: &ValueSet) -> String {
    let lists = JsonLists::new(binds, accepted);
    let names: Vec<&str> = path.into_iter().flat_map(AttributePath::names).collect();
    let place = json_path(binds, &names);
    // An element's number as it is written: its value would have lost `-0` and what is beyond 64 bits.
    let element = lists.matches(
        "keyward_e.type",
        "keyward_e.atom",
        &format!("({column} -> ({place} || '[' || keyward_e.key || ']'))"),
        "",
    );
    let elements = format!("SELECT 1 FROM json_each({column}, {place}) AS keyward_e");
    let list = match matching {
        Match::Any => format!("EXISTS ({elements} WHERE {element})"),
        Match::All => {
            format!("json_array_length({column}, {place}) > 0 AND NOT EXISTS ({elements} WHERE NOT {element})")
        }
    };
    let document = lists.matches(
        &format!("json_type({column}, {place})"),
        &format!("json_extract({column}, {place})"),
        &format!("({column} -> {place})"),
        &format!("WHEN 'array' THEN {list} "),
    );
    let document = format!("CASE WHEN {document} THEN NOT EXISTS ({}) ELSE 0 END", unreadable(column));
    // A document ends at its end, and not at a NUL before it.
    let valid = format!("instr({column}, char(0)) = 0 AND json_valid({column}, 1)");
    let document = format!("WHEN 'text' THEN CASE WHEN {valid} THEN {document} ELSE 0 END");
    let whole = if names.is_empty() { integers(binds, column, accepted) } else { None };
    let whole = whole.map(|whole| format!(" WHEN 'integer' THEN {whole}")).unwrap_or_default();
    format!("(CASE typeof({column}) {document}{whole} ELSE 0 END)")
}

/// What is JSON to SQLite and [`Json`](crate::json::Json) refuses to read: a key that is there twice, a number beyond the
/// floats, half a character (an escaped surrogate without the other). Of an array the keys are the places, and so
/// never twice. SQLite reads half a character as U+FFFD, where it compares by characters, and leaves it in place where
/// it compares bytes.
fn unreadable(column: &str) -> String {
    // Quoted, since a pattern ends at a NUL.
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

/// The accepted values as they are looked for in JSON.
struct JsonLists {
    texts: Option<String>,
    integers: Option<String>,
    booleans: Option<String>,
}

impl JsonLists {
    fn new(binds: &mut Binds, accepted: &ValueSet) -> Self {
        Self {
            texts: binds.list(accepted.iter().map(text), ""),
            integers: binds.list(accepted::json_integers(accepted.iter()).map(SqlValue::Text), ""),
            booleans: binds.list(accepted.iter().filter(|value| accepted::boolean(value).is_some()).map(text), ""),
        }
    }

    /// Whether a value of JSON, by its type, its text and how it is written, is one that is accepted. The type
    /// of a boolean is `true` or `false`. A `CASE` looks at no more than it must (manual, "Expressions", 7): of
    /// `AND` that isn't said, and what is asked of a list fails on what is none.
    fn matches(&self, of_type: &str, value: &str, written: &str, of_lists: &str) -> String {
        let Self { texts, integers, booleans } = self;
        let texts = texts.iter().map(|list| format!("WHEN 'text' THEN {value} COLLATE BINARY IN {list} "));
        let integers = integers.iter().map(|list| format!("WHEN 'integer' THEN {written} IN {list} "));
        let cases: String = texts.chain(integers).collect();
        let others = booleans.as_ref().map_or_else(|| "0".to_string(), |list| format!("{of_type} IN {list}"));
        format!("(CASE {of_type} {cases}{of_lists}ELSE {others} END)")
    }
}
