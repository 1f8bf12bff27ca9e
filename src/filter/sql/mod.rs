//! A filter as the `WHERE` of a query.
//!
//! - `dialect`: the databases, and how a name is put in quotes.
//! - `column`: what kind of value a column holds; `table`: which column holds which attribute; `probe`: the statement
//!   that asks the database whether that is so.
//! - `fragment`: the text and its parameters.
//! - `rules`: what each dialect says of itself, and `sqlite`, `postgresql`, `mariadb` say it: above all, how the database
//!   is asked exactly what the check asks. `parts`: what they have in common.

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
