//! From a socket to a call and back. What blocks, SQLite above all, runs on threads of its own.

mod answer;
mod dispatch;
mod request_id;
mod serve;

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, method::InvalidMethod},
    middleware::from_fn,
};
use keyward::{
    axum::{RouteError, Routes},
    http::{ChallengeError, cors::Policy},
    tower::Need,
};

use crate::{
    guard::{self, Needs},
    proxies::Proxies,
    registry::{Act, Checked},
    service::Service,
};
use dispatch::Dispatcher;

pub use dispatch::BLOCKING_THREADS;
pub use serve::{Limits, serve};

/// The service as a router: the layer around everything, and nothing that isn't in the registry.
///
/// # Errors
///
/// [`RouterError`] for a route that can't be served.
pub fn router(
    service: &Arc<Service>,
    routes: Vec<Checked>,
    cors: Policy,
    proxies: Proxies,
) -> Result<Router, RouterError> {
    let dispatcher = Arc::new(Dispatcher::new(Arc::clone(service)));
    let mut served = Routes::new(&guard::layer(service, cors, proxies)?);
    let schema = service.accounts.authenticator().schema();
    for route in routes {
        let permission = match route.act {
            Act::Guarded(Needs::Permission(resource, operation), _) => {
                format!("{}:{}", schema.type_name(resource), schema.operation_name(operation))
            }
            Act::Guarded(Needs::Key, _) | Act::Public(_) => String::new(),
        };
        let need = match route.act {
            Act::Public(_) => Need::Public,
            Act::Guarded(Needs::Key, _) => Need::Key,
            Act::Guarded(Needs::Permission(..), _) => Need::Permission(&permission),
        };
        let dispatcher = Arc::clone(&dispatcher);
        let handler = move |path, request| Arc::clone(&dispatcher).dispatch(route, path, request);
        served = served.route(Method::from_bytes(route.method.as_bytes())?, route.path, need, handler)?;
    }
    Ok(served.into_router().layer(from_fn(request_id::echo)))
}

/// Why the routes can't be served.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// A method that is none.
    #[error(transparent)]
    Method(#[from] InvalidMethod),
    /// A route that can't be routed, or needs what there isn't.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The realm is none.
    #[error(transparent)]
    Realm(#[from] ChallengeError),
}
