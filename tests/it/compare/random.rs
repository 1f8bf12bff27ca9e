//! Larger worlds, drawn by chance: the laws of an order, and decisions that agree with it.

use keyward::{Access, Role, Roles, Schema, compare::Inclusion, json::Json};
use proptest::{collection, prelude::*, sample};

use super::{
    laws,
    small::{ACCOUNT, Request, Truth, list, object, text},
};

const TYPES: [&str; 3] = ["one", "two", "three"];
const NAMES: [&str; 4] = ["v", "w", "x", "y"];
const OPERATIONS: [&str; 6] = ["create", "read", "update", "delete", "list", "approve"];
/// More than the few that a value set looks through one by one.
const VALUES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "a-other", "", "É"];

prop_compose! {
    fn schema()(bound in collection::vec((collection::vec(0..3, 3), any::<bool>()), 4)) -> Schema {
        let mut rules = serde_json::Map::new();
        for (name, (bound, ignore)) in NAMES.iter().zip(bound) {
            let mut restricts = serde_json::Map::new();
            for (kind, how) in TYPES.iter().zip(bound) {
                let attribute = if *name == "v" { serde_json::json!(name) } else { serde_json::json!(["in", name]) };
                match how {
                    1 => restricts.insert((*kind).into(), attribute),
                    2 => restricts.insert((*kind).into(), serde_json::json!({"attribute": attribute, "match": "all"})),
                    _ => None,
                };
            }
            if restricts.is_empty() {
                restricts.insert("one".into(), serde_json::json!([name, "deep", "down"]));
            }
            let elsewhere = if ignore { "ignore" } else { "deny" };
            rules.insert((*name).into(), serde_json::json!({"restricts": restricts, "elsewhere": elsewhere}));
        }
        let resources = serde_json::json!({"one": {"operations": OPERATIONS}, "two": {}, "three": {}});
        Schema::from_json(&serde_json::json!({"resources": resources, "conditions": rules}).to_string()).unwrap()
    }
}

/// Roles as sets of (type, operation), conditions as sets of values by name.
type Plan = (Vec<(usize, usize)>, Vec<(usize, Vec<&'static str>)>);

fn plan() -> impl Strategy<Value = Plan> {
    let grants = collection::vec((0..3_usize, 0..6_usize), 0..7);
    let values = sample::subsequence(VALUES.to_vec(), 1..VALUES.len()).prop_shuffle();
    (grants, collection::vec((0..4_usize, values), 0..4))
}

fn access(schema: &Schema, (grants, conditions): &Plan) -> Access {
    let declared = |(kind, operation): &&(usize, usize)| *kind == 0 || *operation < 5;
    let granted = grants.iter().filter(declared);
    let permissions = granted.map(|(kind, operation)| format!("{}:{}", TYPES[*kind], OPERATIONS[*operation]));
    let role = Role::new("r", permissions.collect::<std::collections::BTreeSet<_>>()).unwrap();
    let roles = Roles::new(schema, ACCOUNT).unwrap().with(role).unwrap();
    let mut builder = Access::builder(&roles).role("r");
    for (at, (name, values)) in conditions.iter().enumerate() {
        if conditions[..at].iter().any(|(earlier, _)| earlier == name) {
            continue;
        }
        for value in values {
            builder = builder.condition(keyward::Condition::new(NAMES[*name], value).unwrap()).unwrap();
        }
    }
    builder.build().unwrap()
}

fn value() -> impl Strategy<Value = Option<Json>> {
    let one = sample::select(VALUES.to_vec());
    prop_oneof![
        1 => Just(None),
        4 => one.clone().prop_map(|value| Some(text(value))),
        4 => collection::vec(one, 0..3).prop_map(|values| Some(list(&values))),
        1 => Just(Some(text("z"))),
    ]
}

fn attributes() -> impl Strategy<Value = Json> {
    collection::vec(value(), 4).prop_map(|mut values| {
        let v = values.remove(0);
        object([("v", v), ("in", Some(object(NAMES[1..].iter().copied().zip(values))))])
    })
}

fn request() -> impl Strategy<Value = Request> {
    let what = (sample::select(OPERATIONS.to_vec()), sample::select(TYPES.to_vec()));
    (what, attributes(), attributes())
        .prop_map(|((operation, kind), stored, proposed)| Request { proposed, ..Request::new(operation, kind, stored) })
}

/// A plan that allows no less: more operations, fewer names, more values.
fn wider((grants, conditions): &Plan, more: &Plan, keep: usize) -> Plan {
    let mut conditions = conditions.clone();
    conditions.truncate(conditions.len().saturating_sub(keep % 2));
    for (name, values) in &mut conditions {
        let others = more.1.iter().filter(|(other, _)| other == name);
        values.extend(others.flat_map(|(_, values)| values).copied());
        values.sort_unstable();
        values.dedup();
    }
    (grants.iter().chain(&more.0).copied().collect(), conditions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn within_is_an_order(schema in schema(), plans in collection::vec(plan(), 3), keep in 0..2_usize) {
        let [a, b, c] = &plans[..] else { panic!() };
        let wide = wider(a, b, keep);
        let accesses = [a, b, c, &wide, &wider(&wide, c, keep)].map(|plan| access(&schema, plan));
        for one in &accesses {
            prop_assert!(one.is_within(one) && one.same_as(one));
            prop_assert!(one.ensure_within(one).is_ok());
            for two in &accesses {
                prop_assert_eq!(one.within(two).is_within(), one.is_within(two));
                prop_assert_eq!(one.same_as(two), one.is_within(two) && two.is_within(one));
                prop_assert_eq!(one.ensure_within(two).is_ok(), one.is_within(two));
                let both = one.intersection(two);
                prop_assert_eq!(both.is_empty(), two.intersection(one).is_empty());
                for three in &accesses {
                    if one.is_within(two) && two.is_within(three) {
                        prop_assert!(one.is_within(three), "{one:?}\n{two:?}\n{three:?}");
                    }
                    if let Some(witness) = both.clone().and(three).witness() {
                        prop_assert!([one, two, three].iter().all(|access| witness.decide(access).is_allow()));
                    }
                }
            }
        }
    }

    #[test]
    fn no_request_contradicts_it(
        schema in schema(),
        plans in collection::vec(plan(), 2),
        widen in any::<bool>(),
        requests in collection::vec(request(), 64),
    ) {
        let left = access(&schema, &plans[0]);
        let right = access(&schema, &if widen { wider(&plans[0], &plans[1], 1) } else { plans[1].clone() });
        let (ours, theirs) = (Truth::of(&left, &requests), Truth::of(&right, &requests));
        match left.within(&right) {
            Inclusion::Within => prop_assert!(ours.is_subset(&theirs)),
            Inclusion::TooManyPieces | Inclusion::OtherKinds => prop_assert!(false, "given up"),
            Inclusion::Exceeds(witness) => {
                prop_assert!(witness.decide(&left).is_allow(), "{witness}");
                prop_assert!(!witness.decide(&right).is_allow(), "{witness}");
            }
        }
        laws::excess(&left, &right, &requests, [&ours, &theirs]);
        let both = left.intersection(&right);
        if both.is_empty() {
            prop_assert!(ours.is_disjoint(&theirs));
        }
    }
}
