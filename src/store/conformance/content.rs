//! What is stored is found, whatever it is.

use alloc::{format, string::String, vec::Vec};
use core::slice;

use super::{
    super::{
        change::KeyChange,
        record::{KeyRecord, KeyState},
    },
    Outcome,
    tools::{Tested, apply, conditions, conflict, expect, id, insert, of, record, said},
};
use crate::{
    key::{KeyDigest, KeyId, KeyKind},
    time::Timestamp,
};

/// The last point in time that an integer with a sign can say.
const LATEST: u64 = u64::MAX >> 1;

/// Values that a careless store would change, split, drop, or take for one another.
const VALUES: [&str; 30] = [
    "",
    " ",
    " a",
    "a ",
    "a",
    "A",
    "a\t",
    "a\n",
    "a\r\n",
    "a\0",
    "\0",
    "a\nb:2",
    "a,b:2",
    "a|b:2",
    "a;b:2",
    "a:b",
    "\u{C9}",
    "E\u{301}",
    "\u{A0}",
    "a\u{A0}",
    "\u{FEFF}a",
    "\u{1F511}",
    "' \" \\ %_ -- $1 ?1 {}",
    "\\0",
    "null",
    "true",
    "1",
    "1.0",
    "01",
    "[\"a\"]",
];

pub(super) fn unknown(store: &dyn Tested) -> Outcome {
    expect(store, id(1), None)
}

pub(super) fn found(store: &dyn Tested) -> Outcome {
    let full = record(2)
        .with_roles(["admin", "r-2"])
        .with_conditions(conditions([("a", "1"), ("b", "2")])?)
        .with_created(Timestamp::from_millis(1))
        .with_not_before(Some(Timestamp::from_millis(2)))
        .with_expiry(Some(Timestamp::from_millis(LATEST)))
        .with_state(KeyState::Replaced);
    let revoked = record(3).with_state(KeyState::Revoked);
    stored(store, &[record(1), full, revoked])?;
    expect(store, id(4), None)
}

/// Two spellings of a name are two names.
pub(super) fn names(store: &dyn Tested) -> Outcome {
    let named = |number, account, actor, roles: [&str; 2]| {
        let (id, digest) = (id(number), KeyDigest::from_bytes([number; 32]));
        KeyRecord::unchecked(KeyKind::OperatorKey, id, digest, (account, actor)).with_roles(roles)
    };
    let records = [
        named(1, "Acct-1", "Olivia@Example.com", ["Admin", "admin"]),
        named(2, "acct-1", "olivia@example.com", ["admin", "Admin"]),
        // As numbers each of these would be the one below it.
        named(3, "0012", "1e2", ["0x10", "16"]),
        named(4, "12", "100", ["16", "0x10"]),
        // Every sign that a name may have.
        named(5, "_.:@+~=/-", "-/=~+@:._", ["a:b", "a=b"]),
    ];
    stored(store, &records)
}

/// All of the values in one record, and each as the only condition of another: where that is dropped, or cut into
/// two, the key reaches more than it may.
pub(super) fn values(store: &dyn Tested) -> Outcome {
    let owners = |values: &[&str]| conditions(values.iter().map(|value| ("owner", value)));
    let mut records = Vec::from([record(0).with_conditions(owners(&VALUES)?)]);
    for (number, value) in (1..).zip(VALUES) {
        records.push(record(number).with_conditions(owners(&[value])?));
    }
    // The same for names: each is another condition.
    let spelled = [("Brand", "a"), ("brand", "a"), ("BRAND", "a"), ("brand", "A"), ("-", "1"), ("_", "1"), ("1", "1")];
    records.push(record(255).with_conditions(conditions(spelled)?));
    stored(store, &records)
}

pub(super) fn times(store: &dyn Tested) -> Outcome {
    let times = [0, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0001, 0x20_0000_0000_0001, LATEST];
    let mut records = Vec::new();
    for (number, time) in (1..).zip(times.map(Timestamp::from_millis)) {
        records.push(record(number).with_created(time).with_not_before(Some(time)).with_expiry(Some(time)));
    }
    stored(store, &records)
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
    let long = |number: usize| format!("{number:0>128}");
    let pair = |number: usize| (format!("name-{number}"), format!("{number:0>1000}"));
    // Neither list is in any order that a store might put it in.
    let large = KeyRecord::unchecked(KeyKind::AccessToken, id(1), KeyDigest::DUMMY, (&long(1), &long(2)))
        .with_roles((0..100).rev().map(long))
        .with_conditions(conditions((0..256).rev().map(pair))?);
    stored(store, &[large])
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
