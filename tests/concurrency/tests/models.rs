//! What threads share: the roles in force, what was found of a key, the store in memory, turns at an account. Loom runs every
//! order of the threads' steps, and every value that the memory model lets a read see, up to three preemptions.

use std::sync::{Arc, LazyLock};

use keyward::{
    Authenticator, Operation, ResourceView, Role, Roles, Schema, Timestamp,
    administration::{Account, AccountStore, Accounts, MemoryAccounts},
    authenticate::SetRolesError,
    key::{KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix},
    store::{KeyRecord, KeyState, KeyStore, MemoryStore, WritableKeyStore},
};
use loom::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

const NOW: Timestamp = Timestamp::from_millis(1_000);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::builder().resource("products").build().unwrap());

fn model(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    let orders = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = Arc::clone(&orders);
    builder.check(move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        test();
    });
    println!("{} orders", orders.load(std::sync::atomic::Ordering::Relaxed));
}

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn entropy(number: u8) -> KeyEntropy {
    KeyEntropy::take(&mut [number; 32]).unwrap()
}

/// The roles of an account, of which `reader` reads products or not.
fn roles(reads: bool) -> Roles {
    let permissions: &[&str] = if reads { &["products:read"] } else { &["products:list"] };
    Roles::new(&SCHEMA, "a1").unwrap().with(Role::new("reader", permissions.iter().copied()).unwrap()).unwrap()
}

/// A token with the role, its text, and a store that has it.
fn token() -> (String, KeyRecord, MemoryStore) {
    let new = format().generate_access_token(entropy(7), None);
    let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, "a1", "t1").unwrap().with_roles(["reader"]);
    (new.key.reveal().to_owned(), record.clone(), MemoryStore::from_records([record]).unwrap())
}

/// The version by which the token is judged, and whether it may read. Versions that are even take that from it.
fn asked(authenticator: &Authenticator, store: &MemoryStore, text: &str) -> Option<u64> {
    let authenticated = authenticator.authenticate(store, text, NOW).ok()?;
    let version = authenticated.account_version();
    let product = ResourceView::new("products", "a1", &());
    let may_read = authenticated.access().decide(Operation::READ, &product).is_allow();
    assert_eq!(may_read, version % 2 == 1, "the roles of version {version}");
    Some(version)
}

#[test]
fn roles_that_were_set_are_in_force() {
    model(|| {
        let (text, _, store) = token();
        let authenticator = Arc::new(Authenticator::new(&SCHEMA, format()));
        authenticator.set_roles(roles(true), 1).unwrap();
        let (store, set) = (Arc::new(store), Arc::new(AtomicBool::new(false)));
        let setting = {
            let (authenticator, set) = (Arc::clone(&authenticator), Arc::clone(&set));
            thread::spawn(move || {
                authenticator.set_roles(roles(false), 2).unwrap();
                set.store(true, Ordering::Release);
            })
        };
        let first = asked(&authenticator, &store, &text).unwrap();
        let was_set = set.load(Ordering::Acquire);
        let second = asked(&authenticator, &store, &text).unwrap();
        assert!(first <= second, "never an older state after a newer one");
        assert!(!was_set || second == 2, "what was acknowledged is in force");
        setting.join().unwrap();
        assert_eq!(asked(&authenticator, &store, &text), Some(2));
    });
}

#[test]
fn two_askers_remember_nothing_old() {
    model(|| {
        let (text, _, store) = token();
        let authenticator = Arc::new(Authenticator::new(&SCHEMA, format()));
        authenticator.set_roles(roles(true), 1).unwrap();
        let store = Arc::new(store);
        let asking = {
            let (authenticator, store, text) = (Arc::clone(&authenticator), Arc::clone(&store), text.clone());
            thread::spawn(move || asked(&authenticator, &store, &text).unwrap())
        };
        let setting = {
            let authenticator = Arc::clone(&authenticator);
            thread::spawn(move || authenticator.set_roles(roles(false), 2).unwrap())
        };
        setting.join().unwrap();
        // Whatever the other one puts into the memory that both read.
        assert_eq!(asked(&authenticator, &store, &text), Some(2));
        asking.join().unwrap();
        assert_eq!(asked(&authenticator, &store, &text), Some(2));
    });
}

#[test]
fn the_later_of_two_versions_stays() {
    model(|| {
        let authenticator = Arc::new(Authenticator::new(&SCHEMA, format()));
        let setting = [2, 3].map(|version| {
            let authenticator = Arc::clone(&authenticator);
            thread::spawn(move || authenticator.set_roles(roles(version % 2 == 1), version))
        });
        let [two, three] = setting.map(|setting| setting.join().unwrap());
        assert!(two.is_ok() || two == Err(SetRolesError::Older { version: 2, known: 3 }));
        assert_eq!(three, Ok(()));
        assert_eq!(authenticator.version("a1"), Some(3));
        let (text, _, store) = token();
        assert_eq!(asked(&authenticator, &store, &text), Some(3));
    });
}

#[test]
fn an_account_that_was_removed_stays_so() {
    model(|| {
        let (text, _, store) = token();
        let authenticator = Arc::new(Authenticator::new(&SCHEMA, format()));
        authenticator.set_roles(roles(true), 1).unwrap();
        let removing = {
            let authenticator = Arc::clone(&authenticator);
            thread::spawn(move || authenticator.remove_account("a1", 3).unwrap())
        };
        let late = authenticator.set_roles(roles(false), 2);
        let seen = asked(&authenticator, &store, &text);
        assert!(matches!((late, seen), (Ok(()), None | Some(2)) | (Err(_), None)), "{late:?} {seen:?}");
        removing.join().unwrap();
        assert_eq!(asked(&authenticator, &store, &text), None);
    });
}

