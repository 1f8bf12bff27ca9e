//! From a socket to a call and back. What blocks, SQLite above all, runs on threads of its own.

mod answer;
mod cors;
mod dispatch;
mod serve;

use std::sync::Arc;

use axum::{
    Router,
    http::Method,
    middleware,
    routing::{MethodFilter, on},
};
use keyward::http::{Refused, cors::Policy};

use crate::{registry::Checked, service::Service};
use dispatch::Dispatcher;

pub use dispatch::BLOCKING_THREADS;
pub use serve::{Limits, serve};

/// The service as a router: CORS around everything, and nothing that isn't in the registry.
///
/// # Errors
///
/// [`UnknownMethod`] for a route whose method HTTP doesn't have.
pub fn router(service: &Arc<Service>, routes: Vec<Checked>, cors: Policy) -> Result<Router, UnknownMethod> {
    let dispatcher = Arc::new(Dispatcher::new(Arc::clone(service)));
    let mut served = Router::new();
    for route in routes {
        let unknown = |_| UnknownMethod(route.method);
        let method = Method::from_bytes(route.method.as_bytes()).map_err(|_| UnknownMethod(route.method))?;
        let filter = MethodFilter::try_from(method).map_err(unknown)?;
        let dispatcher = Arc::clone(&dispatcher);
        let handler = move |path, request| Arc::clone(&dispatcher).dispatch(route, path, request);
        served = served.route(route.path, on(filter, handler));
    }
    let no_method = || async { answer::refused(&Refused::new(405, "method_not_allowed", "method not allowed")) };
    Ok(served
        .method_not_allowed_fallback(no_method)
        .fallback(|| async { answer::refused(&Refused::not_found()) })
        .layer(middleware::from_fn_with_state(Arc::new(cors), cors::around)))
}

/// A method that HTTP doesn't have.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("unknown method `{0}`")]
pub struct UnknownMethod(&'static str);
