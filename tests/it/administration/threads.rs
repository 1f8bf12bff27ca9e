//! Concurrent changes: one of two wins, the other gets a conflict, and nothing is lost.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use keyward::{
    administration::{Account, AccountChange, AccountStore, Acting, Attempt, CommitError, MemoryAccounts},
    store::{ChangeError, KeyRecord, KeyState, KeyStore},
};

use super::house::{House, NOW, at, grant, operator_key, role, schema, token_key};

fn accounts_of(house: &House) -> MemoryAccounts {
    // From nothing to this state in one change: founded, then everything else committed as it was done.
    let accounts = MemoryAccounts::new();
    let founded = Account::create(&schema(), "a1", "olivia", &operator_key(1), at(NOW)).into_result().unwrap();
    accounts.commit(&founded).unwrap();
    assert_eq!(house.account.version(), 1, "a fresh house only");
    accounts
}

fn load(accounts: &MemoryAccounts) -> Account {
    accounts.load("a1").unwrap().unwrap()
}

/// Loads, does and stores until it is done or refused; how many conflicts there were, and whether it was done.
fn persist(accounts: &MemoryAccounts, actor: &str, what: impl Fn(&Acting<'_>) -> Attempt) -> (u64, bool) {
    let mut conflicts = 0;
    loop {
        let account = load(accounts);
        let Some(record) = account.actor(actor) else { return (conflicts, false) };
        let Ok(change) = what(&account.acting(record, at(NOW))).into_result() else { return (conflicts, false) };
        match accounts.commit(&change) {
            Ok(()) => return (conflicts, true),
            Err(CommitError::Conflict) => conflicts += 1,
            Err(other) => panic!("{other}"),
        }
    }
}

fn assert_agree(accounts: &MemoryAccounts) {
    let account = load(accounts);
    assert_eq!(accounts.keys().len(), account.records().len());
    for record in account.records() {
        assert_eq!(*KeyStore::find(&**accounts.keys(), record.id()).unwrap().unwrap(), *record);
    }
}

#[test]
fn of_two_changes_from_one_state_one_wins() {
    let house = House::founded(&schema());
    let accounts = accounts_of(&house);
    let account = load(&accounts);
    let acting = account.acting(account.actor("olivia").unwrap(), at(NOW));
    let role_change = acting.create_role(role("x", &[])).into_result().unwrap();
    let key_change = acting.create_token("t1", &grant(&[], &[]), &token_key(2), None).into_result().unwrap();
    accounts.commit(&role_change).unwrap();
    // Also where the two touch nothing in common: what the second was judged by is no more.
    assert_eq!(accounts.commit(&key_change), Err(CommitError::Conflict));
    assert_agree(&accounts);
    assert_eq!((load(&accounts).version(), accounts.keys().len()), (2, 1));
}

#[test]
fn no_key_is_in_two_accounts() {
    let accounts = accounts_of(&House::founded(&schema()));
    let stolen = |account: &str| Account::create(&schema(), account, "eve", &operator_key(1), at(NOW)).into_result();
    let id = operator_key(1).id;
    let duplicate = Err(CommitError::Keys(ChangeError::Duplicate { id }));
    assert_eq!(accounts.commit(&stolen("a2").unwrap()), duplicate);
    assert!(accounts.load("a2").unwrap().is_none(), "nothing of it was stored");
    assert_eq!(accounts.commit(&stolen("a1").unwrap()), Err(CommitError::Conflict));

    let founded = Account::create(&schema(), "a2", "eve", &operator_key(2), at(NOW)).into_result().unwrap();
    accounts.commit(&founded).unwrap();
    let second = accounts.load("a2").unwrap().unwrap();
    let eve = second.acting(second.actor("eve").unwrap(), at(NOW));
    let none = grant(&[], &[]);
    let attempts = [
        eve.invite("olivia", &none, &operator_key(1)),
        eve.create_token("t1", &none, &token_key(1), None),
        eve.regenerate("eve", &operator_key(1), Duration::ZERO),
    ];
    for attempt in attempts {
        assert_eq!(accounts.commit(&attempt.into_result().unwrap()), duplicate);
    }
    let unchanged = accounts.load("a2").unwrap().unwrap();
    assert_eq!((unchanged.version(), unchanged.records().len()), (1, 1));
    let found = KeyStore::find(&**accounts.keys(), id).unwrap().unwrap();
    assert_eq!((found.account(), found.actor(), found.version()), ("a1", "olivia", 1));
}

#[test]
fn two_administrators_who_remove_each_other_at_once_leave_one() {
    for round in 0..20 {
        let mut house = House::founded(&schema());
        let accounts = accounts_of(&house);
        let key = operator_key(house.next_key());
        assert!(persist(&accounts, "olivia", |acting| acting.invite("bea", &grant(&["admin"], &[]), &key)).1);
        let start = Barrier::new(2);
        let remove = |actor: &'static str, other: &'static str| {
            start.wait();
            match round % 4 {
                0 => persist(&accounts, actor, |acting| acting.remove_operator(other)),
                1 => persist(&accounts, actor, |acting| acting.remove_operator(actor)),
                2 => persist(&accounts, actor, |acting| acting.change_operator(other, &grant(&[], &[]))),
                _ => {
                    persist(&accounts, actor, |acting| acting.change_operator(actor, &grant(&["admin"], &["brand:a"])))
                }
            }
            .1
        };
        let done = thread::scope(|scope| {
            let first = scope.spawn(|| remove("olivia", "bea"));
            let second = scope.spawn(|| remove("bea", "olivia"));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert_eq!(done.into_iter().filter(|done| *done).count(), 1, "round {round}");
        assert_eq!(load(&accounts).administrators(), 1, "round {round}");
        assert_agree(&accounts);
    }
}

/// Both are judged against one state before either is stored.
#[test]
fn two_removals_from_one_state_leave_one_without_luck() {
    let mut house = House::founded(&schema());
    let accounts = accounts_of(&house);
    let key = operator_key(house.next_key());
    assert!(persist(&accounts, "olivia", |acting| acting.invite("bea", &grant(&["admin"], &[]), &key)).1);
    let account = load(&accounts);
    let remove = |actor: &str, other: &str| -> AccountChange {
        account.acting(account.actor(actor).unwrap(), at(NOW)).remove_operator(other).into_result().unwrap()
    };
    let (first, second) = (remove("olivia", "bea"), remove("bea", "olivia"));
    accounts.commit(&first).unwrap();
    assert_eq!(accounts.commit(&second), Err(CommitError::Conflict));
    // Bea, who tries again, is there no more.
    assert_eq!(persist(&accounts, "bea", |acting| acting.remove_operator("olivia")), (0, false));
    let stale = load(&accounts);
    let refused = stale.acting(account.actor("bea").unwrap(), at(NOW)).remove_operator("olivia").into_result();
    assert_eq!(refused.unwrap_err().code(), "unknown_key");
}

#[test]
fn many_at_once_lose_nothing() {
    const THREADS: u64 = 8;
    const EACH: u64 = 24;
    let accounts = accounts_of(&House::founded(&schema()));
    let (start, conflicts, done) = (Barrier::new(8), AtomicU64::new(0), AtomicU64::new(0));
    let keys = AtomicU64::new(1);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (accounts, start, conflicts, done, keys) = (&accounts, &start, &conflicts, &done, &keys);
            scope.spawn(move || {
                start.wait();
                let (token, own) = (format!("t{number}"), format!("r{number}"));
                for turn in 0..EACH {
                    let key = keys.fetch_add(1, Ordering::Relaxed) + 1;
                    let (conflicted, went) = match turn % 6 {
                        0 => persist(accounts, "olivia", |acting| acting.create_role(role(&own, &[]))),
                        1 => persist(accounts, "olivia", |acting| {
                            acting.create_token(&token, &grant(&[&own], &[]), &token_key(key), None)
                        }),
                        2 => persist(accounts, "olivia", |acting| acting.alter_role(role(&own, &["products:read"]))),
                        3 => persist(accounts, "olivia", |acting| {
                            acting.regenerate("olivia", &operator_key(key), Duration::from_millis(turn % 2))
                        }),
                        4 => persist(accounts, "olivia", |acting| acting.revoke_token(&token)),
                        _ => persist(accounts, "olivia", |acting| acting.delete_role(&own)),
                    };
                    assert!(went, "thread {number}, turn {turn}");
                    conflicts.fetch_add(conflicted, Ordering::Relaxed);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let account = load(&accounts);
    assert_eq!(done.load(Ordering::Relaxed), THREADS * EACH);
    assert_eq!(account.version(), 1 + THREADS * EACH, "each change counts, and no refused one");
    assert_eq!((account.roles().iter().len(), account.tokens(at(NOW))), (0, 0));
    // Of each token the key that ended last; of Olivia the present one, the one in its grace, the one that ended last.

    assert_eq!(account.records().len() as u64, THREADS + 3);
    let active = account.records().filter(|record| record.state() == KeyState::Active);
    assert_eq!(active.map(KeyRecord::actor).collect::<Vec<_>>(), ["olivia"]);
    assert_agree(&accounts);
}
