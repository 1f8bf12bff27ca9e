//! SQLite: each value has its own type, whatever the column's type is (its manual, "Datatypes", 2). So `typeof` decides what a
//! value is compared with. A text is compared under `BINARY`, whatever the column's collation is (7.1). That is the order of the
//! bytes in the database's encoding, which in UTF-16 is no order of characters: only what begins a text is compared so.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar},
    fragment::{Binds, SqlValue},
    parts::{FALSE, Texts, VALUE, any_of, booleans, cases, in_ranges, integers, listed, texts, within},
    rules::{Asked, Rules},
};
use crate::{
    attributes::AttributePath,
    filter::accepted::SIGNED,
    values::{ValueKind, ValueSet},
};

pub(super) const RULES: Rules = Rules {
    name: "SQLite",
    // Not the double quote: a name in double quotes becomes a string if there is no such column (its manual, "Quirks", 8),
    // and a missing column would seem to hold its own name.
    quote: '`',
    most_bytes: 1024,
    numbered: false,
    // There are no uuids, and readers turn the texts that they take for uuids into different texts.
    has: |kind| !matches!(kind, Kind::Array(_) | Kind::One(Scalar::Uuid | Scalar::Inet | Scalar::Timestamp)),
    // A label in a path ends at the next quote, and a backslash in it means different things in different versions.
    not_in_paths: &['"', '\\', '\0'],
    // The columns of `json_each`, and the rowid's other names, which its rows have too.
    ambiguous: &[
        "key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root", "rowid", "oid", "_rowid_",
    ],
    requirement,
};

const TEXTS: Texts = Texts { storable: |_| true, cast: "", in_path, is_integer };

fn requirement(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, kind, accepted, .. } = *asked;
    match kind {
        Kind::One(Scalar::Boolean) => boolean(binds, column, accepted),
        Kind::One(_) if accepted.texts().is_some() => plain(binds, asked),
        Kind::One(_) => any_type(binds, asked),
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

fn boolean(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let booleans = booleans(accepted).map(|value| SqlValue::Integer(value.into()));
    integer(binds, column, booleans).unwrap_or_else(|| FALSE.to_string())
}

/// What is asked of texts, and of integers.
///
/// SQLite uses no index for alternatives if a `COLLATE` stands in one of them. So there is none where integers are asked for; a
/// text in a column for numbers is found by what comes before all texts.
fn any_type(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, kind, accepted, .. } = *asked;
    let text = match accepted.kind() {
        ValueKind::Integer => TEXTS.accept(binds, column, accepted),
        _ => format!(
            "{}{}",
            in_span(binds, column, accepted).unwrap_or_default(),
            TEXTS.accept(binds, &format!("{column} COLLATE BINARY"), accepted)
        ),
    };
    let numbers = matches!(kind, Kind::One(Scalar::Integer | Scalar::Numeric));
    let of_text = if numbers { format!("'text' AND {column} >= ''") } else { "'text'".to_string() };
    let types = [(of_text, text), ("'integer'".to_string(), stored_integer(binds, column, accepted))];
    let types = types.into_iter().filter(|(_, test)| test != FALSE);
    any_of(types.map(|(of_type, test)| format!("(typeof({column}) = {of_type} AND {test})")))
}

/// Of several paths, the span from the first to the last, in the order of the database's encoding: an index can be used for it.
fn in_span(binds: &mut Binds, column: &str, accepted: &ValueSet) -> Option<String> {
    if accepted.kind() != ValueKind::Path || accepted.iter().len() < 2 || accepted.except().len() > 0 {
        return None;
    }
    let [least, most] = ["", ABOVE].map(|after| {
        binds.list(accepted.iter().map(|path| SqlValue::Text(format!("{path}{after}"))), "").unwrap_or_default()
    });
    Some(format!("{column} COLLATE BINARY >= min{least} AND {column} COLLATE BINARY < max{most} AND "))
}

fn stored_integer(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    in_ranges(column, &accepted.integers(), &SIGNED, |integer| {
        binds.one(SqlValue::Integer(i64::try_from(integer).unwrap_or_default()))
    })
}

/// What lies below a path comes before the path with this after it. The `:` makes sure that this is no number: in a column for
/// numbers it would become one, and so come before all texts.
const ABOVE: &str = "0:";

