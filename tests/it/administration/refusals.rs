//! Every operation and every reason for which it is refused: code, status and words.

use std::time::Duration;

use keyward::{
    Grant,
    administration::{Account, Acting, Attempt, Expiry},
    key::KeyKind,
    store::{KeyRecord, KeyState, Rotation},
};

use super::house::{
    House, NOW, assert_done, assert_refused, at, grant, operator_key, refusal, role, schema, structured, token_key,
};

type Operation = (&'static str, fn(&Acting<'_>) -> Attempt);

/// All there are, each such that an administrator of the furnished house may do it.
const OPERATIONS: [Operation; 10] = [
    ("accessTokens:create", |acting| acting.create_token("new", &grant(&["x"], &[]), &token_key(900), None)),
    ("accessTokens:update", |acting| acting.change_token("t1", &grant(&["x"], &[]), Expiry::Unchanged)),
    ("accessTokens:delete", |acting| acting.revoke_token("t1")),
    ("operatorAccess:create", |acting| acting.invite("new", &grant(&["x"], &[]), &operator_key(900))),
    ("operatorAccess:update", |acting| acting.change_operator("frank", &grant(&["x"], &[]))),
    ("operatorAccess:delete", |acting| acting.remove_operator("frank")),
    ("operatorAccess:update", |acting| acting.regenerate("frank", &operator_key(900), Duration::ZERO)),
    ("accessPolicies:create", |acting| acting.create_role(role("new", &["products:read"]))),
    ("accessPolicies:update", |acting| acting.alter_role(role("x", &["products:list"]))),
    ("accessPolicies:delete", |acting| acting.delete_role("x")),
];

#[test]
fn an_administrator_may_do_each() {
    let house = House::furnished();
    for (name, operation) in OPERATIONS {
        let attempt = operation(&house.acting("olivia"));
        assert_eq!(attempt.audit().operation().to_string(), name);
        assert_done(name, attempt);
    }
}

#[test]
fn nothing_is_for_access_tokens() {
    let mut house = House::furnished();
    house.token("olivia", "root", &grant(&["admin"], &[]));
    for (name, operation) in OPERATIONS {
        let wanted = ("not_for_access_tokens", 403, "not for access tokens");
        assert_refused(name, operation(&house.acting("root")), wanted);
    }
}

