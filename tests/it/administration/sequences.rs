//! Random sequences of operations, each held against the reference; what must hold is looked at after every one.

use std::{sync::LazyLock, time::Duration};

use keyward::{
    Authenticator, Grant, Role, Schema,
    administration::{Account, AccountStore, Acting, Attempt, Expiry, MemoryAccounts, Outcome},
    key::KeyId,
    store::{KeyRecord, KeyState, KeyStore},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

use super::house::{at, document, format, operator_key, token_key};
use crate::{
    against_reference::{allows, cases, conditions},
    reference::{
        administration::{Act, Assignment, Expiry as End, House, State, questions},
        comparing::Asked,
    },
    support,
};

/// What is tried, by which of the keys that there are, after how long, in what context, and which key is new: a fresh one,
/// or one of those that there are.
#[derive(Clone, Debug)]
struct Step {
    by: Index,
    after: u64,
    context: Value,
    act: Act,
    taken: Option<Index>,
}

/// That of the other tests, with names of other kinds, one of which reads the context.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = document();
    document["conditions"]["amount"] =
        json!({"values": "integer", "restricts": {"products": "amount"}, "elsewhere": "ignore"});
    document["conditions"]["from"] = json!({"values": "network", "context": "ip"});
    document
});
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| support::schema(&DOCUMENT));

/// The last is no name of the schema.
fn all_conditions() -> Vec<Value> {
    let all = json!([
        {"name": "brand", "value": "a"},
        {"name": "brand", "value": "b"},
        {"name": "brand", "except": ["a"]},
        {"name": "site", "value": "1"},
        {"name": "site", "value": "2"},
        {"name": "amount", "value": "..5"},
        {"name": "amount", "value": "3..9"},
        {"name": "amount", "except": ["4"]},
        {"name": "from", "value": "10.0.0.0/8"},
        {"name": "from", "value": "10.1.0.0/16"},
        {"name": "accessPolicyId", "value": "x"},
        {"name": "accessPolicyId", "value": "y"},
        {"name": "brnd", "value": "a"},
    ]);
    all.as_array().unwrap().clone()
}

static QUESTIONS: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    let mut conditions = all_conditions();
    conditions.pop();
    questions(&DOCUMENT, &conditions)
});

fn given() -> impl Strategy<Value = Vec<Assignment>> {
    let roles = vec(select(vec!["x", "y", "z", "manager", "admin", "x", "y", "manager"]), 0..4);
    let conditions = prop_oneof![2 => Just(Vec::new()), 3 => vec(select(all_conditions()), 0..4)];
    let one = (roles, conditions).prop_map(|(roles, conditions)| Assignment {
        roles: roles.into_iter().map(str::to_owned).collect(),
        conditions,
    });
    prop_oneof![5 => vec(one.clone(), 1), 3 => vec(one.clone(), 2), 1 => vec(one, 0..4)]
}

