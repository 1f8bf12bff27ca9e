//! What one actor may do in one account: a grant, compiled.
//!
//! | file | what it is |
//! |---|---|
//! | `union` | the access: one assignment, or a union of several |
//! | `building` | from a grant to an access |
//! | `access_error` | why there is none |

mod access_error;
mod building;
mod union;

pub use access_error::AccessError;
pub use building::AccessBuilder;
pub(crate) use building::UnknownRole;
#[cfg(feature = "std")]
pub(crate) use union::Granted;
pub use union::{Access, AssignmentRef};
pub(crate) use union::{CompiledAssignment, CompiledCondition};
