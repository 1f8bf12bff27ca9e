//! Embeddable authorization: API keys, roles and restrictive conditions, decided in nanoseconds with a reason for every
//! denial.
//!
//! ```
//! use keyward::{Access, Operation, Role, Roles, Schema};
//!
//! // A type of yours: what it is, where its account stands, and the attributes that conditions read.
//! struct Product { account: String, brand: String }
//! keyward::resource!(Product as "products" in account { brand });
//!
//! // What there is, what a role grants, and what one actor may do.
//! let schema = r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#;
//! let schema = Schema::from_json(schema)?;
//! let roles = Roles::new(&schema, "acme")?.with(Role::new("inspector", ["products:read,list"])?)?;
//! let access = Access::builder(&roles).role("inspector").condition("brand:one")?.build()?;
//!
//! let mut product = Product { account: "acme".into(), brand: "one".into() };
//! assert!(access.decide(Operation::READ, &product).is_allow());
//!
//! product.brand = "two".into();
//! let denied = access.decide(Operation::READ, &product).into_result().unwrap_err();
//! assert_eq!(denied.to_string(), "condition `brand`: `brand` is `two`, accepted are `one`");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to go next
//!
//! | to | read | use |
//! |---|---|---|
//! | know the model in ten minutes | [`guide::start`] | [`Schema`], [`Role`], [`Access`], [`Decision`], [`Denial`] |
//! | make keys and authenticate requests | [`guide::keys`] | [`key`], [`store`], `Authenticator` |
//! | list what a caller may see | [`guide::lists`] | [`Access::sql`], [`Access::mongo`], [`Access::allowed`], [`filter`] |
//! | let customers manage their roles and keys | [`guide::administration`] | [`administration`] |
//! | stand behind HTTP, with CORS | [`guide::web`] | [`http`]; the modules `tower` and `axum`, features of these names |
//! | answer gateways and applications by a standard, AuthZEN | [`guide::authzen`] | the module `authzen`, a feature of this name |
//! | run it on several machines | [`guide::deployment`] | `administration::Accounts` |
//! | test your own policy, review a change of it | [`guide::testing`] | [`Access::within`], [`compare`], [`document::Directory`] |
//! | ask who can, and what a key can | [`guide::start`] | [`decision::who_can`], [`Access::summary`] |
//! | come from Casbin, Cedar or checks by hand | [`guide::migration`] | |
//! | know what it can't do | [`guide::limits`] | |
//! | know what a decision means exactly, and why | [`guide::model`], [`guide::why`] | |
//!
//! The crate does no I/O, reads no clock and starts no thread: time and entropy are arguments (`tower::system_clock` is one
//! to hand in), keys are found through [`store::KeyStore`]. A decision can't fail, panic, allocate or recurse; what can't be
//! evaluated is denied.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::string_slice))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod access;
pub mod administration;
pub mod attributes;
pub mod authenticate;
#[cfg(feature = "authzen")]
pub mod authzen;
#[cfg(feature = "axum")]
pub mod axum;
pub mod compare;
mod condition;
pub mod decision;
pub mod document;
mod ends;
pub mod filter;
mod grant;
pub mod guide;
mod hashing;
#[cfg(feature = "web")]
pub mod http;
#[cfg(feature = "std")]
mod in_force;
mod joined;
pub mod json;
pub mod key;
mod permission;
#[cfg(all(doctest, feature = "serde_json"))]
mod readme;
mod resource;
mod role;
pub mod schema;
mod shared_map;
pub mod store;
pub mod summary;
pub mod text;
mod time;
#[cfg(feature = "tower")]
pub mod tower;
pub mod values;

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
pub use values::ValueSet;
