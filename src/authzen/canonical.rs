//! The digest of an object, the same in whatever order its members stand.

use alloc::vec::Vec;

use crate::{
    hashing::PartsHasher,
    json::{Json, JsonObject},
};

/// Adds an object. What was read nests at most [`Json::MAX_DEPTH`] deep.
pub(super) fn add(digest: &mut PartsHasher, object: &JsonObject) {
    let mut members: Vec<(&str, &Json)> = object.iter().map(|(name, value)| (&**name, value)).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    digest.add_count(members.len());
    for (name, value) in members {
        digest.add(name);
        add_value(digest, value);
    }
}

fn add_value(digest: &mut PartsHasher, value: &Json) {
    match value {
        Json::Null => digest.add("null"),
        Json::Boolean(value) => {
            digest.add("boolean");
            digest.add([u8::from(*value)]);
        }
        Json::Integer(value) => {
            digest.add("integer");
            digest.add(value.to_le_bytes());
        }
        Json::Float(value) => {
            digest.add("float");
            digest.add(value.to_bits().to_le_bytes());
        }
        Json::Text(value) => {
            digest.add("text");
            digest.add(value);
        }
        Json::List(list) => {
            digest.add("list");
            digest.add_count(list.len());
            for value in list {
                add_value(digest, value);
            }
        }
        Json::Object(object) => {
            digest.add("object");
            add(digest, object);
        }
    }
}
