//! From a presented text to an access, or a refusal.

use std::{
    borrow::Borrow,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use keyward::{
    Authenticator, Operation, ResourceView, Role, Roles, Schema, Timestamp,
    authenticate::{AuthenticationError, RefusalCause},
    key::{AccessToken, ForeignFormat, KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix, NewKey, Pepper},
    store::{AsyncKeyStore, KeyChange, KeyRecord, KeyState, KeyStore, MemoryStore, WritableKeyStore},
};

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn schema() -> Schema {
    Schema::from_json(
        r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    )
    .unwrap()
}

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn new_token(seed: u8) -> NewKey<AccessToken> {
    format().generate_access_token(KeyEntropy::take(&mut [seed; 32]).unwrap(), None)
}

fn record_of(new: &NewKey<AccessToken>) -> KeyRecord {
    KeyRecord::new(KeyKind::AccessToken, new.id, new.digest.clone(), "a1", "t1").unwrap().with_roles(["reader"])
}

fn roles(permissions: &[&str]) -> Roles {
    Roles::new(&schema(), "a1").unwrap().with(Role::new("reader", permissions.iter().copied()).unwrap()).unwrap()
}

/// Each state of an account is newer than those before.
fn next_version() -> u64 {
    static VERSION: AtomicU64 = AtomicU64::new(1);
    VERSION.fetch_add(1, Ordering::Relaxed)
}

fn authenticator() -> Authenticator {
    let authenticator = Authenticator::new(&schema(), format());
    authenticator.set_roles(roles(&["products:read"]), next_version()).unwrap();
    authenticator
}

fn reads(access: &keyward::Access) -> bool {
    access.decide(Operation::READ, &ResourceView::new("products", "a1", &[("brand", "x")])).is_allow()
}

#[test]
fn the_lifecycle_is_a_table() {
    let (new, other) = (new_token(1), new_token(2));
    let good = record_of(&new);
    let wrong = KeyRecord::new(KeyKind::AccessToken, new.id, other.digest.clone(), "a1", "t1").unwrap();
    let kind = KeyRecord::new(KeyKind::OperatorKey, new.id, new.digest.clone(), "a1", "t1").unwrap();
    let elsewhere = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest.clone(), "a2", "t1").unwrap();
    let unbound = good.clone().with_conditions(["colour:red".parse().unwrap()]);
    let doubled = good.clone().with_conditions(["brand:a", "brand:a"].map(|text| text.parse().unwrap()));
    let crowded = good.clone().with_roles((0..101).map(|role| format!("r{role}")));
    let max = u64::MAX;
    let cases: Vec<(&str, Option<KeyRecord>, u64, Option<&str>)> = vec![
        ("good", Some(good.clone()), 100, None),
        ("unknown", None, 100, Some("unknown key")),
        ("another key's record", Some(record_of(&other)), 100, Some("unknown key")),
        ("wrong secret", Some(wrong.clone()), 100, Some("wrong secret")),
        ("wrong and revoked is wrong", Some(wrong.with_state(KeyState::Revoked)), 100, Some("wrong secret")),
        ("of the other kind", Some(kind), 100, Some("the key is of another kind than its record")),
        ("revoked", Some(good.clone().with_state(KeyState::Revoked)), 100, Some("revoked")),
        (
            "revoked, and expired long after",
            Some(good.clone().with_state(KeyState::Revoked).with_expiry(Some(at(max)))),
            0,
            Some("revoked"),
        ),
        (
            "replaced, in its grace",
            Some(good.clone().with_state(KeyState::Replaced).with_expiry(Some(at(101)))),
            100,
            None,
        ),
        (
            "replaced, its grace over",
            Some(good.clone().with_state(KeyState::Replaced).with_expiry(Some(at(100)))),
            100,
            Some("expired at 100"),
        ),
        ("replaced without an end", Some(good.clone().with_state(KeyState::Replaced)), 100, Some("revoked")),
        ("one tick before its expiry", Some(good.clone().with_expiry(Some(at(101)))), 100, None),
        ("at its expiry", Some(good.clone().with_expiry(Some(at(100)))), 100, Some("expired at 100")),
        ("one tick after its expiry", Some(good.clone().with_expiry(Some(at(99)))), 100, Some("expired at 99")),
        ("expired at the start of time", Some(good.clone().with_expiry(Some(at(0)))), 0, Some("expired at 0")),
        ("good until the end of time", Some(good.clone().with_expiry(Some(at(max)))), max - 1, None),
        (
            "expired at the end of time",
            Some(good.clone().with_expiry(Some(at(max)))),
            max,
            Some("expired at 18446744073709551615"),
        ),
        ("at its creation", Some(good.clone().with_created(at(100))), 100, None),
        (
            "before its creation, by a clock set back",
            Some(good.clone().with_created(at(101))),
            100,
            Some("not valid before 101"),
        ),
        (
            "expired, by a clock set back before its creation",
            Some(good.clone().with_created(at(50)).with_expiry(Some(at(60)))),
            0,
            Some("not valid before 50"),
        ),
        ("at its start", Some(good.clone().with_not_before(Some(at(100)))), 100, None),
        (
            "one tick before its start",
            Some(good.clone().with_not_before(Some(at(101)))),
            100,
            Some("not valid before 101"),
        ),
        (
            "starts after it ends",
            Some(good.clone().with_not_before(Some(at(101))).with_expiry(Some(at(50)))),
            100,
            Some("expired at 50"),
        ),
        ("without bounds, by a clock that can't be believed", Some(good.clone()), max, None),
        (
            "that waits for its time, by a clock that can't be believed",
            Some(good.clone().with_not_before(Some(at(101)))),
            max,
            Some("not valid before 101"),
        ),
        (
            "a role twice",
            Some(good.clone().with_roles(["reader", "reader"])),
            100,
            Some("the record can't be used: role `reader` is there twice"),
        ),
        ("of an account that isn't loaded", Some(elsewhere), 100, Some("the account is not known")),
        (
            "a condition that the schema doesn't have",
            Some(unbound),
            100,
            Some("the record can't be used: unknown condition `colour`; there are `brand`"),
        ),
        ("a condition twice", Some(doubled), 100, Some("the record can't be used: condition `brand:a` is there twice")),
        (
            "more roles than an access may have",
            Some(crowded),
            100,
            Some("the record can't be used: 101 roles are too many, the most is 100"),
        ),
    ];
    let authenticator = authenticator();
    for (note, record, now, wanted) in cases {
        let presented = authenticator.parse(new.key.reveal()).unwrap();
        // Twice, for the second time something is remembered.
        let again = record.clone();
        for found in [record.as_ref(), again.as_ref()] {
            match (authenticator.verify(&presented, found, at(now)), wanted) {
                (Ok(authenticated), None) => assert!(reads(authenticated.access()), "{note}"),
                (Err(refusal), Some(wanted)) => {
                    assert_eq!(refusal.cause().to_string(), wanted, "{note}");
                    assert_eq!(refusal.to_string(), "the key is not valid", "{note}");
                    assert!(format!("{refusal:?}").contains(&format!("{:?}", refusal.cause())), "{note}");
                    assert_eq!((refusal.status(), refusal.key_id()), (401, Some(new.id)), "{note}");
                }
                (outcome, wanted) => panic!("{note}: {outcome:?}, wanted {wanted:?}"),
            }
        }
    }
}

