//! What the roles of a key grant at present, and how a record remembers where that stands.

use alloc::{boxed::Box, sync::Arc};

use arc_swap::ArcSwapOption;

use crate::{
    access::{Access, Dimension, Grants},
    role::Roles,
};

/// What one set of roles of one account grants now; nothing, where the account is not known. It is filled anew when
/// roles change, and read without waiting.
pub(crate) struct Slot {
    account: Box<str>,
    ids: Box<[Box<str>]>,
    grants: ArcSwapOption<Grants>,
}

impl Slot {
    pub(crate) fn new(roles: &Roles, ids: &[Box<str>]) -> Self {
        let slot = Self { account: roles.account().into(), ids: ids.into(), grants: ArcSwapOption::empty() };
        slot.fill(Some(roles));
        slot
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// Grants what these roles give, or nothing at all. A set of more roles than an access may have gives nothing.
    pub(crate) fn fill(&self, roles: Option<&Roles>) {
        let grants = roles.and_then(|roles| Grants::resolve(roles, &self.ids).ok());
        self.grants.store(grants.map(Arc::new));
    }
}

/// What a record remembers of the authenticator that resolved it first.
#[derive(Clone)]
pub(crate) struct Resolved {
    epoch: Epoch,
    /// The access at that epoch.
    access: Access,
    /// What its roles grant later.
    slot: Arc<Slot>,
}

/// A state of the roles of one authenticator: any change of them is another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) authenticator: u64,
    pub(crate) count: u64,
}

impl Resolved {
    /// `epoch` must have been read before the slot is.
    pub(crate) fn new(epoch: Epoch, slot: Arc<Slot>, conditions: Option<Arc<[Dimension]>>) -> Option<Self> {
        let access = Access::of_parts(slot.grants.load_full()?, conditions);
        Some(Self { epoch, access, slot })
    }

    #[inline]
    pub(crate) fn is_of(&self, authenticator: u64) -> bool {
        self.epoch.authenticator == authenticator
    }

    /// The access now; nothing where the account is not known any more.
    #[inline]
    pub(crate) fn access(&self, now: Epoch) -> Option<Access> {
        if self.epoch == now { Some(self.access.clone()) } else { self.later() }
    }

    #[cold]
    fn later(&self) -> Option<Access> {
        Some(self.access.with_grants(self.slot.grants.load_full()?))
    }
}
