//! Sets of values against sets of points: the points on both sides of every boundary tell all sets apart.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use keyward::{
    Access, Assignment, Condition, ResourceView, Role, Roles, Schema, ValueSet, compare::Inclusion, filter::Filter,
};
use proptest::{collection, prelude::*, sample, strategy::Union};
use serde_json::{Value, json};

use super::{KINDS, access, conditions, schema_of, set_of};
use crate::{
    reference::kinds,
    support::{ACCOUNT, json as as_json},
};

/// Texts at and around the boundaries of a condition's value.
fn edges(kind: &str, value: &str) -> Vec<String> {
    match kind {
        "text" => ["", "\0", "x"].map(|after| format!("{value}{after}")).into(),
        "path" => ["", "\0", "/", "/x", "0", "x", "."].map(|after| format!("{value}{after}")).into(),
        "integer" => {
            let (first, last) = value.split_once("..").unwrap_or((value, value));
            let ends = [first, last].into_iter().filter_map(|end| end.parse::<i128>().ok());
            let near = |end: i128| [end.checked_sub(1), Some(end), end.checked_add(1)];
            ends.flat_map(near).flatten().map(|integer| integer.to_string()).collect()
        }
        "network" => {
            let (first, length) = value.split_once('/').map_or((value, None), |(first, length)| (first, Some(length)));
            let first: IpAddr = first.parse().unwrap();
            let length = length.map(|length| length.parse::<u32>().unwrap());
            let addresses: Vec<Option<IpAddr>> = match first {
                IpAddr::V4(first) => {
                    let (first, size) = (first.to_bits(), u32::MAX.checked_shr(length.unwrap_or(32)).unwrap_or(0));
                    let last = first + size;
                    let near = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
                    near.map(|bits| bits.map(|bits| Ipv4Addr::from_bits(bits).into())).into()
                }
                IpAddr::V6(first) => {
                    let (first, size) = (first.to_bits(), u128::MAX.checked_shr(length.unwrap_or(128)).unwrap_or(0));
                    let last = first + size;
                    let near = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
                    near.map(|bits| bits.map(|bits| Ipv6Addr::from_bits(bits).into())).into()
                }
            };
            addresses.into_iter().flatten().map(|address| address.to_string()).collect()
        }
        "time" => {
            let (from, before) = value.split_once("..").unwrap();
            let ends = [from, before].into_iter().filter_map(kinds::nanoseconds);
            ends.flat_map(|end| [end - 1, end, end + 1]).filter_map(kinds::written).collect()
        }
        _ => panic!("{kind}"),
    }
}

/// The ends of the kind's whole domain, and of the parts that it has.
fn ends(kind: &str) -> Vec<String> {
    let ends: &[&str] = match kind {
        "text" | "path" => &["", "\0", "\u{10FFFF}"],
        "integer" => &["-170141183460469231731687303715884105728", "0", "170141183460469231731687303715884105727"],
        "network" => &[
            "::",
            "::fffe:ffff:ffff",
            "0.0.0.0",
            "255.255.255.255",
            "::1:0:0:0",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ],
        _ => &["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"],
    };
    ends.iter().copied().map(String::from).collect()
}

fn domain<'a>(kind: &str, values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let around = values.into_iter().flat_map(|value| edges(kind, value));
    ends(kind).into_iter().chain(around).collect::<BTreeSet<_>>().into_iter().collect()
}

/// A set as it is written.
#[derive(Clone, Debug)]
struct Written {
    one_of: Vec<String>,
    except: Vec<String>,
}

impl Written {
    fn lists(&self) -> [Vec<&str>; 2] {
        [&self.one_of, &self.except].map(|list| list.iter().map(|value| &**value).collect())
    }

    fn conditions(&self) -> Vec<Condition> {
        let [one_of, except] = self.lists();
        conditions("x", &one_of, &except)
    }

    /// The points of the domain that it has, by the reference.
    fn points(&self, kind: &str, domain: &[String]) -> BTreeSet<usize> {
        let [one_of, except] = self.lists();
        let has = |point: &String| kinds::accepts(kind, &one_of, &except, &json!(point));
        domain.iter().enumerate().filter(|(_, point)| has(point)).map(|(at, _)| at).collect()
    }
}

