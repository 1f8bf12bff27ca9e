//! Administration over HTTP: what works, what is refused, and what is logged.

use serde_json::{Value, json};

use crate::{client::Client, server::Server};

const OPERATORS: &str = "/accounts/demo/operatorAccess";

fn operator(id: &str) -> String {
    format!("{OPERATORS}/{id}")
}

#[test]
fn everyone_reads_their_own() {
    let server = Server::start(&[]);
    let token = server.token("t1", &["products:read,list"], &["productBrand:brand_one"]);
    let access = token.get("/access").json();
    let expected = json!({
        "account": "demo",
        "actor": {"id": "t1", "type": "accessToken"},
        "policies": ["role-of-t1"],
        "conditions": ["productBrand:brand_one"],
        "permissions": ["products:read,list"],
    });
    assert_eq!(access, expected);
    let me = token.get("/me").json();
    assert_eq!((&me["id"], &me["type"], &me["account"]), (&"t1".into(), &"accessToken".into(), &"demo".into()));
    assert!(token.key.contains(me["key"]["id"].as_str().unwrap()));
    let me = server.admin.get("/me").json();
    assert_eq!((&me["id"], &me["type"]), (&"olivia".into(), &"operator".into()));
}

#[test]
fn roles_come_change_and_go_at_once() {
    let server = Server::start(&[]);
    let admin = &server.admin;
    let token = server.token("t1", &["products:read"], &[]);
    let role = "/accessPolicies/role-of-t1";

    token.get("/products").refused(403, "permission_missing");
    admin.put(role, &json!({"permissions": ["products:list"]})).is(200);
    token.get("/products").is(200);
    token.get("/products/p1").refused(403, "permission_missing");
    assert_eq!(admin.get(role).json(), json!({"id": "role-of-t1", "permissions": ["products:list"]}));
    assert_eq!(admin.get("/accessPolicies").json().as_array().unwrap().len(), 1);
    admin.delete(role).is(204);
    token.get("/products").refused(403, "permission_missing");
    assert_eq!(token.get("/access").json()["permissions"], json!([]));
    admin.get(role).refused(404, "not_found");
    admin.delete(role).refused(404, "not_found");

    for (body, status, code) in [
        (json!({"id": "r", "permissions": ["product:read"]}), 400, "invalid_role"),
        (json!({"id": "r", "permissions": ["products:fly"]}), 400, "invalid_role"),
        (json!({"id": "r", "permissions": ["*:read"]}), 400, "invalid_document"),
        (json!({"id": "", "permissions": []}), 400, "invalid_document"),
        (json!({"id": "admin", "permissions": ["products:read"]}), 403, "managed_role"),
    ] {
        admin.post("/accessPolicies", &body).refused(status, code);
    }
    admin.put("/accessPolicies/admin", &json!({"permissions": ["products:read"]})).refused(403, "managed_role");
    admin.delete("/accessPolicies/admin").refused(403, "managed_role");
}

#[test]
fn tokens_are_changed_and_revoked() {
    let server = Server::start(&[]);
    let admin = &server.admin;
    let token = server.token("t1", &["products:*"], &[]);
    assert_eq!(token.get("/products").json().as_array().unwrap().len(), 3);
    let narrower = json!({"policies": ["role-of-t1"], "conditions": ["productBrand:brand_two"]});
    let changed = admin.put("/accessTokens/t1", &narrower);
    assert_eq!(changed.is(200).json()["conditions"], json!(["productBrand:brand_two"]));
    assert!(changed.json().get("apiKey").is_none(), "the secret is shown once");
    assert_eq!(token.get("/products").json().as_array().unwrap().len(), 1);

    assert!(!admin.get("/accessTokens").body.contains("svc_at_"));
    admin.get("/accessTokens/t1").is(200);
    admin.delete("/accessTokens/t1").is(204);
    let refused = token.get("/products");
    refused.refused(401, "invalid_token");
    assert_eq!(refused.json()["errors"][0], "the key is not valid");
    let challenge = r#"Bearer realm="keyward service", error="invalid_token""#;
    assert_eq!(refused.header("www-authenticate"), Some(challenge));
    admin.get("/accessTokens/t1").refused(404, "not_found");
    admin.delete("/accessTokens/t1").refused(404, "not_found");

    let ended = json!({"id": "ended", "policies": [], "conditions": [], "expiresAt": 1});
    let ended = admin.with_key(&admin.post("/accessTokens", &ended).is(201).text("apiKey"));
    assert_eq!(ended.get("/me").body, refused.body, "revoked, expired and unknown are one answer");
    let unknown = admin.with_key("svc_at_1uZPZRIo3YDQZ0_0gpy7QN4O7U1uOc16vzCaphq8ofecw2nOV2l");
    assert_eq!(unknown.get("/me").body, refused.body);

    let secret_condition = json!({"id": "t2", "policies": [], "conditions": ["brand:x"]});
    admin.post("/accessTokens", &secret_condition).refused(400, "unsupported_conditions");
    let unknown_role = json!({"id": "t2", "policies": ["role-of-t2"], "conditions": []});
    let refused = admin.post("/accessTokens", &unknown_role);
    refused.refused(400, "invalid_policies");
    assert!(!refused.body.contains("role-of-t1"), "it doesn't tell which roles there are: {}", refused.body);
}

