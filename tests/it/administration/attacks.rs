//! What an operator with little may try to get more.

use std::time::Duration;

use keyward::{
    Assignment, Condition, Grant, Operation, ResourceView, Role, Roles,
    administration::{Account, Expiry},
    key::KeyKind,
    store::{KeyRecord, KeyState},
};
use serde_json::json;

use super::house::{
    House, NOW, assert_done, assert_refused, at, grant, operator_key, refusal, role, schema, structured, token_key,
};
use crate::support;

fn may_read(house: &House, actor: &str, brand: &str) -> bool {
    let product = json!({"brand": brand, "site": "1"});
    let access = house.account.access(house.record(actor)).unwrap();
    access.decide(Operation::READ, &ResourceView::new("products", "a1", &product)).is_allow()
}

#[test]
fn one_cannot_give_oneself_more() {
    let mut house = House::furnished();
    let exceeded = "caller_access_exceeded";
    for grant in [grant(&["manager"], &[]), grant(&["admin"], &[]), grant(&["manager"], &["brand:a", "brand:c"])] {
        let acting = house.acting("brenda");
        assert_eq!(refusal("own", acting.change_operator("brenda", &grant)).code(), exceeded);
        assert_eq!(refusal("again", acting.invite("brenda2", &grant, &operator_key(900))).code(), exceeded);
        assert_eq!(refusal("another", acting.change_operator("frank", &grant)).code(), exceeded);
        assert_eq!(refusal("token", acting.create_token("t2", &grant, &token_key(900), None)).code(), exceeded);
    }
    // Less, one may; and what one gave away one has no more.
    house.done("brenda", |acting| acting.change_operator("brenda", &grant(&["manager"], &["brand:a"])));
    let back = house.acting("brenda").change_operator("brenda", &grant(&["manager"], &["brand:a", "brand:b"]));
    assert_eq!(refusal("back", back).code(), exceeded);
    // A second self is no wider than the first, and is left when the first goes.
    house.invite("brenda", "brenda2", &grant(&["manager"], &["brand:a"]));
    house.done("olivia", |acting| acting.remove_operator("brenda"));
    assert!(may_read(&house, "brenda2", "a") && !may_read(&house, "brenda2", "b"));
}

#[test]
fn by_many_hands_nobody_climbs() {
    // Three operators, each with a part, give each other what they can, in every order.
    let mut house = House::furnished();
    house.invite("olivia", "p", &grant(&["manager"], &["brand:a"]));
    house.invite("olivia", "q", &grant(&["manager"], &["brand:b"]));
    house.invite("olivia", "r", &grant(&["manager"], &["brand:a", "site:1"]));
    let grants = [
        grant(&["manager"], &[]),
        grant(&["manager"], &["brand:a"]),
        grant(&["manager"], &["brand:b"]),
        grant(&["manager"], &["brand:a", "brand:b"]),
        grant(&["manager", "y"], &["brand:a"]),
        grant(&["inspector"], &[]),
        grant(&["inspector"], &["brand:b"]),
    ];
    for _ in 0..3 {
        for giver in ["p", "q", "r"] {
            for taker in ["p", "q", "r"] {
                for grant in &grants {
                    if let Ok(change) = house.acting(giver).change_operator(taker, grant).into_result() {
                        house.account = change.account().clone();
                    }
                    // Together they have `a` and `b`; alone nobody has both, and none has `c` or places.
                    let brands = ["a", "b", "c"].map(|brand| may_read(&house, taker, brand));
                    assert!(brands != [true, true, false] && !brands[2], "{giver} {taker} {grant:?}");
                    let access = house.account.access(house.record(taker)).unwrap();
                    assert!(!access.permits(Operation::READ, "places"));
                }
            }
        }
    }
}

