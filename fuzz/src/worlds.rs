//! Worlds that the bytes make: a schema, accesses and questions. The crate, the reference, and all the ways to ask agree.

use keyward::{
    Access, Assignment, Condition, ResourceView, Role, Roles, Schema,
    compare::{AccessExceeded, Inclusion},
    decision::who_can_in,
    json::Json,
};
use serde_json::{Map, Value, json};

use crate::{
    algebra::value,
    chosen::Chosen,
    reference::{Given, Model, Question, Who, passes},
    support::{ACCOUNT, json as as_json, schema},
    texts::KINDS,
};

const TYPES: [&str; 2] = ["products", "places"];
const OPERATIONS: [&str; 5] = ["create", "read", "update", "list", "approve"];

struct World {
    document: Value,
    schema: Schema,
    kinds: Vec<usize>,
    /// At and around what conditions name, by kind.
    points: Vec<Vec<String>>,
}

impl World {
    fn new(chosen: &mut Chosen<'_>) -> Self {
        let mut conditions = Map::new();
        let mut kinds = Vec::new();
        for at in 0..=chosen.below(4) {
            let kind = chosen.below(KINDS.len());
            kinds.push(kind);
            let binding = |chosen: &mut Chosen<'_>| {
                let attribute =
                    if chosen.once_in(3) { json!(["p", format!("a{at}")]) } else { json!(format!("a{at}")) };
                if chosen.once_in(3) { json!({"attribute": attribute, "match": "all"}) } else { attribute }
            };
            let rule = if chosen.once_in(4) {
                json!({"values": KINDS[kind], "context": binding(chosen)})
            } else {
                let mut restricts = Map::new();
                restricts.insert("products".into(), binding(chosen));
                if chosen.once_in(2) {
                    restricts.insert("places".into(), binding(chosen));
                }
                let elsewhere = chosen.one(&["deny", "ignore"]);
                json!({"values": KINDS[kind], "restricts": restricts, "elsewhere": elsewhere})
            };
            conditions.insert(format!("c{at}"), rule);
        }
        let resources = json!({"products": {"operations": OPERATIONS}, "places": {"operations": OPERATIONS}});
        let document = json!({"resources": resources, "conditions": conditions});
        Self { schema: schema(&document), document, kinds, points: vec![Vec::new(); KINDS.len()] }
    }

    fn grant(&mut self, chosen: &mut Chosen<'_>) -> Vec<Given> {
        let mut all = Vec::new();
        for _ in 0..=chosen.below(3) {
            let mut operations = chosen.some(&OPERATIONS, 5);
            if operations.is_empty() {
                operations.push("read");
            }
            let on = if chosen.once_in(2) { &TYPES[..] } else { &TYPES[..1] };
            let permissions = on.iter().map(|on| format!("{on}:{}", operations.join(","))).collect();
            let mut conditions = Vec::new();
            for (at, kind) in self.kinds.clone().into_iter().enumerate() {
                if chosen.once_in(2) {
                    continue;
                }
                let mut values = |chosen: &mut Chosen<'_>, most: usize| {
                    let mut values: Vec<String> = Vec::new();
                    for _ in 0..chosen.below(most + 1) {
                        let value = value(KINDS[kind], chosen, &mut self.points[kind]);
                        if !values.contains(&value) {
                            values.push(value);
                        }
                    }
                    values
                };
                let name = format!("c{at}");
                let (one_of, except) = (values(chosen, 3), values(chosen, 2));
                conditions.extend(one_of.iter().map(|value| json!({"name": name, "value": value})));
                if !except.is_empty() {
                    conditions.push(json!({"name": name, "except": except}));
                }
            }
            let given = Given { permissions, conditions };
            if !all.contains(&given) {
                all.push(given);
            }
        }
        all
    }

    /// What can't be built has values that leave nothing, or twice the same.
    fn build(&self, grant: &[Given]) -> Option<Access> {
        let role = |(at, given): (usize, &Given)| {
            Role::new(format!("r{at}"), given.permissions.iter().map(|text| &**text)).unwrap()
        };
        let roles = Roles::new(&self.schema, ACCOUNT).unwrap().with_all(grant.iter().enumerate().map(role)).unwrap();
        let assignments = grant.iter().enumerate().map(|(at, given)| {
            let read = |condition: &Value| serde_json::from_value::<Condition>(condition.clone()).unwrap();
            Assignment::new().role(format!("r{at}")).with_conditions(given.conditions.iter().map(read))
        });
        Access::builder(&roles).grant(assignments.collect()).build().ok()
    }

    fn attributes(&self, chosen: &mut Chosen<'_>) -> Value {
        let mut object = Map::new();
        let mut nested = Map::new();
        for (at, kind) in self.kinds.iter().enumerate() {
            for members in [&mut object, &mut nested] {
                if !chosen.once_in(5) {
                    members.insert(format!("a{at}"), self.leaf(*kind, chosen));
                }
            }
        }
        object.insert("p".into(), Value::Object(nested));
        Value::Object(object)
    }

    fn leaf(&self, kind: usize, chosen: &mut Chosen<'_>) -> Value {
        let points = &self.points[kind];
        let scalar = |chosen: &mut Chosen<'_>| match chosen.below(8) {
            0 => json!(null),
            1 => json!(chosen.number::<bool>()),
            2 => json!(chosen.number::<i64>()),
            3 => json!(f64::from(chosen.number::<i16>()) / 2.0),
            4 => json!(chosen.text(10)),
            _ if points.is_empty() => json!("a"),
            _ => {
                let point = &points[chosen.below(points.len())];
                point.parse::<i64>().map_or_else(|_| json!(point), |integer| json!(integer))
            }
        };
        match chosen.below(6) {
            0 => (0..chosen.below(4)).map(|_| scalar(chosen)).collect(),
            1 => json!({"x": scalar(chosen)}),
            _ => scalar(chosen),
        }
    }

    fn asked(&self, chosen: &mut Chosen<'_>) -> Asked {
        let stored = self.attributes(chosen);
        let proposed = if chosen.once_in(2) { self.attributes(chosen) } else { stored.clone() };
        let context = self.attributes(chosen);
        Asked { operation: chosen.one(&OPERATIONS), resource: chosen.one(&TYPES), stored, proposed, context }
    }
}

