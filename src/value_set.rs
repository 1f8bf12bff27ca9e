//! The values that one condition name accepts, stored for fast look-up.

use alloc::{boxed::Box, format, string::String};
use core::{fmt, iter};

use foldhash::fast::FixedState;
use indexmap::IndexSet;
use serde::{Serialize, Serializer};

use crate::hashing::PartsHasher;

/// The values that one condition name accepts: alternatives, in the order in which they were given.
///
/// ```
/// use keyward::{Access, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("brand:b")?.condition("brand:a")?.build()?;
///
/// let assignment = access.assignments().next().unwrap();
/// let (name, values) = assignment.conditions().next().unwrap();
/// assert_eq!(name, "brand");
/// assert!(values.contains("a") && !values.contains("A"));
/// assert_eq!(values.iter().collect::<Vec<_>>(), ["b", "a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ValueSet(Values);

/// Most sets have one value, and most values are short: such a set takes no memory elsewhere.
#[derive(Clone)]
enum Values {
    Short(Short),
    One(Box<str>),
    Many(Box<Table>),
}

/// A text of up to 22 bytes.
#[derive(Clone)]
struct Short {
    length: u8,
    bytes: [u8; 22],
}

#[derive(Clone)]
struct Table {
    values: IndexSet<Box<str>, FixedState>,
    longest: usize,
}

impl ValueSet {
    pub(crate) fn new<'a>(values: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let mut first = values.clone();
        match (first.next(), first.next()) {
            (Some(only), None) => Self(Short::new(only).map_or_else(|| Values::One(only.into()), Values::Short)),
            _ => Self(Values::Many(Box::new(Table::new(values)))),
        }
    }

    /// Whether this very string, byte for byte, is among the values.
    #[inline]
    pub fn contains(&self, value: &str) -> bool {
        match &self.0 {
            Values::Short(only) => only.bytes() == value.as_bytes(),
            Values::One(only) => **only == *value,
            Values::Many(table) => table.contains(value),
        }
    }

    /// The values, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|index| match &self.0 {
            Values::Short(only) => only.as_str(),
            Values::One(only) => only,
            Values::Many(table) => table.values.get_index(index).map_or("", |value| value),
        })
    }

    /// Whether every value of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.len() <= other.len() && self.iter().all(|value| other.contains(value))
    }

    /// What is in this set and not in the other.
    pub(crate) fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        self.iter().filter(|value| !other.contains(value))
    }

    /// An element.
    pub(crate) fn element(&self) -> String {
        self.iter().next().unwrap_or_default().into()
    }

    /// An element that all these sets have.
    pub(crate) fn common_element<'a>(sets: impl IntoIterator<Item = &'a Self, IntoIter: Clone>) -> Option<String> {
        let mut sets = sets.into_iter();
        let mut values = sets.next()?.iter();
        values.find(|value| sets.clone().all(|set| set.contains(value))).map(String::from)
    }

    /// A value that is not in the set, and resembles one that is.
    pub(crate) fn element_outside(&self) -> String {
        self.element_outside_all(&[])
    }

    /// A value that is neither in this set nor in the others, and resembles one of this set.
    pub(crate) fn element_outside_all(&self, others: &[&Self]) -> String {
        let near = self.element();
        // There are more candidates than values, and so one is in none of the sets.
        let values = others.iter().fold(self.len(), |sum, set| sum.saturating_add(set.len()));
        let numbered = (2..values.saturating_add(3)).map(|number| format!("{near}-other-{number}"));
        let mut candidates = iter::once(format!("{near}-other")).chain(numbered);
        let is_outside =
            |candidate: &String| !self.contains(candidate) && !others.iter().any(|set| set.contains(candidate));
        candidates.find(is_outside).unwrap_or_default()
    }

    /// How many values there are: never none.
    #[expect(clippy::len_without_is_empty, reason = "a set of accepted values is never empty")]
    pub fn len(&self) -> usize {
        match &self.0 {
            Values::Short(_) | Values::One(_) => 1,
            Values::Many(table) => table.values.len(),
        }
    }
}

impl Short {
    /// `None` for a text that is too long.
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 22];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { length: text.len().try_into().ok()?, bytes })
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl Table {
    /// The hasher's seed is taken from the BLAKE3 digest of the values. So nobody can choose values that collide, and still
    /// the same values make the same set on every machine.
    fn new<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut parts = PartsHasher::new();
        values.clone().for_each(|value| parts.add(value));
        let seed = u64::from_le_bytes(parts.first());
        let mut table = IndexSet::with_hasher(FixedState::with_seed(seed));
        table.extend(values.clone().map(Box::from));
        Self { values: table, longest: values.map(str::len).max().unwrap_or(0) }
    }

    // Compiled once, here, with its hasher: inlined into other crates it is several times slower.
    #[inline(never)]
    fn contains(&self, value: &str) -> bool {
        // A value that is longer than all in the table is not hashed.
        value.len() <= self.longest && self.values.contains(value)
    }
}

impl PartialEq for ValueSet {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl Eq for ValueSet {}

impl fmt::Debug for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for ValueSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
