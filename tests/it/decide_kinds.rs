//! The `decide` example with kinds of values, exceptions and the context of requests.

use serde_json::{Value, json};

use crate::decide_example::ask;

fn world() -> Value {
    let actor = |id: &str, policies: Value, conditions: Value| json!({"id": id, "policies": policies, "conditions": conditions});
    let except = |name: &str, values: Value| json!({"name": name, "except": values});
    let is = |name: &str, value: &str| json!({"name": name, "value": value});
    json!({
        "schema": {
            "resources": {
                "orders": {"operations": ["create", "read", "update", "list", "approve"]},
                "hosts": {},
                "notes": {},
            },
            "conditions": {
                "brand": {"restricts": {"orders": "brand"}, "elsewhere": "ignore"},
                "region": {"values": "path", "restricts": {"orders": ["delivery", "region"]}},
                "amount": {"values": "integer", "restricts": {"orders": {"attribute": "amounts", "match": "all"}}},
                "address": {"values": "network", "restricts": {"hosts": "ip"}},
                "made": {"values": "time", "restricts": {"orders": "made", "hosts": "made"}},
                "sourceIp": {"values": "network", "context": "ip"},
                "now": {"values": "time", "context": ["request", "time"]},
            },
        },
        "accounts": [{
            "id": "acme",
            "accessPolicies": [
                {"id": "lister", "permissions": ["orders:list", "hosts:list", "notes:list"]},
                {"id": "orders", "permissions": ["orders:*"]},
            ],
            "operatorAccess": [
                actor("all", json!(["admin"]), json!([])),
                actor("region", json!(["admin"]), json!([is("region", "eu/de")])),
                actor("not-region", json!(["admin"]), json!([except("region", json!(["eu/de", "us"]))])),
                actor("amount", json!(["admin"]), json!([is("amount", "..999"), except("amount", json!(["..4999"]))])),
                actor("host", json!(["admin"]), json!([is("address", "10.0.0.0/8"), is("address", "2001:db8::/32")])),
                actor("made", json!(["admin"]), json!([is("made", "2026-01-01T00:00:00Z..2026-02-01T00:00:00Z")])),
                actor("not-brand", json!(["admin"]), json!([except("brand", json!(["secret"]))])),
                actor("office", json!(["admin"]), json!([is("sourceIp", "10.0.0.0/8"), "brand:a"])),
                actor("not-office", json!(["admin"]), json!([except("sourceIp", json!(["10.0.0.0/8"]))])),
                actor("hours", json!(["admin"]), json!([is("now", "2026-01-01T08:00:00Z..2026-01-01T18:00:00Z")])),
                json!({"id": "several", "assignments": [
                    {"policies": ["orders"], "conditions": [is("sourceIp", "10.0.0.0/8")]},
                    {"policies": ["lister", "orders"], "conditions": ["brand:a", is("region", "eu")]},
                ]}),
            ],
            "accessTokens": [
                actor("list-office", json!(["lister"]), json!([is("sourceIp", "10.0.0.0/8")])),
                actor("list", json!(["lister"]), json!([])),
            ],
        }],
    })
}

fn read(actor: &str, on: &str, attributes: &Value) -> Value {
    json!({"actor": actor, "operation": "read", "resource": {"type": on, "attributes": attributes}})
}

fn with(mut request: Value, context: Value) -> Value {
    request["context"] = context;
    request
}

fn deny(reason: &Value) -> Value {
    json!({"decision": "deny", "status": 403, "reason": reason})
}

fn answers(requests: &[Value]) -> Vec<Value> {
    let ran = ask(world().to_string(), json!(requests).to_string());
    assert_eq!(ran.err, "");
    ran.answers()
}

