//! What a guard reports to its host.

use alloc::sync::Arc;
use core::{error::Error, fmt};

use super::caller::Caller;
use crate::{
    authenticate::Refusal,
    decision::Forbidden,
    http::{CredentialError, Refused, cors},
};

/// Why a request was refused, or what else a log should say of it. **For the host alone**: the caller is told less.
///
/// Its text is a line for a log, without secrets.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A pre-flight was refused.
    PreflightRefused(cors::Refusal<'a>),
    /// No key, two, or a malformed one.
    NoCredential(CredentialError),
    /// A key came from a browser.
    KeyInBrowser {
        /// Whether it was refused for that.
        refused: bool,
    },
    /// The key was refused; its cause and its public id are in the refusal.
    KeyRefused(&'a Refusal),
    /// The store could not tell, and nobody was let in.
    StoreFailed(&'a (dyn Error + Send + Sync + 'static)),
    /// The caller lacks the permission that the guard needs.
    PermissionMissing {
        /// Who called.
        caller: &'a Caller,
        /// What is needed, such as `products:read`.
        permission: &'a str,
    },
    /// A handler answered with a denial.
    Forbidden {
        /// Who called; `None` where the guard authenticates nobody.
        caller: Option<&'a Caller>,
        /// The denial, with its values.
        cause: &'a Forbidden,
    },
    /// A handler failed; this is why it answered with a status of 500 or more.
    Failed(&'a (dyn Error + Send + Sync + 'static)),
    /// A handler asks for its caller, and no guard authenticates one: a mistake of the host's, answered with 500.
    NoCaller,
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreflightRefused(refusal) => write!(f, "pre-flight refused: {refusal}"),
            Self::NoCredential(error) => write!(f, "request refused: {error}"),
            Self::KeyInBrowser { refused: true } => f.write_str("key refused: it came from a browser"),
            Self::KeyInBrowser { refused: false } => f.write_str("key came from a browser"),
            Self::KeyRefused(refusal) => match (refusal.key_id(), Refusal::cause(refusal)) {
                (Some(key), cause) => write!(f, "key {key} refused: {cause}"),
                (None, cause) => write!(f, "key refused: {cause}"),
            },
            Self::StoreFailed(error) => write!(f, "key store failed: {error}"),
            Self::PermissionMissing { caller, permission } => {
                by(f, Some(caller))?;
                write!(f, "no role grants `{permission}`")
            }
            Self::Forbidden { caller, cause } => {
                by(f, *caller)?;
                write!(f, "{cause}")
            }
            Self::Failed(error) => {
                write!(f, "a handler failed: {error}")?;
                let mut causes = core::iter::successors(error.source(), |cause| (*cause).source());
                causes.try_for_each(|cause| write!(f, ": {cause}"))
            }
            Self::NoCaller => f.write_str("a handler asks for its caller, and no guard stands before it"),
        }
    }
}

fn by(f: &mut fmt::Formatter<'_>, caller: Option<&Caller>) -> fmt::Result {
    match caller.map(Caller::record) {
        Some(record) => write!(f, "`{}` of `{}` denied: ", record.actor(), record.account()),
        None => f.write_str("denied: "),
    }
}

/// What a handler's answer tells the guard around it, among the answer's extensions: the guard knows the realm, and whom
/// to report to.
#[derive(Clone)]
pub(crate) enum Mark {
    /// It refused.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    Refused(Refused),
    /// It denied.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    Forbidden(Forbidden),
    /// It failed, and why.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    Failed(Refused, Arc<dyn Error + Send + Sync>),
    /// It asked for a caller that isn't there.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    NoCaller(Refused),
}
