//! Random sequences of operations, each held against the reference; what must hold is looked at after every one.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    pair::{Pair, Step},
    reference::{Act, Expiry as End, Given},
};

const CONDITIONS: [(&str, &str); 7] = [
    ("brand", "a"),
    ("brand", "b"),
    ("site", "1"),
    ("site", "2"),
    ("accessPolicyId", "x"),
    ("accessPolicyId", "y"),
    ("brnd", "a"),
];

fn given() -> impl Strategy<Value = Given> {
    let roles = vec(select(vec!["x", "y", "z", "manager", "admin", "x", "y", "manager"]), 0..4);
    let conditions = prop_oneof![2 => Just(Vec::new()), 3 => vec(select(CONDITIONS.to_vec()), 0..4)];
    (roles, conditions).prop_map(|(roles, conditions)| {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Given {
            roles: roles.into_iter().map(str::to_owned).collect(),
            conditions: conditions.into_iter().map(owned).collect(),
        }
    })
}

fn act() -> impl Strategy<Value = Act> {
    let actor = || select(vec!["olivia", "frank", "george", "t1", "t2", "ghost"]).prop_map(str::to_owned);
    let operator = || select(vec!["olivia", "frank", "george", "henry", "t1"]).prop_map(str::to_owned);
    let token = || select(vec!["t1", "t2", "t3", "frank"]).prop_map(str::to_owned);
    let id = || select(vec!["x", "y", "z", "manager", "admin"]).prop_map(str::to_owned);
    let permissions = || {
        let all = ["products:read,list", "products:*", "places:*", "accessTokens:*", "operatorAccess:create,update"];
        vec(select(all.to_vec()).prop_map(str::to_owned), 0..4)
    };
    prop_oneof![
        4 => (operator(), given()).prop_map(|(actor, given)| Act::Invite { actor, given, key: 0 }),
        4 => (token(), given(), prop_oneof![3 => Just(None), 1 => (0_u64..80).prop_map(Some)])
            .prop_map(|(actor, given, expires)| Act::Token { actor, given, key: 0, expires }),
        4 => (operator(), given()).prop_map(|(actor, given)| Act::ChangeOperator { actor, given }),
        3 => (token(), given(), prop_oneof![Just(End::Unchanged), Just(End::Never), (0_u64..80).prop_map(End::At)])
            .prop_map(|(actor, given, expires)| Act::ChangeToken { actor, given, expires }),
        2 => (token(), 0_u64..12).prop_map(|(actor, grace)| Act::RotateToken { actor, key: 0, grace }),
        2 => actor().prop_map(|actor| Act::Remove { actor }),
        1 => actor().prop_map(|actor| Act::Revoke { actor }),
        3 => (operator(), 0_u64..12).prop_map(|(actor, grace)| Act::Regenerate { actor, key: 0, grace }),
        2 => (id(), permissions()).prop_map(|(id, permissions)| Act::CreateRole { id, permissions }),
        2 => (id(), permissions()).prop_map(|(id, permissions)| Act::AlterRole { id, permissions }),
        1 => id().prop_map(|id| Act::DeleteRole { id }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let taken = prop_oneof![12 => Just(None), 1 => any::<u16>().prop_map(Some)];
    (any::<u16>(), 0_u64..4, act(), taken).prop_map(|(by, after, act, taken)| Step { by, after, act, taken })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order(steps in vec(step(), 1..60)) {
        let mut pair = Pair::founded(0);
        for step in steps {
            pair.run(step);
            pair.authenticate(false);
        }
        pair.authenticate(true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_at_the_limit(steps in vec(step(), 30..60)) {
        let mut pair = Pair::founded(99);
        for step in steps {
            pair.run(step);
        }
        pair.authenticate(false);
    }
}