/// A note, and what is done to the record.
type Spoilt = (&'static str, fn(KeyRecord) -> KeyRecord);

#[test]
fn nothing_is_for_keys_that_are_not_in_use() {
    let spoilt: [Spoilt; 6] = [
        ("revoked", |record| record.with_state(KeyState::Revoked)),
        ("expired at this very time", |record| record.with_expiry(Some(at(NOW)))),
        ("not valid yet", |record| record.with_not_before(Some(at(NOW + 1)))),
        ("replaced, its grace over", |record| record.with_state(KeyState::Replaced).with_expiry(Some(at(NOW)))),
        ("replaced, without an end", |record| record.with_state(KeyState::Replaced)),
        ("of another actor", |record| {
            let (id, digest) = (record.id(), record.digest().clone());
            KeyRecord::new(record.kind(), id, digest, "a1", "someone").unwrap().with_roles(["admin"])
        }),
    ];
    let mut house = House::furnished();
    house.token("olivia", "root", &grant(&["admin"], &[]));
    for actor in ["bob", "root"] {
        let record = house.record(actor).clone();
        for (note, spoil) in spoilt {
            let spoilt = house.with_record(actor, spoil);
            for (name, operation) in OPERATIONS {
                let wanted = ("unknown_key", 401, "the key is not in use in this account");
                assert_refused(
                    &format!("{actor}, {note}: {name}"),
                    operation(&spoilt.account.acting(&record, at(NOW))),
                    wanted,
                );
            }
        }
    }
}

#[test]
fn a_key_that_will_do_does() {
    let spoilt: [Spoilt; 3] = [
        ("a tick before its expiry", |record| record.with_expiry(Some(at(NOW + 1)))),
        ("valid from now on", |record| record.with_not_before(Some(at(NOW)))),
        ("with more rights in the record that acts than in the account", |record| record),
    ];
    let house = House::furnished();
    let record = house.record("bob").clone();
    for (note, change) in spoilt {
        let house = house.with_record("bob", change);
        let attempt = house.account.acting(&record, at(NOW)).create_role(role("new", &[]));
        assert!(attempt.into_result().is_ok(), "{note}");
    }
    // What counts is the account's state, not the record that is handed in.
    let forged = house.record("frank").clone().with_roles(["admin"]);
    let attempt = house.account.acting(&forged, at(NOW)).invite("new", &Grant::new(), &operator_key(900));
    assert_eq!(refusal("forged", attempt).code(), "permission_missing");
}

#[test]
fn nothing_is_for_keys_of_other_accounts() {
    let house = House::furnished();
    let other = Account::create(&schema(), "a2", "olivia", &operator_key(901), at(NOW)).into_result().unwrap();
    let stranger = other.account().actor("olivia").unwrap();
    for (name, operation) in OPERATIONS {
        let wanted = ("unknown_key", 401, "the key is not in use in this account");
        assert_refused(name, operation(&house.account.acting(stranger, at(NOW))), wanted);
    }
}

#[test]
fn who_has_no_roles_may_do_nothing_but_replace_the_own_key() {
    let mut house = House::furnished();
    for (name, operation) in OPERATIONS {
        let attempt = operation(&house.acting("frank"));
        let (resource, permission) = name.split_once(':').unwrap();
        if resource == "accessPolicies" {
            let wanted = ("not_administrator", 403, "only an administrator creates, alters or deletes roles");
            assert_refused(name, attempt, wanted);
        } else if attempt.audit().target() == "frank" && attempt.audit().outcome().to_string() == "done" {
            assert_eq!(name, "operatorAccess:update", "the own key");
        } else {
            let message = format!("no role grants `{permission}` on `{resource}`");
            assert_refused(name, attempt, ("permission_missing", 403, &message));
        }
    }
    let another = operator_key(902);
    house.done("frank", |acting| acting.regenerate("frank", &another, Duration::ZERO));
    assert_eq!(house.key("frank"), another.id);
}

#[test]
fn roles_are_for_administrators() {
    let house = House::furnished();
    for actor in ["cara", "manny", "brenda", "xavier", "steve", "frank"] {
        for (name, operation) in OPERATIONS.into_iter().filter(|(name, _)| name.starts_with("accessPolicies")) {
            let wanted = ("not_administrator", 403, "only an administrator creates, alters or deletes roles");
            assert_refused(&format!("{actor}: {name}"), operation(&house.acting(actor)), wanted);
        }
    }
}

#[test]
fn the_managed_role_stays() {
    let house = House::furnished();
    let acting = house.acting("olivia");
    let wanted = ("managed_role", 403, "role `admin` is managed: it can't be created, altered or deleted");
    assert_refused("create", acting.create_role(role("admin", &[])), wanted);
    assert_refused("alter", acting.alter_role(role("admin", &["products:read"])), wanted);
    assert_refused("delete", acting.delete_role("admin"), wanted);
}

#[test]
fn roles_that_cannot_be() {
    let house = House::furnished();
    let acting = house.acting("olivia");
    let there = ("invalid_role", 409, "role `x` is there twice");
    assert_refused("create", acting.create_role(role("x", &[])), there);
    let unknown = ("invalid_role", 404, "unknown role `inspectr`; did you mean `inspector`?");
    assert_refused("alter", acting.alter_role(role("inspectr", &[])), unknown);
    assert_refused("delete", acting.delete_role("inspectr"), unknown);
    assert_refused("delete", acting.delete_role("a\n\"b"), ("invalid_role", 404, "unknown role `a\\n\"b`"));
    let misspelt = "role `z`, permission `prodcts:read`: unknown resource type `prodcts`; did you mean `products`?";
    assert_refused("create", acting.create_role(role("z", &["prodcts:read"])), ("invalid_role", 400, misspelt));
    let misspelt = "role `x`, permission `products:raed`: unknown operation `raed`; did you mean `read`?";
    assert_refused("alter", acting.alter_role(role("x", &["products:raed"])), ("invalid_role", 400, misspelt));
}

type Granting = (&'static str, fn(&Acting<'_>, &Grant) -> Attempt);