/// Counts look-ups, and can fail.
struct Counting {
    inner: MemoryStore,
    finds: AtomicUsize,
    fails: AtomicBool,
}

#[derive(Debug, PartialEq)]
struct Unreachable;

impl KeyStore for Counting {
    type Record = Arc<KeyRecord>;
    type Error = Unreachable;

    fn find(&self, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Unreachable> {
        self.finds.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) {
            return Err(Unreachable);
        }
        Ok(KeyStore::find(&self.inner, id).unwrap())
    }
}

impl AsyncKeyStore for Counting {
    type Record = Arc<KeyRecord>;
    type Error = Unreachable;

    async fn find_async(&self, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Unreachable> {
        KeyStore::find(self, id)
    }
}

fn counting(records: impl IntoIterator<Item = KeyRecord>) -> Counting {
    let inner = MemoryStore::from_records(records).unwrap();
    Counting { inner, finds: AtomicUsize::new(0), fails: AtomicBool::new(false) }
}

#[test]
fn a_mistyped_key_is_refused_with_no_look_up() {
    let new = new_token(1);
    let (store, authenticator) = (counting([record_of(&new)]), authenticator());
    let key = new.key.reveal();
    let mistyped = [&key[1..], &key[..key.len() - 1], &format!("{key} "), &key.to_uppercase(), "", "Bearer x"];
    for text in mistyped {
        let refused = authenticator.authenticate(&store, text, at(1)).unwrap_err();
        let AuthenticationError::Refused(refusal) = refused else { panic!("{text}") };
        assert!(matches!(refusal.cause(), RefusalCause::Malformed(_)));
        assert_eq!(refusal.key_id(), None);
    }
    assert_eq!(store.finds.load(Ordering::Relaxed), 0);
    assert!(authenticator.authenticate(&store, key, at(1)).is_ok());
    assert_eq!(store.finds.load(Ordering::Relaxed), 1);
}

#[test]
fn a_store_in_memory_says_of_a_text_that_is_no_key_what_any_other_says() {
    let new = new_token(1);
    let (strict, authenticator) = (counting([record_of(&new)]), authenticator());
    let in_memory = MemoryStore::from_records([record_of(&new)]).unwrap();
    let key = new.key.reveal();
    let mut texts = Vec::new();
    for place in 0..key.len() {
        texts.extend(["0", "z", "_", "-", "\0", "é", ""].map(|part| {
            let mut text = key.to_owned();
            text.replace_range(place..=place, part);
            text
        }));
    }
    for text in texts {
        // What is found of the right key is known the second time.
        assert!(authenticator.authenticate(&in_memory, key, at(1)).is_ok());
        let ours = authenticator.authenticate(&in_memory, &text, at(1)).map(|_| ()).map_err(|error| match error {
            AuthenticationError::Refused(refusal) => refusal,
            other => panic!("{other}"),
        });
        let theirs = authenticator.authenticate(&strict, &text, at(1)).map(|_| ()).map_err(|error| match error {
            AuthenticationError::Refused(refusal) => refusal,
            other => panic!("{other}"),
        });
        assert_eq!(ours, theirs, "{text}");
        assert_eq!(ours.is_ok(), text == key, "{text}");
    }
}

/// As where a host imports what it took for keys of its own: no store lets such a text in, however often it is tried.
#[test]
fn a_text_with_a_wrong_checksum_is_no_key_whatever_is_stored_of_it() {
    let new = new_token(1);
    let key = new.key.reveal();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let text = format!("{}{last}", &key[..key.len() - 1]);
    let record = KeyRecord::new(KeyKind::AccessToken, new.id, KeyDigest::of(&text, None), "a1", "t1").unwrap();
    let (in_memory, strict) = (MemoryStore::from_records([record.clone()]).unwrap(), counting([record]));
    let authenticator = authenticator();
    for _ in 0..3 {
        for refused in [
            authenticator.authenticate(&in_memory, &text, at(1)).map(drop).map_err(|error| error.to_string()),
            authenticator.authenticate(&strict, &text, at(1)).map(drop).map_err(|error| error.to_string()),
        ] {
            assert!(refused.is_err(), "{text}");
        }
        let Err(AuthenticationError::Refused(refusal)) = authenticator.authenticate(&in_memory, &text, at(1)) else {
            panic!("it is let in");
        };
        assert!(matches!(refusal.cause(), RefusalCause::Malformed(_)), "{:?}", refusal.cause());
    }
}

#[test]
fn a_store_that_fails_is_neither_allow_nor_unknown() {
    let new = new_token(1);
    let (store, authenticator) = (counting([record_of(&new)]), authenticator());
    store.fails.store(true, Ordering::Relaxed);
    let outcome = authenticator.authenticate(&store, new.key.reveal(), at(1));
    assert!(matches!(outcome, Err(AuthenticationError::Store(Unreachable))));
    assert_eq!(outcome.unwrap_err().status(), 503);
    let outcome = crate::block_on(authenticator.authenticate_async(&store, new.key.reveal(), at(1)));
    assert!(matches!(outcome, Err(AuthenticationError::Store(Unreachable))));
    store.fails.store(false, Ordering::Relaxed);
    assert!(crate::block_on(authenticator.authenticate_async(&store, new.key.reveal(), at(1))).is_ok());
}

#[test]
fn a_change_of_roles_is_in_force_at_the_next_authentication() {
    let new = new_token(1);
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let authenticator = authenticator();
    let authenticate = || authenticator.authenticate(&store, new.key.reveal(), at(1));

    let first = authenticate().unwrap();
    let before = authenticate().unwrap();
    assert!(reads(before.access()));
    let version = before.access().roles_version();

    authenticator.set_roles(roles(&["products:list"]), next_version()).unwrap();
    let narrowed = authenticate().unwrap();
    assert!(!reads(narrowed.access()), "the role grants reading no more");
    assert_ne!(narrowed.access().roles_version(), version);
    for before in [first, before.clone(), before] {
        assert!(reads(before.access()), "an access that was given out keeps what it had");
        let (record, access) = before.into_parts();
        assert_eq!((record.id(), reads(&access)), (new.id, true));
    }

    authenticator.set_roles(roles(&["products:read"]), next_version()).unwrap();
    assert!(reads(authenticate().unwrap().access()), "and back");
    assert_eq!(authenticate().unwrap().access().roles_version(), version, "equal roles are the same version");

    authenticator.set_roles(Roles::new(&schema(), "a1").unwrap(), next_version()).unwrap();
    let nothing = authenticate().unwrap();
    assert!(!reads(nothing.access()), "a role that is gone grants nothing");

    authenticator.remove_account("a1", next_version()).unwrap();
    for _ in 0..2 {
        let Err(AuthenticationError::Refused(refusal)) = authenticate() else { panic!("the account is gone") };
        assert_eq!(*refusal.cause(), RefusalCause::UnknownAccount);
    }
    authenticator.set_roles(roles(&["products:read"]), next_version()).unwrap();
    assert!(reads(authenticate().unwrap().access()), "the account is back");
}

#[test]
fn a_change_of_another_account_changes_nothing_here() {
    let new = new_token(1);
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let authenticator = authenticator();
    assert!(reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()));
    let other = Roles::new(&schema(), "a2").unwrap().with(Role::new("reader", ["products:list"]).unwrap()).unwrap();
    authenticator.set_roles(other, next_version()).unwrap();
    authenticator.remove_account("a2", next_version()).unwrap();
    assert!(reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()));
}

