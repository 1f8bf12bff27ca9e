//! The contract of [`KeyStore`](super::KeyStore) and [`KeyChanges`], as a suite that any store can be held to. Needs the
//! feature `conformance`. A store that is waited for is held to it through a `KeyStore` that blocks on it.
//!
//! Run it in your own tests, over an empty store for each check:
//!
//! ```
//! use keyward::store::{MemoryStore, conformance};
//!
//! conformance::check(MemoryStore::new)?;
//! # Ok::<(), conformance::Broken>(())
//! ```

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::{borrow::Borrow, fmt};
use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    change::{ChangeError, KeyChange},
    contract::KeyChanges,
    record::{Document, KeyRecord, KeyState},
};
use crate::{
    condition::Condition,
    key::{KeyDigest, KeyId, KeyKind},
    time::Timestamp,
};

/// How many threads change one record at once.
const THREADS: usize = 10;
/// How many changes each of them makes.
const ROUNDS: usize = 20;
/// How often one of them tries, at the most.
const TRIES: usize = 10_000;

/// Holds stores to the whole contract; `new` gives an empty one each time.
///
/// # Errors
///
/// [`Broken`] names the first clause that doesn't hold, and how.
///
/// See [the module](self) for an example.
pub fn check<S>(mut new: impl FnMut() -> S) -> Result<(), Broken>
where
    S: KeyChanges + Sync,
    S::Error: fmt::Debug,
{
    for (clause, check) in clauses::<S>() {
        check(&new()).map_err(|how| Broken { clause, how })?;
    }
    Ok(())
}

/// A clause of the contract that a store doesn't fulfil.
///
/// ```
/// use std::convert::Infallible;
/// use keyward::{key::KeyId, store::{ChangeError, KeyChange, KeyChanges, KeyRecord, KeyStore, conformance}};
///
/// /// Keeps nothing.
/// struct Forgetful;
///
/// impl KeyStore for Forgetful {
///     type Record = KeyRecord;
///     type Error = Infallible;
///
///     fn find(&self, _: KeyId) -> Result<Option<KeyRecord>, Infallible> {
///         Ok(None)
///     }
/// }
///
/// impl KeyChanges for Forgetful {
///     fn apply(&self, _: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
///         Ok(())
///     }
/// }
///
/// let broken = conformance::check(|| Forgetful).unwrap_err();
/// assert_eq!(broken.clause(), "a record is found as it was stored");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{clause}: {how}")]
pub struct Broken {
    clause: &'static str,
    how: String,
}

impl Broken {
    /// The clause.
    ///
    /// See [`Broken`] for an example.
    pub fn clause(&self) -> &'static str {
        self.clause
    }
}

type Outcome = Result<(), String>;

type Clause<S> = (&'static str, fn(&S) -> Outcome);

fn clauses<S: KeyChanges<Error: fmt::Debug> + Sync>() -> [Clause<S>; 13] {
    [
        ("an unknown id is not found, and is no error", unknown),
        ("a record is found as it was stored", found),
        ("a record as large as it may be is found as it was stored", largest),
        ("an update changes every field that may change", every_field),
        ("an id is compared byte for byte", byte_for_byte),
        ("an id that is there can't be new", duplicate),
        ("a change that expects another version is a conflict", stale),
        ("a change to a record that isn't there is a conflict", absent),
        ("a removed record is not found, and its id can be new again", removed),
        ("changes are made all or none", all_or_none),
        ("a change sees those before it", in_order),
        ("of concurrent changes none is lost", concurrent),
        ("of concurrent lists of changes one is made, whole", concurrent_lists),
    ]
}

fn unknown<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    expect(store, id(1), None)
}