#[derive(Debug)]
struct Asked {
    operation: &'static str,
    resource: &'static str,
    stored: Value,
    proposed: Value,
    context: Value,
}

impl Asked {
    fn of_crate(&self, access: &Access) -> Value {
        let context = Json::parse(&self.context.to_string()).unwrap();
        let view = |attributes| ResourceView::new(self.resource, ACCOUNT, attributes);
        let (stored, proposed) = (view(&self.stored), view(&self.proposed));
        let access = access.in_context(&context);
        match self.operation {
            "update" => as_json(&access.decide_update(&stored, &proposed)),
            "create" => as_json(&access.decide(self.operation, &proposed)),
            operation => as_json(&access.decide(operation, &stored)),
        }
    }

    fn of_reference(&self, document: &Value, grant: &[Given]) -> Value {
        let two = [(Some("stored"), &self.stored), (Some("proposed"), &self.proposed)];
        let (proposed, stored) = ([(None, &self.proposed)], [(None, &self.stored)]);
        let sides: &[_] = match self.operation {
            "update" => &two,
            "create" => &proposed,
            _ => &stored,
        };
        let Self { operation, resource, context, .. } = self;
        let who = Who { account: ACCOUNT, assignments: grant.to_vec(), administers: true };
        Model { schema: document }.decide(&who, &Question { operation, resource, account: ACCOUNT, sides, context })
    }

    fn is_allowed(&self, access: &Access) -> bool {
        self.of_crate(access) == json!({"decision": "allow"})
    }
}

