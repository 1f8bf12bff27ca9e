//! A column, and what kind of value it holds.

use alloc::boxed::Box;
use core::fmt;

use crate::{attributes::AttributePath, filter::mapping::Holder, text::excerpt, values::ValueKind};

/// A column and what kind of value it holds. Declare what the column really is: only then is a list exact.
///
/// The query and the check must agree on what a row's attribute is. So the host must read each column as this table says:
///
/// | column | read as | SQLite | PostgreSQL | MariaDB |
/// |---|---|---|---|---|
/// | [`text`](Self::text) | the text | what is stored: a text or an integer as it is, nothing else matches | `text`, `varchar` | `CHAR`, `VARCHAR`, `TEXT` and their like, of any character set |
/// | [`uuid`](Self::uuid) | its canonical text | – | `uuid` | `UUID` |
/// | [`enumeration`](Self::enumeration) | its label | as a text | a type made with `AS ENUM` | `ENUM` |
/// | [`integer`](Self::integer) | the integer | as a text | `smallint`, `integer`, `bigint` | an integer type without `ZEROFILL` |
/// | [`numeric`](Self::numeric) | the integer, where no decimals are stored | as a text | `numeric` | `DECIMAL` without `ZEROFILL` |
/// | [`boolean`](Self::boolean) | the boolean | the integers 0 and 1 | `boolean` | an integer type with 0 and 1 |
/// | [`inet`](Self::inet) | the address as a text, where all its bits are given; any other matches nothing | – | `inet` | – |
/// | [`timestamp`](Self::timestamp) | the time in RFC 3339, of the years 0 to 9999 in UTC; any other matches nothing | – | `timestamptz` | – |
/// | [`text_array`](Self::text_array) and its like | the list | – | an array; one of more dimensions than one matches nothing | – |
/// | [`json`](Self::json) | what [`Json`](crate::json::Json) reads | a text that is JSON; any other matches nothing | `jsonb` | `JSON`, or a text that is JSON, nested to 32 |
/// | [`json_at`](Self::json_at) | the same, at the path | the same | the same | – |
///
/// A dash is an [`SqlError::Inexact`](crate::filter::SqlError::Inexact). In a PostgreSQL `char(n)`, a text that is shorter
/// than the column is padded, and matches nothing. Where the database has no uuids, one that is stored as its canonical
/// text is a text.
///
/// There is no kind for floats, bytes and dates, since no condition is met by them. Map an attribute in a column
/// of such a type to [`absent`](Self::absent).
///
/// A condition on `network` values reads an `inet` column alone, and one on `time` values a `timestamp` column alone; these
/// two answer no other condition, since their texts have several spellings. Every other column answers conditions on `text`,
/// `path` and `integer` values. What can't be answered is an [`SqlError::Values`](crate::filter::SqlError::Values), and
/// [`SqlTable::check`](crate::filter::SqlTable::check) finds it at the start.
///
/// An index on the column is used for texts, uuids and numbers, and for ranges of numbers, addresses and times. For paths it must
/// be in the order of the bytes: in PostgreSQL an index on the column with `COLLATE "C"`, in SQLite one with the collation
/// `BINARY`, which is the default, and not in one of several alternatives; in MariaDB none is used. For integers in a column of
/// texts, and for texts where some are excepted, none is used either.
///
/// If a column is declared wrongly, PostgreSQL refuses to prepare the query, and MariaDB finds no row.
/// [`SqlTable::probe`](crate::filter::SqlTable::probe) fails in both. In SQLite each value's own type decides.
///
/// ```
/// use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
///
/// let products = SqlTable::new(SqlDialect::PostgreSql, SqlColumn::uuid("account"))?
///     .column("factoryId", SqlColumn::integer("factory_id"))?
///     .column("state", SqlColumn::enumeration("state"))?
///     .column("tags", SqlColumn::text_array("tags"))?
///     .column("colour", SqlColumn::absent())?;
/// # Ok::<(), keyward::filter::SqlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlColumn {
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    One(Scalar),
    Array(Scalar),
    Json(Option<AttributePath>),
    Absent,
}

/// What one value of a column, or one element of an array, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Uuid,
    Enumeration,
    Integer,
    Numeric,
    Boolean,
    Inet,
    Timestamp,
}

impl Kind {
    /// Whether what such a column holds can be compared with values of this kind.
    pub(super) fn compares_with(&self, values: ValueKind) -> bool {
        match self {
            Self::Absent => true,
            Self::One(Scalar::Inet) | Self::Array(Scalar::Inet) => values == ValueKind::Network,
            Self::One(Scalar::Timestamp) | Self::Array(Scalar::Timestamp) => values == ValueKind::Time,
            Self::One(_) | Self::Array(_) | Self::Json(_) => {
                matches!(values, ValueKind::Text | ValueKind::Path | ValueKind::Integer)
            }
        }
    }
}

