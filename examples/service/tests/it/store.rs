//! The store, held to keyward's contract.

use keyward::{
    Schema,
    administration::{Account, AccountStore, CommitError},
    key::{KeyEntropy, KeyFormat, KeyPrefix},
    store::conformance,
};
use keyward_service::{
    service::{now, schema},
    store::{Database, StoreError},
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
    let (schema, database): (Schema, _) = (schema().unwrap(), database());
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
