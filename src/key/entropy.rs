//! What a key is made of, and the pepper: thirty-two bytes that are wiped.

use alloc::boxed::Box;

use zeroize::{Zeroize, Zeroizing};

use super::text_form::redacted;

/// The entropy of one key: 32 bytes that nobody can predict, used once.
///
/// It comes from the host: as bytes, from a random number generator (feature `rand_core`), or from
/// the operating system (feature `getrandom`).
///
/// It makes one key only: it can't be copied, [making](super::KeyFormat::generate_operator_key) a
/// key consumes it, and it is wiped. 22 of its bytes (176 bits) become the secret and the other 10
/// the public id, so the id tells nothing about the secret.
///
/// # Examples
///
/// ```
/// use keyward::key::{EntropyError, KeyEntropy};
///
/// # let random = || [0x5A; 32];
/// let mut bytes: [u8; 32] = random(); // from the operating system
/// let entropy = KeyEntropy::take(&mut bytes)?;
/// assert_eq!(bytes, [0; 32], "what it was taken from is wiped");
/// assert!(matches!(KeyEntropy::take(&mut bytes), Err(EntropyError::Blank)));
/// # Ok::<(), keyward::key::EntropyError>(())
/// ```
///
/// ```compile_fail,E0599
/// # let entropy = keyward::key::KeyEntropy::take(&mut [7; 32]).unwrap();
/// let twice = entropy.clone();
/// ```
pub struct KeyEntropy(Wiped);

impl KeyEntropy {
    /// How many bytes make one key.
    pub const LEN: usize = LEN;

    /// Takes the bytes and wipes where they stood.
    ///
    /// All of them must be random: they are used as they are.
    ///
    /// # Errors
    ///
    /// [`EntropyError::Blank`] if every byte is zero: the array was never filled, or a key was
    /// already made from it.
    pub fn take(bytes: &mut [u8; Self::LEN]) -> Result<Self, EntropyError> {
        take(bytes).map(Self)
    }

    /// Draws from a cryptographically secure generator: any `CryptoRng`, also one that can fail. Needs the feature
    /// `rand_core`.
    ///
    /// # Errors
    ///
    /// [`EntropyError::Source`] when the generator fails; [`EntropyError::Blank`] when it yields
    /// nothing but zeros.
    #[cfg(feature = "rand_core")]
    pub fn from_rng(rng: &mut (impl rand_core::TryCryptoRng + ?Sized)) -> Result<Self, EntropyError> {
        Self::fill(|bytes| rng.try_fill_bytes(bytes).is_ok())
    }

    /// Draws from the operating system. Needs the feature `getrandom`.
    ///
    /// # Errors
    ///
    /// [`EntropyError::Source`] when the operating system has none to give.
    #[cfg(feature = "getrandom")]
    pub fn from_os() -> Result<Self, EntropyError> {
        Self::fill(|bytes| getrandom::fill(bytes).is_ok())
    }

    #[cfg(any(feature = "rand_core", feature = "getrandom"))]
    fn fill(draw: impl FnOnce(&mut [u8]) -> bool) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        if draw(bytes.as_mut_slice()) { Self::take(&mut bytes) } else { Err(EntropyError::Source) }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.0
    }

    #[cfg(feature = "authzen")]
    pub(crate) fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// The host's own secret that keys the [digests](super::KeyDigest) of its keys.
///
/// It is optional, and is kept outside the database. Someone who can read or write only the
/// database can then neither test a guess against a digest nor store the digest of a key that they
/// made. A digest made with one pepper matches with no other: to change the pepper, issue all keys
/// again.
///
/// # Examples
///
/// ```
/// use keyward::key::{KeyDigest, Pepper};
///
/// # let mut bytes = [0x17; 32];
/// let pepper = Pepper::take(&mut bytes)?; // 32 random bytes from the host's configuration
/// assert_ne!(KeyDigest::of("a", Some(&pepper)), KeyDigest::of("a", None));
/// # Ok::<(), keyward::key::EntropyError>(())
/// ```
pub struct Pepper(Wiped);

impl Pepper {
    /// How many bytes a pepper has.
    pub const LEN: usize = LEN;

    /// Takes the bytes and wipes where they stood.
    ///
    /// They must be random: don't use a passphrase.
    ///
    /// # Errors
    ///
    /// [`EntropyError::Blank`] when every byte is zero.
    pub fn take(bytes: &mut [u8; Self::LEN]) -> Result<Self, EntropyError> {
        take(bytes).map(Self)
    }

    pub(super) fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

redacted!(KeyEntropy, Pepper);

/// Why bytes can't be used as entropy, or as a pepper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntropyError {
    /// Every byte is zero.
    #[error("the bytes are all zero: never filled, or already used")]
    Blank,
    /// The generator, or the operating system, failed.
    #[error("the source of entropy failed")]
    Source,
}

/// Bytes on the heap, where a move leaves no copy behind, wiped when they are dropped.
type Wiped = Box<Zeroizing<[u8; LEN]>>;

const LEN: usize = 32;

fn take(bytes: &mut [u8; LEN]) -> Result<Wiped, EntropyError> {
    let mut held = Box::new(Zeroizing::new([0; LEN]));
    held.copy_from_slice(bytes);
    bytes.zeroize();
    if held.iter().fold(0, |any, byte| any | byte) == 0 {
        return Err(EntropyError::Blank);
    }
    Ok(held)
}
