//! Accesses of several assignments: every small one against every other, and larger ones by chance.

use keyward::{
    Access, Assignment, Condition, Grant, Operation, ResourceView, Role, Roles, Schema,
    compare::{AccessChange, Inclusion},
    json::Json,
};
use proptest::{collection, prelude::*, sample};

use super::small::{self, ACCOUNT, Request, Truth, list, object, text};

/// Two assignments at most, of three roles and any values of two names.
fn small_accesses(schema: &Schema) -> Vec<Access> {
    let permissions: [&[&str]; 3] =
        [&["one:read"], &["one:update", "two:list"], &["one:read,update", "two:create,list"]];
    let singles = small::accesses(schema, &permissions, &["x", "y"]);
    let roles =
        permissions.iter().enumerate().fold(Roles::new(schema, ACCOUNT).unwrap(), |roles, (at, permissions)| {
            roles.with(Role::new(format!("r{at}"), permissions.iter().copied()).unwrap()).unwrap()
        });
    let written: Vec<Assignment> = singles.iter().map(written).collect();
    let build = |assignments: &[&Assignment]| of(&roles, assignments.iter().map(|of| (*of).clone()));
    let pairs = written.iter().enumerate().flat_map(|(at, one)| written[..at].iter().map(move |two| [one, two]));
    let mut all: Vec<Access> = pairs.map(|pair| build(&pair)).collect();
    all.extend(singles);
    all.push(of(&roles, []));
    all
}

pub(super) fn written(access: &Access) -> Assignment {
    let [assignment] = access.assignments().collect::<Vec<_>>()[..] else { panic!("{access:?}") };
    let conditions = assignment.conditions().flat_map(|(name, values)| small::written(name, values));
    Assignment::new().with_roles(assignment.roles()).with_conditions(conditions)
}

pub(super) fn of(roles: &Roles, assignments: impl IntoIterator<Item = Assignment>) -> Access {
    let grant: Grant = assignments.into_iter().collect();
    Access::builder(roles).grant(grant).build().unwrap()
}

pub(super) fn laws(left: &Access, right: &Access, requests: &[Request], allowed: [&Truth; 2], pointwise: bool) {
    let context = || format!("{left:#?}\n{right:#?}\n{:?}", left.schema());
    let within = allowed[0].is_subset(allowed[1]);
    assert_eq!(left.is_within(right), within, "{}", context());
    match left.within(right) {
        Inclusion::Within => assert!(within, "{}", context()),
        Inclusion::TooManyPieces | Inclusion::OtherKinds => panic!("given up\n{}", context()),
        Inclusion::Exceeds(witness) => {
            assert!(!within && witness.decide(left).is_allow(), "{witness}\n{}", context());
            assert!(!witness.decide(right).is_allow(), "{witness}\n{}", context());
        }
    }
    match left.ensure_within(right) {
        Ok(()) => assert!(within, "{}", context()),
        Err(exceeded) => {
            assert!(!within && exceeded.is_complete() && !exceeded.excesses().is_empty(), "{}", context());
            for excess in exceeded.excesses() {
                assert!(excess.witness().decide(left).is_allow(), "{excess:#?}\n{}", context());
                assert!(!excess.witness().decide(right).is_allow(), "{excess:#?}\n{}", context());
            }
        }
    }
    assert_eq!(
        AccessChange::between("x", Some(left), Some(right)).is_none(),
        allowed[0] == allowed[1],
        "{}",
        context()
    );
    let (both, difference) = (left.intersection(right), left.difference(right));
    assert_eq!(both.is_empty(), allowed[0].is_disjoint(allowed[1]), "{}", context());
    if let Some(witness) = both.witness() {
        assert!(witness.decide(left).is_allow() && witness.decide(right).is_allow(), "{witness}\n{}", context());
    }
    for (index, request) in requests.iter().enumerate().filter(|_| pointwise) {
        let expected = [allowed[0].has(index), allowed[1].has(index)];
        let view = |attributes| ResourceView::new(request.kind, request.account, attributes);
        let (stored, proposed) = (view(&request.attributes), view(&request.proposed));
        let (both, difference) = (both.in_context(&request.context), difference.in_context(&request.context));
        let (met, left_over) = match request.operation {
            "update" => (both.decide_update(&stored, &proposed), difference.contains_update(&stored, &proposed)),
            operation => (both.decide(operation, &stored), difference.contains(operation, &stored)),
        };
        assert_eq!(met.is_allow(), expected[0] && expected[1], "{request:?}\n{}", context());
        assert_eq!(left_over, expected[0] && !expected[1], "{request:?}\n{}", context());
        // The reason is that of the first access that denies; of the others' reasons none is told.
        let denies = [left, right].into_iter().zip(expected).find(|(_, allows)| !allows);
        if let Some((access, _)) = denies {
            let access = access.in_context(&request.context);
            let alone = match request.operation {
                "update" => access.decide_update(&stored, &proposed),
                operation => access.decide(operation, &stored),
            };
            let told = |decision: &keyward::Decision<'_>| {
                let mut json = serde_json::to_value(decision).unwrap();
                json["reason"].as_object_mut().unwrap().remove("others");
                json
            };
            assert_eq!(told(&met), told(&alone), "{request:?}\n{}", context());
        }
    }
}