#[test]
fn every_kind() {
    let allow = json!({"decision": "allow"});
    let unmet = |condition: &str, attribute: Value, found: Option<Value>, lists: Value| {
        let mut reason = json!({"kind": "condition_unmet", "condition": condition, "attribute": attribute});
        for (name, list) in lists.as_object().unwrap() {
            reason[name] = list.clone();
        }
        if let Some(found) = found {
            reason["found"] = found;
        }
        deny(&reason)
    };
    let region = json!(["delivery", "region"]);
    let order = |region: &str| json!({"delivery": {"region": region}});
    let between = json!({"accepted": ["..999"], "except": ["..4999"]});
    let of_context = |mut answer: Value| {
        answer["reason"]["of"] = json!("context");
        answer
    };
    let outside = json!({"ip": "11.0.0.1"});
    let exchanges = [
        (read("region", "orders", &order("eu/de/berlin")), allow.clone()),
        (
            read("region", "orders", &order("eu/dexter")),
            unmet("region", region.clone(), Some(json!("eu/dexter")), json!({"accepted": ["eu/de"]})),
        ),
        (read("not-region", "orders", &order("eu/fr")), allow.clone()),
        (
            read("not-region", "orders", &order("us/ca")),
            unmet("region", region.clone(), Some(json!("us/ca")), json!({"except": ["eu/de", "us"]})),
        ),
        (read("not-region", "orders", &json!({})), unmet("region", region, None, json!({"except": ["eu/de", "us"]}))),
        (
            read("not-region", "notes", &json!({})),
            deny(&json!({"kind": "condition_unbound", "condition": "region", "resource": "notes"})),
        ),
        (read("amount", "orders", &json!({"amounts": [1, "999", 5000]})), allow.clone()),
        (
            read("amount", "orders", &json!({"amounts": 1000})),
            unmet("amount", json!("amounts"), Some(json!(1000)), between.clone()),
        ),
        (
            read("amount", "orders", &json!({"amounts": []})),
            unmet("amount", json!("amounts"), Some(json!([])), between.clone()),
        ),
        (
            read("amount", "orders", &json!({"amounts": [1, "07"]})),
            unmet("amount", json!("amounts"), Some(json!([1, "07"])), between),
        ),
        (read("host", "hosts", &json!({"ip": "::ffff:10.9.8.7"})), allow.clone()),
        (
            read("host", "hosts", &json!({"ip": "2001:db9::"})),
            unmet(
                "address",
                json!("ip"),
                Some(json!("2001:db9::")),
                json!({"accepted": ["10.0.0.0/8", "2001:db8::/32"]}),
            ),
        ),
        (read("made", "orders", &json!({"made": "2026-02-01T00:59:59+01:00"})), allow.clone()),
        (
            read("made", "orders", &json!({"made": "2026-02-01T00:00:00Z"})),
            unmet(
                "made",
                json!("made"),
                Some(json!("2026-02-01T00:00:00Z")),
                json!({"accepted": ["2026-01-01T00:00:00Z..2026-02-01T00:00:00Z"]}),
            ),
        ),
        (read("not-brand", "orders", &json!({"brand": "open"})), allow.clone()),
        (
            read("not-brand", "orders", &json!({"brand": null})),
            unmet("brand", json!("brand"), Some(json!(null)), json!({"except": ["secret"]})),
        ),
        (read("not-brand", "notes", &json!({})), allow.clone()),
        (with(read("office", "orders", &json!({"brand": "a"})), json!({"ip": "10.0.0.1"})), allow.clone()),
        // What the resource says of its own address is not the context's.
        (
            read("office", "orders", &json!({"brand": "a", "ip": "10.0.0.1"})),
            of_context(unmet("sourceIp", json!("ip"), None, json!({"accepted": ["10.0.0.0/8"]}))),
        ),
        (
            with(read("office", "orders", &json!({"brand": "b"})), json!({"ip": "11.0.0.1"})),
            of_context(unmet("sourceIp", json!("ip"), Some(json!("11.0.0.1")), json!({"accepted": ["10.0.0.0/8"]}))),
        ),
        (with(read("not-office", "notes", &json!({})), outside.clone()), allow.clone()),
        (
            with(read("not-office", "notes", &json!({})), json!({"ip": "fe80::1%eth0"})),
            of_context(unmet("sourceIp", json!("ip"), Some(json!("fe80::1%eth0")), json!({"except": ["10.0.0.0/8"]}))),
        ),
        (
            with(read("hours", "notes", &json!({})), json!({"request": {"time": "2026-01-01T09:00:00+01:00"}})),
            allow.clone(),
        ),
        (
            with(read("hours", "notes", &json!({})), json!({"request": "2026-01-01T09:00:00Z"})),
            of_context(unmet(
                "now",
                json!(["request", "time"]),
                None,
                json!({"accepted": ["2026-01-01T08:00:00Z..2026-01-01T18:00:00Z"]}),
            )),
        ),
        // An update tells no side where the context is the reason.
        (
            json!({"actor": "several", "operation": "update", "resource": {"type": "orders", "attributes": {"brand": "a", "delivery": {"region": "eu"}}}, "proposed": {"brand": "a"}, "context": {"ip": "11.0.0.1"}}),
            deny(&json!({
                "kind": "condition_unmet", "condition": "sourceIp", "attribute": "ip", "of": "context", "found": "11.0.0.1", "accepted": ["10.0.0.0/8"],
                "others": [{"kind": "condition_unmet", "condition": "region", "attribute": ["delivery", "region"], "accepted": ["eu"], "side": "proposed"}],
            })),
        ),
        (
            json!({"actor": "several", "operation": "update", "resource": {"type": "orders", "attributes": {}}, "proposed": {}, "context": {"ip": "10.0.0.1"}}),
            allow,
        ),
    ];
    let (requests, expected): (Vec<Value>, Vec<Value>) = exchanges.into_iter().unzip();
    for ((request, expected), answer) in requests.iter().zip(&expected).zip(answers(&requests)) {
        assert_eq!(answer, *expected, "{request}");
    }
}

