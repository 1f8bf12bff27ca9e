//! The HTTP edge: origins and CORS, as pure functions over header values.
pub mod cors;
mod host;
mod origin;
mod origin_list;
mod text;

pub use origin::{Origin, OriginError, OriginFault};
pub use origin_list::{OriginList, OriginListError};
