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
    vec::Vec,
};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    column::{Kind, Scalar},
    fragment::{Binds, SqlValue},
    parts::{FALSE, Texts, any_of, booleans, cases, in_ranges, integers, listed, texts},
    rules::{Asked, Rules},
};
use crate::{
    attributes::AttributePath,
    filter::accepted::{self, SIGNED, WIDE},
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

const TEXTS: Texts = Texts { storable: is_storable, cast: "::text", in_path, is_integer };

/// One value: first a comparison for which an index can be used, then what makes it exact.
fn one(binds: &mut Binds, value: &str, scalar: Scalar, accepted: &ValueSet) -> String {
    let tested = if accepted.texts().is_some() {
        one_of(binds, value, scalar, accepted)
    } else {
        one_in(binds, value, scalar, accepted)
    };
    if tested == FALSE {
        return tested;
    }
    match (scalar, of_type(value, scalar)) {
        (_, None) => format!("({value} IS NOT NULL AND {tested})"),
        (Scalar::Enumeration, Some(of_type)) => format!("({value} IS NOT NULL AND {of_type} AND {tested})"),
        (_, Some(of_type)) => format!("({value} IS NOT NULL AND {tested} AND {of_type})"),
    }
}

/// What is true of each value that the host reads as what it is declared to be, and fails on a column of another type.
fn of_type(value: &str, scalar: Scalar) -> Option<String> {
    // Arrays of different types are never compared, whatever their elements could be converted to.
    let is = |of_type| format!("ARRAY[{value}] <> ARRAY[]::{of_type}[]");
    Some(match scalar {
        Scalar::Text => format!("octet_length({value}) = octet_length({value}::text)"),
        // The smaller of a label and itself: a function that enumerations alone have.
        Scalar::Enumeration => format!("enum_smaller({value}, {value}) = {value}"),
        // An operator that only integers have: the comparison alone would take 1.0 for 1.
        Scalar::Integer => format!("{value} | 0 = {value}"),
        Scalar::Numeric => format!("scale({value}) = 0"),
        Scalar::Inet => {
            format!("masklen({value}) = CASE family({value}) WHEN 4 THEN 32 ELSE 128 END AND {}", is("inet"))
        }
        Scalar::Timestamp => is("timestamptz"),
        Scalar::Uuid | Scalar::Boolean => return None,
    })
}

fn bytes(text: &str) -> String {
    format!("{text} COLLATE \"C\"")
}

/// Whether the value is one of the accepted texts.
fn one_of(binds: &mut Binds, value: &str, scalar: Scalar, accepted: &ValueSet) -> String {
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
        Scalar::Inet | Scalar::Timestamp => None,
    };
    let Some(list) = list else { return FALSE.to_string() };
    match scalar {
        Scalar::Text => format!("{value} IN {list} AND {} IN {list}", bytes(value)),
        Scalar::Enumeration => format!("{} IN {list}", bytes(&format!("{value}::text"))),
        _ => format!("{value} IN {list}"),
    }
}

/// Whether the value is accepted, where what is accepted is not only a list of texts.
fn one_in(binds: &mut Binds, value: &str, scalar: Scalar, accepted: &ValueSet) -> String {
    match scalar {
        Scalar::Text => TEXTS.accept(binds, &bytes(value), accepted),
        Scalar::Enumeration => TEXTS.accept(binds, &bytes(&format!("{value}::text")), accepted),
        Scalar::Uuid => UUIDS.accept(binds, value, accepted),
        Scalar::Integer => in_ranges(value, &accepted.integers(), &SIGNED, |integer| {
            format!("{}::bigint", binds.one(SqlValue::Integer(i64::try_from(integer).unwrap_or_default())))
        }),
        Scalar::Numeric => in_ranges(value, &accepted.integers(), &WIDE, |integer| numeric(binds, integer)),
        Scalar::Boolean => {
            let list = binds.list(booleans(accepted).map(SqlValue::Boolean), "::boolean");
            list.map_or_else(|| FALSE.to_string(), |list| format!("{value} IN {list}"))
        }
        Scalar::Inet => any_of(accepted.addresses().into_iter().flat_map(addresses).map(|range| {
            let [first, last] = range.map(|address| bind(binds, address.to_string(), "inet"));
            format!("{value} BETWEEN {first} AND {last}")
        })),
        Scalar::Timestamp => any_of(accepted.microseconds().into_iter().map(|range| {
            let [first, last] = range.map(|time| bind(binds, year_0(&time).unwrap_or(time), "timestamptz"));
            format!("{value} BETWEEN {first} AND {last}")
        })),
    }
}

/// A value that is written as a text.
fn bind(binds: &mut Binds, text: String, of_type: &str) -> String {
    format!("{}::text::{of_type}", binds.one(SqlValue::Text(text)))
}

fn numeric(binds: &mut Binds, integer: i128) -> String {
    bind(binds, integer.to_string(), "numeric")
}

/// The addresses whose numbers are in a range: those of IPv6, which may be IPv4-mapped, and those of IPv4. Every address of
/// IPv4 comes before those of IPv6 (its source, `network_cmp`).
fn addresses((first, last): (u128, u128)) -> Vec<[IpAddr; 2]> {
    let mapped = |number: u128| Ipv6Addr::from_bits(number).to_ipv4_mapped().map(IpAddr::V4);
    let [lowest, highest] =
        [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST].map(|address| address.to_ipv6_mapped().to_bits());
    let of_ipv4 = mapped(first.max(lowest)).zip(mapped(last.min(highest))).filter(|(first, last)| first <= last);
    let of_ipv6 = [first, last].map(|number| IpAddr::V6(Ipv6Addr::from_bits(number)));
    of_ipv4.map(|(first, last)| [first, last]).into_iter().chain([of_ipv6]).collect()
}

/// A time of the year 0, which is called 1 BC (8.5.1.5).
fn year_0(time: &str) -> Option<String> {
    Some(format!("0001-{} BC", time.strip_prefix("0000-")?))
}

/// Under the collation `C` all that lies below a path comes between `/` and `0` after it.
fn in_path(binds: &mut Binds, text: &str, path: &str) -> String {
    let [from, until, below] = ["", "0", "/"].map(|after| bind_text(binds, format!("{path}{after}")));
    format!("({text} >= {from} AND {text} < {until} AND ({text} = {from} OR {text} >= {below}))")
}

fn bind_text(binds: &mut Binds, text: String) -> String {
    format!("{}::text", binds.one(SqlValue::Text(text)))
}

fn is_integer(binds: &mut Binds, text: &str, ranges: &[(i128, i128)]) -> String {
    let is_within = in_ranges(&format!("CAST({text} AS numeric)"), ranges, &WIDE, |integer| numeric(binds, integer));
    format!("(CASE WHEN {text} ~ '^(0|-{{0,1}}[1-9][0-9]{{0,38}})$' THEN {is_within} ELSE FALSE END)")
}

/// A uuid has neither the form of an integer nor a `/`.
const UUIDS: Texts = Texts {
    storable: accepted::is_uuid,
    cast: "::text::uuid",
    in_path: |binds, uuid, path| format!("{uuid} = {}", bind(binds, path.to_string(), "uuid")),
    is_integer: |_, _, _| FALSE.to_string(),
};

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
    let accept = TEXTS.accept_json(binds, accepted);
    if accept.iter().all(Option::is_none) {
        return FALSE.to_string();
    }
    let scalar = |value: &str, of_lists: &str| {
        let [texts, integers, booleans] = &accept;
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