/// An access to read `things`, where any element of a list will do, or `parts`, where all must.
fn on(schema: &Schema, resource: &str, assignments: &[Option<&Written>]) -> Access {
    let role = Role::new("reader", [format!("{resource}:read").as_str()]).unwrap();
    let roles = Roles::new(schema, ACCOUNT).unwrap().with(role).unwrap();
    // One that has the same values in another order is the same.
    let mut seen = BTreeSet::new();
    let different = assignments.iter().copied().filter(|written| {
        seen.insert(written.map(|of| (BTreeSet::from_iter(&of.one_of), BTreeSet::from_iter(&of.except))))
    });
    let assignment = |written: Option<&Written>| {
        Assignment::new().role("reader").with_conditions(written.map(Written::conditions).unwrap_or_default())
    };
    Access::builder(&roles).grant(different.map(assignment).collect()).build().unwrap()
}

/// What the comparison says, where it must be this.
fn compares(left: &Access, right: &Access, within: bool) -> Option<Value> {
    let note = || format!("{left:?}\n{right:?}");
    assert_eq!(left.is_within(right), within, "{}", note());
    assert_eq!(left.same_as(right), within && right.is_within(left), "{}", note());
    match left.ensure_within(right) {
        Ok(()) => assert!(within, "{}", note()),
        Err(exceeded) => {
            assert!(!within && exceeded.is_complete() && !exceeded.excesses().is_empty(), "{}", note());
            for excess in exceeded.excesses() {
                assert!(excess.witness().decide(left).is_allow(), "{excess:?}\n{}", note());
                assert!(!excess.witness().decide(right).is_allow(), "{excess:?}\n{}", note());
            }
        }
    }
    match left.within(right) {
        Inclusion::Within => assert!(within, "{}", note()),
        Inclusion::Exceeds(witness) => {
            assert!(!within, "{witness}\n{}", note());
            assert!(witness.decide(left).is_allow(), "{witness}\n{}", note());
            assert!(!witness.decide(right).is_allow(), "{witness}\n{}", note());
            let witness = as_json(&witness);
            return Some(witness["resource"]["attributes"]["x"].clone());
        }
        given_up => panic!("{given_up:?}\n{}", note()),
    }
    None
}

fn meets(left: &Access, right: &Access, common: bool) {
    let both = left.intersection(right);
    assert_eq!(both.is_empty(), !common, "{left:?}\n{right:?}");
    match both.witness() {
        None => assert!(!common, "{left:?}\n{right:?}"),
        Some(witness) => {
            assert!(
                witness.decide(left).is_allow() && witness.decide(right).is_allow(),
                "{witness}\n{left:?}\n{right:?}"
            );
        }
    }
}