fn found<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let plain = record(1);
    let full = record(2)
        .with_roles(["admin", "r-2"])
        .with_conditions(["a:1", "b:2"].into_iter().filter_map(|text| text.parse().ok()))
        .with_created(Timestamp::from_millis(1))
        .with_not_before(Some(Timestamp::from_millis(2)))
        .with_expiry(Some(Timestamp::from_millis(u64::try_from(i64::MAX).unwrap_or_default())))
        .with_state(KeyState::Replaced);
    // A value outside the text form, with all that a careless store would trip over.
    let odd = Condition::new("owner", "É ' \" \\ %_ ; -- \u{1F511}\t").map_err(|error| format!("{error}"))?;
    let odd = record(3).with_conditions([odd]);
    for record in [&plain, &full, &odd] {
        apply(store, &[KeyChange::Insert(record.clone())])?;
    }
    for record in [&plain, &full, &odd] {
        expect(store, record.id(), Some(record))?;
    }
    expect(store, id(4), None)
}

fn largest<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let long = |number: usize| format!("{number:0>128}");
    let condition = |number: usize| Condition::new(format!("name-{number}"), format!("{number:0>1000}"));
    // Neither list is in any order that a store might put it in.
    let conditions = (0..256).rev().map(condition).collect::<Result<Vec<_>, _>>();
    let large = KeyRecord::new(KeyKind::AccessToken, id(1), KeyDigest::DUMMY, long(1), long(2))
        .map_err(|error| format!("{error}"))?
        .with_roles((0..100).rev().map(long))
        .with_conditions(conditions.map_err(|error| format!("{error}"))?);
    apply(store, &[KeyChange::Insert(large.clone())])?;
    expect(store, large.id(), Some(&large))
}

fn every_field<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let at = |millis| Some(Timestamp::from_millis(millis));
    let mut present = record(1).with_expiry(at(9)).with_not_before(at(3)).with_roles(["a"]);
    apply(store, &[KeyChange::Insert(present.clone())])?;
    let steps: [fn(KeyRecord) -> KeyRecord; 8] = [
        |record| record.with_expiry(Some(Timestamp::from_millis(5))),
        |record| record.with_expiry(None),
        |record| record.with_not_before(None),
        |record| record.with_not_before(Some(Timestamp::from_millis(1))),
        |record| record.with_created(Timestamp::from_millis(2)),
        |record| record.with_state(KeyState::Replaced),
        |record| record.with_roles(["b", "a"]),
        |record| record.with_conditions("z:1 a:2".split(' ').filter_map(|text| text.parse().ok())),
    ];
    for step in steps {
        let change = present.change(step);
        apply(store, core::slice::from_ref(&change))?;
        expect(store, present.id(), change.record())?;
        present = change.record().cloned().unwrap_or(present);
    }
    Ok(())
}

fn byte_for_byte<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let (lower, upper) = (named("aaaaaaaaaaaaaa")?, named("AAAAAAAAAAAAAA")?);
    apply(store, &[KeyChange::Insert(lower.clone())])?;
    expect(store, upper.id(), None)?;
    apply(store, &[KeyChange::Insert(upper.clone())])?;
    expect(store, lower.id(), Some(&lower))?;
    expect(store, upper.id(), Some(&upper))
}

fn duplicate<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let (first, second) = (record(1), record(1).with_roles(["admin"]));
    apply(store, &[KeyChange::Insert(first.clone())])?;
    let twice = [KeyChange::Insert(record(2)), KeyChange::Insert(record(2))];
    for (changes, id, stays) in [(&[KeyChange::Insert(second)][..], first.id(), Some(&first)), (&twice, id(2), None)] {
        match store.apply(changes) {
            Err(ChangeError::Duplicate { id: refused }) if refused == id => expect(store, id, stays)?,
            other => return Err(format!("it was not refused as a duplicate: {other:?}")),
        }
    }
    Ok(())
}

fn stale<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let first = record(1);
    let second = first.change(|record| record.with_roles(["second"]));
    let lost = first.change(|record| record.with_roles(["lost"]));
    apply(store, &[KeyChange::Insert(first.clone())])?;
    apply(store, core::slice::from_ref(&second))?;
    conflict(store, &[lost], first.id())?;
    conflict(store, &[KeyChange::Remove { expected: 1, id: first.id() }], first.id())?;
    conflict(store, &[KeyChange::Remove { expected: 3, id: first.id() }], first.id())?;
    let same = KeyChange::Update { expected: 2, record: first.clone().with_version(2) };
    conflict(store, &[same], first.id())?;
    expect(store, first.id(), second.record())
}

