//! Tables for accounts, keys and audit records, as statements to be run when a service starts.
//!
//! A statement makes what isn't there and leaves what is. `SqliteAccounts` is a store over them for SQLite.
//! `examples/service` has one for each database, which pass the suites of `store::conformance` and
//! `administration::conformance`.
//!
//! | table | column | what is kept there |
//! |---|---|---|
//! | `accounts` | `id` | [`Account::id`](super::Account::id), compared byte for byte |
//! | | `version` | [`Account::version`](super::Account::version): 64 bits, so cast it where the database has only a signed type |
//! | | `roles` | the [roles](crate::Role) as a JSON array, the managed one left out |
//! | `keys` | `id` | [`KeyRecord::id`](crate::store::KeyRecord::id), compared byte for byte |
//! | | `version` | [`KeyRecord::version`](crate::store::KeyRecord::version), by which a change is refused |
//! | | `account` | whose key it is; [`AccountStore::load`](super::AccountStore::load) reads all of an account |
//! | | `record` | the [record](crate::store::KeyRecord) as JSON |
//! | `audit` | `number` | counts up: the order of an account's records |
//! | | `account` | in which account |
//! | | `record` | the [audit record](super::AuditRecord) as JSON |
//!
//! JSON is kept as text: as a binary kind of its own a database may refuse a NUL, which the value of a condition may
//! have, or round a number.

/// For SQLite 3.37 or later. Set `synchronous` to `FULL`, or a commit is acknowledged before it is on the disk.
pub const SQLITE: &str = include_str!("sql/sqlite.sql");

/// For PostgreSQL 12 or later. Lock the account's row (`SELECT … FOR UPDATE`) before anything of it is changed, also before
/// a record of a refusal is added: what counts up must count in the order of the commits.
pub const POSTGRESQL: &str = include_str!("sql/postgresql.sql");
