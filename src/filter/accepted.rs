//! Accepted texts as the integers and booleans that they also are.
//!
//! A condition matches as text: an integer by its canonical decimal form, a boolean as `true` or `false`. A
//! store with types is asked the other way round: which integers have one of these texts as their form? `01`,
//! `+1`, `1.0` and `-0` are no integer's.

use alloc::string::String;
use core::ops::RangeInclusive;

/// What [`Json`](crate::Json) and `serde_json` read as an integer; beyond it they read a float.
pub(super) const JSON_INTEGERS: RangeInclusive<i128> = (i64::MIN as i128)..=(u64::MAX as i128);
/// A signed integer of 64 bits.
pub(super) const SIGNED: RangeInclusive<i128> = (i64::MIN as i128)..=(i64::MAX as i128);

/// The integer whose canonical decimal form this is.
pub(super) fn integer(text: &str, within: &RangeInclusive<i128>) -> Option<i128> {
    let integer = text.parse::<i128>().ok()?;
    (itoa::Buffer::new().format(integer) == text && within.contains(&integer)).then_some(integer)
}

/// The boolean whose form this is.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The accepted texts that are integers in a JSON document, as they are written there.
pub(super) fn json_integers<'a>(values: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    values.filter(|text| integer(text, &JSON_INTEGERS).is_some()).map(String::from)
}
