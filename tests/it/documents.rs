//! Documents that can't be used: each refused with its place and its cause; and those that can, kept whole.

use keyward::{
    Schema,
    document::{AccountDocument, Directory},
    json::{DocumentError, DocumentProblem, Json, Position},
};
use proptest::prelude::*;
use serde::{Deserialize, de::value::MapDeserializer};
use serde_json::{Value, json};

use crate::support::json as as_json;

fn small() -> Value {
    json!({
        "schema": {
            "resources": {"products": {}, "orders": {"operations": ["read", "approve"]}},
            "conditions": {
                "brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
                "factory": {"restricts": {"orders": {"attribute": ["delivery", "id"], "match": "all"}}},
            },
        },
        "accounts": [
            {
                "id": "acme",
                "name": "Acme é",
                "accessPolicies": [
                    {"id": "p1", "name": "One", "permissions": ["products:read,list", "orders:*"]},
                    {"id": "p2", "permissions": []},
                ],
                "operatorAccess": [
                    {"id": "o1", "operator": "olga", "email": "o@example.com", "name": "Olga", "policies": ["admin"], "conditions": []},
                ],
                "accessTokens": [
                    {"id": "t1", "name": "Token", "policies": ["p1"], "conditions": ["brand:a", {"name": "brand", "value": "b c"}]},
                ],
            },
            {"id": "other", "accessPolicies": [{"id": "p1", "permissions": []}]},
        ],
    })
}

fn refused(document: &Value) -> DocumentError {
    match Directory::from_json(&document.to_string()) {
        Err(error) => error,
        Ok(_) => panic!("taken: {document:#}"),
    }
}

/// Path and cause, without line and column.
fn place_and_cause(error: &DocumentError) -> String {
    let Position { line, column } = error.position().expect("a place");
    let (whole, before) = (error.to_string(), format!("line {line}, column {column}, "));
    whole.strip_prefix(&before).unwrap().into()
}

/// The small world with another value at a JSON pointer, put in where its last part isn't there.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = small();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(elements) => {
            let at = last.parse::<usize>().unwrap();
            if at < elements.len() { elements[at] = value } else { elements.push(value) }
        }
        parent => parent[last] = value,
    }
    document
}

#[test]
fn the_small_world_is_good() {
    let world = Directory::from_json(&small().to_string()).unwrap();
    assert_eq!(world.actors().map(|(id, _)| id).collect::<Vec<_>>(), ["o1", "t1"]);
    assert_eq!(world.accounts().len(), 2);
}

