//! Names that were looked up once: small, `Copy`, and valid for the schema that gave them.

pub(super) use crate::text::STANDARD;

/// The place of a standard operation: the same in every schema.
#[inline]
pub(super) fn standard_index(name: &str) -> Option<u8> {
    match name {
        "create" => Some(Operation::CREATE.index),
        "read" => Some(Operation::READ.index),
        "update" => Some(Operation::UPDATE.index),
        "delete" => Some(Operation::DELETE.index),
        "list" => Some(Operation::LIST.index),
        _ => None,
    }
}

/// The handle of an operation. The five standard ones are the same in every schema. One that a host declares comes
/// from [`Schema::operation`](super::Schema::operation) and is valid for that schema and its equals: under another
/// schema it is granted to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The fingerprint of its schema; 0 for a standard one.
    schema: u64,
    index: u8,
}

impl Operation {
    /// Makes a resource: tests its proposed attributes.
    pub const CREATE: Self = Self { schema: 0, index: 0 };
    /// Sees one resource: tests its stored attributes.
    pub const READ: Self = Self { schema: 0, index: 1 };
    /// Changes a resource: tests the stored attributes and the proposed ones.
    pub const UPDATE: Self = Self { schema: 0, index: 2 };
    /// Removes a resource: tests its stored attributes.
    pub const DELETE: Self = Self { schema: 0, index: 3 };
    /// Sees many resources: answered by a filter, or tests each row's stored attributes.
    pub const LIST: Self = Self { schema: 0, index: 4 };

    /// The bits of the operations that change what they are done to.
    pub(crate) const CHANGES: u64 = (1 << Self::CREATE.index) | (1 << Self::UPDATE.index) | (1 << Self::DELETE.index);

    /// Where it stands in its schema; a standard one, in every schema.
    pub(crate) const fn index(self) -> u8 {
        self.index
    }

    pub(super) fn of(schema: u64, index: u8) -> Self {
        let standard = usize::from(index) < STANDARD.len();
        Self { schema: if standard { 0 } else { schema }, index }
    }

    #[inline]
    pub(crate) fn index_in(self, fingerprint: u64) -> Option<u8> {
        (self.schema == 0 || self.schema == fingerprint).then_some(self.index)
    }
}

/// The handle of a resource type. It comes from [`Schema::resource_type`](super::Schema::resource_type) and is valid for
/// that schema and its equals: under another schema nothing is granted on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResourceType {
    schema: u64,
    index: u16,
}

impl ResourceType {
    pub(super) fn of(schema: u64, index: usize) -> Self {
        // A schema has fewer types than that. If not, the handle would name no type.
        Self { schema, index: u16::try_from(index).unwrap_or(u16::MAX) }
    }

    #[inline]
    pub(crate) fn index_in(self, fingerprint: u64) -> Option<usize> {
        (self.schema == fingerprint).then_some(self.index.into())
    }
}

macro_rules! by_handle_or_name {
    ($(#[$doc:meta])* $name:ident, $handle:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(clippy::exhaustive_enums, reason = "a name is resolved or it is not")]
        pub enum $name<'a> {
            /// Looked up before.
            Handle($handle),
            /// To be looked up at the decision.
            Name(&'a str),
        }

        impl From<$handle> for $name<'_> {
            #[inline]
            fn from(handle: $handle) -> Self {
                Self::Handle(handle)
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            #[inline]
            fn from(name: &'a str) -> Self {
                Self::Name(name)
            }
        }
    };
}

by_handle_or_name! {
    /// An operation by handle or by name: what a decision takes.
    OperationRef, Operation
}

by_handle_or_name! {
    /// A resource type by handle or by name: what a [`Resource`](crate::Resource) says of itself.
    TypeRef, ResourceType
}

impl OperationRef<'_> {
    /// Whether it has two sides: the resource as it is and as it would be.
    pub(crate) fn is_update(self) -> bool {
        match self {
            Self::Handle(handle) => handle == Operation::UPDATE,
            Self::Name(name) => standard_index(name) == Some(Operation::UPDATE.index),
        }
    }
}
