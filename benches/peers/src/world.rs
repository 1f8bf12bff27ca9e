//! What is decided about: an account's roles, its actors, and the resources that they ask for.

use crate::cases::{self, Case};

pub(crate) const ACCOUNT: &str = "UFNCRXfCVM87QNawaE8rrKqc";

/// A resource type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Products,
    Factories,
    PurchaseOrders,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Products, Self::Factories, Self::PurchaseOrders];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Factories => "factories",
            Self::PurchaseOrders => "purchaseOrders",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Delete,
}

impl Operation {
    pub(crate) const ALL: [Self; 3] = [Self::Create, Self::Read, Self::Delete];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Delete => "delete",
        }
    }
}

/// A resource as the host has it: its own type.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) account: String,
    pub(crate) brand: Option<String>,
    pub(crate) factory: Option<String>,
}

/// What a host has in hand when it asks. It knows the operation and the type from its own code.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) actor: &'a str,
    pub(crate) operation: Operation,
    pub(crate) item: &'a Item,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Allow,
    /// With what was missing, where the engine says so.
    Deny(Option<Missing>),
}

/// The check that failed first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Missing {
    Account,
    Permission,
    Brand,
    Factory,
}

impl Missing {
    pub(crate) const ALL: [Self; 4] = [Self::Account, Self::Permission, Self::Brand, Self::Factory];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Permission => "permission",
            Self::Brand => "brand",
            Self::Factory => "factory",
        }
    }
}

pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) grants: Vec<(Kind, Operation)>,
}

pub(crate) struct Actor {
    pub(crate) id: String,
    /// Where its roles stand among the world's.
    pub(crate) roles: Vec<usize>,
}

/// The values that are accepted of a product's `brand` and `factoryId`. Other types are not restricted by them,
/// and so are denied.
pub(crate) struct Conditions {
    pub(crate) brands: Vec<String>,
    pub(crate) factories: Vec<String>,
}

/// One account.
pub(crate) struct World {
    pub(crate) roles: Vec<Role>,
    pub(crate) actors: Vec<Actor>,
    /// Those of every actor.
    pub(crate) conditions: Option<Conditions>,
    /// Whether an engine has to look the actor up, or has it at hand.
    pub(crate) looked_up: bool,
    /// Questions and their right answers.
    pub(crate) cases: Vec<Case>,
}

impl World {
    /// One actor with so many roles, of which the middle one gives what is asked for, and no conditions.
    pub(crate) fn with_roles(count: usize) -> Self {
        Self::of_one_actor(count, None)
    }

    /// One actor with so many roles and values of conditions, of which one is a factory, or two from four on.
    pub(crate) fn with_values(roles: usize, count: usize) -> Self {
        let factories: &[&str] = if count < 4 { &["factory_2"] } else { &["factory_1", "factory_2"] };
        let brands = count - factories.len();
        let brand = |index| if index == brands / 2 { "brand_two".into() } else { format!("brand_number_{index}") };
        let conditions = Conditions {
            brands: (0..brands).map(brand).collect(),
            factories: factories.iter().map(|&id| id.into()).collect(),
        };
        Self::of_one_actor(roles, Some(conditions))
    }

    fn of_one_actor(count: usize, conditions: Option<Conditions>) -> Self {
        let roles: Vec<_> =
            (0..count).map(|index| if index == count / 2 { inspector() } else { clerk(index) }).collect();
        let values = conditions.as_ref().map_or(0, |conditions| conditions.brands.len());
        let id = format!("actor_with_{count}_and_{values}");
        let cases = cases::of_one_actor(&id, conditions.as_ref());
        let actors = vec![Actor { id, roles: (0..count).collect() }];
        Self { roles, actors, conditions, looked_up: false, cases }
    }

    /// So many actors, each with one of at most 1,000 roles and no conditions. All roles let products be read;
    /// every seventh lets them be deleted.
    pub(crate) fn with_actors(count: usize) -> Self {
        let deletes = |role: usize| role.is_multiple_of(7);
        let auditor = |index: usize| {
            let mut role = inspector();
            role.id = format!("auditor_{index}");
            if deletes(index) {
                role.grants.push((Kind::Products, Operation::Delete));
            }
            role
        };
        let roles: Vec<_> = (0..count.min(1_000)).map(auditor).collect();
        let actors: Vec<_> = (0..count)
            .map(|index| Actor { id: format!("actor_{index:06}"), roles: vec![index * 31 % roles.len()] })
            .collect();
        let cases = cases::of_many_actors(&actors, deletes);
        Self { roles, actors, conditions: None, looked_up: true, cases }
    }

    /// What an actor's roles give together, each once.
    pub(crate) fn granted(&self, actor: &Actor) -> Vec<(Kind, Operation)> {
        let mut granted = Vec::new();
        for grant in actor.roles.iter().flat_map(|&role| &self.roles[role].grants) {
            if !granted.contains(grant) {
                granted.push(*grant);
            }
        }
        granted
    }
}

fn inspector() -> Role {
    let grants = vec![
        (Kind::Factories, Operation::Read),
        (Kind::Products, Operation::Create),
        (Kind::Products, Operation::Read),
    ];
    Role { id: "inspector".into(), grants }
}

fn clerk(index: usize) -> Role {
    let grants = vec![(Kind::Factories, Operation::Create), (Kind::PurchaseOrders, Operation::Create)];
    Role { id: format!("clerk_{index}"), grants }
}
