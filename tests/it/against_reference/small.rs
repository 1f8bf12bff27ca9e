//! All worlds up to a size, and in each of them all questions: decisions, filters, comparing, and what may be given.
//!
//! **One name**: of each of the five [`KINDS`], in each of five [`STANDINGS`] to two types and the context: 25 schemas. An access
//! has up to two assignments, each with one of two sets of permissions and one of eight sets of values, made of two values
//! that overlap. Every access is compared with every other, and every question has every sort of value that the two tell
//! apart, nothing, null, and lists of two of these.
//!
//! **Two names**: each in each kind and standing, in whatever order: 325 schemas. An access has one assignment, one of two
//! sets of permissions and for each name one of four sets of values.
//!
//! **Giving**: one name, as above, with four of the sets. Each operator of up to two assignments creates a token of each access
//! of up to one, where the name reads the context in each of its sorts.
//!
//! Whether one access is within another is asked of each pair. What goes beyond, and what two have in common, is asked of one
//! pair in five; of each in the larger sizes, which `cargo test` leaves out.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use serde_json::{Value, json};

use keyward::administration::Account;

use super::{
    build,
    comparing::{Subject, excess, set_operations, within},
    who,
};
use crate::{
    administration::{
        house::{at, operator_key},
        sequences::{attempt, id_of},
    },
    reference::{
        Given, Model,
        administration::{Act, Assignment, House},
        comparing::{Asked, Longest},
        kinds, passes,
    },
    support::{ACCOUNT, json as as_json, schema},
    values::KINDS,
};

/// How a name stands to `things` and the context; to `parts` it is bound in any case where it doesn't read the context.
const STANDINGS: [&str; 5] = ["any", "all", "denies elsewhere", "is ignored elsewhere", "context"];

/// Two values of the kind, with an element in common where the kind has such.
fn two_values(kind: &str) -> [&'static str; 2] {
    match kind {
        "text" => ["a", "b"],
        "path" => ["a", "a/b"],
        "integer" => ["..5", "3..9"],
        "network" => ["10.0.0.0/8", "10.1.0.0/16"],
        "time" => ["..2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z..2026-03-01T00:00:00Z"],
        _ => panic!("{kind}"),
    }
}

/// The sets of values: which are accepted, and which excepted. The first four are those of the worlds of two names.
const SETS: [(&[usize], &[usize]); 8] =
    [(&[], &[]), (&[0], &[]), (&[1], &[]), (&[], &[0]), (&[1, 0], &[]), (&[], &[1]), (&[], &[0, 1]), (&[0], &[1, 0])];

fn conditions(name: &str, kind: &str, (one_of, except): (&[usize], &[usize])) -> Vec<Value> {
    let values = two_values(kind);
    let excepted: Vec<&str> = except.iter().map(|at| values[*at]).collect();
    let one_of = one_of.iter().map(|at| json!({"name": name, "value": values[*at]}));
    one_of.chain((!excepted.is_empty()).then(|| json!({"name": name, "except": excepted}))).collect()
}

const PERMISSIONS: [&[&str]; 2] =
    [&["things:read", "accessTokens:create"], &["things:read,update,list", "parts:*", "accessTokens:*"]];

/// A kind and a standing for each name.
type Names<'a> = &'a [(&'a str, &'a str)];

fn document(names: Names<'_>) -> Value {
    let rule = |at: usize, (kind, standing): (&str, &str)| {
        let attribute = format!("a{at}");
        let all = json!({"attribute": attribute, "match": "all"});
        match standing {
            "any" => json!({"values": kind, "restricts": {"things": attribute, "parts": all}, "elsewhere": "ignore"}),
            "all" => json!({"values": kind, "restricts": {"things": all, "parts": attribute}, "elsewhere": "ignore"}),
            "context" => json!({"values": kind, "context": attribute}),
            "denies elsewhere" => json!({"values": kind, "restricts": {"parts": ["in", attribute]}}),
            _ => json!({"values": kind, "restricts": {"parts": ["in", attribute]}, "elsewhere": "ignore"}),
        }
    };
    let rules: serde_json::Map<_, _> =
        names.iter().enumerate().map(|(at, of)| (format!("c{at}"), rule(at, *of))).collect();
    let resources = json!({"things": {"operations": ["read", "update", "list"]}, "parts": {"operations": ["create"]}});
    json!({"resources": resources, "conditions": rules})
}

