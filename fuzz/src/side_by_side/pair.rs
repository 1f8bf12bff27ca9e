//! The crate and the reference side by side: whatever is done is done by both, and all that they say of it is compared.

use std::time::Duration;

use keyward::{
    Access, Authenticator, Condition, Grant, ResourceView, Role,
    administration::{Account, AccountStore, Acting, Attempt, Expiry, MemoryAccounts, Outcome},
    key::KeyId,
    store::{KeyRecord, KeyState, KeyStore},
};
use serde_json::{Map, Value};

use super::{
    house::{at, format, operator_key, schema, token_key},
    reference::{Act, Expiry as End, Given, House, Request, State, requests},
};
use crate::support;

/// What is tried, by which of the keys that there are, after how long, and which key is new: a fresh one, or one of
/// those that there are. Keys are chosen by numbers of which only the remainder counts.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) by: u16,
    pub(super) after: u64,
    pub(super) act: Act,
    pub(super) taken: Option<u16>,
}

fn grant(given: &Given) -> Grant {
    let grant = given.roles.iter().fold(Grant::new(), Grant::role);
    given
        .conditions
        .iter()
        .fold(grant, |grant, (name, value)| grant.condition(Condition::new(name, value).unwrap()).unwrap())
}

fn role(id: &str, permissions: &[String]) -> Role {
    Role::new(id, permissions.iter().map(|text| &**text)).unwrap()
}

/// The same thing done by the crate.
pub(super) fn attempt(acting: &Acting<'_>, act: &Act) -> Attempt {
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

pub(super) fn id_of(number: u64) -> KeyId {
    operator_key(number).id
}

/// The crate and the reference side by side.
pub(super) struct Pair {
    house: House,
    accounts: MemoryAccounts,
    authenticator: Authenticator,
    now: u64,
    fresh: u64,
    done: usize,
    refused: usize,
}

impl Pair {
    pub(super) fn founded(tokens: usize) -> Self {
        let accounts = MemoryAccounts::new();
        let founded = Account::create(&schema(), "a1", "olivia", &operator_key(1), at(0)).into_result().unwrap();
        accounts.commit(&founded).unwrap();
        let authenticator = Authenticator::new(&schema(), format());
        authenticator.set_roles(founded.account().roles().clone(), founded.account().version()).unwrap();
        let mut pair =
            Self { house: House::founded("olivia"), accounts, authenticator, now: 0, fresh: 1, done: 0, refused: 0 };
        for (id, permissions) in [
            ("x", &["products:read,list"][..]),
            ("y", &["places:*"]),
            ("manager", &["accessTokens:*", "operatorAccess:*", "products:*"]),
        ] {
            let permissions = permissions.iter().copied().map(str::to_owned).collect();
            pair.step(1, &Act::CreateRole { id: id.into(), permissions });
        }
        for (actor, conditions) in [("frank", &[("accessPolicyId", "x")][..]), ("george", &[("brand", "a")])] {
            let roles = ["manager", "x", "y"].map(str::to_owned).into();
            let conditions = conditions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let key = pair.fresh();
            pair.step(1, &Act::Invite { actor: actor.into(), given: Given { roles, conditions }, key });
        }
        for number in 0..tokens {
            let key = pair.fresh();
            let actor = format!("filler{number}");
            pair.step(1, &Act::Token { actor, given: Given::default(), key, expires: None });
        }
        assert_eq!((pair.done, pair.refused), (5 + tokens, 0));
        pair
    }

    fn fresh(&mut self) -> u64 {
        self.fresh += 1;
        self.fresh
    }

    fn account(&self) -> Account {
        self.accounts.load("a1").unwrap().unwrap()
    }

    pub(super) fn run(&mut self, step: Step) {
        self.now += step.after;
        // Mostly by a key that is in use.
        let all: Vec<u64> = self.house.keys.keys().copied().collect();
        let working: Vec<u64> = all.iter().copied().filter(|number| self.house.keys[number].works(self.now)).collect();
        let operators: Vec<u64> = working.iter().copied().filter(|number| !self.house.keys[number].is_token).collect();
        let among = match step.by % 12 {
            0 => &all,
            1 => &working,
            _ => &operators,
        };
        let chosen = |from: &[u64], number: u16| from[usize::from(number) % from.len()];
        let by = chosen(among, step.by / 12);
        let new = step.taken.map_or_else(|| self.fresh(), |number| chosen(&all, number));
        let mut act = step.act;
        if let Act::Invite { key, .. }
        | Act::Token { key, .. }
        | Act::Regenerate { key, .. }
        | Act::RotateToken { key, .. } = &mut act
        {
            *key = new;
        }
        self.step(by, &act);
    }

    fn step(&mut self, by: u64, act: &Act) {
        let account = self.account();
        let record = account.record(id_of(by)).unwrap().clone();
        let attempt = attempt(&account.acting(&record, at(self.now)), act);
        let audit = attempt.audit().clone();
        let wanted = self.house.act(by, self.now, act);
        let note = format!("{by} at {}: {act:?}", self.now);

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
                let outcome = Outcome::Refused { code: wanted, reason: refused.to_string().into() };
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
            assert!(support::roles(record).into_iter().eq(key.given.roles.iter().map(|id| &**id)), "{note}: {number}");
            let conditions = support::conditions(record);
            let conditions = conditions.iter().map(|condition| (condition.name(), condition.value().unwrap()));
            assert!(conditions.eq(key.given.conditions.iter().map(|(name, value)| (&**name, &**value))), "{note}");
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
    pub(super) fn authenticate(&self, decide: bool) {
        for (number, key) in &self.house.keys {
            let text = if key.is_token {
                token_key(*number).key.reveal().to_owned()
            } else {
                operator_key(*number).key.reveal().to_owned()
            };
            let authenticated = self.authenticator.authenticate(&**self.accounts.keys(), &text, at(self.now));
            assert_eq!(authenticated.is_ok(), key.works(self.now), "{number} at {}: {key:?}", self.now);
            let Ok(authenticated) = authenticated else { continue };
            for request in requests().iter().filter(|_| decide) {
                let wanted = self.house.decide(key, request).is_ok();
                assert_eq!(allows(authenticated.access(), request), wanted, "{number}: {key:?} {request:?}");
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
    let beyond = requests().iter().find(|request| allows(&given, request) && !allows(&issuers, request));
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
        let beyond = requests().iter().find(|request| allows(&theirs, request) && !allows(&acting, request));
        assert!(beyond.is_none(), "{note}: {beyond:?}");
    }
}

pub(super) fn allows(access: &Access, request: &Request) -> bool {
    let attributes: Map<String, Value> =
        request.attributes.iter().map(|(name, values)| ((*name).to_owned(), values.clone().into())).collect();
    let attributes = Value::Object(attributes);
    let resource = ResourceView::new(request.resource, "a1", &attributes);
    if request.operation == "update" {
        return access.decide_update(&resource, &resource).is_allow();
    }
    access.decide(request.operation, &resource).is_allow()
}
