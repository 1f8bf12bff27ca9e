//! Integers of 128 bits, as numbers from the lowest up.

use alloc::string::{String, ToString};
use core::cmp::Ordering;

use super::value_problem::{Range, ValueProblem};

pub(super) const LAST: u128 = u128::MAX;
const SIGN: u128 = 1 << 127;

/// The number of an integer: their order is the same.
#[inline]
pub(super) fn of(integer: i128) -> u128 {
    u128::from_ne_bytes(integer.to_ne_bytes()) ^ SIGN
}

pub(super) fn integer(number: u128) -> i128 {
    i128::from_ne_bytes((number ^ SIGN).to_ne_bytes())
}

pub(super) fn text(number: u128) -> String {
    integer(number).to_string()
}

/// The number of the integer whose canonical decimal form this is.
#[inline]
pub(super) fn number(text: &str) -> Option<u128> {
    if !is_canonical(text) {
        return None;
    }
    // What has fewer digits than 64 bits hold is read faster.
    if text.len() < 19 { text.parse::<i64>().ok().map(|short| of(short.into())) } else { text.parse().ok().map(of) }
}

fn is_canonical(text: &str) -> bool {
    let digits = text.strip_prefix('-');
    match digits.unwrap_or(text).as_bytes() {
        [b'0'] => digits.is_none(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// `7`, `1..9`, `..9` or `1..`, both ends included.
pub(super) fn parse(value: &str) -> Result<Range, ValueProblem> {
    let Some((first, last)) = value.split_once("..") else {
        let only = end(value)?;
        return Ok((only, only));
    };
    if first.is_empty() && last.is_empty() {
        return Err(ValueProblem::NoEnd);
    }
    let first = if first.is_empty() { 0 } else { end(first)? };
    let last = if last.is_empty() { LAST } else { end(last)? };
    match first.cmp(&last) {
        Ordering::Greater => Err(ValueProblem::Empty { hint: "the lower end comes first" }),
        _ => Ok((first, last)),
    }
}

fn end(text: &str) -> Result<u128, ValueProblem> {
    if let Some(number) = number(text) {
        return Ok(number);
    }
    let is_negative = text.starts_with('-');
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueProblem::Form { form: "an integer is written `7`, a range `1..9`, `..9` or `1..`" });
    }
    if is_canonical(text) {
        return Err(ValueProblem::Beyond { limits: "integers have 128 bits" });
    }
    let rest = digits.trim_start_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    let meant = if is_negative && rest != "0" { String::from_iter(["-", rest]) } else { rest.into() };
    Err(ValueProblem::NotCanonical { meant: meant.into() })
}
