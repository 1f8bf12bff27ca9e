//! The record of a key as a document. Reading one doesn't repeat what stands there: it may be the key itself, in a wrong
//! field.

use alloc::{boxed::Box, sync::Arc};
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IntoDeserializer, value},
};

use super::{
    profile::Profile,
    record::{self, KeyState},
};
use crate::{
    condition::Condition,
    grant::{Assignment, Grant},
    json::{Json, JsonObject},
    key::{KeyDigest, KeyId, KeyKind},
    text,
    time::Timestamp,
};

/// A record as it is written, and shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyRecord<'a> {
    id: KeyId,
    kind: KeyKind,
    state: KeyState,
    digest: &'a KeyDigest,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    created: Timestamp,
    version: u64,
    account: &'a str,
    actor: &'a str,
    #[serde(flatten)]
    grant: &'a Grant,
}

impl<'a> From<&'a record::KeyRecord> for KeyRecord<'a> {
    fn from(record: &'a record::KeyRecord) -> Self {
        let record::KeyRecord { id, kind, state, ref digest, expires, not_before, created, version, .. } = *record;
        let (account, actor, grant) = (record.account(), record.actor(), record.grant());
        Self { id, kind, state, digest, expires, not_before, created, version, account, actor, grant }
    }
}

impl Serialize for record::KeyRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        KeyRecord::from(self).serialize(serializer)
    }
}

impl fmt::Debug for record::KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        KeyRecord::from(self).fmt(f)
    }
}

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

impl<'de> Deserialize<'de> for record::KeyRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = match Json::deserialize(deserializer)? {
            Json::Object(fields) => read(fields),
            _ => Err(Malformed::Kind),
        };
        record.map_err(D::Error::custom)
    }
}

fn read(fields: JsonObject) -> Result<record::KeyRecord, Malformed> {
    let mut fields = Fields(fields);
    let grant = match fields.optional("assignments", |json| list(json, assignment))? {
        // Beside it there must be neither: what is left over is refused.
        Some(assignments) => assignments.into_iter().collect(),
        None => fields.assignment()?.into(),
    };
    let account = fields.required("account", id)?;
    let record = record::KeyRecord {
        id: fields.required("id", named)?,
        kind: fields.required("kind", named)?,
        state: fields.required("state", named)?,
        digest: fields.required("digest", named)?,
        expires: fields.optional("expires", time)?,
        not_before: fields.optional("notBefore", time)?,
        created: fields.required("created", time)?,
        version: fields.required("version", number)?,
        actor: (&*fields.required("actor", id)?).into(),
        profile: Arc::new(Profile::new(&account, grant)),
        strictness: record::Strictness::default(),
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
