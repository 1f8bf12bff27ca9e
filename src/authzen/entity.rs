//! Who asks, what is asked of, and what is done: the three parts that every question has.

use alloc::sync::Arc;

use crate::json::{DocumentError, DocumentProblem, JsonObject, Node, Place};

/// A subject or a resource: its type, its id among those of the type, and what the caller says of it.
///
/// ```
/// use keyward::authzen::Entity;
///
/// let todo = Entity::new("todo", "7240d0db");
/// assert_eq!((todo.kind(), todo.id(), todo.properties().len()), ("todo", "7240d0db", 0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    kind: Arc<str>,
    id: Arc<str>,
    properties: JsonObject,
}

/// An action: its name, and what the caller says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    name: Arc<str>,
    properties: JsonObject,
}

impl Entity {
    /// One of which nothing is said.
    pub fn new(kind: &str, id: &str) -> Self {
        Self { kind: kind.into(), id: id.into(), properties: JsonObject::default() }
    }

    /// The same, with these properties.
    #[must_use]
    pub fn with_properties(self, properties: JsonObject) -> Self {
        Self { properties, ..self }
    }

    /// Its type, as the caller calls it.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its id, which belongs to the type.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the caller says of it.
    pub fn properties(&self) -> &JsonObject {
        &self.properties
    }
}

impl Action {
    /// One of which nothing is said but its name.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), properties: JsonObject::default() }
    }

    /// The same, with these properties.
    #[must_use]
    pub fn with_properties(self, properties: JsonObject) -> Self {
        Self { properties, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the caller says of it.
    pub fn properties(&self) -> &JsonObject {
        &self.properties
    }
}

type Result<T> = core::result::Result<T, DocumentError>;

/// A part of a question, of which required members may come from the defaults of the whole.
pub(super) trait Part: Sized {
    /// The members that are there.
    type Written;

    fn written(node: Node<'_>) -> Result<Self::Written>;

    /// The part, with the required members that it lacks taken from `default`. Nothing else is taken from there.
    fn complete(written: Self::Written, place: &Place<'_>, default: Option<&Self::Written>) -> Result<Self>;

    fn read(node: Node<'_>) -> Result<Self> {
        Self::complete(Self::written(node)?, &node.place, None)
    }
}

/// What is written of an [`Entity`].
#[derive(Clone)]
pub(super) struct WrittenEntity {
    pub(super) kind: Option<Arc<str>>,
    id: Option<Arc<str>>,
    properties: JsonObject,
}

impl Part for Entity {
    type Written = WrittenEntity;

    fn written(node: Node<'_>) -> Result<WrittenEntity> {
        Ok(WrittenEntity {
            kind: text(node, "type")?,
            id: text(node, "id")?,
            properties: object(node.open_fields()?.optional("properties"))?,
        })
    }

    fn complete(written: WrittenEntity, place: &Place<'_>, default: Option<&WrittenEntity>) -> Result<Self> {
        let WrittenEntity { kind, id, properties } = written;
        let kind = kind.or_else(|| default?.kind.clone());
        let id = id.or_else(|| default?.id.clone());
        Ok(Self { kind: there(kind, place, "type")?, id: there(id, place, "id")?, properties })
    }
}

/// What is written of an [`Action`].
#[derive(Clone)]
pub(super) struct WrittenAction {
    name: Option<Arc<str>>,
    properties: JsonObject,
}

impl Part for Action {
    type Written = WrittenAction;

    fn written(node: Node<'_>) -> Result<WrittenAction> {
        Ok(WrittenAction { name: text(node, "name")?, properties: object(node.open_fields()?.optional("properties"))? })
    }

    fn complete(written: WrittenAction, place: &Place<'_>, default: Option<&WrittenAction>) -> Result<Self> {
        let WrittenAction { name, properties } = written;
        let name = name.or_else(|| default?.name.clone());
        Ok(Self { name: there(name, place, "name")?, properties })
    }
}

/// The type of what is searched for. Its id is not read, whatever it is.
pub(super) fn kind_alone(node: Node<'_>) -> Result<Arc<str>> {
    there(text(node, "type")?, &node.place, "type")
}

/// An object, empty where there is none.
pub(super) fn object(node: Option<Node<'_>>) -> Result<JsonObject> {
    node.map_or_else(|| Ok(JsonObject::default()), |node| node.object().cloned())
}

fn text(node: Node<'_>, field: &'static str) -> Result<Option<Arc<str>>> {
    node.open_fields()?.optional(field).map(|node| node.text().map(Arc::from)).transpose()
}

fn there(text: Option<Arc<str>>, place: &Place<'_>, field: &'static str) -> Result<Arc<str>> {
    text.ok_or_else(|| place.refuse(DocumentProblem::MissingField(field)))
}
