//! Embeddable authorization: API keys, roles and restrictive conditions.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod access;
pub mod administration;
mod attributes;
mod authenticate;
mod compare;
mod condition;
mod decision;
mod denial;
mod document;
mod evaluate;
mod filter;
pub mod http;
mod json;
pub mod key;
mod permission;
#[cfg(all(doctest, feature = "serde_json"))]
mod readme;
#[cfg(feature = "std")]
mod resolved;
mod resource;
mod role;
mod schema;
pub mod store;
mod summary;
mod text;
mod time;
mod value_set;
mod who;

pub use access::{Access, AccessBuilder, AccessError};
pub use attributes::{AsValue, AttributePath, Attributes, List, Value};
#[cfg(feature = "std")]
pub use authenticate::{Authenticated, Authenticator, OtherSchema};
pub use authenticate::{AuthenticationError, Refusal, RefusalCause, judge};
pub use compare::{Beyond, Change, Difference, Excess, Inclusion, Intersection, Restriction, Review, Surplus, Witness};
pub use condition::Condition;
pub use decision::Decision;
pub use denial::{Denial, Forbidden, Redacted, Side};
pub use document::{AccessPolicyDocument, AccountDocument, Actor, ActorDocument, ActorKind, World};
pub use filter::{
    Clause, Clauses, Filter, MongoCollection, MongoError, Passing, Selection, SqlColumn, SqlDialect, SqlError,
    SqlFragment, SqlTable, SqlValue,
};
pub use json::{DocumentError, DocumentProblem, Json, JsonObject, JsonPath, Position};
pub use permission::Permission;
pub use resource::{Resource, ResourceView};
pub use role::{Role, RoleError, Roles, RolesVersion};
pub use schema::{
    ADMINISTRATION, Binding, ConditionRule, Elsewhere, IntoBinding, Match, Operation, OperationRef, ResourceType,
    Schema, SchemaBuilder, SchemaError, SchemaProblem, TypeRef,
};
pub use summary::{Summary, TypeSummary};
pub use text::{TextError, TextProblem, UnknownName};
pub use time::Timestamp;
pub use value_set::ValueSet;
pub use who::who_can;
