//! gatehouse: policies are Rust code, so its one policy is the check by hand; what it adds is its own.

use gatehouse::{EvaluationSession, PermissionChecker, PolicyBuilder, PolicyDomain};

use super::{Engine, Item, by_hand::Actor, ready};
use crate::world::{Operation, Question, World};

struct Items;

impl PolicyDomain for Items {
    type Subject = Actor;
    type Action = Operation;
    type Resource = Item;
    type Context = ();
}

pub(crate) struct Gatehouse {
    checker: PermissionChecker<Items>,
    actor: Actor,
}

impl Gatehouse {
    pub(crate) fn new(world: &World) -> Self {
        let policy = PolicyBuilder::<Items>::new("Granted")
            .when(|actor, operation, item, ()| actor.allows(*operation, item))
            .build();
        let mut checker = PermissionChecker::new();
        checker.add_policy(policy);
        Self { checker, actor: Actor::new(world) }
    }
}

impl Engine for Gatehouse {
    type Request = (Operation, Item);

    fn request(&self, question: &Question<'_>) -> Self::Request {
        (question.operation, Item::new(question))
    }

    #[inline(never)]
    fn decide(&mut self, (operation, item): &Self::Request) -> bool {
        // The session for hot paths without facts: it allocates nothing.
        let bound = self.checker.bind(EvaluationSession::shared_empty(), &self.actor, operation, &());
        ready(bound.authorize(item)).is_ok()
    }
}
