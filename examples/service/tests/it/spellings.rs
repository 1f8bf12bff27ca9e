//! Every route, written and asked in every other way: there is one way to each, and it is behind the guard.

use keyward_service::{
    administration, own, page, products,
    registry::{Act, check},
    service::schema,
};
use serde_json::json;

use crate::{
    client::{Client, raw},
    server::Server,
};

/// Method and path of every route, the parameters filled with what there is.
fn routes() -> Vec<(&'static str, String, bool)> {
    let declared = [page::routes(), own::routes(), administration::routes(), products::routes()].concat();
    let route = |route: &keyward_service::registry::Checked| {
        let path = match route.path {
            path if path.starts_with("/accounts") => path.replace("{account}", "demo").replace("{id}", "olivia"),
            path if path.starts_with("/accessPolicies") => path.replace("{id}", "role-of-t1"),
            path if path.starts_with("/accessTokens") => path.replace("{id}", "t1"),
            path => path.replace("{id}", "p1"),
        };
        (route.method, path, matches!(route.act, Act::Guarded(..)))
    };
    check(&declared, &schema().unwrap()).unwrap().iter().map(route).collect()
}

/// All that an administrator sees of an account.
fn state(admin: &Client) -> Vec<String> {
    let lists = ["/accessPolicies", "/accessTokens", "/accounts/demo/operatorAccess", "/products"];
    lists.iter().map(|list| admin.get(list).is(200).body.clone()).collect()
}

/// Who asks: nobody, who may do nothing, who may do all.
fn callers(server: &Server) -> [Client; 3] {
    [server.admin.with_key(""), server.token("t1", &[], &[]), server.admin.clone()]
}

