//! The schema: what it refuses and in which words, its document, and its handles.

use keyward::{
    Access, Operation, ResourceType, ResourceView, Roles, Schema, TypeRef,
    attributes::AttributePath,
    schema::{ADMINISTRATION, Binding, ConditionRule, Elsewhere, Match, OperationRef, SchemaBuilder, SchemaProblem},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, access, json as as_json, schema};

fn refusal(builder: SchemaBuilder) -> String {
    builder.build().expect_err("a declaration that can't be").to_string()
}

fn products() -> SchemaBuilder {
    Schema::builder().resource("products")
}

fn rule(name: &str, attribute: &str) -> ConditionRule {
    ConditionRule::new(name).restricts("products", attribute)
}

#[test]
fn refused_declarations() {
    let long = "a".repeat(129);
    let cases: Vec<(SchemaBuilder, String, &str)> = vec![
        (
            Schema::builder().resource(""),
            "resource type ``: resource type ``: 0 bytes are too few, the least is 1".into(),
            "an empty type",
        ),
        (
            Schema::builder().resource(&*long),
            format!("resource type `{0}…`: resource type `{0}…`: 129 bytes are too many, the most is 128", &long[..80]),
            "a long type",
        ),
        (
            Schema::builder().resource("a:b"),
            "resource type `a:b`: resource type `a:b` at character 2: ':' is not allowed here; a resource type is made of ASCII letters, digits and `.`".into(),
            "a separator in a type",
        ),
        (
            Schema::builder().resource("*"),
            "resource type `*`: resource type `*` at character 1: '*' is not allowed here; a resource type is made of ASCII letters, digits and `.`".into(),
            "a wildcard for a type",
        ),
        (
            Schema::builder().resource("a_b"),
            "resource type `a_b`: resource type `a_b` at character 2: '_' is not allowed here; a resource type is made of ASCII letters, digits and `.`".into(),
            "an underscore in a type",
        ),
        (
            Schema::builder().resource("pr\u{43e}ducts"),
            "resource type `prоducts`: resource type `prоducts` at character 3: 'о' is not allowed here; a resource type is made of ASCII letters, digits and `.`".into(),
            "a Cyrillic o",
        ),
        (products().resource("products"), "resource type `products`: it is declared twice".into(), "a type twice"),
        (
            products().resource_with("products", ["read"]),
            "resource type `products`: it is declared twice".into(),
            "a type twice, otherwise",
        ),
        (
            Schema::builder().resource_with("a", [""]),
            "resource type `a`, operation 1: operation ``: 0 bytes are too few, the least is 1".into(),
            "an empty operation",
        ),
        (
            Schema::builder().resource_with("a", ["read", "*"]),
            "resource type `a`, operation 2: operation `*` at character 1: '*' is not allowed here; an operation is made of the letters `a` to `z`".into(),
            "a wildcard operation",
        ),
        (
            Schema::builder().resource_with("a", ["Read"]),
            "resource type `a`, operation 1: operation `Read` at character 1: 'R' is not allowed here; an operation is made of the letters `a` to `z`".into(),
            "a capital operation",
        ),
        (
            Schema::builder().resource_with("a", ["a,b"]),
            "resource type `a`, operation 1: operation `a,b` at character 2: ',' is not allowed here; an operation is made of the letters `a` to `z`".into(),
            "two operations in one",
        ),
        (
            Schema::builder().resource_with("a", ["read", "list", "read"]),
            "resource type `a`, operation 3: it is declared twice".into(),
            "an operation twice",
        ),
        (
            Schema::builder().resource_with("a", ["a".repeat(65)]),
            format!(
                "resource type `a`, operation 1: operation `{}`: 65 bytes are too many, the most is 64",
                "a".repeat(65)
            ),
            "a long operation",
        ),
        (
            products().condition(ConditionRule::new("")),
            "condition ``: condition name ``: 0 bytes are too few, the least is 1".into(),
            "an empty condition name",
        ),
        (
            products().condition(rule("a.b", "x")),
            "condition `a.b`: condition name `a.b` at character 2: '.' is not allowed here; a condition name is made of ASCII letters, digits, `_` and `-`".into(),
            "a point in a condition name",
        ),
        (
            products().condition(rule("a\nb", "x")),
            r"condition `a\nb`: condition name `a\nb` at character 2: '\n' is not allowed here; a condition name is made of ASCII letters, digits, `_` and `-`".into(),
            "a line end in a condition name",
        ),
        (
            products().condition(rule(&"a".repeat(127), "x")),
            format!("condition `{0}…`: condition name `{0}…`: 127 bytes are too many, the most is 126", "a".repeat(80)),
            "a long condition name",
        ),
        (
            products().condition(ConditionRule::new("brand")),
            "condition `brand`: it restricts no resource type".into(),
            "a condition on nothing",
        ),
        (
            products().condition(ConditionRule::new("brand").elsewhere(Elsewhere::Ignore)),
            "condition `brand`: it restricts no resource type".into(),
            "a condition on nothing that ignores the rest",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("product", "x")),
            "condition `brand` on `product`: unknown resource type `product`; did you mean `products`?".into(),
            "an unknown type, one letter short",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("Products", "x")),
            "condition `brand` on `Products`: unknown resource type `Products`; did you mean `products`?".into(),
            "an unknown type by its case",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("zebra", "x")),
            "condition `brand` on `zebra`: unknown resource type `zebra`; there are `products`, `accessPolicies`, `accessTokens`, `operatorAccess`".into(),
            "an unknown type, nothing near",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("*", "x")),
            "condition `brand` on `*`: unknown resource type `*`; there are `products`, `accessPolicies`, `accessTokens`, `operatorAccess`".into(),
            "a wildcard for the type",
        ),
        (
            products().condition(rule("brand", "")),
            "condition `brand` on `products`: attribute name ``: 0 bytes are too few, the least is 1".into(),
            "an empty attribute",
        ),
        (
            products().condition(rule("brand", &"a".repeat(257))),
            format!(
                "condition `brand` on `products`: attribute name `{}…`: 257 bytes are too many, the most is 256",
                "a".repeat(80)
            ),
            "a long attribute",
        ),
        (
            products().condition(rule("factory", "delivery.fid")),
            "condition `factory` on `products`: attribute name `delivery.fid` at character 9: a dot makes no path of a name: \
             write `[\"delivery\", \"fid\"]`, or `[\"delivery.fid\"]` where the name has a dot"
                .into(),
            "a dot for a path",
        ),
        (
            products().condition(rule("factory", "a\"b.\n.c")),
            "condition `factory` on `products`: attribute name `a\"b.\\n.c` at character 4: a dot makes no path of a name: \
             write `[\"a\\\"b\", \"\\n\", \"c\"]`, or `[\"a\\\"b.\\n.c\"]` where the name has a dot"
                .into(),
            "what is to be written is JSON",
        ),
        (
            products().condition(rule("factory", "a..b")),
            "condition `factory` on `products`: attribute name `a..b` at character 2: a dot makes no path of a name: \
             write `[\"a..b\"]` where the name has a dot"
                .into(),
            "dots that could be no path",
        ),
        (
            products().condition(rule("factory", ".")),
            "condition `factory` on `products`: attribute name `.` at character 1: a dot makes no path of a name: \
             write `[\".\"]` where the name has a dot"
                .into(),
            "nothing but a dot",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("products", [""; 0])),
            "condition `brand` on `products`: attribute path ``: 0 bytes are too few, the least is 1".into(),
            "a path of no names",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("products", ["a", ""])),
            "condition `brand` on `products`: attribute name ``: 0 bytes are too few, the least is 1".into(),
            "an empty name in a path",
        ),
        (
            products().condition(ConditionRule::new("brand").restricts("products", ["a"; 17])),
            format!(
                "condition `brand` on `products`: attribute path `{}`: 17 names are too many, the most is 16",
                ["a"; 17].join(".")
            ),
            "a path of 17 names",
        ),
        (
            products().condition(rule("brand", "x").restricts("products", "y")),
            "condition `brand` on `products`: it is declared twice".into(),
            "one name bound twice to a type",
        ),
        (
            products().condition(rule("brand", "x").restricts("products", "x")),
            "condition `brand` on `products`: it is declared twice".into(),
            "the same twice",
        ),
        (
            products().condition(rule("brand", "x")).condition(rule("label", "x")),
            "condition `label` on `products`: `x` overlaps with `x`, which the condition `brand` reads".into(),
            "one attribute, two names",
        ),
        (
            products().condition(rule("brand", "x")).condition(rule("brand", "y")),
            "condition `brand`: it is declared twice".into(),
            "one name twice",
        ),
    ];
    for (builder, message, note) in cases {
        assert_eq!(refusal(builder), message, "{note}");
    }
}

