//! What the roles of a key grant at present, and how a record remembers what it was resolved to.

use alloc::{boxed::Box, sync::Arc};
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::OnceLock;

use arc_swap::ArcSwapOption;

use crate::{
    access::{Access, CompiledCondition, Grants},
    role::Roles,
};

/// What one set of roles of one account grants now; nothing, where the account is not known. It is filled anew when
/// roles change, and read without waiting.
pub(crate) struct Slot {
    /// How often it was filled.
    fills: AtomicU64,
    grants: ArcSwapOption<Grants>,
    ids: Box<[Box<str>]>,
    administers: bool,
}

impl Slot {
    pub(crate) fn new(roles: &Roles, ids: &[Box<str>], administers: bool) -> Self {
        let (fills, grants, ids) = (AtomicU64::new(0), ArcSwapOption::empty(), ids.into());
        let slot = Self { fills, grants, ids, administers };
        slot.fill(Some(roles));
        slot
    }

    /// Grants what these roles give, or nothing at all. A set of roles that no access may have gives nothing.
    pub(crate) fn fill(&self, roles: Option<&Roles>) {
        let grants = roles.and_then(|roles| Grants::resolve(roles, &self.ids).ok());
        self.grants.store(grants.map(|grants| Arc::new(grants.administering(self.administers))));
        // Last: who sees the new count finds the new grants, and who saw the old one began before this returned.
        self.fills.fetch_add(1, Ordering::Release);
    }

    #[inline]
    fn fills(&self) -> u64 {
        self.fills.load(Ordering::Acquire)
    }
}

/// What an authenticator made of a record.
#[derive(Clone)]
pub(crate) struct Resolved {
    /// The id of that authenticator.
    authenticator: u64,
    /// Tells it from all others, and is not 0; a copy is the same.
    serial: u64,
    /// How often the slot had been filled by then.
    fills: u64,
    slot: Arc<Slot>,
    /// What the slot granted then.
    access: Access,
}

static SERIAL: AtomicU64 = AtomicU64::new(1);

impl Resolved {
    /// Nothing where the slot's account is not known.
    pub(crate) fn new(
        authenticator: u64,
        slot: Arc<Slot>,
        conditions: Option<Arc<[CompiledCondition]>>,
    ) -> Option<Self> {
        // In this order: a count that is too old is found out, one that is too new would not be.
        let fills = slot.fills();
        let access = Access::of_parts(slot.grants.load_full()?, conditions);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Some(Self { authenticator, serial, fills, slot, access })
    }

    #[inline]
    pub(crate) fn is_of(&self, authenticator: u64) -> bool {
        self.authenticator == authenticator
    }

    #[inline]
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether the roles have not changed since.
    #[inline]
    pub(crate) fn is_present(&self) -> bool {
        self.slot.fills() == self.fills
    }

    /// The access as it was then.
    #[inline]
    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The access as it is now; nothing where the account is not known any more.
    #[cold]
    pub(crate) fn later(&self) -> Option<Access> {
        if self.is_present() {
            return Some(self.access.clone());
        }
        Some(self.access.with_grants(self.slot.grants.load_full()?))
    }
}

/// What a record remembers: for good of the authenticator that came first, which lends it from here, and of the
/// others the last one's.
#[derive(Default)]
pub(crate) struct Remembered {
    first: OnceLock<Resolved>,
    other: ArcSwapOption<Resolved>,
}

impl Remembered {
    #[inline]
    pub(crate) fn first(&self) -> Option<&Resolved> {
        self.first.get()
    }

    pub(crate) fn other(&self) -> Option<Arc<Resolved>> {
        self.other.load_full()
    }

    pub(crate) fn remember(&self, resolved: Resolved) {
        if let Err(resolved) = self.first.set(resolved) {
            self.other.store(Some(Arc::new(resolved)));
        }
    }
}

impl Clone for Remembered {
    fn clone(&self) -> Self {
        Self { first: self.first.clone(), other: ArcSwapOption::new(self.other.load_full()) }
    }
}
