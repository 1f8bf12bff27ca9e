//! A column, and what kind of value it holds.

use alloc::boxed::Box;
use core::fmt;

use crate::attributes::AttributePath;

/// A column and what kind of value it holds. Exactness rests on it: declare what the column is.
///
/// What a row's attribute is, the check and the query must agree on. The query takes the host to read a column so:
///
/// | column | read as | SQLite | PostgreSQL | MariaDB |
/// |---|---|---|---|---|
/// | [`text`](Self::text) | the text | what is stored: a text or an integer as it is, nothing else matches | `text`, `varchar` | `CHAR`, `VARCHAR`, `TEXT` and their like, of any character set |
/// | [`uuid`](Self::uuid) | its canonical text | – | `uuid` | `UUID` |
/// | [`enumeration`](Self::enumeration) | its label | as a text | a type made with `AS ENUM` | `ENUM` |
/// | [`integer`](Self::integer) | the integer | as a text | `smallint`, `integer`, `bigint` | an integer type without `ZEROFILL` |
/// | [`numeric`](Self::numeric) | the integer, where no decimals are stored | as a text | `numeric` | `DECIMAL` without `ZEROFILL` |
/// | [`boolean`](Self::boolean) | the boolean | the integers 0 and 1 | `boolean` | an integer type with 0 and 1 |
/// | [`text_array`](Self::text_array) and its like | the list | – | an array; one of more dimensions than one matches nothing | – |
/// | [`json`](Self::json) | what [`Json`](crate::json::Json) reads | a text that is JSON; any other matches nothing | `jsonb` | `JSON`, or a text that is JSON, nested to 32 |
/// | [`json_at`](Self::json_at) | the same, at the path | the same | the same | – |
///
/// A dash is an [`SqlError::Inexact`](crate::filter::SqlError::Inexact). In a PostgreSQL `char(n)` a text that is shorter
/// than the column, and so padded, matches nothing. Where the database has no uuid, one that is stored as its
/// canonical text is a text.
///
/// There is no kind for floats, bytes, dates and times: the check lets nobody in for them. A column of such a type
/// is [`absent`](Self::absent) to conditions.
///
/// A column that is declared wrongly is an error of PostgreSQL when the query is prepared, and of MariaDB and
/// PostgreSQL when [`SqlTable::probe`](crate::filter::SqlTable::probe) is; in MariaDB it matches nothing. In SQLite the
/// value's own type decides.
///
/// ```
/// use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
///
/// let products = SqlTable::new(SqlDialect::PostgreSql, SqlColumn::uuid("account"))?
///     .column("factoryId", SqlColumn::integer("factory_id"))?
///     .column("state", SqlColumn::enumeration("state"))?
///     .column("tags", SqlColumn::text_array("tags"))?;
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
}

impl SqlColumn {
    /// A text.
    ///
    /// ```
    /// assert_eq!(keyward::filter::SqlColumn::text("brand"), keyward::filter::SqlColumn::from("brand"));
    /// ```
    pub fn text(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Text)
    }

    /// A uuid. A condition's value is compared with its canonical text, in lower case and with hyphens: a value in
    /// another form, in capitals or in braces, is the text of no uuid, and no row has it.
    pub fn uuid(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Uuid)
    }

    /// One of the labels of an enumeration. A condition's value that is no label is the value of no row, and no error.
    ///
    /// PostgreSQL compares the label, and an index on the column doesn't serve it: the value can't be made one of
    /// the type, since one that is no label would make the query fail.
    pub fn enumeration(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Enumeration)
    }

    /// An integer.
    pub fn integer(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Integer)
    }

    /// A decimal number. One that is stored without decimals is an integer, up to 128 bits; any other matches
    /// nothing, `7.0` too, as in JSON. In a column with a scale, `numeric(10, 2)`, that is every one.
    ///
    /// ```
    /// # use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::PostgreSql, SqlColumn::numeric("account_number"))?;
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn numeric(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Numeric)
    }

    /// A boolean. Where the database has none, it is an integer: 0 is `false`, 1 is `true`, and no other is
    /// either.
    ///
    /// ```
    /// # use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::Sqlite, "account")?.column("public", SqlColumn::boolean("is_public"))?;
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn boolean(name: impl Into<Box<str>>) -> Self {
        Self::one(name, Scalar::Boolean)
    }

    /// An array of texts.
    pub fn text_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Text)
    }

    /// An array of uuids.
    pub fn uuid_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Uuid)
    }

    /// An array of an enumeration's labels.
    pub fn enumeration_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Enumeration)
    }

    /// An array of integers.
    pub fn integer_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Integer)
    }

    /// An array of decimal numbers.
    pub fn numeric_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Numeric)
    }

    /// An array of booleans.
    pub fn boolean_array(name: impl Into<Box<str>>) -> Self {
        Self::array(name, Scalar::Boolean)
    }

    /// A JSON document that is the attribute: a list, or a text, an integer or a boolean. It is what
    /// [`Json::parse`](crate::json::Json::parse) reads: a number with a fraction or an exponent, `-0`, and one outside
    /// −2⁶³ to 2⁶⁴−1 is no integer; and a document in which some object, however deep, has a key twice is none, and
    /// matches nothing. A host that reads documents with a reader that takes the last of two gets fewer rows from
    /// a list than the check would allow, never more.
    ///
    /// These rows can't be told apart: where `Json::parse` refuses a document only because it nests deeper than
    /// [`Json::MAX_DEPTH`](crate::json::Json::MAX_DEPTH) (SQLite), or because of a number beyond the floats of 64 bits
    /// (MariaDB), the row passes by what else is in its list. PostgreSQL's `jsonb` drops the first of two keys when
    /// it stores them. Its `json` keeps both, and is no column here: [`SqlTable::probe`](crate::filter::SqlTable::probe)
    /// fails on it.
    ///
    /// ```
    /// # use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::MariaDb, "account")?.column("tags", SqlColumn::json("tags"))?;
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn json(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::Json(None) }
    }

    /// A JSON document in which the attribute stands at this path through nested objects. As with
    /// [`json`](Self::json), one in which some object has a key twice matches nothing.
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
    ///
    /// ```
    /// # use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::Sqlite, "account")?.column("colour", SqlColumn::absent())?;
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn absent() -> Self {
        Self { name: "".into(), kind: Kind::Absent }
    }

    fn one(name: impl Into<Box<str>>, scalar: Scalar) -> Self {
        Self { name: name.into(), kind: Kind::One(scalar) }
    }

    fn array(name: impl Into<Box<str>>, scalar: Scalar) -> Self {
        Self { name: name.into(), kind: Kind::Array(scalar) }
    }
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
        })
    }
}
