//! One profile for all keys that have the same.

use alloc::sync::{Arc, Weak};
use core::hash::BuildHasher;
use std::{collections::HashMap, hash::RandomState};

use foldhash::fast;

use super::profile::Profile;

/// The profiles of a store's records. It keeps none of them alive: one that no record has any more is forgotten.
#[derive(Default)]
pub(super) struct Profiles {
    /// By a keyed hash of what is in them: an account's people choose their grants.
    known: HashMap<u64, Weak<Profile>, fast::RandomState>,
    hasher: RandomState,
    /// How many are known before those that are gone are looked for.
    most: usize,
}

impl Profiles {
    /// The profile that is known and equal to this one; otherwise this one, which then is.
    pub(super) fn share(&mut self, profile: &Arc<Profile>) -> Arc<Profile> {
        let hash = self.hasher.hash_one(&**profile);
        if let Some(known) = self.known.get(&hash).and_then(Weak::upgrade) {
            // Of two that have one hash, the second is not shared.
            return if known == *profile { known } else { Arc::clone(profile) };
        }
        if self.known.len() >= self.most {
            self.known.retain(|_, known| known.strong_count() > 0);
            // The look costs as much as what was added since the last one.
            self.most = self.known.len().saturating_mul(2).max(64);
            self.known.shrink_to(self.most);
        }
        self.known.insert(hash, Arc::downgrade(profile));
        Arc::clone(profile)
    }
}
