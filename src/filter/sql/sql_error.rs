//! What is wrong with a mapping to columns.

use alloc::boxed::Box;

use super::dialect::SqlDialect;
use crate::{attributes::AttributePath, filter::mapping::MappingError, text::TextError, values::ValueKind};

/// A mapping, or a filter under it, that has no exact form in a dialect. Nothing is approximated.
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
    /// A name that the dialect refuses: empty, too long, with a NUL, or beginning with `keyward_`.
    #[error(transparent)]
    Name(#[from] TextError),
    /// A kind of column that the dialect doesn't have, or can't compare exactly.
    #[error("column `{column}`: {dialect} has no exact form of {kind} columns")]
    Inexact {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
        /// The kind.
        kind: Box<str>,
    },
    /// Values of a kind that the dialect can't compare exactly with such a column.
    #[error("column `{column}`: {dialect} has no exact form of {values} values in {kind} columns")]
    Values {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
        /// The column's kind.
        kind: Box<str>,
        /// The values' kind.
        values: ValueKind,
    },
    /// A column for the account that is not of one text, uuid, label, integer or decimal number.
    #[error("column `{column}`: the kind {kind} is no account's")]
    Account {
        /// The column.
        column: Box<str>,
        /// The kind.
        kind: Box<str>,
    },
    /// A path with a name that the dialect can't write in a JSON path.
    #[error("column `{column}`: {dialect} has no JSON path to `{path}`")]
    Path {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
        /// The path.
        path: AttributePath,
    },
    /// A JSON column whose name the query's own tables have too.
    #[error("column `{column}`: in {dialect} a JSON column of this name must be qualified by its table")]
    Ambiguous {
        /// The column.
        column: Box<str>,
        /// The dialect.
        dialect: SqlDialect,
    },
    /// A mapping that doesn't fit what conditions read.
    #[error(transparent)]
    Mapping(#[from] MappingError),
}
