//! The headers that a pre-flight asks for, read line by line within bounds, and answered.

use alloc::borrow::Cow;
use core::str;

use super::{answer::Refusal, headers::HeaderRule};
use crate::http::token::is_token;

/// More than servers take of headers altogether: no browser asks for as much.
const MAX_BYTES: usize = 8 * 1024;
/// Empty elements are legal (RFC 9110, 5.6.1.2) within reason; no browser sends any.
const MAX_EMPTY: usize = 16;

/// What the lines of `Access-Control-Request-Headers` ask for, as far as they have been read.
pub(super) struct Requested<'a> {
    /// The list that goes back: the line itself, if it is the only one and clean.
    names: Result<Option<Cow<'a, str>>, Refusal<'a>>,
    bytes_left: usize,
    empty_left: usize,
}

impl<'a> Requested<'a> {
    pub(super) fn new() -> Self {
        Self { names: Ok(None), bytes_left: MAX_BYTES, empty_left: MAX_EMPTY }
    }

    /// Reads one more line, unless an earlier one was refused.
    pub(super) fn read(&mut self, line: &'a [u8], rule: &HeaderRule) {
        if let Ok(names) = &mut self.names {
            let before = names.take();
            self.names = self.check(line, rule).map(|line| joined(before, line));
        }
    }

    /// The value of `Access-Control-Allow-Headers`, if every header asked for is allowed.
    pub(super) fn answer(self, wildcard: Option<&'a str>) -> Result<Option<Cow<'a, str>>, Refusal<'a>> {
        Ok(self.names?.map(|names| wildcard.map_or(names, Cow::Borrowed)))
    }

    fn check(&mut self, line: &'a [u8], rule: &HeaderRule) -> Result<&'a str, Refusal<'a>> {
        self.bytes_left = self.bytes_left.checked_sub(line.len()).ok_or(Refusal::Malformed)?;
        let line = str::from_utf8(line).map_err(|_| Refusal::Malformed)?;
        for name in elements(line) {
            if name.is_empty() {
                self.empty_left = self.empty_left.checked_sub(1).ok_or(Refusal::Malformed)?;
            } else if !is_token(name) {
                return Err(Refusal::Malformed);
            } else if !rule.covers(name) {
                return Err(Refusal::Header(name));
            }
        }
        Ok(line)
    }
}

/// The list, with the names of one more line added.
fn joined<'a>(before: Option<Cow<'a, str>>, line: &'a str) -> Option<Cow<'a, str>> {
    let is_clean = !line.contains([' ', '\t']) && line.split(',').all(|name| !name.is_empty());
    if before.is_none() && is_clean {
        return Some(Cow::Borrowed(line));
    }
    elements(line).filter(|name| !name.is_empty()).fold(before, |list, name| {
        let Some(mut list) = list else { return Some(Cow::Borrowed(name)) };
        list.to_mut().extend([",", name]);
        Some(list)
    })
}

/// The elements of a list (RFC 9110, 5.6.1), without the white space around them.
fn elements(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|name| name.trim_matches([' ', '\t']))
}
