//! Decisions in the context of a request.

use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};

use keyward::{
    Access, Attributes, Condition, Denial, ResourceView, Role, Roles, Schema, Timestamp, Value,
    compare::{AccessChange, Inclusion},
    decision::{UpdateSide, who_can, who_can_in},
    schema::Source,
};
use serde_json::json;

use crate::support::{ACCOUNT, json as as_json, schema};

fn shop() -> Schema {
    schema(&json!({
        "resources": {"products": {"operations": ["create", "read", "update", "list", "approve"]}, "places": {}},
        "conditions": {
            "sourceIp": {"values": "network", "context": "ip"},
            "at": {"values": "time", "context": ["request", "time"]},
            "factor": {"context": {"attribute": "factors", "match": "all"}},
            "brand": {"restricts": {"products": "brand"}},
            "address": {"values": "network", "restricts": {"products": "ip"}, "elsewhere": "ignore"},
        },
    }))
}

const OFFICE: (&str, &str) = ("sourceIp", "10.0.0.0/8");
const DAY: (&str, &str) = ("at", "2026-01-01T08:00:00Z..2026-01-01T18:00:00Z");

/// An access with an assignment of everything for each list of conditions.
fn access(schema: &Schema, assignments: &[&[(&str, &str)]]) -> Access {
    let roles = Roles::new(schema, ACCOUNT).unwrap();
    let of = |conditions: &[(&str, &str)]| -> Vec<Condition> {
        conditions.iter().map(|(name, value)| Condition::new(name, value).unwrap()).collect()
    };
    let (first, others) = assignments.split_first().unwrap();
    let builder = Access::builder(&roles).role("admin").conditions(of(first)).unwrap();
    let builder =
        others.iter().fold(builder, |builder, other| builder.or().role("admin").conditions(of(other)).unwrap());
    builder.build().unwrap()
}

#[test]
fn without_a_context_what_reads_it_is_denied() {
    let shop = shop();
    let office = access(&shop, &[&[OFFICE]]);
    let product = json!({"ip": "10.1.2.3", "brand": "a"});
    let view = ResourceView::new("products", ACCOUNT, &product);
    let absent = json!({
        "kind": "condition_unmet", "condition": "sourceIp", "attribute": "ip", "of": "context",
        "accepted": ["10.0.0.0/8"],
    });
    let denied = |decision: keyward::Decision<'_>| as_json(decision.denial().unwrap());
    for operation in ["read", "create", "list", "approve", "update"] {
        assert_eq!(denied(office.decide(operation, &view)), absent, "{operation}");
        assert_eq!(denied(office.in_context(&()).decide(operation, &view)), absent, "{operation}");
        assert_eq!(denied(office.in_context(&json!({})).decide(operation, &view)), absent, "{operation}");
    }
    assert_eq!(denied(office.decide_update(&view, &view)), absent);
    assert_eq!(office.decide_page("read", &[view]).count(), 0);
    assert_eq!(office.allowed("read", [view]).count(), 0);
    assert_eq!(as_json(&office.try_filter("products", ACCOUNT).unwrap_err()), absent);
    assert!(office.filter("products").is_nothing());
    assert_eq!(who_can([(1, &office)], "read", &view).count(), 0);
    let none = office.decide("read", &view);
    assert_eq!(
        none.denial().unwrap().to_string(),
        "condition `sourceIp`: `ip` is absent from the context, accepted are `10.0.0.0/8`",
    );
    assert_eq!(none.denial().unwrap().redacted().to_string(), "condition `sourceIp` is not met");
    assert!(matches!(
        none.denial().unwrap(),
        Denial::ConditionUnmet { source: Source::Context, found: Value::Absent, side: None, .. },
    ));
    // Where another assignment asks for no context, that is enough.
    assert!(access(&shop, &[&[OFFICE], &[("brand", "a")]]).decide("read", &view).is_allow());
}

#[test]
fn what_is_permitted_is_the_same_in_every_context() {
    let shop = shop();
    let roles = Roles::new(&shop, ACCOUNT).unwrap().with(Role::new("reader", ["products:read,list"]).unwrap()).unwrap();
    let access = Access::builder(&roles).role("reader").condition(OFFICE).unwrap().build().unwrap();
    for context in [json!({}), json!({"ip": "10.1.2.3"}), json!({"ip": "1.2.3.4"})] {
        let here = access.in_context(&context);
        for resource in ["products", "places", "accessTokens", "dragons"] {
            for operation in ["create", "read", "update", "list", "approve", "fly"] {
                let granted = resource == "products" && ["read", "list"].contains(&operation);
                assert_eq!(here.permits(operation, resource), granted, "{operation} {resource}");
                assert_eq!(access.permits(operation, resource), granted, "{operation} {resource}");
            }
        }
    }
}

