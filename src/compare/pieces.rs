//! What is left of the assignments of one access when those of another are taken away.
//!
//! On one type an assignment is a product: of the operations that it grants, and of the values that meet each of its clauses.
//! A piece is part of such a product: some of the operations, and [demands](super::demands) on attributes, each a clause that
//! is met or one that isn't. Taking an assignment away from a piece leaves as many pieces as the assignment has clauses: of
//! each, those requests that don't meet this clause but meet the earlier ones. So no two pieces have a request in common, and
//! together they are exactly what is left. A piece that is left when all assignments were taken away shows a difference, and
//! an answer to its demands is the witness.
//!
//! An update has two sides, each of which some assignment must allow. What an access may update is so the product of the same
//! rows with themselves, and it is enough to compare the rows.
//!
//! There can be very many pieces. [`MOST_PIECES`] are made, and then the comparison is given up.

use alloc::{vec, vec::Vec};

use super::{
    demands::{Demand, Paths, answer, can_be_added, can_be_answered},
    operations::{best, best_rank, mask, operations},
    witness::Witness,
};
use crate::{
    access::{Access, CompiledAssignment},
    joined::{self, AssignmentSet},
    schema::{OperationRef, TypeRef},
};

/// The most pieces that one comparison makes.
pub(super) const MOST_PIECES: usize = 4096;

/// Some of the requests that an assignment allows on a type.
#[derive(Clone)]
pub(super) struct Piece<'a> {
    pub(super) of: &'a CompiledAssignment,
    /// The type's place in the schema of `of`.
    pub(super) resource: usize,
    /// The operations, in the schema of `of`.
    pub(super) operations: u64,
    pub(super) demands: Vec<Demand<'a>>,
    /// One bit for each assignment of the other, by place, that was taken away or has nothing in common with the piece.
    taken: AssignmentSet,
}

/// Why a comparison is given up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GivenUp {
    /// More pieces than [`MOST_PIECES`].
    TooManyPieces,
    /// The two schemas take the values of one attribute for different kinds.
    OtherKinds,
}

/// An assignment of the right, on one type.
struct Right<'a> {
    /// The operations, in the left's schema.
    operations: u64,
    clauses: Vec<Demand<'a>>,
}

/// How a piece and an assignment of the right lie.
enum Meeting {
    /// They have no request in common.
    Apart,
    /// The piece lies within, as far as the operations go.
    Within,
    /// These clauses of the right are not met by all of the piece.
    Crossing(Vec<usize>),
}

/// What is left, and whether that is all.
pub(super) struct Beyond<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) is_all: bool,
}

/// What the left allows and the right doesn't: of each type at most `most` pieces. Nothing exactly where the left is within
/// the right.
pub(super) fn beyond<'a>(left: &'a Access, right: &'a Access, most: usize) -> Result<Beyond<'a>, GivenUp> {
    let mut made = 0;
    let (mut found, mut is_all) = (Vec::new(), true);
    let (same_schema, same_account) = (left.schema() == right.schema(), left.account() == right.account());
    for resource in 0..left.schema().resource_types().len() {
        let mut paths = Paths::new(same_schema);
        let rights = if same_account { rights(left, right, same_schema, resource, &mut paths) } else { Vec::new() };
        let before = found.len();
        for of in left.compiled().filter(|of| of.allows_some(resource)) {
            let demands = of.clauses(resource).flatten().map(|clause| paths.met(clause)).collect();
            let whole = Piece { of, resource, operations: of.mask_at(resource), demands, taken: 0 };
            let room = most.saturating_sub(found.len().saturating_sub(before));
            is_all &= whole.without(&rights, room, &mut made, &mut found)?;
        }
    }
    Ok(Beyond { pieces: found, is_all })
}

