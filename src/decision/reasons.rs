//! The reasons of several assignments, while they are found.

use super::{
    asked::Asked,
    clauses::{Clause, Unbound},
    denial::{Denial, MOST, NOT_ASKED, Others, Rest, UpdateSide},
    in_context::{InContext, ReadOnce},
};
use crate::{
    access::{Access, AssignmentRef, CompiledAssignment},
    attributes::Value,
};

/// The reason of one assignment: a clause that what was found doesn't meet, or a name that is not bound to the type.
pub(crate) type Reason<'a> = Result<(Clause<'a>, Value<'a>), Unbound<'a>>;

/// The reasons of several assignments, while they are found.
pub(crate) struct Reasons<'a> {
    assignments: &'a [CompiledAssignment],
    resource: usize,
    side: Option<UpdateSide>,
    first: Option<Reason<'a>>,
    /// Where it stays: it is large, and is made when there is a second reason.
    others: Others<'a>,
}

impl<'a> Reasons<'a> {
    #[inline]
    pub(crate) fn new(access: &'a Access, resource: usize, side: Option<UpdateSide>) -> Self {
        Self { assignments: access.more(), resource, side, first: None, others: Others::NONE }
    }

    /// The assignment at `at` doesn't allow it, for this reason.
    #[inline]
    pub(crate) fn add(&mut self, at: usize, reason: Reason<'a>) {
        if self.first.is_none() {
            self.first = Some(reason);
            return;
        }
        let (place, found) = match reason {
            Ok((clause, found)) => (clause.place, found),
            Err(unbound) => (unbound.place, Value::Absent),
        };
        let Self { assignments, resource, side, .. } = *self;
        let rest = match &mut self.others.0 {
            Some(rest) => rest,
            none => {
                let (places, found) = ([NOT_ASKED; MOST], [Value::Absent; MOST]);
                none.insert(Rest { assignments, resource, side, places, found })
            }
        };
        let slots = at.checked_sub(1).and_then(|at| Some((rest.places.get_mut(at)?, rest.found.get_mut(at)?)));
        if let (Some((slot, slot_found)), Ok(place)) = (slots, u16::try_from(place)) {
            (*slot, *slot_found) = (place, found);
        }
    }

    /// The denial. `None` where there is no reason.
    #[inline]
    pub(crate) fn denial(self) -> Option<Denial<'a>> {
        match self.first? {
            Ok((clause, found)) => Some(clause.denial_among(self.side, found, self.others)),
            Err(unbound) => Some(unbound.denial_among(self.others)),
        }
    }
}

impl CompiledAssignment {
    /// The first condition of the assignment that keeps out every resource of the type in this context: one that is not bound to
    /// the type, or that the context doesn't meet.
    pub(crate) fn refusal_in<'a>(&'a self, context: &mut ReadOnce<'a>, resource: usize) -> Option<Reason<'a>> {
        self.clauses(resource).find_map(|clause| match clause {
            Err(unbound) => Some(Err(unbound)),
            Ok(clause) if clause.reads_context() => {
                let found = context.value(&clause);
                (!clause.is_met_by(&found)).then_some(Ok((clause, found)))
            }
            Ok(_) => None,
        })
    }
}

impl<'a> InContext<'a> {
    /// Whether the context meets what some assignment asks of it, or else the reason of each: of those that grant what is asked, or
    /// of all that have a role. Those without roles allow nothing, and count where there are no others.
    pub(crate) fn in_its_context(self, asked: Option<Asked>) -> Result<(), Denial<'a>> {
        let has_a_role = |of: &CompiledAssignment| AssignmentRef(of).has_a_role();
        let some_have = self.of.compiled().any(has_a_role);
        let counts = |of: &CompiledAssignment| match asked {
            Some(asked) => of.grants_at(asked.resource(), asked.operation()),
            None => !some_have || has_a_role(of),
        };
        // What is asked of the context is the same on every type.
        let (any_type, mut context) = (0, ReadOnce::new(self.context));
        let mut reasons = Reasons::new(self.of, any_type, None);
        for (at, assignment) in self.of.compiled().enumerate().filter(|(_, of)| counts(of)) {
            let unmet = assignment.clauses(any_type).flatten().filter(Clause::reads_context).find_map(|clause| {
                let found = context.value(&clause);
                (!clause.is_met_by(&found)).then_some((clause, found))
            });
            match unmet {
                None => return Ok(()),
                Some(unmet) => reasons.add(at, Ok(unmet)),
            }
        }
        reasons.denial().map_or(Ok(()), Err)
    }
}
