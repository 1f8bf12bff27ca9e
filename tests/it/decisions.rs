//! The decision: a table of what it must be, case by case.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use indexmap::IndexMap;
use keyward::{
    Access, Attributes, Condition, Decision, Denial, Operation, Resource, ResourceView, Role, Roles, Schema, TypeRef,
    Value,
    attributes::{AsValue, List},
    decision::UpdateSide,
    json::{Json, JsonObject},
};
use serde_json::json;

use crate::support::{ACCOUNT, access, json as as_json, schema};

fn shop() -> Schema {
    schema(&json!({
        "resources": {
            "products": {},
            "places": {},
            "factories": {},
            "orders": {"operations": ["create", "read", "update", "delete", "list", "approve"]},
            "reports": {"operations": ["read"]},
        },
        "conditions": {
            "brand": {"restricts": {"products": "brand", "places": "brand"}, "elsewhere": "ignore"},
            "factory": {"restricts": {"factories": "id", "orders": ["delivery", "factoryId"]}},
            "label": {"restricts": {"products": {"attribute": "labels", "match": "all"}}, "elsewhere": "ignore"},
            "tag": {"restricts": {"products": "tags"}},
            "policy": {"restricts": {"operatorAccess": {"attribute": "policies", "match": "all"}}, "elsewhere": "ignore"},
        },
    }))
}

/// One question: who (permissions, conditions), what (operation, type, account, attributes), the answer.
struct Case {
    note: &'static str,
    permissions: &'static [&'static str],
    conditions: &'static [(&'static str, &'static str)],
    ask: (&'static str, &'static str, &'static str),
    attributes: serde_json::Value,
    answer: serde_json::Value,
}

fn allow() -> serde_json::Value {
    json!({"decision": "allow"})
}

fn missing(resource: &str, operation: &str) -> serde_json::Value {
    deny(json!({"kind": "permission_missing", "resource": resource, "operation": operation}))
}

fn unbound(condition: &str, resource: &str) -> serde_json::Value {
    deny(json!({"kind": "condition_unbound", "condition": condition, "resource": resource}))
}

fn deny(reason: impl serde::Serialize) -> serde_json::Value {
    json!({"decision": "deny", "status": 403, "reason": reason})
}

fn elsewhere() -> serde_json::Value {
    json!({"decision": "deny", "status": 404, "reason": {"kind": "other_account"}})
}

fn unmet(
    condition: &str,
    attribute: &serde_json::Value,
    found: &serde_json::Value,
    accepted: &[&str],
) -> serde_json::Value {
    deny(
        json!({"kind": "condition_unmet", "condition": condition, "attribute": attribute, "found": found, "accepted": accepted}),
    )
}

fn absent(condition: &str, attribute: &serde_json::Value, accepted: &[&str]) -> serde_json::Value {
    deny(json!({"kind": "condition_unmet", "condition": condition, "attribute": attribute, "accepted": accepted}))
}

const READ: &[&str] = &["products:read"];
const ALL: &[&str] = &["products:*", "places:*", "factories:*", "orders:*", "reports:*", "operatorAccess:*"];
const BRAND: &[(&str, &str)] = &[("brand", "one")];

