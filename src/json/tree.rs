//! A JSON value, as a tree.

use alloc::{string::String, vec::Vec};

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use crate::attributes::{AsValue, Value, object_or_nothing};

/// Keys are chosen by whoever wrote the document, so the table is keyed at random.
#[cfg(feature = "std")]
pub(super) type Keyed = std::collections::hash_map::RandomState;
#[cfg(not(feature = "std"))]
pub(super) type Keyed = foldhash::quality::RandomState;

/// The members of a JSON object in the order of the document.
pub type JsonObject = IndexMap<String, Json, Keyed>;

/// A JSON value that was read strictly: an object that has a key twice is refused. `serde_json`'s own value
/// silently keeps the last.
///
/// It implements [`Attributes`](crate::Attributes), so a decision can use a request's attributes as they were received.
///
/// ```
/// use keyward::{Attributes, Value, json::Json};
///
/// let product = Json::parse(r#"{"brand": "brand_one", "size": 1.0}"#)?;
/// assert!(matches!(product.attribute("brand"), Value::Text("brand_one")));
///
/// let twice = Json::parse(r#"{"brand": "a", "brand": "b"}"#).unwrap_err();
/// assert_eq!(twice.to_string(), "line 1, column 22, $.brand: the key is there twice");
/// # Ok::<(), keyward::json::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 8259, section 3, has these kinds of value and no others")]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number without fraction and exponent, from −2⁶³ to 2⁶⁴−1.
    Integer(i128),
    /// Any other number, as the nearest that 64 bits of floating point hold.
    Float(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

impl Json {
    /// How deep arrays and objects may be nested.
    pub const MAX_DEPTH: usize = 64;
    /// The most bytes of a document's text.
    pub const MAX_BYTES: usize = 64 << 20;

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&JsonObject> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl AsValue for Json {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Text(value) => Value::Text(value),
            Self::List(list) => Value::List(list),
            Self::Object(object) => Value::Object(object),
        }
    }
}

object_or_nothing!(Json);

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(list) => list.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
            scalar => scalar.as_value().serialize(serializer),
        }
    }
}