/// The resource's `ip` is not the context's, whichever of them would do.
#[test]
fn two_attributes_of_one_name() {
    let shop = shop();
    let (inside, outside) = (json!({"ip": "10.1.2.3"}), json!({"ip": "11.1.2.3"}));
    let of_context = access(&shop, &[&[OFFICE]]);
    let of_resource = access(&shop, &[&[("address", "10.0.0.0/8")]]);
    let both = access(&shop, &[&[OFFICE, ("address", "10.0.0.0/8")]]);
    let either = access(&shop, &[&[OFFICE], &[("address", "10.0.0.0/8")]]);
    for (resource, here) in [(&inside, true), (&outside, false)] {
        for (context, there) in [(&inside, true), (&outside, false)] {
            let view = ResourceView::new("products", ACCOUNT, resource);
            let allows = |access: &Access| access.in_context(context).decide("read", &view).is_allow();
            assert_eq!(allows(&of_resource), here);
            assert_eq!(allows(&of_context), there);
            assert_eq!(allows(&both), here && there);
            assert_eq!(allows(&either), here || there);
        }
    }
    assert!(!of_context.is_within(&of_resource) && !of_resource.is_within(&of_context));
    assert!(both.is_within(&of_context) && both.is_within(&of_resource) && of_resource.is_within(&either));
    assert!(!of_context.intersection(&of_resource).is_empty());
    let Inclusion::Exceeds(witness) = of_context.within(&both) else { panic!() };
    assert_eq!(witness.context().unwrap().as_object().unwrap().len(), 1);
    assert!(witness.decide(&of_context).is_allow() && !witness.decide(&both).is_allow());
}

#[test]
fn typed_contexts() {
    let shop = shop();
    let office = access(&shop, &[&[OFFICE, DAY]]);
    let view = ResourceView::new("products", ACCOUNT, &());
    let noon = Timestamp::from_millis(1_767_268_800_000);
    let night = Timestamp::from_millis(1_767_222_000_000);
    let ip = |text: &str| Value::Address(text.parse::<IpAddr>().unwrap());
    for (address, time, allowed) in [
        ("10.1.2.3", noon, true),
        ("::ffff:10.1.2.3", noon, true),
        ("11.1.2.3", noon, false),
        ("10.1.2.3", night, false),
    ] {
        let request = [("time", Value::Time(time))];
        let context = BTreeMap::from([("ip", ip(address)), ("request", Value::Object(&request))]);
        assert_eq!(office.in_context(&context).decide("read", &view).is_allow(), allowed, "{address} {time}");
    }
    let request = [("time", Value::Time(night))];
    let context = [("ip", ip("10.1.2.3")), ("request", Value::Object(&request))];
    let denied = office.in_context(&context).decide("read", &view);
    assert_eq!(
        as_json(&denied)["reason"],
        json!({
            "kind": "condition_unmet", "condition": "at", "attribute": ["request", "time"], "of": "context",
            "found": "2025-12-31T23:00:00Z", "accepted": [DAY.1],
        }),
    );
}

#[test]
fn lists_of_the_context() {
    let shop = shop();
    let office = access(&shop, &[&[OFFICE, ("factor", "key"), ("factor", "totp")]]);
    let view = ResourceView::new("products", ACCOUNT, &());
    for (ip, factors, allowed) in [
        (json!(["11.0.0.1", "10.0.0.1"]), json!(["key", "totp"]), true),
        (json!(["11.0.0.1", "10.0.0.1"]), json!(["key", "password"]), false),
        (json!(["11.0.0.1"]), json!(["key"]), false),
        (json!("10.0.0.1"), json!([]), false),
        (json!([]), json!("key"), false),
        (json!("10.0.0.1"), json!("totp"), true),
    ] {
        let context = json!({"ip": ip, "factors": factors});
        assert_eq!(office.in_context(&context).decide("read", &view).is_allow(), allowed, "{context}");
    }
}

