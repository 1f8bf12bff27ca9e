//! The roles of all accounts, and what each set of roles grants: compiled when roles are set, read without waiting.

use alloc::{boxed::Box, sync::Arc};
use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use foldhash::quality::RandomState;

use super::refusal::RefusalCause;
use crate::{
    access::{Access, AccessError},
    resolved::{Resolved, Slot},
    role::Roles,
    schema::Schema,
    store::{GrantsKey, KeyRecord},
};

/// The present roles of every account. Records remember the slot of their roles; a change of roles fills the slots
/// anew, so that no record holds a stale grant, and none is compiled while a request waits.
pub(super) struct RoleBook {
    /// Tells this book's slots from those of another authenticator.
    id: u64,
    pages: RwLock<Pages>,
}

#[derive(Default)]
struct Pages {
    accounts: HashMap<Box<str>, Roles, RandomState>,
    slots: HashMap<GrantsKey, Arc<Slot>, RandomState>,
    /// How many slots there may be before those that no record remembers are swept out.
    room: usize,
}

/// So few slots are never swept.
const ROOM: usize = 1024;

static BOOKS: AtomicU64 = AtomicU64::new(0);

impl RoleBook {
    pub(super) fn new() -> Self {
        Self { id: BOOKS.fetch_add(1, Ordering::Relaxed), pages: RwLock::default() }
    }

    /// Puts the roles of an account in the place of those that it had, or takes them away.
    pub(super) fn replace(&self, account: &str, roles: Option<Roles>) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        // Told again what it knows, it makes nobody resolve anything anew.
        if roles.is_some() && pages.accounts.get(account).map(Roles::version) == roles.as_ref().map(Roles::version) {
            return;
        }
        // What no record remembers any more is forgotten here, too.
        pages.slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        for slot in pages.slots.values().filter(|slot| slot.account() == account) {
            slot.fill(roles.as_ref());
        }
        match roles {
            Some(roles) => pages.accounts.insert(account.into(), roles),
            None => pages.accounts.remove(account),
        };
    }

    pub(super) fn roles(&self, account: &str) -> Option<Roles> {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).accounts.get(account).cloned()
    }

    /// What a record may do now; nothing is said where that is what the record remembers.
    #[inline]
    pub(super) fn access(&self, record: &KeyRecord) -> Result<Option<Access>, RefusalCause> {
        let access = match record.resolved() {
            Some(resolved) if !resolved.is_of(self.id) => self.resolve(record)?,
            Some(resolved) if resolved.is_present() => return Ok(None),
            Some(resolved) => resolved.later(),
            None => self.resolve(record)?,
        };
        access.ok_or(RefusalCause::UnknownAccount).map(Some)
    }

    #[cold]
    fn resolve(&self, record: &KeyRecord) -> Result<Option<Access>, RefusalCause> {
        let unusable = |cause| RefusalCause::Unusable(Box::new(cause));
        if record.role_ids().len() > Access::MAX_ROLES {
            return Err(unusable(AccessError::TooManyRoles { count: record.role_ids().len() }));
        }
        let (slot, schema) = self.slot(record).ok_or(RefusalCause::UnknownAccount)?;
        let conditions = record.compile_conditions(&schema).map_err(unusable)?;
        let Some(resolved) = Resolved::new(self.id, slot, conditions) else { return Ok(None) };
        let access = resolved.access().clone();
        // Where another authenticator came first its answer stays, and this one resolves each time.
        record.remember(resolved);
        Ok(Some(access))
    }

    /// The slot of a record's roles: found, or made while no roles can change.
    fn slot(&self, record: &KeyRecord) -> Option<(Arc<Slot>, Schema)> {
        let key = record.grants_key();
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let schema = pages.accounts.get(record.account())?.schema().clone();
        if let Some(slot) = pages.slots.get(&key) {
            return Some((Arc::clone(slot), schema));
        }
        drop(pages);
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let Pages { accounts, slots, room } = &mut *pages;
        let roles = accounts.get(record.account())?;
        if slots.len() >= *room {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
            *room = slots.len().saturating_mul(2).max(ROOM);
        }
        let slot = slots.entry(key).or_insert_with(|| Arc::new(Slot::new(roles, record.role_ids())));
        Some((Arc::clone(slot), schema))
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
