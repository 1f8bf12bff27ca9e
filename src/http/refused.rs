//! The answer to a refused request: its status, its challenge, and a document that tells no more than the caller
//! may know.

use alloc::{boxed::Box, format, string::String, string::ToString};

use serde::Serialize;

use super::{
    challenge::{Challenge, ErrorCode, Scope},
    credentials::CredentialError,
};
#[cfg(feature = "std")]
use crate::administration::AccountsError;
use crate::{
    access::AccessError,
    administration::AdministrationError,
    authenticate::{AuthenticationError, Refusal},
    decision::{Denial, Forbidden},
    filter::ListError,
    key::EntropyError,
};

/// The answer to a refused request.
///
/// It is made from the error, and serialises to the body's document: `status`, `errors` (one message), `code`
/// (the reason's name) and `moreInfo`, an address that explains it, if the host
/// [gives](Self::with_more_info) one. [`challenge`](Self::challenge) is the value of `WWW-Authenticate`.
///
/// What it doesn't tell:
///
/// - Why a key was refused: unknown, wrong, expired and revoked keys get the same answer.
/// - Any value behind a denial: neither what the resource holds nor what would be accepted.
/// - That another account's resource exists: the answer is that of [`not_found`](Self::not_found).
/// - Which roles exist, if one is unknown: the nearest id is left out.
///
/// For the log, keep what it was made from.
///
/// | made from | status | challenge | code |
/// |---|---|---|---|
/// | [`CredentialError`], none or an unsupported scheme | 401 | without error | `missing_credentials` |
/// | [`CredentialError`], two or malformed | 400 | `invalid_request` | `invalid_request` |
/// | [`Refusal`] | 401 | `invalid_token` | `invalid_token` |
/// | [`AuthenticationError`], a store that failed | 503 | – | `unavailable` |
/// | [`key_in_browser`](Self::key_in_browser) | 403 | – | `key_in_browser` |
/// | [`Denial`], [`Forbidden`] | 403 | `insufficient_scope` | the denial's kind |
/// | the same, another account | 404 | – | `not_found` |
/// | [`AdministrationError`] | its own | by the status | its own |
/// | `AccountsError`, a store that failed | 503 | – | `unavailable` |
/// | [`internal`](Self::internal), [`EntropyError`] | 500 | – | `internal` |
///
/// # Examples
///
/// ```
/// use keyward::{Denial, http::{Challenge, CredentialError, Refused}};
///
/// let challenge = Challenge::new("products")?;
///
/// let refused = Refused::from(CredentialError::Missing);
/// assert_eq!(refused.status(), 401);
/// assert_eq!(refused.challenge(&challenge).as_deref(), Some(r#"Bearer realm="products""#));
///
/// let denial = Denial::PermissionMissing { resource: "products", operation: "read" };
/// let refused = Refused::from(&denial).with_more_info("https://example.com/errors");
/// assert_eq!(
///     serde_json::to_string(&refused)?,
///     r#"{"status":403,"errors":["no role grants `read` on `products`"],"code":"permission_missing","moreInfo":"https://example.com/errors"}"#,
/// );
/// assert_eq!(
///     refused.challenge(&challenge).as_deref(),
///     Some(r#"Bearer realm="products", error="insufficient_scope", scope="products:read""#),
/// );
/// assert_eq!(Refused::from(&Denial::OtherAccount), Refused::not_found());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    status: u16,
    /// One message.
    errors: [Box<str>; 1],
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_info: Option<Box<str>>,
    #[serde(skip)]
    asks: Asks,
}

/// What the challenge asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asks {
    Nothing,
    Key(Option<ErrorCode>),
    Permission(String),
}

impl Refused {
    /// A refusal of the host's own, without a challenge: 400 for a body that can't be read, 405, 413.
    ///
    /// The message goes to the caller as it is.
    pub fn new(status: u16, code: &'static str, message: impl Into<Box<str>>) -> Self {
        Self { status, errors: [message.into()], code, more_info: None, asks: Asks::Nothing }
    }

