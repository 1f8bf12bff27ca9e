//! The visitor that refuses what JSON readers commonly let pass.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{cell::RefCell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use super::{Json, JsonObject, error::Segment};

/// Reads one value; `trail` is where the reader stands, and stays there when it fails.
pub(super) struct Strict<'a> {
    pub(super) depth: usize,
    pub(super) trail: &'a RefCell<Vec<Segment>>,
}

pub(super) const TWICE: &str = "the key is there twice";
pub(super) const TOO_DEEP: &str = "nested deeper than 64";

/// The key under which `serde_json` hands a number over as text where a crate of the build has turned on its
/// `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// The number that `serde_json` gives without that feature.
fn number(text: &str) -> Json {
    let integer = text.parse::<u64>().map(i128::from).or_else(|_| text.parse::<i64>().map(i128::from));
    match integer {
        Ok(0) if text.starts_with('-') => Json::Float(-0.0),
        Ok(integer) => Json::Integer(integer),
        Err(_) => text.parse().map_or(Json::Null, Json::Float),
    }
}

impl Strict<'_> {
    fn within<E: Error>(&self) -> Result<Self, E> {
        if self.depth >= Json::MAX_DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(Self { depth: self.depth.saturating_add(1), trail: self.trail })
    }

    fn enter(&self, segment: Segment) {
        self.trail.borrow_mut().push(segment);
    }

    fn leave(&self) {
        self.trail.borrow_mut().pop();
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Strict { depth: 0, trail: &RefCell::default() }.deserialize(deserializer)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        loop {
            let element = self.within()?;
            self.enter(Segment::Index(list.len()));
            let Some(json) = seq.next_element_seed(element)? else { break };
            self.leave();
            list.push(json);
        }
        self.leave();
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut object = JsonObject::default();
        let member = self.within::<A::Error>()?.depth;
        while let Some(key) = map.next_key::<String>()? {
            if key == NUMBER && object.is_empty() {
                return map.next_value::<String>().map(|text| number(&text));
            }
            self.enter(Segment::Key(key.clone()));
            if object.contains_key(&key) {
                return Err(A::Error::custom(TWICE));
            }
            let json = map.next_value_seed(Strict { depth: member, trail: self.trail })?;
            self.leave();
            object.insert(key, json);
        }
        Ok(Json::Object(object))
    }
}
