//! Sets of operations, as masks, and which operation of a set to show in a witness.

use crate::schema::{Operation, OperationRef, Schema};

/// The operations in `mask`, as indices.
pub(super) fn operations(mask: u64) -> impl Iterator<Item = u8> {
    (0..64_u8).filter(move |index| mask.wrapping_shr((*index).into()) & 1 == 1)
}

pub(super) fn mask(operations: impl Iterator<Item = u8>) -> u64 {
    operations.fold(0, |mask, index| mask | 1_u64.wrapping_shl(index.into()))
}

/// The lower, the better to show. `read` is what people ask for first. `list` comes last, since its answer is a filter and
/// not a decision on one row.
fn rank(operation: u8) -> u8 {
    if operation == Operation::READ.index() {
        0
    } else {
        u8::from(operation == Operation::LIST.index()).saturating_add(1)
    }
}

/// The rank of the best operation of `mask`.
pub(super) fn best_rank(mask: u64) -> Option<u8> {
    operations(mask).map(rank).min()
}

/// The best operation of `mask`: `read`, then the others as the type declares them, `list` last.
pub(super) fn best(schema: &Schema, resource: usize, mask: u64) -> Option<u8> {
    let declared = schema.operations(schema.type_handle(resource));
    let indices = declared.filter_map(|name| schema.operation_index(OperationRef::Name(name)));
    indices.filter(|index| mask.wrapping_shr((*index).into()) & 1 == 1).min_by_key(|index| rank(*index))
}
