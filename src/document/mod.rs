//! The platform's documents: accounts with their access policies, operator accesses and access tokens, and the
//! whole world of a schema and its accounts.
//!
//! Fields that mean nothing to a decision (tags, identifiers, custom fields and their like) are kept as they
//! are when a document is read and written again. A field that no document of the kind has is an error.

mod account;
mod fields;
mod questions;
mod world;

pub use account::{AccessPolicyDocument, AccountDocument, ActorDocument, ActorKind};
pub use world::{Actor, World};
