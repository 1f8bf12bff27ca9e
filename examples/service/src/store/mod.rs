//! Keys, accounts and products in SQLite, or in PostgreSQL.
//!
//! One connection writes, another reads and a third finds keys, so that no look-up of a key waits for a commit, nor for
//! what is read at length. A commit is on the disk when it
//! returns, and the next look-up sees it: that is the moment from which a revoked key is revoked.

mod accounts;
mod database;
mod error;
mod file;
mod folder;
mod keys;
#[cfg(feature = "postgresql")]
mod postgresql;
mod products;

use std::fmt;

use keyward::{
    Operation, Roles,
    administration::AccountStore,
    decision::InContext,
    filter::SqlFragment,
    http::Refused,
    key::KeyKind,
    store::{KeyRecord, KeyStore, WritableKeyStore},
};

pub use database::Database;
pub use error::StoreError;
#[cfg(feature = "postgresql")]
pub use postgresql::PostgreSql;
pub use products::{Page, Product};

/// What the service keeps: keys, accounts, and its own products.
pub trait Store:
    KeyStore<Record = KeyRecord, Error = StoreError>
    + WritableKeyStore
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

    /// The roles of an account, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed, or what is stored are no roles.
    fn roles(&self, account: &str) -> Result<Option<Roles>, StoreError>;

    /// The present keys of an account's actors of one kind, in the order of their ids: none that was revoked or
    /// replaced, of which there may be many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed, or what is stored is no record.
    fn actors(&self, account: &str, kind: KeyKind) -> Result<Vec<KeyRecord>, StoreError>;

    /// The present key of one actor.
    ///
    /// # Errors
    ///
    /// As [`actors`](Self::actors).
    fn actor(&self, account: &str, kind: KeyKind, actor: &str) -> Result<Option<KeyRecord>, StoreError>;

    /// The audit records of an account, in their order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed.
    fn audit(&self, account: &str) -> Result<Vec<String>, StoreError>;

    /// The products that an access may list. The database leaves the others out, by the access's own filter.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it may list none, or the database failed.
    fn products(&self, access: InContext<'_>, page: Page<'_>) -> Result<Vec<Product>, Refused> {
        self.products_for(Operation::LIST, access, page)
    }

    /// The products on which an access allows an operation: what it may list, change or remove.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it allows it on none, or the database failed.
    fn products_for(
        &self,
        operation: Operation,
        access: InContext<'_>,
        page: Page<'_>,
    ) -> Result<Vec<Product>, Refused>;

    /// By which condition on their table the products are listed that an access may list.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it may list none.
    fn listed_products(&self, access: InContext<'_>) -> Result<SqlFragment, Refused>;

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
