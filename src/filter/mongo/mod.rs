//! A filter as a MongoDB query document.
//!
//! - `field`: what kind of value a field holds; `collection`: which field holds which attribute.
//! - `query`: a query with exactly the decision's answer.

mod collection;
mod field;
mod query;

pub use collection::MongoCollection;
pub use field::{MongoError, MongoField};