#[test]
fn refused_contents() {
    let t1 = "/accounts/0/accessTokens/0";
    let cases: Vec<(String, Value, &str, &str)> = vec![
        // Unknown names, with the nearest.
        (
            format!("{t1}/policies/0"),
            json!("p3"),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role `p3`; did you mean `p1`?",
            "a policy id, one letter off",
        ),
        (
            format!("{t1}/policies/0"),
            json!("P1"),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role `P1`; did you mean `p1`?",
            "a policy id by its case",
        ),
        (
            format!("{t1}/policies/0"),
            json!("amdin"),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role `amdin`; did you mean `admin`?",
            "the managed role, misspelt",
        ),
        (
            format!("{t1}/policies/0"),
            json!("zzzzzz"),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role `zzzzzz`",
            "nothing near",
        ),
        (
            format!("{t1}/policies/0"),
            json!(""),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role ``",
            "an empty policy id",
        ),
        (
            format!("{t1}/policies/0"),
            json!("*"),
            "$.accounts[0].accessTokens[0].policies[0]: unknown role `*`",
            "a wildcard for a policy",
        ),
        (
            format!("{t1}/policies/0"),
            json!("a\nb"),
            r"$.accounts[0].accessTokens[0].policies[0]: unknown role `a\nb`",
            "a line end in a policy id",
        ),
        (
            "/accounts/1/accessTokens".into(),
            json!([{"id": "t2", "policies": ["p2"], "conditions": []}]),
            "$.accounts[1].accessTokens[0].policies[0]: unknown role `p2`; did you mean `p1`?",
            "a policy of another account",
        ),
        (
            format!("{t1}/conditions/0"),
            json!("brnad:a"),
            "$.accounts[0].accessTokens[0].conditions[0]: unknown condition `brnad`; did you mean `brand`?",
            "a condition name misspelt",
        ),
        (
            format!("{t1}/conditions/0"),
            json!("Brand:a"),
            "$.accounts[0].accessTokens[0].conditions[0]: unknown condition `Brand`; did you mean `brand`?",
            "a condition name by its case",
        ),
        (
            format!("{t1}/conditions/1"),
            json!({"name": "brnd", "value": ""}),
            "$.accounts[0].accessTokens[0].conditions[1]: unknown condition `brnd`; did you mean `brand`?",
            "in the structured form",
        ),
        (
            format!("{t1}/conditions/0"),
            json!("zzzzzz:a"),
            "$.accounts[0].accessTokens[0].conditions[0]: unknown condition `zzzzzz`; there are `brand`, `factory`",
            "nothing near",
        ),
        (
            "/accounts/0/accessPolicies/0/permissions/0".into(),
            json!("product:read"),
            "$.accounts[0].accessPolicies[0].permissions[0]: unknown resource type `product`; did you mean `products`?",
            "a type misspelt",
        ),
        (
            "/accounts/0/accessPolicies/0/permissions/1".into(),
            json!("orders:aprove"),
            "$.accounts[0].accessPolicies[0].permissions[1]: unknown operation `aprove`; did you mean `approve`?",
            "an operation misspelt",
        ),
        (
            "/accounts/0/accessPolicies/0/permissions/1".into(),
            json!("products:read,approve"),
            "$.accounts[0].accessPolicies[0].permissions[1]: unknown operation `approve`; there are `create`, `read`, `update`, `delete`, `list`",
            "an operation of another type",
        ),
        (
            "/accounts/0/accessPolicies/1/permissions/0".into(),
            json!("orders:delete"),
            "$.accounts[0].accessPolicies[1].permissions[0]: unknown operation `delete`; there are `read`, `approve`",
            "a standard operation that the type doesn't declare",
        ),
        (
            "/schema/conditions/brand/restricts".into(),
            json!({"porducts": "x"}),
            "$.schema.conditions.brand.restricts.porducts: unknown resource type `porducts`; did you mean `products`?",
            "a type in the schema",
        ),
        (
            "/schema/conditions/brand/elsewhere".into(),
            json!("ingore"),
            "$.schema.conditions.brand.elsewhere: unknown choice `ingore`; did you mean `ignore`?",
            "a choice misspelt",
        ),
        (
            "/schema/conditions/brand/elsewhere".into(),
            json!("allow"),
            "$.schema.conditions.brand.elsewhere: unknown choice `allow`; there are `deny`, `ignore`",
            "no such choice",
        ),
        (
            "/schema/conditions/factory/restricts/orders/match".into(),
            json!("ALL"),
            "$.schema.conditions.factory.restricts.orders.match: unknown choice `ALL`; did you mean `all`?",
            "a choice by its case",
        ),
        (
            "/schema/conditions/factory/restricts/orders/match".into(),
            json!("none"),
            "$.schema.conditions.factory.restricts.orders.match: unknown choice `none`; there are `any`, `all`",
            "no such match",
        ),
        // Duplicates.
        ("/accounts/1/id".into(), json!("acme"), "$.accounts[1]: account `acme` is there twice", "an account twice"),
        (
            "/accounts/0/accessPolicies/1/id".into(),
            json!("p1"),
            "$.accounts[0].accessPolicies[1]: access policy `p1` is there twice",
            "a policy twice",
        ),
        (
            "/accounts/0/accessPolicies/1/id".into(),
            json!("admin"),
            "$.accounts[0].accessPolicies[1].id: role `admin` is managed: it can't be created, altered or deleted",
            "the managed role",
        ),
        (
            "/accounts/0/accessTokens/0/id".into(),
            json!("o1"),
            "$.accounts[0].accessTokens[0]: actor `o1` is there twice",
            "an actor of both kinds",
        ),
        (
            "/accounts/0/accessTokens/1".into(),
            json!({"id": "t1", "policies": [], "conditions": []}),
            "$.accounts[0].accessTokens[1]: actor `t1` is there twice",
            "a token twice",
        ),
        (
            "/accounts/1/accessTokens".into(),
            json!([{"id": "t1", "policies": [], "conditions": []}]),
            "$.accounts[1].accessTokens[0]: actor `t1` is there twice",
            "an actor in two accounts",
        ),
        (
            "/accounts/1/operatorAccess".into(),
            json!([{"id": "t1", "policies": [], "conditions": []}]),
            "$.accounts[1].operatorAccess[0]: actor `t1` is there twice",
            "an actor in two accounts, of two kinds",
        ),
        (
            format!("{t1}/policies"),
            json!(["p1", "p2", "p1"]),
            "$.accounts[0].accessTokens[0].policies[2]: role `p1` is there twice",
            "a policy twice in an access",
        ),
        (
            format!("{t1}/policies"),
            json!(["admin", "admin"]),
            "$.accounts[0].accessTokens[0].policies[1]: role `admin` is there twice",
            "the managed role twice",
        ),
        (
            format!("{t1}/conditions"),
            json!(["brand:a", "brand:b", "brand:a"]),
            "$.accounts[0].accessTokens[0].conditions[2]: condition `brand:a` is there twice",
            "a condition twice",
        ),
        (
            format!("{t1}/conditions"),
            json!(["brand:a", {"name": "brand", "value": "a"}]),
            "$.accounts[0].accessTokens[0].conditions[1]: condition `brand:a` is there twice",
            "a condition twice, in two forms",
        ),
        (
            format!("{t1}/conditions"),
            json!([{"name": "brand", "value": "a\nb"}, {"value": "a\nb", "name": "brand"}]),
            r#"$.accounts[0].accessTokens[0].conditions[1]: condition `brand:"a\nb"` is there twice"#,
            "a structured condition twice",
        ),
        // Texts out of form.
        (
            format!("{t1}/conditions/0"),
            json!("brand"),
            "$.accounts[0].accessTokens[0].conditions[0]: condition `brand`: there is no colon; a condition is a name, a colon and a value, as in `brand:a`",
            "a condition without a colon",
        ),
        (
            format!("{t1}/conditions/0"),
            json!("brand:a,"),
            "$.accounts[0].accessTokens[0].conditions[0]: condition `brand:a,` at character 8: ',' is not allowed here; such a value is written `{\"name\": \"brand\", \"value\": \"a,\"}`, or made by `Condition::new(\"brand\", \"a,\")`",
            "a trailing comma",
        ),
        (
            format!("{t1}/conditions/0"),
            json!({"name": "brand:", "value": "a"}),
            "$.accounts[0].accessTokens[0].conditions[0]: condition name `brand:` at character 6: ':' is not allowed here; a condition name is made of ASCII letters, digits, `_` and `-`",
            "a colon in a name",
        ),
        (
            "/accounts/0/accessPolicies/0/permissions/0".into(),
            json!("products:read,"),
            "$.accounts[0].accessPolicies[0].permissions[0]: permission `products:read,` at character 15: an operation is empty",
            "a trailing comma",
        ),
        (
            "/accounts/0/accessPolicies/0/permissions/0".into(),
            json!("*:*"),
            "$.accounts[0].accessPolicies[0].permissions[0]: permission `*:*` at character 1: '*' is not allowed here; only operations have a `*`, as in `products:*`",
            "everything on everything",
        ),
        (
            "/accounts/0/id".into(),
            json!(""),
            "$.accounts[0].id: id ``: 0 bytes are too few, the least is 1",
            "an empty account id",
        ),
        (
            "/accounts/0/id".into(),
            json!("a b"),
            "$.accounts[0].id: id `a b` at character 2: ' ' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
            "a space in an account id",
        ),
        (
            "/accounts/0/accessTokens/0/id".into(),
            json!("*"),
            "$.accounts[0].accessTokens[0].id: id `*` at character 1: '*' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
            "a wildcard for an actor",
        ),
        (
            "/accounts/0/accessPolicies/0/id".into(),
            json!("p\u{0}"),
            r"$.accounts[0].accessPolicies[0].id: id `p\0` at character 2: '\0' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
            "NUL in a policy id",
        ),
        (
            "/accounts/0/accessTokens/0/id".into(),
            json!("é"),
            "$.accounts[0].accessTokens[0].id: id `é` at character 1: 'é' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
            "an id outside ASCII",
        ),
        // The schema.
        (
            "/schema/conditions/factory/restricts".into(),
            json!({"products": "brand"}),
            "$.schema.conditions.factory.restricts.products: `brand` overlaps with `brand`, which the condition `brand` reads",
            "two names, one attribute",
        ),
        (
            "/schema/conditions/factory/restricts".into(),
            json!({"products": ["brand", "id"]}),
            "$.schema.conditions.factory.restricts.products: `brand.id` overlaps with `brand`, which the condition `brand` reads",
            "one inside the other",
        ),
        (
            "/schema/conditions/factory/restricts".into(),
            json!({}),
            "$.schema.conditions.factory: it restricts no resource type",
            "a condition on nothing",
        ),
        (
            "/schema/conditions/factory/restricts/orders".into(),
            json!("delivery.id"),
            "$.schema.conditions.factory.restricts.orders: attribute name `delivery.id` at character 9: a dot makes no path \
             of a name: write `[\"delivery\", \"id\"]`, or `[\"delivery.id\"]` where the name has a dot",
            "a dot for a path",
        ),
        (
            "/schema/conditions/factory/restricts/orders/attribute".into(),
            json!("delivery.id"),
            "$.schema.conditions.factory.restricts.orders.attribute: attribute name `delivery.id` at character 9: a dot makes \
             no path of a name: write `[\"delivery\", \"id\"]`, or `[\"delivery.id\"]` where the name has a dot",
            "a dot for a path, in the long form",
        ),
        (
            "/schema/conditions/factory/restricts/orders".into(),
            json!([]),
            "$.schema.conditions.factory.restricts.orders: attribute path ``: 0 bytes are too few, the least is 1",
            "an empty path",
        ),
        (
            "/schema/conditions/factory/restricts/orders".into(),
            json!(""),
            "$.schema.conditions.factory.restricts.orders: attribute name ``: 0 bytes are too few, the least is 1",
            "an empty name",
        ),
        (
            "/schema/resources/orders/operations/1".into(),
            json!("read"),
            "$.schema.resources.orders.operations[1]: it is declared twice",
            "an operation twice",
        ),
        (
            "/schema/resources/orders/operations/0".into(),
            json!("*"),
            "$.schema.resources.orders.operations[0]: operation `*` at character 1: '*' is not allowed here; an operation is made of the letters `a` to `z`",
            "a wildcard operation",
        ),
        (
            "/schema/resources/a b".into(),
            json!({}),
            "$.schema.resources['a b']: resource type `a b` at character 2: ' ' is not allowed here; a resource type is made of ASCII letters, digits and `.`",
            "a space in a type",
        ),
        (
            "/schema/resources/".into(),
            json!({}),
            "$.schema.resources['']: resource type ``: 0 bytes are too few, the least is 1",
            "an empty type",
        ),
        (
            "/schema/conditions/a.b".into(),
            json!({"restricts": {"products": "x"}}),
            "$.schema.conditions['a.b']: condition name `a.b` at character 2: '.' is not allowed here; a condition name is made of ASCII letters, digits, `_` and `-`",
            "a point in a condition name",
        ),
    ];
    for (pointer, value, message, note) in cases {
        let error = refused(&with(&pointer, value));
        assert_eq!(place_and_cause(&error), message, "{note}");
        assert_eq!(format!("{}: {}", error.path(), error.problem()), message, "{note}");
    }
}

