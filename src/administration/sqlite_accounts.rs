//! Accounts in SQLite, over whatever connection the host has.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    account::Account,
    attempt::{AccountChange, AccountStore, CommitError},
    audit::AuditRecord,
    tables,
};
use crate::{
    filter::SqlValue,
    key::KeyId,
    role::{Role, Roles},
    schema::Schema,
    store::{AtVersion, KeyStore},
};

/// A connection to SQLite, as [`SqliteAccounts`] needs it: one statement, its parameters, and its rows as texts.
///
/// With rusqlite it is
///
/// ```text
/// struct Database(rusqlite::Connection);
///
/// impl SqliteConnection for Database {
///     type Error = rusqlite::Error;
///
///     fn run(&mut self, statement: &str, values: &[SqlValue]) -> rusqlite::Result<Vec<Vec<String>>> {
///         let mut statement = self.0.prepare_cached(statement)?;
///         let columns = statement.column_count();
///         let values = values.iter().map(|value| match value {
///             SqlValue::Text(text) => Value::Text(text.clone()),
///             SqlValue::Integer(integer) => Value::Integer(*integer),
///             SqlValue::Boolean(boolean) => Value::Integer((*boolean).into()),
///         });
///         let rows = statement.query_map(params_from_iter(values), |row| (0..columns).map(|at| row.get(at)).collect())?;
///         rows.collect()
///     }
/// }
/// ```
pub trait SqliteConnection {
    /// Why the database failed.
    type Error;

    /// Runs one statement to its end, and gives its rows, in which each column is a text. The values are bound to `?`,
    /// never written into the statement.
    ///
    /// # Errors
    ///
    /// Where the database failed, and where a column is no text.
    fn run(&mut self, statement: &str, values: &[SqlValue]) -> Result<Vec<Vec<String>>, Self::Error>;
}

/// Accounts and their keys in SQLite, in the tables of [`tables`](super::tables). With it a host writes no
/// [`AccountStore`] of its own, but tells how its driver runs a statement ([`SqliteConnection`]).
///
/// There is one connection: a look-up waits for a commit that is under way. [`run`](Self::run) lends it for the host's own
/// tables. Change accounts and keys by [`Accounts`](super::Accounts) alone.
pub struct SqliteAccounts<C> {
    schema: Schema,
    connection: Mutex<Connection<C>>,
}

struct Connection<C> {
    driver: C,
    /// Whether a transaction was begun whose end isn't known: the driver failed or panicked in between.
    is_open: bool,
}

impl<C: SqliteConnection> SqliteAccounts<C> {
    /// The accounts of a database. Makes the tables that aren't there, and sees to it that a commit is on the disk before it
    /// is acknowledged.
    ///
    /// # Errors
    ///
    /// [`SqliteError`] where the database failed.
    pub fn new(schema: &Schema, mut connection: C) -> Result<Self, SqliteError<C::Error>> {
        let tables = tables::SQLITE.split(';').filter(|statement| !statement.trim().is_empty());
        for statement in core::iter::once("PRAGMA synchronous = FULL").chain(tables) {
            connection.run(statement, &[]).map_err(SqliteError::Database)?;
        }
        Ok(Self { schema: schema.clone(), connection: Mutex::new(Connection { driver: connection, is_open: false }) })
    }

    /// Runs one statement of the host's own, outside of any transaction. Don't begin one: it would be rolled back.
    ///
    /// # Errors
    ///
    /// [`SqliteError`] where the database failed.
    pub fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<Vec<String>>, SqliteError<C::Error>> {
        self.lock()?.run(statement, values)
    }

    /// The audit records of an account as JSON, in their order.
    ///
    /// # Errors
    ///
    /// [`SqliteError`] where the database failed.
    pub fn audit(&self, account: &str) -> Result<Vec<String>, SqliteError<C::Error>> {
        let select = "SELECT record FROM audit WHERE account = ?1 ORDER BY number";
        let rows = self.run(select, &[text(account)])?;
        rows.into_iter().map(|row| fields(row).map(|[record]| record)).collect()
    }

    /// The connection, with no transaction open: one that was left open is rolled back.
    fn lock(&self) -> Result<MutexGuard<'_, Connection<C>>, SqliteError<C::Error>> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_open {
            // Fails where SQLite has rolled back by itself. That nothing is open is told by the next statement.
            let _ = connection.run("ROLLBACK", &[]);
            connection.run("BEGIN", &[])?;
            connection.run("ROLLBACK", &[])?;
            connection.is_open = false;
        }
        Ok(connection)
    }
}

