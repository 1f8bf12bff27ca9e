//! The service, over real HTTP on the loopback: what it answers, under load, and to a real browser.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod administration;
mod assignments;
mod browser;
mod client;
mod context;
mod cors;
mod driver;
mod evaluation;
#[cfg(unix)]
mod file;
mod folder;
mod guide;
mod hostile;
mod limits;
mod load;
mod log;
mod many;
mod options;
mod page;
mod powerless;
mod products;
mod proxies;
mod routes;
mod server;
mod spellings;
mod store;
mod summary;
mod waits;
