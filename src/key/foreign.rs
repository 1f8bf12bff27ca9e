//! Credentials that were issued elsewhere.

use super::base62;

/// The form of the credentials that were issued elsewhere and that a host accepts as they are:
/// a fixed number of characters of `0` to `9`, `A` to `Z` and `a` to `z`.
///
/// They hold no `_`, and the host's own keys do, so no text is both.
///
/// Such a credential has no checksum and no id in it. Its id is
/// [made from its digest](super::KeyId::of_imported), and its kind is what its record says. It must
/// be random: 22 characters hold 130 bits, and nothing shorter is accepted. Don't accept what
/// people have chosen, however long.
///
/// # Examples
///
/// ```
/// use keyward::key::{ForeignFormat, KeyDigest, KeyFormat, KeyPrefix};
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?).accept_foreign(ForeignFormat::EVRYTHNG);
/// let credential = "x7".repeat(40);
///
/// // Importing: the id to store it under, and the digest, which is all that is kept.
/// let presented = format.parse(&credential)?;
/// let (id, digest) = (presented.id(), presented.digest(None));
///
/// // Later it is presented as it is, and found.
/// let again = format.parse(&credential)?;
/// assert_eq!(again.id(), id);
/// assert_eq!(again.digest(None), digest);
/// assert_eq!(again.kind(), None, "its record says which");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForeignFormat {
    length: usize,
}

impl ForeignFormat {
    /// The least number of characters: 130 bits, if they are random.
    pub const MIN_LEN: usize = 22;

    /// The greatest number of characters.
    pub const MAX_LEN: usize = 512;

    /// The API keys of the EVRYTHNG Platform, of operators and of everything else: 80 characters
    /// of `[A-Za-z0-9]`, by the platform's public documentation.
    pub const EVRYTHNG: Self = Self { length: 80 };

    /// Letters and digits, exactly so many.
    ///
    /// # Errors
    ///
    /// [`ForeignFormatError`] when there are fewer than [`MIN_LEN`](Self::MIN_LEN) or more than
    /// [`MAX_LEN`](Self::MAX_LEN).
    pub const fn alphanumeric(length: usize) -> Result<Self, ForeignFormatError> {
        if length < Self::MIN_LEN || length > Self::MAX_LEN {
            return Err(ForeignFormatError { length });
        }
        Ok(Self { length })
    }

    /// How many characters a credential has.
    pub const fn length(self) -> usize {
        self.length
    }

    pub(super) fn admits(self, text: &str) -> bool {
        text.len() == self.length && base62::all_digits(text.as_bytes())
    }
}

/// A length that credentials issued elsewhere can't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "credentials of {length} characters are not accepted: it takes {} to {}",
    ForeignFormat::MIN_LEN,
    ForeignFormat::MAX_LEN
)]
pub struct ForeignFormatError {
    length: usize,
}
