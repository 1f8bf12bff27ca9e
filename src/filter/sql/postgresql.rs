//! PostgreSQL: a column has one type. A value is converted to the column's type, so that an index can be used.
//!
//! - A text is compared under the collation `C`, since under one that is not deterministic different texts are equal (its
//!   manual, 24.2.2.4). The plain comparison before it lets an index be used. `char(n)` loses its padding when it becomes
//!   `text` (8.3), and so its length must be the same. A text with a NUL can be neither stored (8.3) nor bound.
//! - An enumeration is compared as text: a text that is no label can't be converted to it (8.7), and the query would fail.
//! - An operator or a function that only one type has makes the query fail when it is prepared on a column of another type.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{
    column::{Kind, Scalar},
    fragment::{Binds, SqlValue},
    parts::{FALSE, cases, integers, json_lists, listed, texts},
    rules::{Asked, Rules},
};
use crate::{
    attributes::AttributePath,
    filter::accepted::{self, WIDE},
    values::ValueSet,
};

pub(super) const RULES: Rules = Rules {
    name: "PostgreSQL",
    quote: '"',
    // Longer names are silently cut (its manual, 4.1.1), and so may be taken for another column.
    most_bytes: 63,
    numbered: true,
    has: |_| true,
    not_in_paths: &['\0'],
    ambiguous: &[],
    requirement,
};

fn requirement(binds: &mut Binds, asked: &Asked<'_>) -> String {
    let Asked { column, kind, matching, accepted, .. } = *asked;
    match kind {
        Kind::One(scalar) => one(binds, column, *scalar, accepted),
        Kind::Array(scalar) => {
            let element = one(binds, "keyward_v", *scalar, accepted);
            if element == FALSE {
                return element;
            }
            let elements = format!("SELECT 1 FROM unnest({column}) AS keyward_e(keyward_v)");
            let list = listed(matching, &elements, &element, None);
            // The dimensions of an empty array, and of null, are null.
            format!("(array_ndims({column}) IS NOT DISTINCT FROM 1 AND {list})")
        }
        Kind::Json(path) => json(binds, asked, path.as_ref()),
        Kind::Absent => FALSE.to_string(),
    }
}

/// One value: first a comparison for which an index can be used, then what makes it exact.
fn one(binds: &mut Binds, value: &str, scalar: Scalar, accepted: &ValueSet) -> String {
    let list = match scalar {
        Scalar::Text | Scalar::Enumeration => binds.list(texts(accepted, is_storable), "::text"),
        Scalar::Uuid => binds.list(texts(accepted, accepted::is_uuid), "::text::uuid"),
        Scalar::Integer => binds.list(integers(accepted), "::bigint"),
        Scalar::Numeric => {
            let is_integer = |value: &str| accepted::integer(value, &WIDE).is_some();
            binds.list(texts(accepted, is_integer), "::text::numeric")
        }
        Scalar::Boolean => {
            binds.list(accepted.iter().filter_map(accepted::boolean).map(SqlValue::Boolean), "::boolean")
        }
    };
    let Some(list) = list else { return FALSE.to_string() };
    let exactly = match scalar {
        Scalar::Text => format!(
            "{value} IN {list} AND {value} COLLATE \"C\" IN {list} \
             AND octet_length({value}) = octet_length({value}::text)"
        ),
        // The smaller of a label and itself: a function that enumerations alone have.
        Scalar::Enumeration => {
            format!("enum_smaller({value}, {value}) = {value} AND {value}::text COLLATE \"C\" IN {list}")
        }
        Scalar::Uuid | Scalar::Boolean => format!("{value} IN {list}"),
        // An operator that only integers have: the comparison alone would take 1.0 for 1.
        Scalar::Integer => format!("{value} IN {list} AND {value} | 0 = {value}"),
        Scalar::Numeric => format!("{value} IN {list} AND scale({value}) = 0"),
    };
    format!("({value} IS NOT NULL AND {exactly})")
}

fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// What `jsonb` holds and [`Json`](crate::json::Json) refuses to read: numbers beyond the floats of 64 bits, and deeper
/// nesting. A path in `strict` mode doesn't look into arrays by itself (9.16.2).
const UNREADABLE: [&str; 2] = [
    "strict $.** ? (@ >= 1.79769313486231580793e308 || @ <= -1.79769313486231580793e308)",
    "strict $.**{64} ? (@.type() == \"array\" || @.type() == \"object\")",
];

/// `jsonb` keeps the last of two equal keys, and a number's value and decimals (8.14): the host reads what it writes. `->`
/// with a text leads into objects alone, where `#>` would lead into arrays too.
fn json(binds: &mut Binds, asked: &Asked<'_>, path: Option<&AttributePath>) -> String {
    let Asked { column, matching, accepted, .. } = *asked;
    let value = path.into_iter().flat_map(AttributePath::names).fold(column.to_string(), |parent, name| {
        let name = binds.one(SqlValue::Text(name.to_string()));
        format!("({parent} -> {name}::text)")
    });
    let lists = json_lists(binds, accepted, is_storable, "::text");
    if lists.iter().all(Option::is_none) {
        return FALSE.to_string();
    }
    let scalar = |value: &str, of_lists: &str| {
        let [texts, integers, booleans] = &lists;
        let text = format!("({value} #>> '{{}}') COLLATE \"C\"");
        let cases = cases([("string", &text, texts), ("number", &text, integers), ("boolean", &text, booleans)]);
        format!("(CASE jsonb_typeof({value}) {cases}{of_lists}ELSE FALSE END)")
    };
    let elements = format!("SELECT 1 FROM jsonb_array_elements({value}) AS keyward_e(keyward_v)");
    let element = scalar("keyward_v", "");
    let list = listed(matching, &elements, &element, Some(&format!("jsonb_array_length({value})")));
    let accepted = scalar(&value, &format!("WHEN 'array' THEN {list} "));
    let unreadable = UNREADABLE.map(|path| format!("jsonb_path_exists({column}, '{path}')")).join(" OR ");
    format!("(CASE WHEN {accepted} THEN NOT ({unreadable}) ELSE FALSE END)")
}
