//! Administration: who makes whom wider, and who touches whom.

use std::time::Duration;

use keyward::{
    Grant, Operation, ResourceView,
    administration::{Acting, Attempt},
};
use serde_json::json;

use super::Row;
use crate::administration::house::{House, NOW, at, grant, operator_key, role, token_key};

fn answer(attempt: Attempt) -> String {
    attempt.into_result().map_or_else(|error| format!("{}: {error}", error.status()), |_| "done".into())
}

/// What this actor of the furnished house gets for this.
fn by(actor: &str, what: fn(&Acting<'_>) -> Attempt) -> String {
    answer(what(&House::furnished().acting(actor)))
}

fn reads(house: &House, actor: &str) -> bool {
    let product = json!({"brand": "a", "site": "1"});
    let access = house.account.access(house.record(actor)).unwrap();
    access.decide(Operation::READ, &ResourceView::new("products", "a1", &product)).is_allow()
}

fn expired_tokens() -> String {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.create_token("t2", &Grant::new(), &token_key(900), Some(at(NOW + 1))));
    let later = house.account.acting(house.record("olivia"), at(NOW + 1));
    let again = answer(later.create_token("t2", &Grant::new(), &token_key(901), None));
    format!("{} in use, then {}; made again: {again}", house.account.tokens(at(NOW)), house.account.tokens(at(NOW + 1)))
}

fn a_role_made_again() -> String {
    let mut house = House::furnished();
    let before = reads(&house, "t1");
    house.done("olivia", |acting| acting.delete_role("inspector"));
    house.done("olivia", |acting| acting.create_role(role("inspector", &["products:*"])));
    format!("reads: {before}, then {}", reads(&house, "t1"))
}

fn holders_of_a_deleted_role() -> String {
    let mut house = House::furnished();
    house.invite("olivia", "ida", &grant(&["inspector", "manager"], &[]));
    house.done("olivia", |acting| acting.delete_role("inspector"));
    answer(house.acting("ida").invite("new", &Grant::new(), &operator_key(900)))
}

/// A token that someone made who then is removed, and one whose maker is lowered.
fn what_outlives_its_maker() -> String {
    let mut house = House::furnished();
    house.token("manny", "t2", &grant(&["inspector"], &[]));
    house.done("olivia", |acting| acting.remove_operator("manny"));
    let read = reads(&house, "t2");
    house.done("olivia", |acting| acting.alter_role(role("inspector", &[])));
    format!("reads: {read}, then {}", reads(&house, "t2"))
}

fn by_the_old_key_in_its_grace() -> String {
    let mut house = House::furnished();
    let old = house.record("bob").id();
    house.done("bob", |acting| acting.regenerate("bob", &operator_key(900), Duration::from_millis(500)));
    let old = house.account.record(old).unwrap();
    answer(house.account.acting(old, at(NOW + 1)).invite("new", &Grant::new(), &operator_key(901)))
}

fn the_last_administrator() -> String {
    let house = House::founded(&crate::administration::house::schema());
    let acting = house.acting("olivia");
    [acting.remove_operator("olivia"), acting.change_operator("olivia", &Grant::new())].map(answer).join("; ")
}

const EMPTY_LIMITS: &str = "Capgo CVE-2026-56216";
const QUALIFIER: &str = "hexpm CVE-2026-21621";
const FOR_ANOTHER: &str = "StudioCMS GHSA-667w-mmh7-mrr4";
const MINTS: &str = "cwms-data-api, beabee";
const HIGHER: &str = "sentry#7885, chainloop#2775";

const BEYOND: &str = "403: caller access exceeded: `products` where `brand` is anything but `a`, `b`";

pub(super) const ROWS: &[Row] = &[
    (
        "a limited operator makes a token without limits",
        EMPTY_LIMITS,
        || by("brenda", |acting| acting.create_token("t9", &grant(&["inspector"], &[]), &token_key(900), None)),
        BEYOND,
    ),
    (
        "a limited operator takes the limits off",
        EMPTY_LIMITS,
        || by("brenda", |acting| acting.change_operator("brenda", &grant(&["manager"], &[]))),
        "403: caller access exceeded: `products` where `brand` is anything but `a`, `b`",
    ),
    (
        "a limited operator names another limit",
        QUALIFIER,
        || by("brenda", |acting| acting.create_token("t9", &grant(&["inspector"], &["site:1"]), &token_key(900), None)),
        BEYOND,
    ),
    (
        "a limited operator gives the role that has all",
        QUALIFIER,
        || by("brenda", |acting| acting.create_token("t9", &grant(&["admin"], &["brand:a"]), &token_key(900), None)),
        "403: caller access exceeded: permission `places:create,read,update,delete,list`; permission `products:create,update,delete` where `brand` is `a`; permission `accessPolicies:read,list`",
    ),
    (
        "within the limits",
        QUALIFIER,
        || {
            by("brenda", |acting| {
                acting.create_token("t9", &grant(&["inspector"], &["brand:a"]), &token_key(900), None)
            })
        },
        "done",
    ),
    (
        "a key for another, who has more",
        FOR_ANOTHER,
        || by("manny", |acting| acting.regenerate("bob", &operator_key(900), Duration::ZERO)),
        "403: caller access exceeded: `bob` is an administrator, and only an administrator may do this",
    ),
    (
        "expired tokens fill the limit and keep their ids",
        "schautrack, nopecha",
        expired_tokens,
        "4 in use, then 3; made again: done",
    ),
    (
        "a token makes tokens",
        MINTS,
        || {
            let mut house = House::furnished();
            house.token("olivia", "root", &grant(&["admin"], &[]));
            answer(house.acting("root").create_token("t9", &Grant::new(), &token_key(900), None))
        },
        "403: not for access tokens",
    ),
    (
        "someone lower lowers someone higher",
        HIGHER,
        || by("manny", |acting| acting.change_operator("bob", &Grant::new())),
        "403: caller access exceeded: `bob` is an administrator, and only an administrator may do this",
    ),
    (
        "someone lower removes someone higher",
        HIGHER,
        || by("manny", |acting| acting.remove_operator("bob")),
        "403: caller access exceeded: `bob` is an administrator, and only an administrator may do this",
    ),
    ("a role that is made again arms old grants", "Yuzu#2220", a_role_made_again, "reads: true, then false"),
    ("a deleted role breaks who has it", "OpenMetadata#9504", holders_of_a_deleted_role, "done"),
    (
        "a limited administrator makes an administrator without limits",
        "keygen-api#1108",
        || by("cara", |acting| acting.invite("new", &grant(&["admin"], &[]), &operator_key(900))),
        "403: caller access exceeded: `products` where `brand` is anything but `a`",
    ),
    (
        "a limited administrator makes a role",
        "keygen-api#1108",
        || by("cara", |acting| acting.create_role(role("wide", &["products:*"]))),
        "403: only an administrator creates, alters or deletes roles",
    ),
    // A token is the account's: it goes on without its maker, and does what its roles say today.
    ("a key whose maker is gone", "virtool#674", what_outlives_its_maker, "reads: true, then false"),
    (
        "an invitation by the old key in its grace",
        "two steps that are each allowed",
        by_the_old_key_in_its_grace,
        "403: the key was replaced: until its grace ends it authenticates, but administers nothing",
    ),
    (
        "the last administrator",
        "getprobo/probo#1071",
        the_last_administrator,
        "409: the last administrator of the account; 409: the last administrator of the account",
    ),
];
