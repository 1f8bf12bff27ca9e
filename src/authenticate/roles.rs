//! The roles that are in force in every account, and what was found of a key.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
};
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use arc_swap::ArcSwapOption;
use foldhash::quality::RandomState;

use super::refused_key::RefusalCause;
use crate::{
    in_force::{AccountInForce, Found, State},
    role::Roles,
    store::{KeyRecord, Profile},
};

/// The roles of every account as they are now, and what was found of keys under them. What was found under others is
/// found anew by the first request that needs it.
pub(super) struct RolesInForce {
    /// Tells what this authenticator found from what another did.
    id: u64,
    accounts: RwLock<HashMap<Box<str>, Arc<AccountInForce>, RandomState>>,
    /// The profiles of keys whose records don't keep what was found of them, by their ids. Two keys may want one place:
    /// the later has it.
    profiles: Box<[ArcSwapOption<Profile>]>,
}

/// The most keys whose profiles are kept: a few megabytes in all, where they are of usual length.
const PROFILES: usize = 16_384;

static AUTHENTICATORS: AtomicU64 = AtomicU64::new(0);

impl RolesInForce {
    pub(super) fn new() -> Self {
        let profiles: Vec<_> = (0..PROFILES).map(|_| ArcSwapOption::empty()).collect();
        let id = AUTHENTICATORS.fetch_add(1, Ordering::Relaxed);
        Self { id, accounts: RwLock::default(), profiles: profiles.into() }
    }

    /// Puts the roles that an account has in this version in the place of those that it had, or takes them away.
    /// An account that was taken away stays, for its version: an older state must not come back.
    pub(super) fn replace(&self, account: &str, roles: Option<Roles>, version: u64) -> Result<(), SetRolesError> {
        self.known(account, || AccountInForce::new(roles.clone(), version)).change(|state| {
            let same = state.roles.as_ref().map(Roles::version) == roles.as_ref().map(Roles::version);
            if state.version > version {
                return Err(SetRolesError::Older { version, known: state.version });
            }
            if state.version == version {
                return if same { Ok(None) } else { Err(SetRolesError::OtherContent { version }) };
            }
            Ok(Some(State::new(roles, version)))
        })
    }

    /// Takes an account out of force until a later version of it is set.
    pub(super) fn suspend(&self, account: &str) {
        let known = self.known(account, || AccountInForce::new(None, 0));
        let Ok(()) = known.change::<Infallible>(|state| Ok(Some(state.suspended())));
    }

    /// The version that was in force when the account was suspended.
    pub(super) fn suspended(&self, account: &str) -> Option<u64> {
        self.account(account).map(|account| account.state()).filter(|state| state.in_doubt).map(|state| state.version)
    }

    /// The version that is in force.
    pub(super) fn version(&self, account: &str) -> Option<u64> {
        self.account(account)
            .map(|account| account.state())
            .filter(|state| state.roles.is_some())
            .map(|state| state.version)
    }

    pub(super) fn roles(&self, account: &str) -> Option<Roles> {
        self.account(account)?.state().roles.clone()
    }

    fn account(&self, account: &str) -> Option<Arc<AccountInForce>> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(account).map(Arc::clone)
    }

    /// The account as it is known, or else as it now is. All that is done under the lock is that it is added.
    fn known(&self, account: &str, new: impl FnOnce() -> AccountInForce) -> Arc<AccountInForce> {
        self.account(account).unwrap_or_else(|| {
            let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(accounts.entry(account.into()).or_insert_with(|| Arc::new(new())))
        })
    }

    /// The access of a record by the roles in force.
    #[inline]
    pub(super) fn find(&self, record: &KeyRecord) -> Result<Arc<Found>, RefusalCause> {
        match self.known_access(record) {
            Ok(found) => Ok(found),
            Err(beside) => self.find_anew(record, beside),
        }
    }

    /// The same where it was found before, or else what was found of the profile that is not in force here.
    #[inline]
    pub(super) fn known_access(&self, record: &KeyRecord) -> Result<Arc<Found>, Option<Arc<Found>>> {
        // What a profile remembers is of this account, this grant, and of a holder who administers or doesn't: only whose it
        // is, and whether it is in force, is asked.
        match record.profile().memory(record.administers()).load() {
            Some(found) if found.is_by(self.id) && found.is_in_force() => Ok(found),
            beside => Err(beside),
        }
    }

    #[inline(never)]
    fn find_anew(&self, record: &KeyRecord, beside: Option<Arc<Found>>) -> Result<Arc<Found>, RefusalCause> {
        let administers = record.administers();
        let (profile, earlier) = match beside {
            Some(found) if found.is_by(self.id) => (Arc::clone(record.profile()), Some(found)),
            beside => {
                let profile = self.kept(record, beside.is_some());
                // Another authenticator may have come between: what it found is not this one's.
                let earlier = profile.memory(administers).load().filter(|found| found.is_by(self.id));
                (profile, earlier)
            }
        };
        if let Some(found) = earlier.as_ref().filter(|found| found.is_in_force()) {
            return Ok(Arc::clone(found));
        }
        let account = earlier.as_ref().map(|found| Arc::clone(found.account()));
        let account = account.or_else(|| self.account(record.account())).ok_or(RefusalCause::UnknownAccount)?;
        let found = Found::new(self.id, &account, (profile.grant(), administers), earlier.as_deref())
            .map_err(|error| RefusalCause::Unusable(Box::new(error)))?;
        let found = Arc::new(found.ok_or(RefusalCause::UnknownAccount)?);
        profile.memory(administers).store(Arc::clone(&found));
        Ok(found)
    }

    /// The profile of a record that doesn't keep what was found of it: as when it was just read from a database, or where
    /// its own profile is in use by another authenticator.
    fn kept(&self, record: &KeyRecord, is_in_use: bool) -> Arc<Profile> {
        let own = record.profile();
        let place = self.profiles.get(record.id().spread() % PROFILES);
        // A second authenticator doesn't fight over the memory of the first.
        let is_free =
            |profile: &Profile| profile.memory(record.administers()).load().is_none_or(|found| found.is_by(self.id));
        let kept = place.and_then(ArcSwapOption::load_full);
        if let Some(kept) = kept.filter(|kept| kept == own && is_free(kept)) {
            return kept;
        }
        let profile = if is_in_use { Arc::new(Profile::clone(own)) } else { Arc::clone(own) };
        if let Some(place) = place {
            place.store(Some(Arc::clone(&profile)));
        }
        profile
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
