//! A filter as the `WHERE` of a query.
//!
//! - `dialect`: the databases, and how each quotes a name.
//! - `column`: what kind of value a column holds; `table`: which column holds which attribute; `probe`: the statement
//!   that asks the database whether that is so.
//! - `fragment`: the text and its parameters.
//! - `sqlite`, `postgresql`, `mariadb`: how each database is asked exactly what the check asks.

mod column;
mod dialect;
mod error;
mod fragment;
mod mariadb;
mod postgresql;
mod probe;
mod sqlite;
mod table;

pub use column::SqlColumn;
pub use dialect::SqlDialect;
pub use error::SqlError;
pub use fragment::{SqlFragment, SqlValue};
pub use table::SqlTable;
