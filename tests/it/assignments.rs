//! Several assignments: what is refused, where; what records and documents say; the reasons of all; and the bound of
//! comparing.

use allocation_counter::measure;
use keyward::{
    Access, AccessError, Assignment, Condition, Decision, Denial, Grant, Operation, ResourceView, Role, Roles, Schema,
    compare::{AccessChange, Inclusion},
    document::{AccountDocument, Directory},
    key::{KeyDigest, KeyId, KeyKind},
    store::KeyRecord,
};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, schema};

fn shop() -> Schema {
    let names = (0..16).map(|number| (format!("c{number}"), json!({"restricts": {"things": format!("a{number}")}})));
    let conditions: serde_json::Map<String, Value> = names.collect();
    schema(&json!({"resources": {"things": {}, "places": {}}, "conditions": conditions}))
}

fn roles() -> Roles {
    let all = (0..101).map(|number| Role::new(format!("r{number}"), ["things:read,list,update"]).unwrap());
    Roles::new(&shop(), ACCOUNT).unwrap().with_all(all).unwrap()
}

fn of(role: &str, conditions: &[&str]) -> Assignment {
    conditions.iter().fold(Assignment::new().role(role), |of, text| of.condition(*text).unwrap())
}

fn build(assignments: impl IntoIterator<Item = Assignment>) -> Result<Access, AccessError> {
    Access::builder(&roles()).grant(assignments.into_iter().collect()).build()
}

#[test]
fn what_is_too_much_or_twice_is_refused() {
    let numbered = |count: usize| (0..count).map(|number| of(&format!("r{number}"), &[]));
    assert!(build(numbered(16)).is_ok());
    assert_eq!(build(numbered(17)).unwrap_err().to_string(), "17 assignments are too many, the most is 16");

    let halves = |of_roles: usize| {
        let of_range =
            |range: std::ops::Range<usize>| Assignment::new().with_roles(range.map(|number| format!("r{number}")));
        [of_range(0..50), of_range(50..of_roles)]
    };
    assert!(build(halves(100)).is_ok());
    assert_eq!(build(halves(101)).unwrap_err().to_string(), "101 roles are too many, the most is 100");

    let valued = |first: usize, second: usize| {
        let values = |count: usize| (0..count).map(|value| Condition::new("c0", value.to_string()).unwrap());
        let with = |count| Assignment::new().role("r0").with_conditions(values(count));
        [with(first), with(second)]
    };
    assert!(build(valued(100, 156)).is_ok());
    assert_eq!(build(valued(100, 157)).unwrap_err().to_string(), "257 conditions are too many, the most is 256");

    // The same in another order is the same.
    let twice = [of("r0", &["c0:a", "c1:b"]), of("r1", &[]), of("r0", &["c1:b", "c0:a"])];
    assert_eq!(build(twice).unwrap_err(), AccessError::DuplicateAssignment { index: 2 });
    // What is twice in one assignment; in two it may be.
    let role = build([of("r0", &[]), of("r1", &["c0:a"]).role("r1")]);
    assert_eq!(role.unwrap_err(), AccessError::DuplicateRole { assignment: 1, index: 1, id: "r1".into() });
    let condition = build([of("r0", &["c0:a"]), of("r1", &["c0:a", "c0:b", "c0:a"])]);
    assert!(matches!(condition, Err(AccessError::DuplicateCondition { assignment: 1, index: 2, .. })));
    assert!(matches!(build([of("r0", &[]), of("nobody", &[])]), Err(AccessError::UnknownRole { assignment: 1, .. })));
    let unsupported = build([of("r0", &[]), of("r1", &["c0:a", "cc:a"])]);
    assert!(matches!(unsupported, Err(AccessError::UnsupportedCondition { assignment: 1, index: 1, .. })));
}

/// A directory whose one token has these fields.
fn directory(token: &Value) -> Result<Directory, String> {
    let mut document = json!({
        "schema": {"resources": {"things": {}}, "conditions": {"c": {"restricts": {"things": "a"}}}},
        "accounts": [{
            "id": "acme",
            "accessPolicies": [{"id": "p", "permissions": ["things:read"]}, {"id": "q", "permissions": ["things:list"]}],
            "accessTokens": [{"id": "t"}],
        }],
    });
    let fields = document["accounts"][0]["accessTokens"][0].as_object_mut().unwrap();
    fields.extend(token.as_object().unwrap().clone());
    Directory::from_json(&document.to_string()).map_err(|error| {
        let text = error.to_string();
        text[text.find('$').unwrap()..].into()
    })
}