/// Every assignment of these names.
fn assignments(names: Names<'_>, sets: usize) -> Vec<Given> {
    let mut all: Vec<Vec<Value>> = vec![vec![]];
    for (at, (kind, _)) in names.iter().enumerate() {
        let with = |so_far: &Vec<Value>| {
            let so_far = so_far.clone();
            SETS[..sets].iter().map(move |set| [&so_far[..], &conditions(&format!("c{at}"), kind, *set)].concat())
        };
        all = all.iter().flat_map(with).collect();
    }
    let of = |conditions: &Vec<Value>| {
        let conditions = conditions.clone();
        PERMISSIONS.iter().map(move |permissions| {
            let permissions = permissions.iter().map(|text| (*text).to_owned()).collect();
            Given { permissions, conditions: conditions.clone() }
        })
    };
    all.iter().flat_map(of).collect()
}

/// Every access of up to so many different assignments.
fn accesses(assignments: &[Given], most: usize) -> Vec<Vec<Given>> {
    let mut all: Vec<(usize, Vec<Given>)> = vec![(0, vec![])];
    let mut from = 0;
    for _ in 0..most {
        let to = all.len();
        for at in from..to {
            let (first, so_far) = all[at].clone();
            for (next, assignment) in assignments.iter().enumerate().skip(first) {
                all.push((next + 1, [&so_far[..], std::slice::from_ref(assignment)].concat()));
            }
        }
        from = to;
    }
    all.into_iter().map(|(_, given)| given).collect()
}

/// How many of the sets there are, the most assignments of an access, and of how many pairs one is asked everything.
#[derive(Clone, Copy)]
struct Size {
    sets: usize,
    most: usize,
    step: usize,
}

#[derive(Default)]
struct Counts {
    schemas: AtomicU64,
    accesses: AtomicU64,
    decisions: AtomicU64,
    allowed: AtomicU64,
    filtered: AtomicU64,
    pairs: AtomicU64,
    within: AtomicU64,
}

fn add(count: &AtomicU64, more: usize) {
    count.fetch_add(more.try_into().unwrap(), Ordering::Relaxed);
}

/// Everything that there is to ask about the worlds of one schema.
fn world(names: Names<'_>, Size { sets, most, step }: Size, counts: &Counts) {
    let (document, longest) = (document(names), if names.len() == 1 { 2 } else { 1 });
    let (model, schema) = (Model { schema: &document }, schema(&document));
    let assignments = assignments(names, sets);
    let asked = model.questions(
        ACCOUNT,
        &assignments.iter().collect::<Vec<_>>(),
        Longest { any: longest, all: 2, odd: names.len() == 1 },
    );
    let asked: Vec<Asked> =
        asked.into_iter().filter(|asked| asked.resource != "accessTokens" || asked.operation == "create").collect();
    let subjects: Vec<Subject> = accesses(&assignments, most)
        .into_iter()
        .map(|given| Subject::new(model, who(&given, true), build(&schema, &given, true), &asked))
        .collect();
    for subject in &subjects {
        add(&counts.filtered, filters(subject, &asked));
        add(&counts.allowed, subject.allowed.iter().filter(|allowed| **allowed).count());
    }
    for (at, left) in subjects.iter().enumerate() {
        for (beside, right) in subjects.iter().enumerate() {
            add(&counts.within, usize::from(within(model, left, right)));
            if (at + beside) % step == 0 {
                excess(model, left, right, &asked);
                set_operations(model, left, right, &asked, longest == 2);
            }
        }
    }
    add(&counts.schemas, 1);
    add(&counts.accesses, subjects.len());
    add(&counts.decisions, subjects.len() * asked.len());
    add(&counts.pairs, subjects.len() * subjects.len());
}

