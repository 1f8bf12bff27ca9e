//! A column, and what kind of value it holds.

use alloc::boxed::Box;
use core::fmt;

use crate::attributes::AttributePath;

/// A column and what kind of value it holds. Exactness rests on it: declare what the column is.
///
/// What a row's attribute is, the check and the query must agree on. The query takes it to be this:
///
/// | column | SQLite | PostgreSQL | MariaDB |
/// |---|---|---|---|
/// | [`text`](Self::text) | what is stored: a text or an integer as it is, nothing else matches | `text`, `varchar` | `CHAR`, `VARCHAR`, `TEXT` and their like, of any character set |
/// | [`integer`](Self::integer) | the same | `smallint`, `integer`, `bigint` | an integer type without `ZEROFILL` |
/// | [`boolean`](Self::boolean) | the integers 0 and 1 | `boolean` | an integer type with 0 and 1 |
/// | [`text_array`](Self::text_array) and its like | – | an array; one of more dimensions than one matches nothing | – |
/// | [`json`](Self::json) | a text that is JSON; any other matches nothing | `jsonb` | `JSON`, or a text that is JSON, nested to 32 |
/// | [`json_at`](Self::json_at) | the same | the same | – |
///
/// A dash is an [`SqlError::Inexact`](crate::SqlError::Inexact). In a PostgreSQL `char(n)` a text that is shorter
/// than the column, and so padded, matches nothing.
///
/// A column that is declared wrongly is an error of PostgreSQL. In SQLite the value's own type decides, and in
/// MariaDB a text that is no number never passes for one; but bytes and floats, which the check lets nobody in
/// for, must not be declared as texts or integers there.
///
/// ```
/// use keyward::{SqlColumn, SqlDialect, SqlTable};
///
/// let products = SqlTable::new(SqlDialect::PostgreSql, "account")?
///     .column("factoryId", SqlColumn::integer("factory_id"))?
///     .column("tags", SqlColumn::text_array("tags"))?;
/// # Ok::<(), keyward::SqlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlColumn {
    pub(super) name: Box<str>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    TextArray,
    IntegerArray,
    BooleanArray,
    Json(Option<AttributePath>),
    Absent,
}

impl SqlColumn {
    /// A text.
    ///
    /// ```
    /// assert_eq!(keyward::SqlColumn::text("brand"), keyward::SqlColumn::from("brand"));
    /// ```
    pub fn text(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::Text }
    }

    /// An integer.
    ///
    /// See [`SqlColumn`] for an example.
    pub fn integer(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::Integer }
    }

    /// A boolean. Where the database has none, it is an integer: 0 is `false`, 1 is `true`, and no other is
    /// either.
    ///
    /// ```
    /// # use keyward::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::Sqlite, "account")?.column("public", SqlColumn::boolean("is_public"))?;
    /// # Ok::<(), keyward::SqlError>(())
    /// ```
    pub fn boolean(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::Boolean }
    }

    /// An array of texts.
    ///
    /// See [`SqlColumn`] for an example.
    pub fn text_array(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::TextArray }
    }

    /// An array of integers.
    ///
    /// See [`SqlColumn`] for an example of an array.
    pub fn integer_array(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::IntegerArray }
    }

    /// An array of booleans.
    ///
    /// See [`SqlColumn`] for an example of an array.
    pub fn boolean_array(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::BooleanArray }
    }

    /// A JSON document that is the attribute: a list, or a text, an integer or a boolean. Numbers are read as
    /// [`Json`](crate::Json) and `serde_json` read them: one with a fraction or an exponent, `-0`, and one
    /// outside −2⁶³ to 2⁶⁴−1 is no integer.
    ///
    /// ```
    /// # use keyward::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::MariaDb, "account")?.column("tags", SqlColumn::json("tags"))?;
    /// # Ok::<(), keyward::SqlError>(())
    /// ```
    pub fn json(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), kind: Kind::Json(None) }
    }

    /// A JSON document in which the attribute stands at this path through nested objects. Where an object on
    /// the way has the name twice, it matches nothing.
    ///
    /// ```
    /// use keyward::{AttributePath, SqlColumn, SqlDialect, SqlTable};
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
    /// # use keyward::{SqlColumn, SqlDialect, SqlTable};
    /// let table = SqlTable::new(SqlDialect::Sqlite, "account")?.column("colour", SqlColumn::absent())?;
    /// # Ok::<(), keyward::SqlError>(())
    /// ```
    pub fn absent() -> Self {
        Self { name: "".into(), kind: Kind::Absent }
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
        f.write_str(match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::TextArray => "text array",
            Self::IntegerArray => "integer array",
            Self::BooleanArray => "boolean array",
            Self::Json(None) => "JSON",
            Self::Json(Some(_)) => "path into JSON",
            Self::Absent => "absent",
        })
    }
}
