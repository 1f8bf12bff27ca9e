//! What comparing two accesses costs, by the number of their assignments.
//!
//! `cargo bench --bench compare`. Ratios count; absolute times are the machine's.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a benchmark is run by hand, over what it made itself"
)]

use std::hint::black_box;

use divan::Bencher;
use keyward::{
    Access, Assignment, Condition, Role, Roles, Schema,
    compare::Inclusion,
    schema::{ConditionRule, ValueKind},
};

fn main() {
    divan::main();
}

const NAMES: usize = 20;

fn roles() -> Roles {
    let names = (0..NAMES).map(|name| format!(r#""c{name}": {{"restricts": {{"things": "a{name}"}}}}"#));
    let names: Vec<String> = names.collect();
    let schema = format!(r#"{{"resources": {{"things": {{}}}}, "conditions": {{{}}}}}"#, names.join(", "));
    let roles = Roles::new(&Schema::from_json(&schema).unwrap(), "acme").unwrap();
    roles.with_all([Role::new("see", ["things:read,list"]).unwrap(), Role::new("edit", ["things:*"]).unwrap()]).unwrap()
}

fn access(assignments: impl IntoIterator<Item = Assignment>) -> Access {
    Access::builder(&roles()).grant(assignments.into_iter().collect()).build().unwrap()
}

fn assignment(role: &str, values: impl IntoIterator<Item = (usize, usize)>) -> Assignment {
    let conditions =
        values.into_iter().map(|(name, value)| Condition::new(format!("c{name}"), format!("v{value}")).unwrap());
    Assignment::new().role(role).with_conditions(conditions)
}

/// What people write: each assignment of another part, with four conditions; the right has each of them, a little wider.
fn ordinary(count: usize, wider: usize) -> Access {
    access((0..count).map(|part| {
        let values = (0..4).flat_map(|name| (0..=wider).map(move |more| (name, part * 10 + name + more * 100)));
        assignment(if part % 2 == 0 { "see" } else { "edit" }, values)
    }))
}

#[divan::bench(args = [1, 4, 16])]
fn within(bencher: Bencher<'_, '_>, count: usize) {
    let (left, right) = (ordinary(count, 0), ordinary(count, 1));
    assert!(left.is_within(&right));
    bencher.bench_local(|| black_box(&left).is_within(black_box(&right)));
}

#[divan::bench(args = [1, 4, 16])]
fn beyond(bencher: Bencher<'_, '_>, count: usize) {
    let (left, right) = (ordinary(count, 1), ordinary(count, 0));
    assert!(!left.is_within(&right));
    bencher.bench_local(|| black_box(&left).within(black_box(&right)).is_within());
}

#[divan::bench(args = [1, 4, 16])]
fn excess(bencher: Bencher<'_, '_>, count: usize) {
    let (left, right) = (ordinary(count, 1), ordinary(count, 0));
    bencher.bench_local(|| black_box(&left).ensure_within(black_box(&right)).is_ok());
}

/// One condition of 256 values on each side, each value of the left within one of the right.
#[divan::bench(args = ["text", "path", "integer", "network"])]
fn of_256_values(bencher: Bencher<'_, '_>, kind: &str) {
    let kinds = [ValueKind::Text, ValueKind::Path, ValueKind::Integer, ValueKind::Network];
    let kind = kinds.into_iter().find(|known| known.to_string() == kind).unwrap();
    let rule = ConditionRule::new("of").values(kind).restricts("things", "value");
    let schema = Schema::builder().resource("things").condition(rule).build().unwrap();
    let roles = Roles::new(&schema, "acme").unwrap();
    let access = |narrow: bool| {
        let conditions = (0..256).map(|number| {
            let value = match (kind, narrow) {
                (ValueKind::Text, _) => format!("value_{number}"),
                (ValueKind::Path, true) => format!("area/{number}/below"),
                (ValueKind::Path, false) => format!("area/{number}"),
                (ValueKind::Integer, true) => format!("{}..{}", number * 10 + 1, number * 10 + 5),
                (ValueKind::Integer, false) => format!("{}..{}", number * 10, number * 10 + 6),
                (_, true) => format!("10.{number}.3.0/24"),
                (_, false) => format!("10.{number}.0.0/16"),
            };
            Condition::new("of", value).unwrap()
        });
        Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap()
    };
    let (left, right) = (access(true), access(false));
    assert!(left.is_within(&right));
    bencher.bench_local(|| black_box(&left).is_within(black_box(&right)));
}

/// The worst that was found: it ends at the bound.
#[divan::bench]
fn worst(bencher: Bencher<'_, '_>) {
    let (left, right) = worst_pair();
    assert_eq!(left.within(&right), Inclusion::TooManyPieces);
    bencher.bench_local(|| black_box(&left).is_within(black_box(&right)));
}

/// The right covers the left, but only by eight products together, each of three names with one of two values; and eight
/// others, of two names each, are taken away first, since they leave fewer parts.
fn worst_pair() -> (Access, Access) {
    let (x, y, z, e) = (0, 8, 16, 19);
    let left = (0..16).map(|number| {
        let both = (z..z + 3).flat_map(|name| [(name, 0), (name, 1)]);
        assignment("see", both.chain([(e, number)]))
    });
    let in_the_way = (0..8).map(|at| assignment("see", [(x + at, 0), (y + at, 0)]));
    let covering = (0..8).map(|corner| assignment("see", (0..3).map(|name| (z + name, corner >> name & 1))));
    (access(left), access(in_the_way.chain(covering)))
}
