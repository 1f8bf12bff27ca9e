//! A resource's attributes by name, as a decision reads them: without a copy.

mod as_value;
mod attribute_path;
mod declared;
#[cfg(feature = "serde_json")]
mod json_attributes;
mod maps;
mod request_context;
mod traits;
mod written;

pub use attribute_path::AttributePath;
pub use declared::{AttributeName, DeclaredAttributes, DeclaredResource};
pub(crate) use maps::object_or_nothing;
pub use request_context::RequestContext;
pub use traits::{AsValue, Attributes, List, Value};
