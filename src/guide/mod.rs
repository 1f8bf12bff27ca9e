//! The guide: pages to read, each in a few minutes.
//!
//! | to | read |
//! |---|---|
//! | know the model in ten minutes | [`start`] |
//! | make keys and authenticate requests | [`keys`] |
//! | list what a caller may see, in SQL | [`lists`] |
//! | "read all, edit one's own" | [`assignments`] |
//! | ranges, regions, networks, times, "all but", and the caller's address | [`conditions`] |
//! | let customers manage their own roles and keys | [`administration`] |
//! | stand behind HTTP, with CORS, in tower or axum | [`web`] |
//! | answer gateways and applications by a standard, AuthZEN | [`authzen`] |
//! | run it on several machines | [`deployment`] |
//! | test your own policy | [`testing`] |
//! | come from Casbin, Cedar or checks by hand | [`migration`] |
//! | know what it can't do, and what to use then | [`limits`] |
//! | know exactly what every decision must be | [`model`] |
//! | know why it is so | [`why`] |

#[doc = include_str!("administration.md")]
pub mod administration {}

#[doc = include_str!("assignments.md")]
pub mod assignments {}

#[doc = include_str!("authzen.md")]
pub mod authzen {}

#[doc = include_str!("conditions.md")]
pub mod conditions {}

#[doc = include_str!("deployment.md")]
pub mod deployment {}

#[doc = include_str!("keys.md")]
pub mod keys {}

#[doc = include_str!("limits.md")]
pub mod limits {}

#[doc = include_str!("lists.md")]
pub mod lists {}

#[doc = include_str!("migration.md")]
pub mod migration {}

#[doc = include_str!("model.md")]
pub mod model {}

#[doc = include_str!("start.md")]
pub mod start {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("web.md")]
pub mod web {}

#[doc = include_str!("why.md")]
pub mod why {}
