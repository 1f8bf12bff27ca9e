//! The loop by which accounts are changed, over stores that fail on purpose.

use std::{
    collections::VecDeque,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
};

use keyward::{
    Authenticator, Grant, Schema,
    administration::{
        Account, AccountChange, AccountStore, Accounts, AccountsError, AsyncAccountStore, AuditRecord, CommitError,
        MemoryAccounts,
    },
    authenticate::{AuthenticationError, RefusalCause, SetRolesError},
    key::{KeyId, Pepper},
    store::{AsyncKeyStore, AtVersion, ChangeError, KeyRecord, KeyStore},
};

use super::house::{NOW, at, format, operator_key, role, schema, token_key};
use crate::block_on;

/// What a store does once, when it is to commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It stores nothing, and says so.
    Fails,
    /// It stores the change, and its answer is lost.
    AnswerIsLost,
    /// The request is lost.
    RequestIsLost,
    /// The request arrives when everybody has given up.
    IsLate,
    Panics,
    /// It stores the change, and never answers.
    Hangs,
}

type Failed = &'static str;

#[derive(Default)]
struct Faulty {
    inner: MemoryAccounts,
    faults: Mutex<VecDeque<Fault>>,
    late: Mutex<Option<AccountChange>>,
    is_down: AtomicBool,
    /// What is loaded instead of the present.
    stale: Mutex<Option<Account>>,
    keeps_no_refusals: AtomicBool,
    loads: AtomicUsize,
}

impl Faulty {
    fn up(&self) -> Result<(), Failed> {
        if self.is_down.load(Ordering::SeqCst) { Err("down") } else { Ok(()) }
    }

    fn store(&self, change: &AccountChange) -> Result<(), CommitError<Failed>> {
        self.inner.commit(change).map_err(|error| match error {
            CommitError::Conflict => CommitError::Conflict,
            CommitError::Keys(ChangeError::Duplicate { id }) => CommitError::Keys(ChangeError::Duplicate { id }),
            other => panic!("{other}"),
        })
    }
}

impl KeyStore for Faulty {
    type Record = AtVersion<Arc<KeyRecord>>;
    type Error = Failed;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion<Arc<KeyRecord>>>, Failed> {
        self.up()?;
        Ok(KeyStore::find(&self.inner, id).unwrap())
    }
}

impl AccountStore for Faulty {
    type Error = Failed;

    fn load(&self, account: &str) -> Result<Option<Account>, Failed> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.up()?;
        let stale = self.stale.lock().unwrap().clone();
        Ok(stale.or_else(|| self.inner.load(account).unwrap()))
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Failed>> {
        self.up().map_err(CommitError::Store)?;
        let fault = self.faults.lock().unwrap().pop_front();
        match fault {
            None => self.store(change),
            Some(Fault::Fails) => Err(CommitError::Store("failed")),
            Some(Fault::RequestIsLost) => Err(CommitError::Unknown("lost")),
            Some(Fault::AnswerIsLost | Fault::Hangs) => {
                self.store(change)?;
                Err(CommitError::Unknown("lost"))
            }
            Some(Fault::IsLate) => {
                *self.late.lock().unwrap() = Some(change.clone());
                Err(CommitError::Unknown("lost"))
            }
            Some(Fault::Panics) => {
                self.store(change)?;
                panic!("on purpose")
            }
        }
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Failed> {
        if self.keeps_no_refusals.load(Ordering::SeqCst) {
            return Err("full");
        }
        self.inner.record_refusal(audit).unwrap();
        Ok(())
    }
}

impl AsyncKeyStore for Faulty {
    type Record = AtVersion<Arc<KeyRecord>>;
    type Error = Failed;

    async fn find_async(&self, id: KeyId) -> Result<Option<AtVersion<Arc<KeyRecord>>>, Failed> {
        self.find(id)
    }
}

impl AsyncAccountStore for Faulty {
    type Error = Failed;

    async fn load_async(&self, account: &str) -> Result<Option<Account>, Failed> {
        self.load(account)
    }

