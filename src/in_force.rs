//! The roles that are in force in an account, and what was found of a grant under them.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::sync::atomic::{AtomicU64, Ordering};
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use arc_swap::{ArcSwap, ArcSwapOption};
use foldhash::quality::RandomState;

use crate::{
    access::{Access, AccessError, CompiledAssignment, Granted, UnknownRole},
    grant::{Assignment, Grant},
    role::Roles,
};

/// An account, as one authenticator knows it.
pub(crate) struct AccountInForce {
    /// Counts the changes. What was found under an earlier count is not used any more.
    count: AtomicU64,
    state: ArcSwap<State>,
}

/// A version of an account: its roles, and what sets of them grant. Without roles the account is not known.
pub(crate) struct State {
    pub(crate) version: u64,
    pub(crate) roles: Option<Roles>,
    /// Whether a change may have been stored that is not known here.
    pub(crate) in_doubt: bool,
    granted: RwLock<HashMap<RoleSet, Arc<Granted>, RandomState>>,
}

/// The ids of roles, and whether their holder administers.
type RoleSet = (Box<[Box<str>]>, bool);

/// The most sets of roles that are kept.
const MOST_SETS: usize = 4096;

impl AccountInForce {
    pub(crate) fn new(roles: Option<Roles>, version: u64) -> Self {
        Self { count: AtomicU64::new(0), state: ArcSwap::from_pointee(State::new(roles, version)) }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.state.load_full()
    }

    pub(crate) fn set(&self, roles: Option<Roles>, version: u64) {
        self.store(State::new(roles, version));
    }

    /// Takes the roles out of force. The version stays: what comes back must be a later one.
    pub(crate) fn suspend(&self) {
        self.store(State { in_doubt: true, ..State::new(None, self.state().version) });
    }

    fn store(&self, state: State) {
        self.state.store(Arc::new(state));
        // Last: who sees the new count finds the new state, and who saw the old one began before this returned.
        self.count.fetch_add(1, Ordering::Release);
    }
}

impl State {
    fn new(roles: Option<Roles>, version: u64) -> Self {
        Self { version, roles, in_doubt: false, granted: RwLock::default() }
    }

    /// What the roles of an assignment give, shared by all that have the same.
    fn granted(
        &self,
        roles: &Roles,
        (place, assignment): (usize, &Assignment),
        administers: bool,
    ) -> Result<Arc<Granted>, AccessError> {
        let key: RoleSet = (assignment.role_ids().into(), administers);
        if let Some(granted) = self.granted.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(granted));
        }
        let granted = Arc::new(Granted::new(roles, (place, assignment), UnknownRole::GrantsNothing, administers)?);
        let mut sets = self.granted.write().unwrap_or_else(PoisonError::into_inner);
        if sets.len() < MOST_SETS {
            sets.insert(key, Arc::clone(&granted));
        }
        Ok(granted)
    }
}

/// An access that was found for a grant, and what it was found under.
pub(crate) struct Found {
    authenticator: u64,
    account: Arc<AccountInForce>,
    count: u64,
    administers: bool,
    grant: Arc<Grant>,
    pub(crate) access: Access,
}

impl Found {
    /// Finds the access of a grant. Nothing where the account is not known. The conditions are those of `earlier`,
    /// which was found of the same grant.
    pub(crate) fn new(
        authenticator: u64,
        account: &Arc<AccountInForce>,
        (grant, administers): (&Arc<Grant>, bool),
        earlier: Option<&Self>,
    ) -> Result<Option<Self>, AccessError> {
        // In this order: a count that is too old is found out, one that is too new would not be.
        let count = account.count.load(Ordering::Acquire);
        let state = account.state();
        let Some(roles) = &state.roles else { return Ok(None) };
        if earlier.is_none() {
            grant.check()?;
        }
        let earlier: Vec<_> = earlier.iter().flat_map(|earlier| earlier.access.compiled()).collect();
        let compiled = grant.assignments().iter().enumerate().map(|(place, assignment)| {
            let granted = state.granted(roles, (place, assignment), administers)?;
            let conditions = match earlier.get(place) {
                Some(earlier) => earlier.conditions.clone(),
                None => assignment.compile_conditions(place, roles.schema())?,
            };
            Ok(CompiledAssignment { granted, conditions })
        });
        let nothing = || state.granted(roles, (0, &Assignment::new()), administers);
        let access = Access::of(compiled, nothing)?;
        let (account, grant) = (Arc::clone(account), Arc::clone(grant));
        Ok(Some(Self { authenticator, account, count, administers, grant, access }))
    }

    #[inline]
    pub(crate) fn is_in_force(&self) -> bool {
        self.account.count.load(Ordering::Acquire) == self.count
    }

    #[inline]
    pub(crate) fn is_by(&self, authenticator: u64) -> bool {
        self.authenticator == authenticator
    }

    /// Whether it was found of this grant in this account.
    pub(crate) fn is_of(&self, account: &str, grant: &Arc<Grant>, administers: bool) -> bool {
        self.administers == administers
            && self.access.account() == account
            && (Arc::ptr_eq(&self.grant, grant) || self.grant == *grant)
    }
}

/// A place for what an authenticator found of one key.
#[derive(Default)]
pub(crate) struct KeyMemory(ArcSwapOption<Found>);

impl KeyMemory {
    #[inline]
    pub(crate) fn load(&self) -> Option<Arc<Found>> {
        self.0.load_full()
    }

    pub(crate) fn store(&self, found: Arc<Found>) {
        self.0.store(Some(found));
    }
}
