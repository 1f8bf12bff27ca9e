//! What a decision is asked of: what is stored, what is said, and the context.

use keyward::{
    Schema,
    authzen::{Action, DecisionPoint, Entity, Evaluation, Evaluations, Semantic, TableError},
    json::Json,
};
use serde_json::{Value, json};

use super::fixture::Fixture;

/// Documents of a department; those of type `note` are not stored.
const HOUSE: &str = r#"{
    "directory": {
        "schema": {
            "resources": {"documents": {"operations": ["create", "read", "update", "delete", "list", "sign"]}},
            "conditions": {
                "department": {"restricts": {"documents": "department"}},
                "named": {"restricts": {"documents": "id"}},
                "rank": {"values": "integer", "context": ["subject", "rank"]},
                "purpose": {"context": ["action", "purpose"]},
                "sourceIp": {"values": "network", "context": "ip"}
            }
        },
        "accounts": [{
            "id": "house",
            "accessPolicies": [
                {"id": "all", "permissions": ["documents:create,read,update,delete,list"]},
                {"id": "signer", "permissions": ["documents:sign"]}
            ],
            "operatorAccess": [
                {"id": "sal", "policies": ["all"], "conditions": ["department:sales"]},
                {"id": "ida", "policies": ["all"], "conditions": ["named:d1"]},
                {"id": "ron", "policies": ["signer"], "conditions": [{"name": "rank", "value": "3.."}]},
                {"id": "gus", "policies": ["signer"], "conditions": [{"name": "rank", "value": "3.."}]},
                {"id": "pat", "policies": ["all"], "conditions": ["purpose:audit"]},
                {"id": "hal", "policies": ["all"], "conditions": [{"name": "sourceIp", "value": "10.0.0.0/8"}]}
            ]
        }]
    },
    "types": {"user": "operator"},
    "actions": {
        "document": {
            "create": "documents:create", "read": "documents:read", "update": "documents:update", "delete": "documents:delete",
            "sign": "documents:sign"
        },
        "note": {"create": "documents:create", "read": "documents:read", "update": "documents:update"}
    },
    "people": {"ron": {"rank": 4}},
    "stored": {"document": {"d1": {"department": "sales"}, "d2": {"department": "legal"}, "d3": {}}}
}"#;

fn ask(subject: &Value, action: &Value, resource: &Value, context: &Value) -> Value {
    let request = json!({"subject": subject, "action": action, "resource": resource, "context": context});
    Fixture::read(HOUSE).ask("evaluation", &request.to_string()).unwrap()
}

#[test]
fn what_is_stored_is_all_that_there_is() {
    let asked = |action: &str, kind: &str, id: &str, properties: Value| {
        let (subject, resource) =
            (json!({"type": "user", "id": "sal"}), json!({"type": kind, "id": id, "properties": properties}));
        let answer = ask(&subject, &json!({"name": action}), &resource, &json!({}));
        (answer["decision"] == true, answer["context"].clone())
    };
    let (sales, legal) = (json!({"department": "sales"}), json!({"department": "legal"}));
    for (note, action, kind, id, properties, decision) in [
        ("stored", "read", "document", "d1", json!({}), true),
        ("stored, and said otherwise", "read", "document", "d1", legal.clone(), true),
        ("stored otherwise, and said so", "read", "document", "d2", sales.clone(), false),
        ("stored without, and said so", "read", "document", "d3", sales.clone(), false),
        ("not stored", "read", "document", "d9", sales.clone(), false),
        ("no such are stored", "read", "note", "n1", sales.clone(), true),
        ("no such are stored, and it is said otherwise", "read", "note", "n1", legal.clone(), false),
        ("nothing is known", "read", "note", "n1", json!({}), false),
        ("made as said", "create", "document", "d9", sales.clone(), true),
        ("made otherwise", "create", "document", "d9", legal.clone(), false),
        ("made where there is one", "create", "document", "d1", legal.clone(), false),
        ("left as it is", "update", "document", "d1", json!({}), true),
        ("changed in something else", "update", "document", "d1", json!({"title": "x"}), true),
        ("moved away", "update", "document", "d1", legal.clone(), false),
        ("moved here", "update", "document", "d2", sales.clone(), false),
        ("not stored, and both sides as said", "update", "note", "n1", sales, true),
        ("removed, whatever is said", "delete", "document", "d1", legal, true),
    ] {
        assert_eq!(asked(action, kind, id, properties).0, decision, "{note}");
    }
    let nowhere = json!({"reason": "not_found", "reason_user": {"404": "not found"}});
    assert_eq!(asked("read", "document", "d9", json!({})).1, nowhere);
}

