//! The visitor that refuses what JSON readers commonly let pass.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{cell::RefCell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use super::{
    document_error::DocumentProblem,
    place::Segment,
    tree::{Json, JsonObject},
};

/// Reads one value.
pub(super) struct Strict<'a> {
    pub(super) depth: usize,
    pub(super) trail: &'a RefCell<Trail>,
}

/// Where the reader is; if it fails, where it stopped and what it refused. An error of `serde` holds only a message,
/// so the problem is kept here.
#[derive(Default)]
pub(super) struct Trail {
    pub(super) path: Vec<Segment>,
    /// `None` where it was `serde_json` that refused the text.
    pub(super) problem: Option<DocumentProblem>,
}

/// The key under which `serde_json` hands a number over as text where a crate of the build has turned on its
/// `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// The number that `serde_json` gives without that feature; `None` where it would refuse.
fn number(text: &str) -> Option<Json> {
    let integer = text.parse::<u64>().map(i128::from).or_else(|_| text.parse::<i64>().map(i128::from));
    match integer {
        Ok(0) if text.starts_with('-') => Some(Json::Float(-0.0)),
        Ok(integer) => Some(Json::Integer(integer)),
        // `inf` and `NaN` are no JSON, and what is too large for 64 bits is refused.
        Err(_) => text.parse().ok().filter(|float: &f64| float.is_finite()).map(Json::Float),
    }
}

impl Strict<'_> {
    fn within<E: Error>(&self) -> Result<Self, E> {
        if self.depth >= Json::MAX_DEPTH {
            return Err(self.refuse(DocumentProblem::TooDeep));
        }
        Ok(Self { depth: self.depth.saturating_add(1), trail: self.trail })
    }

    fn enter(&self, segment: Segment) {
        self.trail.borrow_mut().path.push(segment);
    }

    fn leave(&self) {
        self.trail.borrow_mut().path.pop();
    }

    fn refuse<E: Error>(&self, problem: DocumentProblem) -> E {
        let error = E::custom(&problem);
        self.trail.borrow_mut().problem = Some(problem);
        error
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

macro_rules! scalars {
    ($($visit:ident($($value:ident: $scalar:ty)?) => $json:expr,)*) => {$(
        fn $visit<E: Error>(self $(, $value: $scalar)?) -> Result<Json, E> {
            Ok($json)
        }
    )*};
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }

    scalars! {
        visit_unit() => Json::Null,
        visit_none() => Json::Null,
        visit_bool(value: bool) => Json::Boolean(value),
        visit_i64(value: i64) => Json::Integer(value.into()),
        visit_u64(value: u64) => Json::Integer(value.into()),
        visit_f64(value: f64) => Json::Float(value),
        visit_str(value: &str) => Json::Text(value.to_owned()),
        visit_string(value: String) => Json::Text(value),
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
                let text = map.next_value::<String>()?;
                return number(&text).ok_or_else(|| A::Error::custom("number out of range"));
            }
            self.enter(Segment::Key(key.clone()));
            if object.contains_key(&key) {
                return Err(self.refuse(DocumentProblem::DuplicateKey));
            }
            let json = map.next_value_seed(Strict { depth: member, trail: self.trail })?;
            self.leave();
            object.insert(key, json);
        }
        Ok(Json::Object(object))
    }
}
