//! Keys: two kinds of secret, their text form, and what is kept of them.
//!
//! | to | use |
//! |---|---|
//! | choose the text form of a host's keys, read and make them | [`KeyFormat`], [`KeyPrefix`] |
//! | hold a secret | [`OperatorKey`], [`AccessToken`]: two types, neither passes for the other |
//! | make a key | [`KeyEntropy`], [`NewKey`] |
//! | look a key up | [`KeyId`]: public, for logs too |
//! | store and compare | [`KeyDigest`], with a [`Pepper`] |
//! | judge what a caller presents | [`PresentedKey`] |
//! | accept credentials that were issued elsewhere | [`ForeignFormat`] |
//!
//! # From making to recognising
//!
//! ```
//! use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix};
//!
//! let format = KeyFormat::new(KeyPrefix::new("acme")?);
//!
//! // Making: show the key to its owner once, keep its id and its digest.
//! # let mut random_bytes = [0x5A; 32];
//! let entropy = KeyEntropy::take(&mut random_bytes)?;
//! let new = format.generate_access_token(entropy, None);
//! let (kept_id, kept_digest) = (new.id, new.digest);
//!
//! // Recognising: form and checksum first, then look up the id, then compare the digests.
//! let header = new.key.reveal();
//! let presented = format.parse(header)?;
//! let found = (presented.id() == kept_id).then_some(&kept_digest);
//! assert!(presented.digest(None).matches(found));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is wiped
//!
//! Entropy, pepper and the text of a key are wiped when they are dropped. They are on the heap, so
//! moving them leaves no copy behind. Not wiped are what the hash function holds on the stack, and
//! the copies that a host makes of a text.

mod base62;
mod checksum;
mod entropy;
mod foreign;
mod format;
mod generate;
mod id;
mod key_digest;
mod kind;
mod prefix;
mod presented;
mod secret;
mod text_form;

pub use entropy::{EntropyError, KeyEntropy, Pepper};
pub use foreign::{ForeignFormat, ForeignFormatError};
pub(crate) use format::may_hold_key;
pub use format::{KeyFormat, ParseKeyError};
pub use generate::NewKey;
pub use id::{KeyId, KeyIdError};
pub use key_digest::{KeyDigest, KeyDigestError};
pub use kind::KeyKind;
pub use prefix::{KeyPrefix, KeyPrefixError};
pub use presented::PresentedKey;
pub use secret::{AccessToken, OperatorKey, SecretKey};
