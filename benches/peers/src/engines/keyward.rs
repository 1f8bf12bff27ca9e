//! keyward: the access is compiled when the actor is loaded, operations and types are handles.

use keyward::{Access, ResourceType, ResourceView, Role, Roles, Schema};

use super::{Engine, Item};
use crate::world::{ACCOUNT, Kind, Operation, Question, World};

pub(crate) struct Keyward {
    access: Access,
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

impl Keyward {
    pub(crate) fn new(world: &World) -> Self {
        let schema = Schema::from_json(SCHEMA).expect("a schema");
        let role = |role: &crate::world::Role| {
            let permissions =
                role.grants.iter().map(|(kind, operation)| format!("{}:{}", kind.name(), operation.name()));
            Role::new(&role.id, permissions).expect("a role")
        };
        let roles = Roles::new(&schema, ACCOUNT).expect("an account");
        let roles = roles.with_all(world.roles.iter().map(role)).expect("roles that the schema knows");
        let mut access = Access::builder(&roles).roles(world.roles.iter().map(|role| &role.id));
        if let Some(conditions) = &world.conditions {
            for brand in &conditions.brands {
                access = access.condition(format!("productBrand:{brand}")).expect("a condition");
            }
            for factory in &conditions.factories {
                access = access.condition(format!("factoryId:{factory}")).expect("a condition");
            }
        }
        Self {
            access: access.build().expect("an access"),
            types: Kind::ALL.map(|kind| schema.resource_type(kind.name()).expect("declared")),
            operations: Operation::ALL.map(|operation| schema.operation(operation.name()).expect("declared")),
        }
    }
}

impl Engine for Keyward {
    type Request = (Operation, Item);

    fn request(&self, question: &Question<'_>) -> Self::Request {
        (question.operation, Item::new(question))
    }

    #[inline(never)]
    fn decide(&mut self, (operation, item): &Self::Request) -> bool {
        let view = ResourceView::new(self.types[item.kind as usize], &item.account, &item.attributes);
        self.access.decide(self.operations[*operation as usize], &view).is_allow()
    }
}
