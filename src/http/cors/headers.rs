//! Which headers a request from another origin may carry, and which headers of the answer it may read.

use alloc::{string::String, vec::Vec};

use super::names::{Names, in_order};
use crate::{http::token::is_token, text::excerpt};

const AUTHORIZATION: &str = "authorization";

/// Which request headers a [`Policy`](super::Policy) lets other origins set, besides those that are always
/// allowed. `Authorization` is among them, since callers send their key in it, unless
/// [`without_authorization`](Self::without_authorization) takes it out.
///
/// Names compare without case. A browser sends a harmless `Accept`, `Accept-Language`,
/// `Content-Language`, `Content-Type` or `Range` without asking (Fetch, *CORS-safelisted
/// request-header*); when it asks for one of these, as for `Content-Type: application/json`, the policy
/// must name it.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Origins, Policy, RequestHeaders};
///
/// let policy = Policy::builder()
///     .origins(Origins::list(["https://example.com"]))
///     .request_headers(RequestHeaders::list(["Content-Type"]))
///     .build()?;
/// let preflight = policy.evaluate("OPTIONS", [
///     ("origin", &b"https://example.com"[..]),
///     ("access-control-request-method", b"POST"),
///     ("access-control-request-headers", b"authorization,content-type"),
/// ]);
/// assert!(preflight.is_allowed());
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestHeaders {
    any: bool,
    names: Vec<String>,
    /// Whether the policy says if `Authorization` is allowed: `any` must say so.
    decided: bool,
}

impl RequestHeaders {
    /// Only what a browser sends without asking; `Authorization` is not allowed either.
    pub fn safelisted() -> Self {
        Self { any: false, names: Vec::new(), decided: true }
    }

    /// The listed headers, and `Authorization`, listed or not.
    pub fn list(names: impl IntoIterator<Item: Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ..Self::safelisted() }.with_authorization()
    }

    /// Every header but `Authorization`, which `*` never covers (Fetch, *CORS non-wildcard request-header
    /// name*): a policy with this must say [`with_authorization`](Self::with_authorization) or
    /// [`without_authorization`](Self::without_authorization).
    ///
    /// Without credentials it is answered as `*`; with them, where `*` would be the name of a header, by
    /// the names that were asked for.
    pub fn any() -> Self {
        Self { any: true, names: Vec::new(), decided: false }
    }

    /// Allows `Authorization` too.
    #[must_use]
    pub fn with_authorization(mut self) -> Self {
        self.decided = true;
        if !self.names.iter().any(|name| name.eq_ignore_ascii_case(AUTHORIZATION)) {
            self.names.push(AUTHORIZATION.into());
        }
        self
    }

    /// Doesn't allow `Authorization`: callers send no key.
    #[must_use]
    pub fn without_authorization(mut self) -> Self {
        self.decided = true;
        self.names.retain(|name| !name.eq_ignore_ascii_case(AUTHORIZATION));
        self
    }

    pub(super) fn compile(self) -> Result<HeaderRule, HeaderError> {
        let Self { any, mut names, decided } = self;
        if !decided {
            return Err(HeaderError::AuthorizationNotCovered);
        }
        for name in &names {
            check(name)?;
            if is_forbidden_request_header(name) {
                return Err(HeaderError::Forbidden(excerpt(name)));
            }
        }
        for name in &mut names {
            name.make_ascii_lowercase();
        }
        Ok(HeaderRule { any, names: in_order(names).map_err(HeaderError::Duplicate)? })
    }
}

impl Default for RequestHeaders {
    fn default() -> Self {
        Self::safelisted().with_authorization()
    }
}

/// Which headers of an answer a [`Policy`](super::Policy) lets other origins read, besides the
/// safelisted ones (`Cache-Control`, `Content-Language`, `Content-Length`, `Content-Type`, `Expires`,
/// `Last-Modified`, `Pragma`). By default: no others.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{ExposedHeaders, Origins, Policy};
///
/// let policy = Policy::builder()
///     .origins(Origins::any())
///     .exposed_headers(ExposedHeaders::list(["Link", "X-Result-Count"]))
///     .build()?;
/// let answer = policy.evaluate("GET", []);
/// assert!(answer.headers().any(|header| header == ("Access-Control-Expose-Headers", "Link, X-Result-Count")));
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExposedHeaders(pub(super) Names);

