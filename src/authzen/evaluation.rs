//! The request for one decision.

use alloc::sync::Arc;

use super::{
    entity::{Action, Entity, Part, object},
    request_error::RequestError,
};
use crate::json::{DocumentError, JsonObject, Node};

/// May this subject do this with this resource? The body of `POST /access/v1/evaluation`.
///
/// Members that the specification doesn't have are ignored, wherever they stand.
///
/// ```
/// use keyward::authzen::Evaluation;
///
/// let asked = Evaluation::from_json(
///     r#"{
///         "subject": {"type": "user", "id": "alice@example.com"},
///         "action": {"name": "can_read", "properties": {"method": "GET"}},
///         "resource": {"type": "account", "id": "123"},
///         "context": {"time": "1985-10-26T01:22-07:00"}
///     }"#,
/// )?;
/// assert_eq!(asked.subject().id(), "alice@example.com");
/// assert_eq!(asked.action().name(), "can_read");
/// # Ok::<(), keyward::authzen::RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    // Shared: a thousand of them may have one default.
    pub(super) subject: Arc<Entity>,
    pub(super) action: Arc<Action>,
    pub(super) resource: Arc<Entity>,
    pub(super) context: Arc<JsonObject>,
}

impl Evaluation {
    /// The question, without a context.
    pub fn new(subject: Entity, action: Action, resource: Entity) -> Self {
        let (subject, action, resource) = (Arc::new(subject), Arc::new(action), Arc::new(resource));
        Self { subject, action, resource, context: Arc::default() }
    }

    /// The same, in this context.
    #[must_use]
    pub fn in_context(self, context: JsonObject) -> Self {
        Self { context: Arc::new(context), ..self }
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// [`RequestError`], with line, column and path: for a text that [`Json::parse`](crate::json::Json::parse) refuses
    /// (a member that is there twice is one such), for a required member that is missing, and for a member of another
    /// kind than the specification says. `null` is of no kind.
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        Ok(Node::of_text(text, Self::read)?)
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self, DocumentError> {
        let fields = node.open_fields()?;
        let context = object(fields.optional("context"))?;
        let subject = Entity::read(fields.required("subject")?)?;
        let action = Action::read(fields.required("action")?)?;
        let resource = Entity::read(fields.required("resource")?)?;
        Ok(Self::new(subject, action, resource).in_context(context))
    }

    /// Who wants to do it.
    pub fn subject(&self) -> &Entity {
        &self.subject
    }

    /// What they want to do.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// What they want to do it with.
    pub fn resource(&self) -> &Entity {
        &self.resource
    }

    /// In which context: where, when, how they signed in.
    pub fn context(&self) -> &JsonObject {
        &self.context
    }
}
