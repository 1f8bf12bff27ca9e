//! The text form of keys: `acme_op_<id>_<secret><checksum>`.

use alloc::{format, string::String};

use super::{
    base62,
    checksum::{self, Checksum},
    foreign::ForeignFormat,
    id::KeyId,
    kind::KeyKind,
    prefix::KeyPrefix,
    presented::PresentedKey,
};

/// How many characters hold the 176 bits of a secret: 62^30 is more than 2^176.
pub(super) const SECRET_LEN: usize = 30;

/// The text form of one host's keys: it [reads](Self::parse) what is presented,
/// [generates](Self::generate_operator_key) new ones, and tells scanners
/// [what to look for](Self::pattern).
///
/// ```text
/// acme_op_3Mzw0NkSqrzDXX_9YajMPFEdB2muDN5EH25lP8sYQwXcs4SqNwq
/// │    │  │              │                             └ checksum, 6 characters
/// │    │  │              └ secret, 30 characters: 176 bits
/// │    │  └ public id, 14 characters: 80 bits
/// │    └ kind: `op` for operator keys, `at` for access tokens
/// └ prefix, chosen by the host
/// ```
///
/// All of it is `0` to `9`, `A` to `Z`, `a` to `z` and `_`: a double click selects it, and it
/// stands in a URL, a header or a shell without quotes. With a prefix of up to 9 characters it is
/// at most 64 bytes: one block of BLAKE3.
///
/// # Examples
///
/// ```
/// use keyward::key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix};
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
/// let new = format.generate_access_token(entropy, None);
///
/// let presented = format.parse(new.key.reveal())?;
/// assert_eq!(presented.kind(), Some(KeyKind::AccessToken));
/// assert_eq!(presented.id(), new.id);
/// assert!(presented.digest(None).matches(Some(&new.digest)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFormat {
    prefix: KeyPrefix,
    foreign: Option<ForeignFormat>,
}

impl KeyFormat {
    /// The length of the longest key: one with the longest prefix.
    pub const MAX_LEN: usize = KeyPrefix::MAX_LEN + "_op_".len() + KeyId::LEN + "_".len() + SECRET_LEN + checksum::LEN;

    /// The form of keys with this prefix. Credentials that were issued elsewhere are refused.
    pub const fn new(prefix: KeyPrefix) -> Self {
        Self { prefix, foreign: None }
    }

    /// Accepts, beside the host's own keys, credentials of this form that were issued elsewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{ForeignFormat, KeyFormat, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?).accept_foreign(ForeignFormat::EVRYTHNG);
    /// assert!(format.parse(&"x7".repeat(40)).is_ok());
    /// assert!(format.parse(&"x7".repeat(39)).is_err());
    /// # Ok::<(), keyward::key::KeyPrefixError>(())
    /// ```
    #[must_use]
    pub fn accept_foreign(self, form: ForeignFormat) -> Self {
        Self { foreign: Some(form), ..self }
    }

    /// The prefix.
    pub const fn prefix(&self) -> &KeyPrefix {
        &self.prefix
    }

