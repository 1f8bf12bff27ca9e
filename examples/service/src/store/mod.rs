//! Keys, accounts and products in SQLite, or in PostgreSQL.
//!
//! One connection writes and another reads, so that no look-up waits for a commit. A commit is on the disk when it
//! returns, and the next look-up sees it: that is the moment from which a revoked key is revoked.

mod accounts;
mod database;
mod error;
mod folder;
mod keys;
#[cfg(feature = "postgresql")]
mod postgresql;
mod products;

use std::fmt;

use keyward::{
    Access,
    administration::AccountStore,
    http::Refused,
    store::{KeyChanges, KeyRecord, KeyStore},
};

pub use database::Database;
pub use error::StoreError;
#[cfg(feature = "postgresql")]
pub use postgresql::PostgreSql;
pub use products::{Page, Product};

/// What the service keeps: keys, accounts, and its own products.
pub trait Store:
    KeyStore<Record = KeyRecord, Error = StoreError>
    + KeyChanges
    + AccountStore<Error = StoreError>
    + fmt::Debug
    + Send
    + Sync
{
    /// The ids of all accounts.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed.
    fn accounts(&self) -> Result<Vec<String>, StoreError>;

    /// The products that an access may list. The database leaves the others out, by the access's own filter.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it may list none, or the database failed.
    fn products(&self, access: &Access, page: Page<'_>) -> Result<Vec<Product>, Refused>;

    /// A product.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed.
    fn product(&self, account: &str, id: &str) -> Result<Option<Product>, StoreError>;

    /// Stores a new product.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed, or has it.
    fn insert_product(&self, product: &Product) -> Result<(), StoreError>;

    /// Changes a product to what `change` makes of it, or removes it where that is nothing: judged and done in one
    /// step, so that nobody moves it in between.
    ///
    /// # Errors
    ///
    /// [`Refused`]: there is none, `change` refuses, the database failed.
    fn change_product(&self, account: &str, id: &str, change: Change<'_>) -> Result<Option<Product>, Refused>;
}

/// What a product is to become, or why not.
pub type Change<'a> = &'a dyn Fn(&Product) -> Result<Option<Product>, Refused>;