#[test]
fn a_condition_declared_twice_is_said_to_be() {
    let twice = products().condition(rule("brand", "x")).condition(rule("brand", "x"));
    assert_eq!(refusal(twice), "condition `brand`: it is declared twice");
}

#[test]
fn attribute_names_are_escaped_in_messages() {
    let message =
        refusal(products().condition(rule("a", "x\u{1b}[2J\nallow")).condition(rule("b", "x\u{1b}[2J\nallow")));
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

#[test]
fn odd_but_allowed_declarations() {
    let built = Schema::builder()
        .resource_with("nothing", [""; 0])
        .resource_with("accessTokens", ["read", "rotate"])
        .resource(".")
        .resource("a.b")
        .resource("0")
        .resource("a".repeat(128))
        .condition(ConditionRule::new("-").restricts("0", "\n"))
        .condition(ConditionRule::new("B").restricts("0", "B"))
        .condition(ConditionRule::new("b").restricts("0", "b"))
        .condition(ConditionRule::new("composed").restricts("0", "É"))
        .condition(ConditionRule::new("decomposed").restricts("0", "E\u{301}"))
        .condition(ConditionRule::new("dotted").restricts("0", ["x.y"]))
        .condition(ConditionRule::new("path").restricts("0", ["x", "y"]))
        .condition(ConditionRule::new("operator").restricts("operatorAccess", "id"))
        .build()
        .unwrap();
    let nothing = built.resource_type("nothing").unwrap();
    assert_eq!(built.operations(nothing).count(), 0);
    let tokens = built.resource_type("accessTokens").unwrap();
    assert_eq!(built.operations(tokens).collect::<Vec<_>>(), ["read", "rotate"]);
    assert_eq!(serde_json::from_str::<Schema>(&serde_json::to_string(&built).unwrap()).unwrap(), built);
}

#[test]
fn limits_of_number() {
    let types = |count: usize| (0..count).fold(Schema::builder(), |builder, at| builder.resource(format!("t{at}")));
    assert!(types(1021).build().is_ok(), "with the three of the administration it is 1024");
    assert_eq!(
        *types(1022).build().unwrap_err().problem(),
        SchemaProblem::TooMany { what: "resource types", most: 1024 },
    );

    let letters = |at: usize| {
        ["a", "b", "c", "d", "e", "f", "g", "h"].map(|a| format!("x{a}"))[at % 8].clone() + &"y".repeat(at / 8)
    };
    let operations = |count: usize| Schema::builder().resource_with("a", (0..count).map(letters));
    let full = operations(59).build().unwrap();
    assert!(operations(60).build().is_err(), "with the five standard ones it is 65");
    let last = letters(58);
    let roles = Roles::new(&full, ACCOUNT).unwrap();
    let all = Access::builder(&roles).role("admin").build().unwrap();
    assert!(all.permits(&*last, "a"), "the 64th operation has a bit of its own");
    let one = access(&full, &[&format!("a:{last}")], &[]);
    let granted: Vec<_> = (0..59).map(letters).filter(|operation| one.permits(&**operation, "a")).collect();
    assert_eq!(granted, [last]);
    assert!(!one.permits("create", "a") && !one.permits("read", "accessTokens"));

    let conditions = |count: usize| {
        (0..count).fold(products(), |builder, at| builder.condition(rule(&format!("c{at}"), &format!("a{at}"))))
    };
    assert!(conditions(1024).build().is_ok());
    assert_eq!(
        *conditions(1025).build().unwrap_err().problem(),
        SchemaProblem::TooMany { what: "conditions", most: 1024 },
    );
}

/// Every path of one to three names out of two.
fn small_paths() -> Vec<Vec<&'static str>> {
    let mut paths: Vec<Vec<&str>> = vec![vec![]];
    let mut all = Vec::new();
    for _ in 0..3 {
        paths = paths.iter().flat_map(|path| ["x", "y"].map(|name| [&path[..], &[name]].concat())).collect();
        all.extend(paths.clone());
    }
    all
}

