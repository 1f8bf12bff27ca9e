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

/// One attribute and the values that will do.
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

    /// How a list there matches.
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// The values that will do.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema, filter::Filter, schema::Match};
    /// # let schema = Schema::from_json(
    /// #     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// # )?;
    /// # let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    /// let Filter::AllOf(clauses) = access.filter("products") else { panic!("there is one condition") };
    /// let clause = clauses.iter().next().unwrap();
    /// assert_eq!(clause.attribute().to_string(), "brand");
    /// assert_eq!(clause.matching(), Match::Any);
    /// assert_eq!(clause.one_of().collect::<Vec<_>>(), ["a"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn one_of(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.one_of.iter()
    }

    pub(super) fn values(&self) -> &ValueSet {
        &self.one_of
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

/// The clauses that must all hold: at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Clauses {
    /// Those on one attribute one after the other.
    all: Box<[Clause]>,
}

impl Clauses {
    /// Clauses on attributes that are all different. `None` where there is no clause: then it is not a conjunction
    /// but everything.
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

    /// All of both, each once.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        let mine = self.all.into_vec();
        let more: Vec<Clause> = other.all.into_iter().filter(|clause| !mine.contains(clause)).collect();
        Self::gather(mine.into_iter().chain(more))
    }

    /// Each attribute is read once, however many clauses are on it: a host may compute it, and say something else
    /// the next time.
    #[inline]
    pub(super) fn pass<A: Attributes + ?Sized>(&self, attributes: &A) -> bool {
        self.all.chunk_by(|one, next| one.attribute == next.attribute).all(|clauses| {
            let value = clauses.first().map_or(Value::Absent, |clause| clause.attribute.read(attributes));
            clauses.iter().all(|clause| meets(value, clause.matching, &clause.one_of))
        })
    }

    /// The clauses, in the order of the access's condition names; those on one attribute follow one another.
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
