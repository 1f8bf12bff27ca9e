//! Origins as browsers write them: one, and lists of them.

mod host;
mod list;
mod problem;
mod serialized;
mod split;

pub use list::{OriginList, OriginListError};
pub use problem::OriginProblem;
pub use serialized::{Origin, OriginError};
