//! A world in plain data, which both engines are told in their own words: who asks, what is given, and what is asked about.

use std::net::IpAddr;

use crate::random::Random;

pub(crate) const ACCOUNT: &str = "acme";
pub(crate) const OTHER_ACCOUNT: &str = "other";

pub(crate) const STANDARD: [&str; 5] = ["create", "read", "update", "delete", "list"];

/// The types, and their operations. The last is one of administration.
pub(crate) const TYPES: [(&str, &[&str]); 4] = [
    ("products", &["create", "read", "update", "delete", "list", "approve"]),
    ("orders", &STANDARD),
    ("places", &["read", "list", "approve"]),
    ("accessTokens", &STANDARD),
];

/// What is asked for, on whatever type: those that a type doesn't have, too.
const OPERATIONS: [&str; 7] = ["create", "read", "update", "delete", "list", "approve", "fly"];

/// What the values of a name are, as the engine with more kinds has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Path,
    Integer,
    Network,
    Time,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [Self::Text, Self::Boolean, Self::Path, Self::Integer, Self::Network, Self::Time];
}

/// A value of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Accepted {
    /// Of the kinds text and boolean.
    Text(&'static str),
    /// This and all below it.
    Path(&'static str),
    /// Both ends are within; at least one is there.
    Integers(Option<i64>, Option<i64>),
    Network(&'static str),
    /// In RFC 3339, the end not within; at least one is there.
    Times(Option<String>, Option<String>),
}

/// What stands in an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    Null,
    Text(&'static str),
    Boolean(bool),
    Integer(i64),
    Address(IpAddr),
    /// In RFC 3339.
    Time(String),
    List(Vec<Found>),
    Object,
}

/// Where a name reads on one type, or in the context: the attribute that is called as the name, or that of the object `p`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    pub(crate) nested: bool,
    pub(crate) all: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Reads {
    Context(Binding),
    /// Type by type, and whether it is ignored on the others.
    Types(Vec<Option<Binding>>, bool),
}

/// A name of conditions.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) reads: Reads,
}

/// A role: operations on types, all of the type where there are none.
pub(crate) type Role = Vec<(usize, Vec<&'static str>)>;

/// What is accepted under one name, and what is excepted.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) name: usize,
    pub(crate) one_of: Vec<Accepted>,
    pub(crate) except: Vec<Accepted>,
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) roles: Vec<usize>,
    pub(crate) conditions: Vec<Condition>,
}

/// The actor is of [`ACCOUNT`].
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) names: Vec<Name>,
    pub(crate) roles: Vec<Role>,
    pub(crate) is_token: bool,
    pub(crate) assignments: Vec<Assignment>,
}

/// The attributes that are called as the names, and those in the object `p`, where that is one.
#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    pub(crate) own: Vec<Option<Found>>,
    pub(crate) nested: Option<Vec<Option<Found>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: &'static str,
    /// One of [`TYPES`].
    pub(crate) on: usize,
    pub(crate) account: &'static str,
    /// Of a `create` the proposed ones.
    pub(crate) stored: Attributes,
    /// Of an `update`.
    pub(crate) proposed: Attributes,
    pub(crate) context: Attributes,
}

const TEXTS: [&str; 8] = ["a", "b", "A", "", "7", "-1", "true", "é\"\\*"];
const BOOLEANS: [&str; 2] = ["true", "false"];
const PATHS: [&str; 6] = ["eu", "eu/de", "eu/de/berlin", "us", "us/*", "eu/d"];
const NETWORKS: [&str; 7] =
    ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/1", "2001:db8::/32", "2001:db8::1", "::/0"];
const DAYS: [&str; 5] = ["0001-01-03", "2023-12-31", "2024-02-29", "2026-01-01", "2026-03-01"];

impl World {
    pub(crate) fn random(random: &mut Random) -> Self {
        let names: Vec<Name> = (0..random.between(1..=4)).map(|at| name(random, at)).collect();
        let roles: Vec<Role> = (0..random.between(1..=3)).map(|_| role(random)).collect();
        let several = random.percent(40);
        let assignments =
            (0..if several { random.between(0..=3) } else { 1 }).map(|_| assignment(random, &names, &roles));
        let mut different: Vec<Assignment> = Vec::new();
        for assignment in assignments.collect::<Vec<_>>() {
            let written = |of: &Assignment| format!("{of:?}");
            if !different.iter().any(|of| written(of) == written(&assignment)) {
                different.push(assignment);
            }
        }
        Self { names, roles, is_token: random.percent(50), assignments: different }
    }

