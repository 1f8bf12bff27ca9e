//! Policies that can't be built, and what is said of them.

use keyward::http::cors::{
    Credentials, ExposedHeaders, MaxAge, Methods, Origins, Policy, PolicyBuilder, PrivateNetwork, RequestHeaders,
};

fn for_a() -> PolicyBuilder {
    Policy::builder().origins(Origins::list(["https://a.example"]))
}

fn with_credentials() -> PolicyBuilder {
    for_a().credentials(Credentials::allow())
}

#[test]
fn contradictions() {
    let any_headers = || RequestHeaders::any().without_authorization();
    let cases = [
        (
            with_credentials().origins(Origins::any()),
            Some("credentials can't be allowed to any origin: list the origins"),
        ),
        (
            with_credentials().origins(Origins::list(["https://a.example"]).with_null()),
            Some("credentials can't be allowed to `null`, which any page can become"),
        ),
        (with_credentials().methods(Methods::any()), Some("with credentials `*` is no wildcard: list the methods")),
        (
            with_credentials().exposed_headers(ExposedHeaders::any()),
            Some("with credentials `*` is no wildcard: list the exposed headers"),
        ),
        (with_credentials().request_headers(any_headers()), None),
        (with_credentials().origins(Origins::predicate(|_| true)), None),
        (
            for_a().origins(Origins::any()).private_network(PrivateNetwork::allow()),
            Some("a private network can't be opened to any origin or to `null`: list the origins"),
        ),
        (
            for_a().origins(Origins::none().with_null()).private_network(PrivateNetwork::allow()),
            Some("a private network can't be opened to any origin or to `null`: list the origins"),
        ),
        (for_a().private_network(PrivateNetwork::allow()), None),
        (
            for_a().request_headers(RequestHeaders::any()),
            Some("`*` never covers `Authorization`: say whether it is allowed besides"),
        ),
        (for_a().request_headers(any_headers()), None),
        (for_a().request_headers(RequestHeaders::any().with_authorization()), None),
        (
            for_a().max_age(MaxAge::seconds(-2)),
            Some("max age `-2` is out of range: seconds from 0 to 2147483647, or -1 for no caching"),
        ),
        (
            for_a().max_age(MaxAge::seconds(1 << 31)),
            Some("max age `2147483648` is out of range: seconds from 0 to 2147483647, or -1 for no caching"),
        ),
        (for_a().max_age(MaxAge::seconds((1 << 31) - 1)), None),
        (for_a().max_age(MaxAge::browser_default()), None),
        (Policy::builder(), None),
    ];
    for (policy, message) in cases {
        let shown = format!("{policy:?}");
        assert_eq!(policy.build().map(drop).map_err(|error| error.to_string()).err().as_deref(), message, "{shown}");
    }
}

#[test]
fn origins() {
    let cases = [
        (
            Origins::list(["https://a.example/"]),
            "origin `https://a.example/` has a path, a query or a fragment: \
            an origin ends with its host or port: write `https://a.example`",
        ),
        (
            Origins::list(["https://a.example", "*"]),
            "origin `*` has a `*` where none may stand (any origin is a rule \
            of its own; a subdomain pattern is `https://*.example.com`)",
        ),
        (
            Origins::list(["null"]),
            "origin `null` is the origin of every sandboxed frame and local file: it is allowed \
            only by name",
        ),
        (
            Origins::subdomains_of("https://com"),
            "origin `https://*.com` would cover every site below a public suffix: \
            a pattern needs a name of two labels or more after `*.`",
        ),
        (Origins::subdomains_of("example.com"), "origin `example.com` has no scheme and host (`https://example.com`)"),
        (Origins::list(["https://a.example"; 2]), "origin `https://a.example` is listed twice"),
    ];
    for (origins, message) in cases {
        assert_eq!(Policy::builder().origins(origins).build().unwrap_err().to_string(), message);
    }
}

