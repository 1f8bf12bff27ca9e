//! A fragment that can't be made exactly.

use alloc::{boxed::Box, string::ToString};

use super::{SqlDialect, column::Kind};
use crate::{
    attributes::AttributePath,
    text::{self, TextError, UnknownName},
};

/// A mapping, or a filter under it, that has no exact form in a dialect. There is never an approximation
/// instead.
///
/// ```
/// use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
///
/// let refused = SqlTable::new(SqlDialect::Sqlite, "account")?
///     .column("tags", SqlColumn::text_array("tags"))
///     .unwrap_err();
/// assert_eq!(refused.to_string(), "column `tags`: SQLite has no exact form of text array columns");
/// # Ok::<(), keyward::filter::SqlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A name that the dialect doesn't take: empty, too long, with a NUL, or beginning with `keyward_`.
    #[error(transparent)]
    Name(#[from] TextError),
    /// A kind of column that the dialect has not, or can't compare exactly.
    #[error("column `{column}`: {dialect} has no exact form of {kind} columns")]
    Inexact {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
        /// The kind.
        kind: Box<str>,
    },
    /// An account is one text, uuid, label, integer or decimal number.
    #[error("column `{column}`: the kind {kind} is no account's")]
    Account {
        /// The column.
        column: Box<str>,
        /// The kind.
        kind: Box<str>,
    },
    /// A name in a path that a JSON path of the dialect can't say.
    #[error("column `{column}`: {dialect} has no JSON path to `{path}`")]
    Path {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
        /// The path.
        path: AttributePath,
    },
    /// A column whose name a subquery would take for its own.
    #[error("column `{column}`: in {dialect} a JSON column of this name must be qualified by its table")]
    Ambiguous {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
    },
    /// An attribute that is mapped twice.
    #[error("attribute `{0}` is mapped twice")]
    MappedTwice(AttributePath),
    /// An attribute that a condition reads, and of which the mapping doesn't say which column holds it.
    #[error("attribute `{0}` is mapped to no column")]
    Unmapped(AttributePath),
    /// An attribute that is mapped, and that no condition reads of the type.
    #[error("attribute `{attribute}` is mapped, and no condition reads it of `{resource}`")]
    Unread {
        /// The attribute.
        attribute: AttributePath,
        /// The resource type.
        resource: Box<str>,
    },
    /// A resource type that the schema doesn't have.
    #[error(transparent)]
    UnknownType(#[from] UnknownName),
}

impl SqlError {
    pub(super) fn inexact(column: &str, dialect: SqlDialect, kind: &Kind) -> Self {
        Self::Inexact { column: excerpt(column), dialect, kind: kind.to_string().into() }
    }

    pub(super) fn account(column: &str, kind: &Kind) -> Self {
        Self::Account { column: excerpt(column), kind: kind.to_string().into() }
    }

    pub(super) fn path(column: &str, dialect: SqlDialect, path: &AttributePath) -> Self {
        Self::Path { column: excerpt(column), dialect, path: path.clone() }
    }

    pub(super) fn ambiguous(column: &str, dialect: SqlDialect) -> Self {
        Self::Ambiguous { column: excerpt(column), dialect }
    }
}

fn excerpt(name: &str) -> Box<str> {
    text::excerpt(name).into()
}

/// A path that is one already can't fail to become one.
impl From<core::convert::Infallible> for SqlError {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}
