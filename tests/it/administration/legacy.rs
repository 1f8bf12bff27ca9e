//! States that a store may hold though nothing here makes them, clocks that can't be right, and what two steps would
//! give that one doesn't. Each was a way through.

use std::time::Duration;

use keyward::{
    Grant, Operation, ResourceView,
    administration::{Account, Expiry, MemoryAccounts},
    store::{KeyChange, KeyRecord, KeyStanding, KeyState, WritableKeyStore},
};
use serde_json::json;

use super::house::{House, NOW, assert_done, at, grant, operator_key, refusal, role, schema, token_key};

const EXCEEDED: &str = "caller_access_exceeded";

fn house_with(frank: &[&str]) -> House {
    let mut house = House::founded(&schema());
    for (id, permissions) in [
        ("small", frank),
        ("hr", &["operatorAccess:read"][..]),
        ("all", &["products:*", "places:*", "accessPolicies:*", "accessTokens:*", "operatorAccess:*"]),
    ] {
        house.done("olivia", |acting| acting.create_role(role(id, permissions)));
    }
    house.invite("olivia", "frank", &grant(&["small"], &[]));
    house
}

impl House {
    /// The same account, loaded with these records besides its own, each of which is changed first.
    fn loaded(&self, change: impl Fn(KeyRecord) -> KeyRecord, more: impl IntoIterator<Item = KeyRecord>) -> Self {
        let records = self.account.records().cloned().map(change).chain(more);
        let account = Account::load(self.account.roles().clone(), self.account.version(), records).unwrap();
        Self { account, keys: self.keys }
    }
}

fn reads(house: &House, key: keyward::key::KeyId, brand: &str) -> bool {
    let product = json!({"brand": brand, "site": "1"});
    let access = house.account.access(house.account.record(key).unwrap()).unwrap();
    access.decide(Operation::READ, &ResourceView::new("products", "a1", &product)).is_allow()
}

/// To take what one could not give is refused; so is to lower it first, and to take it then.
#[test]
fn lower_take_be_restored() {
    let mut house = house_with(&["products:read"]);
    house.invite("olivia", "beth", &grant(&["admin"], &["brand:a"]));
    house.invite("olivia", "ruth", &grant(&["all"], &[]));
    house.invite("olivia", "sue", &grant(&["hr"], &[]));
    house.token("olivia", "grows", &grant(&["admin"], &[]));
    let (beth, ruth) = (house.acting("beth"), house.acting("ruth"));
    for (note, attempt) in [
        ("take", beth.regenerate("sue", &operator_key(900), Duration::ZERO)),
        ("lower", beth.change_operator("sue", &Grant::new())),
        ("narrow", beth.change_operator("sue", &grant(&["hr"], &["brand:a"]))),
        ("remove", beth.remove_operator("sue")),
        ("take", ruth.rotate_token("grows", &token_key(900), Duration::ZERO)),
        ("lower", ruth.change_token("grows", &Grant::new(), Expiry::Unchanged)),
        ("revoke", ruth.revoke_token("grows")),
    ] {
        assert_eq!(refusal(note, attempt).code(), EXCEEDED, "{note}");
    }
    // What one could give, one may touch.
    house.invite("olivia", "tom", &grant(&["hr"], &["brand:a"]));
    let key = operator_key(901);
    house.done("beth", |acting| acting.regenerate("tom", &key, Duration::ZERO));
    house.done("olivia", |acting| acting.alter_role(role("hr", &["products:read"])));
    assert!(reads(&house, key.id, "a") && !reads(&house, key.id, "b"));
}

/// A record that was replaced and has no end was never in a grace: it has ended.
#[test]
fn what_has_ended_is_given_no_end_to_live_until() {
    let mut house = house_with(&["products:read"]);
    house.token("olivia", "t", &grant(&["all"], &[]));
    let dead = KeyRecord::issue(&token_key(700), "a1", "t").unwrap().with_state(KeyState::Replaced);
    house = house.loaded(|record| record, [dead]);
    house.done("olivia", |acting| acting.change_token("t", &grant(&["all"], &[]), Expiry::At(at(NOW + 1_000_000))));
    let after = house.account.record(token_key(700).id).unwrap();
    assert_eq!(after.standing(at(NOW)), KeyStanding::Revoked);
}