    /// Reads what a caller presents, with no look-up and no allocation.
    ///
    /// It is strict: nothing is trimmed, and upper and lower case differ. The time it takes doesn't
    /// grow with the length of a text that is no key.
    ///
    /// A well-formed text proves nothing: anyone can compute the checksum.
    ///
    /// # Errors
    ///
    /// [`ParseKeyError`], for the host's log:
    ///
    /// - [`OtherPrefix`](ParseKeyError::OtherPrefix): another host's key, a key with the name of a
    ///   scheme before it, an empty text; also a credential that was issued elsewhere, unless those
    ///   are [accepted](Self::accept_foreign).
    /// - [`Malformed`](ParseKeyError::Malformed): too short, too long, an unknown kind, a character
    ///   that is not allowed.
    /// - [`ChecksumDiffers`](ParseKeyError::ChecksumDiffers): a mistyped character, two neighbours
    ///   swapped.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix, ParseKeyError};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let new = format.generate_operator_key(KeyEntropy::take(&mut [0x5A; 32])?, None);
    /// let key = new.key.reveal();
    /// assert!(format.parse(key).is_ok());
    /// assert!(format.parse("acme_op_3Mzw0NkSqrzDXX_9YajMPFEdB2muDN5EH25lP8sYQwXcs4SqNwq").is_ok());
    /// assert_eq!(format.parse(&key[1..]).unwrap_err(), ParseKeyError::OtherPrefix);
    /// assert_eq!(format.parse(&format!("{key} ")).unwrap_err(), ParseKeyError::Malformed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse<'a>(&self, text: &'a str) -> Result<PresentedKey<'a>, ParseKeyError> {
        let rest = self.prefix.strip(text.as_bytes()).filter(|rest| rest.first() == Some(&b'_'));
        let Some(rest) = rest else { return self.parse_other(text) };
        let Some((kind, id)) = head(rest).filter(|_| ends_in_digits(rest)) else {
            return Err(ParseKeyError::Malformed);
        };
        if is_summed(self.prefix.checksum(), rest) {
            Ok(PresentedKey::own(text, kind, id))
        } else {
            Err(ParseKeyError::ChecksumDiffers)
        }
    }

    /// Reads kind and id of one of the host's own keys, and nothing else of it: the rest of the text may be anything. If its digest
    /// is that of a key, it is that key; if not, [`parse`](Self::parse) says what is wrong with it.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn read_head(&self, text: &str) -> Option<(KeyKind, KeyId)> {
        head(self.prefix.strip(text.as_bytes())?)
    }

    /// Reads what is not the prefix and as many characters as follow it in a key.
    #[inline(never)]
    fn parse_other<'a>(&self, text: &'a str) -> Result<PresentedKey<'a>, ParseKeyError> {
        match self.foreign {
            _ if text.strip_prefix(self.prefix.as_str()).is_some_and(|rest| rest.starts_with('_')) => {
                Err(ParseKeyError::Malformed)
            }
            Some(form) if form.admits(text) => Ok(PresentedKey::foreign(text)),
            _ => Err(ParseKeyError::OtherPrefix),
        }
    }

    /// Reads what a caller presents where only one kind of key is allowed.
    ///
    /// A credential that was issued elsewhere passes, if those are accepted: its kind is in its
    /// record, which must be checked.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`OtherKind`](ParseKeyError::OtherKind) for one of the host's
    /// own keys that is of the other kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix, ParseKeyError};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let new = format.generate_access_token(KeyEntropy::take(&mut [0x5A; 32])?, None);
    /// let token = new.key.reveal();
    /// assert!(format.parse_kind(KeyKind::AccessToken, token).is_ok());
    /// assert_eq!(
    ///     format.parse_kind(KeyKind::OperatorKey, token).unwrap_err(),
    ///     ParseKeyError::OtherKind,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_kind<'a>(&self, kind: KeyKind, text: &'a str) -> Result<PresentedKey<'a>, ParseKeyError> {
        let presented = self.parse(text)?;
        match presented.kind() {
            Some(other) if other != kind => Err(ParseKeyError::OtherKind),
            _ => Ok(presented),
        }
    }

    /// The regular expression that finds keys of a kind in a text: for secret scanners.
    ///
    /// It is written so that every usual engine reads it (RE2, PCRE, Rust, JavaScript), and it is
    /// not anchored: put `^` and `$` around it to match a whole text. What it finds,
    /// [`parse`](Self::parse) confirms by the checksum, which leaves one false alarm in 2^32.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::key::{KeyFormat, KeyKind, KeyPrefix};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// assert_eq!(
    ///     format.pattern(KeyKind::OperatorKey),
    ///     "acme_op_[0-9A-Za-z]{14}_[0-9A-Za-z]{36}",
    /// );
    /// # Ok::<(), keyward::key::KeyPrefixError>(())
    /// ```
    pub fn pattern(&self, kind: KeyKind) -> String {
        let class = base62::CLASS;
        let (id, rest) = (KeyId::LEN, SECRET_LEN + checksum::LEN);
        format!("{}{class}{{{id}}}_{class}{{{rest}}}", self.head(kind))
    }

    /// Everything before the id.
    pub(super) fn head(&self, kind: KeyKind) -> String {
        format!("{}_{}_", self.prefix, kind.tag())
    }
}

/// How many characters follow the prefix.
const REST: usize = "_op_".len() + KeyId::LEN + "_".len() + SECRET_LEN + checksum::LEN;

/// Where the id begins in that.
const ID: usize = "_op_".len();

/// The kind and the id, if what follows the prefix begins as a key does, up to the `_` after the id.
#[inline]
fn head(rest: &[u8; REST]) -> Option<(KeyKind, KeyId)> {
    let [b'_', first, second, b'_'] = *rest.first_chunk()? else { return None };
    let kind = KeyKind::of_tag([first, second])?;
    let id = KeyId::at_start(rest.get(ID..)?.first_chunk()?)?;
    (rest.get(ID + KeyId::LEN) == Some(&b'_')).then_some((kind, id))
}

/// Whether secret and checksum are digits. In pieces of sixteen, of which the last two overlap.
#[inline]
fn ends_in_digits(rest: &[u8; REST]) -> bool {
    let Some(end) = rest.last_chunk::<{ SECRET_LEN + checksum::LEN }>() else { return false };
    end.first_chunk::<32>().is_some_and(|first| base62::all_digits(first))
        && end.last_chunk::<16>().is_some_and(|last| base62::all_digits(last))
}

/// Whether the checksum at the end is that of all before it.
#[inline]
fn is_summed(prefix: Checksum, rest: &[u8; REST]) -> bool {
    let (Some(summed), Some(end)) = (rest.first_chunk::<{ REST - checksum::LEN }>(), rest.last_chunk()) else {
        return false;
    };
    prefix.then(summed).is_written(*end)
}

/// Whether something in a text has the form of a key, under whatever prefix.
pub(crate) fn may_hold_key(text: &str) -> bool {
    text.as_bytes()
        .windows(REST)
        .any(|part| part.try_into().is_ok_and(|part| head(part).is_some() && ends_in_digits(part)))
}

/// Why a text is not a key that this host could have issued.
///
/// It is for the host's log. **Don't show it to the caller**: say only that the key is not valid. It
/// holds no part of the text, and says neither where the mistake is nor how close the text came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ParseKeyError {
    /// It doesn't begin as this host's keys do.
    #[error("not a key of this host")]
    OtherPrefix,
    /// It begins as this host's keys do, and is not in their form.
    #[error("malformed key")]
    Malformed,
    /// It has the right form and the wrong checksum: it was mistyped.
    #[error("mistyped key")]
    ChecksumDiffers,
    /// It is this host's key, and of the kind that is not allowed.
    #[error("key of the other kind")]
    OtherKind,
}
