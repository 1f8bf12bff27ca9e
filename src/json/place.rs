//! Where in a document something is.

use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::text::excerpt;

/// A place in a text, both counted from one; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a place in a text is a line and a column")]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// A path from a document's root, written as a normalised JSONPath (RFC 9535), in the dotted form where a key
/// is a plain name.
///
/// ```
/// let refused = keyward::json::Json::parse(r#"{"a": [1, {"b c": 1, "b c": 2}]}"#).unwrap_err();
/// assert_eq!(refused.path().to_string(), "$.a[1]['b c']");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonPath(pub(super) Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Index(index) => write!(f, "[{index}]"),
            Segment::Key(key) if is_plain(key) => write!(f, ".{key}"),
            Segment::Key(key) => write!(f, "['{}']", excerpt(key)),
        })
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
