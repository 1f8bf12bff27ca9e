//! The contract of [`AccountStore`](super::AccountStore), as a suite that any store can be held to. Needs the feature
//! `conformance`. A store that is waited for is held to it through an `AccountStore` that blocks on it.
//!
//! Run it in your own tests, over an empty store for each clause, beside [the suite for its
//! keys](crate::store::conformance):
//!
//! ```
//! use keyward::{Schema, administration::{MemoryAccounts, conformance}};
//!
//! let schema = Schema::builder().build()?; // the one that the store reads roles by
//! let audit = |store: &MemoryAccounts, account: &str| {
//!     let of_account = |record: &keyward::administration::AuditRecord| record.account() == account;
//!     let records = store.audit().into_iter().filter(of_account);
//!     records.map(|record| serde_json::to_string(&record).unwrap()).collect()
//! };
//! conformance::check(&schema, MemoryAccounts::new, audit)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The clauses
//!
//! What is committed is loaded:
//!
//! - an unknown account is nothing, and is no error
//! - a new account is loaded as it was committed
//! - the id of an account is compared byte for byte: case, length, the last character, and it is no number
//! - a role is loaded as it was committed: its id, its permissions in their order, also where it has none
//! - a key is loaded as it was committed: any text as the value of a condition, times of more than 32 bits
//! - an account as large as it may be is loaded as it was committed
//! - a version has more than 32 bits: where 8, 16, 31 and 32 bits end
//! - every change is made: of roles, and keys that come, change and go
//! - a change of nothing but the version counts
//! - a key is found as it is loaded: by its id, at once, and when it is removed no longer
//! - a key is found with the version of its account, where the store says one: it counts each change, also one of roles alone
//! - accounts are apart
//!
//! What doesn't fit is refused:
//!
//! - a change that expects another version is a conflict: an older one, a newer one, a new account that is there
//! - a key is in one account
//! - what was refused leaves nothing: neither roles nor a version, keys or an audit record
//! - audit records are kept in their order: those of changes and of refusals, each in its account
//!
//! Threads, ten of them:
//!
//! - a change made by another thread is loaded
//! - of concurrent changes from one state one is stored
//! - of concurrent changes none is lost
//! - one state is loaded whole
//! - a key and the version of its account, where the store says one, are of one moment, and never older than what was
//!   acknowledged before
//! - what was refused is never loaded
//!
//! A race is found only where it is run into.

mod at_once;
mod fixture;
mod kept;
mod refusing;
mod suite;

pub use suite::check;
