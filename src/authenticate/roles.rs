//! The roles of all accounts, swapped as a whole, with what each set of roles grants compiled once.

use alloc::{boxed::Box, sync::Arc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use foldhash::quality::RandomState;

use super::refusal::RefusalCause;
use crate::{
    access::{Access, Grants},
    role::Roles,
    sharded::ShardedMap,
    store::{GrantsKey, KeyRecord},
};

/// The present roles. Who reads sees one state of them, from beginning to end.
pub(super) struct RoleBook {
    state: ArcSwap<State>,
    writing: Mutex<()>,
}

struct State {
    accounts: HashMap<Box<str>, Roles, RandomState>,
    /// What sets of roles grant in this state. It ends with the state: no stale grant outlives a swap.
    grants: ShardedMap<GrantsKey, Arc<Grants>>,
}

/// Parts of the cache. A new entry copies one part.
const PARTS: usize = 256;
/// More sets of roles than that are compiled each time, rather than kept.
const MOST_KEPT: usize = 1 << 20;

impl RoleBook {
    pub(super) fn new() -> Self {
        let state = State { accounts: HashMap::default(), grants: ShardedMap::new(PARTS) };
        Self { state: ArcSwap::from_pointee(state), writing: Mutex::new(()) }
    }

    /// Puts the roles of an account in the place of those that it had, or takes them away.
    pub(super) fn replace(&self, account: &str, roles: Option<Roles>) {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.state.load();
        let mut accounts = state.accounts.clone();
        match roles {
            Some(roles) => accounts.insert(account.into(), roles),
            None => accounts.remove(account),
        };
        let others = state.grants.entries().filter(|(_, grants)| *grants.account != *account);
        let grants = ShardedMap::from_entries(PARTS, others);
        self.state.store(Arc::new(State { accounts, grants }));
    }

    pub(super) fn roles(&self, account: &str) -> Option<Roles> {
        self.state.load().accounts.get(account).cloned()
    }

    /// What the roles of a record grant now.
    #[inline]
    pub(super) fn grants(&self, record: &KeyRecord) -> Result<Arc<Grants>, RefusalCause> {
        let state = self.state.load();
        match state.grants.find(&record.grants_key()) {
            Some(grants) => Ok(grants),
            None => state.compile(record),
        }
    }
}

impl State {
    #[cold]
    fn compile(&self, record: &KeyRecord) -> Result<Arc<Grants>, RefusalCause> {
        let roles = self.accounts.get(record.account()).ok_or(RefusalCause::UnknownAccount)?;
        let grants = Grants::resolve(roles, record.role_ids()).map_err(RefusalCause::Unusable)?;
        let grants = Arc::new(grants);
        let writer = self.grants.write();
        if self.grants.len() < MOST_KEPT {
            writer.put(record.grants_key(), Some(Arc::clone(&grants)));
        }
        Ok(grants)
    }
}

impl Access {
    /// The access of a record whose roles grant this.
    pub(super) fn of_grants(grants: Arc<Grants>, record: &KeyRecord) -> Result<Self, RefusalCause> {
        let conditions = record.compiled_conditions(&grants.schema).map_err(RefusalCause::Unusable)?;
        Ok(Self::of_parts(grants, conditions))
    }
}

/// Roles that were compiled for another schema than the authenticator's.
///
/// ```
/// use keyward::{Authenticator, Roles, Schema, key::{KeyFormat, KeyPrefix}};
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// let authenticator = Authenticator::new(&Schema::builder().build()?, format);
/// let other = Schema::builder().resource("products").build()?;
/// assert!(authenticator.set_roles(Roles::new(&other, "acme")?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the roles are of another schema")]
pub struct OtherSchema;
