//! JSON read strictly: no key twice, nothing nested deeper than [`Json::MAX_DEPTH`]. Every error says where it is.

mod document_error;
mod node;
#[cfg(feature = "serde_json")]
mod parse;
mod place;
mod strict;
mod tree;

pub use document_error::{DocumentError, DocumentProblem};
pub(crate) use node::{Node, Object, Place, deserialize_as_document};
pub use place::{JsonPath, Position};
pub use tree::{Json, JsonObject};