    async fn commit_async(&self, change: &AccountChange) -> Result<(), CommitError<Failed>> {
        let hangs = self.faults.lock().unwrap().front() == Some(&Fault::Hangs);
        let committed = self.commit(change);
        if hangs { pending().await } else { committed }
    }

    async fn record_refusal_async(&self, audit: &AuditRecord) -> Result<(), Failed> {
        self.record_refusal(audit)
    }
}

fn authenticator() -> Authenticator {
    Authenticator::new(&schema(), format())
}

/// An account with one administrator, Olivia, and the role `first`: at version 2.
fn house() -> Accounts<Faulty> {
    let accounts = Accounts::new(Faulty::default(), authenticator());
    accounts.create("a1", "olivia", &operator_key(1), at(NOW)).unwrap();
    create(&accounts, "first").unwrap();
    accounts
}

fn faulty(fault: Fault) -> Accounts<Faulty> {
    let accounts = house();
    accounts.store().faults.lock().unwrap().push_back(fault);
    accounts
}

fn olivia(accounts: &Accounts<Faulty>) -> AtVersion<Arc<KeyRecord>> {
    KeyStore::find(&accounts.store().inner, operator_key(1).id).unwrap().unwrap()
}

fn create(accounts: &Accounts<Faulty>, id: &str) -> Result<Account, AccountsError<Failed>> {
    accounts.administer(&olivia(accounts), at(NOW), |acting| acting.create_role(role(id, &["products:read"])))
}

/// The version that is stored, its roles, and those that are in force.
fn state(accounts: &Accounts<Faulty>) -> (u64, Vec<String>, Option<Vec<String>>) {
    let ids = |roles: &keyward::Roles| roles.iter().map(|role| role.id().to_owned()).collect::<Vec<_>>();
    let stored = accounts.store().inner.load("a1").unwrap().unwrap();
    (stored.version(), ids(stored.roles()), accounts.authenticator().roles("a1").as_ref().map(ids))
}

fn is(version: u64, stored: &[&str], in_force: Option<&[&str]>) -> (u64, Vec<String>, Option<Vec<String>>) {
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    (version, owned(stored), in_force.map(owned))
}

fn is_let_in(accounts: &Accounts<Faulty>) -> bool {
    accounts.authenticate(operator_key(1).key.reveal(), at(NOW)).is_ok()
}

/// By the authenticator alone, which loads nothing.
fn is_refused(accounts: &Accounts<Faulty>) -> bool {
    let refused = accounts.authenticator().authenticate(accounts.store(), operator_key(1).key.reveal(), at(NOW));
    matches!(refused, Err(AuthenticationError::Refused(_)))
}

fn targets(accounts: &Accounts<Faulty>) -> Vec<String> {
    accounts.store().inner.audit().iter().map(|audit| format!("{} {}", audit.target(), audit.outcome())).collect()
}

#[test]
fn what_is_acknowledged_is_stored_recorded_and_in_force() {
    let accounts = house();
    let done = create(&accounts, "second").unwrap();
    assert_eq!(done.version(), 3);
    assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first", "second"])));
    assert_eq!(targets(&accounts), ["a1 done", "first done", "second done"]);
}

#[test]
fn a_store_that_fails_changes_nothing() {
    let accounts = faulty(Fault::Fails);
    assert_eq!(create(&accounts, "second").unwrap_err(), AccountsError::Store("failed"));
    assert_eq!(state(&accounts), is(2, &["first"], Some(&["first"])));
    assert_eq!(targets(&accounts).len(), 2);
    assert!(!is_refused(&accounts), "what is known to be stored stays in force");
    accounts.store().is_down.store(true, Ordering::SeqCst);
    assert_eq!(create_while_down(&accounts).unwrap_err(), AccountsError::Store("down"));
    assert_eq!(state(&accounts), is(2, &["first"], Some(&["first"])));
}

fn create_while_down(accounts: &Accounts<Faulty>) -> Result<Account, AccountsError<Failed>> {
    accounts.administer(&olivia(accounts), at(NOW), |acting| acting.create_role(role("x", &[])))
}

#[test]
fn a_refusal_changes_nothing_and_is_recorded_before_it_is_answered() {
    let accounts = house();
    let refused = || create(&accounts, "first").unwrap_err();
    assert!(matches!(refused(), AccountsError::Refused(error) if error.code() == "invalid_role"));
    assert_eq!(state(&accounts), is(2, &["first"], Some(&["first"])));
    assert!(targets(&accounts)[2].starts_with("first refused, invalid_role"), "{:?}", targets(&accounts));
    accounts.store().keeps_no_refusals.store(true, Ordering::SeqCst);
    assert_eq!(refused(), AccountsError::Store("full"));
    assert_eq!(targets(&accounts).len(), 3);
}

#[test]
fn a_change_whose_answer_was_lost_is_acknowledged_where_it_is_stored() {
    let accounts = faulty(Fault::AnswerIsLost);
    assert_eq!(create(&accounts, "second").unwrap().version(), 3);
    assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first", "second"])));
    assert_eq!(targets(&accounts).len(), 3, "recorded once");
    assert!(is_let_in(&accounts));
}

#[test]
fn a_change_that_was_lost_is_not_acknowledged_and_never_comes() {
    for fault in [Fault::RequestIsLost, Fault::IsLate] {
        let accounts = faulty(fault);
        assert_eq!(create(&accounts, "second").unwrap_err(), AccountsError::Store("lost"), "{fault:?}");
        // The next version is taken: what is late finds it so.
        assert_eq!(state(&accounts), is(3, &["first"], Some(&["first"])), "{fault:?}");
        if let Some(late) = accounts.store().late.lock().unwrap().take() {
            assert_eq!(accounts.store().store(&late), Err(CommitError::Conflict));
        }
        assert_eq!(targets(&accounts).len(), 2, "{fault:?}");
        assert_eq!(create(&accounts, "second").unwrap().version(), 4, "{fault:?}");
    }
}

#[test]
fn in_doubt_nobody_is_let_in_until_the_roles_are_loaded() {
    // The change is lost, and what takes its version, too.
    let accounts = faulty(Fault::RequestIsLost);
    accounts.store().faults.lock().unwrap().push_back(Fault::RequestIsLost);
    assert_eq!(create(&accounts, "second").unwrap_err(), AccountsError::Unknown("lost"));
    assert!(is_refused(&accounts));
    assert_eq!(state(&accounts), is(2, &["first"], None));
    let same = accounts.store().inner.load("a1").unwrap().unwrap();
    let again = accounts.authenticator().set_roles(same.roles().clone(), same.version());
    assert_eq!(again, Err(SetRolesError::OtherContent { version: 2 }), "no state of before the doubt");
    // Out of force for as long as the store can't tell, and no longer.
    accounts.store().faults.lock().unwrap().push_back(Fault::Fails);
    let told = accounts.authenticate(operator_key(1).key.reveal(), at(NOW)).unwrap_err();
    assert_eq!(told.status(), 503);
    assert!(is_refused(&accounts));
    assert!(is_let_in(&accounts));
    assert_eq!(state(&accounts), is(3, &["first"], Some(&["first"])));
}

/// A layer authenticates by a store of keys: through the accounts, what is in doubt is loaded first.
#[test]
fn as_a_store_of_keys_the_accounts_load_what_is_not_in_force() {
    let key = operator_key(1);
    let by_wait = |accounts: &Accounts<Faulty>| {
        block_on(accounts.authenticator().authenticate_async(accounts, key.key.reveal(), at(NOW))).map(|_| ())
    };
    let at_once = |accounts: &Accounts<Faulty>| {
        accounts.authenticator().authenticate(accounts, key.key.reveal(), at(NOW)).map(|_| ())
    };
    for authenticate in
        [&at_once as &dyn Fn(&Accounts<Faulty>) -> Result<(), AuthenticationError<AccountsError<Failed>>>, &by_wait]
    {
        let accounts = faulty(Fault::RequestIsLost);
        accounts.store().faults.lock().unwrap().push_back(Fault::RequestIsLost);
        assert_eq!(create(&accounts, "second").unwrap_err(), AccountsError::Unknown("lost"));
        assert!(is_refused(&accounts));
        accounts.store().faults.lock().unwrap().push_back(Fault::Fails);
        assert_eq!(authenticate(&accounts).unwrap_err().status(), 503);
        assert!(is_refused(&accounts));
        authenticate(&accounts).unwrap();
        assert_eq!(state(&accounts), is(3, &["first"], Some(&["first"])));
    }
}

/// The three ways in: by the accounts, by the accounts with a wait, and by an authenticator over them.
fn ways_in(accounts: &Accounts<&Faulty>) -> [Result<(), AuthenticationError<AccountsError<Failed>>>; 4] {
    let key = operator_key(1);
    let text = key.key.reveal();
    [
        accounts.authenticate(text, at(NOW)).map(|_| ()),
        block_on(accounts.authenticate_async(text, at(NOW))).map(|_| ()),
        accounts.authenticator().authenticate(accounts, text, at(NOW)).map(|_| ()),
        block_on(accounts.authenticator().authenticate_async(accounts, text, at(NOW))).map(|_| ()),
    ]
}

/// Who has no more than a key's public id makes the store load no account.
#[test]
fn the_secret_is_judged_before_the_account_is_loaded() {
    let house = house();
    let loads = || house.store().loads.swap(0, Ordering::SeqCst);
    loads();
    // Another process, under whose pepper the secret is a wrong one.
    let pepper = Pepper::take(&mut [7; 32]).unwrap();
    let elsewhere = Accounts::new(house.store(), authenticator().with_pepper(pepper));
    for told in ways_in(&elsewhere) {
        let Err(AuthenticationError::Refused(refusal)) = told else { panic!("a wrong secret") };
        assert_eq!(*refusal.cause(), RefusalCause::WrongSecret);
    }
    assert_eq!(loads(), 0);
    let right = Accounts::new(house.store(), authenticator());
    assert_eq!(ways_in(&right), [const { Ok(()) }; 4]);
    assert_eq!(loads(), 1, "once");
}

/// Faults of the host are no reason to call a key bad.
#[test]
fn an_account_that_can_not_be_in_force_refuses_nobody() {
    let house = house();
    let other = Schema::builder().resource("orders").build().unwrap();
    let other = Accounts::new(house.store(), Authenticator::new(&other, format()));
    let later = Accounts::new(house.store(), authenticator());
    later.authenticator().remove_account("a1", 9).unwrap();
    for (accounts, wrong) in
        [(&other, SetRolesError::OtherSchema), (&later, SetRolesError::Older { version: 2, known: 9 })]
    {
        for told in ways_in(accounts) {
            let error = AuthenticationError::Store(AccountsError::Roles(wrong));
            assert_eq!((error.status(), told), (503, Err(error)));
        }
    }
}

#[test]
fn a_panic_leaves_nothing_half_done() {
    // Before the commit: nothing has happened.
    let accounts = house();
    let acting = || accounts.administer(&olivia(&accounts), at(NOW), |_| panic!("on purpose"));
    assert!(catch_unwind(AssertUnwindSafe(acting)).is_err());
    assert_eq!(state(&accounts), is(2, &["first"], Some(&["first"])));
    create(&accounts, "second").unwrap();

    // In it: out of force until it is known.
    let accounts = faulty(Fault::Panics);
    assert!(catch_unwind(AssertUnwindSafe(|| create(&accounts, "second"))).is_err());
    assert!(is_refused(&accounts));
    assert_eq!(state(&accounts), is(3, &["first", "second"], None));
    assert!(is_let_in(&accounts));
    assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first", "second"])));
}

#[test]
fn a_future_that_is_dropped_leaves_nothing_half_done() {
    let accounts = faulty(Fault::Hangs);
    let record = olivia(&accounts);
    let act =
        |id: &'static str| accounts.administer_async(&record, at(NOW), move |acting| acting.create_role(role(id, &[])));
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut first = pin!(act("second"));
        assert!(first.as_mut().poll(&mut context).is_pending());
        // The next one waits for its turn, and is let go of when it is given up.
        let mut given_up = Box::pin(act("third"));
        assert!(given_up.as_mut().poll(&mut context).is_pending());
        drop(given_up);
        assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first"])), "stored, not acknowledged");
    }
    assert!(is_refused(&accounts));
    let let_in = block_on(accounts.authenticate_async(operator_key(1).key.reveal(), at(NOW)));
    assert!(let_in.is_ok());
    assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first", "second"])));
    assert_eq!(block_on(act("third")).unwrap().version(), 4);
}

