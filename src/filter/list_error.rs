//! A list that is denied, or that a store can't be asked for.

use crate::decision::{Denial, Forbidden};

/// Why there is no query for a list: the caller's access, or the host's mapping.
///
/// `http::Refused` is made of it: the denial as any other, 500 for a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "the caller's fault, or the host's")]
pub enum ListError<E> {
    /// The access may list nothing of the type, and this is why.
    #[error(transparent)]
    Denied(Forbidden),
    /// The mapping has no exact form of the filter.
    #[error("{0}")]
    Mapping(E),
}

impl<E> ListError<E> {
    /// The HTTP status: that of the denial, or 500.
    pub fn status(&self) -> u16 {
        match self {
            Self::Denied(denied) => denied.status(),
            Self::Mapping(_) => 500,
        }
    }
}

impl<E> From<Denial<'_>> for ListError<E> {
    fn from(denial: Denial<'_>) -> Self {
        Self::Denied(denial.into())
    }
}
