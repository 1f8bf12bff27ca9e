//! What one actor may do in one account: assignments of roles and conditions, compiled.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use indexmap::IndexMap;

use crate::{
    condition::Condition,
    grant::{Assignment, Grant},
    joined::{self, JoinedName},
    role::{Roles, RolesVersion},
    schema::{Operation, OperationRef, Schema, TypeRef},
    text::{TextError, UnknownName},
    values::{Misfit, ValueError, ValueSet},
};

type Result<T, E = AccessError> = core::result::Result<T, E>;

/// What one actor may do in one account. Immutable, cheap to clone, and shared between threads.
///
/// It is built from the account's [`Roles`], and so can't be of another account or schema than they are.
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
    assignments: Box<[CompiledAssignment]>,
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
    pub(crate) account: Arc<str>,
    roles: Box<[Box<str>]>,
    /// Those of them that the account doesn't have.
    missing: Box<[Box<str>]>,
    version: RolesVersion,
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

    /// Starts an access to the account of these roles.
    pub fn builder(roles: &Roles) -> AccessBuilder {
        AccessBuilder { roles: roles.clone(), grant: Grant::new(), administers: true }
    }

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
        let granted = Granted { schema, account, roles, missing, version: *version, masks };
        Self { first: CompiledAssignment { granted: Arc::new(granted), conditions: None }, others: None }
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

/// Collects roles and conditions; everything but a condition's form is checked by [`build`](Self::build).
#[derive(Clone, Debug)]
pub struct AccessBuilder {
    roles: Roles,
    grant: Grant,
    administers: bool,
}

impl AccessBuilder {
    /// The access is an access token's. A token never administers: whatever its roles say, `create`, `update` and
    /// `delete` on the types of [`ADMINISTRATION`](crate::schema::ADMINISTRATION) are not granted to it.
    ///
    /// ```
    /// use keyward::{Access, Operation, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let token = Access::builder(&roles).role("admin").for_access_token().build()?;
    /// assert!(token.permits(Operation::CREATE, "products") && token.permits(Operation::READ, "accessTokens"));
    /// assert!(!token.permits(Operation::CREATE, "accessTokens"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn for_access_token(self) -> Self {
        Self { administers: false, ..self }
    }

    /// Adds the role with this id to the last assignment.
    #[must_use]
    pub fn role(self, id: impl AsRef<str>) -> Self {
        self.roles([id])
    }

    /// Adds the roles with these ids to the last assignment.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// assert!(Access::builder(&roles).roles(["admin"]).build().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn roles(self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { grant: self.grant.with_roles(ids), ..self }
    }

    /// Adds a condition to the last assignment: a [`Condition`], or its text.
    ///
    /// # Errors
    ///
    /// [`TextError`] for a text that is not in the form of a condition: `productBrand`, `productBrand:`,
    /// `productBrand:a,b`.
    pub fn condition<C>(self, condition: C) -> Result<Self, TextError>
    where
        C: TryInto<Condition, Error: Into<TextError>>,
    {
        Ok(Self { grant: self.grant.condition(condition)?, ..self })
    }

    /// Adds these conditions to the last assignment.
    ///
    /// # Errors
    ///
    /// [`TextError`] for the first that is not in the form of a condition.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// assert!(Access::builder(&roles).conditions(["factoryId:1", "factoryId"]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn conditions<C>(self, conditions: impl IntoIterator<Item = C>) -> Result<Self, TextError>
    where
        C: TryInto<Condition, Error: Into<TextError>>,
    {
        conditions.into_iter().try_fold(self, Self::condition)
    }

    /// Adds the assignments of a grant. Where nothing was added before, they are all that there is.
    ///
    /// ```
    /// use keyward::{Access, Assignment, Grant, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let grant: Grant = [Assignment::new().role("admin")].into_iter().collect();
    /// assert!(Access::builder(&roles).grant(grant).build()?.permits("read", "products"));
    /// // A grant of no assignments allows nothing.
    /// assert!(!Access::builder(&roles).grant(Grant::from_iter([])).build()?.permits("read", "products"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn grant(self, grant: Grant) -> Self {
        let before = if self.grant == Grant::new() { Grant::from_iter([]) } else { self.grant };
        Self { grant: before.into_iter().chain(grant).collect(), ..self }
    }

    /// Begins another assignment: roles and conditions that are added from here on are its own. What one of the assignments
    /// allows is allowed.
    ///
    /// ```
    /// use keyward::{Access, Operation, ResourceView, Role, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"records": {}}, "conditions": {"owner": {"restricts": {"records": "owner"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?
    ///     .with(Role::new("reader", ["records:read,list"])?)?
    ///     .with(Role::new("editor", ["records:update"])?)?;
    /// let alice = Access::builder(&roles).role("reader").or().role("editor").condition("owner:alice")?.build()?;
    ///
    /// let record = [("owner", "bob")];
    /// let record = ResourceView::new("records", "acme", &record);
    /// assert!(alice.decide(Operation::READ, &record).is_allow());
    /// assert!(!alice.decide_update(&record, &record).is_allow());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn or(self) -> Self {
        Self { grant: self.grant.or(), ..self }
    }

    /// Checks and compiles the access.
    ///
    /// # Errors
    ///
    /// [`AccessError`] for a role that the account doesn't have, a condition name that the schema doesn't have, a role or a
    /// condition that is twice in one assignment, a value that is not of its name's kind, exceptions that leave nothing, an assignment that is there twice, and more than
    /// [`Access::MAX_ASSIGNMENTS`] assignments, [`Access::MAX_ROLES`] roles or [`Access::MAX_CONDITIONS`] conditions.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// let refused = Access::builder(&roles).role("amdin").build().unwrap_err();
    /// assert_eq!(refused.to_string(), "unknown role `amdin`; did you mean `admin`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(self) -> Result<Access, AccessError> {
        self.grant.compile(&self.roles, UnknownRole::IsRefused, self.administers)
    }
}

