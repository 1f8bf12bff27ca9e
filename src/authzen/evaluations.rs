//! The request for many decisions at once.

use alloc::{sync::Arc, vec, vec::Vec};

use super::{
    entity::{Action, Entity, Part, object},
    evaluation::Evaluation,
    request_error::RequestError,
};
use crate::{
    json::{DocumentError, DocumentProblem, JsonObject, Node, Object},
    text::UnknownName,
};

/// Many questions at once: the body of `POST /access/v1/evaluations`.
///
/// What stands beside `evaluations` is the default of each. A part that an evaluation has itself replaces the default
/// whole; only the required members that it lacks (`type`, `id`, `name`) are taken from there.
///
/// An evaluation that can't be read is denied, and the others are answered. Without `evaluations`, or with an empty list,
/// the request is one question.
///
/// ```
/// use keyward::authzen::Evaluations;
///
/// let asked = Evaluations::from_json(
///     r#"{
///         "subject": {"type": "user", "id": "alice@example.com"},
///         "action": {"name": "can_read"},
///         "evaluations": [
///             {"resource": {"type": "document", "id": "1"}},
///             {"resource": {"type": "document", "id": "2"}, "action": {"name": "can_edit"}},
///             {}
///         ]
///     }"#,
/// )?;
/// let asked: Vec<_> = asked.iter().collect();
/// assert_eq!(asked[1].unwrap().action().name(), "can_edit");
/// assert_eq!(asked[2].unwrap_err().to_string(), "$.evaluations[2]: the field `resource` is missing");
/// # Ok::<(), keyward::authzen::RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluations {
    asked: Vec<Result<Evaluation, DocumentError>>,
    semantic: Semantic,
    is_single: bool,
}

/// How many of the evaluations are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the specification has these three")]
pub enum Semantic {
    /// All: `execute_all`.
    #[default]
    ExecuteAll,
    /// Up to the first that is denied: `deny_on_first_deny`.
    DenyOnFirstDeny,
    /// Up to the first that is permitted: `permit_on_first_permit`.
    PermitOnFirstPermit,
}

impl Semantic {
    /// Whether nothing is answered after this decision.
    pub(super) fn ends_with(self, decision: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !decision,
            Self::PermitOnFirstPermit => decision,
        }
    }
}

impl Evaluations {
    /// The most evaluations of a request.
    pub const MAX: usize = 1_000;

    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// [`RequestError`], as of [`Evaluation::from_json`], and for more than [`MAX`](Self::MAX) evaluations, for
    /// `evaluations` that are no list, for a semantic that there is not, and for a default of the wrong kind.
    pub fn from_json(text: &str) -> Result<Self, RequestError> {
        Node::of_text(text, Self::read)?
    }

    fn read(node: Node<'_>) -> Result<Result<Self, RequestError>, DocumentError> {
        let fields = node.open_fields()?;
        let semantic = read_semantic(fields)?;
        let list = fields.optional("evaluations");
        let count = list.as_ref().map_or(Ok(0), |list| list.elements().map(|elements| elements.len()))?;
        match list {
            Some(_) if count > Self::MAX => Ok(Err(RequestError::TooMany { count, most: Self::MAX })),
            Some(list) if count > 0 => {
                let defaults = Defaults::read(fields)?;
                let asked = list.elements()?.map(|node| defaults.complete(node)).collect();
                Ok(Ok(Self { asked, semantic, is_single: false }))
            }
            _ => Ok(Ok(Self { asked: vec![Ok(Evaluation::read(node)?)], semantic, is_single: true })),
        }
    }

    /// The evaluations, each as it is read, or why it can't be.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<&Evaluation, &DocumentError>> {
        self.asked.iter().map(Result::as_ref)
    }

    /// How many of them are answered.
    pub fn semantic(&self) -> Semantic {
        self.semantic
    }

    /// Whether it is one question, as to `POST /access/v1/evaluation`, and is answered so.
    pub fn is_single(&self) -> bool {
        self.is_single
    }
}

const SEMANTICS: [(&str, Semantic); 3] = [
    ("execute_all", Semantic::ExecuteAll),
    ("deny_on_first_deny", Semantic::DenyOnFirstDeny),
    ("permit_on_first_permit", Semantic::PermitOnFirstPermit),
];

fn read_semantic(fields: Object<'_>) -> Result<Semantic, DocumentError> {
    let Some(options) = fields.optional("options") else { return Ok(Semantic::default()) };
    let Some(node) = options.open_fields()?.optional("evaluations_semantic") else { return Ok(Semantic::default()) };
    let name = node.text()?;
    let found = SEMANTICS.iter().find(|(known, _)| *known == name).map(|(_, semantic)| *semantic);
    found.ok_or_else(|| node.place.invalid(UnknownName::new("semantic", name, SEMANTICS.map(|(known, _)| known))))
}

/// What stands beside the evaluations.
struct Defaults {
    subject: Option<Default<Entity>>,
    action: Option<Default<Action>>,
    resource: Option<Default<Entity>>,
    context: Arc<JsonObject>,
}

/// A part as it is written, and whole, if it is.
struct Default<P: Part> {
    written: P::Written,
    whole: Result<Arc<P>, DocumentError>,
}

impl<P: Part> Default<P> {
    fn read(node: Node<'_>) -> Result<Self, DocumentError> {
        let (written, again) = (P::written(node)?, P::written(node)?);
        Ok(Self { whole: P::complete(again, &node.place, None).map(Arc::new), written })
    }

    /// The part of one evaluation.
    fn of(fields: Object<'_>, field: &'static str, default: Option<&Self>) -> Result<Arc<P>, DocumentError> {
        match (fields.optional(field), default) {
            (Some(node), default) => {
                P::complete(P::written(node)?, &node.place, default.map(|default| &default.written)).map(Arc::new)
            }
            (None, Some(default)) => default.whole.clone(),
            (None, None) => Err(fields.place.refuse(DocumentProblem::MissingField(field))),
        }
    }
}

impl Defaults {
    fn read(fields: Object<'_>) -> Result<Self, DocumentError> {
        Ok(Self {
            subject: fields.optional("subject").map(Default::read).transpose()?,
            action: fields.optional("action").map(Default::read).transpose()?,
            resource: fields.optional("resource").map(Default::read).transpose()?,
            context: Arc::new(object(fields.optional("context"))?),
        })
    }

    fn complete(&self, node: Node<'_>) -> Result<Evaluation, DocumentError> {
        let fields = node.open_fields()?;
        let context = match fields.optional("context") {
            Some(context) => Arc::new(object(Some(context))?),
            None => Arc::clone(&self.context),
        };
        Ok(Evaluation {
            subject: Default::of(fields, "subject", self.subject.as_ref())?,
            action: Default::of(fields, "action", self.action.as_ref())?,
            resource: Default::of(fields, "resource", self.resource.as_ref())?,
            context,
        })
    }
}
