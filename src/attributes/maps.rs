//! [`Attributes`] for maps and slices of pairs.

#[cfg(feature = "serde_json")]
use alloc::string::String;
use alloc::{collections::BTreeMap, vec::Vec};
use core::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
};

use indexmap::IndexMap;
#[cfg(feature = "std")]
use std::collections::HashMap;

use super::traits::{AsValue, Attributes, Value};

/// No attributes at all.
impl Attributes for () {
    fn attribute(&self, _name: &str) -> Value<'_> {
        Value::Absent
    }
}

/// A map by names has attributes; as a value it is an object.
macro_rules! maps {
    ($($(#[$feature:meta])? $map:ty, [$($generic:tt)*];)*) => {$(
        $(#[$feature])?
        impl<$($generic)*> Attributes for $map {
            #[inline]
            fn attribute(&self, name: &str) -> Value<'_> {
                self.get(name).map_or(Value::Absent, AsValue::as_value)
            }

            fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
                for (name, value) in self {
                    visit(name.borrow(), value.as_value());
                }
            }
        }

        $(#[$feature])?
        impl<$($generic)*> AsValue for $map {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::Object(self)
            }
        }
    )*};
}
maps! {
    BTreeMap<K, V>, [K: Borrow<str> + Ord + Send + Sync, V: AsValue];
    IndexMap<K, V, S>, [K: Borrow<str> + Hash + Eq + Send + Sync, V: AsValue, S: BuildHasher + Send + Sync];
    #[cfg(feature = "std")]
    HashMap<K, V, S>, [K: Borrow<str> + Hash + Eq + Send + Sync, V: AsValue, S: BuildHasher + Send + Sync];
    #[cfg(feature = "serde_json")]
    serde_json::Map<String, serde_json::Value>, [];
}

macro_rules! object_or_nothing {
    ($json:ty) => {
        /// The attributes of an object; any other JSON value has none.
        impl $crate::attributes::Attributes for $json {
            #[inline]
            fn attribute(&self, name: &str) -> $crate::attributes::Value<'_> {
                self.as_object().map_or($crate::attributes::Value::Absent, |object| object.attribute(name))
            }

            fn each(&self, visit: &mut dyn FnMut(&str, $crate::attributes::Value<'_>)) {
                if let Some(object) = self.as_object() {
                    object.each(visit);
                }
            }
        }
    };
}
pub(crate) use object_or_nothing;

/// Pairs of a name and a value are attributes. A name that is there twice is [`Value::Other`], which matches nothing:
/// never the first, nor the last.
macro_rules! pairs {
    ($($list:ty $(, $n:ident)?);*) => {$(
        impl<K: Borrow<str> + Send + Sync, V: AsValue $(, const $n: usize)?> Attributes for $list {
            #[inline]
            fn attribute(&self, name: &str) -> Value<'_> {
                let mut named = self.iter().filter(|(key, _)| key.borrow() == name);
                match (named.next(), named.next()) {
                    (None, _) => Value::Absent,
                    (Some((_, value)), None) => value.as_value(),
                    (Some(_), Some(_)) => Value::Other,
                }
            }

            fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
                for (name, value) in self {
                    visit(name.borrow(), value.as_value());
                }
            }
        }
    )*};
}
pairs!([(K, V)]; Vec<(K, V)>; [(K, V); N], N);
