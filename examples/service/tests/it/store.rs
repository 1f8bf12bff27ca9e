//! The store, held to keyward's contract.

use keyward::{
    Schema,
    administration::{Account, CommitError},
    key::{KeyEntropy, KeyFormat, KeyPrefix},
    store::conformance,
};
use keyward_service::{
    service::{now, schema},
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
fn an_account_is_stored_whole_and_once() {
    accounts(&database());
}

fn accounts(database: &dyn Store) {
    let schema: Schema = schema().unwrap();
    let key = KeyFormat::new(KeyPrefix::new("svc").unwrap())
        .generate_operator_key(KeyEntropy::take(&mut [7; 32]).unwrap(), None);
    let founded = Account::found(&schema, "a1", "olivia", &key, now()).into_result().unwrap();
    database.commit(&founded).unwrap();
    assert!(matches!(database.commit(&founded), Err(CommitError::Conflict)));

    let account = database.load("a1").unwrap().unwrap();
    assert_eq!((account.version(), account.records().len()), (1, 1));
    let olivia = account.actor("olivia").unwrap();
    let role = keyward::Role::new("inspector", ["products:read,list"]).unwrap();
    let changed = account.acting(olivia, now()).create_role(role).into_result().unwrap();
    database.commit(&changed).unwrap();
    assert!(matches!(database.commit(&changed), Err(CommitError::Conflict)), "of two from one state, one is stored");
    let account = database.load("a1").unwrap().unwrap();
    assert_eq!(account.roles().get("inspector").unwrap().permissions()[0].as_str(), "products:read,list");
    assert_eq!(account.roles().version(), changed.account().roles().version());
    assert!(database.load("a2").unwrap().is_none());
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
    use keyward::store::conformance;
    use keyward_service::{
        service::schema,
        store::{PostgreSql, StoreError},
    };
    use postgres::{Client, NoTls};
    use serde_json::Value;

    use crate::server::Server;

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
        // The session before it may take a moment to let go of its lock.
        let mut connected = PostgreSql::connect(url, &schema().unwrap());
        for _ in 0..50 {
            if !matches!(connected, Err(StoreError::InUse)) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            connected = PostgreSql::connect(url, &schema().unwrap());
        }
        connected.unwrap()
    }

    #[test]
    fn it_is_a_store_of_keys_and_accounts() {
        let Some(url) = fresh("service_store") else { return };
        conformance::check(|| {
            let url = fresh("service_store").unwrap();
            connect(&url)
        })
        .unwrap();
        super::accounts(&connect(&url));
    }

    #[test]
    fn a_database_is_for_one_process() {
        let Some(url) = fresh("service_lock") else { return };
        let first = connect(&url);
        assert!(matches!(PostgreSql::connect(&url, &schema().unwrap()), Err(StoreError::InUse)));
        drop(first);
        connect(&url);
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
