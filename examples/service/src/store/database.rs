//! The two connections.

use std::{
    fs::File,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use keyward::{Access, Schema, SqlDialect, SqlTable, http::Refused};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::{Change, Page, Product, Store, StoreError, folder::Folder, products};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS accounts (
        id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, roles TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, account TEXT NOT NULL, record TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS keys_of_account ON keys (account);
    CREATE TABLE IF NOT EXISTS products (
        account TEXT NOT NULL COLLATE BINARY, id TEXT NOT NULL COLLATE BINARY, name TEXT NOT NULL, brand TEXT,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS products_of_brand ON products (account, brand, id);
";

/// A database that this process has for itself.
#[derive(Debug)]
pub struct Database {
    pub(super) schema: Schema,
    table: SqlTable,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    _lock: File,
    /// Last, so that it is removed once the connections are closed.
    _folder: Option<Folder>,
}

impl Database {
    /// Opens a database, or makes it.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: a file that can't be made or is no database, one that another process has open.
    pub fn open(path: &Path, schema: &Schema) -> Result<Self, StoreError> {
        let lock = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
        lock.try_lock().map_err(|_| StoreError::InUse)?;
        let writer = Connection::open(path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // A commit is on the disk before it is acknowledged.
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.execute_batch(TABLES)?;
        let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        for connection in [&writer, &reader] {
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.set_prepared_statement_cache_capacity(32);
        }
        let (writer, reader) = (Mutex::new(writer), Mutex::new(reader));
        let table = products::table(SqlDialect::Sqlite)?;
        Ok(Self { schema: schema.clone(), table, writer, reader, _lock: lock, _folder: None })
    }

    /// A new one in a temporary folder, gone when this is dropped.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn temporary(schema: &Schema) -> Result<Self, StoreError> {
        let folder = Folder::new()?;
        let database = Self::open(&folder.path().join("service.sqlite"), schema)?;
        Ok(Self { _folder: Some(folder), ..database })
    }

    /// Reads one state: what is committed meanwhile is not seen.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&lock(&self.reader).transaction()?)
    }

    /// Changes all, or nothing where `change` fails or panics.
    pub(super) fn write<T, E>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut writer = lock(&self.writer);
        let started = writer.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = started.map_err(StoreError::from)?;
        let changed = change(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(changed)
    }
}

impl Store for Database {
    fn accounts(&self) -> Result<Vec<String>, StoreError> {
        self.read(|transaction| {
            let mut select = transaction.prepare_cached("SELECT id FROM accounts ORDER BY id")?;
            Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    fn products(&self, access: &Access, page: Page<'_>) -> Result<Vec<Product>, Refused> {
        let passes = products::passes(access, &self.table)?;
        Ok(self.read(|transaction| products::list(transaction, &passes, page))?)
    }

    fn product(&self, account: &str, id: &str) -> Result<Option<Product>, StoreError> {
        self.read(|transaction| products::select(transaction, account, id))
    }

    fn insert_product(&self, product: &Product) -> Result<(), StoreError> {
        self.write(|transaction| products::insert(transaction, product))
    }

    fn change_product(&self, account: &str, id: &str, change: Change<'_>) -> Result<Option<Product>, Refused> {
        self.write(|transaction| {
            let stored = products::select(transaction, account, id)?.ok_or_else(Refused::not_found)?;
            let changed = change(&stored)?;
            products::put(transaction, &stored, changed.as_ref())?;
            Ok(changed)
        })
    }
}

/// Whoever panicked with a connection left no half of a transaction behind: it was rolled back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
