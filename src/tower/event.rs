//! What a guard reports to its host.

use alloc::{string::ToString, sync::Arc};
use core::{
    error::Error,
    fmt::{self, Write as _},
};

use super::caller::Caller;
use crate::{
    authenticate::{Behind, Refusal},
    decision::Forbidden,
    http::{CredentialError, Refused, cors},
    text::{Quoted, join},
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
    /// The caller asks for a later version of the account than there is ([`Guard::with_least_version`](super::Guard::with_least_version)).
    Behind(&'a Behind),
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
    /// A handler answered with a refusal of its own, whatever that was made from.
    Refused {
        /// Who called; `None` where the guard authenticates nobody.
        caller: Option<&'a Caller>,
        /// The answer.
        answer: &'a Refused,
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
            Self::Behind(behind) => write!(f, "request refused: {behind}"),
            Self::PermissionMissing { caller, permission } => {
                by(f, Some(caller), "denied")?;
                write!(f, "no role grants `{permission}`")?;
                missing_roles(f, caller)
            }
            Self::Forbidden { caller, cause } => {
                by(f, *caller, "denied")?;
                write!(f, "{cause}")?;
                match caller {
                    Some(caller) if cause.kind() == "permission_missing" => missing_roles(f, caller),
                    _ => Ok(()),
                }
            }
            Self::Refused { caller, answer } => {
                by(f, *caller, "refused")?;
                write!(f, "{} {}: ", answer.status(), answer.code())?;
                in_line(f, answer.message())
            }
            Self::Failed(error) => {
                f.write_str("a handler failed")?;
                core::iter::successors(Some(*error as &dyn Error), |cause| (*cause).source()).try_for_each(|cause| {
                    f.write_str(": ")?;
                    in_line(f, &cause.to_string())
                })
            }
            Self::NoCaller => f.write_str("a handler asks for its caller, and no guard stands before it"),
        }
    }
}

fn by(f: &mut fmt::Formatter<'_>, caller: Option<&Caller>, what: &str) -> fmt::Result {
    match caller.map(Caller::record) {
        Some(record) => write!(f, "`{}` of `{}` {what}: ", record.actor(), record.account()),
        None => write!(f, "{what}: "),
    }
}

/// The host's own words, which may hold anyone's: nothing of them ends the line.
fn in_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_debug()) } else { f.write_char(c) })
}

/// Where the caller's key has roles that aren't there, as when they were deleted, they may be why.
fn missing_roles(f: &mut fmt::Formatter<'_>, caller: &Caller) -> fmt::Result {
    let mut missing = caller.access().missing_roles().peekable();
    if missing.peek().is_none() {
        return Ok(());
    }
    f.write_str("; its key has roles that aren't there: ")?;
    join(f, ", ", missing.map(Quoted))
}

/// What a handler's answer tells the guard around it, among the answer's extensions: the guard knows the realm, and whom
/// to report to.
#[derive(Clone)]
pub(crate) enum Mark {
    /// It refused.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    Refused(Refused),
    /// There is no such route: nothing to report.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "made by responses of axum"))]
    Unrouted(Refused),
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
