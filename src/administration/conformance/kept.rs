//! What is committed is loaded, whatever it is.

use alloc::{format, string::String, vec::Vec};

use super::{
    super::{account::Account, attempt::AccountChange},
    fixture::{Held, Store, absent, audit, change, commit, conflict, expect, find, founding, key, key_id},
};
use crate::{
    role::{Role, Roles},
    store::{
        KeyChange, KeyState,
        conformance::{
            Outcome, samples,
            tools::{expect_in as expect_key, said},
        },
    },
};

/// The account of the samples.
const ACCOUNT: &str = "account-1";

pub(super) fn unknown<S: Store>(held: &Held<'_, S>) -> Outcome {
    absent(&held.store, ACCOUNT)
}

pub(super) fn new<S: Store>(held: &Held<'_, S>) -> Outcome {
    let bare = held.found("account-0", &[], &[])?;
    let full = held.found(ACCOUNT, &["inspector", "editor"], &samples::ordinary()?)?;
    expect(&held.store, &bare)?;
    expect(&held.store, &full)?;
    absent(&held.store, "account-2")
}

pub(super) fn byte_for_byte<S: Store>(held: &Held<'_, S>) -> Outcome {
    let longest = |last: &str| format!("{last:a>128}");
    let long = [longest("1"), longest("2")];
    // The second of each must not be the first.
    let pairs = [
        ("Acct-1", "acct-1"),
        ("acct", "acct-2"),
        ("0012", "12"),
        ("1e2", "100"),
        ("a_c", "abc"),
        ("_.:@+~=/-", "-/=~+@:._"),
        (&*long[0], &*long[1]),
    ];
    for (number, (one, other)) in (0_usize..).step_by(2).zip(pairs) {
        let first = held.found(one, &["first"], &[key(one, number)?])?;
        absent(&held.store, other)?;
        let second = held.found(other, &["second"], &[key(other, number.saturating_add(1))?])?;
        expect(&held.store, &first)?;
        expect(&held.store, &second)?;
    }
    Ok(())
}

pub(super) fn roles<S: Store>(held: &Held<'_, S>) -> Outcome {
    let long = format!("{:b>128}", 1);
    let none = ["accessTokens:read"; 0].as_slice();
    let roles = [
        ("Inspector", &["accessTokens:read"][..]),
        ("inspector", &["accessTokens:list,read", "accessPolicies:*", "accessTokens:read"]),
        ("_.:@+~=/-", &["operatorAccess:delete"]),
        ("0012", &["accessPolicies:list"]),
        ("12", &["accessPolicies:list,read"]),
        ("1e2", none),
        (&*long, &["accessTokens:update,delete,create,list,read"]),
    ];
    let of = |(id, permissions): (&str, &[&str])| Role::new(id, permissions.iter().copied()).map_err(said);
    let roles = roles.into_iter().map(of).collect::<Result<Vec<_>, String>>()?;
    let all = Roles::new(held.schema, ACCOUNT).map_err(said)?.with_all(roles).map_err(said)?;
    let change = founding(all, &[]);
    commit(&held.store, &change)?;
    expect(&held.store, change.account())
}

pub(super) fn keys<S: Store>(held: &Held<'_, S>) -> Outcome {
    let samples = [samples::ordinary()?.into(), samples::values()?, samples::times(), samples::assignments()].concat();
    let numbered = (0..).zip(samples).map(|(number, sample)| {
        let key = key(ACCOUNT, number)?.with_grant(sample.grant().clone()).with_state(sample.state());
        let key = key.with_created(sample.created()).with_not_before(sample.not_before());
        Ok(key.with_expiry(sample.expires()))
    });
    let keys = numbered.collect::<Result<Vec<_>, String>>()?;
    let account = held.found(ACCOUNT, &[], &keys)?;
    expect(&held.store, &account)
}

