//! The order in which an account is changed: one change at a time, decided by the present state, recorded and stored at
//! one go, in force, and then acknowledged.

use alloc::{borrow::ToOwned, sync::Arc};
use core::{borrow::Borrow, fmt};

use super::{
    account::Account,
    acting::Acting,
    administration_error::AdministrationError,
    attempt::{AccountChange, AccountStore, Attempt, CommitError},
    turns::{Turns, block_on},
    waited::{AsyncAccountStore, AtOnce},
};
use crate::{
    authenticate::{Authenticated, AuthenticationError, Authenticator, SetRolesError},
    key::{KeyId, NewKey, OperatorKey},
    store::{AsyncKeyStore, ChangeError, KeyRecord, KeyStore},
    time::Timestamp,
};

/// How often a change is decided anew because another process was quicker.
const TRIES: usize = 16;

/// The accounts of a store, and the authenticator that is told of every change: the loop that each host needs.
///
/// ```
/// use keyward::{
///     Authenticator, Grant, Role, Schema, Timestamp,
///     administration::{Accounts, AccountsError, MemoryAccounts},
///     key::{KeyEntropy, KeyFormat, KeyPrefix},
/// };
///
/// let schema = Schema::builder().resource("products").build()?;
/// let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
/// let accounts = Accounts::new(MemoryAccounts::new(), authenticator); // or a store of your own
/// # let now = Timestamp::from_millis(1_000);
/// # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
///
/// // A new account. The key of its administrator is shown to her once, when this has returned.
/// let first = accounts.authenticator().format().generate_operator_key(entropy(1)?, None);
/// accounts.create("a1", "olivia", &first, now)?;
///
/// // A request of hers: she creates a role, and a token that has it.
/// let olivia = accounts.authenticate(first.key.reveal(), now)?;
/// let role = Role::new("inspector", ["products:read,list"])?;
/// accounts.administer(olivia.record(), now, |acting| acting.create_role(role.clone()))?;
/// let token = accounts.authenticator().format().generate_access_token(entropy(2)?, None);
/// let grant = Grant::new().role("inspector");
/// accounts.administer(olivia.record(), now, |acting| acting.create_token("import", &grant, &token, None))?;
///
/// // A request with the token. It reads products, and administers nothing.
/// let import = accounts.authenticate(token.key.reveal(), now)?;
/// assert!(import.access().permits("read", "products"));
/// let refused = accounts.administer(import.record(), now, |acting| acting.delete_role("inspector"));
/// assert!(matches!(refused, Err(AccountsError::Refused(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What holds
///
/// - **One at a time.** Changes of one account take turns, those of two accounts don't wait for each other. Where another
///   process was quicker, the change is decided anew by what is there then.
/// - **Recorded with the change.** The store keeps the audit record of a change at one go with it, and that of a refusal
///   before the refusal is answered. A refused founding is recorded nowhere: there is no account yet.
/// - **In force before it is acknowledged**, and stored before it is in force. The version in force never goes back.
/// - **In doubt, nobody is let in.** Where the answer to a commit was lost, or a panic or a dropped future came in
///   between, the change may be stored, or may yet be. From then on every key of the account is refused, until the roles
///   are loaded again and the next version is taken, so that what is on its way can't be stored any more. The call in
///   which it came about does that at once; where it can't, the next call here does it first, also
///   [`authenticate`](Self::authenticate). A change that is found stored is acknowledged after all.
/// - **Before a commit nothing has happened**, whatever panics or is dropped.
///
/// # What the host does
///
/// Let requests in by [`authenticate`](Self::authenticate): it loads the roles of an account that isn't in force yet, or is
/// in doubt. Where several processes have one store, each must [`load`](Self::load) an account that another has changed
/// before that change is acknowledged.
///
/// With a store that is waited for, the functions that end in `_async` do the same.
pub struct Accounts<S> {
    store: S,
    authenticator: Arc<Authenticator>,
    turns: Turns,
}

impl<S> Accounts<S> {
    /// The accounts of this store. None is loaded yet.
    pub fn new(store: S, authenticator: impl Into<Arc<Authenticator>>) -> Self {
        Self { store, authenticator: authenticator.into(), turns: Turns::default() }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The authenticator, whose format makes new keys.
    pub fn authenticator(&self) -> &Arc<Authenticator> {
        &self.authenticator
    }

    fn over<T>(&self, store: T) -> Loop<'_, T> {
        Loop { store, authenticator: &self.authenticator, turns: &self.turns }
    }
}