    pub(crate) fn request(&self, random: &mut Random) -> Request {
        let stored = self.attributes(random);
        let proposed = if random.percent(50) { stored.clone() } else { self.attributes(random) };
        let on = random.one_of(&[0, 0, 0, 1, 1, 2, 3]);
        let operations = if random.percent(85) { TYPES[on].1 } else { &OPERATIONS };
        Request {
            operation: random.one_of(operations),
            on,
            account: if random.percent(95) { ACCOUNT } else { OTHER_ACCOUNT },
            stored,
            proposed,
            context: self.attributes(random),
        }
    }

    /// The same with one thing less.
    pub(crate) fn smaller(&self, request: &Request) -> Vec<(Self, Request)> {
        let mut all = Vec::new();
        let mut world = |change: &dyn Fn(&mut Self)| {
            let mut smaller = self.clone();
            change(&mut smaller);
            all.push((smaller, request.clone()));
        };
        for at in 0..self.assignments.len() {
            world(&|world| drop(world.assignments.remove(at)));
            for role in 0..self.assignments[at].roles.len() {
                world(&|world| _ = world.assignments[at].roles.remove(role));
            }
            for (place, condition) in self.assignments[at].conditions.iter().enumerate() {
                world(&|world| drop(world.assignments[at].conditions.remove(place)));
                let named = condition.one_of.len() + condition.except.len();
                for value in (0..condition.one_of.len()).filter(|_| named > 1) {
                    world(&|world| drop(world.assignments[at].conditions[place].one_of.remove(value)));
                }
                for value in (0..condition.except.len()).filter(|_| named > 1) {
                    world(&|world| drop(world.assignments[at].conditions[place].except.remove(value)));
                }
            }
        }
        for (at, role) in self.roles.iter().enumerate() {
            for permission in 0..role.len() {
                world(&|world| drop(world.roles[at].remove(permission)));
            }
        }
        for at in 0..self.names.len() {
            for side in 0..3 {
                for nested in [false, true] {
                    let mut request = request.clone();
                    let attributes = match side {
                        0 => &mut request.stored,
                        1 => &mut request.proposed,
                        _ => &mut request.context,
                    };
                    let all_of = if nested { attributes.nested.as_mut() } else { Some(&mut attributes.own) };
                    if all_of.is_some_and(|all| all[at].take().is_some()) {
                        all.push((self.clone(), request));
                    }
                }
            }
        }
        all
    }

    fn attributes(&self, random: &mut Random) -> Attributes {
        let all = |random: &mut Random| {
            self.names.iter().map(|name| random.percent(92).then(|| found(random, name.kind))).collect()
        };
        Attributes { own: all(random), nested: random.percent(95).then(|| all(random)) }
    }
}

fn name(random: &mut Random, at: usize) -> Name {
    let binding = |random: &mut Random| Binding { nested: random.percent(40), all: random.percent(35) };
    let reads = if random.percent(25) {
        Reads::Context(binding(random))
    } else {
        let mut types: Vec<_> = TYPES.map(|_| random.percent(70).then(|| binding(random))).into();
        if types.iter().all(Option::is_none) {
            types[0] = Some(binding(random));
        }
        Reads::Types(types, random.percent(50))
    };
    Name { name: format!("c{at}"), kind: random.one_of(&Kind::ALL), reads }
}

fn role(random: &mut Random) -> Role {
    let permission = |random: &mut Random| {
        let on = random.below(TYPES.len());
        let all = random.percent(25);
        (on, if all { vec![] } else { random.some_of(TYPES[on].1, TYPES[on].1.len()) })
    };
    (0..random.between(1..=5)).map(|_| permission(random)).collect()
}

fn assignment(random: &mut Random, names: &[Name], roles: &[Role]) -> Assignment {
    let all: Vec<usize> = (0..roles.len()).collect();
    let roles = if random.percent(80) { all } else { random.some_of(&all, all.len()) };
    let mut conditions = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if random.percent(60) {
            continue;
        }
        let all = values(random, name.kind);
        // Three spans of time may be all time, after which nothing would be left.
        let (some, form) = (random.some_of(&all, if name.kind == Kind::Time { 2 } else { 3 }), random.below(4));
        let all = || Vec::from_iter(some.iter().cloned());
        let (one_of, except) = match (some.len(), form) {
            (0, _) => continue,
            // Of all values at least one is left: of booleans it may be none.
            (_, 0 | 1) if name.kind != Kind::Boolean || some.len() == 1 => (vec![], all()),
            (2.., 2) => (some[..1].to_vec(), some[1..].to_vec()),
            _ => (all(), vec![]),
        };
        conditions.push(Condition { name: at, one_of, except });
    }
    Assignment { roles, conditions }
}

