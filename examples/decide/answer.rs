//! Answers, in the form of the JSON contract.

use keyward::{
    Access, Decision, Operation, ResourceView, TypeRef,
    compare::{Inclusion, Witness},
    document::Directory,
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
    /// Two accesses that take too many pieces to compare: not within.
    NotCompared,
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

    fn decided(decision: Decision<'_>) -> Result<Self, String> {
        let json = to_raw_value(&decision).map_err(|error| error.to_string())?;
        let reason = decision.denial().map(ToString::to_string).unwrap_or_default();
        Ok(Self::Decided { allowed: decision.is_allow(), json, reason })
    }
}

fn answer(directory: &Directory, request: &Request) -> Result<Answer, String> {
    let Question { actor, operation, resource, proposed } = match request {
        Request::Decide(question) => &**question,
        Request::Within { access, of } => return within(directory, access, of),
        Request::Filter { actor, operation, resource } => return filter(directory, actor, operation, resource),
    };
    let access = &directory.actor(actor).map_err(|error| error.to_string())?.access;
    let operation = resolve(access, &resource.kind, operation)?;
    let account = account(directory, access, resource)?;
    let none = Json::Object(JsonObject::default());
    let view = |attributes| ResourceView::new(TypeRef::Name(&resource.kind), account, attributes);
    let stored = view(resource.attributes.as_ref().unwrap_or(&none));
    let proposed = view(proposed.as_ref().unwrap_or(&none));
    match operation {
        // Without attributes it asks for all rows, with attributes for this one.
        Operation::LIST if !has_attributes(resource) => listed(access, operation, resource, account),
        Operation::CREATE => Answer::decided(access.decide(operation, &proposed)),
        Operation::UPDATE => Answer::decided(access.decide_update(&stored, &proposed)),
        _ => Answer::decided(access.decide(operation, &stored)),
    }
}

/// The account that is asked about, which may be left out where there is one.
fn account<'a>(directory: &Directory, access: &'a Access, resource: &'a Resource) -> Result<&'a str, String> {
    match (&resource.account, directory.accounts().len()) {
        (Some(account), _) => Ok(account),
        (None, 1) => Ok(access.account()),
        (None, _) => Err("$.resource: the field `account` is missing, and there are several accounts".into()),
    }
}

fn filter(directory: &Directory, actor: &str, operation: &str, resource: &Resource) -> Result<Answer, String> {
    let access = &directory.actor(actor).map_err(|error| error.to_string())?.access;
    let operation = resolve(access, &resource.kind, operation)?;
    listed(access, operation, resource, account(directory, access, resource)?)
}

fn listed(access: &Access, operation: Operation, resource: &Resource, account: &str) -> Result<Answer, String> {
    match access.try_filter_of(operation, &*resource.kind, account) {
        Ok(filter) => Ok(Answer::Listed(filter)),
        Err(denial) => Answer::decided(Decision::Deny(denial)),
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
        Inclusion::TooManyPieces => Answer::NotCompared,
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
            Self::NotCompared => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("within", &false)?;
                map.serialize_entry("reason", "too_many_pieces")?;
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
