//! What the trackers of others tell: each test says what goes wrong there, and shows that it doesn't here.

use std::time::Duration;

use keyward::{
    Access, Condition, Grant, Operation, Permission, ResourceView, Role, Roles, Schema,
    administration::Attempt,
    document::Directory,
    filter::{MongoCollection, SqlColumn, SqlDialect, SqlTable},
    http::{
        CredentialError, OriginList, QueryParameter, Refused,
        cors::{Credentials, Origins, Policy},
        credential,
    },
    key::{KeyFormat, KeyPrefix},
    store::{KeyStanding, KeyState},
};
use serde_json::{Value, json};

use crate::{
    administration::house::{House, NOW, at, grant, operator_key, role, token_key},
    support,
};

fn schema() -> Schema {
    support::schema(&json!({
        "resources": {"things": {}, "places": {}},
        "conditions": {
            "owner": {"restricts": {"things": "owner"}},
            "state": {"restricts": {"things": "state"}},
            "path": {"values": "path", "restricts": {"things": "path"}},
            "source": {"values": "network", "restricts": {"things": "source"}},
        },
    }))
}

const ALL: &[&str] = &["things:*"];

fn access(permissions: &[&str], conditions: &[(&str, &str)]) -> Access {
    support::access(&schema(), permissions, conditions)
}

/// Whoever may do everything with things but those with this value.
fn all_but(name: &str, value: &str) -> Access {
    let roles = Roles::new(&schema(), support::ACCOUNT).unwrap().with(Role::new("r", ["things:*"]).unwrap()).unwrap();
    let condition = Condition::except(name, [value]).unwrap();
    Access::builder(&roles).role("r").conditions([condition]).unwrap().build().unwrap()
}

fn may(access: &Access, operation: Operation, attributes: &Value) -> bool {
    access.decide(operation, &ResourceView::new("things", support::ACCOUNT, attributes)).is_allow()
}

fn reads(access: &Access, attributes: &Value) -> bool {
    may(access, Operation::READ, attributes)
}

fn code(attempt: Attempt) -> &'static str {
    attempt.into_result().map_or_else(|error| error.code(), |_| "done")
}

const EXCEEDED: &str = "caller_access_exceeded";

// apache/casbin#242: a rule for `/project/1` also matches `/project/1/member`.
#[test]
fn a_text_is_no_beginning() {
    let access = access(ALL, &[("owner", "/project/1")]);
    assert!(reads(&access, &json!({"owner": "/project/1"})));
    assert!(
        !reads(&access, &json!({"owner": "/project/1/member"})) && !reads(&access, &json!({"owner": "/project/10"}))
    );
}

// apache/casbin#1392: a pattern that can't be read, `*/admin/*`, matches `/some/admin/v1`.
#[test]
fn a_star_is_no_pattern() {
    let access = access(ALL, &[("owner", "*/admin/*")]);
    assert!(!reads(&access, &json!({"owner": "/some/admin/v1"})) && reads(&access, &json!({"owner": "*/admin/*"})));
    assert!("*/admin/*:read".parse::<Permission>().is_err() && "thing*:read".parse::<Permission>().is_err());
}

// apache/casbin-pycasbin#84: a rule for the page at `/` opens every address.
#[test]
fn there_is_no_path_to_everything() {
    let roles = Roles::new(&schema(), support::ACCOUNT).unwrap();
    for root in ["/", "", "a/", "/a", "a//b"] {
        let condition = Condition::new("path", root).unwrap();
        assert!(Access::builder(&roles).role("admin").conditions([condition]).unwrap().build().is_err(), "{root:?}");
    }
    let access = access(ALL, &[("path", "a")]);
    assert!(reads(&access, &json!({"path": "a/b"})) && !reads(&access, &json!({"path": "b"})));
}

// stalniy/casl#810: asked of a type and no instance, a rule with conditions allows.
#[test]
fn a_thing_of_which_nothing_is_known_is_denied() {
    let access = access(ALL, &[("state", "published")]);
    assert!(
        !may(&access, Operation::DELETE, &json!({})) && may(&access, Operation::DELETE, &json!({"state": "published"}))
    );
    // What only says that a role grants it is another question, with another name.
    assert!(access.permits(Operation::DELETE, "things"));
}

