//! Keys, accounts and products in SQLite, or in PostgreSQL.
//!
//! SQLite is for one process, PostgreSQL for any number of them.
//!
//! One connection writes, another reads and a third finds keys, so that no look-up of a key waits for a commit, nor for
//! what is read at length; in PostgreSQL, a few of each. A commit is on the disk when it returns, and the next look-up sees it, with
//! the version that it gave the account: that is the moment from which a revoked key is revoked.

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
    store::{AtVersion, KeyRecord, KeyStore, WritableKeyStore},
};

pub use database::Database;
pub use error::StoreError;
#[cfg(feature = "postgresql")]
pub use postgresql::PostgreSql;
pub use products::{Page, Product};

/// What the service keeps: keys, accounts, and its own products.
pub trait Store:
    KeyStore<Record = AtVersion, Error = StoreError>
    + WritableKeyStore
    + AccountStore<Error = StoreError>
    + fmt::Debug
    + Send
    + Sync
{
    /// Whether there is no account yet.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed.
    fn is_new(&self) -> Result<bool, StoreError>;

    /// Tells of each account that is changed, by whichever process, for as long as the database tells it. Returns at once
    /// where no other process can have the database.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed: of what is changed from then on nothing is told.
    fn follow(&self, told: &mut dyn FnMut(Told<'_>)) -> Result<(), StoreError>;

    /// The secret of this name: what was kept first, which is `new` where there was none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed.
    fn secret(&self, name: &str, new: &str) -> Result<String, StoreError>;

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

/// What is told of changes.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Of what was changed until now nothing was told; what is changed from now on is.
    Nothing,
    /// An account is of this version.
    Changed {
        /// Its id.
        account: &'a str,
        /// Its version.
        version: u64,
    },
}

/// What a product is to become, or why not.
pub type Change<'a> = &'a dyn Fn(&Product) -> Result<Option<Product>, Refused>;