pub(super) fn largest<S: Store>(held: &Held<'_, S>) -> Outcome {
    let large = samples::largest()?;
    let ids: Vec<String> = (0..1_000).map(|number| format!("{number:r>128}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // A hundred tokens, each with a key in its grace and one that has ended, and as many operators.
    let mut keys = (1..600).map(|number| key(large.account(), number)).collect::<Result<Vec<_>, _>>()?;
    keys.push(large.clone());
    let account = held.found(large.account(), &ids, &keys)?;
    expect(&held.store, &account)
}

pub(super) fn versions<S: Store>(held: &Held<'_, S>) -> Outcome {
    for (number, last) in [0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF_u64].into_iter().enumerate() {
        let id = format!("account-{number}");
        let roles = held.roles(&id, &["first"])?;
        let before = Account::load(roles.clone(), last.saturating_sub(1), []).map_err(said)?;
        let first = change(&before, roles, &[]);
        commit(&held.store, &first.clone().expecting(0, audit(&id, "target")))?;
        let next = held.change(first.account(), &["next"], &[])?;
        expect(&held.store, &next)?;
        let stale = change(first.account(), held.roles(&id, &["stale"])?, &[]);
        conflict(&held.store, &stale)?;
        let last = held.change(&next, &["last"], &[])?;
        expect(&held.store, &last)?;
    }
    Ok(())
}

pub(super) fn changes<S: Store>(held: &Held<'_, S>) -> Outcome {
    let [stays, changes, goes, comes] = [key(ACCOUNT, 0)?, key(ACCOUNT, 1)?, key(ACCOUNT, 2)?, key(ACCOUNT, 3)?];
    let first = held.found(ACCOUNT, &["stays", "goes"], &[stays, changes.clone(), goes.clone()])?;
    let keys = [
        KeyChange::Insert(comes.clone()),
        changes.change(|record| record.with_state(KeyState::Revoked).with_roles(["stays"])),
        goes.removal(),
    ];
    let second = held.change(&first, &["stays", "comes"], &keys)?;
    expect(&held.store, &second)?;
    // The roles alone, the keys alone, and a key that comes again under an id that was free.
    let third = held.change(&second, &["comes"], &[])?;
    expect(&held.store, &third)?;
    let fourth = held.change(&third, &["comes"], &[comes.removal(), KeyChange::Insert(goes)])?;
    expect(&held.store, &fourth)
}

pub(super) fn nothing_but_the_version<S: Store>(held: &Held<'_, S>) -> Outcome {
    let first = held.found(ACCOUNT, &["inspector"], &[key(ACCOUNT, 0)?])?;
    let taken = AccountChange::of_nothing(&first);
    commit(&held.store, &taken)?;
    expect(&held.store, taken.account())?;
    let late = change(&first, held.roles(ACCOUNT, &["late"])?, &[]);
    conflict(&held.store, &late)?;
    expect(&held.store, taken.account())
}

pub(super) fn found<S: Store>(held: &Held<'_, S>) -> Outcome {
    let (one, other) = (key(ACCOUNT, 0)?, key(ACCOUNT, 1)?);
    expect_key(&held.store, key_id(0), None)?;
    let first = held.found(ACCOUNT, &[], &[one.clone(), other.clone()])?;
    expect_key(&held.store, key_id(0), Some(&one))?;
    let revoked = one.change(|record| record.with_state(KeyState::Revoked));
    held.change(&first, &[], &[revoked.clone(), other.removal()])?;
    expect_key(&held.store, key_id(0), revoked.record())?;
    expect_key(&held.store, key_id(1), None)
}

/// Whatever changes of the account, its version counts for each of its keys, and for no other's.
pub(super) fn version_of_a_key<S: Store>(held: &Held<'_, S>) -> Outcome {
    let store = &held.store;
    let expect = |number: usize, account: &Account| {
        let found = find(store, number)?.ok_or("a key that was stored is not found")?;
        let (said, wanted) = (store.account_version(&found), account.version());
        match said.filter(|said| *said != wanted) {
            Some(said) => Err(format!("a key is found at version {said} of `{}`, wanted is {wanted}", account.id())),
            None => Ok(()),
        }
    };
    let other = held.found("account-2", &[], &[key("account-2", 2)?])?;
    let mut present = held.found(ACCOUNT, &[], &[key(ACCOUNT, 0)?, key(ACCOUNT, 1)?])?;
    let of_another_key = key(ACCOUNT, 1)?.change(|record| record.with_state(KeyState::Revoked));
    for (roles, keys) in [(["inspector"], [].as_slice()), (["editor"], &[]), (["editor"], &[of_another_key])] {
        present = held.change(&present, &roles, keys)?;
        expect(0, &present)?;
        expect(2, &other)?;
    }
    Ok(())
}

/// What is done in one is not done in another, also where its id begins like the other's.
pub(super) fn apart<S: Store>(held: &Held<'_, S>) -> Outcome {
    let ids = ["account", ACCOUNT, "account-10", "other"];
    let mut accounts = Vec::new();
    for (number, id) in ids.into_iter().enumerate() {
        accounts.push(held.found(id, &["inspector"], &[key(id, number)?])?);
    }
    for changed in 0..accounts.len() {
        let Some(before) = accounts.get(changed).cloned() else { break };
        let key = before.records().next().ok_or("a state without its key")?;
        let next = held.change(&before, &["editor"], &[key.change(|record| record.with_roles(["editor"]))])?;
        accounts.splice(changed..=changed, [next]);
        accounts.iter().try_for_each(|account| expect(&held.store, account))?;
    }
    Ok(())
}