#[test]
fn a_removed_id_comes_back_with_no_more_than_the_inviter_has() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.remove_operator("bob"));
    let beyond = house.acting("brenda").invite("bob", &grant(&["admin"], &[]), &operator_key(900));
    assert_eq!(refusal("bob", beyond).code(), "caller_access_exceeded");
    house.invite("brenda", "bob", &grant(&["inspector"], &["brand:a"]));
    assert!(!may_read(&house, "bob", "b"), "what bob had is not what bob has");
    assert_eq!(house.account.administrators(), 1);
    // The revoked record of the first bob acts for nobody, though the actor is there again.
    let old = house.account.records().find(|record| record.actor() == "bob" && record.state() == KeyState::Revoked);
    let attempt = house.account.acting(old.unwrap(), at(NOW)).create_role(role("mine", &["products:*"]));
    assert_eq!(refusal("the first bob", attempt).code(), "unknown_key");
    // Nor is it looked at when the second is changed or removed.
    let first = old.unwrap().clone();
    house.done("olivia", |acting| acting.change_operator("bob", &grant(&["admin"], &[])));
    assert_eq!(house.account.record(first.id()), Some(&first));
    // It leaves with the change that ends the second: of each actor one ended key is kept.
    let second = house.record("bob").id();
    house.done("olivia", |acting| acting.remove_operator("bob"));
    assert_eq!(house.account.record(first.id()), None);
    assert_eq!(house.account.record(second).map(KeyRecord::state), Some(KeyState::Revoked));
}

#[test]
fn a_role_like_an_actor_and_an_actor_like_a_role() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.create_role(role("frank", &["places:read"])));
    house.invite("olivia", "admin", &grant(&[], &[]));
    house.invite("olivia", "x", &grant(&[], &[]));
    // Neither gives the other anything.
    for actor in ["admin", "x", "frank"] {
        assert!(!may_read(&house, actor, "a"));
        let attempt = house.acting(actor).create_role(role("mine", &[]));
        assert_eq!(refusal(actor, attempt).code(), "not_administrator");
    }
    let before = house.acting("olivia").remove_operator("frank").audit().before();
    let role = house.acting("olivia").delete_role("frank").audit().before();
    assert!(before.is_some() && role.is_some() && before != role, "an audit record is of the one or the other");
    house.done("olivia", |acting| acting.delete_role("frank"));
    assert!(house.account.actor("frank").is_some());
    house.done("olivia", |acting| acting.remove_operator("admin"));
    assert_eq!(house.account.administrators(), 2);
    // The restriction to a role is met by roles, not by ids of actors.
    let attempt = house.acting("xavier").change_operator("x", &grant(&["x"], &[]));
    assert_eq!(refusal("x", attempt).code(), "condition_unmet");
}

#[test]
fn structured_conditions_are_the_same_conditions() {
    let house = House::furnished();
    let invite = |grant: &Grant| house.acting("brenda").invite("new", grant, &operator_key(900));
    let inspector = || grant(&["inspector"], &[]);
    assert_done("a", invite(&structured(inspector(), "brand", "a")));
    for value in ["", "A", "a ", " a", "a,b", "a\0", "brand:a", "*", "\u{e1}", "a\u{301}", "null", "-"] {
        let code = refusal(value, invite(&structured(inspector(), "brand", value))).code();
        assert_eq!(code, "caller_access_exceeded", "{value:?}");
        let both = structured(structured(inspector(), "brand", "a"), "brand", value);
        assert_eq!(refusal(value, invite(&both)).code(), "caller_access_exceeded", "{value:?}");
    }
    for name in ["Brand", "brand-", "_brand", "BRAND"] {
        let code = refusal(name, invite(&structured(inspector(), name, "a"))).code();
        assert_eq!(code, "unsupported_conditions", "{name}");
    }
    assert!(Condition::new("brand ", "a").is_err() && Condition::new("", "a").is_err());
    // The list that an administered resource has of them can't be confused: `b:"c"` is no text form.
    let text = structured(inspector(), "brand", "a").clone();
    assert_eq!(text, grant(&["inspector"], &["brand:a"]));
}

