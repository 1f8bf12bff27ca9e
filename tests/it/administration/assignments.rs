//! Who gives several assignments, whom they may touch, and what becomes of the assignments where a role ends.

use std::time::Duration;

use keyward::{
    Assignment, Authenticator, Condition, Grant, Operation, ResourceView, Role,
    administration::{Account, Acting, Attempt, Expiry, StateDigest},
    store::{KeyRecord, MemoryStore},
};
use serde_json::json;

use super::house::{
    House, NOW, assert_done, assert_refused, at, format, grant, operator_key, refusal, role, schema, token_key,
};

type Of<'a> = (&'a [&'a str], &'a [&'a str]);

fn union(assignments: &[Of<'_>]) -> Grant {
    assignments.iter().flat_map(|(roles, conditions)| grant(roles, conditions)).collect()
}

/// `clerk` hands out, `all` has every permission, `tally` is within whatever `clerk` has, where no condition restricts.
fn house() -> House {
    let mut house = House::founded(&schema());
    let all = ["products:*", "places:*", "accessPolicies:*", "accessTokens:*", "operatorAccess:*"];
    for (id, permissions) in [
        ("clerk", &["accessTokens:*", "operatorAccess:*"][..]),
        ("all", &all),
        ("tally", &["accessTokens:read"]),
        ("x", &["products:read"]),
        ("y", &["places:read"]),
        ("inspector", &["products:read,list"]),
    ] {
        house.done("olivia", |acting| acting.create_role(role(id, permissions)));
    }
    house.invite("olivia", "gwen", &union(&[(&["clerk", "x"], &["brand:a"]), (&["clerk", "inspector"], &["brand:b"])]));
    house.invite("olivia", "sue", &Grant::new());
    house.token("olivia", "t", &Grant::new());
    house
}

const EXCEEDED: &str = "caller_access_exceeded";
const NO_OWN: &str =
    "caller access exceeded: the conditions of each assignment must be those of one of the giver's own, or narrower";

/// The four ways of giving.
fn givings(acting: &Acting<'_>, given: &Grant) -> [Attempt; 4] {
    [
        acting.create_token("new", given, &token_key(900), None),
        acting.invite("new", given, &operator_key(900)),
        acting.change_token("t", given, Expiry::Unchanged),
        acting.change_operator("sue", given),
    ]
}

fn assert_gives(house: &House, who: &str, given: &[Of<'_>]) {
    for attempt in givings(&house.acting(who), &union(given)) {
        assert_done(&format!("{who} gives {given:?}"), attempt);
    }
}

fn assert_gives_not(house: &House, who: &str, given: &[Of<'_>], message: &str) {
    for attempt in givings(&house.acting(who), &union(given)) {
        let note = format!("{who} gives {given:?}");
        let error = refusal(&note, attempt);
        assert_eq!((error.code(), error.status()), (EXCEEDED, 403), "{note}");
        assert!(error.to_string().starts_with(message), "{note}: {error}");
    }
}

#[test]
fn each_assignment_is_as_narrow_as_one_of_the_givers_and_all_are_within_the_union() {
    let mut house = house();
    for given in [
        &[(&["x"][..], &["brand:a"][..])][..],
        &[(&["x"], &["brand:b"])],
        &[(&["inspector"], &["brand:b"])],
        &[(&["x", "clerk"], &["brand:a", "site:1", "site:2"])],
        &[(&["x"], &["brand:a"]), (&["inspector", "clerk"], &["brand:b"])],
        &[(&["tally"], &["brand:a"]), (&["tally"], &["brand:b"])],
        // Without roles it allows nothing, now and later.
        &[],
        &[(&[], &[])],
        &[(&[], &["site:9"])],
        &[(&[], &["brand:c"]), (&["x"], &["brand:a"]), (&[], &[])],
    ] {
        assert_gives(&house, "gwen", given);
    }
    let beyond = "caller access exceeded: ";
    for (given, message) in [
        // Of both brands together she may read, and yet no assignment of hers holds for both.
        (&[(&["x"][..], &["brand:a", "brand:b"][..])][..], NO_OWN),
        (&[(&["tally"], &[])], NO_OWN),
        (&[(&["tally"], &["site:1"])], NO_OWN),
        (&[(&["tally"], &["brand:c"])], NO_OWN),
        (&[(&["x"], &["brand:a"]), (&["x"], &["brand:a", "brand:b"])], NO_OWN),
        (&[(&["x"], &[])], beyond),
        (&[(&["inspector"], &["brand:a"])], beyond),
        (&[(&["x"], &["brand:b"]), (&["x"], &["brand:c"])], beyond),
        (&[(&["y"], &["brand:a"])], beyond),
        (&[(&["clerk"], &["brand:a"]), (&["all"], &["brand:b"])], beyond),
    ] {
        assert_gives_not(&house, "gwen", given, message);
    }
    let attempt =
        house.acting("gwen").create_token("new", &grant(&["x"], &["brand:a", "brand:b"]), &token_key(9), None);
    assert_refused("its place and its words", attempt, (EXCEEDED, 403, NO_OWN));

    // What a role comes to grant later stays where the giver's own does.
    let given = union(&[(&["tally"], &["brand:a"]), (&["x"], &["brand:b"])]);
    house.done("gwen", |acting| acting.change_token("t", &given, Expiry::Unchanged));
    house.done("olivia", |acting| acting.alter_role(role("tally", &["accessTokens:read", "products:delete"])));
    let access = house.account.access(house.record("t")).unwrap();
    let may = |operation, brand: &str| {
        access.decide(operation, &ResourceView::new("products", "a1", &json!({"brand": brand}))).is_allow()
    };
    assert!(may(Operation::DELETE, "a") && !may(Operation::DELETE, "b") && !may(Operation::DELETE, "c"));
    assert!(may(Operation::READ, "b") && !may(Operation::READ, "a"));
}

#[test]
fn an_assignment_without_roles_gives_no_room() {
    let mut house = house();
    let wider = "caller access exceeded: who gives has the condition `brand`, and so must what is given, with `a`";
    for (id, own) in [
        ("first", [(&[][..], &[][..]), (&["clerk", "x"][..], &["brand:a"][..])]),
        ("last", [(&["clerk", "x"], &["brand:a"]), (&[], &["brand:b"])]),
    ] {
        house.invite("olivia", id, &union(&own));
        assert_gives(&house, id, &[(&["tally", "x"], &["brand:a"])]);
        for conditions in [&[][..], &["brand:b"], &["brand:a", "brand:b"], &["site:1"]] {
            assert_gives_not(&house, id, &[(&["tally"], conditions)], wider);
        }
    }
    // Who has no roles at all may do nothing, and so give nothing.
    for own in [Grant::from_iter([]), union(&[(&[], &[]), (&[], &["brand:a"])])] {
        house.done("olivia", |acting| acting.change_operator("sue", &own));
        let attempt = house.acting("sue").invite("new", &Grant::from_iter([]), &operator_key(900));
        assert_eq!(refusal("no roles", attempt).code(), "permission_missing");
    }
}

#[test]
fn admin_is_given_from_an_assignment_that_has_it() {
    let mut house = house();
    house.invite("olivia", "ada", &union(&[(&["all"], &[]), (&["admin"], &["brand:a"])]));
    house.invite("olivia", "amy", &union(&[(&["all"], &[]), (&["admin"], &["brand:a"]), (&["admin"], &["brand:b"])]));
    house.invite("olivia", "ruth", &union(&[(&["all"], &[]), (&["x"], &["brand:a"])]));
    for who in ["ada", "amy"] {
        assert_gives(&house, who, &[(&["admin"], &["brand:a"])]);
        assert_gives(&house, who, &[(&["all"], &[]), (&["x", "admin"], &["brand:a", "site:1"])]);
    }
    let wider = "caller access exceeded: who gives has the condition `brand`, and so must what is given, with `a`";
    for conditions in [&[][..], &["brand:b"], &["brand:a", "brand:b"], &["site:1"]] {
        assert_gives_not(&house, "ada", &[(&["admin"], conditions)], wider);
        // Without it, the same is given from the other.
        assert_gives(&house, "ada", &[(&["all"], conditions)]);
    }
    assert_gives(&house, "amy", &[(&["admin"], &["brand:b"]), (&["admin"], &["brand:a"])]);
    for conditions in [&[][..], &["brand:c"], &["brand:a", "brand:b"], &["site:1"]] {
        assert_gives_not(&house, "amy", &[(&["admin"], conditions)], NO_OWN);
    }
    let lacking = "caller access exceeded: the role `admin` is given only by who has it";
    for conditions in [&[][..], &["brand:a"]] {
        assert_gives_not(&house, "ruth", &[(&["admin"], conditions)], lacking);
        assert_gives_not(&house, "ruth", &[(&["x"], &[]), (&["x", "admin"], conditions)], lacking);
    }
}

#[test]
fn an_administrator_is_who_has_admin_without_conditions_in_one_assignment() {
    let mut house = house();
    house.invite("olivia", "bea", &union(&[(&["x"], &["brand:a"]), (&["y", "admin"], &[])]));
    house.invite("olivia", "cleo", &union(&[(&["admin"], &["brand:a"]), (&["all"], &[])]));
    house.invite("olivia", "root", &union(&[(&["all"], &[]), (&["all"], &["site:1"])]));
    assert_eq!(house.account.administrators(), 2, "olivia and bea");

    let create: fn(&Acting<'_>) -> Attempt = |acting| acting.create_role(role("new", &[]));
    assert_done("bea", create(&house.acting("bea")));
    for actor in ["cleo", "root"] {
        let wanted = ("not_administrator", 403, "only an administrator creates, alters or deletes roles");
        assert_refused(actor, create(&house.acting(actor)), wanted);
        let acting = house.acting(actor);
        let message = "caller access exceeded: `bea` is an administrator, and only an administrator may do this";
        for attempt in [
            acting.remove_operator("bea"),
            acting.change_operator("bea", &union(&[(&["x"], &["brand:a"])])),
            acting.regenerate("bea", &operator_key(900), Duration::ZERO),
        ] {
            assert_refused(actor, attempt, (EXCEEDED, 403, message));
        }
    }
    // As the last one, she stays; olivia goes, since bea is there.
    house.done("bea", |acting| acting.remove_operator("olivia"));
    assert_eq!(house.account.administrators(), 1);
    let last = ("last_administrator", 409, "the last administrator of the account");
    assert_refused("remove", house.acting("bea").remove_operator("bea"), last);
    for next in [
        &[][..],
        &[(&["x"][..], &["brand:a"][..]), (&["y"], &[])],
        &[(&["admin"], &["brand:a"]), (&["all"], &[])],
        &[(&["admin"], &["brand:a"]), (&[], &[])],
    ] {
        assert_refused(&format!("{next:?}"), house.acting("bea").change_operator("bea", &union(next)), last);
    }
    house.done("bea", |acting| acting.change_operator("bea", &union(&[(&["admin"], &["site:1"]), (&["admin"], &[])])));
    assert_eq!(house.account.administrators(), 1);
    house.done("bea", |acting| acting.change_operator("cleo", &union(&[(&[], &[]), (&["admin"], &[])])));
    house.done("cleo", |acting| acting.remove_operator("bea"));
    house.done("cleo", create);
}

#[test]
fn to_touch_someone_takes_being_able_to_give_their_union() {
    let mut house = house();
    let touches: [fn(&Acting<'_>, &str, &str) -> Attempt; 6] = [
        |acting, operator, _| acting.change_operator(operator, &Grant::new()),
        |acting, operator, _| acting.remove_operator(operator),
        |acting, operator, _| acting.regenerate(operator, &operator_key(900), Duration::ZERO),
        |acting, _, token| acting.change_token(token, &Grant::new(), Expiry::Unchanged),
        |acting, _, token| acting.revoke_token(token),
        |acting, _, token| acting.rotate_token(token, &token_key(900), Duration::ZERO),
    ];
    let (above_operator, above_token) = (
        "caller access exceeded: `sue` may do more than who would change it, end it or take its key",
        "caller access exceeded: `t` may do more than who would change it, end it or take its key",
    );
    let cases = [
        (&[][..], None),
        (&[(&["x"][..], &["brand:a"][..]), (&["inspector"], &["brand:b"])], None),
        (&[(&["x"], &["brand:b", "site:1"]), (&[], &["site:3"]), (&["clerk"], &["brand:a"])], None),
        (&[(&["x"], &["brand:a"]), (&["inspector"], &["brand:a"])], Some([above_operator, above_token])),
        (&[(&["x"], &["brand:a"]), (&["y"], &[])], Some([above_operator, above_token])),
        (&[(&["x"], &["brand:a"]), (&["x"], &["brand:a", "brand:b"])], Some([above_operator, above_token])),
        (&[(&["tally"], &[]), (&["x"], &["brand:a"])], Some([above_operator, above_token])),
    ];
    for (theirs, refused) in cases {
        house.done("olivia", |acting| acting.change_operator("sue", &union(theirs)));
        house.done("olivia", |acting| acting.change_token("t", &union(theirs), Expiry::Unchanged));
        for (place, touch) in touches.iter().enumerate() {
            let note = format!("{theirs:?}, {place}");
            let attempt = touch(&house.acting("gwen"), "sue", "t");
            match refused {
                None => assert_done(&note, attempt),
                Some(messages) => assert_refused(&note, attempt, (EXCEEDED, 403, messages[place / 3])),
            }
        }
    }
    // Of a stored record that can't be, what it allows is not known.
    let many: Grant = (0..17).flat_map(|number| grant(&["x"], &["brand:a", &format!("site:{number}")])).collect();
    let twice = union(&[(&["x"], &["brand:a"]), (&["x"], &["brand:a"])]);
    let stray = union(&[(&["x"], &["brand:a"]), (&["gone"], &["brand:a"])]);
    for theirs in [many, twice, stray] {
        let house = house.with_record("sue", |record| record.with_grant(theirs.clone()));
        let house = house.with_record("t", |record| record.with_grant(theirs.clone()));
        for (place, touch) in touches.iter().enumerate() {
            let actor = ["sue", "t"][place / 3];
            let message = format!(
                "caller access exceeded: `{actor}` has a role or condition that isn't there, \
                 and only an administrator may do this"
            );
            let attempt = touch(&house.acting("gwen"), "sue", "t");
            assert_refused(&format!("{theirs:?}, {place}"), attempt, (EXCEEDED, 403, &message));
            assert_done(&format!("{theirs:?}, {place}"), touch(&house.acting("olivia"), "sue", "t"));
        }
    }
}

#[test]
fn a_deleted_role_is_taken_out_of_every_assignment_and_the_same_become_one() {
    let mut house = house();
    let key = token_key(800);
    let several = union(&[
        (&["x", "inspector"], &["brand:a", "brand:b"]),
        (&["inspector", "y"], &[]),
        (&["x"], &["brand:b", "brand:a"]),
        (&["inspector"], &["site:1"]),
        (&["y"], &[]),
        (&["x"], &["brand:a"]),
    ]);
    house.done("olivia", |acting| acting.create_token("several", &several, &key, None));
    house.token("olivia", "one", &grant(&["inspector"], &["brand:a"]));
    house.token("olivia", "nothing", &union(&[(&["inspector"], &[]), (&[], &[])]));
    let untouched = union(&[(&["x"], &[]), (&["y"], &[])]);
    house.done("olivia", |acting| acting.change_token("t", &untouched, Expiry::Unchanged));
    house.done("olivia", |acting| acting.regenerate("gwen", &operator_key(801), Duration::from_secs(1)));
    assert!(house.account.holders("inspector").eq(["gwen", "nothing", "one", "several"]));

    let attempt = house.acting("olivia").delete_role("inspector");
    let audit = attempt.audit().clone();
    assert_eq!((audit.target(), &*audit.operation().to_string()), ("inspector", "accessPolicies:delete"));
    assert!(audit.affected().eq(["gwen", "nothing", "one", "several"]), "{audit:?}");
    house.account = attempt.into_result().unwrap().account().clone();
    let left = |actor: &str| house.record(actor).grant().clone();
    let x_of_both = (&["x"][..], &["brand:a", "brand:b"][..]);
    assert_eq!(left("several"), union(&[x_of_both, (&["y"], &[]), (&[], &["site:1"]), (&["x"], &["brand:a"])]));
    assert_eq!((left("one"), left("nothing"), left("t")), (grant(&[], &["brand:a"]), Grant::new(), untouched));
    let of_gwen = union(&[(&["clerk", "x"], &["brand:a"]), (&["clerk"], &["brand:b"])]);
    let records = house.account.records().filter(|record| record.actor() == "gwen");
    let grants: Vec<&Grant> = records.map(KeyRecord::grant).collect();
    assert_eq!(grants, [&of_gwen; 2], "also of the key in its grace");

    // The record is good for as much as before: it authenticates, and decides without the role.
    let authenticator = Authenticator::new(&schema(), format());
    authenticator.set_roles(house.account.roles().clone(), house.account.version()).unwrap();
    let store = MemoryStore::from_records(house.account.records().cloned()).unwrap();
    let authenticated = authenticator.authenticate(&store, key.key.reveal(), at(NOW)).unwrap();
    for access in [authenticated.access(), &house.account.access(house.record("several")).unwrap()] {
        assert_eq!((access.assignments().len(), access.missing_roles().count()), (4, 0));
        let may = |operation: &str, brand: &str| {
            access.decide(operation, &ResourceView::new("products", "a1", &json!({"brand": brand}))).is_allow()
        };
        assert!(may("read", "a") && may("read", "b") && !may("read", "c") && !may("list", "a"));
        assert!(access.decide("read", &ResourceView::new("places", "a1", &())).is_allow());
    }
    // What is left may be given back as it stands.
    let again = house.acting("olivia").change_token("several", &left("several"), Expiry::Unchanged);
    assert_done("again", again);

    // Made again, a role is given to nobody.
    house.done("olivia", |acting| acting.create_role(role("inspector", &["products:*"])));
    assert_eq!(house.account.holders("inspector").len(), 0);
    // Who still has it by another way than the administration loses it when it is made.
    let stray = union(&[(&["ghost", "x"], &["brand:a"]), (&["x"], &["brand:a"]), (&["ghost"], &[])]);
    house = house.with_record("t", |record| record.with_grant(stray.clone()));
    house.done("olivia", |acting| acting.create_role(role("ghost", &["products:*"])));
    assert_eq!(*house.record("t").grant(), union(&[(&["x"], &["brand:a"]), (&[], &[])]));
}

#[test]
fn a_token_administers_nothing_by_any_of_its_assignments() {
    let mut house = house();
    let strong = union(&[(&["x"], &["brand:a"]), (&["admin"], &[]), (&["clerk", "all"], &["site:1"]), (&["all"], &[])]);
    house.done("olivia", |acting| acting.change_token("t", &strong, Expiry::Unchanged));
    assert_eq!(house.account.administrators(), 1, "a token is no administrator");
    let acting = house.acting("t");
    for (note, attempt) in [
        ("role", acting.create_role(role("new", &[]))),
        ("delete", acting.delete_role("x")),
        ("token", acting.create_token("new", &Grant::from_iter([]), &token_key(900), None)),
        ("operator", acting.invite("new", &Grant::new(), &operator_key(900))),
        ("change", acting.change_operator("sue", &Grant::new())),
        ("revoke", acting.revoke_token("t")),
        ("rotate", acting.rotate_token("t", &token_key(900), Duration::ZERO)),
    ] {
        assert_refused(note, attempt, ("not_for_access_tokens", 403, "not for access tokens"));
    }
    let access = house.account.access(house.record("t")).unwrap();
    for name in keyward::schema::ADMINISTRATION {
        let resource = ResourceView::new(name, "a1", &());
        assert!(!access.decide("create", &resource).is_allow() && !access.decide("delete", &resource).is_allow());
        assert!(!access.decide_update(&resource, &resource).is_allow());
        assert!(access.decide("read", &resource).is_allow(), "{name}");
    }
}

fn digests(house: &House, next: &Grant) -> [Option<StateDigest>; 2] {
    let attempt = house.acting("olivia").change_token("t", next, Expiry::Unchanged);
    let audit = attempt.audit().clone();
    assert_done("change", attempt);
    [audit.before(), audit.after()]
}

#[test]
fn what_changes_between_assignments_changes_the_digest_of_the_state() {
    let mut house = house();
    let grants = [
        union(&[]),
        union(&[(&[], &[])]),
        union(&[(&[], &[]), (&[], &["brand:a"])]),
        union(&[(&["x"], &["brand:a"]), (&["y"], &[])]),
        union(&[(&["x"], &[]), (&["y"], &["brand:a"])]),
        union(&[(&["y"], &[]), (&["x"], &["brand:a"])]),
        union(&[(&["x", "y"], &["brand:a"])]),
        union(&[(&["x", "y"], &[])]),
        union(&[(&["x"], &["brand:a"]), (&["y"], &["brand:a"])]),
        union(&[(&["x", "y"], &["brand:a"]), (&[], &[])]),
        union(&[(&["x"], &["brand:a", "brand:b"]), (&["y"], &[])]),
        union(&[(&["x"], &["brand:a"]), (&["y"], &["brand:b"])]),
        union(&[(&["x"], &["brand:a"]), (&["x"], &["brand:b"])]),
        union(&[(&["x"], &["brand:a", "brand:b"])]),
    ];
    for (place, one) in grants.iter().enumerate() {
        house.done("olivia", |acting| acting.change_token("t", one, Expiry::Unchanged));
        for (other_place, other) in grants.iter().enumerate() {
            let [before, after] = digests(&house, other);
            assert!(before.is_some() && after.is_some());
            assert_eq!(before == after, place == other_place, "{one:?}\n{other:?}");
        }
    }
    // Of one assignment it is what it was before there could be several: audit logs are compared across versions.
    house.done("olivia", |acting| acting.change_token("t", &grant(&["x", "y"], &["brand:a"]), Expiry::Unchanged));
    let [before, after] = digests(&house, &Grant::new());
    let texts = [before, after].map(|digest| digest.unwrap().to_string());
    assert_eq!(texts, ["640134346afc3026d028a25c2035022f", "0d6fbd402e6dbe32479ede8573646af3"]);
}

#[test]
fn what_cannot_be_is_refused_with_its_code() {
    let mut house = house();
    let sites = |count: usize| (0..count).map(|number| Condition::new("site", number.to_string()).unwrap());
    let seventeen: Grant = sites(17).map(|site| Assignment::new().role("x").with_conditions([site])).collect();
    let roles = |range: std::ops::Range<usize>| Assignment::new().with_roles(range.map(|number| format!("r{number}")));
    house.account = (0..101).fold(house.account.clone(), |account, number| {
        let attempt = account.acting(house.record("olivia"), at(NOW)).create_role(role(&format!("r{number}"), &[]));
        attempt.into_result().unwrap().account().clone()
    });
    let of = |role: &str| Assignment::new().role(role);
    let invalid_assignments = "invalid_assignments";
    for (given, code, message) in [
        (seventeen, invalid_assignments, "invalid assignments: 17 assignments are too many, the most is 16"),
        (
            union(&[(&["x", "y"], &["brand:a", "site:1"]), (&[], &[]), (&["y", "x"], &["site:1", "brand:a"])]),
            invalid_assignments,
            "invalid assignments: an assignment with the same roles and conditions is there already",
        ),
        (
            [roles(0..50), roles(50..101)].into_iter().collect(),
            "invalid_policies",
            "invalid policies: 101 roles are too many, the most is 100",
        ),
        (
            [of("x").with_conditions(sites(128)), of("y").with_conditions(sites(129))].into_iter().collect(),
            "unsupported_conditions",
            "unsupported conditions: 257 conditions are too many, the most is 256",
        ),
        (union(&[(&["x"], &[]), (&["y", "z"], &[])]), "invalid_policies", "invalid policies: unknown role `z`"),
        (union(&[(&["x"], &[]), (&["y", "y"], &[])]), "invalid_policies", "invalid policies: role `y` is there twice"),
        (
            union(&[(&["x"], &[]), (&["y"], &["site:1", "sight:1"])]),
            "unsupported_conditions",
            "unsupported conditions: unknown condition `sight`",
        ),
        (
            union(&[(&["x"], &[]), (&["y"], &["site:1", "site:1"])]),
            "unsupported_conditions",
            "unsupported conditions: condition `site:1` is there twice",
        ),
    ] {
        for attempt in givings(&house.acting("olivia"), &given) {
            let error = refusal(message, attempt);
            assert_eq!((error.code(), error.status()), (code, 400), "{error}");
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }
    for most in [
        sites(16).map(|site| of("x").with_conditions([site])).collect(),
        [roles(0..50), roles(50..100)].into_iter().collect(),
        [of("x").with_conditions(sites(128)), of("y").with_conditions(sites(128))].into_iter().collect::<Grant>(),
    ] {
        for attempt in givings(&house.acting("olivia"), &most) {
            assert_done("the most", attempt);
        }
    }
    // The account is kept, and read again, with all of them.
    let most: Grant = sites(16).map(|site| of("x").with_conditions([site])).collect();
    house.done("olivia", |acting| acting.change_token("t", &most, Expiry::Unchanged));
    let kept = serde_json::to_string(&house.account.records().collect::<Vec<_>>()).unwrap();
    let read: Vec<KeyRecord> = serde_json::from_str(&kept).unwrap();
    let read = Account::load(house.account.roles().clone(), house.account.version(), read).unwrap();
    assert!(read.records().eq(house.account.records()));
    assert_eq!(read.access(read.actor("t").unwrap()).unwrap().assignments().len(), 16);
    assert!(house.record("olivia").grant().has_role(Role::ADMIN));
}