/// The assignments of the right that allow something on a type of the left's.
fn rights<'a>(
    left: &'a Access,
    right: &'a Access,
    same_schema: bool,
    resource: usize,
    paths: &mut Paths<'a>,
) -> Vec<Right<'a>> {
    let there = if same_schema {
        Some(resource)
    } else {
        right.schema().type_index(TypeRef::Name(left.schema().type_name_at(resource)))
    };
    let of_type = there.into_iter().flat_map(|there| right.compiled().map(move |of| (there, of)));
    of_type
        .filter(|(there, of)| of.allows_some(*there))
        .map(|(there, of)| {
            let granted = of.mask_at(there);
            let by_name = || {
                let there = operations(granted).map(|index| OperationRef::Name(right.schema().operation_at(index)));
                mask(there.filter_map(|name| left.schema().operation_index(name)))
            };
            let operations = if same_schema { granted } else { by_name() };
            Right { operations, clauses: of.clauses(there).flatten().map(|clause| paths.met(clause)).collect() }
        })
        .collect()
}

impl<'a> Piece<'a> {
    /// Takes the assignments of the right away, one after the other, and adds what is left to `found`, at most so many pieces.
    /// Whether that is all.
    fn without(
        self,
        rights: &[Right<'a>],
        most: usize,
        made: &mut usize,
        found: &mut Vec<Self>,
    ) -> Result<bool, GivenUp> {
        let end = found.len().saturating_add(most);
        let mut pieces = vec![self];
        while let Some(mut piece) = pieces.pop() {
            if found.len() >= end {
                return Ok(false);
            }
            let mut crossing = Vec::new();
            for (at, right) in rights.iter().enumerate() {
                let bit = joined::only(at);
                if piece.taken & bit != 0 || piece.operations & right.operations == 0 {
                    continue;
                }
                match piece.meeting(right) {
                    Meeting::Apart => piece.taken |= bit,
                    Meeting::Within => piece.operations &= !right.operations,
                    Meeting::Crossing(clauses) => crossing.push((bit, right, clauses)),
                }
            }
            if piece.operations == 0 {
                continue;
            }
            // The one that leaves the fewest parts. Some were of operations that another has taken.
            let crossing = crossing.into_iter().filter(|(_, right, _)| piece.operations & right.operations != 0);
            let Some((bit, right, clauses)) = crossing.min_by_key(|(_, _, clauses)| clauses.len()) else {
                found.push(piece);
                continue;
            };
            piece.taken |= bit;
            let parts = piece.split(right, &clauses);
            *made = made.saturating_add(parts.len());
            if *made > MOST_PIECES {
                return Err(GivenUp::TooManyPieces);
            }
            // The first part is the widest, and is looked at first.
            pieces.extend(parts.into_iter().rev());
        }
        Ok(true)
    }

    fn meeting(&mut self, right: &Right<'a>) -> Meeting {
        let count = self.demands.len();
        for demand in &right.clauses {
            if !can_be_added(&mut self.demands, *demand) {
                self.demands.truncate(count);
                return Meeting::Apart;
            }
            self.demands.push(*demand);
        }
        self.demands.truncate(count);
        let is_open =
            |(at, demand): (usize, &Demand<'a>)| can_be_added(&mut self.demands, demand.unmet()).then_some(at);
        let open: Vec<usize> = right.clauses.iter().enumerate().filter_map(is_open).collect();
        if open.is_empty() { Meeting::Within } else { Meeting::Crossing(open) }
    }

    /// The parts that are left when an assignment is taken away, of which these clauses are not met by all of the piece.
    fn split(&self, right: &Right<'a>, open: &[usize]) -> Vec<Self> {
        let mut parts = Vec::new();
        let untouched = self.operations & !right.operations;
        if untouched != 0 {
            parts.push(Self { operations: untouched, ..self.clone() });
        }
        let mut demands = self.demands.clone();
        for demand in open.iter().filter_map(|at| right.clauses.get(*at)) {
            let mut unmet = demands.clone();
            unmet.push(demand.unmet());
            // One that is unmet is answered or not whatever the earlier ones are, unless one reads inside the other.
            if can_be_answered(&unmet) {
                let operations = self.operations & right.operations;
                parts.push(Self { operations, demands: unmet, ..*self });
            }
            demands.push(*demand);
        }
        parts
    }

    /// How well it shows a difference: the lower, the better.
    pub(super) fn rank(&self) -> Option<u8> {
        best_rank(self.operations)
    }

    /// A request of the piece.
    pub(super) fn witness(&self) -> Option<Witness> {
        let operation = best(self.of.schema(), self.resource, self.operations)?;
        Some(Witness::new(self.of, self.resource, operation, answer(&self.demands)))
    }
}
