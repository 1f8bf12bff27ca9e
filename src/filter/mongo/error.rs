//! A query document that can't be made exactly.

use alloc::boxed::Box;

use crate::{
    attributes::AttributePath,
    text::{TextError, UnknownName},
};

/// A mapping that has no exact form in a query document.
///
/// ```
/// let refused = keyward::filter::MongoCollection::new("$account").unwrap_err();
/// assert_eq!(refused.to_string(), "a query document has no name for the field `$account`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MongoError {
    /// A name that is no attribute's.
    #[error(transparent)]
    Name(#[from] TextError),
    /// A name that begins with `$`, or has a dot or a NUL in it.
    #[error("a query document has no name for the field `{0}`")]
    Field(Box<str>),
    /// An attribute that is mapped twice.
    #[error("attribute `{0}` is mapped twice")]
    MappedTwice(AttributePath),
    /// An attribute that a condition reads, and of which the mapping doesn't say which field holds it.
    #[error("attribute `{0}` is mapped to no field")]
    Unmapped(AttributePath),
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

/// A path that is one already can't fail to become one.
impl From<core::convert::Infallible> for MongoError {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}
