//! Routes of axum: what each needs, who gets to its handler, and what it answers.

use std::{sync::Arc, task::Context};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
};
use http::{Method, Request, Response};
use keyward::{
    Authenticator, Denial, Forbidden, Operation, ResourceView, Roles,
    administration::{
        Account, AccountStore, Accounts, AccountsError, AdministrationError, MemoryAccounts, SqliteError,
    },
    axum::{Routes, ServerError},
    filter::ListError,
    http::{
        Challenge, Refused,
        cors::{Origins, Policy},
    },
    key::{EntropyError, KeyEntropy, KeyFormat, KeyPrefix},
    store::{KeyRecord, KeyState, WritableKeyStore},
    tower::{Caller, Guard, Need},
};
use tower_service::Service;

use crate::{
    block_on,
    tower_guard::{Log, NOW, World, world},
};

const APP: &str = "https://app.example";

async fn list(caller: Caller) -> String {
    caller.record().actor().to_owned()
}

async fn read(caller: Caller, Path(id): Path<String>) -> Result<String, Forbidden> {
    let (brand, account) = if id == "theirs" { ("a", "other") } else { (&*id, "acme") };
    let product = [("brand", brand)];
    caller.access().decide(Operation::READ, &ResourceView::new("products", account, &product)).into_result()?;
    Ok(format!("{id} is read"))
}

async fn never() -> &'static str {
    panic!("a handler was called for who may not call it")
}

async fn open(State(state): State<&'static str>) -> &'static str {
    state
}

async fn refusing() -> Result<(), Refused> {
    Err(Refused::new(409, "conflict", "it is there already"))
}

async fn no_list() -> Result<(), ListError<std::io::Error>> {
    Err(Denial::PermissionMissing { resource: "places", operation: "list" }.into())
}

async fn broken_list() -> Result<(), ListError<std::io::Error>> {
    Err(ListError::Mapping(std::io::Error::other("no column for `brand`\n")))
}

async fn denying() -> Denial<'static> {
    Denial::PermissionMissing { resource: "products", operation: "update" }
}

fn guard(world: &World, log: &Log) -> Guard {
    let challenge = Challenge::new("products").unwrap();
    let cors = Policy::builder().origins(Origins::list([APP])).build().unwrap();
    let guard = Guard::new(world.authenticator.clone(), world.store.clone(), challenge, || NOW, log.report());
    guard.with_cors(cors).with_more_info("/errors")
}

fn app(guard: &Guard) -> Router {
    let routes = || -> Result<_, keyward::axum::RouteError> {
        Routes::new(guard)
            .route(Method::GET, "/products", Need::Permission("products:list"), list)?
            .route(Method::POST, "/products", Need::Permission("products:create"), never)?
            .route(Method::GET, "/products/{id}", Need::Permission("products:read"), read)?
            .route(Method::DELETE, "/products/{id}", Need::Permission("products:delete"), never)?
            .route(Method::POST, "/orders/{id}/approve", Need::Permission("orders:approve"), never)?
            .route(Method::GET, "/me", Need::Key, list)?
            .route(Method::GET, "/health", Need::Public, open)?
            .route(Method::GET, "/refusing", Need::Key, refusing)?
            .route(Method::GET, "/no-list", Need::Key, no_list)?
            .route(Method::GET, "/broken-list", Need::Key, broken_list)?
            .route(Method::GET, "/denying", Need::Key, denying)?
            .route(Method::GET, "/denying-anyone", Need::Public, denying)?
            .route(Method::GET, "/forgotten", Need::Public, list)
    };
    routes().unwrap().into_router().with_state("well")
}

fn send(app: &Router, method: &str, uri: &str, headers: &[(&str, &str)]) -> (Response<Body>, String) {
    let request = Request::builder().method(method).uri(uri);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut app = app.clone();
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(Service::<Request<Body>>::poll_ready(&mut app, &mut context).is_ready());
    let (parts, body) = block_on(app.call(request.body(Body::empty()).unwrap())).unwrap().into_parts();
    let body = block_on(to_bytes(body, 1 << 16)).unwrap();
    (Response::from_parts(parts, Body::empty()), String::from_utf8(body.to_vec()).unwrap())
}

/// Where a role was deleted, the log says that the key has it.
#[test]
fn a_role_that_is_not_there_is_named_to_the_host() {
    let (world, log) = (world(), Log::default());
    let app = app(&guard(&world, &log));
    let roles = Roles::new(world.authenticator.schema(), "acme").unwrap();
    world.authenticator.set_roles(roles, 2).unwrap();
    for (uri, line) in [
        (
            "/products",
            "`t1` of `acme` denied: no role grants `products:list`; its key has roles that aren't there: `reader`",
        ),
        (
            "/denying",
            "`t1` of `acme` denied: no role grants `update` on `products`; its key has roles that aren't there: `reader`",
        ),
    ] {
        let (response, body) = send(&app, "GET", uri, &[("authorization", &world.reader)]);
        assert_eq!(response.status(), 403);
        assert!(!body.contains("reader"), "{body}");
        assert_eq!(log.take(), [line]);
    }
}

