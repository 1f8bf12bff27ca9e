//! Accounts in memory, over a store of keys in memory.

use alloc::{collections::BTreeMap, string::String, sync::Arc, vec::Vec};
use core::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use super::{
    account::Account,
    attempt::{AccountChange, AccountStore, CommitError},
    audit::AuditRecord,
};
use crate::{
    key::KeyId,
    store::{AtVersion, KeyRecord, KeyStore, MemoryStore, WritableKeyStore},
};

/// Accounts in memory, for tests and as the model of what an [`AccountStore`] does. Their keys are in a
/// [`MemoryStore`], by which an authenticator finds them.
///
/// ```
/// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
/// use keyward::administration::{Account, AccountStore, MemoryAccounts};
///
/// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
/// # let schema = Schema::builder().build()?;
/// let accounts = MemoryAccounts::new();
/// let founded = Account::create(&schema, "a1", "olivia", &key, Timestamp::from_millis(1)).into_result()?;
/// accounts.commit(&founded)?;
/// assert_eq!(accounts.load("a1")?.unwrap().version(), 1);
/// assert!(accounts.commit(&founded).is_err(), "the account is there already");
/// assert_eq!(accounts.keys().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryAccounts {
    keys: Arc<MemoryStore>,
    accounts: Mutex<BTreeMap<String, Account>>,
    audit: Mutex<Vec<AuditRecord>>,
}

impl MemoryAccounts {
    /// No accounts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The store of their keys.
    pub fn keys(&self) -> &Arc<MemoryStore> {
        &self.keys
    }

    /// The audit records, in the order in which they came. They are never dropped.
    pub fn audit(&self) -> Vec<AuditRecord> {
        self.audit.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, audit: Option<&AuditRecord>) {
        self.audit.lock().unwrap_or_else(PoisonError::into_inner).extend(audit.cloned());
    }
}

impl KeyStore for MemoryAccounts {
    type Record = AtVersion<Arc<KeyRecord>>;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<Self::Record>, Infallible> {
        // Nobody changes an account meanwhile.
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let found = KeyStore::find(&*self.keys, id)?;
        Ok(found.map(|record| {
            let version = accounts.get(record.account()).map_or(0, Account::version);
            AtVersion::new(record, version)
        }))
    }

    fn account_version(&self, found: &Self::Record) -> Option<u64> {
        Some(found.account_version())
    }
}

impl AccountStore for MemoryAccounts {
    type Error = Infallible;

    fn load(&self, account: &str) -> Result<Option<Account>, Infallible> {
        Ok(self.accounts.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned())
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Infallible>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let id = change.account().id();
        if accounts.get(id).map_or(0, Account::version) != change.expected() {
            return Err(CommitError::Conflict);
        }
        self.keys.apply(change.keys())?;
        accounts.insert(id.into(), change.account().clone());
        self.keep(change.audit());
        Ok(())
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Infallible> {
        self.keep(Some(audit));
        Ok(())
    }
}
