//! The statement with which a host asks its database, at the start, whether a mapping is right.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar, SqlColumn},
    dialect::SqlDialect,
    fragment::Binds,
    mariadb,
    parts::all_of,
    sql_error::SqlError,
    table::SqlTable,
};
use crate::{
    schema::Match,
    values::{ValueKind, ValueSet},
};

/// One value of each type that is written in its own way, so that a fragment has all its parts.
const VALUES: [&str; 3] = ["1", "true", "00000000-0000-0000-0000-000000000000"];

impl SqlTable {
    /// A statement for the host to run once, at its start. It uses the account's column and every mapped column as a list
    /// will use them. It has no parameters and reads no row.
    ///
    /// The answer has no meaning. The statement fails if a column doesn't exist, if the database is too old for its kind,
    /// or, in PostgreSQL and MariaDB, if its type is not the declared one.
    ///
    /// `from` is what stands after `FROM` in the host's own queries: a table's name or a join, with the alias that
    /// [`qualified`](Self::qualified) gives. It is put into the statement as it is, so it must never come from a caller.
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
        let columns: Vec<&SqlColumn> = self.mapping.holders().filter(|column| column.kind != Kind::Absent).collect();
        let mut binds = Binds::default();
        let mut requirements = Vec::new();
        for column in &columns {
            let values = values(&column.kind);
            for matching in [Match::Any, Match::All] {
                requirements.push(self.requirement(&mut binds, column, (matching, &values), false)?);
            }
        }
        let asked = binds.into_fragment(self.dialect.rules().numbered, &all_of(requirements)).with_nulls();
        if self.dialect != SqlDialect::MariaDb {
            return Ok(format!("SELECT 1 FROM {from} WHERE {asked} LIMIT 0"));
        }
        // MariaDB compares values of any types. So the type of each column is tested, in a row of nulls that always exists.
        // A union is computed before the answer begins, so that a client that doesn't read the rows sees the failure too.
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

/// What such a column is asked for.
fn values(kind: &Kind) -> ValueSet {
    let others = match kind {
        Kind::One(Scalar::Inet) => ValueSet::new(ValueKind::Network, &["0.0.0.0/0"], &[]).ok(),
        Kind::One(Scalar::Timestamp) => ValueSet::new(ValueKind::Time, &["1970-01-01T00:00:00Z.."], &[]).ok(),
        _ => None,
    };
    others.unwrap_or_else(|| ValueSet::of_texts(&VALUES))
}

/// An error of the server that names the column and the kind.
fn failure(column: &SqlColumn) -> Result<String, SqlError> {
    let name = SqlDialect::MariaDb.quote(&column.name)?;
    let kind = column.kind.to_string();
    Ok(format!(
        "(SELECT {name} FROM JSON_TABLE('{{}}', '$' COLUMNS ({name} INT PATH '$.a' ERROR ON EMPTY)) AS `not {kind}`)"
    ))
}
