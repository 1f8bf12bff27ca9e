//! The floor: the same checks as a careful engineer writes them by hand for one service, with the same reasons.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::{Actors, Engine};
use crate::world::{ACCOUNT, Actor, Answer, Item, Missing, Operation, Question, World};

/// The accepted values of one condition: a few are looked through, many are looked up.
pub(super) enum Accepted {
    Few(Vec<String>),
    Many(HashSet<String, RandomState>),
}

impl Accepted {
    pub(super) fn new(values: &[String]) -> Self {
        if values.len() <= 8 { Self::Few(values.to_vec()) } else { Self::Many(values.iter().cloned().collect()) }
    }

    #[inline]
    pub(super) fn accepts(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| match self {
            Self::Few(values) => values.iter().any(|accepted| accepted == value),
            Self::Many(values) => values.contains(value),
        })
    }
}

struct Restriction {
    brands: Accepted,
    factories: Accepted,
}

/// An actor with its roles resolved to one mask of operations for each type.
pub(super) struct Granted {
    account: String,
    masks: [u8; 3],
    restriction: Option<Restriction>,
}

impl Granted {
    pub(super) fn new(world: &World, actor: &Actor) -> Self {
        let mut masks = [0; 3];
        for (kind, operation) in world.granted(actor) {
            masks[kind as usize] |= 1 << operation as u8;
        }
        let restriction = world.conditions.as_ref().map(|conditions| Restriction {
            brands: Accepted::new(&conditions.brands),
            factories: Accepted::new(&conditions.factories),
        });
        Self { account: ACCOUNT.into(), masks, restriction }
    }

    #[inline]
    pub(super) fn is_of(&self, item: &Item) -> bool {
        self.account == item.account
    }

    #[inline]
    pub(super) fn permits(&self, operation: Operation, item: &Item) -> bool {
        self.masks[item.kind as usize] >> operation as u8 & 1 == 1
    }

    #[inline]
    pub(super) fn accepts_brand(&self, item: &Item) -> bool {
        self.restriction.as_ref().is_none_or(|accepted| accepted.brands.accepts(item.brand.as_deref()))
    }

    #[inline]
    pub(super) fn accepts_factory(&self, item: &Item) -> bool {
        self.restriction.as_ref().is_none_or(|accepted| accepted.factories.accepts(item.factory.as_deref()))
    }

    #[inline]
    pub(super) fn check(&self, operation: Operation, item: &Item) -> Result<(), Missing> {
        if !self.is_of(item) {
            return Err(Missing::Account);
        }
        if !self.permits(operation, item) {
            return Err(Missing::Permission);
        }
        if let Some(restriction) = &self.restriction {
            if !restriction.brands.accepts(item.brand.as_deref()) {
                return Err(Missing::Brand);
            }
            if !restriction.factories.accepts(item.factory.as_deref()) {
                return Err(Missing::Factory);
            }
        }
        Ok(())
    }
}

pub(crate) struct ByHand(Actors<Granted>);

impl ByHand {
    pub(crate) fn new(world: &World) -> Self {
        Self(Actors::new(world, |actor| Granted::new(world, actor)))
    }
}

impl Engine for ByHand {
    type Request = ();

    fn request(&self, _question: &Question<'_>) {}

    #[inline(never)]
    fn decide(&mut self, question: &Question<'_>, (): ()) -> Answer {
        let Some(actor) = self.0.find(question.actor) else { return Answer::Deny(Some(Missing::Permission)) };
        match actor.check(question.operation, question.item) {
            Ok(()) => Answer::Allow,
            Err(missing) => Answer::Deny(Some(missing)),
        }
    }
}
