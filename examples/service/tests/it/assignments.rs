//! Several assignments of one actor: given, read back, refused, and what is listed by them.

use serde_json::{Value, json};

use crate::{driver::Driver, server::Server};

const WINDOW: &str = "/accessTokens/window";

/// A service with the roles `seer` and `keeper`.
fn started() -> Server {
    let server = Server::start(&[]);
    for (id, permissions) in [("seer", ["products:read,list"]), ("keeper", ["products:*"])] {
        server.admin.post("/accessPolicies", &json!({"id": id, "permissions": permissions})).is(201);
    }
    server
}

fn of(policies: &[&str], conditions: &[&str]) -> Value {
    json!({"policies": policies, "conditions": conditions})
}

/// Sees what is of both brands, and keeps what is of the second.
fn two() -> Value {
    json!([of(&["seer"], &["productBrand:brand_one"]), of(&["seer", "keeper"], &["productBrand:brand_two"])])
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|product| product["id"].as_str().unwrap()).collect()
}

#[test]
fn a_token_has_several_and_then_one() {
    let server = started();
    let created = server.admin.post("/accessTokens", &json!({"id": "window", "assignments": two()}));
    let token = server.admin.with_key(&created.is(201).text("apiKey"));
    let mut document = created.json();
    document.as_object_mut().unwrap().remove("apiKey");
    assert_eq!(document["assignments"], two());
    assert!(document.get("policies").is_none() && document.get("conditions").is_none(), "{document}");
    assert_eq!(server.admin.get(WINDOW).is(200).json(), document);
    assert_eq!(server.admin.get("/accessTokens").json(), json!([document]));

    let access = json!({
        "account": "demo",
        "actor": {"id": "window", "type": "accessToken"},
        "assignments": two(),
        "permissions": ["products:create,read,update,delete,list"],
    });
    assert_eq!(token.get("/access").is(200).json(), access);
    let summary = token.get("/access/summary").is(200).json();
    assert_eq!(summary["assignments"], two());
    let list = &summary["types"][0]["list"];
    assert_eq!(list["text"], "`brand` is `brand_one`, or `brand` is `brand_two`");
    assert_eq!(
        list["filter"],
        json!({"any_of": [
            {"all_of": [{"attribute": "brand", "one_of": ["brand_one"]}]},
            {"all_of": [{"attribute": "brand", "one_of": ["brand_two"]}]},
        ]}),
    );
    assert_eq!(list["parameters"], json!(["demo", "brand_one", "brand_one", "brand_two", "brand_two"]));
    assert_eq!(
        summary["text"],
        "in the account `demo`:\n\
         - `products`: create, update and delete, where `brand` is `brand_two`\n\
         - `products`: read and list, where `brand` is `brand_one`, or `brand` is `brand_two`",
    );

    // The list has the rows of both; what may be done to each is of its own.
    assert_eq!(ids(&token.get("/products").json()), ["p1", "p2"]);
    token.get("/products/p1").is(200);
    let refused = token.get("/products/p3");
    refused.refused(403, "condition_unmet");
    let both = "condition `productBrand` is not met; nor condition `productBrand` is not met";
    assert_eq!(refused.json()["errors"][0], both);
    token.put("/products/p2", &json!({"name": "oven", "brand": "brand_two"})).is(200);
    token.put("/products/p2", &json!({"name": "oven", "brand": "brand_one"})).refused(403, "condition_unmet");
    token.delete("/products/p1").refused(403, "condition_unmet");
    token.post("/products", &json!({"name": "cup", "brand": "brand_one"})).refused(403, "condition_unmet");
    let cup = token.post("/products", &json!({"name": "cup", "brand": "brand_two"})).is(201).text("id");
    let mut wanted = vec!["p1", "p2", &cup];
    wanted.sort_unstable();
    assert_eq!(ids(&token.get("/products").json()), wanted);

    // An alternative that lies within another is left out; of none nothing is left.
    let wide = json!({"assignments": [of(&["keeper"], &["productBrand:brand_two"]), of(&["seer"], &[])]});
    server.admin.put(WINDOW, &wide).is(200);
    assert_eq!(ids(&token.get("/products").json()).len(), 4);
    assert_eq!(token.get("/access/summary").json()["types"][0]["list"]["parameters"], json!(["demo"]));
    server.admin.put(WINDOW, &json!({"assignments": []})).is(200);
    assert_eq!(server.admin.get(WINDOW).json()["assignments"], json!([]));
    token.get("/products").refused(403, "permission_missing");

    // One assignment is written as it always was, in whichever form it came.
    for one in [
        json!({"policies": ["seer"], "conditions": ["productBrand:brand_one"]}),
        json!({"assignments": [of(&["seer"], &["productBrand:brand_one"])]}),
    ] {
        server.admin.put(WINDOW, &json!({"assignments": two()})).is(200);
        let changed = server.admin.put(WINDOW, &one).is(200).json();
        assert_eq!(
            (&changed["policies"], &changed["conditions"]),
            (&json!(["seer"]), &json!(["productBrand:brand_one"]))
        );
        assert!(changed.get("assignments").is_none(), "{changed}");
        assert_eq!(ids(&token.get("/products").json()), ["p1"]);
    }
    server.admin.delete("/accessPolicies/seer").is(204);
    token.get("/products").refused(403, "permission_missing");
}