/// With a `/` after it, a text begins with the path and a `/`. As bytes, since `substr` ends a text at a NUL. The
/// comparisons before it let an index be used.
fn in_path(binds: &mut Binds, text: &str, path: &str) -> String {
    let [from, until, below] = ["", ABOVE, "/"].map(|after| binds.one(SqlValue::Text(format!("{path}{after}"))));
    let below = format!("CAST({below} AS BLOB)");
    format!(
        "({text} >= {from} AND {text} < {until} AND substr(CAST({text} || '/' AS BLOB), 1, length({below})) = {below})"
    )
}

/// The digits of a 128-bit integer, at most.
const DIGITS: usize = 39;

/// By its digits, since SQLite has no integers beyond 64 bits. With zeros before them they are in the order of the numbers.
/// `GLOB` ends a text at a NUL.
fn is_integer(binds: &mut Binds, text: &str, ranges: &[(i128, i128)]) -> String {
    let mut among = |digits: &str, ranges: Vec<(i128, i128)>| {
        let mut bind = |integer: i128| binds.one(SqlValue::Text(format!("{:0DIGITS$}", integer.unsigned_abs())));
        let padded = format!("substr('{:0DIGITS$}' || {digits}, -{DIGITS})", 0);
        let ranges =
            ranges.into_iter().map(|(least, most)| format!("{padded} BETWEEN {} AND {}", bind(least), bind(most)));
        format!("length({digits}) <= {DIGITS} AND {}", any_of(ranges))
    };
    let positive = among(text, within(ranges, &(0..=i128::MAX)));
    let negative = within(ranges, &(i128::MIN..=-1)).into_iter().map(|(first, last)| (last, first)).collect();
    let negative = among(&format!("substr({text}, 2)"), negative);
    format!(
        "(CASE WHEN instr({text}, char(0)) > 0 OR ltrim({text}, '-') GLOB '*[^0-9]*' THEN 0 \
         WHEN {text} GLOB '0' OR {text} GLOB '[1-9]*' THEN {positive} \
         WHEN {text} GLOB '-[1-9]*' THEN {negative} ELSE 0 END)"
    )
}

/// The functions fail on a text that is no JSON, and with them the query. So that is tested first. `json_valid` has two
/// arguments since 3.45. In older versions a text ended at its first `\u0000`, and a key that was written with escapes was
/// not found: there the query is an error.
///
/// A column declared `JSON` has the affinity NUMERIC, and so `5` is stored in it as an integer.
fn json(binds: &mut Binds, asked: &Asked<'_>, path: Option<&AttributePath>) -> String {
    let Asked { column, matching, accepted, .. } = *asked;
    let accept = TEXTS.accept_json(binds, accepted);
    let names: Vec<&str> = path.into_iter().flat_map(AttributePath::names).collect();
    let place = json_path(binds, &names);
    // An element's number as it is written: its value has no `-0` and nothing beyond 64 bits.
    let written = format!("({column} -> ({place} || '[' || keyward_e.key || ']'))");
    let element = scalar(&accept, "keyward_e.type", "keyward_e.atom", &written, "");
    let elements = format!("SELECT 1 FROM json_each({column}, {place}) AS keyward_e");
    let list = listed(matching, &elements, &element, Some(&format!("json_array_length({column}, {place})")));
    let document = scalar(
        &accept,
        &format!("json_type({column}, {place})"),
        &format!("json_extract({column}, {place})"),
        &format!("({column} -> {place})"),
        &format!("WHEN 'array' THEN {list} "),
    );
    let document = format!("CASE WHEN {document} THEN NOT EXISTS ({}) ELSE 0 END", unreadable(column));
    // A NUL must not end the document early.
    let valid = format!("instr({column}, char(0)) = 0 AND json_valid({column}, 1)");
    let document = format!("WHEN 'text' THEN CASE WHEN {valid} THEN {document} ELSE 0 END");
    let whole = match accepted.texts() {
        _ if !names.is_empty() => None,
        Some(_) => integer(binds, column, integers(accepted)),
        None => Some(stored_integer(binds, column, accepted)),
    };
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
fn scalar(accept: &[Option<String>; 3], of_type: &str, value: &str, written: &str, of_lists: &str) -> String {
    let [texts, integers, booleans] = accept;
    let value = format!("{value} COLLATE BINARY");
    let cases = cases([("text", &value, texts), ("integer", written, integers)]);
    let others = booleans.as_ref().map_or_else(|| "0".to_string(), |test| test.replace(VALUE, of_type));
    format!("(CASE {of_type} {cases}{of_lists}ELSE {others} END)")
}
