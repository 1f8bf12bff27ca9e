//! A question with its names looked up: an access, an operation, a type, and the context of it.

use super::{
    decision_point::{DecisionPoint, Row},
    entity::{Action, Entity},
    world::{Found, Subject, World},
};
use crate::{
    access::Access,
    attributes::{AsValue, Attributes, Value},
    decision::{Denial, InContext},
    filter::Filter,
    json::JsonObject,
    resource::ResourceView,
    schema::{Operation, ResourceType},
};

/// What a search asks, looked up: for a host that lets its database search, by
/// [`sql_of`](crate::decision::InContext::sql_of) of [`access`](Self::access).
#[derive(Debug)]
pub struct Question<'a> {
    access: Access,
    row: Row,
    context: QuestionContext<'a>,
}

/// The context in which a question is asked: `subject` and `action` are what is known of these; the rest is what the question says of its
/// context, and what the host knows where it is silent.
#[derive(Debug)]
struct QuestionContext<'a> {
    subject: SubjectFacts<'a>,
    action: Option<&'a JsonObject>,
    said: &'a JsonObject,
    host: Host<'a>,
}

struct Host<'a>(&'a dyn Attributes);

impl core::fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Host(..)")
    }
}

#[derive(Debug)]
struct SubjectFacts<'a> {
    known: Found<'a>,
    said: Option<&'a JsonObject>,
}

/// What is said of the action, and of the context.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) action: Option<&'a JsonObject>,
    pub(super) context: &'a JsonObject,
}

impl<'a> Question<'a> {
    /// What `subject` asks; `None` where they are of another account.
    pub(super) fn of<W: World + ?Sized>(
        world: &'a W,
        row: Row,
        subject: Subject<'a>,
        said_of_subject: Option<&'a JsonObject>,
        said: Said<'a>,
    ) -> Option<Self> {
        let Subject { access, properties } = subject;
        let context = QuestionContext {
            subject: SubjectFacts { known: properties, said: said_of_subject },
            action: said.action,
            said: said.context,
            host: Host(world.context()),
        };
        (access.account() == world.account()).then_some(Self { access, row, context })
    }

    /// The same question, of another action.
    pub(super) fn turn_to(&mut self, row: Row) {
        self.row = row;
    }

    pub(super) fn is_granted(&self) -> bool {
        self.access.permits(self.row.operation, self.row.resource)
    }

    /// The access of the subject, in the context of the question.
    pub fn access(&self) -> InContext<'_> {
        self.access.in_context(&self.context)
    }

    /// What they want to do.
    pub fn operation(&self) -> Operation {
        self.row.operation
    }

    /// The type of the resources.
    pub fn resource_type(&self) -> ResourceType {
        self.row.resource
    }

    /// The resources with which they may.
    pub fn filter(&self) -> Filter {
        let filter = self.access().try_filter_of(self.row.operation, self.row.resource, self.access.account());
        filter.unwrap_or(Filter::Nothing)
    }

    /// What is known of the resource that is asked of. Of one that is to be created, nothing is.
    pub(super) fn find<'w, W: World + ?Sized>(&self, world: &'w W, resource: &Entity) -> Result<Found<'w>, W::Error> {
        if self.row.operation == Operation::CREATE { Ok(Found::AsAsked) } else { world.resource(resource) }
    }

    /// Decides on a resource of which `found` is known and `said` is said, and hands the decision to `tell`.
    pub(super) fn decide<T>(
        &self,
        id: &str,
        found: &Found<'_>,
        said: &JsonObject,
        tell: impl FnOnce(Result<(), Denial<'_>>) -> T,
    ) -> T {
        let (account, access, operation) = (self.access.account(), self.access(), self.row.operation);
        let (said, nothing) = (said as &dyn Attributes, &() as &dyn Attributes);
        let (stored, proposed) = match found {
            Found::Nowhere => return tell(Err(Denial::OtherAccount)),
            Found::Stored(stored) => ((&**stored, nothing), (said, &**stored)),
            Found::AsAsked => ((said, nothing), (said, nothing)),
        };
        let facts = |(first, then)| ResourceFacts { id, first, then };
        let (stored, proposed) = (facts(stored), facts(proposed));
        let view = |facts| ResourceView::new(self.row.resource, account, facts);
        let (stored, proposed) = (view(&stored), view(&proposed));
        let decision = if operation == Operation::UPDATE {
            access.decide_update(&stored, &proposed)
        } else {
            access.decide(operation, &stored)
        };
        tell(decision.denial().copied().map_or(Ok(()), Err))
    }
}

/// A resource's attributes: its id, the first that are known, and else the others.
struct ResourceFacts<'a> {
    id: &'a str,
    first: &'a dyn Attributes,
    then: &'a dyn Attributes,
}

impl Attributes for ResourceFacts<'_> {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "id" => Value::Text(self.id),
            name => match self.first.attribute(name) {
                Value::Absent => self.then.attribute(name),
                known => known,
            },
        }
    }
}

impl Attributes for QuestionContext<'_> {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "subject" => Value::Object(&self.subject),
            "action" => self.action.map_or(Value::Absent, AsValue::as_value),
            name => match self.said.attribute(name) {
                Value::Absent => self.host.0.attribute(name),
                said => said,
            },
        }
    }
}

impl Attributes for SubjectFacts<'_> {
    fn attribute(&self, name: &str) -> Value<'_> {
        match &self.known {
            Found::Stored(known) => known.attribute(name),
            Found::AsAsked => self.said.map_or(Value::Absent, |said| said.attribute(name)),
            Found::Nowhere => Value::Absent,
        }
    }
}

impl DecisionPoint {
    /// What is asked, looked up; `None` for an unknown action, an unknown subject, and one to whom no role grants it. Nothing
    /// tells these apart.
    pub(super) fn look_up<'a, W: World + ?Sized>(
        &self,
        world: &'a W,
        subject: &'a Entity,
        kind: &str,
        action: &'a Action,
        context: &'a JsonObject,
    ) -> Result<Option<Question<'a>>, W::Error> {
        let Some(row) = self.find(kind, action.name()) else { return Ok(None) };
        let said = Said { action: Some(action.properties()), context };
        let found = world.subject(subject)?;
        let question = found.and_then(|found| Question::of(world, row, found, Some(subject.properties()), said));
        Ok(question.filter(Question::is_granted))
    }
}
