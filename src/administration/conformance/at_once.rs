//! Ten threads at once.

use alloc::{format, vec::Vec};
use core::{
    borrow::Borrow as _,
    sync::atomic::{AtomicU64, Ordering},
};
use std::thread;

use super::{
    super::{
        account::Account,
        attempt::{AccountChange, CommitError},
    },
    fixture::{
        Held, Store, absent, change, commit, duplicate, expect, find, founding, is_same, key, key_id, load, roles,
    },
};
use crate::store::{
    KeyChange, KeyRecord,
    conformance::{
        Outcome,
        threads::{THREADS, at_once, read_meanwhile},
        tools::{PANICKED, said},
    },
};

const ACCOUNT: &str = "account-1";
/// How many changes each thread makes, and how often a race is run.
const ROUNDS: usize = 10;
/// How often a change is tried, at the most.
const TRIES: usize = 10_000;

/// What this thread loaded before, and that it loaded nothing, must not be what it loads afterwards.
pub(super) fn elsewhere<S: Store>(held: &Held<'_, S>) -> Outcome {
    let store = &held.store;
    let make = |change: &AccountChange| {
        let run = || commit(store, change);
        thread::scope(|scope| scope.spawn(run).join().unwrap_or_else(|_| Err(PANICKED.into())))?;
        expect(store, change.account())
    };
    absent(store, ACCOUNT)?;
    let first = founding(held.roles(ACCOUNT, &["first"])?, &[key(ACCOUNT, 0)?]);
    make(&first)?;
    make(&change(first.account(), held.roles(ACCOUNT, &["second"])?, &[key(ACCOUNT, 0)?.removal()]))
}

/// Ten threads change one state, each by a role of its own.
pub(super) fn one_is_stored<S: Store>(held: &Held<'_, S>) -> Outcome {
    let (store, schema) = (&held.store, held.schema);
    let mut present = held.found(ACCOUNT, &[], &[])?;
    for round in 0..ROUNDS {
        let stored = at_once(|thread| {
            let role = format!("role-{round}-{thread}");
            let change = change(&present, roles(schema, ACCOUNT, &[&role])?, &[]);
            match store.commit(&change) {
                Ok(()) => Ok(Some(change)),
                Err(CommitError::Conflict) => Ok(None),
                Err(other) => Err(format!("neither stored nor a conflict: {other:?}")),
            }
        })?;
        let stored: Vec<AccountChange> = stored.into_iter().flatten().collect();
        let [stored] = stored.as_slice() else { return Err(format!("{} were acknowledged", stored.len())) };
        present = stored.account().clone();
        expect(store, &present)?;
    }
    Ok(())
}

/// Ten threads add keys to whatever is there.
pub(super) fn none_is_lost<S: Store>(held: &Held<'_, S>) -> Outcome {
    let store = &held.store;
    held.found(ACCOUNT, &[], &[])?;
    let add = |number: usize| {
        for _ in 0..TRIES {
            let present = load(store, ACCOUNT)?;
            let change = change(&present, present.roles().clone(), &[KeyChange::Insert(key(ACCOUNT, number)?)]);
            match store.commit(&change) {
                Ok(()) => return Ok(()),
                Err(CommitError::Conflict) => thread::yield_now(),
                Err(other) => return Err(format!("neither stored nor a conflict: {other:?}")),
            }
        }
        Err(format!("what is loaded is not the present: after {TRIES} tries every change is still a conflict"))
    };
    let number = |thread: usize, round| thread.saturating_mul(ROUNDS).saturating_add(round);
    at_once(|thread| (0..ROUNDS).try_for_each(|round| add(number(thread, round))))?;
    let (end, wanted) = (load(store, ACCOUNT)?, THREADS.saturating_mul(ROUNDS));
    let (keys, version) = (end.records().len(), end.version());
    if keys == wanted && version == u64::try_from(wanted).unwrap_or_default().saturating_add(1) {
        return Ok(());
    }
    Err(format!("of {wanted} changes {keys} are there, at version {version}"))
}