/// What a role does that the account doesn't have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownRole {
    IsRefused,
    GrantsNothing,
}

impl Grant {
    /// The access of the grant under these roles.
    pub(crate) fn compile(&self, roles: &Roles, unknown: UnknownRole, administers: bool) -> Result<Access> {
        self.check()?;
        let compiled = self.assignments().iter().enumerate().map(|(place, assignment)| {
            let granted = Arc::new(Granted::new(roles, (place, assignment), unknown, administers)?);
            let conditions = assignment.compile_conditions(place, roles.schema())?;
            Ok(CompiledAssignment { granted, conditions })
        });
        let nothing = || Ok(Arc::new(Granted::new(roles, (0, &Assignment::new()), unknown, administers)?));
        Access::of(compiled, nothing)
    }

    /// Checks that there are not too many assignments, roles and conditions, and no assignment twice.
    pub(crate) fn check(&self) -> Result<()> {
        let all = self.assignments();
        if all.len() > Access::MAX_ASSIGNMENTS {
            return Err(AccessError::TooManyAssignments { count: all.len() });
        }
        let count = all.iter().map(|of| of.roles().len()).fold(0, usize::saturating_add);
        if count > Access::MAX_ROLES {
            return Err(AccessError::TooManyRoles { count });
        }
        let conditions = all.iter().flat_map(Assignment::conditions);
        let count = conditions.map(Condition::named).fold(0, usize::saturating_add);
        if count > Access::MAX_CONDITIONS {
            return Err(AccessError::TooManyConditions { count });
        }
        let repeated = |(place, of): (usize, &Assignment)| all.iter().take(place).any(|earlier| earlier.same_as(of));
        match all.iter().enumerate().find(|of| repeated(*of)) {
            Some((index, _)) => Err(AccessError::DuplicateAssignment { index }),
            None => Ok(()),
        }
    }
}

