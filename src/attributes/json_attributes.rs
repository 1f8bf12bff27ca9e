//! [`Attributes`] for `serde_json` documents, as they are.

use serde_json::{Number, Value as Json};

use super::traits::{AsValue, Attributes, Value};

impl AsValue for Json {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        match self {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => number.as_value(),
            Json::String(value) => Value::Text(value),
            Json::Array(list) => Value::List(list),
            Json::Object(map) => Value::Object(map),
        }
    }
}

impl AsValue for Number {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        // `-0` is no integer in canonical form. The signed form is asked last, for under `serde_json`'s
        // `arbitrary_precision` (which any crate of a build may turn on) it would read `-0` as 0.
        if let Some(value) = self.as_u64() {
            Value::Integer(value.into())
        } else if let Some(value) = self.as_i64().filter(|value| *value < 0) {
            Value::Integer(value.into())
        } else {
            self.as_f64().map_or(Value::Other, Value::Float)
        }
    }
}

/// The attributes of a JSON object; any other JSON value has none.
impl Attributes for Json {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        self.as_object().map_or(Value::Absent, |map| map.attribute(name))
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        if let Some(map) = self.as_object() {
            map.each(visit);
        }
    }
}
