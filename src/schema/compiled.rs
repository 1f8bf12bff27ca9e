//! The compiled schema, with look-ups by name, by handle and by index.

use alloc::{boxed::Box, format, sync::Arc, vec::Vec};
use core::fmt;

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

use super::{
    handles::{self, Operation, OperationRef, ResourceType, TypeRef},
    rule::{Binding, Elsewhere},
};
use crate::{ends::Ends, permission::Permission, text::UnknownName, values::ValueKind};

/// Its names come from the host; a request can't add any, so its hash needs no protection from flooding.
pub(super) type Names<V> = IndexMap<Box<str>, V, FixedState>;

/// The resource types on which an account is administered. Every schema has them, with the five standard
/// operations unless the host declares others.
pub const ADMINISTRATION: [&str; 3] = ["accessPolicies", "accessTokens", "operatorAccess"];

/// How many types are looked at one after the other.
pub(super) const FEW: usize = 16;

/// The host's declaration, checked and compiled. It is cheap to clone; two are equal if their content is.
///
/// Roles and accesses are checked against it when they are built. The error for an unknown name tells the
/// nearest known one.
///
/// ```
/// use keyward::{Schema, schema::{ConditionRule, Elsewhere}};
///
/// let schema = Schema::builder()
///     .resource("products")
///     .resource("factories")
///     .resource_with("purchaseOrders", ["create", "read", "update", "delete", "list", "approve"])
///     .condition(ConditionRule::new("productBrand").restricts("products", "brand").elsewhere(Elsewhere::Ignore))
///     .condition(
///         ConditionRule::new("factoryId")
///             .restricts("factories", "id")
///             .restricts("purchaseOrders", ["delivery", "factoryId"]),
///     )
///     .build()?;
///
/// let orders = schema.resource_type("purchaseOrders")?;
/// assert_eq!(schema.operations(orders).last(), Some("approve"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Schema {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) fingerprint: u64,
    pub(super) types: Names<Type>,
    /// The ends of their names, where there are a few types.
    pub(super) few_types: Box<[Ends]>,
    pub(super) operations: IndexSet<Box<str>, FixedState>,
    pub(super) conditions: Names<Declared>,
}

/// A condition name as it was declared.
#[derive(Clone)]
pub(super) struct Declared {
    pub(super) kind: ValueKind,
    pub(super) elsewhere: Elsewhere,
    /// What it reads of the context, if it does.
    pub(super) context: Option<Binding>,
}

#[derive(Clone)]
pub(super) struct Type {
    /// The operations in the order of their declaration, as indices.
    pub(super) operations: Box<[u8]>,
    pub(super) mask: u64,
    /// What each condition of the schema, in its order, does on the type.
    pub(super) rules: Vec<TypeRule>,
}

/// What a condition does on a resource type.
#[derive(Clone)]
pub(crate) enum TypeRule {
    /// It restricts by an attribute.
    Restricts(Binding),
    /// It says nothing of this type.
    Ignored,
    /// It is not bound to this type: whoever carries it is denied.
    Unbound,
}

impl Schema {
    /// The handle of a resource type.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] for a name that is not declared; it tells the nearest that is.
    pub fn resource_type(&self, name: &str) -> Result<ResourceType, UnknownName> {
        self.type_index(TypeRef::Name(name))
            .map(|index| self.type_handle(index))
            .ok_or_else(|| UnknownName::new("resource type", name, self.inner.types.keys()))
    }

    /// The type of a permission. Where type and operation changed places, the error says so.
    pub(crate) fn type_of(&self, permission: &Permission) -> Result<ResourceType, UnknownName> {
        self.resource_type(permission.resource_type()).map_err(|unknown| {
            let mut operations = permission.operations();
            match (permission.resource_type(), operations.next(), operations.next()) {
                (first, Some(second), None) if self.operation(first).is_ok() && self.resource_type(second).is_ok() => {
                    unknown.hint(format!("the type comes first, write `{second}:{first}`"))
                }
                _ => unknown,
            }
        })
    }

    /// The handle of an operation that some type declares, or of one of the five standard ones.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] for a name that no type declares; it tells the nearest that one does.
    pub fn operation(&self, name: &str) -> Result<Operation, UnknownName> {
        self.operation_index(OperationRef::Name(name))
            .map(|index| Operation::of(self.inner.fingerprint, index))
            .ok_or_else(|| UnknownName::new("operation", name, &self.inner.operations))
    }

