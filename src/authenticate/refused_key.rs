//! Why a key was refused: one message for every caller, and the cause for the host's log.

use alloc::boxed::Box;

use crate::{
    access::AccessError,
    key::{KeyId, ParseKeyError},
    time::Timestamp,
};

/// A key that was refused. To the caller it says the same whatever the cause: HTTP 401.
///
/// Its text is for anyone. Its `Debug` shows the [cause](Self::cause), which is for the host's log and nobody else.
///
/// ```
/// use keyward::{Authenticator, Schema, authenticate::RefusalCause, key::{KeyFormat, KeyPrefix}};
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// let authenticator = Authenticator::new(&Schema::builder().build()?, format);
/// let refusal = authenticator.parse("not a key").unwrap_err();
/// assert_eq!(refusal.to_string(), "the key is not valid");
/// assert_eq!(refusal.status(), 401);
/// assert!(matches!(refusal.cause(), RefusalCause::Malformed(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the key is not valid")]
pub struct Refusal {
    key: Option<KeyId>,
    cause: RefusalCause,
}

impl Refusal {
    pub(super) fn of_key(key: KeyId, cause: RefusalCause) -> Self {
        Self { key: Some(key), cause }
    }

    /// The HTTP status, always 401.
    pub fn status(&self) -> u16 {
        401
    }

    /// Why, for the host's log. **Don't show it to the caller.**
    pub fn cause(&self) -> &RefusalCause {
        &self.cause
    }

    /// The public id of the presented key, for the host's log, where it had the form of one.
    pub fn key_id(&self) -> Option<KeyId> {
        self.key
    }
}

/// A text that is not a key gets the same refusal as any other.
impl From<ParseKeyError> for Refusal {
    fn from(error: ParseKeyError) -> Self {
        Self { key: None, cause: RefusalCause::Malformed(error) }
    }
}

/// Why a key was refused. It holds nothing of what was presented but what a record says, too.
///
/// ```
/// assert_eq!(keyward::authenticate::RefusalCause::WrongSecret.to_string(), "wrong secret");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalCause {
    /// The text is no key of this host: it was not looked up, but perhaps in memory.
    #[error("{0}")]
    Malformed(ParseKeyError),
    /// No record has its id.
    #[error("unknown key")]
    Unknown,
    /// Another key has its id.
    #[error("wrong secret")]
    WrongSecret,
    /// The text says another kind of key than the record.
    #[error("the key is of another kind than its record")]
    OtherKind,
    /// It was revoked, or replaced without grace.
    #[error("revoked")]
    Revoked,
    /// Its time is over.
    #[error("expired at {}", at.as_millis())]
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// Its time has not come.
    #[error("not valid before {}", from.as_millis())]
    NotYetValid {
        /// When it starts.
        from: Timestamp,
    },
    /// The authenticator has no roles of its account: it was removed, or never loaded.
    #[error("the account is not known")]
    UnknownAccount,
    /// Its conditions don't fit the schema, or it has more roles than an access may have.
    #[error("the record can't be used: {0}")]
    Unusable(Box<AccessError>),
}

/// A request that was not authenticated: refused, or not judged because the store could not tell.
///
/// ```
/// use keyward::authenticate::AuthenticationError;
///
/// let unreachable = AuthenticationError::Store("connection lost");
/// assert_eq!(unreachable.status(), 503);
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "a third outcome must break every match")]
pub enum AuthenticationError<E> {
    /// The key was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not tell: neither allowed nor unknown.
    #[error("the key store failed")]
    Store(E),
    /// The roles of the account, or the record of the key, are older than they may be, and no later ones could be had: nobody is
    /// let in by them.
    #[error(transparent)]
    Behind(#[from] Behind),
}

/// Roles or a record of an account that are older than they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("version {wanted} of the account is wanted, and no later one than {had} could be had")]
#[non_exhaustive]
pub struct Behind {
    /// The version that the caller asks for, that the store says, or that is known already.
    pub wanted: u64,
    /// The version that the roles or the record are of.
    pub had: u64,
}

impl<E> AuthenticationError<E> {
    /// The HTTP status: 401 for a refusal, 503 otherwise.
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::Store(_) | Self::Behind(_) => 503,
        }
    }
}
