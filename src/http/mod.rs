//! The HTTP edge, as pure functions over header values: no server, no I/O.
//!
//! For each request, in this order:
//!
//! 1. [`cors::Policy::evaluate`]: a pre-flight is answered here; for every other request it says which
//!    headers the answer must carry.
//! 2. [`credential()`]: the one key that the request carries, or the answer's status and, by
//!    [`Challenge`], its `WWW-Authenticate`.
//! 3. [`BrowserPolicy::check`]: whether a key may come from a browser.
//! 4. [`operation()`]: which operation the method asks for.
//! 5. [`Refused`]: if the request was refused, the status, challenge and body of the answer.
//!
//! With the feature `http` each of them takes the types of the crate of that name: [`Credential`]`::from_request`,
//! [`BrowserPolicy`]`::check_headers`, [`cors::Policy`]`::evaluate_request`, [`Refused`]`::to_response`.
//!
//! Header values are bytes as they came, one slice for each line: pass repeated headers as they are.

mod browser;
mod challenge;
pub mod cors;
mod credentials;
mod operation;
mod origin;
mod refused;
mod token;
#[cfg(feature = "http")]
mod typed;

pub use browser::{BrowserPolicy, BrowserVerdict};
pub use challenge::{Challenge, ChallengeError, ErrorCode, Scope};
pub use credentials::{Credential, CredentialError, CredentialSource, QueryParameter, credential};
pub use operation::{Target, operation};
pub use origin::{Origin, OriginError, OriginList, OriginListError, OriginProblem};
pub use refused::Refused;
#[cfg(feature = "tower")]
pub(crate) use typed::apply as apply_cors;
