//! The world in this crate's words: documents.

use keyward::{Access, Assignment, Condition, ResourceView, Role, Roles, Schema};
use serde_json::{Map, Value, json};

use crate::world::{ACCOUNT, Accepted, Attributes, Binding, Found, Kind, Reads, Request, TYPES, World};

pub(crate) struct Ours {
    access: Access,
    /// The documents, to be shown.
    pub(crate) told: Value,
}

/// What is answered.
pub(crate) struct Answers {
    pub(crate) decision: bool,
    /// Whether a row passes the filter of the operation, as it is stored.
    pub(crate) passes: bool,
    pub(crate) reason: String,
}

impl Ours {
    /// Or why there can be no such access.
    pub(crate) fn new(world: &World) -> Result<Self, String> {
        let schema = schema(world);
        let read = Schema::from_json(&schema.to_string()).unwrap_or_else(|error| panic!("{error}\n{schema:#}"));
        let mut roles = Roles::new(&read, ACCOUNT).expect("an account");
        let mut told_roles = Vec::new();
        for (at, permissions) in world.roles.iter().enumerate() {
            let text = |(on, operations): &(usize, Vec<&str>)| {
                let operations = if operations.is_empty() { "*".into() } else { operations.join(",") };
                format!("{}:{operations}", TYPES[*on].0)
            };
            let permissions: Vec<String> = permissions.iter().map(text).collect();
            let role = Role::new(format!("r{at}"), permissions.iter().map(|text| &**text)).expect("a role");
            roles = roles.with(role).expect("a role");
            told_roles.push(permissions);
        }
        let assignments: Vec<(Vec<String>, Vec<Value>)> = world
            .assignments
            .iter()
            .map(|of| (of.roles.iter().map(|at| format!("r{at}")).collect(), conditions(world, of)))
            .collect();
        let told = json!({"schema": schema, "roles": told_roles, "assignments": assignments});
        let assignments = assignments.into_iter().map(|(roles, conditions)| {
            let conditions =
                conditions.into_iter().map(|of| serde_json::from_value::<Condition>(of).expect("a condition"));
            Assignment::new().with_roles(roles).with_conditions(conditions)
        });
        let builder = Access::builder(&roles).grant(assignments.collect());
        let builder = if world.is_token { builder.for_access_token() } else { builder };
        let access = builder.build().map_err(|error| format!("{error}\n{told:#}"))?;
        Ok(Self { access, told })
    }

    pub(crate) fn ask(&self, world: &World, request: &Request) -> Answers {
        let [stored, proposed, context] =
            [&request.stored, &request.proposed, &request.context].map(|of| attributes(world, of));
        let on = TYPES[request.on].0;
        let view = |attributes| ResourceView::new(on, request.account, attributes);
        let (stored_view, proposed_view) = (view(&stored), view(&proposed));
        let access = self.access.in_context(&context);
        let decision = match request.operation {
            "update" => access.decide_update(&stored_view, &proposed_view),
            operation => access.decide(operation, &stored_view),
        };
        let filter = access.try_filter_of(request.operation, on, request.account);
        Answers {
            decision: decision.is_allow(),
            passes: filter.is_ok_and(|filter| filter.passes(&stored)),
            reason: format!("{decision:?}"),
        }
    }
}

fn schema(world: &World) -> Value {
    let resources: Map<String, Value> =
        TYPES[..3].iter().map(|(name, operations)| ((*name).to_owned(), json!({"operations": operations}))).collect();
    let mut conditions = Map::new();
    for name in &world.names {
        let values = match name.kind {
            Kind::Text | Kind::Boolean => "text",
            Kind::Path => "path",
            Kind::Integer => "integer",
            Kind::Network => "network",
            Kind::Time => "time",
        };
        let written = |Binding { nested, all }: &Binding| {
            let attribute = if *nested { json!(["p", name.name]) } else { json!(name.name) };
            json!({"attribute": attribute, "match": if *all { "all" } else { "any" }})
        };
        let rule = match &name.reads {
            Reads::Context(binding) => json!({"values": values, "context": written(binding)}),
            Reads::Types(types, ignored) => {
                let bound = TYPES.iter().zip(types).filter_map(|((on, _), of)| Some((*on, of.as_ref()?)));
                let restricts: Map<String, Value> = bound.map(|(on, of)| (on.to_owned(), written(of))).collect();
                json!({"values": values, "restricts": restricts, "elsewhere": if *ignored { "ignore" } else { "deny" }})
            }
        };
        conditions.insert(name.name.clone(), rule);
    }
    json!({"resources": resources, "conditions": conditions})
}

fn conditions(world: &World, assignment: &crate::world::Assignment) -> Vec<Value> {
    let mut written = Vec::new();
    for of in &assignment.conditions {
        let name = &world.names[of.name].name;
        written.extend(of.one_of.iter().map(|value| json!({"name": name, "value": text(value)})));
        if !of.except.is_empty() {
            written.push(json!({"name": name, "except": of.except.iter().map(text).collect::<Vec<_>>()}));
        }
    }
    written
}

fn text(value: &Accepted) -> String {
    let end = |end: &Option<i64>| end.map_or(String::new(), |end| end.to_string());
    match value {
        Accepted::Text(text) | Accepted::Path(text) | Accepted::Network(text) => (*text).to_owned(),
        Accepted::Integers(Some(from), Some(to)) if from == to => from.to_string(),
        Accepted::Integers(from, to) => format!("{}..{}", end(from), end(to)),
        Accepted::Times(from, to) => {
            format!("{}..{}", from.as_deref().unwrap_or_default(), to.as_deref().unwrap_or_default())
        }
    }
}

fn attributes(world: &World, attributes: &Attributes) -> Value {
    let object = |all: &[Option<Found>]| {
        let there =
            world.names.iter().zip(all).filter_map(|(name, value)| Some((name.name.clone(), json(value.as_ref()?))));
        there.collect::<Map<String, Value>>()
    };
    let mut own = object(&attributes.own);
    own.insert("p".into(), attributes.nested.as_ref().map_or(json!("no object"), |nested| object(nested).into()));
    own.into()
}

fn json(found: &Found) -> Value {
    match found {
        Found::Null => Value::Null,
        Found::Text(text) => json!(text),
        Found::Boolean(boolean) => json!(boolean),
        Found::Integer(integer) => json!(integer),
        Found::Address(address) => json!(address.to_string()),
        Found::Time(time) => json!(time),
        Found::List(list) => list.iter().map(json).collect(),
        Found::Object => json!({"x": "a"}),
    }
}
