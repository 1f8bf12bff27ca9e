//! What came of an operation, and storing it.

use alloc::{string::ToString, vec::Vec};

use super::{
    account::Account,
    administration_error::AdministrationError,
    audit::{AuditRecord, Outcome},
};
use crate::{
    role::Roles,
    store::{ChangeError, KeyChange},
};

/// What came of an operation: an audit record in any case, and the change or the refusal.
#[derive(Clone, Debug)]
#[must_use = "nothing is changed before the change is stored"]
pub struct Attempt {
    audit: AuditRecord,
    result: Result<AccountChange, AdministrationError>,
}

impl Attempt {
    pub(super) fn new(audit: AuditRecord, result: Result<AccountChange, AdministrationError>) -> Self {
        let outcome = match &result {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Refused { code: error.code(), reason: error.to_string().into() },
        };
        Self { audit: audit.with_outcome(outcome), result }
    }

    /// The record for the host's audit log.
    pub fn audit(&self) -> &AuditRecord {
        &self.audit
    }

    /// The change to be stored.
    ///
    /// # Errors
    ///
    /// [`AdministrationError`] where it was refused.
    pub fn into_result(self) -> Result<AccountChange, AdministrationError> {
        self.result
    }
}

/// The change from one state of an account to the next, to be stored as a whole.
#[derive(Clone, Debug)]
#[must_use = "nothing is changed before the change is stored"]
pub struct AccountChange {
    expected: u64,
    account: Account,
    keys: Vec<KeyChange>,
}

impl AccountChange {
    pub(super) fn new(before: &Account, roles: Roles, keys: impl IntoIterator<Item = KeyChange>) -> Self {
        let keys: Vec<KeyChange> = keys.into_iter().collect();
        Self { expected: before.version(), account: before.next(roles, &keys), keys }
    }

    pub(super) fn of_keys(before: &Account, keys: impl IntoIterator<Item = KeyChange>) -> Self {
        Self::new(before, before.roles().clone(), keys)
    }

    /// The version that the stored account must have now; 0 where there must be none.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// The next state, with its version and roles.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The changes to the keys.
    pub fn keys(&self) -> &[KeyChange] {
        &self.keys
    }
}

/// Keeps accounts and their keys. Implement it over whatever keeps the keys, so that both change together.
///
/// # The contract
///
/// - **One state.** `load` gives roles, version and keys as they were at one moment.
/// - **All or nothing.** `commit` stores the roles, the version and all changes of keys together, and only where
///   the stored account still has the version that the change expects. Of two changes that were made from one state
///   one is stored, the other is [`CommitError::Conflict`]: load again, and decide again. This is what keeps one
///   administrator in an account when two are removed at once.
/// - **Acknowledged is done**: see [`WritableKeyStore`](crate::store::WritableKeyStore). Whoever authenticates must be told
///   the new roles, too ([`Authenticator::set_roles`](crate::Authenticator::set_roles)) before the change is
///   acknowledged.
///
/// What is kept of an account: its version, the [keys](crate::store::KeyRecord), which are serde values, and of each
/// role the id and the texts of its permissions. [`Account::load`] puts it together again.
///
/// ```
/// use keyward::{Permission, Role, Roles, Schema, administration::Account};
///
/// # let schema = Schema::builder().resource("products").build()?;
/// # let roles = Roles::new(&schema, "a1")?.with(Role::new("inspector", ["products:read,list"])?)?;
/// # let (version, keys) = (1, Vec::new());
/// // Kept…
/// let rows: Vec<(&str, Vec<&str>)> =
///     roles.iter().map(|role| (role.id(), role.permissions().iter().map(Permission::as_str).collect())).collect();
///
/// // …and read again.
/// let read = rows.into_iter().map(|(id, permissions)| Role::new(id, permissions)).collect::<Result<Vec<_>, _>>()?;
/// let account = Account::load(Roles::new(&schema, "a1")?.with_all(read)?, version, keys)?;
/// assert_eq!(account.roles().version(), roles.version());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`MemoryAccounts`](super::MemoryAccounts) is one.
pub trait AccountStore {
    /// Why the store could not tell.
    type Error;

    /// The present state of an account, nothing where there is none.
    ///
    /// # Errors
    ///
    /// Where the store could not tell.
    fn load(&self, account: &str) -> Result<Option<Account>, Self::Error>;

    /// Makes a change, or none of it.
    ///
    /// # Errors
    ///
    /// [`CommitError`]: the account was changed meanwhile, the id of a key is in use, the store failed.
    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Self::Error>>;
}

/// A change that was not stored; nothing of it was.
///
/// ```
/// let conflict = keyward::administration::CommitError::<()>::Conflict;
/// assert_eq!(conflict.to_string(), "the account was changed meanwhile");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError<E> {
    /// The account has another version than expected.
    #[error("the account was changed meanwhile")]
    Conflict,
    /// The keys could not be changed.
    #[error(transparent)]
    Keys(#[from] ChangeError<E>),
    /// The store itself failed.
    #[error("the store failed")]
    Store(#[source] E),
}
