//! Conditions on the context of a request, from where and when, and exceptions: over real connections from 127.0.0.1.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    driver::Driver,
    server::Server,
};

const AS_FROM_10: &str = "X-Forwarded-For: 10.1.2.3";

fn source_ip(value: &str) -> Value {
    json!({"name": "sourceIp", "value": value})
}

fn during(value: &str) -> Value {
    json!({"name": "during", "value": value})
}

/// A token that may do all with products, under these conditions.
fn token(server: &Server, id: &str, conditions: &Value) -> Client {
    let role = json!({"id": "keeper", "permissions": ["products:*"]});
    assert!([201, 409].contains(&server.admin.post("/accessPolicies", &role).status));
    let token = json!({"id": id, "policies": ["keeper"], "conditions": conditions});
    let created = server.admin.post("/accessTokens", &token);
    assert_eq!(created.is(201).json()["conditions"], *conditions);
    assert_eq!(server.admin.get(&format!("/accessTokens/{id}")).json()["conditions"], *conditions);
    server.admin.with_key(&created.text("apiKey"))
}

fn ids(list: &Answer) -> Vec<String> {
    let products = list.is(200).json();
    products.as_array().unwrap().iter().map(|product| product["id"].as_str().unwrap().to_owned()).collect()
}

/// Asks for everything that there is with products; one product is new, and goes again.
#[track_caller]
fn is_let_in(client: &Client, headers: &[&str]) {
    let send = |method: &str, path: &str, body: Option<&str>| client.send(method, path, headers, body);
    let cup = r#"{"name": "cup", "brand": "brand_one"}"#;
    assert_eq!(ids(&send("GET", "/products", None))[..3], ["p1", "p2", "p3"]);
    send("GET", "/products/p1", None).is(200);
    let path = format!("/products/{}", send("POST", "/products", Some(cup)).is(201).text("id"));
    send("PUT", &path, Some(cup)).is(200);
    send("DELETE", &path, None).is(204);
    let summary = send("GET", "/access/summary", None).is(200).json();
    let products = &summary["types"][0];
    assert!(products["operations"].as_array().unwrap().iter().all(|each| each["refused"].is_null()), "{products}");
    // The database is asked for what the context leaves open.
    assert_eq!(products["list"]["parameters"], json!(["demo"]));
    assert_eq!(products["list"]["text"], "everything");
}

/// The key is good, and not from here or not now: 403, whether there is such a product or not, and whatever the body.
#[track_caller]
fn is_kept_out(client: &Client, headers: &[&str], condition: &str) {
    let why = format!("condition `{condition}` is not met");
    let refused = json!({"status": 403, "code": "condition_unmet", "errors": [why]});
    for (method, path) in [
        ("GET", "/products"),
        ("GET", "/products/p1"),
        ("GET", "/products/none"),
        ("POST", "/products"),
        ("PUT", "/products/p1"),
        ("DELETE", "/products/p1"),
    ] {
        let answer = client.send(method, path, headers, Some("{}"));
        answer.refused(403, "condition_unmet");
        assert_eq!(answer.json()["errors"], refused["errors"], "{method} {path}");
    }
    // One's own may be read from everywhere, and tells the same.
    client.send("GET", "/me", headers, None).is(200);
    let summary = client.send("GET", "/access/summary", headers, None).is(200).json();
    let products = &summary["types"][0];
    assert!(products["operations"].as_array().unwrap().iter().all(|each| each["refused"] == refused), "{products}");
    assert_eq!(products["list"], json!({"refused": refused}));
}

#[test]
fn a_token_works_from_its_networks_alone() {
    let server = Server::start(&[]);
    let here = token(&server, "here", &json!([source_ip("127.0.0.0/8"), source_ip("::1")]));
    let there = token(&server, "there", &json!([source_ip("10.0.0.0/8")]));
    // A header that whoever connects writes themselves says nothing.
    for headers in [&[][..], &[AS_FROM_10], &["X-Forwarded-For: 127.0.0.1"], &["X-Forwarded-For: x"]] {
        is_let_in(&here, headers);
        is_kept_out(&there, headers, "sourceIp");
    }
    server.admin.delete("/accessTokens/there").is(204);
    there.get("/products").refused(401, "invalid_token");
}

