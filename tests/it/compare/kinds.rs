//! Small worlds with kinds of values, exceptions and a context: every access against every other, alone and in pairs.

use keyward::{Access, Assignment, Condition, Role, Roles, Schema, json::Json};
use serde_json::{Value, json};

use super::{
    laws,
    small::{self, ACCOUNT, Request, Truth},
    unions,
};

/// Two names that read an `ip` each, one of the resource and one of the context.
struct World {
    kinds: [&'static str; 2],
    matching: [&'static str; 2],
    /// Of each name the sets that conditions accept: what is named, and what is excepted.
    sets: [&'static [Set]; 2],
    /// Of each what may be found there, besides nothing, null and lists of these.
    found: [&'static [&'static str]; 2],
}

type Set = (&'static [&'static str], &'static [&'static str]);

const INTEGERS: &[Set] =
    &[(&[], &[]), (&["..5"], &[]), (&["3..9"], &[]), (&[], &["3..9"]), (&["4"], &["..5"]), (&["..5", "6.."], &[])];
const NETWORKS: &[Set] = &[
    (&[], &[]),
    (&["10.0.0.0/8"], &[]),
    (&["10.1.0.0/16", "::/0"], &[]),
    (&[], &["10.0.0.0/8"]),
    (&[], &["::ffff:10.1.0.0/112"]),
];
const PATHS: &[Set] = &[(&[], &[]), (&["a"], &[]), (&["a/b", "b"], &[]), (&[], &["a"]), (&["a/b"], &["a", "b"])];
const TEXTS: &[Set] = &[(&[], &[]), (&["a"], &[]), (&["a", "b"], &[]), (&[], &["a"]), (&[], &["b", "a"])];
const TIMES: &[Set] = &[
    (&[], &[]),
    (&["2026-01-01T00:00:00Z..2026-03-01T00:00:00Z"], &[]),
    (&["2026-02-01T00:00:00Z.."], &[]),
    (&[], &["2026-02-01T00:00:00Z..2026-03-01T00:00:00Z"]),
];

const OF_INTEGERS: &[&str] = &["2", "4", "5", "8", "20", "04"];
const OF_NETWORKS: &[&str] = &["10.1.0.1", "::ffff:10.2.0.1", "11.0.0.1", "::1", "10.1.0.1/32"];
const OF_PATHS: &[&str] = &["a", "a/b/c", "b", "ab"];
const OF_TEXTS: &[&str] = &["a", "b", "c"];
const OF_TIMES: &[&str] =
    &["2025-06-01T00:00:00Z", "2026-01-15T00:00:00Z", "2026-02-15T00:00:00Z", "2026-06-01T00:00:00Z", "2026"];

const WORLDS: [World; 4] = [
    World {
        kinds: ["integer", "network"],
        matching: ["any", "any"],
        sets: [INTEGERS, NETWORKS],
        found: [OF_INTEGERS, OF_NETWORKS],
    },
    World {
        kinds: ["integer", "time"],
        matching: ["all", "any"],
        sets: [INTEGERS, TIMES],
        found: [OF_INTEGERS, OF_TIMES],
    },
    World {
        kinds: ["path", "network"],
        matching: ["any", "all"],
        sets: [PATHS, NETWORKS],
        found: [OF_PATHS, OF_NETWORKS],
    },
    World { kinds: ["text", "path"], matching: ["all", "all"], sets: [TEXTS, PATHS], found: [OF_TEXTS, OF_PATHS] },
];

fn attributes(value: Option<Value>) -> Json {
    let object = value.map_or_else(|| json!({}), |value| json!({"ip": value}));
    Json::parse(&object.to_string()).unwrap()
}

impl World {
    fn schema(&self) -> Schema {
        let of = |at: usize| json!({"attribute": "ip", "match": self.matching[at]});
        let document = json!({
            "resources": {"one": {}, "two": {"operations": ["list"]}},
            "conditions": {
                "x": {"values": self.kinds[0], "restricts": {"one": of(0)}, "elsewhere": "ignore"},
                "y": {"values": self.kinds[1], "context": of(1)},
            },
        });
        Schema::from_json(&document.to_string()).unwrap()
    }

    /// Everything that may be found: alone, and two of a list.
    fn attributes(&self, at: usize) -> Vec<Json> {
        let found = self.found[at];
        let pairs =
            found.iter().enumerate().flat_map(|(at, one)| found[at + 1..].iter().map(move |two| json!([one, two])));
        let odd = [json!(null), json!([]), json!([found[0], null]), json!([[found[0]]]), json!({"ip": found[0]})];
        let all = found.iter().map(|one| json!(one)).chain(pairs).chain(odd);
        std::iter::once(None).chain(all.map(Some)).map(attributes).collect()
    }