#[test]
fn methods() {
    let cases: [(&[&str], Option<&str>); 16] = [
        (&[], None),
        (&["GET", "PUT", "PATCH", "PURGE", "x-own"], None),
        (&["patch"], None),
        (&["*"], Some("`*` is not a method: any method is a rule of its own")),
        (&[""], Some("`` is not a method: a method is a token of RFC 9110")),
        (&["GET "], Some("`GET ` is not a method: a method is a token of RFC 9110")),
        (&["GET,PUT"], Some("`GET,PUT` is not a method: a method is a token of RFC 9110")),
        (&["A\r\nB"], Some("`A\\r\\nB` is not a method: a method is a token of RFC 9110")),
        (&["\u{c4}"], Some("`\u{c4}` is not a method: a method is a token of RFC 9110")),
        (&["put"], Some("`put` is never sent: write `PUT`")),
        (&["Delete"], Some("`Delete` is never sent: write `DELETE`")),
        (&["CONNECT"], Some("`CONNECT` is a forbidden method: no browser sends it")),
        (&["TRACE"], Some("`TRACE` is a forbidden method: no browser sends it")),
        (&["track"], Some("`track` is a forbidden method: no browser sends it")),
        (&["PUT", "GET", "PUT"], Some("method `PUT` is listed twice")),
        (&["PATCH", "patch"], None),
    ];
    for (list, message) in cases {
        let built = for_a().methods(Methods::list(list.iter().copied())).build();
        assert_eq!(built.map(drop).map_err(|error| error.to_string()).err().as_deref(), message, "{list:?}");
    }
}

/// Fetch, *forbidden request-header*, and what only answers have.
const NEVER_SET: [&str; 26] = [
    "Accept-Charset",
    "accept-encoding",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Access-Control-Allow-Origin",
    "Connection",
    "Content-Length",
    "Cookie",
    "Cookie2",
    "Date",
    "DNT",
    "Expect",
    "Host",
    "Keep-Alive",
    "Origin",
    "Referer",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "Sec-Foo",
    "sec-",
    "Proxy-Authorization",
    "PROXY-X",
];

#[test]
fn request_headers() {
    let good = ["X-A", "x-b", "Content-Type", "Authorization", "Secret", "Proxies", "Range", "If-Match"];
    assert!(for_a().request_headers(RequestHeaders::list(good)).build().is_ok());
    for name in NEVER_SET {
        let error = for_a().request_headers(RequestHeaders::list([name])).build().unwrap_err();
        assert_eq!(error.to_string(), format!("`{name}` is not a header that a page can set on a request"));
    }
    for name in ["", "x a", "x:a", "x,a", "x\r\ny: z", "x\0", "\u{212a}", "x\u{a0}"] {
        let error = for_a().request_headers(RequestHeaders::list([name])).build().unwrap_err();
        assert!(error.to_string().ends_with("is not a header's name: a name is a token of RFC 9110"), "{error}");
        let error = for_a().exposed_headers(ExposedHeaders::list([name])).build().unwrap_err();
        assert!(error.to_string().ends_with("is not a header's name: a name is a token of RFC 9110"), "{error}");
    }
    let twice = for_a().request_headers(RequestHeaders::list(["X-A", "x-a"])).build().unwrap_err();
    assert_eq!(twice.to_string(), "header `x-a` is listed twice");
    let star = for_a().request_headers(RequestHeaders::list(["*", "Authorization"])).build().unwrap_err();
    assert_eq!(star.to_string(), "`*` is not a header's name: any header is a rule of its own");
    let once = RequestHeaders::list(["AUTHORIZATION"]).with_authorization();
    let twice = for_a().request_headers(RequestHeaders::list(["Authorization", "authorization"])).build().unwrap_err();
    assert_eq!(twice.to_string(), "header `authorization` is listed twice");
    assert!(for_a().request_headers(once).build().is_ok(), "named twice by two ways is named once");
}

#[test]
fn exposed_headers() {
    for name in ["Set-Cookie", "set-cookie2"] {
        let error = for_a().exposed_headers(ExposedHeaders::list([name])).build().unwrap_err();
        assert_eq!(error.to_string(), format!("`{name}` is never shown to a page"));
    }
    let twice = for_a().exposed_headers(ExposedHeaders::list(["Link", "X", "link"])).build().unwrap_err();
    assert_eq!(twice.to_string(), "header `link` is listed twice");
    let star = for_a().exposed_headers(ExposedHeaders::list(["*"])).build().unwrap_err();
    assert_eq!(star.to_string(), "`*` is not a header's name: any header is a rule of its own");
    assert!(for_a().exposed_headers(ExposedHeaders::list(["Content-Type", "X-Custom"])).build().is_ok());
}
