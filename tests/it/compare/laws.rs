//! What must hold of two accesses and the requests that can be asked of them.

use keyward::{
    Access, Decision, ResourceView,
    compare::{AccessChange, AccessExceeded, Excess, ExcessKind, Inclusion},
};

use super::small::{Request, Truth, only};

/// `within` is true exactly if no request tells the two apart, and a witness tells them apart.
pub(super) fn inclusion(left: &Access, right: &Access, allowed: [&Truth; 2]) {
    let expected = allowed[0].is_subset(allowed[1]);
    let context = || format!("{left:#?}\n{right:#?}\n{:#?}", left.schema());
    assert_eq!(left.is_within(right), expected, "{}", context());
    match left.within(right) {
        Inclusion::Within => assert!(expected, "{}", context()),
        Inclusion::TooManyPieces | Inclusion::OtherKinds => panic!("given up\n{}", context()),
        Inclusion::Exceeds(witness) => {
            assert!(!expected, "{}", context());
            assert!(witness.decide(left).is_allow(), "{witness}: {:?}\n{}", witness.decide(left), context());
            assert!(!witness.decide(right).is_allow(), "{witness}\n{}", context());
            // Told apart by `read` where any is, and by a row under `list` only where nothing else does.
            let rank = ["read", "", "list"].iter().position(|name| *name == witness.operation()).unwrap_or(1);
            assert!(
                rank < 2
                    || left
                        .ensure_within(right)
                        .unwrap_err()
                        .excesses()
                        .iter()
                        .all(|excess| { excess.witness().operation() == "list" }),
                "{witness}\n{}",
                context()
            );
        }
    }
}

/// The set operations, pointwise.
pub(super) fn operations(left: &Access, right: &Access, requests: &[Request], allowed: [&Truth; 2]) {
    let both = left.intersection(right);
    let difference = left.difference(right);
    for (index, request) in requests.iter().enumerate() {
        let expected = [allowed[0].has(index), allowed[1].has(index)];
        let view = |attributes| ResourceView::new(request.kind, request.account, attributes);
        let (stored, proposed) = (view(&request.attributes), view(&request.proposed));
        let (both, difference) = (both.in_context(&request.context), difference.in_context(&request.context));
        let (met, left_over) = match request.operation {
            "update" => (both.decide_update(&stored, &proposed), difference.contains_update(&stored, &proposed)),
            operation => (both.decide(operation, &stored), difference.contains(operation, &stored)),
        };
        assert_eq!(met.is_allow(), expected[0] && expected[1], "{request:?}");
        // The reason is that of the first access that denies.
        let alone =
            [left, right].map(|access| access.in_context(&request.context)).map(|access| match request.operation {
                "update" => access.decide_update(&stored, &proposed),
                operation => access.decide(operation, &stored),
            });
        let first = alone.iter().find(|decision| !decision.is_allow()).unwrap_or(&Decision::Allow);
        assert_eq!(json(&met), json(first), "{request:?}\n{left:?}\n{right:?}");
        assert_eq!(left_over, expected[0] && !expected[1], "{request:?}");
    }
    assert_eq!(both.is_empty(), allowed[0].is_disjoint(allowed[1]), "{both:?}");
    if let Some(witness) = both.witness() {
        assert!(witness.decide(left).is_allow() && witness.decide(right).is_allow(), "{witness}");
    }
    assert_eq!(left.is_within(right), allowed[0].is_subset(allowed[1]), "{difference:?}");
    assert_eq!(left.within(right).witness().is_none(), left.is_within(right), "{difference:?}");
    assert_eq!(left.same_as(right), allowed[0] == allowed[1], "{difference:?}");
}

fn json(decision: &Decision<'_>) -> String {
    serde_json::to_string(decision).unwrap()
}

/// The excess covers what the left allows and the right denies, no more and no less.
pub(super) fn excess(left: &Access, right: &Access, requests: &[Request], allowed: [&Truth; 2]) {
    let exceeded = left.ensure_within(right).err();
    let excesses: &[Excess] = exceeded.as_ref().map(AccessExceeded::excesses).unwrap_or_default();
    let parts: Vec<_> = excesses.iter().map(|excess| (excess.kind(), alone(excess.kind(), right))).collect();
    for (index, request) in requests.iter().enumerate().filter(|(index, _)| allowed[0].has(*index)) {
        let covered = parts.iter().any(|(kind, alone)| covers(kind, request, alone.as_ref()));
        assert_eq!(covered, !allowed[1].has(index), "{request:?}\n{exceeded:#?}\n{left:?}\n{right:?}");
    }
    for excess in excesses {
        let witness = excess.witness();
        assert!(witness.decide(left).is_allow(), "{excess:#?}\n{left:?}\n{right:?}");
        let decision = witness.decide(right);
        let denial = decision.denial().unwrap_or_else(|| panic!("{excess:#?}\n{left:?}\n{right:?}"));
        let kinds: &[&str] = match excess.kind() {
            ExcessKind::Account { .. } => &["other_account"],
            ExcessKind::Permission { .. } => &["permission_missing"],
            // Another condition, which came first, may be unmet besides.
            ExcessKind::ConditionUnbound { .. } => &["condition_unbound", "condition_unmet"],
            _ => &["condition_unmet"],
        };
        assert!(kinds.contains(&denial.kind()), "{denial:?}\n{excess:#?}\n{left:?}\n{right:?}");
    }
    if let Some(exceeded) = &exceeded {
        assert!(!exceeded.to_string().is_empty() && serde_json::to_string(exceeded).is_ok());
    }
}

/// The condition of the right that this is about, alone.
fn alone(kind: &ExcessKind, right: &Access) -> Option<Access> {
    match kind {
        ExcessKind::ConditionValues { condition, .. }
        | ExcessKind::ConditionMissing { condition, .. }
        | ExcessKind::Lists { condition, .. } => only(right, condition),
        _ => None,
    }
}

fn covers(kind: &ExcessKind, request: &Request, alone: Option<&Access>) -> bool {
    let is = |resource: &str| resource == request.kind;
    let has = |operations: &[Box<str>]| operations.iter().any(|operation| **operation == *request.operation);
    match kind {
        ExcessKind::Account { .. } => true,
        ExcessKind::Permission { resource, operations, .. }
        | ExcessKind::ConditionUnbound { resource, operations, .. } => is(resource) && has(operations),
        ExcessKind::ConditionValues { resources, .. }
        | ExcessKind::ConditionMissing { resources, .. }
        | ExcessKind::Lists { resources, .. } => {
            let unmet = alone.is_some_and(|alone| !request.is_allowed(alone));
            unmet && resources.iter().any(|resource| is(resource))
        }
        other => panic!("{other:?} is new"),
    }
}

/// A review says nothing exactly if no decision changes, and of gains and losses each if there are any.
pub(super) fn review(before: &Access, after: &Access, allowed: [&Truth; 2]) {
    let change = AccessChange::between("x", Some(before), Some(after));
    assert_eq!(change.is_none(), allowed[0] == allowed[1], "{before:?}\n{after:?}");
    let gains = change.as_ref().map(AccessChange::gains).unwrap_or_default();
    let losses = change.as_ref().map(AccessChange::losses).unwrap_or_default();
    assert_eq!(gains.is_empty(), allowed[1].is_subset(allowed[0]), "{before:?}\n{after:?}");
    assert_eq!(losses.is_empty(), allowed[0].is_subset(allowed[1]), "{before:?}\n{after:?}");
}
