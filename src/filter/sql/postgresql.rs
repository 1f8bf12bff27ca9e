//! PostgreSQL: types are the columns'. A text is compared under the collation `C`, since under one that is not
//! deterministic different texts are equal (its manual, 24.2.2.4); the plain comparison before it is there for
//! the index. `char(n)` loses its padding on the way to `text` (8.3), and so its length must be the same.
//! A text with a NUL can't be stored (8.3), nor be bound.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{
    column::{Kind, SqlColumn},
    dialect::SqlDialect,
    error::SqlError,
    fragment::{Binds, FALSE, SqlValue},
};
use crate::{
    attributes::AttributePath,
    filter::accepted::{self, SIGNED},
    schema::Match,
    value_set::ValueSet,
};

pub(super) fn check(column: &SqlColumn) -> Result<(), SqlError> {
    match &column.kind {
        Kind::Json(Some(path)) if path.names().any(|name| name.contains('\0')) => {
            Err(SqlError::path(&column.name, SqlDialect::PostgreSql, path))
        }
        _ => Ok(()),
    }
}

pub(super) fn requirement(
    binds: &mut Binds,
    column: &str,
    kind: &Kind,
    matching: Match,
    accepted: &ValueSet,
) -> String {
    let scalar = match kind {
        Kind::Json(path) => return json(binds, column, path.as_ref(), matching, accepted),
        Kind::Text | Kind::TextArray | Kind::Absent => texts,
        Kind::Integer | Kind::IntegerArray => integers,
        Kind::Boolean | Kind::BooleanArray => booleans,
    };
    match kind {
        Kind::TextArray | Kind::IntegerArray | Kind::BooleanArray => {
            let element = scalar(binds, "keyward_v", accepted);
            if element == FALSE {
                return element;
            }
            let elements = format!("SELECT 1 FROM unnest({column}) AS keyward_e(keyward_v)");
            let exists = exists(&elements, &element, matching);
            // Of an empty array, and of none, the dimensions are null.
            format!("(array_ndims({column}) IS NOT DISTINCT FROM 1 AND {exists})")
        }
        _ => scalar(binds, column, accepted),
    }
}

fn exists(elements: &str, element: &str, matching: Match) -> String {
    match matching {
        Match::Any => format!("EXISTS ({elements} WHERE {element})"),
        Match::All => format!("NOT EXISTS ({elements} WHERE NOT {element})"),
    }
}

fn storable(accepted: &ValueSet) -> impl Iterator<Item = SqlValue> {
    accepted.iter().filter(|value| !value.contains('\0')).map(|value| SqlValue::Text(value.to_string()))
}

fn texts(binds: &mut Binds, value: &str, accepted: &ValueSet) -> String {
    binds.list(storable(accepted), "::text").map_or_else(
        || FALSE.to_string(),
        |list| {
            format!(
                "({value} IS NOT NULL AND {value} IN {list} AND {value} COLLATE \"C\" IN {list} \
                 AND octet_length({value}) = octet_length({value}::text))"
            )
        },
    )
}

fn integers(binds: &mut Binds, value: &str, accepted: &ValueSet) -> String {
    let integers = accepted.iter().filter_map(|value| accepted::integer(value, &SIGNED));
    let integers = integers.filter_map(|value| value.try_into().ok()).map(SqlValue::Integer);
    // An operator that only integers have: of 1.0 the comparison alone would say that it is 1.
    binds.list(integers, "::bigint").map_or_else(
        || FALSE.to_string(),
        |list| format!("({value} IS NOT NULL AND {value} IN {list} AND {value} | 0 = {value})"),
    )
}

fn booleans(binds: &mut Binds, value: &str, accepted: &ValueSet) -> String {
    let booleans = accepted.iter().filter_map(accepted::boolean).map(SqlValue::Boolean);
    binds
        .list(booleans, "::boolean")
        .map_or_else(|| FALSE.to_string(), |list| format!("({value} IS NOT NULL AND {value} IN {list})"))
}

/// `jsonb` keeps of a key that is there twice the last, and of a number its value and its decimals (8.14): what
/// it writes is what the host reads. `-> text` leads into objects alone, where `#>` would lead into arrays too.
fn json(binds: &mut Binds, column: &str, path: Option<&AttributePath>, matching: Match, accepted: &ValueSet) -> String {
    let value = path.into_iter().flat_map(AttributePath::names).fold(column.to_string(), |parent, name| {
        let name = binds.one(SqlValue::Text(name.to_string()));
        format!("({parent} -> {name}::text)")
    });
    let booleans = accepted.iter().filter(|value| accepted::boolean(value).is_some());
    let lists = [
        ("string", binds.list(storable(accepted), "::text")),
        ("number", binds.list(accepted::json_integers(accepted.iter()).map(SqlValue::Text), "::text")),
        ("boolean", binds.list(booleans.map(|value| SqlValue::Text(value.to_string())), "::text")),
    ];
    let scalar = |value: &str, of_lists: &str| {
        let cases = lists.iter().filter_map(|(kind, list)| {
            list.as_ref().map(|list| format!("WHEN '{kind}' THEN ({value} #>> '{{}}') COLLATE \"C\" IN {list} "))
        });
        let cases: String = cases.collect();
        format!("(CASE jsonb_typeof({value}) {cases}{of_lists}ELSE FALSE END)")
    };
    if lists.iter().all(|(_, list)| list.is_none()) {
        return FALSE.to_string();
    }
    let elements = format!("SELECT 1 FROM jsonb_array_elements({value}) AS keyward_e(keyward_v)");
    let exists = exists(&elements, &scalar("keyward_v", ""), matching);
    let some = match matching {
        Match::Any => String::new(),
        Match::All => format!("jsonb_array_length({value}) > 0 AND "),
    };
    scalar(&value, &format!("WHEN 'array' THEN {some}{exists} "))
}
