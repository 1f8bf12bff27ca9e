//! Several processes over one PostgreSQL, and what goes wrong between them. A program of its own: it kills the database.
//!
//! With a server at hand (`.ci/databases`); without one each test says so and is over.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "a test fails by panicking, and what it shares with others has more than it needs"
)]

#[path = "../it/client.rs"]
mod client;
mod faults;
mod many;
#[path = "../it/server.rs"]
mod server;
mod together;

use std::sync::{Mutex, MutexGuard, PoisonError};

use postgres::{Client, NoTls};

/// The address of a new schema, while nobody else has the database.
fn fresh(name: &str) -> Option<(String, MutexGuard<'static, ()>)> {
    static ALONE: Mutex<()> = Mutex::new(());
    let Ok(server) = std::env::var("KEYWARD_POSTGRESQL") else {
        println!("skipped: no server in KEYWARD_POSTGRESQL");
        return None;
    };
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sql = Client::connect(&server, NoTls).unwrap();
    sql.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")).unwrap();
    Some((format!("{server} options='-c search_path={name}'"), alone))
}