#[test]
fn each_route_lets_in_who_has_what_it_needs() {
    let (world, log) = (world(), Log::default());
    let app = app(&guard(&world, &log));
    let missing = |permission: &str| format!("`t1` of `acme` denied: no role grants `{permission}`");
    let cases = [
        ("GET", "/products", 200, "t1", None),
        ("HEAD", "/products", 200, "", None),
        ("GET", "/me", 200, "t1", None),
        ("GET", "/products/a", 200, "a is read", None),
        (
            "GET",
            "/products/b",
            403,
            "condition_unmet",
            Some("`t1` of `acme` denied: condition `brand`: `brand` is `b`, accepted are `a`".to_owned()),
        ),
        (
            "GET",
            "/products/theirs",
            404,
            "not_found",
            Some("`t1` of `acme` denied: the resource is of another account".into()),
        ),
        ("POST", "/products", 403, "permission_missing", Some(missing("products:create"))),
        ("DELETE", "/products/a", 403, "permission_missing", Some(missing("products:delete"))),
        ("POST", "/orders/1/approve", 403, "permission_missing", Some(missing("orders:approve"))),
        ("GET", "/health", 200, "well", None),
        ("PUT", "/products", 405, "method_not_allowed", None),
        ("OPTIONS", "/products", 405, "method_not_allowed", None),
        ("GET", "/products/", 404, "not_found", None),
        ("GET", "/nowhere", 404, "not_found", None),
        ("GET", "/refusing", 409, "conflict", Some("`t1` of `acme` refused: 409 conflict: it is there already".into())),
        (
            "GET",
            "/no-list",
            403,
            "permission_missing",
            Some("`t1` of `acme` denied: no role grants `list` on `places`".into()),
        ),
        ("GET", "/broken-list", 500, "internal", Some("a handler failed: no column for `brand`\\n".into())),
        (
            "GET",
            "/denying",
            403,
            "permission_missing",
            Some("`t1` of `acme` denied: no role grants `update` on `products`".into()),
        ),
        (
            "GET",
            "/denying-anyone",
            403,
            "permission_missing",
            Some("denied: no role grants `update` on `products`".into()),
        ),
    ];
    for (method, uri, status, says, event) in cases {
        let (response, body) = send(&app, method, uri, &[("authorization", &world.reader)]);
        assert_eq!(response.status(), status, "{method} {uri}: {body}");
        if status == 200 {
            assert_eq!(body, says);
        } else {
            let document: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!((&document["code"], &document["moreInfo"]), (&says.into(), &"/errors".into()), "{method} {uri}");
            assert!(!body.contains("`b`"), "{body}");
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
        let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap());
        assert_eq!(challenge.is_some(), status == 403, "{method} {uri}");
        assert!(challenge.is_none_or(|value| value.contains(r#"error="insufficient_scope""#)), "{challenge:?}");
        assert_eq!(response.headers()["vary"], "Origin", "{method} {uri}");
        assert_eq!(log.take(), Vec::from_iter(event), "{method} {uri}");
    }
}

/// What failed, and where: for the log alone.
#[derive(Debug)]
struct Broken(&'static str, Option<Box<Broken>>);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Broken {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn broken() -> Broken {
    Broken("no answer", Some(Box::new(Broken("secret socket", None))))
}

async fn failing(Path(how): Path<String>) -> axum::response::Result<()> {
    Err(match &*how {
        "own" => ServerError::from(broken()).into(),
        "mapping" => ListError::Mapping(broken()).into(),
        "denied" => {
            let denial = Denial::PermissionMissing { resource: "products", operation: "list" };
            ListError::<Broken>::Denied(denial.into()).into()
        }
        "store" => AccountsError::Store(broken()).into(),
        "unknown" => AccountsError::Unknown(broken()).into(),
        "conflict" => AccountsError::<Broken>::Conflict.into(),
        "account" => AccountsError::<Broken>::UnknownAccount.into(),
        "refused" => AccountsError::<Broken>::Refused(AdministrationError::LastAdministrator).into(),
        "sqlite" => SqliteError::Database(broken()).into(),
        "entropy" => EntropyError::Source.into(),
        _ => Refused::not_found().into(),
    })
}

#[test]
fn a_handler_that_fails_tells_the_log_why_and_the_caller_nothing() {
    let (world, log) = (world(), Log::default());
    let routes = Routes::new(&guard(&world, &log)).route(Method::GET, "/{how}", Need::Key, failing).unwrap();
    let app = routes.into_router();
    for (how, status, code, event) in [
        ("own", 500, "internal", Some("a handler failed: no answer: secret socket")),
        ("mapping", 500, "internal", Some("a handler failed: no answer: secret socket")),
        ("denied", 403, "permission_missing", Some("`t1` of `acme` denied: no role grants `list` on `products`")),
        ("store", 503, "unavailable", Some("a handler failed: the store failed: no answer: secret socket")),
        (
            "unknown",
            503,
            "unavailable",
            Some(
                "a handler failed: the store failed, and whether it stored the change is not known: no answer: \
                 secret socket",
            ),
        ),
        ("conflict", 409, "conflict", Some("`t1` of `acme` refused: 409 conflict: the account was changed meanwhile")),
        ("account", 404, "not_found", Some("`t1` of `acme` refused: 404 not_found: not found")),
        (
            "refused",
            409,
            "last_administrator",
            Some("`t1` of `acme` refused: 409 last_administrator: the last administrator of the account"),
        ),
        ("sqlite", 500, "internal", Some("a handler failed: the database failed: no answer")),
        ("entropy", 500, "internal", Some("a handler failed: the source of entropy failed")),
    ] {
        let (response, body) = send(&app, "GET", &format!("/{how}"), &[("authorization", &world.reader)]);
        assert_eq!(response.status(), status, "{how}: {body}");
        let document: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&document["code"], &document["moreInfo"]), (&code.into(), &"/errors".into()), "{how}");
        assert!(!body.contains("socket") && !body.contains("no answer"), "{body}");
        assert_eq!(log.take(), Vec::from_iter(event), "{how}");
    }
}

#[test]
fn a_guard_over_accounts_loads_what_is_not_in_force() {
    let log = Log::default();
    let schema = keyward::Schema::builder().resource("products").build().unwrap();
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32]).unwrap(), None);
    let store = MemoryAccounts::new();
    let founded = Account::create(&schema, "a1", "olivia", &key, NOW).into_result().unwrap();
    AccountStore::commit(&store, &founded).unwrap();
    let accounts = Accounts::new(store, Authenticator::new(&schema, format));
    let guard = Guard::of_accounts(Arc::new(accounts), Challenge::new("products").unwrap(), || NOW, log.report());
    let app = Routes::new(&guard).route(Method::GET, "/me", Need::Permission("products:read"), list).unwrap();
    let bearer = format!("Bearer {}", key.key.reveal());
    let (response, body) = send(&app.into_router(), "GET", "/me", &[("authorization", &bearer)]);
    assert_eq!((response.status().as_u16(), &*body), (200, "olivia"), "{:?}", log.take());
}