#[test]
fn names_that_do_not_restrict_elsewhere_still_restrict_what_is_given() {
    let mut house = House::furnished();
    // Brenda's `brand` is ignored on tokens: she makes them for what it doesn't restrict, and no further.
    house.done("olivia", |acting| acting.create_role(role("tokens", &["accessTokens:read"])));
    house.token("brenda", "t2", &grant(&["tokens"], &["brand:b"]));
    for grant in [grant(&["tokens", "inspector"], &[]), grant(&["x"], &["accessPolicyId:x"])] {
        let attempt = house.acting("brenda").create_token("t3", &grant, &token_key(900), None);
        assert_eq!(refusal("ignored", attempt).code(), "caller_access_exceeded");
    }
    // Xavier may hand out `x` and no other, and only with the condition that he has.
    assert_done("x", house.acting("xavier").invite("new", &grant(&["x"], &["accessPolicyId:x"]), &operator_key(900)));
    let message = "caller access exceeded: who gives has the condition `accessPolicyId`, \
                   and so must what is given, with `x`";
    for conditions in [&[][..], &["accessPolicyId:y"], &["accessPolicyId:x", "accessPolicyId:y"], &["brand:a"]] {
        let attempt = house.acting("xavier").invite("new", &grant(&["x"], conditions), &operator_key(900));
        assert_refused("x", attempt, ("caller_access_exceeded", 403, message));
    }
    for conditions in [&["accessPolicyId:x"][..], &["accessPolicyId:y"], &["accessPolicyId:x", "accessPolicyId:y"]] {
        let attempt = house.acting("xavier").invite("new", &grant(&["y"], conditions), &operator_key(900));
        assert_eq!(refusal("y", attempt).code(), "condition_unmet");
    }
    // One who has administration under a restriction can't hand it on without.
    house.invite("olivia", "yann", &grant(&["manager"], &["accessPolicyId:manager"]));
    let unrestricted = house.acting("yann").invite("new", &grant(&["manager"], &[]), &operator_key(900));
    assert_refused(
        "unrestricted",
        unrestricted,
        (
            "caller_access_exceeded",
            403,
            "caller access exceeded: `accessTokens`, `operatorAccess` where `accessPolicyId` is anything but `manager`",
        ),
    );
    house.invite("yann", "zoe", &grant(&["manager"], &["accessPolicyId:manager"]));
}

#[test]
fn a_name_that_is_not_bound_shuts_and_does_not_open() {
    let house = House::furnished();
    // With `site`, `manager` gives products only, and whoever gives must have those products.
    assert_done("narrower", house.acting("manny").invite("new", &grant(&["manager"], &["site:1"]), &operator_key(900)));
    let attempt = house.acting("brenda").invite("new", &grant(&["manager"], &["site:1"]), &operator_key(900));
    assert_eq!(refusal("products of any brand", attempt).code(), "caller_access_exceeded");
    // An administrator's role under a condition that shuts the rest: nothing but what the giver has.
    let shut = grant(&["admin"], &["site:1", "brand:a"]);
    let attempt = house.acting("brenda").invite("new", &shut, &operator_key(900));
    let message = refusal("places", attempt).to_string();
    assert!(message.contains("permission `places:"), "{message}");
    // It is no administrator for it.
    let change = house.acting("olivia").invite("new", &shut, &operator_key(900)).into_result().unwrap();
    let new = change.account().actor("new").unwrap();
    let attempt = change.account().acting(new, at(NOW)).create_role(role("mine", &[]));
    assert_eq!(refusal("mine", attempt).code(), "not_administrator");
}

#[test]
fn operations_that_the_schema_does_not_have_nobody_does() {
    let schema = support::schema(&json!({
        "resources": {
            "products": {},
            "operatorAccess": {"operations": ["read"]},
            "accessPolicies": {"operations": ["read", "list", "create", "publish"]},
        },
        "conditions": {},
    }));
    let mut house = House::founded(&schema);
    let acting = house.acting("olivia");
    let none = grant(&[], &[]);
    let missing = |operation: &str, resource: &str| format!("no role grants `{operation}` on `{resource}`");
    let cases = [
        (acting.invite("new", &none, &operator_key(900)), missing("create", "operatorAccess")),
        (acting.change_operator("olivia", &none), missing("update", "operatorAccess")),
        (acting.remove_operator("olivia"), missing("delete", "operatorAccess")),
        (
            acting.alter_role(role("admin", &[])),
            "role `admin` is managed: it can't be created, altered or deleted".into(),
        ),
    ];
    for (attempt, message) in cases {
        assert_eq!(refusal(&message, attempt).to_string(), message);
    }
    assert_done("the own key needs none", acting.regenerate("olivia", &operator_key(900), Duration::ZERO));
    house.done("olivia", |acting| acting.create_role(role("p", &["accessPolicies:*", "products:read"])));
    let acting = house.acting("olivia");
    for (attempt, operation) in [(acting.alter_role(role("p", &[])), "update"), (acting.delete_role("p"), "delete")] {
        assert_refused("p", attempt, ("permission_missing", 403, &missing(operation, "accessPolicies")));
    }
    house.token("olivia", "t1", &grant(&["p"], &[]));
    // Operations of the host's own on these types are permissions like others, and open none of these.
    let access = house.account.access(house.record("t1")).unwrap();
    assert!(access.permits("publish", "accessPolicies") && !access.permits("update", "accessPolicies"));
    let attempt = house.acting("t1").create_role(role("q", &[]));
    assert_eq!(refusal("t1", attempt).code(), "not_for_access_tokens");
}

