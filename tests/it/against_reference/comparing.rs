//! Whether one access is within another, and what goes beyond: the crate's answers, held to all questions of a small world.

use std::sync::atomic::{AtomicU64, Ordering};

use keyward::{Access, ResourceView, compare::Inclusion};
use proptest::{
    prelude::any,
    test_runner::{Config, TestRunner},
};
use serde_json::Value;

use super::{allows, build, cases, who, worlds};
use crate::{
    reference::{
        Given, Model, Who,
        comparing::{Asked, Longest},
    },
    support::{json as as_json, schema},
};

/// An access in both forms, and what the reference says to each question.
pub(super) struct Subject {
    pub(super) who: Who<'static>,
    pub(super) access: Access,
    pub(super) allowed: Vec<bool>,
}

impl Subject {
    /// Each question is put to the crate, too.
    pub(super) fn new(model: Model<'_>, who: Who<'static>, access: Access, asked: &[Asked]) -> Self {
        let allowed: Vec<bool> = asked.iter().map(|asked| model.allows_asked(&who, asked)).collect();
        for (asked, allowed) in asked.iter().zip(&allowed) {
            assert_eq!(allows(&access, asked), *allowed, "{asked:?}\n{who:?}\n{}", model.schema);
        }
        // Of what is allowed, nothing is in another account.
        for (asked, _) in asked.iter().zip(&allowed).filter(|(_, allowed)| **allowed).take(3) {
            let elsewhere = Asked { account: "other".into(), ..asked.clone() };
            assert!(!allows(&access, &elsewhere) && !model.allows_asked(&who, &elsewhere), "{elsewhere:?}\n{who:?}");
        }
        Self { who, access, allowed }
    }
}

/// Whether the left is within the right, and a request that shows it where not.
pub(super) fn within(model: Model<'_>, left: &Subject, right: &Subject) -> bool {
    let within = left.allowed.iter().zip(&right.allowed).all(|(left, right)| !left || *right);
    match left.access.within(&right.access) {
        Inclusion::Within => assert!(within, "{}", words(model, left, right)),
        Inclusion::Exceeds(witness) => {
            let witness = serde_json::to_value(&witness).unwrap();
            let told = !within && tells_apart(model, left, right, &witness);
            assert!(told, "{witness}\n{}", words(model, left, right));
        }
        given_up => panic!("{given_up:?}\n{}", words(model, left, right)),
    }
    assert_eq!(left.access.is_within(&right.access), within, "{}", words(model, left, right));
    within
}

fn words(model: Model<'_>, left: &Subject, right: &Subject) -> String {
    format!("{:#?}\n{:#?}\n{}", left.who, right.who, model.schema)
}

fn tells_apart(model: Model<'_>, left: &Subject, right: &Subject, witness: &Value) -> bool {
    let asked = Asked::of_witness(witness);
    model.allows_asked(&left.who, &asked) && !model.allows_asked(&right.who, &asked)
}

/// The parts of an excess cover what is beyond, and nothing else of what the left allows.
pub(super) fn excess(model: Model<'_>, left: &Subject, right: &Subject, asked: &[Asked]) {
    let context = || words(model, left, right);
    let both = || left.allowed.iter().zip(&right.allowed);
    let exceeded = left.access.ensure_within(&right.access);
    assert_eq!(exceeded.is_ok(), both().all(|(left, right)| !left || *right), "{}", context());
    let Err(exceeded) = exceeded else { return };
    let parts = as_json(&exceeded);
    let parts = parts.as_array().unwrap();
    for part in parts.iter().filter(|part| part["kind"] != "more") {
        assert!(tells_apart(model, left, right, &part["witness"]), "{part}\n{}", context());
    }
    if exceeded.is_complete() {
        for (asked, (_, right_allows)) in asked.iter().zip(both()).filter(|(_, (left_allows, _))| **left_allows) {
            let told = parts.iter().any(|part| model.is_about(part, &right.who, asked));
            assert_eq!(told, !right_allows, "{asked:?}\n{parts:#?}\n{}", context());
        }
    }
}

