//! The same with the types of the crate `http`.

use alloc::string::String;

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};

use super::{
    browser::{BrowserPolicy, BrowserVerdict},
    challenge::Challenge,
    cors::{Answer, Policy},
    credentials::{Credential, CredentialError, QueryParameter, credential},
    refused::Refused,
};

/// What a policy alone says, and nobody else in its answers.
const CORS: [HeaderName; 7] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    HeaderName::from_static("access-control-allow-private-network"),
];

impl<'a> Credential<'a> {
    /// Takes the one credential from a request, as [`credential`] does.
    ///
    /// # Errors
    ///
    /// [`CredentialError`], as [`credential`].
    ///
    /// ```
    /// use http::Request;
    /// use keyward::http::{Credential, CredentialError, QueryParameter};
    ///
    /// let request = Request::get("/products").header("authorization", "Bearer 7vT9xQ").body(())?;
    /// let found = Credential::from_request(request.headers(), request.uri(), QueryParameter::Ignored)?;
    /// assert_eq!(found.secret_str(), "7vT9xQ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_request(
        headers: &'a HeaderMap,
        uri: &'a Uri,
        parameter: QueryParameter,
    ) -> Result<Self, CredentialError> {
        credential(lines(headers, &header::AUTHORIZATION), uri.query(), parameter)
    }
}

impl BrowserPolicy {
    /// Judges a request with a key by all its `Origin` lines, as [`check`](Self::check) does.
    pub fn check_headers(&self, headers: &HeaderMap) -> BrowserVerdict {
        self.check(lines(headers, &header::ORIGIN))
    }
}

impl Policy {
    /// Classifies a request and says what its answer must carry, as [`evaluate`](Self::evaluate) does.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use keyward::http::cors::{Origins, Policy};
    ///
    /// let policy = Policy::builder().origins(Origins::list(["https://app.example.com"])).build()?;
    /// let request = Request::get("/products").header("origin", "https://app.example.com").body(())?;
    /// let answer = policy.evaluate_request(request.method(), request.headers());
    ///
    /// let mut response = Response::new("[]");
    /// answer.apply(response.headers_mut());
    /// assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
    /// assert_eq!(response.headers()["vary"], "Origin");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn evaluate_request<'a>(&'a self, method: &Method, headers: &'a HeaderMap) -> Answer<'a> {
        self.evaluate(method.as_str(), headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
    }
}

impl Answer<'_> {
    /// Sets the headers of CORS on an answer, and adds to its `Vary`. What the answer said of CORS before is taken away:
    /// there is one policy.
    pub fn apply(&self, headers: &mut HeaderMap) {
        apply(self.to_headers(), headers);
    }

    /// The headers alone, for an answer that comes when the request is gone.
    pub(crate) fn to_headers(&self) -> HeaderMap {
        let vary = self.vary().value().map(|value| ("Vary", value));
        let lines = self.headers().chain(vary);
        lines.filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, value.parse().ok()?))).collect()
    }
}

/// What [`Answer::apply`] does, with the headers that it would set.
pub(crate) fn apply(cors: HeaderMap, headers: &mut HeaderMap) {
    for name in CORS {
        headers.remove(name);
    }
    for (name, value) in cors {
        if let Some(name) = name {
            headers.append(name, value);
        }
    }
}

impl Refused {
    /// The whole answer: status, `WWW-Authenticate`, and the document as its body. No cache keeps it.
    ///
    /// ```
    /// use keyward::http::{Challenge, CredentialError, Refused};
    ///
    /// let response = Refused::from(CredentialError::Missing).to_response(&Challenge::new("products")?);
    /// assert_eq!(response.status(), 401);
    /// assert_eq!(response.headers()["www-authenticate"], r#"Bearer realm="products""#);
    /// assert_eq!(response.headers()["cache-control"], "no-store");
    /// # Ok::<(), keyward::http::ChallengeError>(())
    /// ```
    pub fn to_response(&self, challenge: &Challenge) -> Response<String> {
        let mut response = self.to_unchallenged();
        self.set_challenge(challenge, response.headers_mut());
        response
    }

    /// The answer without `WWW-Authenticate`, where the realm is not known.
    pub(crate) fn to_unchallenged(&self) -> Response<String> {
        // Its texts are all that could fail, and texts don't.
        let mut response = Response::new(serde_json::to_string(self).unwrap_or_default());
        *response.status_mut() = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    /// Adds `WWW-Authenticate` where this refusal has one.
    pub(crate) fn set_challenge(&self, challenge: &Challenge, headers: &mut HeaderMap) {
        if let Some(value) = self.challenge(challenge).and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
    }
}

fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes)
}
