//! Roles that were changed one by one are those that were made at once, and no change shows in what was cloned before.

use std::collections::{BTreeMap, BTreeSet};

use keyward::{
    Role, Roles, Schema,
    compare::{AccessChange, Review},
};
use proptest::prelude::*;

fn role(id: u8, wide: bool) -> Role {
    Role::new(format!("role_{id}"), [if wide { "products:read,list" } else { "products:read" }]).unwrap()
}

fn listed(roles: &Roles) -> Vec<Role> {
    roles.iter().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_one_by_one_is_made_at_once(steps in prop::collection::vec((0_u8..60, any::<bool>(), any::<bool>()), 0..200)) {
        let schema = Schema::builder().resource("products").build().unwrap();
        let none = Roles::new(&schema, "acme").unwrap();
        let mut wanted: BTreeMap<String, Role> = BTreeMap::new();
        let mut now = none.clone();
        for (id, wide, remove) in steps {
            let (kept, listed_before, version) = (now.clone(), listed(&now), now.version());
            let of = role(id, wide);
            let is_there = wanted.contains_key(of.id());
            now = match (is_there, remove) {
                (true, true) => now.without(of.id()).unwrap(),
                (true, false) => now.replace(of.clone()).unwrap(),
                (false, _) => now.with(of.clone()).unwrap(),
            };
            if is_there && remove { wanted.remove(of.id()); } else { wanted.insert(of.id().into(), of); }

            let at_once = none.clone().with_all(wanted.values().rev().cloned()).unwrap();
            prop_assert_eq!(listed(&now), listed(&at_once));
            prop_assert!(listed(&now).iter().eq(wanted.values()));
            prop_assert_eq!(now.version(), at_once.version());
            prop_assert_eq!(now.iter().len(), wanted.len());
            prop_assert!(wanted.values().all(|role| now.get(role.id()) == Some(role)));

            prop_assert_eq!(listed(&kept), listed_before.clone());
            prop_assert_eq!(kept.version(), version);
            prop_assert_eq!(kept.version() == now.version(), listed_before == listed(&now));

            let review = Review::of_roles(&kept, &now);
            let ids: BTreeSet<_> = listed_before.iter().chain(wanted.values()).map(Role::id).collect();
            let changed = ids.iter().filter(|id| kept.get(id) != now.get(id));
            prop_assert!(review.changes().iter().map(AccessChange::who).eq(changed.copied()));
            prop_assert_eq!(review.unchanged(), ids.len() + 1 - review.changes().len());
        }
    }
}
