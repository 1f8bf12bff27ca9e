//! Keys, accounts and products in SQLite.
//!
//! One connection writes and another reads, so that no look-up waits for a commit. A commit is on the disk when it
//! returns, and the next look-up sees it: that is the moment from which a revoked key is revoked.

mod accounts;
mod database;
mod error;
mod folder;
mod keys;
mod products;

pub use database::Database;
pub use error::StoreError;
pub use products::{Page, Product};
