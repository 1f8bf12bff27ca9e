//! `SqliteAccounts`, over rusqlite: the contract of stores, and a connection that fails, or panics, at each statement.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use keyward::{
    Authenticator, Role, Schema, Timestamp,
    administration::{Accounts, AccountsError, SqliteAccounts, SqliteConnection, SqliteError},
    filter::SqlValue,
    key::{KeyEntropy, KeyFormat, KeyPrefix, NewKey, OperatorKey},
    store::KeyStore,
};
use rusqlite::{Connection, params_from_iter, types::Value};

const NOW: Timestamp = Timestamp::from_millis(1_000);

struct Driver(Connection);

impl SqliteConnection for Driver {
    type Error = rusqlite::Error;

    fn run(&mut self, statement: &str, values: &[SqlValue]) -> rusqlite::Result<Vec<Vec<String>>> {
        let mut statement = self.0.prepare_cached(statement)?;
        let columns = statement.column_count();
        let values = values.iter().map(|value| match value {
            SqlValue::Text(text) => Value::Text(text.clone()),
            SqlValue::Integer(integer) => Value::Integer(*integer),
            SqlValue::Boolean(boolean) => Value::Integer((*boolean).into()),
        });
        let rows = statement.query_map(params_from_iter(values), |row| (0..columns).map(|at| row.get(at)).collect())?;
        rows.collect()
    }
}

fn schema() -> Schema {
    Schema::from_json(
        r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    )
    .unwrap()
}

#[cfg(feature = "conformance")]
#[test]
fn it_is_a_store_of_accounts() {
    let new = || SqliteAccounts::new(&schema(), Driver(Connection::open_in_memory().unwrap())).unwrap();
    let audit = |store: &SqliteAccounts<Driver>, account: &str| store.audit(account).unwrap();
    keyward::administration::conformance::check(&schema(), new, audit).unwrap();
}

/// What the connection does with the next statements: `left` of them run, and then one doesn't.
#[derive(Clone, Default)]
struct Plan {
    left: Arc<AtomicUsize>,
    how: Arc<AtomicU32>,
}

const WELL: u32 = 0;
const FAILS: u32 = 1;
const FAILS_AFTERWARDS: u32 = 2;
const PANICS: u32 = 3;

struct Planned(Driver, Plan);

impl SqliteConnection for Planned {
    type Error = rusqlite::Error;

    fn run(&mut self, statement: &str, values: &[SqlValue]) -> rusqlite::Result<Vec<Vec<String>>> {
        let how = self.1.how.load(Ordering::Relaxed);
        if how == WELL || self.1.left.fetch_sub(1, Ordering::Relaxed) != 0 {
            return self.0.run(statement, values);
        }
        self.1.how.store(WELL, Ordering::Relaxed);
        match how {
            FAILS_AFTERWARDS => drop(self.0.run(statement, values)),
            PANICS => panic!("as planned"),
            _ => {}
        }
        Err(rusqlite::Error::InvalidQuery)
    }
}

struct World {
    accounts: Accounts<SqliteAccounts<Planned>>,
    plan: Plan,
    olivia: NewKey<OperatorKey>,
}

fn world() -> World {
    let plan = Plan::default();
    let connection = Planned(Driver(Connection::open_in_memory().unwrap()), plan.clone());
    let authenticator = Authenticator::new(&schema(), KeyFormat::new(KeyPrefix::new("acme").unwrap()));
    let accounts = Accounts::new(SqliteAccounts::new(&schema(), connection).unwrap(), authenticator);
    let entropy = KeyEntropy::take(&mut [1; 32]).unwrap();
    let olivia = accounts.authenticator().format().generate_operator_key(entropy, None);
    accounts.create("a1", "olivia", &olivia, NOW).unwrap();
    World { accounts, plan, olivia }
}

#[test]
fn a_connection_that_fails_at_any_statement_leaves_no_half_of_a_change() {
    for how in [FAILS, FAILS_AFTERWARDS, PANICS] {
        let mut failed = 0;
        for left in 0.. {
            let World { accounts, plan, olivia } = world();
            let record = accounts.store().find(olivia.id).unwrap().unwrap();
            let role = Role::new("reader", ["products:read"]).unwrap();
            plan.left.store(left, Ordering::Relaxed);
            plan.how.store(how, Ordering::Relaxed);
            let create = || accounts.administer(&record, NOW, |acting| acting.create_role(role.clone()));
            let created = catch_unwind(AssertUnwindSafe(create));
            let reached = plan.how.swap(WELL, Ordering::Relaxed) == WELL;

            // Whatever came of it: what is stored is whole, what was acknowledged is there, and everything goes on.
            let account = accounts.load("a1").unwrap().unwrap();
            let (is_there, audit) = (account.roles().get("reader").is_some(), accounts.store().audit("a1").unwrap());
            assert_eq!(audit.len(), 1 + usize::from(is_there), "{how} at {left}: {audit:?}");
            match created {
                Ok(Ok(_)) => assert!(is_there, "{how} at {left}"),
                Ok(Err(AccountsError::Store(_))) => assert!(!is_there, "{how} at {left}"),
                Ok(Err(AccountsError::Unknown(_))) | Err(_) => {}
                Ok(Err(error)) => panic!("{how} at {left}: {error}"),
            }
            let other = Role::new("writer", ["products:update"]).unwrap();
            accounts.administer(&record, NOW, |acting| acting.create_role(other.clone())).unwrap();
            assert!(accounts.authenticate(olivia.key.reveal(), NOW).is_ok());
            if !reached {
                break;
            }
            failed += 1;
        }
        assert!(failed >= 6, "{how}: begin, load, versions, changes, audit, commit; {failed}");
    }
}

