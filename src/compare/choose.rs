//! Chooses the request that shows a difference: the left allows it, and the right denies it for one reason only. All its
//! other attributes are such as both accept.

use alloc::vec::Vec;

use super::{
    demands::element,
    operations::{best, best_rank, operations},
    pair::{Gap, OnType, Pair},
    witness::Witness,
};
use crate::{decision::Clause, json::Json, values::Wanted};

impl Pair<'_> {
    /// A request that the left allows and the right denies, by the operation that shows it best, on the first type that
    /// has it. None exactly where the left is within the right.
    pub(super) fn witness(&self) -> Option<Witness> {
        let ranked = self.types().filter_map(|on| Some((best_rank(on.telling())?, on)));
        let (_, on) = ranked.min_by_key(|(rank, _)| *rank)?;
        // If the right doesn't grant the operation, no condition needs to fail.
        let operation = best(self.left.schema(), on.resource, on.telling())?;
        let lacks = operations(on.beyond()).any(|index| index == operation);
        let gap = if lacks || on.unbound().is_some() { None } else { on.gaps().next() };
        Some(Witness::new(self.left, on.resource, operation, on.attributes(gap)))
    }
}

impl<'a> OnType<'_, 'a> {
    /// A request that the left allows, by the best operation of `mask`, and that fails in `gap` where there is one.
    pub(super) fn witness(&self, mask: u64, gap: Option<Gap<'a>>) -> Option<Witness> {
        let operation = best(self.pair.left.schema(), self.resource, mask)?;
        Some(Witness::new(self.pair.left, self.resource, operation, self.attributes(gap)))
    }

    fn attributes(&self, gap: Option<Gap<'a>>) -> Vec<(Clause<'a>, Json)> {
        let ours: Vec<Clause<'a>> = self.left_clauses().collect();
        // Of another kind is at most what the right asks where it allows nothing: then it need not be met.
        let is_alike = |right: &Clause<'_>| {
            let mut same = ours.iter().filter(|left| left.reads_as(right));
            same.all(|left| left.accepted.kind().compares_with(right.accepted.kind()))
        };
        let theirs: Vec<Clause<'a>> =
            self.right_clauses().filter(|right| self.pair.same_account() && is_alike(right)).collect();
        let fails = |right: &Clause<'_>| gap.is_some_and(|gap| gap.right.place == right.place);
        let met = |of: &Clause<'a>| Wanted { set: of.accepted, inside: true };
        let unmet = |of: &Clause<'a>| Wanted { set: of.accepted, inside: false };
        // What is not of the kind is outside, too.
        let outside = |of: &Clause<'a>| element(&[unmet(of)].into_iter()).unwrap_or(Json::Null);
        let inside = |of: &Clause<'a>| element(&[met(of)].into_iter()).unwrap_or(Json::Null);
        let of_ours = ours.iter().map(|left| {
            let right = theirs.iter().find(|right| right.reads_as(left));
            let value = match right {
                Some(right) if fails(right) && gap.is_some_and(|gap| gap.lists) => {
                    Some(Json::List([inside(left), outside(right)].into()))
                }
                Some(right) if fails(right) => element(&[met(left), unmet(right)].into_iter()),
                Some(right) => element(&[met(left), met(right)].into_iter()),
                None => None,
            };
            (*left, value.unwrap_or_else(|| inside(left)))
        });
        // What lies inside an attribute of the left's, or around it, is left out: there the right's condition is unmet by
        // any value.
        let more = theirs.iter().filter(|right| !ours.iter().any(|left| left.overlaps(right)));
        let of_theirs = more.map(|right| (*right, if fails(right) { outside(right) } else { inside(right) }));
        of_ours.chain(of_theirs).collect()
    }
}
