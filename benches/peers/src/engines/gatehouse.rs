//! gatehouse: policies are Rust code, so its one policy is the check by hand; what it adds is its own.

use async_trait::async_trait;
use gatehouse::{
    AccessError, EvalCtx, EvaluationSession, GrantResult, PermissionChecker, Policy, PolicyDomain, PolicyEvalResult,
};

use super::{Actors, Engine, by_hand::Granted, ready};
use crate::world::{Answer, Item, Missing, Operation, Question, World};

struct Items;

impl PolicyDomain for Items {
    type Subject = Granted;
    type Action = Operation;
    type Resource = Item;
    type Context = ();
}

struct Grants;

#[async_trait]
impl Policy<Items> for Grants {
    async fn evaluate(&self, ctx: &EvalCtx<'_, Items>) -> GrantResult {
        match ctx.subject.check(*ctx.action, ctx.resource) {
            Ok(()) => ctx.grant("granted"),
            Err(missing) => ctx.not_applicable(missing.name()),
        }
    }

    fn policy_type(&self) -> std::borrow::Cow<'static, str> {
        "Grants".into()
    }
}

pub(crate) struct Gatehouse {
    checker: PermissionChecker<Items>,
    actors: Actors<Granted>,
}

impl Gatehouse {
    pub(crate) fn new(world: &World) -> Self {
        let mut checker = PermissionChecker::new();
        checker.add_policy(Grants);
        Self { checker, actors: Actors::new(world, |actor| Granted::new(world, actor)) }
    }
}

/// What the policy said, from the trace.
fn missing(error: &AccessError) -> Option<Missing> {
    fn said(result: &PolicyEvalResult) -> Option<Missing> {
        match result {
            PolicyEvalResult::Combined { children, .. } => children.iter().find_map(said),
            result => Missing::ALL.into_iter().find(|missing| result.reason_str() == Some(missing.name())),
        }
    }
    error.trace().root().and_then(said)
}

impl Engine for Gatehouse {
    type Request = ();

    fn request(&self, _question: &Question<'_>) {}

    #[inline(never)]
    fn decide(&mut self, question: &Question<'_>, (): ()) -> Answer {
        let Some(actor) = self.actors.find(question.actor) else { return Answer::Deny(Some(Missing::Permission)) };
        // The session for hot paths without facts: it allocates nothing.
        let bound = self.checker.bind(EvaluationSession::shared_empty(), actor, &question.operation, &());
        match ready(bound.authorize(question.item)) {
            Ok(()) => Answer::Allow,
            Err(error) => Answer::Deny(missing(&error)),
        }
    }
}
