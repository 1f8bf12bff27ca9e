//! CORS: which policies can't be made, and what each answers.

use keyward::http::cors::{
    Credentials, ExposedHeaders, MaxAge, Methods, Origins, Policy, PolicyBuilder, PrivateNetwork, RequestHeaders,
};

use super::{Row, told};

fn for_a() -> PolicyBuilder {
    Policy::builder().origins(Origins::list(["https://example.com"]))
}

fn for_any() -> PolicyBuilder {
    Policy::builder().origins(Origins::any())
}

fn below_a() -> PolicyBuilder {
    Policy::builder().origins(Origins::subdomains_of("https://example.com"))
}

type Lines<'a> = &'a [(&'a str, &'a [u8])];

fn asked(policy: PolicyBuilder, method: &str, lines: Lines<'_>) -> String {
    let policy = policy.build().unwrap();
    let lines: Vec<_> = lines.to_vec();
    let answer = policy.evaluate(method, lines);
    let headers: Vec<_> =
        answer.headers().map(|(name, value)| format!("{}: {value}", &name["Access-Control-".len()..])).collect();
    let headers = if headers.is_empty() { "no header".into() } else { headers.join(", ") };
    let refusal = answer.refusal().map(|refusal| format!("{refusal}; ")).unwrap_or_default();
    format!("{refusal}{headers}; varies by {}", answer.vary().value().unwrap_or("nothing"))
}

/// What a page of this origin gets.
fn page(policy: PolicyBuilder, origin: &[u8]) -> String {
    asked(policy, "GET", &[("Origin", origin)])
}

fn preflight(policy: PolicyBuilder, more: Lines<'_>) -> String {
    asked(policy, "OPTIONS", &[&[("Origin", &b"https://example.com"[..])], more].concat())
}

fn made(policy: PolicyBuilder) -> String {
    told(policy.build())
}

fn of(origin: &str) -> String {
    made(Policy::builder().origins(Origins::list([origin])))
}

const METHOD: &str = "Access-Control-Request-Method";
const HEADERS: &str = "Access-Control-Request-Headers";

const REFLECTED: &str = "rs/cors CVE-2018-20744";
const SUFFIX: &str = "go-zero CVE-2024-27302";
const PREFIX: &str = "gin CVE-2019-25211";
const UNANCHORED: &str = "CVE-2022-1996";
const ANY_WITH_CREDENTIALS: &str = "fiber CVE-2024-25124";
const COMMAS: &str = "rs/cors CVE-2025-47908";
const VARY: &str = "rs/cors#10";
const FETCH: &str = "the Fetch Standard";

const ALLOWED: &str = "Allow-Origin: https://example.com; varies by Origin";
const REFUSED: &str = "origin is not allowed; no header; varies by Origin";