/// One by one what is in both, and what is in the left alone; and whether there is anything in both. Two names that nothing
/// accepts both of may each be met by an element of a list: `with_lists` says that there are such questions.
pub(super) fn set_operations(model: Model<'_>, left: &Subject, right: &Subject, asked: &[Asked], with_lists: bool) {
    let (meet, rest) = (left.access.intersection(&right.access), left.access.difference(&right.access));
    let in_common = left.allowed.iter().zip(&right.allowed).any(|(left, right)| *left && *right);
    match meet.witness().map(|witness| as_json(&witness)) {
        None => assert!(!in_common && meet.is_empty(), "{}", words(model, left, right)),
        Some(witness) => {
            let asked = Asked::of_witness(&witness);
            let told = [left, right].iter().all(|of| model.allows_asked(&of.who, &asked));
            let expected = told && !meet.is_empty() && (in_common || !with_lists);
            assert!(expected, "{witness}\n{}", words(model, left, right));
        }
    }
    for (asked, allowed) in asked.iter().zip(left.allowed.iter().zip(&right.allowed)) {
        let resource = ResourceView::new(&*asked.resource, &asked.account, &asked.attributes);
        let (meet, rest) = (meet.in_context(&asked.context), rest.in_context(&asked.context));
        let found = match &*asked.operation {
            "update" => {
                (meet.decide_update(&resource, &resource).is_allow(), rest.contains_update(&resource, &resource))
            }
            operation => (meet.decide(operation, &resource).is_allow(), rest.contains(operation, &resource)),
        };
        let expected = (*allowed.0 && *allowed.1, *allowed.0 && !allowed.1);
        assert_eq!(found, expected, "{asked:?}\n{:#?}\n{:#?}", left.who, right.who);
    }
}

/// Random worlds, each with all questions that tell its two accesses apart.
#[test]
fn comparing_agrees_with_all_questions() {
    let [within, exceeding, questions] = [const { AtomicU64::new(0) }; 3];
    let config = cases(128, 190);
    TestRunner::new(Config { failure_persistence: None, ..config.clone() })
        .run(
            &(worlds::worlds(3, 2), any::<[bool; 2]>(), any::<bool>()),
            |((document, [one, other], _), administer, widen)| {
                let model = Model { schema: &document };
                // Half of them lie within each other, at least where both administer.
                let other: Vec<Given> = if widen {
                    one.iter().chain(other.iter().filter(|of| !one.contains(of))).cloned().collect()
                } else {
                    other
                };
                let schema = schema(&document);
                let all: Vec<&Given> = one.iter().chain(&other).collect();
                let asked = model.questions(
                    crate::support::ACCOUNT,
                    &all,
                    Longest { any: 0, all: other.len().max(one.len()), odd: false },
                );
                let subject = |given: &[Given], administers| {
                    Subject::new(model, who(given, administers), build(&schema, given, administers), &asked)
                };
                let [one, other] = [subject(&one, administer[0]), subject(&other, administer[1])];
                for (left, right) in [(&one, &other), (&other, &one)] {
                    excess(model, left, right, &asked);
                    set_operations(model, left, right, &asked, false);
                    let count = if super::comparing::within(model, left, right) { &within } else { &exceeding };
                    count.fetch_add(1, Ordering::Relaxed);
                }
                questions.fetch_add(asked.len() as u64, Ordering::Relaxed);
                Ok(())
            },
        )
        .unwrap_or_else(|failed| panic!("{failed}"));
    let [within, exceeding, questions] = [within, exceeding, questions].map(AtomicU64::into_inner);
    println!("comparing: {} random worlds, {questions} questions; {within} within, {exceeding} not", config.cases);
    assert!(within > u64::from(config.cases) / 4 && exceeding > u64::from(config.cases) / 4);
}
