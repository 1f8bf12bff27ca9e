//! Administration as a sequence of bytes, each step held against the reference.

use super::{
    pair::{Pair, Step},
    reference::{Act, Expiry, Given},
};
use crate::chosen::Chosen;

const ROLES: [&str; 5] = ["x", "y", "z", "manager", "admin"];
const OPERATORS: [&str; 5] = ["olivia", "frank", "george", "henry", "t1"];
const TOKENS: [&str; 4] = ["t1", "t2", "t3", "frank"];
const ACTORS: [&str; 6] = ["olivia", "frank", "george", "t1", "t2", "ghost"];
const PERMISSIONS: [&str; 5] =
    ["products:read,list", "products:*", "places:*", "accessTokens:*", "operatorAccess:create,update"];
const CONDITIONS: [(&str, &str); 7] = [
    ("brand", "a"),
    ("brand", "b"),
    ("site", "1"),
    ("site", "2"),
    ("accessPolicyId", "x"),
    ("accessPolicyId", "y"),
    ("brnd", "a"),
];

/// A sequence of what actors try in an account.
pub fn administration(bytes: &[u8]) {
    let mut chosen = Chosen::new(bytes);
    let mut pair = Pair::founded(0);
    for _ in 0..40 {
        if chosen.is_over() {
            break;
        }
        let by = chosen.number();
        let after = chosen.below(4) as u64;
        let act = act(&mut chosen);
        let taken = chosen.once_in(12).then(|| chosen.number());
        pair.run(Step { by, after, act, taken });
    }
    pair.authenticate(true);
}

fn given(chosen: &mut Chosen<'_>) -> Given {
    let mut roles: Vec<String> = chosen.some(&ROLES, 3).into_iter().map(String::from).collect();
    if chosen.once_in(16) {
        roles.extend(roles.first().cloned());
    }
    let conditions = chosen.some(&CONDITIONS, 3).into_iter();
    Given { roles, conditions: conditions.map(|(name, value)| (name.into(), value.into())).collect() }
}

fn act(chosen: &mut Chosen<'_>) -> Act {
    let operator = |chosen: &mut Chosen<'_>| String::from(chosen.one(&OPERATORS));
    let token = |chosen: &mut Chosen<'_>| String::from(chosen.one(&TOKENS));
    let permissions =
        |chosen: &mut Chosen<'_>| chosen.some(&PERMISSIONS, 3).into_iter().map(String::from).collect::<Vec<_>>();
    let role = |chosen: &mut Chosen<'_>| String::from(chosen.one(&ROLES));
    let time = |chosen: &mut Chosen<'_>| chosen.below(80) as u64;
    match chosen.below(11) {
        0 => Act::Invite { actor: operator(chosen), given: given(chosen), key: 0 },
        1 => {
            let (actor, given) = (token(chosen), given(chosen));
            let expires = chosen.once_in(4).then(|| time(chosen));
            Act::Token { actor, given, key: 0, expires }
        }
        2 => Act::ChangeOperator { actor: operator(chosen), given: given(chosen) },
        3 => {
            let (actor, given) = (token(chosen), given(chosen));
            let expires = match chosen.below(3) {
                0 => Expiry::Unchanged,
                1 => Expiry::Never,
                _ => Expiry::At(time(chosen)),
            };
            Act::ChangeToken { actor, given, expires }
        }
        4 => Act::RotateToken { actor: token(chosen), key: 0, grace: chosen.below(12) as u64 },
        5 => Act::Remove { actor: chosen.one(&ACTORS).into() },
        6 => Act::Revoke { actor: chosen.one(&ACTORS).into() },
        7 => Act::Regenerate { actor: operator(chosen), key: 0, grace: chosen.below(12) as u64 },
        8 => Act::CreateRole { id: role(chosen), permissions: permissions(chosen) },
        9 => Act::AlterRole { id: role(chosen), permissions: permissions(chosen) },
        _ => Act::DeleteRole { id: role(chosen) },
    }
}