const GRANTING: [Granting; 4] = [
    ("invite", |acting, grant| acting.invite("new", grant, &operator_key(900))),
    ("create_token", |acting, grant| acting.create_token("new", grant, &token_key(900), None)),
    ("change_operator", |acting, grant| acting.change_operator("frank", grant)),
    ("change_token", |acting, grant| acting.change_token("t0", grant, Expiry::Unchanged)),
];

#[test]
fn invalid_policies_and_unsupported_conditions() {
    let house = House::furnished();
    let hundred: Vec<String> = (0..100).map(|number| format!("r{number}")).collect();
    let too_many = hundred.iter().fold(Grant::new().role("x"), Grant::role);
    let conditions = |count: usize| {
        (0..count).fold(grant(&["x"], &[]), |grant, number| structured(grant, "brand", &number.to_string()))
    };
    let policies = "invalid_policies";
    let unsupported = "unsupported_conditions";
    let cases = [
        (grant(&["inspectr"], &[]), policies, "invalid policies: unknown role `inspectr`; did you mean `inspector`?"),
        (grant(&["x", "zzzzzzzz"], &[]), policies, "invalid policies: unknown role `zzzzzzzz`"),
        (grant(&["x", "X"], &[]), policies, "invalid policies: unknown role `X`; did you mean `x`?"),
        (grant(&["x", "y", "x"], &[]), policies, "invalid policies: role `x` is there twice"),
        (grant(&["*"], &[]), policies, "invalid policies: unknown role `*`; did you mean `x`?"),
        (grant(&["olivia"], &[]), policies, "invalid policies: unknown role `olivia`"),
        (too_many, policies, "invalid policies: 101 roles are too many, the most is 100"),
        (
            grant(&["x"], &["brnd:a"]),
            unsupported,
            "unsupported conditions: unknown condition `brnd`; did you mean `brand`?",
        ),
        (
            grant(&["x"], &["brand:a", "brand:a"]),
            unsupported,
            "unsupported conditions: condition `brand:a` is there twice",
        ),
        (
            structured(grant(&["x"], &["brand:a"]), "brand", "a"),
            unsupported,
            "unsupported conditions: condition `brand:a` is there twice",
        ),
        (conditions(257), unsupported, "unsupported conditions: 257 conditions are too many, the most is 256"),
    ];
    for (name, granting) in GRANTING {
        for (grant, code, message) in &cases {
            assert_refused(
                &format!("{name}: {message}"),
                granting(&house.acting("olivia"), grant),
                (code, 400, message),
            );
        }
        assert_done(name, granting(&house.acting("olivia"), &conditions(256)));
    }
}

#[test]
fn a_hundred_roles_will_do() {
    let mut house = House::furnished();
    let ids: Vec<String> = (0..101).map(|number| format!("r{number}")).collect();
    for id in &ids {
        house.done("olivia", |acting| acting.create_role(role(id, &["products:read"])));
    }
    for (name, granting) in GRANTING {
        let hundred = ids.iter().take(100).fold(Grant::new(), Grant::role);
        assert_done(name, granting(&house.acting("olivia"), &hundred));
        let too_many = ids.iter().fold(Grant::new(), Grant::role);
        let wanted = ("invalid_policies", 400, "invalid policies: 101 roles are too many, the most is 100");
        assert_refused(name, granting(&house.acting("olivia"), &too_many), wanted);
    }
}

