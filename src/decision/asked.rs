//! What is asked, found in the schema.

use crate::access::{Access, CompiledAssignment};

/// What is asked, found in the schema: the places of a type and an operation that some assignment grants there.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) resource: usize,
    pub(crate) operation: u8,
}

impl Asked {
    /// The assignments that grant it, each with its place in the access.
    #[inline]
    pub(crate) fn granted_by(self, access: &Access) -> impl Iterator<Item = (usize, &CompiledAssignment)> + Clone {
        let all = access.compiled().enumerate();
        all.filter(move |(_, assignment)| assignment.grants_at(self.resource, self.operation))
    }
}
