//! Why a declaration is refused, and which one.

use alloc::{boxed::Box, string::String};
use core::fmt;

use crate::{
    attributes::AttributePath,
    text::{TextError, UnknownName, excerpt},
};

/// A declaration that is refused.
///
/// ```
/// let refused = keyward::Schema::builder().resource("my products").build().unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "resource type `my products`: resource type `my products` at character 3: ' ' is not allowed here; \
///      a resource type is made of ASCII letters, digits and `.`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct SchemaError {
    pub(super) at: Box<At>,
    problem: SchemaProblem,
}

impl SchemaError {
    /// What is wrong.
    pub fn problem(&self) -> &SchemaProblem {
        &self.problem
    }
}

/// What can be wrong with a declaration.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaProblem {
    /// A name outside its alphabet, or too long.
    #[error(transparent)]
    Name(TextError),
    /// A resource type or an attribute that is not declared.
    #[error(transparent)]
    Unknown(UnknownName),
    /// The same declaration twice.
    #[error("it is declared twice")]
    DeclaredTwice,
    /// A condition that is bound to no type: it would restrict nothing, or deny everything.
    #[error("it restricts no resource type")]
    RestrictsNothing,
    /// A condition that reads the context restricts every type by it, and says nothing else.
    #[error("it reads the context, and so restricts every type by that alone")]
    ContextAndMore,
    /// Two conditions that read the same attribute of one type, or one inside what the other reads.
    #[error("`{attribute}` overlaps with `{theirs}`, which the condition `{other}` reads")]
    Overlap {
        /// What this condition reads.
        attribute: AttributePath,
        /// The other condition.
        other: Box<str>,
        /// What the other reads.
        theirs: AttributePath,
    },
    /// More than a schema may have.
    #[error("a schema has at most {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many it may have.
        most: usize,
    },
}

/// Which declaration an error is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum At {
    Resource(String),
    Operation(String, usize),
    Condition(String),
    Restricts(String, String),
    Context(String),
}

impl At {
    pub(super) fn refuse(self, problem: SchemaProblem) -> SchemaError {
        SchemaError { at: Box::new(self), problem }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(name) => write!(f, "resource type `{}`", excerpt(name)),
            Self::Operation(name, index) => {
                write!(f, "resource type `{}`, operation {}", excerpt(name), index.saturating_add(1))
            }
            Self::Condition(name) => write!(f, "condition `{}`", excerpt(name)),
            Self::Context(name) => write!(f, "condition `{}` on the context", excerpt(name)),
            Self::Restricts(name, resource) => write!(f, "condition `{}` on `{}`", excerpt(name), excerpt(resource)),
        }
    }
}