#[test]
fn an_update_has_one_context() {
    let shop = shop();
    let one = access(&shop, &[&[("brand", "a"), OFFICE]]);
    let (a, b) = (json!({"brand": "a"}), json!({"brand": "b"}));
    let view = |attributes| ResourceView::new("products", ACCOUNT, attributes);
    let (a, b) = (view(&a), view(&b));
    let (inside, outside) = (json!({"ip": "10.1.2.3"}), json!({"ip": "11.1.2.3"}));
    assert!(one.in_context(&inside).decide_update(&a, &a).is_allow());
    let outline = |access: &Access, context: &serde_json::Value, stored, proposed| {
        let decision = access.in_context(context).decide_update(stored, proposed);
        let Some(Denial::ConditionUnmet { condition, side, source, .. }) = decision.denial().copied() else { panic!() };
        (condition.to_owned(), side, source)
    };
    let brand = |side| (String::from("brand"), Some(side), Source::Resource);
    let ip = (String::from("sourceIp"), None, Source::Context);
    assert_eq!(outline(&one, &outside, &a, &a), ip);
    assert_eq!(outline(&one, &outside, &a, &b), brand(UpdateSide::Proposed), "the first in the access's order");
    assert_eq!(outline(&one, &inside, &b, &a), brand(UpdateSide::Stored));
    let turned = access(&shop, &[&[OFFICE, ("brand", "a")]]);
    assert_eq!(outline(&turned, &outside, &b, &b), ip);
    // Of several assignments each tells its own reason.
    let several = access(&shop, &[&[OFFICE, ("brand", "a")], &[("brand", "a")], &[("brand", "b"), OFFICE]]);
    let decision = several.in_context(&outside).decide_update(&a, &b);
    assert_eq!(
        as_json(&decision)["reason"],
        json!({
            "kind": "condition_unmet", "condition": "sourceIp", "attribute": "ip", "of": "context",
            "found": "11.1.2.3", "accepted": ["10.0.0.0/8"],
            "others": [
                {"kind": "condition_unmet", "condition": "brand", "attribute": "brand", "found": "b",
                 "accepted": ["a"], "side": "proposed"},
                {"kind": "condition_unmet", "condition": "sourceIp", "attribute": "ip", "of": "context",
                 "found": "11.1.2.3", "accepted": ["10.0.0.0/8"]},
            ],
        }),
    );
    // Each side by another assignment, both in this context.
    assert!(several.in_context(&inside).decide_update(&a, &b).is_allow());
    assert!(several.in_context(&outside).decide_update(&a, &a).is_allow());
}

#[test]
fn filters_are_decided_when_they_are_made() {
    let shop = shop();
    let (inside, outside) = (json!({"ip": "10.1.2.3"}), json!({"ip": "11.1.2.3"}));
    let one = access(&shop, &[&[OFFICE, ("brand", "a")]]);
    let filter = one.in_context(&inside).try_filter("products", ACCOUNT).unwrap();
    assert_eq!(as_json(&filter), json!({"all_of": [{"attribute": "brand", "one_of": ["a"]}]}));
    assert!(filter.passes(&json!({"brand": "a", "ip": "11.1.2.3"})));
    let denial = one.in_context(&outside).try_filter("products", ACCOUNT).unwrap_err();
    assert_eq!((denial.status(), as_json(&denial)["of"].clone()), (403, json!("context")));
    let places = access(&shop, &[&[OFFICE]]);
    assert!(places.in_context(&inside).try_filter("places", ACCOUNT).unwrap().is_everything());
    // What is not bound comes in the access's order, as in a decision.
    let unbound = one.in_context(&outside).try_filter("places", ACCOUNT).unwrap_err().kind();
    assert_eq!(unbound, "condition_unmet");
    assert_eq!(one.in_context(&inside).try_filter("places", ACCOUNT).unwrap_err().kind(), "condition_unbound");
    assert_eq!(one.in_context(&inside).try_filter("products", "other").unwrap_err().kind(), "other_account");

    let several = access(&shop, &[&[OFFICE, ("brand", "a")], &[("brand", "b")], &[OFFICE, DAY]]);
    let of =
        |context: &serde_json::Value| as_json(&several.in_context(context).try_filter("products", ACCOUNT).unwrap());
    let [a, b] = ["a", "b"].map(|brand| json!({"all_of": [{"attribute": "brand", "one_of": [brand]}]}));
    assert_eq!(of(&inside), json!({"any_of": [a, b]}));
    assert_eq!(of(&outside), b);
    assert_eq!(of(&json!({"ip": "10.1.2.3", "request": {"time": "2026-01-01T12:00:00Z"}})), json!("all"));
    let none = access(&shop, &[&[OFFICE, ("brand", "a")], &[("brand", "b"), DAY], &[OFFICE, DAY]]);
    let denial = as_json(&none.in_context(&outside).try_filter("products", ACCOUNT).unwrap_err());
    let reasons: Vec<_> = denial["others"].as_array().unwrap().iter().map(|other| other["condition"].clone()).collect();
    assert_eq!((denial["condition"].clone(), reasons), (json!("sourceIp"), vec![json!("at"), json!("sourceIp")]));
}

