//! What is stored is found, whatever it is.

use alloc::string::String;
use core::{fmt, slice};

use super::{
    super::{
        change::KeyChange,
        contract::WritableKeyStore,
        record::{KeyRecord, KeyState},
    },
    Outcome, samples,
    tools::{apply, conflict, expect, id, record, said},
};
use crate::{
    key::{KeyDigest, KeyId, KeyKind},
    time::Timestamp,
};

pub(super) fn unknown<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    expect(store, id(1), None)
}

pub(super) fn found<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    stored(store, &samples::ordinary())?;
    expect(store, id(4), None)
}

pub(super) fn names<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    stored(store, &samples::names()?)
}

pub(super) fn values<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    stored(store, &samples::values()?)
}

pub(super) fn times<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    stored(store, &samples::times())
}

/// Counts across the ends of columns. Once there, a version whose upper bits are lost is another one, too.
pub(super) fn versions<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
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

pub(super) fn largest<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    stored(store, &[samples::largest()?])
}

pub(super) fn every_field<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
    let at = |millis| Some(Timestamp::from_millis(millis));
    let mut present = record(1).with_expiry(at(9)).with_not_before(at(3)).with_roles(["a"]);
    stored(store, slice::from_ref(&present))?;
    let other = |digest: u8, account, actor| {
        KeyRecord::new(present.kind(), present.id(), KeyDigest::from_bytes([digest; 32]), account, actor).map_err(said)
    };
    // What `KeyRecord::change` doesn't change, an update may.
    let others = [other(2, "account-1", "actor-1")?, other(2, "account-2", "actor-1")?];
    let others = others.into_iter().chain([other(2, "account-2", "actor-2")?]);
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
        present = updated(store, &present, step(present.clone()))?;
    }
    for other in others {
        present = updated(store, &present, other)?;
    }
    Ok(())
}

/// What stands there after the update, which was found.
fn updated<S>(store: &S, present: &KeyRecord, next: KeyRecord) -> Result<KeyRecord, String>
where
    S: WritableKeyStore<Error: fmt::Debug>,
{
    let next = next.with_version(present.version().saturating_add(1));
    apply(store, &[KeyChange::Update { expected: present.version(), record: next.clone() }])?;
    expect(store, present.id(), Some(&next))?;
    Ok(next)
}

pub(super) fn byte_for_byte<S: WritableKeyStore<Error: fmt::Debug>>(store: &S) -> Outcome {
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
        apply(store, &[KeyChange::Insert(one.clone())])?;
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
fn stored<S: WritableKeyStore<Error: fmt::Debug>>(store: &S, records: &[KeyRecord]) -> Outcome {
    records.iter().try_for_each(|record| apply(store, &[KeyChange::Insert(record.clone())]))?;
    records.iter().try_for_each(|record| expect(store, record.id(), Some(record)))
}

fn named(id: &str) -> Result<KeyRecord, String> {
    let id = KeyId::parse(id).map_err(said)?;
    let digest = KeyDigest::of(id.as_str(), None);
    KeyRecord::new(KeyKind::AccessToken, id, digest, "account-1", "actor-1").map_err(said)
}
