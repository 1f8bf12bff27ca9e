//! cedar-policy: permissions and accepted values are the actor's data in entities, under one policy.
//!
//! The resource's attributes go into the context: made anew for every request, it costs less than a store of
//! entities.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use super::Engine;
use crate::world::{ACCOUNT, Kind, Operation, Question, World};

const PERMISSION: &str = "principal.account == context.account && principal.actions.contains(action)";
const CONDITIONS: &str = "context has brand && principal.brands.contains(context.brand)
    && context has factoryId && principal.factories.contains(context.factoryId)";

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    actor: EntityUid,
    /// By type, then by operation.
    actions: [[EntityUid; 3]; 3],
    resources: [EntityUid; 3],
}

fn uid(type_name: &str, id: &str) -> EntityUid {
    let type_name: EntityTypeName = type_name.parse().expect("a type name");
    EntityUid::from_type_name_and_id(type_name, EntityId::new(id))
}

fn action(kind: Kind, operation: Operation) -> EntityUid {
    uid("Action", &format!("{}:{}", kind.name(), operation.name()))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

impl Cedar {
    pub(crate) fn new(world: &World) -> Self {
        let actor = uid("Actor", world.actor);
        let actions = world.granted().into_iter().map(|(kind, operation)| action(kind, operation));
        let actions = RestrictedExpression::new_set(actions.map(RestrictedExpression::new_entity_uid));
        let mut attributes =
            HashMap::from([(String::from("account"), text(ACCOUNT)), (String::from("actions"), actions)]);
        let policy = match &world.conditions {
            None => format!("permit (principal, action, resource) when {{ {PERMISSION} }};"),
            Some(conditions) => {
                let set = |values: &[String]| RestrictedExpression::new_set(values.iter().map(|value| text(value)));
                attributes.insert("brands".into(), set(&conditions.brands));
                attributes.insert("factories".into(), set(&conditions.factories));
                format!("permit (principal, action, resource) when {{ {PERMISSION} && {CONDITIONS} }};")
            }
        };
        let entity = Entity::new(actor.clone(), attributes, HashSet::new()).expect("an entity");
        Self {
            authorizer: Authorizer::new(),
            policies: policy.parse().expect("a policy"),
            entities: Entities::from_entities([entity], None).expect("entities"),
            actor,
            actions: Kind::ALL.map(|kind| Operation::ALL.map(|operation| action(kind, operation))),
            resources: Kind::ALL.map(|kind| uid("Resource", kind.name())),
        }
    }
}

impl Engine for Cedar {
    type Request = Request;

    fn request(&self, question: &Question<'_>) -> Request {
        let account = (String::from("account"), text(question.account));
        let attributes = question.attributes.iter().map(|&(name, value)| (name.to_owned(), text(value)));
        let context = Context::from_pairs(std::iter::once(account).chain(attributes)).expect("a context");
        let action = &self.actions[question.kind as usize][question.operation as usize];
        let resource = &self.resources[question.kind as usize];
        Request::new(self.actor.clone(), action.clone(), resource.clone(), context, None).expect("a request")
    }

    #[inline(never)]
    fn decide(&mut self, request: &Request) -> bool {
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}
