//! From a new account to a decision, and back to a key that is good no more.

use std::time::Duration;

use keyward::{
    Authenticator, Operation, ResourceView,
    administration::{Account, AccountStore, Acting, Attempt, Expiry, MemoryAccounts},
    authenticate::{AuthenticationError, RefusalCause},
};
use serde_json::json;

use super::house::{NOW, at, format, grant, operator_key, role, schema, token_key};

/// A service: it stores what is done, and tells its authenticator.
struct Service {
    accounts: MemoryAccounts,
    authenticator: Authenticator,
}

impl Service {
    fn founded() -> Self {
        let accounts = MemoryAccounts::new();
        let founded = Account::create(&schema(), "a1", "olivia", &operator_key(1), at(NOW)).into_result().unwrap();
        accounts.commit(&founded).unwrap();
        let authenticator = Authenticator::new(&schema(), format());
        authenticator.set_roles(founded.account().roles().clone(), founded.account().version()).unwrap();
        Self { accounts, authenticator }
    }

    /// Authenticates the key, and acts as its holder.
    fn act(&self, key: &str, now: u64, what: impl FnOnce(&Acting<'_>) -> Attempt) -> Result<(), String> {
        let keys = &**self.accounts.keys();
        let authenticated = self.authenticator.authenticate(keys, key, at(now)).map_err(|error| error.to_string())?;
        let account = self.accounts.load(authenticated.record().account()).unwrap().unwrap();
        let attempt = what(&account.acting(authenticated.record(), at(now)));
        let change = attempt.into_result().map_err(|error| error.to_string())?;
        self.accounts.commit(&change).unwrap();
        self.authenticator.set_roles(change.account().roles().clone(), change.account().version()).unwrap();
        Ok(())
    }

    fn may(&self, key: &str, now: u64, operation: Operation, brand: &str) -> Result<bool, RefusalCause> {
        let product = json!({"brand": brand});
        let product = ResourceView::new("products", "a1", &product);
        match self.authenticator.authenticate(&**self.accounts.keys(), key, at(now)) {
            Ok(authenticated) => Ok(authenticated.access().decide(operation, &product).is_allow()),
            Err(AuthenticationError::Refused(refusal)) => Err(refusal.cause().clone()),
            Err(AuthenticationError::Store(never)) => match never {},
            Err(AuthenticationError::Behind(behind)) => panic!("{behind}"),
        }
    }
}

#[test]
fn from_founding_to_revocation() {
    let service = Service::founded();
    let olivia = operator_key(1).key.reveal().to_owned();
    let token = token_key(2).key.reveal().to_owned();
    assert_eq!(service.may(&token, NOW, Operation::READ, "a"), Err(RefusalCause::Unknown));

    service.act(&olivia, NOW, |acting| acting.create_role(role("inspector", &["products:read"]))).unwrap();
    let given = grant(&["inspector"], &["brand:a"]);
    service.act(&olivia, NOW, |acting| acting.create_token("t1", &given, &token_key(2), Some(at(NOW + 9)))).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "a"), Ok(true));
    assert_eq!(service.may(&token, NOW, Operation::READ, "b"), Ok(false));
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "a"), Ok(false));
    assert_eq!(service.may(&token, NOW + 9, Operation::READ, "a"), Err(RefusalCause::Expired { at: at(NOW + 9) }));

    // The next request sees each change.
    service.act(&olivia, NOW, |acting| acting.alter_role(role("inspector", &["products:delete"]))).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "a"), Ok(false));
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "a"), Ok(true));
    service
        .act(&olivia, NOW, |acting| acting.change_token("t1", &grant(&["inspector"], &["brand:b"]), Expiry::Unchanged))
        .unwrap();
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "a"), Ok(false));
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "b"), Ok(true));
    assert_eq!(
        service.may(&token, NOW + 9, Operation::DELETE, "b"),
        Err(RefusalCause::Expired { at: at(NOW + 9) }),
        "another grant doesn't lengthen its life"
    );

    // A role that is gone is taken from the token; one of the same id has to be given again.
    service.act(&olivia, NOW, |acting| acting.delete_role("inspector")).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "b"), Ok(false));
    service.act(&olivia, NOW, |acting| acting.create_role(role("inspector", &["products:read"]))).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "b"), Ok(false));
    let again = grant(&["inspector"], &["brand:b"]);
    service.act(&olivia, NOW, |acting| acting.change_token("t1", &again, Expiry::Unchanged)).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "b"), Ok(true));
    assert_eq!(service.may(&token, NOW, Operation::DELETE, "b"), Ok(false));

    let refused = service.act(&token, NOW, |acting| acting.revoke_token("t1")).unwrap_err();
    assert_eq!(refused, "not for access tokens");
    service.act(&olivia, NOW, |acting| acting.revoke_token("t1")).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "b"), Err(RefusalCause::Revoked));
    assert_eq!(service.act(&token, NOW, |acting| acting.revoke_token("t1")).unwrap_err(), "the key is not valid");
    // Its id may come back; its key doesn't.
    service.act(&olivia, NOW, |acting| acting.create_token("t1", &given, &token_key(3), None)).unwrap();
    assert_eq!(service.may(&token, NOW, Operation::READ, "a"), Err(RefusalCause::Revoked));
    assert_eq!(service.may(token_key(3).key.reveal(), NOW, Operation::READ, "a"), Ok(true));
}

