//! What the types are apart from what they do: shareable between threads, small, and safe to print.

use std::{error::Error, fmt, hash::Hash, mem::size_of};

use keyward::{
    Access, AccessBuilder, AccessError, Attributes, Condition, Decision, Denial, Forbidden, Operation, Permission,
    Resource, ResourceType, ResourceView, Role, RoleError, Roles, RolesVersion, Schema, TypeRef, Value, ValueSet,
    attributes::{AttributePath, List},
    decision::{Redacted, UpdateSide},
    document::{AccessPolicyDocument, AccountDocument, Actor, ActorDocument, ActorKind, Directory},
    filter::{Clause, Filter},
    json::{DocumentError, DocumentProblem, Json, JsonObject, JsonPath, Position},
    schema::{Binding, ConditionRule, Elsewhere, Match, OperationRef, SchemaBuilder, SchemaError, SchemaProblem},
    text::{TextError, TextProblem, UnknownName},
};
use serde_json::json;

use crate::support::{ACCOUNT, access, schema};

fn assert_send_sync<T: Send + Sync + fmt::Debug>() {}
fn shared<T: Send + Sync + ?Sized>() {}
fn assert_unwind_safe<T: std::panic::UnwindSafe + std::panic::RefUnwindSafe + Unpin>() {}
fn assert_error<T: Error + Send + Sync + Clone + PartialEq + 'static>() {}
fn assert_value<T: Clone + Eq + Hash + Send + Sync + 'static>() {}

macro_rules! each {
    ($assert:ident: $($type:ty),* $(,)?) => { $( $assert::<$type>(); )* };
}

#[test]
fn every_public_type_is_send_and_sync() {
    each!(assert_send_sync:
        Access, AccessBuilder, AccessError, AccessPolicyDocument, AccountDocument, Actor, ActorDocument, ActorKind,
        AttributePath, Binding, Clause, Condition, ConditionRule, Decision<'static>, Denial<'static>, DocumentError,
        DocumentProblem, Elsewhere, Filter, Forbidden, Json, JsonObject, JsonPath, Match, Operation,
        OperationRef<'static>, Permission, Position, Redacted<'static>, ResourceType, ResourceView<'static, ()>,
        ResourceView<'static, [(&str, &str)]>, Role, RoleError, Roles, RolesVersion, Schema, SchemaBuilder,
        SchemaError, SchemaProblem, UpdateSide, TextError, TextProblem, TypeRef<'static>, UnknownName, Value<'static>,
        ValueSet, Directory,
    );
    shared::<dyn Attributes>();
    shared::<dyn List>();
    shared::<dyn Resource>();
}

#[test]
fn own_types_are_unwind_safe() {
    each!(assert_unwind_safe: Access, Condition, Json, Permission, Roles, Schema, Directory, Filter, Forbidden);
}

#[test]
fn errors_are_errors() {
    each!(assert_error:
        AccessError, DocumentError, Forbidden, RoleError, SchemaError, SchemaProblem, TextError, TextProblem, UnknownName,
    );
}

#[test]
fn small_values_are_keys_of_maps() {
    each!(assert_value:
        ActorKind, AttributePath, Binding, Condition, Elsewhere, Match, Operation, Permission, ResourceType, RolesVersion,
    );
}

#[test]
fn sizes() {
    assert!(size_of::<Access>() <= 32, "{}", size_of::<Access>());
    assert!(size_of::<Option<Access>>() <= 32, "{}", size_of::<Option<Access>>());
    assert_eq!(size_of::<Schema>(), size_of::<usize>());
    assert_eq!(size_of::<Roles>(), size_of::<usize>());
    assert!(size_of::<Operation>() <= 16 && size_of::<ResourceType>() <= 16);
    assert!(size_of::<Value<'_>>() <= 32, "{}", size_of::<Value<'_>>());
    // The reasons of up to fifteen other assignments, each with the value that was found.
    assert!(size_of::<Decision<'_>>() <= 80 + 16 * 36, "{}", size_of::<Decision<'_>>());
}

/// An object that has itself as an attribute, and a list that is its own element.
struct Endless;

impl Attributes for Endless {
    fn attribute(&self, _name: &str) -> Value<'_> {
        Value::Object(self)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        visit("self", Value::Object(self));
    }
}

