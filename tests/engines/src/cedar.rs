//! The world in Cedar's words: policies, the entities of the actor and the resource, and the context.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    net::IpAddr,
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression as Value,
};

use crate::world::{
    self, ACCOUNT, Accepted, Attributes, Binding, Condition, Found, Kind, Reads, TYPES, World, of_text,
};

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    actor: Entity,
    /// The policies, to be shown.
    pub(crate) told: String,
}

fn uid(name: &str, id: &str) -> EntityUid {
    let name: EntityTypeName = name.parse().expect("a type");
    EntityUid::from_type_name_and_id(name, EntityId::new(id))
}

/// A text as a literal.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Cedar {
    pub(crate) fn new(world: &World) -> Self {
        let told = policies(world);
        let attributes =
            HashMap::from([("account".into(), text(ACCOUNT)), ("isToken".into(), Value::new_bool(world.is_token))]);
        Self {
            authorizer: Authorizer::new(),
            policies: told.parse().unwrap_or_else(|error| panic!("{error}\n{told}")),
            actor: Entity::new(uid("Actor", "alice"), attributes, HashSet::new()).expect("an entity"),
            told,
        }
    }

    /// Whether the operation is allowed on what is stored, and on what is proposed, where that is asked.
    pub(crate) fn ask(&self, world: &World, request: &world::Request) -> [bool; 2] {
        let stored = self.ask_one(world, request, &request.stored);
        let proposed = request.operation != "update" || self.ask_one(world, request, &request.proposed);
        [stored, proposed]
    }

    fn ask_one(&self, world: &World, request: &world::Request, attributes: &Attributes) -> bool {
        let resource = uid(TYPES[request.on].0, "it");
        let mut all = members(world, attributes);
        all.push(("account".into(), text(request.account)));
        let entity = Entity::new(resource.clone(), all.into_iter().collect(), HashSet::new()).expect("an entity");
        let entities = Entities::from_entities([self.actor.clone(), entity], None).expect("entities");
        let context = Context::from_pairs(members(world, &request.context)).expect("a context");
        let action = uid("Action", request.operation);
        let request = Request::new(self.actor.uid(), action, resource, context, None).expect("a request");
        self.authorizer.is_authorized(&request, &self.policies, &entities).decision() == Decision::Allow
    }
}

/// One policy for each permission of each role of each assignment; and one that keeps tokens from administration.
fn policies(world: &World) -> String {
    let mut all = String::from(
        "forbid (principal, action in [Action::\"create\", Action::\"update\", Action::\"delete\"], resource is accessTokens) \
         when { principal.isToken };\n",
    );
    for assignment in &world.assignments {
        for (on, operations) in assignment.roles.iter().flat_map(|role| &world.roles[*role]) {
            let conditions = assignment.conditions.iter().map(|of| condition(world, of, *on));
            let conditions: String = conditions.map(|of| format!("\n    && ({of})")).collect();
            let operations = if operations.is_empty() { TYPES[*on].1 } else { operations };
            let actions: Vec<String> = operations.iter().map(|name| format!("Action::{}", literal(name))).collect();
            let (actions, resource) = (actions.join(", "), TYPES[*on].0);
            write!(
                all,
                "permit (principal == Actor::\"alice\", action in [{actions}], resource is {resource}) \
                 when {{ resource.account == principal.account{conditions} }};\n"
            )
            .expect("text");
        }
    }
    all
}

/// A condition on one type. What is not there, or has another type, makes an error of it or false; either way the policy
/// doesn't permit.
fn condition(world: &World, of: &Condition, on: usize) -> String {
    let name = &world.names[of.name];
    let (object, Binding { nested, all }) = match &name.reads {
        Reads::Context(binding) => ("context", *binding),
        Reads::Types(types, ignored) => match types[on] {
            Some(binding) => ("resource", binding),
            None => return ignored.to_string(),
        },
    };
    let (has, attribute) = if nested {
        (format!("{object} has p && {object}.p has {}", name.name), format!("{object}.p.{}", name.name))
    } else {
        (format!("{object} has {}", name.name), format!("{object}.{}", name.name))
    };
    let is = match name.kind {
        Kind::Text | Kind::Boolean => of_texts(of, &attribute, all),
        _ => {
            let any = |all: &[Accepted]| {
                all.iter().map(|value| format!("({})", one(value, &attribute))).collect::<Vec<_>>().join(" || ")
            };
            match (&of.one_of[..], &of.except[..]) {
                (one_of, []) => any(one_of),
                ([], except) => format!("!({})", any(except)),
                (one_of, except) => format!("{} || !({})", any(one_of), any(except)),
            }
        }
    };
    format!("{has} && ({is})")
}