#[test]
fn numbers_of_policies_and_conditions() {
    let world = |policies: usize, conditions: usize| {
        let policy = |at| format!("p{at}");
        json!({
            "schema": small()["schema"],
            "accounts": [{
                "id": "acme",
                "accessPolicies": (0..policies).map(|at| json!({"id": policy(at), "permissions": []})).collect::<Vec<_>>(),
                "accessTokens": [{
                    "id": "t",
                    "policies": (0..policies).map(policy).collect::<Vec<_>>(),
                    "conditions": (0..conditions).map(|at| format!("brand:{at}")).collect::<Vec<_>>(),
                }],
            }],
        })
    };
    assert!(Directory::from_json(&world(100, 256).to_string()).is_ok());
    assert_eq!(
        place_and_cause(&refused(&world(101, 256))),
        "$.accounts[0].accessTokens[0].policies: 101 roles are too many, the most is 100",
    );
    assert_eq!(
        place_and_cause(&refused(&world(100, 257))),
        "$.accounts[0].accessTokens[0].conditions: 257 conditions are too many, the most is 256",
    );
}

/// Under `serde_json`'s feature `arbitrary_precision`, which any crate of a build may turn on, a number reaches its reader
/// as a map of this one member. The feature can't be on and off in one build, so the map is made here.
const NUMBER: &str = "$serde_json::private::Number";