impl List for Endless {
    fn len(&self) -> usize {
        1
    }

    fn item(&self, _index: usize) -> Value<'_> {
        Value::List(self)
    }
}

#[test]
fn endless_values_are_denied_and_printed() {
    let schema = schema(&json!({"resources": {"t": {}}, "conditions": {"c": {"restricts": {"t": ["a", "b", "c"]}}}}));
    let access = access(&schema, &["t:read"], &[("c", "x")]);
    let view = ResourceView::new("t", ACCOUNT, &Endless);
    let decision = access.decide("read", &view);
    assert!(!decision.is_allow());
    let list = Value::List(&Endless);
    for text in [
        format!("{decision:?}"),
        decision.denial().unwrap().to_string(),
        serde_json::to_string(&decision).unwrap(),
        format!("{list} {list:?} {list:#?}"),
        serde_json::to_string(&list).unwrap(),
        access.decide("read", &view).into_result().unwrap_err().to_string(),
    ] {
        assert!(text.contains('…'), "{text}");
        assert!(text.len() < 4096, "{} bytes", text.len());
    }
}

#[test]
fn odd_values_are_printed() {
    let cases = [
        (Value::Absent, "nothing", "null"),
        (Value::Null, "null", "null"),
        (Value::Other, "a value of another kind", "null"),
        (Value::Boolean(true), "true", "true"),
        (
            Value::Integer(i128::MIN),
            "-170141183460469231731687303715884105728",
            "\"-170141183460469231731687303715884105728\"",
        ),
        (Value::Integer(u64::MAX.into()), "18446744073709551615", "18446744073709551615"),
        (Value::Float(f64::NAN), "NaN", "null"),
        (Value::Float(f64::NEG_INFINITY), "-inf", "null"),
        (Value::Float(-0.0), "-0.0", "-0.0"),
        (Value::Float(1.0), "1.0", "1.0"),
        (Value::Text("a`b\n\u{1b}[2J\u{202e}"), "`a\\u{60}b\\n\\u{1b}[2J\\u{202e}`", "\"a`b\\n\\u001b[2J\u{202e}\""),
        (Value::List(&[Value::Absent, Value::Text("x")]), "[nothing, `x`]", r#"[null,"x"]"#),
        (Value::Object(&[("a\n", 1)]), "{`a\\n`: 1}", r#"{"a\n":1}"#),
        (Value::Object(&()), "{}", "{}"),
    ];
    for (value, shown, json) in cases {
        assert_eq!(value.to_string(), shown);
        assert_eq!(format!("{value:?}"), shown);
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }
}

#[test]
fn deep_documents_are_printed() {
    let deep = serde_json::from_str::<serde_json::Value>(&format!("{}1{}", "[".repeat(120), "]".repeat(120))).unwrap();
    let built = (0..5000).fold(Json::Integer(1), |inner, _| Json::List(vec![inner]));
    let attributes = [("a", built)];
    let schema = schema(&json!({"resources": {"t": {}}, "conditions": {"c": {"restricts": {"t": "a"}}}}));
    let access = access(&schema, &["t:read"], &[("c", "1")]);
    let view = ResourceView::new("t", ACCOUNT, &attributes);
    let denied = access.decide("read", &view).into_result().unwrap_err();
    assert!(denied.to_string().contains('…'));
    let attributes = json!({"a": deep});
    let view = ResourceView::new("t", ACCOUNT, &attributes);
    assert!(serde_json::to_string(&access.decide("read", &view)).unwrap().contains('…'));
}

#[test]
fn debug_texts_name_what_matters() {
    let schema = schema(&json!({"resources": {"t": {}}, "conditions": {"c": {"restricts": {"t": "a"}}}}));
    let access = access(&schema, &["t:read"], &[("c", "1")]);
    let shown = format!("{access:?}");
    for part in ["Access", "acme", "the-role", "\"c\"", "\"1\""] {
        assert!(shown.contains(part), "{shown}");
    }
    let schema_shown = format!("{schema:?}");
    assert!(schema_shown.contains("\"t\"") && schema_shown.contains("operatorAccess"), "{schema_shown}");
    assert_eq!(format!("{:?}", Decision::Allow), "Allow");
    assert_eq!(format!("{:?}", access.decide("read", &ResourceView::new("t", "other", &()))), "Deny(OtherAccount)");
}