#[test]
fn who_can_in_a_context() {
    let shop = shop();
    let all = [access(&shop, &[&[OFFICE]]), access(&shop, &[&[]]), access(&shop, &[&[DAY], &[OFFICE, ("brand", "a")]])];
    let who = || all.iter().enumerate();
    let product = json!({"brand": "a"});
    let view = ResourceView::new("products", ACCOUNT, &product);
    let (inside, outside) =
        (json!({"ip": "10.1.2.3"}), json!({"ip": "11.1.2.3", "request": {"time": "2026-01-01T12:00:00Z"}}));
    for operation in ["read", "update", "create"] {
        assert_eq!(who_can_in(&inside, who(), operation, &view).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(who_can_in(&outside, who(), operation, &view).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(who_can(who(), operation, &view).collect::<Vec<_>>(), [1]);
    }
}

/// A host that counts what is read, and gives every answer but the first only to whom asks again.
struct Counting {
    read: Mutex<BTreeMap<String, u32>>,
    first: BTreeMap<&'static str, &'static str>,
    then: BTreeMap<&'static str, &'static str>,
}

impl Counting {
    fn new(first: &[(&'static str, &'static str)], then: &[(&'static str, &'static str)]) -> Self {
        Self { read: Mutex::default(), first: first.iter().copied().collect(), then: then.iter().copied().collect() }
    }

    fn most(&self) -> u32 {
        self.read.lock().unwrap().values().copied().max().unwrap_or(0)
    }
}

/// One way to ask in a context, and the answer in words.
type Ask<'a> = &'a dyn Fn(&Counting) -> String;

impl Attributes for Counting {
    fn attribute(&self, name: &str) -> Value<'_> {
        let mut read = self.read.lock().unwrap();
        let count = read.entry(name.to_owned()).or_default();
        *count += 1;
        let of = if *count == 1 { &self.first } else { &self.then };
        of.get(name).map_or(Value::Absent, |text| Value::Text(text))
    }
}

/// What a host computes, such as the time, may be another the next time: one answer counts.
#[test]
fn each_attribute_of_the_context_is_read_once() {
    let shop = schema(&json!({
        "resources": {"products": {}},
        "conditions": {
            "a": {"values": "network", "context": "a"}, "b": {"values": "integer", "context": "b"},
            "c": {"values": "path", "context": "c"}, "brand": {"restricts": {"products": "brand"}},
        },
    }));
    let one = access(&shop, &[&[("a", "10.0.0.0/8"), ("b", "..5"), ("c", "eu"), ("brand", "a")]]);
    let several = access(
        &shop,
        &[
            &[("a", "10.0.0.0/8"), ("b", "..5"), ("brand", "a")],
            &[("a", "11.0.0.0/8"), ("b", "6.."), ("brand", "a")],
            &[("c", "eu"), ("b", "..5"), ("a", "10.0.0.0/8"), ("brand", "b")],
        ],
    );
    let product = json!({"brand": "a"});
    let view = ResourceView::new("products", ACCOUNT, &product);
    let intersection = one.intersection(&several);
    let difference = one.difference(&several);
    let values = [("a", ["10.1.1.1", "11.1.1.1"]), ("b", ["3", "9"]), ("c", ["eu/de", "us"])];
    for mask in 0..16_usize {
        // The first answers, and all others the other way round; of the last eight one is not there.
        let at = |turn: usize| -> Vec<(&'static str, &'static str)> {
            let there = values.iter().enumerate().filter(|(at, _)| mask < 8 || (mask - 8) / 2 != *at);
            there.map(|(at, (name, texts))| (*name, texts[(mask >> at & 1) ^ turn])).collect()
        };
        let new = || Counting::new(&at(0), &at(1));
        let same = || Counting::new(&at(0), &at(0));
        for (note, access) in [("one", &one), ("several", &several)] {
            let asked = |context: &Counting| {
                let access = access.in_context(context);
                serde_json::to_string(&access.decide("read", &view)).unwrap()
            };
            let updated = |context: &Counting| {
                serde_json::to_string(&access.in_context(context).decide_update(&view, &view)).unwrap()
            };
            let filtered = |context: &Counting| match access.in_context(context).try_filter("products", ACCOUNT) {
                Ok(filter) => serde_json::to_string(&filter).unwrap(),
                Err(denial) => serde_json::to_string(&denial).unwrap(),
            };
            let paged =
                |context: &Counting| format!("{:?}", access.in_context(context).decide_page("read", &[view; 100]));
            let allowed =
                |context: &Counting| access.in_context(context).allowed("read", [view; 100]).count().to_string();
            let who = |context: &Counting| who_can_in(context, [((), access)], "update", &view).count().to_string();
            let asks: [(&str, Ask<'_>); 6] = [
                ("decide", &asked),
                ("update", &updated),
                ("filter", &filtered),
                ("page", &paged),
                ("allowed", &allowed),
                ("who", &who),
            ];
            for (how, ask) in asks {
                let context = new();
                assert_eq!(ask(&context), ask(&same()), "{note} {how} {mask}");
                assert!(context.most() <= 1, "{note} {how} {mask}: {:?}", context.read.lock());
            }
        }
        let context = new();
        assert_eq!(
            intersection.in_context(&context).decide("read", &view),
            intersection.in_context(&same()).decide("read", &view)
        );
        assert!(context.most() <= 1, "an intersection: {:?}", context.read.lock());
        let context = new();
        let filter = |context| intersection.in_context(context).try_filter("products", ACCOUNT).ok();
        assert_eq!(filter(&context), filter(&same()), "{mask}");
        assert!(context.most() <= 1, "its filter: {:?}", context.read.lock());
        let context = new();
        let decided = intersection.in_context(&context).decide_update(&view, &view);
        assert_eq!(decided, intersection.in_context(&same()).decide_update(&view, &view));
        assert!(context.most() <= 1, "its update: {:?}", context.read.lock());
        let context = new();
        assert_eq!(
            difference.in_context(&context).contains("read", &view),
            difference.in_context(&same()).contains("read", &view)
        );
        assert!(context.most() <= 1, "a difference: {:?}", context.read.lock());
    }
}

/// What allows nothing is compared with anything, and its conditions don't spoil the witness.
#[test]
fn an_access_to_nothing_of_another_kind() {
    let roles = |kind: &str| {
        let rule = json!({"x": {"values": kind, "restricts": {"products": "a"}}});
        let schema = schema(&json!({"resources": {"products": {"operations": ["read"]}}, "conditions": rule}));
        Roles::new(&schema, ACCOUNT).unwrap().with(Role::new("reader", ["products:read"]).unwrap()).unwrap()
    };
    let (left, right) = (roles("integer"), roles("path"));
    let left = Access::builder(&left).role("reader").condition(("x", "5..")).unwrap().build().unwrap();
    for condition in [Condition::new("x", "eu").unwrap(), Condition::except("x", ["eu"]).unwrap()] {
        let right = Access::builder(&right).condition(condition).unwrap().build().unwrap();
        let Inclusion::Exceeds(witness) = left.within(&right) else { panic!() };
        assert!(witness.decide(&left).is_allow() && !witness.decide(&right).is_allow(), "{witness}");
        assert!(right.is_within(&left));
    }
}

/// Schemas that take one attribute for different kinds.
#[test]
fn two_schemas_of_other_kinds() {
    let of = |rule: serde_json::Value, value: &str| {
        let schema = schema(&json!({"resources": {"products": {"operations": ["read"]}}, "conditions": {"x": rule}}));
        let role = Role::new("reader", ["products:read"]).unwrap();
        let roles = Roles::new(&schema, ACCOUNT).unwrap().with(role).unwrap();
        Access::builder(&roles).role("reader").condition(Condition::new("x", value).unwrap()).unwrap().build().unwrap()
    };
    let restricts = |kind: &str| json!({"values": kind, "restricts": {"products": "a"}});
    let context = |kind: &str| json!({"values": kind, "context": "a"});
    let year = "2026-01-01T00:00:00Z..2027-01-01T00:00:00Z";
    for source in [&restricts as &dyn Fn(&str) -> serde_json::Value, &context] {
        let all = [
            of(source("text"), "7"),
            of(source("integer"), "7"),
            of(source("network"), "10.0.0.0/8"),
            of(source("time"), year),
        ];
        for (at, left) in all.iter().enumerate() {
            for (other_at, right) in all.iter().enumerate().filter(|(other_at, _)| *other_at != at) {
                let note = format!("{at} {other_at}");
                assert_eq!(left.within(right), Inclusion::OtherKinds, "{note}");
                assert!(!left.within(right).is_within() && left.within(right).witness().is_none(), "{note}");
                assert!(!left.is_within(right) && !left.same_as(right), "{note}");
                let exceeded = left.ensure_within(right).unwrap_err();
                assert!(!exceeded.is_complete() && exceeded.excesses().is_empty(), "{note}");
                assert_eq!(
                    exceeded.to_string(),
                    "caller access exceeded: the two schemas take the values of an attribute for different kinds",
                );
                assert_eq!(as_json(&exceeded), json!([{"kind": "more"}]));
                let both = left.intersection(right);
                assert!(!both.is_empty() && both.witness().is_none(), "{note}");
                let change = AccessChange::between("x", Some(left), Some(right)).expect("a change");
                assert!(!change.is_complete(), "{note}");
            }
        }
        // Texts and paths are compared exactly, whichever of them is the wider.
        let (eu, de, path) = (of(source("text"), "eu"), of(source("text"), "eu/de"), of(source("path"), "eu"));
        assert!(eu.is_within(&path) && de.is_within(&path));
        let Inclusion::Exceeds(witness) = path.within(&eu) else { panic!() };
        assert!(witness.decide(&path).is_allow() && !witness.decide(&eu).is_allow(), "{witness}");
        assert!(!path.is_within(&de) && !de.is_within(&eu));
        assert!(!de.intersection(&path).is_empty());
    }
    // One reads the resource, and the other the context: both are asked, and nothing is in the way.
    let (here, there) = (of(restricts("integer"), "7"), of(context("network"), "10.0.0.0/8"));
    for (left, right) in [(&here, &there), (&there, &here)] {
        let Inclusion::Exceeds(witness) = left.within(right) else { panic!() };
        assert!(witness.decide(left).is_allow() && !witness.decide(right).is_allow(), "{witness}");
        let both = left.intersection(right).witness().unwrap();
        assert!(both.decide(left).is_allow() && both.decide(right).is_allow() && both.context().is_some(), "{both}");
    }
}

/// Of many names a decision keeps what it read of sixteen; it is denied and allowed the same beyond.
#[test]
fn more_names_than_are_kept() {
    let names: Vec<String> = (0..40).map(|at| format!("c{at}")).collect();
    let rules: serde_json::Map<_, _> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let rule = if at % 2 == 0 {
                json!({"context": name, "values": "integer"})
            } else {
                json!({"restricts": {"products": name}})
            };
            (name.clone(), rule)
        })
        .collect();
    let schema = schema(&json!({"resources": {"products": {}}, "conditions": rules}));
    let conditions: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "7")).collect();
    let several = access(&schema, &[&conditions, &conditions[1..], &conditions[..1]]);
    let with = |failing: Option<usize>| {
        let there = |at: usize| if failing == Some(at) { json!(8) } else { json!(7) };
        let all: serde_json::Map<_, _> = names.iter().enumerate().map(|(at, name)| (name.clone(), there(at))).collect();
        serde_json::Value::Object(all)
    };
    let good = with(None);
    for failing in 1..40 {
        let mut bad = with(Some(failing));
        bad["c0"] = json!(9);
        let mut of_first = good.clone();
        of_first["c0"] = json!(9);
        let (context, resource) = if failing % 2 == 0 { (bad, good.clone()) } else { (of_first, bad) };
        let view = ResourceView::new("products", ACCOUNT, &resource);
        let reason = as_json(&several.in_context(&context).decide("read", &view))["reason"].clone();
        assert_eq!(reason["condition"], json!("c0"));
        assert_eq!(reason["others"][0]["condition"], json!(format!("c{failing}")), "{reason}");
        assert_eq!(reason["others"][0]["found"], json!(8), "{reason}");
        assert_eq!(reason["others"][1]["condition"], json!("c0"));
    }
    let view = ResourceView::new("products", ACCOUNT, &good);
    assert!(several.in_context(&good).decide("read", &view).is_allow());
    assert!(several.in_context(&good).decide_update(&view, &view).is_allow());
}
