//! All integration tests, in one binary.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and a table is as long as it is"
)]

mod administration;
mod against_reference;
mod allocations;
mod assignments;
mod authenticate;
#[cfg(feature = "authzen")]
mod authzen;
#[cfg(feature = "axum")]
mod axum_routes;
mod changing;
mod compare;
mod conditions;
mod context;
mod cors;
mod cors_browser;
mod cors_policy;
mod decide_example;
mod decide_kinds;
mod decisions;
mod declared;
mod documents;
mod example_programs;
mod filter_law;
mod filter_memory;
mod filter_mongo;
mod filter_sqlite;
mod filter_value;
mod hostile;
mod http_answer;
mod http_browser;
mod http_challenge;
mod http_credentials;
mod http_operation;
mod http_origins;
#[cfg(feature = "http")]
mod http_types;
mod keys;
mod laws;
mod layers;
mod messages;
mod permissions;
mod public_cases;
mod reference;
mod roles;
mod schema;
mod staff;
mod store;
#[cfg(feature = "conformance")]
mod store_broken;
mod support;
mod threads;
#[cfg(feature = "tower")]
mod tower_guard;
mod traits;
mod values;
mod waiting;

use waiting::block_on;
