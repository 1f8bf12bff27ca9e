//! Nobody touches who is above them, and what an actor can make grow is bounded. Each test is a fault that was found.

use std::time::Duration;

use keyward::{
    Access, Authenticator, Grant, Operation, ResourceView, Role, Roles, Schema,
    administration::{Account, Acting, Attempt, Expiry},
    authenticate::SetRolesError,
    decision::who_can,
    document::Directory,
    key::KeyKind,
    store::{KeyRecord, KeyState, MemoryStore},
};
use serde_json::json;

use super::house::{
    House, NOW, assert_done, assert_refused, at, format, grant, operator_key, refusal, role, schema, token_key,
};
use crate::support;

const EXCEEDED: &str = "caller_access_exceeded";

/// An account with Adam, an administrator, and `root`, a token of every permission; Frank has one permission.
fn house_with(frank: &str) -> House {
    let mut house = House::founded(&schema());
    for (id, permissions) in [
        ("small", &[frank][..]),
        ("hr", &["operatorAccess:read"]),
        ("all", &["products:*", "places:*", "accessPolicies:*", "accessTokens:*", "operatorAccess:*"]),
    ] {
        house.done("olivia", |acting| acting.create_role(role(id, permissions)));
    }
    house.invite("olivia", "adam", &grant(&["admin"], &[]));
    house.invite("olivia", "frank", &grant(&["small"], &[]));
    house.invite("olivia", "sue", &grant(&["hr"], &[]));
    house.token("olivia", "root", &grant(&["all"], &[]));
    house.token("olivia", "none", &grant(&[], &[]));
    house
}