/// An attribute that is a text, an integer or a boolean, or a set of such.
fn of_texts(of: &Condition, attribute: &str, all: bool) -> String {
    let named = |all: &[Accepted]| -> Vec<Found> {
        let texts = all.iter().map(|value| match value {
            Accepted::Text(text) => *text,
            other => panic!("no text: {other:?}"),
        });
        texts.flat_map(|text| of_text().into_iter().filter(move |found| as_text(found) == text)).collect()
    };
    let set = |all: &[Found]| format!("[{}]", all.iter().map(found).collect::<Vec<_>>().join(", "));
    let (one_of, except) = (named(&of.one_of), named(&of.except));
    // There is no question for the type of a value: those that a world has are written out.
    let others: Vec<Found> =
        of_text().into_iter().filter(|value| !of.except.is_empty() && !except.contains(value)).collect();
    let accepted = set(&[&one_of[..], &others].concat());
    let single = match (&one_of[..], &except[..]) {
        (one_of, []) => format!("{}.contains({attribute})", set(one_of)),
        ([], except) => format!("!{}.contains({attribute})", set(except)),
        (one_of, except) => format!("{}.contains({attribute}) || !{}.contains({attribute})", set(one_of), set(except)),
    };
    let several = if all {
        format!("{accepted}.containsAll({attribute}) && !{attribute}.isEmpty()")
    } else {
        format!("{attribute}.containsAny({accepted})")
    };
    format!("if {}.contains({attribute}) then {single} else {several}", set(&of_text()))
}

/// The text that this crate says such a value matches by.
fn as_text(found: &Found) -> String {
    match found {
        Found::Text(text) => (*text).to_owned(),
        Found::Integer(integer) => integer.to_string(),
        Found::Boolean(boolean) => boolean.to_string(),
        other => panic!("no text: {other:?}"),
    }
}

fn found(found: &Found) -> String {
    match found {
        Found::Text(text) => literal(text),
        other => as_text(other),
    }
}

/// Each is an error where the attribute has another type.
fn one(value: &Accepted, attribute: &str) -> String {
    let and = |one: Option<String>, other: Option<String>| {
        [one, other].into_iter().flatten().collect::<Vec<_>>().join(" && ")
    };
    let time = |time: &String| format!("datetime({})", literal(&of_time(time)));
    match value {
        Accepted::Text(text) => panic!("a text: {text}"),
        Accepted::Path(path) => {
            let below = literal(path).replace('*', "\\*");
            let below = format!("{}/*\"", &below[..below.len() - 1]);
            format!("{attribute} like \"*\" && ({attribute} == {} || {attribute} like {below})", literal(path))
        }
        Accepted::Integers(from, to) => {
            and(from.map(|from| format!("{attribute} >= {from}")), to.map(|to| format!("{attribute} <= {to}")))
        }
        Accepted::Network(block) => format!("{attribute}.isInRange(ip({}))", literal(block)),
        Accepted::Times(from, before) => and(
            from.as_ref().map(|from| format!("{attribute} >= {}", time(from))),
            before.as_ref().map(|before| format!("{attribute} < {}", time(before))),
        ),
    }
}

/// Cedar writes an offset without the colon.
fn of_time(time: &str) -> String {
    match time.strip_suffix('Z') {
        Some(_) => time.to_owned(),
        None => {
            let (before, minutes) = time.split_at(time.len() - 3);
            format!("{before}{}", &minutes[1..])
        }
    }
}

fn members(world: &World, attributes: &Attributes) -> Vec<(String, Value)> {
    let object = |all: &[Option<Found>]| {
        let there =
            world.names.iter().zip(all).filter_map(|(name, found)| Some((name.name.clone(), value(found.as_ref()?)?)));
        there.collect::<Vec<_>>()
    };
    let mut own = object(&attributes.own);
    let nested = attributes.nested.as_ref().map(|nested| Value::new_record(object(nested)).expect("a record"));
    own.push(("p".into(), nested.unwrap_or_else(|| text("no object"))));
    own
}

/// There is no null: what is null is left out.
fn value(found: &Found) -> Option<Value> {
    Some(match found {
        Found::Null => return None,
        Found::Text(value) => text(value),
        Found::Boolean(boolean) => Value::new_bool(*boolean),
        Found::Integer(integer) => Value::new_long(*integer),
        Found::Address(address) => Value::new_ip(of_address(*address)),
        Found::Time(time) => Value::new_datetime(of_time(time)),
        Found::List(list) => Value::new_set(list.iter().filter_map(value)),
        Found::Object => Value::new_record([(String::from("x"), text("a"))]).expect("a record"),
    })
}

/// To Cedar an IPv4-mapped address is no IPv4 address.
fn of_address(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

fn text(text: &str) -> Value {
    Value::new_string(text.to_owned())
}