#[test]
fn the_id_is_an_attribute_and_nothing_stands_in_for_it() {
    let subject = json!({"type": "user", "id": "ida"});
    for (kind, id, properties, decision) in [
        ("document", "d1", json!({}), true),
        ("document", "d2", json!({"id": "d1"}), false),
        ("note", "d2", json!({"id": "d1"}), false),
        ("note", "d1", json!({"id": "d2"}), true),
    ] {
        let resource = json!({"type": kind, "id": id, "properties": properties});
        assert_eq!(ask(&subject, &json!({"name": "read"}), &resource, &json!({}))["decision"], decision, "{resource}");
    }
}

#[test]
fn conditions_read_the_subject_and_the_action() {
    let document = json!({"type": "document", "id": "d1"});
    let (sign, read) = (json!({"name": "sign"}), json!({"name": "read"}));
    let user = |id: &str, properties: Value| json!({"type": "user", "id": id, "properties": properties});
    for (note, subject, action, context, decision) in [
        ("known of them", user("ron", json!({})), sign.clone(), json!({}), true),
        ("known of them, and said otherwise", user("ron", json!({"rank": 1})), sign.clone(), json!({}), true),
        ("not known, and said", user("gus", json!({"rank": 3})), sign.clone(), json!({}), true),
        ("not known, and too low", user("gus", json!({"rank": 2})), sign.clone(), json!({}), false),
        ("not known at all", user("gus", json!({})), sign.clone(), json!({}), false),
        (
            "a context is not the subject",
            user("gus", json!({})),
            sign,
            json!({"subject": {"rank": 9}, "rank": 9}),
            false,
        ),
        (
            "said of the action",
            user("pat", json!({})),
            json!({"name": "read", "properties": {"purpose": "audit"}}),
            json!({}),
            true,
        ),
        ("not said", user("pat", json!({})), read.clone(), json!({}), false),
        (
            "a context is not the action",
            user("pat", json!({})),
            read.clone(),
            json!({"action": {"purpose": "audit"}}),
            false,
        ),
        ("of the context", user("hal", json!({})), read.clone(), json!({"ip": "10.1.2.3"}), true),
        ("of another network", user("hal", json!({})), read.clone(), json!({"ip": "192.0.2.1"}), false),
        ("of no context", user("hal", json!({})), read, json!({}), false),
    ] {
        assert_eq!(ask(&subject, &action, &document, &context)["decision"], decision, "{note}");
    }
}

#[test]
fn properties_that_the_schema_does_not_read_change_nothing() {
    let names = [
        "account",
        "type",
        "subject",
        "action",
        "context",
        "policies",
        "role",
        "Department",
        "department ",
        "decision",
    ];
    for (user, document) in [("sal", "d1"), ("sal", "d2"), ("ida", "d1"), ("pat", "d1"), ("hal", "d1")] {
        let say = |properties: &Value| {
            let (subject, resource) = (
                json!({"type": "user", "id": user, "properties": properties}),
                json!({"type": "document", "id": document, "properties": properties}),
            );
            ask(&subject, &json!({"name": "read", "properties": properties}), &resource, properties)
        };
        let silent = say(&json!({}));
        for name in names {
            for value in
                [json!("sales"), json!(true), json!(null), json!(["admin"]), json!({"purpose": "audit", "rank": 9})]
            {
                assert_eq!(say(&json!({name: value})), silent, "{user} {document} {name}");
            }
        }
    }
}

#[test]
fn the_reason_is_told_in_full_only_where_that_is_asked_for() {
    let mut fixture = Fixture::read(HOUSE);
    let request = json!({
        "subject": {"type": "user", "id": "sal"}, "action": {"name": "read"}, "resource": {"type": "document", "id": "d2"},
    });
    let mut wanted = json!({"decision": false, "context": {
        "reason": "condition_unmet", "reason_user": {"403": "condition `department` is not met"},
    }});
    assert_eq!(fixture.ask("evaluation", &request.to_string()).unwrap(), wanted);
    fixture.point = fixture.point.telling_in_full();
    wanted["context"]["reason_admin"] =
        json!({"403": "condition `department`: `department` is `legal`, accepted are `sales`"});
    assert_eq!(fixture.ask("evaluation", &request.to_string()).unwrap(), wanted);
}