#[test]
fn two_authenticators_share_a_store_and_nothing_else() {
    let new = new_token(1);
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let (wide, narrow) = (authenticator(), Authenticator::new(&schema(), format()));
    narrow.set_roles(roles(&["products:list"]), next_version()).unwrap();
    for _ in 0..3 {
        assert!(reads(wide.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()));
        assert!(!reads(narrow.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()));
    }
}

/// Lends the first record so many times, and then the second.
struct Fickle {
    records: [Arc<KeyRecord>; 2],
    left: AtomicUsize,
}

impl Borrow<KeyRecord> for Fickle {
    fn borrow(&self) -> &KeyRecord {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        &self.records[usize::from(left == 0)]
    }
}

#[test]
fn a_record_that_turns_into_another_gives_no_more_access() {
    let (new, other) = (new_token(1), new_token(2));
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let authenticator = authenticator();
    assert!(reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()), "now it remembers");

    let presented = authenticator.parse(new.key.reveal()).unwrap();
    let found = KeyStore::find(&store, new.id).unwrap().unwrap();
    // Another's, of another account that is gone, which is remembered, too.
    let a2 = Roles::new(&schema(), "a2").unwrap();
    authenticator.set_roles(a2, next_version()).unwrap();
    let admin = KeyRecord::issue(&other, "a2", "t2").unwrap().with_roles(["admin"]);
    let remembered = Arc::new(admin);
    let theirs = authenticator.parse(other.key.reveal()).unwrap();
    for _ in 0..2 {
        let theirs = authenticator.verify(&theirs, Some(Arc::clone(&remembered)), at(1)).unwrap();
        assert!(theirs.access().permits("delete", "products"));
    }
    authenticator.remove_account("a2", next_version()).unwrap();
    for times in 0..20 {
        let records = [Arc::clone(&found), Arc::clone(&remembered)];
        let fickle = Fickle { records, left: AtomicUsize::new(times) };
        let Ok(authenticated) = authenticator.verify(&presented, Some(fickle), at(1)) else { continue };
        for _ in 0..20 {
            assert!(!authenticated.access().permits("delete", "products"), "{times}");
        }
        assert_eq!(authenticated.access().account(), "a1", "{times}: what was judged is what counts");
    }
    let records = [found, Arc::new(record_of(&other))];
    let fickle = Fickle { records, left: AtomicUsize::new(100) };
    let authenticated = authenticator.verify(&presented, Some(fickle), at(1)).unwrap();
    assert!(reads(authenticated.access()));
    for _ in 0..100 {
        let _ = authenticated.record();
    }
    assert_eq!(authenticated.record().id(), other.id, "it has turned");
    assert!(
        reads(authenticated.access()) && authenticated.access().account() == "a1",
        "the access is the judged one's"
    );
}