#[test]
fn caller_access_exceeded_names_the_excess() {
    let house = House::furnished();
    let beyond = "caller_access_exceeded";
    let cases: [(&str, Grant, &str); 8] = [
        ("manny", grant(&["editor"], &[]), "permission `products:create,update,delete`"),
        ("manny", grant(&["y"], &[]), "permission `places:read`"),
        ("manny", grant(&["x", "y"], &["brand:a"]), "permission `places:read`"),
        ("brenda", grant(&["inspector"], &[]), "`products` where `brand` is anything but `a`, `b`"),
        ("brenda", grant(&["inspector"], &["brand:a", "brand:c"]), "`products` where `brand` is `c`"),
        ("brenda", grant(&["inspector"], &["brand:A"]), "`products` where `brand` is `A`"),
        ("brenda", grant(&["inspector"], &["site:1"]), "`products` where `brand` is anything but `a`, `b`"),
        (
            "brenda",
            grant(&["editor"], &["brand:c"]),
            "permission `products:create,update,delete` where `brand` is `c`; `products` where `brand` is `c`",
        ),
    ];
    for (name, granting) in GRANTING {
        for (actor, grant, excess) in &cases {
            let message = format!("caller access exceeded: {excess}");
            assert_refused(
                &format!("{actor}, {name}: {excess}"),
                granting(&house.acting(actor), grant),
                (beyond, 403, &message),
            );
        }
    }
}

#[test]
fn what_is_within_the_givers_access_is_given() {
    let house = House::furnished();
    let cases = [
        ("manny", grant(&["manager"], &[])),
        ("manny", grant(&["inspector"], &["brand:z"])),
        ("brenda", grant(&["inspector"], &["brand:a", "brand:b"])),
        ("brenda", grant(&["inspector"], &["brand:b"])),
        ("brenda", grant(&["inspector"], &["brand:b", "site:1"])),
        ("brenda", structured(grant(&["inspector"], &[]), "brand", "b")),
        ("brenda", grant(&[], &[])),
        ("brenda", grant(&[], &["brand:z"])),
    ];
    for (name, granting) in GRANTING {
        for (actor, grant) in &cases {
            assert_done(&format!("{actor}, {name}, {grant:?}"), granting(&house.acting(actor), grant));
        }
    }
}

#[test]
fn who_is_restricted_to_a_role_hands_out_that_role_and_nothing_else() {
    let house = House::furnished();
    let unmet = |side: &str, found: &str| {
        format!("condition `accessPolicyId`: {side}`policies` is {found}, accepted are lists of nothing but `x`")
    };
    // A new operator or token: the proposed grant.
    for (name, granting) in &GRANTING[..2] {
        for (roles, found) in [
            (&[][..], "[]"),
            (&["y"], "[`y`]"),
            (&["x", "y"], "[`x`, `y`]"),
            (&["y", "x"], "[`y`, `x`]"),
            (&["x", "manager"], "[`x`, `manager`]"),
            (&["admin"], "[`admin`]"),
            (&["X"], "[`X`]"),
        ] {
            let attempt = granting(&house.acting("xavier"), &grant(roles, &[]));
            assert_refused(name, attempt, ("condition_unmet", 403, &unmet("", found)));
        }
        assert_done(name, granting(&house.acting("xavier"), &grant(&["x"], &["accessPolicyId:x"])));
        assert_done(name, granting(&house.acting("xavier"), &grant(&["x"], &["brand:a", "accessPolicyId:x"])));
        let attempt = granting(&house.acting("xavier"), &grant(&["x"], &["brand:a"]));
        assert_eq!(refusal(name, attempt).code(), "caller_access_exceeded", "later `x` may list the policies");
        let twice = granting(&house.acting("xavier"), &grant(&["x", "x"], &[]));
        assert_refused(name, twice, ("invalid_policies", 400, "invalid policies: role `x` is there twice"));
    }
    // An update tests what is there, and what is to be.
    let acting = house.acting("xavier");
    let stored = |found: &str| unmet("stored ", found);
    let proposed = |found: &str| unmet("proposed ", found);
    let cases = [
        (
            "a token with another role",
            acting.change_token("t1", &grant(&["x"], &[]), Expiry::Unchanged),
            stored("[`inspector`]"),
        ),
        ("an operator with none", acting.change_operator("frank", &grant(&["x"], &[])), stored("[]")),
        ("an administrator", acting.change_operator("bob", &grant(&["x"], &[])), stored("[`admin`]")),
        ("oneself", acting.change_operator("xavier", &grant(&["x"], &[])), stored("[`manager`, `x`, `y`]")),
        ("to none", acting.change_token("tx", &grant(&[], &[]), Expiry::Unchanged), proposed("[]")),
        ("to more", acting.change_token("tx", &grant(&["x", "y"], &[]), Expiry::Unchanged), proposed("[`x`, `y`]")),
        ("to another", acting.change_token("tx", &grant(&["y"], &[]), Expiry::Unchanged), proposed("[`y`]")),
        ("revoke another", acting.revoke_token("t1"), unmet("", "[`inspector`]")),
        ("remove another", acting.remove_operator("bob"), unmet("", "[`admin`]")),
        ("regenerate another", acting.regenerate("bob", &operator_key(900), Duration::ZERO), stored("[`admin`]")),
    ];
    for (note, attempt, message) in cases {
        assert_refused(note, attempt, ("condition_unmet", 403, &message));
    }
    let narrower = grant(&["x"], &["brand:a", "accessPolicyId:x"]);
    assert_done("", acting.change_token("tx", &narrower, Expiry::Unchanged));
    assert_done("", acting.revoke_token("tx"));
}

