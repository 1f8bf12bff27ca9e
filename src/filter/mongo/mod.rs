//! A filter as a MongoDB query document.
//!
//! - `field`: what kind of value a field holds; `collection`: which field holds which attribute.
//! - `query`: how MongoDB is asked exactly what the check asks.

mod collection;
mod field;
mod query;

pub use collection::MongoCollection;
pub use field::{MongoError, MongoField};
