//! `/access/v1`: the questions of OpenID's Authorization API 1.0 (AuthZEN), about this account's actors and products.
//!
//! A caller needs `evaluations:create`, and asks about their own account: who is of another, doesn't exist.

mod decisions;
mod handlers;
mod members;

pub use decisions::Decisions;

use keyward::authzen::{Endpoint, Metadata};

use crate::registry::Route;

/// The resource type of the questions: who may ask is who may create one.
const TYPE: &str = "evaluations";

/// The routes.
pub fn routes() -> Vec<Route> {
    let asked = [
        (Endpoint::Evaluation, handlers::evaluation as _),
        (Endpoint::Evaluations, handlers::evaluations as _),
        (Endpoint::SearchSubject, handlers::subjects as _),
        (Endpoint::SearchResource, handlers::resources as _),
        (Endpoint::SearchAction, handlers::actions as _),
    ];
    asked.map(|(endpoint, handler)| Route::new("POST", endpoint.path(), handler).collection(TYPE)).to_vec()
}

/// What is told to everyone: where the questions are asked.
pub fn published() -> Vec<Route> {
    vec![Route::public(Metadata::WELL_KNOWN, |service| service.decisions.metadata())]
}