#[test]
fn a_change_that_is_not_committed_is_not_found() {
    let World { accounts, plan, olivia } = world();
    let record = accounts.store().find(olivia.id).unwrap().unwrap();
    let entropy = KeyEntropy::take(&mut [2; 32]).unwrap();
    let token = accounts.authenticator().format().generate_access_token(entropy, None);
    // Load, begin, version, roles, version of the key, key: the audit record panics.
    plan.left.store(6, Ordering::Relaxed);
    plan.how.store(PANICS, Ordering::Relaxed);
    let grant = keyward::Grant::new();
    let create = || accounts.administer(&record, NOW, |acting| acting.create_token("t", &grant, &token, None));
    catch_unwind(AssertUnwindSafe(create)).unwrap_err();
    assert!(accounts.store().find(token.id).unwrap().is_none());
}

#[test]
fn a_transaction_that_the_host_left_open_is_rolled_back() {
    let World { accounts, olivia, .. } = world();
    let (store, record) = (accounts.store(), accounts.store().find(olivia.id).unwrap().unwrap());
    store.run("CREATE TABLE products (id TEXT)", &[]).unwrap();
    store.run("INSERT INTO products VALUES (?)", &[SqlValue::Text("kettle".into())]).unwrap();
    store.run("BEGIN", &[]).unwrap();
    store.run("DELETE FROM products", &[]).unwrap();
    let role = Role::new("reader", ["products:read"]).unwrap();
    let create = || accounts.administer(&record, NOW, |acting| acting.create_role(role.clone()));
    // It could not be stored for sure. So nothing of it is, and the next try goes well.
    assert!(matches!(create(), Err(AccountsError::Store(_))));
    assert_eq!(store.run("SELECT id FROM products", &[]).unwrap(), [["kettle"]]);
    assert!(create().is_ok());
}

/// A database that is gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.sqlite", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    fn open(&self) -> Connection {
        Connection::open(&self.0).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn it_is_there_when_the_database_is_opened_again() {
    let file = File::new("again");
    let open = || {
        let authenticator = Authenticator::new(&schema(), KeyFormat::new(KeyPrefix::new("acme").unwrap()));
        Accounts::new(SqliteAccounts::new(&schema(), Driver(file.open())).unwrap(), authenticator)
    };
    let key = {
        let accounts = open();
        let entropy = KeyEntropy::take(&mut [1; 32]).unwrap();
        let key = accounts.authenticator().format().generate_operator_key(entropy, None);
        accounts.create("a1", "olivia", &key, NOW).unwrap();
        key
    };
    let accounts = open();
    assert_eq!(accounts.authenticate(key.key.reveal(), NOW).unwrap().record().actor(), "olivia");
    assert!(matches!(accounts.create("a1", "mallory", &key, NOW), Err(AccountsError::Conflict)));
}

#[test]
fn what_cannot_be_read_lets_nobody_in_and_is_not_repeated() {
    let file = File::new("unreadable");
    let store = SqliteAccounts::new(&schema(), Driver(file.open())).unwrap();
    let other = file.open();
    for (statement, message) in [
        (
            "INSERT OR REPLACE INTO accounts VALUES ('a1', 1, '[{\"id\": \"secret\", \"permission\": []}]')",
            "the roles of an account can't be used: line 1, column 36",
        ),
        (
            "INSERT OR REPLACE INTO accounts VALUES ('a1', 1, '[{\"id\": \"r\", \"permissions\": [\"products:reed\"]}]')",
            "the roles of an account can't be used: role `r`, permission `products:reed`: \
             unknown operation `reed`; did you mean `read`?",
        ),
        (
            "INSERT OR REPLACE INTO accounts VALUES ('a1', 1, '[]');
             INSERT INTO keys VALUES ('00000000000000', 1, 'a1', '{\"digest\": \"secret')",
            "the record of a key can't be used: line 1, column 18",
        ),
    ] {
        other.execute_batch(statement).unwrap();
        let error = keyward::administration::AccountStore::load(&store, "a1").unwrap_err();
        assert!(matches!(error, SqliteError::Unreadable { .. }), "{error:?}");
        assert_eq!(error.to_string(), message);
    }
    let found = store.find(keyward::key::KeyId::parse("00000000000000").unwrap());
    assert_eq!(found.unwrap_err().to_string(), "the record of a key can't be used: line 1, column 18");
}
