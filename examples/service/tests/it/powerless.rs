//! An operator without any role tries all of administration, again and again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{client::Client, server::Server};

const ROUNDS: usize = 25;
const OPERATORS: &str = "/accounts/demo/operatorAccess";

#[test]
fn who_may_do_nothing_changes_nothing_and_slows_nobody() {
    let mut server = Server::start(&[]);
    let admin = server.admin.clone();
    let token = server.token("t1", &["products:*"], &[]);
    let mut powerless = server.operator("powerless", &[], &[]);
    let lists = || ["/accessPolicies", "/accessTokens"].map(|list| admin.get(list).is(200).json());
    let operators = || {
        let mut operators = admin.get(OPERATORS).is(200).json();
        for operator in operators.as_array_mut().unwrap() {
            // A new key is made at another time.
            operator.as_object_mut().unwrap().remove("createdAt");
        }
        let mut operators = operators.as_array().unwrap().clone();
        operators.sort_by_key(Value::to_string);
        operators
    };
    let before = (lists(), operators());
    let start = Instant::now();
    for round in 0..ROUNDS {
        attack(&powerless, round);
        // Their own key they may replace, which gives them nothing.
        let path = format!("{OPERATORS}/powerless/operatorApiKey");
        let grace = json!({"graceSeconds": round % 2 * 60});
        let old = powerless.clone();
        powerless = powerless.with_key(&powerless.post(&path, &grace).is(201).text("operatorApiKey"));
        if round % 2 == 0 {
            old.get("/me").refused(401, "invalid_token");
        }
        assert_eq!(powerless.get("/access").json()["permissions"], json!([]));
        token.get("/products/p1").is(200);
    }
    println!("{ROUNDS} rounds in {:?}", start.elapsed());
    assert_eq!((lists(), operators()), before);
    let looks: Vec<Duration> = (0..20)
        .map(|_| {
            let start = Instant::now();
            admin.get("/accessTokens/t1").is(200);
            start.elapsed()
        })
        .collect();
    assert!(looks.iter().min().unwrap() < &Duration::from_millis(50), "{looks:?}");
    assert!(server.is_alive());
}

fn attack(powerless: &Client, round: usize) {
    let (id, nothing) = (format!("x{round}"), json!({"policies": [], "conditions": []}));
    let all = json!({"policies": ["admin"], "conditions": []});
    for (method, path, body) in [
        ("GET", "/accessPolicies".to_owned(), None),
        ("POST", "/accessPolicies".to_owned(), Some(json!({"id": id, "permissions": ["products:*"]}))),
        ("PUT", "/accessPolicies/role-of-powerless".to_owned(), Some(json!({"permissions": ["products:*"]}))),
        ("PUT", "/accessPolicies/admin".to_owned(), Some(json!({"permissions": []}))),
        ("DELETE", "/accessPolicies/role-of-t1".to_owned(), None),
        ("GET", "/accessTokens/t1".to_owned(), None),
        ("POST", "/accessTokens".to_owned(), Some(json!({"id": id, "policies": [], "conditions": []}))),
        ("POST", "/accessTokens".to_owned(), Some(json!({"id": id, "policies": ["role-of-t1"], "conditions": []}))),
        ("PUT", "/accessTokens/t1".to_owned(), Some(nothing.clone())),
        ("DELETE", "/accessTokens/t1".to_owned(), None),
        ("GET", OPERATORS.to_owned(), None),
        ("POST", OPERATORS.to_owned(), Some(json!({"operator": id, "policies": [], "conditions": []}))),
        ("POST", OPERATORS.to_owned(), Some(json!({"operator": id, "policies": ["admin"], "conditions": []}))),
        ("PUT", format!("{OPERATORS}/powerless"), Some(all.clone())),
        ("PUT", format!("{OPERATORS}/olivia"), Some(nothing)),
        ("DELETE", format!("{OPERATORS}/olivia"), None),
        ("DELETE", format!("{OPERATORS}/powerless"), None),
        ("POST", format!("{OPERATORS}/olivia/operatorApiKey"), None),
        ("POST", format!("{OPERATORS}/nobody/operatorApiKey"), None),
        ("POST", format!("{OPERATORS}/t1/operatorApiKey"), None),
    ] {
        let body = body.map(|body| body.to_string());
        powerless.send(method, &path, &[], body.as_deref()).refused(403, "permission_missing");
    }
    let elsewhere = powerless.put("/accounts/other/operatorAccess/powerless", &all);
    elsewhere.refused(403, "permission_missing");
}
