//! What is wrong with a document, and where.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use core::{error::Error, fmt};

use crate::text::{Excerpt, UnknownName};

/// A document that can't be used: where, and why. Nothing of it was loaded.
///
/// ```
/// use keyward::{Position, Schema};
///
/// let refused = Schema::from_json(
///     r#"{
///         "resources": {"products": {}},
///         "conditions": {"brand": {"restricts": {"product": "brand"}}}
///     }"#,
/// )
/// .unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "line 3, column 59, $.conditions.brand.restricts.product: \
///      unknown resource type `product`; did you mean `products`?",
/// );
/// assert_eq!(refused.position(), Some(Position { line: 3, column: 59 }));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}{path}: {problem}", Before(*position))]
pub struct DocumentError {
    path: JsonPath,
    position: Option<Position>,
    problem: DocumentProblem,
}

impl DocumentError {
    pub(crate) fn new(path: JsonPath, problem: DocumentProblem) -> Self {
        Self { path, position: None, problem }
    }

    #[cfg(feature = "serde_json")]
    pub(crate) fn at(self, position: Option<Position>) -> Self {
        Self { position, ..self }
    }

    /// The line and column, where the document was a text.
    ///
    /// See [`DocumentError`] for an example.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The path from the document's root.
    ///
    /// ```
    /// let refused = keyward::World::from_json(r#"{"schema": {}, "accounts": [7]}"#).unwrap_err();
    /// assert_eq!(refused.path().to_string(), "$.accounts[0]");
    /// ```
    pub fn path(&self) -> &JsonPath {
        &self.path
    }

    /// What is wrong.
    ///
    /// ```
    /// use keyward::{DocumentProblem, Json};
    ///
    /// let refused = Json::parse(r#"{"a": 1, "a": 2}"#).unwrap_err();
    /// assert_eq!(*refused.problem(), DocumentProblem::DuplicateKey);
    /// ```
    pub fn problem(&self) -> &DocumentProblem {
        &self.problem
    }
}

/// What can be wrong with a document.
///
/// ```
/// use keyward::{DocumentProblem, Json};
///
/// let deep = "[".repeat(65) + &"]".repeat(65);
/// assert_eq!(*Json::parse(&deep).unwrap_err().problem(), DocumentProblem::TooDeep);
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// The text is not JSON.
    #[error("{0}")]
    Syntax(Box<str>),
    /// The text is longer than [`Json::MAX_BYTES`](crate::Json::MAX_BYTES).
    #[error("the document has {bytes} bytes, the most is {most}")]
    TooLarge {
        /// Bytes in the text.
        bytes: usize,
        /// The most that is read.
        most: usize,
    },
    /// Arrays and objects nest deeper than [`Json::MAX_DEPTH`](crate::Json::MAX_DEPTH).
    #[error("nested deeper than 64")]
    TooDeep,
    /// An object has the key twice.
    #[error("the key is there twice")]
    DuplicateKey,
    /// A value of the wrong kind.
    #[error("{found} where {wanted} is wanted")]
    Kind {
        /// What would do.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A field that must be there is not.
    #[error("the field `{0}` is missing")]
    MissingField(&'static str),
    /// A field that this kind of document doesn't have.
    #[error(transparent)]
    UnknownField(UnknownName),
    /// Two of what must be unique.
    #[error("{what} `{id}` is there twice")]
    Duplicate {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        id: Box<str>,
    },
    /// It reads well, and says something that can't be.
    #[error(transparent)]
    Invalid(Arc<dyn Error + Send + Sync>),
}

impl DocumentProblem {
    pub(crate) fn invalid(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Invalid(Arc::new(error))
    }

    pub(crate) fn duplicate(what: &'static str, id: &str) -> Self {
        Self::Duplicate { what, id: alloc::format!("{}", Excerpt::new(id)).into() }
    }
}

/// Problems are equal when they say the same.
impl PartialEq for DocumentProblem {
    fn eq(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
            && alloc::format!("{self}") == alloc::format!("{other}")
    }
}

/// A place in a text, both counted from one; the column in characters.
///
/// ```
/// let position = keyward::Json::parse("[1,\n 2,]").unwrap_err().position().unwrap();
/// assert_eq!((position.line, position.column), (2, 4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a place in a text is a line and a column")]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

struct Before(Option<Position>);

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Position { line, column }) => write!(f, "line {line}, column {column}, "),
            None => Ok(()),
        }
    }
}

/// A path from a document's root, written as a normalised JSONPath (RFC 9535), in the dotted form where a key
/// is a plain name.
///
/// ```
/// let refused = keyward::Json::parse(r#"{"a": [1, {"b c": 1, "b c": 2}]}"#).unwrap_err();
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
            Segment::Key(key) => write!(f, "['{}']", Excerpt::new(key)),
        })
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
