//! What is said of a difference: the request that shows it, its JSON, its words.

use keyward::{Access, ResourceView, Role, Roles, Schema, attributes::AsValue, compare::Inclusion, json::Json};

const SCHEMA: &str = r#"{
    "resources": {"products": {}, "places": {}, "orders": {"operations": ["read", "approve"]}},
    "conditions": {
        "brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
        "site": {"restricts": {"places": ["in", "site"], "orders": {"attribute": ["in", "site"], "match": "all"}}}
    }
}"#;

fn access(permissions: &[&str], conditions: &[&str]) -> Access {
    let schema = Schema::from_json(SCHEMA).unwrap();
    let role = Role::new("r", permissions.iter().copied()).unwrap();
    let roles = Roles::new(&schema, "acme").unwrap().with(role).unwrap();
    Access::builder(&roles).role("r").conditions(conditions.iter().copied()).unwrap().build().unwrap()
}

/// left, right: the witness as JSON, the excess in words.
type Case = (&'static str, Access, Access, &'static str, &'static str);

fn cases() -> Vec<Case> {
    vec![
        (
            "a value of the left that the right doesn't have; the other name as both need it",
            access(&["places:read,list"], &["site:1", "site:2"]),
            access(&["places:*"], &["site:2"]),
            r#"{"operation":"read","resource":{"type":"places","account":"acme","attributes":{"in":{"site":"1"}}}}"#,
            "`places` where `site` is `1`",
        ),
        (
            "no condition on the left: a value near the right's",
            access(&["products:read"], &[]),
            access(&["products:read"], &["brand:x", "brand:x-other"]),
            r#"{"operation":"read","resource":{"type":"products","account":"acme","attributes":{"brand":"x-other-2"}}}"#,
            "`products` where `brand` is anything but `x`, `x-other`",
        ),
        (
            "an operation that is missing: attributes that both accept",
            access(&["places:read,delete,list"], &["site:1", "site:2"]),
            access(&["places:read"], &["site:2", "site:1"]),
            r#"{"operation":"delete","resource":{"type":"places","account":"acme","attributes":{"in":{"site":"1"}}}}"#,
            "permission `places:delete,list` where `site` is `1`, `2`",
        ),
        (
            "attributes that only the right asks for are met, so that the one difference shows",
            access(&["products:read,update"], &[]),
            access(&["products:read"], &["brand:x"]),
            r#"{"operation":"read","resource":{"type":"products","account":"acme","attributes":{"brand":"x-other"}}}"#,
            "permission `products:update`; `products` where `brand` is anything but `x`",
        ),
        (
            "a condition that is not bound to the type",
            access(&["products:read,list"], &["brand:x"]),
            access(&["products:read"], &["site:1"]),
            r#"{"operation":"read","resource":{"type":"products","account":"acme","attributes":{"brand":"x"}}}"#,
            "permission `products:list` where `brand` is `x`; permission `products:read` without condition `site`",
        ),
        (
            "create proposes",
            access(&["products:create"], &[]),
            access(&["products:*"], &["brand:x"]),
            r#"{"operation":"create","resource":{"type":"products","account":"acme"},"proposed":{"brand":"x-other"}}"#,
            "`products` where `brand` is anything but `x`",
        ),
        (
            "update has two sides",
            access(&["products:update,list"], &["brand:y"]),
            access(&["products:*"], &["brand:x"]),
            r#"{"operation":"update","resource":{"type":"products","account":"acme","attributes":{"brand":"y"}},"proposed":{"brand":"y"}}"#,
            "`products` where `brand` is `y`",
        ),
        (
            "list, where nothing else tells them apart: a row",
            access(&["products:list"], &["brand:y"]),
            access(&["products:*"], &["brand:x"]),
            r#"{"operation":"list","resource":{"type":"products","account":"acme","attributes":{"brand":"y"}}}"#,
            "`products` where `brand` is `y`",
        ),
        (
            "a later type that is read comes before an earlier one that is listed",
            access(&["products:list", "orders:approve", "places:read"], &[]),
            access(&[], &[]),
            r#"{"operation":"read","resource":{"type":"places","account":"acme","attributes":{}}}"#,
            "permission `products:list`; permission `places:read`; permission `orders:approve`",
        ),
        (
            "and before one that is updated",
            access(&["products:update", "places:read"], &[]),
            access(&[], &[]),
            r#"{"operation":"read","resource":{"type":"places","account":"acme","attributes":{}}}"#,
            "permission `products:update`; permission `places:read`",
        ),
        (
            "one value on two types is said once",
            access(&["orders:read", "places:read"], &["site:1", "site:2"]),
            access(&["orders:read", "places:read"], &["site:2"]),
            r#"{"operation":"read","resource":{"type":"places","account":"acme","attributes":{"in":{"site":"1"}}}}"#,
            "`places`, `orders` where `site` is `1`",
        ),
    ]
}

#[test]
fn a_witness_shows_the_one_difference() {
    for (note, left, right, json, words) in cases() {
        let Inclusion::Exceeds(witness) = left.within(&right) else { panic!("{note}: it is within") };
        assert!(witness.decide(&left).is_allow() && !witness.decide(&right).is_allow(), "{note}");
        assert_eq!(serde_json::to_string(&witness).unwrap(), json, "{note}");
        let sent: Json = serde_json::from_str(json).unwrap();
        assert_eq!((decide(&left, &sent), decide(&right, &sent)), (true, false), "{note}");
        let excess = left.ensure_within(&right).unwrap_err();
        assert_eq!(excess.to_string(), format!("caller access exceeded: {words}"), "{note}");
    }
}

/// Decides a request as it is sent, knowing nothing of who made it.
fn decide(access: &Access, request: &Json) -> bool {
    let field = |json: &Json, name: &str| json.as_object().unwrap().get(name).cloned();
    let text = |json: &Json, name: &str| field(json, name).map(|json| json.as_value().to_string().replace('`', ""));
    let resource = field(request, "resource").unwrap();
    let (kind, account) = (text(&resource, "type").unwrap(), text(&resource, "account").unwrap());
    let [stored, proposed] = [field(&resource, "attributes"), field(request, "proposed")];
    let view = |attributes| ResourceView::new(&*kind, &account, attributes);
    match (&*text(request, "operation").unwrap(), &stored, &proposed) {
        ("create", None, Some(proposed)) => access.decide("create", &view(proposed)).is_allow(),
        ("update", Some(stored), Some(proposed)) => access.decide_update(&view(stored), &view(proposed)).is_allow(),
        (operation, Some(stored), None) => access.decide(operation, &view(stored)).is_allow(),
        other => panic!("{other:?} is no request"),
    }
}

#[test]
fn excess_is_data() {
    let excess = access(&["products:read,delete"], &["brand:x", "brand:y"])
        .ensure_within(&access(&["products:read"], &["brand:x"]))
        .unwrap_err();
    let expected = r#"[
        {
            "kind": "permission", "resource": "products", "operations": ["delete"],
            "conditions": [{"condition": "brand", "values": ["x", "y"]}],
            "witness": {"operation": "delete", "resource": {"type": "products", "account": "acme", "attributes": {"brand": "x"}}}
        },
        {
            "kind": "condition_values", "condition": "brand", "values": ["y"], "resources": ["products"],
            "witness": {"operation": "read", "resource": {"type": "products", "account": "acme", "attributes": {"brand": "y"}}}
        }
    ]"#;
    let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
    assert_eq!(serde_json::to_value(&excess).unwrap(), expected);
}

