//! The two kinds of key.

use core::fmt;

use super::text_form::serde_as_text;

/// Which of the two kinds a key is.
///
/// It is exhaustive on purpose: a third kind would have to be handled by every `match` that decides
/// who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The key of a person: owner or collaborator of an account.
    OperatorKey,
    /// The token of a service, or of an anonymous user behind it.
    AccessToken,
}

impl KeyKind {
    /// Both kinds, in the order of their declaration.
    pub const ALL: [Self; 2] = [Self::OperatorKey, Self::AccessToken];

    /// The two letters that name the kind in the text of a key: `op` or `at`.
    pub const fn tag(self) -> &'static str {
        self.texts().0
    }

    pub(super) const fn of_tag(tag: [u8; 2]) -> Option<Self> {
        match &tag {
            b"op" => Some(Self::OperatorKey),
            b"at" => Some(Self::AccessToken),
            _ => None,
        }
    }

    /// In documents.
    const fn name(self) -> &'static str {
        self.texts().1
    }

    /// The kind in the text of a key, in documents and in messages.
    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::OperatorKey => ("op", "operatorKey", "operator key"),
            Self::AccessToken => ("at", "accessToken", "access token"),
        }
    }
}

/// The words for a log: `operator key` or `access token`.
impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.texts().2)
    }
}

serde_as_text!(
    KeyKind,
    name,
    |text| Self::ALL.into_iter().find(|kind| kind.name() == text),
    "`operatorKey` or `accessToken`"
);