#[test]
fn a_document_that_cannot_be_is_refused_at_its_place() {
    let one = json!({"policies": ["p"], "conditions": []});
    let many = |count: usize| -> Value {
        (0..count).map(|n| json!({"policies": ["p"], "conditions": [format!("c:{n}")]})).collect()
    };
    let token = "$.accounts[0].accessTokens[0]";
    for (document, message) in [
        (
            json!({"assignments": [one], "policies": []}),
            "assignments: `assignments` stands in place of `policies`: there can't be both",
        ),
        (
            json!({"assignments": [one], "conditions": []}),
            "assignments: `assignments` stands in place of `conditions`: there can't be both",
        ),
        (json!({"assignments": null}), "assignments: null where an array is wanted"),
        (json!({"assignments": one}), "assignments: an object where an array is wanted"),
        (json!({"assignments": [[]]}), "assignments[0]: an array where an object is wanted"),
        (json!({"assignments": [{"policies": []}]}), "assignments[0]: the field `conditions` is missing"),
        (json!({"assignments": [{"conditions": []}]}), "assignments[0]: the field `policies` is missing"),
        (
            json!({"assignments": [one, {"policies": ["p", "z"], "conditions": []}]}),
            "assignments[1].policies[1]: unknown role `z`",
        ),
        (
            json!({"assignments": [{"policies": ["p"], "conditions": ["c:1", "d:1"]}]}),
            "assignments[0].conditions[1]: unknown condition `d`",
        ),
        (
            json!({"assignments": [{"policies": ["p", "p"], "conditions": []}]}),
            "assignments[0].policies[1]: role `p` is there twice",
        ),
        (
            json!({"assignments": [one, {"policies": ["p"], "conditions": ["c:1", "c:1"]}]}),
            "assignments[1].conditions[1]: condition `c:1` is there twice",
        ),
        (
            json!({"assignments": [one, one]}),
            "assignments[1]: an assignment with the same roles and conditions is there already",
        ),
        (json!({"assignments": many(17)}), "assignments: 17 assignments are too many, the most is 16"),
    ] {
        let refused = directory(&document).map(drop).unwrap_err();
        assert!(refused.starts_with(&format!("{token}.{message}")), "{refused}\n{message}");
    }
    assert!(directory(&json!({"assignments": many(16)})).is_ok());
    let nothing = directory(&json!({"assignments": []})).unwrap();
    assert!(!nothing.actor("t").unwrap().access.permits("read", "things"));
}

#[test]
fn a_document_is_written_in_the_form_in_which_it_was_read() {
    let assignments = json!([{"policies": ["p"], "conditions": []}, {"policies": ["q"], "conditions": ["c:1"]}]);
    for fields in [
        json!({"policies": ["p"], "conditions": ["c:1"]}),
        json!({"assignments": assignments}),
        json!({"assignments": [assignments[0]]}),
        json!({"assignments": []}),
    ] {
        let mut token = fields.clone();
        token["id"] = "t".into();
        let document = json!({"id": "acme", "accessPolicies": [], "operatorAccess": [], "accessTokens": [token]});
        let read: AccountDocument = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), document);
    }
}

#[test]
fn a_record_of_today_is_read_and_written_as_before() {
    let record =
        KeyRecord::new(KeyKind::AccessToken, KeyId::parse("00000000000000").unwrap(), KeyDigest::DUMMY, "a1", "t1");
    let record = record.unwrap().with_roles(["r0"]).with_conditions(["c0:a".parse().unwrap()]);
    let text = serde_json::to_value(&record).unwrap();
    assert_eq!((&text["roles"], &text["conditions"]), (&json!(["r0"]), &json!(["c0:a"])));
    assert!(text.get("assignments").is_none());
    assert_eq!(serde_json::from_value::<KeyRecord>(text.clone()).unwrap(), record);

    let grants: [Grant; 2] = [[of("r0", &["c0:a"]), of("r1", &[])].into_iter().collect(), Grant::from_iter([])];
    for grant in grants {
        let record = record.clone().with_grant(grant.clone());
        let stored = serde_json::to_value(&record).unwrap();
        assert!(stored.get("roles").is_none() && stored.get("conditions").is_none(), "{stored}");
        assert_eq!(serde_json::from_value::<KeyRecord>(stored.clone()).unwrap(), record);
        assert_eq!(serde_json::from_value::<Grant>(json!({"assignments": stored["assignments"]})).unwrap(), grant);
        for field in ["roles", "conditions"] {
            let mut both = stored.clone();
            both[field] = json!([]);
            assert!(serde_json::from_value::<KeyRecord>(both.clone()).is_err(), "{both}");
            let grant = json!({"assignments": stored["assignments"], field: []});
            assert!(serde_json::from_value::<Grant>(grant.clone()).is_err(), "{grant}");
        }
    }
    let mut lacking = text;
    lacking.as_object_mut().unwrap().remove("conditions");
    assert!(serde_json::from_value::<KeyRecord>(lacking).is_err());
}

