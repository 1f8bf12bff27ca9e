//! Laws of the decision: the crate and the reference agree on every world, and what is added widens or narrows
//! as `guide::model` says.

use std::collections::BTreeMap;

use keyward::{
    Access, Condition, Decision, Denial, Operation, ResourceView, Role, Roles, Schema, TypeRef, json::Json,
    schema::OperationRef,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use crate::{
    reference::{Given, Model, Question, Who, passes},
    support::{ACCOUNT, json as as_json, schema},
};

const TYPES: [&str; 2] = ["products", "places"];
const OPERATIONS: [&str; 6] = ["create", "read", "update", "delete", "list", "approve"];
const VALUES: [&str; 8] = ["x", "y", "1", "-1", "true", "", "É", "x,y"];
const NAMES: usize = 4;

/// An access in its parts: the permissions of each role, and the conditions in order.
#[derive(Clone, Debug)]
struct Parts {
    roles: Vec<Vec<String>>,
    conditions: Vec<(String, String)>,
}

impl Parts {
    fn build(&self, schema: &Schema) -> Access {
        let ids: Vec<String> = (0..self.roles.len()).map(|at| format!("r{at}")).collect();
        let roles = ids
            .iter()
            .zip(&self.roles)
            .map(|(id, permissions)| Role::new(id, permissions.iter().map(|text| &**text)).unwrap());
        let roles = Roles::new(schema, ACCOUNT).unwrap().with_all(roles).unwrap();
        let conditions = self.conditions.iter().map(|(name, value)| Condition::new(name, value).unwrap());
        Access::builder(&roles).roles(ids).conditions(conditions).unwrap().build().unwrap()
    }

    fn who(&self) -> Who<'static> {
        let conditions = self.conditions.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        Who {
            account: ACCOUNT,
            assignments: vec![Given { permissions: self.roles.concat(), conditions }],
            administers: true,
        }
    }
}

#[derive(Clone, Debug)]
struct Asked {
    operation: &'static str,
    resource: &'static str,
    account: &'static str,
    stored: Value,
    proposed: Value,
}

impl Asked {
    fn of_crate(&self, access: &Access) -> Value {
        let by_names = self.decide(access, self.operation.into(), self.resource.into());
        let schema = access.schema();
        if let (Ok(operation), Ok(resource)) = (schema.operation(self.operation), schema.resource_type(self.resource)) {
            assert_eq!(self.decide(access, operation.into(), resource.into()), by_names, "by handles: {self:?}");
        }
        by_names
    }

    fn decide(&self, access: &Access, operation: OperationRef<'_>, resource: TypeRef<'_>) -> Value {
        let stored = ResourceView::new(resource, self.account, &self.stored);
        let strict = Json::parse(&self.proposed.to_string()).unwrap();
        let proposed = ResourceView::new(resource, self.account, &strict);
        match self.operation {
            "update" => as_json(&access.decide_update(&stored, &proposed)),
            "create" => as_json(&access.decide(operation, &proposed)),
            _ => as_json(&access.decide(operation, &stored)),
        }
    }

    fn of_reference(&self, document: &Value, who: &Who<'_>) -> Value {
        let two = [(Some("stored"), &self.stored), (Some("proposed"), &self.proposed)];
        let (proposed, stored) = ([(None, &self.proposed)], [(None, &self.stored)]);
        let sides: &[(Option<&str>, &Value)] = match self.operation {
            "update" => &two,
            "create" => &proposed,
            _ => &stored,
        };
        let Self { operation, resource, account, .. } = *self;
        Model { schema: document }.decide(who, &Question { operation, resource, account, sides, context: &json!({}) })
    }
}

/// A name of condition restricts each type by an attribute of its own, plain or in the object `p` that all share.
fn rules() -> impl Strategy<Value = Map<String, Value>> {
    let binding = proptest::option::of((any::<bool>(), any::<bool>()));
    let rule = (proptest::collection::vec(binding, 3), any::<bool>());
    proptest::collection::vec(rule, NAMES).prop_map(|rules| {
        let mut conditions = Map::new();
        for (at, (bindings, ignore)) in rules.into_iter().enumerate() {
            let mut restricts = Map::new();
            for (resource, binding) in TYPES.iter().chain(&["operatorAccess"]).zip(bindings) {
                let Some((nested, all)) = binding else { continue };
                let attribute = if nested { json!(["p", format!("a{at}")]) } else { json!(format!("a{at}")) };
                let binding = if all { json!({"attribute": attribute, "match": "all"}) } else { attribute };
                restricts.insert((*resource).into(), binding);
            }
            if restricts.is_empty() {
                restricts.insert("accessTokens".into(), json!(format!("a{at}")));
            }
            let elsewhere = if ignore { "ignore" } else { "deny" };
            conditions.insert(format!("c{at}"), json!({"restricts": restricts, "elsewhere": elsewhere}));
        }
        conditions
    })
}

