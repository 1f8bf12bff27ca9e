//! Embeddable authorization: API keys, roles and restrictive conditions, decided in nanoseconds with a reason for every
//! denial.
//!
//! | to | use |
//! |---|---|
//! | declare what there is | [`Schema`], [`schema`] |
//! | say what a role grants | [`Role`], [`Roles`] |
//! | say what an actor may do | [`Access`] |
//! | decide | [`Access::decide`], [`Access::decide_update`], [`Decision`], [`Denial`] |
//! | show a resource of your own | [`Attributes`], [`Resource`], or [`ResourceView`] over a map |
//! | list | [`Access::filter`], [`filter::SqlTable`], [`filter::MongoCollection`], [`Access::decide_page`] |
//! | make keys and authenticate requests | [`key`], [`store`], `Authenticator` |
//! | compare accesses, review a change | [`Access::within`], [`compare`] |
//! | ask who can, and what a key can | [`decision::who_can`], [`Access::summary`] |
//! | administer accounts | [`administration`] |
//! | stand behind HTTP | [`http`]; in a tower stack the module `tower`, in axum `axum` (features of these names) |
//! | read the platform's documents | [`document::Directory`] |
//! | know what a decision means, and why | [`guide`] |
//!
//! The crate does no I/O, reads no clock and starts no thread: time and entropy are arguments (`tower::system_clock` is one
//! to hand in), keys are found through [`store::KeyStore`]. A decision can't fail, panic, allocate or recurse; what can't be evaluated is denied.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod access;
pub mod administration;
pub mod attributes;
pub mod authenticate;
#[cfg(feature = "axum")]
pub mod axum;
pub mod compare;
mod condition;
pub mod decision;
pub mod document;
pub mod filter;
mod grant;
pub mod guide;
mod hashing;
#[cfg(feature = "web")]
pub mod http;
#[cfg(feature = "std")]
mod in_force;
pub mod json;
pub mod key;
mod permission;
#[cfg(all(doctest, feature = "serde_json"))]
mod readme;
mod resource;
mod role;
pub mod schema;
pub mod store;
pub mod summary;
pub mod text;
mod time;
#[cfg(feature = "tower")]
pub mod tower;
mod value_set;

pub use access::{Access, AccessBuilder, AccessError, AssignmentRef};
pub use attributes::{Attributes, Value};
#[cfg(feature = "std")]
pub use authenticate::{Authenticated, Authenticator};
pub use condition::Condition;
pub use decision::{Decision, Denial, Forbidden};
pub use grant::{Assignment, Grant};
pub use permission::Permission;
pub use resource::{Resource, ResourceView};
pub use role::{Role, RoleError, Roles, RolesVersion};
pub use schema::{Operation, ResourceType, Schema, TypeRef};
pub use time::Timestamp;
pub use value_set::ValueSet;
