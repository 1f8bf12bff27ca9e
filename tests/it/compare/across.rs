//! Accesses of different schemas and different accounts: compared by what the same request would get.

use keyward::{Access, Roles, Schema, compare::Inclusion, json::Json};

use super::{
    laws,
    small::{self, ACCOUNT, Request, Truth, list, object, text},
};

/// Declarations of one type that read attributes beside, inside and around each other's.
const CONDITIONS: [&str; 8] = [
    r"{}",
    r#"{"x": {"restricts": {"one": "a"}}}"#,
    r#"{"x": {"restricts": {"one": {"attribute": "a", "match": "all"}}}}"#,
    r#"{"y": {"restricts": {"one": ["a", "in"]}}}"#,
    r#"{"x": {"restricts": {"one": "b"}}, "y": {"restricts": {"one": "a"}}}"#,
    r#"{"x": {"restricts": {"one": ["a", "in"]}}, "y": {"restricts": {"one": {"attribute": ["a", "at"], "match": "all"}}}}"#,
    r#"{"x": {"restricts": {"two": "a"}, "elsewhere": "ignore"}}"#,
    r#"{"x": {"restricts": {"two": "a"}}}"#,
];

fn schemas() -> Vec<Schema> {
    let resources = [
        r#"{"one": {"operations": ["create", "read", "update", "delete", "list", "reject", "approve"]}, "two": {}}"#,
        r#"{"two": {}, "one": {"operations": ["approve", "list", "read", "reject"]}}"#,
    ];
    let schema = |(at, conditions): (usize, &&str)| {
        let resources = resources[at % 2];
        Schema::from_json(&format!(r#"{{"resources": {resources}, "conditions": {conditions}}}"#)).unwrap()
    };
    CONDITIONS.iter().enumerate().map(schema).collect()
}

fn requests() -> Vec<Request> {
    let inner =
        [None, Some(text("a")), Some(text("b")), Some(text("c")), Some(list(&["a", "c"])), Some(list(&["b", "a"]))];
    let nested = inner.iter().flat_map(|x| inner.iter().map(move |y| (x, y)));
    let nested = nested.map(|(x, y)| Some(object([("in", x.clone()), ("at", y.clone())])));
    let outer: Vec<Option<Json>> = small::values().into_iter().chain(nested).collect();
    let pairs = outer.iter().flat_map(|a| inner.iter().map(move |b| (a, b)));
    let all = pairs.map(|(a, b)| object([("a", a.clone()), ("b", b.clone())]));
    all.flat_map(|attributes| {
        let one =
            ["read", "list", "create", "update", "delete", "approve", "reject"].map(|operation| (operation, "one"));
        let all = one.into_iter().chain([("delete", "two")]);
        all.map(move |(operation, kind)| Request::new(operation, kind, attributes.clone()))
    })
    .collect()
}

#[test]
fn accesses_of_different_schemas_are_compared_exactly() {
    let requests = requests();
    let mut all: Vec<(Access, Truth)> = Vec::new();
    for schema in schemas() {
        let names: Vec<String> = schema.condition_names().map(str::to_owned).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let permissions: [&[&str]; 4] = [&[], &["one:read"], &["one:list,approve"], &["one:*", "two:delete"]];
        for access in small::accesses(&schema, &permissions, &names) {
            let truth = Truth::of(&access, &requests);
            all.push((access, truth));
        }
    }
    let pairs = all.iter().flat_map(|one| all.iter().map(move |two| (one, two)));
    for (index, ((left, left_allowed), (right, right_allowed))) in pairs.enumerate() {
        let allowed = [left_allowed, right_allowed];
        laws::inclusion(left, right, allowed);
        laws::review(left, right, allowed);
        if index % 97 == 0 {
            laws::operations(left, right, &requests, allowed);
            laws::excess(left, right, &requests, allowed);
        }
    }
}

#[test]
fn another_account_is_another_world() {
    let schema = small::schema(&[("x", ['?', '-'], false)]);
    let access = |account: &str, role: Option<&str>| {
        let roles = Roles::new(&schema, account).unwrap();
        Access::builder(&roles).roles(role).build().unwrap()
    };
    let (ours, theirs) = (access(ACCOUNT, Some("admin")), access("other", Some("admin")));
    let (nothing, nothing_there) = (access(ACCOUNT, None), access("other", None));

    let Inclusion::Exceeds(witness) = ours.within(&theirs) else { panic!("accounts are apart") };
    assert!(witness.decide(&ours).is_allow());
    assert_eq!(witness.decide(&theirs).denial().unwrap().kind(), "other_account");
    let excess = ours.ensure_within(&theirs).unwrap_err();
    assert_eq!(excess.to_string(), "caller access exceeded: access to the account `acme`");
    assert!(ours.intersection(&theirs).is_empty() && !ours.same_as(&theirs));

    assert!(nothing.is_within(&theirs) && nothing.same_as(&nothing_there));
    assert!(nothing.within(&nothing_there).is_within());
}

/// An unbound condition leaves nothing of the account, and so nothing to tell it by.
#[test]
fn what_allows_nothing_is_within_everything() {
    let schema = small::schema(&[("x", ['?', '-'], false)]);
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let other = Roles::new(&schema, "other").unwrap();
    let only_two = keyward::Role::new("two", ["two:list"]).unwrap();
    let shut_off = Access::builder(&roles.with(only_two).unwrap()).role("two").condition("x:a").unwrap();
    let shut_off = shut_off.build().unwrap();
    assert!(shut_off.is_within(&Access::builder(&other).build().unwrap()));
}
