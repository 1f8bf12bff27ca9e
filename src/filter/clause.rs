//! One clause of a filter, and the conjunction of them.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, slice};

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    attributes::{AttributePath, Attributes, Value},
    decision::{self, meets},
    schema::{Match, Source},
    text::join,
    values::{ValueKind, ValueSet},
};

/// One attribute and the values that are accepted.
///
/// In JSON it is `{"attribute": …, "one_of": […]}`, with `except` for values that are excepted, `values` where the
/// [kind](ValueKind) is not `text`, `"match": "all"` where every element of a list must be accepted, and `"of": "context"`
/// where it reads the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    attribute: AttributePath,
    source: Source,
    accepted: ValueSet,
    matching: Match,
}

impl Clause {
    pub(super) fn new(attribute: AttributePath, source: Source, matching: Match, accepted: ValueSet) -> Self {
        Self { attribute, source, accepted, matching }
    }

    /// The attribute.
    pub fn attribute(&self) -> &AttributePath {
        &self.attribute
    }

    /// Whether any element of a list must be accepted, or all.
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// What the attribute is read of. The filter of a list reads resources alone: what reads the context was decided when it was
    /// made. In a [summary](crate::summary) both are there.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The values that are accepted.
    pub fn accepted(&self) -> &ValueSet {
        &self.accepted
    }

    /// Whether every value that meets this clause meets the other.
    fn implies(&self, other: &Self) -> bool {
        self.reads_as(other)
            && (self.matching == Match::All || other.matching == Match::Any)
            && self.accepted.is_subset(&other.accepted)
    }

    fn reads_as(&self, other: &Self) -> bool {
        self.source == other.source && self.attribute == other.attribute
    }
}

impl Serialize for Clause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("attribute", &self.attribute)?;
        if self.source.is_context() {
            map.serialize_entry("of", &self.source)?;
        }
        self.accepted.serialize_fields(&mut map, "one_of")?;
        if self.accepted.kind() != ValueKind::Text {
            map.serialize_entry("values", &self.accepted.kind())?;
        }
        if self.matching == Match::All {
            map.serialize_entry("match", &self.matching)?;
        }
        map.end()
    }
}

impl From<decision::Clause<'_>> for Clause {
    fn from(clause: decision::Clause<'_>) -> Self {
        Self::new(clause.attribute.clone(), clause.source, clause.matching, clause.accepted.clone())
    }
}

/// ``` `brand` is `a` or `b` ```; for people.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matching {
            Match::Any => write!(f, "`{}` ", self.attribute)?,
            Match::All => write!(f, "every one of `{}` ", self.attribute)?,
        }
        f.write_str(if self.source.is_context() { "of the context is " } else { "is " })?;
        self.accepted.words(" or ").fmt(f)
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
///     assert_eq!(clause.accepted().iter().collect::<Vec<_>>(), ["a", "b"]);
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
            let same = all.iter().rposition(|other| other.reads_as(&clause));
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

    /// Whether something of the context is asked, which no resource has.
    pub(super) fn read_context(&self) -> bool {
        self.all.iter().any(|clause| clause.source.is_context())
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
        self.all.chunk_by(Clause::reads_as).all(|clauses| {
            let of_resource = clauses.first().filter(|clause| !clause.source.is_context());
            let value = of_resource.map_or(Value::Absent, |clause| clause.attribute.read(attributes));
            clauses.iter().all(|clause| meets(&value, clause.matching, &clause.accepted))
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