#[test]
fn behind_a_proxy_it_is_what_the_proxy_says() {
    let server = Server::start(&["--proxy", "192.0.2.1", "--proxy", "127.0.0.1"]);
    let here = token(&server, "here", &json!([source_ip("127.0.0.0/8")]));
    let there = token(&server, "there", &json!([source_ip("10.0.0.0/8")]));
    let elsewhere = token(&server, "elsewhere", &json!([{"name": "sourceIp", "except": ["10.0.0.0/8"]}]));
    for through in [AS_FROM_10, "X-Forwarded-For: 127.0.0.2, 10.1.2.3, 192.0.2.1"] {
        is_let_in(&there, &[through]);
        is_kept_out(&here, &[through], "sourceIp");
        is_kept_out(&elsewhere, &[through], "sourceIp");
    }
    is_let_in(&elsewhere, &["X-Forwarded-For: 2001:db8::7"]);
    // Where it says none, nobody is anywhere: neither within a network nor outside of it.
    for nothing in [&[][..], &["X-Forwarded-For: x"], &[AS_FROM_10, "X-Forwarded-For: unknown"]] {
        for caller in [&here, &there, &elsewhere] {
            is_kept_out(caller, nothing, "sourceIp");
        }
        server.admin.send("GET", "/products", nothing, None).is(200);
    }
}

#[test]
fn a_socket_for_both_families_knows_ipv4_addresses() {
    if TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).is_err() {
        return;
    }
    let mut server = Server::start(&["--listen", "[::]:0", "--proxy", "::1"]);
    let ipv6 = SocketAddr::from((Ipv6Addr::LOCALHOST, server.admin.address.port()));
    server.admin.address = SocketAddr::from((Ipv4Addr::LOCALHOST, ipv6.port()));
    let here = token(&server, "here", &json!([source_ip("127.0.0.0/8")]));
    is_let_in(&here, &[AS_FROM_10]);
    let ipv6 = Client { address: ipv6, ..here };
    is_kept_out(&ipv6, &[], "sourceIp");
    is_let_in(&ipv6, &["X-Forwarded-For: ::ffff:127.0.0.1"]);
}

#[test]
fn a_token_works_in_its_time_alone() {
    let server = Server::start(&[]);
    let began = "2020-01-01T00:00:00Z";
    for (id, value) in [("since", format!("{began}..")), ("until", "..9000-01-01T00:00:00Z".to_owned())] {
        is_let_in(&token(&server, id, &json!([during(&value)])), &[]);
    }
    is_let_in(&token(&server, "but-then", &json!([{"name": "during", "except": [format!("..{began}")]}])), &[]);
    for (id, value) in [("past", format!("..{began}")), ("future", "9000-01-01T00:00:00Z..".to_owned())] {
        is_kept_out(&token(&server, id, &json!([during(&value)])), &[], "during");
    }
    // Both must be met, and the first that isn't is named.
    let both = token(&server, "both", &json!([source_ip("127.0.0.1"), during(&format!("..{began}"))]));
    is_kept_out(&both, &[], "during");
}

/// What is restricted by brand and by network at once: the database has the brand, the context the network.
#[test]
fn the_context_chooses_among_assignments() {
    let server = Server::start(&["--proxy", "127.0.0.1"]);
    let seer = json!({"id": "seer", "permissions": ["products:read,list"]});
    server.admin.post("/accessPolicies", &seer).is(201);
    let of = |network: &str, brand: &str| json!({"policies": ["seer"], "conditions": [source_ip(network), brand]});
    let two = json!([of("10.0.0.0/8", "productBrand:brand_one"), of("2001:db8::/32", "productBrand:brand_two")]);
    let created = server.admin.post("/accessTokens", &json!({"id": "two", "assignments": two}));
    let token = server.admin.with_key(&created.is(201).text("apiKey"));
    for (from, listed, hidden) in [("10.1.2.3", "p1", "p2"), ("2001:db8::7", "p2", "p1")] {
        let headers = [&*format!("X-Forwarded-For: {from}")];
        let send = |path: &str| token.send("GET", path, &headers, None);
        assert_eq!(ids(&send("/products")), [listed]);
        send(&format!("/products/{listed}")).is(200);
        send(&format!("/products/{hidden}")).refused(403, "condition_unmet");
    }
    token.send("GET", "/products", &["X-Forwarded-For: 192.0.2.1"], None).refused(403, "condition_unmet");
}

