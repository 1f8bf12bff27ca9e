//! Which methods a pre-flight may ask for.

use alloc::string::String;

use super::{
    answer::Refusal,
    names::{Names, in_order},
};
use crate::{http::token::is_token, text::excerpt};

/// Which methods a [`Policy`](super::Policy) lets other origins use. By default: those that are always
/// allowed.
///
/// `GET`, `HEAD` and `POST` are *CORS-safelisted* (Fetch, *methods*): a browser sends them without
/// asking, and no policy keeps it from doing so. Methods are compared in case: `PATCH` is not `patch`.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Methods, Origins, Policy};
///
/// let policy = Policy::builder()
///     .origins(Origins::list(["https://example.com"]))
///     .methods(Methods::list(["PUT", "DELETE"]))
///     .build()?;
/// let preflight = policy.evaluate("OPTIONS", [
///     ("origin", &b"https://example.com"[..]),
///     ("access-control-request-method", b"PUT"),
/// ]);
/// assert!(preflight.headers().any(|header| header == ("Access-Control-Allow-Methods", "PUT")));
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Methods(pub(super) Names);

impl Methods {
    /// `GET`, `HEAD` and `POST`, which can't be refused.
    pub fn safelisted() -> Self {
        Self::default()
    }

    /// The listed methods, and the safelisted ones.
    pub fn list(methods: impl IntoIterator<Item: Into<String>>) -> Self {
        Self(Names::list(methods))
    }

    /// Every method, as `*`. Can't be combined with credentials, under which `*` is the name of a method.
    pub fn any() -> Self {
        Self(Names::Any)
    }

    pub(super) fn compile(self) -> Result<MethodRule, MethodError> {
        Ok(MethodRule(match self.0 {
            Names::Any => Names::Any,
            Names::List(list) => {
                list.iter().try_for_each(|method| check(method))?;
                Names::List(in_order(list).map_err(MethodError::Duplicate)?)
            }
        }))
    }
}

/// A method that can't be in a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MethodError {
    /// Empty, or with a space, a line break or another character that no method has.
    #[error("`{0}` is not a method: a method is a token of RFC 9110")]
    NotAToken(String),
    /// `*` among other methods.
    #[error("`*` is not a method: any method is a rule of its own")]
    Wildcard,
    /// `put`: browsers send `PUT`, whatever the page wrote (Fetch, *normalize a method*).
    #[error("`{given}` is never sent: write `{form}`")]
    Lowercase {
        /// What was given.
        given: String,
        /// The form it should have.
        form: String,
    },
    /// `CONNECT`, `TRACE` and `TRACK`, which browsers refuse to send (Fetch, *forbidden method*).
    #[error("`{0}` is a forbidden method: no browser sends it")]
    Forbidden(String),
    /// A method that is there twice.
    #[error("method `{0}` is listed twice")]
    Duplicate(String),
}

/// [`Methods`], checked; a list is in order.
#[derive(Clone, Debug, Default)]
pub(super) struct MethodRule(Names);

impl MethodRule {
    /// The value of `Access-Control-Allow-Methods` for a pre-flight that asks for `method`: none for a
    /// safelisted method that the policy doesn't name.
    pub(super) fn answer<'a>(&'a self, method: &'a str) -> Result<Option<&'a str>, Refusal<'a>> {
        let named = match &self.0 {
            Names::Any if is_forbidden(method) => None,
            Names::Any => Some("*"),
            Names::List(list) => {
                let place = list.binary_search_by(|entry| entry.as_str().cmp(method)).ok();
                place.and_then(|place| list.get(place)).map(String::as_str)
            }
        };
        if named.is_some() || matches!(method, "GET" | "HEAD" | "POST") {
            Ok(named)
        } else {
            Err(Refusal::Method(method))
        }
    }
}

fn check(method: &str) -> Result<(), MethodError> {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    if method == "*" {
        return Err(MethodError::Wildcard);
    }
    if !is_token(method) {
        return Err(MethodError::NotAToken(excerpt(method)));
    }
    if is_forbidden(method) {
        return Err(MethodError::Forbidden(excerpt(method)));
    }
    match NORMALIZED.iter().find(|form| form.eq_ignore_ascii_case(method)) {
        Some(form) if *form != method => Err(MethodError::Lowercase { given: excerpt(method), form: (*form).into() }),
        _ => Ok(()),
    }
}

fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|name| name.eq_ignore_ascii_case(method))
}