#[test]
fn regenerated_without_grace_and_with() {
    let service = Service::founded();
    let key = |number: u64| operator_key(number).key.reveal().to_owned();
    let read = |number: u64, now: u64| service.may(&key(number), now, Operation::READ, "a");
    let regenerate = |by: u64, new: u64, now: u64, grace: u64| {
        let grace = Duration::from_millis(grace);
        service.act(&key(by), now, |acting| acting.regenerate("olivia", &operator_key(new), grace))
    };
    regenerate(1, 2, NOW, 0).unwrap();
    assert_eq!((read(1, NOW), read(2, NOW)), (Err(RefusalCause::Revoked), Ok(true)));
    assert_eq!(read(1, NOW - 1), Err(RefusalCause::Revoked), "whatever a clock says");
    assert_eq!(regenerate(1, 3, NOW, 0).unwrap_err(), "the key is not valid");

    regenerate(2, 3, NOW, 10).unwrap();
    assert_eq!((read(2, NOW + 9), read(3, NOW + 9)), (Ok(true), Ok(true)));
    assert_eq!(read(2, NOW + 10), Err(RefusalCause::Expired { at: at(NOW + 10) }));
    assert_eq!(
        regenerate(2, 4, NOW + 5, 0).unwrap_err(),
        "the key was replaced: until its grace ends it authenticates, but administers nothing"
    );

    // Again within the grace: the first one ends now.
    regenerate(3, 4, NOW + 5, 10).unwrap();
    assert_eq!(
        (read(2, NOW + 5), read(3, NOW + 5), read(4, NOW + 5)),
        (Err(RefusalCause::Revoked), Ok(true), Ok(true))
    );
}

#[test]
fn a_key_in_its_grace_is_narrowed_and_ended_with_its_owner() {
    let service = Service::founded();
    let key = |number: u64| operator_key(number).key.reveal().to_owned();
    service.act(&key(1), NOW, |acting| acting.create_role(role("reader", &["products:read,delete"]))).unwrap();
    let given = grant(&["reader"], &[]);
    service.act(&key(1), NOW, |acting| acting.invite("frank", &given, &operator_key(2))).unwrap();
    let grace = Duration::from_millis(10);
    service.act(&key(2), NOW, |acting| acting.regenerate("frank", &operator_key(3), grace)).unwrap();
    let reads = |brand| [2, 3].map(|number| service.may(&key(number), NOW, Operation::READ, brand));
    assert_eq!(reads("b"), [Ok(true), Ok(true)]);

    service.act(&key(1), NOW, |acting| acting.change_operator("frank", &grant(&["reader"], &["brand:a"]))).unwrap();
    assert_eq!((reads("b"), reads("a")), ([Ok(false), Ok(false)], [Ok(true), Ok(true)]));
    assert_eq!(service.may(&key(2), NOW + 10, Operation::READ, "a"), Err(RefusalCause::Expired { at: at(NOW + 10) }));

    service.act(&key(1), NOW, |acting| acting.remove_operator("frank")).unwrap();
    // Of an actor the key that ended last is kept.
    assert_eq!(reads("a"), [Err(RefusalCause::Unknown), Err(RefusalCause::Revoked)]);
    // Invited again, by the old keys nothing can be done.
    service.act(&key(1), NOW, |acting| acting.invite("frank", &given, &operator_key(4))).unwrap();
    assert_eq!(reads("a"), [Err(RefusalCause::Unknown), Err(RefusalCause::Revoked)]);
    assert_eq!(service.may(&key(4), NOW, Operation::READ, "b"), Ok(true));
}