#[test]
fn a_condition_that_is_not_bound_to_the_administration_shuts_it() {
    let house = House::furnished();
    for (name, operation) in OPERATIONS.into_iter().filter(|(name, _)| !name.starts_with("accessPolicies")) {
        let (resource, _) = name.split_once(':').unwrap();
        let message = format!(
            "condition `site` is not bound to `{resource}`: the schema binds it, or says `\"elsewhere\": \"ignore\"` where it \
             is not to restrict other types"
        );
        assert_refused(name, operation(&house.acting("steve")), ("condition_unbound", 403, &message));
    }
}

#[test]
fn an_administrator_remains() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.remove_operator("bob"));
    // Cara has the role, but not in the whole account; a token is no administrator.
    house.token("olivia", "root", &grant(&["admin"], &[]));
    let last = ("last_administrator", 409, "the last administrator of the account");
    let above = "caller access exceeded: `olivia` is an administrator, and only an administrator may do this";
    let above = ("caller_access_exceeded", 403, above);
    for (actor, wanted) in [("olivia", last), ("cara", above), ("manny", above)] {
        let acting = house.acting(actor);
        assert_refused(actor, acting.remove_operator("olivia"), wanted);
        assert_refused(actor, acting.change_operator("olivia", &grant(&[], &[])), wanted);
    }
    let acting = house.acting("olivia");
    assert_refused("condition", acting.change_operator("olivia", &grant(&["admin"], &["brand:a"])), last);
    assert_refused("ignored", acting.change_operator("olivia", &grant(&["admin"], &["accessPolicyId:x"])), last);
    assert_done("", acting.change_operator("olivia", &grant(&["x", "admin"], &[])));

    // A second one that is expired, or not valid yet, is none that remains.
    house.invite("olivia", "bea", &grant(&["admin"], &[]));
    let late = house.with_record("bea", |record| record.with_expiry(Some(at(NOW))));
    assert_refused("expired", late.acting("olivia").remove_operator("olivia"), last);
    let early = house.with_record("bea", |record| record.with_not_before(Some(at(NOW + 1))));
    assert_refused("not valid yet", early.acting("olivia").remove_operator("olivia"), last);
    let replaced = house.with_record("bea", |record| record.with_state(KeyState::Replaced));
    assert_refused("replaced", replaced.acting("olivia").remove_operator("olivia"), last);

    // With two, either may go, also by their own hand; then the other stays.
    for (goes, stays) in [("olivia", "bea"), ("bea", "olivia")] {
        let change = house.acting(goes).remove_operator(goes).into_result().unwrap();
        assert_eq!(change.account().administrators(), 1);
        let acting = change.account().acting(house.record(stays), at(NOW));
        assert_refused(stays, acting.remove_operator(stays), last);
        let gone = change.account().acting(house.record(goes), at(NOW));
        let unknown = ("unknown_key", 401, "the key is not in use in this account");
        assert_refused(goes, gone.remove_operator(stays), unknown);
    }
    // To regenerate the last one's key takes nobody away.
    house.done("bea", |acting| acting.remove_operator("olivia"));
    let key = operator_key(903);
    house.done("bea", |acting| acting.regenerate("bea", &key, Duration::ZERO));
    assert_eq!(house.account.administrators(), 1);
}

