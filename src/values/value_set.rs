//! The values that one condition name accepts.

use alloc::{string::ToString, sync::Arc, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    boundaries::{List, ListRef},
    texts::Table,
    value_error::ValueError,
    value_kind::{Point, ValueKind, with_text},
    walk::{self, Walk},
};
use crate::{
    attributes::Value,
    text::{Quoted, join},
};

/// The values that one condition name accepts: alternatives, in the order in which they were given, and perhaps every value of
/// the kind but some.
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
pub struct ValueSet(Layout);

/// Shared: filters, comparisons and the accesses of one grant have the same sets.
#[derive(Clone)]
enum Layout {
    /// Of texts that are all named.
    Texts(Arc<Table>),
    Other(Arc<Other>),
}

/// A set of another kind, or one that excepts.
#[derive(Clone)]
struct Other {
    kind: ValueKind,
    values: Option<List>,
    except: Option<List>,
}

/// Why values make no set.
#[derive(Debug)]
pub(crate) enum Misfit {
    /// The value at this place.
    Value(usize, ValueError),
    /// The excepted value at this place.
    Excepted(usize, ValueError),
    /// What is excepted is all that there is.
    NothingLeft,
}

impl ValueSet {
    /// The texts themselves.
    pub(crate) fn of_texts(texts: &[&str]) -> Self {
        Self(Layout::Texts(Arc::new(Table::new(texts))))
    }

    /// The values of a kind, and all of the kind but the excepted ones, where some are.
    pub(crate) fn new(kind: ValueKind, values: &[&str], except: &[&str]) -> Result<Self, Misfit> {
        if kind.is_text() && except.is_empty() {
            return Ok(Self::of_texts(values));
        }
        let list = |texts: &[&str], misfit: fn(usize, ValueError) -> Misfit| {
            let refuse = |(place, problem)| {
                let text = texts.get::<usize>(place).copied().unwrap_or_default();
                misfit(place, ValueError::new(kind, text, problem))
            };
            (!texts.is_empty()).then(|| List::new(kind, texts).map_err(refuse)).transpose()
        };
        let (values, except) = (list(values, Misfit::Value)?, list(except, Misfit::Excepted)?);
        let set = Self(Layout::Other(Arc::new(Other { kind, values, except })));
        if walk::has_element(&mut [set.walk(true)]) { Ok(set) } else { Err(Misfit::NothingLeft) }
    }

    /// What its values are.
    pub fn kind(&self) -> ValueKind {
        match &self.0 {
            Layout::Texts(_) => ValueKind::Text,
            Layout::Other(other) => other.kind,
        }
    }

    /// Whether an attribute with this text is accepted.
    #[inline]
    pub fn contains(&self, text: &str) -> bool {
        match &self.0 {
            Layout::Texts(table) => table.contains(text),
            Layout::Other(other) => other.contains(text),
        }
    }

    /// Whether this value, which is no list, is accepted.
    pub(crate) fn accepts(&self, value: Value<'_>) -> bool {
        match &self.0 {
            Layout::Other(other) => other.kind.with_point(value, false, |point| other.has(point)),
            Layout::Texts(_) => with_text(value, false, |text| self.contains(text)),
        }
    }

    /// The values that are named as accepted, in the order in which they were given. Where [some are
    /// excepted](Self::except), there may be none.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        let (values, _) = self.lists();
        (0..values.len()).map(move |place| values.given_at(place).unwrap_or_default())
    }

    /// The values that are excepted: where there are any, every other value of the kind is accepted.
    pub fn except(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        let except = self.lists().1.unwrap_or(ListRef::Nothing);
        (0..except.len()).map(move |place| except.given_at(place).unwrap_or_default())
    }

    /// How many values are named, accepted and excepted.
    pub(crate) fn named(&self) -> usize {
        self.iter().len().saturating_add(self.except().len())
    }

    /// The texts, where the set is of texts that are all named.
    pub(crate) fn texts(&self) -> Option<impl ExactSizeIterator<Item = &str> + Clone> {
        (self.kind().is_text() && self.except().len() == 0).then(|| self.iter())
    }

    /// Whether every value of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        if !self.kind().compares_with(other.kind()) {
            return false;
        }
        // Of texts that are all named, each is looked up; and of paths: where a path is, there is all below it.
        let of_paths = |set: &Self| set.kind() == ValueKind::Path && set.except().len() == 0;
        match (self.texts(), other.texts()) {
            (Some(texts), Some(others)) if texts.len() > others.len() => false,
            (Some(mut texts), _) => texts.all(|text| other.contains(text)),
            (None, _) if of_paths(self) && of_paths(other) => self.iter().all(|path| other.contains(path)),
            (None, _) => !walk::has_element(&mut [self.walk(true), other.walk(false)]),
        }
    }

    /// The set in words: the values in backticks with `separator` between them.
    pub(crate) fn words<'a>(&'a self, separator: &'a str) -> impl fmt::Display + 'a {
        Words { set: self, separator, most: usize::MAX }
    }

    /// The set in words, of which the first few values of each list are named.
    pub(crate) fn few(&self) -> impl fmt::Display + '_ {
        Words { set: self, separator: ", ", most: MOST_SHOWN }
    }

    /// The set on a walk, to what is in it or to what isn't.
    pub(super) fn walk(&self, inside: bool) -> Walk<'_> {
        let (values, except) = self.lists();
        Walk::new(self.kind(), values, except, inside)
    }

    /// The values, and those that are excepted.
    fn lists(&self) -> (ListRef<'_>, Option<ListRef<'_>>) {
        match &self.0 {
            Layout::Texts(table) => (ListRef::Texts(table), None),
            Layout::Other(other) => {
                (other.values.as_ref().map_or(ListRef::Nothing, ListRef::Of), other.except.as_ref().map(ListRef::Of))
            }
        }
    }
}

