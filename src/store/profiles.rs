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

#[cfg(test)]
mod tests {
    use alloc::{format, vec::Vec};

    use super::*;
    use crate::grant::Grant;

    fn profile(account: &str, role: &str) -> Arc<Profile> {
        Arc::new(Profile::new(account, Grant::new().role(role)))
    }

    #[test]
    fn equal_profiles_are_one_and_others_are_not() {
        let mut profiles = Profiles::default();
        let one = profiles.share(&profile("a1", "r1"));
        assert!(Arc::ptr_eq(&one, &profiles.share(&profile("a1", "r1"))));
        for other in [profile("a2", "r1"), profile("a1", "r2"), Arc::new(Profile::new("a1", Grant::new()))] {
            let shared = profiles.share(&other);
            assert!(Arc::ptr_eq(&shared, &other) && shared != one);
        }
    }

    #[test]
    fn a_profile_that_nobody_has_any_more_is_freed() {
        let mut profiles = Profiles::default();
        let freed = Arc::downgrade(&profiles.share(&profile("a1", "r1")));
        assert!(freed.upgrade().is_none());
        for number in 0..10_000 {
            profiles.share(&profile("a1", &format!("r{number}")));
            assert!(profiles.known.len() <= 64 && profiles.known.capacity() < 256);
        }
        let kept: Vec<_> = (0..1_000).map(|number| profiles.share(&profile("a1", &format!("r{number}")))).collect();
        for number in 0..10_000 {
            profiles.share(&profile("a2", &format!("r{number}")));
        }
        assert!(profiles.known.len() <= 2 * kept.len() + 64);
        let again = profile("a1", "r500");
        assert!(kept.iter().any(|kept| Arc::ptr_eq(kept, &profiles.share(&again))), "it is still known");
    }
}