#[test]
fn every_permission_is_not_the_managed_role() {
    let mut house = House::furnished();
    let every = ["products:*", "places:*", "accessPolicies:*", "accessTokens:*", "operatorAccess:*"];
    house.done("olivia", |acting| acting.create_role(role("root", &every)));
    house.invite("olivia", "ruth", &grant(&["root"], &[]));
    let attempt = house.acting("ruth").create_role(role("mine", &[]));
    assert_eq!(refusal("ruth", attempt).code(), "not_administrator");
}

/// What an administrator may do with roles is in no access, and so no comparison of accesses sees it.
#[test]
fn who_is_no_administrator_makes_none() {
    let mut house = House::furnished();
    let every = ["products:*", "places:*", "accessPolicies:*", "accessTokens:*", "operatorAccess:*"];
    house.done("olivia", |acting| acting.create_role(role("root", &every)));
    house.invite("olivia", "ruth", &grant(&["root"], &[]));
    let admin = grant(&["admin"], &[]);
    let acting = house.acting("ruth");
    for attempt in [
        acting.invite("new", &admin, &operator_key(900)),
        acting.change_operator("ruth", &admin),
        acting.regenerate("bob", &operator_key(900), Duration::ZERO),
    ] {
        assert!(attempt.into_result().is_err());
    }
}

#[test]
fn a_role_that_is_made_again_is_given_to_nobody() {
    let mut house = House::furnished();
    house.token("olivia", "t2", &grant(&["inspector"], &[]));
    house.invite("olivia", "ida", &grant(&["inspector", "manager"], &["accessPolicyId:inspector"]));
    assert!(may_read(&house, "t2", "a"));
    assert_eq!(house.account.holders("inspector").collect::<Vec<_>>(), ["ida", "t1", "t2"]);
    let deleted = house.acting("olivia").delete_role("inspector");
    assert_eq!(deleted.audit().affected().collect::<Vec<_>>(), ["ida", "t1", "t2"]);
    house.account = deleted.into_result().unwrap().account().clone();
    assert_eq!(house.account.holders("inspector").len(), 0);
    assert!(support::roles(house.record("ida")) == ["manager"] && support::roles(house.record("t2")).is_empty());
    assert!(!may_read(&house, "t2", "a"), "it is taken from whoever has it");
    // While it is away nobody can hand it out, not even to whom had it.
    for attempt in [
        house.acting("olivia").change_token("t2", &grant(&["inspector"], &[]), Expiry::Unchanged),
        house.acting("ida").create_token("t3", &grant(&["inspector"], &[]), &token_key(900), None),
    ] {
        let wanted = ("invalid_policies", 400, "invalid policies: unknown role `inspector`");
        assert_refused("away", attempt, wanted);
    }
    house.done("olivia", |acting| acting.create_role(role("inspector", &["products:*"])));
    assert!(
        !may_read(&house, "t2", "a") && support::roles(house.record("ida")) == ["manager"],
        "made again, it is given to nobody"
    );
}

#[test]
fn a_role_that_is_not_there_yet_grants_nothing_and_is_not_handed_on() {
    let roles = Roles::new(&schema(), "a1").unwrap().with(role("manager", &["operatorAccess:*"])).unwrap();
    let record = |number: u64, actor: &str, ids: &[&str]| {
        let key = operator_key(number);
        KeyRecord::new(KeyKind::OperatorKey, key.id, key.digest, "a1", actor).unwrap().with_roles(ids)
    };
    let records = [
        record(1, "olivia", &["admin"]),
        record(2, "eve", &["manager", "later"]),
        record(3, "dan", &["later"]),
        record(4, "mallory", &["manager"]),
    ];
    let account = Account::load(roles, 4, records).unwrap();
    let mut house = House::founded(&schema());
    house.account = account;
    let attempt = house.acting("eve").invite("new", &grant(&["later"], &[]), &operator_key(900));
    assert_eq!(refusal("later", attempt).code(), "invalid_policies");
    // A role that isn't there counts as more than anyone but an administrator has.
    let message = "caller access exceeded: `dan` has a role or condition that isn't there, \
                   and only an administrator may do this";
    let acting = house.acting("mallory");
    for attempt in [
        acting.regenerate("dan", &operator_key(900), Duration::ZERO),
        acting.change_operator("dan", &grant(&[], &[])),
        acting.remove_operator("dan"),
    ] {
        assert_refused("dan", attempt, ("caller_access_exceeded", 403, message));
    }
    assert_done("an administrator", house.acting("olivia").regenerate("dan", &operator_key(900), Duration::ZERO));
    // Created, it is taken from those who have its id: nobody is given what they were not given.
    let created = house.acting("olivia").create_role(role("later", &["products:read"]));
    assert_eq!(created.audit().affected().collect::<Vec<_>>(), ["dan", "eve"]);
    house.account = created.into_result().unwrap().account().clone();
    assert!(["dan", "eve", "mallory"].iter().all(|actor| !may_read(&house, actor, "a")));
    assert_eq!(house.account.holders("later").len(), 0);
}

