//! From the text that a caller presents to an access, or a refusal that gives nothing away.

#[cfg(feature = "std")]
mod authenticator;
mod refusal;
#[cfg(feature = "std")]
mod roles;
mod verify;

#[cfg(feature = "std")]
pub use authenticator::{Authenticated, Authenticator};
pub use refusal::{AuthenticationError, Refusal, RefusalCause};
#[cfg(feature = "std")]
pub use roles::SetRolesError;
pub use verify::verify;
