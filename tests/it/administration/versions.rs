//! Two processes over one store: what one changes, the next request in the other obeys, and none is told of anything.

use std::{
    convert::Infallible,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use keyward::{
    Authenticator, Role, Roles,
    administration::{Account, AccountChange, AccountStore, Accounts, AuditRecord, CommitError, MemoryAccounts},
    authenticate::{AuthenticationError, Behind},
    key::{KeyId, NewKey, OperatorKey},
    store::{AsyncKeyStore, AtVersion, KeyRecord, KeyStore},
};

use super::house::{NOW, at, format, grant, operator_key, role, schema, token_key};
use crate::block_on;

/// A database that both processes have, and that counts what is asked of it.
#[derive(Default)]
pub(super) struct Database {
    inner: MemoryAccounts,
    pub(super) finds: AtomicUsize,
    loads: AtomicUsize,
    /// What it says of every account in place of its version, if that is not 0.
    claims: AtomicU64,
    loads_nothing: AtomicBool,
}

pub(super) type Found = AtVersion<Arc<KeyRecord>>;

impl KeyStore for Database {
    type Record = Found;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<Found>, Infallible> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        self.inner.find(id)
    }

    fn account_version(&self, found: &Found) -> Option<u64> {
        match self.claims.load(Ordering::SeqCst) {
            0 => self.inner.account_version(found),
            claim => Some(claim),
        }
    }
}

impl AccountStore for Database {
    type Error = Infallible;

    fn load(&self, account: &str) -> Result<Option<Account>, Infallible> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        if self.loads_nothing.load(Ordering::SeqCst) { Ok(None) } else { self.inner.load(account) }
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Infallible>> {
        self.inner.commit(change)
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Infallible> {
        self.inner.record_refusal(audit)
    }
}

/// The same, waited for.
pub(super) struct Waited<'a>(pub(super) &'a Accounts<Arc<Database>>);

impl AsyncKeyStore for Waited<'_> {
    type Record = Found;
    type Error = keyward::administration::AccountsError<Infallible>;

    async fn find_async(&self, id: KeyId) -> Result<Option<Found>, Self::Error> {
        self.0.find(id)
    }

    async fn load_account_of_async(&self, id: KeyId) -> Result<bool, Self::Error> {
        self.0.load_account_of(id)
    }

    fn account_version(&self, found: &Found) -> Option<u64> {
        self.0.account_version(found)
    }
}

pub(super) struct Processes {
    pub(super) database: Arc<Database>,
    pub(super) here: Accounts<Arc<Database>>,
    pub(super) there: Accounts<Arc<Database>>,
    olivia: NewKey<OperatorKey>,
    pub(super) token: String,
}

pub(super) fn reader(permissions: &[&str]) -> Role {
    role("reader", permissions)
}

impl Processes {
    pub(super) fn new() -> Self {
        let database = Arc::new(Database::default());
        let process = || Accounts::new(Arc::clone(&database), Authenticator::new(&schema(), format()));
        let (here, there) = (process(), process());
        let (olivia, token) = (operator_key(1), token_key(2));
        here.create("a1", "olivia", &olivia, at(NOW)).unwrap();
        let of = Self { database, here, there, token: token.key.reveal().to_owned(), olivia };
        of.change(&of.here, |acting| acting.create_role(reader(&["products:read"])));
        of.change(&of.here, |acting| acting.create_token("t", &grant(&["reader"], &[]), &token, None));
        of
    }

