//! Pages, and tokens that nobody can forge or use elsewhere.

use keyward::authzen::{ActionSearch, FoundAction, FoundEntity, Page, ResourceSearch, SubjectSearch};
use serde_json::{Value, json};

use super::fixture::{Fixture, tokens};

fn records() -> Fixture {
    Fixture::read(include_str!("interop_search.json"))
}

fn search(limit: Option<usize>, token: Option<&str>) -> Value {
    let mut search = json!({
        "subject": {"type": "user", "id": "bob"}, "action": {"name": "view"}, "resource": {"type": "record"}, "page": {},
    });
    if let Some(limit) = limit {
        search["page"]["limit"] = limit.into();
    }
    if let Some(token) = token {
        search["page"]["token"] = token.into();
    }
    search
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap()).collect()
}

#[test]
fn pages_are_the_whole_in_parts() {
    let fixture = records();
    let whole = fixture.ask("search/resource", &search(None, None).to_string()).unwrap();
    assert_eq!((ids(&whole).len(), &whole["page"]["next_token"]), (11, &json!("")));
    for limit in 1..=12 {
        for says_it_again in [true, false] {
            let (mut found, mut token, mut pages) = (Vec::new(), None::<String>, 0);
            loop {
                let limit_said = (says_it_again || token.is_none()).then_some(limit);
                let request = search(limit_said, token.as_deref()).to_string();
                let answer = fixture.ask("search/resource", &request).unwrap();
                assert_eq!(answer["page"]["count"], ids(&answer).len());
                assert!(ids(&answer).len() <= limit);
                found.extend(ids(&answer).into_iter().map(str::to_owned));
                pages += 1;
                let next = answer["page"]["next_token"].as_str().unwrap();
                if next.is_empty() {
                    break;
                }
                token = Some(next.to_owned());
            }
            assert_eq!(found, ids(&whole), "{limit}");
            assert_eq!(pages, 11_usize.div_ceil(limit).max(1), "{limit}");
        }
    }
}

#[test]
fn the_host_bounds_the_page() {
    let fixture = records();
    for limit in [None, Some(4), Some(5), Some(usize::MAX)] {
        let answer = fixture.ask_for("search/resource", &search(limit, None).to_string(), 4).unwrap();
        assert_eq!(ids(&answer).len(), 4, "{limit:?}");
        let token = answer["page"]["next_token"].as_str().unwrap();
        let next = fixture.ask_for("search/resource", &search(limit, Some(token)).to_string(), 4).unwrap();
        assert_eq!(ids(&next).len(), 4, "{limit:?}");
        // A host that has become stricter bounds those pages, too.
        let fewer = fixture.ask_for("search/resource", &search(None, Some(token)).to_string(), 3).unwrap();
        assert_eq!(ids(&fewer).len(), 3, "{limit:?}");
    }
    let none = fixture.ask("search/resource", &search(Some(0), None).to_string()).unwrap();
    assert!(ids(&none).is_empty() && none["page"]["next_token"] != "");
    let token = none["page"]["next_token"].as_str().unwrap();
    assert_eq!(fixture.ask("search/resource", &search(None, Some(token)).to_string()).unwrap(), none);
}

/// What is changed, and how.
type Change<'a> = (&'a str, &'a dyn Fn(&mut Value));