// stalniy/casl#170: where there are only rules of what is forbidden, the query has everything else.
#[test]
fn what_is_excepted_grants_nothing() {
    let roles = Roles::new(&schema(), support::ACCOUNT).unwrap();
    let condition = Condition::except("state", ["private"]).unwrap();
    let access = Access::builder(&roles).conditions([condition]).unwrap().build().unwrap();
    assert!(!reads(&access, &json!({"state": "public"})) && access.filter("things").is_nothing());
}

// stalniy/casl#1072: an operator means one thing in memory and another in MongoDB, for what is absent or null.
#[test]
fn what_is_absent_or_null_is_the_same_in_a_list() {
    let access = all_but("state", "private");
    let filter = access.filter("things");
    for thing in
        [json!({}), json!({"state": null}), json!({"state": []}), json!({"state": "private"}), json!({"state": 1.5})]
    {
        assert!(!may(&access, Operation::LIST, &thing) && !filter.passes(&thing), "{thing}");
    }
    let public = json!({"state": "public"});
    assert!(may(&access, Operation::LIST, &public) && filter.passes(&public));
    let collection = MongoCollection::of_one_account(support::ACCOUNT).field("state", "state").unwrap();
    let query = support::json(&access.mongo("things", &collection).unwrap()).to_string();
    assert!(query.contains(r#""$type""#), "the query asks of a value that it is one: {query}");
}

// cerbos/cerbos#1055: of two alternatives the first reads what isn't there, and the second isn't looked at.
#[test]
fn what_is_absent_in_one_assignment_spoils_no_other() {
    let roles = Roles::new(&schema(), support::ACCOUNT).unwrap();
    let grant =
        Grant::new().role("admin").condition("owner:foo").unwrap().or().role("admin").condition("state:bar").unwrap();
    let access = Access::builder(&roles).grant(grant).build().unwrap();
    assert!(reads(&access, &json!({"state": "bar"})) && reads(&access, &json!({"owner": "foo"})));
    assert!(!reads(&access, &json!({"owner": "bar", "state": "foo"})));
}

// cerbos/query-plan-adapters#289: the plan says "always allowed" where the check denies what lacks the attribute.
#[test]
fn a_list_is_never_everything_where_a_condition_is() {
    let access = all_but("owner", "nobody");
    assert!(!access.filter("things").is_everything() && !access.filter("things").passes(&json!({})));
    let table = SqlTable::of_one_account(SqlDialect::Sqlite, support::ACCOUNT);
    let absent = table.column("owner", SqlColumn::absent()).unwrap();
    assert!(access.sql("things", &absent).unwrap().parameters().is_empty(), "no row passes, whatever is asked");
}

// cerbos/query-plan-adapters#436: the database takes `a` and `a ` for equal, and the check doesn't.
#[test]
fn a_database_compares_bytes() {
    let table = SqlTable::of_one_account(SqlDialect::MariaDb, support::ACCOUNT);
    let table = table.column("owner", SqlColumn::text("owner")).unwrap();
    let query = access(ALL, &[("owner", "a")]).sql("things", &table).unwrap().to_string();
    assert!(query.contains("utf8mb4_nopad_bin"), "{query}");
    assert!(!reads(&access(ALL, &[("owner", "a")]), &json!({"owner": "a "})));
}

// openfga/openfga#576: a list has an object of which the check says no.
#[test]
fn a_list_has_what_the_check_allows() {
    let accesses =
        [access(ALL, &[("owner", "a")]), all_but("owner", "a"), access(&["things:read"], &[]), access(ALL, &[])];
    let values =
        [json!(null), json!("a"), json!("A"), json!(["a", "b"]), json!([]), json!({"a": 1}), json!(1), json!(true)];
    for access in &accesses {
        let filter = access.filter("things");
        for thing in values.iter().map(|value| json!({"owner": value})).chain([json!({})]) {
            assert_eq!(filter.passes(&thing), may(access, Operation::LIST, &thing), "{thing}");
        }
    }
}

// openfga/openfga#524: what fails while a list is made is left out, and the answer is an empty list.
#[test]
fn a_list_that_can_not_be_made_is_an_error() {
    let table = SqlTable::of_one_account(SqlDialect::PostgreSql, support::ACCOUNT);
    let unmapped = access(ALL, &[("owner", "a")]).sql("things", &table).unwrap_err();
    assert_eq!((unmapped.status(), unmapped.to_string()), (500, "attribute `owner` is mapped to no column".into()));
    let denied = access(&["things:read"], &[]).sql("things", &table).unwrap_err();
    assert_eq!((denied.status(), denied.to_string()), (403, "no role grants `list` on `things`".into()));
}

// hasura/graphql-engine#5134: the empty value, compared with a column of uuids, fails every query of that caller.
#[test]
fn a_value_that_a_column_can_not_have_selects_nothing() {
    let table = SqlTable::of_one_account(SqlDialect::PostgreSql, support::ACCOUNT);
    let table = table.column("owner", SqlColumn::uuid("owner")).unwrap();
    let fragment = access(ALL, &[("owner", "")]).sql("things", &table).unwrap();
    assert!(fragment.parameters().is_empty(), "{fragment}");
}

// pulumi/pulumi-policy-opa#39: `not input.x` holds for what is absent, and not for `[]`, null or `""`.
#[test]
fn a_list_of_none_is_in_no_condition_and_no_exception() {
    for none in [json!({"owner": []}), json!({"owner": null}), json!({"owner": {}}), json!({})] {
        assert!(!reads(&access(ALL, &[("owner", "a")]), &none) && !reads(&all_but("owner", "a"), &none), "{none}");
    }
    assert!(reads(&all_but("owner", "a"), &json!({"owner": ""})), "the empty text is a text");
}

// eclipse-biscuit/biscuit#86: what is added to a token can't widen it, but keeps later checks from narrowing it.
#[test]
fn a_further_name_narrows_whatever_stands_before_it() {
    let wide = access(ALL, &[("owner", "a")]);
    let narrow = access(ALL, &[("owner", "a"), ("state", "x")]);
    assert!(narrow.is_within(&wide) && !wide.is_within(&narrow));
    assert!(!reads(&narrow, &json!({"owner": "a", "state": "y"})) && !reads(&narrow, &json!({"owner": "a"})));
}

// sipyourdrink-ltd/bernstein#4913: the reader drops a `when` that it doesn't know, and the rule holds without it.
#[test]
fn what_is_not_known_is_not_left_out() {
    let world = json!({
        "schema": {"resources": {"things": {}}, "conditions": {}},
        "accounts": [{"id": "a1", "accessTokens": [{"id": "t", "policies": ["admin"], "conditions": [], "when": "never"}]}],
    });
    let error = Directory::from_json(&world.to_string()).unwrap_err();
    assert!(error.to_string().contains("$.accounts[0].accessTokens[0].when: unknown field `when`"), "{error}");
}

// FusionAuth/fusionauth-issues#2811: a key without permissions may do everything.
#[test]
fn no_permissions_is_none() {
    let nothing = access(&[], &[]);
    assert!(!reads(&nothing, &json!({})) && nothing.filter("things").is_nothing());
    assert!(nothing.is_within(&access(&["places:read"], &[])));
}

// Cosmian/kms#909: whoever may `Get` with a `*` may also import.
#[test]
fn a_star_is_of_one_type_and_one_operation_is_one() {
    let every = access(&["places:*"], &[]);
    assert!(!reads(&every, &json!({})));
    let read = access(&["things:read"], &[]);
    assert!(reads(&read, &json!({})) && !may(&read, Operation::CREATE, &json!({})));
}

// LeanerCloud/CUDly#1301: a key that was made without scopes has all that its owner has.
#[test]
fn a_token_without_roles_has_nothing_of_its_maker() {
    let mut house = House::furnished();
    house.token("olivia", "t9", &Grant::new());
    let access = house.account.access(house.record("t9")).unwrap();
    assert!(!access.permits(Operation::READ, "products") && access.filter("products").is_nothing());
}

// decocms/studio#4180: a key that may only read, made by an administrator, passes as the administrator.
#[test]
fn a_token_of_an_administrator_is_none() {
    let mut house = House::furnished();
    house.token("olivia", "t9", &grant(&["inspector"], &[]));
    let acting = house.acting("t9");
    assert_eq!(code(acting.create_token("more", &Grant::new(), &token_key(900), None)), "not_for_access_tokens");
    assert_eq!(code(acting.create_role(role("more", &["products:*"]))), "not_for_access_tokens");
}

// calimero-network/core#3222: whoever may create keys creates a root key.
#[test]
fn to_create_tokens_is_not_to_give_everything() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.create_role(role("maker", &["accessTokens:create"])));
    house.invite("olivia", "mia", &grant(&["maker"], &[]));
    let acting = house.acting("mia");
    assert_eq!(code(acting.create_token("root", &grant(&["admin"], &[]), &token_key(900), None)), EXCEEDED);
    assert_eq!(code(acting.create_token("none", &Grant::new(), &token_key(900), None)), "done");
}