fn worlds() -> impl Strategy<Value = Value> {
    let operations = proptest::option::of(proptest::sample::subsequence(OPERATIONS.to_vec(), 1..=6).prop_shuffle());
    (proptest::collection::vec(operations, 2), rules()).prop_map(|(operations, conditions)| {
        let resources: Map<String, Value> = TYPES
            .iter()
            .zip(operations)
            .map(|(name, operations)| {
                let document = operations.map_or(json!({}), |operations| json!({"operations": operations}));
                (String::from(*name), document)
            })
            .collect();
        json!({"resources": resources, "conditions": conditions})
    })
}

/// Permissions that the schema has, out of arbitrary picks.
fn permissions(document: &Value, picks: &[(usize, u8)]) -> Vec<String> {
    picks
        .iter()
        .filter_map(|(resource, mask)| {
            let resource = *[TYPES[0], TYPES[1], "operatorAccess"].get(*resource)?;
            let declared: Vec<&str> = match document["resources"].get(resource).and_then(|of| of.get("operations")) {
                Some(operations) => operations.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect(),
                None => OPERATIONS[..5].to_vec(),
            };
            let named: Vec<&str> = declared
                .into_iter()
                .filter(|name| mask >> OPERATIONS.iter().position(|other| other == name).unwrap() & 1 == 1)
                .collect();
            match (mask & 0x80, named.is_empty()) {
                (0, true) => None,
                (0, false) => Some(format!("{resource}:{}", named.join(","))),
                _ => Some(format!("{resource}:*")),
            }
        })
        .collect()
}

