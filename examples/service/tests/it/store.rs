//! The store, held to keyward's contract.

use keyward::{
    Schema,
    administration::{Account, AccountStore, CommitError, conformance as accounts_conformance},
    key::{KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix},
    store::{KeyChange, KeyRecord, KeyState, conformance},
    tower::system_clock,
};
use keyward_service::{
    service::schema,
    store::{Database, Store, StoreError},
};

fn database() -> Database {
    Database::temporary(&schema().unwrap()).unwrap()
}

#[test]
fn it_is_a_key_store() {
    conformance::check(database).unwrap();
}

#[test]
fn it_is_a_store_of_accounts() {
    let audit = |store: &Database, account: &str| store.audit(account).unwrap();
    accounts_conformance::check(&schema().unwrap(), database, audit).unwrap();
}

/// As it was before keyward had the tables: accounts and keys, and no audit.
#[test]
fn a_database_of_an_earlier_version_is_read() {
    let folder = std::env::temp_dir().join(format!("keyward-service-earlier-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("kept.sqlite");
    let id = KeyId::parse("00000000000001").unwrap();
    let record = KeyRecord::new(KeyKind::OperatorKey, id, KeyDigest::DUMMY, "a1", "olivia").unwrap();
    drop(Database::open(&path, &schema().unwrap()).unwrap());
    let earlier = rusqlite::Connection::open(&path).unwrap();
    let tables = "
        DROP TABLE accounts; DROP TABLE keys; DROP TABLE audit;
        CREATE TABLE accounts (
            id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, roles TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE keys (
            id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, account TEXT NOT NULL, record TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    ";
    earlier.execute_batch(tables).unwrap();
    let roles = r#"[{"id":"buyer","permissions":["products:read,list"]}]"#;
    earlier.execute("INSERT INTO accounts VALUES ('a1', 7, ?1)", [roles]).unwrap();
    let document = serde_json::to_string(&record).unwrap();
    earlier.execute("INSERT INTO keys VALUES (?1, 1, 'a1', ?2)", [id.as_str(), &document]).unwrap();
    drop(earlier);
    let account = Database::open(&path, &schema().unwrap()).unwrap().load("a1").unwrap().unwrap();
    assert_eq!((account.version(), account.record(id)), (7, Some(&record)));
    assert_eq!(account.roles().get("buyer").unwrap().permissions()[0].as_str(), "products:read,list");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_account_is_stored_whole_and_once() {
    accounts(&database());
}

fn accounts(database: &dyn Store) {
    let schema: Schema = schema().unwrap();
    let key = KeyFormat::new(KeyPrefix::new("svc").unwrap())
        .generate_operator_key(KeyEntropy::take(&mut [7; 32]).unwrap(), None);
    let founded = Account::create(&schema, "a1", "olivia", &key, system_clock()).into_result().unwrap();
    database.commit(&founded).unwrap();
    assert!(matches!(database.commit(&founded), Err(CommitError::Conflict)));

    let account = database.load("a1").unwrap().unwrap();
    assert_eq!((account.version(), account.records().len()), (1, 1));
    let olivia = account.actor("olivia").unwrap();
    let role = keyward::Role::new("inspector", ["products:read,list"]).unwrap();
    let changed = account.acting(olivia, system_clock()).create_role(role).into_result().unwrap();
    database.commit(&changed).unwrap();
    assert!(matches!(database.commit(&changed), Err(CommitError::Conflict)), "of two from one state, one is stored");
    let account = database.load("a1").unwrap().unwrap();
    assert_eq!(account.roles().get("inspector").unwrap().permissions()[0].as_str(), "products:read,list");
    assert_eq!(account.roles().version(), changed.account().roles().version());
    assert!(database.load("a2").unwrap().is_none());
    assert_eq!(database.roles("a1").unwrap().unwrap().version(), account.roles().version());
    assert!(database.roles("a2").unwrap().is_none());
}

#[test]
fn of_actors_the_present_keys_are_told() {
    actors(&database());
}

/// Only those: of this account, of this kind, active. And nobody by a name that differs, by a NUL or otherwise.
fn actors(database: &dyn Store) {
    let record = |id: u8, kind, account: &str, actor: &str, state| {
        let id = KeyId::parse(&format!("000000000000{id:02}")).unwrap();
        KeyRecord::new(kind, id, KeyDigest::DUMMY, account, actor).unwrap().with_state(state)
    };
    let (operator, token) = (KeyKind::OperatorKey, KeyKind::AccessToken);
    let present = [
        record(1, operator, "a1", "olivia", KeyState::Active),
        record(2, token, "a1", "olivia", KeyState::Active),
        record(3, operator, "a1", "frank", KeyState::Active),
        record(4, operator, "a2", "olivia", KeyState::Active),
        // What a pattern or a collation might take for another.
        record(5, operator, "a1", "Olivia", KeyState::Active),
        record(6, operator, "a1", "o:l.i@v+i~a=/-_", KeyState::Active),
    ];
    let past = [
        record(11, operator, "a1", "olivia", KeyState::Revoked),
        record(12, operator, "a1", "olivia", KeyState::Replaced),
        record(13, operator, "a1", "gone", KeyState::Revoked),
    ];
    let insert = present.iter().chain(&past).cloned().map(KeyChange::Insert);
    database.apply(&insert.collect::<Vec<_>>()).unwrap();
    let [olivia, olivias_token, frank, elsewhere, upper, marks] = &present;

    let all = |account, kind| database.actors(account, kind).unwrap();
    assert_eq!(all("a1", operator), [olivia, frank, upper, marks].map(Clone::clone));
    assert_eq!(all("a1", token), std::slice::from_ref(olivias_token));
    assert_eq!(all("a2", operator), std::slice::from_ref(elsewhere));
    assert!(all("a3", operator).is_empty() && all("a1\0", operator).is_empty() && all("A1", operator).is_empty());

    let one = |account, kind, actor| database.actor(account, kind, actor).unwrap();
    for found in &present {
        assert_eq!(one(found.account(), found.kind(), found.actor()).as_ref(), Some(found));
    }
    for none in ["gone", "olivi", "olivia\0", "\0", "", "OLIVIA", "ol%", "ol\u{131}via"] {
        assert_eq!(one("a1", operator, none), None, "{none:?}");
    }
    assert_eq!(one("a1", token, "frank"), None);
    // Revoked, and given another key.
    let revoked = frank.change(|record| record.with_state(KeyState::Revoked));
    let another = record(7, operator, "a1", "frank", KeyState::Active);
    database.apply(&[revoked, KeyChange::Insert(another.clone())]).unwrap();
    assert_eq!(one("a1", operator, "frank"), Some(another));

    for account in ["a\0", "\0"] {
        assert!(database.load(account).unwrap().is_none() && database.roles(account).unwrap().is_none());
        assert!(database.product(account, "p1").unwrap().is_none());
    }
    assert!(database.product("a1", "p1\0").unwrap().is_none());
}

#[test]
fn a_database_is_for_one_process_and_outlives_it() {
    let folder = std::env::temp_dir().join(format!("keyward-service-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("kept.sqlite");
    let first = Database::open(&path, &schema().unwrap()).unwrap();
    assert!(matches!(Database::open(&path, &schema().unwrap()), Err(StoreError::InUse)));
    drop(first);
    Database::open(&path, &schema().unwrap()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

/// With a server at hand; without one it says so.
#[cfg(feature = "postgresql")]
mod postgresql {
    use std::{
        thread,
        time::{Duration, Instant},
    };

    use keyward::{
        Access, Roles,
        key::{KeyDigest, KeyId, KeyKind},
        store::{KeyChange, KeyRecord, KeyState, KeyStore, WritableKeyStore, conformance},
    };
    use keyward_service::{
        service::schema,
        store::{Page, PostgreSql, Product, Store, StoreError},
    };
    use postgres::{Client, NoTls};
    use serde_json::Value;

    use crate::{server::Server, spellings};

    fn fresh(name: &str) -> Option<String> {
        let Ok(server) = std::env::var("KEYWARD_POSTGRESQL") else {
            println!("skipped: no server in KEYWARD_POSTGRESQL");
            return None;
        };
        let mut client = Client::connect(&server, NoTls).unwrap();
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")).unwrap();
        Some(format!("{server} options='-c search_path={name}'"))
    }

    fn connect(url: &str) -> PostgreSql {
        PostgreSql::connect(url, None, &schema().unwrap()).unwrap()
    }

    #[test]
    fn it_is_a_store_of_keys_and_accounts() {
        if fresh("service_store").is_none() {
            return;
        }
        conformance::check(|| connect(&fresh("service_store").unwrap())).unwrap();
        let audit = |store: &PostgreSql, account: &str| store.audit(account).unwrap();
        let new = || connect(&fresh("service_store").unwrap());
        super::accounts_conformance::check(&schema().unwrap(), new, audit).unwrap();
        super::accounts(&connect(&fresh("service_store").unwrap()));
    }

    #[test]
    fn of_actors_the_present_keys_are_told() {
        let Some(url) = fresh("service_actors") else { return };
        super::actors(&connect(&url));
    }

    /// A database of before there were columns for them.
    #[test]
    fn what_was_stored_earlier_is_told_too() {
        let Some(url) = fresh("service_earlier") else { return };
        let record = |id: &str, state| {
            let id = KeyId::parse(id).unwrap();
            KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap().with_state(state)
        };
        let (present, past) = (record("00000000000001", KeyState::Active), record("00000000000002", KeyState::Revoked));
        connect(&url).apply(&[KeyChange::Insert(present.clone()), KeyChange::Insert(past)]).unwrap();
        let mut client = Client::connect(&url, NoTls).unwrap();
        client.batch_execute("ALTER TABLE keys DROP COLUMN kind, DROP COLUMN actor, DROP COLUMN present").unwrap();
        let again = connect(&url);
        assert_eq!(again.actors("a1", KeyKind::AccessToken).unwrap(), std::slice::from_ref(&present));
        assert_eq!(again.actor("a1", KeyKind::AccessToken, "t1").unwrap(), Some(present));
    }

    #[test]
    fn a_nul_names_nothing() {
        let Some(url) = fresh("service_nul") else { return };
        spellings::nul_names_nothing(&Server::start(&["--postgres", &url]));
    }

    /// Ids have no NUL: what is after a text with one is what is after the part before it.
    #[test]
    fn a_page_may_begin_after_a_nul() {
        let Some(url) = fresh("service_after") else { return };
        let store = connect(&url);
        for id in ["a", "ab", "b"] {
            let product = Product { account: "a1".into(), id: id.into(), name: "n".into(), brand: None };
            store.insert_product(&product).unwrap();
        }
        let roles = Roles::new(&schema().unwrap(), "a1").unwrap();
        let access = Access::builder(&roles).role("admin").build().unwrap();
        for (after, expected) in [("\0", "a ab b"), ("a\0", "ab b"), ("a\0z", "ab b"), ("ab\0", "b"), ("b\0", "")] {
            let listed = store.products(access.in_context(&()), Page { after, limit: 10 }).unwrap();
            let listed: Vec<&str> = listed.iter().map(|product| &*product.id).collect();
            assert_eq!(listed.join(" "), expected, "{after:?}");
        }
    }

    /// Another session holds a table for itself, and whoever reads it waits, on as many connections as there are to read with; a
    /// key is found all the same.
    #[test]
    fn a_key_is_found_while_others_wait() {
        let Some(url) = fresh("service_waits") else { return };
        let store = connect(&url);
        let id = KeyId::parse("00000000000001").unwrap();
        let record = KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap();
        store.apply(&[KeyChange::Insert(record.clone())]).unwrap();
        let mut other = Client::connect(&url, NoTls).unwrap();
        let mut holding = other.transaction().unwrap();
        holding.batch_execute("LOCK TABLE products IN ACCESS EXCLUSIVE MODE").unwrap();
        thread::scope(|scope| {
            let reading = [(); 4].map(|()| scope.spawn(|| store.product("a1", "p1").unwrap()));
            thread::sleep(Duration::from_millis(300));
            let start = Instant::now();
            let (found, waited) = thread::scope(|scope| {
                let finding = scope.spawn(|| store.find(id).unwrap());
                while !finding.is_finished() && start.elapsed() < Duration::from_secs(5) {
                    thread::sleep(Duration::from_millis(10));
                }
                let waited = reading.map(|reading| reading.is_finished());
                // Before anything is asserted: who waits must not for ever.
                let took = start.elapsed();
                holding.rollback().unwrap();
                (finding.join().unwrap(), (waited, took))
            });
            assert_eq!(found.as_deref(), Some(&record));
            assert_eq!(waited.0, [false; 4], "nobody waited, and so nothing is tested");
            assert!(waited.1 < Duration::from_secs(4), "{waited:?}");
        });
    }

    /// An earlier version of the service thinks that it is alone.
    #[test]
    fn who_has_it_for_itself_is_left_alone() {
        let Some(url) = fresh("service_lock") else { return };
        let mut earlier = Client::connect(&url, NoTls).unwrap();
        let lock = "SELECT pg_advisory_lock(hashtextextended('keyward-service:' || current_schema(), 0))";
        earlier.query_one(lock, &[]).unwrap();
        let new = PostgreSql::new(&url, None, &schema().unwrap()).unwrap();
        let id = KeyId::parse("00000000000001").unwrap();
        assert!(matches!(new.find(id), Err(StoreError::InUse)));
        drop(earlier);
        let waits = Instant::now();
        while new.find(id).is_err() {
            assert!(waits.elapsed() < Duration::from_secs(10));
            thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn the_service_runs_on_it() {
        let Some(url) = fresh("service_run") else { return };
        let server = Server::start(&["--postgres", &url]);
        let token = server.token("window", &["products:*"], &["productBrand:brand_one"]);
        let list = token.get("/products").is(200).json();
        let ids: Vec<&Value> = list.as_array().unwrap().iter().map(|product| &product["id"]).collect();
        assert_eq!(ids, ["p1"]);
        token.get("/products/p2").refused(403, "condition_unmet");
        token.get("/products/p1%00").refused(404, "not_found");
        let mine = serde_json::json!({"name": "mine", "brand": "brand_one"});
        token.put("/products/p1", &mine).is(200);
        token.put("/products/p2", &mine).refused(403, "condition_unmet");
        token.delete("/products/p1").is(204);
        server.admin.delete("/accessTokens/window").is(204);
        token.get("/products").refused(401, "invalid_token");
    }
}
