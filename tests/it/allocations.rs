//! A decision allocates nothing, whatever it is about and however it ends.

use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
};

use allocation_counter::measure;
use indexmap::IndexMap;
use keyward::{
    Access, Assignment, Attributes, Condition, Operation, Resource, ResourceView, Roles, Schema, Timestamp, TypeRef,
    Value, json::Json,
};
use serde_json::json;

use crate::support::{ACCOUNT, access, schema};

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(black_box(Box::new(1_u64)))).count_total, 1);
}

fn none(note: &str, allowed: bool, mut decide: impl FnMut() -> bool) {
    let mut answer = None;
    let counted = measure(|| answer = Some(black_box(decide())));
    assert_eq!(answer, Some(allowed), "{note}");
    assert_eq!(counted.count_total, 0, "{note}: {} bytes", counted.bytes_total);
}

fn shop() -> Schema {
    schema(&json!({
        "resources": {"products": {"operations": ["create", "read", "update", "delete", "list", "approve"]}, "places": {}},
        "conditions": {
            "brand": {"restricts": {"products": "brand"}},
            "factory": {"restricts": {"products": ["delivery", "factoryId"]}},
            "tag": {"restricts": {"products": {"attribute": "tags", "match": "all"}}},
        },
    }))
}

const PERMISSIONS: &[&str] = &["products:read,update,create,list,approve", "places:read"];

#[test]
fn by_strings_and_by_handles() {
    let shop = shop();
    let access = access(&shop, PERMISSIONS, &[("brand", "one"), ("factory", "1"), ("tag", "x")]);
    let (products, places) = (shop.resource_type("products").unwrap(), shop.resource_type("places").unwrap());
    let approve = shop.operation("approve").unwrap();
    let good = json!({"brand": "one", "delivery": {"factoryId": 1}, "tags": ["x", "x"]});
    let (absent, null, bad) =
        (json!({}), json!({"brand": null}), json!({"brand": "one", "delivery": {"factoryId": 2}}));
    let deep = json!({"brand": {"brand": ["one", {"brand": "one"}]}});
    let view = |attributes| ResourceView::new(products, ACCOUNT, attributes);
    let named = |attributes| ResourceView::new("products", ACCOUNT, attributes);
    for (note, attributes, allowed) in [
        ("allow", &good, true),
        ("absent", &absent, false),
        ("null", &null, false),
        ("a path unmet", &bad, false),
        ("an object found", &deep, false),
    ] {
        none(note, allowed, || access.decide(Operation::READ, &view(attributes)).is_allow());
        none(note, allowed, || access.decide("read", &named(attributes)).is_allow());
        none(note, allowed, || access.decide(approve, &view(attributes)).is_allow());
        none(note, allowed, || access.decide("approve", &named(attributes)).is_allow());
        none(note, allowed, || access.decide("create", &named(attributes)).is_allow());
        none(note, allowed, || access.decide("list", &named(attributes)).is_allow());
        none(note, allowed, || access.decide_update(&view(&good), &named(attributes)).is_allow());
        none(note, allowed, || access.decide_update(&named(attributes), &view(&good)).is_allow());
    }
    none("update asked with one side", false, || access.decide(Operation::UPDATE, &view(&good)).is_allow());
    none("permission", false, || access.decide(Operation::DELETE, &view(&good)).is_allow());
    none("permission by name", false, || access.decide("delete", &named(&good)).is_allow());
    none("an unknown operation", false, || access.decide("fly", &named(&good)).is_allow());
    none("an unknown type", false, || access.decide("read", &ResourceView::new("dragons", ACCOUNT, &good)).is_allow());
    none("another account", false, || access.decide("read", &ResourceView::new(products, "other", &good)).is_allow());
    none("unbound", false, || access.decide("read", &ResourceView::new(places, ACCOUNT, &good)).is_allow());
    none("update to another type", false, || {
        access.decide_update(&view(&good), &ResourceView::new("places", ACCOUNT, &good)).is_allow()
    });
    none("permits", true, || access.permits("read", "products") && access.permits(approve, products));
    none("clone", true, || access.clone().decide("read", &named(&good)).is_allow());
    let denied = view(&bad);
    none("status, kind and redaction", true, || {
        let decision = access.decide("read", &denied);
        let denial = decision.denial().unwrap();
        black_box(denial.redacted());
        denial.status() == 403 && denial.kind() == "condition_unmet"
    });
}

#[test]
fn of_several_accesses() {
    let shop = shop();
    let one = access(&shop, PERMISSIONS, &[("brand", "one"), ("factory", "1")]);
    let other = access(&shop, PERMISSIONS, &[("tag", "x"), ("factory", "1"), ("factory", "2"), ("brand", "one")]);
    let narrow = access(&shop, PERMISSIONS, &[("tag", "y"), ("brand", "one")]);
    let (both, all) = (one.intersection(&other), one.intersection(&other).and(&narrow));
    let (left, nothing) = (one.difference(&narrow), one.difference(&one));
    let good = json!({"brand": "one", "delivery": {"factoryId": 1}, "tags": ["x", "x"]});
    let (named, other_type) =
        (ResourceView::new("products", ACCOUNT, &good), ResourceView::new("places", ACCOUNT, &good));
    none("an intersection", true, || both.decide("read", &named).is_allow());
    none("an update of it", true, || both.decide_update(&named, &named).is_allow());
    none("one of three denies", false, || all.decide("read", &named).is_allow());
    none("another type", false, || all.decide("read", &other_type).is_allow());
    none("an update to it", false, || both.decide_update(&named, &other_type).is_allow());
    none("a difference", true, || left.contains("read", &named));
    none("an update in it", true, || left.contains_update(&named, &named));
    none("a difference of nothing", false, || nothing.contains("read", &named));
}

