//! The headers that a pre-flight asks for, read line by line within bounds, and answered.

use alloc::{borrow::Cow, string::String};
use core::str;

use super::{answer::Refusal, headers::HeaderRule};
use crate::http::token::is_token;

/// More than servers take of headers altogether: no browser asks for as much.
const MAX_BYTES: usize = 8 * 1024;
/// Empty elements are legal (RFC 9110, 5.6.1.2) within reason; no browser sends any.
const MAX_EMPTY: usize = 16;

/// What the lines of `Access-Control-Request-Headers` ask for, as far as they have been read.
pub(super) struct Requested<'a> {
    names: Result<Names<'a>, Refusal<'a>>,
    bytes_left: usize,
    empty_left: usize,
}

impl<'a> Requested<'a> {
    pub(super) fn new() -> Self {
        Self { names: Ok(Names::None), bytes_left: MAX_BYTES, empty_left: MAX_EMPTY }
    }

    /// Reads one line more; after the first thing that is refused, none.
    pub(super) fn read(&mut self, line: &'a [u8], rule: &HeaderRule) {
        if let Ok(names) = &mut self.names {
            let before = core::mem::replace(names, Names::None);
            self.names = self.check(line, rule).map(|line| before.and(line));
        }
    }

    /// The value of `Access-Control-Allow-Headers`, if every header asked for is let in.
    pub(super) fn answer(self, wildcard: Option<&'a str>) -> Result<Option<Cow<'a, str>>, Refusal<'a>> {
        Ok(match (self.names?, wildcard) {
            (Names::None, _) => None,
            (_, Some(wildcard)) => Some(Cow::Borrowed(wildcard)),
            (Names::Line(line), None) => Some(Cow::Borrowed(line)),
            (Names::Joined(names), None) => Some(Cow::Owned(names)),
        })
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

/// What was asked for, as it goes back: the line itself, if it is the only one and clean.
enum Names<'a> {
    None,
    Line(&'a str),
    Joined(String),
}

impl<'a> Names<'a> {
    fn and(self, line: &'a str) -> Self {
        let is_clean = !line.contains([' ', '\t']) && line.split(',').all(|name| !name.is_empty());
        let mut names = elements(line).filter(|name| !name.is_empty());
        match self {
            Self::None if is_clean => Self::Line(line),
            Self::None => match names.next() {
                None => Self::None,
                Some(first) => Self::Joined(names.fold(first.into(), push)),
            },
            Self::Line(before) => Self::Joined(names.fold(before.into(), push)),
            Self::Joined(before) => Self::Joined(names.fold(before, push)),
        }
    }
}

/// The elements of a list (RFC 9110, 5.6.1), without the white space around them.
fn elements(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|name| name.trim_matches([' ', '\t']))
}

fn push(mut list: String, name: &str) -> String {
    list.push(',');
    list.push_str(name);
    list
}
