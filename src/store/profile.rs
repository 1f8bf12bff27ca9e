//! What many keys have in common: whose they are, and what they are given.

use alloc::{boxed::Box, sync::Arc};
use core::hash::{Hash, Hasher};

use crate::grant::Grant;
#[cfg(feature = "std")]
use crate::in_force::KeyMemory;

/// An account and a grant, and beside them places where an authenticator remembers what it found of them: one for a key
/// that administers, and one for a key that doesn't. It never changes, so what was found of it stays its own.
#[derive(Debug)]
pub(crate) struct Profile {
    of: Arc<(Box<str>, Grant)>,
    #[cfg(feature = "std")]
    memories: [KeyMemory; 2],
}

impl Profile {
    pub(super) fn new(account: &str, grant: Grant) -> Self {
        Self::of(Arc::new((account.into(), grant)))
    }

    fn of(of: Arc<(Box<str>, Grant)>) -> Self {
        Self {
            of,
            #[cfg(feature = "std")]
            memories: Default::default(),
        }
    }

    #[inline]
    pub(crate) fn account(&self) -> &str {
        &self.of.0
    }

    #[inline]
    pub(crate) fn grant(&self) -> &Grant {
        &self.of.1
    }

    /// The place for what was found of a key that administers, or doesn't.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn memory(&self, administers: bool) -> &KeyMemory {
        let [of_others, of_administrators] = &self.memories;
        if administers { of_administrators } else { of_others }
    }
}

/// With nothing remembered.
impl Clone for Profile {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.of))
    }
}

/// Whatever is remembered.
impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.of, &other.of) || self.of == other.of
    }
}

impl Eq for Profile {}

impl Hash for Profile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.of.hash(state);
    }
}
