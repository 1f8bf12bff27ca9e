//! How values are written in messages and as JSON.

use alloc::string::ToString;
use core::fmt;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::traits::{Attributes, Value};
use crate::text::Quoted;

/// How deep a value may nest before `…` is written in its place. (A decision doesn't look that deep.)
const DEEPEST_SHOWN: usize = 64;

/// As JSON writes it, a text in backticks; for messages.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(f, *self, 0)
    }
}

/// Equal if they are of one kind, and a text, number or boolean is the same, a list or an object is shown the same.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) | (Self::Null, Self::Null) | (Self::Other, Self::Other) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Address(one), Self::Address(other)) => one == other,
            (Self::Time(one), Self::Time(other)) => one == other,
            (Self::List(_), Self::List(_)) | (Self::Object(_), Self::Object(_)) => {
                self.to_string() == other.to_string()
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: Value<'_>, depth: usize) -> fmt::Result {
    if depth > DEEPEST_SHOWN {
        return f.write_str("…");
    }
    let deeper = depth.saturating_add(1);
    match value {
        Value::Absent => f.write_str("nothing"),
        Value::Null => f.write_str("null"),
        Value::Boolean(value) => write!(f, "{value}"),
        Value::Integer(value) => write!(f, "{value}"),
        Value::Float(value) => write!(f, "{value:?}"),
        Value::Text(value) => write!(f, "{}", Quoted(value)),
        Value::Address(value) => write!(f, "`{value}`"),
        Value::Time(value) => write!(f, "`{value}`"),
        Value::List(list) => {
            f.write_str("[")?;
            for index in 0..list.len() {
                f.write_str(if index == 0 { "" } else { ", " })?;
                write_value(f, list.item(index), deeper)?;
            }
            f.write_str("]")
        }
        Value::Object(object) => {
            f.write_str("{")?;
            let mut comma = "";
            try_each(object, |name, value| {
                write!(f, "{comma}{}: ", Quoted(name))?;
                comma = ", ";
                write_value(f, value, deeper)
            })?;
            f.write_str("}")
        }
        Value::Other => f.write_str("a value of another kind"),
    }
}

/// Shows each attribute to `visit`, up to the first error.
fn try_each<E>(object: &dyn Attributes, mut visit: impl FnMut(&str, Value<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut visited = Ok(());
    object.each(&mut |name, value| {
        if visited.is_ok() {
            visited = visit(name, value);
        }
    });
    visited
}

/// As JSON. [`Value::Absent`], [`Value::Other`] and a number without a JSON form are null.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Nested(*self, 0).serialize(serializer)
    }
}

struct Nested<'a>(Value<'a>, usize);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value, depth) = *self;
        if depth > DEEPEST_SHOWN {
            return serializer.serialize_str("…");
        }
        let deeper = depth.saturating_add(1);
        match value {
            Value::Absent | Value::Null | Value::Other => serializer.serialize_unit(),
            Value::Boolean(value) => serializer.serialize_bool(value),
            Value::Integer(value) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                // JSON has no such integer.
                _ => serializer.collect_str(&value),
            },
            Value::Float(value) => serializer.serialize_f64(value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::Address(value) => serializer.collect_str(&value),
            Value::Time(value) => serializer.collect_str(&value),
            Value::List(list) => {
                let len = list.len();
                let mut seq = serializer.serialize_seq(Some(len))?;
                for index in 0..len {
                    seq.serialize_element(&Nested(list.item(index), deeper))?;
                }
                seq.end()
            }
            Value::Object(object) => {
                let mut map = serializer.serialize_map(None)?;
                try_each(object, |name, value| map.serialize_entry(name, &Nested(value, deeper)))?;
                map.end()
            }
        }
    }
}
