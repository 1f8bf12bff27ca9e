//! The platform's documents: accounts with their access policies, operator accesses and access tokens, and the
//! directory of a schema and its accounts.
//!
//! Fields that mean nothing to a decision (tags, identifiers, custom fields and their like) are kept as they
//! are when a document is read and written again. A field that no document of the kind has is an error.

mod account_document;
mod directory;
mod known_fields;
mod questions;

pub use account_document::{AccessPolicyDocument, AccountDocument, ActorDocument, ActorKind};
pub use directory::{Actor, Directory};
