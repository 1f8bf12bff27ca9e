//! The credential that a request carries, or why it can't be taken.

use core::fmt;

use super::{challenge::ErrorCode, token::is_token};

/// Longer than any key, and short enough to be refused before anything is done with it.
const MAX_BYTES: usize = 512;
const PARAMETER: &str = "access_token";

/// Whether the `access_token` query parameter of RFC 6750, section 2.3, is taken. A switch: there are two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QueryParameter {
    /// It is not looked at: a key there is no credential.
    #[default]
    Ignored,
    /// It is taken where there is no `Authorization` header.
    ///
    /// What is in an address leaks: into the logs of every server and proxy on the way, the browser's
    /// history and bookmarks, the `Referer` of the page's requests, and wherever someone pastes the link.
    /// The standard says to use it only if a header can't be sent. The answer to such a request should carry
    /// `Cache-Control: private`; [`Credential::source`] tells where the key was.
    Accepted,
}

/// Takes the one credential from a request.
///
/// `authorization` holds the values of all its `Authorization` lines, as they came; `query` is the text
/// between `?` and `#`, still encoded. The forms:
///
/// | header | |
/// |---|---|
/// | `Authorization: KEY` | the key alone |
/// | `Authorization: Bearer KEY` | RFC 6750, section 2.1; the scheme in any case, one space |
/// | `?access_token=KEY` | RFC 6750, section 2.3; if the host takes it |
///
/// A key is a `b64token` (RFC 6750, section 2.1; letters, digits, `-._~+/`, then `=`) of at most 512
/// bytes. Nothing is trimmed, decoded or guessed: in a query neither `%` nor `+` belongs in a key.
/// Takes time linear in its arguments, and asks for no memory.
///
/// # Errors
///
/// - [`CredentialError::Missing`]: neither header nor parameter.
/// - [`CredentialError::UnsupportedScheme`]: `Basic KEY`, or any other word before a space.
/// - [`CredentialError::Ambiguous`]: two `Authorization` lines, header and parameter, the parameter twice;
///   a parameter counts in every spelling (`%61ccess_token`), so that two readers of one request never
///   find two different keys.
/// - [`CredentialError::Malformed`]: `Bearer` with no key or two spaces, `KEY,KEY`, a trailing tab, NUL,
///   a non-ASCII letter, 513 bytes, an empty header, `?access_token=`, `?%61ccess_token=KEY` (which a
///   filter that keeps keys out of logs would miss).
///
/// # Examples
///
/// ```
/// use keyward::http::{CredentialError, QueryParameter, credential};
///
/// let found = credential([&b"Bearer 7vT9xQ"[..]], None, QueryParameter::Ignored)?;
/// assert_eq!(found.secret_str(), "7vT9xQ");
///
/// let none = credential([], Some("access_token=7vT9xQ"), QueryParameter::Ignored).unwrap_err();
/// assert_eq!(none, CredentialError::Missing);
///
/// let two = credential([&b"7vT9xQ"[..]], Some("access_token=7vT9xQ"), QueryParameter::Accepted).unwrap_err();
/// assert_eq!((two, two.status()), (CredentialError::Ambiguous, 400));
/// # Ok::<(), CredentialError>(())
/// ```
pub fn credential<'a>(
    authorization: impl IntoIterator<Item = &'a [u8]>,
    query: Option<&'a str>,
    parameter: QueryParameter,
) -> Result<Credential<'a>, CredentialError> {
    let mut lines = authorization.into_iter();
    let header = lines.next();
    if lines.next().is_some() {
        return Err(CredentialError::Ambiguous);
    }
    let query = query.filter(|_| parameter == QueryParameter::Accepted);
    let mut parameters = query.into_iter().flat_map(from_query);
    match (header, parameters.next(), parameters.next()) {
        (None, None, _) => Err(CredentialError::Missing),
        (Some(line), None, _) => from_header(line),
        (None, Some(parameter), None) => parameter,
        (Some(_), Some(_), _) | (None, Some(_), Some(_)) => Err(CredentialError::Ambiguous),
    }
}

/// The text that a request carries as its key. It is well formed; nothing else is known yet.
///
/// `Debug` doesn't show it, and it has no `==`: secrets are to be compared in constant time.
#[derive(Clone, Copy)]
pub struct Credential<'a> {
    secret: &'a str,
    source: CredentialSource,
}

impl<'a> Credential<'a> {
    /// The text itself.
    pub fn secret_str(&self) -> &'a str {
        self.secret
    }

    /// Where in the request it was.
    pub fn source(&self) -> CredentialSource {
        self.source
    }

    fn read(secret: &'a str, source: CredentialSource) -> Result<Self, CredentialError> {
        let is_b64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        let body = secret.trim_end_matches('=');
        if secret.len() > MAX_BYTES || body.is_empty() || !body.bytes().all(is_b64) {
            return Err(CredentialError::Malformed);
        }
        Ok(Self { secret, source })
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { secret: _, source } = self;
        f.debug_struct("Credential").field("source", source).finish_non_exhaustive()
    }
}

/// Where in a request a credential was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialSource {
    /// In the `Authorization` header.
    Authorization,
    /// In the query: the answer should carry `Cache-Control: private` (RFC 6750, section 2.3).
    Query,
}

/// Why no credential could be taken. It holds nothing of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// There is none.
    #[error("no credentials")]
    Missing,
    /// A scheme other than `Bearer`. To the caller it is as if there were none (RFC 6750, section 3.1).
    #[error("authorization scheme is not supported")]
    UnsupportedScheme,
    /// There is more than one.
    #[error("more than one credential")]
    Ambiguous,
    /// It doesn't have the form of a key.
    #[error("credential is malformed")]
    Malformed,
}

impl CredentialError {
    /// The status of the answer: 401, or 400 for a request that is malformed.
    pub fn status(self) -> u16 {
        self.code().map_or(401, ErrorCode::status)
    }

    /// The error code of the challenge; none if the request has no credentials.
    pub fn code(self) -> Option<ErrorCode> {
        match self {
            Self::Missing | Self::UnsupportedScheme => None,
            Self::Ambiguous | Self::Malformed => Some(ErrorCode::InvalidRequest),
        }
    }
}

fn from_header(line: &[u8]) -> Result<Credential<'_>, CredentialError> {
    let line = core::str::from_utf8(line).map_err(|_| CredentialError::Malformed)?;
    let secret = match line.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest,
        // `KEY ` is a key with white space, not a scheme.
        Some((scheme, rest)) if is_token(scheme) && !rest.trim_matches([' ', '\t']).is_empty() => {
            return Err(CredentialError::UnsupportedScheme);
        }
        None if !line.eq_ignore_ascii_case("bearer") => line,
        _ => return Err(CredentialError::Malformed),
    };
    Credential::read(secret, CredentialSource::Authorization)
}

/// What each `access_token` in a query holds.
fn from_query(query: &str) -> impl Iterator<Item = Result<Credential<'_>, CredentialError>> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter(|(name, _)| Decoded(name.bytes()).eq(PARAMETER.bytes())).map(|(name, value)| {
        // Its name must be written as it is, without percent signs; `+` is how a form writes a space.
        if name == PARAMETER && !value.contains('+') {
            Credential::read(value, CredentialSource::Query)
        } else {
            Err(CredentialError::Malformed)
        }
    })
}

/// The bytes that a percent-encoded text stands for.
struct Decoded<'a>(core::str::Bytes<'a>);

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = self.0.next()?;
        let mut ahead = self.0.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                self.0 = ahead;
                u8::try_from(high << 4 | low).ok()
            }
            _ => Some(byte),
        }
    }
}
