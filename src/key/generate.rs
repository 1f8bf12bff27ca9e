//! Making keys, and holding one that was made before.

use alloc::string::String;

use zeroize::Zeroizing;

use super::{
    base62,
    checksum::Checksum,
    entropy::{KeyEntropy, Pepper},
    format::{KeyFormat, ParseKeyError, SECRET_LEN},
    id::KeyId,
    key_digest::KeyDigest,
    kind::KeyKind,
    secret::{AccessToken, OperatorKey, Secret},
};

/// How many bytes of entropy make a secret; the others make the id.
const SECRET_ENTROPY: usize = KeyEntropy::LEN - KeyId::ENTROPY;

/// A new key: the secret, to be shown to its owner once, and what to keep of it.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a key that is dropped can't be had again"]
pub struct NewKey<K> {
    /// The secret: an [`OperatorKey`] or an [`AccessToken`].
    pub key: K,
    /// What to store it under.
    pub id: KeyId,
    /// What to store of it.
    pub digest: KeyDigest,
}

impl KeyFormat {
    /// Makes a key for an operator.
    ///
    /// The entropy is used up. The digest is made with the pepper, if the host has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let mut random_bytes = [0x5A; 32];
    /// let entropy = KeyEntropy::take(&mut random_bytes)?;
    /// let new = format.generate_operator_key(entropy, None);
    /// assert!(new.key.reveal().starts_with("acme_op_"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The same entropy can't make a second key:
    ///
    /// ```compile_fail,E0382
    /// # use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix};
    /// # let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    /// # let entropy = KeyEntropy::take(&mut [0x5A; 32]).unwrap();
    /// let one = format.generate_operator_key(entropy, None);
    /// let two = format.generate_operator_key(entropy, None);
    /// ```
    pub fn generate_operator_key(&self, entropy: KeyEntropy, pepper: Option<&Pepper>) -> NewKey<OperatorKey> {
        let key = OperatorKey::new(self.generate(KeyKind::OperatorKey, entropy));
        NewKey { id: key.id(), digest: key.digest(pepper), key }
    }

    /// Makes an access token.
    ///
    /// The entropy is used up. The digest is made with the pepper, if the host has one.
    pub fn generate_access_token(&self, entropy: KeyEntropy, pepper: Option<&Pepper>) -> NewKey<AccessToken> {
        let key = AccessToken::new(self.generate(KeyKind::AccessToken, entropy));
        NewKey { id: key.id(), digest: key.digest(pepper), key }
    }

    /// Reads an operator key that was made before, for example a client's own key from its
    /// configuration. The text is wiped, also if it is refused.
    ///
    /// # Errors
    ///
    /// As [`parse_kind`](Self::parse_kind), and [`OtherKind`](ParseKeyError::OtherKind) for a
    /// credential that was issued elsewhere, whose text names no kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix, ParseKeyError};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
    /// let key = format.generate_operator_key(entropy, None).key;
    /// assert_eq!(format.read_operator_key(key.reveal().to_owned())?, key);
    /// assert_eq!(
    ///     format.read_access_token(key.reveal().to_owned()),
    ///     Err(ParseKeyError::OtherKind),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_operator_key(&self, text: String) -> Result<OperatorKey, ParseKeyError> {
        self.read(KeyKind::OperatorKey, text).map(OperatorKey::new)
    }

    /// Reads an access token that was made before, for example a client's own token from its
    /// configuration. The text is wiped, also if it is refused.
    ///
    /// # Errors
    ///
    /// As [`parse_kind`](Self::parse_kind), and [`OtherKind`](ParseKeyError::OtherKind) for a
    /// credential that was issued elsewhere, whose text names no kind.
    pub fn read_access_token(&self, text: String) -> Result<AccessToken, ParseKeyError> {
        self.read(KeyKind::AccessToken, text).map(AccessToken::new)
    }

    fn generate(&self, kind: KeyKind, mut entropy: KeyEntropy) -> Secret {
        // Different bytes for each: the id tells nothing about the secret.
        let (secret, id) = entropy.bytes_mut().split_at_mut(SECRET_ENTROPY);
        let id = KeyId::of_entropy(id);
        let mut digits = Zeroizing::new([0; SECRET_LEN]);
        base62::write_digits(secret, digits.as_mut_slice());

        // With its full capacity: a text that grows leaves copies behind.
        let mut text = Zeroizing::new(String::with_capacity(Self::MAX_LEN));
        text.push_str(&self.head(kind));
        text.push_str(id.as_str());
        text.push('_');
        text.extend(digits.iter().copied().map(char::from));
        let sum = Checksum::NEW.then(text.as_bytes()).digits();
        text.extend(sum.into_iter().map(char::from));
        Secret { text, id }
    }

    fn read(&self, kind: KeyKind, text: String) -> Result<Secret, ParseKeyError> {
        let text = Zeroizing::new(text);
        let presented = self.parse(&text)?;
        if presented.kind() != Some(kind) {
            return Err(ParseKeyError::OtherKind);
        }
        let id = presented.id();
        Ok(Secret { text, id })
    }
}
