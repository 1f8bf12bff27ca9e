//! What a host's keys begin with.

use alloc::{borrow::ToOwned, boxed::Box, string::String};
use core::{fmt, str::FromStr};

use crate::text::{Escaped, try_from_text};

/// What all keys of one host begin with; it tells them from other hosts' keys.
///
/// It is 2 to 16 characters of `a` to `z` and `0` to `9`, the first one a letter. It can't hold
/// the `_` that separates the parts of a key, so that a key reads in one way only. Up to
/// 9 characters, a key is digested as one block of BLAKE3; longer ones take two.
///
/// Keys that were issued under another prefix are refused: choose it once.
///
/// # Examples
///
/// ```
/// use keyward::key::KeyPrefix;
///
/// let prefix: KeyPrefix = "acme".parse()?;
/// assert_eq!(prefix.as_str(), "acme");
/// assert!(KeyPrefix::new("acme_eu").is_err());
/// # Ok::<(), keyward::key::KeyPrefixError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPrefix(Box<str>);

impl KeyPrefix {
    /// The least number of characters.
    pub const MIN_LEN: usize = 2;

    /// The greatest number of characters.
    pub const MAX_LEN: usize = 16;

    /// Reads a prefix.
    ///
    /// # Errors
    ///
    /// [`KeyPrefixError`] when the text is empty or too long, begins with a digit, or holds
    /// anything but `a` to `z` and `0` to `9`: `a`, `4cme`, `Acme`, `acme_`, `acmé`.
    pub fn new(text: &str) -> Result<Self, KeyPrefixError> {
        if !(Self::MIN_LEN..=Self::MAX_LEN).contains(&text.len()) {
            return Err(KeyPrefixError(Problem::Length { length: text.len() }));
        }
        let admitted = |at, found: char| found.is_ascii_lowercase() || (at > 0 && found.is_ascii_digit());
        match text.char_indices().find(|&(at, found)| !admitted(at, found)) {
            Some((at, found)) => Err(KeyPrefixError(Problem::Character { prefix: text.to_owned(), at, found })),
            None => Ok(Self(text.into())),
        }
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyPrefix {
    type Err = KeyPrefixError;

    fn from_str(text: &str) -> Result<Self, KeyPrefixError> {
        Self::new(text)
    }
}

try_from_text!(KeyPrefix: &str, &String, String);

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that can't be a prefix. The message says what is wrong, where, and what is allowed. Of a
/// text that is too long it gives only the length, since the text might be a whole key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct KeyPrefixError(Problem);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error(
        "the prefix has a length of {length}: it takes {} to {} characters",
        KeyPrefix::MIN_LEN,
        KeyPrefix::MAX_LEN
    )]
    Length { length: usize },
    #[error(
        "the prefix `{}` has `{}` at byte {at}: \
         it takes `a` to `z` and, after the first, `0` to `9`",
        Escaped(prefix), Escaped(found.encode_utf8(&mut [0; 4]))
    )]
    Character { prefix: String, at: usize, found: char },
}
