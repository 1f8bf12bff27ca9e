//! What one actor may do in one account: one assignment or several, compiled.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use crate::{
    joined::JoinedName,
    role::RolesVersion,
    schema::{OperationRef, Schema, TypeRef},
    values::ValueSet,
};

/// What one actor may do in one account. Immutable, cheap to clone, and shared between threads.
///
/// It is built from the account's [`Roles`](crate::Roles), and so can't be of another account or schema than they are.
/// An access without roles can do nothing; one without conditions is for the whole account. It may have several
/// [assignments](crate::Assignment): what one of them allows is allowed.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Role, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"products": {}},
///         "conditions": {"productBrand": {"restricts": {"products": "brand"}}}
///     }"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read,list"])?)?;
/// let access = Access::builder(&roles).role("Inspector").condition("productBrand:brand_one")?.build()?;
///
/// let product = serde_json::json!({"brand": "brand_one"});
/// let product = ResourceView::new("products", "acme", &product);
/// assert!(access.decide(Operation::READ, &product).is_allow());
/// assert!(!access.decide(Operation::DELETE, &product).is_allow());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Access {
    /// Nearly every access has one assignment. An access to nothing has one without roles.
    pub(crate) first: CompiledAssignment,
    /// A thin pointer: the access is looked at for every decision, these seldom.
    pub(crate) others: Option<Arc<Others>>,
}

/// The assignments after the first, and the conditions of all.
pub(crate) struct Others {
    pub(super) assignments: Box<[CompiledAssignment]>,
    pub(crate) names: Box<[JoinedName]>,
}

/// Roles × conditions, compiled.
#[derive(Clone)]
pub(crate) struct CompiledAssignment {
    pub(crate) granted: Arc<Granted>,
    pub(crate) conditions: Option<Arc<[CompiledCondition]>>,
}

/// What roles grant. Assignments with the same roles share it.
pub(crate) struct Granted {
    pub(crate) schema: Schema,
    /// Of the schema: handles are held to it.
    pub(crate) fingerprint: u64,
    pub(crate) account: Arc<str>,
    pub(super) roles: Box<[Box<str>]>,
    /// Those of them that the account doesn't have.
    pub(super) missing: Box<[Box<str>]>,
    pub(super) version: RolesVersion,
    /// One mask of operations for each type of the schema.
    pub(crate) masks: Box<[u64]>,
}

/// One condition name and the values that it accepts: all of an access's conditions that have the name.
#[derive(Clone, Debug)]
pub(crate) struct CompiledCondition {
    /// The name's place in the schema.
    pub(crate) name: usize,
    pub(crate) accepted: ValueSet,
}

impl Access {
    /// The most assignments of an access.
    pub const MAX_ASSIGNMENTS: usize = 16;
    /// The most roles of an access, over all its assignments (EVRYTHNG Platform, access token and operator access
    /// documents).
    pub const MAX_ROLES: usize = 100;
    /// The most conditions of an access, over all its assignments (same source).
    pub const MAX_CONDITIONS: usize = 256;

    /// The account.
    #[inline]
    pub fn account(&self) -> &str {
        &self.first.granted.account
    }

    /// The schema.
    #[inline]
    pub fn schema(&self) -> &Schema {
        &self.first.granted.schema
    }

    /// The ids of those roles that the account doesn't have, as when they were deleted: they grant nothing.
    ///
    /// Only the access of a [record](crate::store::KeyRecord::access) may have such; an access that is built may not.
    pub fn missing_roles(&self) -> impl Iterator<Item = &str> {
        self.compiled().flat_map(|assignment| assignment.granted.missing.iter()).map(|id| &**id)
    }

    /// The version of the roles that it was built from.
    pub fn roles_version(&self) -> RolesVersion {
        self.first.granted.version
    }