    /// The resource types in the order of declaration, those of the administration last.
    pub fn resource_types(&self) -> impl ExactSizeIterator<Item = ResourceType> + '_ {
        (0..self.inner.types.len()).map(|index| self.type_handle(index))
    }

    /// The name of a resource type; `?` if the type is another schema's.
    pub fn type_name(&self, resource: ResourceType) -> &str {
        self.type_index(resource.into()).map_or("?", |index| self.type_name_at(index))
    }

    /// The name of an operation; `?` if the operation is another schema's.
    pub fn operation_name(&self, operation: Operation) -> &str {
        self.operation_index(operation.into()).map_or("?", |index| self.operation_at(index))
    }

    /// The names of the operations that a type declares, in the order of declaration.
    pub fn operations(&self, resource: ResourceType) -> impl Iterator<Item = &str> {
        let index = self.type_index(resource.into());
        let operations = index.and_then(|index| self.type_at(index)).map(|of| &*of.operations).unwrap_or_default();
        operations.iter().map(|&index| self.operation_at(index))
    }

    /// An operation that the type doesn't have.
    pub(crate) fn unknown_operation(&self, resource: ResourceType, name: &str) -> UnknownName {
        UnknownName::new("operation", name, self.operations(resource).collect::<Vec<_>>())
    }

    /// The names of the conditions, in the order of declaration.
    pub fn condition_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.conditions.keys().map(|name| &**name)
    }

    /// What a condition reads of a resource type, or of the context; `None` if it doesn't restrict that type.
    pub fn binding(&self, condition: &str, resource: ResourceType) -> Option<&Binding> {
        let condition = self.inner.conditions.get_index_of(condition)?;
        self.rules_on(self.type_index(resource.into())?).get(condition)?.binding()
    }

    /// Equal for schemas of equal content, and never 0.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.inner.fingerprint
    }

    /// The index of a type; `None` if it isn't this schema's.
    #[inline]
    pub(crate) fn type_index(&self, resource: TypeRef<'_>) -> Option<usize> {
        match resource {
            TypeRef::Handle(handle) => handle.index_in(self.inner.fingerprint),
            TypeRef::Name(name) => self.type_named(name),
        }
    }

    /// The index of a type by its name.
    #[inline]
    pub(crate) fn type_named(&self, name: &str) -> Option<usize> {
        // A few names are compared sooner than one is hashed.
        let ends = Ends::of(name);
        match self.inner.few_types.iter().position(|known| *known == ends) {
            Some(index) if ends.are_all() => Some(index),
            None if !self.inner.few_types.is_empty() => None,
            _ => self.inner.types.get_index_of(name),
        }
    }

    /// The name of a standard operation, the same in every schema.
    pub(crate) fn standard_name(operation: Operation) -> Option<&'static str> {
        handles::STANDARD.get(usize::from(operation.index())).copied()
    }

    /// The index of an operation; `None` if it isn't this schema's.
    #[inline]
    pub(crate) fn operation_index(&self, operation: OperationRef<'_>) -> Option<u8> {
        match operation {
            OperationRef::Handle(handle) => handle.index_in(self.inner.fingerprint),
            OperationRef::Name(name) => self.operation_named(name),
        }
    }

    /// The index of an operation by its name.
    #[inline]
    pub(crate) fn operation_named(&self, name: &str) -> Option<u8> {
        match handles::standard_index(name) {
            None => self.declared_operation(name),
            standard => standard,
        }
    }

    #[inline(never)]
    fn declared_operation(&self, name: &str) -> Option<u8> {
        self.inner.operations.get_index_of(name)?.try_into().ok()
    }

    pub(crate) fn type_handle(&self, index: usize) -> ResourceType {
        ResourceType::of(self.inner.fingerprint, index)
    }

    pub(crate) fn type_name_at(&self, index: usize) -> &str {
        self.inner.types.get_index(index).map_or("?", |(name, _)| name)
    }

    pub(crate) fn operation_at(&self, index: u8) -> &str {
        self.inner.operations.get_index(index.into()).map_or("?", |name| name)
    }

    /// One bit for each operation that the type at `index` declares.
    pub(crate) fn mask(&self, index: usize) -> u64 {
        self.type_at(index).map_or(0, |of| of.mask)
    }

    /// One mask for each type: every operation on every type.
    pub(crate) fn every_operation(&self) -> Box<[u64]> {
        self.inner.types.values().map(|of| of.mask).collect()
    }

    /// Where the types of [`ADMINISTRATION`] stand among the types.
    pub(crate) fn administration(&self) -> impl Iterator<Item = usize> + '_ {
        ADMINISTRATION.into_iter().filter_map(|name| self.type_index(TypeRef::Name(name)))
    }

    pub(crate) fn condition_index(&self, name: &str) -> Result<usize, UnknownName> {
        let conditions = &self.inner.conditions;
        conditions.get_index_of(name).ok_or_else(|| UnknownName::new("condition", name, conditions.keys()))
    }

    /// What the values of a condition are; `None` for a name that the schema doesn't have.
    pub fn value_kind(&self, condition: &str) -> Option<ValueKind> {
        self.inner.conditions.get(condition).map(|of| of.kind)
    }

    /// What the values of the condition at this index are.
    pub(crate) fn value_kind_at(&self, index: usize) -> ValueKind {
        self.inner.conditions.get_index(index).map_or(ValueKind::Text, |(_, of)| of.kind)
    }

    /// Whether the condition at this index reads the context.
    pub(crate) fn reads_context_at(&self, index: usize) -> bool {
        self.inner.conditions.get_index(index).is_some_and(|(_, of)| of.context.is_some())
    }

    pub(crate) fn condition_name_at(&self, index: usize) -> &str {
        self.inner.conditions.get_index(index).map_or("?", |(name, _)| name)
    }

    /// What each condition of the schema, by its index, does on the type at this index.
    #[inline]
    pub(crate) fn rules_on(&self, resource: usize) -> &[TypeRule] {
        self.type_at(resource).map(|of| &*of.rules).unwrap_or_default()
    }

    #[inline]
    fn type_at(&self, index: usize) -> Option<&Type> {
        self.inner.types.get_index(index).map(|(_, of)| of)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.inner.fingerprint == other.inner.fingerprint
    }
}

impl Eq for Schema {}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("types", &self.inner.types.keys())
            .field("conditions", &self.inner.conditions.keys())
            .finish_non_exhaustive()
    }
}

impl TypeRule {
    /// What it reads of the resource, if it restricts by that.
    #[inline]
    pub(crate) fn of_resource(&self) -> Option<&Binding> {
        self.binding().filter(|binding| !binding.source().is_context())
    }

    /// What it reads, if it restricts.
    #[inline]
    pub(crate) fn binding(&self) -> Option<&Binding> {
        match self {
            Self::Restricts(binding) => Some(binding),
            Self::Ignored | Self::Unbound => None,
        }
    }
}
