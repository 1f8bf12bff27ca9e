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
        let audit = audit.with_outcome(outcome);
        let result = result.map(|change| AccountChange { audit: Some(audit.clone()), ..change });
        Self { audit, result }
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
    audit: Option<AuditRecord>,
}

impl AccountChange {
    pub(super) fn new(before: &Account, roles: Roles, keys: impl IntoIterator<Item = KeyChange>) -> Self {
        let keys: Vec<KeyChange> = keys.into_iter().collect();
        Self { expected: before.version(), account: before.next(roles, &keys), keys, audit: None }
    }

    /// Nothing but the next version. Once it is stored, no other change of the present one can be.
    #[cfg(feature = "std")]
    pub(super) fn of_nothing(before: &Account) -> Self {
        Self::of_keys(before, [])
    }

    pub(super) fn of_keys(before: &Account, keys: impl IntoIterator<Item = KeyChange>) -> Self {
        Self::new(before, before.roles().clone(), keys)
    }

    /// The same, expecting another version, with this audit record.
    #[cfg(feature = "conformance")]
    pub(super) fn expecting(self, expected: u64, audit: AuditRecord) -> Self {
        Self { expected, audit: Some(audit), ..self }
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

    /// The audit record that is stored with it. A change of nothing but the version has none: nobody tried anything.
    pub fn audit(&self) -> Option<&AuditRecord> {
        self.audit.as_ref()
    }
}

/// Keeps accounts, their keys, and the audit records of both. Implement it over whatever keeps the keys, so that all of
/// it changes together. [`Accounts`](super::Accounts) does the rest.
///
/// # The contract
///
/// - **One state.** `load` gives roles, version and keys as they were at one moment, and that is the present: no cache,
///   no replica that lags behind.
/// - **All or nothing.** `commit` stores the roles, the version, all changes of keys and the
///   [audit record](AccountChange::audit) together, and only where the stored account still has the version that the
///   change [expects](AccountChange::expected). Of two changes that were made from one state one is stored, the other is
///   [`CommitError::Conflict`]: load again, and decide again. This is what keeps one administrator in an account when
///   two are removed at once.
/// - **Every change counts**, also one that changes nothing but the version.
/// - **Acknowledged is done**: see [`WritableKeyStore`](crate::store::WritableKeyStore).
/// - **What isn't known isn't called refused.** Where the answer to the commit itself was lost, it is
///   [`CommitError::Unknown`]; every other error says that nothing was stored, nor will be.
/// - **Audit records** of an account are kept in the order in which they come. Keep them for as long as your rules say:
///   who may administer can make them grow.
///
/// What is kept of an account is its version, the [roles](crate::Role) and the [keys](crate::store::KeyRecord), which are
/// serde values. [`Account::load`] puts it together again. [`tables`](super::tables) has definitions for databases.
///
/// ```
/// use keyward::{Role, Roles, Schema, administration::Account};
///
/// # let schema = Schema::builder().resource("products").build()?;
/// # let roles = Roles::new(&schema, "a1")?.with(Role::new("inspector", ["products:read,list"])?)?;
/// # let (version, keys) = (1, Vec::new());
/// // Kept…
/// let kept = serde_json::to_string(&roles.iter().collect::<Vec<_>>())?;
///
/// // …and read again.
/// let read: Vec<Role> = serde_json::from_str(&kept)?;
/// let account = Account::load(Roles::new(&schema, "a1")?.with_all(read)?, version, keys)?;
/// assert_eq!(account.roles().version(), roles.version());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`MemoryAccounts`](super::MemoryAccounts) is one, and `SqliteAccounts` another. The suite `administration::conformance`
/// tests what of the contract can be tested.
pub trait AccountStore {
    /// Why the store could not tell.
    type Error;

    /// The present state of an account, nothing where there is none.
    ///
    /// # Errors
    ///
    /// Where the store could not tell.
    fn load(&self, account: &str) -> Result<Option<Account>, Self::Error>;

    /// Makes a change and keeps its audit record, or nothing of either.
    ///
    /// # Errors
    ///
    /// [`CommitError`]: the account was changed meanwhile, the id of a key is in use, the store failed, or the answer was
    /// lost.
    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Self::Error>>;

    /// Keeps the audit record of an attempt that was refused.
    ///
    /// # Errors
    ///
    /// Where it could not be kept.
    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Self::Error>;
}

/// A change that was not stored. Nothing of it was, unless that is [`Unknown`](Self::Unknown).
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
    /// The store itself failed, and stored nothing.
    #[error("the store failed")]
    Store(#[source] E),
    /// The store failed when it was to commit: whether the change was stored, or will yet be, is not known.
    #[error("the store failed, and whether it stored the change is not known")]
    Unknown(#[source] E),
}
