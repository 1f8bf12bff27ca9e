//! Credentials, origins, CORS and answers from the types of the crate `http`.

use http::{HeaderMap, Method, Request, Response};
use keyward::{
    Denial,
    http::{
        BrowserPolicy, BrowserVerdict, Challenge, Credential, CredentialError, QueryParameter, Refused,
        cors::{Methods, Origins, Policy},
    },
};

fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &[u8])| (name.parse().unwrap(), (*value).try_into().unwrap());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().map(line) {
        let _: bool = headers.append::<http::HeaderName>(name, value);
    }
    headers
}

#[test]
fn a_credential_is_read_from_every_line_as_it_came() {
    type Case<'a> = (&'a [&'a [u8]], &'a str, QueryParameter, Result<&'a str, CredentialError>);
    let cases: [Case<'_>; 8] = [
        (&[b"Bearer abc"], "/", QueryParameter::Ignored, Ok("abc")),
        (&[b"abc"], "/?access_token=x", QueryParameter::Ignored, Ok("abc")),
        (&[], "/?access_token=abc", QueryParameter::Accepted, Ok("abc")),
        (&[], "/?access_token=abc", QueryParameter::Ignored, Err(CredentialError::Missing)),
        (&[b"abc"], "/?access_token=abc", QueryParameter::Accepted, Err(CredentialError::Ambiguous)),
        (&[b"abc", b"abc"], "/", QueryParameter::Ignored, Err(CredentialError::Ambiguous)),
        (&[b"Bearer \xFF"], "/", QueryParameter::Ignored, Err(CredentialError::Malformed)),
        (&[b""], "/", QueryParameter::Ignored, Err(CredentialError::Malformed)),
    ];
    for (lines, uri, parameter, expected) in cases {
        let lines: Vec<_> = lines.iter().map(|line| ("authorization", *line)).collect();
        let (headers, uri) = (headers(&lines), uri.parse().unwrap());
        let found = Credential::from_request(&headers, &uri, parameter).map(|found| found.secret_str());
        assert_eq!(found, expected, "{lines:?} {uri}");
    }
}

#[test]
fn every_origin_line_counts() {
    let policy = BrowserPolicy::refuse();
    assert_eq!(policy.check_headers(&headers(&[("authorization", b"x")])), BrowserVerdict::Pass);
    assert_eq!(policy.check_headers(&headers(&[("origin", b"https://a.example")])), BrowserVerdict::Refuse);
    assert_eq!(policy.check_headers(&headers(&[("origin", b""), ("origin", b"")])), BrowserVerdict::Refuse);
}

#[test]
fn an_answer_says_of_cors_what_the_policy_says_and_nothing_else() {
    let policy =
        Policy::builder().origins(Origins::list(["https://a.example"])).methods(Methods::list(["PUT"])).build();
    let policy = policy.unwrap();
    for (origin, allowed) in [("https://a.example", Some("https://a.example")), ("https://b.example", None)] {
        let request = Request::put("/").header("origin", origin).body(()).unwrap();
        let mut response = Response::builder()
            .header("vary", "Accept")
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-credentials", "true")
            .header("x-other", "kept")
            .body(())
            .unwrap();
        policy.evaluate_request(request.method(), request.headers()).apply(response.headers_mut());
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("access-control-allow-origin"), allowed);
        assert_eq!(header("access-control-allow-credentials"), None);
        assert_eq!(header("x-other"), Some("kept"));
        assert_eq!(response.headers().get_all("vary").iter().collect::<Vec<_>>(), ["Accept", "Origin"]);
    }
    let nobody = Policy::default();
    let asked = headers(&[("origin", b"https://a.example"), ("access-control-request-method", b"GET")]);
    assert_eq!(nobody.evaluate_request(&Method::OPTIONS, &asked).preflight_status(), Some(403));
    assert_eq!(nobody.evaluate_request(&Method::GET, &asked).headers().count(), 0);
}

#[test]
fn a_refusal_is_a_whole_answer() {
    let challenge = Challenge::new("products").unwrap();
    let denial = Denial::PermissionMissing { resource: "products", operation: "read" };
    let response = Refused::from(&denial).to_response(&challenge);
    assert_eq!(response.status(), 403);
    let lines: Vec<_> =
        response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let scope = r#"Bearer realm="products", error="insufficient_scope", scope="products:read""#;
    assert_eq!(
        lines,
        [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("www-authenticate", scope),
        ]
    );
    assert_eq!(*response.body(), serde_json::to_string(&Refused::from(&denial)).unwrap());
    // A host's own status that is none is no success.
    assert_eq!(Refused::new(7, "x", "x").to_response(&challenge).status(), 500);
}
