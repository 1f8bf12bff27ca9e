//! A filter as the `WHERE` of a query.
//!
//! - `dialect`: the databases, and how a name is put in quotes.
//! - `column`: what kind of value a column holds; `table`: which column holds which attribute; `probe`: the statement
//!   that asks the database whether the mapping is right.
//! - `fragment`: the text and its parameters.
//! - `rules`: what each dialect must say, above all how to write a query with exactly the decision's answer. `sqlite`,
//!   `postgresql` and `mariadb` say it; `parts` has what they share.

mod column;
mod dialect;
mod fragment;
mod mariadb;
mod parts;
mod postgresql;
mod probe;
mod rules;
mod sql_error;
mod sqlite;
mod table;

pub use column::SqlColumn;
pub use dialect::SqlDialect;
pub use fragment::{SqlFragment, SqlValue};
pub use sql_error::SqlError;
pub use table::SqlTable;
