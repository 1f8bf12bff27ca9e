//! The numbers of a set, as ranges: what a query asks for.

use alloc::{string::String, vec::Vec};

use super::{
    boundaries::{Cut, List, ListRef},
    instants, integers, networks,
    value_kind::ValueKind,
    value_problem::Range,
    value_set::ValueSet,
    walk::{self, Walk},
};

impl ValueSet {
    /// The integers that are accepted, as ranges in order. Of texts and paths these are the integers whose text is accepted.
    pub(crate) fn integers(&self) -> Vec<(i128, i128)> {
        let ranges = match self.kind() {
            ValueKind::Integer => ranges(self.walk(true), integers::LAST),
            ValueKind::Text | ValueKind::Path => {
                let list = |numbers| List::of_ranges(Vec::new(), numbers, integers::LAST);
                let values = list(self.iter().filter_map(integers::number).map(|number| (number, number)).collect());
                let except = list(self.except().filter_map(integers::number).map(|number| (number, number)).collect());
                let except = (self.except().len() > 0).then_some(ListRef::Of(&except));
                ranges(Walk::new(ValueKind::Integer, ListRef::Of(&values), except, true), integers::LAST)
            }
            ValueKind::Network | ValueKind::Time => Vec::new(),
        };
        ranges.into_iter().map(|(first, last)| (integers::integer(first), integers::integer(last))).collect()
    }

    /// The addresses that are accepted, as ranges of the numbers of IPv6 addresses in order. An IPv4 address is the IPv6 address
    /// that it is mapped to.
    pub(crate) fn addresses(&self) -> Vec<Range> {
        if self.kind() == ValueKind::Network { ranges(self.walk(true), networks::LAST) } else { Vec::new() }
    }

    /// The times that are accepted, of those that are whole microseconds: ranges in order, in RFC 3339, both ends included.
    pub(crate) fn microseconds(&self) -> Vec<[String; 2]> {
        if self.kind() != ValueKind::Time {
            return Vec::new();
        }
        let whole = |(first, last): Range| {
            let (first, last) = (first.div_ceil(MICROSECOND), last / MICROSECOND);
            let text = |count: u128| instants::text(count.saturating_mul(MICROSECOND));
            (first <= last).then(|| [first, last].map(text))
        };
        ranges(self.walk(true), instants::LAST).into_iter().filter_map(whole).collect()
    }
}

impl ValueSet {
    /// The texts that are accepted, or the others, of a set of texts or of paths: spans in the order of their bytes, each from a
    /// text until before another, or without an end.
    pub(crate) fn spans(&self, accepted: bool) -> Vec<(String, Option<String>)> {
        let text = |cut: Cut<'_>| match cut {
            Cut::Text(text, after) => text.chars().chain(after.map(char::from)).collect(),
            Cut::Number(_) => String::new(),
        };
        let (mut walks, mut spans, mut from) = ([self.walk(accepted)], Vec::new(), Cut::start(self.kind()));
        while let Some(segment) = walk::next(&mut walks, from) {
            spans.push((text(segment.from), segment.until.map(text)));
            let Some(until) = segment.until else { break };
            from = until;
        }
        spans
    }
}

/// In nanoseconds.
const MICROSECOND: u128 = 1_000;

/// Where a set of numbers holds, of a domain with this last number.
fn ranges(walk: Walk<'_>, domain_last: u128) -> Vec<Range> {
    let (mut walks, mut ranges, mut from) = ([walk], Vec::<Range>::new(), Cut::Number(0));
    while let Some(segment) = walk::next(&mut walks, from) {
        let Cut::Number(first) = segment.from else { break };
        let last = match segment.until {
            Some(Cut::Number(until)) => until.saturating_sub(1),
            _ => domain_last,
        };
        match ranges.last_mut() {
            Some((_, before)) if before.saturating_add(1) == first => *before = last,
            _ => ranges.push((first, last)),
        }
        let Some(until) = segment.until else { break };
        from = until;
    }
    ranges
}
