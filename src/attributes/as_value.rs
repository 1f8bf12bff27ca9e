//! [`AsValue`] for the standard types, and [`List`] for lists of them.

use alloc::{
    borrow::{Cow, ToOwned},
    boxed::Box,
    string::String,
    sync::Arc,
    vec::Vec,
};

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::traits::{AsValue, Attributes, List, Value};
use crate::time::Timestamp;

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

impl<T: AsValue + ToOwned<Owned: Send + Sync> + ?Sized> AsValue for Cow<'_, T> {
    #[inline]
    fn as_value(&self) -> Value<'_> {
        (**self).as_value()
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl AsValue for $text {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::Text(self)
            }
        }

        impl<'a> From<&'a $text> for Value<'a> {
            #[inline]
            fn from(value: &'a $text) -> Self {
                Value::Text(value)
            }
        }
    )*};
}
texts!(str, String, Box<str>, Arc<str>);

/// What is copied into a value.
macro_rules! scalars {
    ($($scalar:ty => $make:expr),*) => {$(
        impl AsValue for $scalar {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::from(*self)
            }
        }

        impl From<$scalar> for Value<'_> {
            #[inline]
            fn from(value: $scalar) -> Self {
                $make(value)
            }
        }
    )*};
}
scalars!(
    IpAddr => Value::Address,
    Ipv4Addr => |address| Value::Address(IpAddr::V4(address)),
    Ipv6Addr => |address| Value::Address(IpAddr::V6(address)),
    Timestamp => Value::Time
);
scalars!(bool => Value::Boolean, f32 => |value| Value::Float(f64::from(value)), f64 => Value::Float);

macro_rules! integers {
    // An integer beyond `i128` matches nothing.
    ($($integer:ty),*) => {
        scalars!($($integer => |value| i128::try_from(value).map_or(Value::Other, Value::Integer)),*);
    };
}
integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

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

        impl<T: AsValue $(, const $n: usize)?> AsValue for $list {
            #[inline]
            fn as_value(&self) -> Value<'_> {
                Value::List(self)
            }
        }
    )*};
}
lists!(Vec<T>; Box<[T]>; &[T]; [T; N], N);

impl<A: Attributes + ?Sized> Attributes for &A {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        (**self).attribute(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        (**self).each(visit);
    }
}
