//! `/access/summary`: one's own access in words, with the filter of each list and the reason of each refusal.

use serde_json::{Value, json};

use crate::server::Server;

fn of<'a>(summary: &'a Value, name: &str) -> &'a Value {
    let types = summary["types"].as_array().unwrap();
    types.iter().find(|of| of["type"] == name).unwrap_or_else(|| panic!("no `{name}`"))
}

#[test]
fn one_reads_ones_own() {
    let server = Server::start(&[]);
    let token = server.token("window", &["products:read,list"], &["productBrand:brand_one"]);
    let summary = token.get("/access/summary").is(200).json();
    assert_eq!(summary["actor"], json!({"id": "window", "type": "accessToken"}));
    assert_eq!(summary["account"], "demo");
    assert_eq!(summary["policies"], json!(["role-of-window"]));
    assert_eq!(summary["conditions"], json!(["productBrand:brand_one"]));
    let text = "in the account `demo`:\n- `products`: read and list, where `brand` is `brand_one`";
    assert_eq!(summary["text"], text);
    assert_eq!(summary["summary"]["types"].as_array().map(Vec::len), Some(1));

    let products = of(&summary, "products");
    let refused = |operation: &str| {
        json!({
            "status": 403,
            "errors": [format!("no role grants `{operation}` on `products`")],
            "code": "permission_missing",
        })
    };
    let operations = json!([
        {"operation": "create", "refused": refused("create")},
        {"operation": "read", "refused": null},
        {"operation": "update", "refused": refused("update")},
        {"operation": "delete", "refused": refused("delete")},
        {"operation": "list", "refused": null},
    ]);
    assert_eq!(products["operations"], operations);
    let filter = json!({"all_of": [{"attribute": "brand", "one_of": ["brand_one"]}]});
    assert_eq!(products["list"]["filter"], filter);
    assert_eq!(products["list"]["text"], "`brand` is `brand_one`");
    assert_eq!(products["list"]["parameters"], json!(["demo", "brand_one"]));
    let sql = products["list"]["sql"].as_str().unwrap();
    assert!(sql.contains('?') && !sql.contains("brand_one"), "{sql}");

    let tokens = of(&summary, "accessTokens");
    assert_eq!(tokens["list"]["refused"]["code"], "permission_missing");
    assert!(tokens["operations"].as_array().unwrap().iter().all(|each| each["refused"]["status"] == 403));
}

#[test]
fn nobody_reads_anothers() {
    let server = Server::start(&[]);
    let token = server.token("window", &["products:read"], &[]);
    for query in ["?account=other", "?actor=olivia", "?key=x"] {
        let summary = token.get(&format!("/access/summary{query}")).is(200).json();
        assert_eq!(summary["actor"]["id"], "window");
    }
    server.admin.with_key("").get("/access/summary").refused(401, "missing_credentials");
    server.admin.delete("/accessTokens/window").is(204);
    token.get("/access/summary").refused(401, "invalid_token");
}

/// Each refusal that is told is the one that the request meets, and what is not refused is let in.
#[test]
fn it_tells_what_requests_meet() {
    let server = Server::start(&[]);
    let token = server.token("window", &["products:list,delete", "accessTokens:*"], &[]);
    let summary = token.get("/access/summary").json();
    for (name, path) in
        [("products", "/products"), ("accessTokens", "/accessTokens"), ("accessPolicies", "/accessPolicies")]
    {
        let one = format!("{path}/none");
        for (operation, method, path) in [
            ("create", "POST", path),
            ("read", "GET", &*one),
            ("update", "PUT", &one),
            ("delete", "DELETE", &one),
            ("list", "GET", path),
        ] {
            let operations = of(&summary, name)["operations"].as_array().unwrap();
            let told = operations.iter().find(|each| each["operation"] == operation).unwrap();
            let answer = token.send(method, path, &[], Some("{}"));
            if told["refused"].is_null() {
                assert_ne!(answer.status, 403, "{operation} {path}");
            } else {
                answer.refused(403, "permission_missing");
                assert_eq!(answer.json()["errors"], told["refused"]["errors"], "{operation} {path}");
            }
        }
    }
}

#[test]
fn a_role_that_changes_changes_it_at_once() {
    let server = Server::start(&[]);
    let token = server.token("window", &["products:list"], &[]);
    assert_eq!(token.get("/access/summary").text("text"), "in the account `demo`:\n- `products`: list");
    server.admin.delete("/accessPolicies/role-of-window").is(204);
    let summary = token.get("/access/summary").json();
    assert_eq!(summary["text"], "in the account `demo`: nothing");
    assert_eq!(of(&summary, "products")["list"]["refused"]["code"], "permission_missing");
}