#[test]
fn filters() {
    let filter = |actor: &str, operation: &str, on: &str, context: Value| {
        with(json!({"actor": actor, "filter": operation, "resource": {"type": on}}), context)
    };
    let list = |actor: &str, context: Value| {
        with(json!({"actor": actor, "operation": "list", "resource": {"type": "orders"}}), context)
    };
    let all_of = |clauses: Value| json!({"decision": "allow", "filter": {"all_of": clauses}});
    let (inside, outside) = (json!({"ip": "10.0.0.1"}), json!({"ip": "11.0.0.1"}));
    let region = json!(["delivery", "region"]);
    let office = json!({"kind": "condition_unmet", "condition": "sourceIp", "attribute": "ip", "of": "context", "accepted": ["10.0.0.0/8"]});
    let found = |mut reason: Value, ip: &str| {
        reason["found"] = json!(ip);
        deny(&reason)
    };
    let exchanges = [
        (
            filter("region", "approve", "orders", json!({})),
            all_of(json!([{"attribute": region, "one_of": ["eu/de"], "values": "path"}])),
        ),
        (
            list("not-region", json!({})),
            all_of(json!([{"attribute": region, "except": ["eu/de", "us"], "values": "path"}])),
        ),
        (
            list("amount", json!({})),
            all_of(
                json!([{"attribute": "amounts", "one_of": ["..999"], "except": ["..4999"], "values": "integer", "match": "all"}]),
            ),
        ),
        (list("not-brand", json!({})), all_of(json!([{"attribute": "brand", "except": ["secret"]}]))),
        (
            filter("host", "delete", "hosts", json!({})),
            all_of(json!([{"attribute": "ip", "one_of": ["10.0.0.0/8", "2001:db8::/32"], "values": "network"}])),
        ),
        (
            filter("made", "update", "hosts", json!({})),
            all_of(
                json!([{"attribute": "made", "one_of": ["2026-01-01T00:00:00Z..2026-02-01T00:00:00Z"], "values": "time"}]),
            ),
        ),
        (filter("office", "read", "orders", inside.clone()), all_of(json!([{"attribute": "brand", "one_of": ["a"]}]))),
        (filter("office", "read", "notes", inside.clone()), json!({"decision": "allow", "filter": "all"})),
        (filter("office", "read", "notes", outside.clone()), found(office.clone(), "11.0.0.1")),
        (json!({"actor": "office", "filter": "read", "resource": {"type": "notes"}}), deny(&office)),
        (list("list-office", outside.clone()), found(office.clone(), "11.0.0.1")),
        (list("several", inside), json!({"decision": "allow", "filter": "all"})),
        (
            list("several", outside),
            all_of(
                json!([{"attribute": "brand", "one_of": ["a"]}, {"attribute": region, "one_of": ["eu"], "values": "path"}]),
            ),
        ),
    ];
    let (requests, expected): (Vec<Value>, Vec<Value>) = exchanges.into_iter().unzip();
    for ((request, expected), answer) in requests.iter().zip(&expected).zip(answers(&requests)) {
        assert_eq!(answer, *expected, "{request}");
    }
}