#[test]
fn nobody_gives_what_they_dont_have() {
    let server = Server::start(&[]);
    let rights = ["products:read", "accessTokens:create,update,list", "operatorAccess:create"];
    let manager = server.operator("manager", &rights, &["productBrand:brand_one"]);
    let role = "role-of-manager";
    let give = |body: &Value| manager.post("/accessTokens", body);

    give(&json!({"id": "same", "policies": [role], "conditions": ["productBrand:brand_one"]})).is(201);
    for wider in [
        json!({"id": "w", "policies": [role], "conditions": []}),
        json!({"id": "w", "policies": [role], "conditions": ["productBrand:brand_two"]}),
        json!({"id": "w", "policies": [role], "conditions": ["productBrand:brand_one", "productBrand:brand_two"]}),
        json!({"id": "w", "policies": ["admin"], "conditions": ["productBrand:brand_one"]}),
    ] {
        give(&wider).refused(403, "caller_access_exceeded");
    }
    // Left out, null, or a typo: never taken for the empty list.
    for unclear in [
        json!({"id": "w", "policies": [role]}),
        json!({"id": "w", "policies": [role], "conditions": null}),
        json!({"id": "w", "policies": [role], "condition": []}),
        json!({"id": "w", "policies": [role], "conditions": "productBrand:brand_one"}),
        json!({"id": "w", "policies": null, "conditions": []}),
    ] {
        give(&unclear).refused(400, "invalid_document");
    }
    let widen = json!({"policies": [role], "conditions": []});
    manager.put("/accessTokens/same", &widen).refused(403, "caller_access_exceeded");
    // Roles are for administrators, and for no token whatever it may do.
    let role = json!({"id": "r", "permissions": []});
    let policies = server.operator("policies", &["accessPolicies:*"], &[]);
    policies.post("/accessPolicies", &role).refused(403, "not_administrator");
    let token = server.token("all", &["accessPolicies:*", "accessTokens:*", "operatorAccess:*"], &[]);
    token.post("/accessPolicies", &role).refused(403, "permission_missing");
    let another = json!({"id": "t", "policies": [], "conditions": []});
    token.post("/accessTokens", &another).refused(403, "permission_missing");
    token.delete(&operator("olivia")).refused(403, "permission_missing");
}

