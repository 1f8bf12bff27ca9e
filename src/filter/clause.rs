//! One clause of a filter, and the conjunction of them.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, slice};

use serde::Serialize;

use crate::{
    attributes::{AttributePath, Attributes, Value},
    decision::{self, meets},
    schema::Match,
    text::{Quoted, join},
    value_set::ValueSet,
};

/// One attribute and the values that are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clause {
    attribute: AttributePath,
    one_of: ValueSet,
    #[serde(rename = "match", skip_serializing_if = "Match::is_any")]
    matching: Match,
}

impl Clause {
    pub(super) fn new(attribute: AttributePath, matching: Match, one_of: ValueSet) -> Self {
        Self { attribute, one_of, matching }
    }

    /// The attribute.
    pub fn attribute(&self) -> &AttributePath {
        &self.attribute
    }

    /// Whether any element of a list must be accepted, or all.
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// The values that are accepted.
    pub fn one_of(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.one_of.iter()
    }

    pub(super) fn values(&self) -> &ValueSet {
        &self.one_of
    }

    /// Whether every value that meets this clause meets the other.
    fn implies(&self, other: &Self) -> bool {
        self.attribute == other.attribute
            && (self.matching == Match::All || other.matching == Match::Any)
            && self.one_of.is_subset(&other.one_of)
    }
}

impl From<decision::Clause<'_>> for Clause {
    fn from(clause: decision::Clause<'_>) -> Self {
        Self::new(clause.attribute.clone(), clause.matching, clause.accepted.clone())
    }
}

/// ``` `brand` is `a` or `b` ```; for people.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matching {
            Match::Any => write!(f, "`{}` is ", self.attribute)?,
            Match::All => write!(f, "every one of `{}` is ", self.attribute)?,
        }
        join(f, " or ", self.one_of().map(Quoted))
    }
}

/// The clauses that must all hold. There is at least one.
///
/// ```
/// use keyward::filter::Filter;
///
/// let filter: Filter = serde_json::from_str(r#"{"all_of": [{"attribute": "brand", "one_of": ["a", "b"]}]}"#)?;
/// let Filter::AllOf(clauses) = filter else { unreachable!() };
/// for clause in &clauses {
///     assert_eq!(clause.attribute().to_string(), "brand");
///     assert_eq!(clause.one_of().collect::<Vec<_>>(), ["a", "b"]);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Clauses {
    /// Clauses on the same attribute are neighbours.
    all: Box<[Clause]>,
}

impl Clauses {
    /// Clauses on attributes that are all different. `None` if there is no clause, since then everything passes.
    pub(super) fn new(all: Vec<Clause>) -> Option<Self> {
        (!all.is_empty()).then(|| Self { all: all.into() })
    }

    /// Clauses of which several may be on one attribute.
    pub(super) fn gather(clauses: impl IntoIterator<Item = Clause>) -> Option<Self> {
        let mut all: Vec<Clause> = Vec::new();
        for clause in clauses {
            let same = all.iter().rposition(|other| other.attribute == clause.attribute);
            all.insert(same.map_or(all.len(), |place| place.saturating_add(1)), clause);
        }
        Self::new(all)
    }

    /// The clauses of both, each once.
    pub(super) fn and(&self, other: &Self) -> Self {
        let more = other.all.iter().filter(|clause| !self.all.contains(clause));
        let all = Self::gather(self.all.iter().chain(more).cloned());
        all.unwrap_or_else(|| self.clone())
    }

    /// Whether all that passes these clauses passes the others. It is so exactly where no two clauses of one of the sides are
    /// on the same attribute, as in the filter of one access.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        other.all.iter().all(|wider| self.all.iter().any(|clause| clause.implies(wider)))
    }

    /// Each attribute is read once, even if several clauses are on it: a host may compute it, and give another value the
    /// next time.
    #[inline]
    pub(super) fn pass<A: Attributes + ?Sized>(&self, attributes: &A) -> bool {
        self.all.chunk_by(|one, next| one.attribute == next.attribute).all(|clauses| {
            let value = clauses.first().map_or(Value::Absent, |clause| clause.attribute.read(attributes));
            clauses.iter().all(|clause| meets(value, clause.matching, &clause.one_of))
        })
    }

    /// The clauses, in the order of the access's condition names; clauses on the same attribute are neighbours.
    pub fn iter(&self) -> slice::Iter<'_, Clause> {
        self.all.iter()
    }
}

impl<'a> IntoIterator for &'a Clauses {
    type Item = &'a Clause;
    type IntoIter = slice::Iter<'a, Clause>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The clauses with `and` between them; for people.
impl fmt::Display for Clauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, " and ", self)
    }
}
