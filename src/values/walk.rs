//! The one walk over several sets: is there an element in all of these, and in none of those?

use core::iter;

use super::{
    boundaries::{Cut, ListRef, is_odd},
    value_kind::ValueKind,
};

/// The boundaries of a list, one after the other.
#[derive(Clone, Copy)]
struct Walked<'a> {
    list: ListRef<'a>,
    passed: usize,
    next: Option<Cut<'a>>,
}

/// One of the sets, on the walk. A set holds where its values do, and where the excepted ones don't.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    kind: ValueKind,
    values: Walked<'a>,
    except: Option<Walked<'a>>,
    inside: bool,
}

/// Where all that is wanted holds: from here until there, or to the end of the domain. It is never empty, and its first place
/// is a point.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) from: Cut<'a>,
    pub(super) until: Option<Cut<'a>>,
}

impl<'a> Walked<'a> {
    fn new(list: ListRef<'a>) -> Self {
        Self { list, passed: 0, next: list.cut_at(0) }
    }

    fn is_inside(&self) -> bool {
        is_odd(self.passed)
    }

    fn pass(&mut self, place: Cut<'a>) {
        while self.next.is_some_and(|next| next <= place) {
            self.passed = self.passed.saturating_add(1);
            self.next = self.list.cut_at(self.passed);
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(kind: ValueKind, values: ListRef<'a>, except: Option<ListRef<'a>>, inside: bool) -> Self {
        Self { kind, values: Walked::new(values), except: except.map(Walked::new), inside }
    }

    fn holds(&self) -> bool {
        (self.values.is_inside() || self.except.is_some_and(|except| !except.is_inside())) == self.inside
    }

    fn lists(&mut self) -> impl Iterator<Item = &mut Walked<'a>> {
        iter::once(&mut self.values).chain(&mut self.except)
    }
}

/// Whether there is a segment in which all hold. The sets can be compared.
pub(super) fn has_element(walks: &mut [Walk<'_>]) -> bool {
    first(walks).is_some()
}

/// The first segment in which all hold.
pub(super) fn first<'a>(walks: &mut [Walk<'a>]) -> Option<Segment<'a>> {
    let start = Cut::start(walks.first()?.kind);
    next(walks, start)
}

/// The first such segment from this place on. The walks are there, or before.
pub(super) fn next<'a>(walks: &mut [Walk<'a>], mut from: Cut<'a>) -> Option<Segment<'a>> {
    loop {
        let mut until: Option<Cut<'a>> = None;
        for list in walks.iter_mut().flat_map(Walk::lists) {
            list.pass(from);
            until = [until, list.next].into_iter().flatten().min();
        }
        if walks.iter().all(Walk::holds) {
            return Some(Segment { from, until });
        }
        from = until?;
    }
}
