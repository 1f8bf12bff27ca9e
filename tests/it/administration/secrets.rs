//! What is written about an operation holds no secret, and no digest of one.

use std::time::Duration;

use keyward::{
    administration::{Account, Attempt, Expiry},
    key::NewKey,
};
use serde_json::json;

use super::house::{House, NOW, at, grant, operator_key, role, schema, token_key};

/// All that can be printed of an attempt.
fn printed(attempt: &Attempt) -> String {
    let audit = attempt.audit();
    let json = serde_json::to_string(audit).unwrap() + &serde_json::to_string_pretty(audit).unwrap();
    let result = match attempt.clone().into_result() {
        Ok(change) => format!("{change:?} {:?} {:?}", change.account(), change.keys()),
        Err(refused) => format!("{refused} {refused:?} {refused:#?}"),
    };
    format!("{attempt:?} {attempt:#?} {audit:?} {} {json} {result}", audit.outcome())
}

/// What must be nowhere: the text, its secret part, and the digest as hexadecimal digits, as numbers, as text.
fn forbidden<K>(text: &str, new: &NewKey<K>) -> Vec<String> {
    let digest = serde_json::to_string(&new.digest).unwrap();
    let digest = digest.trim_matches('"').to_owned();
    assert!(digest.len() >= 32, "{digest}");
    let secret = text.rsplit('_').next().unwrap().to_owned();
    assert!(secret.len() > 30, "{secret}");
    let part = secret[..12].to_owned();
    vec![text.to_owned(), secret, part, digest.clone(), digest[..16].to_owned(), digest[digest.len() - 16..].to_owned()]
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let house = House::furnished();
    let (operator, token) = (operator_key(900), token_key(901));
    let mut never = forbidden(operator.key.reveal(), &operator);
    never.extend(forbidden(token.key.reveal(), &token));
    for number in 1..=10 {
        let known = operator_key(number);
        never.extend(forbidden(known.key.reveal(), &known));
    }
    let none = grant(&[], &[]);
    let mut attempts = vec![Account::create(&schema(), "a2", "olivia", &operator, at(NOW))];
    for actor in ["olivia", "brenda", "xavier", "frank"] {
        let acting = house.acting(actor);
        attempts.extend([
            acting.invite("new", &none, &operator),
            acting.invite("bob", &none, &operator),
            acting.invite("new", &grant(&["editor"], &[]), &operator),
            acting.invite("new", &none, &operator_key(1)),
            acting.create_token("new", &none, &token, None),
            acting.create_token("new", &grant(&["nope"], &[]), &token, None),
            acting.change_operator("manny", &none),
            acting.change_token("t1", &none, Expiry::Unchanged),
            acting.remove_operator("bob"),
            acting.revoke_token("t1"),
            acting.regenerate("olivia", &operator, Duration::ZERO),
            acting.regenerate("frank", &operator, Duration::MAX),
            acting.create_role(role("new", &[])),
            acting.alter_role(role("x", &[])),
            acting.delete_role("x"),
        ]);
        assert!(never.iter().all(|secret| !format!("{acting:?}").contains(secret)));
    }
    let done = attempts.iter().filter(|attempt| attempt.audit().outcome().to_string() == "done").count();
    assert!(done > 10 && done + 10 < attempts.len(), "{done} of {}", attempts.len());
    for attempt in &attempts {
        let printed = printed(attempt);
        for secret in &never {
            assert!(!printed.contains(secret), "`{secret}` in {printed}");
        }
    }
}

#[test]
fn an_audit_record_as_it_is_written() {
    let house = House::furnished();
    let written = |attempt: Attempt| serde_json::to_value(attempt.audit()).unwrap();
    let key = house.key("frank");
    let refused = written(house.acting("frank").revoke_token("t1"));
    let before = refused["before"].as_str().unwrap().to_owned();
    assert_eq!(before.len(), 32);
    let reason = "no role grants `delete` on `accessTokens`";
    let wanted = json!({
        "at": NOW, "account": "a1", "actor": "frank", "key": key.as_str(), "operation": "accessTokens:delete",
        "target": "t1", "before": before, "after": before,
        "outcome": {"refused": {"code": "permission_missing", "reason": reason}},
    });
    assert_eq!(refused, wanted);
    let done = written(house.acting("olivia").revoke_token("t1"));
    assert_eq!((&done["before"], &done["after"], &done["outcome"]), (&json!(before), &json!(null), &json!("done")));
}