    /// The version that the change was acknowledged with.
    pub(super) fn change(
        &self,
        process: &Accounts<Arc<Database>>,
        act: impl FnMut(&keyward::administration::Acting<'_>) -> keyward::administration::Attempt,
    ) -> u64 {
        let olivia = process.authenticate(self.olivia.key.reveal(), at(NOW)).unwrap();
        process.administer(olivia.record(), at(NOW), act).unwrap().version()
    }

    /// Whether the token may list products there, and the version that this is said of.
    fn lists_there(&self) -> (bool, u64) {
        let caller = self.there.authenticate(&self.token, at(NOW)).unwrap();
        (caller.access().permits("list", "products"), caller.account_version())
    }
}

#[test]
fn what_is_changed_here_is_obeyed_there_by_the_next_request() {
    let of = Processes::new();
    assert!(!of.lists_there().0);
    for _ in 0..3 {
        let widened = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
        assert_eq!(of.lists_there(), (true, widened));
        let narrowed = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read"])));
        assert_eq!(of.lists_there(), (false, narrowed));
    }
    // And the other way round.
    of.change(&of.there, |acting| acting.revoke_token("t"));
    assert!(matches!(of.here.authenticate(&of.token, at(NOW)), Err(AuthenticationError::Refused(_))));
}

#[test]
fn who_knows_the_version_asks_for_nothing_more() {
    let of = Processes::new();
    of.lists_there();
    let counts = || (of.database.finds.load(Ordering::SeqCst), of.database.loads.load(Ordering::SeqCst));
    let before = counts();
    for _ in 0..10 {
        of.lists_there();
    }
    assert_eq!(counts(), (before.0 + 10, before.1));
    // A change costs one load, and two looks more: one that finds the account for the load, and one for the judgement.
    of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
    let before = counts();
    of.lists_there();
    assert_eq!(counts(), (before.0 + 3, before.1 + 1));
}

#[test]
fn a_store_that_is_waited_for_is_obeyed_as_well() {
    let of = Processes::new();
    let lists = |least| {
        let store = Waited(&of.there);
        let caller = of.there.authenticator().authenticate_at_least_async(&store, &of.token, at(NOW), least);
        block_on(caller).map(|caller| (caller.access().permits("list", "products"), caller.account_version()))
    };
    assert!(!lists(0).unwrap().0);
    let widened = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
    assert_eq!(lists(0).unwrap(), (true, widened));
    assert_eq!(lists(widened).unwrap(), (true, widened));
    assert!(matches!(lists(widened + 1), Err(AuthenticationError::Behind(Behind { .. }))));
}

#[test]
fn a_version_that_cannot_be_had_is_a_failure_and_lets_nobody_in() {
    let of = Processes::new();
    let (_, version) = of.lists_there();
    let ask = |least| of.there.authenticator().authenticate_at_least(&of.there, &of.token, at(NOW), least);

    // More than there is. It costs one look more, and no load: anyone with a key can ask for it.
    let counts = || (of.database.finds.load(Ordering::SeqCst), of.database.loads.load(Ordering::SeqCst));
    let before = counts();
    let error = ask(version + 1).unwrap_err();
    assert_eq!(counts(), (before.0 + 2, before.1));
    assert_eq!(
        error.to_string(),
        format!("version {} of the account is wanted, and no later one than {version} could be had", version + 1)
    );
    assert_eq!(error.status(), 503);
    assert_eq!(ask(version).unwrap().account_version(), version);

    // The store says a later version than it loads.
    of.database.claims.store(version + 3, Ordering::SeqCst);
    assert!(matches!(ask(0), Err(AuthenticationError::Behind(behind)) if behind.wanted == version + 3));
    // An older one, as a replica that lags behind: what it has of the key may be old, too.
    of.database.claims.store(version - 1, Ordering::SeqCst);
    assert!(matches!(ask(0), Err(AuthenticationError::Behind(behind)) if behind.had == version - 1));
    of.database.claims.store(0, Ordering::SeqCst);
    assert!(ask(0).is_ok());

    // It doesn't say who has no good key that the account is behind.
    of.database.claims.store(version + 3, Ordering::SeqCst);
    let stranger = token_key(99);
    assert!(matches!(of.there.authenticate(stranger.key.reveal(), at(NOW)), Err(AuthenticationError::Refused(_))));
    of.database.claims.store(0, Ordering::SeqCst);

    // The account is gone.
    of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
    of.database.loads_nothing.store(true, Ordering::SeqCst);
    assert!(of.there.authenticate(&of.token, at(NOW)).is_err());
}

#[test]
fn the_two_steps_can_compare_versions_themselves() {
    let of = Processes::new();
    let authenticator = of.there.authenticator();
    assert_eq!(authenticator.version("a1"), None);
    let widened = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));

    let presented = authenticator.parse(&of.token).unwrap();
    let found = of.database.find(presented.id()).unwrap().unwrap();
    assert_eq!(found.account_version(), widened);
    if authenticator.version(found.account()) != Some(found.account_version()) {
        of.there.load(found.account()).unwrap();
    }
    let caller = authenticator.verify(&presented, Some(found), at(NOW)).unwrap();
    assert_eq!(caller.account_version(), widened);
}

