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
    pages: RwLock<HashMap<Box<str>, Page, RandomState>>,
}

/// One account. Without roles it is not known, and kept for the slots that records remember and for its version, so
/// that an older state can't come back.
#[derive(Default)]
struct Page {
    roles: Option<Roles>,
    /// The version of the account that says so.
    version: u64,
    slots: HashMap<GrantsKey, Arc<Slot>, RandomState>,
    /// How many slots there may be before those that no record remembers are swept out.
    room: usize,
}

/// So few slots are never swept.
const ROOM: usize = 64;

static BOOKS: AtomicU64 = AtomicU64::new(0);

impl RoleBook {
    pub(super) fn new() -> Self {
        Self { id: BOOKS.fetch_add(1, Ordering::Relaxed), pages: RwLock::default() }
    }

    /// Puts the roles that an account has in this version in the place of those that it had, or takes them away.
    pub(super) fn replace(&self, account: &str, roles: Option<Roles>, version: u64) -> Result<(), SetRolesError> {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let known = pages.get(account).map(|page| (page.version, page.roles.as_ref().map(Roles::version)));
        let content = roles.as_ref().map(Roles::version);
        match known {
            Some((known, _)) if known > version => return Err(SetRolesError::Older { version, known }),
            Some((known, other)) if known == version && other != content => {
                return Err(SetRolesError::OtherContent { version });
            }
            _ => {}
        }
        let page = pages.entry(account.into()).or_default();
        page.version = version;
        // Told again what it knows, it makes nobody resolve anything anew.
        if known.is_some_and(|(_, known)| known == content) {
            return Ok(());
        }
        page.sweep();
        page.slots.values().for_each(|slot| slot.fill(roles.as_ref()));
        page.roles = roles;
        Ok(())
    }

    pub(super) fn roles(&self, account: &str) -> Option<Roles> {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).get(account)?.roles.clone()
    }

    /// The serial number of what a record remembers, where that is what it may do now.
    #[inline]
    pub(super) fn lent(&self, record: &KeyRecord) -> Option<u64> {
        let first = record.remembered().first()?;
        (first.is_of(self.id) && first.is_present()).then(|| first.serial())
    }

    /// What a record may do now, where that is not what it remembers.
    #[cold]
    pub(super) fn access(&self, record: &KeyRecord) -> Result<Access, RefusalCause> {
        let remembered = record.remembered();
        let first = remembered.first().filter(|first| first.is_of(self.id)).map(Resolved::later);
        let other = || remembered.other().filter(|other| other.is_of(self.id)).map(|other| other.later());
        let access = match first.or_else(other) {
            Some(access) => access,
            None => self.resolve(record)?,
        };
        access.ok_or(RefusalCause::UnknownAccount)
    }

    fn resolve(&self, record: &KeyRecord) -> Result<Option<Access>, RefusalCause> {
        let unusable = |cause| RefusalCause::Unusable(Box::new(cause));
        let Some((slot, schema)) = self.slot(record).map_err(unusable)? else { return Ok(None) };
        let conditions = record.compile_conditions(&schema).map_err(unusable)?;
        let Some(resolved) = Resolved::new(self.id, slot, conditions) else { return Ok(None) };
        let access = resolved.access().clone();
        record.remembered().remember(resolved);
        Ok(Some(access))
    }

    /// The slot of a record's roles: found, or made. Roles that no access may have get none, so that those of a slot
    /// need no second look.
    fn slot(&self, record: &KeyRecord) -> Result<Option<(Arc<Slot>, Schema)>, AccessError> {
        match self.find_slot(record) {
            Some(slot) => Ok(Some(slot)),
            None => Access::check_roles(record.role_ids()).map(|()| self.make_slot(record)),
        }
    }

    fn find_slot(&self, record: &KeyRecord) -> Option<(Arc<Slot>, Schema)> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get(record.account())?;
        let slot = page.slots.get(&record.grants_key())?;
        Some((Arc::clone(slot), page.roles.as_ref()?.schema().clone()))
    }

    /// While no roles can change.
    fn make_slot(&self, record: &KeyRecord) -> Option<(Arc<Slot>, Schema)> {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get_mut(record.account())?;
        if page.slots.len() >= page.room {
            page.sweep();
        }
        let Page { roles, slots, .. } = page;
        let roles = roles.as_ref()?;
        let make = || Arc::new(Slot::new(roles, record.role_ids(), record.administers()));
        let slot = slots.entry(record.grants_key()).or_insert_with(make);
        Some((Arc::clone(slot), roles.schema().clone()))
    }
}

impl Page {
    /// Forgets what no record remembers any more.
    fn sweep(&mut self) {
        self.slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        self.room = self.slots.len().saturating_mul(2).max(ROOM);
    }
}

/// Roles that were not set.
///
/// ```
/// use keyward::{Authenticator, Roles, Schema, SetRolesError, key::{KeyFormat, KeyPrefix}};
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