#[test]
fn nobody_touches_who_is_above_them() {
    let house = House::furnished();
    let acting = house.acting("manny");
    let message = "caller access exceeded: `bob` is an administrator, and only an administrator may do this";
    for (note, attempt) in [
        ("taken", acting.regenerate("bob", &operator_key(900), Duration::ZERO)),
        ("lowered", acting.change_operator("bob", &grant(&[], &[]))),
        ("removed", acting.remove_operator("bob")),
    ] {
        assert_refused(note, attempt, ("caller_access_exceeded", 403, message));
    }
    let tokens = acting.change_token("t1", &grant(&["editor"], &[]), Expiry::Unchanged);
    assert_eq!(refusal("raised", tokens).code(), "caller_access_exceeded");
}

#[test]
fn nobody_makes_the_administrator_of_tomorrow() {
    let mut house = House::furnished();
    let all = ["products", "places", "accessPolicies", "accessTokens", "operatorAccess"].map(|of| format!("{of}:*"));
    house.done("olivia", |acting| acting.create_role(Role::new("all", all.each_ref().map(String::as_str)).unwrap()));
    house.invite("olivia", "walter", &grant(&["all"], &[]));
    house.invite("olivia", "nina", &grant(&["inspector"], &[]));
    // Walter has every permission, and is no administrator: he makes none, be it of a key that is not in use now.
    let sleeping = |from: u64| house.with_record("nina", |record| record.with_not_before(Some(at(from))));
    let over = house.with_record("nina", |record| record.with_expiry(Some(at(NOW))));
    let unborn = house.with_record("nina", |record| record.with_created(at(NOW + 1)));
    for (note, house) in [("now", sleeping(NOW)), ("tomorrow", sleeping(NOW + 1)), ("over", over), ("unborn", unborn)] {
        let attempt = house.acting("walter").change_operator("nina", &grant(&["admin"], &[]));
        assert_eq!(refusal(note, attempt).code(), "caller_access_exceeded");
        let attempt = house.acting("olivia").change_operator("nina", &grant(&["admin"], &[]));
        assert_done(note, attempt);
    }
}

#[test]
fn who_is_not_in_use_yet_administers_nothing() {
    let house = House::furnished();
    let before = house.account.administrators();
    let not_before = house.with_record("olivia", |record| record.with_not_before(Some(at(NOW + 1))));
    let unborn = house.with_record("olivia", |record| record.with_created(at(NOW + 1)));
    for house in [not_before, unborn] {
        assert_eq!(house.account.administrators(), before, "whatever the clock says");
        let attempt = house.acting("olivia").create_role(role("mine", &[]));
        assert_eq!(refusal("olivia", attempt).code(), "unknown_key");
    }
}

#[test]
fn what_is_of_one_kind_is_not_done_as_the_other() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.create_role(role("t", &["accessTokens:*"])));
    house.invite("olivia", "tom", &grant(&["t"], &[]));
    let acting = house.acting("tom");
    // By the operations on tokens nobody gets at operators.
    assert_eq!(refusal("bob", acting.revoke_token("bob")).code(), "unknown_actor");
    assert_eq!(refusal("bob", acting.change_token("bob", &grant(&[], &[]), Expiry::Unchanged)).code(), "unknown_actor");
    let attempt = acting.create_token("bob", &grant(&[], &[]), &token_key(900), None);
    assert_eq!(refusal("bob", attempt).code(), "duplicate_actor");
    assert_eq!(refusal("t1", acting.remove_operator("t1")).code(), "permission_missing");
}

#[test]
fn roles_with_names_of_every_form_stay_apart() {
    let mut house = House::furnished();
    for id in ["Admin", "ADMIN", "admin.", "x/y", "x:y", "x@y"] {
        house.done("olivia", |acting| acting.create_role(role(id, &[])));
        house.invite("olivia", &format!("of-{id}"), &grant(&[id], &[]));
        let attempt = house.acting(&format!("of-{id}")).create_role(role("mine", &[]));
        assert_eq!(refusal(id, attempt).code(), "not_administrator");
    }
    assert!(Role::new("*", ["products:read"]).is_err() && Role::new(" admin", ["products:read"]).is_err());
}

