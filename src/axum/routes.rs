//! Routes, each with what it needs.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};
use core::fmt;

use ::axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};
use ::http::Method;
use tower_layer::layer_fn;

use super::{
    extract::unrouted,
    pattern::{self, PathProblem},
};
use crate::{
    http::Refused,
    tower::{Cors, Guard, Guarded, Need, NeedError},
};

/// Routes behind a [`Guard`], each with what it needs of its callers.
///
/// There is no way to add one that doesn't say it.
pub struct Routes<S = ()> {
    guard: Guard,
    router: Router<S>,
    added: Vec<(Method, String)>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet. Each that is added stands behind this guard, whatever that guard itself [needs](Guard::needing).
    pub fn new(guard: &Guard) -> Self {
        Self { guard: guard.clone(), router: Router::new(), added: Vec::new() }
    }

    /// Adds a route: who lacks what it needs is refused before anything of the request is given to the handler.
    ///
    /// `GET` answers `HEAD`, too. In the path `{name}` is one segment, and `{*name}` at the end all that are left.
    ///
    /// # Errors
    ///
    /// [`RouteError`]: a need that the schema doesn't have; a method that axum doesn't route; a path that isn't one; a
    /// route that is there already, or can't be told from another.
    pub fn route<H, T>(mut self, method: Method, path: &str, need: Need<'_>, handler: H) -> Result<Self, RouteError>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        match self.guarded(&method, path, need, handler) {
            Ok(guarded) => {
                self.router = self.router.route(path, guarded);
                self.added.push((method, path.to_owned()));
                Ok(self)
            }
            Err(problem) => Err(RouteError { method, path: crate::text::excerpt(path), problem: problem.into() }),
        }
    }

    /// The routes as a router of axum's. What it has no route for is 404, and 405 where the path has others; pre-flights
    /// are answered, and every answer has the guard's headers of CORS.
    ///
    /// A route that is added to the router itself stands behind nothing. The router has a fallback: axum nests several such
    /// routers, and panics where two of them are merged.
    pub fn into_router(self) -> Router<S> {
        let guard = self.guard;
        self.router
            .method_not_allowed_fallback(|| async {
                unrouted(&Refused::new(405, "method_not_allowed", "method not allowed"))
            })
            .fallback(|| async { unrouted(&Refused::not_found()) })
            .layer(layer_fn(move |inner| Cors { guard: guard.clone(), inner }))
    }

    fn guarded<H, T>(
        &self,
        method: &Method,
        path: &str,
        need: Need<'_>,
        handler: H,
    ) -> Result<MethodRouter<S>, RouteProblem>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        pattern::check(path)?;
        let filter = MethodFilter::try_from(method.clone()).map_err(|_| RouteProblem::Method)?;
        if self.added.iter().any(|(of, at)| of == method && at == path) {
            return Err(RouteProblem::Twice);
        }
        if let Some((_, other)) = self.added.iter().find(|(_, at)| pattern::overlap(at, path)) {
            return Err(RouteProblem::Overlaps(other.clone()));
        }
        let guard = self.guard.needing(need)?;
        Ok(on(filter, handler).route_layer(layer_fn(move |inner| Guarded { guard: guard.clone(), inner })))
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").field("guard", &self.guard).field("added", &self.added).finish_non_exhaustive()
    }
}

/// A route that can't be served: with it, a service should not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("route `{method} {path}`: {problem}")]
pub struct RouteError {
    method: Method,
    path: String,
    problem: Box<RouteProblem>,
}

impl RouteError {
    /// What is wrong with it.
    pub fn problem(&self) -> &RouteProblem {
        &self.problem
    }
}

/// What is wrong with a route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteProblem {
    /// It needs what the schema doesn't have.
    #[error(transparent)]
    Need(#[from] NeedError),
    /// Its method is none that axum routes.
    #[error("the method is none that is routed")]
    Method,
    /// Its path is none.
    #[error(transparent)]
    Path(#[from] PathProblem),
    /// It is there already.
    #[error("is declared twice")]
    Twice,
    /// A request could be meant for either of two routes.
    #[error("can't be told from `{0}`")]
    Overlaps(String),
}
