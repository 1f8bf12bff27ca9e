//! What a policy answers: a table of requests, each with what the Fetch Standard makes of it.

use keyward::http::cors::{
    Answer, Class, Credentials, ExposedHeaders, MaxAge, Methods, Origins, Policy, PolicyBuilder, PrivateNetwork,
    Refusal, RequestHeaders,
};

const A: (&str, &str) = ("Origin", "https://a.example");
const GET: (&str, &str) = ("Access-Control-Request-Method", "GET");
const PUT: (&str, &str) = ("Access-Control-Request-Method", "PUT");

const ALLOW_A: (&str, &str) = ("Access-Control-Allow-Origin", "https://a.example");
const ALLOW_ANY: (&str, &str) = ("Access-Control-Allow-Origin", "*");
const WITH_CREDENTIALS: (&str, &str) = ("Access-Control-Allow-Credentials", "true");

const ORIGIN: &[&str] = &["Origin"];
const QUESTION: &[&str] = &["Access-Control-Request-Method", "Access-Control-Request-Headers"];
const BOTH: &[&str] = &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];

type Lines = &'static [(&'static str, &'static [u8])];

struct Case {
    note: &'static str,
    policy: PolicyBuilder,
    method: &'static str,
    request: Vec<(&'static str, &'static str)>,
    class: Class,
    refusal: Option<Refusal<'static>>,
    headers: Vec<(&'static str, &'static str)>,
    vary: &'static [&'static str],
}

fn for_a() -> PolicyBuilder {
    Policy::builder().origins(Origins::list(["https://a.example"]))
}

fn for_any() -> PolicyBuilder {
    Policy::builder().origins(Origins::any())
}

fn ask(headers: &'static str) -> (&'static str, &'static str) {
    ("Access-Control-Request-Headers", headers)
}

fn allow(headers: &'static str) -> (&'static str, &'static str) {
    ("Access-Control-Allow-Headers", headers)
}

#[expect(clippy::unwrap_used, reason = "a table whose policy can't be built is a failure of the test")]
fn check(cases: Vec<Case>) {
    for Case { note, policy, method, request, class, refusal, headers, vary } in cases {
        let policy = policy.build().unwrap();
        let lines = request.iter().map(|(name, value)| (*name, value.as_bytes()));
        let answer = policy.evaluate(method, lines);
        assert_eq!((answer.class(), answer.refusal()), (class, refusal), "{note}");
        assert_eq!(answer.headers().collect::<Vec<_>>(), headers, "{note}");
        assert_eq!(answer.vary().names(), vary, "{note}");
        assert_eq!(answer.vary().value().unwrap_or_default(), vary.join(", "), "{note}");
        assert_eq!(answer.is_allowed(), class != Class::NonCors && refusal.is_none(), "{note}");
        let status = (class == Class::Preflight).then_some(if refusal.is_none() { 204 } else { 403 });
        assert_eq!(answer.preflight_status(), status, "{note}");
    }
}

macro_rules! case {
    ($note:literal, $policy:expr, $method:literal $request:expr => $class:ident $refusal:expr, $headers:expr, $vary:expr) => {
        Case {
            note: $note,
            policy: $policy,
            method: $method,
            request: $request.to_vec(),
            class: Class::$class,
            refusal: $refusal,
            headers: $headers.to_vec(),
            vary: $vary,
        }
    };
}

