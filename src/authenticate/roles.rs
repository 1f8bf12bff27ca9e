//! The roles that are in force in every account, and what was found of a key.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use foldhash::quality::RandomState;

use super::refused_key::RefusalCause;
use crate::{
    in_force::{AccountInForce, Found, KeyMemory},
    role::Roles,
    store::KeyRecord,
};

/// The roles of every account as they are now, and what was found of keys under them. What was found under others is
/// found anew by the first request that needs it.
pub(super) struct RolesInForce {
    /// Tells what this authenticator found from what another did.
    id: u64,
    accounts: RwLock<HashMap<Box<str>, Arc<AccountInForce>, RandomState>>,
    /// What was found of keys whose store keeps no memory beside them, by their ids. Two keys may want one place: the
    /// later has it.
    memories: Box<[KeyMemory]>,
}

/// The most keys that are remembered for stores that keep no memory beside them: a few megabytes in all.
const MEMORIES: usize = 16_384;

static AUTHENTICATORS: AtomicU64 = AtomicU64::new(0);

impl RolesInForce {
    pub(super) fn new() -> Self {
        let memories: Vec<KeyMemory> = (0..MEMORIES).map(|_| KeyMemory::default()).collect();
        let id = AUTHENTICATORS.fetch_add(1, Ordering::Relaxed);
        Self { id, accounts: RwLock::default(), memories: memories.into() }
    }

    /// Puts the roles that an account has in this version in the place of those that it had, or takes them away.
    /// An account that was taken away stays, for its version: an older state must not come back.
    pub(super) fn replace(&self, account: &str, roles: Option<Roles>, version: u64) -> Result<(), SetRolesError> {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = accounts.get(account) else {
            accounts.insert(account.into(), Arc::new(AccountInForce::new(roles, version)));
            return Ok(());
        };
        let state = known.state();
        let same = state.roles.as_ref().map(Roles::version) == roles.as_ref().map(Roles::version);
        if state.version > version {
            return Err(SetRolesError::Older { version, known: state.version });
        }
        if state.version == version {
            return if same { Ok(()) } else { Err(SetRolesError::OtherContent { version }) };
        }
        known.set(roles, version);
        Ok(())
    }

    /// Takes an account out of force until a later version of it is set.
    pub(super) fn suspend(&self, account: &str) {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(account.into()).or_insert_with(|| Arc::new(AccountInForce::new(None, 0))).suspend();
    }

    /// The version that was in force when the account was suspended.
    pub(super) fn suspended(&self, account: &str) -> Option<u64> {
        self.account(account).map(|account| account.state()).filter(|state| state.in_doubt).map(|state| state.version)
    }

    pub(super) fn roles(&self, account: &str) -> Option<Roles> {
        self.account(account)?.state().roles.clone()
    }

    fn account(&self, account: &str) -> Option<Arc<AccountInForce>> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(account).map(Arc::clone)
    }

    /// The access of a record by the roles in force.
    #[inline]
    pub(super) fn find(&self, record: &KeyRecord, memory: Option<&KeyMemory>) -> Result<Arc<Found>, RefusalCause> {
        // What is beside the record is of this record: only whose it is, and whether it is in force, is asked.
        match memory.and_then(KeyMemory::load) {
            Some(found) if found.is_by(self.id) && found.is_in_force() => Ok(found),
            found => self.find_anew(record, memory, found),
        }
    }

    #[inline(never)]
    fn find_anew(
        &self,
        record: &KeyRecord,
        memory: Option<&KeyMemory>,
        beside: Option<Arc<Found>>,
    ) -> Result<Arc<Found>, RefusalCause> {
        let (grant, administers) = (record.shared_grant(), record.administers());
        // A second authenticator doesn't fight over the memory of the first.
        let memory = memory.filter(|_| beside.as_ref().is_none_or(|found| found.is_by(self.id)));
        let (memory, earlier) = if memory.is_some() {
            (memory, beside)
        } else {
            let memory = self.memories.get(record.id().place_among(MEMORIES));
            let earlier = memory.and_then(KeyMemory::load);
            (memory, earlier.filter(|found| found.is_of(record.account(), grant, administers)))
        };
        if let Some(found) = earlier.as_ref().filter(|found| found.is_in_force()) {
            return Ok(Arc::clone(found));
        }
        let account = self.account(record.account()).ok_or(RefusalCause::UnknownAccount)?;
        let found = Found::new(self.id, &account, (grant, administers), earlier.as_deref())
            .map_err(|error| RefusalCause::Unusable(Box::new(error)))?;
        let found = Arc::new(found.ok_or(RefusalCause::UnknownAccount)?);
        if let Some(memory) = memory {
            memory.store(Arc::clone(&found));
        }
        Ok(found)
    }
}

/// Roles that were not set.
///
/// ```
/// use keyward::{Authenticator, Roles, Schema, authenticate::SetRolesError, key::{KeyFormat, KeyPrefix}};
///
/// let schema = Schema::builder().build()?;
/// let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
/// authenticator.set_roles(Roles::new(&schema, "acme")?, 7)?;
/// let late = authenticator.set_roles(Roles::new(&schema, "acme")?, 6).unwrap_err();
/// assert_eq!(late, SetRolesError::Older { version: 6, known: 7 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetRolesError {
    /// They were compiled for another schema than the authenticator's.
    #[error("the roles are of another schema")]
    OtherSchema,
    /// They are of an older version of the account than the one in force.
    #[error("the roles are of version {version} of the account, and version {known} is in force")]
    Older {
        /// Their version.
        version: u64,
        /// The one in force.
        known: u64,
    },
    /// The same version of the account is in force with other roles: one of the two is wrong.
    #[error("version {version} of the account is in force with other roles")]
    OtherContent {
        /// The version.
        version: u64,
    },
}
