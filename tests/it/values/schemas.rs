//! Schemas with kinds of values, and names that read the context.

use keyward::{
    Condition, Roles, Schema,
    schema::{Binding, ConditionRule, Elsewhere, ValueKind},
};
use serde_json::{Value, json};

use super::KINDS;
use crate::support::{ACCOUNT, json as as_json, schema};

fn document(conditions: &Value) -> Value {
    json!({"resources": {"things": {}, "parts": {}}, "conditions": conditions})
}

fn refused(conditions: &Value) -> (String, String) {
    let error = Schema::from_json(&document(conditions).to_string()).unwrap_err();
    (error.path().to_string(), error.problem().to_string())
}

#[test]
fn what_is_written_is_read() {
    let conditions: serde_json::Map<String, Value> = KINDS
        .iter()
        .flat_map(|kind| {
            [
                (format!("{kind}-r"), json!({"values": kind, "restricts": {"things": format!("{kind}-r")}})),
                (
                    format!("{kind}-e"),
                    json!({"values": kind, "restricts": {"things": {"attribute": ["in", format!("{kind}-e")], "match": "all"}}, "elsewhere": "ignore"}),
                ),
                (format!("{kind}-c"), json!({"values": kind, "context": kind})),
                (format!("{kind}-d"), json!({"values": kind, "context": {"attribute": ["in", kind], "match": "all"}})),
            ]
        })
        .collect();
    let read = schema(&document(&json!(conditions)));
    let text = serde_json::to_string(&read).unwrap();
    let again = Schema::from_json(&text).unwrap();
    assert_eq!(again, read);
    assert_eq!(serde_json::to_string(&again).unwrap(), text, "and it is stable");
    let written = as_json(&read);
    for (name, rule) in &conditions {
        let mut expected = rule.clone();
        if rule["values"] == json!("text") {
            expected.as_object_mut().unwrap().remove("values");
        }
        assert_eq!(written["conditions"][name], expected, "{name}");
    }
}

/// A schema is another one if a kind or a source is.
#[test]
fn what_tells_schemas_apart() {
    let rules: Vec<Value> = KINDS
        .iter()
        .flat_map(|kind| {
            [
                json!({"values": kind, "restricts": {"things": "a", "parts": "a"}}),
                json!({"values": kind, "context": "a"}),
                json!({"values": kind, "context": ["a", "b"]}),
                json!({"values": kind, "context": {"attribute": "a", "match": "all"}}),
            ]
        })
        .collect();
    let schemas: Vec<Schema> = rules.iter().map(|rule| schema(&document(&json!({"x": rule})))).collect();
    for (at, one) in schemas.iter().enumerate() {
        for (other_at, other) in schemas.iter().enumerate() {
            assert_eq!(one == other, at == other_at, "{} {}", rules[at], rules[other_at]);
        }
    }
    let text = schema(&document(&json!({"x": {"restricts": {"things": "a", "parts": "a"}}})));
    assert_eq!(text, schemas[0], "text is the default");
}

#[test]
fn the_builder_makes_the_same() {
    let built = Schema::builder()
        .resource("parts")
        .resource("things")
        .condition(ConditionRule::new("a").values(ValueKind::Path).restricts("things", "a"))
        .condition(ConditionRule::new("b").values(ValueKind::Network).context("ip"))
        .condition(ConditionRule::new("c").context(["in", "c"]).values(ValueKind::Integer))
        .build()
        .unwrap();
    let read = schema(&document(&json!({
        "a": {"values": "path", "restricts": {"things": "a"}},
        "b": {"values": "network", "context": "ip"},
        "c": {"values": "integer", "context": ["in", "c"]},
    })));
    assert_eq!(built, read);
}