#[test]
fn an_authenticator_made_anew_over_the_same_store_remembers_as_well() {
    let new = new_token(1);
    let conditions = (0..256).map(|number| format!("brand:{number}").parse().unwrap());
    let store = MemoryStore::from_records([record_of(&new).with_conditions(conditions)]).unwrap();
    let authenticate = |authenticator: &Authenticator| {
        let authenticated = authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
        assert!(!reads(authenticated.access()) && authenticated.access().permits("read", "products"));
        assert_eq!(authenticated.access().assignments().next().unwrap().conditions().len(), 1);
    };
    let made = [authenticator(), authenticator(), authenticator()];
    for authenticator in &made {
        authenticate(authenticator);
        let again = allocation_counter::measure(|| authenticate(authenticator));
        assert_eq!(again.count_total, 0, "nothing is compiled anew: {again:?}");
    }
    made[2].set_roles(roles(&["products:list"]), next_version()).unwrap();
    let changed = made[2].authenticate(&store, new.key.reveal(), at(1)).unwrap();
    assert!(!changed.access().permits("read", "products"), "nor is anything stale");
    made[2].remove_account("a1", next_version()).unwrap();
    assert!(made[2].authenticate(&store, new.key.reveal(), at(1)).is_err());
    authenticate(&made[0]);
}

