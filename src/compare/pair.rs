//! Two assignments side by side: on which types, by which operations and conditions the left goes beyond the right.
//!
//! Nothing here allocates. Between assignments of one schema each value set is looked through once, whatever the
//! number of types.

use super::operations::{mask, operations};
use crate::{
    access::{Access, CompiledAssignment},
    decision::{Clause, Unbound},
    schema::{Match, OperationRef, SchemaBuilder, TypeRef},
};

/// Two assignments, and which conditions of the right the left doesn't imply.
pub(super) struct Pair<'a> {
    pub(super) left: &'a CompiledAssignment,
    pub(super) right: &'a CompiledAssignment,
    same_schema: bool,
    /// By condition of the schema: one more than its place in the left, 0 where it isn't there.
    places: [u16; SchemaBuilder::MAX_CONDITIONS],
    /// One bit for each condition of the right, by place, that may keep out what the left lets in.
    open: [u64; Access::MAX_CONDITIONS / 64],
}

/// The pair on one type, on which the left allows something.
pub(super) struct OnType<'p, 'a> {
    pub(super) pair: &'p Pair<'a>,
    /// The type in the left's schema.
    pub(super) resource: usize,
    /// The type in the right's schema.
    there: Option<usize>,
    /// What the left grants.
    pub(super) granted: u64,
    /// What both grant.
    pub(super) shared: u64,
}

/// A condition of the right that keeps out some of what the left lets in.
#[derive(Clone, Copy)]
pub(super) struct Gap<'a> {
    pub(super) right: Clause<'a>,
    /// What the left says of that attribute, if anything.
    pub(super) left: Option<Clause<'a>>,
    /// The left has no more values than the right, but any element of a list may meet it, where all must for the
    /// right. Only accesses of different schemas come to that.
    pub(super) lists: bool,
}

impl<'a> Pair<'a> {
    /// The only assignments of two accesses, where each has one.
    pub(super) fn only(left: &'a Access, right: &'a Access) -> Option<Self> {
        (left.others.is_none() && right.others.is_none()).then(|| Self::new(&left.first, &right.first))
    }

    pub(super) fn new(left: &'a CompiledAssignment, right: &'a CompiledAssignment) -> Self {
        let same_schema = left.schema() == right.schema();
        let mut pair = Self {
            left,
            right,
            same_schema,
            places: [0; SchemaBuilder::MAX_CONDITIONS],
            open: [0; Access::MAX_CONDITIONS / 64],
        };
        if same_schema {
            for (of, place) in left.conditions().iter().zip(1_u16..) {
                if let Some(slot) = pair.places.get_mut(of.name) {
                    *slot = place;
                }
            }
        }
        for (place, of) in right.conditions().iter().enumerate() {
            let theirs = pair.place(of.name).and_then(|place| left.conditions().get(place));
            let implied = theirs.is_some_and(|theirs| theirs.accepted.is_subset(&of.accepted));
            if let Some(word) = pair.open.get_mut(place / 64).filter(|_| !implied) {
                *word |= bit(place);
            }
        }
        pair
    }

    pub(super) fn same_account(&self) -> bool {
        self.left.account() == self.right.account()
    }

    /// The types on which the left allows something, in the order of its schema.
    pub(super) fn types(&self) -> impl Iterator<Item = OnType<'_, 'a>> {
        let types = 0..self.left.schema().resource_types().len();
        types.filter(|resource| self.left.allows_some(*resource)).map(|resource| self.on_type(resource))
    }

    fn on_type(&self, resource: usize) -> OnType<'_, 'a> {
        let there = if self.same_schema {
            Some(resource)
        } else {
            self.right.schema().type_index(TypeRef::Name(self.left.schema().type_name_at(resource)))
        };
        let granted = self.left.mask_at(resource);
        let shared = match there {
            Some(there) if self.same_schema => granted & self.right.mask_at(there),
            Some(there) => self.shared_by_name(granted, there),
            None => 0,
        };
        OnType { pair: self, resource, there, granted, shared }
    }

    /// Operations of different schemas are the same where their names are.
    fn shared_by_name(&self, granted: u64, there: usize) -> u64 {
        let same = |index: &u8| {
            let name = OperationRef::Name(self.left.schema().operation_at(*index));
            let theirs = self.right.schema().operation_index(name);
            theirs.is_some_and(|theirs| self.right.grants_at(there, theirs))
        };
        mask(operations(granted).filter(same))
    }

