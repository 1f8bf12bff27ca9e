//! One clause of a filter, and the conjunction of them.

use alloc::boxed::Box;
use core::{fmt, slice};

use crate::{
    attributes::{AttributePath, Attributes},
    evaluate::meets,
    schema::Match,
    text::Escaped,
    value_set::ValueSet,
};

/// One attribute and the values that will do.
///
/// See [`one_of`](Self::one_of) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    attribute: AttributePath,
    matching: Match,
    one_of: ValueSet,
}

impl Clause {
    pub(super) fn new(attribute: AttributePath, matching: Match, one_of: ValueSet) -> Self {
        Self { attribute, matching, one_of }
    }

    /// The attribute.
    ///
    /// See [`one_of`](Self::one_of) for an example.
    pub fn attribute(&self) -> &AttributePath {
        &self.attribute
    }

    /// How a list there matches.
    ///
    /// See [`one_of`](Self::one_of) for an example.
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// The values that will do.
    ///
    /// ```
    /// # use keyward::{Access, Filter, Match, Roles, Schema};
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

    #[inline]
    pub(super) fn passes<A: Attributes + ?Sized>(&self, attributes: &A) -> bool {
        meets(self.attribute.read(attributes), self.matching, &self.one_of)
    }
}

/// ``` `brand` is `a` or `b` ```; for people.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matching {
            Match::Any => write!(f, "`{}` is ", self.attribute)?,
            Match::All => write!(f, "every one of `{}` is ", self.attribute)?,
        }
        self.one_of().enumerate().try_for_each(|(index, value)| {
            let or = if index == 0 { "" } else { " or " };
            write!(f, "{or}`{}`", Escaped(value))
        })
    }
}

/// The clauses that must all hold: at least one.
///
/// See [`Filter`](super::Filter) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clauses(Box<[Clause]>);

impl Clauses {
    /// All of both, each once.
    pub(super) fn and(&self, other: &Self) -> Self {
        let more = other.iter().filter(|clause| self.iter().all(|mine| mine != *clause));
        Self(self.iter().chain(more).cloned().collect())
    }
}

impl Clauses {
    /// `None` where there is no clause: then it is not a conjunction but everything.
    pub(super) fn new(clauses: impl Into<Box<[Clause]>>) -> Option<Self> {
        let clauses = clauses.into();
        (!clauses.is_empty()).then_some(Self(clauses))
    }

    /// The clauses, in the order of the access's condition names.
    ///
    /// See [`Clause::one_of`] for an example.
    pub fn iter(&self) -> slice::Iter<'_, Clause> {
        self.0.iter()
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
        self.iter().enumerate().try_for_each(|(index, clause)| {
            let and = if index == 0 { "" } else { " and " };
            write!(f, "{and}{clause}")
        })
    }
}
