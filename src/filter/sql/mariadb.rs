//! MariaDB: a text is compared as UTF-8 under `utf8mb4_nopad_bin`, byte by byte, since a column's own collation
//! may overlook case, accents and trailing spaces (its manual, "Supported character sets and collations"). The
//! plain comparison before it is there for the index, and only where every accepted text is ASCII: one that the
//! column's character set has not would make the query fail.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, SqlColumn},
    dialect::SqlDialect,
    error::SqlError,
    fragment::{Binds, FALSE, SqlValue},
};
use crate::{
    filter::accepted::{self, JSON_INTEGERS},
    schema::Match,
    value_set::ValueSet,
};

pub(super) fn check(column: &SqlColumn) -> Result<(), SqlError> {
    match column.kind {
        Kind::Text | Kind::Integer | Kind::Boolean | Kind::Json(None) | Kind::Absent => Ok(()),
        // A path overlooks a key that the document writes with escapes, and takes the first of two.
        Kind::Json(Some(_)) | Kind::TextArray | Kind::IntegerArray | Kind::BooleanArray => {
            Err(SqlError::inexact(&column.name, SqlDialect::MariaDb, &column.kind))
        }
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
        Kind::Integer => {
            let values = accepted.iter().filter_map(|value| accepted::integer(value, &JSON_INTEGERS));
            integers(binds, column, &values.collect::<Vec<_>>())
        }
        Kind::Boolean => {
            let booleans: Vec<i128> = accepted.iter().filter_map(accepted::boolean).map(i128::from).collect();
            integers(binds, column, &booleans)
        }
        Kind::Json(_) => json(binds, column, matching, accepted),
        _ => texts(binds, column, accepted),
    }
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
    format!("({column} IS NOT NULL AND {index}{})", exactly(column, &list))
}

/// A text that is compared with a number becomes one, `1a` too; and so the digits must be the same.
///
/// A `BIGINT UNSIGNED` may hold what no signed parameter can: such a one is bound as a text.
fn integers(binds: &mut Binds, column: &str, values: &[i128]) -> String {
    if values.is_empty() {
        return FALSE.to_string();
    }
    let numbers = values.iter().map(|value| match i64::try_from(*value) {
        Ok(value) => binds.one(SqlValue::Integer(value)),
        Err(_) => format!("CAST({} AS UNSIGNED)", binds.one(SqlValue::Text(value.to_string()))),
    });
    let numbers = numbers.collect::<Vec<_>>().join(", ");
    let digits = binds.list(values.iter().map(|value| SqlValue::Text(value.to_string())), "").unwrap_or_default();
    format!("({column} IS NOT NULL AND {column} IN ({numbers}) AND {})", exactly(column, &digits))
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
    format!("(CASE WHEN JSON_VALID({column}) THEN {document} ELSE FALSE END)")
}
