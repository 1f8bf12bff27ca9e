//! Keys: their text, their secret, their life.

use std::time::Duration;

use keyward::{
    Authenticator, Role, Roles, Schema, Timestamp,
    authenticate::AuthenticationError,
    key::{AccessToken, KeyDigest, KeyEntropy, KeyFormat, KeyKind, KeyPrefix, NewKey},
    store::{KeyChange, KeyRecord, KeyState, MemoryStore, WritableKeyStore},
};

use super::{Row, told};

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn new_token(seed: u8) -> NewKey<AccessToken> {
    format().generate_access_token(KeyEntropy::take(&mut [seed; 32]).unwrap(), None)
}

fn record() -> KeyRecord {
    let key = new_token(1);
    KeyRecord::new(KeyKind::AccessToken, key.id, key.digest, "a1", "t1").unwrap().with_roles(["reader"])
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn authenticator() -> Authenticator {
    let schema = Schema::builder().resource("products").build().unwrap();
    let authenticator = Authenticator::new(&schema, format());
    let reader = Role::new("reader", ["products:read"]).unwrap();
    authenticator.set_roles(Roles::new(&schema, "a1").unwrap().with(reader).unwrap(), 1).unwrap();
    authenticator
}

/// What the log says of a key with this text that is presented at this time.
fn presented(text: &str, record: KeyRecord, now: u64) -> String {
    let store = MemoryStore::from_records([record]).unwrap();
    match authenticator().authenticate(&store, text, at(now)) {
        Ok(_) => "let in".into(),
        Err(AuthenticationError::Refused(refusal)) => format!("{}: {}", refusal.status(), refusal.cause()),
        Err(error) => error.to_string(),
    }
}

fn lived(change: fn(KeyRecord) -> KeyRecord, now: u64) -> String {
    presented(new_token(1).key.reveal(), change(record()), now)
}

fn text(change: fn(&str) -> String) -> String {
    presented(&change(new_token(1).key.reveal()), record(), 100)
}

fn rotated(change: fn(KeyRecord) -> KeyRecord, now: u64, grace: u64) -> String {
    match change(record()).rotate(&new_token(2), at(now), Duration::from_millis(grace)) {
        Ok(rotation) => {
            let [KeyChange::Insert(_), KeyChange::Update { record, .. }] = rotation.changes() else { panic!() };
            format!("{:?} until {}", record.state(), record.expires().unwrap().as_millis())
        }
        Err(error) => error.to_string(),
    }
}

fn revoked_between() -> String {
    let store = MemoryStore::from_records([record()]).unwrap();
    let authenticator = authenticator();
    let key = new_token(1);
    let is_let_in = || authenticator.authenticate(&store, key.key.reveal(), at(100)).is_ok();
    let before = [is_let_in(), is_let_in()];
    let revoked = record().with_state(KeyState::Revoked).with_version(record().version() + 1);
    store.apply(&[KeyChange::Update { expected: record().version(), record: revoked }]).unwrap();
    format!("{before:?}, then {}", is_let_in())
}

fn shown_id() -> String {
    let key = new_token(1);
    let (text, id) = (key.key.reveal(), key.id.to_string());
    let without = text.replacen(&id, "", 1);
    let parts = (0..=id.len() - 4).filter(|start| without.contains(&id[*start..start + 4])).count();
    format!("{parts} of its parts are in the secret")
}

const TIMING: &str = "`==` on secrets tells by its time how much is right";
const PRINTED: &str = "serde repeats the value that it couldn't read";
const COPIED: &str = "a generator that is cloned from `&self`";
const ROTATED: &str = "a rotation that gives back the life of a key";
const GRACE: &str = "gravitee-io/gravitee-management-rest-api#38";
const CLOCK: &str = "a clock that is set back, or far ahead";

pub(super) const ROWS: &[Row] = &[
    ("nothing matches no digest", TIMING, || KeyDigest::of("k", None).matches(None).to_string(), "false"),
    ("a dummy matches no digest", TIMING, || KeyDigest::DUMMY.matches(None).to_string(), "false"),
    (
        "a digest as Rust prints it",
        "`[u8; 32]` prints itself",
        || format!("{:?}", KeyDigest::of("k", None)),
        "KeyDigest([redacted])",
    ),
    (
        "a secret where a digest should be",
        PRINTED,
        || told(serde_json::from_str::<KeyDigest>(r#""acme_tok_hunter2""#)),
        "expected 64 hexadecimal digits in lower case at line 1 column 18",
    ),
    (
        "a number where a digest should be",
        PRINTED,
        || told(serde_json::from_str::<KeyDigest>("31337")),
        "expected 64 hexadecimal digits in lower case at line 1 column 5",
    ),
    (
        "the same entropy twice",
        COPIED,
        || {
            let mut bytes = [7; 32];
            format!("{}, {}", told(KeyEntropy::take(&mut bytes)), told(KeyEntropy::take(&mut bytes)))
        },
        "fine, the bytes are all zero: never filled, or already used",
    ),
    (
        "an id out of the secret",
        "a display id of the secret's own characters",
        shown_id,
        "0 of its parts are in the secret",
    ),
    (
        "a prefix with the separator",
        "a prefix that breaks the parse",
        || told(KeyPrefix::new("ac_me")),
        "the prefix `ac_me` has `_` at byte 2: it takes `a` to `z` and, after the first, `0` to `9`",
    ),
    (
        "an empty prefix",
        "a prefix that breaks the parse",
        || told(KeyPrefix::new("")),
        "the prefix has a length of 0: it takes 2 to 16 characters",
    ),
    (
        "a mistyped key",
        "a checksum is for typing errors",
        || text(|key| key[..key.len() - 1].into()),
        "401: malformed key",
    ),
    (
        "a right checksum and a key that nobody was given",
        "a checksum is no authentication",
        || presented(new_token(2).key.reveal(), record(), 100),
        "401: unknown key",
    ),
    (
        "the right id with another secret",
        "a look-up by id that is taken for the check",
        || {
            let other = new_token(2).digest;
            let wrong = KeyRecord::new(KeyKind::AccessToken, new_token(1).id, other, "a1", "t1").unwrap();
            presented(new_token(1).key.reveal(), wrong, 100)
        },
        "401: wrong secret",
    ),
    ("a key in other case", "a store that folds case", || text(str::to_uppercase), "401: not a key of this host"),
    ("a key and a blank", "a reader that trims", || text(|key| format!("{key} ")), "401: malformed key"),
    (
        "a key and a blank of no width",
        "a reader that trims",
        || text(|key| format!("{key}\u{200b}")),
        "401: malformed key",
    ),
    ("grace past the expiry", GRACE, || rotated(|old| old.with_expiry(Some(at(149))), 100, 50), "Replaced until 149"),
    ("grace of none, where the key is in wrong hands", GRACE, || rotated(|old| old, 100, 0), "Revoked until 100"),
    (
        "an expired key is rotated",
        ROTATED,
        || rotated(|old| old.with_expiry(Some(at(100))), 100, 50),
        "an expired key can't be replaced: end it, and make a new one",
    ),
    (
        "a revoked key is rotated",
        ROTATED,
        || rotated(|old| old.with_state(KeyState::Revoked), 100, 50),
        "a revoked key can't be replaced",
    ),
    (
        "a second rotation within one grace",
        ROTATED,
        || rotated(|old| old.with_state(KeyState::Replaced).with_expiry(Some(at(500))), 100, 50),
        "the key was replaced already: replace its successor",
    ),
    (
        "a grace beyond the end of time",
        "unchecked sums",
        || rotated(|old| old, u64::MAX - 1, 2),
        "the grace is too long: the most is seven days, and less where the host says so",
    ),
    (
        "a grace as long as time",
        "unchecked sums",
        || rotated(|old| old, 0, u64::MAX),
        "the grace is too long: the most is seven days, and less where the host says so",
    ),
    ("one tick before the expiry", CLOCK, || lived(|key| key.with_expiry(Some(at(101))), 100), "let in"),
    ("at the expiry", CLOCK, || lived(|key| key.with_expiry(Some(at(100))), 100), "401: expired at 100"),
    ("one tick after the expiry", CLOCK, || lived(|key| key.with_expiry(Some(at(99))), 100), "401: expired at 99"),
    (
        "one tick before its start",
        CLOCK,
        || lived(|key| key.with_not_before(Some(at(101))), 100),
        "401: not valid before 101",
    ),
    ("one tick before it was made", CLOCK, || lived(|key| key.with_created(at(101)), 100), "401: not valid before 101"),
    (
        "expired, by a clock of the far past",
        CLOCK,
        || lived(|key| key.with_created(at(50)).with_expiry(Some(at(60))), 0),
        "401: not valid before 50",
    ),
    (
        "a bounded key at the end of time",
        CLOCK,
        || lived(|key| key.with_not_before(Some(at(1))), u64::MAX),
        "401: not valid before 1",
    ),
    (
        "a replaced key without an end",
        "a grace that never ends",
        || lived(|key| key.with_state(KeyState::Replaced), 100),
        "401: revoked",
    ),
    ("a revoked key, used before", "TykTechnologies/tyk#2293", revoked_between, "[true, true], then false"),
];
