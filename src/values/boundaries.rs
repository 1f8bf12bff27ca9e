//! The boundaries of a list of values: where it begins to hold, and where it ends.

use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use core::cmp::Ordering;

use super::{
    instants, integers, networks,
    texts::Table,
    value_kind::{Point, ValueKind},
    value_problem::{Range, ValueProblem},
};

/// A place in a domain: between two points of it.
///
/// A text with a byte after it is the text of that many bytes. `\0` after a text is what comes next to it; `/` after a path
/// is where what lies below it begins, and `0`, which follows `/`, is where that ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut<'a> {
    Text(&'a str, Option<u8>),
    Number(u128),
}

impl Cut<'_> {
    /// The start of a kind's domain.
    pub(super) fn start(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Text | ValueKind::Path => Self::Text("", None),
            ValueKind::Integer | ValueKind::Network | ValueKind::Time => Self::Number(0),
        }
    }
}

impl Ord for Cut<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (Self::Number(one), Self::Number(other)) => one.cmp(&other),
            (Self::Text(one, after), Self::Text(other, after_other)) => {
                let (one, other) = (one.as_bytes(), other.as_bytes());
                let both = one.len().min(other.len());
                let (head, tail) = one.split_at_checked(both).unwrap_or((one, &[]));
                let (head_other, tail_other) = other.split_at_checked(both).unwrap_or((other, &[]));
                head.cmp(head_other).then_with(|| {
                    let rest = tail.iter().copied().chain(after);
                    rest.cmp(tail_other.iter().copied().chain(after_other))
                })
            }
            // Sets of both are never compared.
            (Self::Number(_), Self::Text(..)) => Ordering::Less,
            (Self::Text(..), Self::Number(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Cut<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cut<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cut<'_> {}

/// A list of values of one kind: as they were given, and their boundaries in order. What overlaps is one.
#[derive(Clone)]
pub(super) enum List {
    Texts(Table),
    Paths(Paths),
    Numbers { given: Box<[Box<str>]>, cuts: Box<[u128]> },
}

#[derive(Clone)]
pub(super) struct Paths {
    given: Table,
    /// The different lengths of the paths: only a beginning of such a length can be one of them.
    lengths: Box<[usize]>,
    /// The place of a path, and the byte after it, 255 where there is none.
    cuts: Box<[(u16, u8)]>,
}

const NO_BYTE: u8 = 255;

impl List {
    /// The error comes with the place of the value.
    pub(super) fn new(kind: ValueKind, values: &[&str]) -> Result<Self, (usize, ValueProblem)> {
        let numbers = |parse: fn(&str) -> Result<Range, ValueProblem>, last| {
            Ok(Self::of_ranges(given(values), each(values, parse)?, last))
        };
        match kind {
            ValueKind::Text => Ok(Self::Texts(Table::new(values))),
            ValueKind::Path => Ok(Self::Paths(Paths::new(values)?)),
            ValueKind::Integer => numbers(integers::parse, integers::LAST),
            ValueKind::Network => {
                let ranges = each(values, networks::parse)?.into_iter().flatten().collect();
                Ok(Self::of_ranges(given(values), ranges, networks::LAST))
            }
            ValueKind::Time => numbers(instants::parse, instants::LAST),
        }
    }

    pub(super) fn of_ranges(given: impl Into<Box<[Box<str>]>>, ranges: Vec<Range>, domain_last: u128) -> Self {
        Self::Numbers { given: given.into(), cuts: merged(ranges, domain_last) }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Texts(table) | Self::Paths(Paths { given: table, .. }) => table.len(),
            Self::Numbers { given, .. } => given.len(),
        }
    }

    /// The value at a place, as it was given.
    pub(super) fn given_at(&self, place: usize) -> Option<&str> {
        match self {
            Self::Texts(table) | Self::Paths(Paths { given: table, .. }) => table.at(place),
            Self::Numbers { given, .. } => given.get(place).map(|value| &**value),
        }
    }

    #[inline]
    pub(super) fn contains(&self, point: Point<'_>) -> bool {
        match (self, point) {
            (Self::Texts(table), Point::Text(text)) => table.contains(text),
            (Self::Paths(paths), Point::Text(text)) => paths.contains(text),
            (Self::Numbers { cuts, .. }, Point::Number(number)) => match **cuts {
                [first, end] => first <= number && number < end,
                _ => is_odd(cuts.partition_point(|cut| *cut <= number)),
            },
            (Self::Texts(_) | Self::Paths(_), Point::Number(_)) | (Self::Numbers { .. }, Point::Text(_)) => false,
        }
    }

    pub(super) fn cut_at(&self, place: usize) -> Option<Cut<'_>> {
        match self {
            Self::Texts(table) => {
                let text = table.sorted_at(place / 2)?;
                Some(Cut::Text(text, is_odd(place).then_some(0)))
            }
            Self::Paths(paths) => paths.cut(*paths.cuts.get(place)?),
            Self::Numbers { cuts, .. } => cuts.get(place).copied().map(Cut::Number),
        }
    }
}