fn handed_over<const N: usize>(members: [(&str, &str); N]) -> Result<Json, serde::de::value::Error> {
    Json::deserialize(MapDeserializer::new(members.into_iter()))
}

#[test]
fn numbers_that_are_handed_over_as_text() {
    let numbers = [
        ("0", Some(Json::Integer(0))),
        ("-0", Some(Json::Float(-0.0))),
        ("12", Some(Json::Integer(12))),
        ("-9223372036854775808", Some(Json::Integer(i64::MIN.into()))),
        ("-9223372036854775809", Some(Json::Float(-9_223_372_036_854_775_809.0))),
        ("18446744073709551615", Some(Json::Integer(u64::MAX.into()))),
        ("18446744073709551616", Some(Json::Float(18_446_744_073_709_551_616.0))),
        ("1.0", Some(Json::Float(1.0))),
        ("1e3", Some(Json::Float(1000.0))),
        ("1e400", None),
        ("inf", None),
        ("NaN", None),
        ("", None),
        ("one", None),
    ];
    for (text, wanted) in numbers {
        assert_eq!(handed_over([(NUMBER, text)]).ok(), wanted, "`{text}` as a map");
        assert_eq!(Json::parse(text).ok(), wanted, "`{text}` as a document");
    }
}

#[test]
fn the_key_of_such_a_number_elsewhere_is_a_key() {
    let object = handed_over([("a", "1"), (NUMBER, "2")]).unwrap();
    assert_eq!(serde_json::to_value(object).unwrap(), json!({"a": "1", NUMBER: "2"}));
    // A document that has it first can't be told from a number; one that has more is refused.
    let document = |rest: &str| Json::parse(&format!(r#"{{"{NUMBER}": "7"{rest}}}"#));
    assert_eq!(document("").unwrap(), Json::Integer(7));
    assert!(document(r#", "a": 1"#).is_err());
    assert!(Json::parse(&format!(r#"{{"{NUMBER}": 7}}"#)).is_err());
}

/// Every field of the small world and of its kept fields: where it stands, and the kinds that it may have.
const FIELDS: &[(&str, &[&str])] = &[
    ("/schema", &["object"]),
    ("/schema/resources", &["object"]),
    ("/schema/resources/products", &["object"]),
    ("/schema/resources/orders/operations", &["array"]),
    ("/schema/resources/orders/operations/0", &["string"]),
    ("/schema/conditions", &["object"]),
    ("/schema/conditions/brand", &["object"]),
    ("/schema/conditions/brand/restricts", &["object"]),
    ("/schema/conditions/brand/restricts/products", &["string", "array", "object"]),
    ("/schema/conditions/brand/elsewhere", &["string"]),
    ("/schema/conditions/factory/restricts/orders/attribute", &["string", "array"]),
    ("/schema/conditions/factory/restricts/orders/attribute/0", &["string"]),
    ("/schema/conditions/factory/restricts/orders/match", &["string"]),
    ("/accounts", &["array"]),
    ("/accounts/0", &["object"]),
    ("/accounts/0/id", &["string"]),
    ("/accounts/0/name", &["string"]),
    ("/accounts/0/accessPolicies", &["array"]),
    ("/accounts/0/accessPolicies/0", &["object"]),
    ("/accounts/0/accessPolicies/0/id", &["string"]),
    ("/accounts/0/accessPolicies/0/name", &["string"]),
    ("/accounts/0/accessPolicies/0/permissions", &["array"]),
    ("/accounts/0/accessPolicies/0/permissions/0", &["string"]),
    ("/accounts/0/operatorAccess", &["array"]),
    ("/accounts/0/operatorAccess/0", &["object"]),
    ("/accounts/0/operatorAccess/0/id", &["string"]),
    ("/accounts/0/operatorAccess/0/operator", &["string"]),
    ("/accounts/0/operatorAccess/0/email", &["string"]),
    ("/accounts/0/operatorAccess/0/name", &["string"]),
    ("/accounts/0/operatorAccess/0/policies", &["array"]),
    ("/accounts/0/operatorAccess/0/policies/0", &["string"]),
    ("/accounts/0/operatorAccess/0/conditions", &["array"]),
    ("/accounts/0/accessTokens", &["array"]),
    ("/accounts/0/accessTokens/0", &["object"]),
    ("/accounts/0/accessTokens/0/id", &["string"]),
    ("/accounts/0/accessTokens/0/name", &["string"]),
    ("/accounts/0/accessTokens/0/policies", &["array"]),
    ("/accounts/0/accessTokens/0/policies/0", &["string"]),
    ("/accounts/0/accessTokens/0/conditions", &["array"]),
    ("/accounts/0/accessTokens/0/conditions/0", &["string", "object"]),
    ("/accounts/0/accessTokens/0/conditions/1/name", &["string"]),
    ("/accounts/0/accessTokens/0/conditions/1/value", &["string"]),
];

/// `/a/0/b` as `$.a[0].b`.
fn path_of(pointer: &str) -> String {
    let parts = pointer.split('/').skip(1);
    parts.fold("$".into(), |path, part| {
        if part.parse::<usize>().is_ok() { format!("{path}[{part}]") } else { format!("{path}.{part}") }
    })
}

#[test]
fn wrong_kinds_in_every_field() {
    let kinds = [
        ("null", "null", json!(null)),
        ("boolean", "a boolean", json!(true)),
        ("number", "a number", json!(7)),
        ("number", "a number", json!(7.5)),
        ("string", "a string", json!("x")),
        ("array", "an array", json!([])),
        ("array", "an array", json!(["x", "y"])),
        ("object", "an object", json!({})),
    ];
    let mut refusals = 0;
    for (pointer, allowed) in FIELDS {
        assert!(small().pointer(pointer).is_some(), "{pointer} is a field of the small world");
        for (kind, found, value) in &kinds {
            if allowed.contains(kind) {
                continue;
            }
            let error = refused(&with(pointer, value.clone()));
            assert_eq!(error.path().to_string(), path_of(pointer), "{pointer} {value}: {error}");
            assert!(
                matches!(error.problem(), DocumentProblem::Kind { found: said, .. } if said == found),
                "{pointer} {value}: {error}"
            );
            refusals += 1;
        }
    }
    assert!(refusals > 200, "{refusals}");
    for (_, found, value) in &kinds[..7] {
        let error = refused(value);
        assert_eq!(place_and_cause(&error), format!("$: {found} where an object is wanted"));
        assert_eq!(error.position(), Some(Position { line: 1, column: 1 }));
        let error = Schema::from_json(&value.to_string()).unwrap_err();
        assert_eq!(place_and_cause(&error), format!("$: {found} where an object is wanted"));
    }
    assert_eq!(place_and_cause(&refused(&json!([small()]))), "$: an array where an object is wanted");
    let tuple = json!(["brand", "a"]);
    assert!(Directory::from_json(&with("/accounts/0/accessTokens/0/conditions/0", tuple).to_string()).is_err());
}

#[test]
fn unknown_fields_in_every_object() {
    let objects = [
        ("", "field `zzz`; there are `schema`, `accounts`"),
        ("/schema", "field `zzz`; there are `resources`, `conditions`"),
        ("/schema/resources/products", "field `zzz`; there are `operations`"),
        ("/schema/conditions/brand", "field `zzz`; there are `values`, `restricts`, `context`, `elsewhere`"),
        ("/schema/conditions/factory/restricts/orders", "field `zzz`; there are `attribute`, `match`"),
        (
            "/accounts/0",
            "field `zzz`; there are `id`, `name`, `accessPolicies`, `operatorAccess`, `accessTokens`, `description`, `imageUrl`, `tfaRequired`, `defaultUrl`, `createdAt` and 4 more",
        ),
        (
            "/accounts/0/accessPolicies/0",
            "field `zzz`; there are `id`, `name`, `permissions`, `description`, `uiPermissions`, `homepage`, `createdAt`, `updatedAt`, `tags`, `identifiers` and 1 more",
        ),
        (
            "/accounts/0/operatorAccess/0",
            "field `zzz`; there are `id`, `operator`, `email`, `name`, `policies`, `conditions`, `assignments`, `description`, `createdAt`, `updatedAt` and 3 more",
        ),
        (
            "/accounts/0/accessTokens/0",
            "field `zzz`; there are `id`, `name`, `policies`, `conditions`, `assignments`, `description`, `createdAt`, `updatedAt`, `tags`, `identifiers` and 1 more",
        ),
        ("/accounts/0/accessTokens/0/conditions/1", "field `zzz`; there are `name`, `value`, `except`"),
    ];
    for (pointer, message) in objects {
        let error = refused(&with(&format!("{pointer}/zzz"), json!(null)));
        assert_eq!(place_and_cause(&error), format!("{}.zzz: unknown {message}", path_of(pointer)));
    }
    let near = [
        ("/accounts/0/accessTokens/0/policie", "policies", "a list with a typo in its name is not an empty list"),
        ("/accounts/0/accessTokens/0/condition", "conditions", "another"),
        ("/accounts/0/accessTokens/0/Conditions", "conditions", "by its case"),
        ("/accounts/0/accessPolicies/0/permision", "permissions", "of a policy"),
        ("/accounts/0/accessToken", "accessTokens", "of an account"),
        ("/schema/resources/orders/operation", "operations", "of a type"),
        ("/schema/conditions/brand/elswhere", "elsewhere", "of a condition"),
        ("/schema/condition", "conditions", "of the schema"),
        ("/account", "accounts", "of the world"),
    ];
    for (pointer, nearest, note) in near {
        let error = refused(&with(pointer, json!([])));
        assert!(error.to_string().ends_with(&format!("did you mean `{nearest}`?")), "{note}: {error}");
    }
    let secrets =
        ["/accounts/0/accessTokens/0/key", "/accounts/0/accessTokens/0/secret", "/accounts/0/operatorAccess/0/apiKey"];
    for pointer in secrets {
        let error = refused(&with(pointer, json!("s3cr3t")));
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
    assert!(
        Directory::from_json(&with("/accounts/0/accessTokens/0/operator", json!("x")).to_string()).is_err(),
        "an operator of a token"
    );
    assert!(
        Directory::from_json(&with("/accounts/0/accessTokens/0/email", json!("x")).to_string()).is_err(),
        "an address of a token"
    );
}

#[test]
fn missing_fields() {
    let required = [
        "/schema",
        "/accounts",
        "/accounts/0/id",
        "/accounts/0/accessPolicies/0/id",
        "/accounts/0/operatorAccess/0/id",
        "/accounts/0/accessTokens/0/id",
        // A list that says what someone may do is never left out: without conditions it would be the whole account.
        "/accounts/0/accessPolicies/0/permissions",
        "/accounts/0/operatorAccess/0/policies",
        "/accounts/0/operatorAccess/0/conditions",
        "/accounts/0/accessTokens/0/policies",
        "/accounts/0/accessTokens/0/conditions",
        "/accounts/0/accessTokens/0/conditions/1/name",
        "/accounts/0/accessTokens/0/conditions/1/value",
        "/schema/conditions/brand/restricts",
        "/schema/conditions/factory/restricts/orders/attribute",
    ];
    for pointer in required {
        let mut document = small();
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(last).unwrap();
        assert_eq!(place_and_cause(&refused(&document)), format!("{}: the field `{last}` is missing", path_of(parent)));
    }
    // Without a list of documents there is nobody, and without conditions in the schema none can be given.
    assert!(Directory::from_json(r#"{"schema": {}, "accounts": [{"id": "a"}]}"#).unwrap().actors().next().is_none());
    for (given, meaning) in [("resources", "unknown resource type"), ("conditions", "unknown condition")] {
        let mut document = small();
        document["schema"].as_object_mut().unwrap().remove(given).unwrap();
        let error = refused(&document).to_string();
        assert!(error.contains(meaning), "{given}: {error}");
    }
    let none = |id| json!({"id": id, "policies": [], "conditions": []});
    let empty = json!({"schema": {}, "accounts": [{
        "id": "a", "accessPolicies": [{"id": "p", "permissions": []}], "accessTokens": [none("t")], "operatorAccess": [none("o")],
    }]});
    let world = Directory::from_json(&empty.to_string()).unwrap();
    for id in ["t", "o"] {
        let access = &world.actor(id).unwrap().access;
        let only = access.assignments().next().unwrap();
        assert_eq!((only.roles().len(), only.conditions().len()), (0, 0));
        assert!(!access.permits("read", "accessTokens"), "no roles can do nothing");
    }
}

#[test]
fn keys_twice_at_every_level() {
    let text = small().to_string();
    let mut doubled = 0;
    for (at, _) in text.match_indices('{') {
        // The first member again at the object's start.
        let Some(key_end) = text[at + 2..].find('"').map(|end| at + 2 + end + 1) else { continue };
        if text[at + 1..].starts_with('}') {
            continue;
        }
        let key = &text[at + 1..key_end];
        let twice = format!("{{{key}:null,{}", &text[at + 1..]);
        let document = format!("{}{twice}", &text[..at]);
        let error = Directory::from_json(&document).expect_err(&document);
        assert_eq!(*error.problem(), DocumentProblem::DuplicateKey, "{document}");
        assert!(error.path().to_string().ends_with(key.trim_matches('"')), "{error}");
        assert!(Json::parse(&document).is_err() && serde_json::from_str::<Directory>(&document).is_err());
        doubled += 1;
    }
    assert_eq!(doubled, objects_with_members(&small()));
    let escaped = r#"{"a": 1, "\u0061": 2}"#;
    assert_eq!(
        *Json::parse(escaped).unwrap_err().problem(),
        DocumentProblem::DuplicateKey,
        "an escape is the same key"
    );
    assert!(Json::parse(r#"{"a": 1, "A": 2, "": 3, " ": 4, "a ": 5}"#).is_ok());
    assert!(Json::parse("{\"É\": 1, \"E\u{301}\": 2}").is_ok(), "two forms are two keys");
    assert!(Json::parse(r#"[{"a": 1}, {"a": 1}, {"b": {"a": 1}, "a": 1}]"#).is_ok());
}

fn objects_with_members(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(objects_with_members).sum(),
        Value::Object(map) => usize::from(!map.is_empty()) + map.values().map(objects_with_members).sum::<usize>(),
        _ => 0,
    }
}

#[test]
fn truncated_at_every_byte() {
    let text = serde_json::to_string_pretty(&small()).unwrap();
    for end in 0..text.len() {
        let Some(part) = text.get(..end) else { continue };
        let error = Directory::from_json(part).expect_err(part);
        let Position { line, column } = error.position().unwrap_or_else(|| panic!("no place: {error}"));
        assert!(line >= 1 && line <= part.split('\n').count(), "{end}: {error}");
        let of_line = part.split('\n').nth(line - 1).unwrap().chars().count();
        assert!(column >= 1 && column <= of_line + 1, "{end}: {error}");
        assert!(serde_json::from_str::<Directory>(part).is_err());
    }
    assert!(Directory::from_json(&text).is_ok());
    assert!(Directory::from_json(&format!(" \n\t{text}\r\n ")).is_ok(), "white space around");
}

#[test]
fn every_byte_changed() {
    let text = small().to_string();
    for at in 0..text.len() {
        for byte in ["\0", "\"", "{", "}", "[", ",", ":", "\\", "x", "9", "\n", "\u{feff}"] {
            if !text.is_char_boundary(at) || !text.is_char_boundary(at + 1) {
                continue;
            }
            let changed = format!("{}{byte}{}", &text[..at], &text[at + 1..]);
            // Many are good: a letter of a name. None may panic, and a refusal has a place.
            if let Err(error) = Directory::from_json(&changed) {
                assert!(error.position().is_some(), "{error}");
                assert!(!error.to_string().chars().any(char::is_control), "{error}");
            }
        }
    }
}

#[test]
fn texts_that_are_no_world() {
    let cases = [
        ("", "line 1, column 1, $: EOF while parsing a value", "empty"),
        (" \n ", "line 2, column 1, $: EOF while parsing a value", "blank"),
        (
            "\u{feff}{}",
            "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one",
            "a byte order mark",
        ),
        ("null", "line 1, column 1, $: null where an object is wanted", "null"),
        ("{} {}", "line 1, column 4, $: trailing characters", "two documents"),
        ("{}x", "line 1, column 3, $: trailing characters", "something after"),
        ("{'a': 1}", "line 1, column 2, $: key must be a string", "single quotes"),
        ("{a: 1}", "line 1, column 2, $: key must be a string", "no quotes"),
        ("// x\n{}", "line 1, column 1, $: expected value", "a comment"),
        ("NaN", "line 1, column 1, $: expected value", "no number"),
        ("{\"schema\": 1e400}", "line 1, column 16, $.schema: number out of range", "a number past a float"),
        ("[01]", "line 1, column 3, $[0]: invalid number", "a leading zero"),
        ("\"\\ud800\"", "line 1, column 8, $: unexpected end of hex escape", "half a character"),
        (
            "\"\u{1}\"",
            "line 1, column 2, $: control character (\\u0000-\\u001F) found while parsing a string",
            "a control character",
        ),
    ];
    for (text, message, note) in cases {
        let error = Directory::from_json(text).expect_err(note);
        assert_eq!(error.to_string(), message, "{note}");
    }
}

#[test]
fn places_in_lines_and_characters() {
    let cases = [
        // The value that is wrong.
        ("{\n  \"schema\": {},\n  \"accounts\": [\n    {\"id\": \"é\"}\n  ]\n}", 4, 12, "$.accounts[0].id"),
        ("{\"schema\": {}, \"accounts\": [{\"name\": \"éÉ😀\", \"id\": \"ß\"}]}", 1, 51, "$.accounts[0].id"),
        ("{\r\n\"schema\": {},\r\n\t\"accounts\": 7}", 3, 14, "$.accounts"),
        ("{\"schema\": {},\n\n\n\"accounts\":\n\n   null}", 6, 4, "$.accounts"),
        ("{\"schema\": {\"resources\": {\"é\": {}}}, \"accounts\": []}", 1, 32, "$.schema.resources['é']"),
        ("{\"schema\": {\"resources\": {\"\\u00e9\": {}}}, \"accounts\": []}", 1, 37, "$.schema.resources['é']"),
        (
            "{\"schema\": {}, \"accounts\": [{\"id\": \"a\"}, {\"id\": \"b\"},\n {\"id\": \"a\"}]}",
            2,
            2,
            "$.accounts[2]",
        ),
        // The parent of what is missing.
        ("  {\"schema\": {}}", 1, 3, "$"),
        ("{\"schema\": {}, \"accounts\": [ {\"name\": \"x\"}]}", 1, 30, "$.accounts[0]"),
        // The key that is there twice, at its end.
        ("{\"schema\": {},\n \"é\": 1, \"é\": 2}", 2, 12, "$['é']"),
        ("{\"schema\": {},\n \"schema\": 2}", 2, 9, "$.schema"),
        // Where the reader stopped.
        ("{\"schema\": {},\n \"éé\": tru}", 2, 11, "$['éé']"),
        ("[\n 1,\n \"é\" 2]", 3, 6, "$[2]"),
        ("{\"a\": [1, 2,]}", 1, 13, "$.a[2]"),
    ];
    for (text, line, column, path) in cases {
        let error = Directory::from_json(text).unwrap_err();
        assert_eq!(error.path().to_string(), path, "{text:?}: {error}");
        assert_eq!(error.position(), Some(Position { line, column }), "{text:?}: {error}");
    }
}

/// The place that an error tells is that of the value at its path, found by looking for a marker.
#[test]
fn places_of_every_wrong_kind() {
    for (pointer, _) in FIELDS {
        let marked = serde_json::to_string_pretty(&with(pointer, json!(98_765_431))).unwrap();
        let at = marked.find("98765431").unwrap();
        let line = marked[..at].matches('\n').count() + 1;
        let column = marked[..at].rsplit('\n').next().unwrap().chars().count() + 1;
        let error = Directory::from_json(&marked).unwrap_err();
        assert_eq!(error.position(), Some(Position { line, column }), "{pointer}: {error}");
    }
}

#[test]
fn nesting() {
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let mixed = |depth: usize| format!("{}1{}", "[{\"a\":".repeat(depth / 2), "}]".repeat(depth / 2));
    for (note, text) in [("lists", lists(64)), ("objects", objects(64)), ("both", mixed(64))] {
        let json = Json::parse(&text).unwrap_or_else(|error| panic!("{note}: {error}"));
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
    }
    for (note, text) in [
        ("lists", lists(65)),
        ("objects", objects(65)),
        ("both", mixed(66)),
        ("a million", lists(1 << 20)),
        ("unclosed", "[".repeat(1 << 20)),
    ] {
        let error = Json::parse(&text).expect_err(note);
        assert_eq!(*error.problem(), DocumentProblem::TooDeep, "{note}");
        assert!(error.to_string().ends_with(": nested deeper than 64"), "{note}");
        assert!(Directory::from_json(&text).is_err() && Schema::from_json(&text).is_err(), "{note}");
        assert!(serde_json::from_str::<Json>(&text).is_err(), "{note}");
    }
    assert!(Json::parse(&lists(65)).unwrap_err().position().is_some());
    // A kept field of an account stands three levels deep.
    let kept = |depth| with("/accounts/0/customFields", serde_json::from_str(&lists(depth)).unwrap());
    assert!(Directory::from_json(&kept(61).to_string()).is_ok());
    assert_eq!(*refused(&kept(62)).problem(), DocumentProblem::TooDeep);
}

#[test]
fn places_before_white_space() {
    let deep = format!("{}\n\n1{}", "[".repeat(65), "]".repeat(65));
    let cases = [
        ("{\"a\": 1, \"a\": 2}", Position { line: 1, column: 12 }, "right without white space"),
        ("{\"a\": 1, \"a\"\n\n  : 2}", Position { line: 1, column: 12 }, "two lines off"),
        ("{\"a\": 1, \"a\"   : 2}", Position { line: 1, column: 12 }, "three columns off"),
        (&*deep, Position { line: 1, column: 65 }, "two lines off"),
    ];
    for (text, position, note) in cases {
        assert_eq!(Json::parse(text).unwrap_err().position(), Some(position), "{note}");
    }
}

#[test]
fn too_large() {
    let mut text = " ".repeat(Json::MAX_BYTES - 2);
    text.push_str("{}");
    assert!(Json::parse(&text).is_ok(), "64 MiB");
    text.push(' ');
    let error = Json::parse(&text).unwrap_err();
    assert_eq!(*error.problem(), DocumentProblem::TooLarge { bytes: (64 << 20) + 1, most: 64 << 20 });
    assert!(Directory::from_json(&text).is_err() && Schema::from_json(&text).is_err());
}

#[test]
fn too_large_has_a_place() {
    let error = Json::parse(&" ".repeat(Json::MAX_BYTES + 1)).unwrap_err();
    assert_eq!(error.position(), Some(Position { line: 1, column: 1 }));
}

fn full() -> Value {
    let kept =
        json!({"deep": [1, -1, 1.5, "x", null, true, {"É": "E\u{301}"}], "big": u64::MAX, "small": i64::MIN, "": ""});
    let mut account = small()["accounts"][0].clone();
    let common = ["createdAt", "updatedAt", "tags", "identifiers", "customFields"];
    let mut add = |pointer: &str, own: &[&str]| {
        for field in common.iter().chain(own) {
            account.pointer_mut(pointer).unwrap()[field] = kept.clone();
        }
    };
    add("", &["description", "imageUrl", "tfaRequired", "defaultUrl"]);
    add("/accessPolicies/0", &["description", "uiPermissions", "homepage"]);
    add("/operatorAccess/0", &["description"]);
    add("/accessTokens/0", &["description"]);
    account
}

#[test]
fn kept_fields_survive() {
    let account = full();
    let read: AccountDocument = serde_json::from_str(&account.to_string()).unwrap();
    assert_eq!(as_json(&read), account);
    let again: AccountDocument = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read);
    assert_eq!(read.extra.len(), 9);
    assert_eq!(read.access_policies[0].extra.len(), 8);
    assert_eq!(serde_json::from_value::<AccountDocument>(account.clone()).unwrap(), read, "from a value, too");

    let mut world = small();
    world["accounts"][0] = account.clone();
    let read = Directory::from_json(&world.to_string()).unwrap();
    let written = serde_json::to_string(&read).unwrap();
    let again = Directory::from_json(&written).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    assert_eq!(as_json(&read)["accounts"][0], account);
    assert_eq!(again.schema(), read.schema());
    assert_eq!(
        again.actors().map(|(id, actor)| (id, actor.kind)).collect::<Vec<_>>(),
        read.actors().map(|(id, actor)| (id, actor.kind)).collect::<Vec<_>>()
    );
    assert_eq!(as_json(&serde_json::from_str::<Directory>(&written).unwrap()), as_json(&read));
}

#[test]
fn kept_numbers_survive() {
    let numbers =
        ["3.1877050997335177e+230", "18446744073709551615", "-9223372036854775808", "0.1", "1.0", "-0.0", "0"];
    for number in numbers {
        let text = format!(
            r#"{{"id":"a","accessPolicies":[],"operatorAccess":[],"accessTokens":[],"customFields":{number}}}"#
        );
        let read: AccountDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}

#[test]
fn kept_fields_mean_nothing() {
    let plain = Directory::from_json(&small().to_string()).unwrap();
    let mut loud = small();
    loud["accounts"][0]["accessTokens"][0]["customFields"] = json!({"policies": ["admin"], "conditions": []});
    loud["accounts"][0]["accessPolicies"][0]["uiPermissions"] = json!(["products:*"]);
    loud["accounts"][0]["tfaRequired"] = json!(true);
    let loud = Directory::from_json(&loud.to_string()).unwrap();
    let shown = |world: &Directory| {
        let access = &world.actor("t1").unwrap().access;
        (
            format!("{:?}", access.assignments().collect::<Vec<_>>()),
            access.permits("delete", "products"),
            access.roles_version(),
        )
    };
    assert_eq!(shown(&plain), shown(&loud));
}

/// `serde_json`'s own reading of a text without trouble, for comparison.
fn same(strict: &Json, value: &Value) -> bool {
    match (strict, value) {
        (Json::Null, Value::Null) => true,
        (Json::Boolean(a), Value::Bool(b)) => a == b,
        (Json::Integer(a), Value::Number(b)) => b.as_i64().map(i128::from).or(b.as_u64().map(i128::from)) == Some(*a),
        (Json::Float(a), Value::Number(b)) => b.is_f64() && b.as_f64().is_some_and(|b| a.to_bits() == b.to_bits()),
        (Json::Text(a), Value::String(b)) => a == b,
        (Json::List(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Value::Object(b)) => {
            a.len() == b.len() && b.iter().all(|(key, b)| a.get(key).is_some_and(|a| same(a, b)))
        }
        _ => false,
    }
}

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<u64>().prop_map(|value| json!(value)),
        any::<i32>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        ".{0,8}".prop_map(|value| json!(value)),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|list| json!(list)),
            proptest::collection::btree_map(".{0,4}", inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn strict_reading_reads_what_is_there(value in values()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let strict = Json::parse(&text).unwrap();
            prop_assert!(same(&strict, &serde_json::from_str(&text).unwrap()), "{} read as {:?}", text, strict);
            prop_assert_eq!(&Json::parse(&serde_json::to_string(&strict).unwrap()).unwrap(), &strict);
            prop_assert_eq!(&serde_json::from_str::<Json>(&text).unwrap(), &strict);
        }
    }

    #[test]
    fn arbitrary_texts_never_panic(text in ".*", json in r#"[\[\]{}:,"0-9a-e\\ \n.-]{0,40}"#) {
        for text in [text, json] {
            for error in [Json::parse(&text).err(), Directory::from_json(&text).err(), Schema::from_json(&text).err()].into_iter().flatten() {
                prop_assert!(error.position().is_some(), "{}", error);
                prop_assert!(!error.to_string().chars().any(char::is_control), "{:?}", error.to_string());
            }
        }
    }
}
