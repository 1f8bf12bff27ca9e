//! The kinds of values, and which point of a kind's domain a value is.

use core::fmt;

use serde::Serialize;

use super::{instants, integers, networks};
use crate::attributes::Value;

/// What the values of a condition name are, and which attributes are of the kind.
///
/// | kind | a condition's value | what it accepts | an attribute of the kind |
/// |---|---|---|---|
/// | `text` | `brand_one` | this text, byte for byte | a text; an integer or a boolean by its text |
/// | `path` | `eu/de` | `eu/de` and all below it, `eu/de/berlin`; never `eu/dexter` | the same |
/// | `integer` | `7`, `1..9`, `..9`, `1..` | the integer, or those between, both ends included | an integer of 128 bits, or a text that is one in canonical form: `7`, never `07`, `+7` or `7.0` |
/// | `network` | `10.0.0.0/8`, `2001:db8::1` | the address, or those in the block | a text that is an IPv4 or IPv6 address; an IPv4-mapped one is its IPv4 address |
/// | `time` | `2026-01-01T00:00:00Z..2026-02-01T00:00:00Z`, either end open | the times from the first on, before the second | a text in RFC 3339 of the years 0 to 9999 in UTC |
///
/// A condition may also except values of its kind. What is absent, null or not of the kind is neither among the values
/// nor among all the others.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"orders": {}},
///         "conditions": {"amount": {"values": "integer", "restricts": {"orders": "amount"}}}
///     }"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let up_to_1000 = ("amount", "..1000");
/// let access = Access::builder(&roles).role("admin").condition(up_to_1000)?.build()?;
/// for (amount, allowed) in [(999, true), (1000, true), (1001, false)] {
///     let order = [("amount", amount)];
///     let order = ResourceView::new("orders", "acme", &order);
///     assert_eq!(access.decide(Operation::READ, &order).is_allow(), allowed);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "`guide::model`, under conditions, has these five")]
pub enum ValueKind {
    /// Texts, compared byte for byte.
    #[default]
    Text,
    /// Paths of segments with `/` between them: each stands for itself and all below it.
    Path,
    /// Integers and ranges of them.
    Integer,
    /// Addresses of the internet protocol and blocks of them.
    Network,
    /// Points in time, as ranges.
    Time,
}

/// A point of a domain.
#[derive(Clone, Copy)]
pub(super) enum Point<'a> {
    Text(&'a str),
    Number(u128),
}

impl ValueKind {
    /// All kinds, with the names that documents give them.
    pub(crate) const NAMES: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("path", Self::Path),
        ("integer", Self::Integer),
        ("network", Self::Network),
        ("time", Self::Time),
    ];

    pub(crate) fn is_text(self) -> bool {
        self == Self::Text
    }

    /// Whether sets of the two kinds can be compared: both are sets of texts, or they are the same.
    pub(crate) fn compares_with(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Text | Self::Path, Self::Text | Self::Path))
    }

    /// What any value of the kind is called.
    pub(crate) fn any(self) -> &'static str {
        match self {
            Self::Text | Self::Path => "anything",
            Self::Integer => "any integer",
            Self::Network => "any address",
            Self::Time => "any time",
        }
    }

    /// The point that an attribute's text is, if it is of the kind.
    #[inline]
    pub(super) fn point_of(self, text: &str) -> Option<Point<'_>> {
        match self {
            Self::Text | Self::Path => Some(Point::Text(text)),
            Self::Integer => integers::number(text).map(Point::Number),
            Self::Network => networks::number(text).map(Point::Number),
            Self::Time => instants::number(text).map(Point::Number),
        }
    }

    /// What is asked of the point that a value is. A value that is not of the kind is none.
    #[inline]
    pub(super) fn with_point<T>(self, value: Value<'_>, without: T, ask: impl FnOnce(Point<'_>) -> T) -> T {
        let number = match (self, value) {
            (Self::Text | Self::Path, value) => return with_text(value, without, |text| ask(Point::Text(text))),
            (Self::Integer, Value::Integer(integer)) => Some(integers::of(integer)),
            (Self::Network, Value::Address(address)) => Some(networks::of(address)),
            (Self::Time, Value::Time(time)) => instants::of(time),
            (_, Value::Text(text)) => return self.point_of(text).map_or(without, ask),
            _ => None,
        };
        match number {
            Some(number) => ask(Point::Number(number)),
            None => without,
        }
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name))
    }
}

/// What is asked of one value, as text. A value without a text is not accepted; each kind is named, so that a new one must be
/// decided on.
pub(crate) fn with_text<T>(value: Value<'_>, without: T, ask: impl FnOnce(&str) -> T) -> T {
    match value {
        Value::Text(text) => ask(text),
        Value::Integer(integer) => ask(itoa::Buffer::new().format(integer)),
        Value::Boolean(boolean) => ask(if boolean { "true" } else { "false" }),
        Value::Absent
        | Value::Null
        | Value::Float(_)
        | Value::List(_)
        | Value::Object(_)
        | Value::Address(_)
        | Value::Time(_)
        | Value::Other => without,
    }
}