#[test]
fn nobody_without_a_key_gets_to_a_guarded_handler() {
    let (world, log) = (world(), Log::default());
    let app = app(&guard(&world, &log));
    for (method, uri) in [
        ("GET", "/products"),
        ("HEAD", "/products"),
        ("POST", "/products"),
        ("GET", "/products/a"),
        ("DELETE", "/products/a"),
        ("POST", "/orders/1/approve"),
        ("GET", "/me"),
        ("GET", "/refusing"),
    ] {
        let (response, body) = send(&app, method, uri, &[("origin", APP)]);
        assert_eq!(response.status(), 401, "{method} {uri}: {body}");
        assert_eq!(response.headers()["www-authenticate"], r#"Bearer realm="products""#);
        assert_eq!(response.headers()["access-control-allow-origin"], APP);
        assert_eq!(log.take(), ["request refused: no credentials"]);
    }
    let preflight = [("origin", APP), ("access-control-request-method", "GET")];
    for uri in ["/products", "/health", "/nowhere"] {
        assert_eq!(send(&app, "OPTIONS", uri, &preflight).0.status(), 204, "{uri}");
    }
    assert_eq!(send(&app, "GET", "/health", &[]).1, "well");
    assert!(log.take().is_empty());
}

#[test]
fn a_key_that_is_ended_is_ended_for_the_next_request() {
    let (world, log) = (world(), Log::default());
    let app = app(&guard(&world, &log));
    let key = [("authorization", &*world.reader)];
    assert_eq!(send(&app, "GET", "/me", &key).0.status(), 200);
    let record: KeyRecord = (*world.store.records().find(|stored| stored.actor() == "t1").unwrap()).clone();
    world.store.apply(&[record.change(|record| record.with_state(KeyState::Revoked))]).unwrap();
    assert_eq!(send(&app, "GET", "/me", &key).0.status(), 401);
    assert_eq!(log.take(), [format!("key {} refused: revoked", world.ids[0])]);
}

#[test]
fn a_caller_without_a_guard_is_a_mistake_and_lets_nobody_in() {
    let (world, log) = (world(), Log::default());
    let guard = guard(&world, &log);
    let key = [("authorization", &*world.reader)];
    let (response, body) = send(&app(&guard), "GET", "/forgotten", &key);
    assert_eq!(response.status(), 500, "{body}");
    assert_eq!(log.take(), ["a handler asks for its caller, and no guard stands before it"]);
    let bare = Router::new().route("/", axum::routing::get(list));
    let (response, body) = send(&bare, "GET", "/", &key);
    assert_eq!(
        (response.status().as_u16(), &*body),
        (500, r#"{"status":500,"errors":["internal error"],"code":"internal"}"#)
    );
    // As a layer of axum's own the guard has its caller.
    let layered = bare.layer(guard);
    assert_eq!(send(&layered, "GET", "/", &key).1, "t1");
    assert_eq!(send(&layered, "GET", "/", &[]).0.status(), 401);
}

#[test]
fn a_route_that_is_wrong_is_an_error_at_the_start() {
    let (world, log) = (world(), Log::default());
    let guard = guard(&world, &log);
    let key = Need::Key;
    let first = |path| Routes::<&'static str>::new(&guard).route(Method::GET, path, key, never).map(|_| ());
    let cases = [
        ("x", "route `GET x`: the path doesn't begin with `/`"),
        ("", "route `GET `: the path doesn't begin with `/`"),
        (
            "/{}",
            "route `GET /{}`: segment `{}` is neither a text nor a parameter: write `{name}`, or `{*name}` at the end",
        ),
        (
            "/a{b}",
            "route `GET /a{b}`: segment `a{b}` is neither a text nor a parameter: write `{name}`, or `{*name}` at the end",
        ),
        (
            "/:id",
            "route `GET /:id`: segment `:id` is neither a text nor a parameter: write `{name}`, or `{*name}` at the end",
        ),
        (
            "/*",
            "route `GET /*`: segment `*` is neither a text nor a parameter: write `{name}`, or `{*name}` at the end",
        ),
        ("/{*all}/x", "route `GET /{*all}/x`: `{*name}` takes all that is left of a path, and can only end it"),
        ("/{a}/{a}", "route `GET /{a}/{a}`: parameter `a` is there twice"),
    ];
    for (path, message) in cases {
        assert_eq!(first(path).unwrap_err().to_string(), message);
    }
    for (path, method, need, message) in [
        (
            "/",
            Method::GET,
            Need::Permission("product:read"),
            "unknown resource type `product`; did you mean `products`?",
        ),
        (
            "/",
            Method::GET,
            Need::Permission("orders:delete"),
            "resource type `orders`: unknown operation `delete`; there are `read`, `approve`",
        ),
        ("/", Method::from_bytes(b"PURGE").unwrap(), key, "the method is none that is routed"),
    ] {
        let refused = Routes::<&'static str>::new(&guard).route(method, path, need, never).unwrap_err();
        assert_eq!(refused.problem().to_string(), message);
    }
}

/// What axum would answer with a panic is an error, and nothing else is.
#[test]
fn two_routes_overlap_exactly_where_the_router_says_so() {
    let (world, log) = (world(), Log::default());
    let guard = guard(&world, &log);
    let paths = [
        "/",
        "//",
        "/a",
        "/a/",
        "/{x}",
        "/{y}",
        "/{*x}",
        "/{*y}",
        "/a/b",
        "/a/{x}",
        "/a/{y}",
        "/a/{*x}",
        "/{x}/b",
        "/{y}/b",
        "/{x}/c",
        "/{y}/c",
        "/{x}/{y}",
        "/{y}/{x}",
        "/{x}/{*y}",
        "/a/{x}/b",
        "/a/{y}/c",
        "/a/{x}/{z}",
        "/a/{*rest}",
        "/b/{*x}",
        "/{x}/",
    ];
    let mut overlaps = 0;
    for one in paths {
        for other in paths {
            let method = if one == other { Method::POST } else { Method::GET };
            let first = Routes::<&'static str>::new(&guard).route(Method::GET, one, Need::Public, open).unwrap();
            let ours = first.route(method, other, Need::Public, open);
            let theirs = std::panic::catch_unwind(|| {
                let routed = Router::<&'static str>::new().route(one, axum::routing::get(open));
                routed.route(other, if one == other { axum::routing::post(open) } else { axum::routing::get(open) })
            });
            assert_eq!(ours.is_ok(), theirs.is_ok(), "{one} and {other}: {:?}", ours.err());
            overlaps += usize::from(theirs.is_err());
        }
    }
    assert!(overlaps > 20, "{overlaps}");
    let twice = Routes::<&'static str>::new(&guard).route(Method::GET, "/a", Need::Public, open).unwrap();
    let twice = twice.route(Method::GET, "/a", Need::Key, open).unwrap_err();
    assert_eq!(twice.to_string(), "route `GET /a`: is declared twice");
}
