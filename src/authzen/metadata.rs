//! What a decision point says of itself.

use alloc::{boxed::Box, format, string::String};

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::text::excerpt;

/// What is asked under which path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// One evaluation.
    Evaluation,
    /// Many evaluations.
    Evaluations,
    /// A search of subjects.
    SearchSubject,
    /// A search of resources.
    SearchResource,
    /// A search of actions.
    SearchAction,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Evaluation, Self::Evaluations, Self::SearchSubject, Self::SearchResource, Self::SearchAction];

    /// The path under which a caller looks for it, who is told nothing else.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Evaluation => "/access/v1/evaluation",
            Self::Evaluations => "/access/v1/evaluations",
            Self::SearchSubject => "/access/v1/search/subject",
            Self::SearchResource => "/access/v1/search/resource",
            Self::SearchAction => "/access/v1/search/action",
        }
    }

    fn member(self) -> &'static str {
        match self {
            Self::Evaluation => "access_evaluation_endpoint",
            Self::Evaluations => "access_evaluations_endpoint",
            Self::SearchSubject => "search_subject_endpoint",
            Self::SearchResource => "search_resource_endpoint",
            Self::SearchAction => "search_action_endpoint",
        }
    }
}

/// The metadata document: who answers, and under which addresses.
///
/// ```
/// use keyward::authzen::{Endpoint, Metadata};
///
/// let metadata = Metadata::new("https://pdp.example.com/tenant1", &[Endpoint::Evaluation])?;
/// assert_eq!(metadata.well_known_path(), "/.well-known/authzen-configuration/tenant1");
/// assert_eq!(
///     serde_json::to_value(&metadata)?,
///     serde_json::json!({
///         "policy_decision_point": "https://pdp.example.com/tenant1",
///         "access_evaluation_endpoint": "https://pdp.example.com/tenant1/access/v1/evaluation",
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    identifier: Box<str>,
    endpoints: Box<[Endpoint]>,
}

/// An address that is no identifier of a decision point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no `https://` address of a host, without user, query and fragment")]
pub struct MetadataError {
    address: String,
}

impl Metadata {
    /// Where callers find the document, on the host of a decision point that has no path.
    pub const WELL_KNOWN: &'static str = "/.well-known/authzen-configuration";

    /// Of the decision point at this address, with these endpoints under it, each at its own [path](Endpoint::path). The one for
    /// a single evaluation is always there.
    ///
    /// # Errors
    ///
    /// [`MetadataError`] for an address without `https://`, with a user, a query or a fragment, or that ends with `/`.
    pub fn new(identifier: &str, endpoints: &[Endpoint]) -> Result<Self, MetadataError> {
        let is_plain = |c: char| c.is_ascii_graphic() && !"?#@\\\"<>`{}|^".contains(c);
        let rest = identifier.strip_prefix("https://").filter(|rest| rest.chars().all(is_plain));
        let host = rest.and_then(|rest| rest.split('/').next()).filter(|host| !host.is_empty());
        if host.is_none() || identifier.ends_with('/') {
            return Err(MetadataError { address: excerpt(identifier) });
        }
        let endpoints = Endpoint::ALL.into_iter().filter(|of| *of == Endpoint::Evaluation || endpoints.contains(of));
        Ok(Self { identifier: identifier.into(), endpoints: endpoints.collect() })
    }

    /// The path on its host under which callers look for the document.
    pub fn well_known_path(&self) -> String {
        let host_and_path = self.identifier.strip_prefix("https://").unwrap_or_default();
        let path = host_and_path.find('/').and_then(|at| host_and_path.get(at..)).unwrap_or_default();
        format!("{}{path}", Self::WELL_KNOWN)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("policy_decision_point", &self.identifier)?;
        for endpoint in &self.endpoints {
            map.serialize_entry(endpoint.member(), &format!("{}{}", self.identifier, endpoint.path()))?;
        }
        map.end()
    }
}
