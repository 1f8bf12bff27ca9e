//! Stores and records: the contract, rotation, what a record writes.

use std::{sync::Barrier, thread, time::Duration};

use keyward::{
    Role, Roles, Schema, Timestamp,
    key::{KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix, NewKey, OperatorKey},
    store::{
        AsyncKeyStore, ChangeError, KeyChange, KeyRecord, KeyState, KeyStore, MemoryStore, RotateError,
        WritableKeyStore,
    },
};

use crate::support;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn id(number: u8) -> KeyId {
    KeyId::of_imported(&KeyDigest::from_bytes([number; 32]))
}

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn new_key(seed: u8) -> NewKey<OperatorKey> {
    format().generate_operator_key(KeyEntropy::take(&mut [seed; 32]).unwrap(), None)
}

fn record(number: u8) -> KeyRecord {
    KeyRecord::new(KeyKind::OperatorKey, id(number), KeyDigest::from_bytes([number; 32]), "a1", "olivia").unwrap()
}

const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000;

/// A note, the key's state and expiry, now, grace; then the old key's state and end, or the refusal.
type Case = (&'static str, KeyState, Option<u64>, u64, u64, Result<(KeyState, u64), RotateError>);

#[test]
fn rotation_is_a_table() {
    use KeyState::{Active, Replaced, Revoked};
    let max = u64::MAX;
    let cases: [Case; 18] = [
        ("no grace ends it at once", Active, None, 100, 0, Ok((Revoked, 100))),
        ("no grace, with an expiry", Active, Some(500), 100, 0, Ok((Revoked, 100))),
        ("grace without expiry", Active, None, 100, 50, Ok((Replaced, 150))),
        ("grace before the expiry", Active, Some(500), 100, 50, Ok((Replaced, 150))),
        ("grace to the very expiry", Active, Some(150), 100, 50, Ok((Replaced, 150))),
        ("grace past the expiry is cut", Active, Some(149), 100, 50, Ok((Replaced, 149))),
        ("one tick before the expiry", Active, Some(101), 100, 50, Ok((Replaced, 101))),
        ("at the expiry", Active, Some(100), 100, 50, Err(RotateError::Expired)),
        ("after the expiry", Active, Some(99), 100, 0, Err(RotateError::Expired)),
        ("revoked", Revoked, None, 100, 50, Err(RotateError::Revoked)),
        ("in its grace already", Replaced, Some(500), 100, 50, Err(RotateError::Replaced)),
        ("a grace beyond the end of time", Active, None, max - 1, 2, Err(RotateError::GraceTooLong)),
        ("a moment before the end of time", Active, None, max - 1, 1, Ok((Replaced, max))),
        ("a grace beyond the end of time is cut", Active, Some(max), max - 1, 2, Ok((Replaced, max))),
        ("seven days", Active, None, 100, WEEK, Ok((Replaced, 100 + WEEK))),
        ("more than seven days", Active, None, 100, WEEK + 1, Err(RotateError::GraceTooLong)),
        ("more than seven days, cut or not", Active, Some(500), 100, max, Err(RotateError::GraceTooLong)),
        ("at the end of time the successor would never be good", Active, None, max, 0, Err(RotateError::EndOfTime)),
    ];
    for (note, state, expires, now, grace, wanted) in cases {
        let old = record(1)
            .with_state(state)
            .with_expiry(expires.map(at))
            .with_roles(["r1"])
            .with_conditions(["brand:a".parse().unwrap()])
            .with_version(7);
        let key = new_key(2);
        let outcome = old.rotate(&key, at(now), Duration::from_millis(grace));
        let (state, end) = match (outcome, wanted) {
            (Err(refused), Err(wanted)) => {
                assert_eq!(refused, wanted, "{note}");
                continue;
            }
            (Ok(rotation), Ok(wanted)) => {
                let [KeyChange::Insert(new), KeyChange::Update { expected: 7, record: retired }] = rotation.changes()
                else {
                    panic!("{note}: {rotation:?}");
                };
                assert_eq!((new.id(), new.digest(), new.version()), (key.id, &key.digest, 1), "{note}");
                assert_eq!((new.account(), new.actor(), new.kind()), ("a1", "olivia", old.kind()), "{note}");
                assert_eq!(support::roles(new), ["r1"], "{note}");
                assert_eq!(new.grant(), old.grant(), "{note}");
                assert_eq!((new.expires(), new.created(), new.state()), (old.expires(), at(now), Active), "{note}");
                assert_eq!((retired.id(), retired.version()), (old.id(), 8), "{note}");
                assert_eq!((retired.state(), retired.expires()), (wanted.0, Some(at(wanted.1))), "{note}");
                wanted
            }
            other => panic!("{note}: {other:?}"),
        };
        assert!(state != Active && end >= now, "{note}");
    }
    let key = new_key(1);
    let own = KeyRecord::new(KeyKind::OperatorKey, key.id, key.digest.clone(), "a1", "olivia").unwrap();
    assert_eq!(own.rotate(&key, at(0), Duration::ZERO).unwrap_err(), RotateError::SameId);
    let token = format().generate_access_token(KeyEntropy::take(&mut [3; 32]).unwrap(), None);
    assert_eq!(own.rotate(&token, at(0), Duration::ZERO).unwrap_err(), RotateError::OtherKind);
}

#[test]
fn of_two_rotations_at_once_one_is_a_conflict_and_leaves_nothing() {
    let store = MemoryStore::from_records([record(1)]).unwrap();
    let found = KeyStore::find(&store, id(1)).unwrap().unwrap();
    let rotate = |number| found.rotate(&new_key(number), at(10), Duration::from_millis(5)).unwrap();
    store.apply(rotate(2).changes()).unwrap();
    assert_eq!(store.apply(rotate(3).changes()), Err(ChangeError::Conflict { id: id(1) }));
    assert!(KeyStore::find(&store, new_key(3).id).unwrap().is_none(), "the second key must not be there");
    // The first, read again, is in its grace and can't be rotated; its successor can.
    let first = KeyStore::find(&store, id(1)).unwrap().unwrap();
    assert!(first.rotate(&new_key(4), at(11), Duration::ZERO).is_err());
    let second = KeyStore::find(&store, new_key(2).id).unwrap().unwrap();
    assert!(second.rotate(&new_key(4), at(11), Duration::ZERO).is_ok());
    let unchanged = KeyStore::find(&store, id(1)).unwrap().unwrap();
    assert_eq!(unchanged.expires(), Some(at(15)), "a second rotation doesn't lengthen the first grace");
}

#[test]
fn a_record_reads_what_it_writes() {
    let full = record(3)
        .with_roles(["admin", "r2"])
        .with_conditions(["a:1".parse().unwrap(), keyward::Condition::new("b", "É \u{0}").unwrap()])
        .with_created(at(1))
        .with_not_before(Some(at(2)))
        .with_expiry(Some(at(3)))
        .with_state(KeyState::Replaced)
        .with_version(9);
    for record in [record(1), full.clone()] {
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<KeyRecord>(&json).unwrap(), record, "{json}");
    }
    let json = serde_json::to_value(&full).unwrap();
    assert_eq!(json["conditions"][1]["value"], "É \u{0}");
    assert_eq!(json["state"], "replaced");
}

