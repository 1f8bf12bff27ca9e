//! What an actor is given: assignments of roles and conditions, as they are written.

use alloc::{boxed::Box, vec::Vec};
use core::slice;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct};

use crate::{
    condition::Condition,
    json::{DocumentError, DocumentProblem, Json, Node, Object},
    role::Role,
    text::TextError,
};

/// Roles and the conditions under which they hold, by name.
///
/// ```
/// use keyward::Assignment;
///
/// let assignment = Assignment::new().role("inspector").condition("productBrand:brand_one")?;
/// # Ok::<(), keyward::text::TextError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Assignment {
    roles: Vec<Box<str>>,
    conditions: Vec<Condition>,
}

/// What an actor is given: one or more [assignments](Assignment), by name. What they come to allow is found against an
/// account's roles: whatever one of them allows.
///
/// ```
/// use keyward::Grant;
///
/// let grant = Grant::new().role("inspector").condition("productBrand:brand_one")?;
/// // Reads what is of their department, and edits what is their own.
/// let grant = Grant::new().role("reader").condition("department:sales")?.or().role("editor").condition("owner:alice")?;
/// assert_eq!(grant.assignments().len(), 2);
/// # Ok::<(), keyward::text::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grant(Assignments);

/// Nearly every grant has one assignment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Assignments {
    One(Assignment),
    /// None, or several.
    Many(Box<[Assignment]>),
}

impl Assignment {
    /// No roles, with which an actor can do nothing, and no conditions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a role, by its id.
    #[must_use]
    pub fn role(self, id: impl AsRef<str>) -> Self {
        self.with_roles([id])
    }

    /// Adds roles, by their ids.
    #[must_use]
    pub fn with_roles(mut self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.roles.extend(ids.into_iter().map(|id| Box::from(id.as_ref())));
        self
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
        Ok(self.with_conditions([condition.try_into().map_err(Into::into)?]))
    }

    /// Adds conditions.
    #[must_use]
    pub fn with_conditions(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.conditions.extend(conditions);
        self
    }

    /// Roles and conditions in lists that have no unused memory, as those of a million records should.
    pub(crate) fn of_lists(roles: Box<[Box<str>]>, conditions: Box<[Condition]>) -> Self {
        Self { roles: roles.into(), conditions: conditions.into() }
    }

    /// The ids of the roles.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.roles.iter().map(|id| &**id)
    }

    /// The conditions.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    pub(crate) fn replace_roles(self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { roles: ids.into_iter().map(|id| id.as_ref().into()).collect(), ..self }
    }

    pub(crate) fn replace_conditions(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self { conditions: conditions.into_iter().collect(), ..self }
    }

    pub(crate) fn role_ids(&self) -> &[Box<str>] {
        &self.roles
    }

    /// Whether it has the managed role.
    pub(crate) fn has_admin(&self) -> bool {
        self.roles().any(|id| id == Role::ADMIN)
    }

    /// Whether both have the same roles and the same conditions, in whatever order.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
            // Both ways: either may name one thing twice.
            let all_in = |one: &[T], other: &[T]| one.iter().all(|item| other.contains(item));
            one.len() == other.len() && all_in(one, other) && all_in(other, one)
        }
        same(&self.roles, &other.roles) && same(&self.conditions, &other.conditions)
    }
}

impl Grant {
    /// One assignment without roles and conditions: without roles an actor can do nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a role to the last assignment, by its id.
    #[must_use]
    pub fn role(self, id: impl AsRef<str>) -> Self {
        self.with_roles([id])
    }

    /// Adds roles to the last assignment, by their ids.
    #[must_use]
    pub fn with_roles(self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.map_last(|last| last.with_roles(ids))
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
        Ok(self.with_conditions([condition.try_into().map_err(Into::into)?]))
    }

    /// Adds conditions to the last assignment.
    #[must_use]
    pub fn with_conditions(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.map_last(|last| last.with_conditions(conditions))
    }

    /// Begins another assignment. What one of them allows is allowed.
    #[must_use]
    pub fn or(self) -> Self {
        self.into_iter().chain([Assignment::new()]).collect()
    }

    /// The assignments.
    pub fn assignments(&self) -> &[Assignment] {
        match &self.0 {
            Assignments::One(only) => slice::from_ref(only),
            Assignments::Many(all) => all,
        }
    }

    /// Whether one of the assignments has this role.
    pub fn has_role(&self, id: &str) -> bool {
        self.assignments().iter().any(|assignment| assignment.roles().any(|role| role == id))
    }

    /// Takes a role away. Of assignments that are then the same, one is left.
    pub(crate) fn without_role(self, id: &str) -> Self {
        let mut left: Vec<Assignment> = Vec::new();
        for mut assignment in self {
            assignment.roles.retain(|role| **role != *id);
            if !left.iter().any(|other| other.same_as(&assignment)) {
                left.push(assignment);
            }
        }
        left.into_iter().collect()
    }

