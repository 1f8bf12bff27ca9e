//! CORS, and keys that come from browsers.

use crate::server::Server;

const SHOP: &str = "https://shop.example";
const CONSOLE: &str = "https://console.example";
const FOREIGN: &str = "https://evil.example";

fn server() -> Server {
    Server::start(&["--origin", SHOP, "--origin", CONSOLE, "--console", CONSOLE])
}

fn origin(origin: &str) -> String {
    format!("Origin: {origin}")
}

#[test]
fn a_preflight_is_answered_before_authentication() {
    let server = server();
    let anyone = server.admin.with_key("");
    let ask = |from: &str, method: &str, headers: &str| {
        let method = format!("Access-Control-Request-Method: {method}");
        let headers = format!("Access-Control-Request-Headers: {headers}");
        anyone.send("OPTIONS", "/products", &[&origin(from), &method, &headers], None)
    };
    let allowed = ask(CONSOLE, "PUT", "authorization,content-type");
    assert_eq!((allowed.status, allowed.body.as_str()), (204, ""));
    assert_eq!(allowed.header("access-control-allow-origin"), Some(CONSOLE));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("PUT"));
    assert_eq!(allowed.header("access-control-max-age"), Some("600"));
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    assert_eq!(allowed.header("vary"), Some(vary));

    for refused in [
        ask(FOREIGN, "PUT", "authorization"),
        ask("null", "PUT", "authorization"),
        ask("https://console.example.evil.example", "PUT", "authorization"),
        ask(CONSOLE, "PATCH", "authorization"),
        ask(CONSOLE, "put", "authorization"),
        ask(CONSOLE, "PUT", "x-other"),
    ] {
        assert_eq!(refused.status, 403);
        assert!(!refused.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{refused:?}");
    }
}

#[test]
fn every_answer_carries_its_headers_refusals_too() {
    let server = server();
    let anyone = server.admin.with_key("");
    let from = origin(SHOP);
    for (method, path, status) in
        [("GET", "/products", 401), ("GET", "/nowhere", 404), ("PATCH", "/products", 405), ("GET", "/", 200)]
    {
        let answer = anyone.send(method, path, &[&from], None);
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP), "{method} {path}");
        assert_eq!(answer.header("access-control-expose-headers"), Some("WWW-Authenticate, Keyward-Account-Version"));
        assert_eq!(answer.header("vary"), Some("Origin"));
        let foreign = anyone.send(method, path, &[&origin(FOREIGN)], None);
        assert_eq!((foreign.status, foreign.header("access-control-allow-origin")), (status, None));
        assert_eq!(foreign.header("vary"), Some("Origin"));
    }
    // Asked without an origin, an answer still depends on it.
    assert_eq!(anyone.get("/products").header("vary"), Some("Origin"));
    // `OPTIONS` that asks nothing is a request as any other.
    anyone.send("OPTIONS", "/products", &[&from], None).refused(405, "method_not_allowed");
}

#[test]
fn keys_come_from_browsers_by_exception_only() {
    let server = server();
    let own = format!("Origin: http://{}", server.admin.address);
    for from in [origin(CONSOLE), own] {
        server.admin.send("GET", "/products", &[&from], None).is(200);
    }
    for from in [origin(SHOP), origin(FOREIGN), origin("null"), origin("")] {
        server.admin.send("GET", "/products", &[&from], None).refused(403, "key_in_browser");
        // A bad key is refused in the same way: whether it is good is not said.
        server.admin.with_key("x").send("GET", "/products", &[&from], None).refused(403, "key_in_browser");
    }
    let two = [&*origin(CONSOLE), &*origin(CONSOLE)];
    server.admin.send("GET", "/products", &two, None).refused(403, "key_in_browser");

    let warned = Server::start(&["--keys-in-browsers", "warn"]);
    warned.admin.send("GET", "/products", &[&origin(FOREIGN)], None).is(200);
    assert!(warned.into_log().iter().any(|line| line["event"] == "key_in_browser"));
}