#[test]
fn operators_and_their_keys() {
    let server = Server::start(&[]);
    let admin = &server.admin;
    let frank = server.operator("frank", &["products:read"], &[]);
    admin
        .post(OPERATORS, &json!({"operator": "frank", "policies": [], "conditions": []}))
        .refused(409, "duplicate_actor");
    assert_eq!(admin.get(OPERATORS).json().as_array().unwrap().len(), 2);
    assert_eq!(admin.get(&operator("frank")).json()["operator"], "frank");

    // Their own key anyone may replace; another's not without the permission, of one that isn't there either.
    let regenerate = |client: &Client, id: &str, body: &str| {
        client.send("POST", &format!("{OPERATORS}/{id}/operatorApiKey"), &[], Some(body))
    };
    regenerate(&frank, "olivia", "{}").refused(403, "permission_missing");
    regenerate(&frank, "nobody", "{}").refused(403, "permission_missing");
    let new = frank.with_key(&regenerate(&frank, "frank", "{}").is(201).text("operatorApiKey"));
    frank.get("/me").refused(401, "invalid_token");
    new.get("/me").is(200);
    let newer = new.with_key(&regenerate(&new, "frank", r#"{"graceSeconds": 60}"#).is(201).text("operatorApiKey"));
    new.get("/me").is(200);
    newer.get("/me").is(200);
    regenerate(&new, "frank", "{}").refused(403, "key_in_grace");
    let given = newer.with_key(&regenerate(admin, "frank", "").is(201).text("operatorApiKey"));
    newer.get("/me").refused(401, "invalid_token");
    new.get("/me").refused(401, "invalid_token");
    given.get("/me").is(200);

    // An account keeps an administrator.
    let less = json!({"policies": [], "conditions": []});
    admin.put(&operator("olivia"), &less).refused(409, "last_administrator");
    admin.delete(&operator("olivia")).refused(409, "last_administrator");
    admin.put(&operator("frank"), &json!({"policies": ["admin"], "conditions": []})).is(200);
    given.delete(&operator("olivia")).is(204);
    admin.get("/me").refused(401, "invalid_token");
    given.delete(&operator("frank")).refused(409, "last_administrator");
    given.get(&operator("olivia")).refused(404, "not_found");
}

#[test]
fn another_account_is_not_there() {
    let server = Server::start(&[]);
    let there = server.admin.get("/accounts/demo/operatorAccess/nobody");
    there.refused(404, "not_found");
    for elsewhere in [
        server.admin.get("/accounts/other/operatorAccess"),
        server.admin.get("/accounts/Demo/operatorAccess/olivia"),
        server.admin.delete("/accounts/demo%00/operatorAccess/olivia"),
        server.admin.send("POST", "/accounts/other/operatorAccess/olivia/operatorApiKey", &[], None),
    ] {
        assert_eq!((elsewhere.status, elsewhere.body), (404, there.body.clone()));
    }
}

#[test]
fn conditions_of_the_schema_hold_for_reading_administration_too() {
    let server = Server::start(&[]);
    server.token("t1", &["products:read"], &[]);
    let reader = server.operator("reader", &["accessTokens:list"], &[]);
    assert_eq!(reader.get("/accessTokens").json()[0]["id"], "t1");
    reader.get("/accessTokens/t1").refused(403, "permission_missing");
    reader.get("/accessTokens/none").refused(403, "permission_missing");
    reader.get("/accessPolicies").refused(403, "permission_missing");
}

#[test]
fn every_attempt_is_logged_and_no_secret() {
    let server = Server::start(&[]);
    let admin = server.admin.clone();
    let token = server.token("t1", &["products:read"], &[]);
    admin.delete(&operator("olivia")).refused(409, "last_administrator");
    admin.delete("/accessTokens/t1").is(204);
    token.get("/me").is(401);
    server.token("t2", &["products:read"], &[]).delete(&operator("olivia")).refused(403, "permission_missing");
    let log = server.into_log();
    let audits: Vec<String> = log
        .iter()
        .filter(|line| line["event"] == "audit")
        .map(|line| {
            let record = &line["record"];
            let outcome = record["outcome"]["refused"]["code"].as_str().unwrap_or("done");
            format!("{} {} {outcome} {}", record["operation"], record["target"], line["stored"])
        })
        .collect();
    let expected = [
        r#""accounts:create" "demo" done true"#,
        r#""accessPolicies:create" "role-of-t1" done true"#,
        r#""accessTokens:create" "t1" done true"#,
        r#""operatorAccess:delete" "olivia" last_administrator false"#,
        r#""accessTokens:delete" "t1" done true"#,
        r#""accessPolicies:create" "role-of-t2" done true"#,
        r#""accessTokens:create" "t2" done true"#,
    ];
    assert_eq!(audits, expected);
    let refused = log.iter().find(|line| line["event"] == "key_refused").unwrap();
    assert_eq!(refused["cause"], "revoked");
    let denied = log.iter().find(|line| line["event"] == "denied").unwrap();
    assert_eq!((&denied["actor"], &denied["needs"]), (&"t2".into(), &"operatorAccess:delete".into()));
    let text: String = log.iter().map(Value::to_string).collect();
    for key in [&admin.key, &token.key] {
        assert!(!text.contains(key.as_str()) && !text.contains(&key[key.len() - 36..]), "a secret is in the log");
    }
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("keyward-service-restart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = folder.join("kept.sqlite");
    let database = ["--database", database.to_str().unwrap()];
    let server = Server::start(&database);
    let (kept, revoked) = (server.token("kept", &["products:list"], &[]), server.token("revoked", &[], &[]));
    server.admin.delete("/accessTokens/revoked").is(204);
    drop(server);

    let server = Server::start_again(&database);
    assert!(!server.printed.contains("svc_"), "the key was shown once: {}", server.printed);
    let moved = |client: &Client| Client { address: server.admin.address, key: client.key.clone() };
    moved(&kept).get("/products").is(200);
    moved(&revoked).get("/me").refused(401, "invalid_token");
    drop(server);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_token_is_rotated_and_its_end_is_set() {
    let server = Server::start(&[]);
    let admin = &server.admin;
    admin.post("/accessPolicies", &json!({"id": "r", "permissions": ["products:list"]})).is(201);
    let created = json!({"id": "t", "policies": ["r"], "conditions": []});
    let first = admin.with_key(&admin.post("/accessTokens", &created).is(201).text("apiKey"));
    let rotate = |body: &Value| admin.post("/accessTokens/t/apiKey", body);
    let second = first.with_key(&rotate(&json!({"graceSeconds": 60})).is(201).text("apiKey"));
    first.get("/products").is(200);
    second.get("/products").is(200);
    rotate(&json!({"graceSeconds": 604_801})).refused(409, "key_not_replaceable");
    second.post("/accessTokens/t/apiKey", &json!({})).refused(403, "permission_missing");
    // The end stays, is another, or is taken away by a `null`.
    let changed = |end: Value| {
        let mut body = json!({"policies": ["r"], "conditions": []});
        if let Some(members) = body.as_object_mut().filter(|_| end != json!("left out")) {
            members.insert("expiresAt".into(), end);
        }
        admin.put("/accessTokens/t", &body).is(200).json()["expiresAt"].clone()
    };
    let later = json!(99_999_999_999_999_u64);
    assert_eq!([later.clone(), json!("left out"), Value::Null].map(changed), [later.clone(), later, Value::Null]);
    second.get("/products").is(200);
    // At once it has ended: its id is free, and it can't be changed any more.
    changed(json!(1));
    second.get("/products").refused(401, "invalid_token");
    admin.put("/accessTokens/t", &json!({"policies": [], "conditions": []})).refused(409, "token_expired");
    admin.post("/accessTokens", &created).is(201);
}
