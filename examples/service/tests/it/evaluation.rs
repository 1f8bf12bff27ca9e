//! The standard's questions, over HTTP.

use serde_json::{Value, json};

use crate::{
    client::{Answer, Client, raw},
    server::Server,
};

const ENDPOINTS: [&str; 5] = ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"];

/// A gateway: all that it may do is ask.
fn gateway(server: &Server) -> Client {
    server.token("gateway", &["evaluations:create"], &[])
}

fn ask(client: &Client, to: &str, body: &Value) -> Answer {
    client.post(&format!("/access/v1/{to}"), body)
}

fn question(subject: (&str, &str), action: &str, id: &str) -> Value {
    json!({
        "subject": {"type": subject.0, "id": subject.1}, "action": {"name": action},
        "resource": {"type": "product", "id": id},
    })
}

const OLIVIA: (&str, &str) = ("user", "olivia");

#[test]
fn a_gateway_asks_about_the_actors_and_products_of_its_account() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    server.token("buyer", &["products:read,list,update"], &["productBrand:brand_one"]);
    let denied = |reason: &str, status: &str, text: &str| json!({"decision": false, "context": {"reason": reason, "reason_user": {status: text}}});
    let unmet = denied("condition_unmet", "403", "condition `productBrand` is not met");
    let not_granted =
        |action: &str| denied("permission_missing", "403", &format!("no role grants `{action}` on `product`"));
    for (note, subject, action, id, wanted) in [
        ("an administrator", OLIVIA, "can_delete", "p1", json!({"decision": true})),
        ("of the brand", ("token", "buyer"), "can_read", "p1", json!({"decision": true})),
        ("of another", ("token", "buyer"), "can_read", "p2", unmet.clone()),
        ("of none", ("token", "buyer"), "can_read", "p3", unmet),
        ("there is none such", ("token", "buyer"), "can_read", "p9", denied("not_found", "404", "not found")),
        ("not granted", ("token", "buyer"), "can_delete", "p1", not_granted("can_delete")),
        ("not granted, and there is none such", ("token", "buyer"), "can_delete", "p9", not_granted("can_delete")),
        ("the gateway itself", ("token", "gateway"), "can_read", "p1", not_granted("can_read")),
        ("nobody", ("user", "nobody"), "can_read", "p1", not_granted("can_read")),
        ("an operator is no token", ("token", "olivia"), "can_read", "p1", not_granted("can_read")),
        ("an id with a NUL", ("user", "a\0"), "can_read", "p1", not_granted("can_read")),
        ("a product with a NUL", OLIVIA, "can_read", "p\0", denied("not_found", "404", "not found")),
        ("an action that there isn't", OLIVIA, "can_print", "p1", not_granted("can_print")),
    ] {
        let answer = ask(&gateway, "evaluation", &question(subject, action, id));
        assert_eq!(answer.is(200).json(), wanted, "{note}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    // What is stored is not what the question says, and an update says what it would become.
    let mut moved = question(("token", "buyer"), "can_read", "p2");
    moved["resource"]["properties"] = json!({"brand": "brand_one"});
    assert_eq!(ask(&gateway, "evaluation", &moved).is(200).json()["decision"], false);
    let mut away = question(("token", "buyer"), "can_update", "p1");
    assert_eq!(ask(&gateway, "evaluation", &away).is(200).json()["decision"], true);
    away["resource"]["properties"] = json!({"brand": "brand_two"});
    assert_eq!(ask(&gateway, "evaluation", &away).is(200).json()["decision"], false);

    let products: Value =
        ["p1", "p2", "p1"].map(|id| json!({"resource": {"type": "product", "id": id}})).to_vec().into();
    let many = json!({
        "subject": {"type": "token", "id": "buyer"}, "action": {"name": "can_read"},
        "options": {"evaluations_semantic": "deny_on_first_deny"},
        "evaluations": products,
    });
    let decisions = ask(&gateway, "evaluations", &many).is(200).json()["evaluations"].clone();
    assert_eq!(
        decisions.as_array().unwrap().iter().map(|each| each["decision"] == true).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(
        ask(&gateway, "evaluations", &question(OLIVIA, "can_read", "p1")).is(200).json(),
        json!({"decision": true})
    );
}

#[test]
fn an_actor_whose_key_has_ended_may_nothing() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    server.token("buyer", &["products:read"], &[]);
    let asked = question(("token", "buyer"), "can_read", "p1");
    assert_eq!(ask(&gateway, "evaluation", &asked).json()["decision"], true);
    server.admin.delete("/accessTokens/buyer").is(204);
    let gone = ask(&gateway, "evaluation", &asked).is(200).json();
    let stranger = ask(&gateway, "evaluation", &question(("token", "stranger"), "can_read", "p1")).is(200).json();
    assert_eq!(gone, stranger);
    assert_eq!(gone["decision"], false);
}

#[test]
fn from_where_and_when_is_said_by_the_question() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    server.token("role", &["products:read"], &[]);
    let conditions =
        json!([{"name": "sourceIp", "value": "10.0.0.0/8"}, {"name": "during", "value": "2020-01-01T00:00:00Z.."}]);
    server
        .admin
        .post("/accessTokens", &json!({"id": "near", "policies": ["role-of-role"], "conditions": conditions}))
        .is(201);
    for (context, decision) in [
        (json!({"ip": "10.0.0.7"}), true),
        (json!({"ip": "127.0.0.1"}), false),
        // The address of the gateway is not that of whoever is asked about.
        (json!({}), false),
        (json!({"ip": "10.0.0.7", "time": "2019-12-31T23:59:59Z"}), false),
        (json!({"ip": "10.0.0.7", "time": "2026-01-01T00:00:00Z"}), true),
    ] {
        let mut asked = question(("token", "near"), "can_read", "p1");
        asked["context"] = context.clone();
        assert_eq!(ask(&gateway, "evaluation", &asked).is(200).json()["decision"], decision, "{context}");
    }
}