#[test]
fn a_hundred_tokens_and_not_one_more() {
    let mut house = House::founded(&schema());
    for number in 0..100 {
        house.token("olivia", &format!("t{number}"), &grant(&[], &[]));
    }
    assert_eq!(house.account.tokens(at(NOW)), 100);
    let limit = ("token_limit", 409, "the account has 100 access tokens in use, the most that it may have");
    let another = token_key(900);
    let attempt = |house: &House, id: &str| house.acting("olivia").create_token(id, &grant(&[], &[]), &another, None);
    assert_refused("101st", attempt(&house, "more"), limit);
    // One that has expired doesn't count, one that will does; operators don't.
    let expires = |end: u64| house.with_record("t0", |record| record.with_expiry(Some(at(end))));
    assert_refused("expires soon", attempt(&expires(NOW + 1), "more"), limit);
    let early = house.with_record("t0", |record| record.with_not_before(Some(at(NOW + 1))));
    assert_refused("not valid yet", attempt(&early, "more"), limit);
    let made = attempt(&expires(NOW), "more");
    assert_eq!(made.audit().affected().collect::<Vec<_>>(), ["t0"]);
    let made = made.into_result().unwrap();
    // It ends for good, so that there are never 101, whatever a clock says.
    assert_eq!(made.account().tokens(at(NOW - 1)), 100);
    assert!(made.account().actor("t0").is_none());
    house.invite("olivia", "frank", &grant(&[], &[]));
    house.done("olivia", |acting| acting.change_token("t5", &grant(&["admin"], &[]), Expiry::Unchanged));
    house.done("olivia", |acting| acting.revoke_token("t5"));
    assert_eq!(house.account.tokens(at(NOW)), 99);
    house.done("olivia", |acting| acting.create_token("t5", &grant(&[], &[]), &another, None));
    assert_refused(
        "again",
        house.acting("olivia").create_token("more", &grant(&[], &[]), &token_key(901), None),
        limit,
    );
}

#[test]
fn actors_that_are_not_there_and_those_that_are() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.remove_operator("cara"));
    house.done("olivia", |acting| acting.revoke_token("tx"));
    let acting = house.acting("olivia");
    let none = grant(&[], &[]);
    for id in ["ghost", "t1", "cara", "", "a\nb", "OLIVIA", " olivia"] {
        let message = format!("there is no `{}`", id.escape_debug());
        let wanted = ("unknown_actor", 404, &*message);
        assert_refused(id, acting.change_operator(id, &none), wanted);
        assert_refused(id, acting.remove_operator(id), wanted);
        assert_refused(id, acting.regenerate(id, &operator_key(900), Duration::ZERO), wanted);
    }
    for id in ["ghost", "bob", "tx", "T1"] {
        let message = format!("there is no `{id}`");
        assert_refused(id, acting.change_token(id, &none, Expiry::Unchanged), ("unknown_actor", 404, &message));
        assert_refused(id, acting.revoke_token(id), ("unknown_actor", 404, &message));
    }
    // An id is in use while its actor is, and afterwards by the other kind.
    let invite = |id: &str| acting.invite(id, &none, &operator_key(900));
    let create = |id: &str| acting.create_token(id, &none, &token_key(900), None);
    for (note, attempt, id) in [
        ("an operator again", invite("bob"), "bob"),
        ("oneself", invite("olivia"), "olivia"),
        ("an operator like a token", invite("t1"), "t1"),
        ("an operator like a revoked token", invite("tx"), "tx"),
        ("a token again", create("t1"), "t1"),
        ("a token like an operator", create("bob"), "bob"),
        ("a token like a removed operator", create("cara"), "cara"),
    ] {
        assert_refused(note, attempt, ("duplicate_actor", 409, &format!("`{id}` is in use")));
    }
    assert_done("", invite("cara"));
    assert_done("", create("tx"));
    let invalid = refusal("an id that is none", invite("a b"));
    assert_eq!((invalid.code(), invalid.status()), ("invalid_id", 400));
    let invalid = refusal("an empty id", create(""));
    assert_eq!((invalid.code(), invalid.status()), ("invalid_id", 400));
}

