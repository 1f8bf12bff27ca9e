//! MariaDB compares values of different types. So each kind of column is tested with what only its type does, and a column of
//! another type matches nothing.
//!
//! - A text is compared as UTF-8 under `utf8mb4_nopad_bin`, byte by byte, since a column's own collation may ignore case,
//!   accents and trailing spaces (its manual, "Supported character sets and collations"). The plain comparison before it
//!   lets an index be used. It is there only if every accepted text is ASCII, since a character that the column's character
//!   set doesn't have would make the query fail. What is no text has the character set `binary`.
//! - An integer is compared as a number and by its digits; with 0.0 added it has one decimal, where a float has none
//!   and a decimal with decimals has more.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::RangeInclusive;

use super::{
    column::{Kind, Scalar},
    fragment::{Binds, SqlValue},
    parts::{FALSE, Texts, booleans, cases, in_ranges, listed, texts},
    rules::{Asked, Rules},
};
use crate::{
    filter::accepted::{self, JSON_INTEGERS, WIDE},
    values::ValueSet,
};

pub(super) const RULES: Rules = Rules {
    name: "MariaDB",
    quote: '`',
    most_bytes: 64,
    numbered: false,
    // A path overlooks a key that the document writes with escapes.
    has: |kind| !matches!(kind, Kind::Array(_) | Kind::Json(Some(_)) | Kind::One(Scalar::Inet | Scalar::Timestamp)),
    not_in_paths: &[],
    ambiguous: &[],
    requirement,
};

const TEXTS: Texts = Texts { storable: |_| true, cast: "", in_path, is_integer };

fn requirement(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, kind, accepted, .. } = *asked;
    let integers_within = |held: &RangeInclusive<i128>, binds: &mut Binds| match accepted.texts() {
        Some(texts) => {
            let integers: Vec<i128> = texts.filter_map(|value| accepted::integer(value, held)).collect();
            integer(binds, column, &integers)
        }
        None => integer_in(binds, column, held, accepted),
    };
    match kind {
        Kind::One(Scalar::Text | Scalar::Enumeration) if accepted.texts().is_some() => text(binds, column, accepted),
        Kind::One(Scalar::Text | Scalar::Enumeration) => text_in(binds, column, accepted),
        Kind::One(Scalar::Uuid) if accepted.texts().is_some() => uuid(binds, column, accepted),
        Kind::One(Scalar::Uuid) => uuid_in(binds, column, accepted),
        Kind::One(Scalar::Integer) => integers_within(&JSON_INTEGERS, binds),
        Kind::One(Scalar::Numeric) => integers_within(&WIDE, binds),
        Kind::One(Scalar::Boolean) => {
            let booleans: Vec<i128> = booleans(accepted).map(i128::from).collect();
            integer(binds, column, &booleans)
        }
        Kind::Json(_) => json(binds, asked),
        Kind::One(Scalar::Inet | Scalar::Timestamp) | Kind::Array(_) | Kind::Absent => FALSE.to_string(),
    }
}

/// Whether the column is of the kind, as far as its type tells, in a row of nulls.
pub(super) fn is_of_kind(column: &str, kind: &Kind) -> String {
    // A zero of the column's type: `0`, with decimals where it has them, and a float never.
    let zero = format!("COALESCE({column}, 0)");
    let number = format!(
        "COERCIBILITY({column}) = 5 AND CHARSET({column}) = 'binary' AND CAST({zero} + 0.0 AS CHAR) LIKE '0.0%'"
    );
    match kind {
        Kind::One(Scalar::Integer | Scalar::Boolean) => format!("{number} AND CAST({zero} AS CHAR) = '0'"),
        Kind::One(Scalar::Numeric) => number,
        Kind::One(Scalar::Uuid) => format!("COERCIBILITY({column}) = 5 AND {}", is_text(column)),
        _ => is_text(column),
    }
}

fn is_text(column: &str) -> String {
    format!("CHARSET({column}) <> 'binary'")
}

/// The value as it is compared byte by byte.
fn exact(value: &str) -> String {
    format!("CONVERT({value} USING utf8mb4) COLLATE utf8mb4_nopad_bin")
}

