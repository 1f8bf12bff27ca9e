//! From a grant to an access. Everything but the form of its texts is checked here.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use indexmap::IndexMap;

use super::{
    access_error::AccessError,
    union::{Access, CompiledAssignment, CompiledCondition, Granted, Others},
};
use crate::{
    condition::Condition,
    grant::{Assignment, Grant},
    joined,
    role::Roles,
    schema::{Operation, Schema},
    text::TextError,
    values::{Misfit, ValueSet},
};

type Result<T, E = AccessError> = core::result::Result<T, E>;

impl Access {
    /// Starts an access to the account of these roles.
    pub fn builder(roles: &Roles) -> AccessBuilder {
        AccessBuilder { roles: roles.clone(), grant: Grant::new(), administers: true }
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
        let (schema, fingerprint, account) = (schema.clone(), schema.fingerprint(), roles.shared_account());
        let (version, missing) = (roles.version(), missing.into());
        Ok(Self { schema, fingerprint, account, roles: ids.into(), missing, version, masks: masks.into() })
    }
}