/// Nothing of an access may steer the reader's terminal, and of many values the first few are enough.
#[test]
fn words_are_short_and_clean() {
    let schema = Schema::from_json(SCHEMA).unwrap();
    let roles = Roles::new(&schema, "acme").unwrap();
    let values = (0..100).map(|value| keyward::Condition::new("brand", format!("\u{1b}[31m{value}")).unwrap());
    let wide = Access::builder(&roles).role("admin").conditions(values).unwrap().build().unwrap();
    let narrow = Access::builder(&roles).role("admin").condition("brand:x").unwrap().build().unwrap();
    let words = wide.ensure_within(&narrow).unwrap_err().to_string();
    assert!(!words.contains('\u{1b}') && words.ends_with(" and 92 more"), "{words}");
    let witness = wide.within(&narrow).witness().cloned().unwrap().to_string();
    assert!(!witness.contains('\u{1b}'), "{witness}");
}

/// A condition without a type on which anything is granted restricts nothing, and a permission on a type that a
/// condition shuts off grants nothing.
#[test]
fn what_makes_no_difference_is_none() {
    let plain = access(&["products:read"], &["brand:x"]);
    let odd = access(&["products:read", "places:*"], &["brand:x", "site:1"]);
    assert!(!odd.same_as(&plain) && !plain.is_within(&odd), "`site` shuts products off");
    let shut = access(&["products:*", "places:read"], &["site:1"]);
    let places = access(&["places:read"], &["site:1", "brand:x"]);
    assert!(shut.same_as(&places));
}

#[test]
fn they_travel_between_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<keyward::compare::Witness>();
    check::<Inclusion>();
    check::<keyward::compare::Intersection>();
    check::<keyward::compare::Difference>();
    check::<keyward::compare::AccessExceeded>();
    check::<keyward::compare::Excess>();
    check::<keyward::compare::ExcessKind>();
    check::<keyward::compare::Review>();
    check::<keyward::compare::AccessChange>();
}

#[test]
fn asking_allocates_nothing() {
    let (left, right) =
        (access(&["products:*", "places:read"], &["brand:x"]), access(&["products:read"], &["brand:y"]));
    let allocated = allocation_counter::measure(|| {
        assert!(!left.is_within(&right) && left.is_within(&left) && !left.same_as(&right));
    });
    assert_eq!(allocated.count_total, 0);
}
