//! Random worlds with names of every kind, exceptions, several assignments and a context: the crate and the reference agree,
//! and so do all the ways to ask the crate.

use std::collections::BTreeMap;

use keyward::{
    Access, ResourceView,
    compare::{AccessExceeded, Inclusion},
    decision::who_can_in,
    json::Json,
    schema::OperationRef,
};
use proptest::{collection, prelude::*, sample, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use super::{build, cases, who};
use crate::{
    reference::{Given, Model, Question, passes},
    support::{ACCOUNT, json as as_json, schema},
    values::KINDS,
};

const NAMES: usize = 5;
const MOST: usize = 3;
const TYPES: [&str; 2] = ["products", "places"];
const OPERATIONS: [&str; 5] = ["create", "read", "update", "list", "approve"];

/// Of each kind the values that conditions have. No two of a kind except everything.
const VALUES: [[&str; 4]; 5] = [
    ["a", "b", "7", "2026-01-01T00:00:00Z"],
    ["a", "a/b", "7", "10.0.0.0/8"],
    ["7", "..5", "3..9", "12.."],
    ["10.0.0.0/8", "::/0", "::ffff:10.1.0.0/112", "1.2.3.4"],
    [
        "2026-01-01T00:00:00Z..2026-02-01T00:00:00Z",
        "..2025-01-01T00:00:00Z",
        "2026-01-15T00:00:00+01:00..2026-03-01T00:00:00Z",
        "2027-01-01T00:00:00Z..",
    ],
];

fn leaf() -> impl Strategy<Value = Value> {
    let scalars = json!([
        "a",
        "b",
        "a/b",
        "a/b/c",
        "ab",
        "7",
        "07",
        7,
        3,
        4,
        -1,
        11,
        12,
        "12",
        7.0,
        true,
        null,
        "",
        "10.0.0.0/8",
        "10.0.0.0",
        "10.1.0.1",
        "::ffff:10.1.0.1",
        "10.2.0.1",
        "1.2.3.4",
        "::1",
        "11.0.0.0",
        "10.1.0.1 ",
        "2026-01-01T00:00:00Z",
        "2026-01-20T00:00:00Z",
        "2026-02-01T00:30:00+01:00",
        "2026-02-15t00:00:00z",
        "2025-01-01T00:00:00Z",
        "2024-12-31T23:59:60Z",
        "2028-01-01T00:00:00Z",
        "2026-01-20",
    ]);
    let scalar = sample::select(scalars.as_array().unwrap().clone());
    prop_oneof![
        6 => scalar.clone(),
        2 => collection::vec(scalar.clone(), 0..4).prop_map(Value::Array),
        1 => scalar.prop_map(|value| json!({"x": value})),
    ]
}

/// Values of one kind, most of the time, so that conditions are met often enough.
fn leaf_of(kind: usize) -> impl Strategy<Value = Value> {
    let of_kind = json!([
        ["a", "b", "7", 7, "ab", "2026-01-01T00:00:00Z"],
        ["a", "a/b", "a/b/c", "7/1", 7, "10.0.0.0/8/x", "b"],
        [7, "7", 3, 4, 5, "9", 10, 12, "13"],
        ["10.1.0.1", "::ffff:10.1.0.1", "10.2.0.1", "1.2.3.4", "::1", "11.0.0.0"],
        [
            "2026-01-01T00:00:00Z",
            "2026-01-20T00:00:00Z",
            "2026-02-15T00:00:00Z",
            "2024-01-01T00:00:00Z",
            "2028-01-01T00:00:00Z"
        ],
    ]);
    let of_kind = sample::select(of_kind[kind].as_array().unwrap().clone());
    prop_oneof![
        4 => of_kind.clone(),
        2 => collection::vec(of_kind, 1..4).prop_map(Value::Array),
        1 => leaf(),
    ]
}

fn object(kinds: &[usize]) -> impl Strategy<Value = Value> + use<> {
    let members = |kinds: &[usize]| {
        let leaves: Vec<_> =
            kinds.iter().map(|kind| proptest::option::weighted(0.85, leaf_of(*kind).boxed())).collect();
        leaves.prop_map(|leaves| {
            let members = leaves.into_iter().enumerate().filter_map(|(at, leaf)| Some((format!("a{at}"), leaf?)));
            members.collect::<Map<String, Value>>()
        })
    };
    (members(kinds), members(kinds)).prop_map(|(mut members, nested)| {
        members.insert("p".into(), Value::Object(nested));
        Value::Object(members)
    })
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    operation: &'static str,
    resource: &'static str,
    stored: Value,
    proposed: Value,
    context: Value,
}

impl Asked {
    fn of_crate(&self, access: &Access) -> Value {
        let context = Json::parse(&self.context.to_string()).unwrap();
        let of_json = self.in_context(access, &context, self.operation.into());
        let by_handle = access.schema().operation(self.operation).unwrap();
        assert_eq!(self.in_context(access, &self.context, by_handle.into()), of_json);
        of_json
    }

    fn in_context(&self, access: &Access, context: &dyn keyward::Attributes, operation: OperationRef<'_>) -> Value {
        let view = |attributes| ResourceView::new(self.resource, ACCOUNT, attributes);
        let (stored, proposed) = (view(&self.stored), view(&self.proposed));
        let access = access.in_context(context);
        match self.operation {
            "update" => as_json(&access.decide_update(&stored, &proposed)),
            "create" => as_json(&access.decide(operation, &proposed)),
            _ => as_json(&access.decide(operation, &stored)),
        }
    }

    fn of_reference(&self, document: &Value, assignments: &[Given]) -> Value {
        let two = [(Some("stored"), &self.stored), (Some("proposed"), &self.proposed)];
        let (proposed, stored) = ([(None, &self.proposed)], [(None, &self.stored)]);
        let sides: &[_] = match self.operation {
            "update" => &two,
            "create" => &proposed,
            _ => &stored,
        };
        let Self { operation, resource, context, .. } = self;
        let who = who(assignments, true);
        Model { schema: document }.decide(&who, &Question { operation, resource, account: ACCOUNT, sides, context })
    }
}

/// The schema's document, the kind of each name, and what two accesses and the questions are.
pub(super) type World = (Value, [Vec<Given>; 2], Vec<Asked>);

/// Worlds of so many names, and of accesses of up to so many assignments.
pub(super) fn worlds(names: usize, most: usize) -> impl Strategy<Value = World> {
    let binding = (0..5_u8, any::<bool>());
    let rule = (0..KINDS.len(), any::<bool>(), collection::vec(binding, TYPES.len()), any::<bool>());
    collection::vec(rule, names).prop_flat_map(move |rules| {
        let mut conditions = Map::new();
        for (at, (kind, of_context, bindings, ignore)) in rules.iter().enumerate() {
            let written = |(form, all): &(u8, bool)| {
                let attribute = if *form == 1 { json!(["p", format!("a{at}")]) } else { json!(format!("a{at}")) };
                if *all { json!({"attribute": attribute, "match": "all"}) } else { attribute }
            };
            let rule = if *of_context {
                json!({"values": KINDS[*kind], "context": written(&bindings[0])})
            } else {
                let bound = TYPES.iter().zip(bindings).filter(|(_, (form, _))| *form > 0);
                let mut restricts: Map<_, _> =
                    bound.map(|(on, binding)| (String::from(*on), written(binding))).collect();
                if restricts.is_empty() {
                    restricts.insert("products".into(), written(&bindings[0]));
                }
                let elsewhere = if *ignore { "ignore" } else { "deny" };
                json!({"values": KINDS[*kind], "restricts": restricts, "elsewhere": elsewhere})
            };
            conditions.insert(format!("c{at}"), rule);
        }
        let resources = json!({"products": {"operations": OPERATIONS}, "places": {"operations": OPERATIONS}});
        let document = json!({"resources": resources, "conditions": conditions});
        let kinds: Vec<usize> = rules.iter().map(|rule| rule.0).collect();
        let asked = (
            sample::select(OPERATIONS.to_vec()),
            prop_oneof![6 => Just("products"), 2 => Just("places"), 1 => Just("accessTokens")],
            object(&kinds),
            object(&kinds),
            object(&kinds),
            any::<bool>(),
        );
        let asked = asked.prop_map(|(operation, resource, stored, proposed, context, same)| {
            let proposed = if same { stored.clone() } else { proposed };
            Asked { operation, resource, stored, proposed, context }
        });
        (Just(document), [grant(&kinds, most), grant(&kinds, most)], collection::vec(asked, 12))
    })
}

fn grant(kinds: &[usize], most: usize) -> impl Strategy<Value = Vec<Given>> + use<> {
    let of_name = |(at, kind): (usize, &usize)| {
        let name = format!("c{at}");
        let values = VALUES[*kind].to_vec();
        let lists = (sample::subsequence(values.clone(), 0..=3), sample::subsequence(values, 0..=2), 0..6_u8);
        lists.prop_map(move |(one_of, except, form)| {
            let named = one_of.iter().map(|value| json!({"name": name, "value": value}));
            let excepted = (!except.is_empty()).then(|| json!({"name": name, "except": except}));
            match form {
                0 => named.collect::<Vec<_>>(),
                1 => excepted.into_iter().collect(),
                2 => named.chain(excepted).collect(),
                _ => vec![],
            }
        })
    };
    let conditions: Vec<_> = kinds.iter().enumerate().map(of_name).collect();
    let permissions = sample::subsequence(OPERATIONS.to_vec(), 1..=OPERATIONS.len());
    let given = (permissions, any::<bool>(), conditions.prop_map(|all| all.concat()).prop_shuffle());
    let given = given.prop_map(|(operations, on_both, conditions)| {
        let on = if on_both { &TYPES[..] } else { &TYPES[..1] };
        let permissions = on.iter().map(|on| format!("{on}:{}", operations.join(",")));
        let permissions = permissions.chain(on_both.then(|| "accessTokens:read,update".into())).collect();
        Given { permissions, conditions }
    });
    collection::vec(given, 1..=most).prop_map(|all| {
        let mut different: Vec<Given> = Vec::new();
        for given in all {
            if !different.contains(&given) {
                different.push(given);
            }
        }
        different
    })
}

fn is_allow(answer: &Value) -> bool {
    *answer == json!({"decision": "allow"})
}

/// Laws over worlds in which everything is denied would say nothing.
#[test]
fn worlds_have_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..200 {
        let (document, [grant, _], questions) = worlds(NAMES, MOST).new_tree(&mut runner).unwrap().current();
        for asked in &questions {
            let answer = asked.of_reference(&document, &grant);
            let of = if answer["reason"].get("of").is_some() { " of the context" } else { "" };
            let others = if answer["reason"].get("others").is_some() { " with others" } else { "" };
            let kind = answer["reason"]["kind"].as_str().unwrap_or("allow");
            *outcomes.entry(format!("{kind}{of}{others}")).or_default() += 1;
        }
    }
    assert_eq!(outcomes.len(), 8, "{outcomes:?}");
    assert!(outcomes.values().all(|count| *count >= 12), "each at least 12 of 2400: {outcomes:?}");
}