#[test]
fn overlap_rule_exhaustively() {
    let paths = small_paths();
    assert_eq!(paths.len(), 14);
    let binding = |path: &[&str], all: bool| {
        let path = AttributePath::new(path).unwrap();
        if all { Binding::all(path) } else { Binding::any(path) }
    };
    for a in &paths {
        for b in &paths {
            let overlap = a.starts_with(b) || b.starts_with(a);
            for all in [false, true] {
                let build = |second: &str| {
                    Schema::builder()
                        .resource("products")
                        .resource("places")
                        .condition(ConditionRule::new("a").restricts("products", binding(a, all)))
                        .condition(ConditionRule::new("b").restricts(second, binding(b, false)))
                        .build()
                };
                assert_eq!(build("products").is_err(), overlap, "{a:?} and {b:?} on one type");
                assert!(build("places").is_ok(), "{a:?} and {b:?} on two types");
            }
            let document = json!({
                "resources": {"products": {}},
                "conditions": {"a": {"restricts": {"products": a}}, "b": {"restricts": {"products": b}}},
            });
            let read = Schema::from_json(&document.to_string());
            assert_eq!(read.is_err(), overlap, "{a:?} and {b:?} in a document");
            if let Err(error) = read {
                assert_eq!(error.path().to_string(), "$.conditions.b.restricts.products");
            }
        }
    }
}