#[test]
fn a_token_is_no_other_s() {
    let fixture = records();
    let answer = fixture.ask("search/resource", &search(Some(3), None).to_string()).unwrap();
    let token = answer["page"]["next_token"].as_str().unwrap();
    let go_on = |change: &dyn Fn(&mut Value)| {
        let mut request = search(Some(3), Some(token));
        change(&mut request);
        fixture.ask("search/resource", &request.to_string()).map_err(|(status, _)| status)
    };
    assert!(go_on(&|_| {}).is_ok());
    let reordered = json!({"page": {"token": token, "limit": 3}, "resource": {"type": "record"}, "action": {"name": "view"},
        "subject": {"id": "bob", "type": "user"}, "unknown": 7});
    assert!(fixture.ask("search/resource", &reordered.to_string()).is_ok(), "the order of members says nothing");
    let changes: [Change<'_>; 11] = [
        ("another subject", &|request| request["subject"]["id"] = "dan".into()),
        ("another type of subject", &|request| request["subject"]["type"] = "bot".into()),
        ("a property of the subject", &|request| request["subject"]["properties"] = json!({"a": 1})),
        ("another action", &|request| request["action"]["name"] = "edit".into()),
        ("a property of the action", &|request| request["action"]["properties"] = json!({"a": 1})),
        ("another type of resource", &|request| request["resource"]["type"] = "records".into()),
        ("a context", &|request| request["context"] = json!({"time": "2026-01-01T00:00:00Z"})),
        ("a property of the page", &|request| request["page"]["properties"] = json!({"filter": true})),
        ("another limit", &|request| request["page"]["limit"] = 4.into()),
        ("a limit of none", &|request| request["page"]["limit"] = 0.into()),
        ("no token at all", &|request| request["page"]["token"] = "".into()),
    ];
    for (note, change) in changes {
        assert_eq!(go_on(change).unwrap_err(), 400, "{note}");
    }

    // Of another account, by another key, and for another kind of search.
    let request = search(Some(3), Some(token)).to_string();
    let read = ResourceSearch::from_json(&request).unwrap();
    assert!(fixture.tokens.page("theatre", &read, 100).is_ok());
    for (of, account) in [(&fixture.tokens, "other"), (&fixture.tokens, ""), (&tokens(8), "theatre")] {
        let refused = of.page(account, &read, 100).unwrap_err();
        assert_eq!((refused.status(), refused.to_string()), (400, "the page token is not of this search".into()));
    }
    let both = r#"{"subject": {"type": "user", "id": "bob"}, "action": {"name": "view"}, "resource": {"type": "record", "id": "101"},
        "page": {"limit": 1}}"#;
    let of_subjects = SubjectSearch::from_json(both).unwrap();
    let page = fixture.tokens.page("theatre", &of_subjects, 100).unwrap();
    let answer = page.answer(["a", "b"].map(|name| FoundEntity::new("user", name)));
    let with_token = |token: &str| both.replace(r#"{"limit": 1}"#, &json!({"token": token}).to_string());
    let token = answer.next_token();
    assert!(fixture.tokens.page("theatre", &SubjectSearch::from_json(&with_token(token)).unwrap(), 100).is_ok());
    assert!(fixture.tokens.page("theatre", &ResourceSearch::from_json(&with_token(token)).unwrap(), 100).is_err());
    assert!(fixture.tokens.page("theatre", &ActionSearch::from_json(&with_token(token)).unwrap(), 100).is_err());
}

#[test]
fn a_token_that_was_changed_anywhere_is_refused() {
    let fixture = records();
    let answer = fixture.ask("search/resource", &search(Some(3), None).to_string()).unwrap();
    let token = answer["page"]["next_token"].as_str().unwrap();
    let refused = |token: &str| {
        let answer = fixture.ask("search/resource", &search(None, Some(token)).to_string());
        assert_eq!(answer.map_err(|(status, _)| status).unwrap_err(), 400, "{token}");
    };
    for at in 0..token.len() {
        for other in ['0', '7', 'a', 'A', 'f', '-', '.', '+', 'z', '%', 'é', '\0'] {
            if !token[at..].starts_with(other) {
                refused(&format!("{}{other}{}", &token[..at], &token[at + 1..]));
            }
        }
        refused(&format!("{}{}", &token[..at], &token[at + 1..]));
        refused(&token[..at]);
        refused(&format!("{}0{}", &token[..at], &token[at..]));
    }
    refused(&token.to_uppercase());
    refused(&format!("{token} "));
    refused(&format!("{token}.{token}"));
    refused("ffffffffffffffffffffffffffffffff-.");
    refused(&"-".repeat(10_000));
}

/// A token holds the last id that was told, and no other.
#[test]
fn a_token_tells_no_more_than_its_page() {
    let fixture = records();
    let mut request = search(Some(1), None);
    request["subject"]["id"] = "felix".into();
    let answer = fixture.ask("search/resource", &request.to_string()).unwrap();
    let token = answer["page"]["next_token"].as_str().unwrap();
    let hex = |id: &str| id.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(ids(&answer), ["104"]);
    assert!(token.starts_with(&format!("1-{}.", hex("104"))), "{token}");
}

#[test]
fn all_is_one_page() {
    let action = |name: &str| {
        ActionSearch::from_json(&json!({
        "subject": {"type": "user", "id": "alice"}, "resource": {"type": "record", "id": "101"}, "page": {"token": name, "limit": 1},
    }).to_string()).unwrap()
    };
    let fixture = records();
    fixture.with_world(|world| {
        let Ok(answer) = fixture.point.search_actions(world, &action("anything"), &Page::all());
        assert_eq!(
            answer.results().iter().map(|found: &FoundAction| &*found.name).collect::<Vec<_>>(),
            ["delete", "edit", "view"]
        );
        assert_eq!(answer.next_token(), "");
    });
}

#[test]
fn the_key_is_in_no_text() {
    let tokens = tokens(0xAB);
    assert_eq!(format!("{tokens:?}"), "PageTokens { .. }");
    let search =
        ActionSearch::from_json(r#"{"subject": {"type": "a", "id": "b"}, "resource": {"type": "c", "id": "d"}}"#)
            .unwrap();
    let page = format!("{:?}", tokens.page("acme", &search, 7).unwrap());
    assert!(page.contains("PageTokens { .. }") && !page.contains("171, 171"), "{page}");
}
