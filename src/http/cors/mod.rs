//! The server's side of CORS, after the [Fetch Standard](https://fetch.spec.whatwg.org/#http-cors-protocol).
//!
//! [`Policy::evaluate`] takes the method and the header lines of a request. It says whether the request is a
//! pre-flight (to be answered at once), an actual CORS request or neither, and which headers the answer
//! carries. It does no I/O and works with any server.

mod answer;
mod classify;
mod headers;
mod methods;
mod names;
mod origins;
mod policy;
mod requested;
mod switches;

pub use answer::{Answer, Class, Refusal, Vary};
pub use headers::{ExposedHeaders, HeaderError, RequestHeaders};
pub use methods::{MethodError, Methods};
pub use origins::Origins;
pub use policy::{Policy, PolicyBuilder, PolicyError};
pub use switches::{Credentials, MaxAge, PrivateNetwork};
