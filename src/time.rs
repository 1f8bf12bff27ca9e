//! Points in time, which the host hands in: the crate reads no clock.

use core::{fmt, time::Duration};

use ::time::OffsetDateTime;
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

/// In RFC 3339, `2026-01-01T00:00:00Z`; past the year 9999, which it can't say, the milliseconds.
///
/// ```
/// use keyward::Timestamp;
///
/// assert_eq!(Timestamp::from_millis(1_500).to_string(), "1970-01-01T00:00:01.5Z");
/// ```
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0).saturating_mul(1_000_000);
        match OffsetDateTime::from_unix_timestamp_nanos(nanos) {
            Ok(time) => Rfc3339(time).fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// A time in UTC, in RFC 3339.
pub(crate) struct Rfc3339(pub(crate) OffsetDateTime);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, clock) = (self.0.date(), self.0.time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), u8::from(date.month()), date.day())?;
        write!(f, "{:02}:{:02}:{:02}", clock.hour(), clock.minute(), clock.second())?;
        let (mut fraction, mut digits) = (clock.nanosecond(), 9_usize);
        while fraction != 0 && fraction % 10 == 0 {
            (fraction, digits) = (fraction / 10, digits.saturating_sub(1));
        }
        if fraction != 0 {
            write!(f, ".{fraction:0digits$}")?;
        }
        f.write_str("Z")
    }
}
