//! A layer for any tower stack: pre-flights answered, keys authenticated, refusals answered and reported.
//!
//! [`Guard`] is a `tower_layer::Layer`. Around a service it does, for each request:
//!
//! 1. A pre-flight is answered here, by the [`cors::Policy`](crate::http::cors::Policy): it has no key, is not
//!    authenticated and never reaches the service.
//! 2. The credential is read: none, two and malformed ones are refused.
//! 3. A key from a browser is refused, unless the [`BrowserPolicy`](crate::http::BrowserPolicy) lets it pass.
//! 4. The key is authenticated. Where the store failed the answer is 503.
//! 5. The permission that the guard [needs](Guard::needing), if any, is checked.
//! 6. The service is called, with a [`Caller`] among the request's extensions.
//!
//! The service's body must be `From<String>`, as axum's `Body` and http-body-util's `Full` are; tonic's services become a
//! router of axum's with `into_axum_router`.
//!
//! A key is judged when the headers of a request are there. Its body may come later, and the key may be revoked meanwhile:
//! limit how long a body may take, or authenticate again before the request is acted on, as `examples/service` does.
//!
//! A refusal has its status, challenge and body from [`Refused`](crate::http::Refused), and no cache keeps it. Its true
//! cause is an [`Event`] for the host's log. Every answer, refusals too, has the headers of CORS and `Vary`.
//!
//! ```
//! use http::{Request, Response};
//! use keyward::{
//!     Authenticator, Schema,
//!     http::Challenge,
//!     key::{KeyFormat, KeyPrefix},
//!     store::MemoryStore,
//!     tower::{Caller, Guard, system_clock},
//! };
//! use std::{convert::Infallible, future::{Ready, ready}, sync::Arc, task::{Context, Poll}};
//! use tower_layer::Layer;
//! use tower_service::Service;
//!
//! #[derive(Clone)]
//! struct Hello;
//!
//! impl Service<Request<()>> for Hello {
//!     type Response = Response<String>;
//!     type Error = Infallible;
//!     type Future = Ready<Result<Response<String>, Infallible>>;
//!
//!     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
//!         Poll::Ready(Ok(()))
//!     }
//!
//!     fn call(&mut self, request: Request<()>) -> Self::Future {
//!         let caller = request.extensions().get::<Caller>();
//!         ready(Ok(Response::new(format!("hello, {}", caller.map_or("nobody", |caller| caller.record().actor())))))
//!     }
//! }
//!
//! let schema = Schema::builder().resource("products").build()?;
//! let authenticator = Arc::new(Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?)));
//! let log = |event: &keyward::tower::Event<'_>| eprintln!("{event}");
//! let guard = Guard::new(authenticator, MemoryStore::new(), Challenge::new("products")?, system_clock, log);
//! let mut guarded = guard.layer(Hello);
//!
//! # let mut context = Context::from_waker(std::task::Waker::noop());
//! let mut answered = guarded.call(Request::get("/").body(())?);
//! # let Poll::Ready(Ok(response)) = answered.as_mut().poll(&mut context) else { panic!() };
//! // let response = answered.await?;
//! assert_eq!(response.status(), 401);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod caller;
mod event;
mod guard;
mod layer;
mod lookup;
mod need;

pub use caller::Caller;
pub use event::Event;
#[cfg(feature = "axum")]
pub(crate) use event::Mark;
pub use guard::{Guard, system_clock};
pub use layer::{Cors, Guarded};
pub use need::{Need, NeedError};
