//! What one actor may do in one account: roles × conditions, compiled.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use indexmap::IndexMap;

use crate::{
    condition::Condition,
    grant::Grant,
    role::{Roles, RolesVersion},
    schema::{Operation, OperationRef, Schema, TypeRef},
    text::{TextError, UnknownName},
    value_set::ValueSet,
};

type Result<T, E = AccessError> = core::result::Result<T, E>;

/// What one actor may do in one account. Immutable, cheap to clone, and shared between threads.
///
/// It is built from the account's [`Roles`], and so can't be of another account or schema than they are.
/// An access without roles can do nothing; one without conditions is for the whole account.
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
    pub(crate) granted: Arc<Granted>,
    pub(crate) conditions: Option<Arc<[CompiledCondition]>>,
}

/// What roles grant. Accesses with the same roles share it.
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
    /// The most roles of an access (EVRYTHNG Platform, access token and operator access documents).
    pub const MAX_ROLES: usize = 100;
    /// The most conditions of an access (same source).
    pub const MAX_CONDITIONS: usize = 256;

    /// Starts an access to the account of these roles.
    pub fn builder(roles: &Roles) -> AccessBuilder {
        AccessBuilder { roles: roles.clone(), grant: Grant::new(), administers: true }
    }

    /// Checks that there are not too many roles, and none twice.
    fn check_roles(ids: &[Box<str>]) -> Result<()> {
        if ids.len() > Self::MAX_ROLES {
            return Err(AccessError::TooManyRoles { count: ids.len() });
        }
        let repeated = |(index, id)| ids.iter().take(index).any(|earlier| earlier == id);
        match ids.iter().enumerate().find(|role| repeated(*role)) {
            Some((index, id)) => Err(AccessError::DuplicateRole { index, id: id.clone() }),
            None => Ok(()),
        }
    }

    /// The account.
    #[inline]
    pub fn account(&self) -> &str {
        &self.granted.account
    }

    /// The schema.
    #[inline]
    pub fn schema(&self) -> &Schema {
        &self.granted.schema
    }

    /// The ids of the roles, in the order in which they were given.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.granted.roles.iter().map(|id| &**id)
    }

    /// The ids of those roles that the account doesn't have, as when they were deleted: they grant nothing.
    ///
    /// Only the access of a [record](crate::store::KeyRecord::access) may have such; an access that is built may not.
    pub fn missing_roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.granted.missing.iter().map(|id| &**id)
    }

    /// The version of the roles that it was built from.
    pub fn roles_version(&self) -> RolesVersion {
        self.granted.version
    }

    /// The condition names, in the order in which they were first given, each with the values it accepts.
    pub fn conditions(&self) -> impl ExactSizeIterator<Item = (&str, &ValueSet)> {
        let schema = self.schema();
        self.compiled_conditions().iter().map(|of| (schema.condition_name_at(of.name), &of.accepted))
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
        let schema = &self.granted.schema;
        let resource = schema.type_index(resource.into());
        let operation = schema.operation_index(operation.into());
        resource.zip(operation).is_some_and(|(resource, operation)| self.grants_at(resource, operation))
    }

    /// An access to the same account that allows nothing.
    pub(crate) fn without_roles(&self) -> Self {
        let masks = alloc::vec![0; self.granted.masks.len()].into();
        let Granted { schema, account, version, .. } = &*self.granted;
        let (schema, account) = (schema.clone(), Arc::clone(account));
        let (roles, missing) = (Box::default(), Box::default());
        let granted = Granted { schema, account, roles, missing, version: *version, masks };
        Self { granted: Arc::new(granted), conditions: None }
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
    pub(crate) fn compiled_conditions(&self) -> &[CompiledCondition] {
        self.conditions.as_deref().unwrap_or_default()
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("account", &self.account())
            .field("roles", &self.roles().collect::<Vec<_>>())
            .field("conditions", &self.conditions().collect::<Vec<_>>())
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

    /// Adds the role with this id.
    #[must_use]
    pub fn role(self, id: impl AsRef<str>) -> Self {
        self.roles([id])
    }

    /// Adds the roles with these ids.
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

    /// Adds a condition: a [`Condition`], or its text.
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

    /// Adds these conditions.
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

    /// Checks and compiles the access.
    ///
    /// # Errors
    ///
    /// [`AccessError`] for a role that the account doesn't have, a condition name that the schema doesn't have,
    /// a role or a condition that is there twice, more than [`Access::MAX_ROLES`] roles or
    /// [`Access::MAX_CONDITIONS`] conditions.
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
        let granted = Arc::new(Granted::new(roles, self, unknown, administers)?);
        Ok(Access { granted, conditions: self.compile_conditions(roles.schema())? })
    }

    /// One compiled condition for each name, in the order in which the names first occur.
    pub(crate) fn compile_conditions(&self, schema: &Schema) -> Result<Option<Arc<[CompiledCondition]>>> {
        let conditions = self.conditions();
        if conditions.len() > Access::MAX_CONDITIONS {
            return Err(AccessError::TooManyConditions { count: conditions.len() });
        }
        let mut names: IndexMap<usize, Vec<&str>, foldhash::fast::FixedState> = IndexMap::default();
        for (index, condition) in conditions.iter().enumerate() {
            let name = schema
                .condition_index(condition.name())
                .map_err(|cause| AccessError::UnsupportedCondition { index, cause })?;
            let values = names.entry(name).or_default();
            if values.contains(&condition.value()) {
                return Err(AccessError::DuplicateCondition { index, condition: condition.clone() });
            }
            values.push(condition.value());
        }
        let compiled = names.into_iter().map(|(name, values)| {
            let accepted = ValueSet::new(values.iter().copied());
            CompiledCondition { name, accepted }
        });
        Ok((compiled.len() > 0).then(|| compiled.collect()))
    }
}

impl Granted {
    /// What the roles of a grant permit. To a holder who doesn't administer, no change of the administration.
    pub(crate) fn new(roles: &Roles, grant: &Grant, unknown: UnknownRole, administers: bool) -> Result<Self> {
        let ids = grant.role_ids();
        Access::check_roles(ids)?;
        let schema = roles.schema();
        let mut masks = alloc::vec![0; schema.resource_types().len()];
        let mut missing = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            match roles.grant(id, &mut masks) {
                true => {}
                false if unknown == UnknownRole::IsRefused => {
                    return Err(AccessError::UnknownRole { index, cause: roles.unknown(id) });
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
        /// Its place among the roles.
        index: usize,
        /// The id, and the nearest known one.
        cause: UnknownName,
    },
    /// A text that is no id, permission or condition: for `?` where texts are read and accesses built.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The same role twice.
    #[error("role `{id}` is there twice")]
    DuplicateRole {
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
        /// Its place among the conditions.
        index: usize,
        /// The name, and the nearest known one.
        cause: UnknownName,
    },
    /// The same condition twice.
    #[error("condition `{condition}` is there twice")]
    DuplicateCondition {
        /// The place of the second.
        index: usize,
        /// The condition.
        condition: Condition,
    },
    /// More conditions than an access may have.
    #[error("{count} conditions are too many, the most is 256")]
    TooManyConditions {
        /// How many there are.
        count: usize,
    },
}
