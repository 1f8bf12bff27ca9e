//! Searches, and the filter that is given instead of many ids.

use keyward::filter::Filter;
use serde_json::{Value, json};

use super::fixture::Fixture;

fn records() -> Fixture {
    Fixture::read(include_str!("interop_search.json"))
}

fn with_filter(user: &str, action: &str) -> Value {
    json!({
        "subject": {"type": "user", "id": user}, "action": {"name": action}, "resource": {"type": "record"},
        "page": {"properties": {"filter": true}},
    })
}

#[test]
fn the_filter_lets_just_what_is_found_through() {
    let fixture = records();
    let stored = fixture.document["stored"]["record"].as_object().unwrap();
    for user in ["alice", "bob", "carol", "dan", "erin", "felix", "gina"] {
        for action in ["view", "edit", "delete", "print"] {
            let answer = fixture.ask("search/resource", &with_filter(user, action).to_string()).unwrap();
            let filter: Filter = serde_json::from_value(answer["context"]["filter"].clone()).unwrap();
            let mut passing: Vec<&str> =
                stored.iter().filter(|(_, record)| filter.passes(*record)).map(|(id, _)| id.as_str()).collect();
            passing.sort_unstable();
            let found: Vec<&str> =
                answer["results"].as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap()).collect();
            assert_eq!(passing, found, "{user} {action}: {filter}");
        }
    }
}

#[test]
fn the_filter_is_given_where_it_is_asked_for() {
    let fixture = records();
    let mut request = with_filter("erin", "view");
    let answer = fixture.ask("search/resource", &request.to_string()).unwrap();
    assert_eq!(
        answer["context"],
        json!({"filter": {"any_of": [
            {"all_of": [{"attribute": "owner", "one_of": ["erin"]}]},
            {"all_of": [{"attribute": "department", "one_of": ["Finance"]}]},
        ]}}),
    );
    // In place of the ids: none of them, and it is not said that these are all.
    request["page"]["limit"] = 0.into();
    let answer = fixture.ask("search/resource", &request.to_string()).unwrap();
    assert!(
        answer["results"] == json!([]) && answer["page"]["next_token"] != "" && answer["context"]["filter"].is_object()
    );
    for properties in [json!({"filter": false}), json!({}), json!({"Filter": true})] {
        request["page"]["properties"] = properties;
        let answer = fixture.ask("search/resource", &request.to_string()).unwrap();
        assert!(answer.get("context").is_none(), "{answer}");
    }
    assert_eq!(
        fixture.ask("search/resource", &with_filter("gina", "view").to_string()).unwrap(),
        json!({"page": {"next_token": "", "count": 0}, "context": {"filter": "nothing"}, "results": []}),
    );
}

#[test]
fn the_context_decides_in_searches_too() {
    let mut document: Value = serde_json::from_str(include_str!("interop_search.json")).unwrap();
    let directory = &mut document["directory"];
    directory["schema"]["conditions"]["sourceIp"] = json!({"values": "network", "context": "ip"});
    directory["accounts"][0]["operatorAccess"].as_array_mut().unwrap().push(json!({
        "id": "hugo", "policies": ["owner"], "conditions": [{"name": "sourceIp", "value": "10.0.0.0/8"}],
    }));
    let fixture = Fixture::read(&document.to_string());
    for (context, count) in [(json!({"ip": "10.0.0.1"}), 20), (json!({"ip": "11.0.0.1"}), 0), (json!({}), 0)] {
        let mut request = with_filter("hugo", "delete");
        request["context"] = context.clone();
        let answer = fixture.ask("search/resource", &request.to_string()).unwrap();
        assert_eq!(answer["page"]["count"], count, "{context}");
        assert_eq!(answer["context"]["filter"], if count == 20 { "all" } else { "nothing" });
        let who = json!({
            "subject": {"type": "user"}, "action": {"name": "delete"}, "resource": {"type": "record", "id": "101"}, "context": context,
        });
        let who = fixture.ask("search/subject", &who.to_string()).unwrap();
        assert_eq!(who["page"]["count"], if count == 20 { 2 } else { 1 }, "{who}");
        let what = json!({"subject": {"type": "user", "id": "hugo"}, "resource": {"type": "record", "id": "101"}, "context": context});
        let what = fixture.ask("search/action", &what.to_string()).unwrap();
        assert_eq!(what["page"]["count"], if count == 20 { 3 } else { 0 }, "{what}");
    }
}

#[test]
fn what_is_stored_is_not_found_for_create() {
    let mut document: Value = serde_json::from_str(include_str!("interop_search.json")).unwrap();
    document["actions"]["record"]["make"] = "records:create".into();
    document["directory"]["accounts"][0]["accessPolicies"][2]["permissions"] = json!(["records:*"]);
    let fixture = Fixture::read(&document.to_string());
    let answer = fixture.ask("search/resource", &with_filter("alice", "make").to_string()).unwrap();
    assert_eq!(answer["results"], json!([]));
    // Which there could be is told.
    assert_eq!(answer["context"]["filter"], json!({"all_of": [{"attribute": "owner", "one_of": ["alice"]}]}));
    for (owner, users, may) in [("alice", vec!["alice"], true), ("nobody", vec![], false)] {
        let resource = json!({"type": "record", "id": "new", "properties": {"owner": owner}});
        let who = json!({"subject": {"type": "user"}, "action": {"name": "make"}, "resource": resource});
        let who = fixture.ask("search/subject", &who.to_string()).unwrap();
        let found: Vec<&str> = who["results"].as_array().unwrap().iter().map(|of| of["id"].as_str().unwrap()).collect();
        assert_eq!(found, users);
        let what = json!({"subject": {"type": "user", "id": "alice"}, "resource": resource});
        let what = fixture.ask("search/action", &what.to_string()).unwrap();
        assert_eq!(what["results"] == json!([{"name": "make"}]), may, "{what}");
    }
}