const VALUES: [(&str, [&str; 4]); 5] = [
    ("text", ["a", "b", "", "a-other"]),
    ("path", ["a", "a/b", "b", "a/b/c"]),
    ("integer", ["0..9", "5..20", "..-1", "10.."]),
    ("network", ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32"]),
    (
        "time",
        [
            "2026-01-01T00:00:00Z..2026-03-01T00:00:00Z",
            "2026-02-01T00:00:00Z..2026-04-01T00:00:00Z",
            "..2026-01-01T00:00:00Z",
            "2026-03-01T01:00:00+01:00..",
        ],
    ),
];

/// Every set that names some of the values and excepts up to two, if anything is left.
fn family(schema: &Schema, values: &[&str]) -> Vec<(Written, Access)> {
    let of = |mask: usize| -> Vec<String> {
        let chosen = values.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
        chosen.map(|(_, value)| String::from(*value)).collect()
    };
    let masks = || 0..1_usize << values.len();
    let pairs = masks().flat_map(|named| masks().map(move |except| (named, except)));
    let pairs = pairs.filter(|(named, except)| (named | except) != 0 && except.count_ones() <= 2);
    pairs
        .filter_map(|(named, except)| {
            let written = Written { one_of: of(named), except: of(except) };
            let [one_of, except] = written.lists();
            let access = access(schema, &one_of, &except).ok()?;
            Some((written, access))
        })
        .collect()
}

/// Of many elements, one that a reader knows: not the first of a domain, where there is another.
#[test]
fn an_element_is_the_least_remarkable() {
    for (kind, one_of, element) in [
        ("integer", &["..5"][..], "5"),
        ("integer", &["7.."], "7"),
        ("integer", &["..5", "6.."], "0"),
        ("network", &["0.0.0.0/0", "::/0"], "::"),
        ("network", &["10.0.0.0/8"], "10.0.0.0"),
        ("time", &["..2026-01-01T00:00:00Z"], "2025-12-31T23:59:59.999999999Z"),
        ("time", &["..2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z.."], "0000-01-01T00:00:00Z"),
    ] {
        let access = access(&schema_of(kind), one_of, &[]).unwrap();
        let witness = as_json(&access.intersection(&access).witness().unwrap());
        let found = witness["resource"]["attributes"]["x"].to_string();
        assert_eq!(found.trim_matches('"'), element, "{kind} {one_of:?}");
    }
}

#[test]
fn every_small_set_against_every_other() {
    std::thread::scope(|scope| {
        for (kind, values) in VALUES {
            scope.spawn(move || every_pair(kind, &values));
        }
    });
}

fn every_pair(kind: &str, values: &[&str]) {
    let schema = schema_of(kind);
    let domain = domain(kind, values.iter().copied());
    let family = family(&schema, values);
    assert!(family.len() > 150, "{kind}: {}", family.len());
    let points: Vec<BTreeSet<usize>> = family.iter().map(|(written, _)| written.points(kind, &domain)).collect();
    let sets: Vec<&ValueSet> = family.iter().map(|(_, access)| set_of(access)).collect();
    for ((written, _), (set, points)) in family.iter().zip(sets.iter().zip(&points)) {
        for (at, point) in domain.iter().enumerate() {
            assert_eq!(set.contains(point), points.contains(&at), "{kind} {written:?} {point:?}");
        }
        let whole = [on(&schema, "things", &[None]), on(&schema, "parts", &[None])];
        for (all, resource) in whole.iter().zip(["things", "parts"]) {
            // Null is allowed by no condition, and so an access without one is never within.
            let some = on(&schema, resource, &[Some(written)]);
            let witness = compares(all, &some, false).unwrap();
            assert_eq!(kinds::is_of(kind, &witness), points.len() < domain.len(), "{kind} {written:?} {witness}");
            compares(&some, all, true);
            // Nor does a set and its complement make up everything.
            let complement = Written { one_of: vec![], except: written.one_of.clone() };
            if written.except.is_empty() && access(&schema, &[], &complement.lists()[1]).is_ok() {
                let witness =
                    compares(all, &on(&schema, resource, &[Some(written), Some(&complement)]), false).unwrap();
                let is_mixed = matches!(&witness, Value::Array(list) if list.len() > 1);
                assert!(is_mixed || !kinds::is_of(kind, &witness), "{kind} {written:?} {witness}");
            }
        }
    }
    let pairs = (0..family.len()).flat_map(|left| (0..family.len()).map(move |right| (left, right)));
    for (count, (left, right)) in pairs.enumerate() {
        let (ours, theirs) = (&points[left], &points[right]);
        let within = ours.is_subset(theirs);
        let note = || format!("{kind} {:?} {:?}", family[left].0, family[right].0);
        assert_eq!(sets[left].is_subset(sets[right]), within, "{}", note());
        assert_eq!(sets[left] == sets[right], ours == theirs, "{}", note());
        if count % 31 != 0 {
            continue;
        }
        for resource in ["things", "parts"] {
            let [one, other] = [left, right].map(|at| on(&schema, resource, &[Some(&family[at].0)]));
            compares(&one, &other, within);
            // A list may have an element in each.
            meets(&one, &other, resource == "things" || !ours.is_disjoint(theirs));
            // A third beside the right, or beside the left.
            let third = count * 7 % family.len();
            let (third, thirds) = (&family[third].0, &points[third]);
            let [pair, wider] = [left, right].map(|at| on(&schema, resource, &[Some(&family[at].0), Some(third)]));
            let is_in_pair = match resource {
                "things" => theirs.is_subset(&ours.union(thirds).copied().collect()),
                // Two elements of a list may be one in each.
                _ => theirs.is_subset(ours) || theirs.is_subset(thirds),
            };
            compares(&other, &pair, is_in_pair);
            compares(&pair, &other, ours.is_subset(theirs) && thirds.is_subset(theirs));
            compares(&pair, &wider, {
                let one = |points: &BTreeSet<usize>| match resource {
                    "things" => points.is_subset(&theirs.union(thirds).copied().collect()),
                    _ => points.is_subset(theirs) || points.is_subset(thirds),
                };
                one(ours) && one(thirds)
            });
        }
    }
}

/// What meets both a value and all but it is nothing, and the complement of the complement is the value itself.
#[test]
fn what_is_in_no_complement() {
    for (kind, values) in VALUES {
        let schema = schema_of(kind);
        let domain = domain(kind, values);
        for value in values {
            let [named, but] = [access(&schema, &[value], &[]), access(&schema, &[], &[value])].map(Result::unwrap);
            for (at, point) in domain.iter().enumerate() {
                assert_ne!(
                    set_of(&named).contains(point),
                    set_of(&but).contains(point),
                    "{kind} {value} {at} {point:?}"
                );
            }
            for of_other in values {
                let other = access(&schema, &[of_other], &[]).unwrap();
                let (named, but, other) = (set_of(&named), set_of(&but), set_of(&other));
                let is_apart = !domain.iter().any(|point| named.contains(point) && other.contains(point));
                assert_eq!(other.is_subset(but), is_apart, "{kind} {value} {of_other}");
            }
        }
    }
}

/// What is named, and what is excepted.
type Lists<'a> = (&'a [&'a str], &'a [&'a str]);

/// The order in which values are given, how they are written, and that one lies in another make no difference.
#[test]
fn equal_sets() {
    let equal: &[(&str, [Lists<'_>; 2])] = &[
        ("text", [(&["a", "b"], &[]), (&["b", "a"], &[])]),
        ("text", [(&["a"], &["a", "b"]), (&[], &["b"])]),
        ("text", [(&["a"], &["a"]), (&["b"], &["b"])]),
        ("path", [(&["a", "a/b"], &[]), (&["a"], &[])]),
        ("path", [(&[], &["a/b/c", "a"]), (&[], &["a"])]),
        ("path", [(&["a/b"], &["a/b"]), (&["x"], &["x"])]),
        ("integer", [(&["1..9", "10..20"], &[]), (&["15..20", "5..17", "1..6"], &[])]),
        ("integer", [(&["7..7"], &[]), (&["7"], &[])]),
        ("integer", [(&["8.."], &[]), (&[], &["..7"])]),
        ("integer", [(&["..6", "8.."], &[]), (&[], &["7"])]),
        ("integer", [(&["..9", "3.."], &[]), (&["7"], &["7"])]),
        ("network", [(&["::ffff:10.0.0.0/104"], &[]), (&["10.0.0.0/8"], &[])]),
        ("network", [(&["10.0.0.0/9", "10.128.0.0/9"], &[]), (&["10.0.0.0/8"], &[])]),
        ("network", [(&["0.0.0.0/0"], &[]), (&[], &["::/0"])]),
        ("network", [(&["::/0"], &[]), (&[], &["::ffff:0:0/96"])]),
        ("network", [(&["::fffe:0:0/95"], &[]), (&["::fffe:0:0/96"], &[])]),
        ("network", [(&["10.0.0.1/32"], &[]), (&["10.0.0.1"], &[])]),
        (
            "time",
            [
                (&["2026-01-01T00:00:00Z..2026-02-01T00:00:00Z", "2026-02-01T01:00:00+01:00.."], &[]),
                (&[], &["..2026-01-01T00:00:00.000Z"]),
            ],
        ),
        ("time", [(&["0000-01-01T00:00:00Z..2026-01-01T00:00:00Z"], &[]), (&["..2026-01-01T00:00:00Z"], &[])]),
    ];
    for (kind, [one, other]) in equal {
        let schema = schema_of(kind);
        let [one, other] = [one, other].map(|(one_of, except)| access(&schema, one_of, except).unwrap());
        assert!(one.same_as(&other), "{one:?} {other:?}");
        assert_eq!(set_of(&one), set_of(&other));
    }
}

/// Texts and paths have one domain; sets of other kinds are never in one another.
#[test]
fn sets_of_two_kinds() {
    let of = |kind, one_of: &[&str], except: &[&str]| access(&schema_of(kind), one_of, except).unwrap();
    let year = "2026-01-01T00:00:00Z..2027-01-01T00:00:00Z";
    let sets = [of("integer", &["7"], &[]), of("network", &["10.0.0.0/8"], &[]), of("time", &[year], &[])];
    let (text, path) = (of("text", &["eu/de", "eu"], &[]), of("path", &["eu"], &[]));
    assert!(set_of(&text).is_subset(set_of(&path)) && !set_of(&path).is_subset(set_of(&text)));
    let (all_but_text, all_but_path) = (of("text", &[], &["eu"]), of("path", &[], &["eu"]));
    assert!(set_of(&all_but_path).is_subset(set_of(&all_but_text)));
    assert!(!set_of(&all_but_text).is_subset(set_of(&all_but_path)));
    // Both are every text, and they are still sets of two kinds.
    let (every_text, every_path) = (of("text", &["eu"], &["eu"]), of("path", &["eu"], &["eu"]));
    assert!(set_of(&every_text).is_subset(set_of(&every_path)) && set_of(&every_path).is_subset(set_of(&every_text)));
    assert_ne!(set_of(&every_text), set_of(&every_path));
    for (at, one) in sets.iter().enumerate() {
        for (other_at, other) in sets.iter().enumerate() {
            assert_eq!(set_of(one).is_subset(set_of(other)), at == other_at);
            assert_eq!(set_of(one) == set_of(other), at == other_at);
        }
        for texts in [&text, &path, &every_text] {
            assert!(!set_of(one).is_subset(set_of(texts)) && !set_of(texts).is_subset(set_of(one)));
            assert_ne!(set_of(one), set_of(texts));
        }
    }
}

fn value(kind: &'static str) -> BoxedStrategy<String> {
    match kind {
        "text" => "[ab]{0,3}|a-other(-[2-4])?".boxed(),
        "path" => "[ab]{1,2}(/[ab0.]{1,2}){0,2}|a-other(/b)?|a/other".boxed(),
        "integer" => {
            let end = prop_oneof![6 => -20_i128..20, 1 => Just(i128::MIN), 1 => Just(i128::MAX), 1 => any::<i128>()];
            (end.clone(), end, 0..4)
                .prop_map(|(one, other, form)| {
                    let (first, last) = (one.min(other), one.max(other));
                    match form {
                        0 => first.to_string(),
                        1 if first < -10 => format!("..{first}"),
                        2 if last > 10 => format!("{last}.."),
                        _ => format!("{first}..{last}"),
                    }
                })
                .boxed()
        }
        "network" => {
            let v4 = (sample::select(vec![0x0a00_0000_u32, 0, 0xffff_ffff, 0x0aff_ffff]), 0..=32_u32, any::<bool>());
            let v4 = v4.prop_map(|(bits, length, mapped)| {
                let first = bits & !u32::MAX.checked_shr(length).unwrap_or(0);
                let first = Ipv4Addr::from_bits(first);
                if mapped { format!("::ffff:{first}/{}", length + 96) } else { format!("{first}/{length}") }
            });
            let near_mapped =
                [0, 1, 0xffff_0000_0000, 0xfffe_ffff_ffff, 0x1_0000_0000_0000, u128::MAX, 0x2001_0db8 << 96];
            let v6 = (sample::select(near_mapped.to_vec()), 0..=128_u32).prop_map(|(bits, length)| {
                let first = bits & !u128::MAX.checked_shr(length).unwrap_or(0);
                format!("{}/{length}", Ipv6Addr::from_bits(first))
            });
            Union::new([v4.boxed(), v6.boxed()]).boxed()
        }
        _ => {
            let end = (0..40_i128, 0..3_i128).prop_map(|(hour, nanosecond)| hour * 3_600_000_000_000 + nanosecond);
            (end.clone(), end, 0..6)
                .prop_map(|(one, other, form)| {
                    let start = kinds::nanoseconds("2026-02-28T10:00:00Z").unwrap();
                    let [first, last] =
                        [one.min(other), one.max(other)].map(|end| kinds::written(start + end).unwrap());
                    match form {
                        0 => format!("..{first}"),
                        1 => format!("{last}.."),
                        _ if first == last => format!("{first}..2030-01-01T00:00:00+05:30"),
                        _ => format!("{first}..{last}"),
                    }
                })
                .boxed()
        }
    }
}

fn written(kind: &'static str) -> impl Strategy<Value = Written> {
    let list = move |most| collection::vec(value(kind), 0..=most);
    let lists = prop_oneof![
        3 => (list(16), Just(vec![])),
        2 => (Just(vec![]), list(4)),
        2 => (list(8), list(8)),
    ];
    lists.prop_map(|(one_of, except)| {
        let once = |list: Vec<String>| {
            let mut seen = BTreeSet::new();
            list.into_iter().filter(|value| seen.insert(value.clone())).collect::<Vec<_>>()
        };
        Written { one_of: once(one_of), except: once(except) }
    })
}

fn three() -> impl Strategy<Value = (&'static str, [Written; 3])> {
    sample::select(KINDS.to_vec()).prop_flat_map(|kind| (Just(kind), [written(kind), written(kind), written(kind)]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn random_sets((kind, three) in three()) {
        let schema = schema_of(kind);
        let lists = three.iter().flat_map(|of| of.one_of.iter().chain(&of.except));
        let domain = domain(kind, lists.map(|value| &**value));
        let mut accesses = Vec::new();
        for written in &three {
            let [one_of, except] = written.lists();
            prop_assume!(!one_of.is_empty() || !except.is_empty());
            let points = written.points(kind, &domain);
            match access(&schema, &one_of, &except) {
                Ok(access) => accesses.push((access, points)),
                Err(error) => {
                    prop_assert!(points.is_empty(), "{error}: {written:?}");
                    prop_assume!(false);
                }
            }
        }
        for (access, points) in &accesses {
            prop_assert!(!points.is_empty());
            for (at, point) in domain.iter().enumerate() {
                prop_assert_eq!(set_of(access).contains(point), points.contains(&at), "{} {:?}", point, access);
            }
            // What is written is read, and is the same set.
            let filter = access.try_filter_of("read", "parts", ACCOUNT).unwrap();
            let read: Filter = serde_json::from_str(&serde_json::to_string(&filter).unwrap()).unwrap();
            prop_assert_eq!(&filter, &read);
            for point in &domain {
                let row = json!({"x": point});
                let view = ResourceView::new("parts", ACCOUNT, &row);
                prop_assert_eq!(read.passes(&row), access.decide("read", &view).is_allow());
            }
        }
        for (one, ours) in &accesses {
            for (other, theirs) in &accesses {
                prop_assert_eq!(set_of(one).is_subset(set_of(other)), ours.is_subset(theirs), "{:?} {:?}", one, other);
                prop_assert_eq!(set_of(one) == set_of(other), ours == theirs, "{:?} {:?}", one, other);
            }
        }
        let [a, b, c] = &three;
        let [(_, ours), (_, theirs), (_, thirds)] = &accesses[..] else { panic!("three") };
        for resource in ["things", "parts"] {
            let [left, right] = [a, b].map(|of| on(&schema, resource, &[Some(of)]));
            compares(&left, &right, ours.is_subset(theirs));
            meets(&left, &right, resource == "things" || !ours.is_disjoint(theirs));
            let union = on(&schema, resource, &[Some(b), Some(c)]);
            let within = match resource {
                "things" => ours.is_subset(&theirs.union(thirds).copied().collect()),
                _ => ours.is_subset(theirs) || ours.is_subset(thirds),
            };
            compares(&left, &union, within);
            compares(&union, &left, theirs.is_subset(ours) && thirds.is_subset(ours));
        }
    }
}
