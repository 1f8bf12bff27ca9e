//! keyward: the access is compiled when the actor is loaded, operations and types are handles.

use keyward::{Access, Attributes, Decision, Denial, Resource, ResourceType, Role, Roles, Schema, TypeRef, Value};

use super::{Actors, Engine};
use crate::world::{ACCOUNT, Actor, Answer, Item, Kind, Missing, Operation, Question, World};

pub(crate) struct Keyward {
    actors: Actors<Access>,
    types: [ResourceType; 3],
    operations: [keyward::Operation; 3],
}

const SCHEMA: &str = r#"{
    "resources": {"products": {}, "factories": {}, "purchaseOrders": {}},
    "conditions": {
        "productBrand": {"restricts": {"products": "brand"}},
        "factoryId": {"restricts": {"products": "factoryId"}}
    }
}"#;

/// The host's own type, with its handle.
struct Typed<'a> {
    item: &'a Item,
    handle: ResourceType,
}

impl Attributes for Typed<'_> {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        let value = match name {
            "brand" => &self.item.brand,
            "factoryId" => &self.item.factory,
            _ => &None,
        };
        value.as_deref().map_or(Value::Absent, Value::Text)
    }
}

impl Resource for Typed<'_> {
    #[inline]
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Handle(self.handle)
    }

    #[inline]
    fn account(&self) -> &str {
        &self.item.account
    }
}

impl Keyward {
    /// None where the actor has more roles than an access may have.
    pub(crate) fn new(world: &World) -> Option<Self> {
        if world.actors[0].roles.len() > Access::MAX_ROLES {
            return None;
        }
        let schema = Schema::from_json(SCHEMA).expect("a schema");
        let role = |role: &crate::world::Role| {
            let permissions =
                role.grants.iter().map(|(kind, operation)| format!("{}:{}", kind.name(), operation.name()));
            Role::new(&role.id, permissions).expect("a role")
        };
        let roles = Roles::new(&schema, ACCOUNT).expect("an account");
        let roles = roles.with_all(world.roles.iter().map(role)).expect("roles that the schema knows");
        Some(Self {
            actors: Actors::new(world, |actor| access(world, &roles, actor)),
            types: Kind::ALL.map(|kind| schema.resource_type(kind.name()).expect("declared")),
            operations: Operation::ALL.map(|operation| schema.operation(operation.name()).expect("declared")),
        })
    }
}

fn access(world: &World, roles: &Roles, actor: &Actor) -> Access {
    let mut access = Access::builder(roles).roles(actor.roles.iter().map(|&role| &world.roles[role].id));
    if let Some(conditions) = &world.conditions {
        for brand in &conditions.brands {
            access = access.condition(format!("productBrand:{brand}")).expect("a condition");
        }
        for factory in &conditions.factories {
            access = access.condition(format!("factoryId:{factory}")).expect("a condition");
        }
    }
    access.build().expect("an access")
}

fn missing(denial: &Denial<'_>) -> Missing {
    match denial {
        Denial::OtherAccount => Missing::Account,
        Denial::PermissionMissing { .. } => Missing::Permission,
        Denial::ConditionUnmet { condition, .. } | Denial::ConditionUnbound { condition, .. } => {
            if *condition == "productBrand" { Missing::Brand } else { Missing::Factory }
        }
    }
}

impl Engine for Keyward {
    type Request = ();

    fn request(&self, _question: &Question<'_>) {}

    #[inline(never)]
    fn decide(&mut self, question: &Question<'_>, (): ()) -> Answer {
        let Some(access) = self.actors.find(question.actor) else { return Answer::Deny(Some(Missing::Permission)) };
        let resource = Typed { item: question.item, handle: self.types[question.item.kind as usize] };
        match access.decide(self.operations[question.operation as usize], &resource) {
            Decision::Allow => Answer::Allow,
            Decision::Deny(denial) => Answer::Deny(Some(missing(&denial))),
        }
    }
}