/// Keys with one grant share what was found of it: but not across accounts, nor from an operator's present key to others.
#[test]
fn what_keys_share_is_of_one_account_one_grant_and_one_kind_of_holder() {
    let schema = schema();
    let mut seed = 0;
    let mut add = |kind, account: &str, role: &str, brand: &str, state| {
        seed += 1;
        let entropy = KeyEntropy::take(&mut [seed; 32]).unwrap();
        let (text, id, digest) = match kind {
            KeyKind::OperatorKey => {
                let new = format().generate_operator_key(entropy, None);
                (new.key.reveal().to_owned(), new.id, new.digest)
            }
            KeyKind::AccessToken => {
                let new = format().generate_access_token(entropy, None);
                (new.key.reveal().to_owned(), new.id, new.digest)
            }
        };
        let record = KeyRecord::new(kind, id, digest, account, format!("actor-{seed}")).unwrap();
        let conditions = [format!("brand:{brand}").parse().unwrap()];
        let record = record.with_roles([role]).with_conditions(conditions).with_state(state);
        (text, record.with_expiry(Some(at(1_000))))
    };
    let mut keys = Vec::new();
    for account in ["a1", "a2"] {
        for role in ["reader", "admin"] {
            for brand in ["x", "y"] {
                keys.push(add(KeyKind::OperatorKey, account, role, brand, KeyState::Active));
                keys.push(add(KeyKind::OperatorKey, account, role, brand, KeyState::Replaced));
                keys.push(add(KeyKind::AccessToken, account, role, brand, KeyState::Active));
            }
        }
    }
    let of_a2 = Roles::new(&schema, "a2").unwrap().with(Role::new("reader", ["products:update"]).unwrap()).unwrap();
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let store = MemoryStore::from_records(keys.iter().map(|(_, record)| record.clone())).unwrap();
        let authenticator = authenticator();
        authenticator.set_roles(of_a2.clone(), next_version()).unwrap();
        let again = Authenticator::new(&schema, format());
        for roles in [roles(&["products:read"]), of_a2.clone()] {
            again.set_roles(roles, next_version()).unwrap();
        }
        for _ in 0..2 {
            for (text, record) in keys.chunks(3).flat_map(|keys| order.map(|place| &keys[place])) {
                for authenticator in [&authenticator, &again] {
                    let authenticated = authenticator.authenticate(&store, text, at(1)).unwrap();
                    let access = authenticated.access();
                    assert_eq!(access.account(), record.account());
                    // As it is where nothing is shared.
                    let alone = record.access(&authenticator.roles(record.account()).unwrap()).unwrap();
                    for (operation, kind) in ["read", "update", "delete"]
                        .into_iter()
                        .flat_map(|operation| [(operation, "products"), (operation, "accessTokens")])
                    {
                        assert_eq!(access.permits(operation, kind), alone.permits(operation, kind), "{record:?}");
                    }
                    let administers = record.kind() == KeyKind::OperatorKey && record.state() == KeyState::Active;
                    let is_admin = record.grant().has_role("admin");
                    assert_eq!(access.permits("update", "accessTokens"), administers && is_admin);
                    for brand in ["x", "y"] {
                        let product = [("brand", brand)];
                        let product = ResourceView::new("products", record.account(), &product);
                        let allowed = |access: &keyward::Access| access.decide(Operation::READ, &product).is_allow();
                        assert_eq!(allowed(access), allowed(&alone), "{record:?} {brand}");
                    }
                }
            }
        }
    }
}

#[test]
fn changed_conditions_are_in_force_at_the_next_authentication() {
    let new = new_token(1);
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let authenticator = authenticator();
    let authenticate = || authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
    assert!(reads(authenticate().access()));
    let found = KeyStore::find(&store, new.id).unwrap().unwrap();
    store.apply(&[found.change(|record| record.with_conditions(["brand:y".parse().unwrap()]))]).unwrap();
    assert!(!reads(authenticate().access()));
}

