//! The requests for searches: who can, with what, and what.

use alloc::{string::String, sync::Arc};

use super::{
    canonical,
    entity::{Action, Entity, Part, kind_alone, object},
    request_error::RequestError,
};
use crate::{
    hashing::PartsHasher,
    json::{DocumentError, Json, JsonObject, Node, Object},
};

/// Which subjects of a type may do this? The body of `POST /access/v1/search/subject`.
///
/// ```
/// use keyward::authzen::SubjectSearch;
///
/// let search = SubjectSearch::from_json(
///     r#"{
///         "subject": {"type": "user"},
///         "action": {"name": "can_read"},
///         "resource": {"type": "account", "id": "123"},
///         "page": {"limit": 20}
///     }"#,
/// )?;
/// assert_eq!((search.kind(), search.page().limit()), ("user", Some(20)));
/// # Ok::<(), keyward::authzen::RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectSearch {
    kind: Arc<str>,
    action: Action,
    resource: Entity,
    context: JsonObject,
    page: PageRequest,
}

/// With which resources of a type may this subject do this? The body of `POST /access/v1/search/resource`.
///
/// Beyond the specification: with `"page": {"properties": {"filter": true}}` it [asks](Self::asks_for_filter) for the filter
/// that lets just these resources through, too.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceSearch {
    kind: Arc<str>,
    subject: Entity,
    action: Action,
    context: JsonObject,
    page: PageRequest,
    asks_for_filter: bool,
}

/// What may this subject do with this resource? The body of `POST /access/v1/search/action`.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionSearch {
    subject: Entity,
    resource: Entity,
    context: JsonObject,
    page: PageRequest,
}

/// Which part of the results is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageRequest {
    token: Option<String>,
    limit: Option<usize>,
    properties: JsonObject,
}

impl SubjectSearch {
    /// Reads the body of a request. An id of the subject is ignored, and so are its properties.
    ///
    /// # Errors
    ///
    /// [`RequestError`], as of [`Evaluation::from_json`](super::Evaluation::from_json).
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        let read = |node: Node<'_>| {
            let fields = node.open_fields()?;
            Ok(Self {
                kind: kind_alone(fields.required("subject")?)?,
                action: Action::read(fields.required("action")?)?,
                resource: Entity::read(fields.required("resource")?)?,
                context: object(fields.optional("context"))?,
                page: PageRequest::read(fields)?,
            })
        };
        Ok(Node::of_text(text, read)?)
    }

    /// The type of the subjects.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What they may do.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// What they may do it with.
    pub fn resource(&self) -> &Entity {
        &self.resource
    }

    /// In which context.
    pub fn context(&self) -> &JsonObject {
        &self.context
    }

    /// Which part of the results.
    pub fn page(&self) -> &PageRequest {
        &self.page
    }
}

impl ResourceSearch {
    /// Reads the body of a request. An id of the resource is ignored, and so are its properties.
    ///
    /// # Errors
    ///
    /// [`RequestError`], as of [`Evaluation::from_json`](super::Evaluation::from_json), and where `filter` of the page's
    /// properties is neither `true` nor `false`.
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        let read = |node: Node<'_>| {
            let fields = node.open_fields()?;
            Ok(Self {
                kind: kind_alone(fields.required("resource")?)?,
                subject: Entity::read(fields.required("subject")?)?,
                action: Action::read(fields.required("action")?)?,
                context: object(fields.optional("context"))?,
                page: PageRequest::read(fields)?,
                asks_for_filter: asks_for_filter(fields)?,
            })
        };
        Ok(Node::of_text(text, read)?)
    }

    /// The type of the resources.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Who wants to do something with them.
    pub fn subject(&self) -> &Entity {
        &self.subject
    }

    /// What they want to do.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// In which context.
    pub fn context(&self) -> &JsonObject {
        &self.context
    }

    /// Which part of the results.
    pub fn page(&self) -> &PageRequest {
        &self.page
    }

    /// Whether the filter is asked for, too.
    pub fn asks_for_filter(&self) -> bool {
        self.asks_for_filter
    }
}