#[test]
fn overlap_is_found_past_other_conditions_and_types() {
    let refused = refusal(
        Schema::builder()
            .resource("products")
            .resource("places")
            .condition(ConditionRule::new("a").restricts("places", "p").restricts("products", ["x", "y"]))
            .condition(ConditionRule::new("b").restricts("products", "z").elsewhere(Elsewhere::Ignore))
            .condition(ConditionRule::new("c").restricts("places", "x").restricts("products", "x")),
    );
    assert_eq!(refused, "condition `c` on `products`: `x` overlaps with `x.y`, which the condition `a` reads");
}

fn everything() -> Value {
    json!({
        "resources": {
            "products": {},
            "orders": {"operations": ["create", "read", "update", "delete", "list", "approve"]},
            "shuffled": {"operations": ["list", "delete", "update", "read", "create"]},
            "reports": {"operations": ["publish"]},
            "nothing": {"operations": []},
            "accessTokens": {"operations": ["read", "rotate"]},
        },
        "conditions": {
            "brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
            "factory": {"restricts": {"orders": ["delivery", "factoryId"], "reports": ["delivery.factoryId"]}},
            "policy": {"restricts": {"operatorAccess": {"attribute": "policies", "match": "all"}}, "elsewhere": "ignore"},
            "tags": {"restricts": {"products": {"attribute": ["meta", "tags"], "match": "all"}, "nothing": "tags"}},
        },
    })
}

#[test]
fn document_survives_reading_and_writing() {
    let read = schema(&everything());
    let written = serde_json::to_string(&read).unwrap();
    let again = Schema::from_json(&written).unwrap();
    assert_eq!(again, read);
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    assert_eq!(serde_json::from_str::<Schema>(&written).unwrap(), read, "through serde, too");
    assert_eq!(serde_json::from_value::<Schema>(everything()).unwrap(), read, "and from a value");
    assert_eq!(
        as_json(&read),
        json!({
            "resources": {
                "products": {},
                "orders": {"operations": ["create", "read", "update", "delete", "list", "approve"]},
                "shuffled": {"operations": ["list", "delete", "update", "read", "create"]},
                "reports": {"operations": ["publish"]},
                "nothing": {"operations": []},
                "accessTokens": {"operations": ["read", "rotate"]},
                "accessPolicies": {},
                "operatorAccess": {},
            },
            "conditions": {
                "brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
                "factory": {"restricts": {"orders": ["delivery", "factoryId"], "reports": ["delivery.factoryId"]}},
                "policy": {"restricts": {"operatorAccess": {"attribute": "policies", "match": "all"}}, "elsewhere": "ignore"},
                "tags": {"restricts": {"products": {"attribute": ["meta", "tags"], "match": "all"}, "nothing": "tags"}},
            },
        }),
    );
}