#[test]
fn no_revoked_key_is_allowed_after_the_revocation_was_acknowledged() {
    let keys: Vec<_> = (1..=40).map(new_token).collect();
    let store = MemoryStore::from_records(keys.iter().map(record_of)).unwrap();
    let authenticator = authenticator();
    let revoked = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while revoked.load(Ordering::Acquire) < keys.len() {
                    for (index, new) in keys.iter().enumerate() {
                        let acknowledged = revoked.load(Ordering::Acquire) > index;
                        let outcome = authenticator.authenticate(&store, new.key.reveal(), at(1));
                        assert!(!(acknowledged && outcome.is_ok()), "key {index} outlived its revocation");
                    }
                }
            });
        }
        for (index, new) in keys.iter().enumerate() {
            let permissions: &[&str] = if index % 2 == 0 { &["products:read"] } else { &["products:list"] };
            authenticator.set_roles(roles(permissions), next_version()).unwrap();
            let found = KeyStore::find(&store, new.id).unwrap().unwrap();
            store.apply(&[found.change(|record| record.with_state(KeyState::Revoked))]).unwrap();
            revoked.store(index + 1, Ordering::Release);
        }
    });
}

#[test]
fn no_grant_outlives_the_swap_of_its_roles() {
    let new = new_token(1);
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let authenticator = authenticator();
    // Even swaps grant reading, odd ones don't. Where none began since one was done, that one is in force.
    let (begun, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let looked = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while done.load(Ordering::SeqCst) < 2_000 {
                    let before = done.load(Ordering::SeqCst);
                    let read = reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access());
                    if begun.load(Ordering::SeqCst) == before {
                        assert_eq!(read, before % 2 == 0, "the grants of another swap than {before}");
                        looked.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for swap in 1..=2_000 {
            let permissions: &[&str] = if swap % 2 == 0 { &["products:read"] } else { &["products:list"] };
            begun.store(swap, Ordering::SeqCst);
            authenticator.set_roles(roles(permissions), next_version()).unwrap();
            done.store(swap, Ordering::SeqCst);
            let read = reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access());
            assert_eq!(read, swap % 2 == 0, "swap {swap} is in force when it returns");
            thread::sleep(std::time::Duration::from_micros(20));
        }
    });
    assert!(looked.load(Ordering::Relaxed) > 0, "nobody looked between two swaps");
}

#[test]
fn roles_of_keys_that_are_gone_are_forgotten() {
    // A store that gives a new record each time, with roles that no other has: each is resolved and dropped.
    let new = new_token(1);
    let authenticator = authenticator();
    let presented = authenticator.parse(new.key.reveal()).unwrap();
    for number in 0..20_000 {
        let record = record_of(&new).with_roles(["reader".into(), format!("r{number}")]);
        assert!(reads(authenticator.verify(&presented, Some(record), at(1)).unwrap().access()));
    }
    // What was swept out is resolved anew.
    let record = record_of(&new).with_roles(["reader", "r0"]);
    assert!(reads(authenticator.verify(&presented, Some(record), at(1)).unwrap().access()));
}

#[test]
fn a_pepper_is_part_of_every_digest() {
    let (mut first, mut second) = ([7; 32], [8; 32]);
    let pepper = Pepper::take(&mut first).unwrap();
    let new = format().generate_access_token(KeyEntropy::take(&mut [1; 32]).unwrap(), Some(&pepper));
    let store = MemoryStore::from_records([record_of(&new)]).unwrap();
    let allowed = |authenticator: Authenticator| {
        authenticator.set_roles(roles(&["products:read"]), next_version()).unwrap();
        authenticator.authenticate(&store, new.key.reveal(), at(1)).is_ok()
    };
    assert!(allowed(Authenticator::new(&schema(), format()).with_pepper(pepper)));
    assert!(!allowed(Authenticator::new(&schema(), format()).with_pepper(Pepper::take(&mut second).unwrap())));
    assert!(!allowed(Authenticator::new(&schema(), format())));
}

#[test]
fn a_credential_issued_elsewhere_is_presented_as_it_is() {
    let credential = "Zx81".repeat(20);
    let digest = KeyDigest::of(&credential, None);
    let id = KeyId::of_imported(&digest);
    let record = KeyRecord::new(KeyKind::OperatorKey, id, digest, "a1", "olivia").unwrap().with_roles(["admin"]);
    let store = MemoryStore::from_records([record]).unwrap();

    let refuses = authenticator();
    assert!(refuses.authenticate(&store, &credential, at(1)).is_err(), "off unless the format accepts it");

    let accepts = Authenticator::new(&schema(), format().accept_foreign(ForeignFormat::EVRYTHNG));
    accepts.set_roles(roles(&[]), next_version()).unwrap();
    let authenticated = accepts.authenticate(&store, &credential, at(1)).unwrap();
    assert_eq!(authenticated.record().kind(), KeyKind::OperatorKey);
    for position in 0..credential.len() {
        let mut wrong = credential.clone().into_bytes();
        wrong[position] = if wrong[position] == b'Q' { b'R' } else { b'Q' };
        let wrong = String::from_utf8(wrong).unwrap();
        assert!(accepts.authenticate(&store, &wrong, at(1)).is_err(), "character {position}");
    }
}