fn text(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let list = binds.list(texts(accepted, |_| true), "").unwrap_or_default();
    let index = if accepted.iter().all(str::is_ascii) { format!("{column} IN {list} AND ") } else { String::new() };
    format!("({column} IS NOT NULL AND {index}{} AND {} IN {list})", is_text(column), exact(column))
}

/// What is accepted is not only a list of texts. No index can be used: there are collations in which what lies below a path is
/// in no one place (`latin2_czech_cs`), and with an index `LIKE` overlooks characters beyond U+FFFF (seen in 10.11).
fn text_in(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let text = TEXTS.accept(binds, &exact(column), accepted);
    if text == FALSE { text } else { format!("({column} IS NOT NULL AND {} AND {text})", is_text(column)) }
}

/// Bytes in order: all that lies below a path comes between `/` and `0` after it.
fn in_path(binds: &mut Binds, text: &str, path: &str) -> String {
    let [from, until, below] = ["", "0", "/"].map(|after| binds.one(SqlValue::Text(format!("{path}{after}"))));
    format!("({text} >= {from} AND {text} < {until} AND ({text} = {from} OR {text} >= {below}))")
}

/// Whether a text is the canonical form of an integer of up to 39 digits. The pattern is `\A(0|-{0,1}[1-9][0-9]{0,38})\z` in
/// hexadecimal, since what a backslash means in a literal depends on the session's mode; `$` would let a line's end pass.
fn is_canonical(text: &str) -> String {
    let pattern = r"\A(0|-{0,1}[1-9][0-9]{0,38})\z".bytes();
    let pattern: Vec<String> = pattern.map(|byte| format!("{byte:02X}")).collect();
    format!("{text} REGEXP _utf8mb4 X'{}'", pattern.concat())
}

fn is_integer(binds: &mut Binds, text: &str, ranges: &[(i128, i128)]) -> String {
    let decimal = |of: &str| format!("CAST({of} AS DECIMAL(65))");
    let is_within =
        in_ranges(&decimal(text), ranges, &WIDE, |integer| decimal(&binds.one(SqlValue::Text(integer.to_string()))));
    format!("(CASE WHEN {} THEN {is_within} ELSE FALSE END)", is_canonical(text))
}

/// What is accepted is not only a list of texts. A uuid has neither the form of an integer nor a `/`.
fn uuid_in(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let uuids = Texts {
        storable: accepted::is_uuid,
        cast: "",
        in_path: |binds, uuid, path| format!("{uuid} = {}", binds.one(SqlValue::Text(path.to_string()))),
        is_integer: |_, _, _| FALSE.to_string(),
    };
    let uuid = uuids.accept(binds, &exact(column), accepted);
    let of_kind = is_of_kind(column, &Kind::One(Scalar::Uuid));
    if uuid == FALSE { uuid } else { format!("({column} IS NOT NULL AND {of_kind} AND {uuid})") }
}

fn uuid(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let uuids: Vec<String> = texts(accepted, accepted::is_uuid).map(|value| binds.one(value)).collect();
    if uuids.is_empty() {
        return FALSE.to_string();
    }
    let cast: Vec<String> = uuids.iter().map(|value| format!("CAST({value} AS UUID)")).collect();
    let (cast, uuids) = (cast.join(", "), uuids.join(", "));
    format!("({column} IS NOT NULL AND {column} IN ({cast}) AND {} IN ({uuids}))", exact(column))
}

/// A text or a date that is compared with a number becomes a number, even `1a`. So the digits must be the same too.
///
/// A `BIGINT UNSIGNED` or a `DECIMAL` may hold numbers beyond a signed parameter: these are bound as texts.
fn integer(binds: &mut Binds, column: &str, values: &[i128]) -> String {
    if values.is_empty() {
        return FALSE.to_string();
    }
    let numbers = values.iter().map(|value| number(binds, *value)).collect::<Vec<_>>().join(", ");
    let mut list = |after: &str| {
        let digits = values.iter().map(|value| SqlValue::Text(format!("{value}{after}")));
        binds.list(digits, "").unwrap_or_default()
    };
    let (digits, decimals) = (list(""), list(".0"));
    let (plain, decimal) = (exact(column), exact(&format!("{column} + 0.0")));
    format!("({column} IS NOT NULL AND {column} IN ({numbers}) AND {plain} IN {digits} AND {decimal} IN {decimals})")
}