#[test]
fn what_cannot_be_is_refused() {
    let server = started();
    let created = server.admin.post("/accessTokens", &json!({"id": "window", "assignments": two()}));
    let before = server.admin.get(WINDOW).json();
    let key = created.is(201).text("apiKey");

    let many = |count: u64| -> Value {
        (0..count).map(|number| of(&["seer"], &[&format!("productBrand:brand_{number}")])).collect()
    };
    let (document, assignments) = ("invalid_document", "invalid_assignments");
    let one = of(&["seer"], &[]);
    for (body, code, message) in [
        (json!({"assignments": two(), "policies": []}), document, "`assignments` stands in place of `policies`"),
        (json!({"assignments": [], "conditions": []}), document, "`assignments` stands in place of `conditions`"),
        (json!({"assignments": [], "policies": ["seer"], "conditions": []}), document, "`assignments` stands in place"),
        (json!({"assignments": {}}), document, "`assignments` must be a list of objects"),
        (json!({"assignments": null}), document, "`assignments` must be a list of objects"),
        (json!({"assignments": null, "policies": [], "conditions": []}), document, "`assignments` must be a list"),
        (json!({"assignments": [[]]}), document, "it must be a JSON object"),
        (json!({"assignments": ["seer"]}), document, "it must be a JSON object"),
        (
            json!({"assignments": [one, {"policies": ["seer"], "condition": []}]}),
            document,
            "unknown member `condition`",
        ),
        (
            json!({"assignments": [{"policies": [], "conditions": [], "assignments": []}]}),
            document,
            "unknown member `assignments`",
        ),
        (json!({"assignments": [{"policies": ["seer"]}]}), document, "`conditions` must be a list of conditions"),
        (json!({"assignments": [{"conditions": []}]}), document, "`policies` must be a list of texts"),
        (json!({"assignment": [one]}), document, "unknown member `assignment`"),
        (json!({}), document, "`policies` must be a list of texts"),
        (json!({"assignments": many(17)}), assignments, "invalid assignments: 17 assignments are too many"),
        (json!({"assignments": [one, two()[0], one]}), assignments, "invalid assignments: an assignment with the same"),
        (
            json!({"assignments": [one, of(&["sear"], &[])]}),
            "invalid_policies",
            "invalid policies: there is no role `sear`",
        ),
        (
            json!({"assignments": [one, of(&["seer"], &["brand:x"])]}),
            "unsupported_conditions",
            "unsupported conditions: unknown condition `brand`",
        ),
    ] {
        let mut created = body.clone();
        created["id"] = "new".into();
        let mut invited = body.clone();
        invited["operator"] = "new".into();
        for refused in [
            server.admin.post("/accessTokens", &created),
            server.admin.put(WINDOW, &body),
            server.admin.post("/accounts/demo/operatorAccess", &invited),
        ] {
            refused.refused(400, code);
            let said = refused.json()["errors"][0].to_string();
            assert!(said.starts_with(&format!("\"{message}")), "{body}: {said}");
        }
    }
    assert_eq!(server.admin.get(WINDOW).json(), before, "nothing was changed");
    server.admin.get("/accessTokens/new").refused(404, "not_found");
    server.admin.put(WINDOW, &json!({"assignments": many(16)})).is(200);

    // Nobody gives both brands at once who has one in each of two.
    server.admin.put(WINDOW, &json!({"assignments": two()})).is(200);
    let manager = json!({"id": "manager", "permissions": ["accessTokens:*", "products:read"]});
    server.admin.post("/accessPolicies", &manager).is(201);
    let own = [of(&["manager"], &["productBrand:brand_one"]), of(&["manager"], &["productBrand:brand_two"])];
    let invited = server.admin.post("/accounts/demo/operatorAccess", &json!({"operator": "max", "assignments": own}));
    let max = server.admin.with_key(&invited.is(201).text("operatorApiKey"));
    let both = of(&["manager"], &["productBrand:brand_one", "productBrand:brand_two"]);
    let give = |given: Value| max.post("/accessTokens", &json!({"id": "of-max", "assignments": given}));
    give(json!([both])).refused(403, "caller_access_exceeded");
    give(json!([own[0], of(&["manager"], &[])])).refused(403, "caller_access_exceeded");
    max.delete(WINDOW).refused(403, "caller_access_exceeded");
    give(json!(own)).is(201);
    // A token hands out nothing.
    server
        .admin
        .with_key(&key)
        .post("/accessTokens", &json!({"id": "x", "assignments": []}))
        .refused(403, "permission_missing");
}

#[test]
fn the_page_tells_them_apart() {
    let Some(driver) = Driver::start() else { return };
    let server = started();
    driver.go(&format!("http://{}/", server.admin.address));
    let key = server.admin.post("/accessTokens", &json!({"id": "window", "assignments": two()})).is(201).text("apiKey");
    driver.type_into("#key", &key);
    driver.wait("document.querySelector('#identity').innerText.includes('window')");
    let lines = driver.eval(
        "[...document.querySelectorAll('#identity .tags')].map((line) => line.innerText.split(/\\s+/).join(' '))",
    );
    assert_eq!(
        lines,
        json!([
            "account demo",
            "roles seer",
            "where productBrand:brand_one",
            "or roles seer keeper",
            "where productBrand:brand_two",
        ]),
    );
}
