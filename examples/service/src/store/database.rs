//! The three connections.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use keyward::{
    Operation, Roles, Schema,
    administration::tables,
    decision::InContext,
    filter::{SqlDialect, SqlFragment, SqlTable},
    http::Refused,
    key::KeyKind,
    store::KeyRecord,
};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::{
    Change, Page, Product, Store, StoreError, Told, accounts, file::DatabaseFile, folder::Folder, keys, products,
};

/// What the service adds to keyward's tables: an index by which the present keys of an account are listed, and its own
/// resource.
const TABLES: &str = "
    CREATE INDEX IF NOT EXISTS present_keys ON keys (account, record ->> '$.kind', record ->> '$.actor')
        WHERE record ->> '$.state' = 'active';
    CREATE TABLE IF NOT EXISTS products (
        account TEXT NOT NULL COLLATE BINARY, id TEXT NOT NULL COLLATE BINARY, name TEXT NOT NULL, brand TEXT,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS products_of_brand ON products (account, brand, id);
    CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// A database that this process has for itself.
#[derive(Debug)]
pub struct Database {
    pub(super) schema: Schema,
    table: SqlTable,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    finder: Mutex<Connection>,
    _file: DatabaseFile,
    /// Last, so that it is removed once the connections are closed.
    _folder: Option<Folder>,
}

impl Database {
    /// Opens a database, or makes it.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: a file that can't be made or is no database, one that another process has open, one that
    /// others than its owner may read or change, or that has a second name.
    pub fn open(path: &Path, schema: &Schema) -> Result<Self, StoreError> {
        let file = DatabaseFile::take(path)?;
        let open = |access| {
            // The path is the file's own: not a link that was put there since, and no address of some other kind.
            let flags = access | OpenFlags::SQLITE_OPEN_NOFOLLOW | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(file.path(), flags)
        };
        let writer = open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // A commit is on the disk before it is acknowledged.
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.execute_batch(tables::SQLITE)?;
        writer.execute_batch(TABLES)?;
        let [reader, finder] = [open(OpenFlags::SQLITE_OPEN_READ_ONLY)?, open(OpenFlags::SQLITE_OPEN_READ_ONLY)?];
        for connection in [&writer, &reader, &finder] {
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.set_prepared_statement_cache_capacity(32);
        }
        // A column that isn't there is found now, and not by the first caller that it would restrict.
        let table = products::table(SqlDialect::Sqlite, schema)?;
        writer.execute_batch(&table.probe("products")?)?;
        let [writer, reader, finder] = [writer, reader, finder].map(Mutex::new);
        Ok(Self { schema: schema.clone(), table, writer, reader, finder, _file: file, _folder: None })
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

    /// Finds what one statement tells, on a connection of its own: nothing that is read at length is waited for.
    pub(super) fn find<T>(
        &self,
        find: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        Ok(find(&lock(&self.finder))?)
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
    fn is_new(&self) -> Result<bool, StoreError> {
        self.read(|transaction| Ok(!transaction.prepare_cached("SELECT 1 FROM accounts LIMIT 1")?.exists([])?))
    }

    fn follow(&self, _: &mut dyn FnMut(Told<'_>)) -> Result<(), StoreError> {
        Ok(())
    }

    fn secret(&self, name: &str, new: &str) -> Result<String, StoreError> {
        self.write(|transaction| {
            let insert = "INSERT INTO secrets (name, secret) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            transaction.execute(insert, [name, new])?;
            Ok(transaction.query_row("SELECT secret FROM secrets WHERE name = ?1", [name], |row| row.get(0))?)
        })
    }

    fn roles(&self, account: &str) -> Result<Option<Roles>, StoreError> {
        let stored = self.read(|transaction| accounts::select(transaction, account))?;
        stored.map(|(_, roles)| accounts::roles(&self.schema, account, &roles)).transpose()
    }

    fn actors(&self, account: &str, kind: KeyKind) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|transaction| keys::present(transaction, account, kind, None))
    }

    fn actor(&self, account: &str, kind: KeyKind, actor: &str) -> Result<Option<KeyRecord>, StoreError> {
        Ok(self.read(|transaction| keys::present(transaction, account, kind, Some(actor)))?.into_iter().next())
    }

    fn audit(&self, account: &str) -> Result<Vec<String>, StoreError> {
        self.read(|transaction| {
            let select = "SELECT record FROM audit WHERE account = ?1 ORDER BY number";
            let mut select = transaction.prepare_cached(select)?;
            Ok(select.query_map([account], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    fn products_for(
        &self,
        operation: Operation,
        access: InContext<'_>,
        page: Page<'_>,
    ) -> Result<Vec<Product>, Refused> {
        let passes = products::passes(access, operation, &self.table)?;
        Ok(self.read(|transaction| products::list(transaction, &passes, page))?)
    }

    fn listed_products(&self, access: InContext<'_>) -> Result<SqlFragment, Refused> {
        products::passes(access, Operation::LIST, &self.table)
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
