//! The layer, through tower's `Service` and without a server: every status, header and event.

use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::{Ready, ready},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::{Method, Request, Response};
use keyward::{
    Authenticator, Role, Roles, Schema, Timestamp,
    http::{
        BrowserPolicy, Challenge, OriginList, QueryParameter,
        cors::{ExposedHeaders, Methods, Origins, Policy},
    },
    key::{KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix},
    store::{AsyncKeyStore, KeyRecord, KeyStore, MemoryStore},
    tower::{Caller, Cors, Guard, Guarded, Need, system_clock},
};
use tower_layer::Layer;
use tower_service::Service;

use crate::block_on;

const APP: &str = "https://app.example";
const CONSOLE: &str = "https://console.example";
const EVIL: &str = "https://evil.example";
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_000);

/// What a guard reported, as lines.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn report(&self) -> impl Fn(&keyward::tower::Event<'_>) + Send + Sync + 'static {
        let lines = Arc::clone(&self.0);
        move |event| lines.lock().unwrap().push(event.to_string())
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// An authenticator with the account `acme`, a store, and the texts of its keys.
pub(crate) struct World {
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) reader: String,
    ended: String,
    unknown: String,
    pub(crate) ids: [String; 3],
}

pub(crate) fn world() -> World {
    let schema = Schema::from_json(
        r#"{"resources": {"products": {}, "orders": {"operations": ["read", "approve"]}},
            "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    );
    let schema = schema.unwrap_or_else(|error| panic!("{error}"));
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    let authenticator = Authenticator::new(&schema, format.clone());
    let role = Role::new("reader", ["products:read,list"]).unwrap();
    authenticator.set_roles(Roles::new(&schema, "acme").unwrap().with(role).unwrap(), 1).unwrap();
    let new = |byte: u8| format.generate_access_token(KeyEntropy::take(&mut [byte; 32]).unwrap(), None);
    let (reader, ended, unknown) = (new(1), new(2), new(3));
    let record = |new: &keyward::key::NewKey<keyward::key::AccessToken>, actor: &str| {
        let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest.clone(), "acme", actor).unwrap();
        record.with_roles(["reader"]).with_conditions(["brand:a".parse().unwrap()])
    };
    let records = [record(&reader, "t1"), record(&ended, "t2").with_expiry(Some(Timestamp::from_millis(5)))];
    World {
        authenticator: Arc::new(authenticator),
        store: Arc::new(MemoryStore::from_records(records).unwrap()),
        ids: [&reader.id, &ended.id, &unknown.id].map(ToString::to_string),
        reader: reader.key.reveal().to_owned(),
        ended: ended.key.reveal().to_owned(),
        unknown: unknown.key.reveal().to_owned(),
    }
}

/// The service behind: it counts its calls, and says who called.
#[derive(Clone, Default)]
struct Hello(Arc<AtomicUsize>);

impl Service<Request<()>> for Hello {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        self.0.fetch_add(1, Ordering::Relaxed);
        let caller = request.extensions().get::<Caller>().map_or("nobody", |caller| caller.record().actor());
        let sensitive = request.headers().get_all("authorization").iter().all(http::HeaderValue::is_sensitive);
        let mut response = Response::builder().header("vary", "Accept").header("access-control-allow-origin", "*");
        for said in request.headers().get_all("x-cache") {
            response = response.header("cache-control", said);
        }
        ready(Ok(response.body(format!("{caller} {sensitive}")).unwrap()))
    }
}

/// A store that is waited for, and is pending once.
struct Slow(Arc<MemoryStore>);

impl AsyncKeyStore for Slow {
    type Record = KeyRecord;
    type Error = Infallible;

    async fn find_async(&self, id: KeyId) -> Result<Option<KeyRecord>, Infallible> {
        Once(false).await;
        Ok(self.0.find(id)?.map(|found| (*found).clone()))
    }
}

struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A store that can't tell.
struct Broken;

#[derive(Debug)]
struct Unreachable;

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no route to 10.0.0.1")
    }
}

impl Error for Unreachable {}

impl KeyStore for Broken {
    type Record = KeyRecord;
    type Error = Unreachable;

    fn find(&self, _: KeyId) -> Result<Option<KeyRecord>, Unreachable> {
        Err(Unreachable)
    }
}

impl AsyncKeyStore for Broken {
    type Record = KeyRecord;
    type Error = Unreachable;

    async fn find_async(&self, _: KeyId) -> Result<Option<KeyRecord>, Unreachable> {
        Err(Unreachable)
    }
}

