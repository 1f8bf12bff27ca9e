//! [`AsValue`] for the standard types, and [`List`] for lists of them.

use alloc::{
    borrow::{Cow, ToOwned},
    boxed::Box,
    collections::BTreeMap,
    string::String,
    sync::Arc,
    vec::Vec,
};
use core::{borrow::Borrow, hash::BuildHasher, hash::Hash};

use indexmap::IndexMap;

use super::{AsValue, Attributes, List, Value};

impl<T: AsValue + ?Sized> AsValue for &T {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        (**self).as_value()
    }
}

impl<T: AsValue> AsValue for Option<T> {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, T::as_value)
    }
}

impl AsValue for Value<'_> {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        *self
    }
}

impl AsValue for str {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl<T: AsValue + ToOwned<Owned: Send + Sync> + ?Sized> AsValue for Cow<'_, T> {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        (**self).as_value()
    }
}

macro_rules! behind_a_pointer {
    ($($pointer:ty),*) => {$(
        impl AsValue for $pointer {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::Text(self)
            }
        }
    )*};
}
behind_a_pointer!(String, Box<str>, Arc<str>);

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl AsValue for $integer {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::from(*self)
            }
        }

        impl From<$integer> for Value<'_> {
            #[inline]
            fn from(value: $integer) -> Self {
                // An integer that is out of range is one that no condition can name.
                i128::try_from(value).map_or(Value::Other, Value::Integer)
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! others {
    ($($other:ty => $variant:ident),*) => {$(
        impl AsValue for $other {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::from(*self)
            }
        }

        impl From<$other> for Value<'_> {
            #[inline]
            fn from(value: $other) -> Self {
                Value::$variant(value.into())
            }
        }
    )*};
}
others!(bool => Boolean, f32 => Float, f64 => Float);

impl<'a> From<&'a str> for Value<'a> {
    #[inline]
    fn from(value: &'a str) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    #[inline]
    fn from(value: &'a String) -> Self {
        Value::Text(value)
    }
}

macro_rules! lists {
    ($($list:ty $(, $n:ident)?);*) => {$(
        impl<T: AsValue $(, const $n: usize)?> List for $list {
            #[inline]
            fn len(&self) -> usize {
                <[T]>::len(self)
            }

            #[inline]
            fn item(&self, index: usize) -> Value<'_> {
                self.get(index).map_or(Value::Absent, T::as_value)
            }
        }
    )*};
}
lists!(Vec<T>; Box<[T]>; &[T]; [T; N], N);

impl<T: AsValue> AsValue for Vec<T> {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<T: AsValue, const N: usize> AsValue for [T; N] {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<K, V> AsValue for BTreeMap<K, V>
where
    K: Borrow<str> + Ord + Send + Sync,
    V: AsValue,
{
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::Object(self)
    }
}

impl<K, V, S> AsValue for IndexMap<K, V, S>
where
    K: Borrow<str> + Hash + Eq + Send + Sync,
    V: AsValue,
    S: BuildHasher + Send + Sync,
{
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::Object(self)
    }
}

#[cfg(feature = "std")]
impl<K, V, S> AsValue for std::collections::HashMap<K, V, S>
where
    K: Borrow<str> + Hash + Eq + Send + Sync,
    V: AsValue,
    S: BuildHasher + Send + Sync,
{
    #[inline]
    fn as_value(&self) -> Value<'_> {
        Value::Object(self)
    }
}

impl<A: Attributes + ?Sized> Attributes for &A {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        (**self).attribute(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        (**self).each(visit);
    }
}