/// Values of the kind, no two of them the same.
fn values(random: &mut Random, kind: Kind) -> Vec<Accepted> {
    match kind {
        Kind::Text => TEXTS.map(Accepted::Text).into(),
        Kind::Boolean => BOOLEANS.map(Accepted::Text).into(),
        Kind::Path => PATHS.map(Accepted::Path).into(),
        // Not all of them together have every address.
        Kind::Network => NETWORKS.map(Accepted::Network).into(),
        Kind::Integer => {
            let (low, high) = (random.below(4) as i64 - 2, random.below(4) as i64 + 3);
            let ends = [(Some(low), Some(high)), (Some(high), Some(high)), (None, Some(low)), (Some(high + 2), None)];
            ends.map(|(from, to)| Accepted::Integers(from, to)).into()
        }
        Kind::Time => {
            let from = random.below(DAYS.len() - 1);
            let to = random.between(from + 1..=DAYS.len() - 1);
            let mut at = |day: usize| Some(time(random, DAYS[day]));
            let ends = [(at(from), at(to)), (None, at(from)), (at(to), None)];
            ends.map(|(from, to)| Accepted::Times(from, to)).into()
        }
    }
}

/// A time on that day, or on the day before or after it in UTC; often its start, so that ends are met.
fn time(random: &mut Random, day: &str) -> String {
    if random.percent(50) {
        return format!("{day}T{}", random.one_of(&["00:00:00Z", "00:00:00.000Z", "01:00:00+01:00", "14:00:00+14:00"]));
    }
    let (hour, minute, second) = (random.below(24), random.one_of(&[0, 59]), random.one_of(&[0, 59]));
    let fraction = random.one_of(&["", "", ".000", ".001", ".999"]);
    let offset = random.one_of(&["Z", "Z", "+01:00", "-11:30", "+14:00"]);
    format!("{day}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
}

/// What may stand where a name of the kind reads. Mostly it is of the kind.
fn found(random: &mut Random, kind: Kind) -> Found {
    if random.percent(8) {
        return random.one_of(&[Found::Null, Found::Object, Found::Text("other"), Found::Text("07")]);
    }
    // What isn't of the kind, and isn't as text either.
    if kind >= Kind::Integer && random.percent(5) {
        return random.one_of(&[Found::Boolean(true), Found::Text("7.0"), Found::Text("")]);
    }
    match kind {
        Kind::Text | Kind::Boolean if random.percent(30) => {
            Found::List((0..random.below(4)).map(|_| element(random, kind)).collect())
        }
        Kind::Text | Kind::Boolean => element(random, kind),
        Kind::Path => Found::Text(random.one_of(&[
            "eu",
            "eu/de",
            "eu/de/berlin/x",
            "eu/",
            "eu/dexter",
            "us/*",
            "us/ny",
            "EU",
            "",
        ])),
        Kind::Integer => Found::Integer(random.one_of(&[-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, i64::MIN, i64::MAX])),
        Kind::Network => {
            let all = [
                "10.0.0.0",
                "10.1.2.3",
                "10.1.2.4",
                "127.255.255.255",
                "128.0.0.0",
                "::1",
                "2001:db8::1",
                "2001:db9::",
                "::ffff:10.1.2.3",
                "::ffff:0:0",
            ];
            Found::Address(random.one_of(&all).parse().expect("an address"))
        }
        Kind::Time => {
            let day = random.one_of(&DAYS);
            Found::Time(time(random, day))
        }
    }
}

fn element(random: &mut Random, kind: Kind) -> Found {
    if random.percent(4) {
        return Found::Object;
    }
    let boolean = Found::Boolean(random.percent(50));
    let text = Found::Text(random.one_of(&TEXTS));
    let integer = Found::Integer(random.one_of(&[7, -1, 0]));
    match (kind, random.below(6)) {
        (Kind::Boolean, 1..) | (_, 0) => boolean,
        (_, 1) => integer,
        _ => text,
    }
}

/// Every text, integer and boolean that stands anywhere as [`Found`] in a name of the kind text or boolean.
pub(crate) fn of_text() -> Vec<Found> {
    let texts = TEXTS.into_iter().chain(["other", "07", "false"]).map(Found::Text);
    let integers = [7, -1, 0].map(Found::Integer);
    texts.chain(integers).chain([true, false].map(Found::Boolean)).collect()
}
