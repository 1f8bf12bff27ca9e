//! The scenarios in which implementations of the standard were shown to work together: todos, and searches of records.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::Fixture;

fn records() -> Fixture {
    Fixture::read(include_str!("interop_search.json"))
}

#[test]
fn todos_are_decided_as_published() {
    let todos = Fixture::read(include_str!("interop_todo.json"));
    assert_eq!(todos.hold("evaluations"), 40);
    assert_eq!(todos.hold("batches"), 3);
}

/// The ids or the names that are found, sorted.
fn found(fixture: &Fixture, to: &str, request: &Value) -> Vec<String> {
    let answer = fixture.ask(to, &request.to_string()).unwrap();
    super::forms::check(to, &answer);
    let results = answer["results"].as_array().unwrap().iter();
    let mut found: Vec<String> =
        results.map(|found| found.get("id").unwrap_or(&found["name"]).as_str().unwrap().to_owned()).collect();
    found.sort();
    found
}

fn rows<'a>(fixture: &'a Fixture, table: &str) -> Vec<(&'a str, &'a str, Vec<String>)> {
    let rows = fixture.document[table].as_array().unwrap().iter();
    let row = |row: &'a Value| {
        let mut wanted: Vec<String> = row[2].as_array().unwrap().iter().map(|id| id.as_str().unwrap().into()).collect();
        wanted.sort();
        (row[0].as_str().unwrap(), row[1].as_str().unwrap(), wanted)
    };
    rows.map(row).collect()
}

#[test]
fn who_can_is_as_published() {
    let fixture = records();
    let table = rows(&fixture, "whoCan");
    assert_eq!(table.len(), 60);
    for (record, action, wanted) in table {
        let request = json!({
            "subject": {"type": "user"}, "action": {"name": action}, "resource": {"type": "record", "id": record},
        });
        assert_eq!(found(&fixture, "search/subject", &request), wanted, "{action} {record}");
    }
}

#[test]
fn with_what_is_as_published() {
    let fixture = records();
    let table = rows(&fixture, "whatCan");
    assert_eq!(table.len(), 18);
    for (user, action, wanted) in table {
        let request = json!({
            "subject": {"type": "user", "id": user}, "action": {"name": action}, "resource": {"type": "record"},
        });
        assert_eq!(found(&fixture, "search/resource", &request), wanted, "{user} {action}");
    }
}

/// Of the 120 pairs of a user and a record, those that the table leaves out find nothing.
#[test]
fn what_one_may_do_is_as_published() {
    let fixture = records();
    let table = rows(&fixture, "mayDo");
    let published: BTreeMap<_, _> = table.into_iter().map(|(user, record, wanted)| ((user, record), wanted)).collect();
    assert_eq!(published.len(), 74);
    let mut asked = 0;
    for user in ["alice", "bob", "carol", "dan", "erin", "felix"] {
        for record in (101..=120).map(|id: u32| id.to_string()) {
            let request =
                json!({"subject": {"type": "user", "id": user}, "resource": {"type": "record", "id": record}});
            let wanted = published.get(&(user, &*record)).cloned().unwrap_or_default();
            assert_eq!(found(&fixture, "search/action", &request), wanted, "{user} {record}");
            asked += 1;
        }
    }
    assert_eq!(asked, 120);
}

/// What a search finds is permitted when it is asked for, and nothing else is.
#[test]
fn searches_and_evaluations_agree() {
    let fixture = records();
    for (user, action, wanted) in rows(&fixture, "whatCan") {
        for record in (101..=121).map(|id: u32| id.to_string()) {
            let request = json!({
                "subject": {"type": "user", "id": user}, "action": {"name": action},
                "resource": {"type": "record", "id": record},
            });
            let answer = fixture.ask("evaluation", &request.to_string()).unwrap();
            assert_eq!(answer["decision"], wanted.contains(&record), "{user} {action} {record}");
        }
    }
}

#[test]
fn what_the_scenario_does_not_know_finds_nothing() {
    let fixture = records();
    for (to, request) in [
        (
            "search/subject",
            json!({"subject": {"type": "user"}, "action": {"name": "view"}, "resource": {"type": "record", "id": "100"}}),
        ),
        (
            "search/subject",
            json!({"subject": {"type": "user"}, "action": {"name": "print"}, "resource": {"type": "record", "id": "101"}}),
        ),
        (
            "search/resource",
            json!({"subject": {"type": "user", "id": "gina"}, "action": {"name": "view"}, "resource": {"type": "record"}}),
        ),
        (
            "search/resource",
            json!({"subject": {"type": "user", "id": "alice"}, "action": {"name": "print"}, "resource": {"type": "record"}}),
        ),
        (
            "search/action",
            json!({"subject": {"type": "user", "id": "alice"}, "resource": {"type": "record", "id": "121"}}),
        ),
    ] {
        assert!(found(&fixture, to, &request).is_empty(), "{request}");
    }
}
