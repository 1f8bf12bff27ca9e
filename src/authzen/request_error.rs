//! What is wrong with a request, and the status of the answer to it.

use crate::json::{DocumentError, DocumentProblem};

/// A request that can't be answered. It is told to the caller as it is: it holds nothing but what they sent.
///
/// ```
/// use keyward::authzen::Evaluation;
///
/// let refused = Evaluation::from_json(r#"{"subject": {"type": "user", "id": 7}}"#).unwrap_err();
/// assert_eq!(refused.to_string(), "line 1, column 36, $.subject.id: a number where a string is wanted");
/// assert_eq!(refused.status(), 400);
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It is not in the form that the specification gives.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// There are more evaluations than are answered at once.
    #[error("there are {count} evaluations, the most is {most}")]
    TooMany {
        /// How many.
        count: usize,
        /// The most.
        most: usize,
    },
}

impl RequestError {
    /// The HTTP status: 413 for a request that is too large, 400 for the rest.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooMany { .. } => 413,
            Self::Document(error) if matches!(error.problem(), DocumentProblem::TooLarge { .. }) => 413,
            Self::Document(_) => 400,
        }
    }
}