    fn requests(&self) -> Vec<Request> {
        let (resources, contexts) = (self.attributes(0), self.attributes(1));
        let few = |all: &[Json]| -> Vec<Json> { all.iter().step_by(2).take(5).cloned().collect() };
        let mut requests = Vec::new();
        for (resource, context) in resources.iter().flat_map(|one| contexts.iter().map(move |two| (one, two))) {
            let of = |operation, kind| Request {
                context: context.clone(),
                ..Request::new(operation, kind, resource.clone())
            };
            requests.extend([of("read", "one"), of("update", "one"), of("list", "two")]);
        }
        for (stored, proposed) in
            few(&resources).iter().flat_map(|one| few(&resources).into_iter().map(move |two| (one.clone(), two)))
        {
            let of = |context: Json| Request {
                proposed: proposed.clone(),
                context,
                ..Request::new("update", "one", stored.clone())
            };
            requests.extend(few(&contexts).into_iter().map(of));
        }
        requests
    }

    fn accesses(&self, roles: &Roles) -> Vec<Access> {
        let of = |name: &str, (one_of, except): &Set| {
            let named = one_of.iter().map(|value| Condition::new(name, value).unwrap());
            let except = (!except.is_empty()).then(|| Condition::except(name, *except).unwrap());
            named.chain(except).collect::<Vec<_>>()
        };
        let sets = self.sets[0].iter().flat_map(|x| self.sets[1].iter().map(move |y| (x, y)));
        let grants = sets.flat_map(|(x, y)| ["read", "all"].map(|role| (role, [of("x", x), of("y", y)].concat())));
        let build = |(role, conditions): (&str, Vec<Condition>)| {
            unions::of(roles, [Assignment::new().role(role).with_conditions(conditions)])
        };
        grants.map(build).collect()
    }
}

fn compare(stride: usize) {
    std::thread::scope(|scope| {
        for world in &WORLDS {
            scope.spawn(move || compare_in(world, stride));
        }
    });
}

fn compare_in(world: &World, stride: usize) {
    let schema = world.schema();
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let roles = roles.with(Role::new("read", ["one:read"]).unwrap()).unwrap();
    let roles = roles.with(Role::new("all", ["one:read,update", "two:list"]).unwrap()).unwrap();
    let requests = world.requests();
    let singles = world.accesses(&roles);
    let truth = |access: &Access| Truth::of(access, &requests);
    let truths: Vec<Truth> = singles.iter().map(truth).collect();
    let all: Vec<(&Access, &Truth)> = singles.iter().zip(&truths).collect();
    let pairs = all.iter().flat_map(|one| all.iter().map(move |two| (one, two)));
    for (index, ((left, ours), (right, theirs))) in pairs.enumerate() {
        let allowed = [*ours, *theirs];
        laws::inclusion(left, right, allowed);
        laws::review(left, right, allowed);
        if index % (stride / 8 * 2 + 1) == 0 {
            laws::operations(left, right, &requests, allowed);
            laws::excess(left, right, &requests, allowed);
        }
    }
    // Unions of two, each against every other and against the single ones.
    let written: Vec<Assignment> = singles.iter().map(unions::written).collect();
    let two = written
        .iter()
        .enumerate()
        .flat_map(|(at, one)| written[..at].iter().map(move |two| [one.clone(), two.clone()]));
    let mut unions_of_two: Vec<Access> = two.step_by(stride).map(|two| unions::of(&roles, two)).collect();
    unions_of_two.extend(singles.iter().step_by(3).cloned());
    let truths: Vec<Truth> = unions_of_two.iter().map(truth).collect();
    let all: Vec<(&Access, &Truth)> = unions_of_two.iter().zip(&truths).collect();
    let pairs = all.iter().flat_map(|one| all.iter().map(move |two| (one, two)));
    let mut within = 0;
    for (index, ((left, ours), (right, theirs))) in pairs.enumerate() {
        unions::laws(left, right, &requests, [ours, theirs], index % 101 == 0);
        within += usize::from(ours.is_subset(theirs));
    }
    let count = unions_of_two.len();
    assert!(within > count + count * count / 40, "{within} of {} are too few to mean anything", count * count);
}

#[test]
fn accesses_of_kinds_and_contexts_are_compared_exactly() {
    compare(41);
}

#[test]
#[ignore = "more pairs take minutes: `cargo test --release --test it -- --ignored`"]
fn accesses_of_kinds_and_contexts_are_compared_exactly_for_more_pairs() {
    compare(5);
}

/// Two elements of a list can show what one alone can't, and the requests have such.
#[test]
fn the_requests_tell_lists_apart() {
    let world = &WORLDS[1];
    let schema = world.schema();
    let roles = Roles::new(&schema, ACCOUNT).unwrap().with(Role::new("read", ["one:read"]).unwrap()).unwrap();
    let access = |assignments: &[&[&str]]| {
        let of = |values: &&[&str]| {
            Assignment::new()
                .role("read")
                .with_conditions(values.iter().map(|value| Condition::new("x", value).unwrap()))
        };
        unions::of(&roles, assignments.iter().map(of))
    };
    let (whole, parts) = (access(&[&["..5", "6.."]]), access(&[&["..5"], &["6.."]]));
    let requests = world.requests();
    assert!(!whole.is_within(&parts) && parts.is_within(&whole));
    assert!(!Truth::of(&whole, &requests).is_subset(&Truth::of(&parts, &requests)));
    let (_, set) = whole.assignments().next().unwrap().conditions().next().unwrap();
    assert_eq!(small::written("x", set).len(), 2);
}