#[test]
fn requests_that_are_no_preflights() {
    let exposing = || for_a().exposed_headers(ExposedHeaders::list(["Link", "x-Count"]));
    let expose = ("Access-Control-Expose-Headers", "Link, x-Count");
    let with_credentials = || for_a().credentials(Credentials::allow());
    check(vec![
        case!("no origin: nothing, but a cache must know", for_a(), "GET" [] => NonCors None, [], ORIGIN),
        case!("any origin: the same answer to everyone, so no `Vary`", for_any(), "GET" [] => NonCors None, [ALLOW_ANY], &[]),
        case!("any origin, from one", for_any(), "GET" [A] => Actual None, [ALLOW_ANY], &[]),
        case!("any origin is not reflected", for_any(), "DELETE" [("Origin", "https://evil.example")] => Actual None, [ALLOW_ANY], &[]),
        case!("any origin covers `null`", for_any(), "GET" [("Origin", "null")] => Actual None, [ALLOW_ANY], &[]),
        case!("a listed origin", for_a(), "GET" [A] => Actual None, [ALLOW_A], ORIGIN),
        case!("header names have no case", for_a(), "GET" [("oRIGIN", "https://a.example")] => Actual None, [ALLOW_A], ORIGIN),
        case!("methods of actual requests are not CORS's", for_a(), "DELETE" [A] => Actual None, [ALLOW_A], ORIGIN),
        case!("exposed headers as they were listed", exposing(), "GET" [A] => Actual None, [ALLOW_A, expose], ORIGIN),
        case!("nothing is exposed to a refused origin", exposing(), "GET" [("Origin", "https://b.example")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("credentials", with_credentials(), "GET" [A] => Actual None, [ALLOW_A, WITH_CREDENTIALS], ORIGIN),
        case!("no credentials for a refused origin", with_credentials(), "GET" [("Origin", "https://b.example")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("a plain OPTIONS is an ordinary request", for_a(), "OPTIONS" [A] => Actual None, [ALLOW_A], ORIGIN),
        case!("also when it asks for headers", for_a(), "OPTIONS" [A, ask("x-a")] => Actual None, [ALLOW_A], ORIGIN),
        case!("methods have case: `options` asks nothing", for_a(), "options" [A, PUT] => Actual None, [ALLOW_A], ORIGIN),
        case!("no other method asks", for_a(), "GET" [A, PUT] => Actual None, [ALLOW_A], ORIGIN),
        case!("without an origin nothing is asked", for_a(), "OPTIONS" [PUT] => NonCors None, [], ORIGIN),
        case!("an empty origin is one, and not allowed", for_a(), "GET" [("Origin", "")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("two origins are none", for_a(), "GET" [A, A] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("`null` is not listed", for_a(), "GET" [("Origin", "null")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("a suffix is not a match", for_a(), "GET" [("Origin", "https://evila.example")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("nor is a prefix", for_a(), "GET" [("Origin", "https://a.example.evil.io")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("nor another spelling", for_a(), "GET" [("Origin", "https://a.example/")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("private network is a matter of pre-flights", for_a().private_network(PrivateNetwork::allow()), "GET" [A, ("Access-Control-Request-Private-Network", "true")] => Actual None, [ALLOW_A], ORIGIN),
        case!("nobody: caches are told of everything that may come to matter", Policy::builder(), "GET" [] => NonCors None, [], BOTH),
        case!("an empty list is nobody", Policy::builder().origins(Origins::list([""; 0])), "GET" [A] => Actual Some(Refusal::Origin), [], BOTH),
        case!("an app without a host, by its text", Policy::builder().origins(Origins::list(["app://"])), "GET" [("Origin", "app://")] => Actual None, [("Access-Control-Allow-Origin", "app://")], ORIGIN),
        case!("and no other", Policy::builder().origins(Origins::list(["app://"])), "GET" [("Origin", "app://x")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("`null`, by its name", Policy::builder().origins(Origins::none().with_null()), "GET" [("Origin", "null")] => Actual None, [("Access-Control-Allow-Origin", "null")], ORIGIN),
    ]);
}

#[test]
fn origins_by_predicate() {
    let below = || Policy::builder().origins(Origins::predicate(|origin| origin.is_subdomain_of("example.com")));
    let allow = ("Access-Control-Allow-Origin", "https://x.example.com");
    check(vec![
        case!("what it lets in", below(), "GET" [("Origin", "https://x.example.com")] => Actual None, [allow], ORIGIN),
        case!("what it doesn't", below(), "GET" [("Origin", "https://xexample.com")] => Actual Some(Refusal::Origin), [], ORIGIN),
        case!("the answer to others varies too", below(), "GET" [] => NonCors None, [], ORIGIN),
    ]);
    let all = Policy::builder().origins(Origins::predicate(|_| true)).build().unwrap();
    for never_asked in
        ["null", "", "x", "app://", "https://A.example", "https://a.example/", "https://a.example\r\nX: y"]
    {
        let answer = all.evaluate("GET", [("Origin", never_asked.as_bytes())]);
        assert_eq!(answer.refusal(), Some(Refusal::Origin), "{never_asked:?}");
    }
    let null = Policy::builder().origins(Origins::predicate(|_| false).with_null()).build().unwrap();
    assert!(null.evaluate("GET", [("Origin", &b"null"[..])]).is_allowed(), "`null` has its own name");
    assert_eq!(
        format!("{:?}", Origins::predicate(|_| true)),
        "Origins { kind: Predicate(Predicate(..)), null: false }"
    );
}

#[test]
fn preflights() {
    let put = ("Access-Control-Allow-Methods", "PUT");
    let putting = || for_a().methods(Methods::list(["PUT", "DELETE"]));
    let headers = || for_a().request_headers(RequestHeaders::list(["X-B", "x-a"]));
    let keyless =
        || for_a().request_headers(RequestHeaders::list(["X-B", "Authorization", "x-a"]).without_authorization());
    let network = ("Access-Control-Request-Private-Network", "true");
    let private = || for_a().private_network(PrivateNetwork::allow());
    let method = |name| Some(Refusal::Method(name));
    let header = |name| Some(Refusal::Header(name));
    check(vec![
        case!("a safelisted method needs no word", for_a(), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A], BOTH),
        case!("a listed method is answered alone", putting(), "OPTIONS" [A, PUT] => Preflight None, [ALLOW_A, put], BOTH),
        case!("a safelisted one can't be refused by leaving it out", putting(), "OPTIONS" [A, ("Access-Control-Request-Method", "POST")] => Preflight None, [ALLOW_A], BOTH),
        case!("an unlisted one is", for_a(), "OPTIONS" [A, PUT] => Preflight method("PUT"), [], BOTH),
        case!("methods have case", putting(), "OPTIONS" [A, ("Access-Control-Request-Method", "put")] => Preflight method("put"), [], BOTH),
        case!("also the safelisted", for_a(), "OPTIONS" [A, ("Access-Control-Request-Method", "get")] => Preflight method("get"), [], BOTH),
        case!("`*` is no method's name", putting(), "OPTIONS" [A, ("Access-Control-Request-Method", "*")] => Preflight method("*"), [], BOTH),
        case!("any method", for_a().methods(Methods::any()), "OPTIONS" [A, PUT] => Preflight None, [ALLOW_A, ("Access-Control-Allow-Methods", "*")], BOTH),
        case!("but no forbidden one", for_a().methods(Methods::any()), "OPTIONS" [A, ("Access-Control-Request-Method", "TRACE")] => Preflight method("TRACE"), [], BOTH),
        case!("an empty method asks, and nothing well", for_a(), "OPTIONS" [A, ("Access-Control-Request-Method", "")] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("two methods", putting(), "OPTIONS" [A, PUT, PUT] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("a list of methods", putting(), "OPTIONS" [A, ("Access-Control-Request-Method", "PUT, DELETE")] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("a refused origin learns nothing", putting(), "OPTIONS" [("Origin", "https://b.example"), PUT] => Preflight Some(Refusal::Origin), [], BOTH),
        case!("nobody", Policy::builder(), "OPTIONS" [A, GET] => Preflight Some(Refusal::Origin), [], BOTH),
        case!("any origin depends on the question alone", for_any(), "OPTIONS" [A, GET] => Preflight None, [ALLOW_ANY], QUESTION),
        case!("and a refusal just so", for_any(), "OPTIONS" [A, PUT] => Preflight method("PUT"), [], QUESTION),
        case!("`Authorization` is let in unless someone takes it out", for_a(), "OPTIONS" [A, GET, ask("authorization")] => Preflight None, [ALLOW_A, allow("authorization")], BOTH),
        case!("no other is", for_a(), "OPTIONS" [A, GET, ask("authorization,x-a")] => Preflight header("x-a"), [], BOTH),
        case!("nor by a list of others", headers(), "OPTIONS" [A, GET, ask("authorization,x-a")] => Preflight None, [ALLOW_A, allow("authorization,x-a")], BOTH),
        case!("but by who says so", keyless(), "OPTIONS" [A, GET, ask("x-a,authorization")] => Preflight header("authorization"), [], BOTH),
        case!("the others stay", keyless(), "OPTIONS" [A, GET, ask("x-a,x-b")] => Preflight None, [ALLOW_A, allow("x-a,x-b")], BOTH),
        case!("or who says that nothing needs leave", for_a().request_headers(RequestHeaders::safelisted()), "OPTIONS" [A, GET, ask("authorization")] => Preflight header("authorization"), [], BOTH),
        case!("an empty list is the default", for_a().request_headers(RequestHeaders::list([""; 0])), "OPTIONS" [A, GET, ask("authorization")] => Preflight None, [ALLOW_A, allow("authorization")], BOTH),
        case!("a list is the whole list of the others", headers(), "OPTIONS" [A, GET, ask("authorization,x-c")] => Preflight header("x-c"), [], BOTH),
        case!("names have no case, and go back as they came", headers(), "OPTIONS" [A, GET, ask("X-A,x-B")] => Preflight None, [ALLOW_A, allow("X-A,x-B")], BOTH),
        case!("one that is not listed refuses all", headers(), "OPTIONS" [A, GET, ask("x-a,x-c")] => Preflight header("x-c"), [], BOTH),
        case!("a part of a name is another name", headers(), "OPTIONS" [A, GET, ask("x-a-")] => Preflight header("x-a-"), [], BOTH),
        case!("what a browser asks for is not safelisted, whatever its name", for_a(), "OPTIONS" [A, GET, ask("content-type")] => Preflight header("content-type"), [], BOTH),
        case!("several lines are one list", headers(), "OPTIONS" [A, GET, ask("x-a"), ask("x-b")] => Preflight None, [ALLOW_A, allow("x-a,x-b")], BOTH),
        case!("white space and empty elements are nothing", headers(), "OPTIONS" [A, GET, ask("\t x-a \t ,, x-b"), ask(" ")] => Preflight None, [ALLOW_A, allow("x-a,x-b")], BOTH),
        case!("white space is not sent back", headers(), "OPTIONS" [A, GET, ask(" x-a\t, x-b")] => Preflight None, [ALLOW_A, allow("x-a,x-b")], BOTH),
        case!("an empty list asks for nothing", headers(), "OPTIONS" [A, GET, ask("")] => Preflight None, [ALLOW_A], BOTH),
        case!("so does a comma", headers(), "OPTIONS" [A, GET, ask(",")] => Preflight None, [ALLOW_A], BOTH),
        case!("order and repetition don't matter", headers(), "OPTIONS" [A, GET, ask("x-b,x-a,x-b")] => Preflight None, [ALLOW_A, allow("x-b,x-a,x-b")], BOTH),
        case!("a name with a space is none", headers(), "OPTIONS" [A, GET, ask("x-a x-b")] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("a name with a line break is none", headers(), "OPTIONS" [A, GET, ask("x-a\r\nX: y")] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("no ASCII", headers(), "OPTIONS" [A, GET, ask("x-\u{e4}")] => Preflight Some(Refusal::Malformed), [], BOTH),
        case!("private network: off", for_a(), "OPTIONS" [A, GET, network] => Preflight None, [ALLOW_A], BOTH),
        case!("a max age", for_a().max_age(MaxAge::seconds(600)), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A, ("Access-Control-Max-Age", "600")], BOTH),
        case!("0 is not the same as nothing", for_a().max_age(MaxAge::no_cache()), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A, ("Access-Control-Max-Age", "0")], BOTH),
        case!("-1 is no number of the header's", for_a().max_age(MaxAge::seconds(-1)), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A, ("Access-Control-Max-Age", "0")], BOTH),
        case!("a max age is for pre-flights", for_a().max_age(MaxAge::seconds(600)), "GET" [A] => Actual None, [ALLOW_A], ORIGIN),
        case!("exposed headers are not", for_a().exposed_headers(ExposedHeaders::list(["x"])), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A], BOTH),
    ]);
    let private_vary: &[&str] = &[
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Private-Network",
    ];
    let allowed = ("Access-Control-Allow-Private-Network", "true");
    check(vec![
        case!("private network: asked", private(), "OPTIONS" [A, GET, network] => Preflight None, [ALLOW_A, allowed], private_vary),
        case!("private network: not asked", private(), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A], private_vary),
        case!("private network: something else", private(), "OPTIONS" [A, GET, ("Access-Control-Request-Private-Network", "TRUE")] => Preflight None, [ALLOW_A], private_vary),
        case!("private network: a refused origin", private(), "OPTIONS" [("Origin", "https://b.example"), GET, network] => Preflight Some(Refusal::Origin), [], private_vary),
    ]);
}

#[test]
fn any_request_header() {
    let any = |credentials| {
        let headers = RequestHeaders::any().without_authorization();
        let credentials = if credentials { Credentials::allow() } else { Credentials::deny() };
        for_a().request_headers(headers).credentials(credentials)
    };
    let and_authorization = || any(false).request_headers(RequestHeaders::any().with_authorization());
    let refused = Some(Refusal::Header("authorization"));
    check(vec![
        case!("answered as `*`", any(false), "OPTIONS" [A, GET, ask("x-a,x-b")] => Preflight None, [ALLOW_A, allow("*")], BOTH),
        case!("only where something is asked", any(false), "OPTIONS" [A, GET] => Preflight None, [ALLOW_A], BOTH),
        case!("`*` never covers `Authorization`", any(false), "OPTIONS" [A, GET, ask("authorization,x-a")] => Preflight refused, [], BOTH),
        case!("in no case", any(false), "OPTIONS" [A, GET, ask("AUTHORIZATION")] => Preflight Some(Refusal::Header("AUTHORIZATION")), [], BOTH),
        case!("it is named beside it", and_authorization(), "OPTIONS" [A, GET, ask("authorization,x-a")] => Preflight None, [ALLOW_A, allow("*,authorization")], BOTH),
        case!("with credentials `*` is a name: the names are sent", any(true), "OPTIONS" [A, GET, ask("x-a,x-b")] => Preflight None, [ALLOW_A, WITH_CREDENTIALS, allow("x-a,x-b")], BOTH),
        case!("but not `Authorization`", any(true), "OPTIONS" [A, GET, ask("authorization")] => Preflight refused, [], BOTH),
    ]);
}

#[test]
fn hostile_preflights_are_bounded() {
    let policy = for_a().request_headers(RequestHeaders::list(["x-a"])).build().unwrap();
    let ask = |lines: &[&[u8]]| {
        let mut request = vec![("origin", &b"https://a.example"[..]), ("access-control-request-method", b"GET")];
        request.extend(lines.iter().map(|line| ("access-control-request-headers", *line)));
        policy.evaluate("OPTIONS", request).refusal().map(|refusal| refusal.to_string())
    };
    let malformed = Some("pre-flight is malformed".to_owned());
    assert_eq!(ask(&[format!("{}x-a", ",".repeat(16)).as_bytes()]), None, "16 empty elements");
    assert_eq!(ask(&[format!("{}x-a", ",".repeat(17)).as_bytes()]), malformed, "17 empty elements");
    assert_eq!(ask(&[&[&b""[..]; 16][..], &[b"x-a"]].concat()), None, "16 empty lines");
    assert_eq!(ask(&[&[&b""[..]; 17][..], &[b"x-a"]].concat()), malformed, "17 empty lines");
    assert_eq!(ask(&[",".repeat(1_000_000).as_bytes()]), malformed, "a million commas");
    assert_eq!(ask(&["x-a,".repeat(1 << 18).as_bytes()]), malformed, "1 MiB of a good name");
    assert_eq!(ask(&[&b"x-a,x-a,x-a,x-a"[..]; 1000]), malformed, "and in many lines");
    assert_eq!(ask(&[b"\xff"]), malformed, "not a text");
    let refused = ask(&["y".repeat(4096).as_bytes()]).unwrap();
    assert_eq!(refused, format!("header `{}…` is not allowed", "y".repeat(80)), "a long name is cut");

    let huge = vec![b'a'; 1 << 20];
    for name in ["origin", "access-control-request-method", "access-control-request-private-network"] {
        let request = [("origin", &b"https://a.example"[..]), ("access-control-request-method", b"GET")];
        let lines = request.iter().copied().filter(|(key, _)| *key != name).chain([(name, &huge[..])]);
        let answer = policy.evaluate("OPTIONS", lines.collect::<Vec<_>>());
        assert_eq!(answer.class(), Class::Preflight);
        assert_eq!(answer.is_allowed(), name.ends_with("network"), "{name}");
    }
}

#[test]
fn clean_requests_ask_for_no_memory() {
    let policy = Policy::builder()
        .origins(Origins::list(["https://a.example", "https://*.b.example"]))
        .methods(Methods::list(["PUT"]))
        .max_age(MaxAge::seconds(5))
        .exposed_headers(ExposedHeaders::list(["link"]))
        .build()
        .unwrap();
    let requests: [(&str, Lines); 4] = [
        ("GET", &[]),
        ("GET", &[("origin", b"https://x.b.example")]),
        (
            "OPTIONS",
            &[
                ("origin", b"https://a.example"),
                ("access-control-request-method", b"PUT"),
                ("access-control-request-headers", b"authorization"),
            ],
        ),
        ("OPTIONS", &[("origin", b"https://[::1]x"), ("access-control-request-method", b"PUT")]),
    ];
    for (method, lines) in requests {
        let counted = allocation_counter::measure(|| {
            let answer = policy.evaluate(method, lines.iter().copied());
            assert!(answer.headers().all(|(_, value)| !value.is_empty()));
        });
        assert_eq!(counted.count_total, 0, "{method} {lines:?}");
    }
}

#[test]
fn types_cross_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Policy>();
    is_send_and_sync::<PolicyBuilder>();
    is_send_and_sync::<Answer<'_>>();
}
