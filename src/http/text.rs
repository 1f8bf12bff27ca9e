//! Text that came from outside: is it a name, and how is it quoted in a message.

use alloc::string::String;

/// How many characters of a foreign text a message repeats.
const EXCERPT: usize = 64;

/// Whether `text` is a `token` of RFC 9110, section 5.6.2: what a method and a field name are made of.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// `text` as a message may repeat it: escaped, and cut where it gets long.
pub(super) fn excerpt(text: &str) -> String {
    let mut characters = text.chars();
    let mut quoted: String = characters.by_ref().take(EXCERPT).flat_map(char::escape_debug).collect();
    if characters.next().is_some() {
        quoted.push_str("...");
    }
    quoted
}

/// An entry that a sorted list holds twice.
pub(super) fn repeated(sorted: &[String]) -> Option<&str> {
    sorted.iter().zip(sorted.iter().skip(1)).find(|(one, next)| one == next).map(|(one, _)| one.as_str())
}

const fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
    ) || byte.is_ascii_alphanumeric()
}