    /// The assignments, in the order in which they were given. What one of them allows is allowed. An access to nothing has
    /// one assignment without roles.
    pub fn assignments(&self) -> impl ExactSizeIterator<Item = AssignmentRef<'_>> {
        let count = self.more().len().saturating_add(1);
        (0..count).map(|place| AssignmentRef(self.compiled_at(place)))
    }

    /// Whether a role grants the operation on the type; conditions may still deny it on a resource.
    ///
    /// ```
    /// use keyward::{Access, Operation, Role, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
    /// let access = Access::builder(&roles).role("Inspector").build()?;
    /// assert!(access.permits(Operation::READ, "products"));
    /// assert!(!access.permits("delete", "products"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn permits<'a>(&self, operation: impl Into<OperationRef<'a>>, resource: impl Into<TypeRef<'a>>) -> bool {
        let schema = self.schema();
        let resource = schema.type_index(resource.into());
        let operation = schema.operation_index(operation.into());
        resource.zip(operation).is_some_and(|(resource, operation)| self.grants_at(resource, operation))
    }

    /// An access to the same account that allows nothing.
    pub(crate) fn without_roles(&self) -> Self {
        let masks = alloc::vec![0; self.first.granted.masks.len()].into();
        let Granted { schema, account, version, .. } = &*self.first.granted;
        let (schema, account) = (schema.clone(), Arc::clone(account));
        let (roles, missing) = (Box::default(), Box::default());
        let fingerprint = schema.fingerprint();
        let granted = Granted { schema, fingerprint, account, roles, missing, version: *version, masks };
        Self { first: CompiledAssignment { granted: Arc::new(granted), conditions: None }, others: None }
    }

    /// Whether there is nothing to ask of a resource but its account and type.
    #[inline]
    pub(crate) fn has_no_conditions(&self) -> bool {
        self.first.conditions.is_none() && self.others.is_none()
    }

    #[inline]
    pub(crate) fn compiled(&self) -> impl Iterator<Item = &CompiledAssignment> + Clone {
        core::iter::once(&self.first).chain(self.more())
    }

    #[inline]
    pub(crate) fn more(&self) -> &[CompiledAssignment] {
        self.others.as_deref().map_or(&[], |others| &others.assignments)
    }

    fn compiled_at(&self, place: usize) -> &CompiledAssignment {
        place.checked_sub(1).and_then(|place| self.more().get(place)).unwrap_or(&self.first)
    }

    /// Whether an assignment grants the operation on the type.
    #[inline]
    pub(crate) fn grants_at(&self, resource: usize, operation: u8) -> bool {
        self.first.grants_at(resource, operation)
            || self.more().iter().any(|assignment| assignment.grants_at(resource, operation))
    }
}

#[cfg(feature = "std")]
impl Granted {
    /// The ids of the roles, in the order in which they were given.
    pub(crate) fn role_ids(&self) -> &[Box<str>] {
        &self.roles
    }
}

impl CompiledAssignment {
    #[inline]
    pub(crate) fn schema(&self) -> &Schema {
        &self.granted.schema
    }

    #[inline]
    pub(crate) fn account(&self) -> &str {
        &self.granted.account
    }

    /// One bit for each operation that a role grants on the type.
    #[inline]
    pub(crate) fn mask_at(&self, resource: usize) -> u64 {
        self.granted.masks.get(resource).copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn grants_at(&self, resource: usize, operation: u8) -> bool {
        self.granted.masks.get(resource).is_some_and(|mask| mask.wrapping_shr(operation.into()) & 1 == 1)
    }

    #[inline]
    pub(crate) fn conditions(&self) -> &[CompiledCondition] {
        self.conditions.as_deref().unwrap_or_default()
    }
}

/// One assignment of an access.
///
/// ```
/// use keyward::{Access, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let access = Access::builder(&Roles::new(&schema, "acme")?).role("admin").condition("brand:a")?.build()?;
/// for assignment in access.assignments() {
///     assert_eq!(assignment.roles().collect::<Vec<_>>(), ["admin"]);
///     assert_eq!(assignment.conditions().next().map(|(name, _)| name), Some("brand"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct AssignmentRef<'a>(pub(crate) &'a CompiledAssignment);

impl<'a> AssignmentRef<'a> {
    /// The ids of the roles, in the order in which they were given.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.0.granted.roles.iter().map(|id| &**id)
    }

    /// The condition names, in the order in which they were first given, each with the values it accepts.
    pub fn conditions(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a ValueSet)> + use<'a> {
        let (schema, conditions) = (self.0.schema(), self.0.conditions());
        conditions.iter().map(|of| (schema.condition_name_at(of.name), &of.accepted))
    }
}

impl AssignmentRef<'_> {
    /// Whether the account has one of its roles.
    pub(crate) fn has_a_role(self) -> bool {
        self.roles().len() > self.0.granted.missing.len()
    }
}

impl fmt::Debug for AssignmentRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignment")
            .field("roles", &self.roles().collect::<Vec<_>>())
            .field("conditions", &self.conditions().collect::<Vec<_>>())
            .finish()
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("account", &self.account())
            .field("assignments", &self.assignments().collect::<Vec<_>>())
            .field("roles_version", &self.roles_version())
            .finish()
    }
}