fn cases() -> Vec<Case> {
    macro_rules! case {
        ($note:literal: $permissions:expr, $conditions:expr, $operation:literal $resource:literal of $account:expr, $attributes:tt => $answer:expr) => {
            Case {
                note: $note,
                permissions: $permissions,
                conditions: $conditions,
                ask: ($operation, $resource, $account),
                attributes: json!($attributes),
                answer: $answer,
            }
        };
    }
    vec![
        // The steps, and their order.
        case!("granted, no conditions": READ, &[], "read" "products" of ACCOUNT, {} => allow()),
        case!("no roles can do nothing": &[], &[], "read" "products" of ACCOUNT, {} => missing("products", "read")),
        case!("another operation": READ, &[], "delete" "products" of ACCOUNT, {} => missing("products", "delete")),
        case!("another type": READ, &[], "read" "places" of ACCOUNT, {} => missing("places", "read")),
        case!("a type that begins alike": READ, &[], "read" "product" of ACCOUNT, {} => missing("product", "read")),
        case!("list is not read": READ, &[], "list" "products" of ACCOUNT, {} => missing("products", "list")),
        case!("an operation of another type": ALL, &[], "approve" "products" of ACCOUNT, {} => missing("products", "approve")),
        case!("a custom operation": ALL, &[], "approve" "orders" of ACCOUNT, {} => allow()),
        case!("star is what the type declares": ALL, &[], "delete" "reports" of ACCOUNT, {} => missing("reports", "delete")),
        case!("an operation nobody knows": ALL, &[], "fly" "products" of ACCOUNT, {} => missing("products", "fly")),
        case!("a type nobody knows": ALL, &[], "read" "dragons" of ACCOUNT, {} => missing("dragons", "read")),
        case!("a wildcard is no operation": ALL, &[], "*" "products" of ACCOUNT, {} => missing("products", "*")),
        case!("a wildcard is no type": ALL, &[], "read" "*" of ACCOUNT, {} => missing("*", "read")),
        case!("two operations are none": ALL, &[], "read,list" "products" of ACCOUNT, {} => missing("products", "read,list")),
        case!("an operation by its case": ALL, &[], "Read" "products" of ACCOUNT, {} => missing("products", "Read")),
        case!("a type by its case": ALL, &[], "read" "Products" of ACCOUNT, {} => missing("Products", "read")),
        case!("no operation": ALL, &[], "" "products" of ACCOUNT, {} => missing("products", "")),
        case!("no type": ALL, &[], "read" "" of ACCOUNT, {} => missing("", "read")),
        case!("a permission as the operation": ALL, &[], "products:read" "products" of ACCOUNT, {} => missing("products", "products:read")),
        case!("another account": ALL, &[], "read" "products" of "other", {} => elsewhere()),
        case!("an account by its case": ALL, &[], "read" "products" of "Acme", {} => elsewhere()),
        case!("no account": ALL, &[], "read" "products" of "", {} => elsewhere()),
        case!("an account with a space": ALL, &[], "read" "products" of "acme ", {} => elsewhere()),
        case!("an account that begins alike": ALL, &[], "read" "products" of "acm", {} => elsewhere()),
        case!("an account that goes on": ALL, &[], "read" "products" of "acme2", {} => elsewhere()),
        case!("an account of NUL": ALL, &[], "read" "products" of "acme\0", {} => elsewhere()),
        case!("an account of look-alike letters": ALL, &[], "read" "products" of "аcme", {} => elsewhere()),
        case!("account before permission": &[], &[], "fly" "dragons" of "other", {} => elsewhere()),
        case!("account before conditions": ALL, BRAND, "read" "products" of "other", {"brand": "two"} => elsewhere()),
        case!("permission before conditions": READ, BRAND, "delete" "products" of ACCOUNT, {"brand": "two"} => missing("products", "delete")),
        case!("permission before an unbound condition": READ, &[("factory", "1")], "delete" "products" of ACCOUNT, {} => missing("products", "delete")),
        case!("the account is no attribute": ALL, &[], "read" "products" of "other", {"account": "acme"} => elsewhere()),
        // Conditions, one name.
        case!("met": READ, BRAND, "read" "products" of ACCOUNT, {"brand": "one"} => allow()),
        case!("unmet": READ, BRAND, "read" "products" of ACCOUNT, {"brand": "two"} => unmet("brand", &json!("brand"), &json!("two"), &["one"])),
        case!("absent": READ, BRAND, "read" "products" of ACCOUNT, {} => absent("brand", &json!("brand"), &["one"])),
        case!("absent is not null": READ, BRAND, "read" "products" of ACCOUNT, {"brand": null} => unmet("brand", &json!("brand"), &json!(null), &["one"])),
        case!("absent is not empty": READ, BRAND, "read" "products" of ACCOUNT, {"brand": ""} => unmet("brand", &json!("brand"), &json!(""), &["one"])),
        case!("an attribute by its case": READ, BRAND, "read" "products" of ACCOUNT, {"Brand": "one"} => absent("brand", &json!("brand"), &["one"])),
        case!("alternatives, the first": READ, &[("brand", "one"), ("brand", "two")], "read" "products" of ACCOUNT, {"brand": "one"} => allow()),
        case!("alternatives, the last": READ, &[("brand", "one"), ("brand", "two")], "read" "products" of ACCOUNT, {"brand": "two"} => allow()),
        case!("alternatives joined are neither": READ, &[("brand", "one"), ("brand", "two")], "read" "products" of ACCOUNT, {"brand": "one,two"} => unmet("brand", &json!("brand"), &json!("one,two"), &["one", "two"])),
        case!("accepted are in the access's order": READ, &[("brand", "z"), ("brand", "a"), ("brand", "m")], "read" "products" of ACCOUNT, {} => absent("brand", &json!("brand"), &["z", "a", "m"])),
        // Elsewhere.
        case!("ignored elsewhere": ALL, BRAND, "read" "factories" of ACCOUNT, {} => allow()),
        case!("ignored elsewhere, though the attribute says no": ALL, BRAND, "read" "factories" of ACCOUNT, {"brand": "two"} => allow()),
        case!("denied elsewhere": ALL, &[("factory", "1")], "read" "products" of ACCOUNT, {} => unbound("factory", "products")),
        case!("denied elsewhere, though the attribute says yes": ALL, &[("factory", "1")], "read" "products" of ACCOUNT, {"id": "1", "factory": "1"} => unbound("factory", "products")),
        case!("denied on the administration, too": ALL, &[("factory", "1")], "read" "operatorAccess" of ACCOUNT, {} => unbound("factory", "operatorAccess")),
        case!("ignored on the administration": ALL, BRAND, "read" "operatorAccess" of ACCOUNT, {} => allow()),
        // Several names.
        case!("both met": ALL, &[("brand", "one"), ("tag", "x")], "read" "products" of ACCOUNT, {"brand": "one", "tags": ["x"]} => allow()),
        case!("the first unmet": ALL, &[("brand", "one"), ("tag", "x")], "read" "products" of ACCOUNT, {"brand": "two", "tags": ["x"]} => unmet("brand", &json!("brand"), &json!("two"), &["one"])),
        case!("the second unmet": ALL, &[("brand", "one"), ("tag", "x")], "read" "products" of ACCOUNT, {"brand": "one", "tags": ["y"]} => unmet("tag", &json!("tags"), &json!(["y"]), &["x"])),
        case!("both unmet: the access's first": ALL, &[("brand", "one"), ("tag", "x")], "read" "products" of ACCOUNT, {} => absent("brand", &json!("brand"), &["one"])),
        case!("both unmet: the access's first, not the schema's": ALL, &[("tag", "x"), ("brand", "one")], "read" "products" of ACCOUNT, {} => absent("tag", &json!("tags"), &["x"])),
        case!("a name stands where it was first given": ALL, &[("tag", "x"), ("brand", "one"), ("tag", "y")], "read" "products" of ACCOUNT, {} => absent("tag", &json!("tags"), &["x", "y"])),
        case!("unmet before unbound": ALL, &[("brand", "one"), ("factory", "1")], "read" "products" of ACCOUNT, {} => absent("brand", &json!("brand"), &["one"])),
        case!("unbound before unmet": ALL, &[("factory", "1"), ("brand", "one")], "read" "products" of ACCOUNT, {} => unbound("factory", "products")),
        case!("met before unbound": ALL, &[("brand", "one"), ("factory", "1")], "read" "products" of ACCOUNT, {"brand": "one"} => unbound("factory", "products")),
        case!("two unbound: the access's first": ALL, &[("tag", "x"), ("factory", "1")], "read" "operatorAccess" of ACCOUNT, {} => unbound("tag", "operatorAccess")),
        case!("two unbound: the access's first, turned": ALL, &[("factory", "1"), ("tag", "x")], "read" "operatorAccess" of ACCOUNT, {} => unbound("factory", "operatorAccess")),
        case!("ignored, then unmet": ALL, &[("brand", "one"), ("factory", "1")], "read" "factories" of ACCOUNT, {"id": 2} => unmet("factory", &json!("id"), &json!(2), &["1"])),
        // Paths.
        case!("a path": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": {"factoryId": 1}} => allow()),
        case!("a path, unmet": ALL, &[("factory", "1")], "approve" "orders" of ACCOUNT, {"delivery": {"factoryId": 2}} => unmet("factory", &json!(["delivery", "factoryId"]), &json!(2), &["1"])),
        case!("a path whose end is absent": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": {}} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path whose beginning is absent": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"factoryId": 1} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path through null": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": null} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path through a text": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": "1"} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path through a number": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": 1} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path through a list of objects": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": [{"factoryId": 1}]} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path is no name with a dot": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery.factoryId": 1} => absent("factory", &json!(["delivery", "factoryId"]), &["1"])),
        case!("a path that ends in an object": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": {"factoryId": {"id": 1}}} => unmet("factory", &json!(["delivery", "factoryId"]), &json!({"id": 1}), &["1"])),
        case!("a path that ends in a list": ALL, &[("factory", "1")], "read" "orders" of ACCOUNT, {"delivery": {"factoryId": [2, 1]}} => allow()),
        // Which attributes an operation tests: one map here, whatever it is called.
        case!("create tests the proposed": ALL, BRAND, "create" "products" of ACCOUNT, {"brand": "one"} => allow()),
        case!("create, unmet": ALL, BRAND, "create" "products" of ACCOUNT, {"brand": "two"} => unmet("brand", &json!("brand"), &json!("two"), &["one"])),
        case!("create, absent": ALL, BRAND, "create" "products" of ACCOUNT, {} => absent("brand", &json!("brand"), &["one"])),
        case!("delete tests the stored": ALL, BRAND, "delete" "products" of ACCOUNT, {"brand": "two"} => unmet("brand", &json!("brand"), &json!("two"), &["one"])),
        case!("list tests a row": ALL, BRAND, "list" "products" of ACCOUNT, {"brand": "two"} => unmet("brand", &json!("brand"), &json!("two"), &["one"])),
        case!("a custom operation tests the stored": ALL, &[("factory", "1")], "approve" "orders" of ACCOUNT, {"delivery": {"factoryId": "1"}} => allow()),
        // Permissions in all their spellings.
        case!("two permissions on one type": &["products:read", "products:delete"], &[], "delete" "products" of ACCOUNT, {} => allow()),
        case!("one permission twice": &["products:read", "products:read"], &[], "read" "products" of ACCOUNT, {} => allow()),
        case!("star and more": &["products:*", "products:read"], &[], "delete" "products" of ACCOUNT, {} => allow()),
    ]
}

