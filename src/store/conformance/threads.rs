//! Ten threads at once.

use alloc::{format, string::String, vec::Vec};
use core::{
    slice,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{sync::Barrier, thread};

use super::{
    super::{
        change::{ChangeError, KeyChange},
        record::{KeyRecord, KeyState},
    },
    Outcome,
    tools::{
        PANICKED, Tested, apply, conditions, conflict, expect, id, insert, is_made, numbered, of, present, record, same,
    },
};
use crate::{
    key::{KeyDigest, KeyId, KeyKind},
    time::Timestamp,
};

/// How many threads run at once.
pub(crate) const THREADS: usize = 10;
/// How many of them write, where the others read.
const WRITERS: usize = 2;
/// How many changes each of them makes, and how often a race is run.
const ROUNDS: usize = 20;
/// How many changes each of the writers tries that are read meanwhile.
const FLIPS: usize = 100;
/// How often one of them tries, at the most.
const TRIES: usize = 10_000;

/// What this thread found before, and that it found nothing, must not be what it finds afterwards.
pub(super) fn elsewhere(store: &dyn Tested) -> Outcome {
    let first = record(1);
    let second = first.change(|record| record.with_state(KeyState::Revoked));
    let steps = [
        KeyChange::Insert(first.clone()),
        second,
        KeyChange::Remove { expected: 2, id: first.id() },
        KeyChange::Insert(first.clone()),
    ];
    expect(store, first.id(), None)?;
    for step in &steps {
        let run = || apply(store, slice::from_ref(step));
        thread::scope(|scope| scope.spawn(run).join().unwrap_or_else(|_| Err(PANICKED.into())))?;
        expect(store, first.id(), step.record())?;
    }
    Ok(())
}

pub(super) fn inserts(store: &dyn Tested) -> Outcome {
    for round in 0..ROUNDS {
        let id = numbered(round, 0);
        one_is_made(store, id, |thread| {
            KeyChange::Insert(of(KeyKind::OperatorKey, id, KeyDigest::of(&format!("{thread}"), None)))
        })?;
    }
    Ok(())
}

/// Threads that remove a record, and as many that update it. They take turns, for the one that is started last often
/// comes first.
pub(super) fn removals(store: &dyn Tested) -> Outcome {
    for round in 0..ROUNDS {
        let old = of(KeyKind::OperatorKey, numbered(round, 0), KeyDigest::DUMMY);
        insert(store, &old)?;
        one_is_made(store, old.id(), |thread| match thread.saturating_add(round) % 2 {
            0 => KeyChange::Remove { expected: 1, id: old.id() },
            _ => old.change(|record| record.with_roles([format!("r-{thread}")])),
        })?;
    }
    Ok(())
}

/// Ten threads change one record, each again and again with what it read; each must find its own change made.
pub(super) fn changes(store: &dyn Tested) -> Outcome {
    let start = record(1);
    insert(store, &start)?;
    at_once(|thread| (0..ROUNDS).try_for_each(|round| change_until_done(store, &format!("t{thread}-{round}"))))?;
    let end = present(store, start.id())?;
    let changes: usize = end.grant().assignments().iter().map(|of| of.conditions().len()).sum();
    let version = end.version();
    let wanted = THREADS.saturating_mul(ROUNDS);
    if changes == wanted && version == u64::try_from(wanted).unwrap_or_default().saturating_add(1) {
        return Ok(());
    }
    Err(format!("of {wanted} changes {changes} are there, at version {version}"))
}

/// Ten threads replace one key at once, each by a key of its own: one succeeds, and of the others nothing is there.
pub(super) fn lists(store: &dyn Tested) -> Outcome {
    for round in 0..5 {
        let old = of(KeyKind::OperatorKey, numbered(round, 0), KeyDigest::DUMMY);
        insert(store, &old)?;
        let made = at_once(|thread| {
            let new = of(KeyKind::OperatorKey, numbered(round, thread.saturating_add(1)), KeyDigest::DUMMY);
            let revoked = old.change(|record| record.with_state(KeyState::Revoked));
            is_made(store, &[KeyChange::Insert(new), revoked])
        })?;
        let mut successors = 0_usize;
        for thread in 1..=THREADS {
            let found = store.find(numbered(round, thread))?;
            successors = successors.saturating_add(usize::from(found.is_some()));
        }
        let made = made.into_iter().filter(|made| *made).count();
        if (made, successors) != (1, 1) {
            return Err(format!("{made} were acknowledged, and {successors} are there"));
        }
    }
    Ok(())
}

/// Writers flip a record between two that share nothing; what is found is the one or the other, by its version.
pub(super) fn whole(store: &dyn Tested) -> Outcome {
    let version = |number: u8, state, values: [&str; 2]| {
        let time = Timestamp::from_millis(number.into());
        let digest = KeyDigest::from_bytes([number; 32]);
        let owner = (&*format!("account-{number}"), &*format!("actor-{number}"));
        let record = KeyRecord::unchecked(KeyKind::AccessToken, id(1), digest, owner).with_roles(values);
        let record = record.with_conditions(conditions(values.map(|value| (value, value)))?);
        Ok::<_, String>(record.with_state(state).with_created(time).with_not_before(Some(time)).with_expiry(Some(time)))
    };
    let (odd, even) = (version(1, KeyState::Active, ["a", "b"])?, version(2, KeyState::Revoked, ["c", "d"])?);
    let at = |version: u64| if version % 2 == 0 { &even } else { &odd }.clone().with_version(version);
    let flip = || {
        let expected = present(store, id(1))?.version();
        // Where it is a conflict, the other writer's was made: nobody waits for this one.
        is_made(store, &[KeyChange::Update { expected, record: at(expected.saturating_add(1)) }]).map(drop)
    };
    let read = || {
        let found = present(store, id(1))?;
        same(&found, &at(found.version()))
    };
    apply(store, &[KeyChange::Insert(at(1))])?;
    read_meanwhile(flip, read)?;
    read()
}

/// Writers make changes that fit, in lists that are refused for another one.
pub(super) fn refused(store: &dyn Tested) -> Outcome {
    let stays = record(1);
    insert(store, &stays)?;
    let changes = [
        stays.change(|record| record.with_roles(["refused"])),
        KeyChange::Insert(record(2)),
        record(9).change(|record| record),
    ];
    read_meanwhile(
        || conflict(store, &changes, id(9)),
        || {
            expect(store, stays.id(), Some(&stays))?;
            expect(store, id(2), None)
        },
    )
}

/// Runs ten threads, each of which makes a change. One is made, the others are refused as they should be, and what is
/// found is what the one has made.
fn one_is_made(store: &dyn Tested, id: KeyId, change: impl Fn(usize) -> KeyChange + Sync) -> Outcome {
    let made = at_once(|thread| {
        let change = change(thread);
        match (store.try_apply(slice::from_ref(&change)), &change) {
            (Ok(()), _) => Ok(Some(change)),
            (Err(ChangeError::Duplicate { id: refused }), KeyChange::Insert(_)) if refused == id => Ok(None),
            (Err(ChangeError::Conflict { id: refused }), KeyChange::Update { .. } | KeyChange::Remove { .. })
                if refused == id =>
            {
                Ok(None)
            }
            (Err(other), _) => Err(format!("neither made nor refused as it should be: {other:?}")),
        }
    })?;
    let made: Vec<KeyChange> = made.into_iter().flatten().collect();
    let [made] = made.as_slice() else { return Err(format!("{} were acknowledged", made.len())) };
    expect(store, id, made.record())
}

/// Runs some threads that write, and others that read until those have finished.
pub(crate) fn read_meanwhile(write: impl Fn() -> Outcome + Sync, read: impl Fn() -> Outcome + Sync) -> Outcome {
    struct Writes<'a>(&'a AtomicUsize);
    impl Drop for Writes<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Release);
        }
    }

    let writing = AtomicUsize::new(WRITERS);
    let outcomes = at_once(|thread| {
        if thread < WRITERS {
            // It has finished also where it panics.
            let _writes = Writes(&writing);
            return (0..FLIPS).try_for_each(|_| write());
        }
        while writing.load(Ordering::Acquire) > 0 {
            read()?;
            thread::yield_now();
        }
        Ok(())
    });
    outcomes.map(|_| ())
}

/// Runs ten threads that start together.
pub(crate) fn at_once<T: Send>(run: impl Fn(usize) -> Result<T, String> + Sync) -> Result<Vec<T>, String> {
    let together = Barrier::new(THREADS);
    let outcomes: Vec<Result<T, String>> = thread::scope(|scope| {
        let (run, together) = (&run, &together);
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                run(thread)
            })
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        let panicked = |_| Err(PANICKED.into());
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    outcomes.into_iter().collect()
}

/// Adds a condition to whatever is stored, as often as it takes, within reason.
fn change_until_done(store: &dyn Tested, value: &str) -> Outcome {
    let mine = conditions([("change", value)])?;
    for _ in 0..TRIES {
        let found = present(store, id(1))?;
        let more = found.grant().clone().with_conditions(mine.clone());
        if is_made(store, &[found.change(|record| record.with_grant(more))])? {
            return Ok(());
        }
        thread::yield_now();
    }
    Err(format!("what is found is not the present: after {TRIES} tries every change is still a conflict"))
}
