//! What the clauses share: states, changes, and saying what is wrong.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use super::super::{
    account::Account,
    attempt::{AccountChange, AccountStore, CommitError},
    audit::{Action, AuditRecord, Audited},
};
use crate::{
    key::{KeyDigest, KeyId, KeyKind},
    role::{Role, Roles},
    schema::Schema,
    store::{
        ChangeError, KeyChange, KeyRecord, KeyStore,
        conformance::{
            Outcome,
            tools::{failed, id, numbered, said, same},
        },
    },
    time::Timestamp,
};

/// What the suite asks of a store.
pub(super) trait Store: AccountStore<Error: fmt::Debug> + KeyStore<Error: fmt::Debug> + Sync {}
impl<S: AccountStore<Error: fmt::Debug> + KeyStore<Error: fmt::Debug> + Sync> Store for S {}

/// What is found in a store, one audit record after the other.
type Audit<'a, S> = &'a dyn Fn(&S, &str) -> Vec<String>;

/// A store that is held to the contract.
pub(super) struct Held<'a, S> {
    pub(super) store: S,
    pub(super) schema: &'a Schema,
    pub(super) audit: Audit<'a, S>,
}

impl<S: Store> Held<'_, S> {
    /// Roles with these ids, each with one permission on a type that every schema has.
    pub(super) fn roles(&self, account: &str, ids: &[&str]) -> Result<Roles, String> {
        roles(self.schema, account, ids)
    }

    /// Commits a new account, and gives its state.
    pub(super) fn found(&self, account: &str, roles: &[&str], keys: &[KeyRecord]) -> Result<Account, String> {
        let change = founding(self.roles(account, roles)?, keys);
        commit(&self.store, &change)?;
        Ok(change.account().clone())
    }

    /// Commits the next state, with these roles and changed keys, and gives it.
    pub(super) fn change(&self, before: &Account, ids: &[&str], keys: &[KeyChange]) -> Result<Account, String> {
        let change = change(before, self.roles(before.id(), ids)?, keys);
        commit(&self.store, &change)?;
        Ok(change.account().clone())
    }
}

pub(super) fn roles(schema: &Schema, account: &str, ids: &[&str]) -> Result<Roles, String> {
    let roles = ids.iter().map(|id| Role::new(id, ["accessTokens:read,list"])).collect::<Result<Vec<_>, _>>();
    Roles::new(schema, account).map_err(said)?.with_all(roles.map_err(said)?).map_err(said)
}

pub(super) fn founding(roles: Roles, keys: &[KeyRecord]) -> AccountChange {
    let keys: Vec<_> = keys.iter().cloned().map(KeyChange::Insert).collect();
    change(&Account::unfounded(roles.clone()), roles, &keys)
}

pub(super) fn change(before: &Account, roles: Roles, keys: &[KeyChange]) -> AccountChange {
    let audit = audit(before.id(), "target");
    AccountChange::new(before, roles, keys.iter().cloned()).expecting(before.version(), audit)
}

/// An audit record that is told from others by its target.
pub(super) fn audit(account: &str, target: &str) -> AuditRecord {
    let (at, whose) = (Timestamp::from_millis(0x1_0000_0001), ("actor-1", id(1)));
    AuditRecord::new(at, account, whose, (Audited::AccessPolicy, Action::Update), target)
}

/// A key of an account, told from others by its number.
pub(super) fn key(account: &str, number: usize) -> Result<KeyRecord, String> {
    let actor = format!("actor-{number}");
    KeyRecord::new(KeyKind::OperatorKey, key_id(number), KeyDigest::DUMMY, account, actor).map_err(said)
}

pub(super) fn key_id(number: usize) -> KeyId {
    numbered(number, 1)
}

pub(super) fn commit<S: Store>(store: &S, change: &AccountChange) -> Outcome {
    store.commit(change).map_err(|error| format!("a change that fits was refused: {error:?}"))
}

pub(super) fn conflict<S: Store>(store: &S, change: &AccountChange) -> Outcome {
    match store.commit(change) {
        Err(CommitError::Conflict) => Ok(()),
        other => Err(format!("it was not refused as a conflict: {other:?}")),
    }
}

pub(super) fn duplicate<S: Store>(store: &S, change: &AccountChange, key: KeyId) -> Outcome {
    match store.commit(change) {
        Err(CommitError::Keys(ChangeError::Duplicate { id })) if id == key => Ok(()),
        other => Err(format!("it was not refused as a duplicate of `{key}`: {other:?}")),
    }
}

pub(super) fn load<S: Store>(store: &S, account: &str) -> Result<Account, String> {
    store.load(account).map_err(failed)?.ok_or_else(|| format!("`{account}` is nothing, and there is one"))
}

/// The key of this number, as it is found by its id.
pub(super) fn find<S: Store>(store: &S, number: usize) -> Result<Option<S::Record>, String> {
    store.find(key_id(number)).map_err(failed)
}

pub(super) fn absent<S: Store>(store: &S, account: &str) -> Outcome {
    match store.load(account).map_err(failed)? {
        None => Ok(()),
        Some(_) => Err(format!("`{account:.40}` is loaded, and there is none")),
    }
}

/// Loads an account, which must be this one.
pub(super) fn expect<S: Store>(store: &S, wanted: &Account) -> Outcome {
    is_same(&load(store, wanted.id())?, wanted)
}

pub(super) fn is_same(found: &Account, wanted: &Account) -> Outcome {
    let of = wanted.id();
    if found.id() != of {
        return Err(format!("under `{of:.40}` `{:.40}` is loaded", found.id()));
    }
    if found.version() != wanted.version() {
        return Err(format!("`{of:.40}`: version is {}, wanted is {}", found.version(), wanted.version()));
    }
    let (roles, other) = (found.roles().iter(), wanted.roles().iter());
    if roles.len() != other.len() {
        return Err(format!("`{of:.40}`: roles are {}, wanted are {}", roles.len(), other.len()));
    }
    if let Some((role, wanted)) = roles.zip(other).find(|(role, wanted)| role != wanted) {
        let (found, permissions) = (role.permissions(), wanted.permissions());
        let (id, other) = (role.id(), wanted.id());
        return Err(format!("role is `{id:.40}` with {found:?}, wanted is `{other:.40}` with {permissions:?}"));
    }
    if found.records().len() != wanted.records().len() {
        let (found, wanted) = (found.records().len(), wanted.records().len());
        return Err(format!("`{of:.40}`: keys are {found}, wanted are {wanted}"));
    }
    found.records().zip(wanted.records()).try_for_each(|(found, wanted)| same(found, wanted))
}
