//! What is kept of a key.

use alloc::string::String;

use subtle::{Choice, ConstantTimeEq as _};

use super::{
    entropy::Pepper,
    text_form::{redacted, serde_as_text},
};

/// The digest of a key: all that is stored of its secret.
///
/// It is BLAKE3 of the key's text, with the host's [`Pepper`] as the hash's key, if there is one.
///
/// # Why a fast hash
///
/// A slow, salted hash protects a secret that can be guessed. The secret of a key is 176 random
/// bits: it can't be guessed, and nobody can try them all, however fast each try is. For secrets of
/// at least 112 bits, OWASP ASVS 5.0 (6.5.2) asks only for an approved hash, and BLAKE3 is on its
/// list. A slow hash would only help an attacker to overload the service with bad keys.
///
/// **Never digest a password with this**: use Argon2id, scrypt or bcrypt.
///
/// # Comparing
///
/// `==` takes the same time wherever two digests differ. A digest has no order and no hash, so it
/// can't be the key of a map: the time of such a look-up would depend on it. Look up by
/// [`KeyId`](super::KeyId), then compare with [`matches`](Self::matches).
///
/// # Examples
///
/// ```
/// use keyward::key::KeyDigest;
///
/// let digest = KeyDigest::of("a text of high entropy", None);
/// assert_eq!(KeyDigest::from_hex(&digest.to_hex())?, digest);
/// assert_eq!(format!("{digest:?}"), "KeyDigest([redacted])");
/// # Ok::<(), keyward::key::KeyDigestError>(())
/// ```
///
/// ```compile_fail,E0277
/// # let digest = keyward::key::KeyDigest::of("a", None);
/// println!("{digest}");
/// ```
///
/// ```compile_fail,E0277
/// # let digest = keyward::key::KeyDigest::of("a", None);
/// let by_digest = std::collections::BTreeSet::from([digest]);
/// ```
#[derive(Clone)]
pub struct KeyDigest([u8; Self::LEN]);

impl KeyDigest {
    /// How many bytes a digest has.
    pub const LEN: usize = blake3::OUT_LEN;

    /// A digest that no known text has, to compare with if there is no record: an unknown id then
    /// takes as much time as a wrong secret.
    pub const DUMMY: Self = Self(*b"keyward: no key has this digest.");

    /// The digest of a text as it is presented, under the host's pepper if it has one.
    ///
    /// The form of the text is not checked. Use this to import a credential that was issued
    /// elsewhere.
    #[inline]
    pub fn of(text: &str, pepper: Option<&Pepper>) -> Self {
        let hash = match pepper {
            Some(pepper) => blake3::keyed_hash(pepper.bytes(), text.as_bytes()),
            None => blake3::hash(text.as_bytes()),
        };
        Self(hash.into())
    }

    /// The digest that was [stored as bytes](Self::to_bytes).
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, for storing them. Don't compare those: `==` on bytes is not constant time.
    pub const fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0
    }

    /// The digest that was [stored as hexadecimal digits](Self::to_hex).
    ///
    /// # Errors
    ///
    /// [`KeyDigestError`] if the text is not exactly 64 digits `0` to `9` and `a` to `f`. Capitals
    /// are refused, so that a digest has only one text. The error does not hold the text.
    pub fn from_hex(text: &str) -> Result<Self, KeyDigestError> {
        match blake3::Hash::from_hex(text) {
            Ok(hash) if !text.bytes().any(|digit| digit.is_ascii_uppercase()) => Ok(Self(hash.into())),
            _ => Err(KeyDigestError),
        }
    }

    /// 64 hexadecimal digits in lower case, for storing them.
    pub fn to_hex(&self) -> String {
        blake3::Hash::from(self.0).to_hex().as_str().into()
    }

    /// Whether this digest, of a presented text, is the one that was stored for its id.
    ///
    /// If nothing is stored, it compares with [`DUMMY`](Self::DUMMY) and the answer is no. It takes
    /// the same time in all cases.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::KeyDigest;
    ///
    /// let stored = KeyDigest::of("right", None);
    /// assert!(KeyDigest::of("right", None).matches(Some(&stored)));
    /// assert!(!KeyDigest::of("wrong", None).matches(Some(&stored)));
    /// assert!(!KeyDigest::DUMMY.matches(None));
    /// ```
    #[inline]
    #[must_use]
    pub fn matches(&self, stored: Option<&Self>) -> bool {
        let is_equal: bool = self.equals(stored.unwrap_or(&Self::DUMMY)).into();
        is_equal & stored.is_some()
    }

    /// In constant time: the bits in which any of the words differ, and once whether there is one. `subtle` has a barrier
    /// for each comparison that it makes.
    #[inline]
    fn equals(&self, other: &Self) -> Choice {
        let half = |bytes: Option<&[u8; 16]>| bytes.copied().map_or(0, u128::from_ne_bytes);
        let [one, other] = [self, other].map(|digest| (half(digest.0.first_chunk()), half(digest.0.last_chunk())));
        let differ = ((one.0 ^ other.0) | (one.1 ^ other.1)).to_ne_bytes();
        let word = |bytes: Option<&[u8; 8]>| bytes.copied().map_or(0, u64::from_ne_bytes);
        (word(differ.first_chunk()) | word(differ.last_chunk())).ct_eq(&0)
    }
}

/// In constant time: how long it takes does not say where, or whether, two digests differ.
impl PartialEq for KeyDigest {
    fn eq(&self, other: &Self) -> bool {
        self.equals(other).into()
    }
}

impl Eq for KeyDigest {}

redacted!(KeyDigest);
serde_as_text!(KeyDigest, to_hex, |text| Self::from_hex(text).ok(), EXPECTED);

/// A text that is not a digest. The error doesn't hold the text, which may be a key in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digest: {EXPECTED} are expected")]
pub struct KeyDigestError;

const EXPECTED: &str = "64 hexadecimal digits in lower case";