impl ActionSearch {
    /// Reads the body of a request. An action is not read.
    ///
    /// # Errors
    ///
    /// [`RequestError`], as of [`Evaluation::from_json`](super::Evaluation::from_json).
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        let read = |node: Node<'_>| {
            let fields = node.open_fields()?;
            Ok(Self {
                subject: Entity::read(fields.required("subject")?)?,
                resource: Entity::read(fields.required("resource")?)?,
                context: object(fields.optional("context"))?,
                page: PageRequest::read(fields)?,
            })
        };
        Ok(Node::of_text(text, read)?)
    }

    /// Who wants to do something.
    pub fn subject(&self) -> &Entity {
        &self.subject
    }

    /// What they want to do it with.
    pub fn resource(&self) -> &Entity {
        &self.resource
    }

    /// In which context.
    pub fn context(&self) -> &JsonObject {
        &self.context
    }

    /// Which part of the results.
    pub fn page(&self) -> &PageRequest {
        &self.page
    }
}

impl PageRequest {
    fn read(fields: Object<'_>) -> Result<Self, DocumentError> {
        let Some(page) = fields.optional("page") else { return Ok(Self::default()) };
        let page = page.open_fields()?;
        Ok(Self {
            token: page.optional_text("token")?,
            limit: page.optional("limit").map(limit).transpose()?,
            properties: object(page.optional("properties"))?,
        })
    }

    /// Where the page before ended, as its answer said it.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// How many results there may be.
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }
}

fn limit(node: Node<'_>) -> Result<usize, DocumentError> {
    match node.json {
        // More than there is memory for is no other limit than as much as there is.
        Json::Integer(limit) if *limit >= 0 => Ok(usize::try_from(*limit).unwrap_or(usize::MAX)),
        _ => Err(node.refuse_kind("a whole number that is not negative")),
    }
}

fn asks_for_filter(fields: Object<'_>) -> Result<bool, DocumentError> {
    let Some(page) = fields.optional("page") else { return Ok(false) };
    let Some(properties) = page.open_fields()?.optional("properties") else { return Ok(false) };
    match properties.open_fields()?.optional("filter") {
        None => Ok(false),
        Some(Node { json: Json::Boolean(asked), .. }) => Ok(*asked),
        Some(node) => Err(node.refuse_kind("`true` or `false`")),
    }
}

/// Any of the three searches, as the tokens of its pages are bound to it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the specification has these three")]
pub enum Search<'a> {
    /// Of subjects.
    Subjects(&'a SubjectSearch),
    /// Of resources.
    Resources(&'a ResourceSearch),
    /// Of actions.
    Actions(&'a ActionSearch),
}

impl Search<'_> {
    pub(super) fn requested(&self) -> &PageRequest {
        match self {
            Self::Subjects(search) => &search.page,
            Self::Resources(search) => &search.page,
            Self::Actions(search) => &search.page,
        }
    }

    /// Adds all that decides which results there are, and so neither the token nor the limit.
    pub(super) fn add_to(&self, digest: &mut PartsHasher) {
        let (what, kind, subject, action, resource, context) = match self {
            Self::Subjects(of) => ("subject", &*of.kind, None, Some(&of.action), Some(&of.resource), &of.context),
            Self::Resources(of) => ("resource", &*of.kind, Some(&of.subject), Some(&of.action), None, &of.context),
            Self::Actions(of) => ("action", "", Some(&of.subject), None, Some(&of.resource), &of.context),
        };
        digest.add(what);
        digest.add(kind);
        for entity in [subject, resource].into_iter().flatten() {
            digest.add(entity.kind());
            digest.add(entity.id());
            canonical::add(digest, entity.properties());
        }
        if let Some(action) = action {
            digest.add(action.name());
            canonical::add(digest, action.properties());
        }
        canonical::add(digest, context);
        canonical::add(digest, &self.requested().properties);
    }
}

impl<'a> From<&'a SubjectSearch> for Search<'a> {
    fn from(search: &'a SubjectSearch) -> Self {
        Self::Subjects(search)
    }
}

impl<'a> From<&'a ResourceSearch> for Search<'a> {
    fn from(search: &'a ResourceSearch) -> Self {
        Self::Resources(search)
    }
}

impl<'a> From<&'a ActionSearch> for Search<'a> {
    fn from(search: &'a ActionSearch) -> Self {
        Self::Actions(search)
    }
}