#[test]
fn who_is_there_is_not_told_to_those_who_may_do_nothing() {
    let house = House::furnished();
    let acting = house.acting("frank");
    for id in ["ghost", "bob"] {
        let (update, delete) = ("no role grants `update` on", "no role grants `delete` on");
        let refused = |attempt, message: &str| assert_refused(id, attempt, ("permission_missing", 403, message));
        refused(acting.change_operator(id, &grant(&[], &[])), &format!("{update} `operatorAccess`"));
        refused(acting.regenerate(id, &operator_key(900), Duration::ZERO), &format!("{update} `operatorAccess`"));
        refused(acting.remove_operator(id), &format!("{delete} `operatorAccess`"));
    }
    for id in ["ghost", "t1"] {
        let refused = |attempt, message: &str| assert_refused(id, attempt, ("permission_missing", 403, message));
        refused(
            acting.change_token(id, &grant(&[], &[]), Expiry::Unchanged),
            "no role grants `update` on `accessTokens`",
        );
        refused(acting.revoke_token(id), "no role grants `delete` on `accessTokens`");
    }
}

#[test]
fn a_key_is_there_once() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.remove_operator("cara"));
    // Numbers in the order of the house: bob 2, cara 3, …, t1 9. Even a revoked key's id is taken.
    for number in [1, 2, 3, 9] {
        let (operator, token) = (operator_key(number), token_key(number));
        assert_eq!(operator.id, token.id, "an id is of the entropy only");
        let message = format!("key `{}` is there already", operator.id);
        let wanted = ("duplicate_key", 409, &*message);
        let acting = house.acting("olivia");
        assert_refused("invite", acting.invite("new", &grant(&[], &[]), &operator), wanted);
        assert_refused("token", acting.create_token("new", &grant(&[], &[]), &token, None), wanted);
        assert_refused("regenerate", acting.regenerate("bob", &operator, Duration::ZERO), wanted);
    }
}

