//! Replacing a key by a new one for the same actor.

use core::time::Duration;

use super::{
    change::KeyChange,
    record::{KeyRecord, KeyState, Strictness},
};
use crate::{
    key::{NewKey, SecretKey},
    time::Timestamp,
};

/// The two changes of a rotation, to be made together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "nothing is replaced before the changes are applied"]
pub struct Rotation {
    changes: [KeyChange; 2],
}

impl Rotation {
    /// The longest grace: seven days.
    pub const MAX_GRACE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// The changes, for [`WritableKeyStore::apply`](super::WritableKeyStore::apply).
    pub fn changes(&self) -> &[KeyChange] {
        &self.changes
    }
}

impl KeyRecord {
    /// Replaces the key by a new one with the same account, actor, roles, conditions and expiry.
    ///
    /// The old one ends at once where `grace` is zero, as it must when it was compromised; otherwise both are
    /// good for that long, and never past the old one's own expiry. A key is replaced once: one that is in its
    /// grace can't be rotated again, its successor can; that doesn't end the first one's grace, which is revoked by a
    /// change of its own where it must end.
    ///
    /// # Errors
    ///
    /// [`RotateError`] for a key that is revoked, expired or replaced already, a new key of the other kind or with
    /// the old one's id, a grace of more than [`Rotation::MAX_GRACE`] or beyond the end of time, and the time
    /// [`Timestamp::MAX`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use keyward::{
    ///     Timestamp,
    ///     key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
    ///     store::{KeyRecord, KeyStore, MemoryStore, WritableKeyStore},
    /// };
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let (first, second) = (KeyEntropy::take(&mut [1; 32])?, KeyEntropy::take(&mut [2; 32])?);
    /// let old = format.generate_operator_key(first, None);
    /// let record = KeyRecord::new(KeyKind::OperatorKey, old.id, old.digest, "acme", "olivia")?;
    /// let store = MemoryStore::from_records([record.clone()])?;
    ///
    /// let new = format.generate_operator_key(second, None);
    /// let now = Timestamp::from_millis(1_000);
    /// store.apply(record.rotate(&new, now, Duration::from_secs(60))?.changes())?;
    ///
    /// let old = store.find(old.id)?.unwrap();
    /// assert_eq!(old.expires(), Some(Timestamp::from_millis(61_000)));
    /// assert!(store.find(new.id)?.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rotate<K: SecretKey>(
        &self,
        new: &NewKey<K>,
        now: Timestamp,
        grace: Duration,
    ) -> Result<Rotation, RotateError> {
        match self.state() {
            KeyState::Active => {}
            KeyState::Replaced => return Err(RotateError::Replaced),
            KeyState::Revoked => return Err(RotateError::Revoked),
        }
        if self.expires().is_some_and(|expires| expires <= now) {
            return Err(RotateError::Expired);
        }
        // The successor would be good from then on, which is never.
        if now == Timestamp::MAX {
            return Err(RotateError::EndOfTime);
        }
        if K::KIND != self.kind() {
            return Err(RotateError::OtherKind);
        }
        if new.id == self.id() {
            return Err(RotateError::SameId);
        }
        if grace > Rotation::MAX_GRACE {
            return Err(RotateError::GraceTooLong);
        }
        let end = match (now.checked_add(grace), self.expires()) {
            (Some(end), Some(expires)) => expires.min(end),
            (Some(end), None) | (None, Some(end)) => end,
            (None, None) => return Err(RotateError::GraceTooLong),
        };
        let state = if grace.is_zero() { KeyState::Revoked } else { KeyState::Replaced };
        let (id, digest) = (new.id, new.digest.clone());
        let successor =
            Self { id, digest, created: now, version: 1, strictness: Strictness::default(), ..self.clone() };
        let retired = self.change(|record| record.with_state(state).with_expiry(Some(end)));
        Ok(Rotation { changes: [KeyChange::Insert(successor), retired] })
    }
}

/// A key that can't be replaced.
///
/// ```
/// use keyward::store::RotateError;
///
/// assert_eq!(RotateError::Expired.to_string(), "an expired key can't be replaced: end it, and make a new one");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// It is revoked.
    #[error("a revoked key can't be replaced")]
    Revoked,
    /// It has expired.
    #[error("an expired key can't be replaced: end it, and make a new one")]
    Expired,
    /// It was replaced already: its successor can be.
    #[error("the key was replaced already: replace its successor")]
    Replaced,
    /// The new key is of the other kind.
    #[error("the new key is of another kind than the old one")]
    OtherKind,
    /// The new key has the id of the old one.
    #[error("the new key has the id of the old one")]
    SameId,
    /// The time is [`Timestamp::MAX`], which is what a clock says that can't be believed.
    #[error("the clock says the end of time: no key is made or replaced then")]
    EndOfTime,
    /// The grace is longer than it may be.
    #[error("the grace is too long: the most is seven days, and less where the host says so")]
    GraceTooLong,
}
