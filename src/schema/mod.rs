//! What the host declares: resource types with their operations, and condition names with what each restricts.

mod builder;
mod check_attributes;
mod compiled;
mod handles;
mod rule;
mod schema_document;
mod schema_error;

pub use builder::SchemaBuilder;
pub(crate) use compiled::TypeRule;
pub use compiled::{ADMINISTRATION, Schema};
pub use handles::{Operation, OperationRef, ResourceType, TypeRef};
pub use rule::{Binding, ConditionRule, Elsewhere, IntoBinding, Match, Source};
pub(crate) use schema_document::{read_attribute, read_match, read_source, read_value_kind};
pub use schema_error::{SchemaError, SchemaProblem};

pub use crate::values::ValueKind;