#[test]
fn a_path_has_one_spelling() {
    let server = Server::start(&[]);
    let (callers, before) = (callers(&server), state(&server.admin));
    let turned = |path: &str, turn: fn(&char) -> char| path.chars().map(|letter| turn(&letter)).collect::<String>();
    for (method, path, _) in routes() {
        let (first, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
        let spellings = [
            format!("/{path}"),
            format!("{path}/"),
            format!("{path}//"),
            path.replacen('/', "//", 2).replacen("//", "/", 1),
            turned(&path, char::to_ascii_uppercase),
            turned(&path, char::to_ascii_lowercase),
            format!("/{}", path[1..].replace('/', "%2f")),
            format!("/{}", path[1..].replace('/', "%2F")),
            format!("%2f{}", &path[1..]),
            format!("/%2f{}", &path[1..]),
            format!("/{first}%2f{rest}"),
            format!("/{first}%5c{rest}"),
            format!("/./{}", &path[1..]),
            format!("/x/..{path}"),
            format!("/x/%2e%2e{path}"),
            format!("/%{:02x}{}", path.as_bytes().get(1).unwrap_or(&b'x'), path.get(2..).unwrap_or_default()),
            format!("{path};x"),
            format!("{path}%00"),
            format!("{path}%20"),
            format!("{path}%3f"),
            format!("{path}%23"),
            format!("{path}.json"),
        ];
        for spelling in spellings.iter().filter(|spelling| **spelling != path) {
            for caller in &callers {
                let answer = caller.send(method, spelling, &[], Some("{}"));
                // `/products/` with something behind it names a product, one that there isn't: this takes a key. And a
                // collection with `/x` behind it is another route, which may know no such method.
                let expected: &[u16] =
                    if caller.key.is_empty() { &[400, 401, 404, 405] } else { &[400, 403, 404, 405, 409] };
                assert!(expected.contains(&answer.status), "{method} {spelling}: {answer:?}");
            }
        }
    }
    assert_eq!(state(&server.admin), before);
}

#[test]
fn a_method_is_what_the_request_line_says() {
    let server = Server::start(&[]);
    let (callers, before) = (callers(&server), state(&server.admin));
    let routes = routes();
    for (_, path, guarded) in &routes {
        let has = |method: &str| routes.iter().any(|(known, at, _)| (*known, at) == (method, path));
        for caller in &callers {
            for method in ["TRACE", "OPTIONS", "PATCH", "CONNECT", "PROPFIND", "get", "Get", "DELETE ", "PoSt", "*"] {
                // As bytes, since no client library would.
                let key = format!("Authorization: {}\r\n", caller.key);
                let key = if caller.key.is_empty() { "" } else { &key };
                let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{key}Connection: close\r\n\r\n");
                let answer = raw(caller.address, head.as_bytes()).unwrap();
                assert!([400, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
                assert!(!answer.body.contains("Authorization"), "it tells what was sent: {answer:?}");
            }
            // As `GET`, without the body.
            let (get, head) = (caller.get(path), caller.send("HEAD", path, &[], None));
            assert_eq!((head.status, &*head.body), (get.status, ""), "{path}");
            assert!(!guarded || !caller.key.is_empty() || [401, 405].contains(&get.status), "{path}: {get:?}");
            assert_eq!(get.status == 405, !has("GET"), "{path}");
        }
    }
    for target in ["*", "example.com:443", "http://evil.example/products", "/products#x"] {
        for method in ["CONNECT", "OPTIONS", "GET"] {
            let head = format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            // The page is not what any of these names, and nothing else is for everyone.
            if let Ok(answer) = raw(server.admin.address, head.as_bytes()) {
                assert!((400..=405).contains(&answer.status), "{method} {target}: {answer:?}");
            }
        }
    }
    assert_eq!(state(&server.admin), before);
}

#[test]
fn nothing_in_a_request_overrides_its_method_or_path() {
    let server = Server::start(&[]);
    let (callers, before) = (callers(&server), state(&server.admin));
    let [nobody, powerless, admin] = &callers;
    let reader = server.operator("reader", &["products:read,list", "accessTokens:read,list"], &[]);
    let before_reading = state(admin);
    for (method, path, _) in routes().iter().filter(|(method, ..)| *method == "GET") {
        for other in ["DELETE", "PUT", "POST", "PATCH"] {
            for header in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"] {
                let header = format!("{header}: {other}");
                for caller in [nobody, powerless, admin, &reader] {
                    let plain = caller.get(path);
                    for query in
                        [String::new(), format!("?_method={other}"), format!("?method={other}&_method={other}")]
                    {
                        let body = format!("{{\"_method\": \"{other}\"}}");
                        let answer = caller.send(method, &format!("{path}{query}"), &[&header], Some(&body));
                        assert_eq!((answer.status, answer.body), (plain.status, plain.body.clone()), "{header} {path}");
                    }
                }
            }
        }
    }
    // Nor is a `POST` taken for what removes.
    for path in ["/products/p1", "/accessTokens/t1", "/accounts/demo/operatorAccess/olivia"] {
        let method = ["X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE"];
        admin.send("POST", &format!("{path}?_method=DELETE"), &method, Some("{}")).refused(405, "method_not_allowed");
    }
    for header in ["X-Original-URL: /products", "X-Rewrite-URL: /products", "X-Forwarded-Prefix: /products"] {
        let page = admin.send("GET", "/", &[header], None);
        assert!(page.is(200).body.starts_with("<!doctype html>"), "{header}: {page:?}");
        nobody.send("GET", "/products", &[&header.replace("/products", "/")], None).is(401);
    }
    assert_eq!(state(admin), before_reading);
    assert_eq!(before.last(), before_reading.last());
}

/// NUL in whatever the caller names: it is nothing, and no failure of the service's.
pub(crate) fn nul_names_nothing(server: &Server) {
    let admin = &server.admin;
    server.token("t1", &[], &[]);
    for (method, path, guarded) in routes() {
        if !guarded {
            continue;
        }
        let segments: Vec<&str> = path[1..].split('/').collect();
        for at in 0..segments.len() {
            for nul in ["%00".to_owned(), format!("{}%00", segments[at]), format!("%00{}", segments[at])] {
                let mut segments = segments.clone();
                segments[at] = &nul;
                let path = format!("/{}", segments.join("/"));
                for body in [None, Some("{}"), Some("{\"policies\": [], \"conditions\": []}")] {
                    admin.send(method, &path, &[], body).refused(404, "not_found");
                }
            }
        }
        let path = format!("{path}?after=%00&id=%00&%00=%00");
        let answer = admin.send(method, &path, &[], Some("{\"a\\u0000b\": \"c\\u0000d\"}"));
        assert!(answer.status < 500, "{method} {path}: {answer:?}");
    }
    let nul = "a\0b";
    let condition = json!({"name": "productBrand", "value": nul});
    for (method, path, body) in [
        ("POST", "/accessPolicies", json!({"id": nul, "permissions": []})),
        ("POST", "/accessPolicies", json!({"id": "r", "permissions": [nul]})),
        ("PUT", "/accessPolicies/role-of-t1", json!({"permissions": ["products:read\0"]})),
        ("POST", "/accessTokens", json!({"id": nul, "policies": [], "conditions": []})),
        ("POST", "/accessTokens", json!({"id": "t", "policies": [nul], "conditions": []})),
        ("POST", "/accessTokens", json!({"id": "t", "policies": [], "conditions": [condition]})),
        ("POST", "/accessTokens", json!({"id": "t", "policies": [], "conditions": ["productBrand:a\0"]})),
        ("PUT", "/accessTokens/t1", json!({"policies": [], "conditions": [condition]})),
        ("POST", "/accounts/demo/operatorAccess", json!({"operator": nul, "policies": [], "conditions": []})),
        ("PUT", "/accounts/demo/operatorAccess/olivia", json!({"policies": [nul], "conditions": []})),
        ("POST", "/products", json!({"name": nul})),
        ("POST", "/products", json!({"name": "a", "brand": nul})),
        ("POST", "/products", json!({"name": "a", "b\0": "c"})),
        ("PUT", "/products/p1", json!({"name": nul, "brand": "b"})),
    ] {
        let answer = admin.send(method, path, &[], Some(&body.to_string()));
        answer.refused(400, "invalid_document");
        assert_eq!(answer.json()["errors"][0], "a text has a NUL in it", "{method} {path} {body}");
    }
    admin.get("/products?after=%00").is(200);
    admin.get("/products?after=p1%00").is(200);
}

#[test]
fn a_nul_names_nothing() {
    nul_names_nothing(&Server::start(&[]));
}