#[test]
fn digests_are_equal_exactly_where_the_state_is() {
    let mut house = House::furnished();
    let changes = |attempt: Attempt| {
        let (before, after) = (attempt.audit().before(), attempt.audit().after());
        drop(attempt.into_result().unwrap());
        before != after
    };
    let acting = house.acting("olivia");
    assert!(!changes(acting.change_token("t1", &grant(&["inspector"], &[]), Expiry::Unchanged)), "what it has already");
    assert!(changes(acting.change_token("t1", &grant(&["inspector"], &["brand:a"]), Expiry::Unchanged)));
    assert!(!changes(acting.alter_role(role("x", &["products:read"]))), "what it is already");
    assert!(changes(acting.alter_role(role("x", &["products:list"]))));
    assert!(changes(acting.regenerate("frank", &operator_key(900), Duration::ZERO)));
    assert!(changes(acting.regenerate("frank", &operator_key(900), Duration::from_secs(1))));

    // Lists that read the same when they are joined.
    let digest = |house: &House, roles: &[&str], conditions: &[&str]| {
        house.acting("olivia").change_token("t1", &grant(roles, conditions), Expiry::Unchanged).audit().after()
    };
    for id in ["xy", "x,y"] {
        if let Ok(role) = keyward::Role::new(id, ["products:read"]) {
            house.done("olivia", |acting| acting.create_role(role));
        }
    }
    assert_ne!(digest(&house, &["x", "y"], &[]), digest(&house, &["xy"], &[]));
    assert_ne!(digest(&house, &["x"], &["brand:a", "brand:b"]), digest(&house, &["x"], &["brand:ab"]));
    assert_ne!(digest(&house, &["x"], &["brand:1"]), digest(&house, &["x"], &["brand:2"]));
    assert_ne!(digest(&house, &["x"], &["brand:1"]), digest(&house, &["x"], &["site:1"]));
    // The same grant for another is another state, and an operator's is not a token's.
    let acting = house.acting("olivia");
    let tx = acting.change_token("tx", &grant(&["x"], &[]), Expiry::Unchanged).audit().after();
    assert_ne!(tx, digest(&house, &["x"], &[]));
}

/// A key in the place of an id, as a person may paste it.
#[test]
fn a_key_that_is_pasted_as_an_id_is_not_repeated() {
    let house = House::furnished();
    let (operator, token) = (operator_key(900), token_key(901));
    let mut never = forbidden(operator.key.reveal(), &operator);
    never.extend(forbidden(token.key.reveal(), &token));
    for text in [operator.key.reveal().to_owned(), format!("x {} y", token.key.reveal())] {
        let none = grant(&[], &[]);
        for actor in ["olivia", "frank"] {
            let acting = house.acting(actor);
            for attempt in [
                acting.invite(&text, &none, &operator_key(902)),
                acting.create_token(&text, &none, &token_key(902), None),
                acting.change_operator(&text, &none),
                acting.change_token(&text, &none, Expiry::Unchanged),
                acting.remove_operator(&text),
                acting.revoke_token(&text),
                acting.regenerate(&text, &operator_key(902), Duration::ZERO),
                acting.rotate_token(&text, &token_key(902), Duration::ZERO),
                acting.delete_role(&text),
            ] {
                // What was done was asked for: an id of that form is one.
                if attempt.audit().outcome().to_string() == "done" {
                    assert_eq!(attempt.audit().target(), "…");
                    continue;
                }
                let printed = printed(&attempt);
                assert!(never.iter().all(|secret| !printed.contains(secret)), "{printed}");
            }
        }
    }
    // Nor is what is no id repeated at length.
    let long = "x".repeat(1 << 20);
    let attempt = house.acting("frank").revoke_token(&long);
    assert!(attempt.audit().target().len() < 100 && printed(&attempt).len() < 10_000);
}
