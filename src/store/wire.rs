//! Reading the record of a key from a document, without repeating what stands there: it may be the key itself, in a
//! wrong field.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IntoDeserializer, value},
};

use super::record::KeyRecord;
use crate::{
    condition::Condition,
    grant::Grant,
    json::{Json, JsonObject},
    text,
    time::Timestamp,
};

const FIELDS: [&str; 12] = [
    "id",
    "kind",
    "state",
    "digest",
    "expires",
    "notBefore",
    "created",
    "version",
    "account",
    "actor",
    "roles",
    "conditions",
];

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
        let json = Json::deserialize(deserializer)?;
        json.as_object().ok_or(Malformed::Kind).and_then(read).map_err(D::Error::custom)
    }
}

fn read(fields: &JsonObject) -> Result<KeyRecord, Malformed> {
    if fields.keys().any(|name| !FIELDS.contains(&&**name)) {
        return Err(Malformed::UnknownField);
    }
    let roles: Box<[Box<str>]> = field(fields, "roles", |json| list(json, string))?;
    let conditions: Box<[Condition]> = field(fields, "conditions", |json| list(json, condition))?;
    // Not added one by one: that would leave room for more in each of a million records.
    let mut grant = Grant::new();
    grant.set_roles(roles);
    grant.set_conditions(conditions);
    Ok(KeyRecord {
        id: field(fields, "id", named)?,
        kind: field(fields, "kind", named)?,
        state: field(fields, "state", named)?,
        digest: field(fields, "digest", named)?,
        expires: optional(fields, "expires", time)?,
        not_before: optional(fields, "notBefore", time)?,
        created: field(fields, "created", time)?,
        version: field(fields, "version", number)?,
        account: field(fields, "account", id)?,
        actor: field(fields, "actor", id)?,
        grant: Arc::new(grant),
    })
}

fn field<T>(fields: &JsonObject, name: &'static str, read: fn(&Json) -> Option<T>) -> Result<T, Malformed> {
    fields.get(name).and_then(read).ok_or(Malformed::Field(name))
}

fn optional<T>(fields: &JsonObject, name: &'static str, read: fn(&Json) -> Option<T>) -> Result<Option<T>, Malformed> {
    fields.get(name).map(|json| read(json).ok_or(Malformed::Field(name))).transpose()
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
        Json::List(list) => list.iter().map(read).collect::<Option<Vec<T>>>().map(Into::into),
        _ => None,
    }
}

fn condition(json: &Json) -> Option<Condition> {
    match json {
        Json::Text(text) => text.parse().ok(),
        Json::Object(fields) if fields.len() == 2 => {
            Condition::new(string(fields.get("name")?)?, string(fields.get("value")?)?).ok()
        }
        _ => None,
    }
}