proptest! {
    #![proptest_config(cases(512, 200))]

    #[test]
    fn crate_and_reference_agree((document, [grant, _], questions) in worlds(NAMES, MOST)) {
        let schema = schema(&document);
        let access = build(&schema, &grant, true);
        let nothing = json!({});
        for asked in &questions {
            prop_assert_eq!(asked.of_crate(&access), asked.of_reference(&document, &grant), "{:?}\n{:?}", asked, access);
            // Without a context is in an empty one.
            let without = Asked { context: json!({}), ..asked.clone() };
            let view = |attributes| ResourceView::new(asked.resource, ACCOUNT, attributes);
            let (stored, proposed) = (view(&asked.stored), view(&asked.proposed));
            let alone = match asked.operation {
                "update" => as_json(&access.decide_update(&stored, &proposed)),
                "create" => as_json(&access.decide("create", &proposed)),
                operation => as_json(&access.decide(operation, &stored)),
            };
            prop_assert_eq!(&alone, &without.of_reference(&document, &grant));
            prop_assert_eq!(alone, without.in_context(&access, &nothing, asked.operation.into()));
        }
    }

    #[test]
    fn filters_and_pages_agree_with_decisions((document, [grant, _], questions) in worlds(NAMES, MOST)) {
        let schema = schema(&document);
        let access = build(&schema, &grant, true);
        let rows: Vec<(&str, &Value)> =
            questions.iter().flat_map(|asked| [(asked.resource, &asked.stored), (asked.resource, &asked.proposed)]).collect();
        let views: Vec<_> = rows.iter().map(|(on, row)| ResourceView::new(*on, ACCOUNT, *row)).collect();
        for Asked { operation, context, .. } in &questions {
            let access_in = access.in_context(context);
            let allowed: Vec<bool> = views.iter().map(|view| access_in.decide(*operation, view).is_allow()).collect();
            let page = access_in.decide_page(*operation, &views);
            prop_assert_eq!(page.indices().collect::<Vec<_>>(), (0..views.len()).filter(|at| allowed[*at]).collect::<Vec<_>>());
            prop_assert_eq!(access_in.allowed(*operation, views.iter()).count(), page.count());
            for (view, (on, row)) in views.iter().zip(&rows) {
                // An update that leaves the row as it is.
                let expected = match *operation {
                    "update" => access_in.decide_update(view, view).is_allow(),
                    operation => access_in.decide(operation, view).is_allow(),
                };
                let who = who_can_in(context, [("x", &access)], *operation, view);
                prop_assert_eq!(who.count(), usize::from(expected));
                match access_in.try_filter_of(*operation, *on, ACCOUNT) {
                    Ok(filter) => {
                        prop_assert_eq!(filter.passes(*row), expected, "{} of {}\n{:?}", filter, row, access);
                        prop_assert_eq!(passes(&as_json(&filter), row), expected, "{} of {}", filter, row);
                        prop_assert!(!filter.is_nothing());
                    }
                    Err(denial) => {
                        prop_assert!(!expected, "{denial}");
                        let json = as_json(&denial);
                        prop_assert!(json.get("side").is_none());
                        prop_assert!(json["kind"] != json!("condition_unmet") || json["of"] == json!("context"), "{json}");
                    }
                }
            }
        }
    }

    #[test]
    fn two_accesses_are_asked_together((document, [one, other], questions) in worlds(NAMES, MOST)) {
        let schema = schema(&document);
        let [one, other] = [one, other].map(|grant| build(&schema, &grant, true));
        let (both, left) = (one.intersection(&other), one.difference(&other));
        for asked in &questions {
            let answers = [&one, &other].map(|access| asked.of_crate(access));
            let expected = answers.each_ref().map(is_allow);
            let view = |attributes| ResourceView::new(asked.resource, ACCOUNT, attributes);
            let (stored, proposed) = (view(&asked.stored), view(&asked.proposed));
            let (both, left) = (both.in_context(&asked.context), left.in_context(&asked.context));
            let (met, left) = match asked.operation {
                "update" => (both.decide_update(&stored, &proposed), left.contains_update(&stored, &proposed)),
                "create" => (both.decide("create", &proposed), left.contains("create", &proposed)),
                operation => (both.decide(operation, &stored), left.contains(operation, &stored)),
            };
            prop_assert_eq!(met.is_allow(), expected == [true, true]);
            prop_assert_eq!(left, expected == [true, false]);
            // The reason is that of the first access that denies, without its others.
            if let Some(mut denied) = answers.into_iter().find(|answer| !is_allow(answer)) {
                denied["reason"].as_object_mut().unwrap().remove("others");
                let mut met = as_json(&met);
                met["reason"].as_object_mut().unwrap().remove("others");
                prop_assert_eq!(met, denied);
            }
            let listed = both.try_filter(asked.resource, ACCOUNT).is_ok_and(|filter| filter.passes(&asked.stored));
            let may_list = [&one, &other].map(|access| access.in_context(&asked.context).decide("list", &stored).is_allow());
            prop_assert_eq!(listed, may_list == [true, true]);
        }
    }

    #[test]
    fn comparing_agrees_with_decisions((document, [one, other], questions) in worlds(NAMES, MOST)) {
        let schema = schema(&document);
        let [one, other] = [one, other].map(|grant| build(&schema, &grant, true));
        for (left, right) in [(&one, &other), (&other, &one)] {
            match left.within(right) {
                Inclusion::Within => {
                    for asked in &questions {
                        prop_assert!(!is_allow(&asked.of_crate(left)) || is_allow(&asked.of_crate(right)), "{asked:?}");
                    }
                }
                Inclusion::Exceeds(witness) => {
                    prop_assert!(witness.decide(left).is_allow(), "{witness}\n{left:?}\n{right:?}");
                    prop_assert!(!witness.decide(right).is_allow(), "{witness}\n{left:?}\n{right:?}");
                }
                given_up => prop_assert!(false, "{given_up:?}"),
            }
            prop_assert_eq!(left.is_within(right), left.within(right).is_within());
            prop_assert_eq!(left.is_within(right), left.ensure_within(right).is_ok());
            for excess in left.ensure_within(right).err().iter().flat_map(AccessExceeded::excesses) {
                prop_assert!(excess.witness().decide(left).is_allow(), "{excess:?}\n{left:?}\n{right:?}");
                prop_assert!(!excess.witness().decide(right).is_allow(), "{excess:?}\n{left:?}\n{right:?}");
            }
        }
        let both = one.intersection(&other);
        match both.witness() {
            None => {
                prop_assert!(both.is_empty());
                for asked in &questions {
                    prop_assert!(!is_allow(&asked.of_crate(&one)) || !is_allow(&asked.of_crate(&other)), "{asked:?}");
                }
            }
            Some(witness) => {
                prop_assert!(!both.is_empty());
                prop_assert!(witness.decide(&one).is_allow() && witness.decide(&other).is_allow(), "{witness}");
            }
        }
    }
}
