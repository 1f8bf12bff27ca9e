//! The roles that are in force in an account, and what was found of a grant under them.

use alloc::{boxed::Box, sync::Arc};
use core::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
};
use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
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
    /// Held by the one who changes it. It has the state before the present one: a reader that still had that doesn't
    /// have to free it.
    changing: Mutex<Option<Arc<State>>>,
}

/// A version of an account: its roles, and what sets of them grant. Without roles the account is not known.
pub(crate) struct State {
    pub(crate) version: u64,
    pub(crate) roles: Option<Roles>,
    /// Whether a change may have been stored that is not known here.
    pub(crate) in_doubt: bool,
    /// To those who don't administer, and to those who do.
    granted: [RwLock<HashSet<ByRoles, RandomState>>; 2],
}

/// What roles grant, by their ids in the order in which they were given.
struct ByRoles(Arc<Granted>);

/// The most sets of roles that are kept.
const MOST_SETS: usize = 4096;

impl AccountInForce {
    pub(crate) fn new(roles: Option<Roles>, version: u64) -> Self {
        let state = ArcSwap::from_pointee(State::new(roles, version));
        Self { count: AtomicU64::new(0), state, changing: Mutex::default() }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.state.load_full()
    }

    /// Changes the state to what `next` makes of it, or leaves it. Nobody but another change waits for that.
    pub(crate) fn change<E>(&self, next: impl FnOnce(&State) -> Result<Option<State>, E>) -> Result<(), E> {
        let mut changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(next) = next(&self.state.load())? else { return Ok(()) };
        let before = self.state.swap(Arc::new(next));
        // Last: who sees the new count finds the new state, and who saw the old one began before this returned.
        self.count.fetch_add(1, Ordering::Release);
        let earlier = changing.replace(before);
        drop(changing);
        // It may be large, and nobody waits while it is freed.
        drop(earlier);
        Ok(())
    }
}

impl State {
    pub(crate) fn new(roles: Option<Roles>, version: u64) -> Self {
        Self { version, roles, in_doubt: false, granted: Default::default() }
    }

    /// Without roles. The version stays: what comes back must be a later one.
    pub(crate) fn suspended(&self) -> Self {
        Self { in_doubt: true, ..Self::new(None, self.version) }
    }

    /// What the roles of an assignment give, shared by all that have the same.
    fn granted(
        &self,
        roles: &Roles,
        (place, assignment): (usize, &Assignment),
        administers: bool,
    ) -> Result<Arc<Granted>, AccessError> {
        let [to_others, to_administrators] = &self.granted;
        let sets = if administers { to_administrators } else { to_others };
        // Nobody waits for a lock: what is not shared is only another copy.
        if let Some(ByRoles(granted)) = sets.try_read().ok().as_ref().and_then(|sets| sets.get(assignment.role_ids())) {
            return Ok(Arc::clone(granted));
        }
        let granted = Arc::new(Granted::new(roles, (place, assignment), UnknownRole::GrantsNothing, administers)?);
        if let Some(mut sets) = sets.try_write().ok().filter(|sets| sets.len() < MOST_SETS) {
            sets.insert(ByRoles(Arc::clone(&granted)));
        }
        Ok(granted)
    }
}

impl Borrow<[Box<str>]> for ByRoles {
    fn borrow(&self) -> &[Box<str>] {
        self.0.role_ids()
    }
}

impl Hash for ByRoles {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.role_ids().hash(state);
    }
}

impl PartialEq for ByRoles {
    fn eq(&self, other: &Self) -> bool {
        self.0.role_ids() == other.0.role_ids()
    }
}

impl Eq for ByRoles {}

/// An access that was found for a profile, and what it was found under.
pub(crate) struct Found {
    authenticator: u64,
    account: Arc<AccountInForce>,
    count: u64,
    /// Of the account whose roles these were.
    pub(crate) version: u64,
    pub(crate) access: Access,
}

impl Found {
    /// Finds the access of a grant. Nothing where the account is not known. The conditions are those of `earlier`,
    /// which was found of the same grant.
    pub(crate) fn new(
        authenticator: u64,
        account: &Arc<AccountInForce>,
        (grant, administers): (&Grant, bool),
        earlier: Option<&Self>,
    ) -> Result<Option<Self>, AccessError> {
        // In this order: a count that is too old is found out, one that is too new would not be.
        let count = account.count.load(Ordering::Acquire);
        let state = account.state();
        let Some(roles) = &state.roles else { return Ok(None) };
        if earlier.is_none() {
            grant.check()?;
        }
        let mut earlier = earlier.into_iter().flat_map(|earlier| earlier.access.compiled());
        let compiled = grant.assignments().iter().enumerate().map(|(place, assignment)| {
            let granted = state.granted(roles, (place, assignment), administers)?;
            let conditions = match earlier.next() {
                Some(earlier) => earlier.conditions.clone(),
                None => assignment.compile_conditions(place, roles.schema())?,
            };
            Ok(CompiledAssignment { granted, conditions })
        });
        let nothing = || state.granted(roles, (0, &Assignment::new()), administers);
        let access = Access::of(compiled, nothing)?;
        Ok(Some(Self { authenticator, account: Arc::clone(account), count, version: state.version, access }))
    }

    #[inline]
    pub(crate) fn is_in_force(&self) -> bool {
        self.account.count.load(Ordering::Acquire) == self.count
    }

    #[inline]
    pub(crate) fn is_by(&self, authenticator: u64) -> bool {
        self.authenticator == authenticator
    }

    pub(crate) fn account(&self) -> &Arc<AccountInForce> {
        &self.account
    }
}

/// A place for what an authenticator found of one profile.
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

impl fmt::Debug for KeyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyMemory")
    }
}
