//! The same in PostgreSQL, which any number of processes may use at once.

mod address;
mod changes;
mod notices;
mod rows;

use std::{
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use keyward::{
    Schema,
    administration::tables,
    filter::{SqlDialect, SqlTable},
};
use postgres::{Client, IsolationLevel, Transaction};
use r2d2::{NopErrorHandler, PooledConnection};
use r2d2_postgres::PostgresConnectionManager;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{StoreError, products};
use address::Address;

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
    CREATE TABLE IF NOT EXISTS secrets (name text PRIMARY KEY, secret text NOT NULL);
"#;

/// A database of PostgreSQL. It is connected to when it is first used, and again wherever a connection broke.
pub struct PostgreSql {
    schema: Schema,
    table: SqlTable,
    address: Address,
    /// For keys alone: nothing that is read at length is waited for, and no commit.
    finders: Pool,
    readers: Pool,
    writers: Pool,
    is_prepared: Mutex<bool>,
}

type Manager = PostgresConnectionManager<MakeRustlsConnect>;
type Pool = r2d2::Pool<Manager>;

/// The most connections of each pool: 14 for a process, and one on which it hears of changes.
const FINDERS: u32 = 6;
const READERS: u32 = 4;
const WRITERS: u32 = 4;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(2);

impl PostgreSql {
    /// A database at this address, which isn't connected to yet. To another machine the connection is encrypted unless the address
    /// says `sslmode=disable`, on the same machine where it says `sslmode=require`. The server's certificate must be signed by
    /// one of the authorities in the file, or by one that the system trusts.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: no address, no certificates where there should be.
    pub fn new(url: &str, authorities: Option<&Path>, schema: &Schema) -> Result<Self, StoreError> {
        let address = Address::read(url, authorities)?;
        let pool = |most: u32| {
            let pool = Pool::builder().max_size(most).min_idle(Some(0)).connection_timeout(PATIENCE);
            // A connection that broke is found out by who uses it, who takes another: not each by a query of its own.
            let pool = pool.test_on_check_out(false).error_handler(Box::new(NopErrorHandler));
            pool.build_unchecked(Manager::new(address.config.clone(), address.tls.clone()))
        };
        let [finders, readers, writers] = [FINDERS, READERS, WRITERS].map(pool);
        let table = products::table(SqlDialect::PostgreSql, schema)?;
        let is_prepared = Mutex::new(false);
        Ok(Self { schema: schema.clone(), table, address, finders, readers, writers, is_prepared })
    }

    /// The same, connected to, and with its tables.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); no connection, an earlier version of the service that has the database for itself.
    pub fn connect(url: &str, authorities: Option<&Path>, schema: &Schema) -> Result<Self, StoreError> {
        let new = Self::new(url, authorities, schema)?;
        new.prepare()?;
        Ok(new)
    }

    /// Makes the tables where there are none, once.
    fn prepare(&self) -> Result<(), StoreError> {
        let mut is_prepared = self.is_prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_prepared {
            return Ok(());
        }
        // Not from a pool, which would try again for a while, and not say what is wrong.
        let mut client = self.address.connect()?;
        let mut transaction = client.transaction()?;
        if transaction.query_one("SELECT current_schema() IS NULL", &[])?.get(0) {
            return Err(StoreError::NoSchema);
        }
        // One process after the other. An earlier version held the second of these for as long as it ran.
        transaction.batch_execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('keyward-tables:' || current_schema(), 0))",
        )?;
        let alone = "SELECT pg_try_advisory_xact_lock(hashtextextended('keyward-service:' || current_schema(), 0))";
        if !transaction.query_one(alone, &[])?.get::<_, bool>(0) {
            return Err(StoreError::InUse);
        }
        transaction.batch_execute(tables::POSTGRESQL)?;
        transaction.batch_execute(TABLES)?;
        changes::fill(&mut transaction)?;
        transaction.batch_execute(&self.table.probe("products")?)?;
        transaction.commit()?;
        *is_prepared = true;
        Ok(())
    }

    /// Runs this with a connection, and again with another where one turned out to be broken that nobody had used since; gives the
    /// one that answered, too. It is done twice then, so it must be nothing but reading.
    fn answered<T, E: From<StoreError>>(
        &self,
        pool: &Pool,
        run: impl Fn(&mut Client) -> Result<T, E>,
    ) -> Result<(PooledConnection<Manager>, T), E> {
        self.prepare()?;
        let mut broken = 0;
        loop {
            let mut client = pool.get().map_err(StoreError::Away)?;
            match run(&mut client) {
                // The pool drops it. There may be as many as it has.
                Err(_) if client.is_closed() && broken < pool.max_size() => broken = broken.saturating_add(1),
                done => return done.map(|done| (client, done)),
            }
        }
    }

    /// Finds what one statement tells.
    fn find<T>(&self, find: impl Fn(&mut Client) -> Result<T, postgres::Error>) -> Result<T, StoreError> {
        self.answered(&self.finders, |client| Ok(find(client)?)).map(|(_, found)| found)
    }

    /// Reads one state.
    fn read<T>(&self, read: impl Fn(&mut Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let one_state = |client: &mut Client| {
            let transaction =
                client.build_transaction().read_only(true).isolation_level(IsolationLevel::RepeatableRead);
            read(&mut transaction.start()?)
        };
        self.answered(&self.readers, one_state).map(|(_, read)| read)
    }

    /// Changes all, or nothing where `change` fails or panics.
    fn write<T, E>(&self, change: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        // A connection that answers: what it is then used for is done once. A commit is on the disk before it is acknowledged, also
        // where the server is told that it needn't be.
        let durable =
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
        let (mut client, ()) = self.answered(&self.writers, |client| Ok(client.batch_execute(durable)?))?;
        let mut transaction = client.transaction().map_err(StoreError::from)?;
        let changed = change(&mut transaction)?;
        transaction.commit().map_err(StoreError::Unanswered)?;
        Ok(changed)
    }
}

/// PostgreSQL has no text with a NUL, and fails where it is asked for one: nothing that it holds has such a name.
fn has_nul<const N: usize>(names: [&str; N]) -> bool {
    names.iter().any(|name| name.contains('\0'))
}

/// Without the address, which may hold a password.
impl fmt::Debug for PostgreSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgreSql").finish_non_exhaustive()
    }
}