/// Sixteen assignments, each with a condition of its own.
fn sixteen() -> Access {
    build((0..16).map(|number| of("r0", &[&format!("c{number}:yes")]))).unwrap()
}

#[test]
fn sixteen_reasons_are_told_and_nothing_is_allocated() {
    let access = sixteen();
    let attributes: Vec<(String, String)> =
        (0..16).map(|number| (format!("a{number}"), format!("no{number}"))).collect();
    let thing = ResourceView::new("things", ACCOUNT, &attributes);
    let mut told = 0;
    let counted = measure(|| {
        for decision in [access.decide(Operation::READ, &thing), access.decide_update(&thing, &thing)] {
            let denial = decision.denial().unwrap();
            told += 1 + denial.others().iter().filter(|other| matches!(other, Denial::ConditionUnmet { .. })).count();
        }
    });
    assert_eq!((told, counted.count_total), (32, 0));

    let json = serde_json::to_value(access.decide(Operation::READ, &thing)).unwrap();
    let reason = |number: usize| {
        json!({
            "kind": "condition_unmet", "condition": format!("c{number}"), "attribute": format!("a{number}"),
            "found": format!("no{number}"), "accepted": ["yes"],
        })
    };
    let mut first = reason(0);
    first["others"] = (1..16).map(reason).collect();
    assert_eq!(json, json!({"decision": "deny", "status": 403, "reason": first}));
    let redacted = serde_json::to_value(access.decide(Operation::READ, &thing).denial().unwrap().redacted()).unwrap();
    assert_eq!(redacted["others"][14], json!({"kind": "condition_unmet", "condition": "c15"}));
    assert!(!redacted.to_string().contains("no1"), "{redacted}");

    // Each side of an update may be allowed by another assignment, and the first that none allows is told.
    let one = [("a3", "yes")];
    let other = [("a9", "yes")];
    let (one, other) = (ResourceView::new("things", ACCOUNT, &one), ResourceView::new("things", ACCOUNT, &other));
    assert!(access.decide_update(&one, &other).is_allow());
    let json = serde_json::to_value(access.decide_update(&one, &thing)).unwrap();
    assert_eq!(
        (&json["reason"]["side"], &json["reason"]["others"][0]["side"]),
        (&json!("proposed"), &json!("proposed"))
    );
    assert!(matches!(access.decide(Operation::UPDATE, &one), Decision::Deny(_)));
    // On a type to which no name is bound, each assignment says so.
    let place = ResourceView::new("places", ACCOUNT, &one);
    assert!(matches!(access.decide(Operation::READ, &place), Decision::Deny(Denial::PermissionMissing { .. })));
}

#[test]
fn an_assignment_that_does_not_grant_the_operation_is_not_told() {
    let schema = shop();
    let roles = Roles::new(&schema, ACCOUNT)
        .unwrap()
        .with_all([
            Role::new("see", ["things:read"]).unwrap(),
            Role::new("write", ["things:update", "places:read"]).unwrap(),
        ])
        .unwrap();
    let access = Access::builder(&roles)
        .grant([of("write", &["c0:a"]), of("see", &["c1:a"]), of("see", &["c2:a", "c3:a"])].into_iter().collect())
        .build()
        .unwrap();
    let thing = [("a2", "a")];
    let thing = ResourceView::new("things", ACCOUNT, &thing);
    let decision = access.decide(Operation::READ, &thing);
    let denial = decision.denial().unwrap();
    assert_eq!(
        denial.to_string(),
        "condition `c1`: `a1` is absent, accepted are `a`; nor condition `c3`: `a3` is absent, accepted are `a`",
    );
    assert_eq!(denial.redacted().to_string(), "condition `c1` is not met; nor condition `c3` is not met");
    let place = ResourceView::new("places", ACCOUNT, &());
    let decision = access.decide(Operation::READ, &place);
    assert_eq!(decision.denial().map(Denial::kind), Some("condition_unbound"));
    assert!(access.try_filter("places", ACCOUNT).is_err() && access.try_filter_of("read", "places", ACCOUNT).is_err());
}