    /// One assignment with the roles and the conditions of all, each once.
    pub(crate) fn into_one(self) -> Assignment {
        self.into_iter()
            .reduce(|mut all, one| {
                let roles: Vec<_> = one.roles.into_iter().filter(|role| !all.roles.contains(role)).collect();
                let new = one.conditions.into_iter().filter(|condition| !all.conditions.contains(condition));
                let conditions: Vec<_> = new.collect();
                all.roles.extend(roles);
                all.conditions.extend(conditions);
                all
            })
            .unwrap_or_default()
    }

    fn map_last(self, change: impl FnOnce(Assignment) -> Assignment) -> Self {
        let mut all: Vec<Assignment> = self.into_iter().collect();
        let last = all.pop().unwrap_or_default();
        all.into_iter().chain([change(last)]).collect()
    }
}

impl Default for Grant {
    fn default() -> Self {
        Self(Assignments::One(Assignment::new()))
    }
}

impl From<Assignment> for Grant {
    fn from(only: Assignment) -> Self {
        Self(Assignments::One(only))
    }
}

/// A grant of these assignments. Of none, it allows nothing.
impl FromIterator<Assignment> for Grant {
    fn from_iter<I: IntoIterator<Item = Assignment>>(assignments: I) -> Self {
        let all: Vec<Assignment> = assignments.into_iter().collect();
        match <[Assignment; 1]>::try_from(all) {
            Ok([only]) => Self(Assignments::One(only)),
            Err(all) => Self(Assignments::Many(all.into())),
        }
    }
}

impl IntoIterator for Grant {
    type Item = Assignment;
    type IntoIter = alloc::vec::IntoIter<Assignment>;

    fn into_iter(self) -> Self::IntoIter {
        match self.0 {
            Assignments::One(only) => alloc::vec![only].into_iter(),
            Assignments::Many(all) => all.into_vec().into_iter(),
        }
    }
}

/// `roles` and `conditions` of one assignment; otherwise `assignments`, each with both.
impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Assignments::One(only) => only.serialize(serializer),
            Assignments::Many(all) => {
                let mut several = serializer.serialize_struct("Grant", 1)?;
                several.serialize_field("assignments", all)?;
                several.end()
            }
        }
    }
}

/// Both must be there: an assignment without conditions is for the whole account, and that is written as `[]`. In place of both
/// there may be `assignments`.
impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let node = Node::root(&json);
        let grant = node.fields(&["roles", "conditions", "assignments"]).and_then(|fields| Self::read(fields, "roles"));
        grant.map(|(grant, _)| grant).map_err(D::Error::custom)
    }
}

impl Grant {
    /// Reads `conditions` and the field of the roles, or `assignments` in place of both; and whether it was these.
    pub(crate) fn read(fields: Object<'_>, roles: &'static str) -> Result<(Self, bool), DocumentError> {
        let Some(list) = fields.optional("assignments") else {
            return Ok((Assignment::read(fields, roles)?.into(), false));
        };
        if let Some(instead_of) = [roles, "conditions"].into_iter().find(|name| fields.optional(name).is_some()) {
            return Err(list.place.refuse(DocumentProblem::BothForms { field: "assignments", instead_of }));
        }
        let read = |node: Node<'_>| Assignment::read(node.fields(&[roles, "conditions"])?, roles);
        Ok((list.elements()?.map(read).collect::<Result<_, _>>()?, true))
    }
}

impl Assignment {
    /// What someone may do must be said: if a missing list counted as empty, missing conditions would allow the whole account.
    fn read(fields: Object<'_>, roles: &'static str) -> Result<Self, DocumentError> {
        let ids = fields.required(roles)?;
        let ids = ids.elements()?.map(|node| node.text().map(Box::from)).collect::<Result<_, _>>()?;
        let conditions = fields.required("conditions")?;
        Ok(Self::of_lists(ids, conditions.elements()?.map(condition).collect::<Result<_, _>>()?))
    }
}

fn condition(node: Node<'_>) -> Result<Condition, DocumentError> {
    let condition = match node.json {
        Json::Text(text) => text.parse(),
        Json::Object(_) => {
            let fields = node.fields(&["name", "value", "except"])?;
            let name = fields.required("name")?.text()?;
            match fields.optional("except") {
                None => Condition::new(name, fields.required("value")?.text()?),
                Some(list) if fields.optional("value").is_some() => {
                    return Err(list.place.refuse(DocumentProblem::BothForms { field: "except", instead_of: "value" }));
                }
                Some(list) => {
                    Condition::except(name, list.elements()?.map(|node| node.text()).collect::<Result<Vec<_>, _>>()?)
                }
            }
        }
        _ => return Err(node.refuse_kind("`name:value` or an object of `name` and `value` or `except`")),
    };
    condition.map_err(|error: TextError| node.place.invalid(error))
}