/// Compares one in `stride` of all pairs under four schemas: lists by `any` and by `all`, bound and not.
fn compare(stride: usize) {
    let requests = small::requests();
    let bound = [
        [(['?', '?'], false), (['!', '?'], false)],
        [(['?', '-'], true), (['?', '?'], false)],
        [(['!', '!'], false), (['!', '-'], false)],
        [(['!', '?'], false), (['-', '!'], true)],
    ];
    std::thread::scope(|scope| {
        for [(x, x_ignored), (y, y_ignored)] in bound {
            let requests = &requests;
            scope.spawn(move || {
                let schema = small::schema(&[("x", x, x_ignored), ("y", y, y_ignored)]);
                let accesses = small_accesses(&schema);
                let allowed: Vec<_> = accesses.iter().map(|access| Truth::of(access, requests)).collect();
                let all: Vec<_> = accesses.iter().zip(&allowed).collect();
                let pairs = all.iter().flat_map(|one| all.iter().map(move |two| (one, two)));
                for (index, ((left, ours), (right, theirs))) in pairs.enumerate().step_by(stride) {
                    laws(left, right, requests, [ours, theirs], index / stride % 61 == 0);
                }
            });
        }
    });
}

#[test]
fn a_union_is_within_another_exactly_if_no_request_tells_the_two_apart() {
    compare(997);
}

#[test]
#[ignore = "every pair takes minutes unless optimised: `cargo test --release --test it -- --ignored`"]
fn a_union_is_within_another_exactly_if_no_request_tells_the_two_apart_for_every_pair() {
    compare(1);
}

const NAMES: [&str; 3] = ["v", "w", "x"];
const VALUES: [&str; 5] = ["a", "b", "c", "a-other", ""];
const OPERATIONS: [&str; 4] = ["read", "update", "list", "create"];

/// Lists under `any` and under `all`.
fn schema(all: [bool; 3]) -> Schema {
    let rules = NAMES.iter().zip(all).map(|(name, all)| {
        let rule = serde_json::json!({"restricts": {"one": {
            "attribute": name, "match": if all { "all" } else { "any" },
        }}});
        ((*name).to_owned(), rule)
    });
    let rules: serde_json::Map<_, _> = rules.collect();
    Schema::from_json(&serde_json::json!({"resources": {"one": {}}, "conditions": rules}).to_string()).unwrap()
}

fn assignments(most: usize) -> impl Strategy<Value = Vec<Assignment>> {
    let role = sample::subsequence(OPERATIONS.to_vec(), 1..=OPERATIONS.len());
    let set = sample::subsequence(VALUES.to_vec(), 0..=3);
    let one = (role, collection::vec(set, 3)).prop_map(|(roles, sets)| {
        let conditions = NAMES.iter().zip(&sets).flat_map(|(name, set)| set.iter().map(move |value| (*name, *value)));
        let conditions = conditions.map(|(name, value)| Condition::new(name, value).unwrap());
        Assignment::new().with_roles(roles).with_conditions(conditions)
    });
    collection::vec(one, 0..=most)
}

fn build(schema: &Schema, assignments: Vec<Assignment>) -> Access {
    let roles = OPERATIONS.iter().fold(Roles::new(schema, ACCOUNT).unwrap(), |roles, operation| {
        roles.with(Role::new(operation, [format!("one:{operation}").as_str()]).unwrap()).unwrap()
    });
    let mut different: Vec<Assignment> = Vec::new();
    for assignment in assignments {
        if !different.contains(&assignment) {
            different.push(assignment);
        }
    }
    of(&roles, different)
}

