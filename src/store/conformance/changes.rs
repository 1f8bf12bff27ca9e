//! Changes are refused where `KeyChange::check` refuses them, and made as a whole.

use alloc::format;
use core::slice;

use super::{
    super::{
        change::{ChangeError, KeyChange},
        record::KeyState,
    },
    Outcome,
    tools::{Tested, apply, conflict, expect, id, insert, record},
};

pub(super) fn duplicate(store: &dyn Tested) -> Outcome {
    let (first, second) = (record(1), record(1).with_roles(["admin"]));
    insert(store, &first)?;
    let twice = [KeyChange::Insert(record(2)), KeyChange::Insert(record(2))];
    for (changes, id, stays) in [(&[KeyChange::Insert(second)][..], first.id(), Some(&first)), (&twice, id(2), None)] {
        match store.try_apply(changes) {
            Err(ChangeError::Duplicate { id: refused }) if refused == id => expect(store, id, stays)?,
            other => return Err(format!("it was not refused as a duplicate: {other:?}")),
        }
    }
    Ok(())
}

pub(super) fn stale(store: &dyn Tested) -> Outcome {
    let first = record(1);
    let second = first.change(|record| record.with_roles(["second"]));
    let lost = first.change(|record| record.with_roles(["lost"]));
    insert(store, &first)?;
    apply(store, slice::from_ref(&second))?;
    conflict(store, &[lost], first.id())?;
    conflict(store, &[KeyChange::Remove { expected: 1, id: first.id() }], first.id())?;
    conflict(store, &[KeyChange::Remove { expected: 3, id: first.id() }], first.id())?;
    // The version is the expected one, and its own doesn't count up by one: it goes down, stays, or jumps.
    for version in [0, 1, 2, 4] {
        let record = first.clone().with_version(version);
        conflict(store, &[KeyChange::Update { expected: 2, record }], first.id())
            .map_err(|how| format!("at version 2, to version {version}: {how}"))?;
    }
    expect(store, first.id(), second.record())
}

pub(super) fn absent(store: &dyn Tested) -> Outcome {
    let gone = record(1);
    conflict(store, &[gone.change(|record| record)], gone.id())?;
    conflict(store, &[KeyChange::Remove { expected: 1, id: gone.id() }], gone.id())?;
    expect(store, gone.id(), None)
}

pub(super) fn removed(store: &dyn Tested) -> Outcome {
    let record = record(1);
    insert(store, &record)?;
    apply(store, &[KeyChange::Remove { expected: 1, id: record.id() }])?;
    expect(store, record.id(), None)?;
    insert(store, &record)?;
    expect(store, record.id(), Some(&record))
}

pub(super) fn all_or_none(store: &dyn Tested) -> Outcome {
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

pub(super) fn in_order(store: &dyn Tested) -> Outcome {
    let first = record(1);
    let second = first.change(|record| record.with_roles(["second"]));
    apply(store, &[KeyChange::Insert(first.clone()), second.clone()])?;
    expect(store, first.id(), second.record())?;
    let again = record(2);
    insert(store, &again)?;
    let twice = [again.change(|record| record), again.change(|record| record)];
    conflict(store, &twice, again.id())?;
    expect(store, again.id(), Some(&again))
}