/// Two present keys of one actor: each is looked at.
#[test]
fn a_second_present_key_hides_no_administrator() {
    for (note, start) in [("in use", None), ("not yet", Some(at(NOW + 1)))] {
        let mut house = house_with(&["products:read"]);
        house.invite("olivia", "ruth", &grant(&["all"], &[]));
        house.invite("olivia", "adam", &grant(&["admin"], &[]));
        let second = KeyRecord::issue(&operator_key(700), "a1", "adam").unwrap().with_expiry(Some(at(NOW * 100)));
        let later = |record: KeyRecord| if record.actor() == "adam" { record.with_not_before(start) } else { record };
        let house = house.loaded(later, [second]);
        let ruth = house.acting("ruth");
        for attempt in [
            ruth.change_operator("adam", &Grant::new()),
            ruth.remove_operator("adam"),
            ruth.regenerate("adam", &operator_key(701), Duration::ZERO),
        ] {
            assert_eq!(refusal(note, attempt).code(), EXCEEDED, "{note}");
        }
        // Nor the last one, whose key is made a moment ahead of this clock.
        let second = KeyRecord::issue(&operator_key(702), "a1", "olivia").unwrap().with_expiry(Some(at(NOW * 100)));
        let ahead = |record: KeyRecord| {
            if record.actor() == "olivia" { record.with_created(at(NOW + 1)) } else { record.with_roles(["all"]) }
        };
        let house = house.loaded(ahead, [second]);
        assert_eq!(refusal(note, house.acting("ruth").remove_operator("olivia")).code(), EXCEEDED, "{note}");
    }
}

#[test]
fn no_key_is_made_at_the_end_of_time() {
    let house = house_with(&["products:read"]);
    let acting = house.account.acting(house.record("olivia"), at(u64::MAX));
    let message = "the clock says the end of time: no key is made or replaced then";
    for attempt in [
        acting.invite("bob", &grant(&["admin"], &[]), &operator_key(900)),
        acting.create_token("t", &grant(&[], &[]), &token_key(900), None),
        acting.regenerate("olivia", &operator_key(900), Duration::ZERO),
        Account::create(&schema(), "a2", "bob", &operator_key(900), at(u64::MAX)),
    ] {
        assert_eq!(attempt.into_result().unwrap_err().to_string(), message);
    }
}

#[test]
fn an_administrator_whose_record_cant_be_used_is_none_that_remains() {
    let mut house = house_with(&["products:read"]);
    house.invite("olivia", "adam", &grant(&["admin"], &[]));
    let many: Vec<String> = (0..101).map(|number| format!("r{number}")).chain(["admin".into()]).collect();
    for roles in [vec!["admin".to_owned(), "admin".to_owned()], many] {
        let house = house.with_record("adam", |record| record.with_roles(&roles));
        assert_eq!(house.account.administrators(), 1);
        let attempt = house.acting("olivia").remove_operator("olivia");
        assert_eq!(refusal("the last who can act", attempt).code(), "last_administrator");
    }
}

/// A full account, and a token with two present keys.
#[test]
fn a_token_makes_room_once_and_only_when_all_of_it_has_ended() {
    let house = house_with(&["accessTokens:create"]);
    let tokens = |second: Option<u64>| {
        let issue = |number, token: &str| KeyRecord::issue(&token_key(number), "a1", token).unwrap();
        let twice = [issue(3_000, "dd").with_expiry(Some(at(1))), issue(3_001, "dd").with_expiry(second.map(at))];
        let others = (0..98_u64).map(|number| issue(2_000 + number, &format!("t{number}")));
        house.loaded(|record| record, others.chain(twice))
    };
    let create = |house: &House| {
        house.acting("frank").create_token("new", &Grant::new(), &token_key(4_000), None).into_result().unwrap()
    };
    let expired = tokens(Some(2));
    let accounts = MemoryAccounts::new();
    let inserts: Vec<KeyChange> = expired.account.records().cloned().map(KeyChange::Insert).collect();
    accounts.keys().apply(&inserts).unwrap();
    accounts.keys().apply(create(&expired).keys()).unwrap();
    let made = create(&tokens(None));
    assert_eq!(made.account().record(token_key(3_001).id).map(KeyRecord::state), Some(KeyState::Active));
}

#[test]
fn a_key_in_its_grace_without_a_present_one_can_be_ended() {
    let house = house_with(&["products:read"]);
    let orphan = KeyRecord::issue(&operator_key(700), "a1", "gus").unwrap().with_roles(["all"]);
    let orphan = orphan.with_state(KeyState::Replaced).with_expiry(Some(at(u64::MAX / 2)));
    let house = house.loaded(|record| record, [orphan]);
    assert_eq!(house.account.holders("all").collect::<Vec<_>>(), ["gus"]);
    let acting = house.acting("olivia");
    assert_done("change", acting.change_operator("gus", &Grant::new()));
    assert_done("remove", acting.remove_operator("gus"));
    let replaced = refusal("regenerate", acting.regenerate("gus", &operator_key(701), Duration::ZERO));
    assert_eq!(replaced.code(), "key_not_replaceable");
}

#[test]
fn an_expired_token_stays_so_at_the_end_of_time() {
    let mut house = house_with(&["products:read"]);
    let key = token_key(900);
    house.done("olivia", |acting| acting.create_token("t", &grant(&["all"], &[]), &key, Some(at(NOW + 1))));
    let acting = house.account.acting(house.record("olivia"), at(u64::MAX));
    let attempt = acting.change_token("t", &grant(&["all"], &[]), Expiry::Never);
    assert_eq!(refusal("never", attempt).code(), "token_expired");
}