#[test]
fn a_key_or_digest_is_in_no_output() {
    let new = new_token(1);
    let record = record_of(&new);
    let store = MemoryStore::from_records([record.clone()]).unwrap();
    let authenticator = authenticator();
    let presented = authenticator.parse(new.key.reveal()).unwrap();
    let authenticated = authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
    let expired = record.clone().with_expiry(Some(at(0)));
    let refusal = authenticator.verify(&presented, Some(expired), at(1)).unwrap_err();
    let rotation = record.rotate(&new_token(2), at(1), std::time::Duration::ZERO).unwrap();

    let mut output = String::new();
    write!(
        output,
        "{new:?} {record:?} {store:?} {authenticator:?} {presented:?} {authenticated:?} {refusal:?} {refusal} {:?} {} \
         {rotation:?} {:?}",
        refusal.cause(),
        refusal.cause(),
        KeyChange::Insert(record.clone()),
    )
    .unwrap();
    let error: AuthenticationError<()> = refusal.into();
    write!(output, "{error} {error:?}").unwrap();

    let secret = &new.key.reveal()[23..];
    let digest = new.digest.to_hex();
    for window in secret.as_bytes().windows(8).chain(digest.as_bytes().windows(8)) {
        let window = std::str::from_utf8(window).unwrap();
        assert!(!output.contains(window), "`{window}` is in {output}");
    }
    let bytes = format!("{:?}", &new.digest.to_bytes()[..4]);
    assert!(!output.contains(&bytes[1..bytes.len() - 1]), "the digest is there as numbers");
    assert!(output.contains(new.id.as_str()), "the public id may be there");
}

#[test]
fn authentication_and_decision_allocate_nothing() {
    let new = new_token(1);
    let record = record_of(&new).with_conditions(["brand:x", "brand:z"].map(|text| text.parse().unwrap()));
    let store = MemoryStore::from_records([record]).unwrap();
    let authenticator = authenticator();
    let product = ResourceView::new("products", "a1", &[("brand", "x")]);
    let decide = || {
        let authenticated = authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
        assert!(authenticated.access().decide(Operation::READ, &product).is_allow());
    };
    decide(); // The first time compiles the conditions.
    let warm = allocation_counter::measure(decide);
    assert_eq!(warm.count_total, 0, "{warm:?}");

    authenticator.set_roles(roles(&["products:read,list"]), next_version()).unwrap();
    decide(); // The first time finds what the roles grant now.
    let changed = allocation_counter::measure(decide);
    assert_eq!(changed.count_total, 0, "after a change of roles: {changed:?}");

    let unknown = new_token(9);
    let refused = allocation_counter::measure(|| {
        assert!(authenticator.authenticate(&store, unknown.key.reveal(), at(1)).is_err());
    });
    assert_eq!(refused.count_total, 0, "refused: {refused:?}");
}

/// Reads each record anew, as a database does.
struct Fresh(std::sync::Mutex<String>);

impl Fresh {
    fn of(record: &KeyRecord) -> Self {
        Self(serde_json::to_string(record).unwrap().into())
    }
}

impl KeyStore for Fresh {
    type Record = KeyRecord;
    type Error = std::convert::Infallible;

    fn find(&self, _: KeyId) -> Result<Option<KeyRecord>, Self::Error> {
        Ok(Some(serde_json::from_str(&self.0.lock().unwrap()).unwrap()))
    }
}

#[test]
fn a_key_whose_record_is_read_anew_is_remembered_too() {
    let new = new_token(1);
    let conditions = (0..256).map(|number| format!("brand:{number}").parse().unwrap());
    let store = Fresh::of(&record_of(&new).with_conditions(conditions));
    let authenticator = authenticator();
    let find = || drop(store.find(new.id).unwrap());
    let authenticate = || drop(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap());
    authenticate();
    let (read, both) = (allocation_counter::measure(find), allocation_counter::measure(authenticate));
    assert_eq!(both.count_total, read.count_total, "nothing is compiled anew: {both:?}");
}

