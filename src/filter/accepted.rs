//! Accepted texts as values of other types.
//!
//! A condition matches a value by its text: an integer by its canonical decimal form, a boolean by `true` or `false`, a uuid
//! by its canonical form. A query of a store with types needs the opposite: the integers, booleans and uuids whose texts are
//! accepted. `01`, `+1`, `1.0` and `-0` are the text of no integer, and a uuid in capitals is the text of none.

use core::ops::RangeInclusive;

/// What [`Json`](crate::json::Json) and `serde_json` read as an integer; beyond it they read a float.
pub(super) const JSON_INTEGERS: RangeInclusive<i128> = (i64::MIN as i128)..=(u64::MAX as i128);
/// A signed integer of 64 bits.
pub(super) const SIGNED: RangeInclusive<i128> = (i64::MIN as i128)..=(i64::MAX as i128);
/// What [`Value`](crate::Value) holds as an integer.
pub(super) const WIDE: RangeInclusive<i128> = i128::MIN..=i128::MAX;

/// The integer whose canonical decimal form this is.
pub(super) fn integer(text: &str, within: &RangeInclusive<i128>) -> Option<i128> {
    let integer = text.parse::<i128>().ok()?;
    (itoa::Buffer::new().format(integer) == text && within.contains(&integer)).then_some(integer)
}

/// The boolean whose form this is.
pub(super) fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// Whether this is the form of a boolean.
pub(super) fn is_boolean(text: &str) -> bool {
    boolean(text).is_some()
}

/// Whether this is an integer of a JSON document as it is written there.
pub(super) fn is_json_integer(text: &str) -> bool {
    integer(text, &JSON_INTEGERS).is_some()
}

/// Whether this is the canonical form of a uuid: 32 hexadecimal digits in lower case, in groups of 8, 4, 4, 4 and
/// 12 with a hyphen between (RFC 9562, section 4).
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => is_digit(byte),
        })
}

/// Whether this is the form of an `ObjectId` of MongoDB: 24 hexadecimal digits in lower case.
pub(super) fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(is_digit)
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
