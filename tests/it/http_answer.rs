//! The answer to each refusal, and what it must not tell.

use keyward::{
    Access, AccessError, Authenticator, Denial, Forbidden, Operation, ResourceView, Roles, Schema,
    administration::AdministrationError,
    authenticate::{AuthenticationError, Refusal},
    filter::{ListError, SqlError},
    http::{Challenge, CredentialError, Refused},
    key::{KeyFormat, KeyId, KeyPrefix},
};

fn answer(refused: &Refused) -> (u16, Option<String>, String) {
    let challenge = refused.challenge(&Challenge::new("r").unwrap());
    (refused.status(), challenge, serde_json::to_string(refused).unwrap())
}

fn expect(refused: impl Into<Refused>, status: u16, challenge: Option<&str>, code: &str, message: &str) {
    let refused = refused.into();
    let message = serde_json::to_string(message).unwrap();
    let body = format!(r#"{{"status":{status},"errors":[{message}],"code":"{code}"}}"#);
    assert_eq!(answer(&refused), (status, challenge.map(Into::into), body));
}

const BARE: Option<&str> = Some(r#"Bearer realm="r""#);
const REQUEST: Option<&str> = Some(r#"Bearer realm="r", error="invalid_request""#);
const TOKEN: Option<&str> = Some(r#"Bearer realm="r", error="invalid_token""#);
const SCOPE: Option<&str> = Some(r#"Bearer realm="r", error="insufficient_scope""#);

fn refusal() -> Refusal {
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    Authenticator::new(&Schema::builder().build().unwrap(), format).parse("no key").unwrap_err()
}

#[test]
fn credentials_and_keys() {
    expect(CredentialError::Missing, 401, BARE, "missing_credentials", "no credentials");
    let scheme = "authorization scheme is not supported";
    expect(CredentialError::UnsupportedScheme, 401, BARE, "missing_credentials", scheme);
    expect(CredentialError::Ambiguous, 400, REQUEST, "invalid_request", "more than one credential");
    expect(CredentialError::Malformed, 400, REQUEST, "invalid_request", "credential is malformed");
    expect(refusal(), 401, TOKEN, "invalid_token", "the key is not valid");
    let refused = AuthenticationError::<&str>::Refused(refusal());
    assert_eq!(Refused::from(&refused), Refused::from(&refusal()));
    assert_eq!(Refused::from(refused), Refused::from(refusal()));
    let failed = AuthenticationError::Store("password of the database");
    expect(&failed, 503, None, "unavailable", "try again later");
    expect(Refused::key_in_browser(), 403, None, "key_in_browser", "a key doesn't belong in a browser");
}

#[test]
fn a_denial_tells_no_value_and_no_other_account() {
    let schema = r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#;
    let roles = Roles::new(&Schema::from_json(schema).unwrap(), "a1").unwrap();
    let access = Access::builder(&roles).role("admin").condition("brand:secret-one").unwrap().build().unwrap();
    let attributes = [("brand", "secret-two")];
    let product = ResourceView::new("products", "a1", &attributes);
    let decision = access.decide(Operation::READ, &product);
    let denial = decision.denial().unwrap();
    expect(denial, 403, SCOPE, "condition_unmet", "condition `brand` is not met");
    assert_eq!(Refused::from(&Forbidden::from(*denial)), Refused::from(denial));
    let list = ListError::<SqlError>::from(*denial);
    assert_eq!((Refused::from(&list), Refused::from(list)), (Refused::from(denial), Refused::from(*denial)));
    // A mapping is the host's matter, and nothing of it is said.
    expect(ListError::Mapping("column of secrets"), 500, None, "internal", "internal error");

    // Of another account, every way of refusing says the same as of what there isn't.
    let (_, none, absent) = answer(&Refused::not_found());
    assert_eq!(none, None);
    let elsewhere = Forbidden::from(Denial::OtherAccount);
    for refused in [
        Refused::from(&Denial::OtherAccount),
        Refused::from(&elsewhere),
        Refused::from(&AdministrationError::Forbidden(elsewhere.clone())),
    ] {
        assert_eq!(answer(&refused), (404, None, absent.clone()));
    }
}

#[test]
fn a_missing_permission_is_named_where_it_can_be() {
    let missing = |resource| Refused::from(&Denial::PermissionMissing { resource, operation: "read" });
    let challenge = Challenge::new("r").unwrap();
    let scoped = missing("products").challenge(&challenge).unwrap();
    assert_eq!(scoped, r#"Bearer realm="r", error="insufficient_scope", scope="products:read""#);
    // A name from a request, in a host that asks by name: it can't end the header.
    for odd in ["a\"b", "a\r\nSet-Cookie: x", "\u{e9}", ""] {
        let value = missing(odd).challenge(&challenge).unwrap();
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value}");
    }
    assert_eq!(missing("a\"b").challenge(&challenge).as_deref(), SCOPE);
}

#[test]
fn the_administration() {
    let role = Access::builder(&Roles::new(&Schema::builder().build().unwrap(), "a1").unwrap());
    let unknown: AccessError = role.role("amdin").build().unwrap_err();
    assert!(unknown.to_string().contains("`admin`"), "{unknown}");
    let unknown = AdministrationError::from(unknown);
    expect(&unknown, 400, None, "invalid_policies", "invalid policies: there is no role `amdin`");

    let actor = || "frank".into();
    let key = KeyId::parse("00000000000000").unwrap();
    expect(&AdministrationError::UnknownKey, 401, TOKEN, "invalid_token", "the key is not valid");
    let for_operators = AdministrationError::NotForAccessTokens;
    expect(&for_operators, 403, SCOPE, "not_for_access_tokens", "not for access tokens");
    let managed = "role `admin` is managed: it can't be created, altered or deleted";
    expect(&AdministrationError::ManagedRole, 403, None, "managed_role", managed);
    expect(&AdministrationError::UnknownActor { actor: actor() }, 404, None, "not_found", "there is no `frank`");
    let duplicate = AdministrationError::DuplicateActor { actor: actor() };
    expect(&duplicate, 409, None, "duplicate_actor", "`frank` is in use");
    let there = AdministrationError::DuplicateKey { key };
    expect(&there, 409, None, "duplicate_key", "key `00000000000000` is there already");
    let last = AdministrationError::LastAdministrator;
    expect(&last, 409, None, "last_administrator", "the last administrator of the account");
}

#[test]
fn the_address_comes_last_and_is_escaped() {
    let refused = Refused::not_found().with_more_info("https://example.com/\"x\"");
    let body = serde_json::to_string(&refused).unwrap();
    assert!(body.ends_with(r#","moreInfo":"https://example.com/\"x\""}"#), "{body}");
}