/// What Frank tries, and the permission that he has for it.
type Step = (&'static str, &'static str, fn(&Acting<'_>) -> Attempt);

#[test]
fn demote_take_the_key_be_restored() {
    let no_grace = Duration::ZERO;
    let steps: [Step; 9] = [
        ("lower an administrator", "operatorAccess:update", |acting| acting.change_operator("adam", &Grant::new())),
        ("take their key", "operatorAccess:update", |acting| {
            acting.regenerate("adam", &operator_key(900), Duration::ZERO)
        }),
        ("remove them", "operatorAccess:delete", |acting| acting.remove_operator("adam")),
        ("lower someone with more", "operatorAccess:update", |acting| acting.change_operator("sue", &Grant::new())),
        ("take their key", "operatorAccess:update", |acting| {
            acting.regenerate("sue", &operator_key(900), Duration::ZERO)
        }),
        ("remove them", "operatorAccess:delete", |acting| acting.remove_operator("sue")),
        ("lower a token", "accessTokens:update", |acting| {
            acting.change_token("root", &Grant::new(), Expiry::Unchanged)
        }),
        ("take its key", "accessTokens:update", |acting| acting.rotate_token("root", &token_key(900), Duration::ZERO)),
        ("revoke it", "accessTokens:delete", |acting| acting.revoke_token("root")),
    ];
    for (note, permission, step) in steps {
        let house = house_with(permission);
        assert_eq!(refusal(note, step(&house.acting("frank"))).code(), EXCEEDED, "{note}");
        assert_done(note, step(&house.acting("olivia")));
    }
    // Who has nothing that Frank hasn't may be touched, and so may one's own.
    let house = house_with("accessTokens:update");
    assert_done("none", house.acting("frank").rotate_token("none", &token_key(900), no_grace));
    assert_done("none", house.acting("frank").change_token("none", &Grant::new(), Expiry::Never));
    let house = house_with("operatorAccess:update");
    assert_done("own", house.acting("frank").change_operator("frank", &Grant::new()));
}

#[test]
fn no_clock_leaves_an_account_without_an_administrator() {
    let end = |end: u64| move |record: KeyRecord| record.with_expiry(Some(at(end)));
    let start = |start: u64| move |record: KeyRecord| record.with_not_before(Some(at(start)));
    let mut house = house_with("operatorAccess:delete");
    let key = operator_key(house.next_key());
    let regenerated =
        house.account.acting(house.record("olivia"), at(5_000)).regenerate("olivia", &key, Duration::ZERO);
    house.account = regenerated.into_result().unwrap().account().clone();
    let houses = [house.with_record("adam", end(4_000)), house.with_record("adam", start(6_000)), house];
    let ways: [fn(&Acting<'_>, &str) -> Attempt; 3] = [
        |acting, actor| acting.remove_operator(actor),
        |acting, actor| acting.change_operator(actor, &Grant::new()),
        |acting, actor| acting.change_operator(actor, &grant(&["admin"], &["brand:a"])),
    ];
    let mut done = 0;
    for house in &houses {
        for now in [0, 3_999, 4_000, 4_999, 5_000, 5_999, 6_000, u64::MAX - 1, u64::MAX] {
            for (by, first, second) in ["olivia", "adam", "frank"].iter().flat_map(|by| {
                [("olivia", "adam"), ("adam", "olivia"), ("adam", "adam"), ("olivia", "olivia")]
                    .map(|(first, second)| (*by, first, second))
            }) {
                for way in ways {
                    let mut account = house.account.clone();
                    for target in [first, second] {
                        let Some(record) = account.actor(by).cloned() else { continue };
                        let Ok(change) = way(&account.acting(&record, at(now)), target).into_result() else { continue };
                        let in_use = |account: &Account| {
                            account
                                .records()
                                .filter(|record| {
                                    support::roles(record).contains(&Role::ADMIN)
                                        && support::conditions(record).is_empty()
                                        && authenticates(record, now)
                                })
                                .count()
                        };
                        assert!(change.account().administrators() > 0, "{by} at {now}: {target}");
                        assert!(in_use(change.account()) > 0, "{by} at {now}: {target} was the last in use");
                        account = change.account().clone();
                        done += 1;
                    }
                }
            }
        }
    }
    assert!(done > 50, "{done}");
}

fn authenticates(record: &KeyRecord, now: u64) -> bool {
    record.standing(at(now)) == keyward::store::KeyStanding::InUse
}

#[test]
fn a_condition_is_not_dropped_for_a_role_to_fill_later() {
    let mut house = house_with("places:read");
    house.invite("olivia", "beth", &grant(&["admin"], &["brand:a", "brand:b"]));
    let message = "caller access exceeded: who gives has the condition `brand`, and so must what is given, \
                   with some of `a`, `b`";
    let wanted = (EXCEEDED, 403, message);
    for conditions in [&[][..], &["site:1"], &["brand:c"], &["brand:a", "brand:c"]] {
        let given = grant(&["hr"], conditions);
        let acting = house.acting("beth");
        let attempts = [
            acting.create_token("t", &given, &token_key(900), None),
            acting.invite("new", &given, &operator_key(900)),
            acting.change_operator("frank", &given),
            acting.change_token("none", &given, Expiry::Unchanged),
        ];
        for attempt in attempts {
            // With `site` her token would read nothing at all: it is within, and may be more one day.
            assert_refused("beth", attempt, wanted);
        }
    }
    // Whose key one takes has what they will have, and so must carry the condition, too.
    let taken = house.acting("beth").regenerate("sue", &operator_key(900), Duration::ZERO);
    assert_refused("sue", taken, wanted);

    house.token("beth", "t", &grant(&["hr"], &["brand:a", "site:1"]));
    assert_done("nothing", house.acting("beth").create_token("t2", &grant(&[], &[]), &token_key(900), None));
    house.done("olivia", |acting| acting.alter_role(role("hr", &["operatorAccess:read", "products:list,read"])));
    let access = house.account.access(house.record("t")).unwrap();
    let reads = |brand: &str| {
        let product = json!({"brand": brand, "site": "1"});
        access.decide(Operation::READ, &ResourceView::new("products", "a1", &product)).is_allow()
    };
    assert!(reads("a") && !reads("b") && !reads("c"));
}

#[test]
fn the_role_that_grows_with_the_schema_is_given_by_who_has_it() {
    let mut house = house_with("places:read");
    house.invite("olivia", "ruth", &grant(&["all"], &[]));
    let wanted = (EXCEEDED, 403, "caller access exceeded: the role `admin` is given only by who has it");
    let acting = house.acting("ruth");
    assert_refused("token", acting.create_token("t", &grant(&["admin"], &[]), &token_key(900), None), wanted);
    assert_refused("operator", acting.invite("new", &grant(&["admin"], &["brand:a"]), &operator_key(900)), wanted);
    assert_refused("change", acting.change_token("none", &grant(&["admin"], &[]), Expiry::Unchanged), wanted);
    house.token("olivia", "grows", &grant(&["admin"], &[]));
    let attempt = house.acting("ruth").rotate_token("grows", &token_key(900), Duration::ZERO);
    assert_refused("take", attempt, wanted);
    house.invite("olivia", "cara", &grant(&["admin"], &["brand:a"]));
    assert_done(
        "cara has it",
        house.acting("cara").create_token("t", &grant(&["admin"], &["brand:a"]), &token_key(900), None),
    );
}

#[test]
fn a_key_in_its_grace_authenticates_and_administers_nothing() {
    let mut house = house_with("places:read");
    let old = house.record("adam").clone();
    let new = operator_key(house.next_key());
    house.done("adam", |acting| acting.regenerate("adam", &new, Duration::from_secs(1)));
    let message = "the key was replaced: until its grace ends it authenticates, but administers nothing";
    let acting = house.account.acting(&old, at(NOW + 1));
    for (note, attempt) in [
        ("invite", acting.invite("eve", &grant(&["admin"], &[]), &operator_key(900))),
        ("token", acting.create_token("t", &grant(&[], &[]), &token_key(900), None)),
        ("change", acting.change_operator("frank", &Grant::new())),
        ("remove", acting.remove_operator("adam")),
        ("regenerate", acting.regenerate("adam", &operator_key(900), Duration::ZERO)),
        ("rotate", acting.rotate_token("root", &token_key(900), Duration::ZERO)),
        ("role", acting.create_role(role("mine", &[]))),
    ] {
        assert_refused(note, attempt, ("key_in_grace", 403, message));
    }
    // Nor does it by a host that guards its own routes with decisions.
    let old = house.account.record(old.id()).unwrap();
    let access = house.account.access(old).unwrap();
    assert!(access.permits("delete", "products") && access.permits("list", "operatorAccess"));
    for resource in keyward::schema::ADMINISTRATION {
        assert!(["create", "update", "delete"].iter().all(|operation| !access.permits(*operation, resource)));
    }
}

#[test]
fn to_no_decision_a_token_administers() {
    let schema = schema();
    let roles =
        Roles::new(&schema, "a1").unwrap().with(role("manager", &["accessTokens:create,read", "products:*"])).unwrap();
    let world = Directory::from_json(
        &json!({"schema": schema, "accounts": [{
            "id": "a1",
            "accessPolicies": [{"id": "manager", "permissions": ["accessTokens:create,read", "products:*"]}],
            "operatorAccess": [{"id": "op", "policies": ["manager", "admin"], "conditions": []}],
            "accessTokens": [{"id": "token", "policies": ["manager", "admin"], "conditions": []}],
        }]})
        .to_string(),
    )
    .unwrap();
    let new = token_key(1);
    let record = KeyRecord::issue(&new, "a1", "token").unwrap().with_roles(["manager", "admin"]);
    let authenticator = Authenticator::new(&schema, format());
    authenticator.set_roles(roles.clone(), 1).unwrap();
    let store = MemoryStore::from_records([record.clone()]).unwrap();
    let authenticated = authenticator.authenticate(&store, new.key.reveal(), at(1)).unwrap();
    let accesses: [(&str, Access); 4] = [
        ("built", Access::builder(&roles).roles(["manager", "admin"]).for_access_token().build().unwrap()),
        ("of a record", record.access(&roles).unwrap()),
        ("authenticated", authenticated.access().clone()),
        ("of a world", world.actor("token").unwrap().access.clone()),
    ];
    let resource = |name: &'static str| ResourceView::new(name, "a1", &());
    for (note, access) in &accesses {
        for name in keyward::schema::ADMINISTRATION {
            for operation in ["create", "delete"] {
                let decision = access.decide(operation, &resource(name)).into_result().unwrap_err();
                assert_eq!(decision.to_string(), format!("no role grants `{operation}` on `{name}`"), "{note}");
                assert_eq!(who_can([("token", access)], operation, &resource(name)).count(), 0, "{note}");
            }
            assert!(!access.decide_update(&resource(name), &resource(name)).is_allow(), "{note}: {name}");
            assert!(access.permits("read", name) && access.permits("list", name), "{note}: {name}");
        }
        assert!(access.permits("delete", "products"), "{note}");
        let summary = access.summary();
        let tokens = summary.types().iter().find(|of| of.name() == "accessTokens").unwrap();
        assert!(tokens.operations().eq(["read", "list"]), "{note}: {summary}");
    }
    assert!(world.actor("op").unwrap().access.permits("create", "accessTokens"), "an operator does");
    assert_eq!(world.who_can("create", &resource("accessTokens")).map(|(id, _)| id).collect::<Vec<_>>(), ["op"]);
    // Two keys with the same roles, of which one administers, don't share what they may do.
    let operator = KeyRecord::issue(&operator_key(2), "a1", "op").unwrap().with_roles(["manager", "admin"]);
    let store = MemoryStore::from_records([record, operator]).unwrap();
    for (text, administers) in
        [(new.key.reveal(), false), (operator_key(2).key.reveal(), true), (new.key.reveal(), false)]
    {
        let authenticated = authenticator.authenticate(&store, text, at(1)).unwrap();
        assert_eq!(authenticated.access().permits("create", "accessTokens"), administers);
    }
}

#[test]
fn what_is_kept_of_an_actor_does_not_grow() {
    let mut house = house_with("places:read");
    let before = house.account.records().len();
    let mut now = NOW;
    for turn in 0..300_u64 {
        now += 1;
        let (number, grace) = (house.next_key(), Duration::from_millis(turn % 3));
        let acting = house.account.acting(house.record("frank"), at(now));
        let change = acting.regenerate("frank", &operator_key(number), grace).into_result().unwrap();
        house.account = change.account().clone();
        let number = house.next_key();
        let acting = house.account.acting(house.record("olivia"), at(now));
        let attempt = match turn % 4 {
            0 => acting.create_token("t", &Grant::new(), &token_key(number), Some(at(now + 1))),
            1 => acting.create_token("t", &Grant::new(), &token_key(number), None),
            2 => acting.rotate_token("t", &token_key(number), Duration::from_secs(1)),
            _ => acting.revoke_token("t"),
        };
        house.account = attempt.into_result().unwrap().account().clone();
        assert!(house.account.records().len() <= before + 2 + 3, "turn {turn}: {}", house.account.records().len());
    }
    // Also of what a store already holds.
    let old = (2_000..5_000).map(|number| {
        let key = operator_key(number);
        let record = KeyRecord::new(KeyKind::OperatorKey, key.id, key.digest, "a1", "frank").unwrap();
        record.with_state(KeyState::Revoked)
    });
    let records = house.account.records().cloned().chain(old);
    let grown = Account::load(house.account.roles().clone(), 9, records).unwrap();
    let acting = grown.acting(house.record("frank"), at(now));
    let change = acting.regenerate("frank", &operator_key(9_000), Duration::ZERO).into_result().unwrap();
    let of_frank = change.account().records().filter(|record| record.actor() == "frank");
    let mut of_frank: Vec<_> = of_frank.map(|record| (record.state(), record.id())).collect();
    of_frank.sort_by_key(|(state, _)| *state != KeyState::Active);
    let wanted = [(KeyState::Active, operator_key(9_000).id), (KeyState::Revoked, house.key("frank"))];
    assert_eq!(of_frank, wanted, "the present key and the one that ended last");
}

#[test]
fn expired_tokens_are_not_in_use() {
    let mut house = house_with("places:read");
    let key = token_key(house.next_key());
    house.done("olivia", |acting| acting.create_token("t", &grant(&["hr"], &[]), &key, Some(at(NOW + 10))));
    let acting = |now: u64| house.account.acting(house.record("olivia"), at(now));
    assert_eq!([NOW, NOW + 9, NOW + 10].map(|now| house.account.tokens(at(now))), [3, 3, 2]);
    let again = |now: u64| acting(now).create_token("t", &grant(&[], &[]), &token_key(900), None);
    assert_refused("in use", again(NOW + 9), ("duplicate_actor", 409, "`t` is in use"));
    let made = again(NOW + 10).into_result().unwrap();
    assert_eq!(made.account().actor("t").map(KeyRecord::id), Some(token_key(900).id));
    let old = made.account().record(key.id).unwrap();
    assert_eq!(old.state(), KeyState::Revoked, "whatever a clock says later, the old one doesn't come back");
    // For the other kind of actor the id stays taken.
    let other = acting(NOW + 10).invite("t", &grant(&[], &[]), &operator_key(900));
    assert_refused("an operator", other, ("duplicate_actor", 409, "`t` is in use"));
    // It can be revoked, and nothing else.
    let expired = ("token_expired", 409, "`t` has expired: make a new one, its id is free");
    assert_refused("change", acting(NOW + 10).change_token("t", &grant(&[], &[]), Expiry::Never), expired);
    let replaced = acting(NOW + 10).rotate_token("t", &token_key(900), Duration::ZERO);
    assert_eq!(refusal("rotate", replaced).code(), "key_not_replaceable");
    assert_done("revoke", acting(NOW + 10).revoke_token("t"));
}

#[test]
fn tokens_are_rotated_and_their_end_is_set() {
    let mut house = house_with("places:read");
    let (first, second, third) = (token_key(800), token_key(801), token_key(802));
    let expires = |house: &House, key: keyward::key::KeyId| house.account.record(key).and_then(KeyRecord::expires);
    house.done("olivia", |acting| acting.create_token("t", &grant(&["hr"], &["brand:a"]), &first, Some(at(NOW + 99))));
    let rotated = house.acting("olivia").rotate_token("t", &second, Duration::from_millis(10));
    assert_eq!((&*rotated.audit().operation().to_string(), rotated.audit().target()), ("accessTokens:update", "t"));
    house.account = rotated.into_result().unwrap().account().clone();
    assert_eq!((expires(&house, first.id), expires(&house, second.id)), (Some(at(NOW + 10)), Some(at(NOW + 99))));
    let new = house.record("t");
    assert!(new.id() == second.id && support::roles(new) == ["hr"] && support::conditions(new).len() == 1);

    // Its end is set, for a key in its grace only to sooner.
    for (expiry, ends) in [
        (Expiry::Unchanged, [Some(NOW + 10), Some(NOW + 99)]),
        (Expiry::At(at(NOW + 50)), [Some(NOW + 10), Some(NOW + 50)]),
        (Expiry::Never, [Some(NOW + 10), None]),
        (Expiry::At(at(NOW + 5)), [Some(NOW + 5), Some(NOW + 5)]),
    ] {
        let mut house = House { account: house.account.clone(), ..House::founded(&schema()) };
        house.done("olivia", |acting| acting.change_token("t", &grant(&["hr"], &[]), expiry));
        assert_eq!([first.id, second.id].map(|key| expires(&house, key)), ends.map(|end| end.map(at)), "{expiry:?}");
    }
    // Without a grace both end, and of the two the one that ended last is kept.
    house.done("olivia", |acting| acting.rotate_token("t", &third, Duration::ZERO));
    let states = [first.id, second.id, third.id].map(|key| house.account.record(key).map(KeyRecord::state));
    assert_eq!(states, [None, Some(KeyState::Revoked), Some(KeyState::Active)]);
    let unknown = ("unknown_actor", 404, "there is no `sue`");
    assert_refused("an operator", house.acting("olivia").rotate_token("sue", &token_key(900), Duration::ZERO), unknown);
    let attempt = house.acting("frank").rotate_token("t", &token_key(900), Duration::ZERO);
    assert_refused("frank", attempt, ("permission_missing", 403, "no role grants `update` on `accessTokens`"));
}

#[test]
fn an_older_state_of_the_roles_is_never_in_force_again() {
    let schema = Schema::builder().resource("products").build().unwrap();
    let other = Schema::builder().resource("places").build().unwrap();
    let roles = |schema: &Schema, id: &str| Roles::new(schema, "a1").unwrap().with(role(id, &[])).unwrap();
    let authenticator = Authenticator::new(&schema, format());
    let present =
        || authenticator.roles("a1").map(|roles| roles.iter().map(|role| role.id().to_owned()).collect::<Vec<_>>());
    let older = |version, known| Err(SetRolesError::Older { version, known });
    let cases = [
        ("the first", Some("a"), 3, Ok(())),
        ("again", Some("a"), 3, Ok(())),
        ("an older one with the same content", Some("a"), 2, older(2, 3)),
        ("an older one", Some("b"), 2, older(2, 3)),
        ("another of the same version", Some("b"), 3, Err(SetRolesError::OtherContent { version: 3 })),
        ("a newer one", Some("b"), 4, Ok(())),
        ("what was before", Some("a"), 3, older(3, 4)),
        ("a newer one with the same content", Some("b"), 9, Ok(())),
        ("between", Some("a"), 8, older(8, 9)),
        ("removed too late", None, 8, older(8, 9)),
        ("removed at the same version", None, 9, Err(SetRolesError::OtherContent { version: 9 })),
        ("removed", None, 10, Ok(())),
        ("removed again", None, 10, Ok(())),
        ("set too late", Some("b"), 9, older(9, 10)),
        ("set at the same version", Some("b"), 10, Err(SetRolesError::OtherContent { version: 10 })),
        ("founded anew", Some("a"), 11, Ok(())),
        ("the last", Some("b"), u64::MAX, Ok(())),
    ];
    let mut in_force = None;
    for (note, id, version, wanted) in cases {
        let done = match id {
            Some(id) => authenticator.set_roles(roles(&schema, id), version),
            None => authenticator.remove_account("a1", version),
        };
        assert_eq!(done, wanted, "{note}");
        in_force = if done.is_ok() { id.map(|id| vec![id.to_owned()]) } else { in_force };
        assert_eq!(present(), in_force, "{note}");
    }
    assert_eq!(authenticator.set_roles(roles(&other, "a"), u64::MAX), Err(SetRolesError::OtherSchema));
    // An account that was never there is as removed as one that was.
    authenticator.remove_account("a2", 5).unwrap();
    assert!(authenticator.set_roles(Roles::new(&schema, "a2").unwrap(), 4).is_err());
}
