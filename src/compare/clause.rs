//! What an access says of one type: the operations that it grants, and what must be met.

use crate::{
    access::{Access, Dimension},
    schema::{Binding, Bound, Match, Operation, OperationRef, Schema, TypeRef},
    value_set::ValueSet,
};

/// One condition of an access on one type: the attribute that it reads has an accepted value.
#[derive(Clone, Copy)]
pub(super) struct Clause<'a> {
    /// The condition's place in its access.
    pub(super) place: usize,
    pub(super) condition: &'a str,
    pub(super) binding: &'a Binding,
    pub(super) accepted: &'a ValueSet,
}

/// A condition that is not bound to the type, so that the access allows nothing there.
pub(super) struct Unbound<'a>(pub(super) &'a str);

/// The conditions of `access` that say something of the type at `resource`, in the access's order.
pub(super) fn clauses(access: &Access, resource: usize) -> impl Iterator<Item = Result<Clause<'_>, Unbound<'_>>> {
    (0..access.dimensions().len()).filter_map(move |place| clause(access, resource, place))
}

/// The condition at `place`, unless it says nothing of the type.
#[inline]
pub(super) fn clause(access: &Access, resource: usize, place: usize) -> Option<Result<Clause<'_>, Unbound<'_>>> {
    let Dimension { condition, bounds, accepted } = access.dimensions().get(place)?;
    let schema = access.schema();
    let name = || schema.condition_name_at(*condition);
    match schema.bound(*bounds, resource) {
        Bound::Ignored => None,
        Bound::Unbound => Some(Err(Unbound(name()))),
        Bound::Restricts(binding) => Some(Ok(Clause { place, condition: name(), binding, accepted })),
    }
}

/// Whether the access allows anything on the type. Every value set has a value, so nothing else is needed.
pub(super) fn allows_some(access: &Access, resource: usize) -> bool {
    access.mask_at(resource) != 0
        && access
            .dimensions()
            .iter()
            .all(|dimension| !matches!(access.schema().bound(dimension.bounds, resource), Bound::Unbound))
}

impl Clause<'_> {
    /// Whether every value that meets this meets the other, which reads the same attribute.
    pub(super) fn implies(&self, other: &Clause<'_>) -> bool {
        self.accepted.is_subset(other.accepted) && !self.has_lists_beyond(other)
    }

    /// Under `any` a list may have elements that no one accepts, and under `all` not.
    pub(super) fn has_lists_beyond(&self, other: &Clause<'_>) -> bool {
        self.binding.matching() == Match::Any && other.binding.matching() == Match::All
    }
}

/// The operations in `mask`, as indices.
pub(super) fn operations(mask: u64) -> impl Iterator<Item = u8> {
    (0..64_u8).filter(move |index| mask.wrapping_shr((*index).into()) & 1 == 1)
}

/// How telling a request with one of these operations is; the least is the most. `read` is what people ask
/// for first, and `list` is answered by a filter, so that a row under `list` is the last resort.
pub(super) fn rank(mask: u64) -> u8 {
    let has = |index: u8| mask.wrapping_shr(index.into()) & 1 == 1;
    let others = operations(mask).any(|index| index != Operation::LIST.index());
    if has(Operation::READ.index()) { 0 } else { u8::from(!others).saturating_add(1) }
}

/// The most telling operation of `mask`: `read`, then the others as the type declares them, `list` last.
pub(super) fn preferred(schema: &Schema, resource: usize, mask: u64) -> Option<u8> {
    let declared = schema.operations(schema.type_handle(resource));
    let indices = declared.filter_map(|name| schema.operation_index(OperationRef::Name(name)));
    indices.filter(|index| mask.wrapping_shr((*index).into()) & 1 == 1).min_by_key(|index| {
        if *index == Operation::READ.index() {
            0
        } else {
            u8::from(*index == Operation::LIST.index()).saturating_add(1)
        }
    })
}

/// Where the other schema has the type of this name.
pub(super) fn type_in(schema: &Schema, of: &Schema, resource: usize) -> Option<usize> {
    schema.type_index(TypeRef::Name(of.type_name_at(resource)))
}
