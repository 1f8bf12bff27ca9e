//! Which column or field of a store holds the account, and which holds which attribute.

use alloc::{boxed::Box, vec::Vec};

use super::{
    clause::{Clause, Clauses},
    value::Filter,
};
use crate::{attributes::AttributePath, schema::Schema, text::UnknownName, values::ValueKind};

/// A mapping of attributes that doesn't fit what conditions read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// An attribute that is mapped twice.
    #[error("attribute `{0}` is mapped twice")]
    MappedTwice(AttributePath),
    /// An attribute that a condition reads and the mapping doesn't have.
    #[error("attribute `{attribute}` is mapped to no {holder}")]
    Unmapped {
        /// The attribute.
        attribute: AttributePath,
        /// What should hold it: `column` or `field`.
        holder: &'static str,
    },
    /// An attribute that is mapped, and that no condition reads of the type.
    #[error("attribute `{attribute}` is mapped, and no condition reads it of `{resource}`")]
    Unread {
        /// The attribute.
        attribute: AttributePath,
        /// The resource type.
        resource: Box<str>,
    },
    /// A resource type that the schema doesn't have.
    #[error(transparent)]
    UnknownType(#[from] UnknownName),
}

/// What holds an attribute: a column or a field.
pub(super) trait Holder {
    /// What messages call it.
    const NAME: &'static str;
}

/// What holds the account, and what holds which attribute.
#[derive(Clone, Debug)]
pub(super) struct Mapping<T> {
    account: Account<T>,
    attributes: Vec<(AttributePath, T)>,
}

#[derive(Clone, Debug)]
enum Account<T> {
    /// Each row's own account is held here.
    HeldBy(T),
    /// All rows are of this account.
    Only(Box<str>),
}

/// What to ask of a row.
pub(super) struct Question<'a, T> {
    /// What holds the account, unless all rows are of the right one.
    pub(super) account: Option<&'a T>,
    /// The alternatives: of each the clauses, each with what holds its attribute. One without clauses lets everything pass.
    pub(super) alternatives: Vec<Vec<(&'a T, &'a Clause)>>,
}

impl<T: Holder> Mapping<T> {
    pub(super) fn new(account: T) -> Self {
        Self { account: Account::HeldBy(account), attributes: Vec::new() }
    }

    pub(super) fn of_one_account(account: &str) -> Self {
        Self { account: Account::Only(account.into()), attributes: Vec::new() }
    }

    pub(super) fn add(&mut self, attribute: AttributePath, holder: T) -> Result<(), MappingError> {
        if self.attributes.iter().any(|(mapped, _)| *mapped == attribute) {
            return Err(MappingError::MappedTwice(attribute));
        }
        self.attributes.push((attribute, holder));
        Ok(())
    }

    /// All that hold something, the account's first.
    pub(super) fn holders(&self) -> impl Iterator<Item = &T> {
        let account = match &self.account {
            Account::HeldBy(holder) => Some(holder),
            Account::Only(_) => None,
        };
        account.into_iter().chain(self.attributes.iter().map(|(_, holder)| holder))
    }

    fn holder(&self, attribute: &AttributePath) -> Result<&T, MappingError> {
        let mapped = self.attributes.iter().find(|(mapped, _)| mapped == attribute);
        let unmapped = || MappingError::Unmapped { attribute: attribute.clone(), holder: T::NAME };
        mapped.map(|(_, holder)| holder).ok_or_else(unmapped)
    }

    /// Whether everything that conditions read of a type is mapped, to what `fits` the kind of their values, and everything
    /// mapped is read.
    pub(super) fn check<E: From<MappingError>>(
        &self,
        schema: &Schema,
        resource: &str,
        fits: impl Fn(&T, ValueKind) -> Result<(), E>,
    ) -> Result<(), E> {
        let handle = schema.resource_type(resource).map_err(MappingError::from)?;
        let bound = |name| Some((schema.binding(name, handle)?, schema.value_kind(name)?));
        let read = || {
            let bindings = schema.condition_names().filter_map(bound);
            let of_resource = bindings.filter(|(binding, _)| !binding.source().is_context());
            of_resource.map(|(binding, values)| (binding.attribute(), values))
        };
        read().try_for_each(|(attribute, values)| fits(self.holder(attribute)?, values))?;
        let unread = |attribute: &&AttributePath| !read().any(|(read, _)| read == *attribute);
        match self.attributes.iter().map(|(attribute, _)| attribute).find(unread) {
            Some(attribute) => {
                Err(MappingError::Unread { attribute: attribute.clone(), resource: resource.into() }.into())
            }
            None => Ok(()),
        }
    }

    /// What to ask of a row to know whether it is the account's and passes the filter; `None` where none does.
    pub(super) fn question<'a>(
        &'a self,
        account: &str,
        filter: &'a Filter,
    ) -> Result<Option<Question<'a, T>>, MappingError> {
        let held = |clauses: &'a Clauses| {
            let held = clauses.iter().map(|clause| Ok((self.holder(clause.attribute())?, clause)));
            held.collect::<Result<Vec<_>, MappingError>>()
        };
        let alternatives = match filter {
            Filter::Nothing => return Ok(None),
            Filter::Everything => Vec::from([Vec::new()]),
            Filter::AllOf(_) | Filter::AnyOf(_) => {
                // No row has what is asked of the context.
                let of_rows = filter.alternatives().into_iter().filter(|clauses| !clauses.read_context());
                of_rows.map(held).collect::<Result<Vec<_>, _>>()?
            }
        };
        if alternatives.is_empty() {
            return Ok(None);
        }
        Ok(match &self.account {
            Account::HeldBy(holder) => Some(Question { account: Some(holder), alternatives }),
            Account::Only(only) => (**only == *account).then_some(Question { account: None, alternatives }),
        })
    }
}