#[test]
fn a_record_refuses_what_is_none() {
    let good = serde_json::to_value(record(1)).unwrap();
    let secret = "acme_op_3Mzw0NkSqrzDXX_9YajMPFEdB2muDN5EH25lP8sYQwXcs4SqNwq";
    let cases: Vec<(&str, String)> = vec![
        ("an array", serde_json::to_string(&good.as_object().unwrap().values().collect::<Vec<_>>()).unwrap()),
        ("a number", "7".into()),
        ("null", "null".into()),
        ("a field too many", edited(&good, "admin", serde_json::json!(true))),
        ("a field missing", without(&good, "digest")),
        ("no roles field", without(&good, "roles")),
        ("no conditions field", without(&good, "conditions")),
        ("null conditions", edited(&good, "conditions", serde_json::json!(null))),
        ("the key for its digest", edited(&good, "digest", serde_json::json!(secret))),
        ("the key for its id", edited(&good, "id", serde_json::json!(secret))),
        ("a digest of another length", edited(&good, "digest", serde_json::json!("00"))),
        ("a digest in capitals", edited(&good, "digest", serde_json::json!("AB".repeat(32)))),
        ("another state", edited(&good, "state", serde_json::json!("paused"))),
        ("an empty account", edited(&good, "account", serde_json::json!(""))),
        ("an account that is a wildcard", edited(&good, "account", serde_json::json!("*"))),
        ("a negative time", edited(&good, "created", serde_json::json!(-1))),
        ("a time with a fraction", edited(&good, "expires", serde_json::json!(1.5))),
        ("a key twice", serde_json::to_string(&good).unwrap().replacen('{', r#"{"version":2,"#, 1)),
    ];
    let fields = good.as_object().unwrap().keys().cloned().chain(["notBefore".into(), "expires".into()]);
    let everywhere = fields.flat_map(|field| {
        let with = |value| edited(&good, &field, value);
        let list = with(serde_json::json!([secret, format!("{secret} "), {"name": secret, "value": 7}]));
        [with(serde_json::json!(format!("{secret} "))), list]
    });
    let cases = cases.into_iter().chain(everywhere.map(|json| ("the key in a field", json)));
    let cases = cases.chain([("the key for a field", edited(&good, secret, serde_json::json!(1)))]);
    for (note, json) in cases {
        // Roles are ids of the host's; that one of them has the form of a key can't be told.
        if json.contains(&format!("\"roles\":[\"{secret}")) || json.contains(&format!("\"roles\":\"{secret}")) {
            continue;
        }
        let error = serde_json::from_str::<KeyRecord>(&json).expect_err(note).to_string();
        assert!(!error.contains(&secret[23..31]), "{note}: the error repeats a secret: {error}");
    }
}

fn edited(json: &serde_json::Value, field: &str, value: serde_json::Value) -> String {
    let mut json = json.clone();
    json[field] = value;
    json.to_string()
}

fn without(json: &serde_json::Value, field: &str) -> String {
    let mut json = json.clone();
    json.as_object_mut().unwrap().remove(field);
    json.to_string()
}

#[test]
fn readers_go_on_while_a_writer_writes() {
    let store = MemoryStore::from_records((0..200).map(record)).unwrap();
    let together = Barrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                together.wait();
                let mut last = 0;
                for _ in 0..20_000 {
                    let found = KeyStore::find(&store, id(7)).unwrap().expect("it is always there");
                    assert!(found.version() >= last, "time went backwards");
                    assert_eq!(support::roles(&found).len() as u64 + 1, found.version(), "half a record was read");
                    last = found.version();
                }
            });
        }
        together.wait();
        for _ in 0..50 {
            let found = KeyStore::find(&store, id(7)).unwrap().unwrap();
            let roles: Vec<_> = (0..found.version()).map(|role| format!("r{role}")).collect();
            store.apply(&[found.change(|record| record.with_roles(roles))]).unwrap();
        }
    });
    assert_eq!(KeyStore::find(&store, id(7)).unwrap().unwrap().version(), 51);
}

