//! The databases, and how a name is put in quotes.

use alloc::{format, string::String};
use core::fmt;

use super::{mariadb, postgresql, rules::Rules, sqlite};
use crate::text::{TextError, TextProblem};

/// Names that a fragment itself uses begin so.
const RESERVED: &str = "keyward_";

/// A database's SQL. Each was tested against the evaluator, row by row, in the versions that are named here.
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
    pub(super) fn rules(self) -> &'static Rules {
        match self {
            Self::Sqlite => &sqlite::RULES,
            Self::PostgreSql => &postgresql::RULES,
            Self::MariaDb => &mariadb::RULES,
        }
    }

    /// The name in quotes.
    pub(super) fn quote(self, name: &str) -> Result<String, TextError> {
        let Rules { quote, most_bytes, .. } = *self.rules();
        let refuse = |problem| Err(TextError::new("SQL name", name, problem));
        if name.is_empty() {
            return refuse(TextProblem::TooShort { length: 0, least: 1 });
        }
        if name.len() > most_bytes {
            return refuse(TextProblem::TooLong { length: name.len(), most: most_bytes });
        }
        if name.contains('\0') {
            return refuse(TextProblem::Character { found: '\0' });
        }
        if name.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
            return refuse(TextProblem::Character { found: '_' });
        }
        let twice = String::from_iter([quote, quote]);
        Ok(format!("{quote}{}{quote}", name.replace(quote, &twice)))
    }
}

impl fmt::Display for SqlDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rules().name)
    }
}