#[test]
fn semantics_end_where_they_say() {
    let fixture = Fixture::read(HOUSE);
    // d1 is permitted, d2 is denied, and 7 can't be read.
    for (semantic, asked, wanted) in [
        (None, vec!["d2", "d1", "7"], vec![false, true, false]),
        (Some("execute_all"), vec!["d2", "d1", "7"], vec![false, true, false]),
        (Some("deny_on_first_deny"), vec!["d1", "d1"], vec![true, true]),
        (Some("deny_on_first_deny"), vec!["d1", "d2", "d1"], vec![true, false]),
        (Some("deny_on_first_deny"), vec!["d1", "7", "d1"], vec![true, false]),
        (Some("permit_on_first_permit"), vec!["d2", "7", "d1", "d2"], vec![false, false, true]),
        (Some("permit_on_first_permit"), vec!["d2", "d2"], vec![false, false]),
    ] {
        let of = |id: &&str| {
            if *id == "7" { json!({"resource": 7}) } else { json!({"resource": {"type": "document", "id": id}}) }
        };
        let mut request = json!({
            "subject": {"type": "user", "id": "sal"}, "action": {"name": "read"},
            "evaluations": asked.iter().map(of).collect::<Value>(),
        });
        if let Some(semantic) = semantic {
            request["options"] = json!({"evaluations_semantic": semantic});
        }
        let answer = fixture.ask("evaluations", &request.to_string()).unwrap();
        let decisions: Vec<bool> =
            answer["evaluations"].as_array().unwrap().iter().map(|each| each["decision"] == true).collect();
        assert_eq!(decisions, wanted, "{semantic:?} {asked:?}");
    }
    let read = |text: &str| Evaluations::from_json(text).unwrap().semantic();
    let one = r#""evaluations": [{}]"#;
    assert_eq!(read(&format!("{{{one}}}")), Semantic::ExecuteAll);
    assert_eq!(
        read(&format!(r#"{{{one}, "options": {{"evaluations_semantic": "permit_on_first_permit"}}}}"#)),
        Semantic::PermitOnFirstPermit
    );
}

#[test]
fn a_question_that_is_made_is_the_one_that_is_read() {
    let properties = |name: &str, value: &str| [(name.to_owned(), Json::Text(value.to_owned()))].into_iter().collect();
    let made = Evaluation::new(
        Entity::new("user", "sal").with_properties(properties("a", "b")),
        Action::new("read").with_properties(properties("c", "d")),
        Entity::new("document", "d1").with_properties(properties("e", "f")),
    )
    .in_context(properties("g", "h"));
    let read = Evaluation::from_json(
        r#"{
            "subject": {"type": "user", "id": "sal", "properties": {"a": "b"}},
            "action": {"name": "read", "properties": {"c": "d"}},
            "resource": {"type": "document", "id": "d1", "properties": {"e": "f"}},
            "context": {"g": "h"}
        }"#,
    );
    assert_eq!(read, Ok(made));
}

#[test]
fn a_table_that_can_t_be_is_refused() {
    let schema = Schema::builder().resource("todos").build().unwrap();
    for (permission, message) in [
        ("todos", "permission `todos`: there is no colon"),
        ("todo:read", "unknown resource type `todo`; did you mean `todos`?"),
        ("todos:raed", "unknown operation `raed`; did you mean `read`?"),
        ("todos:read,list", "an action is one operation, and `todos:read,list` are several"),
        ("todos:*", "an action is one operation, and `todos:*` are several"),
        ("read:todos", "unknown resource type `read`: the type comes first, write `todos:read`"),
    ] {
        let refused = DecisionPoint::new(&schema).with("todo", "can_read", permission).unwrap_err();
        assert!(refused.to_string().starts_with(message.split('`').next().unwrap()), "{refused}");
        let table = json!({"todo": {"can_read": permission}}).to_string();
        let in_document = DecisionPoint::from_json(&schema, &table).unwrap_err().to_string();
        assert!(
            in_document.ends_with(&refused.to_string()) && in_document.contains("$.todo.can_read: "),
            "{in_document}"
        );
    }
    let twice = DecisionPoint::of_schema(&schema).with("todos", "read", "todos:list").unwrap_err();
    assert_eq!(twice.to_string(), "the action `read` on `todos` is there twice");
    assert!(matches!(twice, TableError::Twice { .. }));
    for table in
        ["[]", "7", r#"{"todo": []}"#, r#"{"todo": {"a": 7}}"#, r#"{"todo": {"a": "todos:read", "a": "todos:list"}}"#]
    {
        assert!(DecisionPoint::from_json(&schema, table).is_err(), "{table}");
    }
}