// LeanerCloud/CUDly#2069: what one may not give is looked up by its exact name, and given by `*`.
#[test]
fn a_star_is_given_by_what_it_covers() {
    let mut house = House::furnished();
    house.done("olivia", |acting| acting.create_role(role("every", &["products:*"])));
    let attempt = house.acting("manny").create_token("t9", &grant(&["every"], &[]), &token_key(900), None);
    let error = attempt.into_result().map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "caller access exceeded: permission `products:create,update,delete`");
}

// keycloak/keycloak#51249: a role that is required and then deleted is ignored, and the rule is weaker than before.
#[test]
fn a_deleted_role_makes_nobody_wider() {
    let mut house = House::furnished();
    house.invite("olivia", "ida", &grant(&["inspector", "y"], &["site:1"]));
    let before = house.account.access(house.record("ida")).unwrap();
    let things = json!({"site": "1"});
    house.done("olivia", |acting| acting.delete_role("y"));
    let after = house.account.access(house.record("ida")).unwrap();
    let of = |access: &Access, name| access.decide(Operation::READ, &ResourceView::new(name, "a1", &things)).is_allow();
    assert!(of(&before, "products") && of(&after, "products") && !after.permits(Operation::READ, "places"));
    assert!(after.is_within(&before) && !before.is_within(&after));
}