pub(super) const ROWS: &[Row] = &[
    ("the origin itself", FETCH, || page(for_a(), b"https://example.com"), ALLOWED),
    (
        "any origin is `*`, and not reflected",
        REFLECTED,
        || page(for_any(), b"https://evil.example"),
        "Allow-Origin: *; varies by nothing",
    ),
    ("`evilexample.com`", SUFFIX, || page(for_a(), b"https://evilexample.com"), REFUSED),
    ("`evilexample.com`, below `example.com`", SUFFIX, || page(below_a(), b"https://evilexample.com"), REFUSED),
    ("`example.com` itself, below it", "gofiber/fiber#3690", || page(below_a(), b"https://example.com"), REFUSED),
    ("`example.com.evil.io`", PREFIX, || page(for_a(), b"https://example.com.evil.io"), REFUSED),
    (
        "`example.com.evil.io`, below `example.com`",
        UNANCHORED,
        || page(below_a(), b"https://a.example.com.evil.io"),
        REFUSED,
    ),
    ("`evil.io/.example.com`", UNANCHORED, || page(below_a(), b"https://evil.io/.example.com"), REFUSED),
    ("another port", FETCH, || page(for_a(), b"https://example.com:8443"), REFUSED),
    ("the default port", FETCH, || page(for_a(), b"https://example.com:443"), REFUSED),
    ("capitals", FETCH, || page(for_a(), b"HTTPS://EXAMPLE.COM"), REFUSED),
    ("the host under another scheme", FETCH, || page(for_a(), b"http://example.com"), REFUSED),
    ("a trailing slash", FETCH, || page(for_a(), b"https://example.com/"), REFUSED),
    ("a trailing dot", FETCH, || page(for_a(), b"https://example.com."), REFUSED),
    ("`null`", FETCH, || page(for_a(), b"null"), REFUSED),
    ("an empty origin", FETCH, || page(for_a(), b""), REFUSED),
    (
        "two origin lines",
        FETCH,
        || asked(for_a(), "GET", &[("Origin", b"https://example.com"), ("Origin", b"https://example.com")]),
        REFUSED,
    ),
    ("a user before the host", FETCH, || page(for_a(), b"https://evil@example.com"), REFUSED),
    ("an encoded dot", FETCH, || page(below_a(), b"https://a%2eexample.com"), REFUSED),
    ("`[::1]`", FETCH, || page(for_a(), b"https://[::1]"), REFUSED),
    ("punycode", FETCH, || page(for_a(), b"https://xn--xample-2of.com"), REFUSED),
    ("an origin of 1 MiB", FETCH, || page(for_a(), &[b'a'; 1 << 20]), REFUSED),
    ("no origin, with a list", VARY, || asked(for_a(), "GET", &[]), "no header; varies by Origin"),
    ("no origin, with any", VARY, || asked(for_any(), "GET", &[]), "Allow-Origin: *; varies by nothing"),
    ("a refused origin", "gorilla/handlers#248", || page(for_a(), b"https://example.org"), REFUSED),
    (
        "any origin with credentials",
        ANY_WITH_CREDENTIALS,
        || made(for_any().credentials(Credentials::allow())),
        "credentials can't be allowed to any origin: list the origins",
    ),
    ("`h*` with credentials", "rs/cors#197", || of("h*"), "origin `h*` has no scheme and host (`https://example.com`)"),
    (
        "`https://*`",
        UNANCHORED,
        || of("https://*"),
        "origin `https://*` has a `*` where none may stand (any origin is a rule of its own; a subdomain pattern is `https://*.example.com`)",
    ),
    (
        "`https://*.com`",
        UNANCHORED,
        || of("https://*.com"),
        "origin `https://*.com` would cover every site below a public suffix: a pattern needs a name of two labels or more after `*.`",
    ),
    (
        "`*.example.com`",
        UNANCHORED,
        || of("*.example.com"),
        "origin `*.example.com` has no scheme and host (`https://example.com`)",
    ),
    (
        "`https://a.*.com`",
        UNANCHORED,
        || of("https://a.*.com"),
        "origin `https://a.*.com` has a `*` where none may stand (any origin is a rule of its own; a subdomain pattern is `https://*.example.com`)",
    ),
    (
        "`http://x:80`",
        FETCH,
        || of("http://x:80"),
        "origin `http://x:80` has the scheme's default port, which is never sent: write `http://x`",
    ),
    (
        "`CONNECT`",
        FETCH,
        || made(for_a().methods(Methods::list(["CONNECT"]))),
        "`CONNECT` is a forbidden method: no browser sends it",
    ),
    (
        "`Set-Cookie` exposed",
        FETCH,
        || made(for_a().exposed_headers(ExposedHeaders::list(["Set-Cookie"]))),
        "`Set-Cookie` is never shown to a page",
    ),
    (
        "a header that begins with `Sec-`",
        FETCH,
        || made(for_a().request_headers(RequestHeaders::list(["Sec-Fetch-Site"]))),
        "`Sec-Fetch-Site` is not a header that a page can set on a request",
    ),
    (
        "a header with a line break",
        FETCH,
        || made(for_a().exposed_headers(ExposedHeaders::list(["a\r\nb: c"]))),
        r"`a\r\nb: c` is not a header's name: a name is a token of RFC 9110",
    ),
    (
        "a method with a line break",
        FETCH,
        || made(for_a().methods(Methods::list(["PUT\nX"]))),
        r"`PUT\nX` is not a method: a method is a token of RFC 9110",
    ),
    (
        "a max age below -1",
        FETCH,
        || made(for_a().max_age(MaxAge::seconds(-2))),
        "max age `-2` is out of range: seconds from 0 to 2147483647, or -1 for no caching",
    ),
    (
        "`*` for headers, and nothing of `Authorization`",
        FETCH,
        || made(for_a().request_headers(RequestHeaders::any())),
        "`*` never covers `Authorization`: say whether it is allowed besides",
    ),
    (
        "`*` doesn't cover `Authorization`",
        FETCH,
        || {
            let policy = for_a().request_headers(RequestHeaders::any().without_authorization());
            preflight(policy, &[(METHOD, b"GET"), (HEADERS, b"authorization")])
        },
        "header `authorization` is not allowed; no header; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "`Authorization`, by default",
        FETCH,
        || preflight(for_a(), &[(METHOD, b"GET"), (HEADERS, b"authorization")]),
        "Allow-Origin: https://example.com, Allow-Headers: authorization; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "a header's name in other case",
        FETCH,
        || preflight(for_a(), &[(METHOD, b"GET"), (HEADERS, b"AUTHORIZATION")]),
        "Allow-Origin: https://example.com, Allow-Headers: AUTHORIZATION; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "a method in other case",
        FETCH,
        || preflight(for_a().methods(Methods::list(["PATCH"])), &[(METHOD, b"patch")]),
        "method `patch` is not allowed; no header; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    ("`OPTIONS` that asks nothing", FETCH, || preflight(for_a(), &[]), ALLOWED),
    (
        "a refused pre-flight",
        FETCH,
        || preflight(for_a(), &[(METHOD, b"DELETE")]),
        "method `DELETE` is not allowed; no header; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "a million commas",
        COMMAS,
        || preflight(for_a(), &[(METHOD, b"GET"), (HEADERS, &[b','; 1_000_000])]),
        "pre-flight is malformed; no header; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "a private network, by default",
        FETCH,
        || preflight(for_a(), &[(METHOD, b"GET"), ("Access-Control-Request-Private-Network", b"true")]),
        "Allow-Origin: https://example.com; varies by Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    (
        "a private network for any origin",
        FETCH,
        || made(for_any().private_network(PrivateNetwork::allow())),
        "a private network can't be opened to any origin or to `null`: list the origins",
    ),
];
