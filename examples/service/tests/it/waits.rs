//! Authentication waits for nobody: not for an administration that takes long, nor for lists.

use std::{
    net::SocketAddr,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use keyward::{
    Operation, Roles,
    administration::{Account, AccountChange, AccountStore, AuditRecord, CommitError},
    decision::InContext,
    filter::SqlFragment,
    http::{BrowserPolicy, Refused, cors::Policy},
    key::{KeyId, KeyKind},
    store::{AtVersion, ChangeError, KeyChange, KeyRecord, KeyStore, WritableKeyStore},
};
use keyward_service::{
    administration, own,
    proxies::Proxies,
    registry,
    service::{Service, schema},
    store::{Change, Database, Page, Product, Store, StoreError, Told},
    transport::{self, Limits},
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::client::Client;

/// A store in which everything takes as long as a test likes, but to find a key.
#[derive(Debug)]
struct Gated {
    database: Database,
    closed: Mutex<bool>,
    waiting: Condvar,
}

impl Gated {
    fn open(&self, open: bool) {
        *self.closed.lock().unwrap() = !open;
        self.waiting.notify_all();
    }

    fn pass(&self) -> &Database {
        let closed = self.closed.lock().unwrap();
        drop(self.waiting.wait_while(closed, |closed| *closed).unwrap());
        &self.database
    }
}

impl KeyStore for Gated {
    type Record = AtVersion;
    type Error = StoreError;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, StoreError> {
        self.database.find(id)
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        self.database.account_version(found)
    }
}

impl WritableKeyStore for Gated {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
        self.pass().apply(changes)
    }
}

impl AccountStore for Gated {
    type Error = StoreError;

    fn load(&self, account: &str) -> Result<Option<Account>, StoreError> {
        self.pass().load(account)
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<StoreError>> {
        self.pass().commit(change)
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), StoreError> {
        self.pass().record_refusal(audit)
    }
}

impl Store for Gated {
    fn is_new(&self) -> Result<bool, StoreError> {
        self.pass().is_new()
    }

    fn follow(&self, told: &mut dyn FnMut(Told<'_>)) -> Result<(), StoreError> {
        self.pass().follow(told)
    }

    fn secret(&self, name: &str, new: &str) -> Result<String, StoreError> {
        self.pass().secret(name, new)
    }

    fn roles(&self, account: &str) -> Result<Option<Roles>, StoreError> {
        self.pass().roles(account)
    }

    fn actors(&self, account: &str, kind: KeyKind) -> Result<Vec<KeyRecord>, StoreError> {
        self.pass().actors(account, kind)
    }

    fn actor(&self, account: &str, kind: KeyKind, actor: &str) -> Result<Option<KeyRecord>, StoreError> {
        self.pass().actor(account, kind, actor)
    }

    fn audit(&self, account: &str) -> Result<Vec<String>, StoreError> {
        self.pass().audit(account)
    }

    fn products_for(
        &self,
        operation: Operation,
        access: InContext<'_>,
        page: Page<'_>,
    ) -> Result<Vec<Product>, Refused> {
        self.pass().products_for(operation, access, page)
    }

    fn listed_products(&self, access: InContext<'_>) -> Result<SqlFragment, Refused> {
        self.pass().listed_products(access)
    }

    fn product(&self, account: &str, id: &str) -> Result<Option<Product>, StoreError> {
        self.pass().product(account, id)
    }

    fn insert_product(&self, product: &Product) -> Result<(), StoreError> {
        self.pass().insert_product(product)
    }

    fn change_product(&self, account: &str, id: &str, change: Change<'_>) -> Result<Option<Product>, Refused> {
        self.pass().change_product(account, id, change)
    }
}

#[test]
fn a_key_is_looked_up_while_everything_else_waits() {
    let database = Database::temporary(&schema().unwrap()).unwrap();
    let store = Arc::new(Gated { database, closed: Mutex::new(false), waiting: Condvar::new() });
    let service = Service::new(store.clone(), BrowserPolicy::refuse(), Duration::ZERO).unwrap();
    let key = service.begin().unwrap();
    let declared = [own::routes(), administration::routes()].concat();
    let routes = registry::check(&declared, &schema().unwrap()).unwrap();
    let served =
        transport::router(&Arc::new(service), routes, Policy::builder().build().unwrap(), Proxies::default()).unwrap();
    // As the service has it.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(transport::BLOCKING_THREADS)
        .build()
        .unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let admin = Client { address, key: key.unwrap() };
    runtime.spawn(transport::serve(listener, served, Limits::default(), std::future::pending()));

    store.open(false);
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..2 * transport::BLOCKING_THREADS)
            .map(|number| {
                let admin = &admin;
                scope.spawn(move || match number % 2 {
                    0 => admin.post("/accessPolicies", &json!({"id": format!("r{number}"), "permissions": []})).status,
                    _ => admin.get("/accessPolicies").status,
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        let all_wait = waiting.iter().all(|request| !request.is_finished());
        let asking = [
            ("svc_at_1uZPZRIo3YDQZ0_0gpy7QN4O7U1uOc16vzCaphq8ofecw2nOV2l", "/accessPolicies"),
            ("", "/accessPolicies"),
            (&*admin.key, "/me"),
            (&admin.key, "/access"),
        ]
        .map(|(key, path)| (path, admin.with_key(key)))
        .map(|(path, client)| scope.spawn(move || client.get(path).status));
        let start = Instant::now();
        while !asking.iter().all(thread::ScopedJoinHandle::is_finished) && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(10));
        }
        let answered = asking.each_ref().map(thread::ScopedJoinHandle::is_finished);
        // Before anything is asserted: who waits must not for ever.
        store.open(true);
        assert_eq!(asking.map(|request| request.join().unwrap()), [401, 401, 200, 200]);
        assert!(all_wait, "nothing waits, and so nothing is tested");
        assert_eq!(answered, [true; 4], "they waited");
        let mut statuses: Vec<u16> = waiting.into_iter().map(|request| request.join().unwrap()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[200; transport::BLOCKING_THREADS], [201; transport::BLOCKING_THREADS]].concat());
    });
}