#[test]
fn two_at_once_are_one_after_the_other() {
    const THREADS: usize = 8;
    let accounts = house();
    let (start, seen) = (Barrier::new(THREADS), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (accounts, start, seen) = (&accounts, &start, &seen);
            scope.spawn(move || {
                start.wait();
                let record = olivia(accounts);
                let act = |acting: &keyward::administration::Acting<'_>| {
                    let attempt = acting.create_role(role(&format!("r{number}"), &[]));
                    seen.lock().unwrap().push(attempt.clone().into_result().unwrap().expected());
                    attempt
                };
                accounts.administer(&record, at(NOW), act).unwrap();
            });
        }
    });
    // Each was decided once, by the state that the one before left.
    assert_eq!(seen.into_inner().unwrap(), (2..10).collect::<Vec<_>>());
    assert_eq!(accounts.store().inner.load("a1").unwrap().unwrap().version(), 10);
}

#[test]
fn what_another_process_changed_is_decided_anew() {
    let store = Arc::new(Faulty::default());
    let [one, other] = [(); 2].map(|()| Accounts::new(Arc::clone(&store), authenticator()));
    one.create("a1", "olivia", &operator_key(1), at(NOW)).unwrap();
    let record = KeyStore::find(&store.inner, operator_key(1).id).unwrap().unwrap();
    let mut acted = 0;
    let done = one.administer(&record, at(NOW), |acting| {
        acted += 1;
        if acted == 1 {
            other.administer(&record, at(NOW), |acting| acting.create_role(role("theirs", &[]))).unwrap();
        }
        acting.create_role(role("ours", &[]))
    });
    assert_eq!((acted, done.unwrap().version()), (2, 3));
    assert_eq!(one.authenticator().roles("a1").unwrap().iter().len(), 2);
    // An account that was made elsewhere is loaded when its key comes.
    let third = Accounts::new(Arc::clone(&store), authenticator());
    assert!(third.authenticate(operator_key(1).key.reveal(), at(NOW)).is_ok());
}

