//! Acting in the context of a request: who is out of it administers nothing, and is told nothing.

use std::time::Duration;

use keyward::{
    Assignment, Condition, Grant, Role, Schema,
    administration::{Account, Acting, AdministrationError, Attempt, Expiry},
};
use serde_json::json;

use super::house::{NOW, at, operator_key, token_key};
use crate::support;

/// Olivia administers from anywhere, Mia from the office, and Vera may see operators there.
fn account() -> Account {
    let schema: Schema = support::schema(&json!({
        "resources": {"products": {}},
        "conditions": {"sourceIp": {"values": "network", "context": "ip"}},
    }));
    let account = Account::create(&schema, "acme", "olivia", &operator_key(1), at(NOW)).into_result().unwrap();
    let account = account.account().clone();
    let as_olivia = |account: &Account, act: &dyn Fn(&Acting<'_>) -> Attempt| {
        let olivia = account.actor("olivia").unwrap();
        act(&account.acting(olivia, at(NOW))).into_result().unwrap().account().clone()
    };
    let viewer = Role::new("viewer", ["operatorAccess:read,update,delete", "accessTokens:*", "products:read"]).unwrap();
    let account = as_olivia(&account, &|acting| acting.create_role(viewer.clone()));
    let account = as_olivia(&account, &|acting| acting.invite("mia", &in_office("admin"), &operator_key(2)));
    as_olivia(&account, &|acting| acting.invite("vera", &in_office("viewer"), &operator_key(3)))
}

fn in_office(role: &str) -> Grant {
    Grant::new().role(role).condition(Condition::new("sourceIp", "10.0.0.0/8").unwrap()).unwrap()
}

type Act = fn(&Acting<'_>) -> Attempt;

#[test]
fn who_is_out_of_the_context_does_nothing_and_is_told_nothing() {
    let account = account();
    let attempts: [(&str, Act); 7] = [
        ("create", |acting| acting.create_token("t", &in_office("viewer"), &token_key(9), None)),
        ("invite", |acting| acting.invite("new", &in_office("viewer"), &operator_key(9))),
        ("remove who is there", |acting| acting.remove_operator("vera")),
        ("remove who isn't", |acting| acting.remove_operator("nobody")),
        ("change who isn't", |acting| acting.change_token("nobody", &Grant::new(), Expiry::Unchanged)),
        ("the key of another", |acting| acting.regenerate("vera", &operator_key(9), Duration::ZERO)),
        ("one's own key", |acting| acting.regenerate("mia", &operator_key(9), Duration::ZERO)),
    ];
    for (note, attempt) in attempts {
        let mia = account.actor("mia").unwrap();
        for context in [&[][..], &[("ip", "192.0.2.1")], &[("ip", "10.1.2.3/8")], &[("address", "10.1.2.3")]] {
            let context = context.to_vec();
            let refused = attempt(&account.acting(mia, at(NOW)).in_context(&context)).into_result().unwrap_err();
            let AdministrationError::Forbidden(forbidden) = &refused else { panic!("{note}: {refused}") };
            assert_eq!(forbidden.redacted(), "condition `sourceIp` is not met", "{note}");
        }
        assert!(attempt(&account.acting(mia, at(NOW))).into_result().is_err(), "{note}");

        let office = [("ip", "10.1.2.3")];
        match attempt(&account.acting(mia, at(NOW)).in_context(&office)).into_result() {
            Err(AdministrationError::UnknownActor { .. }) => assert!(note.ends_with("isn't"), "{note}"),
            done => assert!(done.is_ok() && !note.ends_with("isn't"), "{note}"),
        }
    }
}

#[test]
fn a_key_of_several_assignments_is_in_its_context_by_one_of_them() {
    let account = account();
    let either = Grant::from_iter(["10.0.0.0/8", "192.0.2.0/24"].map(|network| {
        let office = Condition::new("sourceIp", network).unwrap();
        Assignment::new().role("viewer").with_conditions([office])
    }));
    let olivia = account.actor("olivia").unwrap();
    let invited = account.acting(olivia, at(NOW)).invite("eve", &either, &operator_key(4)).into_result().unwrap();
    let account = invited.account();
    let eve = account.actor("eve").unwrap();
    for (ip, may) in [("10.1.2.3", true), ("192.0.2.7", true), ("198.51.100.1", false)] {
        let context = [("ip", ip)];
        let own = account.acting(eve, at(NOW)).in_context(&context).regenerate("eve", &operator_key(5), Duration::ZERO);
        assert_eq!(own.into_result().is_ok(), may, "{ip}");
    }
}

/// Neither an assignment that allows nothing, nor one that allows something else, lets a key out of its context.
#[test]
fn another_assignment_is_no_way_out_of_the_context() {
    let account = account();
    let olivia = account.actor("olivia").unwrap();
    let beside = |other: Assignment| -> Grant { in_office("viewer").into_iter().chain([other]).collect() };
    let reader = Role::new("reader", ["products:read"]).unwrap();
    let with_reader = account.acting(olivia, at(NOW)).create_role(reader).into_result().unwrap();
    for (other, may_own) in [(Assignment::new(), false), (Assignment::new().role("reader"), true)] {
        let acting = with_reader.account().acting(olivia, at(NOW));
        let invited = acting.invite("eve", &beside(other), &operator_key(4)).into_result().unwrap();
        let eve = invited.account().actor("eve").unwrap();
        let home = [("ip", "192.0.2.1")];
        let acting = invited.account().acting(eve, at(NOW)).in_context(&home);
        let own = acting.regenerate("eve", &operator_key(5), Duration::ZERO).into_result();
        assert_eq!(own.is_ok(), may_own);
        for target in ["vera", "nobody"] {
            let refused = acting.remove_operator(target).into_result().unwrap_err();
            let AdministrationError::Forbidden(forbidden) = &refused else { panic!("{target}: {refused}") };
            assert_eq!(forbidden.redacted(), "condition `sourceIp` is not met", "{target}");
        }
    }
}

#[test]
fn what_is_given_stays_within_the_givers_context() {
    let account = account();
    let mia = account.actor("mia").unwrap();
    let office = [("ip", "10.1.2.3")];
    let acting = account.acting(mia, at(NOW)).in_context(&office);
    let narrower =
        |value: &str| Grant::new().role("viewer").condition(Condition::new("sourceIp", value).unwrap()).unwrap();
    let create = |grant: &Grant| acting.create_token("t", grant, &token_key(9), None).into_result();
    assert!(create(&narrower("10.7.0.0/16")).is_ok());
    let except = Condition::except("sourceIp", ["10.0.0.0/8"]).unwrap();
    for wider in [Grant::new().role("viewer"), narrower("10.0.0.0/7"), narrower("::/0")] {
        assert!(create(&wider).is_err(), "{wider:?}");
    }
    assert!(create(&Grant::new().role("viewer").with_conditions([except])).is_err());
}
