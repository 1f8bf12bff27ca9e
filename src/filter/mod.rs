//! The answer to `list`: which rows an access may list, as a value and as queries.
//!
//! - `clause`, `alternatives` and `value`: the filter itself; `document` reads it from JSON.
//! - `mapping`: which column or field of a store holds which attribute.
//! - `accepted`: accepted texts as integers, booleans and uuids, for stores with types.
//! - `sql`: a `WHERE` fragment with bind parameters.
//! - `mongo`: a MongoDB query document.

mod accepted;
mod alternatives;
mod clause;
mod document;
mod list_error;
mod mapping;
mod mongo;
mod sql;
mod value;

pub use alternatives::Alternatives;
pub use clause::{Clause, Clauses};
pub use list_error::ListError;
pub use mapping::MappingError;
pub use mongo::{MongoCollection, MongoError, MongoField};
pub use sql::{SqlColumn, SqlDialect, SqlError, SqlFragment, SqlTable, SqlValue};
pub use value::Filter;