/// What one finds of a record is remembered there, and is of no use to another, which has other roles.
#[test]
fn two_authenticators_of_one_store() {
    model(|| {
        let (text, _, store) = token();
        let store = Arc::new(store);
        let [one, two] = [1, 2].map(|version| {
            let authenticator = Authenticator::new(&SCHEMA, format());
            authenticator.set_roles(roles(version % 2 == 1), version).unwrap();
            Arc::new(authenticator)
        });
        let asking = {
            let (store, text) = (Arc::clone(&store), text.clone());
            thread::spawn(move || [(); 2].map(|()| asked(&one, &store, &text)))
        };
        assert_eq!([(); 2].map(|()| asked(&two, &store, &text)), [Some(2); 2]);
        assert_eq!(asking.join().unwrap(), [Some(1); 2]);
    });
}

#[test]
fn a_key_that_was_revoked_is_refused() {
    model(|| {
        let (text, record, store) = token();
        let authenticator = Arc::new(Authenticator::new(&SCHEMA, format()));
        authenticator.set_roles(roles(true), 1).unwrap();
        let (store, revoked) = (Arc::new(store), Arc::new(AtomicBool::new(false)));
        let revoking = {
            let (store, revoked) = (Arc::clone(&store), Arc::clone(&revoked));
            thread::spawn(move || {
                store.apply(&[record.change(|record| record.with_state(KeyState::Revoked))]).unwrap();
                revoked.store(true, Ordering::Release);
            })
        };
        let first = asked(&authenticator, &store, &text);
        let was_revoked = revoked.load(Ordering::Acquire);
        let second = asked(&authenticator, &store, &text);
        assert!(first.is_some() || second.is_none(), "never an older state after a newer one");
        assert!(!was_revoked || second.is_none(), "what was acknowledged is in force");
        revoking.join().unwrap();
        assert_eq!(asked(&authenticator, &store, &text), None);
    });
}

/// The ids of records that are kept together, as two are in one of four thousand parts.
fn neighbours() -> [KeyId; 2] {
    let id = |number: u32| KeyId::of_imported(&KeyDigest::of(&number.to_string(), None));
    // As `KeyId::spread` has it, of the two words of the id.
    let place = |id: &KeyId| {
        let mut padded = [0; 16];
        padded[..14].copy_from_slice(id.as_str().as_bytes());
        let word = |at: usize| u64::from_le_bytes(padded[at..at + 8].try_into().unwrap());
        ((word(0) ^ word(8)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 4_096
    };
    let first = id(0);
    let second = (1..).map(id).find(|other| place(other) == place(&first)).unwrap();
    [first, second]
}

#[test]
fn two_writers_lose_nothing() {
    let ids = neighbours();
    model(move || {
        let store = Arc::new(MemoryStore::new());
        let writing = ids.map(|id| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                let record = KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap();
                store.apply(&[keyward::store::KeyChange::Insert(record)]).unwrap();
                assert!(store.find(id).unwrap().is_some(), "one reads what one wrote");
            })
        });
        writing.into_iter().for_each(|writing| writing.join().unwrap());
        assert!(ids.iter().all(|id| store.find(*id).unwrap().is_some()));
    });
}

#[test]
fn of_two_changes_of_one_version_one_is_made() {
    model(|| {
        let (_, record, store) = token();
        let store = Arc::new(store);
        let changing = [KeyState::Revoked, KeyState::Replaced].map(|state| {
            let (store, change) = (Arc::clone(&store), record.change(|record| record.with_state(state)));
            thread::spawn(move || store.apply(&[change]).is_ok().then_some(state))
        });
        let done = changing.map(|changing| changing.join().unwrap());
        let made: Vec<KeyState> = done.into_iter().flatten().collect();
        let found = store.find(record.id()).unwrap().unwrap();
        assert_eq!((made, found.version()), (vec![found.state()], record.version() + 1));
    });
}

/// Two administrators at once, over the store in memory: each change is made, in some order, and nobody waits for ever.
#[test]
fn turns_at_an_account() {
    model(|| {
        let accounts = MemoryAccounts::new();
        let key = format().generate_operator_key(entropy(1), None);
        let founded = Account::create(&SCHEMA, "a1", "olivia", &key, NOW).into_result().unwrap();
        accounts.commit(&founded).unwrap();
        let record = founded.account().actor("olivia").unwrap().clone();
        let accounts = Arc::new(Accounts::new(accounts, Authenticator::new(&SCHEMA, format())));
        let create = |accounts: &Accounts<MemoryAccounts>, record: &KeyRecord, id: &str| {
            let role = Role::new(id, ["products:read"]).unwrap();
            accounts.administer(record, NOW, |acting| acting.create_role(role.clone())).unwrap().version()
        };
        let creating = {
            let (accounts, record) = (Arc::clone(&accounts), record.clone());
            thread::spawn(move || create(&accounts, &record, "one"))
        };
        let mut versions = [create(&accounts, &record, "two"), creating.join().unwrap()];
        versions.sort_unstable();
        assert_eq!(versions, [2, 3]);
        let loaded = accounts.load("a1").unwrap().unwrap();
        assert_eq!((loaded.version(), loaded.roles().iter().count()), (3, 2));
        assert_eq!(accounts.authenticator().version("a1"), Some(3));
    });
}
