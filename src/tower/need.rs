//! What a service asks of its callers, looked up in the schema before it starts.

use alloc::{boxed::Box, string::String};

use crate::{
    access::Access,
    permission::Permission,
    schema::{Operation, ResourceType, Schema},
    text::{TextError, UnknownName},
};

/// What a route or service needs of its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "anyone, anyone with a key, or who has a permission")]
pub enum Need<'a> {
    /// Nothing: anyone may have it, no key is looked at.
    Public,
    /// A good key, with whatever permissions.
    Key,
    /// A good key with this permission, one operation on one type: `products:read`.
    Permission(&'a str),
}

/// A [`Need`] of those who have a key, resolved.
#[derive(Clone, Debug)]
pub(super) enum Demand {
    Key,
    Permission { resource: ResourceType, operation: Operation, text: Box<str> },
}

impl Demand {
    /// None where nothing is needed.
    pub(super) fn resolve(need: Need<'_>, schema: &Schema) -> Result<Option<Self>, NeedError> {
        match need {
            Need::Public => Ok(None),
            Need::Key => Ok(Some(Self::Key)),
            Need::Permission(text) => Self::permission(text, schema).map(Some),
        }
    }

    fn permission(text: &str, schema: &Schema) -> Result<Self, NeedError> {
        let permission: Permission = text.parse()?;
        let mut operations = permission.operations();
        let (Some(operation), None) = (operations.next(), operations.next()) else {
            return Err(NeedError::NotOne(text.into()));
        };
        if permission.is_every_operation() {
            return Err(NeedError::NotOne(text.into()));
        }
        let resource = schema.type_of(&permission)?;
        match schema.operation(operation) {
            Ok(known) if schema.operations(resource).any(|offered| offered == operation) => {
                Ok(Self::Permission { resource, operation: known, text: text.into() })
            }
            _ => Err(NeedError::UnknownOperation {
                resource: permission.resource_type().into(),
                unknown: schema.unknown_operation(resource, operation),
            }),
        }
    }

    /// The permission that this access lacks.
    pub(super) fn missing(&self, access: &Access) -> Option<&str> {
        match self {
            Self::Permission { resource, operation, text } if !access.permits(*operation, *resource) => Some(text),
            Self::Permission { .. } | Self::Key => None,
        }
    }
}

/// A need that nobody could meet, or that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NeedError {
    /// It has not the form of a permission.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It names several operations, or all of them.
    #[error("`{0}` is not one operation on one type: write one, as in `products:read`")]
    NotOne(String),
    /// It names a type that the schema doesn't have.
    #[error(transparent)]
    UnknownType(#[from] UnknownName),
    /// It names an operation that the type doesn't have.
    #[error("resource type `{resource}`: {unknown}")]
    UnknownOperation {
        /// The type.
        resource: Box<str>,
        /// The operation.
        unknown: UnknownName,
    },
}
