//! cedar-policy in the shape that was fastest for it: permissions and accepted values are the actor's data in
//! entities, under one policy, and the resource's attributes are the context.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use super::Engine;
use crate::world::{ACCOUNT, Answer, Kind, Operation, Question, World};

const PERMISSION: &str = "principal.account == context.account && principal.actions.contains(action)";
const CONDITIONS: &str = "context has brand && principal.brands.contains(context.brand)
    && context has factoryId && principal.factories.contains(context.factoryId)";

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    actor: EntityTypeName,
    /// By type, then by operation.
    actions: [[EntityUid; 3]; 3],
    resources: [EntityUid; 3],
}

pub(super) fn uid(type_name: &str, id: &str) -> EntityUid {
    let type_name: EntityTypeName = type_name.parse().expect("a type name");
    EntityUid::from_type_name_and_id(type_name, EntityId::new(id))
}

pub(super) fn action((kind, operation): (Kind, Operation)) -> EntityUid {
    uid("Action", &format!("{}:{}", kind.name(), operation.name()))
}

pub(super) fn every_action() -> [[EntityUid; 3]; 3] {
    Kind::ALL.map(|kind| Operation::ALL.map(|operation| action((kind, operation))))
}

pub(super) fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

pub(super) fn set(values: &[String]) -> RestrictedExpression {
    RestrictedExpression::new_set(values.iter().map(|value| text(value)))
}

impl Cedar {
    pub(crate) fn new(world: &World) -> Self {
        let entity = |actor: &crate::world::Actor| {
            let actions = world.granted(actor).into_iter().map(action);
            let actions = RestrictedExpression::new_set(actions.map(RestrictedExpression::new_entity_uid));
            let mut attributes =
                HashMap::from([(String::from("account"), text(ACCOUNT)), (String::from("actions"), actions)]);
            if let Some(conditions) = &world.conditions {
                attributes.insert("brands".into(), set(&conditions.brands));
                attributes.insert("factories".into(), set(&conditions.factories));
            }
            Entity::new(uid("Actor", &actor.id), attributes, HashSet::new()).expect("an entity")
        };
        let policy = match &world.conditions {
            None => format!("permit (principal, action, resource) when {{ {PERMISSION} }};"),
            Some(_) => format!("permit (principal, action, resource) when {{ {PERMISSION} && {CONDITIONS} }};"),
        };
        Self {
            authorizer: Authorizer::new(),
            policies: policy.parse().expect("a policy"),
            entities: Entities::from_entities(world.actors.iter().map(entity), None).expect("entities"),
            actor: "Actor".parse().expect("a type name"),
            actions: every_action(),
            resources: Kind::ALL.map(|kind| uid("Resource", kind.name())),
        }
    }
}

impl Engine for Cedar {
    type Request = Request;

    fn request(&self, question: &Question<'_>) -> Request {
        let item = question.item;
        let pair = |name: &str, value: &str| (name.to_owned(), text(value));
        let brand = item.brand.as_deref().map(|brand| pair("brand", brand));
        let factory = item.factory.as_deref().map(|factory| pair("factoryId", factory));
        let attributes = [pair("account", &item.account)].into_iter().chain(brand).chain(factory);
        let context = Context::from_pairs(attributes).expect("a context");
        let actor = EntityUid::from_type_name_and_id(self.actor.clone(), EntityId::new(question.actor));
        let action = self.actions[item.kind as usize][question.operation as usize].clone();
        let resource = self.resources[item.kind as usize].clone();
        Request::new(actor, action, resource, context, None).expect("a request")
    }

    #[inline(never)]
    fn decide(&mut self, _question: &Question<'_>, request: Request) -> Answer {
        let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        // It names the policies that decided; where none permits, there are none to name.
        if answer.decision() == Decision::Allow { Answer::Allow } else { Answer::Deny(None) }
    }
}
