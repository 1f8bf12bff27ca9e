//! What an actor is given: roles and conditions as they are written.

use alloc::{boxed::Box, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{condition::Condition, text::TextError};

/// Roles and conditions, by name. What they come to allow is found against an account's roles.
///
/// ```
/// use keyward::Grant;
///
/// let grant = Grant::new().role("inspector").condition("productBrand:brand_one")?;
/// # Ok::<(), keyward::text::TextError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Grant {
    roles: Vec<Box<str>>,
    conditions: Vec<Condition>,
}

impl Grant {
    /// Nothing: without roles an actor can do nothing.
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

    /// The ids of the roles.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.roles.iter().map(|id| &**id)
    }

    /// The conditions.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Takes a role away.
    pub(crate) fn without_role(mut self, id: &str) -> Self {
        self.roles.retain(|role| **role != *id);
        self
    }

    pub(crate) fn role_ids(&self) -> &[Box<str>] {
        &self.roles
    }

    /// The ids of the roles in place of those that there are.
    pub(crate) fn set_roles(&mut self, ids: impl IntoIterator<Item = impl AsRef<str>>) {
        self.roles = ids.into_iter().map(|id| id.as_ref().into()).collect();
    }

    pub(crate) fn set_conditions(&mut self, conditions: impl IntoIterator<Item = Condition>) {
        self.conditions = conditions.into_iter().collect();
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    roles: Vec<Box<str>>,
    conditions: Vec<Condition>,
}

/// Both must be there: a grant without conditions is for the whole account, and that is written as `[]`.
impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { roles, conditions } = Written::deserialize(deserializer)?;
        Ok(Self { roles, conditions })
    }
}
