//! The reasons of several assignments, while they are found.

use super::denial::{Denial, MOST, NOT_ASKED, Others, Rest, UpdateSide};
use crate::{access::Access, attributes::Value};

/// The reasons of several assignments, while they are found.
pub(crate) struct Reasons<'a> {
    first: Option<Denial<'a>>,
    rest: Rest<'a>,
    more: bool,
}

impl<'a> Reasons<'a> {
    pub(crate) fn new(access: &'a Access, resource: usize, side: Option<UpdateSide>) -> Self {
        let (places, found) = ([NOT_ASKED; MOST], [Value::Absent; MOST]);
        Self { first: None, rest: Rest { assignments: access.more(), resource, side, places, found }, more: false }
    }

    /// The assignment at `at` doesn't allow it, for this reason: the place of a condition, and what was found.
    pub(crate) fn add(&mut self, at: usize, place: usize, found: Value<'a>, denial: impl FnOnce() -> Denial<'a>) {
        if self.first.is_none() {
            self.first = Some(denial());
            return;
        }
        let slots =
            at.checked_sub(1).and_then(|at| Some((self.rest.places.get_mut(at)?, self.rest.found.get_mut(at)?)));
        if let (Some((slot, slot_found)), Ok(place)) = (slots, u16::try_from(place)) {
            (*slot, *slot_found) = (place, found);
            self.more = true;
        }
    }

    /// The denial. `None` where there is no reason.
    pub(crate) fn denial(self) -> Option<Denial<'a>> {
        let mut denial = self.first?;
        if let (true, Denial::ConditionUnmet { others, .. } | Denial::ConditionUnbound { others, .. }) =
            (self.more, &mut denial)
        {
            *others = Others(Some(self.rest));
        }
        Some(denial)
    }
}