/// Writers make the next state, which shares nothing with the one before; what is loaded is one of them.
pub(super) fn whole<S: Store>(held: &Held<'_, S>) -> Outcome {
    let (store, schema) = (&held.store, held.schema);
    held.found(ACCOUNT, &["role-1"], &[key(ACCOUNT, 1)?])?;
    let number = |version: u64| usize::try_from(version).unwrap_or_default();
    // The state of each version has a role and a key that say which it is.
    let next = || {
        let present = load(store, ACCOUNT)?;
        let version = present.version().saturating_add(1);
        let old = present.records().map(KeyRecord::removal);
        let new = KeyChange::Insert(key(ACCOUNT, number(version))?);
        let keys: Vec<KeyChange> = old.chain([new]).collect();
        match store.commit(&change(&present, roles(schema, ACCOUNT, &[&format!("role-{version}")])?, &keys)) {
            Ok(()) | Err(CommitError::Conflict) => Ok(()),
            Err(other) => Err(format!("neither stored nor a conflict: {other:?}")),
        }
    };
    let read = || {
        let found = load(store, ACCOUNT)?;
        let wanted = roles(schema, ACCOUNT, &[&format!("role-{}", found.version())])?;
        let keys = [key(ACCOUNT, number(found.version()))?];
        let wanted = Account::load(wanted, found.version(), keys);
        is_same(&found, &wanted.map_err(said)?)
    };
    read_meanwhile(next, read)?;
    read()
}

/// Each change writes the version that it makes into the key: what is found with a version is what was stored with it, and no
/// version is older than one that was acknowledged before.
pub(super) fn versions<S: Store>(held: &Held<'_, S>) -> Outcome {
    let store = &held.store;
    held.found(ACCOUNT, &[], &[key(ACCOUNT, 1)?.with_roles(["at-1"])])?;
    let acknowledged = AtomicU64::new(1);
    let next = || {
        let present = load(store, ACCOUNT)?;
        let version = present.version().saturating_add(1);
        let old = present.record(key_id(1)).ok_or("the key is gone")?;
        let new = old.change(|record| record.with_roles([format!("at-{version}")]));
        match store.commit(&change(&present, present.roles().clone(), &[new])) {
            Ok(()) => {
                acknowledged.fetch_max(version, Ordering::SeqCst);
                Ok(())
            }
            Err(CommitError::Conflict) => Ok(()),
            Err(other) => Err(format!("neither stored nor a conflict: {other:?}")),
        }
    };
    let read = || {
        let least = acknowledged.load(Ordering::SeqCst);
        let found = find(store, 1)?.ok_or("the key is gone")?;
        let Some(version) = store.account_version(&found) else { return Ok(()) };
        if version < least {
            return Err(format!("a key is found at version {version}, and version {least} was acknowledged before"));
        }
        let (wanted, record) = (format!("at-{version}"), found.borrow());
        match record.grant().assignments().first().and_then(|of| of.roles().next()) {
            Some(role) if role == wanted => Ok(()),
            other => Err(format!("a key is found at version {version}, and has what is not of it: {other:?}")),
        }
    };
    read_meanwhile(next, read)?;
    read()
}

/// Writers try changes that are refused for the last of their keys.
pub(super) fn refused<S: Store>(held: &Held<'_, S>) -> Outcome {
    let store = &held.store;
    let stays = held.found(ACCOUNT, &["stays"], &[key(ACCOUNT, 0)?])?;
    held.found("account-2", &[], &[key("account-2", 1)?])?;
    let keys = [
        key(ACCOUNT, 0)?.change(|record| record.with_roles(["refused"])),
        KeyChange::Insert(key(ACCOUNT, 2)?),
        KeyChange::Insert(key(ACCOUNT, 1)?),
    ];
    let change = change(&stays, held.roles(ACCOUNT, &["refused"])?, &keys);
    read_meanwhile(|| duplicate(store, &change, key_id(1)), || expect(store, &stays))
}
