//! Every member missing, null and of the wrong kind; what is too much, there twice or too deep; and names that nobody knows.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::fixture::Fixture;

fn fixture() -> Fixture {
    Fixture::read(include_str!("certification.json"))
}

/// Where a member stands, and of what kind it is.
type Member = (&'static str, &'static str);

/// The endpoints, with a request that is good and the kind of each of its members: `!` must be there, `?` may be left out, and
/// `-` is not read.
fn endpoints() -> Vec<(&'static str, Value, Vec<Member>)> {
    let (alice, record) = (
        json!({"type": "user", "id": "alice", "properties": {}}),
        json!({"type": "record", "id": "record-1", "properties": {}}),
    );
    let read = json!({"name": "read", "properties": {}});
    let subject =
        [("subject", "!object"), ("subject/type", "!text"), ("subject/id", "!text"), ("subject/properties", "?object")];
    let action = [("action", "!object"), ("action/name", "!text"), ("action/properties", "?object")];
    let resource = [
        ("resource", "!object"),
        ("resource/type", "!text"),
        ("resource/id", "!text"),
        ("resource/properties", "?object"),
    ];
    let context = [("context", "?object")];
    let page = [("page", "?object"), ("page/limit", "?count"), ("page/properties", "?object")];
    let searched = |name: &str| match name {
        "subject" => {
            [("subject", "!object"), ("subject/type", "!text"), ("subject/id", "-"), ("subject/properties", "-")]
        }
        _ => [("resource", "!object"), ("resource/type", "!text"), ("resource/id", "-"), ("resource/properties", "-")],
    };
    let whole = json!({"subject": alice, "action": read, "resource": record, "context": {}, "page": {"limit": 5, "properties": {}}});
    let without = |name: &str| {
        let mut request = whole.clone();
        request.as_object_mut().unwrap().remove(name);
        request
    };
    vec![
        ("evaluation", without("page"), [&subject[..], &action, &resource, &context].concat()),
        ("evaluations", without("page"), [&subject[..], &action, &resource, &context].concat()),
        ("search/subject", whole.clone(), [&searched("subject")[..], &action, &resource, &context, &page].concat()),
        (
            "search/resource",
            {
                let mut request = whole.clone();
                request["page"]["properties"]["filter"] = true.into();
                request
            },
            [&subject[..], &action, &searched("resource"), &context, &page, &[("page/properties/filter", "?boolean")]]
                .concat(),
        ),
        ("search/action", without("action"), [&subject[..], &resource, &context, &page].concat()),
    ]
}

/// The object that holds the last name of a path, and the name.
fn parent<'a, 'p>(request: &'a mut Value, path: &'p str) -> (&'a mut serde_json::Map<String, Value>, &'p str) {
    let (above, name) = path.rsplit_once('/').map_or(("", path), |(above, name)| (above, name));
    let pointer = if above.is_empty() { String::new() } else { format!("/{above}") };
    (request.pointer_mut(&pointer).unwrap().as_object_mut().unwrap(), name)
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "text" => value.is_string(),
        "count" => value.is_u64(),
        "boolean" => value.is_boolean(),
        kind => panic!("no kind `{kind}`"),
    }
}

