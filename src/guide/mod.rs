//! Pages to read: what a decision means, and why it is as it is.

#[doc = include_str!("model.md")]
pub mod model {}

#[doc = include_str!("why.md")]
pub mod why {}