impl Other {
    #[inline(never)]
    fn contains(&self, text: &str) -> bool {
        self.kind.point_of(text).is_some_and(|point| self.has(point))
    }

    fn has(&self, point: Point<'_>) -> bool {
        self.values.as_ref().is_some_and(|values| values.contains(point))
            || self.except.as_ref().is_some_and(|except| !except.contains(point))
    }
}

/// Sets of one kind, with a number each: which of them have a value is asked once for all.
#[derive(Clone)]
pub(crate) struct InSet<T> {
    kind: ValueKind,
    sets: Vec<(T, ValueSet)>,
}

impl<T: Copy> InSet<T> {
    pub(crate) fn new(kind: ValueKind, sets: Vec<(T, ValueSet)>) -> Self {
        Self { kind, sets }
    }

    /// What comes with the sets that have the value.
    pub(crate) fn having(&self, value: Value<'_>, of_none: T, join: impl Fn(T, T) -> T) -> T {
        self.kind.with_point(value, of_none, |point| {
            let having = self.sets.iter().filter(|(_, set)| match &set.0 {
                Layout::Other(other) => other.has(point),
                Layout::Texts(table) => matches!(point, Point::Text(text) if table.contains(text)),
            });
            having.fold(of_none, |all, (of, _)| join(all, *of))
        })
    }
}

/// Equal if they accept the same.
impl PartialEq for ValueSet {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.is_subset(other) && other.is_subset(self)
    }
}

impl Eq for ValueSet {}

/// How many of several values a message shows.
const MOST_SHOWN: usize = 8;

struct Words<'a> {
    set: &'a ValueSet,
    separator: &'a str,
    most: usize,
}

impl Words<'_> {
    fn list<'t>(
        &self,
        f: &mut fmt::Formatter<'_>,
        separator: &str,
        texts: impl ExactSizeIterator<Item = &'t str>,
    ) -> fmt::Result {
        let more = texts.len().saturating_sub(self.most);
        join(f, separator, texts.take(self.most).map(Quoted))?;
        if more == 0 { Ok(()) } else { write!(f, " and {more} more") }
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, separator, .. } = self;
        self.list(f, separator, set.iter())?;
        if set.except().len() == 0 {
            return Ok(());
        }
        f.write_str(if set.iter().len() > 0 { separator } else { "" })?;
        write!(f, "{} but ", set.kind().any())?;
        self.list(f, ", ", set.except())
    }
}

/// For people: the values in backticks, and what is excepted.
impl fmt::Display for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words(", ").fmt(f)
    }
}

impl fmt::Debug for ValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.texts() {
            Some(texts) => f.debug_set().entries(texts).finish(),
            None => f.write_str(&self.to_string()),
        }
    }
}

/// An array of the accepted values. Where some are excepted, an object of `one_of`, where there are any, and `except`.
impl Serialize for ValueSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.except().len() == 0 {
            return serializer.collect_seq(self.iter());
        }
        let mut map = serializer.serialize_map(None)?;
        self.serialize_fields(&mut map, "one_of")?;
        map.end()
    }
}

impl ValueSet {
    /// The accepted values under this name, and the excepted ones under `except`, each where there are any.
    pub(crate) fn serialize_fields<M: SerializeMap>(&self, map: &mut M, one_of: &'static str) -> Result<(), M::Error> {
        if self.iter().len() > 0 {
            map.serialize_entry(one_of, &Texts(self.iter()))?;
        }
        if self.except().len() > 0 {
            map.serialize_entry("except", &Texts(self.except()))?;
        }
        Ok(())
    }
}

struct Texts<I>(I);

impl<'a, I: Iterator<Item = &'a str> + Clone> Serialize for Texts<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}
