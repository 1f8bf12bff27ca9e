//! Whether a key is in use at a time.

use super::record::{KeyRecord, KeyState};
use crate::time::Timestamp;

/// How a key stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new way to be out of use must break every match")]
pub enum KeyStanding {
    /// In use.
    InUse,
    /// Ended for good: revoked, or replaced without grace.
    Revoked,
    /// Its time is over.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// Its time has not come.
    NotYetValid {
        /// When it starts.
        from: Timestamp,
    },
}

impl KeyRecord {
    /// Whether the key is in use at that time, whoever presents it. It is from its creation and its not-before on,
    /// whichever is later, until its expiry, and at that moment no more; one that was replaced is for as long as its
    /// grace lasts. At [`Timestamp::MAX`], which is what a clock says that can't be believed, no key that has an expiry
    /// or a not-before is in use. Where several reasons are against it, the one that lasts is told: revoked, expired, not valid yet.
    ///
    /// ```
    /// use keyward::{Timestamp, key::{KeyDigest, KeyId, KeyKind}, store::{KeyRecord, KeyStanding, KeyState}};
    ///
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let [start, end] = [1_000, 2_000].map(Timestamp::from_millis);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?
    ///     .with_not_before(Some(start))
    ///     .with_expiry(Some(end));
    ///
    /// assert_eq!(record.standing(start), KeyStanding::InUse);
    /// assert_eq!(record.standing(Timestamp::from_millis(999)), KeyStanding::NotYetValid { from: start });
    /// assert_eq!(record.standing(end), KeyStanding::Expired { at: end });
    /// assert_eq!(record.with_state(KeyState::Revoked).standing(start), KeyStanding::Revoked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn standing(&self, now: Timestamp) -> KeyStanding {
        match self.state() {
            KeyState::Active => {}
            // Its grace ends with it: one that has no end was never in grace.
            KeyState::Replaced if self.expires().is_some() => {}
            KeyState::Replaced | KeyState::Revoked => return KeyStanding::Revoked,
        }
        if let Some(at) = self.expires().filter(|at| *at <= now) {
            return KeyStanding::Expired { at };
        }
        // A clock that was set back must not make a key good before it was made.
        let from = self.not_before().map_or(self.created(), |from| from.max(self.created()));
        // A clock that can't be believed says the end of time: no key that waits for its time is good then.
        let waits = now == Timestamp::MAX && self.not_before().is_some();
        if now < from || waits { KeyStanding::NotYetValid { from } } else { KeyStanding::InUse }
    }
}