    /// The resource doesn't exist, or it is another account's: one answer for both.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "not found")
    }

    /// The server failed. It doesn't say how.
    pub fn internal() -> Self {
        Self::new(500, "internal", "internal error")
    }

    /// The server can't do it now. It doesn't say why.
    fn unavailable(status: u16) -> Self {
        Self::new(status, "unavailable", "try again later")
    }

    /// A key came from a browser, and [`BrowserVerdict::Refuse`](super::BrowserVerdict::Refuse) was the verdict.
    /// It doesn't say whether the key is valid.
    pub fn key_in_browser() -> Self {
        Self::new(403, "key_in_browser", "a key doesn't belong in a browser")
    }

    /// The same, with an address that explains it.
    #[must_use]
    pub fn with_more_info(self, address: impl Into<Box<str>>) -> Self {
        Self { more_info: Some(address.into()), ..self }
    }

    #[cfg(feature = "tower")]
    pub(crate) fn has_more_info(&self) -> bool {
        self.more_info.is_some()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason's name, as the document has it.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The message, as the document has it.
    pub fn message(&self) -> &str {
        let [message] = &self.errors;
        message
    }

    /// The value of `WWW-Authenticate`, where the answer has one: with every 401, and wherever RFC 6750 has an
    /// error code.
    pub fn challenge(&self, challenge: &Challenge) -> Option<String> {
        match &self.asks {
            Asks::Nothing => None,
            Asks::Key(code) => Some(challenge.value(*code)),
            Asks::Permission(permission) => Some(match Scope::new(permission) {
                Ok(scope) => challenge.insufficient_scope(scope),
                // The name of a type that no schema has.
                Err(_) => challenge.value(Some(ErrorCode::InsufficientScope)),
            }),
        }
    }

    fn asking(self, code: Option<ErrorCode>) -> Self {
        Self { asks: Asks::Key(code), ..self }
    }

    /// A key that is not valid, or no longer.
    fn invalid_key(status: u16, message: impl Into<Box<str>>) -> Self {
        let code = ErrorCode::InvalidToken;
        Self::new(status, code.as_str(), message).asking(Some(code))
    }

    fn denied(status: u16, code: &'static str, message: &str) -> Self {
        match status {
            404 => Self::not_found(),
            403 => Self::new(status, code, message).asking(Some(ErrorCode::InsufficientScope)),
            _ => Self::new(status, code, message),
        }
    }
}

impl From<CredentialError> for Refused {
    fn from(error: CredentialError) -> Self {
        let code = error.code().map_or("missing_credentials", ErrorCode::as_str);
        Self::new(error.status(), code, error.to_string()).asking(error.code())
    }
}

/// The same for every cause.
impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self::invalid_key(refusal.status(), refusal.to_string())
    }
}

/// Of a store that failed it says only that it failed.
impl<E> From<&AuthenticationError<E>> for Refused {
    fn from(error: &AuthenticationError<E>) -> Self {
        match error {
            AuthenticationError::Refused(refusal) => refusal.into(),
            AuthenticationError::Store(_) | AuthenticationError::Behind(_) => Self::unavailable(error.status()),
        }
    }
}

impl From<&Denial<'_>> for Refused {
    fn from(denial: &Denial<'_>) -> Self {
        let refused = Self::denied(denial.status(), denial.kind(), &denial.redacted().to_string());
        match denial {
            Denial::PermissionMissing { resource, operation } => {
                Self { asks: Asks::Permission(format!("{resource}:{operation}")), ..refused }
            }
            _ => refused,
        }
    }
}

impl From<&Forbidden> for Refused {
    fn from(forbidden: &Forbidden) -> Self {
        Self::denied(forbidden.status(), forbidden.kind(), forbidden.redacted())
    }
}

/// The denial as any other. Of a mapping that doesn't fit it says only that the server failed.
impl<E> From<&ListError<E>> for Refused {
    fn from(error: &ListError<E>) -> Self {
        match error {
            ListError::Denied(denied) => denied.into(),
            ListError::Mapping(_) => Self::internal(),
        }
    }
}

impl From<&AdministrationError> for Refused {
    fn from(error: &AdministrationError) -> Self {
        let status = error.status();
        match error {
            AdministrationError::Forbidden(forbidden) => forbidden.into(),
            // The key was ended after it was authenticated: the caller sees a refused key.
            AdministrationError::UnknownKey => Self::invalid_key(status, "the key is not valid"),
            // Not the nearest: which roles there are is not for everyone to know.
            AdministrationError::InvalidPolicies(AccessError::UnknownRole { cause, .. }) => {
                Self::new(status, error.code(), format!("invalid policies: there is no role `{}`", cause.name()))
            }
            // No permission would allow it.
            AdministrationError::ManagedRole => Self::new(status, error.code(), error.to_string()),
            // In the caller's own account the message may name what is missing.
            error if status == 404 => Self::new(status, "not_found", error.to_string()),
            error => Self::denied(status, error.code(), &error.to_string()),
        }
    }
}

/// The refusal as any other. Of a store that failed it says only that it failed.
#[cfg(feature = "std")]
impl<E> From<&AccountsError<E>> for Refused {
    fn from(error: &AccountsError<E>) -> Self {
        match error {
            AccountsError::Refused(refused) => refused.into(),
            AccountsError::UnknownAccount => Self::not_found(),
            AccountsError::Conflict | AccountsError::Keys(_) => {
                Self::new(error.status(), "conflict", "the account was changed meanwhile")
            }
            AccountsError::Store(_) | AccountsError::Unknown(_) => Self::unavailable(error.status()),
            AccountsError::Roles(_) => Self::internal(),
        }
    }
}

impl From<&EntropyError> for Refused {
    fn from(_: &EntropyError) -> Self {
        Self::internal()
    }
}

/// The same of what `?` hands on.
macro_rules! owned {
    ($([$($generic:tt)*] $refusal:ty),*) => {$(
        impl<$($generic)*> From<$refusal> for Refused {
            fn from(refusal: $refusal) -> Self {
                Self::from(&refusal)
            }
        }
    )*};
}
owned!(
    [] Refusal, [E] AuthenticationError<E>, [] Denial<'_>, [] Forbidden, [E] ListError<E>, [] AdministrationError,
    [] EntropyError
);
#[cfg(feature = "std")]
owned!([E] AccountsError<E>);
