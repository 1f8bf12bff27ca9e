//! How keys, and what is stored of them, are written and read without showing a secret.
//!
//! serde's own errors quote the value that they could not read: a secret in the wrong field would end up in a log. The
//! errors here don't.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Writes a type as its text, and reads it from its text. The error doesn't hold what was read.
macro_rules! serde_as_text {
    ($name:ident, $text:ident, $read:expr, $expected:expr) => {
        /// As its text.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$text().as_ref())
            }
        }

        /// From its text. The error doesn't hold what was read.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::key::text_form::read_text(deserializer, $expected, $read)
            }
        }
    };
}

/// Shows nothing but the type's name: `KeyDigest([redacted])`.
macro_rules! redacted {
    ($($name:ident),+) => {$(
        #[doc = concat!("Redacted: `", stringify!($name), "([redacted])`.")]
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )+};
}

pub(super) use {redacted, serde_as_text};

/// Reads a text; where it isn't one, or `read` refuses it, says only what was `expected`.
pub(super) fn read_text<'de, D, T, F>(deserializer: D, expected: &'static str, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: Fn(&str) -> Option<T>,
{
    let text = Text { expected, read, value: PhantomData };
    // Asked for a string, serde_json quotes a number or a boolean itself, before any visitor.
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(text)
    } else {
        deserializer.deserialize_str(text)
    }
}

struct Text<T, F> {
    expected: &'static str,
    read: F,
    value: PhantomData<T>,
}

impl<T, F> Text<T, F> {
    fn refuse<E: Error>(&self) -> E {
        E::custom(format_args!("expected {}", self.expected))
    }
}

/// Refuses the scalars that serde's default methods would quote.
macro_rules! refuse {
    ($($visit:ident: $scalar:ty),+) => {
        $(fn $visit<E: Error>(self, _: $scalar) -> Result<T, E> {
            Err(self.refuse())
        })+
    };
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Text<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| self.refuse())
    }

    refuse!(
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128,
        visit_f64: f64
    );
}
