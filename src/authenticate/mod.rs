//! From the text that a caller presents to an access, or a refusal that gives nothing away.

#[cfg(feature = "std")]
mod authenticator;
mod refused_key;
#[cfg(feature = "std")]
mod roles;
mod verify;

#[cfg(feature = "std")]
pub use authenticator::{Authenticated, Authenticator};
pub use refused_key::{AuthenticationError, Behind, Refusal, RefusalCause};
#[cfg(feature = "std")]
pub use roles::SetRolesError;
pub use verify::verify;