#[test]
fn by_number_of_values() {
    let shop = shop();
    let values: Vec<String> = (0..256).map(|at| format!("value-{at}")).collect();
    let long = "value-".repeat(100_000);
    for count in [1, 2, 4, 5, 16, 255, 256] {
        let conditions: Vec<(&str, &str)> = values[..count].iter().map(|value| ("brand", &**value)).collect();
        let access = access(&shop, PERMISSIONS, &conditions);
        for (brand, allowed) in
            [(&*values[0], true), (&*values[count - 1], true), ("value-256", false), ("", false), (&*long, false)]
        {
            let pairs = [("brand", brand)];
            none("a text", allowed, || {
                access.decide("read", &ResourceView::new("products", ACCOUNT, &pairs)).is_allow()
            });
        }
    }
}

#[test]
fn by_kind_of_value() {
    let shop = shop();
    let conditions =
        ["1", "-170141183460469231731687303715884105728", "true", "x", "y", "z"].map(|value| ("brand", value));
    let few = access(&shop, PERMISSIONS, &conditions[..4]);
    let many = access(&shop, PERMISSIONS, &conditions);
    let all: Access = access(&shop, PERMISSIONS, &conditions.map(|(_, value)| ("tag", value)));
    let list = vec![Value::Integer(7), Value::Null, Value::Text("x")];
    let good: Vec<Value<'_>> = (0..1000).map(|_| Value::Integer(1)).collect();
    let inner = [("x", "x")];
    for (value, allowed) in [
        (Value::Absent, false),
        (Value::Null, false),
        (Value::Boolean(true), true),
        (Value::Boolean(false), false),
        (Value::Integer(1), true),
        (Value::Integer(i128::MIN), true),
        (Value::Integer(i128::MAX), false),
        (Value::Float(1.0), false),
        (Value::Float(f64::NAN), false),
        (Value::Text("x"), true),
        (Value::Text("X"), false),
        (Value::List(&list), true),
        (Value::List(&good), true),
        (Value::Object(&inner), false),
        (Value::Other, false),
    ] {
        let pairs = [("brand", value), ("tags", value)];
        for access in [&few, &many] {
            none("any", allowed, || access.decide("read", &ResourceView::new("products", ACCOUNT, &pairs)).is_allow());
        }
        let allowed = allowed && !matches!(value, Value::List(list) if list.len() == 3);
        none("all", allowed, || all.decide("read", &ResourceView::new("products", ACCOUNT, &pairs)).is_allow());
    }
}

#[test]
fn by_kind_of_map() {
    let shop = shop();
    let access = access(&shop, PERMISSIONS, &[("brand", "one"), ("brand", "two")]);
    let pairs = [("brand", "two")];
    let maps: [(&str, &dyn Attributes); 6] = [
        ("HashMap", &HashMap::from(pairs)),
        ("BTreeMap", &BTreeMap::from(pairs)),
        ("IndexMap", &IndexMap::from(pairs)),
        ("pairs", &pairs),
        ("Json", &Json::parse(r#"{"brand": "two"}"#).unwrap()),
        ("serde_json", &json!({"brand": "two"})),
    ];
    for (note, attributes) in maps {
        none(note, true, || access.decide("read", &ResourceView::new("products", ACCOUNT, attributes)).is_allow());
    }
}

struct Product {
    brand: String,
    delivery: Delivery,
}

struct Delivery {
    factory: u64,
}

impl Attributes for Delivery {
    fn attribute(&self, name: &str) -> Value<'_> {
        if name == "factoryId" { self.factory.into() } else { Value::Absent }
    }
}

impl Attributes for Product {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "brand" => Value::Text(&self.brand),
            "delivery" => Value::Object(&self.delivery),
            _ => Value::Absent,
        }
    }
}

impl Resource for Product {
    fn resource_type(&self) -> TypeRef<'_> {
        "products".into()
    }

    fn account(&self) -> &str {
        ACCOUNT
    }
}

#[test]
fn of_the_hosts_own_struct() {
    let access = access(&shop(), PERMISSIONS, &[("brand", "one"), ("factory", "7")]);
    let product = |factory| Product { brand: "one".into(), delivery: Delivery { factory } };
    for (factory, allowed) in [(7, true), (8, false)] {
        let product = product(factory);
        none("a struct", allowed, || access.decide(Operation::READ, &product).is_allow());
        let dynamic: &dyn Resource = &product;
        none("a struct behind `dyn`", allowed, || access.decide(Operation::READ, dynamic).is_allow());
    }
}