impl Access {
    /// The access of these assignments, or to nothing where there are none.
    pub(crate) fn of(
        assignments: impl Iterator<Item = Result<CompiledAssignment>>,
        nothing: impl FnOnce() -> Result<Arc<Granted>>,
    ) -> Result<Self> {
        let mut assignments = assignments;
        let Some(first) = assignments.next() else {
            let first = CompiledAssignment { granted: nothing()?, conditions: None };
            return Ok(Self { first, others: None });
        };
        let (first, assignments) = (first?, assignments.collect::<Result<Box<[CompiledAssignment]>>>()?);
        if assignments.is_empty() {
            return Ok(Self { first, others: None });
        }
        let all = core::iter::once(&first).chain(&assignments);
        let names =
            joined::join(first.schema(), &all.map(|of| of.conditions().iter().map(|of| (of.name, &of.accepted))));
        Ok(Self { first, others: Some(Arc::new(Others { assignments, names })) })
    }
}

impl Assignment {
    /// One compiled condition for each name, in the order in which the names first occur.
    pub(crate) fn compile_conditions(
        &self,
        assignment: usize,
        schema: &Schema,
    ) -> Result<Option<Arc<[CompiledCondition]>>> {
        let mut names: IndexMap<usize, OfName<'_>, foldhash::fast::FixedState> = IndexMap::default();
        for (index, condition) in self.conditions().iter().enumerate() {
            let name = schema.condition_index(condition.name()).map_err(|cause| AccessError::UnsupportedCondition {
                assignment,
                index,
                cause,
            })?;
            let of_name = names.entry(name).or_default();
            if let Some(value) = condition.value() {
                if of_name.values.contains(&value) {
                    return Err(AccessError::DuplicateCondition { assignment, index, condition: condition.clone() });
                }
                of_name.values.push(value);
                of_name.places.push(index);
                continue;
            }
            if !of_name.except.is_empty() {
                return Err(AccessError::SecondExcept { assignment, index, condition: condition.name().into() });
            }
            of_name.except_place = index;
            for (excepted, value) in condition.excepted().enumerate() {
                if of_name.except.contains(&value) {
                    let (condition, value) = (condition.name().into(), value.into());
                    return Err(AccessError::ExceptedTwice { assignment, index, excepted, condition, value });
                }
                of_name.except.push(value);
            }
        }
        let compiled = names.into_iter().map(|(name, of_name)| {
            let accepted = ValueSet::new(schema.value_kind_at(name), &of_name.values, &of_name.except);
            let accepted =
                accepted.map_err(|misfit| of_name.refuse(assignment, schema.condition_name_at(name), misfit))?;
            Ok(CompiledCondition { name, accepted })
        });
        let compiled = compiled.collect::<Result<Vec<_>>>()?;
        Ok((!compiled.is_empty()).then(|| compiled.into()))
    }
}

/// The values of one name, while they are collected, and the places of the conditions that they are of.
#[derive(Default)]
struct OfName<'a> {
    values: Vec<&'a str>,
    places: Vec<usize>,
    except: Vec<&'a str>,
    except_place: usize,
}

impl OfName<'_> {
    fn refuse(&self, assignment: usize, condition: &str, misfit: Misfit) -> AccessError {
        let condition = condition.into();
        match misfit {
            Misfit::Value(at, cause) => {
                let index = self.places.get(at).copied().unwrap_or_default();
                AccessError::Value { assignment, index, excepted: None, condition, cause }
            }
            Misfit::Excepted(at, cause) => {
                AccessError::Value { assignment, index: self.except_place, excepted: Some(at), condition, cause }
            }
            Misfit::NothingLeft => AccessError::NothingLeft { assignment, index: self.except_place, condition },
        }
    }
}

impl Granted {
    /// What the roles of an assignment permit. To a holder who doesn't administer, no change of the administration.
    pub(crate) fn new(
        roles: &Roles,
        (assignment, of): (usize, &Assignment),
        unknown: UnknownRole,
        administers: bool,
    ) -> Result<Self> {
        let ids = of.role_ids();
        let schema = roles.schema();
        let mut masks = alloc::vec![0; schema.resource_types().len()];
        let mut missing = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            if ids.iter().take(index).any(|earlier| earlier == id) {
                return Err(AccessError::DuplicateRole { assignment, index, id: id.clone() });
            }
            match roles.grant(id, &mut masks) {
                true => {}
                false if unknown == UnknownRole::IsRefused => {
                    return Err(AccessError::UnknownRole { assignment, index, cause: roles.unknown(id) });
                }
                false => missing.push(id.clone()),
            }
        }
        for resource in schema.administration().filter(|_| !administers) {
            if let Some(mask) = masks.get_mut(resource) {
                *mask &= !Operation::CHANGES;
            }
        }
        let (schema, account) = (schema.clone(), roles.shared_account());
        let (version, missing) = (roles.version(), missing.into());
        Ok(Self { schema, account, roles: ids.into(), missing, version, masks: masks.into() })
    }
}

