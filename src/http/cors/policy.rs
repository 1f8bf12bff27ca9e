//! A policy: all settings together, refused if they contradict each other or the standard.

use alloc::string::String;

use super::{
    headers::{ExposedHeaders, HeaderError, HeaderRule, RequestHeaders},
    methods::{MethodError, MethodRule, Methods},
    origins::{OriginRule, Origins},
    switches::{Credentials, MaxAge, PrivateNetwork},
};
use crate::http::origin::OriginListError;

/// What pages of other origins may do with the answers of a server.
///
/// The default allows no other origin anything. Others are made with [`Policy::builder`]. What isn't set there is denied: no
/// origin, no method but the safelisted ones, no request header but `Authorization`, nothing exposed, no credentials, no
/// private network.
///
/// CORS keeps pages from *reading answers* and from *sending requests that need a pre-flight*. It is no
/// access control: a refused actual request has reached the server all the same, and callers without a
/// browser ignore CORS. What a request may do is decided by its key.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Class, Methods, Origins, Policy};
///
/// let policy = Policy::builder()
///     .origins(Origins::list(["https://app.example.com"]))
///     .methods(Methods::list(["PUT"]))
///     .build()?;
///
/// let answer = policy.evaluate("OPTIONS", [
///     ("origin", &b"https://app.example.com"[..]),
///     ("access-control-request-method", b"PUT"),
///     ("access-control-request-headers", b"authorization"),
/// ]);
/// assert_eq!(answer.class(), Class::Preflight);
/// assert_eq!(answer.preflight_status(), Some(204));
/// let headers: Vec<_> = answer.headers().collect();
/// assert_eq!(headers, [
///     ("Access-Control-Allow-Origin", "https://app.example.com"),
///     ("Access-Control-Allow-Methods", "PUT"),
///     ("Access-Control-Allow-Headers", "authorization"),
/// ]);
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(super) origins: OriginRule,
    pub(super) methods: MethodRule,
    pub(super) request_headers: HeaderRule,
    /// The value of `Access-Control-Expose-Headers`.
    pub(super) exposed: Option<String>,
    pub(super) credentials: bool,
    /// The value of `Access-Control-Max-Age`.
    pub(super) max_age: Option<String>,
    pub(super) private_network: bool,
}

impl Policy {
    /// A builder that denies what isn't set.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }
}

macro_rules! settings {
    ($($(#[$doc:meta])* $setting:ident: $rule:ty,)*) => {
        /// Collects the settings of a [`Policy`].
        #[derive(Clone, Debug, Default)]
        pub struct PolicyBuilder {
            $($setting: $rule,)*
        }

        impl PolicyBuilder {$(
            $(#[$doc])*
            #[must_use]
            pub fn $setting(mut self, $setting: $rule) -> Self {
                self.$setting = $setting;
                self
            }
        )*}
    };
}

settings! {
    /// Which origins are allowed.
    origins: Origins,
    /// Which methods are allowed.
    methods: Methods,
    /// Which request headers are allowed.
    request_headers: RequestHeaders,
    /// Which headers of the answer may be read.
    exposed_headers: ExposedHeaders,
    /// Whether requests may carry cookies and other credentials of the browser.
    credentials: Credentials,
    /// How long a browser may remember a pre-flight's answer.
    max_age: MaxAge,
    /// Whether pages from the public network may reach a server on a private one.
    private_network: PrivateNetwork,
}

impl PolicyBuilder {
    /// Checks the settings and makes the policy.
    ///
    /// # Errors
    ///
    /// - Credentials with any origin, with `null`, with `*` for methods or with `*` for exposed headers:
    ///   with credentials `*` is no wildcard (Fetch, *CORS protocol and credentials*), and anyone can
    ///   become `null`.
    /// - Private network access for any origin.
    /// - `*` for request headers without a word on `Authorization`.
    /// - An origin that could never match (`https://a.example/`, `http://a.example:80`) or a pattern that
    ///   matches too much (`https://*.com`).
    /// - A method or header that is no name, that browsers never send or show (`TRACE`, `Sec-Foo`,
    ///   `Set-Cookie`), or that is listed twice.
    /// - A max age below −1 or of 2³¹ seconds or more.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let Self { origins, methods, request_headers, exposed_headers, credentials, max_age, private_network } = self;
        let (Credentials(credentials), PrivateNetwork(private_network)) = (credentials, private_network);
        let null = origins.null;
        let origins = origins.compile()?;
        let any_origin = matches!(origins, OriginRule::Any);
        let contradictions = [
            (credentials && any_origin, PolicyError::CredentialsWithAnyOrigin),
            (credentials && null, PolicyError::CredentialsWithNull),
            (credentials && methods.0.is_any(), PolicyError::CredentialsWithAnyMethod),
            (credentials && exposed_headers.0.is_any(), PolicyError::CredentialsWithAnyExposedHeader),
            (private_network && (any_origin || null), PolicyError::PrivateNetworkWithAnyOrigin),
        ];
        if let Some((_, error)) = contradictions.into_iter().find(|(is_there, _)| *is_there) {
            return Err(error);
        }
        Ok(Policy {
            origins,
            methods: methods.compile()?,
            request_headers: request_headers.compile()?,
            exposed: exposed_headers.compile()?,
            credentials,
            max_age: max_age.compile().map_err(PolicyError::MaxAge)?,
            private_network,
        })
    }
}

/// A policy that is unsafe, or that browsers would not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Any site could read what the user's cookies open.
    #[error("credentials can't be allowed to any origin: list the origins")]
    CredentialsWithAnyOrigin,
    /// Any site can make itself `null`.
    #[error("credentials can't be allowed to `null`, which any page can become")]
    CredentialsWithNull,
    /// Under credentials `*` is the name of a method.
    #[error("with credentials `*` is no wildcard: list the methods")]
    CredentialsWithAnyMethod,
    /// Under credentials `*` is the name of a header.
    #[error("with credentials `*` is no wildcard: list the exposed headers")]
    CredentialsWithAnyExposedHeader,
    /// Any site could reach into the private network.
    #[error("a private network can't be opened to any origin or to `null`: list the origins")]
    PrivateNetworkWithAnyOrigin,
    /// An entry that is no origin, or is listed twice.
    #[error("origin {0}")]
    Origin(#[from] OriginListError),
    /// A method that can't be in a policy.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// A header that can't be in a policy.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A max age that is out of range.
    #[error("max age `{0}` is out of range: seconds from 0 to 2147483647, or -1 for no caching")]
    MaxAge(i64),
}
