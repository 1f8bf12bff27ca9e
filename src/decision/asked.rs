//! What is asked, found in the schema.

use super::denial::Denial;
use crate::{
    access::{Access, CompiledAssignment},
    schema::{Operation, OperationRef, ResourceType, TypeRef},
};

/// What is asked, found in the schema: the places of a type and an operation that some assignment grants there.
///
/// One word, which is passed in one register.
#[derive(Clone, Copy)]
pub(crate) struct Asked(usize);

impl Asked {
    #[inline]
    pub(crate) fn new(resource: usize, operation: u8) -> Self {
        Self(resource << 8 | usize::from(operation))
    }

    #[inline]
    pub(crate) fn resource(self) -> usize {
        self.0 >> 8
    }

    #[inline]
    pub(crate) fn operation(self) -> u8 {
        self.0.to_le_bytes()[0]
    }

    /// Whether it has two sides: the resource as it is and as it would be.
    #[inline]
    pub(crate) fn is_update(self) -> bool {
        self.operation() == Operation::UPDATE.index()
    }

    /// The denial that says nothing more than that it is not granted.
    #[cold]
    pub(super) fn permission_missing(self, access: &Access) -> Denial<'_> {
        let schema = access.schema();
        Denial::PermissionMissing {
            resource: schema.type_name_at(self.resource()),
            operation: schema.operation_at(self.operation()),
        }
    }

    /// The assignments that grant it, each with its place in the access.
    #[inline]
    pub(crate) fn granted_by(self, access: &Access) -> impl Iterator<Item = (usize, &CompiledAssignment)> + Clone {
        let all = access.compiled().enumerate();
        all.filter(move |(_, assignment)| assignment.grants_at(self.resource(), self.operation()))
    }
}

impl Access {
    /// What is asked by handles of this schema, if some assignment grants it.
    #[inline]
    pub(super) fn granted_by_handles(&self, operation: Operation, resource: ResourceType) -> Option<Asked> {
        let fingerprint = self.first.granted.fingerprint;
        let (operation, resource) = (operation.index_in(fingerprint)?, resource.index_in(fingerprint)?);
        self.grants_at(resource, operation).then(|| Asked::new(resource, operation))
    }

    /// The same where both are names.
    #[inline(never)]
    pub(super) fn granted_by_names(&self, operation: &str, resource: &str) -> Option<Asked> {
        let (resource, operation) = (self.schema().type_named(resource)?, self.schema().operation_named(operation)?);
        self.grants_at(resource, operation).then(|| Asked::new(resource, operation))
    }

    /// The same where one of the two is a name.
    #[inline(never)]
    pub(super) fn granted_by_either<'n>(
        &self,
        operation: impl Into<OperationRef<'n>>,
        resource: impl Into<TypeRef<'n>>,
    ) -> Option<Asked> {
        self.granted(operation.into(), resource.into())
    }

    #[inline]
    pub(super) fn granted(&self, operation: OperationRef<'_>, resource: TypeRef<'_>) -> Option<Asked> {
        let (resource, operation) = (self.schema().type_index(resource)?, self.schema().operation_index(operation)?);
        self.grants_at(resource, operation).then(|| Asked::new(resource, operation))
    }
}