/// An access that can't be.
///
/// ```
/// use keyward::{Access, AccessError, Roles, Schema};
///
/// let roles = Roles::new(&Schema::builder().build()?, "acme")?;
/// let refused = Access::builder(&roles).roles(["admin", "admin"]).build();
/// assert!(matches!(refused, Err(AccessError::DuplicateRole { index: 1, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// A role that the account doesn't have ("invalid policies" on the platform).
    #[error("{cause}")]
    UnknownRole {
        /// The place of its assignment.
        assignment: usize,
        /// Its place among the roles.
        index: usize,
        /// The id, and the nearest known one.
        cause: UnknownName,
    },
    /// A text that is no id, permission or condition: for `?` where texts are read and accesses built.
    #[error(transparent)]
    Text(#[from] TextError),
    /// More assignments than an access may have.
    #[error("{count} assignments are too many, the most is 16")]
    TooManyAssignments {
        /// How many there are.
        count: usize,
    },
    /// The same roles with the same conditions twice.
    #[error("an assignment with the same roles and conditions is there already")]
    DuplicateAssignment {
        /// The place of the second.
        index: usize,
    },
    /// The same role twice in one assignment.
    #[error("role `{id}` is there twice")]
    DuplicateRole {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The id.
        id: Box<str>,
    },
    /// Roles of another account than the record's.
    #[error("the roles are of another account")]
    OtherAccount,
    /// More roles than an access may have.
    #[error("{count} roles are too many, the most is 100")]
    TooManyRoles {
        /// How many there are.
        count: usize,
    },
    /// A condition name that the schema doesn't have ("unsupported conditions" on the platform).
    #[error("{cause}")]
    UnsupportedCondition {
        /// The place of its assignment.
        assignment: usize,
        /// Its place among the conditions.
        index: usize,
        /// The name, and the nearest known one.
        cause: UnknownName,
    },
    /// The same condition twice in one assignment.
    #[error("condition `{condition}` is there twice")]
    DuplicateCondition {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The condition.
        condition: Condition,
    },
    /// A value that is not in the form of its kind.
    #[error("condition `{condition}`: {cause}")]
    Value {
        /// The place of its assignment.
        assignment: usize,
        /// The place of its condition.
        index: usize,
        /// Its place among the excepted values, if it is one.
        excepted: Option<usize>,
        /// The condition's name.
        condition: Box<str>,
        /// What is wrong with it.
        cause: ValueError,
    },
    /// Two lists of exceptions under one name. Each accepts what the other excepts.
    #[error("condition `{condition}`: values are excepted already; name all exceptions in one list")]
    SecondExcept {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The condition's name.
        condition: Box<str>,
    },
    /// The same value twice in a list of exceptions.
    #[error("condition `{condition}`: `{value}` is excepted twice")]
    ExceptedTwice {
        /// The place of its assignment.
        assignment: usize,
        /// The place of its condition.
        index: usize,
        /// The place of the second.
        excepted: usize,
        /// The condition's name.
        condition: Box<str>,
        /// The value.
        value: Box<str>,
    },
    /// Exceptions after which nothing is left.
    #[error("condition `{condition}`: every value that there is is excepted, and so nothing is accepted")]
    NothingLeft {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the condition.
        index: usize,
        /// The condition's name.
        condition: Box<str>,
    },
    /// More conditions than an access may have. A condition counts as often as it names a value.
    #[error("{count} conditions are too many, the most is 256")]
    TooManyConditions {
        /// How many there are.
        count: usize,
    },
}
