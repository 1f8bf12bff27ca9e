//! What a policy says about one request.

use alloc::borrow::Cow;

use crate::text::excerpt;

/// What a request is to CORS, and what its answer must carry.
///
/// A pre-flight is answered at once, with [`preflight_status`](Answer::preflight_status), these headers
/// and no body, before anything looks for a key: it carries none. Every other request is served as
/// always, also if it is refused, and these headers are added to its answer, also to an error.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Class, Origins, Policy};
///
/// let policy = Policy::builder().origins(Origins::list(["https://a.example"])).build()?;
/// let answer = policy.evaluate("GET", [("origin", &b"https://b.example"[..])]);
/// match answer.class() {
///     Class::Preflight => unreachable!("answer with `preflight_status`"),
///     Class::Actual | Class::NonCors => { /* serve it, and add `headers` and `vary` */ }
/// }
/// assert!(!answer.is_allowed());
/// assert_eq!(answer.headers().count(), 0);
/// assert_eq!(answer.vary().value(), Some("Origin"));
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub(super) class: Class,
    pub(super) refusal: Option<Refusal<'a>>,
    pub(super) fields: Fields<'a>,
    pub(super) vary: Vary,
}

impl Answer<'_> {
    /// What the request is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Whether the request takes part in CORS and the policy lets it pass: the origin of an actual
    /// request, and the method and every header of a pre-flight too.
    pub fn is_allowed(&self) -> bool {
        self.class != Class::NonCors && self.refusal.is_none()
    }

    /// Why the request is refused.
    pub fn refusal(&self) -> Option<Refusal<'_>> {
        self.refusal
    }

    /// The status with which a pre-flight is answered: 204, or 403 if it is refused. None if the request
    /// is no pre-flight, and has to be served.
    pub fn preflight_status(&self) -> Option<u16> {
        match (self.class, self.refusal) {
            (Class::Preflight, None) => Some(204),
            (Class::Preflight, Some(_)) => Some(403),
            (Class::Actual | Class::NonCors, _) => None,
        }
    }

    /// The headers to set, name and value, each at most once; `Vary`, which others add to as well, is
    /// apart. None at all if the request is refused.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Fields { origin, credentials, expose, methods, headers, max_age, private_network } = &self.fields;
        [
            ("Access-Control-Allow-Origin", *origin),
            ("Access-Control-Allow-Credentials", credentials.then_some("true")),
            ("Access-Control-Expose-Headers", *expose),
            ("Access-Control-Allow-Methods", *methods),
            ("Access-Control-Allow-Headers", headers.as_deref()),
            ("Access-Control-Max-Age", *max_age),
            ("Access-Control-Allow-Private-Network", private_network.then_some("true")),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// What the answer depends on, to be added to its `Vary`.
    pub fn vary(&self) -> Vary {
        self.vary
    }
}

/// What a request is to CORS. A host answers one of them itself, so there will be no fourth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It has no `Origin`. Serve it.
    NonCors,
    /// `OPTIONS` with `Origin` and `Access-Control-Request-Method` (Fetch, *CORS-preflight request*).
    /// Answer it.
    Preflight,
    /// It has an `Origin`: from a page elsewhere, or the same origin's `POST`, which has one too. Serve it.
    Actual,
}

/// Why a request doesn't pass. For logs: the caller is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// The origin is not allowed, or there are two.
    #[error("origin is not allowed")]
    Origin,
    /// The method that a pre-flight asks for is not allowed.
    #[error("method `{}` is not allowed", excerpt(.0))]
    Method(&'a str),
    /// A header that a pre-flight asks for is not allowed.
    #[error("header `{}` is not allowed", excerpt(.0))]
    Header(&'a str),
    /// No browser sends such a pre-flight: two methods, a name that is no token, or more headers than
    /// a browser asks for.
    #[error("pre-flight is malformed")]
    Malformed,
}

/// The request headers on which an answer depends. They follow from the policy and the class.
///
/// With a list of origins or a predicate every answer depends on `Origin`, also one to a request that has
/// none: a cache would otherwise hand it to a page (Fetch, *CORS protocol and HTTP caches*). If any origin
/// is allowed, no answer depends on it. The answer to a pre-flight also depends on what it asks for. If no
/// origin is allowed, every answer names all of these headers: no cache can then keep an answer that is
/// wrong once an origin is allowed.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Origins, Policy};
///
/// let one = Policy::builder().origins(Origins::list(["https://a.example"])).build()?;
/// assert_eq!(one.evaluate("GET", []).vary().names(), ["Origin"]);
/// let any = Policy::builder().origins(Origins::any()).build()?;
/// assert_eq!(any.evaluate("GET", []).vary().value(), None);
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Vary {
    names: &'static [&'static str],
    value: Option<&'static str>,
}

macro_rules! vary {
    ($first:literal $(, $rest:literal)*) => {
        Vary { names: &[$first $(, $rest)*], value: Some(concat!($first $(, ", ", $rest)*)) }
    };
}

impl Vary {
    pub(super) const NOTHING: Self = Self { names: &[], value: None };
    pub(super) const ORIGIN: Self = vary!("Origin");
    pub(super) const QUESTION: Self = vary!("Access-Control-Request-Method", "Access-Control-Request-Headers");
    pub(super) const ORIGIN_AND_QUESTION: Self =
        vary!("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");
    pub(super) const ORIGIN_QUESTION_AND_NETWORK: Self = vary!(
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Private-Network"
    );

    /// The names of the headers.
    pub fn names(self) -> &'static [&'static str] {
        self.names
    }

    /// The value of one `Vary` header; none if there is nothing to say.
    pub fn value(self) -> Option<&'static str> {
        self.value
    }
}

/// The values of the headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    pub(super) origin: Option<&'a str>,
    pub(super) credentials: bool,
    pub(super) expose: Option<&'a str>,
    pub(super) methods: Option<&'a str>,
    pub(super) headers: Option<Cow<'a, str>>,
    pub(super) max_age: Option<&'a str>,
    pub(super) private_network: bool,
}