fn number(binds: &mut Binds, value: i128) -> String {
    match i64::try_from(value) {
        Ok(value) => binds.one(SqlValue::Integer(value)),
        Err(_) => format!("CAST({} AS DECIMAL(65))", binds.one(SqlValue::Text(value.to_string()))),
    }
}

/// What is accepted is not only a list of texts.
fn integer_in(binds: &mut Binds, column: &str, held: &RangeInclusive<i128>, accepted: &ValueSet) -> String {
    let is_within = in_ranges(column, &accepted.integers(), held, |value| number(binds, value));
    if is_within == FALSE {
        return is_within;
    }
    let (plain, decimal) = (exact(column), exact(&format!("{column} + 0.0")));
    let canonical = is_canonical(&plain);
    format!("({column} IS NOT NULL AND {is_within} AND {canonical} AND {decimal} = CONCAT({plain}, '.0'))")
}

/// `JSON_TABLE` fails on a text that is no JSON, and with it the query. So that is tested first. A number is compared as it
/// is written.
fn json(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, matching, accepted, .. } = *asked;
    let [texts, integers, booleans] = TEXTS.accept_json(binds, accepted);
    let scalar = |value: &str, of_lists: &str| {
        let (text, written) = (exact(&format!("JSON_UNQUOTE({value})")), exact(value));
        let cases =
            cases([("STRING", &text, &texts), ("INTEGER", &written, &integers), ("BOOLEAN", &written, &booleans)]);
        format!("(CASE JSON_TYPE({value}) {cases}{of_lists}ELSE FALSE END)")
    };
    let element = scalar("keyward_e.keyward_v", "");
    let elements = format!("SELECT 1 FROM JSON_TABLE({column}, '$[*]' COLUMNS (keyward_v JSON PATH '$')) AS keyward_e");
    let list = listed(matching, &elements, &element, Some(&format!("JSON_LENGTH({column})")));
    let document = scalar(&format!("JSON_EXTRACT({column}, '$')"), &format!("WHEN 'ARRAY' THEN {list} "));
    let document = format!("CASE WHEN {document} THEN NOT EXISTS ({}) ELSE FALSE END", twice(column));
    format!("(CASE WHEN {} AND JSON_VALID({column}) THEN {document} ELSE FALSE END)", is_text(column))
}

/// The objects that have a key twice, in any spelling: those with more members than different keys.
///
/// `JSON_KEYS` loses keys that stand after one with `\"` in it (seen in 10.11). So first `\\` becomes `\u005c`, and then
/// `\"` becomes `\u0022`, which is the same document. Both are written in hexadecimal, since what a backslash means in a
/// literal depends on the session's mode.
fn twice(column: &str) -> String {
    let document = format!(
        "REPLACE(REPLACE(CONVERT({column} USING utf8mb4) COLLATE utf8mb4_bin, \
         _utf8mb4 X'5C5C', _utf8mb4 X'5C7530303563'), _utf8mb4 X'5C22', _utf8mb4 X'5C7530303232')"
    );
    let objects = format!("JSON_EXTRACT({document}, '$', '$**[*]', '$**.*')");
    let keys = "JSON_TABLE(JSON_KEYS(keyward_o.keyward_v), '$[*]' COLUMNS (keyward_v LONGTEXT PATH '$')) AS keyward_k";
    format!(
        "SELECT 1 FROM JSON_TABLE({objects}, '$[*]' COLUMNS (keyward_v JSON PATH '$')) AS keyward_o \
         WHERE JSON_TYPE(keyward_o.keyward_v) = 'OBJECT' AND JSON_LENGTH(keyward_o.keyward_v) <> (\
         SELECT COUNT(DISTINCT CONVERT(keyward_k.keyward_v USING utf8mb4) COLLATE utf8mb4_nopad_bin) FROM {keys})"
    )
}
