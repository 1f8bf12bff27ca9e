//! For axum: routes that declare what they need, the caller as an extractor, refusals as responses.
//!
//! [`Routes`] puts the [`Guard`](crate::tower::Guard) around each route. A route says what it needs, and is refused at
//! the start where the schema doesn't have that; a caller who lacks the permission never gets to the handler. The
//! handler decides on the resource itself, by [`Caller::access`](crate::tower::Caller::access), and `?` turns a denial
//! into the answer.
//!
//! ```
//! use axum::{Router, extract::Path};
//! use http::Method;
//! use keyward::{
//!     Authenticator, Forbidden, Operation, ResourceView, Schema,
//!     axum::Routes,
//!     http::Challenge,
//!     key::{KeyFormat, KeyPrefix},
//!     store::MemoryStore,
//!     tower::{Caller, Guard, Need, system_clock},
//! };
//!
//! async fn read(caller: Caller, Path(id): Path<String>) -> Result<String, Forbidden> {
//!     let found = [("brand", "brand_one")]; // what is stored under the id
//!     let product = ResourceView::new("products", "acme", &found);
//!     caller.access().decide(Operation::READ, &product).into_result()?;
//!     Ok(format!("{id} is a kettle"))
//! }
//!
//! async fn health() -> &'static str {
//!     "well"
//! }
//!
//! let schema = Schema::builder().resource("products").build()?;
//! let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
//! let guard = Guard::new(authenticator, MemoryStore::new(), Challenge::new("products")?, system_clock, |event| {
//!     eprintln!("{event}");
//! });
//! let app: Router = Routes::new(&guard)
//!     .route(Method::GET, "/products/{id}", Need::Permission("products:read"), read)?
//!     .route(Method::GET, "/health", Need::Public, health)?
//!     .into_router();
//!
//! let unknown = Routes::<()>::new(&guard).route(Method::GET, "/", Need::Permission("product:read"), health);
//! assert_eq!(
//!     unknown.unwrap_err().to_string(),
//!     "route `GET /`: unknown resource type `product`; did you mean `products`?",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `Guard` is a layer of axum's, too: `Router::layer(guard)` guards every route of a router alike.

mod extract;
mod pattern;
mod routes;

pub use extract::ServerError;
pub use pattern::PathProblem;
pub use routes::{RouteError, RouteProblem, Routes};