#[test]
fn every_member_missing_null_and_of_the_wrong_kind() {
    let fixture = fixture();
    let values = [json!(null), json!(true), json!(7), json!(-7), json!(7.5), json!("text"), json!([]), json!({})];
    let (mut refused, mut answered) = (0, 0);
    for (to, good, members) in endpoints() {
        fixture.ask(to, &good.to_string()).unwrap_or_else(|error| panic!("{to}: {error:?}"));
        for (path, of) in members {
            let (need, kind) = of.split_at(1);
            let mut cases = vec![None];
            cases.extend(values.iter().map(Some));
            for value in cases {
                let mut request = good.clone();
                let (parent, name) = parent(&mut request, path);
                let fine = match value {
                    None => {
                        parent.remove(name);
                        need != "!"
                    }
                    Some(value) => {
                        parent.insert(name.into(), value.clone());
                        // An object without members lacks those that must be there.
                        need == "-" || (is_of(kind, value) && !["subject", "action", "resource"].contains(&path))
                    }
                };
                match fixture.ask(to, &request.to_string()) {
                    Ok(answer) => {
                        assert!(fine, "{to}: {request} is answered: {answer}");
                        answered += 1;
                    }
                    Err((status, error)) => {
                        assert!(!fine && status == 400, "{to}: {request}: {status} {error}");
                        // It says where: the member, or what it is missing from.
                        let at = path.rsplit_once('/').map_or("$", |(above, _)| above).replace('/', ".");
                        assert!(error.contains(&*at) && error.starts_with("line 1, column "), "{path}: {error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    println!("{refused} refused, {answered} answered");
    assert!(refused > 300 && answered > 80, "{refused} refused, {answered} answered");
}

#[test]
fn members_that_there_are_not_change_nothing_wherever_they_stand() {
    let fixture = fixture();
    for (to, good, _) in endpoints() {
        let answer = fixture.ask(to, &good.to_string()).unwrap();
        for at in ["", "/subject", "/action", "/resource", "/page"] {
            let mut request = good.clone();
            let Some(Value::Object(members)) = request.pointer_mut(at) else { continue };
            for name in ["future", "decision", "$ref", "__proto__", "Type", "ID", "Subject", "evaluations_semantic", ""]
            {
                members.insert(name.into(), json!({"nested": [true, null]}));
            }
            assert_eq!(fixture.ask(to, &request.to_string()).as_ref(), Ok(&answer), "{to} {at}");
        }
    }
}

#[test]
fn texts_that_are_no_request() {
    let fixture = fixture();
    let subject = r#""subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}"#;
    let nested = |depth: usize| {
        let (open, close) = ("{\"a\":".repeat(depth), "}".repeat(depth));
        format!(r#"{{{subject}, "resource": {{"type": "record", "id": "1"}}, "context": {{"a": {open}1{close}}}}}"#)
    };
    for (text, error) in [
        ("", "EOF"),
        (" ", "EOF"),
        ("null", "null where an object"),
        ("[]", "an array where an object"),
        ("\"subject\"", "a string where an object"),
        ("{", "EOF"),
        ("{} {}", "trailing"),
        ("\u{feff}{}", "byte order mark"),
        ("{'subject': 1}", "key must be a string"),
        ("{\"subject\": NaN}", "expected value"),
        ("{\"subject\": 1e999}", "number out of range"),
        (r#"{"subject": {"type": "\ud800", "id": "x"}}"#, "escape"),
        (
            &*format!(r#"{{{subject}, "subject": {{"type": "user", "id": "bob"}}}}"#),
            "$.subject: the key is there twice",
        ),
        (r#"{"subject": {"type": "user", "id": "alice", "id": "bob"}}"#, "$.subject.id: the key is there twice"),
        (r#"{"subject": {"type": "user", "i\u0064": "alice", "id": "bob"}}"#, "$.subject.id: the key is there twice"),
        (r#"{"future": {"a": 1, "a": 2}}"#, "$.future.a: the key is there twice"),
        (&nested(64), "nested deeper than 64"),
        (&nested(10_000), "nested deeper than 64"),
    ] {
        for (to, _, _) in endpoints() {
            let (status, message) = fixture.ask(to, text).unwrap_err();
            assert_eq!(status, 400, "{to}: {text}");
            assert!(message.contains(error), "{to}: {message}, and not {error}");
        }
    }
    assert!(fixture.ask("evaluation", &nested(61)).is_ok());
}

#[test]
fn too_many_evaluations_are_refused_as_too_large() {
    let fixture = fixture();
    let many = |count: usize| {
        let list = vec!["{}"; count].join(",");
        format!(
            r#"{{"subject": {{"type": "user", "id": "alice"}}, "action": {{"name": "read"}},
                "resource": {{"type": "record", "id": "record-1"}}, "evaluations": [{list}]}}"#
        )
    };
    let answer = fixture.ask("evaluations", &many(1_000)).unwrap();
    assert_eq!(answer["evaluations"].as_array().map(Vec::len), Some(1_000));
    for count in [1_001, 10_000, 1_000_000] {
        let refused = fixture.ask("evaluations", &many(count)).unwrap_err();
        assert_eq!(refused, (413, format!("there are {count} evaluations, the most is 1000")));
    }
}

/// A large default is not written once for each evaluation, nor told back.
#[test]
fn the_answer_does_not_grow_with_what_is_asked() {
    let fixture = fixture();
    let long = "x".repeat(50_000);
    for (member, value) in [
        ("subject", json!({"type": long, "id": long, "properties": {"a": long}})),
        ("action", json!({"name": long, "properties": {"a": long}})),
        ("resource", json!({"type": long, "id": long, "properties": {"a": long}})),
        ("context", json!({"a": long})),
    ] {
        let mut request = json!({
            "subject": {"type": "user", "id": "alice"}, "action": {"name": "write"},
            "resource": {"type": "record", "id": "record-1"}, "evaluations": vec![json!({}); 1_000],
        });
        request[member] = value;
        let answer = fixture.ask("evaluations", &request.to_string()).unwrap().to_string();
        assert!(answer.len() < 400_000, "{member}: {} bytes", answer.len());
    }
}

#[test]
fn evaluations_that_can_t_be_read_are_denied_and_the_others_answered() {
    let fixture = fixture();
    let good = json!({"resource": {"type": "record", "id": "record-1"}});
    for (bad, message) in [
        (json!({}), "$.evaluations[1]: the field `resource` is missing"),
        (json!(null), "$.evaluations[1]: null where an object is wanted"),
        (json!("x"), "$.evaluations[1]: a string where an object is wanted"),
        (json!([]), "$.evaluations[1]: an array where an object is wanted"),
        (json!({"resource": null}), "$.evaluations[1].resource: null where an object is wanted"),
        (json!({"resource": {"type": "record"}}), "$.evaluations[1].resource: the field `id` is missing"),
        (
            json!({"resource": {"id": 7, "type": "record"}}),
            "$.evaluations[1].resource.id: a number where a string is wanted",
        ),
        (
            json!({"resource": good["resource"], "subject": 7}),
            "$.evaluations[1].subject: a number where an object is wanted",
        ),
        (
            json!({"resource": good["resource"], "context": []}),
            "$.evaluations[1].context: an array where an object is wanted",
        ),
        (
            json!({"resource": good["resource"], "action": {"name": 1}}),
            "$.evaluations[1].action.name: a number where a string is wanted",
        ),
    ] {
        let request = json!({
            "subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "evaluations": [good, bad, good],
        });
        let answer = fixture.ask("evaluations", &request.to_string()).unwrap();
        let error = json!({"error": {"status": 400, "message": message}});
        assert_eq!(
            answer,
            json!({"evaluations": [{"decision": true}, {"decision": false, "context": error}, {"decision": true}]}),
            "{bad}",
        );
    }
}

#[test]
fn evaluations_and_options_of_another_kind_refuse_the_whole() {
    let fixture = fixture();
    for (member, value, message) in [
        ("evaluations", json!(null), "$.evaluations: null where an array is wanted"),
        ("evaluations", json!({"1": {}}), "$.evaluations: an object where an array is wanted"),
        ("options", json!(null), "$.options: null where an object is wanted"),
        (
            "options",
            json!({"evaluations_semantic": null}),
            "$.options.evaluations_semantic: null where a string is wanted",
        ),
        (
            "options",
            json!({"evaluations_semantic": "deny_on_first"}),
            "$.options.evaluations_semantic: unknown semantic `deny_on_first`; there are `execute_all`, `deny_on_first_deny`, `permit_on_first_permit`",
        ),
        ("subject", json!("alice"), "$.subject: a string where an object is wanted"),
        ("action", json!({"name": 7}), "$.action.name: a number where a string is wanted"),
        ("resource", json!([]), "$.resource: an array where an object is wanted"),
        ("context", json!(null), "$.context: null where an object is wanted"),
    ] {
        let mut request = json!({"evaluations": [
            {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "record-1"}},
        ]});
        request[member] = value;
        let (status, error) = fixture.ask("evaluations", &request.to_string()).unwrap_err();
        assert!(status == 400 && error.ends_with(message), "{status} {error}, and not {message}");
    }
}

/// Who is unknown, who may do nothing and who is of another account are answered alike: nobody learns who there is.
#[test]
fn nothing_tells_who_exists() {
    let mut document: Value = serde_json::from_str(include_str!("certification.json")).unwrap();
    let accounts = document["directory"]["accounts"].as_array_mut().unwrap();
    accounts[0]["operatorAccess"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "nobody", "policies": [], "conditions": []}));
    let token = json!({"id": "token", "policies": ["admin"], "conditions": []});
    accounts[0]["accessTokens"] = json!([token]);
    let other = json!({"id": "mallory", "policies": ["admin"], "conditions": []});
    accounts.push(json!({"id": "other", "operatorAccess": [other]}));
    let mut fixture = Fixture::read(&document.to_string());
    for in_full in [false, true] {
        if in_full {
            fixture.point = fixture.point.clone().telling_in_full();
        }
        for resource in ["record-1", "record-2", "record-3"] {
            let answers =
                ["stranger", "nobody", "mallory", "token", "", "ALICE", "alice ", "a\0", "../alice"].map(|id| {
                    let request = json!({
                        "subject": {"type": "user", "id": id}, "action": {"name": "read"},
                        "resource": {"type": "record", "id": resource},
                    });
                    fixture.ask("evaluation", &request.to_string()).unwrap()
                });
            let mut wanted = json!({"decision": false, "context": {
                "reason": "permission_missing", "reason_user": {"403": "no role grants `read` on `record`"},
            }});
            if in_full {
                wanted["context"]["reason_admin"] = wanted["context"]["reason_user"].clone();
            }
            for answer in answers {
                assert_eq!(answer, wanted, "{resource}");
            }
        }
    }
}

#[test]
fn an_unknown_action_or_type_is_denied() {
    let fixture = fixture();
    let mut names = String::from("x\n`");
    write!(names, "{}", "y".repeat(200)).unwrap();
    for (kind, action) in
        [("record", "print"), ("records", "read"), ("Record", "read"), ("", ""), ("record", &*names), (&*names, "read")]
    {
        let request = json!({
            "subject": {"type": "user", "id": "alice"}, "action": {"name": action}, "resource": {"type": kind, "id": "record-1"},
        });
        let answer = fixture.ask("evaluation", &request.to_string()).unwrap();
        assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!("permission_missing")));
        let told = answer["context"]["reason_user"]["403"].as_str().unwrap();
        assert!(told.len() < 250 && !told.contains('\n'), "{told}");
    }
}