#[test]
fn the_async_form_finds_the_same() {
    let store = MemoryStore::from_records([record(1)]).unwrap();
    let found = crate::block_on(AsyncKeyStore::find_async(&store, id(1))).unwrap();
    assert_eq!(found, KeyStore::find(&store, id(1)).unwrap());
}

#[test]
fn many_changes_at_once_are_made_in_time() {
    // Quadratic, this takes minutes.
    let store = MemoryStore::new();
    let id = |number: u32| KeyId::of_imported(&KeyDigest::of(&number.to_string(), None));
    let insert = |number| {
        KeyChange::Insert(KeyRecord::new(KeyKind::AccessToken, id(number), KeyDigest::DUMMY, "a1", "t1").unwrap())
    };
    let changes: Vec<_> = (0..50_000).map(insert).collect();
    store.apply(&changes).unwrap();
    assert_eq!(store.len(), 50_000);
    assert_eq!(store.apply(&changes[49_999..]), Err(ChangeError::Duplicate { id: id(49_999) }));
}

#[test]
fn what_is_mistyped_is_found_before_it_is_stored() {
    let schema = Schema::from_json(
        r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    )
    .unwrap();
    let inspector = Role::new("inspector", ["products:read"]).unwrap();
    let roles = Roles::new(&schema, "a1").unwrap().with(inspector).unwrap();
    let new = format().generate_access_token(KeyEntropy::take(&mut [1; 32]).unwrap(), None);
    let of = |account: &str, roles: &[&str], conditions: &[&str]| {
        let conditions = conditions.iter().map(|text| text.parse().unwrap());
        KeyRecord::issue(&new, account, "t1").unwrap().with_roles(roles).with_conditions(conditions)
    };
    assert_eq!(
        of("a1", &[], &[]),
        KeyRecord::new(KeyKind::AccessToken, new.id, new.digest.clone(), "a1", "t1").unwrap()
    );
    let many: Vec<String> = (0..101).map(|number| format!("r{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let cases: [(KeyRecord, Option<&str>); 8] = [
        (of("a1", &["inspector", "admin"], &["brand:a", "brand:b"]), None),
        (of("a1", &[], &[]), None),
        (of("a1", &["inspecter"], &[]), Some("unknown role `inspecter`; did you mean `inspector`?")),
        (of("a1", &["inspector"; 2], &[]), Some("role `inspector` is there twice")),
        (of("a1", &many, &[]), Some("101 roles are too many, the most is 100")),
        (of("a1", &[], &["brands:a"]), Some("unknown condition `brands`; did you mean `brand`?")),
        (of("a1", &[], &["brand:a"; 2]), Some("condition `brand:a` is there twice")),
        (of("a2", &["inspector"], &[]), Some("the roles are of another account")),
    ];
    for (record, refused) in cases {
        assert_eq!(record.check(&roles).err().map(|error| error.to_string()).as_deref(), refused, "{record:?}");
    }
}