#[test]
fn who_may_not_ask_is_refused_and_told_nothing() {
    let server = Server::start(&[]);
    let stranger = server.token("stranger", &["products:read,list"], &[]);
    let asked = question(OLIVIA, "can_read", "p1");
    for to in ENDPOINTS {
        ask(&stranger, to, &asked).refused(403, "permission_missing");
        ask(&server.admin.with_key(""), to, &asked).refused(401, "missing_credentials");
        let wrong =
            ask(&server.admin.with_key("svc_at_1uZPZRIo3YDQZ0_0gpy7QN4O7U1uOc16vzCaphq8ofecw2nOV2l"), to, &asked);
        wrong.refused(401, "invalid_token");
        assert!(wrong.header("www-authenticate").unwrap().starts_with("Bearer "));
        assert_eq!(stranger.get(&format!("/access/v1/{to}")).status, 405);
    }
}

#[test]
fn what_can_t_be_read_is_refused() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    for to in ENDPOINTS {
        let path = format!("/access/v1/{to}");
        for body in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"subject": 1}"#,
            "{\"subject\": {}, \"subject\": {}}",
            &"[".repeat(60_000),
        ] {
            gateway.send("POST", &path, &[], Some(body)).refused(400, "invalid_document");
        }
        // Of another media type, of none, and no text.
        let good = question(OLIVIA, "can_read", "p1").to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n",
            gateway.key
        );
        for (media, body) in [
            ("Content-Type: text/plain\r\n", good.as_bytes()),
            ("", good.as_bytes()),
            ("Content-Type: application/json\r\n", b"{\"\xff\": 1}"),
        ] {
            let head = format!("{head}{media}Content-Length: {}\r\n\r\n", body.len());
            raw(gateway.address, &[head.as_bytes(), body].concat()).unwrap().refused(400, "invalid_document");
        }
        gateway.send("POST", &path, &[], Some(&" ".repeat(70_000))).refused(413, "too_large");
    }
    let mut many = question(OLIVIA, "can_read", "p1");
    many["evaluations"] = vec![json!({}); 10_000].into();
    ask(&gateway, "evaluations", &many).refused(413, "too_large");
    many["evaluations"] = vec![json!({}); 1_000].into();
    let answer = ask(&gateway, "evaluations", &many).is(200).json();
    assert_eq!(answer["evaluations"].as_array().map(Vec::len), Some(1_000));
}

