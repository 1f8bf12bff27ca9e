//! The public part of a key.

use core::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use super::{base62, key_digest::KeyDigest, text_form::serde_as_text};

/// The public id of a key: what it is looked up by, and what a log may hold.
///
/// It is 14 characters of `0` to `9`, `A` to `Z` and `a` to `z`, made from 80 random bits of its
/// own. It tells nothing about the secret, nor when the key was issued. Among ten million keys two
/// share an id with a probability of 1 in 24 billion.
///
/// An id proves nothing: a caller can present any id. Use a hash that can't be flooded for a map
/// with ids as keys.
///
/// # Examples
///
/// ```
/// use keyward::key::KeyId;
///
/// let id: KeyId = "3Mzw0NkSqrzDXX".parse()?;
/// assert_eq!(id.as_str(), "3Mzw0NkSqrzDXX");
/// assert_eq!(id.to_string().parse(), Ok(id));
/// # Ok::<(), keyward::key::KeyIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId {
    /// The digits, and two zeros that fill them up to words: an id is copied, hashed and compared by those.
    padded: [u8; 16],
}

/// All but the last two bytes of the second word.
const DIGITS: u64 = u64::MAX >> 16;

/// As one number of two words: a look-up hashes little else.
impl Hash for KeyId {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_le_bytes(self.padded));
    }
}

impl KeyId {
    /// How many characters an id has.
    pub const LEN: usize = 14;

    /// How many bytes of entropy make an id.
    pub(super) const ENTROPY: usize = 10;

    /// Reads an id.
    ///
    /// # Errors
    ///
    /// [`KeyIdError`] if the text is not exactly 14 characters of `0` to `9`, `A` to `Z` and `a`
    /// to `z`. The error does not hold the text.
    pub fn parse(text: &str) -> Result<Self, KeyIdError> {
        text.as_bytes().try_into().ok().and_then(Self::of_digits).ok_or(KeyIdError)
    }

    /// The id of a credential that was issued elsewhere, made from its digest *without* pepper.
    ///
    /// It is BLAKE3 of the digest, with a public constant as its key, cut to 80 bits. The digest is
    /// enough to compute it: to import a credential, one needs not know the credential. From the id
    /// nobody can compute the digest or the credential.
    ///
    /// [`PresentedKey::id`](super::PresentedKey::id) gives the same id for the credential.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{ForeignFormat, KeyDigest, KeyFormat, KeyId, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?).accept_foreign(ForeignFormat::EVRYTHNG);
    /// let credential = "x7".repeat(40);
    /// let digest = KeyDigest::of(&credential, None);
    /// assert_eq!(format.parse(&credential)?.id(), KeyId::of_imported(&digest));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_imported(digest: &KeyDigest) -> Self {
        let hash = blake3::keyed_hash(IMPORTED, &digest.to_bytes());
        let mut number: [u8; Self::ENTROPY] = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        Self::of_entropy(&mut number)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Every constructor admits digits only, which are ASCII.
        let digits = self.padded.first_chunk::<{ Self::LEN }>();
        digits.and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
    }

    /// A number by which ids are spread over places: 32 bits, mixed by a multiplication.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn spread(self) -> usize {
        let word = |bytes: Option<&[u8; 8]>| bytes.copied().map_or(0, u64::from_le_bytes);
        let mixed = (word(self.padded.first_chunk()) ^ word(self.padded.last_chunk()))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            >> 32;
        usize::try_from(mixed).unwrap_or(0)
    }

    fn of_digits(digits: &[u8; Self::LEN]) -> Option<Self> {
        let mut start = [0; 16];
        *start.first_chunk_mut()? = *digits;
        Self::at_start(&start)
    }

    /// The id at the start of these bytes, if they begin with digits.
    #[inline]
    pub(super) fn at_start(start: &[u8; 16]) -> Option<Self> {
        // As words: the processor waits when bytes written one by one are read as a word.
        let [first, second] = [start.first_chunk()?, start.last_chunk()?].map(|bytes| u64::from_le_bytes(*bytes));
        let second = second & DIGITS;
        let filled = second | (u64::from_le_bytes([b'0'; 8]) & !DIGITS);
        let padded = (u128::from(first) | (u128::from(second) << 64)).to_le_bytes();
        base62::all_digits_of([first, filled]).then_some(Self { padded })
    }

    /// Uses up the entropy: it is zero afterwards.
    pub(super) fn of_entropy(number: &mut [u8]) -> Self {
        let mut padded = [0; 16];
        if let Some(digits) = padded.first_chunk_mut::<{ Self::LEN }>() {
            base62::write_digits(number, digits);
        }
        Self { padded }
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        Self::parse(text)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `KeyId("3Mzw0NkSqrzDXX")`: an id is public.
impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyId").field(&self.as_str()).finish()
    }
}

serde_as_text!(KeyId, as_str, |text| Self::parse(text).ok(), EXPECTED);

/// A text that is not an id. The error doesn't hold the text, which may be a key in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a key: {EXPECTED} are expected")]
pub struct KeyIdError;

const EXPECTED: &str = "14 characters of `0-9A-Za-z`";

/// The key of the hash that makes imported ids, so that it differs from the hash that makes digests.
/// It is no secret.
const IMPORTED: &[u8; blake3::KEY_LEN] = b"keyward: id of an imported key 1";
