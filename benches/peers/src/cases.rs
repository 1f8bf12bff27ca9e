//! Questions and their right answers: every engine answers them before anything is measured.

use crate::world::{ACCOUNT, Actor, Answer, Conditions, Item, Kind, Missing, Operation, Question};

const OTHER_ACCOUNT: &str = "UAbSdgSeVDaatqRRwhPbMpcc";

/// A question that owns its texts, the right answer, and what it shows.
pub(crate) struct Case {
    pub(crate) note: &'static str,
    actor: String,
    operation: Operation,
    pub(crate) item: Item,
    pub(crate) right: Answer,
}

impl Case {
    /// Reading a product of the account.
    fn reads(note: &'static str, brand: Option<&str>, factory: Option<&str>, missing: Option<Missing>) -> Self {
        let item = Item {
            id: String::new(),
            kind: Kind::Products,
            account: ACCOUNT.into(),
            brand: brand.map(String::from),
            factory: factory.map(String::from),
        };
        let right = missing.map_or(Answer::Allow, |missing| Answer::Deny(Some(missing)));
        Self { note, actor: String::new(), operation: Operation::Read, item, right }
    }

    fn operation(self, operation: Operation) -> Self {
        Self { operation, ..self }
    }

    fn kind(mut self, kind: Kind) -> Self {
        self.item.kind = kind;
        self
    }

    fn account(mut self, account: &str) -> Self {
        self.item.account = account.into();
        self
    }

    fn actor(mut self, actor: &str) -> Self {
        self.actor = actor.into();
        self
    }

    pub(crate) fn question(&self) -> Question<'_> {
        Question { actor: &self.actor, operation: self.operation, item: &self.item }
    }
}

/// Gives every resource an id of its own.
fn numbered(mut cases: Vec<Case>) -> Vec<Case> {
    for (number, case) in cases.iter_mut().enumerate() {
        case.item.id = format!("item_{number}");
    }
    cases
}

pub(crate) const WRONG_FACTORY: &str = "a wrong factory";
pub(crate) const WRONG_BRAND: &str = "a wrong brand";

pub(crate) fn of_one_actor(actor: &str, conditions: Option<&Conditions>) -> Vec<Case> {
    let mut cases = permission_cases(conditions.map(|_| Missing::Brand));
    if let Some(conditions) = conditions {
        cases.extend(condition_cases(conditions));
    }
    numbered(cases.into_iter().map(|case| case.actor(actor)).collect())
}

pub(crate) fn of_many_actors(actors: &[Actor], deletes: impl Fn(usize) -> bool) -> Vec<Case> {
    let each_thousandth = actors.iter().step_by(1_009).take(50);
    let cases = each_thousandth.flat_map(|actor| {
        let case = |note, missing| Case::reads(note, None, None, missing).actor(&actor.id);
        let missing = actor.roles.iter().all(|&role| !deletes(role)).then_some(Missing::Permission);
        [
            case("every role lets products be read", None),
            case("some roles let products be deleted", missing).operation(Operation::Delete),
            case("another account", Some(Missing::Account)).account(OTHER_ACCOUNT),
        ]
    });
    let stranger = Case::reads("an actor that nobody knows", None, None, Some(Missing::Permission)).actor("stranger");
    numbered(cases.chain([stranger]).collect())
}

/// The last two are denied where there are conditions.
fn permission_cases(restricted: Option<Missing>) -> Vec<Case> {
    let case = |note, missing| Case::reads(note, Some("brand_two"), Some("factory_2"), missing);
    let permission = Some(Missing::Permission);
    let account = Some(Missing::Account);
    vec![
        case("permitted, and every condition met", None),
        case("another permitted operation", None).operation(Operation::Create),
        case("an operation that isn't permitted", permission).operation(Operation::Delete),
        case("a type without that permission", permission).kind(Kind::PurchaseOrders),
        case("another account", account).account(OTHER_ACCOUNT),
        case("an account that begins like the right one", account).account("UFNCRXfCVM87QNawaE8rrKq"),
        case("no account", account).account(""),
        Case::reads("a type to which no condition is bound", None, None, restricted).kind(Kind::Factories),
        Case::reads("no attributes", None, None, restricted),
    ]
}

fn condition_cases(conditions: &Conditions) -> Vec<Case> {
    let pair = |note, brand, factory, missing| Case::reads(note, Some(brand), Some(factory), missing);
    let (brand, factory) = (Some(Missing::Brand), Some(Missing::Factory));
    let mut cases = vec![
        pair(WRONG_BRAND, "brand_three", "factory_2", brand),
        pair(WRONG_FACTORY, "brand_two", "factory_3", factory),
        pair("both wrong", "brand_three", "factory_3", brand),
        pair("each under the other's name", "factory_2", "brand_two", brand),
        pair("the beginning of a brand", "brand_", "factory_2", brand),
        pair("a brand and more", "brand_two ", "factory_2", brand),
        pair("a brand in another case", "Brand_two", "factory_2", brand),
        pair("an empty brand", "", "factory_2", brand),
        Case::reads("no brand", None, Some("factory_2"), brand),
        Case::reads("no factory", Some("brand_two"), None, factory),
        pair("right attributes, another account", "brand_two", "factory_2", Some(Missing::Account))
            .account(OTHER_ACCOUNT),
        pair("a wrong brand, another permitted operation", "brand_three", "factory_2", brand)
            .operation(Operation::Create),
    ];
    cases.extend(conditions.brands.iter().map(|brand| pair("an accepted brand", brand, "factory_2", None)));
    cases.extend(conditions.factories.iter().map(|factory| pair("an accepted factory", "brand_two", factory, None)));
    cases
}
