//! The same in PostgreSQL, over three connections that are made anew where they broke.

mod changes;
mod rows;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use keyward::{
    Schema,
    administration::tables,
    filter::{SqlDialect, SqlTable},
};
use postgres::{Client, IsolationLevel, NoTls, Transaction};

use super::{StoreError, products};

/// What the service adds to keyward's tables: columns by which the present keys of an account are listed, and its own
/// resource.
const TABLES: &str = r#"
    ALTER TABLE keys ADD COLUMN IF NOT EXISTS kind text COLLATE "C", ADD COLUMN IF NOT EXISTS actor text COLLATE "C",
        ADD COLUMN IF NOT EXISTS present boolean;
    CREATE INDEX IF NOT EXISTS present_keys ON keys (account, kind, actor) WHERE present;
    CREATE TABLE IF NOT EXISTS products (
        account text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, name text NOT NULL, brand text COLLATE "C",
        PRIMARY KEY (account, id)
    );
    CREATE INDEX IF NOT EXISTS products_of_brand ON products (account, brand, id);
"#;

/// A PostgreSQL database that this process has for itself.
pub struct PostgreSql {
    url: Box<str>,
    schema: Schema,
    table: SqlTable,
    writer: Mutex<Client>,
    reader: Mutex<Client>,
    finder: Mutex<Client>,
}

impl PostgreSql {
    /// Connects, and makes the tables where there are none. The connection isn't encrypted: the server is on the
    /// same machine.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: no connection, or another process has the database.
    pub fn connect(url: &str, schema: &Schema) -> Result<Self, StoreError> {
        let mut writer = writer(url)?;
        writer.batch_execute(tables::POSTGRESQL)?;
        writer.batch_execute(TABLES)?;
        changes::fill(&mut writer)?;
        let table = products::table(SqlDialect::PostgreSql, schema)?;
        writer.batch_execute(&table.probe("products")?)?;
        let [reader, finder] = [Client::connect(url, NoTls)?, Client::connect(url, NoTls)?];
        let [writer, reader, finder] = [writer, reader, finder].map(Mutex::new);
        Ok(Self { url: url.into(), schema: schema.clone(), table, writer, reader, finder })
    }

    /// Finds what one statement tells, on a connection of its own: nothing that is read at length is waited for.
    fn find<T>(&self, find: impl FnOnce(&mut Client) -> Result<T, postgres::Error>) -> Result<T, StoreError> {
        let mut finder = lock(&self.finder);
        if finder.is_closed() {
            *finder = Client::connect(&self.url, NoTls)?;
        }
        Ok(find(&mut finder)?)
    }

    /// Reads one state.
    fn read<T>(&self, read: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut reader = lock(&self.reader);
        if reader.is_closed() {
            *reader = Client::connect(&self.url, NoTls)?;
        }
        let transaction = reader.build_transaction().read_only(true).isolation_level(IsolationLevel::RepeatableRead);
        read(&mut transaction.start()?)
    }

    /// Changes all, or nothing where `change` fails or panics.
    fn write<T, E>(&self, change: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut client = lock(&self.writer);
        if client.is_closed() {
            *client = writer(&self.url)?;
        }
        let mut transaction = client.transaction().map_err(StoreError::from)?;
        let changed = change(&mut transaction)?;
        transaction.commit().map_err(StoreError::Unanswered)?;
        Ok(changed)
    }
}

/// A connection that no other process's writer is beside: the lock ends with it.
fn writer(url: &str) -> Result<Client, StoreError> {
    let mut client = Client::connect(url, NoTls)?;
    let alone = "SELECT pg_try_advisory_lock(hashtextextended('keyward-service:' || current_schema(), 0))";
    if client.query_one(alone, &[])?.get(0) { Ok(client) } else { Err(StoreError::InUse) }
}

/// PostgreSQL has no text with a NUL, and fails where it is asked for one: nothing that it holds has such a name.
fn has_nul<const N: usize>(names: [&str; N]) -> bool {
    names.iter().any(|name| name.contains('\0'))
}

fn lock(client: &Mutex<Client>) -> MutexGuard<'_, Client> {
    client.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Without the address, which may hold a password.
impl fmt::Debug for PostgreSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgreSql").finish_non_exhaustive()
    }
}
