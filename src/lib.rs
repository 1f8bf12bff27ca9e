//! Embeddable authorization: API keys, roles and restrictive conditions, decided in nanoseconds with a reason for every
//! denial.
//!
//! | to | use |
//! |---|---|
//! | declare what there is | [`Schema`] |
//! | say what a role grants | [`Role`], [`Roles`] |
//! | say what an actor may do | [`Access`] |
//! | decide | [`Access::decide`], [`Access::decide_update`], [`Decision`], [`Denial`] |
//! | show a resource of your own | [`Attributes`], [`Resource`], or [`ResourceView`] over a map |
//! | list | [`Access::filter`], [`SqlTable`], [`MongoCollection`], [`Access::decide_page`] |
//! | make keys and authenticate requests | [`key`], [`store`], `Authenticator` |
//! | compare accesses, review a change | [`Access::within`], [`Review`] |
//! | ask who can, and what a key can | [`who_can`], [`Access::summary`] |
//! | administer accounts | [`administration`] |
//! | stand behind HTTP | [`http`] |
//! | read the platform's documents | [`Directory`] |
//! | know what a decision means, and why | [`guide`] |
//!
//! The crate does no I/O, reads no clock and starts no thread: time and entropy are arguments, keys are found through
//! [`store::KeyStore`]. A decision can't fail, panic, allocate or recurse; what can't be evaluated is denied.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
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
mod document;
mod filter;
mod grant;
pub mod guide;
mod hashing;
#[cfg(feature = "web")]
pub mod http;
#[cfg(feature = "std")]
mod in_force;
mod json;
pub mod key;
mod permission;
#[cfg(all(doctest, feature = "serde_json"))]
mod readme;
mod resource;
mod role;
mod schema;
pub mod store;
mod summary;
mod text;
mod time;
mod value_set;

pub use access::{Access, AccessBuilder, AccessError};
pub use attributes::{AsValue, AttributePath, Attributes, List, Value};
#[cfg(feature = "std")]
pub use authenticate::{Authenticated, Authenticator, SetRolesError};
pub use authenticate::{AuthenticationError, Refusal, RefusalCause, verify};
pub use compare::{
    AccessChange, AccessExceeded, Difference, Excess, ExcessKind, Inclusion, Intersection, Restriction, Review, Witness,
};
pub use condition::Condition;
pub use decision::{Decision, Denial, Forbidden, Redacted, Selection, UpdateSide, who_can};
pub use document::{AccessPolicyDocument, AccountDocument, Actor, ActorDocument, ActorKind, Directory};
pub use filter::{
    Clause, Clauses, Filter, MongoCollection, MongoError, MongoField, SqlColumn, SqlDialect, SqlError, SqlFragment,
    SqlTable, SqlValue,
};
pub use grant::Grant;
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