#[test]
fn by_kind_of_condition_and_in_a_context() {
    let schema = schema(&json!({
        "resources": {"products": {"operations": ["read", "update"]}},
        "conditions": {
            "text": {"restricts": {"products": "text"}},
            "path": {"values": "path", "restricts": {"products": "path"}},
            "integer": {"values": "integer", "restricts": {"products": {"attribute": "integer", "match": "all"}}},
            "network": {"values": "network", "restricts": {"products": "network"}},
            "time": {"values": "time", "restricts": {"products": "time"}},
            "sourceIp": {"values": "network", "context": "ip"},
            "now": {"values": "time", "context": ["request", "time"]},
            "device": {"values": "path", "context": "device"},
        },
    }));
    let is = |name: &str, value: &str| Condition::new(name, value).unwrap();
    let year = "2026-01-01T00:00:00Z..2027-01-01T00:00:00Z";
    let named = [
        is("text", "a"),
        is("path", "eu/de"),
        is("integer", "1..9"),
        is("network", "10.0.0.0/8"),
        is("time", year),
        is("sourceIp", "10.0.0.0/8"),
        is("now", year),
        is("device", "phones"),
    ];
    let more = [
        is("text", "b"),
        is("path", "us"),
        is("integer", "20"),
        is("network", "2001:db8::/32"),
        is("time", "..2000-01-01T00:00:00Z"),
        is("sourceIp", "::1"),
        is("now", "2030-01-01T00:00:00Z.."),
        is("device", "desks/1"),
    ];
    let except = [
        Condition::except("text", ["x", "y"]).unwrap(),
        Condition::except("path", ["as", "af/x"]).unwrap(),
        Condition::except("integer", ["..0", "100.."]).unwrap(),
        Condition::except("network", ["11.0.0.0/8"]).unwrap(),
        Condition::except("time", ["2027-01-01T00:00:00Z.."]).unwrap(),
        Condition::except("sourceIp", ["11.0.0.0/8", "::/0"]).unwrap(),
        Condition::except("now", ["2027-01-01T00:00:00Z.."]).unwrap(),
        Condition::except("device", ["tablets"]).unwrap(),
    ];
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let assignments: [Vec<Condition>; 4] = [
        named.to_vec(),
        named.iter().chain(&more).cloned().collect(),
        except.to_vec(),
        named.iter().chain(&except).cloned().collect(),
    ];
    let build = |all: &[&Vec<Condition>]| {
        let grant = all.iter().map(|of| Assignment::new().role("admin").with_conditions((*of).clone()));
        Access::builder(&roles).grant(grant.collect()).build().unwrap()
    };
    let singles: Vec<Access> = assignments.iter().map(|of| build(&[of])).collect();
    let several = build(&assignments.iter().collect::<Vec<_>>());

    let good = json!({"text": "a", "path": "eu/de/berlin", "integer": [1, "7"], "network": "::ffff:10.1.2.3", "time": "2026-06-01T00:00:00.5+01:00"});
    let bad = json!({"text": "x", "path": "as/x", "integer": [1, "07"], "network": "11.0.0.1%0", "time": "2028-01-01T00:00:00Z"});
    let context =
        json!({"ip": ["10.0.0.1", "10.0.0.2"], "request": {"time": "2026-06-01T00:00:00Z"}, "device": "phones/1"});
    let typed_request = [("time", Value::Time(Timestamp::from_millis(1_780_000_000_000)))];
    let typed = [
        ("ip", Value::Address("10.0.0.1".parse().unwrap())),
        ("request", Value::Object(&typed_request)),
        ("device", Value::Text("phones")),
    ];
    let outside = json!({"ip": "11.0.0.1", "request": {"time": "never"}, "device": ["tablets", null]});
    let view = |attributes| ResourceView::new("products", ACCOUNT, attributes);
    let (good, bad) = (view(&good), view(&bad));
    let contexts: [(&dyn Attributes, bool); 4] = [(&context, true), (&typed, true), (&outside, false), (&(), false)];
    for (note, access) in singles.iter().map(|single| ("single", single)).chain([("several", &several)]) {
        for (context, allowed) in contexts {
            let access = access.in_context(context);
            none(note, allowed, || access.decide("read", &good).is_allow());
            none(note, false, || access.decide("read", &bad).is_allow());
            none(note, allowed, || access.decide_update(&good, &good).is_allow());
            none(note, false, || access.decide_update(&good, &bad).is_allow());
            none(note, false, || access.decide_update(&bad, &good).is_allow());
        }
        none(note, false, || access.decide("read", &good).is_allow());
    }
    let both = singles[0].intersection(&several);
    let left = singles[2].difference(&singles[0]);
    for (context, allowed) in contexts {
        none("an intersection", allowed, || both.in_context(context).decide("read", &good).is_allow());
        none("an update of it", allowed, || both.in_context(context).decide_update(&good, &good).is_allow());
        none("a difference", false, || left.in_context(context).contains("read", &good));
        none("an update in it", false, || left.in_context(context).contains_update(&good, &good));
    }
}