    /// Where the left has this condition of the schema that both have.
    fn place(&self, condition: usize) -> Option<usize> {
        self.places.get(condition).and_then(|place| usize::from(*place).checked_sub(1))
    }

    /// What the left says of the attribute that a condition of the right reads.
    fn partner(&self, resource: usize, right: &Clause<'a>) -> Option<Clause<'a>> {
        if self.same_schema {
            let name = self.right.conditions().get(right.place)?.name;
            return self.left.clause(resource, self.place(name)?)?.ok();
        }
        self.left.clauses(resource).flatten().find(|left| left.reads_as(right))
    }

    fn open(&self) -> impl Iterator<Item = usize> {
        let bits = |(word, mask): (usize, u64)| {
            operations(mask).map(move |index| word.saturating_mul(64).saturating_add(index.into()))
        };
        let words = self.open.into_iter().enumerate();
        words.filter(|(_, mask)| *mask != 0).flat_map(bits)
    }
}

impl<'a> OnType<'_, 'a> {
    /// What the left grants and the right doesn't.
    pub(super) fn beyond(&self) -> u64 {
        self.granted & !self.shared
    }

    /// The first condition of the right that is not bound to the type.
    pub(super) fn unbound(&self) -> Option<&'a str> {
        self.open_clauses().find_map(Result::err).map(|unbound| unbound.condition)
    }

    /// The conditions of the right that keep out some of what the left lets in.
    pub(super) fn gaps(&self) -> impl Iterator<Item = Gap<'a>> {
        self.open_clauses().flatten().filter_map(|right| self.gap(right))
    }

    /// Whether the right allows all that the left does.
    pub(super) fn is_included(&self) -> bool {
        self.telling() == 0
    }

    /// The operations of which some request is allowed by the left and denied by the right.
    pub(super) fn telling(&self) -> u64 {
        let keeps_out = |clause: Result<_, _>| clause.map_or(true, |right| self.gap(right).is_some());
        let every = !self.pair.same_account() || self.open_clauses().any(keeps_out);
        if every { self.granted } else { self.beyond() }
    }

    fn gap(&self, right: Clause<'a>) -> Option<Gap<'a>> {
        let left = self.pair.partner(self.resource, &right);
        // Of one schema the values were looked through when the pair was made, and found open.
        let lists = !self.pair.same_schema && left.is_some_and(|left| left.accepted.is_subset(right.accepted));
        let implied = lists && (left.is_some_and(|left| left.matching == Match::All) || right.matching == Match::Any);
        (!implied).then_some(Gap { right, left, lists })
    }

    /// The conditions of the right that are open, and say something of the type.
    fn open_clauses(&self) -> impl Iterator<Item = Result<Clause<'a>, Unbound<'a>>> {
        let pair = self.pair;
        let there = self.there.into_iter();
        there.flat_map(move |there| pair.open().filter_map(move |place| pair.right.clause(there, place)))
    }

    /// What the left asks of the type.
    pub(super) fn left_clauses(&self) -> impl Iterator<Item = Clause<'a>> {
        self.pair.left.clauses(self.resource).flatten()
    }

    /// What the right asks of the type.
    pub(super) fn right_clauses(&self) -> impl Iterator<Item = Clause<'a>> {
        let pair = self.pair;
        let there = self.there.into_iter();
        there.flat_map(move |there| pair.right.clauses(there)).flatten()
    }
}

/// Whether what the two say of each attribute can be compared. Of one schema it can; of two accounts nothing need be.
pub(super) fn can_be_compared(one: &Access, other: &Access) -> bool {
    if one.schema() == other.schema() || one.account() != other.account() {
        return true;
    }
    one.schema().resource_types().all(|resource| {
        let name = TypeRef::Name(one.schema().type_name(resource));
        clauses(one, name).all(|ours| {
            let mut same = clauses(other, name).filter(|theirs| theirs.reads_as(&ours));
            same.all(|theirs| ours.accepted.kind().compares_with(theirs.accepted.kind()))
        })
    })
}

/// What all assignments that allow something ask of a type.
fn clauses<'a>(access: &'a Access, resource: TypeRef<'_>) -> impl Iterator<Item = Clause<'a>> + use<'a> {
    let index = access.schema().type_index(resource).into_iter();
    index.flat_map(|index| {
        let allowing = access.compiled().filter(move |of| of.allows_some(index));
        allowing.flat_map(move |of| of.clauses(index).flatten())
    })
}

fn bit(index: usize) -> u64 {
    u32::try_from(index % 64).map_or(0, |index| 1_u64.wrapping_shl(index))
}