impl<C: SqliteConnection> KeyStore for SqliteAccounts<C> {
    type Record = AtVersion;
    type Error = SqliteError<C::Error>;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, Self::Error> {
        // One statement, and so one state.
        let select = "SELECT keys.record, CAST(COALESCE(accounts.version, 0) AS TEXT)
            FROM keys LEFT JOIN accounts ON accounts.id = keys.account WHERE keys.id = ?1";
        let found = self.run(select, &[text(id.as_str())])?.into_iter().next();
        found
            .map(|row| {
                let [record, version] = fields(row)?;
                Ok(AtVersion::new(read(&record, A_KEY)?, read_version(&version)?))
            })
            .transpose()
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

impl<C: SqliteConnection> AccountStore for SqliteAccounts<C> {
    type Error = SqliteError<C::Error>;

    fn load(&self, account: &str) -> Result<Option<Account>, Self::Error> {
        // One statement, and so one state, whatever other processes do.
        let select = "SELECT CAST(version AS TEXT), roles FROM accounts WHERE id = ?1
            UNION ALL SELECT 'key', record FROM keys WHERE account = ?1";
        let (mut found, mut records) = (None, Vec::new());
        for row in self.run(select, &[text(account)])? {
            match fields(row)? {
                [of, record] if of == "key" => records.push(read(&record, A_KEY)?),
                [version, roles] => found = Some((read_version(&version)?, read::<Vec<Role>, _>(&roles, THE_ROLES)?)),
            }
        }
        let Some((version, roles)) = found else { return Ok(None) };
        let none = Roles::new(&self.schema, account).map_err(|error| unreadable(THE_ROLES, &error))?;
        let roles = none.with_all(roles).map_err(|error| unreadable(THE_ROLES, &error))?;
        Account::load(roles, version, records).map(Some).map_err(|error| unreadable(A_KEY, &error))
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Self::Error>> {
        let mut connection = self.lock().map_err(CommitError::Store)?;
        connection.is_open = true;
        // Nobody else writes from here on.
        connection.run("BEGIN IMMEDIATE", &[]).map_err(CommitError::Store)?;
        if let Err(refused) = connection.write(change) {
            connection.is_open = connection.run("ROLLBACK", &[]).is_err();
            return Err(refused);
        }
        connection.run("COMMIT", &[]).map_err(CommitError::Unknown)?;
        connection.is_open = false;
        Ok(())
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Self::Error> {
        self.lock()?.keep(audit)
    }
}

impl<C: SqliteConnection> Connection<C> {
    fn run(&mut self, statement: &str, values: &[SqlValue]) -> Result<Vec<Vec<String>>, SqliteError<C::Error>> {
        self.driver.run(statement, values).map_err(SqliteError::Database)
    }

    fn write(&mut self, change: &AccountChange) -> Result<(), CommitError<SqliteError<C::Error>>> {
        let account = change.account();
        let stored = self.version("SELECT CAST(version AS TEXT) FROM accounts WHERE id = ?1", account.id());
        if stored.map_err(CommitError::Store)?.unwrap_or(0) != change.expected() {
            return Err(CommitError::Conflict);
        }
        let roles = write(&account.roles().iter().collect::<Vec<_>>(), THE_ROLES).map_err(CommitError::Store)?;
        let put = "INSERT OR REPLACE INTO accounts (id, version, roles) VALUES (?1, ?2, ?3)";
        self.run(put, &[text(account.id()), integer(account.version()), SqlValue::Text(roles)])
            .map_err(CommitError::Store)?;
        for change in change.keys() {
            let id = change.id();
            let stored = self.version("SELECT CAST(version AS TEXT) FROM keys WHERE id = ?1", id.as_str());
            change.check(stored.map_err(CommitError::Store)?)?;
            let done = match change.record() {
                None => self.run("DELETE FROM keys WHERE id = ?1", &[text(id.as_str())]),
                Some(record) => {
                    let document = SqlValue::Text(write(record, A_KEY).map_err(CommitError::Store)?);
                    let put = "INSERT OR REPLACE INTO keys (id, version, account, record) VALUES (?1, ?2, ?3, ?4)";
                    self.run(put, &[text(id.as_str()), integer(record.version()), text(record.account()), document])
                }
            };
            done.map_err(CommitError::Store)?;
        }
        change.audit().map_or(Ok(()), |audit| self.keep(audit)).map_err(CommitError::Store)
    }

    fn version(&mut self, select: &str, id: &str) -> Result<Option<u64>, SqliteError<C::Error>> {
        let rows = self.run(select, &[text(id)])?;
        rows.into_iter().next().map(|row| fields(row).and_then(|[version]| read_version(&version))).transpose()
    }

    fn keep(&mut self, audit: &AuditRecord) -> Result<(), SqliteError<C::Error>> {
        let record = write(audit, "an audit record")?;
        self.run(
            "INSERT INTO audit (account, record) VALUES (?1, ?2)",
            &[text(audit.account()), SqlValue::Text(record)],
        )
        .map(|_| ())
    }
}

impl<C> fmt::Debug for SqliteAccounts<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteAccounts").field("schema", &self.schema).finish_non_exhaustive()
    }
}

const A_KEY: &str = "the record of a key";
const THE_ROLES: &str = "the roles of an account";

fn text(text: &str) -> SqlValue {
    SqlValue::Text(text.into())
}

/// SQLite has integers with a sign.
fn integer(version: u64) -> SqlValue {
    SqlValue::Integer(i64::from_ne_bytes(version.to_ne_bytes()))
}

fn read_version<E>(text: &str) -> Result<u64, SqliteError<E>> {
    let version = text.parse::<i64>().map_err(|error| unreadable("a version", &error))?;
    Ok(u64::from_ne_bytes(version.to_ne_bytes()))
}

fn write<E>(value: &impl Serialize, what: &'static str) -> Result<String, SqliteError<E>> {
    serde_json::to_string(value).map_err(|error| unreadable(what, &error))
}

/// The error doesn't repeat what stands there: it could be a digest.
fn read<T: DeserializeOwned, E>(document: &str, what: &'static str) -> Result<T, SqliteError<E>> {
    serde_json::from_str(document)
        .map_err(|error| unreadable(what, &format!("line {}, column {}", error.line(), error.column())))
}

/// The columns of a row, of which there are as many as were asked for.
fn fields<const N: usize, E>(row: Vec<String>) -> Result<[String; N], SqliteError<E>> {
    row.try_into().map_err(|row: Vec<String>| unreadable("a row", &format!("{} columns instead of {N}", row.len())))
}

fn unreadable<E>(what: &'static str, how: &impl ToString) -> SqliteError<E> {
    SqliteError::Unreadable { what, how: how.to_string() }
}

/// Why accounts in SQLite could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError<E> {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(E),
    /// What is stored can't be read, or not be written as it is to be stored.
    #[error("{what} can't be used: {how}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        how: String,
    },
}
