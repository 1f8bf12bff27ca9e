//! The floor: the same check as a careful engineer writes it by hand for one service.

use std::collections::HashSet;

use super::{Engine, Item};
use crate::world::{ACCOUNT, Operation, Question, World};

/// The accepted values of one condition: a few are looked through, many are looked up.
enum Accepted {
    Few(Vec<String>),
    Many(HashSet<String>),
}

impl Accepted {
    fn new(values: &[String]) -> Self {
        if values.len() <= 8 { Self::Few(values.to_vec()) } else { Self::Many(values.iter().cloned().collect()) }
    }

    fn accepts(&self, value: Option<&String>) -> bool {
        value.is_some_and(|value| match self {
            Self::Few(values) => values.contains(value),
            Self::Many(values) => values.contains(value),
        })
    }
}

struct Restriction {
    brands: Accepted,
    factories: Accepted,
}

/// An actor with its roles resolved to one mask of operations for each type.
pub(crate) struct Actor {
    account: String,
    granted: [u8; 3],
    restriction: Option<Restriction>,
}

impl Actor {
    pub(crate) fn new(world: &World) -> Self {
        let mut granted = [0; 3];
        for (kind, operation) in world.granted() {
            granted[kind as usize] |= 1 << operation as u8;
        }
        let restriction = world.conditions.as_ref().map(|conditions| Restriction {
            brands: Accepted::new(&conditions.brands),
            factories: Accepted::new(&conditions.factories),
        });
        Self { account: ACCOUNT.into(), granted, restriction }
    }

    pub(crate) fn allows(&self, operation: Operation, item: &Item) -> bool {
        self.account == item.account
            && self.granted[item.kind as usize] >> operation as u8 & 1 == 1
            && self.restriction.as_ref().is_none_or(|restriction| {
                restriction.brands.accepts(item.attributes.get("brand"))
                    && restriction.factories.accepts(item.attributes.get("factoryId"))
            })
    }
}

impl Engine for Actor {
    type Request = (Operation, Item);

    fn request(&self, question: &Question<'_>) -> Self::Request {
        (question.operation, Item::new(question))
    }

    #[inline(never)]
    fn decide(&mut self, (operation, item): &Self::Request) -> bool {
        self.allows(*operation, item)
    }
}

/// No decision at all: what the host's own type with its map costs to make.
pub(crate) struct RequestAlone;

impl Engine for RequestAlone {
    type Request = Item;

    fn request(&self, question: &Question<'_>) -> Item {
        Item::new(question)
    }

    #[inline(never)]
    fn decide(&mut self, _item: &Item) -> bool {
        true
    }
}