#[test]
fn table() {
    let shop = shop();
    for Case { note, permissions, conditions, ask: (operation, resource, account), attributes, answer } in cases() {
        let access = access(&shop, permissions, conditions);
        let view = ResourceView::new(resource, account, &attributes);
        assert_eq!(as_json(&access.decide(operation, &view)), answer, "{note}");

        let strict = Json::parse(&attributes.to_string()).unwrap();
        let view = ResourceView::new(resource, account, &strict);
        assert_eq!(as_json(&access.decide(operation, &view)), answer, "{note}: through the strict reader");
        assert_eq!(as_json(&access.decide(operation, &&&view)), answer, "{note}: behind references");
        if let (Ok(operation), Ok(resource)) = (shop.operation(operation), shop.resource_type(resource)) {
            let view = ResourceView::new(resource, account, &strict);
            assert_eq!(as_json(&access.decide(operation, &view)), answer, "{note}: by handles");
        }
        let decision = access.decide(operation, &view);
        assert_eq!(decision.is_allow(), answer == allow(), "{note}");
        assert_eq!(
            decision.denial().map(Denial::status),
            answer["status"].as_u64().map(|status| status.try_into().unwrap()),
            "{note}"
        );
        assert_eq!(decision.denial().map(Denial::kind), answer["reason"]["kind"].as_str(), "{note}");
        assert_eq!(decision.into_result().is_ok(), answer == allow(), "{note}");
    }
}

/// Two names on one type: `any` and `all` over the same kinds of values.
fn kinds(accepted: &[&str]) -> [Access; 2] {
    let schema = schema(&json!({
        "resources": {"t": {}},
        "conditions": {
            "any": {"restricts": {"t": "a"}},
            "all": {"restricts": {"t": {"attribute": ["b"], "match": "all"}}},
        },
    }));
    ["any", "all"].map(|name| {
        let conditions: Vec<(&str, &str)> = accepted.iter().map(|value| (name, *value)).collect();
        access(&schema, &["t:read"], &conditions)
    })
}

fn decided<V: AsValue>(access: &[Access; 2], value: &V) -> (bool, bool) {
    let attributes = [("a", value), ("b", value)];
    let view = ResourceView::new("t", ACCOUNT, &attributes);
    let [any, all] = access;
    (any.decide(Operation::READ, &view).is_allow(), all.decide(Operation::READ, &view).is_allow())
}