// keycloak/keycloak#24651: a user is deleted, and everyone has what was theirs.
#[test]
fn what_a_removed_operator_had_goes_to_nobody() {
    let mut house = House::furnished();
    let before = ["brenda", "frank", "steve", "t1"].map(|actor| house.account.access(house.record(actor)).unwrap());
    house.done("olivia", |acting| acting.remove_operator("manny"));
    let after = ["brenda", "frank", "steve", "t1"].map(|actor| house.account.access(house.record(actor)).unwrap());
    assert!(before.iter().zip(&after).all(|(before, after)| before.same_as(after)));
}

// keycloak/keycloak#51112 (CVE-2026-16106): who may not give a role takes it from others.
#[test]
fn nobody_takes_what_they_could_not_give() {
    let house = House::furnished();
    for attempt in [
        house.acting("manny").change_operator("bob", &Grant::new()),
        house.acting("brenda").change_operator("manny", &Grant::new()),
        house.acting("brenda").revoke_token("t1"),
    ] {
        assert_eq!(code(attempt), EXCEEDED);
    }
}

// bitwarden/server#467: an administrator who is not the owner lowers the owner.
#[test]
fn a_limited_administrator_does_not_touch_one_without_limits() {
    let house = House::furnished();
    assert_eq!(code(house.acting("cara").change_operator("olivia", &Grant::new())), EXCEEDED);
    assert_eq!(code(house.acting("cara").regenerate("olivia", &operator_key(900), Duration::ZERO)), EXCEEDED);
}

// unkeyed/unkey#4416: a customer's key with permissions of the right names passes for a root key.
#[test]
fn permissions_of_the_right_names_make_no_administrator() {
    let mut house = House::furnished();
    house.done("olivia", |acting| {
        acting.create_role(role("root", &["accessPolicies:*", "accessTokens:*", "operatorAccess:*"]))
    });
    house.invite("olivia", "ruth", &grant(&["root"], &[]));
    assert_eq!(code(house.acting("ruth").create_role(role("more", &[]))), "not_administrator");
    house.token("olivia", "t9", &grant(&["root"], &[]));
    let access = house.account.access(house.record("t9")).unwrap();
    assert!(!access.permits(Operation::CREATE, "accessTokens") && access.permits(Operation::READ, "accessTokens"));
}