fn parts(document: &Value) -> impl Strategy<Value = Parts> + use<> {
    let document = document.clone();
    let picks = proptest::collection::vec((0_usize..3, any::<u8>()), 0..5);
    let pairs: Vec<(String, String)> =
        (0..NAMES).flat_map(|at| VALUES.map(|value| (format!("c{at}"), value.into()))).collect();
    let conditions = proptest::sample::subsequence(pairs, 0..=10).prop_shuffle();
    (proptest::collection::vec(picks, 0..4), conditions).prop_map(move |(roles, conditions)| Parts {
        roles: roles.iter().map(|picks| permissions(&document, picks)).collect(),
        conditions,
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        6 => proptest::sample::select(VALUES.to_vec()).prop_map(|value| json!(value)),
        1 => Just(json!("X")),
        1 => Just(json!("E\u{301}")),
        2 => Just(json!(1)),
        1 => Just(json!(-1)),
        1 => Just(json!(1.0)),
        1 => Just(json!(-0.0)),
        1 => Just(json!(u64::MAX)),
        2 => any::<bool>().prop_map(|value| json!(value)),
        1 => Just(Value::Null),
    ];
    scalar.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            4 => proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            1 => inner.prop_map(|value| json!({"x": value})),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    let members = || {
        proptest::collection::vec(proptest::option::weighted(0.8, leaf()), NAMES).prop_map(|leaves| {
            let members = leaves.into_iter().enumerate().filter_map(|(at, leaf)| Some((format!("a{at}"), leaf?)));
            members.collect::<Map<String, Value>>()
        })
    };
    let nested = prop_oneof![
        6 => members().prop_map(Value::Object).prop_map(Some),
        1 => leaf().prop_map(Some),
        1 => Just(None),
    ];
    (members(), nested).prop_map(|(mut members, nested)| {
        if let Some(nested) = nested {
            members.insert("p".into(), nested);
        }
        Value::Object(members)
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let operation = prop_oneof![12 => proptest::sample::select(OPERATIONS.to_vec()), 1 => Just("fly")];
    let resource =
        prop_oneof![8 => proptest::sample::select(TYPES.to_vec()), 1 => Just("operatorAccess"), 1 => Just("dragons")];
    let account = prop_oneof![12 => Just(ACCOUNT), 1 => Just("other"), 1 => Just("Acme"), 1 => Just("")];
    (operation, resource, account, attributes(), attributes(), any::<bool>()).prop_map(
        |(operation, resource, account, stored, proposed, same)| {
            let proposed = if same { stored.clone() } else { proposed };
            Asked { operation, resource, account, stored, proposed }
        },
    )
}

fn scenario() -> impl Strategy<Value = (Value, Parts, Vec<Asked>)> {
    let questions = || proptest::collection::vec(asked(), 12);
    worlds().prop_flat_map(move |document| {
        let parts = parts(&document);
        (Just(document), parts, questions())
    })
}

/// A law over worlds in which everything is denied would say nothing.
#[test]
fn scenarios_have_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..100 {
        let (document, parts, questions) = scenario().new_tree(&mut runner).unwrap().current();
        let access = parts.build(&schema(&document));
        for asked in &questions {
            let answer = asked.of_crate(&access);
            *outcomes.entry(outline_of(&answer).0.into()).or_default() += 1;
        }
    }
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");
    assert!(outcomes.values().all(|count| *count >= 24), "each at least 2 in 100: {outcomes:?}");
}

fn allows(access: &Access, asked: &Asked) -> bool {
    asked.of_crate(access) == json!({"decision": "allow"})
}

proptest! {
    #[test]
    fn crate_and_reference_agree((document, parts, questions) in scenario()) {
        let schema = schema(&document);
        let access = parts.build(&schema);
        let who = parts.who();
        for asked in &questions {
            prop_assert_eq!(asked.of_crate(&access), asked.of_reference(&document, &who), "{:?}", asked);
        }
    }

    #[test]
    fn filter_passes_exactly_what_list_allows((document, parts, questions) in scenario()) {
        let schema = schema(&document);
        let access = parts.build(&schema);
        for Asked { resource, account, stored: row, .. } in &questions {
            let view = ResourceView::new(*resource, account, row);
            let decision = access.decide(Operation::LIST, &view);
            match access.try_filter(*resource, account) {
                Ok(filter) => {
                    prop_assert_eq!(passes(&as_json(&filter), row), decision.is_allow(), "{:?} of {}", filter, row);
                    prop_assert_eq!(filter.is_everything(), as_json(&filter) == json!("all"));
                }
                Err(denial) => {
                    prop_assert!(!decision.is_allow(), "{:?} of {}", denial, row);
                    let same_kind = decision.denial().map(Denial::kind) == Some(denial.kind());
                    prop_assert!(same_kind || denial.kind() == "condition_unbound", "{:?} and {:?}", denial, decision);
                }
            }
            if let Ok(handle) = schema.resource_type(resource) {
                let (by_handle, by_name) = (access.try_filter(handle, account), access.try_filter(*resource, account));
                prop_assert_eq!(by_handle.ok(), by_name.ok());
            }
        }
    }

    #[test]
    fn another_value_of_a_name_never_denies(
        (document, parts, questions) in scenario(),
        at in any::<prop::sample::Index>(),
        value in proptest::sample::select(VALUES.to_vec()),
    ) {
        prop_assume!(!parts.conditions.is_empty());
        let mut wider = parts.clone();
        let (name, _) = at.get(&parts.conditions).clone();
        let added = (name, String::from(value));
        prop_assume!(!parts.conditions.contains(&added));
        wider.conditions.insert(at.index(parts.conditions.len() + 1), added);
        let schema = schema(&document);
        let (before, after) = (parts.build(&schema), wider.build(&schema));
        for asked in &questions {
            prop_assert!(!allows(&before, asked) || allows(&after, asked), "{:?}", asked);
        }
    }

    #[test]
    fn another_role_never_denies((document, parts, questions) in scenario(), picks in proptest::collection::vec((0_usize..3, any::<u8>()), 0..5)) {
        let mut wider = parts.clone();
        wider.roles.push(permissions(&document, &picks));
        let schema = schema(&document);
        let (before, after) = (parts.build(&schema), wider.build(&schema));
        for asked in &questions {
            prop_assert!(!allows(&before, asked) || allows(&after, asked), "{:?}", asked);
        }
    }

    #[test]
    fn a_condition_on_a_new_name_never_allows(
        (document, mut parts, questions) in scenario(),
        new in 0_usize..NAMES,
        at in any::<prop::sample::Index>(),
        value in proptest::sample::select(VALUES.to_vec()),
    ) {
        let name = format!("c{new}");
        parts.conditions.retain(|(other, _)| *other != name);
        let mut narrower = parts.clone();
        narrower.conditions.insert(at.index(parts.conditions.len() + 1), (name, value.into()));
        let schema = schema(&document);
        let (before, after) = (parts.build(&schema), narrower.build(&schema));
        for asked in &questions {
            prop_assert!(allows(&before, asked) || !allows(&after, asked), "{:?}", asked);
        }
    }

    #[test]
    fn order_of_permissions_and_roles_is_nothing((document, parts, questions) in scenario()) {
        let mut turned = parts.clone();
        turned.roles.reverse();
        turned.roles.iter_mut().for_each(|permissions| permissions.reverse());
        let one_role = Parts { roles: vec![parts.roles.concat()], ..parts.clone() };
        let schema = schema(&document);
        let accesses = [parts, turned, one_role].map(|parts| parts.build(&schema));
        for asked in &questions {
            let [first, rest @ ..] = &accesses;
            for other in rest {
                prop_assert_eq!(asked.of_crate(first), asked.of_crate(other), "{:?}", asked);
            }
        }
    }

    #[test]
    fn order_of_conditions_changes_the_reason_alone((document, parts, questions) in scenario()) {
        let mut turned = parts.clone();
        turned.conditions.reverse();
        let schema = schema(&document);
        let (access, turned) = (parts.build(&schema), turned.build(&schema));
        for asked in &questions {
            prop_assert_eq!(allows(&access, asked), allows(&turned, asked), "{:?}", asked);
        }
    }
}

/// What the small world's attributes may be: each kind at least once, and each accepted value.
fn small_values() -> Vec<Option<Value>> {
    let present = [
        json!(null),
        json!(""),
        json!("x"),
        json!("1"),
        json!("true"),
        json!("X"),
        json!(1),
        json!(1.0),
        json!(true),
        json!(false),
        json!([]),
        json!(["x"]),
        json!(["x", "1"]),
        json!([1, null]),
        json!([["x"]]),
        json!({"x": "x"}),
    ];
    std::iter::once(None).chain(present.into_iter().map(Some)).collect()
}

fn small_world(matching: &str, elsewhere: &str) -> Value {
    json!({
        "resources": {"products": {"operations": OPERATIONS}, "places": {"operations": OPERATIONS}},
        "conditions": {
            "a": {"restricts": {"products": {"attribute": "a", "match": matching}, "places": "a"}, "elsewhere": elsewhere},
            "b": {"restricts": {"products": ["p", "b"]}, "elsewhere": elsewhere},
        },
    })
}

fn small_attributes(a: Option<&Value>, b: Option<&Value>) -> Value {
    let mut attributes = Map::new();
    if let Some(a) = a {
        attributes.insert("a".into(), a.clone());
    }
    if let Some(b) = b {
        attributes.insert("p".into(), json!({"b": b}));
    }
    Value::Object(attributes)
}

/// Every subset of two names' three values each, on both types, with every pair of attribute values.
#[test]
fn small_world_exhaustively() {
    let rows: Vec<Value> = {
        let values = small_values();
        values.iter().flat_map(|a| values.iter().map(|b| small_attributes(a.as_ref(), b.as_ref()))).collect()
    };
    let pairs: Vec<(String, String)> = ["a", "b"]
        .iter()
        .flat_map(|name| ["x", "1", "true"].map(|value| (String::from(*name), value.into())))
        .collect();
    let mut decisions = 0_u32;
    let mut allowed = 0_u32;
    for (matching, elsewhere) in [("any", "deny"), ("all", "deny"), ("any", "ignore"), ("all", "ignore")] {
        let document = small_world(matching, elsewhere);
        let schema = schema(&document);
        for subset in 0..1_usize << pairs.len() {
            let conditions =
                pairs.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, pair)| pair.clone());
            let roles = vec![vec!["products:*".into(), "places:read,list".into()]];
            let parts = Parts { roles, conditions: conditions.collect() };
            let (access, who) = (parts.build(&schema), parts.who());
            for resource in TYPES {
                let handle = schema.resource_type(resource).unwrap();
                for row in &rows {
                    let view = ResourceView::new(handle, ACCOUNT, row);
                    let decision = access.decide(Operation::READ, &view);
                    let sides = [(None, row)];
                    let context = &json!({});
                    let question = Question { operation: "read", resource, account: ACCOUNT, sides: &sides, context };
                    let expected = Model { schema: &document }.decide(&who, &question);
                    assert_eq!(
                        outline(&decision),
                        outline_of(&expected),
                        "{conditions:?} {resource} {row}",
                        conditions = parts.conditions
                    );
                    decisions += 1;
                    allowed += u32::from(decision.is_allow());
                }
            }
        }
    }
    assert_eq!(decisions, 4 * 64 * 2 * 17 * 17);
    assert!(allowed > decisions / 20, "{allowed} of {decisions} are too few to mean anything");
}

