//! The statement by which a host asks its database, at the start, whether a mapping is right.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, SqlColumn},
    dialect::SqlDialect,
    error::SqlError,
    fragment::{Binds, all_of},
    mariadb,
    table::{Account, SqlTable},
};
use crate::{schema::Match, value_set::ValueSet};

/// One value of each type that has forms of its own: so that a fragment has all its parts.
const VALUES: [&str; 3] = ["1", "true", "00000000-0000-0000-0000-000000000000"];

impl SqlTable {
    /// A statement over the account's column and every mapped column, in the very words in which a list will ask for
    /// them: for the host to run once, at its start. What it answers says nothing; that it fails says that a
    /// column isn't there, that in PostgreSQL or MariaDB it is of another type than it is declared to be, or that
    /// the database is too old for its kind. It has no parameters and reads no row.
    ///
    /// `from` is what stands after `FROM` in the host's own queries, a table's name or a join, with the alias that
    /// [`qualified`](Self::qualified) gives. It is SQL and goes into the statement as it is: never what a caller sent.
    ///
    /// # Errors
    ///
    /// [`SqlError`] for a JSON column that must be qualified.
    ///
    /// ```
    /// use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    ///
    /// let products = SqlTable::new(SqlDialect::PostgreSql, "account")?.alike(["site"], SqlColumn::uuid)?;
    /// let probe = products.probe("products")?;
    /// assert!(probe.starts_with("SELECT 1 FROM products WHERE ") && probe.ends_with(" LIMIT 0"));
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn probe(&self, from: &str) -> Result<String, SqlError> {
        let account = match &self.account {
            Account::Column(column) => Some(column),
            Account::Only(_) => None,
        };
        let mapped = self.columns.iter().map(|(_, column)| column).filter(|column| column.kind != Kind::Absent);
        let columns: Vec<&SqlColumn> = account.into_iter().chain(mapped).collect();
        let mut binds = Binds::default();
        let mut requirements = Vec::new();
        for column in &columns {
            for matching in [Match::Any, Match::All] {
                let values = ValueSet::new(VALUES.iter().copied());
                requirements.push(self.requirement(&mut binds, column, matching, &values)?);
            }
        }
        let asked = binds.into_fragment(self.dialect, &all_of(requirements)).with_nulls();
        if self.dialect != SqlDialect::MariaDb {
            return Ok(format!("SELECT 1 FROM {from} WHERE {asked} LIMIT 0"));
        }
        // MariaDB compares any types. So each column's is looked at, in a row of nulls that is always there. Of a union
        // all is computed before the answer begins, and so a client that drops the rows unread sees the failure too.
        let kinds = columns.iter().map(|column| {
            let is = mariadb::is_of_kind(&self.name(column)?, &column.kind);
            Ok(format!("CASE WHEN {is} THEN 0 ELSE {} END = 0", failure(column)?))
        });
        let kinds = all_of(kinds.collect::<Result<Vec<_>, SqlError>>()?);
        Ok(format!(
            "SELECT {asked} FROM (SELECT 1) AS keyward_row LEFT JOIN ({from}) ON FALSE WHERE {kinds} UNION SELECT 1"
        ))
    }
}

/// An error of the server that names the column and the kind.
fn failure(column: &SqlColumn) -> Result<String, SqlError> {
    let name = SqlDialect::MariaDb.quote(&column.name)?;
    let kind = column.kind.to_string();
    Ok(format!(
        "(SELECT {name} FROM JSON_TABLE('{{}}', '$' COLUMNS ({name} INT PATH '$.a' ERROR ON EMPTY)) AS `not {kind}`)"
    ))
}