fn attributes() -> impl Strategy<Value = Json> {
    let one = sample::select(VALUES.to_vec());
    let value = prop_oneof![
        1 => Just(None),
        3 => one.clone().prop_map(|value| Some(text(value))),
        3 => collection::vec(one, 0..4).prop_map(|values| Some(list(&values))),
        1 => Just(Some(text("z"))),
    ];
    collection::vec(value, 3).prop_map(|values| object(NAMES.iter().copied().zip(values)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What one assignment allows is allowed, and nothing else; a page, a filter and a list say the same.
    #[test]
    fn a_union_allows_what_one_of_its_assignments_allows(
        all in any::<[bool; 3]>(),
        assignments in assignments(5),
        rows in collection::vec(attributes(), 8),
    ) {
        let schema = schema(all);
        let singles: Vec<Access> = assignments.iter().map(|one| build(&schema, vec![one.clone()])).collect();
        let union = build(&schema, assignments);
        let any = |operation: &str, row: &ResourceView<'_, Json>| {
            singles.iter().any(|one| match operation {
                "update" => one.decide_update(row, row).is_allow(),
                _ => one.decide(operation, row).is_allow(),
            })
        };
        let views: Vec<_> = rows.iter().map(|row| ResourceView::new("one", ACCOUNT, row)).collect();
        for operation in OPERATIONS {
            let filter = union.try_filter_of(operation, "one", ACCOUNT);
            prop_assert_eq!(filter.is_err(), !union.permits(operation, "one"));
            let page = union.decide_page(operation, &views);
            for (at, (view, row)) in views.iter().zip(&rows).enumerate() {
                let expected = any(operation, view);
                let decided = match operation {
                    "update" => union.decide_update(view, view).is_allow(),
                    _ => union.decide(operation, view).is_allow(),
                };
                prop_assert_eq!(decided, expected, "{} {:?}\n{:?}", operation, row, union);
                prop_assert_eq!(filter.as_ref().is_ok_and(|filter| filter.passes(row)), expected);
                // An update is decided on a page as one that proposes nothing.
                if operation == "update" {
                    prop_assert_eq!(page.contains(at), union.decide(Operation::UPDATE, view).is_allow());
                } else {
                    prop_assert_eq!(page.contains(at), expected, "{} {:?}\n{:?}", operation, row, union);
                }
                for other in &views {
                    let sides = any("update", view) && any("update", other);
                    prop_assert_eq!(union.decide_update(view, other).is_allow(), sides);
                }
            }
        }
    }

    #[test]
    fn no_request_contradicts_the_comparison_of_unions(
        all in any::<[bool; 3]>(),
        left in assignments(5),
        right in assignments(5),
        widen in any::<bool>(),
        rows in collection::vec(attributes(), 24),
    ) {
        let schema = schema(all);
        let right = if widen { left.iter().chain(&right).cloned().collect() } else { right };
        let (left, right) = (build(&schema, left), build(&schema, right));
        let requests: Vec<Request> = OPERATIONS
            .iter()
            .flat_map(|operation| rows.iter().map(|row| Request::new(operation, "one", row.clone())))
            .collect();
        let (ours, theirs) = (Truth::of(&left, &requests), Truth::of(&right, &requests));
        prop_assert!(!widen || left.is_within(&right), "{left:?}\n{right:?}");
        prop_assert_eq!(left.ensure_within(&right).is_ok(), left.is_within(&right));
        match left.within(&right) {
            Inclusion::Within => prop_assert!(ours.is_subset(&theirs), "{left:?}\n{right:?}"),
            Inclusion::TooManyPieces | Inclusion::OtherKinds => prop_assert!(false, "given up: {left:?}\n{right:?}"),
            Inclusion::Exceeds(witness) => {
                prop_assert!(witness.decide(&left).is_allow(), "{witness}\n{left:?}");
                prop_assert!(!witness.decide(&right).is_allow(), "{witness}\n{right:?}");
            }
        }
        let both = left.intersection(&right);
        let met = both.witness();
        prop_assert_eq!(met.is_none(), both.is_empty());
        if let Some(witness) = met {
            prop_assert!(witness.decide(&left).is_allow() && witness.decide(&right).is_allow(), "{witness}");
        } else {
            prop_assert!(ours.is_disjoint(&theirs));
        }
        let filters = [&left, &right].map(|access| access.filter("one"));
        if let Ok(filter) = both.try_filter("one", ACCOUNT) {
            for row in &rows {
                prop_assert_eq!(filter.passes(row), filters.iter().all(|one| one.passes(row)));
            }
        } else {
            prop_assert!(filters.iter().any(keyward::filter::Filter::is_nothing));
        }
    }
}
