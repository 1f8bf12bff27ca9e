//! Alternatives: a resource passes if it passes one of them.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, slice};

use serde::Serialize;

use super::{clause::Clauses, value::Filter};
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

impl Filter {
    /// The most alternatives of a filter. An access has at most 16, and two accesses together as many as this.
    pub const MAX_ALTERNATIVES: usize = 256;

    /// What passes one of these. An alternative that lies within another is left out.
    pub(crate) fn any_of(alternatives: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Clauses> = Vec::new();
        for alternative in alternatives {
            match alternative {
                Self::Everything => return Self::Everything,
                Self::Nothing => {}
                Self::AllOf(clauses) => all.push(clauses),
                Self::AnyOf(alternatives) => all.extend(alternatives.any.into_iter().map(|of| of.all_of)),
            }
        }
        let mut widest: Vec<Clauses> = Vec::new();
        for clauses in all {
            if !widest.iter().any(|wider| clauses.is_within(wider)) {
                widest.retain(|narrower| !narrower.is_within(&clauses));
                widest.push(clauses);
            }
        }
        match <[Clauses; 1]>::try_from(widest) {
            Ok([only]) => Self::AllOf(only),
            Err(none) if none.is_empty() => Self::Nothing,
            Err(several) => {
                Self::AnyOf(Alternatives { any: several.into_iter().map(|all_of| AllOf { all_of }).collect() })
            }
        }
    }

    /// What passes both. `None` where that is more than [`MAX_ALTERNATIVES`](Self::MAX_ALTERNATIVES) alternatives.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        if self.is_everything() || other.is_everything() {
            return Some(if self.is_everything() { other } else { self }.clone());
        }
        let (mine, theirs) = (self.alternatives(), other.alternatives());
        if mine.len().saturating_mul(theirs.len()) > Self::MAX_ALTERNATIVES {
            return None;
        }
        let pairs = mine.iter().flat_map(|one| theirs.iter().map(move |other| one.and(other)));
        Some(Self::any_of(pairs.map(Self::AllOf)))
    }

    /// The alternatives, where not everything passes.
    pub(super) fn alternatives(&self) -> Vec<&Clauses> {
        match self {
            Self::Nothing | Self::Everything => Vec::new(),
            Self::AllOf(clauses) => slice::from_ref(clauses).iter().collect(),
            Self::AnyOf(alternatives) => alternatives.iter().collect(),
        }
    }
}

/// The alternatives with `, or` between them; for people.
impl fmt::Display for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, ", or ", self.iter())
    }
}
