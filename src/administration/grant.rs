//! What an actor is to have.

use alloc::{boxed::Box, vec::Vec};

use crate::{condition::Condition, store::KeyRecord, text::TextError};

/// Roles and conditions for an actor.
///
/// ```
/// use keyward::administration::Grant;
///
/// let grant = Grant::new().role("inspector").condition("productBrand:brand_one")?;
/// # Ok::<(), keyward::TextError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    roles: Vec<Box<str>>,
    conditions: Vec<Condition>,
}

impl Grant {
    /// Nothing: without roles an actor can do nothing.
    ///
    /// See [`Grant`] for an example.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a role, by its id.
    ///
    /// See [`Grant`] for an example.
    #[must_use]
    pub fn role(mut self, id: impl AsRef<str>) -> Self {
        self.roles.push(id.as_ref().into());
        self
    }

    /// Adds a condition: a [`Condition`], or its text.
    ///
    /// # Errors
    ///
    /// [`TextError`] for a text that is not in the form of a condition.
    ///
    /// See [`Grant`] for an example.
    pub fn condition<C>(mut self, condition: C) -> Result<Self, TextError>
    where
        C: TryInto<Condition, Error: Into<TextError>>,
    {
        self.conditions.push(condition.try_into().map_err(Into::into)?);
        Ok(self)
    }

    pub(super) fn put_into(&self, record: KeyRecord) -> KeyRecord {
        record.with_roles(&self.roles).with_conditions(self.conditions.iter().cloned())
    }
}
