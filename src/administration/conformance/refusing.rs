//! What doesn't fit is refused and leaves nothing, and what was tried is on record.

use alloc::{format, vec::Vec};
use core::slice;

use super::{
    super::account::Account,
    fixture::{
        Held, Store, absent, audit as audit_of, change, commit, conflict, duplicate, expect, founding, key, key_id,
    },
};
use crate::store::{
    KeyChange,
    conformance::{
        Outcome,
        tools::{expect_in as expect_key, failed},
    },
};

const ACCOUNT: &str = "account-1";

pub(super) fn stale<S: Store>(held: &Held<'_, S>) -> Outcome {
    let roles = |id| held.roles(ACCOUNT, &[id]);
    let first = held.found(ACCOUNT, &["first"], &[key(ACCOUNT, 0)?])?;
    conflict(&held.store, &founding(roles("again")?, &[key(ACCOUNT, 1)?]))?;
    let second = held.change(&first, &["second"], &[])?;
    // Also where the two have nothing in common: what the second was judged by is no more.
    let key = KeyChange::Insert(key(ACCOUNT, 1)?);
    conflict(&held.store, &change(&first, roles("first")?, &[key]))?;
    for expected in [0, 1, 3] {
        let other = change(&second, roles("third")?, &[]).expecting(expected, audit_of(ACCOUNT, "target"));
        conflict(&held.store, &other).map_err(|how| format!("at version 2, expecting {expected}: {how}"))?;
    }
    let nobody = Account::load(held.roles("account-2", &[])?, 1, []).map_err(failed)?;
    conflict(&held.store, &change(&nobody, held.roles("account-2", &["first"])?, &[]))?;
    absent(&held.store, "account-2")?;
    expect(&held.store, &second)
}

pub(super) fn one_account<S: Store>(held: &Held<'_, S>) -> Outcome {
    let own = key(ACCOUNT, 0)?;
    let first = held.found(ACCOUNT, &[], slice::from_ref(&own))?;
    let second = held.found("account-2", &[], &[])?;
    let taken = key("account-2", 0)?;
    duplicate(&held.store, &founding(held.roles("account-3", &[])?, &[key("account-3", 0)?]), own.id())?;
    duplicate(&held.store, &change(&second, second.roles().clone(), &[KeyChange::Insert(taken)]), own.id())?;
    expect(&held.store, &first)?;
    expect_key(&held.store, own.id(), Some(&own))
}

pub(super) fn leaves_nothing<S: Store>(held: &Held<'_, S>) -> Outcome {
    let before = held.found(ACCOUNT, &["stays"], &[key(ACCOUNT, 0)?])?;
    held.found("account-2", &[], &[key("account-2", 1)?])?;
    let kept = || (held.audit)(&held.store, ACCOUNT).len();
    let records = kept();
    let good = [KeyChange::Insert(key(ACCOUNT, 2)?), key(ACCOUNT, 0)?.change(|record| record.with_roles(["next"]))];
    // The refused key first, in the middle, and last.
    for place in 0..=good.len() {
        let mut keys = good.to_vec();
        keys.insert(place, KeyChange::Insert(key(ACCOUNT, 1)?));
        duplicate(&held.store, &change(&before, held.roles(ACCOUNT, &["next"])?, &keys), key_id(1))?;
        expect(&held.store, &before)?;
        expect_key(&held.store, key_id(2), None)?;
    }
    let new = founding(held.roles("account-3", &["next"])?, &[key("account-3", 3)?, key("account-3", 1)?]);
    duplicate(&held.store, &new, key_id(1))?;
    absent(&held.store, "account-3")?;
    expect_key(&held.store, key_id(3), None)?;
    if kept() != records {
        return Err("an audit record of what was not stored is kept".into());
    }
    Ok(())
}

pub(super) fn audit<S: Store>(held: &Held<'_, S>) -> Outcome {
    let accounts = [ACCOUNT, "account-10"];
    let mut states = accounts.into_iter().map(|id| held.found(id, &[], &[])).collect::<Result<Vec<_>, _>>()?;
    // Of both by turns: two changes, a refusal, a conflict.
    let targets = ["z-0", "y-1", "x-2", "w-3", "v-4", "u-5", "t-6", "s-7"];
    let mut wanted = Vec::new();
    for (number, target) in targets.into_iter().enumerate() {
        for state in &mut states {
            let record = audit_of(state.id(), target);
            let next = change(state, state.roles().clone(), &[]);
            match number % 4 {
                0 | 1 => {
                    let next = next.expecting(state.version(), record);
                    commit(&held.store, &next)?;
                    *state = next.account().clone();
                }
                2 => held.store.record_refusal(&record).map_err(failed)?,
                _ => conflict(&held.store, &next.expecting(state.version().saturating_add(7), record))?,
            }
        }
        if number % 4 < 3 {
            wanted.push(format!("\"{target}\""));
        }
    }
    for account in accounts {
        let kept = (held.audit)(&held.store, account);
        // The first is that of the new account.
        let kept = kept.get(1..).unwrap_or_default();
        if kept.len() != wanted.len() {
            return Err(format!("`{account}`: of {} audit records {} are there", wanted.len(), kept.len()));
        }
        for (place, (record, target)) in kept.iter().zip(&wanted).enumerate() {
            if !record.contains(target) || !record.contains(&format!("\"{account}\"")) {
                return Err(format!("`{account}`: the audit record {place} is not that of {target}: {record:.200}"));
            }
        }
    }
    Ok(())
}
