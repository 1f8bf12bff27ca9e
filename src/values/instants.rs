//! Points in time, in nanoseconds from the start of the year 0 in UTC to the end of 9999.

use alloc::string::{String, ToString};

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::value_problem::{Range, ValueProblem};
use crate::time::{Rfc3339 as Written, Timestamp};

const SECOND: i128 = 1_000_000_000;
/// 0000-01-01T00:00:00Z, in nanoseconds since 1970.
const START: i128 = -62_167_219_200 * SECOND;
/// 10000-01-01T00:00:00Z.
const END: i128 = 253_402_300_800 * SECOND;
pub(super) const LAST: u128 = (END - START - 1).unsigned_abs();

#[inline]
fn of_nanos(nanos: i128) -> Option<u128> {
    (START..END).contains(&nanos).then(|| nanos.wrapping_sub(START).unsigned_abs())
}

pub(super) fn of(time: Timestamp) -> Option<u128> {
    of_nanos(i128::from(time.as_millis()).saturating_mul(1_000_000))
}

/// The number of the point in time that this is in RFC 3339. What is finer than a nanosecond is cut off; a leap second is
/// the last nanosecond before it.
#[inline]
pub(super) fn number(text: &str) -> Option<u128> {
    // RFC 3339, section 5.6, has `T` here; the library takes any character.
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    of_nanos(time.unix_timestamp_nanos())
}

pub(super) fn text(number: u128) -> String {
    let nanos = i128::try_from(number.min(LAST)).unwrap_or(0).saturating_add(START);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).map_or_else(|_| String::new(), |time| Written(time).to_string())
}

/// `a..b`, `a..` or `..b`: from the first on, before the second.
pub(super) fn parse(value: &str) -> Result<Range, ValueProblem> {
    let form =
        "a time is a range, `2026-01-01T00:00:00Z..2026-02-01T00:00:00Z`, with the end excluded, or open at one end";
    let (from, before) = value.split_once("..").ok_or(ValueProblem::Form { form })?;
    if from.is_empty() && before.is_empty() {
        return Err(ValueProblem::NoEnd);
    }
    let first = if from.is_empty() { 0 } else { end(from)? };
    let last = if before.is_empty() { Some(LAST) } else { end(before)?.checked_sub(1) };
    let hint = "the earlier end comes first, and the later one is excluded";
    last.filter(|last| first <= *last).map(|last| (first, last)).ok_or(ValueProblem::Empty { hint })
}

fn end(text: &str) -> Result<u128, ValueProblem> {
    let form =
        "a time is written as in RFC 3339, `2026-01-01T00:00:00Z` or `2026-01-01T01:00:00+01:00`, and must exist";
    let number = number(text).ok_or(ValueProblem::Form { form })?;
    let digits = text.split_once('.').map_or("", |(_, after)| after).bytes().take_while(u8::is_ascii_digit);
    if digits.count() > 9 {
        return Err(ValueProblem::Beyond { limits: "a second has at most 9 decimals" });
    }
    Ok(number)
}
