//! The two kinds of secret, as two types.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::{entropy::Pepper, id::KeyId, key_digest::KeyDigest, kind::KeyKind};

/// What both types hold. It stays on the heap, where a move leaves no copy behind, and is wiped
/// when it is dropped.
pub(super) struct Secret {
    pub(super) text: Zeroizing<String>,
    pub(super) id: KeyId,
}

impl Secret {
    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name).field("id", &self.id).field("secret", &format_args!("[redacted]")).finish()
    }
}

/// By their digests: how long it takes does not say where two keys differ.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        KeyDigest::of(&self.text, None) == KeyDigest::of(&other.text, None)
    }
}

impl Eq for Secret {}

/// The two kinds of secret, where either will do: [`OperatorKey`] and [`AccessToken`], and no other.
#[expect(private_bounds, reason = "nobody else's type is a key")]
pub trait SecretKey: Sealed {
    /// Which of the two it is.
    const KIND: KeyKind;
}

trait Sealed {}

macro_rules! secret_type {
    (
        $(#[$doc:meta])*
        $name:ident
    ) => {
        $(#[$doc])*
        #[derive(PartialEq, Eq)]
        pub struct $name(Secret);

        impl $name {
            pub(super) const fn new(secret: Secret) -> Self {
                Self(secret)
            }

            /// The public id, which a log may hold.
            pub const fn id(&self) -> KeyId {
                self.0.id
            }

            /// The text of the key: the one way out.
            ///
            /// Show it to its owner once and keep it nowhere; what is kept is the
            /// [digest](Self::digest). Copies of the text are not wiped with the key.
            pub fn reveal(&self) -> &str {
                &self.0.text
            }

            /// The digest to keep, under the host's pepper if it has one.
            pub fn digest(&self, pepper: Option<&Pepper>) -> KeyDigest {
                KeyDigest::of(&self.0.text, pepper)
            }
        }

        impl SecretKey for $name {
            const KIND: KeyKind = KeyKind::$name;
        }

        impl Sealed for $name {}

        #[doc = concat!(
            "Redacted: `", stringify!($name),
            " { id: KeyId(\"3Mzw0NkSqrzDXX\"), secret: [redacted] }`."
        )]
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.debug(stringify!($name), f)
            }
        }
    };
}

secret_type! {
    /// The key of an operator: a person, owner or collaborator of an account.
    ///
    /// It comes out of [`generate_operator_key`](super::KeyFormat::generate_operator_key), or of
    /// [`read_operator_key`](super::KeyFormat::read_operator_key), and is wiped when it is
    /// dropped. It has one way out, [`reveal`](Self::reveal): it can't be printed, written into a
    /// document, copied, turned into an [`AccessToken`] or compared with one.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
    /// let key = format.generate_operator_key(entropy, None).key;
    /// assert_eq!(
    ///     format!("{key:?}"),
    ///     format!("OperatorKey {{ id: {:?}, secret: [redacted] }}", key.id()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// What can't be done:
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::OperatorKey;
    /// fn print(key: &OperatorKey) {
    ///     println!("{key}");
    /// }
    /// ```
    ///
    /// ```compile_fail,E0599
    /// # use keyward::key::OperatorKey;
    /// fn copy(key: OperatorKey) -> (OperatorKey, OperatorKey) {
    ///     (key.clone(), key)
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::OperatorKey;
    /// #[derive(serde::Serialize)]
    /// struct Answer {
    ///     key: OperatorKey,
    /// }
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use keyward::key::{AccessToken, OperatorKey};
    /// fn compare(key: &OperatorKey, token: &AccessToken) -> bool {
    ///     *key == *token
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::{AccessToken, OperatorKey};
    /// fn convert(key: OperatorKey) -> AccessToken {
    ///     key.into()
    /// }
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # use keyward::key::{AccessToken, OperatorKey};
    /// fn take(_: OperatorKey) {}
    /// fn pass(token: AccessToken) {
    ///     take(token);
    /// }
    /// ```
    OperatorKey
}

secret_type! {
    /// The token of a service, or of an anonymous user behind it.
    ///
    /// It comes out of [`generate_access_token`](super::KeyFormat::generate_access_token), or of
    /// [`read_access_token`](super::KeyFormat::read_access_token), and is wiped when it is
    /// dropped. It has one way out, [`reveal`](Self::reveal): it can't be printed, written into a
    /// document, copied, turned into an [`OperatorKey`] or compared with one.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
    /// let token = format.generate_access_token(entropy, None).key;
    /// assert_eq!(
    ///     format!("{token:?}"),
    ///     format!("AccessToken {{ id: {:?}, secret: [redacted] }}", token.id()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// What can't be done:
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::AccessToken;
    /// fn print(token: &AccessToken) {
    ///     println!("{token}");
    /// }
    /// ```
    ///
    /// ```compile_fail,E0599
    /// # use keyward::key::AccessToken;
    /// fn copy(token: AccessToken) -> (AccessToken, AccessToken) {
    ///     (token.clone(), token)
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::AccessToken;
    /// #[derive(serde::Serialize)]
    /// struct Answer {
    ///     token: AccessToken,
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use keyward::key::{AccessToken, OperatorKey};
    /// fn convert(token: AccessToken) -> OperatorKey {
    ///     token.into()
    /// }
    /// ```
    AccessToken
}
