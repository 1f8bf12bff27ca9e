//! cedar-policy as its guides have it: roles are groups of the actor, each with a policy of its own; resources are
//! entities that are kept; a schema, after which policies, entities and every request are checked.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request, Schema,
    ValidationMode, Validator,
};

use super::{
    Engine,
    cedar::{action, every_action, set, text, uid},
};
use crate::world::{ACCOUNT, Actor, Answer, Item, Kind, Question, World};

const ENTITIES: &str = "
entity Role;
entity Actor in [Role] { account: String, brands: Set<String>, factories: Set<String> };
entity products { account: String, brand?: String, factoryId?: String };
entity factories, purchaseOrders { account: String };
";
const CONDITIONS: &str = "
    && resource has brand && principal.brands.contains(resource.brand)
    && resource has factoryId && principal.factories.contains(resource.factoryId)";

pub(crate) struct CedarRoles {
    authorizer: Authorizer,
    schema: Schema,
    policies: PolicySet,
    entities: Entities,
    actor: EntityTypeName,
    resources: [EntityTypeName; 3],
    /// By type, then by operation.
    actions: [[EntityUid; 3]; 3],
}

fn schema() -> Schema {
    let mut text = String::from(ENTITIES);
    for (kind, actions) in Kind::ALL.iter().zip(every_action()) {
        for action in actions {
            let id = action.id().unescaped();
            let kind = kind.name();
            writeln!(text, "action \"{id}\" appliesTo {{ principal: Actor, resource: {kind} }};").expect("text");
        }
    }
    Schema::from_cedarschema_str(&text).expect("a schema").0
}

fn policies(world: &World) -> PolicySet {
    let mut text = String::new();
    let conditions = if world.conditions.is_some() { CONDITIONS } else { "" };
    for role in &world.roles {
        let actions: Vec<_> = role.grants.iter().map(|&grant| action(grant).to_string()).collect();
        let (role, actions) = (&role.id, actions.join(", "));
        writeln!(
            text,
            "permit (principal in Role::\"{role}\", action in [{actions}], resource)
             when {{ principal.account == resource.account {conditions} }};"
        )
        .expect("text");
    }
    text.parse().expect("policies")
}

fn resource(item: &Item) -> Entity {
    let mut attributes = HashMap::from([(String::from("account"), text(&item.account))]);
    if item.kind == Kind::Products {
        let brand = item.brand.as_deref().map(|brand| (String::from("brand"), text(brand)));
        let factory = item.factory.as_deref().map(|factory| (String::from("factoryId"), text(factory)));
        attributes.extend(brand.into_iter().chain(factory));
    }
    Entity::new(uid(item.kind.name(), &item.id), attributes, HashSet::new()).expect("a resource")
}

fn actor(world: &World, actor: &Actor) -> Entity {
    let (brands, factories): (&[String], &[String]) =
        world.conditions.as_ref().map_or((&[], &[]), |conditions| (&conditions.brands, &conditions.factories));
    let attributes = HashMap::from([
        (String::from("account"), text(ACCOUNT)),
        (String::from("brands"), set(brands)),
        (String::from("factories"), set(factories)),
    ]);
    let roles = actor.roles.iter().map(|&role| uid("Role", &world.roles[role].id)).collect();
    Entity::new(uid("Actor", &actor.id), attributes, roles).expect("an actor")
}

impl CedarRoles {
    pub(crate) fn new(world: &World) -> Self {
        let schema = schema();
        let policies = policies(world);
        let checked = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        assert!(checked.validation_passed(), "{checked}");
        let roles = world.roles.iter().map(|role| Entity::with_uid(uid("Role", &role.id)));
        let actors = world.actors.iter().map(|each| actor(world, each));
        let resources = world.cases.iter().map(|case| resource(&case.item));
        let entities = Entities::from_entities(roles.chain(actors).chain(resources), Some(&schema)).expect("entities");
        Self {
            authorizer: Authorizer::new(),
            schema,
            policies,
            entities,
            actor: "Actor".parse().expect("a type name"),
            resources: Kind::ALL.map(|kind| kind.name().parse().expect("a type name")),
            actions: every_action(),
        }
    }
}

impl Engine for CedarRoles {
    type Request = Request;

    fn request(&self, question: &Question<'_>) -> Request {
        let item = question.item;
        let actor = EntityUid::from_type_name_and_id(self.actor.clone(), EntityId::new(question.actor));
        let action = self.actions[item.kind as usize][question.operation as usize].clone();
        let resource =
            EntityUid::from_type_name_and_id(self.resources[item.kind as usize].clone(), EntityId::new(&item.id));
        Request::new(actor, action, resource, Context::empty(), Some(&self.schema)).expect("a request")
    }

    #[inline(never)]
    fn decide(&mut self, _question: &Question<'_>, request: Request) -> Answer {
        let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        if answer.decision() == Decision::Allow { Answer::Allow } else { Answer::Deny(None) }
    }
}
