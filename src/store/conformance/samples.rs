//! Records that a careless store would change.

use alloc::{format, string::String, vec::Vec};

use super::{
    super::record::{KeyRecord, KeyState},
    tools::{conditions, id, numbered, record, said},
};
use crate::{
    condition::Condition,
    grant::{Assignment, Grant},
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

/// Records to fill a store with that only reads, before it is held to [`check_reading`](super::check_reading): names, values,
/// times and sizes that a careless one would change, under ids of which some are easily taken for others.
pub fn samples() -> Vec<KeyRecord> {
    let ordinary = ordinary().map(Vec::from);
    let largest = largest().map(|record| Vec::from([record]));
    let of_sort = [ordinary, Ok(names()), values(), Ok(times()), Ok(assignments()), largest];
    let all = of_sort.into_iter().flatten().flatten();
    let alike = ["aaaaaaaaaaaaaa", "00000000001e02"].into_iter().filter_map(|id| KeyId::parse(id).ok());
    let ids = alike.chain((0..).map(|number| numbered(number, 0)));
    all.zip(ids).map(|(record, id)| KeyRecord { id, ..record }).collect()
}

pub(crate) fn ordinary() -> Result<[KeyRecord; 3], String> {
    let full = record(2)
        .with_roles(["admin", "r-2"])
        .with_conditions(conditions([("a", "1"), ("b", "2")])?)
        .with_created(Timestamp::from_millis(1))
        .with_not_before(Some(Timestamp::from_millis(2)))
        .with_expiry(Some(Timestamp::from_millis(LATEST)))
        .with_state(KeyState::Replaced);
    Ok([record(1), full, record(3).with_state(KeyState::Revoked)])
}

/// Several assignments, none, and one that is empty: where two are taken for one, or their conditions change places, the key
/// reaches more than it may.
pub(crate) fn assignments() -> Vec<KeyRecord> {
    let of = |role: &str, texts: &[&str]| {
        let conditions = texts.iter().filter_map(|text| text.parse().ok());
        Assignment::new().with_roles([role]).with_conditions(conditions)
    };
    let grants: [Grant; 4] = [
        [of("a", &["x:1", "y:2"]), of("b", &[]), of("a", &["x:2"]), of("c", &["y:1", "x:1"])].into_iter().collect(),
        [of("b", &["x:1"]), of("a", &["x:1"])].into_iter().collect(),
        [Assignment::new(), of("a", &["x:1"])].into_iter().collect(),
        Grant::from_iter([]),
    ];
    (1..).zip(grants).map(|(number, grant)| record(number).with_grant(grant)).collect()
}

/// Two spellings of a name are two names.
pub(crate) fn names() -> Vec<KeyRecord> {
    let named = |number, account, actor, roles: [&str; 2]| {
        let (id, digest) = (id(number), KeyDigest::from_bytes([number; 32]));
        KeyRecord::unchecked(KeyKind::OperatorKey, id, digest, (account, actor)).with_roles(roles)
    };
    Vec::from([
        named(1, "Acct-1", "Olivia@Example.com", ["Admin", "admin"]),
        named(2, "acct-1", "olivia@example.com", ["admin", "Admin"]),
        // As numbers each of these would be the one below it.
        named(3, "0012", "1e2", ["0x10", "16"]),
        named(4, "12", "100", ["16", "0x10"]),
        // Every sign that a name may have.
        named(5, "_.:@+~=/-", "-/=~+@:._", ["a:b", "a=b"]),
    ])
}

/// All of the values in one record, and each as the only condition of another: where that is dropped, or cut into
/// two, the key reaches more than it may.
pub(crate) fn values() -> Result<Vec<KeyRecord>, String> {
    let owners = |values: &[&str]| conditions(values.iter().map(|value| ("owner", value)));
    let mut records = Vec::from([record(0).with_conditions(owners(&VALUES)?)]);
    for (number, value) in (1..).zip(VALUES) {
        records.push(record(number).with_conditions(owners(&[value])?));
    }
    // The same for names: each is another condition.
    let spelled = [("Brand", "a"), ("brand", "a"), ("BRAND", "a"), ("brand", "A"), ("-", "1"), ("_", "1"), ("1", "1")];
    records.push(record(255).with_conditions(conditions(spelled)?));
    // Exceptions that are lost, or taken for values, let in what they keep out.
    for (number, values) in (101..).zip([&["a"][..], &["b", "a", ""], &VALUES]) {
        let except = Condition::except("owner", values).map_err(said)?;
        let others = conditions([("owner", "a"), ("a", "1")])?;
        records.push(record(number).with_conditions(others.into_iter().chain([except])));
    }
    Ok(records)
}

pub(crate) fn times() -> Vec<KeyRecord> {
    let times = [0, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0001, 0x20_0000_0000_0001, LATEST];
    let at = |(number, time)| {
        let record: KeyRecord = record(number);
        record.with_created(time).with_not_before(Some(time)).with_expiry(Some(time))
    };
    (1..).zip(times.map(Timestamp::from_millis)).map(at).collect()
}

pub(crate) fn largest() -> Result<KeyRecord, String> {
    let long = |number: usize| format!("{number:0>128}");
    let pair = |number: usize| (format!("name-{number}"), format!("{number:0>1000}"));
    // Neither list is in any order that a store might put it in.
    let large = KeyRecord::unchecked(KeyKind::AccessToken, id(1), KeyDigest::DUMMY, (&long(1), &long(2)));
    Ok(large.with_roles((0..100).rev().map(long)).with_conditions(conditions((0..256).rev().map(pair))?))
}
