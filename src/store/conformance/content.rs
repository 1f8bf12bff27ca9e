//! What is stored is found, whatever it is.

use alloc::string::String;
use core::slice;

use super::{
    super::{
        change::KeyChange,
        record::{KeyRecord, KeyState},
    },
    Outcome, samples,
    tools::{Tested, apply, conditions, conflict, expect, id, insert, of, record, said},
};
use crate::{
    key::{KeyDigest, KeyId, KeyKind},
    time::Timestamp,
};

pub(super) fn unknown(store: &dyn Tested) -> Outcome {
    expect(store, id(1), None)
}

pub(super) fn found(store: &dyn Tested) -> Outcome {
    stored(store, &samples::ordinary()?)?;
    expect(store, id(4), None)
}

pub(super) fn names(store: &dyn Tested) -> Outcome {
    stored(store, &samples::names())
}

pub(super) fn values(store: &dyn Tested) -> Outcome {
    stored(store, &samples::values()?)
}

pub(super) fn assignments(store: &dyn Tested) -> Outcome {
    stored(store, &samples::assignments())
}

pub(super) fn times(store: &dyn Tested) -> Outcome {
    stored(store, &samples::times())
}

/// Counts across the ends of columns. Once there, a version whose upper bits are lost is another one, too.
pub(super) fn versions(store: &dyn Tested) -> Outcome {
    for (number, last) in (1..).zip([0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF]) {
        let first = record(number).with_version(last);
        stored(store, slice::from_ref(&first))?;
        let mut present = first.clone();
        for role in ["next", "after"] {
            let change = present.change(|record| record.with_roles([role]));
            apply(store, slice::from_ref(&change))?;
            expect(store, first.id(), change.record())?;
            present = change.record().cloned().unwrap_or(present);
        }
        conflict(store, &[first.change(|record| record)], first.id())?;
        conflict(store, &[KeyChange::Remove { expected: 1, id: first.id() }], first.id())?;
        expect(store, first.id(), Some(&present))?;
    }
    Ok(())
}

pub(super) fn largest(store: &dyn Tested) -> Outcome {
    stored(store, &[samples::largest()?])
}

pub(super) fn every_field(store: &dyn Tested) -> Outcome {
    let at = |millis| Some(Timestamp::from_millis(millis));
    let mut present = record(1).with_expiry(at(9)).with_not_before(at(3)).with_roles(["a"]);
    stored(store, slice::from_ref(&present))?;
    let other = |(account, actor)| {
        KeyRecord::unchecked(present.kind(), present.id(), KeyDigest::from_bytes([2; 32]), (account, actor))
    };
    // What `KeyRecord::change` doesn't change, an update may.
    let others = [("account-1", "actor-1"), ("account-2", "actor-1"), ("account-2", "actor-2")].map(other);
    let reordered = conditions([("z", "1"), ("a", "2")])?;
    let steps: [fn(KeyRecord) -> KeyRecord; 7] = [
        |record| record.with_expiry(Some(Timestamp::from_millis(5))),
        |record| record.with_expiry(None),
        |record| record.with_not_before(None),
        |record| record.with_not_before(Some(Timestamp::from_millis(1))),
        |record| record.with_created(Timestamp::from_millis(2)),
        |record| record.with_state(KeyState::Replaced),
        |record| record.with_roles(["b", "a"]),
    ];
    for step in steps {
        present = updated(store, &present, step(present.clone()))?;
    }
    present = updated(store, &present, present.clone().with_conditions(reordered))?;
    for other in others {
        present = updated(store, &present, other)?;
    }
    Ok(())
}

/// What stands there after the update, which was found.
fn updated(store: &dyn Tested, present: &KeyRecord, next: KeyRecord) -> Result<KeyRecord, String> {
    let next = next.with_version(present.version().saturating_add(1));
    apply(store, &[KeyChange::Update { expected: present.version(), record: next.clone() }])?;
    expect(store, present.id(), Some(&next))?;
    Ok(next)
}

pub(super) fn byte_for_byte(store: &dyn Tested) -> Outcome {
    let pairs = [
        ("aaaaaaaaaaaaaa", "AAAAAAAAAAAAAA"),
        ("1first0000000a", "2first0000000a"),
        ("eighth01000000", "eighth02000000"),
        ("last0000000001", "last0000000002"),
        // Both are a hundred, as numbers.
        ("00000000001e02", "00000000000100"),
    ];
    for (one, other) in pairs {
        let (one, other) = (named(one)?, named(other)?);
        insert(store, &one)?;
        expect(store, other.id(), None)?;
        stored(store, slice::from_ref(&other))?;
        expect(store, one.id(), Some(&one))?;
        apply(store, &[KeyChange::Remove { expected: 1, id: other.id() }])?;
        expect(store, one.id(), Some(&one))?;
        expect(store, other.id(), None)?;
    }
    Ok(())
}

/// Inserts the records, and then finds each.
fn stored(store: &dyn Tested, records: &[KeyRecord]) -> Outcome {
    records.iter().try_for_each(|record| insert(store, record))?;
    records.iter().try_for_each(|record| expect(store, record.id(), Some(record)))
}

fn named(id: &str) -> Result<KeyRecord, String> {
    let id = KeyId::parse(id).map_err(said)?;
    Ok(of(KeyKind::AccessToken, id, KeyDigest::of(id.as_str(), None)))
}
