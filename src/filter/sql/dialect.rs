//! The databases, and how each quotes a name.

use alloc::string::String;
use core::fmt;

use crate::text::{TextError, TextProblem};

/// A database's SQL. Each was held, row by row, to what the evaluator decides; the versions are those in which it
/// was.
///
/// ```
/// assert_eq!(keyward::filter::SqlDialect::PostgreSql.to_string(), "PostgreSQL");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlDialect {
    /// SQLite 3.54, and 3.40 without JSON columns: they need 3.45, before which such a query is an error.
    /// Placeholders are `?`.
    Sqlite,
    /// PostgreSQL 15, in a database whose encoding is UTF-8. Placeholders are `$1`, `$2`, ….
    PostgreSql,
    /// MariaDB 10.11; JSON columns need 10.6 (`JSON_TABLE`). Placeholders are `?`. MySQL was not tried, and has no
    /// dialect.
    MariaDb,
}

impl SqlDialect {
    /// The most bytes of a name: longer ones PostgreSQL silently cuts (its manual, 4.1.1), and so may take for
    /// another column.
    fn most_bytes(self) -> usize {
        match self {
            Self::Sqlite => 1024,
            Self::PostgreSql => 63,
            Self::MariaDb => 64,
        }
    }

    /// Names that a fragment itself uses begin so.
    const RESERVED: &'static str = "keyward_";

    /// The name in quotes.
    ///
    /// In SQLite not in double ones: what they enclose becomes a string where there is no such column (its
    /// manual, "Quirks", 8), and a column that was forgotten would be one that holds its own name.
    pub(super) fn quote(self, name: &str) -> Result<String, TextError> {
        let refuse = |problem| Err(TextError::new("SQL name", name, problem));
        if name.is_empty() {
            return refuse(TextProblem::TooShort { length: 0, least: 1 });
        }
        if name.len() > self.most_bytes() {
            return refuse(TextProblem::TooLong { length: name.len(), most: self.most_bytes() });
        }
        if name.contains('\0') {
            return refuse(TextProblem::Character { found: '\0' });
        }
        if name.get(..Self::RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(Self::RESERVED)) {
            return refuse(TextProblem::Character { found: '_' });
        }
        let quote = match self {
            Self::Sqlite | Self::MariaDb => '`',
            Self::PostgreSql => '"',
        };
        let mut quoted = String::with_capacity(name.len().saturating_add(2));
        quoted.push(quote);
        for c in name.chars() {
            quoted.push(c);
            if c == quote {
                quoted.push(quote);
            }
        }
        quoted.push(quote);
        Ok(quoted)
    }
}

impl fmt::Display for SqlDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::PostgreSql => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        })
    }
}