#[test]
fn the_name_of_a_request_is_said_again() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    let good = question(OLIVIA, "can_read", "p1").to_string();
    let said = |client: &Client, headers: &[&str], body: &str| {
        let answer = client.send("POST", "/access/v1/evaluation", headers, Some(body));
        (answer.status, answer.header("x-request-id").map(str::to_owned))
    };
    let named = ["X-Request-ID: bfe9eb29-ab87-4ca3-be83-a1d5d8305716"];
    let id = || Some("bfe9eb29-ab87-4ca3-be83-a1d5d8305716".to_owned());
    assert_eq!(said(&gateway, &named, &good), (200, id()));
    assert_eq!(said(&gateway, &named, "{}"), (400, id()));
    assert_eq!(said(&gateway.with_key(""), &named, &good), (401, id()));
    assert_eq!(said(&server.token("other", &["products:read"], &[]), &named, &good), (403, id()));
    assert_eq!(said(&gateway, &named, &" ".repeat(70_000)), (413, id()));
    assert_eq!(said(&gateway, &["x-request-id:   odd; id = \"7\" "], &good), (200, Some("odd; id = \"7\"".into())));
    assert_eq!(said(&gateway, &[], &good), (200, None));
    assert_eq!(said(&gateway, &["X-Request-ID: a", "X-Request-ID: b"], &good), (200, None));
}

#[test]
fn the_database_searches_products_page_by_page() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    server.token("buyer", &["products:read,list,update,create"], &["productBrand:brand_one"]);
    server.token("viewer", &["products:read"], &[]);
    let mut all: Vec<String> = vec!["p1".into()];
    for number in 0..7 {
        let brand = if number % 2 == 0 { "brand_one" } else { "brand_two" };
        let created = server.admin.post("/products", &json!({"name": format!("n{number}"), "brand": brand}));
        if number % 2 == 0 {
            all.push(created.is(201).text("id"));
        }
    }
    all.sort();
    let search = |action: &str, page: Value| {
        json!({
            "subject": {"type": "token", "id": "buyer"}, "action": {"name": action}, "resource": {"type": "product"}, "page": page,
        })
    };
    let ids = |answer: &Value| -> Vec<String> {
        answer["results"].as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
    };
    for action in ["can_read", "can_list", "can_update"] {
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let page = if token.is_empty() { json!({"limit": 2}) } else { json!({"token": token}) };
            let answer = ask(&gateway, "search/resource", &search(action, page)).is(200).json();
            assert!(ids(&answer).len() <= 2);
            found.extend(ids(&answer));
            answer["page"]["next_token"].as_str().unwrap().clone_into(&mut token);
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(found, all, "{action}");
    }
    // Each that is found is permitted, and the others are not.
    for product in server.admin.get("/products").json().as_array().unwrap() {
        let id = product["id"].as_str().unwrap();
        let answer = ask(&gateway, "evaluation", &question(("token", "buyer"), "can_read", id)).json();
        assert_eq!(answer["decision"] == true, all.iter().any(|found| found == id), "{id}");
    }
    for (action, finds) in [("can_create", false), ("can_delete", false), ("can_print", false), ("can_read", true)] {
        let answer = ask(&gateway, "search/resource", &search(action, json!({}))).is(200).json();
        assert_eq!(!ids(&answer).is_empty(), finds, "{action}");
    }
    let filtered =
        ask(&gateway, "search/resource", &search("can_read", json!({"limit": 0, "properties": {"filter": true}})));
    let filtered = filtered.is(200).json();
    assert_eq!(filtered["context"], json!({"filter": {"all_of": [{"attribute": "brand", "one_of": ["brand_one"]}]}}));
    assert!(ids(&filtered).is_empty() && filtered["page"]["next_token"] != "");

    // A token is of one search: not of another subject's, nor another action's, nor of what nobody made.
    let first = ask(&gateway, "search/resource", &search("can_read", json!({"limit": 2}))).json();
    let token = first["page"]["next_token"].as_str().unwrap();
    let mut other = search("can_read", json!({"token": token}));
    other["subject"]["id"] = "viewer".into();
    ask(&gateway, "search/resource", &other).refused(400, "invalid_document");
    ask(&gateway, "search/resource", &search("can_list", json!({"token": token}))).refused(400, "invalid_document");
    ask(&gateway, "search/resource", &search("can_read", json!({"token": format!("{token}0")})))
        .refused(400, "invalid_document");
    ask(&gateway, "search/resource", &search("can_read", json!({"token": "2-7031.00"})))
        .refused(400, "invalid_document");
    // Nor does another process know it.
    let another = Server::start(&[]);
    let there = another.token("gateway", &["evaluations:create"], &[]);
    another.token("buyer", &["products:read"], &["productBrand:brand_one"]);
    ask(&there, "search/resource", &search("can_read", json!({"token": token}))).refused(400, "invalid_document");
}

