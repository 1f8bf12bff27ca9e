//! Addresses and times, and sets of them.

use std::collections::BTreeSet;

use keyward::schema::ValueKind;

use crate::filter_law::{Wanted, random};

/// Networks, and addresses in them or not, of which the mapped ones are those of IPv4.
pub(crate) const NETWORKS: [&str; 14] = [
    "10.0.0.0/8",
    "10.0.0.1",
    "0.0.0.0/0",
    "255.255.255.255",
    "192.168.0.0/31",
    "::/0",
    "::",
    "::1",
    "2001:db8::/32",
    "2001:db8::ff/128",
    "::ffff:10.0.0.0/104",
    "::ffff:0.0.0.0/96",
    "::fffe:0:0/96",
    "8000::/1",
];

/// Addresses as PostgreSQL takes them, some with a part of their bits.
pub(crate) const ADDRESSES: [&str; 28] = [
    "10.0.0.1",
    "10.0.0.0",
    "10.255.255.255",
    "11.0.0.0",
    "9.255.255.255",
    "0.0.0.0",
    "255.255.255.255",
    "192.168.0.1",
    "192.168.0.2",
    "10.0.0.1/24",
    "10.0.0.0/8",
    "10.0.0.1/32",
    "0.0.0.0/0",
    "::",
    "::1",
    "::1/128",
    "::/0",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:11.0.0.0",
    "::ffff:10.0.0.1/104",
    "::fffe:ffff:ffff",
    "::ffff:0.0.0.0",
    "::1:0:0:0",
    "2001:db8::ff",
    "2001:db8::/32",
    "2001:db9::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/// Periods, of which some begin or end between two microseconds.
pub(crate) const PERIODS: [&str; 13] = [
    "2026-01-01T00:00:00Z..2026-02-01T00:00:00Z",
    "2026-01-01T00:00:00Z..",
    "..2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000000001Z..2026-01-01T00:00:00.000001001Z",
    "2026-01-01T00:00:00.000000001Z..2026-01-01T00:00:00.000000999Z",
    "2026-01-01T00:00:00.000001Z..2026-01-01T00:00:00.000002Z",
    "2026-01-01T05:30:00+05:30..2026-01-01T00:00:01Z",
    "..0000-01-01T00:00:00.000001Z",
    "0000-02-29T00:00:00Z..0000-03-01T00:00:00Z",
    "0001-01-01T00:00:00Z..",
    "..0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z..",
    "1970-01-01T00:00:00Z..1970-01-01T00:00:00.0005Z",
];

/// Times as PostgreSQL takes them.
pub(crate) const TIMES: [&str; 26] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000001Z",
    "2026-01-01T00:00:00.000002Z",
    "2025-12-31T23:59:59.999999Z",
    "2026-01-31T23:59:59.999999Z",
    "2026-02-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-01T00:00:01Z",
    "2025-12-31T18:30:00-05:30",
    "infinity",
    "-infinity",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z BC",
    "0001-12-31T23:59:59.999999Z BC",
    "0001-02-29T12:00:00Z BC",
    "0001-03-01T00:00:00Z BC",
    "0002-12-31T23:59:59.999999Z BC",
    "0044-03-15T00:00:00Z BC",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999998Z",
    "10000-01-01T00:00:00Z",
    "20000-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00.000499Z",
    "1970-01-01T00:00:00.0005Z",
    "1969-12-31T23:59:59.999999Z",
];

/// Sets of these values: each accepted and each excepted, and some of several.
pub(crate) fn wanted_of(kind: ValueKind, values: &[&str]) -> Vec<Wanted> {
    let mut next = random(29);
    let mut some = |most: usize| (0..next(most)).map(|_| values[next(values.len())]).collect::<BTreeSet<_>>();
    let random: Vec<_> = (0..30).map(|_| [some(4), some(4)].map(Vec::from_iter)).collect();
    let alone = values.iter().flat_map(|value| [[vec![*value], vec![]], [vec![], vec![*value]]]);
    let all = alone.chain(random).filter(|[values, except]| !(values.is_empty() && except.is_empty()));
    all.map(|[values, except]| Wanted::new(kind, &values, &except)).collect()
}