/// Every filter of an access: of a type under an operation, in a context. It is denied exactly if no row passes.
fn filters(subject: &Subject, asked: &[Asked]) -> usize {
    let mut lists: BTreeMap<(&str, &str, String), Vec<usize>> = BTreeMap::new();
    for (at, asked) in asked.iter().enumerate() {
        lists.entry((&asked.resource, &asked.operation, asked.context.to_string())).or_default().push(at);
    }
    for ((resource, operation, _), rows) in &lists {
        let context = &asked[rows[0]].context;
        match subject.access.in_context(context).try_filter_of(*operation, *resource, ACCOUNT) {
            Ok(filter) => {
                let document = as_json(&filter);
                for at in rows {
                    let row = &asked[*at].attributes;
                    let found = [filter.passes(row), passes(&document, row)];
                    assert_eq!(found, [subject.allowed[*at]; 2], "{filter} of {row}\n{:#?}", subject.who);
                }
                assert!(
                    rows.iter().any(|at| subject.allowed[*at]),
                    "{filter} lets nothing through\n{:#?}",
                    subject.who
                );
            }
            Err(denial) => {
                assert!(!rows.iter().any(|at| subject.allowed[*at]), "{denial}\n{:#?}", subject.who);
            }
        }
    }
    lists.len()
}

/// The counts, in the order of their fields.
fn enumerate(schemas: &[Vec<(&'static str, &'static str)>], size: Size, what: &str) -> [u64; 7] {
    let counts = Counts::default();
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(names) = schemas.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                    world(names, size, &counts);
                }
            });
        }
    });
    let Counts { schemas, accesses, decisions, allowed, filtered, pairs, within } = counts;
    let counts = [schemas, accesses, decisions, allowed, filtered, pairs, within].map(AtomicU64::into_inner);
    let [schemas, accesses, decisions, allowed, filtered, pairs, within] = counts;
    println!(
        "all worlds of {what}: {schemas} schemas, {accesses} accesses; {decisions} decisions, {allowed} of them allow; \
         {filtered} filters; {pairs} pairs, {within} of them within"
    );
    counts
}

fn each_name() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    KINDS.into_iter().flat_map(|kind| STANDINGS.map(|standing| (kind, standing)))
}

fn one_name() -> Vec<Vec<(&'static str, &'static str)>> {
    each_name().map(|name| vec![name]).collect()
}

fn two_names() -> Vec<Vec<(&'static str, &'static str)>> {
    each_name().enumerate().flat_map(|(at, one)| each_name().skip(at).map(move |two| vec![one, two])).collect()
}

#[test]
fn all_worlds_of_one_name() {
    let counts = enumerate(&one_name(), Size { sets: 8, most: 2, step: 5 }, "one name, up to two assignments");
    assert_eq!(counts, [25, 25 * 137, 140_425, 71_332, 58_225, 25 * 137 * 137, 181_949]);
}

#[test]
fn all_worlds_of_two_names() {
    let counts = enumerate(&two_names(), Size { sets: 4, most: 1, step: 5 }, "two names, up to one assignment");
    assert_eq!(counts, [325, 325 * 33, 822_294, 127_152, 155_265, 325 * 33 * 33, 118_281]);
}

#[test]
#[ignore = "takes minutes unless optimised: `cargo test --release --test it reference -- --ignored --nocapture`"]
fn all_worlds_of_one_name_and_more_assignments() {
    let counts = enumerate(&one_name(), Size { sets: 8, most: 3, step: 1 }, "one name, up to three assignments");
    assert_eq!([counts[0], counts[1], counts[5]], [25, 25 * 697, 25 * 697 * 697]);
}

#[test]
#[ignore = "takes minutes unless optimised: `cargo test --release --test it reference -- --ignored --nocapture`"]
fn all_worlds_of_two_names_and_more_sets() {
    let counts =
        enumerate(&two_names(), Size { sets: 8, most: 1, step: 1 }, "two names, up to one assignment, all sets");
    assert_eq!([counts[0], counts[1], counts[5]], [325, 325 * 129, 325 * 129 * 129]);
}

/// The crate's account and the reference's, in step.
struct Pair {
    account: Account,
    house: House,
}

