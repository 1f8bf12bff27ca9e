//! gatekeep: a policy over named facts. The host finds the facts, and that is the check by hand; so all of it counts.

use gatekeep::{DecisiveClause, Fact, KnownFacts, Policy, StaticFactId, condition, evaluate, policy};

use super::{Actors, Engine, by_hand::Granted};
use crate::world::{Answer, Missing, Question, World};

macro_rules! facts {
    ($($fact:ident = $missing:ident),*) => { $(
        struct $fact;
        impl Fact for $fact {
            const ID: StaticFactId = StaticFactId::new(Missing::$missing.name());
        }
    )* };
}

facts!(SameAccount = Account, Permitted = Permission, BrandAccepted = Brand, FactoryAccepted = Factory);

pub(crate) struct Gatekeep {
    policy: Policy<()>,
    actors: Actors<Granted>,
    conditions: bool,
}

impl Gatekeep {
    pub(crate) fn new(world: &World) -> Self {
        let mut needed = vec![condition::has::<SameAccount>(), condition::has::<Permitted>()];
        if world.conditions.is_some() {
            needed.extend([condition::has::<BrandAccepted>(), condition::has::<FactoryAccepted>()]);
        }
        Self {
            policy: policy::grant_clause((), condition::all(needed)).into_policy(),
            actors: Actors::new(world, |actor| Granted::new(world, actor)),
            conditions: world.conditions.is_some(),
        }
    }
}

impl Engine for Gatekeep {
    type Request = ();

    fn request(&self, _question: &Question<'_>) {}

    #[inline(never)]
    fn decide(&mut self, question: &Question<'_>, (): ()) -> Answer {
        let Some(actor) = self.actors.find(question.actor) else { return Answer::Deny(Some(Missing::Permission)) };
        let item = question.item;
        let mut facts = KnownFacts::new()
            .with_bool::<SameAccount>(actor.is_of(item))
            .with_bool::<Permitted>(actor.permits(question.operation, item));
        if self.conditions {
            facts = facts
                .with_bool::<BrandAccepted>(actor.accepts_brand(item))
                .with_bool::<FactoryAccepted>(actor.accepts_factory(item));
        }
        let decision = evaluate(&self.policy, &facts);
        match &decision.trace.decisive {
            DecisiveClause::Permit { .. } => Answer::Allow,
            DecisiveClause::Deny { unsatisfied, .. } => {
                let fact = unsatisfied.first().map(|fact| fact.as_str());
                Answer::Deny(Missing::ALL.into_iter().find(|missing| fact == Some(missing.name())))
            }
        }
    }
}