#[test]
fn an_older_state_is_neither_acted_on_nor_in_force() {
    let accounts = house();
    let older = accounts.store().inner.load("a1").unwrap().unwrap();
    create(&accounts, "second").unwrap();
    *accounts.store().stale.lock().unwrap() = Some(older);
    let refused = create(&accounts, "third").unwrap_err();
    assert_eq!(refused, AccountsError::Roles(SetRolesError::Older { version: 2, known: 3 }));
    assert_eq!(state(&accounts), is(3, &["first", "second"], Some(&["first", "second"])));
}

#[test]
fn what_is_not_there_is_not_administered() {
    let accounts = house();
    let conflict = accounts.create("a1", "eve", &operator_key(7), at(NOW)).unwrap_err();
    assert_eq!(conflict, AccountsError::Conflict);
    let stolen = accounts.create("a2", "eve", &operator_key(1), at(NOW)).unwrap_err();
    assert!(matches!(stolen, AccountsError::Keys(_)) && accounts.load("a2").unwrap().is_none());
    let elsewhere = KeyRecord::issue(&operator_key(9), "a9", "eve").unwrap();
    let none = accounts.administer(&elsewhere, at(NOW), |acting| acting.delete_role("first")).unwrap_err();
    assert_eq!((none.status(), none), (404, AccountsError::UnknownAccount));
    assert_eq!(targets(&accounts).len(), 2);
}

#[test]
fn a_task_may_move_between_threads_while_it_waits() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let accounts = house();
    let record = olivia(&accounts);
    let token = token_key(5);
    let done = is_send(accounts.administer_async(&record, at(NOW), |acting| {
        acting.create_token("t1", &Grant::new().role("first"), &token, None)
    }));
    assert!(matches!(pin!(done).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(_))));
    assert!(accounts.authenticate(token.key.reveal(), at(NOW)).is_ok());
}
