//! What a host's keys begin with.

use alloc::{borrow::ToOwned, string::String};
use core::{
    fmt,
    str::{self, FromStr},
};

use super::checksum::Checksum;

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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyPrefix {
    /// So many of the bytes; the others are zero.
    length: u8,
    bytes: [u8; Self::MAX_LEN],
    /// All bits of those bytes.
    mask: [u8; Self::MAX_LEN],
    /// Of the prefix.
    checksum: Checksum,
}

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
        let (mut bytes, refused) = ([0; Self::MAX_LEN], Problem::Length { length: text.len() });
        let length = u8::try_from(text.len()).ok().filter(|_| text.len() >= Self::MIN_LEN);
        let (Some(length), Some(start)) = (length, bytes.get_mut(..text.len())) else {
            return Err(KeyPrefixError(refused));
        };
        let admitted = |at, found: char| found.is_ascii_lowercase() || (at > 0 && found.is_ascii_digit());
        if let Some((at, found)) = text.char_indices().find(|&(at, found)| !admitted(at, found)) {
            return Err(KeyPrefixError(Problem::Character { prefix: text.to_owned(), at, found }));
        }
        start.copy_from_slice(text.as_bytes());
        let mask = bytes.map(|byte| if byte == 0 { 0 } else { u8::MAX });
        Ok(Self { length, bytes, mask, checksum: Checksum::NEW.then(text.as_bytes()) })
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..usize::from(self.length));
        text.and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// Whether a text of at least sixteen bytes begins with the prefix, and goes on with so many bytes: these.
    #[inline]
    pub(super) fn strip<'a, const N: usize>(&self, text: &'a [u8]) -> Option<&'a [u8; N]> {
        let (before, after) = text.split_last_chunk::<N>()?;
        // As words: a comparison of texts of any length is a call, and longer than this.
        let word = |bytes: &[u8; 16]| u128::from_le_bytes(*bytes);
        let differ = (word(text.first_chunk()?) ^ word(&self.bytes)) & word(&self.mask);
        (before.len() == usize::from(self.length) && differ == 0).then_some(after)
    }

    /// The checksum of the prefix.
    #[inline]
    pub(super) fn checksum(&self) -> Checksum {
        self.checksum
    }
}

/// `KeyPrefix("acme")`.
impl fmt::Debug for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyPrefix").field(&self.as_str()).finish()
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
        f.pad(self.as_str())
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