impl ExposedHeaders {
    /// Only the safelisted ones.
    pub fn safelisted() -> Self {
        Self::default()
    }

    /// The listed headers too.
    pub fn list(names: impl IntoIterator<Item: Into<String>>) -> Self {
        Self(Names::list(names))
    }

    /// Every header, as `*`. Can't be combined with credentials, under which `*` is the name of a header.
    pub fn any() -> Self {
        Self(Names::Any)
    }

    /// The value of `Access-Control-Expose-Headers`, if there is anything to say.
    pub(super) fn compile(self) -> Result<Option<String>, HeaderError> {
        let Names::List(names) = self.0 else { return Ok(Some("*".into())) };
        for name in &names {
            check(name)?;
            if ["set-cookie", "set-cookie2"].iter().any(|forbidden| forbidden.eq_ignore_ascii_case(name)) {
                return Err(HeaderError::NeverExposed(excerpt(name)));
            }
        }
        let lower = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        in_order(lower).map_err(HeaderError::Duplicate)?;
        Ok((!names.is_empty()).then(|| names.join(", ")))
    }
}

/// A header that can't be in a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Empty, or with a space, a line break or another character that no name has.
    #[error("`{0}` is not a header's name: a name is a token of RFC 9110")]
    NotAToken(String),
    /// `*` among other names.
    #[error("`*` is not a header's name: any header is a rule of its own")]
    Wildcard,
    /// `*` for request headers without a word on `Authorization`, which it doesn't cover.
    #[error("`*` never covers `Authorization`: say whether it is allowed besides")]
    AuthorizationNotCovered,
    /// A request header that a page can't set, or one that only answers have.
    #[error("`{0}` is not a header that a page can set on a request")]
    Forbidden(String),
    /// `Set-Cookie` and `Set-Cookie2`, which browsers never show to a page.
    #[error("`{0}` is never shown to a page")]
    NeverExposed(String),
    /// A name that is there twice.
    #[error("header `{0}` is listed twice")]
    Duplicate(String),
}

/// [`RequestHeaders`], checked; the names are in lower case and in order.
#[derive(Clone, Debug, Default)]
pub(super) struct HeaderRule {
    any: bool,
    names: Vec<String>,
}

impl HeaderRule {
    pub(super) fn covers(&self, name: &str) -> bool {
        let lower = || name.bytes().map(|byte| byte.to_ascii_lowercase());
        self.names.binary_search_by(|entry| entry.bytes().cmp(lower())).is_ok()
            || (self.any && !name.eq_ignore_ascii_case(AUTHORIZATION))
    }

    /// The value that stands for every name, if any header is allowed.
    pub(super) fn wildcard(&self) -> Option<&'static str> {
        match (self.any, self.names.is_empty()) {
            (false, _) => None,
            (true, true) => Some("*"),
            (true, false) => Some("*,authorization"),
        }
    }
}

fn check(name: &str) -> Result<(), HeaderError> {
    match name {
        "*" => Err(HeaderError::Wildcard),
        _ if is_token(name) => Ok(()),
        _ => Err(HeaderError::NotAToken(excerpt(name))),
    }
}

/// Fetch, *forbidden request-header*, and what CORS itself writes in answers.
fn is_forbidden_request_header(name: &str) -> bool {
    const NAMES: &str = "accept-charset accept-encoding connection content-length cookie cookie2 date dnt expect host \
                         keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via";
    const PREFIXES: [&str; 3] = ["access-control-", "proxy-", "sec-"];
    NAMES.split(' ').any(|forbidden| forbidden.eq_ignore_ascii_case(name))
        || PREFIXES
            .iter()
            .any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}
