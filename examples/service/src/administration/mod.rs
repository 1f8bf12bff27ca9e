//! Roles, access tokens and operators of an account, under the platform's paths.
//!
//! Reading is decided here, item by item; changing is decided by [`keyward::administration`], against the state of
//! the account that it changes.

mod actors;
mod operators;
mod policies;
mod tokens;

pub use actors::given;

use crate::registry::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    [policies::routes(), tokens::routes(), operators::routes()].concat().into_iter().map(Route::administers).collect()
}