/// A list of values of a set, wherever it stands.
#[derive(Clone, Copy)]
pub(super) enum ListRef<'a> {
    Nothing,
    Texts(&'a Table),
    Of(&'a List),
}

impl<'a> ListRef<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Texts(table) => table.len(),
            Self::Of(list) => list.len(),
        }
    }

    pub(super) fn given_at(self, place: usize) -> Option<&'a str> {
        match self {
            Self::Nothing => None,
            Self::Texts(table) => table.at(place),
            Self::Of(list) => list.given_at(place),
        }
    }

    pub(super) fn cut_at(self, place: usize) -> Option<Cut<'a>> {
        match self {
            Self::Nothing => None,
            Self::Texts(table) => {
                let text = table.sorted_at(place / 2)?;
                Some(Cut::Text(text, is_odd(place).then_some(0)))
            }
            Self::Of(list) => List::cut_at(list, place),
        }
    }
}

/// After an odd number of boundaries a list holds.
pub(super) fn is_odd(count: usize) -> bool {
    count % 2 == 1
}

fn given(values: &[&str]) -> Box<[Box<str>]> {
    values.iter().copied().map(Box::from).collect()
}

fn each<T>(values: &[&str], parse: impl Fn(&str) -> Result<T, ValueProblem>) -> Result<Vec<T>, (usize, ValueProblem)> {
    values.iter().enumerate().map(|(place, value)| parse(value).map_err(|problem| (place, problem))).collect()
}

/// The boundaries of ranges. The end of the domain is none.
fn merged(mut ranges: Vec<Range>, domain_last: u128) -> Box<[u128]> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, until)) if first <= until.saturating_add(1) => *until = last.max(*until),
            _ => merged.push((first, last)),
        }
    }
    let cuts = |(first, last): Range| [Some(first), (last < domain_last).then(|| last.saturating_add(1))];
    merged.into_iter().flat_map(cuts).flatten().collect()
}

impl Paths {
    fn new(values: &[&str]) -> Result<Self, (usize, ValueProblem)> {
        let is_path = |value: &str| {
            let is_one = !value.split('/').any(str::is_empty);
            is_one.then_some(()).ok_or(ValueProblem::EmptySegment)
        };
        each(values, is_path)?;
        let lengths: BTreeSet<usize> = values.iter().map(|value| value.len()).collect();
        // Of each path itself, and what lies below it.
        let mut parts: Vec<[(u16, u8); 2]> = Vec::new();
        for (place, _) in (0..=u16::MAX).zip(values) {
            parts.extend([[(place, NO_BYTE), (place, 0)], [(place, b'/'), (place, b'0')]]);
        }
        let lengths = lengths.into_iter().collect();
        let paths = Self { given: Table::new(values), lengths, cuts: Box::default() };
        parts.sort_by(|one, other| paths.cut(one[0]).cmp(&paths.cut(other[0])));
        let mut cuts: Vec<(u16, u8)> = Vec::new();
        for [start, end] in parts {
            match cuts.last_mut() {
                Some(until) if paths.cut(start) <= paths.cut(*until) => {
                    if paths.cut(*until) < paths.cut(end) {
                        *until = end;
                    }
                }
                _ => cuts.extend([start, end]),
            }
        }
        Ok(Self { cuts: cuts.into(), ..paths })
    }

    fn cut(&self, (place, byte): (u16, u8)) -> Option<Cut<'_>> {
        let path = self.given.at(usize::from(place))?;
        Some(Cut::Text(path, (byte != NO_BYTE).then_some(byte)))
    }

    fn contains(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut ends =
            self.lengths.iter().filter(|length| matches!(bytes.get(**length), Some(b'/')) || **length == bytes.len());
        ends.any(|end| text.get(..*end).is_some_and(|path| self.given.contains(path)))
    }
}
