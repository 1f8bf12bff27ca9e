//! Alternatives: a resource passes if it passes one of them.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use serde::Serialize;

use super::clause::Clauses;
use crate::{attributes::Attributes, text::join};

/// Two or more alternatives, none of which lies within another.
///
/// ```
/// use keyward::filter::Filter;
///
/// let filter: Filter = serde_json::from_str(
///     r#"{"any_of": [
///         {"all_of": [{"attribute": "department", "one_of": ["sales"]}]},
///         {"all_of": [{"attribute": "owner", "one_of": ["alice"]}]}
///     ]}"#,
/// )?;
/// assert_eq!(filter.to_string(), "`department` is `sales`, or `owner` is `alice`");
/// let Filter::AnyOf(alternatives) = filter else { unreachable!() };
/// assert_eq!(alternatives.iter().map(|clauses| clauses.iter().count()).sum::<usize>(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Alternatives {
    any: Box<[AllOf]>,
}

/// As it stands in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct AllOf {
    all_of: Clauses,
}

impl Alternatives {
    /// The alternatives.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Clauses> {
        self.any.iter().map(|alternative| &alternative.all_of)
    }

    #[inline]
    pub(super) fn pass<A: Attributes + ?Sized>(&self, attributes: &A) -> bool {
        self.iter().any(|clauses| clauses.pass(attributes))
    }
}

impl Alternatives {
    /// Two or more.
    pub(super) fn new(alternatives: Vec<Clauses>) -> Self {
        Self { any: alternatives.into_iter().map(|all_of| AllOf { all_of }).collect() }
    }

    pub(super) fn into_clauses(self) -> impl Iterator<Item = Clauses> {
        self.any.into_iter().map(|of| of.all_of)
    }
}

/// The alternatives with `, or` between them; for people.
impl fmt::Display for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, ", or ", self.iter())
    }
}
