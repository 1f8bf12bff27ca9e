//! Points in time, which the host hands in: the crate reads no clock.

use core::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, as the platform's documents count.
///
/// ```
/// use std::time::Duration;
/// use keyward::Timestamp;
///
/// let issued = Timestamp::from_millis(1_000);
/// assert_eq!(issued.checked_add(Duration::from_secs(1)), Some(Timestamp::from_millis(2_000)));
/// assert_eq!(Timestamp::MAX.checked_add(Duration::from_millis(1)), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last point in time.
    pub const MAX: Self = Self(u64::MAX);

    /// This many milliseconds after the start of 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time after `duration`, in whole milliseconds; `None` past [`MAX`](Self::MAX).
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        u64::try_from(duration.as_millis()).ok().and_then(|millis| self.0.checked_add(millis)).map(Self)
    }
}

/// A time before 1970 comes from a clock that is wrong. It becomes [`Timestamp::MAX`], at which every key that expires
/// has expired.
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use keyward::Timestamp;
///
/// assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_secs(1)), Timestamp::from_millis(1_000));
/// assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_secs(1)), Timestamp::MAX);
/// ```
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        let since = time.duration_since(std::time::UNIX_EPOCH).ok();
        since.and_then(|since| u64::try_from(since.as_millis()).ok()).map_or(Self::MAX, Self)
    }
}