#[test]
fn the_own_access_is_that_of_the_present_state() {
    let mut house = House::furnished();
    let stale = house.record("bob").clone();
    house.done("olivia", |acting| acting.change_operator("bob", &grant(&["x"], &[])));
    let access = house.account.access(&stale).unwrap();
    assert_eq!(access.assignments().next().unwrap().roles().collect::<Vec<_>>(), ["x"]);
}

#[test]
fn an_operator_and_a_token_that_were_loaded_with_one_id_are_two() {
    let house = House::furnished();
    let key = token_key(900);
    let twin = KeyRecord::new(KeyKind::AccessToken, key.id, key.digest, "a1", "frank").unwrap().with_roles(["x"]);
    let records = house.account.records().cloned().chain([twin]);
    let account = Account::load(house.account.roles().clone(), 9, records).unwrap();
    let acting = account.acting(account.actor("olivia").unwrap(), at(NOW));
    let removed = acting.remove_operator("frank").into_result().unwrap();
    assert_eq!(removed.account().record(key.id), account.record(key.id), "the token is no operator");
    let changed = acting.change_operator("frank", &grant(&["admin"], &[])).into_result().unwrap();
    assert_eq!(changed.account().record(key.id), account.record(key.id));
    let revoked = acting.revoke_token("frank").into_result().unwrap();
    assert_eq!(revoked.account().record(house.key("frank")), account.record(house.key("frank")));
}

#[test]
fn a_record_that_cannot_be_used_is_not_in_use() {
    let house = House::furnished();
    let unusable = house.with_record("bob", |record| record.with_conditions([Condition::new("gone", "a").unwrap()]));
    let attempt = unusable.acting("bob").revoke_token("t1");
    assert_refused("bob", attempt, ("unknown_key", 401, "the key is not in use in this account"));
}

/// Whose right to make tokens is confined to some conditions can't hide an assignment without them behind another.
#[test]
fn no_assignment_stands_in_for_another() {
    let schema = support::schema(&json!({
        "resources": {"products": {}},
        "conditions": {
            "brand": {"restricts": {"products": "brand"}},
            "scope": {"restricts": {"accessTokens": {"attribute": "conditions", "match": "all"}}},
            "some": {"restricts": {"operatorAccess": "conditions"}},
        },
    }));
    let mut house = House::founded(&schema);
    house.done("olivia", |acting| acting.create_role(role("reader", &["products:read"])));
    house.done("olivia", |acting| acting.create_role(role("maker", &["accessTokens:create,update"])));
    house.done("olivia", |acting| acting.create_role(role("inviter", &["operatorAccess:create"])));
    let confined = |name: &str, maker: &str| {
        let scope = Assignment::new().role(maker).condition(Condition::new(name, "brand:a").unwrap()).unwrap();
        [Assignment::new().role("reader"), scope].into_iter().collect::<Grant>()
    };
    house.invite("olivia", "gina", &confined("scope", "maker"));
    house.invite("olivia", "gert", &confined("some", "inviter"));
    let reader = |conditions: &[&str]| grant(&["reader"], conditions).into_iter().next().unwrap();
    let decoy = grant(&[], &["brand:a"]).into_iter().next().unwrap();
    let wide: [Grant; 3] = [
        grant(&["reader"], &[]),
        [reader(&["brand:a"]), reader(&[])].into_iter().collect(),
        [decoy, reader(&[])].into_iter().collect(),
    ];
    for grant in &wide {
        let refused = refusal("a token", house.acting("gina").create_token("t", grant, &token_key(90), None));
        assert_eq!(refused.code(), "condition_unmet", "{grant:?}");
        let refused = refusal("an operator", house.acting("gert").invite("o", grant, &operator_key(91)));
        assert_eq!(refused.code(), "condition_unmet", "{grant:?}");
    }
    house.token("gina", "good", &grant(&["reader"], &["brand:a"]));
    // Nor may what has it be changed into what hasn't.
    for grant in &wide {
        let refused = refusal("a change", house.acting("gina").change_token("good", grant, Expiry::Unchanged));
        assert_eq!(refused.code(), "condition_unmet", "{grant:?}");
    }
}
