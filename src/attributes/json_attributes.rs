//! [`Attributes`] for `serde_json` documents, as they are.

use serde_json::{Number, Value as Json};

use super::{
    maps::object_or_nothing,
    traits::{AsValue, Value},
};

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

object_or_nothing!(Json);