#[test]
fn defaults_of_the_document_are_those_of_the_builder() {
    let spelled = json!({
        "resources": {"products": {"operations": ["create", "read", "update", "delete", "list"]}},
        "conditions": {"brand": {"restricts": {"products": {"attribute": ["brand"], "match": "any"}}, "elsewhere": "deny"}},
    });
    let short = json!({"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}});
    let built = products().condition(rule("brand", "brand")).build().unwrap();
    assert_eq!(schema(&spelled), built);
    assert_eq!(schema(&short), built);
    assert_eq!(schema(&json!({})), Schema::builder().build().unwrap());
    assert_eq!(schema(&json!({"resources": {}, "conditions": {}})), Schema::builder().build().unwrap());
}

/// Each change must make another schema: equality is what handles trust.
#[test]
fn every_difference_is_seen() {
    let pointers_and_values = [
        ("/resources/products", json!({"operations": ["create", "read", "update", "delete"]}), "an operation less"),
        (
            "/resources/products",
            json!({"operations": ["read", "create", "update", "delete", "list"]}),
            "another order of operations",
        ),
        ("/resources/reports", json!({}), "the standard operations"),
        ("/resources/nothing", json!({"operations": ["publish"]}), "an operation more"),
        ("/conditions/brand/elsewhere", json!("deny"), "deny elsewhere"),
        ("/conditions/brand/restricts/products", json!("brands"), "another attribute"),
        ("/conditions/brand/restricts/products", json!({"attribute": "brand", "match": "all"}), "all for any"),
        ("/conditions/brand/restricts", json!({"reports": "brand"}), "another type"),
        ("/conditions/factory/restricts/orders", json!(["delivery.factoryId"]), "a dot for a path"),
        ("/conditions/factory/restricts/orders", json!(["deliveryf", "actoryId"]), "a letter over the border"),
        ("/conditions/factory/restricts/orders", json!(["delivery", "factoryId", "x"]), "a longer path"),
        ("/conditions/factory/restricts/orders", json!(["delivery"]), "a shorter path"),
    ];
    let base = schema(&everything());
    for (pointer, value, note) in pointers_and_values {
        let mut document = everything();
        *document.pointer_mut(pointer).unwrap() = value;
        assert_ne!(schema(&document), base, "{note}");
    }
    for (remove, from) in [("products", "/resources"), ("nothing", "/resources"), ("policy", "/conditions")] {
        let mut document = everything();
        document.pointer_mut(from).unwrap().as_object_mut().unwrap().remove(remove);
        for rule in document["conditions"].as_object_mut().unwrap().values_mut() {
            rule["restricts"].as_object_mut().unwrap().remove(remove);
        }
        document["conditions"].as_object_mut().unwrap().retain(|_, rule| rule["restricts"] != json!({}));
        assert_ne!(schema(&document), base, "without {remove}");
    }
}

#[test]
fn administration_types_are_always_there() {
    let plain = Schema::builder().build().unwrap();
    assert_eq!(ADMINISTRATION, ["accessPolicies", "accessTokens", "operatorAccess"]);
    for name in ADMINISTRATION {
        let handle = plain.resource_type(name).unwrap();
        assert_eq!(plain.operations(handle).collect::<Vec<_>>(), ["create", "read", "update", "delete", "list"]);
    }
    let first = Schema::builder().resource("operatorAccess").resource("x").build().unwrap();
    let names: Vec<_> = first.resource_types().map(|handle| first.type_name(handle)).collect();
    assert_eq!(names, ["operatorAccess", "x", "accessPolicies", "accessTokens"]);
}

#[test]
fn lookups_are_by_the_very_name() {
    let products = products().condition(rule("brand", "brand")).build().unwrap();
    for name in ["", "Products", "products ", " products", "product", "products\0", "*", "prоducts", "read"] {
        assert!(products.resource_type(name).is_err(), "{name:?}");
    }
    for name in ["", "Read", "READ", "read ", "*", "approve", "products"] {
        assert!(products.operation(name).is_err(), "{name:?}");
    }
    assert_eq!(products.operation("raed").unwrap_err().nearest(), Some("read"), "two letters swapped");
    assert_eq!(products.resource_type("PRODUCTS").unwrap_err().nearest(), Some("products"), "another case");
    let long = "a".repeat(1 << 20);
    assert_eq!(
        products.resource_type(&long).unwrap_err().to_string(),
        format!(
            "unknown resource type `{}…`; there are `products`, `accessPolicies`, `accessTokens`, `operatorAccess`",
            &long[..80],
        ),
    );
    assert_eq!(
        products.operation("re\nad").unwrap_err().to_string(),
        r"unknown operation `re\nad`; did you mean `read`?"
    );
    let handle = products.resource_type("products").unwrap();
    assert!(products.binding("Brand", handle).is_none());
    let binding = products.binding("brand", handle).unwrap();
    assert_eq!((binding.attribute().to_string().as_str(), binding.matching()), ("brand", Match::Any));
}

fn grants(access: &Access, operation: impl Into<OperationRef<'static>>, resource: impl Into<TypeRef<'static>>) -> bool {
    let (operation, resource) = (operation.into(), resource.into());
    let attributes = [("brand", "a")];
    let view = ResourceView::new(resource, ACCOUNT, &attributes);
    let decided = access.decide(operation, &view).is_allow();
    assert_eq!(access.permits(operation, resource), decided);
    decided
}

#[test]
fn handles_of_another_schema_grant_nothing() {
    let ours = Schema::builder().resource_with("a", ["read", "approve"]).resource("b").build().unwrap();
    let theirs = Schema::builder().resource_with("a", ["read", "reject"]).resource("b").build().unwrap();
    let equal = Schema::from_json(&serde_json::to_string(&ours).unwrap()).unwrap();
    assert_ne!(ours, theirs);
    assert_eq!(ours, equal);
    let roles = Roles::new(&ours, ACCOUNT).unwrap();
    let all = Access::builder(&roles).role("admin").build().unwrap();
    let (approve, reject) = (ours.operation("approve").unwrap(), theirs.operation("reject").unwrap());
    let of = |schema: &Schema| schema.resource_type("a").unwrap();

    assert!(grants(&all, approve, of(&ours)));
    assert!(grants(&all, Operation::READ, of(&ours)));
    assert!(!grants(&all, reject, of(&ours)), "their operation has the index of one of ours");
    assert!(!grants(&all, approve, of(&theirs)), "their type has the index of one of ours");
    assert!(!grants(&all, Operation::READ, of(&theirs)));
    assert!(!grants(&all, reject, of(&theirs)));
    assert!(!grants(&all, reject, "a"));

    let same = equal.operation("approve").unwrap();
    assert_eq!((same, of(&equal)), (approve, of(&ours)));
    assert!(grants(&all, same, of(&equal)));

    assert_eq!(ours.type_name(of(&theirs)), "?");
    assert_eq!(ours.operation_name(reject), "?");
    assert_eq!(ours.operations(of(&theirs)).count(), 0);
    assert!(ours.binding("brand", of(&theirs)).is_none());
    let foreign = ResourceView::new(of(&theirs), ACCOUNT, &());
    assert_eq!(
        as_json(&all.decide(reject, &foreign)),
        json!({"decision": "deny", "status": 403, "reason": {"kind": "permission_missing", "resource": "?", "operation": "?"}}),
    );
    assert!(all.try_filter(of(&theirs), ACCOUNT).is_err());
    let stored = ResourceView::new(of(&ours), ACCOUNT, &());
    assert!(!all.decide_update(&stored, &foreign).is_allow());
    assert!(!all.decide_update(&foreign, &stored).is_allow());
}

#[test]
fn standard_operations_are_the_same_everywhere() {
    let odd = Schema::builder().resource_with("a", ["list", "approve", "read"]).build().unwrap();
    let standard = [
        ("create", Operation::CREATE),
        ("read", Operation::READ),
        ("update", Operation::UPDATE),
        ("delete", Operation::DELETE),
        ("list", Operation::LIST),
    ];
    for (name, handle) in standard {
        assert_eq!(odd.operation(name).unwrap(), handle);
        assert_eq!(odd.operation_name(handle), name);
    }
    let roles = Roles::new(&odd, ACCOUNT).unwrap();
    let all = Access::builder(&roles).role("admin").build().unwrap();
    let granted: Vec<_> =
        standard.iter().filter(|(_, handle)| all.permits(*handle, "a")).map(|(name, _)| *name).collect();
    assert_eq!(granted, ["read", "list"], "`*` and `admin` are what the type declares");
    let star = access(&odd, &["a:*"], &[]);
    let granted: Vec<_> =
        standard.iter().filter(|(_, handle)| star.permits(*handle, "a")).map(|(name, _)| *name).collect();
    assert_eq!(granted, ["read", "list"]);
    assert!(star.permits("approve", "a"));
}

fn small_schema() -> impl Strategy<Value = Value> {
    let operations = prop_oneof![
        Just(json!({})),
        proptest::sample::subsequence(vec!["create", "read", "update", "delete", "list", "approve", "publish"], 0..=7)
            .prop_shuffle()
            .prop_map(|operations| json!({"operations": operations})),
    ];
    let types = ["products", "places", "accessTokens"];
    let bindings = proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 3);
    let condition = (bindings, any::<bool>());
    (proptest::collection::vec(operations, 3), proptest::collection::vec(condition, 0..3)).prop_map(
        move |(operations, conditions)| {
            let resources: serde_json::Map<String, Value> =
                types.iter().map(|name| String::from(*name)).zip(operations).collect();
            let mut rules = serde_json::Map::new();
            for (at, (bindings, ignore)) in conditions.into_iter().enumerate() {
                let mut restricts = serde_json::Map::new();
                for (name, (bound, path, all)) in types.iter().zip(bindings) {
                    let attribute = match (path, all) {
                        (true, _) => json!(["é", format!("x{at}")]),
                        (false, true) => json!([format!("x.{at}")]),
                        (false, false) => json!(format!("x{at}")),
                    };
                    let binding = if all { json!({"attribute": attribute, "match": "all"}) } else { attribute };
                    if bound {
                        restricts.insert((*name).into(), binding);
                    }
                }
                if !restricts.is_empty() {
                    let elsewhere = if ignore { "ignore" } else { "deny" };
                    rules.insert(format!("c{at}"), json!({"restricts": restricts, "elsewhere": elsewhere}));
                }
            }
            json!({"resources": resources, "conditions": rules})
        },
    )
}

proptest! {
    #[test]
    fn read_of_written_is_equal(document in small_schema()) {
        let read = schema(&document);
        let written = serde_json::to_string(&read).unwrap();
        let again = Schema::from_json(&written).unwrap();
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
        let handles: Vec<ResourceType> = read.resource_types().collect();
        prop_assert_eq!(again.resource_types().collect::<Vec<_>>(), handles);
    }

    #[test]
    fn equal_exactly_where_the_writing_is(a in small_schema(), b in small_schema()) {
        let (a, b) = (schema(&a), schema(&b));
        prop_assert_eq!(a == b, serde_json::to_string(&a).unwrap() == serde_json::to_string(&b).unwrap());
    }
}

#[test]
fn what_is_wrong_is_told_as_a_value() {
    let twice = Schema::builder().resource("a").resource("a").build().unwrap_err();
    assert_eq!(*twice.problem(), SchemaProblem::DeclaredTwice);
    let nothing = Schema::builder().condition(ConditionRule::new("brand")).build().unwrap_err();
    assert_eq!(*nothing.problem(), SchemaProblem::RestrictsNothing);
    assert_eq!((Match::default(), Elsewhere::default()), (Match::Any, Elsewhere::Deny));
}