fn act() -> impl Strategy<Value = Act> {
    let actor = || select(vec!["olivia", "frank", "george", "t1", "t2", "ghost"]).prop_map(str::to_owned);
    let operator = || select(vec!["olivia", "frank", "george", "henry", "t1"]).prop_map(str::to_owned);
    let token = || select(vec!["t1", "t2", "t3", "frank"]).prop_map(str::to_owned);
    let id = || select(vec!["x", "y", "z", "manager", "admin"]).prop_map(str::to_owned);
    let permissions = || {
        let all = ["products:read,list", "products:*", "places:*", "accessTokens:*", "operatorAccess:create,update"];
        vec(select(all.to_vec()).prop_map(str::to_owned), 0..4)
    };
    prop_oneof![
        4 => (operator(), given()).prop_map(|(actor, given)| Act::Invite { actor, given, key: 0 }),
        4 => (token(), given(), prop_oneof![3 => Just(None), 1 => (0_u64..80).prop_map(Some)])
            .prop_map(|(actor, given, expires)| Act::Token { actor, given, key: 0, expires }),
        4 => (operator(), given()).prop_map(|(actor, given)| Act::ChangeOperator { actor, given }),
        3 => (token(), given(), prop_oneof![Just(End::Unchanged), Just(End::Never), (0_u64..80).prop_map(End::At)])
            .prop_map(|(actor, given, expires)| Act::ChangeToken { actor, given, expires }),
        2 => (token(), 0_u64..12).prop_map(|(actor, grace)| Act::RotateToken { actor, key: 0, grace }),
        2 => actor().prop_map(|actor| Act::Remove { actor }),
        1 => actor().prop_map(|actor| Act::Revoke { actor }),
        3 => (operator(), 0_u64..12).prop_map(|(actor, grace)| Act::Regenerate { actor, key: 0, grace }),
        2 => (id(), permissions()).prop_map(|(id, permissions)| Act::CreateRole { id, permissions }),
        2 => (id(), permissions()).prop_map(|(id, permissions)| Act::AlterRole { id, permissions }),
        1 => id().prop_map(|id| Act::DeleteRole { id }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let taken = prop_oneof![12 => Just(None), 1 => any::<Index>().prop_map(Some)];
    let contexts = [json!({}), json!({"ip": "192.0.2.1"}), json!({"ip": "10.2.0.1"})];
    let context = prop_oneof![2 => Just(json!({"ip": "10.1.2.3"})), 1 => select(contexts.to_vec())];
    (any::<Index>(), 0_u64..4, context, act(), taken).prop_map(|(by, after, context, act, taken)| Step {
        by,
        after,
        context,
        act,
        taken,
    })
}

pub(crate) fn grant(given: &[Assignment]) -> Grant {
    let of =
        |of: &Assignment| keyward::Assignment::new().with_roles(&of.roles).with_conditions(conditions(&of.conditions));
    given.iter().map(of).collect()
}

fn role(id: &str, permissions: &[String]) -> Role {
    Role::new(id, permissions.iter().map(|text| &**text)).unwrap()
}

/// The same thing done by the crate.
pub(crate) fn attempt(acting: &Acting<'_>, act: &Act) -> Attempt {
    match act {
        Act::Invite { actor, given, key } => acting.invite(actor, &grant(given), &operator_key(*key)),
        Act::Token { actor, given, key, expires } => {
            acting.create_token(actor, &grant(given), &token_key(*key), expires.map(at))
        }
        Act::ChangeOperator { actor, given } => acting.change_operator(actor, &grant(given)),
        Act::ChangeToken { actor, given, expires } => {
            let expiry = match expires {
                End::Unchanged => Expiry::Unchanged,
                End::Never => Expiry::Never,
                End::At(expires) => Expiry::At(at(*expires)),
            };
            acting.change_token(actor, &grant(given), expiry)
        }
        Act::Remove { actor } => acting.remove_operator(actor),
        Act::Revoke { actor } => acting.revoke_token(actor),
        Act::Regenerate { actor, key, grace } => {
            acting.regenerate(actor, &operator_key(*key), Duration::from_millis(*grace))
        }
        Act::RotateToken { actor, key, grace } => {
            acting.rotate_token(actor, &token_key(*key), Duration::from_millis(*grace))
        }
        Act::CreateRole { id, permissions } => acting.create_role(role(id, permissions)),
        Act::AlterRole { id, permissions } => acting.alter_role(role(id, permissions)),
        Act::DeleteRole { id } => acting.delete_role(id),
    }
}

pub(crate) fn id_of(number: u64) -> KeyId {
    operator_key(number).id
}

/// The crate and the reference side by side.
struct Pair {
    house: House,
    accounts: MemoryAccounts,
    authenticator: Authenticator,
    now: u64,
    fresh: u64,
    done: usize,
    refused: usize,
}

impl Pair {
    fn founded(tokens: usize) -> Self {
        let accounts = MemoryAccounts::new();
        let founded = Account::create(&SCHEMA, "a1", "olivia", &operator_key(1), at(0)).into_result().unwrap();
        accounts.commit(&founded).unwrap();
        let authenticator = Authenticator::new(&SCHEMA, format());
        authenticator.set_roles(founded.account().roles().clone(), founded.account().version()).unwrap();
        let mut pair = Self {
            house: House::founded(&DOCUMENT, "olivia"),
            accounts,
            authenticator,
            now: 0,
            fresh: 1,
            done: 0,
            refused: 0,
        };
        for (id, permissions) in [
            ("x", &["products:read,list"][..]),
            ("y", &["places:*"]),
            ("manager", &["accessTokens:*", "operatorAccess:*", "products:*"]),
        ] {
            let permissions = permissions.iter().copied().map(str::to_owned).collect();
            pair.step(1, &json!({}), &Act::CreateRole { id: id.into(), permissions });
        }
        let of = |conditions: Value| {
            let roles = ["manager", "x", "y"].map(str::to_owned).into();
            Assignment { roles, conditions: conditions.as_array().unwrap().clone() }
        };
        let small = json!([{"name": "amount", "value": "..5"}, {"name": "from", "value": "10.0.0.0/8"}]);
        for (actor, given) in [
            ("frank", vec![of(json!([{"name": "accessPolicyId", "value": "x"}]))]),
            ("george", vec![of(json!([{"name": "brand", "value": "a"}]))]),
            ("ida", vec![of(small), of(json!([{"name": "brand", "except": ["a"]}]))]),
        ] {
            let key = pair.fresh();
            pair.step(1, &json!({}), &Act::Invite { actor: actor.into(), given, key });
        }
        for number in 0..tokens {
            let key = pair.fresh();
            let actor = format!("filler{number}");
            pair.step(1, &json!({}), &Act::Token { actor, given: vec![Assignment::default()], key, expires: None });
        }
        assert_eq!((pair.done, pair.refused), (6 + tokens, 0));
        pair
    }

    fn fresh(&mut self) -> u64 {
        self.fresh += 1;
        self.fresh
    }

    fn account(&self) -> Account {
        self.accounts.load("a1").unwrap().unwrap()
    }

    fn run(&mut self, step: Step) {
        self.now += step.after;
        // Mostly by a key that is in use.
        let all: Vec<u64> = self.house.keys.keys().copied().collect();
        let working: Vec<u64> = all.iter().copied().filter(|number| self.house.keys[number].works(self.now)).collect();
        let operators: Vec<u64> = working.iter().copied().filter(|number| !self.house.keys[number].is_token).collect();
        let among = match step.by.index(12) {
            0 => &all,
            1 => &working,
            _ => &operators,
        };
        let by = *step.by.get(among);
        let new = step.taken.map_or_else(|| self.fresh(), |index| *index.get(&all));
        let mut act = step.act;
        if let Act::Invite { key, .. }
        | Act::Token { key, .. }
        | Act::Regenerate { key, .. }
        | Act::RotateToken { key, .. } = &mut act
        {
            *key = new;
        }
        self.step(by, &step.context, &act);
    }

    fn step(&mut self, by: u64, context: &Value, act: &Act) {
        let account = self.account();
        let record = account.record(id_of(by)).unwrap().clone();
        let attempt = attempt(&account.acting(&record, at(self.now)).in_context(context), act);
        let audit = attempt.audit().clone();
        let wanted = self.house.act(by, self.now, context, act);
        let note = format!("{by} at {} in {context}: {act:?}", self.now);

        assert_eq!((audit.account(), audit.actor(), audit.key()), ("a1", record.actor(), record.id()), "{note}");
        assert_eq!((audit.at(), audit.target()), (at(self.now), act.target()), "{note}");
        let before = self.house.target(act);
        let after = wanted.as_ref().map_or_else(|_| before.clone(), |next| next.target(act));
        assert_eq!(audit.before() == audit.after(), before == after, "{note}: {before:?} {after:?} {audit:?}");
        assert_eq!((audit.before().is_some(), audit.after().is_some()), (before.is_some(), after.is_some()), "{note}");

        match (attempt.into_result(), wanted) {
            (Ok(change), Ok(next)) => {
                assert_eq!(*audit.outcome(), Outcome::Done, "{note}");
                no_access_beyond_its_issuers(&account, &record, change.account(), act, &note);
                nobody_above_is_touched(&account, &record, act, &note);
                self.accounts.commit(&change).unwrap();
                assert!(self.accounts.commit(&change).is_err(), "{note}: a change is made once");
                self.authenticator.set_roles(change.account().roles().clone(), change.account().version()).unwrap();
                self.house = next;
                self.done += 1;
            }
            (Err(refused), Err(wanted)) => {
                assert_eq!(refused.code(), wanted, "{note}: {refused}");
                let outcome = Outcome::Refused { code: refused.code(), reason: refused.to_string().into() };
                assert_eq!(*audit.outcome(), outcome, "{note}");
                self.refused += 1;
            }
            (found, wanted) => panic!("{note}: {:?} {:?}", found.err(), wanted.err()),
        }
        self.compare(&note);
    }

    /// The account, the store of keys, and what authenticates, against the reference.
    fn compare(&self, note: &str) {
        let account = self.account();
        assert_eq!(account.version(), self.house.version, "{note}");
        let roles: Vec<(&str, Vec<&str>)> = account
            .roles()
            .iter()
            .map(|role| (role.id(), role.permissions().iter().map(keyward::Permission::as_str).collect()))
            .collect();
        let wanted: Vec<(&str, Vec<&str>)> = self
            .house
            .roles
            .iter()
            .map(|(id, permissions)| (&**id, permissions.iter().map(|text| &**text).collect()))
            .collect();
        assert_eq!(roles, wanted, "{note}");

        assert_eq!(account.records().len(), self.house.keys.len(), "{note}");
        assert_eq!(self.accounts.keys().len(), self.house.keys.len(), "{note}");
        for (number, key) in &self.house.keys {
            let record = account.record(id_of(*number)).unwrap();
            assert_eq!((record.actor(), record.version()), (&*key.actor, key.version), "{note}: {number}");
            assert_eq!(*record.grant(), grant(&key.given), "{note}: {number}");
            match key.state {
                State::Active => {
                    let found = (record.state(), record.expires());
                    assert_eq!(found, (KeyState::Active, key.expires.map(at)), "{note}");
                }
                State::Replaced(end) => {
                    assert_eq!((record.state(), record.expires()), (KeyState::Replaced, Some(at(end))), "{note}");
                }
                State::Revoked => assert_eq!(record.state(), KeyState::Revoked, "{note}"),
            }
            let stored = KeyStore::find(&**self.accounts.keys(), record.id()).unwrap().unwrap();
            assert_eq!(*stored, *record, "{note}: store and account");
        }
        assert!(account.administrators() >= 1, "{note}");
        assert_eq!(account.administrators(), self.house.administrators(), "{note}");
        assert!(account.tokens(at(self.now)) <= Account::MAX_TOKENS, "{note}");
        assert_eq!(account.tokens(at(self.now)), self.house.tokens(self.now), "{note}");
        for record in account.records().filter(|record| record.state() == KeyState::Active) {
            assert_eq!(account.actor(record.actor()), Some(record), "{note}: one key for each");
        }
    }

    /// Each key authenticates exactly while it is in use, and then decides as the reference does.
    fn authenticate(&self, decide: bool) {
        for (number, key) in &self.house.keys {
            let text = if key.is_token {
                token_key(*number).key.reveal().to_owned()
            } else {
                operator_key(*number).key.reveal().to_owned()
            };
            let authenticated = self.authenticator.authenticate(&**self.accounts.keys(), &text, at(self.now));
            assert_eq!(authenticated.is_ok(), key.works(self.now), "{number} at {}: {key:?}", self.now);
            let Ok(authenticated) = authenticated else { continue };
            for asked in QUESTIONS.iter().filter(|_| decide) {
                let wanted = self.house.allows(key, asked);
                assert_eq!(allows(authenticated.access(), asked), wanted, "{number}: {key:?} {asked:?}");
            }
        }
    }
}

/// By deciding every request under both, with the evaluator only.
fn no_access_beyond_its_issuers(before: &Account, issuer: &KeyRecord, after: &Account, act: &Act, note: &str) {
    if act.is_on_roles() || matches!(act, Act::Remove { .. } | Act::Revoke { .. }) {
        return;
    }
    let issuers = before.access(issuer).unwrap();
    let given = after.access(after.actor(act.target()).unwrap()).unwrap();
    let beyond = QUESTIONS.iter().find(|asked| allows(&given, asked) && !allows(&issuers, asked));
    assert!(beyond.is_none(), "{note}: {beyond:?}");
}

/// The same for what was there before.
fn nobody_above_is_touched(before: &Account, by: &KeyRecord, act: &Act, note: &str) {
    // A new token under the id of one that has expired touches nobody: what has expired allows nothing.
    if act.is_on_roles() || act.target() == by.actor() || matches!(act, Act::Token { .. }) {
        return;
    }
    let acting = before.access(by).unwrap();
    for record in
        before.records().filter(|record| record.actor() == act.target() && record.state() != KeyState::Revoked)
    {
        let theirs = before.access(record).unwrap();
        let beyond = QUESTIONS.iter().find(|asked| allows(&theirs, asked) && !allows(&acting, asked));
        assert!(beyond.is_none(), "{note}: {beyond:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..cases(64, 10) })]

    #[test]
    fn whatever_the_order(steps in vec(step(), 1..60)) {
        let mut pair = Pair::founded(0);
        for step in steps {
            pair.run(step);
            pair.authenticate(false);
        }
        pair.authenticate(true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_at_the_limit(steps in vec(step(), 30..60)) {
        let mut pair = Pair::founded(99);
        for step in steps {
            pair.run(step);
        }
        pair.authenticate(false);
    }
}