fn absent<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let gone = record(1);
    conflict(store, &[gone.change(|record| record)], gone.id())?;
    conflict(store, &[KeyChange::Remove { expected: 1, id: gone.id() }], gone.id())?;
    expect(store, gone.id(), None)
}

fn removed<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let record = record(1);
    apply(store, &[KeyChange::Insert(record.clone())])?;
    apply(store, &[KeyChange::Remove { expected: 1, id: record.id() }])?;
    expect(store, record.id(), None)?;
    apply(store, &[KeyChange::Insert(record.clone())])?;
    expect(store, record.id(), Some(&record))
}

fn all_or_none<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let (old, stays) = (record(1), record(2));
    apply(store, &[KeyChange::Insert(old.clone()), KeyChange::Insert(stays.clone())])?;
    let good = [
        KeyChange::Insert(record(3)),
        old.change(|record| record.with_state(KeyState::Revoked)),
        KeyChange::Remove { expected: 1, id: stays.id() },
    ];
    // The refused one first, in the middle, and last.
    for place in 0..=good.len() {
        let mut changes = good.to_vec();
        changes.insert(place, record(9).change(|record| record));
        conflict(store, &changes, id(9))?;
        expect(store, old.id(), Some(&old))?;
        expect(store, stays.id(), Some(&stays))?;
        expect(store, id(3), None)?;
    }
    apply(store, &good)?;
    expect(store, old.id(), good.get(1).and_then(KeyChange::record))?;
    expect(store, stays.id(), None)?;
    apply(store, &[])
}

fn in_order<S: KeyChanges<Error: fmt::Debug>>(store: &S) -> Outcome {
    let first = record(1);
    let second = first.change(|record| record.with_roles(["second"]));
    apply(store, &[KeyChange::Insert(first.clone()), second.clone()])?;
    expect(store, first.id(), second.record())?;
    let again = record(2);
    apply(store, &[KeyChange::Insert(again.clone())])?;
    let twice = [again.change(|record| record), again.change(|record| record)];
    conflict(store, &twice, again.id())?;
    expect(store, again.id(), Some(&again))
}

/// Ten threads change one record, each again and again with what it read; each must find its own change made.
fn concurrent<S: KeyChanges<Error: fmt::Debug> + Sync>(store: &S) -> Outcome {
    let start = record(1);
    apply(store, &[KeyChange::Insert(start.clone())])?;
    at_once(|thread| (0..ROUNDS).try_for_each(|round| change_until_done(store, &format!("t{thread}-{round}"))))?;
    let end = store.find(start.id()).map_err(failed)?.ok_or("the record is gone")?;
    let (changes, version) = (end.borrow().conditions().len(), end.borrow().version());
    let wanted = THREADS.saturating_mul(ROUNDS);
    if changes == wanted && version == u64::try_from(wanted).unwrap_or_default().saturating_add(1) {
        return Ok(());
    }
    Err(format!("of {wanted} changes {changes} are there, at version {version}"))
}

/// Ten threads replace one key at once, each by a key of its own: one succeeds, and of the others nothing is there.
fn concurrent_lists<S: KeyChanges<Error: fmt::Debug> + Sync>(store: &S) -> Outcome {
    for round in 0..5 {
        let old = of(KeyKind::OperatorKey, numbered(round, 0), KeyDigest::DUMMY);
        apply(store, &[KeyChange::Insert(old.clone())])?;
        let made = AtomicUsize::new(0);
        at_once(|thread| {
            let new = of(KeyKind::OperatorKey, numbered(round, thread.saturating_add(1)), KeyDigest::DUMMY);
            let changes = [KeyChange::Insert(new), old.change(|record| record.with_state(KeyState::Revoked))];
            match store.apply(&changes) {
                Ok(()) => {
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                }
                Err(ChangeError::Conflict { .. }) => Ok(()),
                Err(other) => Err(format!("neither made nor a conflict: {other:?}")),
            }
        })?;
        let mut successors = 0_usize;
        for thread in 1..=THREADS {
            let found = store.find(numbered(round, thread)).map_err(failed)?;
            successors = successors.saturating_add(usize::from(found.is_some()));
        }
        let made = made.into_inner();
        if (made, successors) != (1, 1) {
            return Err(format!("{made} were acknowledged, and {successors} are there"));
        }
    }
    Ok(())
}