// solana-foundation/solana-developer-platform#897: a replaced key is let in after its grace, out of a cache.
#[test]
fn a_grace_ends_at_its_very_end() {
    let mut house = House::furnished();
    let old = house.key("bob");
    house.done("bob", |acting| acting.regenerate("bob", &operator_key(900), Duration::from_millis(10)));
    let old = house.account.record(old).unwrap();
    assert_eq!((old.state(), old.expires()), (KeyState::Replaced, Some(at(NOW + 10))));
    let lives = [NOW, NOW + 9, NOW + 10, NOW + 11].map(|now| old.standing(at(now)) == KeyStanding::InUse);
    assert_eq!(lives, [true, true, false, false]);
}

// manosim/django-rest-framework-api-key#5: a request without a key is granted.
#[test]
fn no_key_is_no_access() {
    let missing = credential([], None, QueryParameter::Accepted).unwrap_err();
    assert_eq!((missing, missing.status()), (CredentialError::Missing, 401));
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    assert!(["", "null", "undefined"].iter().all(|text| format.parse(text).is_err()));
}

// IQSS/dataverse#4954, chocolatey/chocolatey.org#560: the answer to a wrong key has the key in it.
#[test]
fn a_refusal_does_not_repeat_the_key() {
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    let authenticator = keyward::Authenticator::new(&schema(), format);
    for text in ["hunter2-of-another-server", &*format!("{}x", operator_key(1).key.reveal())] {
        let refusal = authenticator.parse(text).unwrap_err();
        let answer = serde_json::to_string(&Refused::from(&refusal)).unwrap();
        let told = format!("{answer} {refusal} {refusal:?} {}", refusal.cause());
        assert!((0..text.len() - 8).all(|start| !told.contains(&text[start..start + 8])), "{told}");
    }
}

// gotify/server#1052: an origin in the list is looked for in the text, so `https://example.com.evil.net` is in it.
// gofiber/fiber#3690: `https://*.example.com` has `https://example.com`.
#[test]
fn an_origin_is_all_of_it() {
    let list = OriginList::new(["https://example.com", "https://*.example.org"]).unwrap();
    assert!(list.contains(b"https://example.com") && list.contains(b"https://a.example.org"));
    for origin in ["https://example.com.evil.net", "http://evil.net/https://example.com", "https://example.org"] {
        assert!(!list.contains(origin.as_bytes()), "{origin}");
    }
}

// rs/cors#197: `h*` with credentials reflects almost every origin.
// kent8192/reinhardt-web#2235: any origin with credentials is reflected, and `Vary` doesn't say so.
#[test]
fn credentials_are_for_listed_origins() {
    for origins in [Origins::any(), Origins::list(["h*"]), Origins::list(["https://*"])] {
        assert!(Policy::builder().origins(origins).credentials(Credentials::allow()).build().is_err());
    }
}

// jikig-ai/soleur#6334: an update looks at the stored row alone, and moves it to where the caller may not be.
#[test]
fn an_update_is_of_what_is_and_of_what_is_to_be() {
    let access = access(ALL, &[("owner", "a")]);
    let [own, other] = [json!({"owner": "a"}), json!({"owner": "b"})];
    let of = |account, attributes| ResourceView::new("things", account, attributes);
    assert!(access.decide_update(&of("acme", &own), &of("acme", &own)).is_allow());
    assert!(!access.decide_update(&of("acme", &own), &of("acme", &other)).is_allow());
    assert!(!access.decide_update(&of("acme", &other), &of("acme", &own)).is_allow());
    assert!(!access.decide_update(&of("acme", &own), &of("emca", &own)).is_allow());
}

// pendulum-project/ntpd-rs#2131, brazilofmux/tinymux#800: a rule for an IPv4 block doesn't see `::ffff:10.0.0.1`.
#[test]
fn a_mapped_address_is_its_ipv4_address() {
    for address in ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"] {
        let thing = json!({"source": address});
        assert!(reads(&access(ALL, &[("source", "10.0.0.0/16")]), &thing), "{address}");
        assert!(!reads(&all_but("source", "10.0.0.0/16"), &thing), "{address}");
    }
}

// getprobo/probo#1071: the only owner lowers themselves, and nobody can undo it.
#[test]
fn the_only_administrator_stays_one() {
    let house = House::founded(&crate::administration::house::schema());
    let acting = house.acting("olivia");
    assert_eq!(code(acting.change_operator("olivia", &Grant::new())), "last_administrator");
    assert_eq!(code(acting.change_operator("olivia", &grant(&["admin"], &["brand:a"]))), "last_administrator");
    assert_eq!(code(acting.remove_operator("olivia")), "last_administrator");
}
