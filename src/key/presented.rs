//! A key as a caller presents it.

use core::fmt;

use super::{entropy::Pepper, id::KeyId, key_digest::KeyDigest, kind::KeyKind};

/// A text in the form of a key, as a caller presents it. Nothing is proven yet.
///
/// Next, look up its [`id`](Self::id), and compare its [`digest`](Self::digest) with the stored one.
pub struct PresentedKey<'a> {
    text: &'a str,
    id: KeyId,
    origin: Origin,
}

/// Who issued a key, by its form.
enum Origin {
    Own(KeyKind),
    /// With the digest of the text without pepper, of which the id was made.
    Foreign(KeyDigest),
}

impl<'a> PresentedKey<'a> {
    pub(super) const fn own(text: &'a str, kind: KeyKind, id: KeyId) -> Self {
        Self { text, id, origin: Origin::Own(kind) }
    }

    pub(super) fn foreign(text: &'a str) -> Self {
        let digest = KeyDigest::of(text, None);
        Self { text, id: KeyId::of_imported(&digest), origin: Origin::Foreign(digest) }
    }

    /// The id to look up; for a credential issued elsewhere, [made from its digest](KeyId::of_imported).
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The kind in the text, which the record must have too; `None` for a credential issued elsewhere.
    pub const fn kind(&self) -> Option<KeyKind> {
        match self.origin {
            Origin::Own(kind) => Some(kind),
            Origin::Foreign(_) => None,
        }
    }

    /// The digest of the text, to be compared with the one that is stored.
    #[inline]
    pub fn digest(&self, pepper: Option<&Pepper>) -> KeyDigest {
        match (&self.origin, pepper) {
            (Origin::Foreign(digest), None) => digest.clone(),
            _ => KeyDigest::of(self.text, pepper),
        }
    }

    /// The text that was presented: the secret itself. Don't log it.
    pub const fn reveal(&self) -> &'a str {
        self.text
    }
}

/// Redacted: `PresentedKey { kind: Some(OperatorKey), id: KeyId("3Mzw0NkSqrzDXX"), secret:
/// [redacted] }`.
impl fmt::Debug for PresentedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedKey")
            .field("kind", &self.kind())
            .field("id", &self.id)
            .field("secret", &format_args!("[redacted]"))
            .finish()
    }
}
