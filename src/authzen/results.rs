//! The answers to searches.

use alloc::{string::String, vec::Vec};

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::filter::Filter;

/// The answer to a search: a page of results.
///
/// In JSON it is `{"page": {"next_token": "…", "count": 2}, "results": […]}`, with `"context": {"filter": …}` where the filter was
/// asked for: as [`Filter`] writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchAnswer<R> {
    pub(super) next_token: String,
    pub(super) filter: Option<Filter>,
    pub(super) results: Vec<R>,
}

/// A subject or a resource that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundEntity {
    /// Its type, as the search names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// An action that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundAction {
    /// Its name.
    pub name: String,
}

impl FoundEntity {
    /// The one of this type that has this id.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

/// The id.
impl AsRef<str> for FoundEntity {
    fn as_ref(&self) -> &str {
        &self.id
    }
}

/// The name.
impl AsRef<str> for FoundAction {
    fn as_ref(&self) -> &str {
        &self.name
    }
}

impl<R> SearchAnswer<R> {
    /// The same, with the filter that lets just such resources through.
    #[must_use]
    pub fn with_filter(self, filter: Filter) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// The results of the page.
    pub fn results(&self) -> &[R] {
        &self.results
    }

    /// What the request for the next page must have as its token; empty where this is the last.
    pub fn next_token(&self) -> &str {
        &self.next_token
    }

    /// The filter, where it was asked for.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }
}

impl<R: Serialize> Serialize for SearchAnswer<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // First, as the specification recommends: who reads along then knows how many there will be.
        map.serialize_entry("page", &WrittenPage { next_token: &self.next_token, count: self.results.len() })?;
        if let Some(filter) = &self.filter {
            map.serialize_entry("context", &WrittenContext { filter })?;
        }
        map.serialize_entry("results", &self.results)?;
        map.end()
    }
}

#[derive(Serialize)]
struct WrittenPage<'a> {
    next_token: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct WrittenContext<'a> {
    filter: &'a Filter,
}
