//! From text to [`Json`], and from a path back to its line and column.

use alloc::{borrow::Cow, format, string::ToString, vec::Vec};
use core::cell::RefCell;

use indexmap::IndexMap;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;

use super::{
    document_error::{DocumentError, DocumentProblem},
    node::Node,
    place::{JsonPath, Position, Segment},
    strict::{Strict, Trail},
    tree::{Json, Keyed},
};

impl Json {
    /// Reads a text that is one JSON value.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], with line, column and path: for a text that is no JSON (`{"a": 1,}`, an empty or
    /// truncated one, one with something after its end), an object that has a key twice, nesting deeper than
    /// [`MAX_DEPTH`](Self::MAX_DEPTH), and a text of more than [`MAX_BYTES`](Self::MAX_BYTES).
    ///
    /// ```
    /// use keyward::json::Json;
    ///
    /// assert_eq!(Json::parse("[1, null]")?, Json::List(vec![Json::Integer(1), Json::Null]));
    /// assert!(Json::parse("").is_err());
    /// # Ok::<(), keyward::json::DocumentError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let refuse = |problem| {
            let start = Position { line: 1, column: 1 };
            Err(DocumentError::new(JsonPath::default(), problem).at(Some(start)))
        };
        if text.len() > Self::MAX_BYTES {
            return refuse(DocumentProblem::TooLarge { bytes: text.len(), most: Self::MAX_BYTES });
        }
        if text.starts_with('\u{feff}') {
            return refuse(DocumentProblem::ByteOrderMark);
        }
        let trail = RefCell::<Trail>::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Strict { depth: 0, trail: &trail }
            .deserialize(&mut deserializer)
            .and_then(|json| deserializer.end().map(|()| json))
            .map_err(|error| refused(&error, text, trail.into_inner()))
    }
}

fn refused(error: &serde_json::Error, text: &str, trail: Trail) -> DocumentError {
    let position = match trail.problem {
        // Found when the key was read, or the bracket; what serde_json tells is where it went on.
        Some(DocumentProblem::DuplicateKey) => last(text, error, b"\""),
        Some(DocumentProblem::TooDeep) => last(text, error, b"[{"),
        _ => last(text, error, b""),
    };
    let problem = trail.problem.unwrap_or_else(|| {
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        DocumentProblem::Syntax(message.strip_suffix(&*place).unwrap_or(&message).into())
    });
    DocumentError::new(JsonPath(trail.path), problem).at(Some(position))
}

/// The place of the last of `bytes` that had been read, or of whatever was read last.
fn last(text: &str, error: &serde_json::Error, bytes: &[u8]) -> Position {
    let before = error.line().saturating_sub(1);
    let line_start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let read = text.as_bytes().get(..line_start.saturating_add(error.column())).unwrap_or(text.as_bytes());
    let at = read.iter().rposition(|byte| bytes.contains(byte)).unwrap_or(read.len().saturating_sub(1));
    position(text, at)
}

/// The line and column of the character that the byte at `offset` is a part of.
fn position(text: &str, offset: usize) -> Position {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline.saturating_add(1));
    let in_line = text.get(line_start..).unwrap_or_default();
    Position {
        line: before.split(|byte| *byte == b'\n').count(),
        column: in_line.char_indices().take_while(|(at, _)| line_start.saturating_add(*at) <= offset).count().max(1),
    }
}

impl JsonPath {
    /// Where in `text`, which is JSON, the path leads; where a part of it isn't there, its parent.
    fn locate(&self, text: &str) -> Option<Position> {
        let mut here: &RawValue = serde_json::from_str(text).ok()?;
        for segment in &self.0 {
            let inner = match segment {
                Segment::Index(index) => serde_json::from_str::<Vec<&RawValue>>(here.get()).ok()?.get(*index).copied(),
                Segment::Key(key) => serde_json::from_str::<IndexMap<Cow<'_, str>, &RawValue, Keyed>>(here.get())
                    .ok()?
                    .get(&**key)
                    .copied(),
            };
            let Some(inner) = inner else { break };
            here = inner;
        }
        let offset = (here.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        Some(position(text, offset))
    }
}

impl Node<'_> {
    /// What `read` makes of the document in `text`; an error has its line and column.
    pub(crate) fn of_text<T>(
        text: &str,
        read: impl FnOnce(Node<'_>) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        let json = Json::parse(text)?;
        read(Node::root(&json)).map_err(|error| {
            let position = error.path().locate(text);
            error.at(position)
        })
    }
}
