//! MariaDB compares across types, and so each kind is shut in by what the column's type alone does. A column of
//! another type matches nothing.
//!
//! - A text is compared as UTF-8 under `utf8mb4_nopad_bin`, byte by byte, since a column's own collation may
//!   overlook case, accents and trailing spaces (its manual, "Supported character sets and collations"). The plain
//!   comparison before it is there for the index, and only where every accepted text is ASCII: one that the column's
//!   character set has not would make the query fail. What is no text has the character set `binary`.
//! - An integer is compared as a number and by its digits; with 0.0 added it has one decimal, where a float has none
//!   and a decimal with decimals has more.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar, SqlColumn},
    dialect::SqlDialect,
    error::SqlError,
    fragment::{Binds, FALSE, SqlValue},
};
use crate::{
    filter::accepted::{self, JSON_INTEGERS, WIDE},
    schema::Match,
    value_set::ValueSet,
};

pub(super) fn check(column: &SqlColumn) -> Result<(), SqlError> {
    match column.kind {
        Kind::One(_) | Kind::Json(None) | Kind::Absent => Ok(()),
        // A path overlooks a key that the document writes with escapes.
        Kind::Json(Some(_)) | Kind::Array(_) => Err(SqlError::inexact(&column.name, SqlDialect::MariaDb, &column.kind)),
    }
}

pub(super) fn requirement(
    binds: &mut Binds,
    column: &str,
    kind: &Kind,
    matching: Match,
    accepted: &ValueSet,
) -> String {
    let integers_within = |range| accepted.iter().filter_map(move |value| accepted::integer(value, range));
    match kind {
        Kind::One(Scalar::Text | Scalar::Enumeration) => texts(binds, column, accepted),
        Kind::One(Scalar::Uuid) => uuids(binds, column, accepted),
        Kind::One(Scalar::Integer) => integers(binds, column, &integers_within(&JSON_INTEGERS).collect::<Vec<_>>()),
        Kind::One(Scalar::Numeric) => integers(binds, column, &integers_within(&WIDE).collect::<Vec<_>>()),
        Kind::One(Scalar::Boolean) => {
            let booleans: Vec<i128> = accepted.iter().filter_map(accepted::boolean).map(i128::from).collect();
            integers(binds, column, &booleans)
        }
        Kind::Json(_) => json(binds, column, matching, accepted),
        Kind::Array(_) | Kind::Absent => FALSE.to_string(),
    }
}

/// Whether the column is of the kind, as far as its type alone can tell; for a row of nulls.
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

fn text_list(binds: &mut Binds, accepted: &ValueSet) -> String {
    binds.list(accepted.iter().map(|value| SqlValue::Text(value.to_string())), "").unwrap_or_default()
}

fn exactly(value: &str, list: &str) -> String {
    format!("CONVERT({value} USING utf8mb4) COLLATE utf8mb4_nopad_bin IN {list}")
}

fn texts(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let list = text_list(binds, accepted);
    let index = if accepted.iter().all(str::is_ascii) { format!("{column} IN {list} AND ") } else { String::new() };
    format!("({column} IS NOT NULL AND {index}{} AND {})", is_text(column), exactly(column, &list))
}

fn uuids(binds: &mut Binds, column: &str, accepted: &ValueSet) -> String {
    let uuids = accepted.iter().filter(|value| accepted::is_uuid(value));
    let uuids: Vec<String> = uuids.map(|value| binds.one(SqlValue::Text(value.to_string()))).collect();
    if uuids.is_empty() {
        return FALSE.to_string();
    }
    let cast: Vec<String> = uuids.iter().map(|value| format!("CAST({value} AS UUID)")).collect();
    let exactly = exactly(column, &format!("({})", uuids.join(", ")));
    format!("({column} IS NOT NULL AND {column} IN ({}) AND {exactly})", cast.join(", "))
}

/// A text that is compared with a number becomes one, `1a` too, and a date becomes one; and so the digits must be
/// the same.
///
/// A `BIGINT UNSIGNED` or a `DECIMAL` may hold what no signed parameter can: such a one is bound as a text.
fn integers(binds: &mut Binds, column: &str, values: &[i128]) -> String {
    if values.is_empty() {
        return FALSE.to_string();
    }
    let numbers = values.iter().map(|value| match i64::try_from(*value) {
        Ok(value) => binds.one(SqlValue::Integer(value)),
        Err(_) => format!("CAST({} AS DECIMAL(65))", binds.one(SqlValue::Text(value.to_string()))),
    });
    let numbers = numbers.collect::<Vec<_>>().join(", ");
    let mut list = |after: &str| {
        let digits = values.iter().map(|value| SqlValue::Text(format!("{value}{after}")));
        binds.list(digits, "").unwrap_or_default()
    };
    let (digits, decimals) = (list(""), list(".0"));
    let (digits, decimals) = (exactly(column, &digits), exactly(&format!("{column} + 0.0"), &decimals));
    format!("({column} IS NOT NULL AND {column} IN ({numbers}) AND {digits} AND {decimals})")
}

/// What is JSON is only asked of what is JSON: on any other text `JSON_TABLE` fails, and with it the query. A
/// number is compared as it is written.
fn json(binds: &mut Binds, column: &str, matching: Match, accepted: &ValueSet) -> String {
    let texts = text_list(binds, accepted);
    let integers = binds.list(accepted::json_integers(accepted.iter()).map(SqlValue::Text), "");
    let booleans = accepted.iter().filter(|value| accepted::boolean(value).is_some());
    let booleans = binds.list(booleans.map(|value| SqlValue::Text(value.to_string())), "");
    let scalar = |value: &str, of_lists: &str| {
        let text = exactly(&format!("JSON_UNQUOTE({value})"), &texts);
        let listed = [("INTEGER", &integers), ("BOOLEAN", &booleans)].into_iter().filter_map(|(kind, list)| {
            list.as_ref().map(|list| format!("WHEN '{kind}' THEN {} ", exactly(value, list)))
        });
        let listed: String = listed.collect();
        let cases = format!("WHEN 'STRING' THEN {text} {listed}");
        format!("(CASE JSON_TYPE({value}) {cases}{of_lists}ELSE FALSE END)")
    };
    let element = scalar("keyward_e.keyward_v", "");
    let elements = format!("SELECT 1 FROM JSON_TABLE({column}, '$[*]' COLUMNS (keyward_v JSON PATH '$')) AS keyward_e");
    let list = match matching {
        Match::Any => format!("EXISTS ({elements} WHERE {element})"),
        Match::All => format!("JSON_LENGTH({column}) > 0 AND NOT EXISTS ({elements} WHERE NOT {element})"),
    };
    let document = scalar(&format!("JSON_EXTRACT({column}, '$')"), &format!("WHEN 'ARRAY' THEN {list} "));
    let document = format!("CASE WHEN {document} THEN NOT EXISTS ({}) ELSE FALSE END", twice(column));
    format!("(CASE WHEN {} AND JSON_VALID({column}) THEN {document} ELSE FALSE END)", is_text(column))
}

/// The objects that have a key twice, however it is written: those with more members than different keys.
///
/// `JSON_KEYS` loses keys that stand after one with `\"` in it (seen in 10.11). So first `\\` becomes `\u005c`, and then
/// `\"` becomes `\u0022`, which is the same document; in hexadecimal, since what a backslash is in a literal the
/// session's mode says.
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