/// The right covers the left, but only by eight products together; and eight others are taken away first.
#[test]
fn a_comparison_that_takes_too_many_pieces_is_a_refusal() {
    let names = (0..20).map(|number| (format!("c{number}"), json!({"restricts": {"things": format!("a{number}")}})));
    let conditions: serde_json::Map<String, Value> = names.collect();
    let schema = schema(&json!({"resources": {"things": {}}, "conditions": conditions}));
    let roles = Roles::new(&schema, ACCOUNT).unwrap().with(Role::new("r0", ["things:read"]).unwrap()).unwrap();
    let of = |values: &[(usize, usize)]| {
        let conditions =
            values.iter().map(|(name, value)| Condition::new(format!("c{name}"), value.to_string()).unwrap());
        Assignment::new().role("r0").with_conditions(conditions)
    };
    let build = |all: Vec<Assignment>| Access::builder(&roles).grant(all.into_iter().collect()).build().unwrap();
    let whole = |number| of(&[(16, 0), (16, 1), (17, 0), (17, 1), (18, 0), (18, 1), (19, number)]);
    let in_the_way = (0..8).map(|at| of(&[(at, 0), (at + 8, 0)]));
    let covering = (0..8).map(|corner| of(&[(16, corner & 1), (17, corner >> 1 & 1), (18, corner >> 2)]));
    let right = build(in_the_way.chain(covering).collect());
    // One takes thousands of pieces, and is within; of sixteen it can't be told.
    let one = build(vec![whole(0)]);
    assert_eq!(one.within(&right), Inclusion::Within);
    let sixteen = build((0..16).map(whole).collect());
    assert_eq!(sixteen.within(&right), Inclusion::TooManyPieces);
    assert!(!sixteen.is_within(&right) && !sixteen.within(&right).is_within());
    let exceeded = sixteen.ensure_within(&right).unwrap_err();
    assert!(!exceeded.is_complete() && exceeded.excesses().is_empty());
    assert_eq!(
        exceeded.to_string(),
        "caller access exceeded: the two have too many assignments and conditions to be compared",
    );
    let change = AccessChange::between("x", Some(&right), Some(&sixteen)).unwrap();
    assert!(!change.is_complete());
    assert!(change.to_string().ends_with("`x` may gain or lose more than is told here\n"), "{change}");
}

/// Of many pieces sixteen are told, the widest first, and it is said that there are more.
#[test]
fn what_is_not_told_is_not_passed_over() {
    let everything = build([of("r0", &[])]).unwrap();
    let five = |first: usize| {
        let names: Vec<String> = (first..first + 5).map(|name| format!("c{name}:x")).collect();
        of("r0", &names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let ten = build([five(0), five(5)]).unwrap();
    let exceeded = everything.ensure_within(&ten).unwrap_err();
    assert_eq!((exceeded.excesses().len(), exceeded.is_complete()), (16, false));
    let told = exceeded.to_string();
    assert!(told.contains("`c0` is anything but `x`") && told.ends_with("; and more"), "{told}");
    let json = serde_json::to_value(&exceeded).unwrap();
    assert_eq!((json[16].clone(), json.as_array().unwrap().len()), (json!({"kind": "more"}), 17));
    let change = AccessChange::between("x", Some(&ten), Some(&everything)).unwrap();
    assert!(!change.is_complete() && change.to_string().ends_with("more than is told here\n"));

    // What a part says is true of its witness: `tags` must all be `a` or `b`, and neither all `a` nor all `b`.
    let tags = json!({"attribute": "tags", "match": "all"});
    let schema = schema(&json!({"resources": {"things": {}}, "conditions": {"tag": {"restricts": {"things": tags}}}}));
    let roles = Roles::new(&schema, ACCOUNT).unwrap().with(Role::new("r0", ["things:read"]).unwrap()).unwrap();
    let tagged = |all: &[&[&str]]| {
        let grant: Grant = all.iter().map(|conditions| of("r0", conditions)).collect();
        Access::builder(&roles).grant(grant).build().unwrap()
    };
    let exceeded = tagged(&[&["tag:a", "tag:b"]]).ensure_within(&tagged(&[&["tag:a"], &["tag:b"]])).unwrap_err();
    assert_eq!(
        exceeded.to_string(),
        "caller access exceeded: `things:read` where `tag` is `a`, `b` and `tag` is anything but `a` \
         and `tag` is anything but `b`",
    );
    assert!(exceeded.excesses()[0].witness().to_string().ends_with("{`tags`: [`a`, `b`]}"), "{exceeded:?}");
}

#[test]
fn other_roles_or_conditions_of_a_record_leave_none_of_its_assignments() {
    let record =
        KeyRecord::new(KeyKind::OperatorKey, KeyId::parse("00000000000000").unwrap(), KeyDigest::DUMMY, "a1", "o1");
    let several: Grant = [of("admin", &[]), of("r0", &["c0:a"])].into_iter().collect();
    let record = record.unwrap().with_grant(several);
    assert_eq!(record.clone().with_roles(["r1"]).grant(), &Grant::from(of("r1", &["c0:a"])));
    let both = record.clone().with_roles(["r1"]).with_conditions(["c1:b".parse().unwrap()]);
    assert_eq!(both.grant(), &Grant::from(of("r1", &["c1:b"])));
    assert_eq!(record.with_conditions([]).grant(), &Grant::from(of("admin", &[]).role("r0")));
}
