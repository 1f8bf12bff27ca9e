//! Answers, in the form of the JSON contract.

use std::sync::LazyLock;

use keyward::{
    Access, Decision, Denial, Operation, ResourceType, ResourceView, TypeRef,
    compare::{Inclusion, Witness},
    document::{Actor, Directory},
    filter::Filter,
    json::{Json, JsonObject},
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};

use crate::request::{Question, Request, Resource};

/// What is answered to one request.
pub(crate) enum Answer {
    /// `allow` or `deny`, in JSON.
    Decided { allowed: bool, json: Box<RawValue>, reason: String },
    /// `list` is allowed for the rows that pass.
    Listed(Filter),
    /// Whether one access is within another; if not, by what request one sees it.
    Compared(Option<Box<Witness>>),
    /// Two accesses that are not compared, and why: not within.
    NotCompared(&'static str),
    /// The request could not be read, or asks for what isn't there.
    Error(String),
}

impl Answer {
    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }

    pub(crate) fn of(directory: &Directory, request: Result<&Request, &String>) -> Self {
        match request {
            Ok(request) => answer(directory, request).unwrap_or_else(Self::Error),
            Err(error) => Self::Error(error.clone()),
        }
    }

    fn decided(decision: &Decision<'_>) -> Result<Self, String> {
        let json = to_raw_value(decision).map_err(|error| error.to_string())?;
        let reason = decision.denial().map(ToString::to_string).unwrap_or_default();
        Ok(Self::Decided { allowed: decision.is_allow(), json, reason })
    }
}

fn answer(directory: &Directory, request: &Request) -> Result<Answer, String> {
    let question = match request {
        Request::Decide(question) => question,
        Request::Within { access, of } => return within(directory, access, of),
    };
    match Asked::of(directory, question)?.decide() {
        Ok(Some(filter)) => Ok(Answer::Listed(filter)),
        Ok(None) => Answer::decided(&Decision::Allow),
        Err(denial) => Answer::decided(&Decision::Deny(denial)),
    }
}

/// A question, with its names looked up.
pub(crate) struct Asked<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) operation: Operation,
    pub(crate) resource: ResourceType,
    pub(crate) kind: &'a str,
    pub(crate) account: &'a str,
    pub(crate) stored: ResourceView<'a, Json>,
    pub(crate) proposed: ResourceView<'a, Json>,
    pub(crate) context: &'a Json,
    /// All rows on which the operation is allowed, answered by a filter. With attributes, `list` asks for one row.
    pub(crate) is_for_rows: bool,
}

static NONE: LazyLock<Json> = LazyLock::new(|| Json::Object(JsonObject::default()));

impl<'a> Asked<'a> {
    pub(crate) fn of(directory: &'a Directory, question: &'a Question) -> Result<Self, String> {
        let Question { actor, operation, resource, proposed, context, rows } = question;
        let actor = directory.actor(actor).map_err(|error| error.to_string())?;
        let operation = resolve(&actor.access, &resource.kind, operation)?;
        let account = match (&resource.account, directory.accounts().len()) {
            (Some(account), _) => account,
            (None, 1) => actor.access.account(),
            (None, _) => {
                return Err("$.resource: the field `account` is missing, and there are several accounts".into());
            }
        };
        let view = |attributes: &'a Option<Json>| {
            ResourceView::new(TypeRef::Name(&resource.kind), account, attributes.as_ref().unwrap_or(&NONE))
        };
        Ok(Self {
            actor,
            operation,
            resource: directory.schema().resource_type(&resource.kind).map_err(|error| error.to_string())?,
            kind: &resource.kind,
            account,
            stored: view(&resource.attributes),
            proposed: view(proposed),
            context: context.as_ref().unwrap_or(&NONE),
            is_for_rows: *rows || (operation == Operation::LIST && !has_attributes(resource)),
        })
    }

    /// The decision: where it is for rows, by their filter.
    pub(crate) fn decide(&self) -> Result<Option<Filter>, Denial<'_>> {
        let Self { operation, stored, proposed, .. } = self;
        let access = self.actor.access.in_context(self.context);
        let decision = match *operation {
            _ if self.is_for_rows => return access.try_filter_of(*operation, self.kind, self.account).map(Some),
            Operation::CREATE => access.decide(*operation, proposed),
            Operation::UPDATE => access.decide_update(stored, proposed),
            _ => access.decide(*operation, stored),
        };
        match decision {
            Decision::Allow => Ok(None),
            Decision::Deny(denial) => Err(denial),
        }
    }

    pub(crate) fn operation_name(&self) -> &str {
        self.actor.access.schema().operation_name(self.operation)
    }
}

fn has_attributes(resource: &Resource) -> bool {
    resource.attributes.as_ref().and_then(Json::as_object).is_some_and(|attributes| !attributes.is_empty())
}

fn within(directory: &Directory, access: &str, of: &str) -> Result<Answer, String> {
    let access_of = |id| directory.actor(id).map(|actor| &actor.access).map_err(|error| error.to_string());
    Ok(match access_of(access)?.within(access_of(of)?) {
        Inclusion::Within => Answer::Compared(None),
        Inclusion::Exceeds(witness) => Answer::Compared(Some(Box::new(witness))),
        Inclusion::TooManyPieces => Answer::NotCompared("too_many_pieces"),
        Inclusion::OtherKinds => Answer::NotCompared("other_kinds"),
    })
}

/// The operation, if the type and it are known.
fn resolve(access: &Access, resource_type: &str, operation: &str) -> Result<Operation, String> {
    let schema = access.schema();
    let resource = schema.resource_type(resource_type).map_err(|error| error.to_string())?;
    let known = schema.operation(operation).map_err(|error| error.to_string())?;
    if schema.operations(resource).any(|declared| declared == operation) {
        return Ok(known);
    }
    let declared: Vec<_> = schema.operations(resource).map(|name| format!("`{name}`")).collect();
    Err(format!("unknown operation `{operation}`: `{resource_type}` has {}", declared.join(", ")))
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Decided { json, .. } => json.serialize(serializer),
            Self::Listed(filter) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("decision", "allow")?;
                map.serialize_entry("filter", filter)?;
                map.end()
            }
            Self::Compared(witness) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("within", &witness.is_none())?;
                if let Some(witness) = witness {
                    map.serialize_entry("witness", witness)?;
                }
                map.end()
            }
            Self::NotCompared(reason) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("within", &false)?;
                map.serialize_entry("reason", reason)?;
                map.end()
            }
            Self::Error(error) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("error", error)?;
                map.end()
            }
        }
    }
}
