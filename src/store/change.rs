//! Changes to records, each with the version that it expects, so that none is lost.

use super::record::KeyRecord;
use crate::key::KeyId;

/// One change to what a store holds.
///
/// ```
/// # use keyward::{key::{KeyDigest, KeyId, KeyKind}, store::{KeyRecord, KeyState}};
/// use keyward::store::KeyChange;
///
/// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
/// # let stored = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
/// let change = stored.change(|record| record.with_state(KeyState::Revoked));
/// assert!(matches!(change, KeyChange::Update { expected: 1, record } if record.version() == 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store that doesn't know a kind of change must not compile")]
pub enum KeyChange {
    /// A new record. The store refuses an id that it has.
    Insert(KeyRecord),
    /// Another record for the same id, where the stored one still has this version.
    Update {
        /// The version that must be stored now.
        expected: u64,
        /// What is stored instead. Its own version is one more.
        record: KeyRecord,
    },
    /// No record for the id any more, where the stored one still has this version. A record that is inserted
    /// later under the same id starts its versions anew: revoke keys, and remove their records only when nobody
    /// holds an old one.
    Remove {
        /// The version that must be stored now.
        expected: u64,
        /// The id.
        id: KeyId,
    },
}

impl KeyChange {
    /// The id of the record that it changes.
    pub fn id(&self) -> KeyId {
        match self {
            Self::Insert(record) | Self::Update { record, .. } => record.id(),
            Self::Remove { id, .. } => *id,
        }
    }

    /// The version that must be stored now, or none where nothing may be.
    pub fn expected(&self) -> Option<u64> {
        match self {
            Self::Insert(_) => None,
            Self::Update { expected, .. } | Self::Remove { expected, .. } => Some(*expected),
        }
    }

    /// What is stored afterwards, or none where nothing is.
    pub fn record(&self) -> Option<&KeyRecord> {
        match self {
            Self::Insert(record) | Self::Update { record, .. } => Some(record),
            Self::Remove { .. } => None,
        }
    }

    /// Whether a store that has this version under the id, or nothing, may make the change.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Duplicate`] where an id that is to be new is there, [`ChangeError::Conflict`] where a
    /// record has another version than expected, or is gone, and for an update whose own version is not one more
    /// than it expects.
    ///
    /// ```
    /// # use keyward::{key::KeyId, store::KeyChange};
    /// # let id = KeyId::parse("00000000000000")?;
    /// let remove = KeyChange::Remove { expected: 1, id };
    /// assert!(remove.check::<()>(Some(1)).is_ok());
    /// assert!(remove.check::<()>(Some(2)).is_err());
    /// assert!(remove.check::<()>(None).is_err());
    /// # Ok::<(), keyward::key::KeyIdError>(())
    /// ```
    pub fn check<E>(&self, stored: Option<u64>) -> Result<(), ChangeError<E>> {
        match self {
            Self::Insert(_) if stored.is_some() => Err(ChangeError::Duplicate { id: self.id() }),
            // A version that doesn't count up would let the same change, or a stale one, be made again.
            Self::Update { expected, record } if expected.checked_add(1) != Some(record.version()) => {
                Err(ChangeError::Conflict { id: self.id() })
            }
            _ if stored != self.expected() => Err(ChangeError::Conflict { id: self.id() }),
            _ => Ok(()),
        }
    }
}

impl KeyRecord {
    /// The change that takes this record away, as it was found.
    pub fn removal(&self) -> KeyChange {
        KeyChange::Remove { expected: self.version(), id: self.id() }
    }

    /// The change from this record, as it was found, to what `change` makes of it, at the next version. The id
    /// stays, whatever `change` does.
    pub fn change(&self, change: impl FnOnce(Self) -> Self) -> KeyChange {
        let version = self.version.saturating_add(1);
        KeyChange::Update { expected: self.version, record: Self { id: self.id, version, ..change(self.clone()) } }
    }
}

/// Changes that were not made; none of them was.
///
/// ```
/// # use keyward::{key::KeyId, store::ChangeError};
/// let refused = ChangeError::<std::io::Error>::Conflict { id: KeyId::parse("00000000000000")? };
/// assert_eq!(refused.to_string(), "key `00000000000000` was changed meanwhile");
/// # Ok::<(), keyward::key::KeyIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError<E> {
    /// The id that was to be new is there already.
    #[error("key `{id}` is there already")]
    Duplicate {
        /// The id.
        id: KeyId,
    },
    /// The record has another version than expected, or is gone: read it again, and decide again.
    #[error("key `{id}` was changed meanwhile")]
    Conflict {
        /// The id.
        id: KeyId,
    },
    /// The store itself failed.
    #[error("the store failed")]
    Store(#[source] E),
}
