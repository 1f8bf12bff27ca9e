//! Reading the record of a key from a document, without repeating what stands there: it may be the key itself, in a
//! wrong field.

use alloc::{boxed::Box, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IntoDeserializer, value},
};

use super::record::KeyRecord;
use crate::{
    condition::Condition,
    grant::Assignment,
    json::{Json, JsonObject},
    text,
    time::Timestamp,
};

/// A document that is no record: which field, and nothing of what stands there.
#[derive(Debug, thiserror::Error)]
enum Malformed {
    #[error("the record of a key is an object")]
    Kind,
    #[error("the record of a key has a field that there isn't")]
    UnknownField,
    #[error("the field `{0}` of the record of a key is missing or malformed")]
    Field(&'static str),
}

impl<'de> Deserialize<'de> for KeyRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = match Json::deserialize(deserializer)? {
            Json::Object(fields) => read(fields),
            _ => Err(Malformed::Kind),
        };
        record.map_err(D::Error::custom)
    }
}

fn read(fields: JsonObject) -> Result<KeyRecord, Malformed> {
    let mut fields = Fields(fields);
    let grant = match fields.optional("assignments", |json| list(json, assignment))? {
        // Beside it there must be neither: what is left over is refused.
        Some(assignments) => assignments.into_iter().collect(),
        None => fields.assignment()?.into(),
    };
    let record = KeyRecord {
        id: fields.required("id", named)?,
        kind: fields.required("kind", named)?,
        state: fields.required("state", named)?,
        digest: fields.required("digest", named)?,
        expires: fields.optional("expires", time)?,
        not_before: fields.optional("notBefore", time)?,
        created: fields.required("created", time)?,
        version: fields.required("version", number)?,
        account: fields.required("account", id)?,
        actor: fields.required("actor", id)?,
        grant: Arc::new(grant),
    };
    if fields.0.is_empty() { Ok(record) } else { Err(Malformed::UnknownField) }
}

/// The fields that were not read yet.
struct Fields(JsonObject);

impl Fields {
    fn optional<T>(&mut self, name: &'static str, read: fn(&Json) -> Option<T>) -> Result<Option<T>, Malformed> {
        self.0.swap_remove(name).map(|json| read(&json).ok_or(Malformed::Field(name))).transpose()
    }

    fn required<T>(&mut self, name: &'static str, read: fn(&Json) -> Option<T>) -> Result<T, Malformed> {
        self.optional(name, read)?.ok_or(Malformed::Field(name))
    }
}

impl Fields {
    /// Roles and conditions.
    fn assignment(&mut self) -> Result<Assignment, Malformed> {
        let roles = self.required("roles", |json| list(json, string))?;
        Ok(Assignment::of_lists(roles, self.required("conditions", |json| list(json, condition))?))
    }
}

fn assignment(json: &Json) -> Option<Assignment> {
    let mut fields = Fields(json.as_object()?.clone());
    let assignment = fields.assignment().ok()?;
    fields.0.is_empty().then_some(assignment)
}

fn string(json: &Json) -> Option<Box<str>> {
    match json {
        Json::Text(text) => Some((**text).into()),
        _ => None,
    }
}

/// What has a serde form of its own, which is a string.
fn named<T: for<'a> Deserialize<'a>>(json: &Json) -> Option<T> {
    let text = string(json)?;
    T::deserialize(IntoDeserializer::<value::Error>::into_deserializer(&*text)).ok()
}

fn id(json: &Json) -> Option<Box<str>> {
    string(json).filter(|id| text::ID.check(id).is_ok())
}

fn number(json: &Json) -> Option<u64> {
    match json {
        Json::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn time(json: &Json) -> Option<Timestamp> {
    number(json).map(Timestamp::from_millis)
}

fn list<T>(json: &Json, read: fn(&Json) -> Option<T>) -> Option<Box<[T]>> {
    match json {
        Json::List(list) => list.iter().map(read).collect(),
        _ => None,
    }
}

fn condition(json: &Json) -> Option<Condition> {
    match json {
        Json::Text(text) => text.parse().ok(),
        Json::Object(fields) if fields.len() == 2 => {
            let name = string(fields.get("name")?)?;
            match fields.get("value") {
                Some(value) => Condition::new(name, string(value)?).ok(),
                None => Condition::except(name, list(fields.get("except")?, string)?).ok(),
            }
        }
        _ => None,
    }
}