/// One access and some questions: the reference answers the same, and filters, pages and "who can" agree.
pub fn decide(bytes: &[u8]) {
    let mut chosen = Chosen::new(bytes);
    let mut world = World::new(&mut chosen);
    let grant = world.grant(&mut chosen);
    let Some(access) = world.build(&grant) else { return };
    let questions: Vec<Asked> = (0..3).map(|_| world.asked(&mut chosen)).collect();
    for asked in &questions {
        let reference = asked.of_reference(&world.document, &grant);
        assert_eq!(asked.of_crate(&access), reference, "{asked:?}\n{access:?}");
        let permitted = reference["reason"]["kind"] != json!("permission_missing");
        assert_eq!(access.in_context(&asked.context).permits(asked.operation, asked.resource), permitted, "{asked:?}");
    }
    let rows: Vec<(&str, &Value)> = questions.iter().map(|asked| (asked.resource, &asked.stored)).collect();
    let views: Vec<_> = rows.iter().map(|(on, row)| ResourceView::new(*on, ACCOUNT, *row)).collect();
    for Asked { operation, context, .. } in &questions {
        let access_in = access.in_context(context);
        let allowed: Vec<bool> = views.iter().map(|view| access_in.decide(*operation, view).is_allow()).collect();
        let page = access_in.decide_page(*operation, &views);
        assert!(page.indices().eq((0..views.len()).filter(|at| allowed[*at])), "{operation} {access:?}");
        assert_eq!(access_in.allowed(*operation, views.iter()).count(), page.count());
        for (view, (on, row)) in views.iter().zip(&rows) {
            // An update that leaves the row as it is.
            let expected = match *operation {
                "update" => access_in.decide_update(view, view).is_allow(),
                operation => access_in.decide(operation, view).is_allow(),
            };
            assert_eq!(who_can_in(context, [((), &access)], *operation, view).count(), usize::from(expected));
            match access_in.try_filter_of(*operation, *on, ACCOUNT) {
                Ok(filter) => {
                    assert_eq!(filter.passes(*row), expected, "{filter} of {row}\n{access:?}");
                    assert_eq!(passes(&as_json(&filter), row), expected, "{filter} of {row}\n{access:?}");
                }
                Err(denial) => assert!(!expected, "{denial}"),
            }
            let elsewhere = ResourceView::new(*on, "another", *row);
            assert!(!access_in.decide(*operation, &elsewhere).is_allow());
        }
    }
    let _ = (access.summary().to_string(), format!("{access:?}"));
}

/// Two accesses: what is said of them is what they decide, with a witness where they differ.
pub fn compare(bytes: &[u8]) {
    let mut chosen = Chosen::new(bytes);
    let mut world = World::new(&mut chosen);
    let (one, other) = (world.grant(&mut chosen), world.grant(&mut chosen));
    let (Some(one), Some(other)) = (world.build(&one), world.build(&other)) else { return };
    let questions: Vec<Asked> = (0..4).map(|_| world.asked(&mut chosen)).collect();
    for (left, right) in [(&one, &other), (&other, &one)] {
        let note = || format!("{left:?}\n{right:?}\n{}", world.document);
        let within = left.within(right);
        match &within {
            Inclusion::Within => {
                for asked in &questions {
                    assert!(!asked.is_allowed(left) || asked.is_allowed(right), "{asked:?}\n{}", note());
                }
            }
            Inclusion::Exceeds(witness) => {
                assert!(witness.decide(left).is_allow(), "{witness}\n{}", note());
                assert!(!witness.decide(right).is_allow(), "{witness}\n{}", note());
            }
            given_up => assert!(matches!(given_up, Inclusion::TooManyPieces), "{given_up:?}\n{}", note()),
        }
        assert_eq!(left.is_within(right), within.is_within(), "{}", note());
        let ensured = left.ensure_within(right);
        assert_eq!(ensured.is_ok(), within.is_within(), "{}", note());
        for excess in ensured.err().iter().flat_map(AccessExceeded::excesses) {
            assert!(excess.witness().decide(left).is_allow(), "{excess:?}\n{}", note());
            assert!(!excess.witness().decide(right).is_allow(), "{excess:?}\n{}", note());
        }
    }
    assert_eq!(one.same_as(&other), one.is_within(&other) && other.is_within(&one));
    let (both, left) = (one.intersection(&other), one.difference(&other));
    for asked in &questions {
        let expected = [&one, &other].map(|access| asked.is_allowed(access));
        let view = |attributes| ResourceView::new(asked.resource, ACCOUNT, attributes);
        let (stored, proposed) = (view(&asked.stored), view(&asked.proposed));
        let (both, left) = (both.in_context(&asked.context), left.in_context(&asked.context));
        let (met, left) = match asked.operation {
            "update" => (both.decide_update(&stored, &proposed), left.contains_update(&stored, &proposed)),
            "create" => (both.decide("create", &proposed), left.contains("create", &proposed)),
            operation => (both.decide(operation, &stored), left.contains(operation, &stored)),
        };
        assert_eq!((met.is_allow(), left), (expected == [true, true], expected == [true, false]), "{asked:?}");
    }
    match both.witness() {
        None => {
            assert!(both.is_empty());
            let is_common = |asked: &Asked| asked.is_allowed(&one) && asked.is_allowed(&other);
            assert!(!questions.iter().any(is_common), "{one:?}\n{other:?}");
        }
        Some(witness) => {
            assert!(!both.is_empty());
            assert!(witness.decide(&one).is_allow() && witness.decide(&other).is_allow(), "{witness}");
        }
    }
}
