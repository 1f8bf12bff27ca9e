//! What is wrong with a document, and where.

use alloc::{boxed::Box, format, string::String, sync::Arc};
use core::error::Error;

use super::place::{JsonPath, Position};
use crate::text::{UnknownName, excerpt};

/// A document that can't be used: why, and where the mistake is. Nothing of it was loaded.
///
/// ```
/// use keyward::{Schema, json::Position};
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
#[error("{}{path}: {problem}", before(*position))]
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

    /// The line and column, if the document was a text.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The path from the document's root.
    pub fn path(&self) -> &JsonPath {
        &self.path
    }

    /// What is wrong.
    pub fn problem(&self) -> &DocumentProblem {
        &self.problem
    }
}

/// What can be wrong with a document.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// The text is not JSON.
    #[error("{0}")]
    Syntax(Box<str>),
    /// The text is longer than [`Json::MAX_BYTES`](crate::json::Json::MAX_BYTES).
    #[error("the document has {bytes} bytes, the most is {most}")]
    TooLarge {
        /// Bytes in the text.
        bytes: usize,
        /// The most that is read.
        most: usize,
    },
    /// The text begins with U+FEFF.
    #[error("the document begins with a byte order mark: save it as UTF-8 without one")]
    ByteOrderMark,
    /// Arrays and objects nest deeper than [`Json::MAX_DEPTH`](crate::json::Json::MAX_DEPTH).
    #[error("nested deeper than 64")]
    TooDeep,
    /// An object has the key twice.
    #[error("the key is there twice")]
    DuplicateKey,
    /// A value of the wrong kind.
    #[error("{found} where {wanted} is wanted")]
    Kind {
        /// What kind is expected.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A field that must be there is not.
    #[error("the field `{0}` is missing")]
    MissingField(&'static str),
    /// A field beside another in whose place it stands.
    #[error("`{field}` stands in place of `{instead_of}`: there can't be both")]
    BothForms {
        /// The field.
        field: &'static str,
        /// The other.
        instead_of: &'static str,
    },
    /// A field that this kind of document doesn't have.
    #[error(transparent)]
    UnknownField(UnknownName),
    /// An id that must be unique is there twice.
    #[error("{what} `{id}` is there twice")]
    Duplicate {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        id: Box<str>,
    },
    /// The form is right, but a value is refused.
    #[error(transparent)]
    Invalid(Arc<dyn Error + Send + Sync>),
}

impl DocumentProblem {
    pub(crate) fn invalid(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Invalid(Arc::new(error))
    }

    pub(crate) fn duplicate(what: &'static str, id: &str) -> Self {
        Self::Duplicate { what, id: excerpt(id).into() }
    }
}

/// Problems are equal if their messages are.
impl PartialEq for DocumentProblem {
    fn eq(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other) && format!("{self}") == format!("{other}")
    }
}

/// `line 1, column 2, `, or nothing.
fn before(position: Option<Position>) -> String {
    position.map(|Position { line, column }| format!("line {line}, column {column}, ")).unwrap_or_default()
}
