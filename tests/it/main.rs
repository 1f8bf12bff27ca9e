//! All integration tests, in one binary.
#![cfg(all(feature = "std", feature = "serde_json"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and a table is as long as it is"
)]

mod allocations;
mod authenticate;
mod compare;
mod conditions;
mod decide_example;
mod decisions;
mod documents;
mod keys;
mod laws;
mod layers;
mod permissions;
mod reference;
mod schema;
mod store;
mod support;
mod threads;
mod traits;
mod waiting;

use waiting::block_on;