#[test]
fn keys_that_cannot_be_replaced() {
    let mut house = House::furnished();
    let new = operator_key(900);
    let code = "key_not_replaceable";
    let too_long = "the grace is too long: the most is seven days, and less where the host says so";
    let too_long = (code, 409, too_long);
    let tick = Duration::from_millis(1);
    for grace in [Duration::MAX, Duration::from_millis(u64::MAX), Rotation::MAX_GRACE + tick] {
        assert_refused("own", house.acting("olivia").regenerate("olivia", &new, grace), too_long);
        assert_refused("another's", house.acting("olivia").regenerate("bob", &new, grace), too_long);
        let token = house.acting("olivia").rotate_token("t1", &token_key(900), grace);
        assert_refused("a token's", token, too_long);
    }
    assert_done("seven days", house.acting("olivia").regenerate("olivia", &new, Rotation::MAX_GRACE));
    // A host may say less, and not more.
    for (most, grace, done) in [(tick, tick, true), (tick, tick * 2, false), (Duration::ZERO, tick, false)] {
        let attempt = house.acting("olivia").with_max_grace(most).regenerate("olivia", &new, grace);
        if done { assert_done("less", attempt) } else { assert_refused("less", attempt, too_long) }
    }
    let more = house.acting("olivia").with_max_grace(Duration::MAX);
    assert_refused("more", more.regenerate("olivia", &new, Rotation::MAX_GRACE + tick), too_long);
    let expired = house.with_record("bob", |record| record.with_expiry(Some(at(NOW))));
    let attempt = expired.acting("olivia").regenerate("bob", &new, Duration::ZERO);
    let message = "an expired key can't be replaced: remove its owner, whose id is free then, and create them again";
    assert_refused("expired", attempt, (code, 409, message));

    // By the old key, in its grace, its owner's new one can't be had.
    let old = house.record("bob").clone();
    house.done("bob", |acting| acting.regenerate("bob", &new, Duration::from_secs(10)));
    let by_the_old = house.account.acting(&old, at(NOW + 1));
    let in_grace = "the key was replaced: until its grace ends it authenticates, but administers nothing";
    let attempt = by_the_old.regenerate("bob", &operator_key(901), Duration::ZERO);
    assert_refused("in its grace", attempt, ("key_in_grace", 403, in_grace));

    // A second rotation ends the first grace, and a grace never reaches past the old key's expiry.
    let change =
        house.acting("bob").regenerate("bob", &operator_key(901), Duration::from_secs(5)).into_result().unwrap();
    assert_eq!(change.account().record(old.id()).map(KeyRecord::state), Some(KeyState::Revoked));
    let soon = house.with_record("bob", |record| record.with_expiry(Some(at(NOW + 2))));
    let change =
        soon.acting("bob").regenerate("bob", &operator_key(901), Duration::from_secs(5)).into_result().unwrap();
    assert_eq!(change.account().record(new.id).and_then(KeyRecord::expires), Some(at(NOW + 2)));
    assert_eq!(change.account().record(operator_key(901).id).and_then(KeyRecord::expires), Some(at(NOW + 2)));
}

#[test]
fn another_operators_key_takes_an_access_that_includes_theirs() {
    let house = House::furnished();
    let new = operator_key(900);
    let regenerate = |actor: &str, of: &str| house.acting(actor).regenerate(of, &new, Duration::ZERO);
    // What is beyond is the other operator's, and not told.
    let message = "caller access exceeded: `manny` may do more than who would change it, end it or take its key";
    assert_refused("manny", regenerate("brenda", "manny"), ("caller_access_exceeded", 403, message));
    assert_eq!(refusal("bob", regenerate("manny", "bob")).code(), "caller_access_exceeded");
    assert_eq!(refusal("cara", regenerate("brenda", "cara")).code(), "caller_access_exceeded");
    assert_eq!(refusal("token", regenerate("olivia", "t1")).code(), "unknown_actor");
    assert_done("", regenerate("manny", "brenda"));
    assert_done("", regenerate("brenda", "frank"));
    assert_done("", regenerate("bob", "olivia"));
}

#[test]
fn an_account_is_not_founded_on_ids_that_are_none() {
    for (account, operator) in [("", "olivia"), ("a1", ""), ("a 1", "olivia"), ("a1", "*")] {
        let attempt = Account::create(&schema(), account, operator, &operator_key(1), at(NOW));
        assert_eq!((attempt.audit().before(), attempt.audit().after()), (None, None));
        let refused = attempt.into_result().unwrap_err();
        assert_eq!((refused.code(), refused.status()), ("invalid_id", 400), "{account:?} {operator:?}");
    }
    let founded = Account::create(&schema(), "a1", "olivia", &operator_key(1), at(NOW)).into_result().unwrap();
    assert_eq!((founded.expected(), founded.account().version(), founded.keys().len()), (0, 1, 1));
    assert_eq!(founded.account().records().map(KeyRecord::kind).collect::<Vec<_>>(), [KeyKind::OperatorKey]);
}
