//! What a refusal says in `WWW-Authenticate`.

use alloc::{boxed::Box, format, string::String};

use crate::text::excerpt;

const MAX_REALM: usize = 128;
const MAX_SCOPE: usize = 1024;

/// The error codes of RFC 6750, section 3.1. A request with no credentials is answered with none.
///
/// Exhaustive: these are the RFC's, and each has its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request is malformed, or has two credentials: 400.
    InvalidRequest,
    /// The key is unknown, wrong, expired or revoked: 401. Which one, the caller isn't told.
    InvalidToken,
    /// The key is good, and doesn't allow this: 403.
    InsufficientScope,
}

impl ErrorCode {
    /// The code as the header has it.
    pub fn as_str(self) -> &'static str {
        self.code_and_status().0
    }

    /// The status that goes with it.
    pub fn status(self) -> u16 {
        self.code_and_status().1
    }

    fn code_and_status(self) -> (&'static str, u16) {
        match self {
            Self::InvalidRequest => ("invalid_request", 400),
            Self::InvalidToken => ("invalid_token", 401),
            Self::InsufficientScope => ("insufficient_scope", 403),
        }
    }
}

/// Writes the values of `WWW-Authenticate` for one realm.
///
/// Realm and scope are checked when they are made, so that neither can end the quotes around it, or the
/// header.
///
/// # Examples
///
/// ```
/// use keyward::http::{Challenge, CredentialError, ErrorCode, Scope};
///
/// let challenge = Challenge::new("products")?;
/// assert_eq!(challenge.value(CredentialError::Missing.code()), r#"Bearer realm="products""#);
/// assert_eq!(
///     challenge.value(Some(ErrorCode::InvalidToken)),
///     r#"Bearer realm="products", error="invalid_token""#,
/// );
/// assert_eq!(
///     challenge.insufficient_scope(Scope::new("products:read")?),
///     r#"Bearer realm="products", error="insufficient_scope", scope="products:read""#,
/// );
/// # Ok::<(), keyward::http::ChallengeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    realm: Box<str>,
}

impl Challenge {
    /// A challenge for a realm, the name that a client shows to whoever has the key.
    ///
    /// # Errors
    ///
    /// An empty realm, one of more than 128 bytes, and one with a quote, a backslash, a control or a
    /// character beyond ASCII (RFC 6750, section 3, allows no others): `a"b`, `a\r\nSet-Cookie: x`, `é`.
    pub fn new(realm: &str) -> Result<Self, ChallengeError> {
        if realm.is_empty() || realm.len() > MAX_REALM || !realm.bytes().all(is_quotable) {
            return Err(ChallengeError::Realm(excerpt(realm)));
        }
        Ok(Self { realm: realm.into() })
    }

    /// The value for an error code, or for a request with no credentials.
    pub fn value(&self, code: Option<ErrorCode>) -> String {
        let Self { realm } = self;
        match code {
            None => format!("Bearer realm=\"{realm}\""),
            Some(code) => format!("Bearer realm=\"{realm}\", error=\"{}\"", code.as_str()),
        }
    }

    /// The value for a key that is good and doesn't allow this, naming what would.
    ///
    /// It tells the caller which permission is needed; [`value`](Self::value) has the same code without it.
    pub fn insufficient_scope(&self, scope: Scope<'_>) -> String {
        format!("{}, scope=\"{}\"", self.value(Some(ErrorCode::InsufficientScope)), scope.0)
    }
}

/// What a request would need, as RFC 6749, section 3.3, writes it: words with one space between them.
///
/// The text form of a permission is such a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope<'a>(&'a str);

impl<'a> Scope<'a> {
    /// A scope of one word or more.
    ///
    /// # Errors
    ///
    /// An empty text, one of more than 1024 bytes, two spaces together or one at an end, a quote, a
    /// backslash, a control or a character beyond ASCII.
    pub fn new(scope: &'a str) -> Result<Self, ChallengeError> {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_quotable);
        if scope.len() > MAX_SCOPE || !scope.split(' ').all(is_word) {
            return Err(ChallengeError::Scope(excerpt(scope)));
        }
        Ok(Self(scope))
    }
}

/// A part of a challenge that can't be written into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The realm.
    #[error("realm `{0}` is not 1 to 128 printable ASCII characters without quotes and backslashes")]
    Realm(String),
    /// The scope.
    #[error("scope `{0}` is not words of printable ASCII characters without quotes and backslashes")]
    Scope(String),
}

/// What RFC 6750, section 3, lets stand between quotes.
fn is_quotable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')
}