/// Runs ten threads that start together.
fn at_once(run: impl Fn(usize) -> Outcome + Sync) -> Outcome {
    let together = Barrier::new(THREADS);
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let (run, together) = (&run, &together);
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                run(thread)
            })
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        let panicked = |_| Err("a thread panicked".to_owned());
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    outcomes.into_iter().collect()
}

/// Adds a condition to whatever is stored, as often as it takes, within reason.
fn change_until_done<S: KeyChanges<Error: fmt::Debug>>(store: &S, value: &str) -> Outcome {
    let mine = Condition::new("change", value).map_err(|error| format!("{error}"))?;
    for _ in 0..TRIES {
        let found = store.find(id(1)).map_err(failed)?.ok_or("the record is gone")?;
        let more = found.borrow().conditions().iter().cloned().chain([mine.clone()]);
        let change = found.borrow().change(|record| record.with_conditions(more));
        match store.apply(&[change]) {
            Ok(()) => return Ok(()),
            Err(ChangeError::Conflict { .. }) => thread::yield_now(),
            Err(other) => return Err(format!("neither made nor a conflict: {other:?}")),
        }
    }
    Err(format!("what is found is not the present: after {TRIES} tries every change is still a conflict"))
}

fn apply<S: KeyChanges<Error: fmt::Debug>>(store: &S, changes: &[KeyChange]) -> Outcome {
    store.apply(changes).map_err(|error| format!("a change that fits was refused: {error:?}"))
}

fn conflict<S: KeyChanges<Error: fmt::Debug>>(store: &S, changes: &[KeyChange], id: KeyId) -> Outcome {
    match store.apply(changes) {
        Err(ChangeError::Conflict { id: refused }) if refused == id => Ok(()),
        other => Err(format!("it was not refused as a conflict over `{id}`: {other:?}")),
    }
}

fn expect<S: KeyChanges<Error: fmt::Debug>>(store: &S, id: KeyId, wanted: Option<&KeyRecord>) -> Outcome {
    let found = store.find(id).map_err(failed)?;
    let found = found.as_ref().map(Borrow::borrow);
    if found == wanted { Ok(()) } else { Err(format!("under `{id}` stands {found:?}, wanted is {wanted:?}")) }
}

fn failed(error: impl fmt::Debug) -> String {
    format!("the store failed: {error:?}")
}

fn id(number: u8) -> KeyId {
    KeyId::of_imported(&KeyDigest::from_bytes([number; 32]))
}

fn numbered(round: usize, thread: usize) -> KeyId {
    KeyId::of_imported(&KeyDigest::of(&format!("{round}-{thread}"), None))
}

fn record(number: u8) -> KeyRecord {
    let digest = KeyDigest::from_bytes([number; 32]);
    let kind = if number % 2 == 0 { KeyKind::OperatorKey } else { KeyKind::AccessToken };
    of(kind, id(number), digest)
}

fn of(kind: KeyKind, id: KeyId, digest: KeyDigest) -> KeyRecord {
    KeyRecord::of(Document::new(kind, id, digest, "account-1", "actor-1"))
}

fn named(id: &str) -> Result<KeyRecord, String> {
    let id = KeyId::parse(id).map_err(|error| format!("{error}"))?;
    Ok(of(KeyKind::AccessToken, id, KeyDigest::of(id.as_str(), None)))
}