impl<S: AccountStore<Error: Send> + Sync> Accounts<S> {
    /// Loads the present state of an account and puts its roles in force, nothing where there is none.
    ///
    /// # Errors
    ///
    /// [`AccountsError`]: the store failed, or gave a state that can't be in force.
    pub fn load(&self, account: &str) -> Result<Option<Account>, AccountsError<S::Error>> {
        block_on(self.over(AtOnce(&self.store)).load(account))
    }

    /// Makes a new account: [`Account::create`], stored and in force.
    ///
    /// # Errors
    ///
    /// [`AccountsError`]: an id that is none, an account that is there already ([`Conflict`](AccountsError::Conflict)), a
    /// key that is, the store failed.
    pub fn create(
        &self,
        account: &str,
        operator: &str,
        key: &NewKey<OperatorKey>,
        now: Timestamp,
    ) -> Result<Account, AccountsError<S::Error>> {
        block_on(self.over(AtOnce(&self.store)).create(account, operator, key, now))
    }

    /// Changes the account of the key's holder, and gives what it then is: stored, recorded, in force. `act` is called
    /// again where another process was quicker. It must not administer itself.
    ///
    /// # Errors
    ///
    /// [`AccountsError`]: refused, and recorded; the store failed; or it is not known whether the change was stored.
    pub fn administer(
        &self,
        record: &KeyRecord,
        now: Timestamp,
        act: impl FnMut(&Acting<'_>) -> Attempt,
    ) -> Result<Account, AccountsError<S::Error>> {
        block_on(self.over(AtOnce(&self.store)).administer(record, now, act))
    }

    /// Tells whose key it is and what it may do, as [`Authenticator::authenticate`]. The roles of an account that isn't in
    /// force are loaded once the secret was found right.
    ///
    /// # Errors
    ///
    /// As [`Authenticator::authenticate`]; the store could not tell, too, where the account can't be in force.
    #[inline]
    pub fn authenticate(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<AccountsError<<S as AccountStore>::Error>>>
    where
        S: KeyStore<Error = <S as AccountStore>::Error>,
    {
        self.authenticator.authenticate(self, text, now)
    }
}

impl<S: AsyncAccountStore + Send> Accounts<S> {
    /// As [`load`](Accounts::load).
    ///
    /// # Errors
    ///
    /// As [`load`](Accounts::load).
    pub async fn load_async(&self, account: &str) -> Result<Option<Account>, AccountsError<S::Error>> {
        self.over(&self.store).load(account).await
    }

    /// As [`create`](Accounts::create).
    ///
    /// # Errors
    ///
    /// As [`create`](Accounts::create).
    pub async fn create_async(
        &self,
        account: &str,
        operator: &str,
        key: &NewKey<OperatorKey>,
        now: Timestamp,
    ) -> Result<Account, AccountsError<S::Error>> {
        self.over(&self.store).create(account, operator, key, now).await
    }

    /// As [`administer`](Accounts::administer).
    ///
    /// # Errors
    ///
    /// As [`administer`](Accounts::administer).
    pub async fn administer_async(
        &self,
        record: &KeyRecord,
        now: Timestamp,
        act: impl FnMut(&Acting<'_>) -> Attempt,
    ) -> Result<Account, AccountsError<S::Error>> {
        self.over(&self.store).administer(record, now, act).await
    }

    /// As [`authenticate`](Accounts::authenticate).
    ///
    /// # Errors
    ///
    /// As [`Authenticator::authenticate_async`].
    pub async fn authenticate_async(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<AccountsError<<S as AsyncAccountStore>::Error>>>
    where
        S: AsyncKeyStore<Error = <S as AsyncAccountStore>::Error>,
    {
        self.authenticator.authenticate_async(self, text, now).await
    }
}

/// The keys of the accounts, as the store has them. Whatever authenticates by a [`KeyStore`], as a layer does, is never left
/// with an account that isn't loaded: once the secret was found right, it is. An account that can't be in force is a
/// failure of the store, and no refusal.
impl<S, E> KeyStore for Accounts<S>
where
    S: AccountStore<Error = E> + KeyStore<Error = E> + Sync,
    E: Send,
{
    type Record = S::Record;
    type Error = AccountsError<E>;

    #[inline]
    fn find(&self, id: KeyId) -> Result<Option<S::Record>, Self::Error> {
        self.store.find(id).map_err(AccountsError::Store)
    }

    fn find_fresh(&self, id: KeyId) -> Result<Option<S::Record>, Self::Error> {
        self.store.find_fresh(id).map_err(AccountsError::Store)
    }

    fn may_be_old(&self) -> bool {
        self.store.may_be_old()
    }

    fn load_account_of(&self, id: KeyId) -> Result<bool, Self::Error> {
        let Some(found) = self.find_fresh(id)? else { return Ok(false) };
        block_on(self.over(AtOnce(&self.store)).refresh(found.borrow().account()))
    }

    #[inline]
    fn account_version(&self, found: &Self::Record) -> Option<u64> {
        self.store.account_version(found)
    }
}

/// The same, with a store that is waited for.
impl<S, E> AsyncKeyStore for Accounts<S>
where
    S: AsyncAccountStore<Error = E> + AsyncKeyStore<Error = E> + Send,
    E: Send,
{
    type Record = S::Record;
    type Error = AccountsError<E>;

    async fn find_async(&self, id: KeyId) -> Result<Option<S::Record>, Self::Error> {
        self.store.find_async(id).await.map_err(AccountsError::Store)
    }

    async fn find_fresh_async(&self, id: KeyId) -> Result<Option<S::Record>, Self::Error> {
        self.store.find_fresh_async(id).await.map_err(AccountsError::Store)
    }

    fn may_be_old(&self) -> bool {
        self.store.may_be_old()
    }

    async fn load_account_of_async(&self, id: KeyId) -> Result<bool, Self::Error> {
        let found = self.find_fresh_async(id).await?;
        let Some(account) = found.map(|found| found.borrow().account().to_owned()) else { return Ok(false) };
        self.over(&self.store).refresh(&account).await
    }

    fn account_version(&self, found: &Self::Record) -> Option<u64> {
        self.store.account_version(found)
    }
}

/// Without the accounts.
impl<S> fmt::Debug for Accounts<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("authenticator", &self.authenticator).finish_non_exhaustive()
    }
}

/// The loop, over a store that may be waited for.
struct Loop<'a, S> {
    store: S,
    authenticator: &'a Authenticator,
    turns: &'a Turns,
}

/// The roles of an account are out of force from when this is dropped.
struct Doubt<'a> {
    authenticator: &'a Authenticator,
    account: &'a str,
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.authenticator.suspend(self.account);
    }
}

