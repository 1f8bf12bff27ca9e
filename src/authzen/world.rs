//! What the host knows: who there is, and what is stored.

use alloc::boxed::Box;

use super::entity::Entity;
use crate::{access::Access, attributes::Attributes};

/// What the host knows of one account. Every question is asked in one: the account of whoever asks, which the host takes from
/// their key and never from the question.
///
/// ```
/// use std::{collections::BTreeMap, convert::Infallible};
/// use keyward::{Access, authzen::{Entity, Found, Subject, World}};
///
/// /// People by their names; what is stored of a record is its owner.
/// struct Office { people: BTreeMap<String, Access>, owners: BTreeMap<String, String> }
///
/// impl World for Office {
///     type Error = Infallible;
///
///     fn account(&self) -> &str {
///         "acme"
///     }
///
///     fn subject(&self, subject: &Entity) -> Result<Option<Subject<'_>>, Infallible> {
///         let access = self.people.get(subject.id()).filter(|_| subject.kind() == "user");
///         Ok(access.map(|access| Subject::new(access.clone())))
///     }
///
///     fn resource(&self, resource: &Entity) -> Result<Found<'_>, Infallible> {
///         Ok(match self.owners.get(resource.id()) {
///             Some(owner) => Found::stored([("owner", owner.as_str())]),
///             None => Found::Nowhere,
///         })
///     }
/// }
/// ```
pub trait World {
    /// Why it could not tell, as where a database failed. [`Infallible`](core::convert::Infallible) where that can't be.
    type Error;

    /// The account's id. The resources of every question are taken to be its.
    fn account(&self) -> &str;

    /// Who this is; `None` where there is no such subject **of this account**. To the caller, that is the same as one who may
    /// do nothing.
    ///
    /// # Errors
    ///
    /// Where it could not tell.
    fn subject(&self, subject: &Entity) -> Result<Option<Subject<'_>>, Self::Error>;

    /// What is known of a resource; if nothing is said here, what the question says of it.
    ///
    /// # Errors
    ///
    /// Where it could not tell.
    fn resource(&self, resource: &Entity) -> Result<Found<'_>, Self::Error> {
        let _ = resource;
        Ok(Found::AsAsked)
    }

    /// What the host itself knows of the moment, as the time: read where the question's context is silent.
    fn context(&self) -> &dyn Attributes {
        &()
    }
}

/// Who asks.
pub struct Subject<'a> {
    pub(super) access: Access,
    pub(super) properties: Found<'a>,
}

impl<'a> Subject<'a> {
    /// Someone of whom nothing else is known: what the question says of them is believed.
    pub fn new(access: Access) -> Self {
        Self { access, properties: Found::AsAsked }
    }

    /// Someone of whom these properties are known. What the question says of them is not read.
    #[must_use]
    pub fn with_properties(self, properties: impl Attributes + 'a) -> Self {
        Self { properties: Found::stored(properties), ..self }
    }
}

/// What the host knows of something.
pub enum Found<'a> {
    /// Nothing: what the question says of it is believed. So it must be where the host keeps no such things.
    AsAsked,
    /// This is stored, and is all that there is of it. What the question says is read for an update alone, as what it would
    /// become.
    Stored(Box<dyn Attributes + 'a>),
    /// There is none such, in this account: denied as not found.
    Nowhere,
}

impl<'a> Found<'a> {
    /// What is stored.
    pub fn stored(attributes: impl Attributes + 'a) -> Self {
        Self::Stored(Box::new(attributes))
    }
}

/// Without the properties: they may be of a person.
impl core::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Subject").field("access", &self.access).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::AsAsked => "AsAsked",
            Self::Stored(_) => "Stored(..)",
            Self::Nowhere => "Nowhere",
        })
    }
}
