//! What is decided about: one actor's roles and conditions, the questions, and the right answers.

use indexmap::IndexSet;

pub(crate) const ACCOUNT: &str = "UFNCRXfCVM87QNawaE8rrKqc";
const OTHER_ACCOUNT: &str = "UAbSdgSeVDaatqRRwhPbMpcc";

/// A resource type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

/// What a host has in hand when it asks: the operation and the type it knows from its own code, the rest is data.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) operation: Operation,
    pub(crate) kind: Kind,
    pub(crate) account: &'a str,
    pub(crate) attributes: &'a [(&'static str, &'a str)],
}

pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) grants: Vec<(Kind, Operation)>,
}

/// The values that are accepted of a product's `brand` and `factoryId`. Other types are not restricted by them,
/// and so are denied.
pub(crate) struct Conditions {
    pub(crate) brands: Vec<String>,
    pub(crate) factories: Vec<String>,
}

/// One actor and what it may do.
pub(crate) struct World {
    pub(crate) actor: &'static str,
    pub(crate) roles: Vec<Role>,
    pub(crate) conditions: Option<Conditions>,
    /// Whether a request is made for every decision, or once.
    pub(crate) per_call: bool,
}

impl World {
    /// One role, no conditions; the request is there already.
    pub(crate) fn permission_only() -> Self {
        Self { actor: "actor_1", roles: vec![inspector()], conditions: None, per_call: false }
    }

    /// One role, two conditions of two values each.
    pub(crate) fn two_conditions() -> Self {
        let brands = vec!["brand_one".into(), "brand_two".into()];
        let conditions = Some(Conditions { brands, factories: factories() });
        Self { actor: "actor_2", roles: vec![inspector()], conditions, per_call: true }
    }

    /// A hundred roles, of which the middle one gives what is asked for, and 256 values of two conditions.
    pub(crate) fn many() -> Self {
        let roles = (0..100).map(|index| if index == 50 { inspector() } else { clerk(index) }).collect();
        let brand = |index| if index == 127 { String::from("brand_two") } else { format!("brand_number_{index}") };
        let conditions = Some(Conditions { brands: (0..254).map(brand).collect(), factories: factories() });
        Self { actor: "actor_3", roles, conditions, per_call: true }
    }

    pub(crate) fn all() -> [Self; 3] {
        [Self::permission_only(), Self::two_conditions(), Self::many()]
    }

    /// What the roles give together, each once.
    pub(crate) fn granted(&self) -> IndexSet<(Kind, Operation)> {
        self.roles.iter().flat_map(|role| role.grants.iter().copied()).collect()
    }

    /// Questions and their right answers.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let mut cases = permission_cases(self.conditions.is_none());
        if let Some(conditions) = &self.conditions {
            cases.extend(condition_cases(conditions));
        }
        cases
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

fn factories() -> Vec<String> {
    vec!["factory_1".into(), "factory_2".into()]
}

/// A question that owns its texts, the right answer, and what it shows.
pub(crate) struct Case {
    pub(crate) note: &'static str,
    operation: Operation,
    kind: Kind,
    account: &'static str,
    attributes: Vec<(&'static str, String)>,
    pub(crate) allowed: bool,
}

impl Case {
    /// Reading a product of the account.
    fn reads(note: &'static str, attributes: &[(&'static str, &str)], allowed: bool) -> Self {
        let attributes = attributes.iter().map(|&(name, value)| (name, value.into())).collect();
        Self { note, operation: Operation::Read, kind: Kind::Products, account: ACCOUNT, attributes, allowed }
    }

    fn operation(self, operation: Operation) -> Self {
        Self { operation, ..self }
    }

    fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    fn account(self, account: &'static str) -> Self {
        Self { account, ..self }
    }

    /// Asks `ask` this case's question.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Question<'_>) -> T) -> T {
        let attributes: Vec<_> = self.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ask(&Question { operation: self.operation, kind: self.kind, account: self.account, attributes: &attributes })
    }
}

const RIGHT: [(&str, &str); 2] = [("brand", "brand_two"), ("factoryId", "factory_2")];

/// The first is what is measured.
fn permission_cases(unconditional: bool) -> Vec<Case> {
    let case = |note, allowed| Case::reads(note, &RIGHT, allowed);
    vec![
        case("permitted, and every condition met", true),
        case("another permitted operation", true).operation(Operation::Create),
        case("an operation that isn't permitted", false).operation(Operation::Delete),
        case("a type without that permission", false).kind(Kind::PurchaseOrders),
        case("another account", false).account(OTHER_ACCOUNT),
        case("an account that begins like the right one", false).account("UFNCRXfCVM87QNawaE8rrKq"),
        case("no account", false).account(""),
        Case::reads("another permitted type, to which no condition is bound", &[], unconditional).kind(Kind::Factories),
        Case::reads("no attributes", &[], unconditional),
    ]
}

fn condition_cases(conditions: &Conditions) -> Vec<Case> {
    let pair = |note, brand, factory, allowed| Case::reads(note, &[("brand", brand), ("factoryId", factory)], allowed);
    let mut cases = vec![
        pair("the other factory", "brand_two", "factory_1", true),
        pair("a wrong brand", "brand_three", "factory_2", false),
        pair("a wrong factory", "brand_two", "factory_3", false),
        pair("both wrong", "brand_three", "factory_3", false),
        pair("each under the other's name", "factory_2", "brand_two", false),
        pair("the beginning of a brand", "brand_", "factory_2", false),
        pair("a brand and more", "brand_two ", "factory_2", false),
        pair("a brand in another case", "Brand_two", "factory_2", false),
        pair("an empty brand", "", "factory_2", false),
        Case::reads("no brand", &RIGHT[1..], false),
        Case::reads("no factory", &RIGHT[..1], false),
        pair("right attributes, another account", "brand_two", "factory_1", false).account(OTHER_ACCOUNT),
        pair("a wrong brand, another permitted operation", "brand_three", "factory_1", false)
            .operation(Operation::Create),
    ];
    let every = conditions.brands.iter().map(|brand| pair("an accepted brand", brand, "factory_1", true));
    cases.extend(every);
    cases
}