#[test]
fn subjects_and_actions_are_found() {
    let server = Server::start(&[]);
    let gateway = gateway(&server);
    server.token("buyer", &["products:read,list,update"], &["productBrand:brand_one"]);
    server.token("auditor", &["products:read"], &[]);
    let who = |kind: &str, action: &str, id: &str, page: Value| {
        let asked = json!({"subject": {"type": kind}, "action": {"name": action}, "resource": {"type": "product", "id": id}, "page": page});
        let answer = ask(&gateway, "search/subject", &asked).is(200).json();
        let found: Vec<String> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["id"].as_str().unwrap().to_owned())
            .collect();
        (found, answer["page"]["next_token"].as_str().unwrap().to_owned())
    };
    assert_eq!(who("user", "can_read", "p1", json!({})).0, ["olivia"]);
    assert_eq!(who("token", "can_read", "p1", json!({})).0, ["auditor", "buyer"]);
    assert_eq!(who("token", "can_read", "p2", json!({})).0, ["auditor"]);
    assert_eq!(who("token", "can_read", "p9", json!({})).0, [""; 0]);
    assert_eq!(who("robot", "can_read", "p1", json!({})).0, [""; 0]);
    let (first, token) = who("token", "can_read", "p1", json!({"limit": 1}));
    assert_eq!(first, ["auditor"]);
    assert_eq!(who("token", "can_read", "p1", json!({"token": token})), (vec!["buyer".to_owned()], String::new()));
    let what = |subject: (&str, &str), id: &str| {
        let asked = json!({"subject": {"type": subject.0, "id": subject.1}, "resource": {"type": "product", "id": id}});
        let answer = ask(&gateway, "search/action", &asked).is(200).json();
        answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(what(OLIVIA, "p1"), ["can_create", "can_delete", "can_list", "can_read", "can_update"]);
    assert_eq!(what(("token", "buyer"), "p1"), ["can_list", "can_read", "can_update"]);
    assert_eq!(what(("token", "buyer"), "p2"), [""; 0]);
    assert_eq!(what(("token", "nobody"), "p1"), [""; 0]);
}

#[test]
fn the_metadata_is_told_to_anyone_where_there_is_a_public_address() {
    let path = "/.well-known/authzen-configuration";
    let silent = Server::start(&[]);
    silent.admin.with_key("").get(path).refused(404, "not_found");
    let server = Server::start(&["--decision-point", "https://pdp.example.com"]);
    let answer = server.admin.with_key("").send("GET", path, &["X-Request-ID: 7"], None);
    assert_eq!((answer.header("content-type"), answer.header("x-request-id")), (Some("application/json"), Some("7")));
    let document = answer.is(200).json();
    assert_eq!(document["policy_decision_point"], "https://pdp.example.com");
    for (member, to) in [
        ("access_evaluation_endpoint", "evaluation"),
        ("access_evaluations_endpoint", "evaluations"),
        ("search_subject_endpoint", "search/subject"),
        ("search_resource_endpoint", "search/resource"),
        ("search_action_endpoint", "search/action"),
    ] {
        assert_eq!(document[member], format!("https://pdp.example.com/access/v1/{to}"));
    }
}