#[test]
fn errors_in_a_line() {
    let request = |more: Value| {
        let mut request = read("all", "notes", &json!({}));
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        request.to_string()
    };
    let cases = [
        (request(json!({"context": null})), "$.context: an object is wanted"),
        (request(json!({"context": []})), "$.context: an object is wanted"),
        (request(json!({"context": "10.0.0.1"})), "$.context: an object is wanted"),
        (request(json!({"contexts": {}})), "$: unknown field `contexts`"),
        (json!({"actor": "all", "filter": "read", "resource": {"type": "notes"}, "context": 7}).to_string(), "$.context: an object is wanted"),
        (json!({"actor": "all", "filter": "read", "resource": {"type": "notes", "attributes": {}}}).to_string(), "$.resource: unknown field `attributes`"),
        (json!({"actor": "all", "filter": "read", "operation": "read", "resource": {"type": "notes"}}).to_string(), "$: unknown field `operation`"),
        (json!({"actor": "all", "filter": "approve", "resource": {"type": "notes"}}).to_string(), "unknown operation `approve`"),
        (json!({"actor": "nobody", "filter": "read", "resource": {"type": "notes"}}).to_string(), "unknown actor `nobody`"),
        (r#"{"actor": "all", "operation": "read", "resource": {"type": "notes"}, "context": {"ip": "1.1.1.1", "ip": "1.1.1.1"}}"#.into(), "$.context.ip: the key is there twice"),
    ];
    let good = request(json!({"context": {"ip": "10.0.0.1", "more": [null, 1.5, {}]}}));
    for (line, message) in cases {
        let ran = ask(world().to_string(), format!("{good}\n{line}\n{good}\n"));
        let [first, error, last] = &ran.answers()[..] else { panic!("{ran:?}") };
        assert_eq!((ran.status, first), (1, &json!({"decision": "allow"})));
        assert_eq!(first, last);
        assert!(error["error"].as_str().is_some_and(|error| error.contains(message)), "{message}: {error}");
    }
}

#[test]
fn a_world_with_a_wrong_value() {
    let with = |conditions: Value| {
        let mut world = world();
        world["accounts"][0]["operatorAccess"][3]["conditions"] = conditions;
        ask(world.to_string(), "[]")
    };
    for (conditions, message) in [
        (
            json!([{"name": "amount", "except": ["1..9", "07"]}]),
            "$.accounts[0].operatorAccess[3].conditions[0].except[1]: ",
        ),
        (
            json!(["amount:1", {"name": "sourceIp", "value": "10.0.0.1/8"}]),
            "$.accounts[0].operatorAccess[3].conditions[1]: ",
        ),
        (json!([{"name": "now", "value": "2026-01-01T00:00:00Z"}]), "$.accounts[0].operatorAccess[3].conditions[0]: "),
    ] {
        let ran = with(conditions);
        assert_eq!((ran.status, &*ran.out), (2, ""), "{ran:?}");
        assert!(ran.err.contains(message) && ran.err.contains("line 1, column "), "{message}: {ran:?}");
    }
}

/// A witness is a request that the same program allows for the one and denies for the other.
#[test]
fn a_witness_is_asked_again() {
    let actors: Vec<String> = world()["accounts"][0]["operatorAccess"]
        .as_array()
        .unwrap()
        .iter()
        .chain(world()["accounts"][0]["accessTokens"].as_array().unwrap())
        .map(|actor| actor["id"].as_str().unwrap().to_owned())
        .collect();
    let pairs: Vec<(&str, &str)> =
        actors.iter().flat_map(|access| actors.iter().map(|of| (&**access, &**of))).collect();
    let compared =
        answers(&pairs.iter().map(|(access, of)| json!({"within": {"access": access, "of": of}})).collect::<Vec<_>>());
    let mut requests = Vec::new();
    let (mut within, mut with_context) = (Vec::new(), 0);
    for ((access, of), answer) in pairs.iter().zip(&compared) {
        if answer["within"] == json!(true) {
            within.push((*access, *of));
            assert!(answer.get("witness").is_none(), "{answer}");
            continue;
        }
        with_context += usize::from(answer["witness"].get("context").is_some());
        for actor in [access, of] {
            let mut request = answer["witness"].clone();
            request["actor"] = json!(actor);
            requests.push(request);
        }
    }
    let asked = answers(&requests);
    for (request, answer) in requests.chunks(2).zip(asked.chunks(2)) {
        assert_eq!(answer[0]["decision"], json!("allow"), "{request:?} {answer:?}");
        assert_eq!(answer[1]["decision"], json!("deny"), "{request:?} {answer:?}");
    }
    within.retain(|(access, of)| access != of && *of != "all");
    assert_eq!(within, [("host", "not-brand"), ("office", "not-brand"), ("list-office", "list")]);
    assert!(with_context > 20, "{with_context}");
}
