//! The platform's documents: accounts with their access policies, operator accesses and access tokens, and the
//! directory of a schema and its accounts.
//!
//! Fields that decisions don't use (tags, identifiers, custom fields and so on) are kept when a document is read and
//! written again. An unknown field is an error.

mod account_document;
mod directory;
mod known_fields;
mod questions;

pub use account_document::{AccessPolicyDocument, AccountDocument, ActorDocument, ActorKind, GrantDocument};
pub use directory::{Actor, Directory};
