//! Reviews of whole worlds: empty exactly if no decision changes, and true of whoever they name.

use std::collections::BTreeSet;

use keyward::{
    compare::{AccessChange, Review},
    document::Directory,
};
use proptest::{collection, prelude::*, sample};

use super::small::{Request, Truth, object, text};

const PERMISSIONS: [&str; 6] =
    ["products:read", "products:update", "products:list,delete", "places:read", "places:create", "products:*"];
const CONDITIONS: [&str; 5] = ["brand:a", "brand:b", "site:a", "site:b", "tag:a"];
const RULES: [&str; 2] = [
    r#"{"brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"}, "site": {"restricts": {"places": "site"}},
        "tag": {"restricts": {"products": {"attribute": "tag", "match": "all"}}, "elsewhere": "ignore"}}"#,
    r#"{"brand": {"restricts": {"products": ["make", "brand"]}, "elsewhere": "ignore"}, "site": {"restricts": {"places": "site"}},
        "tag": {"restricts": {"products": "tag"}, "elsewhere": "ignore"}}"#,
];

/// Two roles, of which one may be missing, and actors who have some of them.
#[derive(Clone, Debug)]
struct Draft {
    roles: Vec<Vec<&'static str>>,
    actors: Vec<(usize, Vec<usize>, Vec<&'static str>)>,
    rules: usize,
}

prop_compose! {
    fn draft()(
        roles in collection::vec(sample::subsequence(PERMISSIONS.to_vec(), 0..3), 2),
        actors in collection::vec(
            (0..6_usize, sample::subsequence(vec![0, 1], 0..3), sample::subsequence(CONDITIONS.to_vec(), 0..4)),
            0..4,
        ),
        rules in prop_oneof![4 => Just(0_usize), 1 => Just(1)],
    ) -> Draft {
        Draft { roles, actors, rules }
    }
}

fn world(Draft { roles, actors, rules }: &Draft) -> Directory {
    let policies: Vec<_> = roles
        .iter()
        .enumerate()
        .map(|(index, permissions)| serde_json::json!({"id": format!("r{index}"), "permissions": permissions}))
        .collect();
    let mut seen = BTreeSet::new();
    let actors: Vec<_> = actors.iter().filter(|(id, ..)| seen.insert(id % 3)).collect();
    let account = |which: usize| {
        let of = actors.iter().filter(|(id, ..)| id / 3 == which);
        let tokens: Vec<_> = of
            .map(|(id, roles, conditions)| {
                let policies: Vec<_> = roles.iter().map(|index| format!("r{index}")).collect();
                serde_json::json!({"id": format!("t{}", id % 3), "policies": policies, "conditions": conditions})
            })
            .collect();
        serde_json::json!({"id": (["acme", "other"][which]), "accessPolicies": policies, "accessTokens": tokens})
    };
    let rules: serde_json::Value = serde_json::from_str(RULES[*rules]).unwrap();
    let schema = serde_json::json!({"resources": {"products": {}, "places": {}}, "conditions": rules});
    let document = serde_json::json!({"schema": schema, "accounts": [account(0), account(1)]});
    Directory::from_json(&document.to_string()).unwrap()
}

fn requests() -> Vec<Request> {
    let values = [None, Some(text("a")), Some(text("b")), Some(text("c"))];
    let mut tags = values.to_vec();
    tags.push(Some(super::small::list(&["a", "c"])));
    let brands = values.iter().flat_map(|brand| tags.iter().map(move |tag| (brand, tag)));
    let products: Vec<_> = brands
        .flat_map(|(brand, tag)| {
            values.iter().map(move |make| {
                let make = Some(object([("brand", make.clone())]));
                object([("brand", brand.clone()), ("tag", tag.clone()), ("make", make)])
            })
        })
        .collect();
    let places: Vec<_> = values.iter().map(|site| object([("site", site.clone())])).collect();
    let mut requests = Vec::new();
    for account in ["acme", "other"] {
        for attributes in &products {
            for operation in ["create", "read", "update", "delete", "list"] {
                requests.push(Request { account, ..Request::new(operation, "products", attributes.clone()) });
            }
        }
        for attributes in &places {
            for operation in ["create", "read"] {
                requests.push(Request { account, ..Request::new(operation, "places", attributes.clone()) });
            }
        }
    }
    requests
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_review_is_empty_exactly_if_no_decision_changes(before in draft(), after in draft(), same in any::<bool>()) {
        // Mostly the same world, so that there is something to leave out.
        let after = if same { Draft { actors: before.actors.clone(), rules: before.rules, ..after } } else { after };
        let requests = requests();
        let (before, after) = (world(&before), world(&after));
        let truth = |world: &Directory, id: &str| {
            let none = Directory::from_json(r#"{"schema": {}, "accounts": [{"id": "none", "accessTokens": [{"id": "x", "policies": [], "conditions": []}]}]}"#).unwrap();
            let actor = world.actor(id).or_else(|_| none.actor("x")).unwrap();
            Truth::of(&actor.access, &requests)
        };
        let review = Review::between(&before, &after);
        let mut changed = 0;
        for id in ["t0", "t1", "t2"] {
            let (then, now) = (truth(&before, id), truth(&after, id));
            let change = review.changes().iter().find(|change| change.who() == id);
            let (gains, losses) = (change.map_or(&[][..], AccessChange::gains), change.map_or(&[][..], AccessChange::losses));
            prop_assert_eq!(change.is_some(), then != now, "{}: {:#?}", id, change);
            prop_assert_eq!(!gains.is_empty(), !now.is_subset(&then), "{}: {:#?}", id, change);
            prop_assert_eq!(!losses.is_empty(), !then.is_subset(&now), "{}: {:#?}", id, change);
            changed += usize::from(then != now);
            for (excesses, from, to) in [(gains, &before, &after), (losses, &after, &before)] {
                for excess in excesses {
                    prop_assert!(excess.witness().decide(&to.actor(id).unwrap().access).is_allow());
                    prop_assert!(from.actor(id).map_or(true, |actor| !excess.witness().decide(&actor.access).is_allow()));
                }
            }
        }
        prop_assert_eq!(review.changes().len(), changed);
        prop_assert_eq!(review.is_empty(), changed == 0);
        prop_assert_eq!(review.schema_changed(), before.schema() != after.schema());
        prop_assert_eq!(review.is_empty(), review.to_string().is_empty());
    }
}