/// Note, accepted values, the attribute's JSON text, whether `any` and whether `all` match.
type Kind = (&'static str, &'static [&'static str], &'static str, bool, bool);

const KINDS: &[Kind] = &[
    ("a text", &["x"], r#""x""#, true, true),
    ("another case", &["x"], r#""X""#, false, false),
    ("a trailing space", &["x"], r#""x ""#, false, false),
    ("a leading space", &["x"], r#"" x""#, false, false),
    ("an accepted trailing space", &["x "], r#""x ""#, true, true),
    ("a trailing NUL", &["x"], r#""x\u0000""#, false, false),
    ("a line end", &["x"], r#""x\n""#, false, false),
    ("a no-break space", &["x"], "\"x\u{a0}\"", false, false),
    ("a zero-width space", &["x"], "\"x\u{200b}\"", false, false),
    ("a byte order mark", &["x"], "\"\u{feff}x\"", false, false),
    ("composed for composed", &["É"], r#""É""#, true, true),
    ("decomposed for composed", &["É"], "\"E\u{301}\"", false, false),
    ("composed for decomposed", &["E\u{301}"], r#""É""#, false, false),
    ("an escape is the character", &["É"], r#""\u00c9""#, true, true),
    ("a surrogate pair is the character", &["😀"], r#""\ud83d\ude00""#, true, true),
    ("sharp s is not ss", &["ss"], r#""ß""#, false, false),
    ("dotless i", &["i"], r#""ı""#, false, false),
    ("a full-width letter", &["a"], r#""ａ""#, false, false),
    ("a prefix", &["xy"], r#""x""#, false, false),
    ("a longer one", &["x"], r#""xy""#, false, false),
    ("the empty text, accepted", &[""], r#""""#, true, true),
    ("the empty text, not accepted", &["x"], r#""""#, false, false),
    ("the empty value and null", &[""], "null", false, false),
    ("the empty value and an empty list", &[""], "[]", false, false),
    ("the empty value and an empty object", &[""], "{}", false, false),
    ("a star is a star", &["*"], r#""x""#, false, false),
    ("a star is itself", &["*"], r#""*""#, true, true),
    ("an integer", &["1"], "1", true, true),
    ("a text of digits", &["1"], r#""1""#, true, true),
    ("leading zeros in the value", &["01"], "1", false, false),
    ("leading zeros in the attribute", &["1"], r#""01""#, false, false),
    ("leading zeros in both", &["01"], r#""01""#, true, true),
    ("a plus", &["+1"], "1", false, false),
    ("a float that is whole", &["1"], "1.0", false, false),
    ("a float by its text", &["1.0"], "1.0", false, false),
    ("an exponent", &["10"], "1e1", false, false),
    ("an exponent by its text", &["1e1"], "1e1", false, false),
    ("a float as text", &["1.0"], r#""1.0""#, true, true),
    ("zero", &["0"], "0", true, true),
    ("minus zero is a float", &["0", "-0", "0.0", "-0.0"], "-0", false, false),
    ("minus zero as text", &["-0"], r#""-0""#, true, true),
    ("minus one", &["-1"], "-1", true, true),
    ("the least i64", &["-9223372036854775808"], "-9223372036854775808", true, true),
    ("below the least i64", &["-9223372036854775809", "-9223372036854775808"], "-9223372036854775809", false, false),
    ("the most i64", &["9223372036854775807"], "9223372036854775807", true, true),
    ("past the most i64", &["9223372036854775808"], "9223372036854775808", true, true),
    ("the most u64", &["18446744073709551615"], "18446744073709551615", true, true),
    (
        "past the most u64",
        &["18446744073709551616", "18446744073709552000", "1.8446744073709552e19"],
        "18446744073709551616",
        false,
        false,
    ),
    ("not every digit is lost", &["9007199254740992"], "9007199254740993", false, false),
    ("a half", &["0.5"], "0.5", false, false),
    ("true", &["true"], "true", true, true),
    ("false", &["false"], "false", true, true),
    ("true as text", &["true"], r#""true""#, true, true),
    ("true is not 1", &["1"], "true", false, false),
    ("1 is not true", &["true"], "1", false, false),
    ("True", &["True", "TRUE", "yes"], "true", false, false),
    ("null is no text", &["null", "", "None"], "null", false, false),
    ("null as text", &["null"], r#""null""#, true, true),
    ("an object", &["x", "{}"], r#"{"x": "x"}"#, false, false),
    ("an empty object", &["{}"], "{}", false, false),
    ("a list of one", &["x"], r#"["x"]"#, true, true),
    ("a list of two, one accepted", &["x"], r#"["x", "y"]"#, true, false),
    ("a list of two, the other accepted", &["x"], r#"["y", "x"]"#, true, false),
    ("a list of two, both accepted", &["x", "y"], r#"["y", "x"]"#, true, true),
    ("a list of the same twice", &["x"], r#"["x", "x"]"#, true, true),
    ("a list of none accepted", &["x"], r#"["y", "z"]"#, false, false),
    ("the empty list", &["x", "", "[]"], "[]", false, false),
    ("a list with null", &["x", "null"], r#"["x", null]"#, true, false),
    ("a list of null", &["x", "null", ""], "[null]", false, false),
    ("a list with the empty text", &["x"], r#"["x", ""]"#, true, false),
    ("a list in a list", &["x"], r#"[["x"]]"#, false, false),
    ("a list in a list, beside", &["x"], r#"[["x"], "x"]"#, true, false),
    ("an empty list in a list", &["x"], r#"["x", []]"#, true, false),
    ("an object in a list", &["x"], r#"["x", {"x": "x"}]"#, true, false),
    ("a float in a list", &["1"], "[1, 1.0]", true, false),
    ("integers in a list", &["1", "2"], "[1, 2]", true, true),
    ("kinds in a list", &["1", "true", "x"], r#"[1, true, "x"]"#, true, true),
    ("a list joined", &["x,y"], r#"["x", "y"]"#, false, false),
    ("a list split", &["x", "y"], r#"["x,y"]"#, false, false),
    ("a list's JSON", &[r#"["x"]"#], r#"["x"]"#, false, false),
    ("a list's JSON as text", &[r#"["x"]"#], r#""[\"x\"]""#, true, true),
];

#[test]
fn kinds_of_values() {
    for (note, accepted, text, any, all) in KINDS {
        let strict = Json::parse(text).unwrap();
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        // Up to four values a set is searched one by one, past that by hash: both must agree.
        let many: Vec<String> = (0..252).map(|at| format!("unlike-{at}")).collect();
        for padding in [0, 1, 4, 5, 252] {
            let padded: Vec<&str> =
                many[..padding].iter().map(|value| &**value).chain(accepted.iter().copied()).collect();
            let access = kinds(&padded);
            assert_eq!(decided(&access, &value), (*any, *all), "{note}, {padding} more");
            assert_eq!(decided(&access, &strict), (*any, *all), "{note}, {padding} more, through the strict reader");
        }
    }
}

#[test]
fn kinds_of_values_in_code() {
    let nested: BTreeMap<&str, &str> = [("x", "x")].into();
    let list_of_options = vec![Some("x"), None];
    let (most, least) = (i128::MAX.to_string(), i128::MIN.to_string());
    let past = u128::MAX.to_string();
    let check = |note: &str, accepted: &[&str], value: &dyn AsValue, any: bool, all: bool| {
        assert_eq!(decided(&kinds(accepted), &value), (any, all), "{note}");
    };
    check("none", &["", "x", "null", "None"], &None::<&str>, false, false);
    check("some", &["x"], &Some("x"), true, true);
    check("some of some", &["x"], &Some(Some("x")), true, true);
    check("a string", &["x"], &String::from("x"), true, true);
    check("a borrowed cow", &["x"], &Cow::Borrowed("x"), true, true);
    check("an owned cow", &["x"], &Cow::<str>::Owned("x".into()), true, true);
    check("a box", &["x"], &Box::<str>::from("x"), true, true);
    check("an arc", &["x"], &Arc::<str>::from("x"), true, true);
    check("the most i128", &[&most], &i128::MAX, true, true);
    check("the least i128", &[&least], &i128::MIN, true, true);
    check("past the most i128", &[&past, &most, "-1"], &u128::MAX, false, false);
    check("a u128 within", &["7"], &7_u128, true, true);
    check("i8", &["-128"], &i8::MIN, true, true);
    check("u8", &["255"], &u8::MAX, true, true);
    check("i16", &["-32768"], &i16::MIN, true, true);
    check("u32", &["4294967295"], &u32::MAX, true, true);
    check("usize", &["18446744073709551615"], &(u64::MAX), true, true);
    check("an f32", &["1", "1.0"], &1_f32, false, false);
    check("NaN", &["NaN", "nan", "null"], &f64::NAN, false, false);
    check("infinity", &["inf", "infinity"], &f64::INFINITY, false, false);
    check("other", &["", "other", "?"], &Value::Other, false, false);
    check("absent", &["", "nothing"], &Value::Absent, false, false);
    check("null", &["", "null"], &Value::Null, false, false);
    check("an object", &["x"], &nested, false, false);
    check("options in a list", &["x", ""], &list_of_options, true, false);
    check("others in a list", &["x"], &vec![Value::Other, Value::Text("x")], true, false);
    check("an array", &["x"], &["x", "x"], true, true);
    check("an empty array", &["x"], &[""; 0], false, false);
    check("lists in a list", &["x"], &vec![vec!["x"]], false, false);
    check("a borrowed value", &["x"], &&&"x", true, true);
}

/// A list whose `len`, `is_empty` and `item` are the host's own.
struct Odd {
    len: usize,
    item: Value<'static>,
}

impl List for Odd {
    fn len(&self) -> usize {
        self.len
    }

    fn item(&self, _index: usize) -> Value<'_> {
        self.item
    }
}

#[test]
fn lists_of_the_hosts_own() {
    let access = kinds(&["x"]);
    let of = |len, item| {
        let list = Odd { len, item };
        decided(&access, &Value::List(&list))
    };
    assert_eq!(of(0, Value::Text("x")), (false, false), "empty, whatever its elements would be");
    assert_eq!(of(3, Value::Text("x")), (true, true));
    assert_eq!(of(3, Value::Absent), (false, false));
    let inner = ["x"];
    assert_eq!(of(1, Value::Boolean(true)), (false, false));
    assert_eq!(decided(&access, &Value::List(&[Value::List(&inner)])), (false, false));
}

fn check_maps(access: &Access, nested: &Access, note: &str, maps: [&dyn Attributes; 4]) {
    let ask = |access: &Access, resource: &str, attributes: &dyn Attributes| {
        access.decide(Operation::READ, &ResourceView::new(resource, ACCOUNT, attributes)).is_allow()
    };
    let [met, unmet, empty, path] = maps;
    assert!(ask(access, "products", met), "{note}: met");
    assert!(!ask(access, "products", unmet), "{note}: unmet");
    assert!(!ask(access, "products", empty), "{note}: absent");
    assert!(ask(nested, "orders", path), "{note}: a path");
    assert!(!ask(nested, "orders", met), "{note}: a path, absent");
    for attributes in maps {
        let mut seen = 0;
        attributes.each(&mut |name, value| {
            seen += 1;
            assert_eq!(attributes.attribute(name).to_string(), value.to_string(), "{note}: each");
        });
        assert!(seen <= 2, "{note}");
    }
    let mut names = Vec::new();
    met.each(&mut |name, _| names.push(String::from(name)));
    assert_eq!(names, ["brand"], "{note}");
}

#[test]
fn every_kind_of_map() {
    let shop = shop();
    let access = access(&shop, &["products:read", "orders:read"], &[("brand", "one")]);
    let nested = Access::builder(&Roles::new(&shop, ACCOUNT).unwrap())
        .role("admin")
        .condition("factory:1")
        .unwrap()
        .build()
        .unwrap();
    let check = |note: &str, maps: [&dyn Attributes; 4]| check_maps(&access, &nested, note, maps);

    let (met, unmet) = ([("brand", "one")], [("brand", "two")]);
    let inner = [("factoryId", "1")];
    let path = [("delivery", Value::Object(&inner))];
    check("array of pairs", [&met, &unmet, &[("", ""); 0], &path]);
    check("vec of pairs", [&met.to_vec(), &unmet.to_vec(), &Vec::<(&str, &str)>::new(), &path.to_vec()]);
    check("slice of pairs", [&&met[..], &&unmet[..], &&met[..0], &&path[..]]);
    let owned = |pairs: [(&str, &str); 1]| pairs.map(|(name, value)| (String::from(name), String::from(value)));
    check("pairs of strings", [&owned(met), &owned(unmet), &(), &path]);

    macro_rules! map {
        ($map:ident) => {{
            let inner: $map<&str, u8> = [("factoryId", 1)].into_iter().collect();
            let path: $map<&str, $map<&str, u8>> = [("delivery", inner)].into_iter().collect();
            let of = |pairs: [(&str, &str); 1]| owned(pairs).into_iter().collect::<$map<String, String>>();
            check(stringify!($map), [&of(met), &of(unmet), &$map::<String, u8>::new(), &path]);
            let boxed: $map<Box<str>, Box<str>> = [("brand".into(), "one".into())].into_iter().collect();
            check("boxed keys", [&boxed, &unmet, &(), &path]);
        }};
    }
    map!(HashMap);
    map!(BTreeMap);
    map!(IndexMap);

    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let texts = [r#"{"brand": "one"}"#, r#"{"brand": "two"}"#, "{}", r#"{"delivery": {"factoryId": 1}}"#];
    let values = texts.map(value);
    check("serde_json::Value", [&values[0], &values[1], &values[2], &values[3]]);
    let maps = values.clone().map(|value| value.as_object().unwrap().clone());
    check("serde_json::Map", [&maps[0], &maps[1], &maps[2], &maps[3]]);
    let strict = texts.map(|text| Json::parse(text).unwrap());
    check("Json", [&strict[0], &strict[1], &strict[2], &strict[3]]);
    let objects: [JsonObject; 4] = strict.clone().map(|json| json.as_object().unwrap().clone());
    check("JsonObject", [&objects[0], &objects[1], &objects[2], &objects[3]]);

    for text in ["null", "7", r#""brand""#, r#"["brand", "one"]"#, r#"[{"brand": "one"}]"#, "true"] {
        let view = Json::parse(text).unwrap();
        assert!(
            !access.decide("read", &ResourceView::new("products", ACCOUNT, &view)).is_allow(),
            "{text} has no attributes"
        );
        let view = value(text);
        assert!(
            !access.decide("read", &ResourceView::new("products", ACCOUNT, &view)).is_allow(),
            "{text} has no attributes"
        );
    }
}

#[test]
fn a_name_twice_in_a_slice_matches_nothing() {
    let access = kinds(&["x", ""]);
    let [any, _] = &access;
    for pairs in [
        vec![("a", Some("x")), ("a", Some("x"))],
        vec![("a", Some("x")), ("a", Some("y"))],
        vec![("a", Some("y")), ("a", Some("x"))],
        vec![("a", Some("x")), ("b", Some("x")), ("a", None)],
        vec![("a", None), ("a", Some("x"))],
        vec![("a", Some("x")); 3],
    ] {
        let view = ResourceView::new("t", ACCOUNT, &pairs);
        let decision = any.decide(Operation::READ, &view);
        assert!(matches!(decision, Decision::Deny(Denial::ConditionUnmet { found: Value::Other, .. })), "{pairs:?}");
    }
    let fine = [("a", "x"), ("b", "y"), ("b", "z")];
    assert!(any.decide(Operation::READ, &ResourceView::new("t", ACCOUNT, &fine)).is_allow(), "twice, but not read");
    let outer = [("a", Value::Object(&fine))];
    assert!(!any.decide(Operation::READ, &ResourceView::new("t", ACCOUNT, &outer)).is_allow());
}

#[test]
fn update_tests_both_sides() {
    let shop = shop();
    let access = access(&shop, &["products:update"], &[("tag", "x"), ("brand", "one")]);
    let good = json!({"tags": ["x"], "brand": "one"});
    let tagless = json!({"tags": [], "brand": "one"});
    let foreign = json!({"tags": ["x"], "brand": "two"});
    let neither = json!({});
    let unmet = |condition: &str, attribute: &str, found: Option<serde_json::Value>, accepted: &str, side: &str| {
        let mut reason = json!({"kind": "condition_unmet", "condition": condition, "attribute": attribute, "accepted": [accepted], "side": side});
        if let Some(found) = found {
            reason["found"] = found;
        }
        deny(reason)
    };
    let tag = |found, side| unmet("tag", "tags", found, "x", side);
    let brand = |found, side| unmet("brand", "brand", found, "one", side);
    let cases = [
        (&good, &good, allow(), "both"),
        (&tagless, &good, tag(Some(json!([])), "stored"), "stored, the first name"),
        (&good, &tagless, tag(Some(json!([])), "proposed"), "proposed, the first name"),
        (&foreign, &good, brand(Some(json!("two")), "stored"), "stored, the second name"),
        (&good, &foreign, brand(Some(json!("two")), "proposed"), "proposed, the second name"),
        (&tagless, &tagless, tag(Some(json!([])), "stored"), "stored before proposed"),
        (&foreign, &tagless, tag(Some(json!([])), "proposed"), "the access's order before the sides'"),
        (&tagless, &foreign, tag(Some(json!([])), "stored"), "the first name, stored"),
        (&neither, &neither, tag(None, "stored"), "absent on both"),
        (&good, &neither, tag(None, "proposed"), "the proposed is the whole, not the change"),
        (&neither, &good, tag(None, "stored"), "nothing is moved into reach"),
    ];
    for (stored, proposed, answer, note) in cases {
        let view = |attributes| ResourceView::new("products", ACCOUNT, attributes);
        assert_eq!(as_json(&access.decide_update(&view(stored), &view(proposed))), answer, "{note}");
    }
}

#[test]
fn update_asked_with_one_side() {
    let shop = shop();
    let attributes = json!({"brand": "one"});
    let view = ResourceView::new("products", ACCOUNT, &attributes);
    for operation in ["update".into(), keyward::schema::OperationRef::from(Operation::UPDATE)] {
        let conditioned = access(&shop, &["products:update"], BRAND);
        let decision = conditioned.decide(operation, &view);
        assert!(
            matches!(
                decision,
                Decision::Deny(Denial::ConditionUnmet { side: Some(UpdateSide::Proposed), found: Value::Absent, .. })
            ),
            "{decision:?}",
        );
        let free = access(&shop, &["products:update"], &[]);
        assert!(free.decide(operation, &view).is_allow());
        let elsewhere = access(&shop, &["factories:update"], BRAND);
        assert!(elsewhere.decide(operation, &ResourceView::new("factories", ACCOUNT, &())).is_allow());
    }
}

#[test]
fn update_across_types_and_accounts() {
    let shop = shop();
    let roles = Roles::new(&shop, ACCOUNT).unwrap();
    let admin = Access::builder(&roles).role("admin").build().unwrap();
    let none = access(&shop, &["products:read"], &[]);
    let view = |resource: &'static str, account: &'static str| ResourceView::new(resource, account, &());
    let ask = |access: &Access, stored: (&'static str, &'static str), proposed: (&'static str, &'static str)| {
        let (stored, proposed) = (view(stored.0, stored.1), view(proposed.0, proposed.1));
        as_json(&access.decide_update(&stored, &proposed))
    };
    assert_eq!(ask(&admin, ("products", ACCOUNT), ("products", ACCOUNT)), allow());
    assert_eq!(ask(&admin, ("products", "other"), ("products", ACCOUNT)), elsewhere(), "taken from another account");
    assert_eq!(ask(&admin, ("products", ACCOUNT), ("products", "other")), elsewhere(), "given to another account");
    assert_eq!(ask(&admin, ("products", ACCOUNT), ("products", "")), elsewhere(), "given to none");
    assert_eq!(ask(&admin, ("products", ACCOUNT), ("places", ACCOUNT)), missing("places", "update"), "another type");
    assert_eq!(ask(&admin, ("products", ACCOUNT), ("dragons", ACCOUNT)), missing("dragons", "update"));
    assert_eq!(ask(&admin, ("reports", ACCOUNT), ("reports", ACCOUNT)), missing("reports", "update"), "not declared");
    assert_eq!(ask(&none, ("products", ACCOUNT), ("products", ACCOUNT)), missing("products", "update"));
    let one = access(&shop, &["products:update"], &[]);
    assert_eq!(ask(&one, ("products", ACCOUNT), ("places", ACCOUNT)), missing("places", "update"));
    assert_eq!(ask(&one, ("places", ACCOUNT), ("products", ACCOUNT)), missing("places", "update"));

    let handle = shop.resource_type("products").unwrap();
    let (by_handle, by_name) = (ResourceView::new(handle, ACCOUNT, &()), view("products", ACCOUNT));
    assert!(admin.decide_update(&by_handle, &by_name).is_allow(), "one type by its handle and by its name");
    assert!(admin.decide_update(&by_name, &by_handle).is_allow());
}

#[test]
fn account_before_permission_on_both_sides() {
    let access = access(&shop(), &["products:read"], &[]);
    let (stored, proposed) = (ResourceView::new("products", ACCOUNT, &()), ResourceView::new("products", "other", &()));
    assert_eq!(as_json(&access.decide_update(&stored, &proposed)), elsewhere());
}

#[test]
fn roles_add_up() {
    let shop = shop();
    let role = |id: &str, permissions: &[&str]| Role::new(id, permissions.iter().copied()).unwrap();
    let roles = Roles::new(&shop, ACCOUNT)
        .unwrap()
        .with_all([role("reader", &["products:read"]), role("lister", &["products:list"]), role("none", &[])])
        .unwrap();
    let view = ResourceView::new("products", ACCOUNT, &());
    let granted = |ids: &[&str]| -> Vec<&str> {
        let access = Access::builder(&roles).roles(ids).build().unwrap();
        ["create", "read", "update", "delete", "list"]
            .into_iter()
            .filter(|operation| access.decide(*operation, &view).is_allow())
            .collect()
    };
    assert_eq!(granted(&[]), [""; 0], "no roles");
    assert_eq!(granted(&["none"]), [""; 0], "a role of nothing");
    assert_eq!(granted(&["reader"]), ["read"]);
    assert_eq!(granted(&["reader", "lister"]), ["read", "list"]);
    assert_eq!(granted(&["lister", "none", "reader"]), ["read", "list"]);
    assert_eq!(granted(&["admin"]), ["create", "read", "update", "delete", "list"]);
    assert_eq!(granted(&["reader", "admin"]), ["create", "read", "update", "delete", "list"]);
}

#[test]
fn admin_is_under_its_conditions() {
    let shop = shop();
    let roles = Roles::new(&shop, ACCOUNT).unwrap();
    let admin = |conditions: &[&str]| {
        Access::builder(&roles).role("admin").conditions(conditions.iter().copied()).unwrap().build().unwrap()
    };
    let every: Vec<(String, Vec<String>)> = shop
        .resource_types()
        .map(|handle| (shop.type_name(handle).into(), shop.operations(handle).map(String::from).collect()))
        .collect();
    assert_eq!(every.len(), 8);
    for (resource, operations) in &every {
        for operation in operations {
            let view = ResourceView::new(&**resource, ACCOUNT, &());
            assert!(admin(&[]).decide(&**operation, &view).is_allow(), "{operation} on {resource}");
            let bound = ["products", "places"].contains(&&**resource);
            assert_eq!(
                admin(&["brand:one"]).decide(&**operation, &view).is_allow(),
                !bound,
                "{operation} on {resource}"
            );
            assert!(!admin(&["factory:1"]).decide(&**operation, &view).is_allow(), "{operation} on {resource}");
            assert_eq!(
                as_json(&admin(&[]).decide(&**operation, &ResourceView::new(&**resource, "Acme", &()))),
                elsewhere()
            );
        }
    }
}

#[test]
fn a_changed_role_leaves_built_accesses_alone() {
    let shop = shop();
    let role = |permission: &str| Role::new("r", [permission]).unwrap();
    let before = Roles::new(&shop, ACCOUNT).unwrap().with(role("products:read")).unwrap();
    let access = Access::builder(&before).role("r").build().unwrap();
    let after = before.clone().replace(role("products:delete")).unwrap();
    let view = ResourceView::new("products", ACCOUNT, &());
    assert!(access.decide("read", &view).is_allow() && !access.decide("delete", &view).is_allow());
    assert_eq!(access.roles_version(), before.version());
    assert_ne!(after.version(), before.version());
    let rebuilt = Access::builder(&after).role("r").build().unwrap();
    assert!(!rebuilt.decide("read", &view).is_allow() && rebuilt.decide("delete", &view).is_allow());
    assert_eq!(after.replace(role("products:read")).unwrap().version(), before.version(), "the same roles again");
}

/// The host's own type, with handles and without a map.
struct Order {
    resource: keyward::ResourceType,
    delivery: Delivery,
}

struct Delivery(u64);

impl Attributes for Delivery {
    fn attribute(&self, name: &str) -> Value<'_> {
        if name == "factoryId" { self.0.into() } else { Value::Absent }
    }
}

impl Attributes for Order {
    fn attribute(&self, name: &str) -> Value<'_> {
        if name == "delivery" { Value::Object(&self.delivery) } else { Value::Absent }
    }
}

impl Resource for Order {
    fn resource_type(&self) -> TypeRef<'_> {
        self.resource.into()
    }

    fn account(&self) -> &str {
        ACCOUNT
    }
}

#[test]
fn a_struct_of_the_host() {
    let shop = shop();
    let approve = shop.operation("approve").unwrap();
    let access = access(&shop, &["orders:approve"], &[("factory", "7"), ("factory", "8")]);
    let order = |id| Order { resource: shop.resource_type("orders").unwrap(), delivery: Delivery(id) };
    assert!(access.decide(approve, &order(7)).is_allow());
    assert!(access.decide(approve, &order(8)).is_allow());
    assert!(!access.decide(approve, &order(9)).is_allow());
    let dynamic: &dyn Resource = &order(9);
    let decision = access.decide(approve, dynamic);
    assert_eq!(
        decision.denial().unwrap().to_string(),
        "condition `factory`: `delivery.factoryId` is 9, accepted are `7`, `8`",
    );
}

#[test]
fn what_is_said_and_what_is_not() {
    let shop = shop();
    let access = access(&shop, ALL, &[("brand", "secret-brand"), ("factory", "secret-factory")]);
    let attributes = json!({"brand": "stored\u{1b}[2J"});
    let view = ResourceView::new("products", ACCOUNT, &attributes);
    let decision = access.decide("read", &view);
    let denial = decision.denial().unwrap();
    assert_eq!(denial.to_string(), r"condition `brand`: `brand` is `stored\u{1b}[2J`, accepted are `secret-brand`");
    for told in
        [denial.redacted().to_string(), format!("{:?}", denial.redacted()), as_json(&denial.redacted()).to_string()]
    {
        assert!(!told.contains("secret") && !told.contains("stored"), "{told}");
    }
    assert_eq!(as_json(&denial.redacted()), json!({"kind": "condition_unmet", "condition": "brand"}));
    let forbidden = access.decide("read", &view).into_result().unwrap_err();
    assert_eq!(
        (forbidden.status(), forbidden.kind(), forbidden.redacted()),
        (403, "condition_unmet", "condition `brand` is not met")
    );
    let elsewhere = ResourceView::new("products", "other", &attributes);
    let hidden = access.decide("read", &elsewhere).into_result().unwrap_err();
    assert_eq!((hidden.status(), hidden.redacted()), (404, "not found"));
    assert_eq!(as_json(&access.decide("fly\n", &view))["reason"]["operation"], "fly\n");
    assert_eq!(access.decide("fly\n", &view).denial().unwrap().to_string(), r"no role grants `fly\n` on `products`");
}

#[test]
fn attribute_names_are_escaped_in_messages() {
    let schema =
        schema(&json!({"resources": {"t": {}}, "conditions": {"c": {"restricts": {"t": "a\u{1b}[2J\nallow"}}}}));
    let access = access(&schema, &["t:read"], &[("c", "x")]);
    let view = ResourceView::new("t", ACCOUNT, &());
    let decision = access.decide("read", &view);
    let message = decision.denial().unwrap().to_string();
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

#[test]
fn values_given_in_both_forms_are_one_list() {
    let shop = shop();
    let roles = Roles::new(&shop, ACCOUNT).unwrap();
    let conditions =
        ["brand:a".parse().unwrap(), Condition::new("brand", "b c").unwrap(), Condition::new("brand", "").unwrap()];
    let access = Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap();
    for (brand, allowed) in [("a", true), ("b c", true), ("", true), ("b", false), ("a b c", false)] {
        let pairs = [("brand", brand)];
        assert_eq!(
            access.decide("read", &ResourceView::new("products", ACCOUNT, &pairs)).is_allow(),
            allowed,
            "{brand:?}"
        );
    }
}
