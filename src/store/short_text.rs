//! A text that is kept where it stands as long as it is short.

use alloc::boxed::Box;
use core::str;

/// Most ids of actors are short: a million of them need no memory of their own then.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum ShortText {
    /// So many of the bytes; the others are zero.
    Inline(u8, [u8; MOST]),
    Boxed(Box<str>),
}

/// As many bytes as fit in three words.
const MOST: usize = 22;

impl ShortText {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Inline(length, bytes) => {
                let text = bytes.get(..usize::from(*length));
                text.and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
            }
            Self::Boxed(text) => text,
        }
    }
}

impl From<&str> for ShortText {
    fn from(text: &str) -> Self {
        let mut bytes = [0; MOST];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                Self::Inline(length, bytes)
            }
            _ => Self::Boxed(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_what_it_was() {
        for length in [0, 1, 21, 22, 23, 128] {
            let text = "x".repeat(length);
            let short = ShortText::from(&*text);
            assert_eq!(short.as_str(), text);
            assert!(short == ShortText::from(&*text) && short != ShortText::from(&*"x".repeat(length + 1)));
        }
        assert_eq!(ShortText::from("zwölf Boxkämpfer").as_str(), "zwölf Boxkämpfer");
        assert_eq!(size_of::<ShortText>(), 24);
    }
}