/// A constructor for each kind of column, by the column's name.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:expr;)*) => {
        impl SqlColumn {$(
            $(#[$doc])*
            pub fn $name(name: impl Into<Box<str>>) -> Self {
                Self { name: name.into(), kind: $kind }
            }
        )*}
    };
}
constructors! {
    /// A text.
    text => Kind::One(Scalar::Text);
    /// A uuid. A condition's value is compared with its canonical text, in lower case and with hyphens. A value in
    /// another form, in capitals or in braces, matches no row.
    uuid => Kind::One(Scalar::Uuid);
    /// One of the labels of an enumeration. A condition's value that is no label matches no row, and is no error.
    ///
    /// PostgreSQL compares the label as a text, and so doesn't use an index on the column: a value that is no label
    /// can't be made one of the type, and the query would fail.
    enumeration => Kind::One(Scalar::Enumeration);
    /// An integer.
    integer => Kind::One(Scalar::Integer);
    /// A decimal number. One that is stored without decimals is an integer, of up to 128 bits. Any other matches nothing,
    /// `7.0` too, as in JSON; and so does every number in a column with a scale, such as `numeric(10, 2)`.
    numeric => Kind::One(Scalar::Numeric);
    /// A boolean. Where the database has none, it is an integer: 0 is `false`, 1 is `true`, and any other matches nothing.
    boolean => Kind::One(Scalar::Boolean);
    /// An address of the internet protocol. One that is stored with a shorter prefix, `10.0.0.1/24`, is none, and matches
    /// nothing. An IPv4-mapped IPv6 address is its IPv4 address.
    inet => Kind::One(Scalar::Inet);
    /// A point in time, stored in whole microseconds. Before the year 0 and after the year 9999, in UTC, nothing matches, and
    /// neither do `infinity` and `-infinity`.
    timestamp => Kind::One(Scalar::Timestamp);
    /// An array of texts.
    text_array => Kind::Array(Scalar::Text);
    /// An array of uuids.
    uuid_array => Kind::Array(Scalar::Uuid);
    /// An array of an enumeration's labels.
    enumeration_array => Kind::Array(Scalar::Enumeration);
    /// An array of integers.
    integer_array => Kind::Array(Scalar::Integer);
    /// An array of decimal numbers.
    numeric_array => Kind::Array(Scalar::Numeric);
    /// An array of booleans.
    boolean_array => Kind::Array(Scalar::Boolean);
    /// A JSON document that is the attribute: a list, or a text, an integer or a boolean.
    ///
    /// It is read as [`Json::parse`](crate::json::Json::parse) reads it. A number with a fraction or an exponent, `-0`, and
    /// a number outside −2⁶³ to 2⁶⁴−1 are no integers. A document in which an object, however deep, has a key twice
    /// matches nothing. A host that reads such a document with a reader that keeps the last of the two gets fewer rows
    /// from a list than the check would allow, never more.
    ///
    /// In four cases the query and `Json::parse` differ:
    ///
    /// - SQLite reads a document that nests deeper than [`Json::MAX_DEPTH`](crate::json::Json::MAX_DEPTH), and MariaDB one
    ///   that has a number beyond the floats of 64 bits. `Json::parse` refuses both; the query goes by what else is there.
    /// - SQLite, in a database whose encoding is UTF-16, reads half a character, an escaped surrogate without the other, as
    ///   U+FFFD. `Json::parse` refuses the document; the query goes by what else is there.
    /// - PostgreSQL's `jsonb` drops the first of two equal keys when it stores them.
    /// - PostgreSQL's `json` keeps both, and can't be used: [`SqlTable::probe`](crate::filter::SqlTable::probe) fails on it.
    json => Kind::Json(None);
}

impl SqlColumn {
    /// A JSON document in which the attribute stands at this path through nested objects. As with
    /// [`json`](Self::json), one in which an object has a key twice matches nothing.
    ///
    /// ```
    /// use keyward::{attributes::AttributePath, filter::{SqlColumn, SqlDialect, SqlTable}};
    ///
    /// let path = AttributePath::new(["delivery", "factoryId"])?;
    /// let orders = SqlTable::new(SqlDialect::Sqlite, "account")?
    ///     .column(path.clone(), SqlColumn::json_at("document", path))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn json_at(name: impl Into<Box<str>>, path: AttributePath) -> Self {
        Self { name: name.into(), kind: Kind::Json(Some(path)) }
    }

    /// No column at all: no row has the attribute, and so no row meets a condition that reads it.
    pub fn absent() -> Self {
        Self { name: "".into(), kind: Kind::Absent }
    }

    /// The name as messages show it.
    pub(super) fn shown(&self) -> Box<str> {
        excerpt(&self.name).into()
    }
}

impl Holder for SqlColumn {
    const NAME: &'static str = "column";
}

/// A text column of this name.
impl From<&str> for SqlColumn {
    fn from(name: &str) -> Self {
        Self::text(name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(scalar) => scalar.fmt(f),
            Self::Array(scalar) => write!(f, "{scalar} array"),
            Self::Json(None) => f.write_str("JSON"),
            Self::Json(Some(_)) => f.write_str("path into JSON"),
            Self::Absent => f.write_str("absent"),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Uuid => "uuid",
            Self::Enumeration => "enumeration",
            Self::Integer => "integer",
            Self::Numeric => "numeric",
            Self::Boolean => "boolean",
            Self::Inet => "inet",
            Self::Timestamp => "timestamp",
        })
    }
}