impl Doubt<'_> {
    fn lift(self) {
        core::mem::forget(self);
    }
}

/// A state that is in force.
struct Present {
    account: Account,
    /// Whether its version was taken so that no change in doubt can be stored any more.
    is_fenced: bool,
}

impl<S: AsyncAccountStore> Loop<'_, S> {
    async fn load(self, account: &str) -> Result<Option<Account>, AccountsError<S::Error>> {
        let _turn = self.turns.take(account).await;
        Ok(self.present(account).await?.map(|present| present.account))
    }

    /// Loads the account, unless somebody else did so while this waited for its turn. Says whether there is one.
    async fn refresh(self, account: &str) -> Result<bool, AccountsError<S::Error>> {
        let before = self.authenticator.version(account);
        let _turn = self.turns.take(account).await;
        if self.authenticator.version(account) > before {
            return Ok(true);
        }
        Ok(self.present(account).await?.is_some())
    }

    async fn create(
        self,
        account: &str,
        operator: &str,
        key: &NewKey<OperatorKey>,
        now: Timestamp,
    ) -> Result<Account, AccountsError<S::Error>> {
        let _turn = self.turns.take(account).await;
        let attempt = Account::create(self.authenticator.schema(), account, operator, key, now);
        self.commit(attempt.into_result().map_err(AccountsError::Refused)?).await
    }

    async fn administer(
        self,
        record: &KeyRecord,
        now: Timestamp,
        mut act: impl FnMut(&Acting<'_>) -> Attempt,
    ) -> Result<Account, AccountsError<S::Error>> {
        let _turn = self.turns.take(record.account()).await;
        for _ in 0..TRIES {
            let present = self.present(record.account()).await?.ok_or(AccountsError::UnknownAccount)?;
            let attempt = act(&present.account.acting(record, now));
            let audit = attempt.audit().clone();
            let change = match attempt.into_result() {
                Ok(change) => change,
                Err(refused) => {
                    self.store.record_refusal_async(&audit).await.map_err(AccountsError::Store)?;
                    return Err(AccountsError::Refused(refused));
                }
            };
            match self.commit(change).await {
                Err(AccountsError::Conflict) => {}
                committed => return committed,
            }
        }
        Err(AccountsError::Conflict)
    }

    /// The present state, with its roles in force.
    async fn present(&self, account: &str) -> Result<Option<Present>, AccountsError<S::Error>> {
        let mut error = AccountsError::Conflict;
        for _ in 0..TRIES {
            let Some(loaded) = self.store.load_async(account).await.map_err(AccountsError::Store)? else {
                if self.authenticator.roles(account).is_some() {
                    self.authenticator.suspend(account);
                }
                return Ok(None);
            };
            if self.authenticator.suspended(account) != Some(loaded.version()) {
                match self.authenticator.set_roles(loaded.roles().clone(), loaded.version()) {
                    Ok(()) => return Ok(Some(Present { account: loaded, is_fenced: false })),
                    // Whoever tells the authenticator of another process's change may have come in between.
                    Err(older @ SetRolesError::Older { .. }) => error = older.into(),
                    Err(wrong) => return Err(wrong.into()),
                }
                continue;
            }
            // What is in doubt expects this version, and may be stored until another change has taken it.
            let fence = AccountChange::of_nothing(&loaded);
            match self.store.commit_async(&fence).await {
                Ok(()) => {
                    self.put_in_force(fence.account())?;
                    return Ok(Some(Present { account: fence.account().clone(), is_fenced: true }));
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(error)
    }

    /// Stores a change and puts it in force.
    async fn commit(&self, change: AccountChange) -> Result<Account, AccountsError<S::Error>> {
        let next = change.account();
        // Dropped by a panic, or with this future, while the store is at it.
        let doubt = Doubt { authenticator: self.authenticator, account: next.id() };
        let error = match self.store.commit_async(&change).await {
            Ok(()) => {
                self.put_in_force(next)?;
                doubt.lift();
                return Ok(next.clone());
            }
            Err(CommitError::Unknown(error)) => {
                drop(doubt);
                AccountsError::Unknown(error)
            }
            Err(error) => {
                doubt.lift();
                error.into()
            }
        };
        let (AccountsError::Unknown(_) | AccountsError::Store(_)) = error else { return Err(error) };
        // Now, and not when somebody next asks: whether it is there all the same, and that it will not be later.
        match (self.present(next.id()).await, error) {
            (Ok(Some(present)), _) if !present.is_fenced && is_same(&present.account, next) => Ok(present.account),
            (Ok(Some(present)), AccountsError::Unknown(error)) if present.account.version() <= next.version() => {
                Err(AccountsError::Store(error))
            }
            (_, error) => Err(error),
        }
    }

    /// The roles of a state that was committed, unless those of a later one are in force.
    fn put_in_force(&self, account: &Account) -> Result<(), SetRolesError> {
        match self.authenticator.set_roles(account.roles().clone(), account.version()) {
            Ok(()) | Err(SetRolesError::Older { .. }) => Ok(()),
            Err(wrong) => Err(wrong),
        }
    }
}

fn is_same(one: &Account, other: &Account) -> bool {
    one.version() == other.version()
        && one.roles().version() == other.roles().version()
        && one.records().eq(other.records())
}

/// A change that was not acknowledged. Nothing was stored, unless it says otherwise.
///
/// ```
/// let unknown = keyward::administration::AccountsError::UnknownAccount::<()>;
/// assert_eq!((unknown.status(), unknown.to_string().as_str()), (404, "there is no such account"));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountsError<E> {
    /// It was refused, and that is recorded.
    #[error(transparent)]
    Refused(AdministrationError),
    /// The store has no such account.
    #[error("there is no such account")]
    UnknownAccount,
    /// The account was changed by others each time that it was tried, or one that was to be new is there.
    #[error("the account was changed meanwhile")]
    Conflict,
    /// The keys could not be changed: a new one has the id of another account's key.
    #[error("the keys could not be changed: {0}")]
    Keys(ChangeError<E>),
    /// The store failed, and stored nothing. Of a refusal: it was not recorded.
    #[error("the store failed")]
    Store(#[source] E),
    /// The store failed, and whether the change was stored is not known. Load the account to see; where the store can't be
    /// reached, the account's keys are refused until it can.
    #[error("the store failed, and whether it stored the change is not known")]
    Unknown(#[source] E),
    /// What the store gave can't be in force: roles of another schema, or a state older than the one in force. Where that
    /// was seen only after a change was stored, the account's keys are refused.
    #[error(transparent)]
    Roles(#[from] SetRolesError),
}

impl<E> AccountsError<E> {
    /// The HTTP status: that of the refusal; 404, 409, 503 where the store failed, 500 where it is wrong.
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refused) => refused.status(),
            Self::UnknownAccount => 404,
            Self::Conflict | Self::Keys(_) => 409,
            Self::Store(_) | Self::Unknown(_) => 503,
            Self::Roles(_) => 500,
        }
    }
}

impl<E> From<CommitError<E>> for AccountsError<E> {
    fn from(error: CommitError<E>) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Keys(ChangeError::Store(error)) | CommitError::Store(error) => Self::Store(error),
            CommitError::Keys(error) => Self::Keys(error),
            CommitError::Unknown(error) => Self::Unknown(error),
        }
    }
}
