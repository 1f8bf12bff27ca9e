//! The headers that a pre-flight asks for, read within bounds and answered.

use alloc::borrow::Cow;
use alloc::string::String;
use core::str;

use super::answer::Refusal;
use super::policy::Policy;
use crate::http::text::is_token;

/// More than servers take of headers altogether: no browser asks for as much.
const MAX_BYTES: usize = 8 * 1024;
/// Empty elements are legal (RFC 9110, 5.6.1.2) within reason; no browser sends any.
const MAX_EMPTY: usize = 16;

/// The value of `Access-Control-Allow-Headers`, if every header asked for is let in.
pub(super) fn requested_headers<'a, L>(
    policy: &Policy,
    lines: L,
) -> Result<Option<Cow<'a, str>>, Refusal<'a>>
where
    L: Iterator<Item = &'a [u8]>,
{
    let rule = &policy.request_headers;
    // Under credentials `*` would be the name of a header: the names themselves are answered.
    let wildcard = rule.wildcard().filter(|_| !policy.credentials);
    let mut answer = Echo::Nothing;
    let (mut bytes_left, mut empty_left) = (MAX_BYTES, MAX_EMPTY);
    for line in lines {
        bytes_left = bytes_left
            .checked_sub(line.len())
            .ok_or(Refusal::Malformed)?;
        let line = str::from_utf8(line).map_err(|_| Refusal::Malformed)?;
        for name in names_in(line) {
            match name {
                Ok("") => empty_left = empty_left.checked_sub(1).ok_or(Refusal::Malformed)?,
                Ok(name) if rule.covers(name) => {}
                Ok(name) => return Err(Refusal::Header(name)),
                Err(NotAToken) => return Err(Refusal::Malformed),
            }
        }
        answer = answer.and(line);
    }
    Ok(match (answer, wildcard) {
        (Echo::Nothing, _) => None,
        (_, Some(wildcard)) => Some(Cow::Borrowed(wildcard)),
        (Echo::Line(line), None) => Some(Cow::Borrowed(line)),
        (Echo::Joined(names), None) => Some(Cow::Owned(names)),
    })
}

/// The elements of a list, white space around them removed; an empty one is empty.
fn names_in(line: &str) -> impl Iterator<Item = Result<&str, NotAToken>> {
    line.split(',').map(|name| {
        let name = name.trim_matches([' ', '\t']);
        if name.is_empty() || is_token(name) {
            Ok(name)
        } else {
            Err(NotAToken)
        }
    })
}

struct NotAToken;

/// What was asked for, as it goes back: the line itself, if it is the only one and clean.
enum Echo<'a> {
    Nothing,
    Line(&'a str),
    Joined(String),
}

impl<'a> Echo<'a> {
    fn and(self, line: &'a str) -> Self {
        let mut names = line
            .split(',')
            .map(|name| name.trim_matches([' ', '\t']))
            .filter(|name| !name.is_empty());
        let clean = !line.contains([' ', '\t']) && line.split(',').all(|name| !name.is_empty());
        match self {
            Self::Nothing if clean => Self::Line(line),
            Self::Nothing => match names.next() {
                None => Self::Nothing,
                Some(first) => Self::Joined(names.fold(String::from(first), push)),
            },
            Self::Line(before) => Self::Joined(names.fold(String::from(before), push)),
            Self::Joined(before) => Self::Joined(names.fold(before, push)),
        }
    }
}

fn push(mut list: String, name: &str) -> String {
    list.push(',');
    list.push_str(name);
    list
}