/// A store that says no version works as it did: the other process must be told.
#[test]
fn a_store_without_versions_is_judged_by_what_is_known() {
    let of = Processes::new();
    let keys = Arc::clone(of.database.inner.keys());
    let authenticator = Authenticator::new(&schema(), format());
    let roles = |permissions: &[&str]| Roles::new(&schema(), "a1").unwrap().with(reader(permissions)).unwrap();
    authenticator.set_roles(roles(&["products:read"]), 1).unwrap();
    let lists = |least| {
        let caller = authenticator.authenticate_at_least(&*keys, &of.token, at(NOW), least);
        caller.map(|caller| caller.access().permits("list", "products"))
    };
    of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
    assert_eq!(lists(0), Ok(false));
    assert!(matches!(lists(2), Err(AuthenticationError::Behind(_))));
    authenticator.set_roles(roles(&["products:read,list"]), 2).unwrap();
    assert_eq!((lists(0), lists(2)), (Ok(true), Ok(true)));
}

/// While one process widens and narrows a role, others never allow what was taken away before they were asked.
#[test]
fn nothing_older_than_acknowledged() {
    let of = Processes::new();
    let (done, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    let (stale, asks, begun) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(4));
    thread::scope(|scope| {
        for process in 0..3 {
            let of = &of;
            let accounts = Accounts::new(Arc::clone(&of.database), Authenticator::new(&schema(), format()));
            let (done, acknowledged, stale, asks, begun) = (&done, &acknowledged, &stale, &asks, &begun);
            scope.spawn(move || {
                // Each knows the account before it is changed.
                assert!(accounts.load("a1").unwrap().is_some());
                begun.wait();
                let mut asked = 0;
                while !done.load(Ordering::SeqCst) || asked < 100 {
                    let least = acknowledged.load(Ordering::SeqCst);
                    let caller = match accounts.authenticate(&of.token, at(NOW)) {
                        Ok(caller) => caller,
                        // Changed more often than it could be read: nobody was let in.
                        Err(AuthenticationError::Behind(_) | AuthenticationError::Store(_)) => continue,
                        Err(refused) => panic!("{process}: {refused}"),
                    };
                    // By even versions it may list, by odd ones not: as the writer below has it.
                    let lists = caller.access().permits("list", "products");
                    let is_old = caller.account_version() < least;
                    let is_mixed = lists != caller.account_version().is_multiple_of(2);
                    stale.fetch_add((is_old || is_mixed).into(), Ordering::SeqCst);
                    asked += 1;
                    asks.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let first = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read"])));
        let mut version = first;
        if first.is_multiple_of(2) {
            version = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read", "places:read"])));
        }
        begun.wait();
        for _ in 0..150 {
            version = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
            acknowledged.store(version, Ordering::SeqCst);
            version = of.change(&of.here, |acting| acting.alter_role(reader(&["products:read"])));
            acknowledged.store(version, Ordering::SeqCst);
            // Somebody asks between the changes.
            let before = asks.load(Ordering::SeqCst);
            while asks.load(Ordering::SeqCst) < before + 3 {
                thread::yield_now();
            }
        }
        assert_eq!(version % 2, 1);
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(stale.load(Ordering::SeqCst), 0);
}

/// Minutes between their clocks: when a key begins and ends goes by each clock, and what was taken away by none.
#[test]
fn clocks_that_differ_bring_nothing_back() {
    let of = Processes::new();
    let (minutes, now) = (5 * 60_000, NOW + 10 * 60_000);
    for there in [now - minutes, now + minutes] {
        let ask =
            || of.there.authenticate(&of.token, at(there)).map(|caller| caller.access().permits("list", "products"));
        assert!(!ask().unwrap());
        of.change(&of.here, |acting| acting.alter_role(reader(&["products:read,list"])));
        assert!(ask().unwrap());
        of.change(&of.here, |acting| acting.alter_role(reader(&["products:read"])));
        assert!(!ask().unwrap());
    }
    of.change(&of.here, |acting| acting.revoke_token("t"));
    for there in [now - minutes, now + minutes] {
        assert!(of.there.authenticate(&of.token, at(there)).is_err());
    }
}