#[test]
fn what_is_remembered_is_of_the_record_as_it_is_now() {
    let new = new_token(1);
    let store = Fresh::of(&record_of(&new));
    let authenticator = authenticator();
    let may = || {
        let authenticated = authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
        let access = authenticated.access();
        (reads(access), access.permits("delete", "products"), access.permits("create", "accessTokens"))
    };
    assert_eq!(may(), (true, false, false));
    // The same id, digest and version, as when a record was removed and is inserted again.
    let operator = KeyRecord::new(KeyKind::OperatorKey, new.id, new.digest.clone(), "a1", "t1").unwrap();
    for (note, record, wanted) in [
        ("another role", record_of(&new).with_roles(["admin"]), (true, true, false)),
        ("no role", record_of(&new).with_roles([""; 0]), (false, false, false)),
        ("a condition", record_of(&new).with_conditions(["brand:y".parse().unwrap()]), (false, false, false)),
        ("as before", record_of(&new), (true, false, false)),
    ] {
        *store.0.lock().unwrap() = serde_json::to_string(&record).unwrap();
        assert_eq!((may(), may()), (wanted, wanted), "{note}");
    }
    // Of the other kind the text of the key is not: but what is imported says none.
    let grant = operator.clone().with_roles(["admin"]);
    assert!(authenticator.verify(&authenticator.parse(new.key.reveal()).unwrap(), Some(grant), at(1)).is_err());
}

#[test]
fn more_keys_than_are_remembered_are_as_good() {
    let authenticator = authenticator();
    let keys: Vec<_> = (1..=255).map(new_token).collect();
    for _ in 0..2 {
        for new in &keys {
            let store = Fresh::of(&record_of(new));
            assert!(reads(authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap().access()));
        }
    }
}

#[test]
fn what_is_shared_may_be_shared() {
    fn assert_send_sync<T: Send + Sync>() {}
    fn assert_send<T: Send>(_: T) {}
    assert_send_sync::<Authenticator>();
    assert_send_sync::<MemoryStore>();
    assert_send_sync::<KeyRecord>();
    assert_send_sync::<keyward::Authenticated<Arc<KeyRecord>>>();
    assert_send_sync::<keyward::authenticate::Refusal>();
    assert_send_sync::<AuthenticationError<Unreachable>>();

    let (authenticator, store) = (authenticator(), counting([]));
    assert_send(authenticator.authenticate_async(&store, "x", at(1)));
}

/// Two authenticators that meet at every key of one store: neither answers by the other's roles, nor goes on to when its own
/// are gone.
#[test]
fn two_over_one_store_keep_apart() {
    const KEYS: usize = 4_000;
    let schema = Schema::builder().resource("products").build().unwrap();
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    let roles =
        |permission: &str| Roles::new(&schema, "a1").unwrap().with(Role::new("r", [permission]).unwrap()).unwrap();
    let authenticator = |permission: &str| {
        let authenticator = Authenticator::new(&schema, format.clone());
        authenticator.set_roles(roles(permission), 1).unwrap();
        authenticator
    };
    let (reads, deletes) = (authenticator("products:read"), authenticator("products:delete"));
    // Each key has roles that no other has, and so a place of its own where what was found of it is kept.
    let key = |number: usize| {
        let mut bytes = KeyDigest::of(&number.to_string(), None).to_bytes();
        let new = format.generate_access_token(KeyEntropy::take(&mut bytes).unwrap(), None);
        let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, "a1", "t").unwrap();
        (new.key.reveal().to_owned(), record.with_roles(["r".to_owned(), format!("x{number}")]))
    };
    let (keys, records): (Vec<String>, Vec<KeyRecord>) = (0..KEYS).map(key).unzip();
    let (store, now) = (MemoryStore::from_records(records).unwrap(), Timestamp::from_millis(1_000));
    let (arrived, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for (by, permission) in [(&reads, "read"), (&deletes, "delete")] {
            let (keys, store, arrived, wrong, roles) = (&keys, &store, &arrived, &wrong, &roles);
            scope.spawn(move || {
                for (at, key) in keys.iter().enumerate() {
                    arrived.fetch_add(1, Ordering::AcqRel);
                    for turn in 0.. {
                        if arrived.load(Ordering::Acquire) >= 2 * (at + 1) {
                            break;
                        }
                        if turn < 1_000 { std::hint::spin_loop() } else { thread::yield_now() }
                    }
                    let found = by.authenticate(store, key, now).unwrap();
                    wrong.fetch_add((!found.access().permits(permission, "products")).into(), Ordering::Relaxed);
                    if permission == "delete" {
                        by.set_roles(roles("products:delete"), at as u64 + 2).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
    reads.set_roles(Roles::new(&schema, "a1").unwrap(), 2).unwrap();
    let may = |key: &String| {
        let found = reads.authenticate(&store, key, now).unwrap();
        ["read", "delete"].into_iter().any(|operation| found.access().permits(operation, "products"))
    };
    assert_eq!(keys.iter().filter(|key| may(key)).count(), 0);
}
