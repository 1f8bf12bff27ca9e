//! The forms of answers, as the schemas of the standard give them.

use std::sync::LazyLock;

use serde_json::Value;

/// Written from the published schemas. One thing is not taken from there: by those, the `context` of a decision is an object
/// that can have no member, against the specification and the schemas' own examples.
static SCHEMAS: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).unwrap());

/// Holds an answer to the form that the endpoint's answers have.
#[track_caller]
pub(super) fn check(to: &str, answer: &Value) {
    // Who asks many and means one is answered as to one.
    let name = if to == "evaluations" && answer.get("evaluations").is_none() { "evaluation" } else { to };
    if let Err(problem) = holds(&SCHEMAS[name], answer, "$") {
        panic!("{name}: {problem}: {answer}");
    }
}

/// As much of JSON Schema as they are written in.
fn holds(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema.get("$ref") {
        return holds(&SCHEMAS[name.as_str().unwrap()], value, at);
    }
    let is_kind = match schema["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "count" => value.is_u64(),
        "https" => value.as_str().is_some_and(|text| text.starts_with("https://") && !text.contains(['?', '#'])),
        kind => panic!("no kind `{kind}`"),
    };
    if !is_kind {
        return Err(format!("{at} is not of the type {}", schema["type"]));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        value.get(name).ok_or_else(|| format!("{at}: `{name}` is missing"))?;
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => holds(schema, member, &format!("{at}.{name}"))?,
            None if schema["closed"] == true => return Err(format!("{at}: there should be no `{name}`")),
            None => {}
        }
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        holds(&schema["items"], element, &format!("{at}[{index}]"))?;
    }
    Ok(())
}

#[test]
fn what_is_of_another_form_is_found() {
    for (to, answer) in [
        ("evaluation", "{}"),
        ("evaluation", r#"{"decision": "true"}"#),
        ("evaluation", r#"{"decision": true, "context": []}"#),
        ("evaluations", r#"{"evaluations": [{"decision": 1}]}"#),
        ("evaluations", r#"{"evaluations": [], "decision": true}"#),
        ("search/subject", "{}"),
        ("search/subject", r#"{"results": [{"id": "a"}]}"#),
        ("search/resource", r#"{"results": [], "page": {}}"#),
        ("search/resource", r#"{"results": [], "page": {"next_token": "", "count": -1}}"#),
        ("search/action", r#"{"results": [{"type": "a", "id": "b"}]}"#),
        ("metadata", r#"{"policy_decision_point": "https://a"}"#),
        ("metadata", r#"{"policy_decision_point": "http://a", "access_evaluation_endpoint": "https://a/b"}"#),
    ] {
        let answer: Value = serde_json::from_str(answer).unwrap();
        assert!(holds(&SCHEMAS[to], &answer, "$").is_err(), "{to}: {answer}");
    }
}