#[test]
fn an_operator_administers_from_their_network_alone() {
    let server = Server::start(&["--proxy", "127.0.0.1"]);
    let rights = ["accessPolicies:*", "accessTokens:*", "operatorAccess:*", "products:read"];
    server.admin.post("/accessPolicies", &json!({"id": "manager", "permissions": rights})).is(201);
    let operators = "/accounts/demo/operatorAccess";
    let max = json!({"operator": "max", "policies": ["manager"], "conditions": [source_ip("10.0.0.0/8")]});
    let invited = server.admin.post(operators, &max);
    let max = server.admin.with_key(&invited.is(201).text("operatorApiKey"));

    let given = |id: &str, network: &str| {
        json!({"id": id, "policies": ["manager"], "conditions": [source_ip(network)]}).to_string()
    };
    let (role, token) = (r#"{"id": "r", "permissions": ["products:read"]}"#, given("t", "10.1.0.0/16"));
    let operator = token.replace(r#""id":"t""#, r#""operator":"o""#);
    for (method, path, body) in [
        ("GET", "/accessPolicies", ""),
        ("POST", "/accessPolicies", role),
        ("GET", "/accessPolicies/manager", ""),
        ("PUT", "/accessPolicies/manager", r#"{"permissions": []}"#),
        ("DELETE", "/accessPolicies/manager", ""),
        ("DELETE", "/accessPolicies/none", ""),
        ("GET", "/accessTokens", ""),
        ("POST", "/accessTokens", &token),
        ("GET", "/accessTokens/none", ""),
        ("GET", operators, ""),
        ("POST", operators, &operator),
        ("DELETE", &format!("{operators}/max"), ""),
        ("POST", &format!("{operators}/olivia/operatorApiKey"), ""),
        ("POST", &format!("{operators}/none/operatorApiKey"), ""),
    ] {
        for headers in [&[][..], &["X-Forwarded-For: 192.0.2.1"]] {
            max.send(method, path, headers, (!body.is_empty()).then_some(body)).refused(403, "condition_unmet");
        }
    }
    assert_eq!(server.admin.get("/accessTokens").json(), json!([]));

    let send = |method: &str, path: &str, body: &str| max.send(method, path, &[AS_FROM_10], Some(body));
    send("GET", "/accessPolicies/manager", "").is(200);
    // Roles are for administrators.
    send("POST", "/accessPolicies", role).refused(403, "not_administrator");
    send("POST", "/accessTokens", &token).is(201);
    assert_eq!(send("GET", "/accessTokens", "").json()[0]["id"], "t");
    // What is given has its own condition on the network, or a narrower one.
    send("POST", "/accessTokens", &given("u", "0.0.0.0/0")).refused(403, "caller_access_exceeded");
    send("DELETE", "/accessTokens/t", "").is(204);
}

#[test]
fn a_wrong_value_is_named() {
    let server = Server::start(&[]);
    token(&server, "window", &json!([]));
    let before = server.admin.get("/accessTokens/window").json();
    let (unsupported, document) = ("unsupported_conditions", "invalid_document");
    let object =
        "a condition is an object of `name` and `value`, both texts, or of `name` and `except`, a list of texts";
    let except = |name: &str, values: Value| json!({"name": name, "except": values});
    for (condition, code, message) in [
        (source_ip("10.0.0.1/8"), unsupported, "`10.0.0.1/8` is no network"),
        (source_ip("010.0.0.0/8"), unsupported, "`010.0.0.0/8` is no network"),
        (source_ip("localhost"), unsupported, "`localhost` is no network"),
        (json!("sourceIp:office"), unsupported, "`office` is no network"),
        (except("sourceIp", json!(["10.0.0.0/8", "10.0.0.1/8"])), unsupported, "`10.0.0.1/8` is no network"),
        (except("sourceIp", json!(["0.0.0.0/0", "::/0"])), unsupported, "sourceIp"),
        (during("2026-01-01"), unsupported, "`2026-01-01` is no time"),
        (during("..2026-02-30T00:00:00Z"), unsupported, "`..2026-02-30T00:00:00Z` is no time"),
        (json!({"name": "sourceip", "value": "::1"}), unsupported, "unknown condition `sourceip`"),
        (json!("sourceIp:10.0.0.0/8"), document, r#"{\"name\": \"sourceIp\", \"value\": \"10.0.0.0/8\"}"#),
        (except("productBrand", json!([])), document, "productBrand"),
        (except("productBrand", json!("brand_one")), document, object),
        (except("productBrand", json!(["brand_one", 1])), document, object),
        (except("productBrand", Value::Null), document, object),
        (json!({"name": "productBrand", "value": "x", "except": ["y"]}), document, object),
        (json!({"name": "productBrand", "values": "x"}), document, object),
        (json!({"value": "x", "except": ["y"]}), document, object),
        (json!({"name": "productBrand"}), document, object),
    ] {
        let refused =
            server.admin.put("/accessTokens/window", &json!({"policies": ["keeper"], "conditions": [condition]}));
        refused.refused(400, code);
        assert!(refused.body.contains(message), "{condition}: {}", refused.body);
    }
    assert_eq!(server.admin.get("/accessTokens/window").json(), before);
}

#[test]
fn all_brands_but_one() {
    let server = Server::start(&[]);
    let but_one = json!([{"name": "productBrand", "except": ["brand_one"]}]);
    let token = token(&server, "but-one", &but_one);
    token.get("/products/p2").is(200);
    token.get("/products/p1").refused(403, "condition_unmet");
    // Without a brand it has none of the others, either.
    token.get("/products/p3").refused(403, "condition_unmet");
    token.post("/products", &json!({"name": "cup"})).refused(403, "condition_unmet");
    let update = json!({"name": "toaster", "brand": "brand_one"});
    token.put("/products/p2", &update).refused(403, "condition_unmet");
    assert_eq!(token.get("/access").json()["conditions"], but_one);
}

#[test]
fn a_list_has_all_brands_but_one() {
    let server = Server::start(&[]);
    let token = token(&server, "but-one", &json!([{"name": "productBrand", "except": ["brand_one"]}]));
    let pot = server.admin.post("/products", &json!({"name": "pot", "brand": "brand_three"})).is(201).text("id");
    let mut others = vec!["p2", &pot];
    others.sort_unstable();
    assert_eq!(ids(&token.get("/products")), others);
    let list = token.get("/access/summary").is(200).json()["types"][0]["list"].clone();
    assert_eq!(list["text"], "`brand` is anything but `brand_one`");
}

#[test]
fn the_page_shows_them() {
    let Some(driver) = Driver::start() else { return };
    let server = Server::start(&[]);
    driver.go(&format!("http://{}/", server.admin.address));
    let conditions = json!([
        source_ip("127.0.0.0/8"),
        {"name": "during", "except": ["..2020-01-01T00:00:00Z", "9000-01-01T00:00:00Z.."]},
    ]);
    driver.type_into("#key", &token(&server, "here", &conditions).key);
    driver.wait("document.querySelector('#identity').innerText.includes('here')");
    let shown = driver.eval("[...document.querySelectorAll('#identity code')].map((code) => code.innerText)");
    let except = "during: anything but ..2020-01-01T00:00:00Z, 9000-01-01T00:00:00Z..";
    assert_eq!(shown, json!(["demo", "keeper", "sourceIp:127.0.0.0/8", except]));
}
