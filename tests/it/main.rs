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

mod compare;
