//! From text to [`Json`], and from a path back to its line and column.

use alloc::{borrow::Cow, string::ToString, vec::Vec};
use core::cell::RefCell;

use indexmap::IndexMap;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;

use super::{
    Json, Keyed,
    error::{DocumentError, DocumentProblem, JsonPath, Position, Segment},
    strict::{Strict, TOO_DEEP, TWICE},
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
    /// use keyward::Json;
    ///
    /// assert_eq!(Json::parse("[1, null]")?, Json::List(vec![Json::Integer(1), Json::Null]));
    /// assert!(Json::parse("").is_err());
    /// # Ok::<(), keyward::DocumentError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > Self::MAX_BYTES {
            let problem = DocumentProblem::TooLarge { bytes: text.len(), most: Self::MAX_BYTES };
            return Err(DocumentError::new(JsonPath::default(), problem));
        }
        let trail = RefCell::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Strict { depth: 0, trail: &trail }
            .deserialize(&mut deserializer)
            .and_then(|json| deserializer.end().map(|()| json))
            .map_err(|error| syntax(&error, text, trail.into_inner()))
    }
}

fn syntax(error: &serde_json::Error, text: &str, trail: Vec<Segment>) -> DocumentError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(cause, _)| cause);
    let problem = match message {
        TWICE => DocumentProblem::DuplicateKey,
        TOO_DEEP => DocumentProblem::TooDeep,
        _ => DocumentProblem::Syntax(message.into()),
    };
    let (line, bytes) = (error.line(), error.column());
    let in_line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    // serde_json counts the bytes that it has read; at the end of a text that is one past the last.
    let column = in_line.char_indices().take_while(|(at, _)| *at < bytes.max(1)).count().max(1);
    DocumentError::new(JsonPath(trail), problem).at(Some(Position { line: line.max(1), column }))
}

impl JsonPath {
    /// Where in `text`, which is JSON, the path leads; where a part of it isn't there, its parent.
    pub(crate) fn locate(&self, text: &str) -> Option<Position> {
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
        let before = text.get(..offset)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        Some(Position {
            line: before.matches('\n').count().saturating_add(1),
            column: before.get(line_start..)?.chars().count().saturating_add(1),
        })
    }
}

impl DocumentError {
    /// The same error, with the line and column of its path in `text`.
    pub(crate) fn located(self, text: &str) -> Self {
        if self.position().is_some() {
            return self;
        }
        let position = self.path().locate(text);
        self.at(position)
    }
}