impl Pair {
    /// Both do it, or refuse it for the same reason; the names of those.
    fn act(&self, by: u64, context: &Value, act: &Act) -> Result<Self, String> {
        let record = self.account.record(id_of(by)).unwrap();
        let attempt = attempt(&self.account.acting(record, at(0)).in_context(context), act);
        let found = attempt.into_result().map(|change| change.account().clone());
        match (found, self.house.act(by, 0, context, act)) {
            (Ok(account), Ok(house)) => Ok(Self { account, house }),
            (Err(refused), Err(wanted)) => {
                assert_eq!(refused.code(), wanted, "{act:?} in {context}: {refused}\n{:#?}", self.house);
                Err(wanted)
            }
            (found, wanted) => {
                panic!("{act:?} in {context}: {:?} {:?}\n{:#?}", found.map(|_| ()), wanted.map(|_| ()), self.house)
            }
        }
    }
}

fn given(of: &[Given]) -> Vec<Assignment> {
    let role = |of: &Given| format!("p{}", PERMISSIONS.iter().position(|all| **all == of.permissions).unwrap());
    of.iter().map(|of| Assignment { roles: vec![role(of)], conditions: of.conditions.clone() }).collect()
}

/// How many sets of values there are, and how many assignments at most the giver has, and what is given.
#[derive(Clone, Copy)]
struct Giving {
    sets: usize,
    own: usize,
    given: usize,
}

/// How often a token is given, and how often it is refused, by the reason.
fn givings(names: Names<'_>, size: Giving, outcomes: &mut BTreeMap<String, u64>) {
    let document: &'static Value = Box::leak(Box::new(document(names)));
    let schema = schema(document);
    let founded = Account::create(&schema, "a1", "olivia", &operator_key(1), at(0)).into_result().unwrap();
    let mut pair = Pair { account: founded.account().clone(), house: House::founded(document, "olivia") };
    let none = json!({});
    for (at, permissions) in PERMISSIONS.iter().enumerate() {
        let permissions = permissions.iter().map(|text| (*text).to_owned()).collect();
        pair = pair.act(1, &none, &Act::CreateRole { id: format!("p{at}"), permissions }).unwrap();
    }
    let [(kind, standing)] = names else { panic!("one name") };
    let points = if *standing == "context" { kinds::points(kind, &two_values(kind)) } else { vec![] };
    let contexts: Vec<Value> = points.iter().map(|point| json!({"a0": point})).chain([none.clone()]).collect();
    let assignments = assignments(names, size.sets);
    for own in accesses(&assignments, size.own) {
        let invite = Act::Invite { actor: "iris".into(), given: given(&own), key: 2 };
        let pair = pair.act(1, &none, &invite).unwrap();
        for theirs in accesses(&assignments, size.given) {
            let token = Act::Token { actor: "t".into(), given: given(&theirs), key: 3, expires: None };
            for context in &contexts {
                let outcome = pair.act(2, context, &token).err();
                *outcomes.entry(outcome.unwrap_or_else(|| "given".into())).or_default() += 1;
            }
        }
    }
}

/// The outcomes over all worlds of one name.
fn all_givings(size: Giving) -> BTreeMap<String, u64> {
    let mut outcomes = BTreeMap::new();
    for names in one_name() {
        givings(&names, size, &mut outcomes);
    }
    let Giving { sets, own, given } = size;
    println!(
        "all tokens of up to {given} assignments by all operators of up to {own}, of {sets} sets: {} attempts, {outcomes:?}",
        outcomes.values().sum::<u64>()
    );
    outcomes
}

#[test]
fn all_givings_of_one_name() {
    let expected = [
        ("caller_access_exceeded", 3_859),
        ("condition_unbound", 945),
        ("condition_unmet", 2_034),
        ("given", 6_770),
        ("permission_missing", 378),
    ];
    assert_eq!(all_givings(Giving { sets: 4, own: 2, given: 1 }), outcomes(expected));
}

#[test]
#[ignore = "takes minutes unless optimised: `cargo test --release --test it reference -- --ignored --nocapture`"]
fn all_givings_of_one_name_and_more_assignments() {
    // In the 20 schemas without the context once, in the other five in each sort of its values and without.
    assert_eq!(all_givings(Giving { sets: 8, own: 2, given: 2 }).values().sum::<u64>(), 137 * 137 * 42);
}

fn outcomes(expected: [(&str, u64); 5]) -> BTreeMap<String, u64> {
    expected.map(|(outcome, count)| (outcome.to_owned(), count)).into()
}
