//! The guarded resource: permission, conditions, and the list that is filtered by the database.

use serde_json::{Value, json};

use crate::server::Server;

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|product| product["id"].as_str().unwrap()).collect()
}

#[test]
fn the_curl_line_works() {
    let server = Server::start(&[]);
    let line = server.printed.lines().last().unwrap().trim();
    let curl = std::process::Command::new("sh").args(["-c", &format!("{line} --silent --noproxy '*'")]).output();
    match curl {
        Ok(answer) if answer.status.success() => {
            let list: Value = serde_json::from_slice(&answer.stdout).unwrap();
            assert_eq!(ids(&list), ["p1", "p2", "p3"]);
        }
        other => assert!(std::env::var_os("CI").is_none(), "no curl: {other:?}"),
    }
}

#[test]
fn conditions_restrict_every_operation() {
    let server = Server::start(&[]);
    let admin = &server.admin;
    let token = server.token("window", &["products:*"], &["productBrand:brand_one"]);

    assert_eq!(ids(&admin.get("/products").json()), ["p1", "p2", "p3"]);
    assert_eq!(ids(&token.get("/products").json()), ["p1"], "neither another brand nor none");
    token.get("/products/p1").is(200);
    for hidden in ["/products/p2", "/products/p3"] {
        let refused = token.get(hidden);
        refused.refused(403, "condition_unmet");
        assert_eq!(refused.json()["errors"][0], "condition `productBrand` is not met");
        let challenge = r#"Bearer realm="keyward service", error="insufficient_scope""#;
        assert_eq!(refused.header("www-authenticate"), Some(challenge));
    }
    token.get("/products/p9").refused(404, "not_found");

    let created = token.post("/products", &json!({"name": "cup", "brand": "brand_one"}));
    let cup = format!("/products/{}", created.is(201).text("id"));
    token.post("/products", &json!({"name": "cup", "brand": "brand_two"})).refused(403, "condition_unmet");
    token.post("/products", &json!({"name": "cup"})).refused(403, "condition_unmet");

    token.put(&cup, &json!({"name": "mug", "brand": "brand_one"})).is(200);
    token.put(&cup, &json!({"name": "mug", "brand": "brand_two"})).refused(403, "condition_unmet");
    token.put("/products/p2", &json!({"name": "mine", "brand": "brand_one"})).refused(403, "condition_unmet");
    assert_eq!(admin.get("/products/p2").text("name"), "toaster");
    token.delete("/products/p2").refused(403, "condition_unmet");
    token.delete(&cup).is(204);
    token.get(&cup).refused(404, "not_found");
}

#[test]
fn a_missing_permission_is_named_and_hides_what_there_is() {
    let server = Server::start(&[]);
    let reader = server.token("reader", &["products:read"], &[]);
    reader.get("/products/p1").is(200);
    for (method, path, operation) in [
        ("GET", "/products", "list"),
        ("POST", "/products", "create"),
        ("PUT", "/products/p1", "update"),
        ("DELETE", "/products/p1", "delete"),
        ("DELETE", "/products/none", "delete"),
    ] {
        let refused = reader.send(method, path, &[], Some("{}"));
        refused.refused(403, "permission_missing");
        let challenge =
            format!("Bearer realm=\"keyward service\", error=\"insufficient_scope\", scope=\"products:{operation}\"");
        assert_eq!(refused.header("www-authenticate"), Some(&*challenge));
    }
    reader.send("HEAD", "/products/p1", &[], None).is(200);
    reader.send("HEAD", "/products", &[], None).is(403);
    reader.send("PATCH", "/products/p1", &[], None).refused(405, "method_not_allowed");
    reader.get("/product").refused(404, "not_found");
}

#[test]
fn long_lists_go_on_after_the_last() {
    let server = Server::start(&[]);
    for number in 0..100 {
        server.admin.post("/products", &json!({"name": format!("n{number}"), "brand": "many"})).is(201);
    }
    let first = server.admin.get("/products").json();
    assert_eq!(first.as_array().unwrap().len(), 100);
    let last = ids(&first)[99].to_owned();
    let rest = server.admin.get(&format!("/products?after={last}")).json();
    assert_eq!(rest.as_array().unwrap().len(), 3);
}