#[test]
fn what_a_schema_may_not_say() {
    let at = |rest: &str| format!("$.conditions{rest}");
    let cases = [
        (json!({"x": {"values": "number", "restricts": {"things": "a"}}}), ".x.values", "unknown choice `number`"),
        (json!({"x": {"values": "Integer", "restricts": {"things": "a"}}}), ".x.values", "did you mean `integer`?"),
        (json!({"x": {"values": ["text"], "restricts": {"things": "a"}}}), ".x.values", "a string"),
        (json!({"x": {"values": null, "restricts": {"things": "a"}}}), ".x.values", "a string"),
        (json!({"x": {"values": "text"}}), ".x", "`restricts`"),
        (json!({"x": {"context": "ip", "restricts": {"things": "a"}}}), ".x.context", "`restricts`"),
        (json!({"x": {"context": "ip", "restricts": {}}}), ".x.context", "`restricts`"),
        (json!({"x": {"context": "ip", "elsewhere": "deny"}}), ".x.context", "`elsewhere`"),
        (json!({"x": {"context": "ip", "elsewhere": "ignore"}}), ".x.context", "`elsewhere`"),
        (json!({"x": {"context": "a.b"}}), ".x.context", "`[\"a\", \"b\"]`"),
        (json!({"x": {"context": ""}}), ".x.context", ""),
        (json!({"x": {"context": []}}), ".x.context", ""),
        (json!({"x": {"context": null}}), ".x.context", ""),
        (json!({"x": {"context": {"match": "all"}}}), ".x.context", "`attribute`"),
        (json!({"x": {"context": {"attribute": "a", "of": "things"}}}), ".x.context.of", "unknown field `of`"),
        (
            json!({"x": {"context": "ip"}, "y": {"context": "ip"}}),
            ".y.context",
            "`ip` overlaps with `ip`, which the condition `x` reads",
        ),
        (
            json!({"x": {"context": "ip"}, "y": {"context": ["ip", "v4"]}}),
            ".y.context",
            "`ip.v4` overlaps with `ip`, which the condition `x` reads",
        ),
        (
            json!({"x": {"context": ["ip", "v4"]}, "a": {"restricts": {"things": "ip"}}, "y": {"context": {"attribute": "ip", "match": "all"}}}),
            ".y.context",
            "`ip` overlaps with `ip.v4`, which the condition `x` reads",
        ),
    ];
    for (conditions, path, problem) in cases {
        let (told_path, told) = refused(&conditions);
        assert_eq!(told_path, at(path), "{told}: {conditions}");
        assert!(told.contains(problem), "{told}: {conditions}");
    }
}

/// An attribute of the resource and one of the context don't meet, whatever their names are.
#[test]
fn two_sources_never_overlap() {
    for (resource, context) in
        [(json!("ip"), json!("ip")), (json!(["ip", "v4"]), json!("ip")), (json!("ip"), json!(["ip", "v4"]))]
    {
        schema(&document(&json!({
            "x": {"context": context, "values": "network"},
            "y": {"restricts": {"things": resource, "parts": resource}, "values": "integer"},
        })));
        schema(&document(&json!({
            "y": {"restricts": {"things": resource, "parts": resource}, "values": "integer"},
            "x": {"context": context, "values": "network"},
        })));
    }
}

#[test]
fn the_builder_refuses_the_same() {
    let build = |rule: ConditionRule| {
        let schema = Schema::builder().resource("things").condition(ConditionRule::new("first").context("ip"));
        schema.condition(rule).build().unwrap_err().to_string()
    };
    let and_more = "condition `x`: it reads the context, and so restricts every type by that alone";
    assert_eq!(build(ConditionRule::new("x").context("a").restricts("things", "a")), and_more);
    assert_eq!(build(ConditionRule::new("x").restricts("things", "a").context("a")), and_more);
    assert_eq!(build(ConditionRule::new("x").context("a").elsewhere(Elsewhere::Ignore)), and_more);
    assert_eq!(
        build(ConditionRule::new("x").context(["ip", "v4"])),
        "condition `x` on the context: `ip.v4` overlaps with `ip`, which the condition `first` reads",
    );
    assert!(build(ConditionRule::new("x").context("a.b")).starts_with("condition `x` on the context: "));
    assert_eq!(build(ConditionRule::new("x").values(ValueKind::Time)), "condition `x`: it restricts no resource type");
    let all = Binding::all(keyward::attributes::AttributePath::new(["ip"]).unwrap());
    assert!(build(ConditionRule::new("x").context(all)).contains("overlaps"));
}

/// A name that reads the context may be in an access to any type, those of the administration too.
#[test]
fn the_context_is_bound_to_every_type() {
    let schema = schema(&document(&json!({"x": {"context": "ip", "values": "network"}})));
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let office = Condition::new("x", "10.0.0.0/8").unwrap();
    let access = keyward::Access::builder(&roles).role("admin").condition(office).unwrap().build().unwrap();
    for resource in schema.resource_types() {
        let resource = keyward::ResourceView::new(resource, ACCOUNT, &());
        let (here, there) = ([("ip", "10.1.2.3")], [("ip", "11.1.2.3")]);
        assert!(access.in_context(&here).decide("read", &resource).is_allow());
        assert!(!access.in_context(&there).decide("read", &resource).is_allow());
    }
}