fn challenge() -> Challenge {
    Challenge::new("products").unwrap()
}

fn configured(guard: Guard) -> Guard {
    let cors = Policy::builder()
        .origins(Origins::list([APP, CONSOLE]))
        .methods(Methods::list(["PUT"]))
        .exposed_headers(ExposedHeaders::list(["WWW-Authenticate"]))
        .build();
    let browsers = BrowserPolicy::refuse().except(OriginList::new([CONSOLE]).unwrap());
    guard.with_cors(cors.unwrap()).with_browsers(browsers)
}

/// The same guard over a store that answers at once and over one that is waited for.
fn both(world: &World, log: &Log) -> [Guard; 2] {
    let now = || NOW;
    [
        Guard::new(world.authenticator.clone(), world.store.clone(), challenge(), now, log.report()),
        Guard::new_async(world.authenticator.clone(), Slow(world.store.clone()), challenge(), now, log.report()),
    ]
    .map(configured)
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request<()> {
    let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(()).unwrap()
}

fn send(service: &mut Cors<Guarded<Hello>>, request: Request<()>) -> Response<String> {
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    block_on(service.call(request)).unwrap()
}

struct Case {
    name: &'static str,
    request: Request<()>,
    status: u16,
    /// The code of a refusal's document; the whole body otherwise.
    says: &'static str,
    challenge: Option<&'static str>,
    allowed: Option<&'static str>,
    event: Option<String>,
    called: bool,
}

#[test]
fn every_answer_has_its_status_headers_and_event() {
    let world = world();
    let bearer = format!("Bearer {}", world.reader);
    let (wrong, ended, unknown) = (
        format!("Bearer {}", world.reader.replace('_', "-")),
        format!("Bearer {}", world.ended),
        format!("Bearer {}", world.unknown),
    );
    let missing = r#"Bearer realm="products""#;
    let malformed = r#"Bearer realm="products", error="invalid_request""#;
    let invalid = r#"Bearer realm="products", error="invalid_token""#;
    let case = |name, request, (status, says), challenge, event: Option<&str>| Case {
        name,
        request,
        status,
        says,
        challenge,
        allowed: None,
        event: event.map(str::to_owned),
        called: status == 200,
    };
    let auth = |lines: &[&str]| {
        let lines: Vec<_> = lines.iter().map(|line| ("authorization", *line)).collect();
        request("GET", "/", &lines)
    };
    let ask = "access-control-request-method";
    let preflight = |origin, method| request("OPTIONS", "/", &[("origin", origin), (ask, method)]);
    let with_key = |origin, key| request("PUT", "/", &[("origin", origin), ("authorization", key)]);
    let in_query = request("GET", &format!("/?access_token={}", world.reader), &[]);
    let ids = &world.ids;
    let cases = vec![
        case("a good key", auth(&[&bearer]), (200, "t1 true"), None, None),
        case("the key alone", auth(&[&world.reader]), (200, "t1 true"), None, None),
        case("none", auth(&[]), (401, "missing_credentials"), Some(missing), Some("request refused: no credentials")),
        case(
            "a key in the query is none",
            in_query,
            (401, "missing_credentials"),
            Some(missing),
            Some("request refused: no credentials"),
        ),
        case(
            "another scheme",
            auth(&[&bearer.replace("Bearer", "Basic")]),
            (401, "missing_credentials"),
            Some(missing),
            Some("request refused: authorization scheme is not supported"),
        ),
        case(
            "two lines",
            auth(&[&bearer, &bearer]),
            (400, "invalid_request"),
            Some(malformed),
            Some("request refused: more than one credential"),
        ),
        case(
            "two keys in a line",
            auth(&[&format!("{bearer},{bearer}")]),
            (400, "invalid_request"),
            Some(malformed),
            Some("request refused: credential is malformed"),
        ),
        case("mistyped", auth(&[&wrong]), (401, "invalid_token"), Some(invalid), Some("key refused: ")),
        case(
            "ended",
            auth(&[&ended]),
            (401, "invalid_token"),
            Some(invalid),
            Some(&format!("key {} refused: expired at 5", ids[1])),
        ),
        case(
            "unknown",
            auth(&[&unknown]),
            (401, "invalid_token"),
            Some(invalid),
            Some(&format!("key {} refused: unknown key", ids[2])),
        ),
        Case { allowed: Some(CONSOLE), ..case("a console", with_key(CONSOLE, &bearer), (200, "t1 true"), None, None) },
        Case {
            allowed: Some(APP),
            ..case(
                "a page",
                with_key(APP, &bearer),
                (403, "key_in_browser"),
                None,
                Some("key refused: it came from a browser"),
            )
        },
        case(
            "another's page",
            with_key(EVIL, &bearer),
            (403, "key_in_browser"),
            None,
            Some("key refused: it came from a browser"),
        ),
        case(
            "a bad key from a page",
            with_key(EVIL, &unknown),
            (403, "key_in_browser"),
            None,
            Some("key refused: it came from a browser"),
        ),
        Case {
            allowed: Some(APP),
            ..case(
                "no key from a page",
                request("GET", "/", &[("origin", APP)]),
                (401, "missing_credentials"),
                Some(missing),
                Some("request refused: no credentials"),
            )
        },
        Case {
            allowed: Some(APP),
            called: false,
            ..case("a pre-flight", preflight(APP, "PUT"), (204, ""), None, None)
        },
        case("its origin", preflight(EVIL, "PUT"), (403, ""), None, Some("pre-flight refused: origin is not allowed")),
        case(
            "its method",
            preflight(APP, "DELETE"),
            (403, ""),
            None,
            Some("pre-flight refused: method `DELETE` is not allowed"),
        ),
        case(
            "a pre-flight with a key",
            request("OPTIONS", "/", &[("origin", EVIL), (ask, "PUT"), ("authorization", &bearer)]),
            (403, ""),
            None,
            Some("pre-flight refused: origin is not allowed"),
        ),
        case(
            "OPTIONS without an origin is no pre-flight",
            request("OPTIONS", "/", &[(ask, "PUT")]),
            (401, "missing_credentials"),
            Some(missing),
            Some("request refused: no credentials"),
        ),
        Case {
            allowed: Some(APP),
            ..case(
                "OPTIONS that asks for no method is none",
                request("OPTIONS", "/", &[("origin", APP)]),
                (401, "missing_credentials"),
                Some(missing),
                Some("request refused: no credentials"),
            )
        },
        case(
            "OPTIONS with a key",
            request("OPTIONS", "/", &[("authorization", &bearer)]),
            (200, "t1 true"),
            None,
            None,
        ),
    ];
    for case in cases {
        let log = Log::default();
        for guard in both(&world, &log) {
            let hello = Hello::default();
            let Case { name, status, says, challenge, allowed, ref event, called, .. } = case;
            let response = send(&mut guard.layer(hello.clone()), case.request.clone());
            let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(response.status(), status, "{name}");
            assert_eq!(hello.0.load(Ordering::Relaxed), usize::from(called), "{name}: calls");
            assert_eq!(header("www-authenticate"), challenge, "{name}");
            assert_eq!(header("access-control-allow-origin"), allowed, "{name}");
            let varies: Vec<_> =
                response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            let varies = varies.join(", ");
            let is_preflight = says.is_empty();
            let asked =
                ["", ", Access-Control-Request-Method, Access-Control-Request-Headers"][usize::from(is_preflight)];
            assert_eq!(varies, format!("{}Origin{asked}", if called { "Accept, " } else { "" }), "{name}");
            match response.body().strip_prefix('{') {
                Some(_) => {
                    let document: serde_json::Value = serde_json::from_str(response.body()).unwrap();
                    assert_eq!((&document["status"], &document["code"]), (&status.into(), &says.into()), "{name}");
                    assert_eq!(header("cache-control"), Some("no-store"), "{name}");
                    assert_eq!(header("content-type"), Some("application/json"), "{name}");
                }
                None => assert_eq!(response.body(), says, "{name}"),
            }
            let lines = log.take();
            assert_eq!(lines.len(), usize::from(event.is_some()), "{name}: {lines:?}");
            for (line, event) in lines.iter().zip(event) {
                assert!(line.starts_with(event), "{name}: {line}");
            }
            let said = format!("{response:?}{lines:?}");
            assert!(!said.contains(&world.reader) && !said.contains(&world.ended), "{name}: a key is repeated");
        }
    }
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    let (world, log) = (world(), Log::default());
    let guards = [
        Guard::new(world.authenticator.clone(), Broken, challenge(), || NOW, log.report()),
        Guard::new_async(world.authenticator.clone(), Broken, challenge(), || NOW, log.report()),
    ];
    for guard in guards {
        let hello = Hello::default();
        let request = request("GET", "/", &[("authorization", &world.reader)]);
        let response = send(&mut guard.layer(hello.clone()), request);
        assert_eq!((response.status().as_u16(), hello.0.load(Ordering::Relaxed)), (503, 0));
        assert!(!response.body().contains("10.0.0.1"), "{}", response.body());
        assert!(response.headers().get("www-authenticate").is_none());
        assert_eq!(log.take(), ["key store failed: no route to 10.0.0.1"]);
    }
}

#[test]
fn what_a_guard_needs_is_checked_before_the_service_is_called() {
    let (world, log) = (world(), Log::default());
    let cases = [
        (Need::Permission("products:read"), 200, 1),
        (Need::Permission("products:delete"), 403, 0),
        (Need::Permission("orders:approve"), 403, 0),
        (Need::Key, 200, 1),
    ];
    for guard in both(&world, &log) {
        for (need, status, calls) in cases {
            let hello = Hello::default();
            let request = request("GET", "/", &[("authorization", &world.reader)]);
            let response = send(&mut guard.needing(need).unwrap().layer(hello.clone()), request);
            assert_eq!((response.status().as_u16(), hello.0.load(Ordering::Relaxed)), (status, calls), "{need:?}");
            let (Need::Permission(permission), 403) = (need, status) else { continue };
            let challenge = format!(r#"Bearer realm="products", error="insufficient_scope", scope="{permission}""#);
            assert_eq!(response.headers()["www-authenticate"], challenge);
            assert_eq!(log.take(), [format!("`t1` of `acme` denied: no role grants `{permission}`")]);
        }
        // Nobody is looked for where anyone may come; pre-flights are answered all the same.
        let mut public = guard.needing(Need::Public).unwrap().layer(Hello::default());
        let bad = request("GET", "/", &[("authorization", "Basic x"), ("origin", EVIL)]);
        assert_eq!(send(&mut public, bad).body(), "nobody true");
        let preflight = request("OPTIONS", "/", &[("origin", EVIL), ("access-control-request-method", "PUT")]);
        assert_eq!(send(&mut public, preflight).status(), 403);
        log.take();
    }
}

#[test]
fn a_need_that_the_schema_does_not_have_is_an_error_at_the_start() {
    let (world, log) = (world(), Log::default());
    let [guard, _] = both(&world, &log);
    let cases = [
        ("product:read", "unknown resource type `product`; did you mean `products`?"),
        ("products:raed", "resource type `products`: unknown operation `raed`; did you mean `read`?"),
        ("read:products", "unknown resource type `read`: the type comes first, write `products:read`"),
        (
            "products:approve",
            "resource type `products`: unknown operation `approve`; there are `create`, `read`, `update`, `delete`, `list`",
        ),
        ("orders:delete", "resource type `orders`: unknown operation `delete`; there are `read`, `approve`"),
        ("products:*", "`products:*` is not one operation on one type: write one, as in `products:read`"),
        (
            "products:read,list",
            "`products:read,list` is not one operation on one type: write one, as in `products:read`",
        ),
        (
            "products",
            "permission `products`: there is no colon; a permission is a type, a colon and operations, as in \
             `products:read`",
        ),
    ];
    for (need, message) in cases {
        assert_eq!(guard.needing(Need::Permission(need)).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_key_in_the_query_is_taken_where_the_host_says_so() {
    let (world, log) = (world(), Log::default());
    let [guard, _] = both(&world, &log);
    let mut taking = guard.with_query(QueryParameter::Accepted).layer(Hello::default());
    let uri = format!("/?access_token={}", world.reader);
    let response = send(&mut taking, request("GET", &uri, &[]));
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (200, &"private".parse().unwrap()));
    // No shared cache keeps it, whatever the handler says.
    for (said, kept) in [
        ("public, max-age=3600", "private"),
        ("private=\"set-cookie\"", "private"),
        ("max-age=9, Private", "max-age=9, Private"),
        ("no-store", "no-store"),
    ] {
        let response = send(&mut taking, request("GET", &uri, &[("x-cache", said)]));
        let lines: Vec<_> = response.headers().get_all("cache-control").iter().collect();
        assert_eq!(lines, [kept], "{said}");
    }
    let both = send(&mut taking, request("GET", &uri, &[("authorization", &world.reader)]));
    assert_eq!(both.status(), 400);
    assert_eq!(log.take(), ["request refused: more than one credential"]);
}

#[test]
fn until_it_is_told_otherwise_a_guard_lets_no_page_in() {
    let (world, log) = (world(), Log::default());
    let guard = Guard::new(world.authenticator.clone(), world.store.clone(), challenge(), || NOW, log.report());
    let mut service = guard.layer(Hello::default());
    let preflight = request("OPTIONS", "/", &[("origin", APP), ("access-control-request-method", "GET")]);
    let response = send(&mut service, preflight);
    assert_eq!((response.status().as_u16(), response.headers().len()), (403, 1), "{response:?}");
    let key = request("GET", "/", &[("origin", APP), ("authorization", &world.reader)]);
    assert_eq!(send(&mut service, key).status(), 403);
    let served = send(&mut service, request("GET", "/", &[("authorization", &world.reader)]));
    assert_eq!(served.headers().get("access-control-allow-origin"), None, "the service's own is not the policy's");
    let warning = guard.with_browsers(BrowserPolicy::warn());
    log.take();
    let key = request("GET", "/", &[("origin", APP), ("authorization", &world.reader)]);
    assert_eq!(send(&mut warning.layer(Hello::default()), key).status(), 200);
    assert_eq!(log.take(), ["key came from a browser"]);
}

#[test]
fn the_time_is_that_of_the_clock_and_changes_are_seen_at_once() {
    let (world, log) = (world(), Log::default());
    let guard = |now: fn() -> Timestamp| {
        Guard::new(world.authenticator.clone(), world.store.clone(), challenge(), now, log.report())
            .layer(Hello::default())
    };
    let ended = || request("GET", "/", &[("authorization", &world.ended)]);
    assert_eq!(send(&mut guard(|| Timestamp::from_millis(4)), ended()).status(), 200);
    let mut service = guard(|| Timestamp::from_millis(5));
    assert_eq!(send(&mut service, ended()).status(), 401);
    let reader = || request("GET", "/", &[("authorization", &world.reader)]);
    assert_eq!(send(&mut service, reader()).status(), 200);
    world.authenticator.remove_account("acme", 2).unwrap();
    assert_eq!(send(&mut service, reader()).status(), 401);
    assert!(log.take().concat().ends_with("the account is not known"));

    let present = Timestamp::from(std::time::SystemTime::now());
    let read = system_clock();
    assert!(read >= present && read <= present.checked_add(Duration::from_secs(60)).unwrap());
}

#[test]
fn an_explanation_goes_with_every_refusal() {
    let (world, log) = (world(), Log::default());
    let [guard, _] = both(&world, &log);
    let response = send(&mut guard.with_more_info("/errors").layer(Hello::default()), request("GET", "/", &[]));
    assert!(response.body().ends_with(r#""moreInfo":"/errors"}"#), "{}", response.body());
}

#[test]
fn a_guard_shows_no_secret_and_is_shared() {
    fn shared<T: Clone + Send + Sync + fmt::Debug + 'static>(_: &T) {}
    let (world, log) = (world(), Log::default());
    for guard in both(&world, &log) {
        shared(&guard);
        shared(&guard.layer(()));
        assert!(format!("{guard:?}").starts_with("Guard { authenticator: Authenticator {"));
    }
}

/// A request that says which version of the account it has seen is judged by that or a later one, or not at all.
#[test]
fn a_request_may_ask_for_a_version() {
    let (world, log) = (world(), Log::default());
    let bearer = format!("Bearer {}", world.reader);
    for guard in both(&world, &log) {
        let guard = guard.with_least_version(|request| match request.headers.get("x-at-least") {
            None => Ok(0),
            Some(version) => version
                .to_str()
                .ok()
                .and_then(|version| version.parse().ok())
                .ok_or_else(|| keyward::http::Refused::new(400, "invalid_version", "no version")),
        });
        let mut service = guard.layer(Hello::default());
        let mut ask = |key: &str, version: &str| {
            let headers = [("authorization", key), ("x-at-least", version)];
            send(&mut service, request("GET", "/", &headers)).status().as_u16()
        };
        assert_eq!([ask(&bearer, "0"), ask(&bearer, "1")], [200; 2]);
        assert_eq!(ask(&bearer, "2"), 503, "there is no such version yet");
        assert_eq!(ask(&bearer, &u64::MAX.to_string()), 503);
        assert_eq!([ask(&bearer, "-1"), ask(&bearer, "18446744073709551616"), ask(&bearer, "x")], [400; 3]);
        // Who has no good key learns nothing of versions.
        assert_eq!(ask(&format!("Bearer {}", world.unknown), "2"), 401);
        assert_eq!(send(&mut service, request("GET", "/", &[("authorization", &bearer)])).status(), 200);
    }
    world.authenticator.set_roles(Roles::new(world.authenticator.schema(), "acme").unwrap(), 2).unwrap();
    for guard in both(&world, &log) {
        let mut service = guard.with_least_version(|_| Ok(2)).layer(Hello::default());
        assert_eq!(send(&mut service, request("GET", "/", &[("authorization", &bearer)])).status(), 200);
    }
}