/// Every operation, and for an update every pair of sides, over the values that differ in what they meet.
#[test]
fn small_world_operations_exhaustively() {
    let values = [None, Some(json!("x")), Some(json!(1)), Some(json!(["x", 1])), Some(json!(null))];
    let rows: Vec<Value> =
        values.iter().flat_map(|a| values.iter().map(|b| small_attributes(a.as_ref(), b.as_ref()))).collect();
    let lists: [&[(&str, &str)]; 7] = [
        &[],
        &[("a", "x")],
        &[("b", "x")],
        &[("a", "x"), ("b", "1")],
        &[("b", "1"), ("a", "x")],
        &[("b", "x"), ("a", "1"), ("b", "1")],
        &[("a", "1"), ("a", "x"), ("b", "x"), ("b", "1")],
    ];
    for (matching, elsewhere) in [("any", "ignore"), ("all", "deny")] {
        let document = small_world(matching, elsewhere);
        let schema = schema(&document);
        for conditions in lists {
            let conditions =
                conditions.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
            let parts = Parts { roles: vec![vec!["products:*".into(), "places:update".into()]], conditions };
            let (access, who) = (parts.build(&schema), parts.who());
            for resource in TYPES {
                for operation in OPERATIONS {
                    for stored in &rows {
                        let proposals = if operation == "update" { &rows[..] } else { std::slice::from_ref(stored) };
                        for proposed in proposals {
                            let (stored, proposed) = (stored.clone(), proposed.clone());
                            let asked = Asked { operation, resource, account: ACCOUNT, stored, proposed };
                            assert_eq!(
                                asked.of_crate(&access),
                                asked.of_reference(&document, &who),
                                "{asked:?} {parts:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Every set of permissions of two types with three operations each, asked for all of them and more.
#[test]
fn permissions_exhaustively() {
    let operations = ["read", "list", "approve"];
    let document = json!({"resources": {"products": {"operations": operations}, "places": {"operations": operations}}});
    let schema = schema(&document);
    let all: Vec<(&str, &str)> =
        TYPES.iter().flat_map(|resource| operations.map(|operation| (*resource, operation))).collect();
    for subset in 0..1_usize << all.len() {
        let granted: Vec<String> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| subset >> at & 1 == 1)
            .map(|(_, (resource, operation))| format!("{resource}:{operation}"))
            .collect();
        for star in [None, Some("places:*")] {
            let permissions: Vec<String> = granted.iter().cloned().chain(star.map(String::from)).collect();
            let parts = Parts { roles: vec![permissions], conditions: vec![] };
            let (access, who) = (parts.build(&schema), parts.who());
            for resource in ["products", "places", "accessTokens", "dragons"] {
                for operation in ["read", "list", "approve", "create", "update", "delete", "fly", "*"] {
                    let asked = Asked { operation, resource, account: ACCOUNT, stored: json!({}), proposed: json!({}) };
                    assert_eq!(asked.of_crate(&access), asked.of_reference(&document, &who), "{asked:?} {parts:?}");
                }
            }
        }
    }
}

type Outline<'a> = (&'a str, Option<&'a str>);

fn outline<'a>(decision: &Decision<'a>) -> Outline<'a> {
    match decision {
        Decision::Allow => ("allow", None),
        Decision::Deny(Denial::ConditionUnmet { condition, .. }) => ("condition_unmet", Some(condition)),
        Decision::Deny(Denial::ConditionUnbound { condition, .. }) => ("condition_unbound", Some(condition)),
        Decision::Deny(denial) => (denial.kind(), None),
    }
}

fn outline_of(answer: &Value) -> Outline<'_> {
    (answer["reason"]["kind"].as_str().unwrap_or("allow"), answer["reason"]["condition"].as_str())
}
