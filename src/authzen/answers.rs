//! The answers: decisions, each with its reason.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::slice;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::decision::Forbidden;

/// The answer to one evaluation.
///
/// In JSON it is `{"decision": true}`, or `{"decision": false, "context": {…}}` with the reason: its name as `reason`, and in words,
/// without values, as `reason_user`, under the status that an HTTP server would answer. A
/// [decision point that tells in full](super::DecisionPoint::telling_in_full) adds `reason_admin`, which has the values. Of an
/// evaluation that could not be read the context has an `error`.
///
/// ```
/// use keyward::{Denial, authzen::Answer};
///
/// let denied = Answer::from(Denial::PermissionMissing { resource: "todos", operation: "delete" });
/// assert_eq!(
///     serde_json::to_value(&denied)?,
///     serde_json::json!({"decision": false, "context": {
///         "reason": "permission_missing",
///         "reason_user": {"403": "no role grants `delete` on `todos`"},
///     }}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    outcome: Outcome,
    in_full: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Permitted,
    Denied(Forbidden),
    Unreadable(String),
}

impl Answer {
    /// The answer of yes.
    pub(super) fn permitted() -> Self {
        Self { outcome: Outcome::Permitted, in_full: false }
    }

    /// The answer to what could not be read.
    pub(super) fn unreadable(error: String) -> Self {
        Self { outcome: Outcome::Unreadable(error), in_full: false }
    }

    pub(super) fn in_full(self, in_full: bool) -> Self {
        Self { in_full, ..self }
    }

    /// Whether it is permitted.
    pub fn decision(&self) -> bool {
        matches!(self.outcome, Outcome::Permitted)
    }

    /// Why it is denied, in full, for the log; `None` where it is permitted or could not be read.
    pub fn denial(&self) -> Option<&Forbidden> {
        match &self.outcome {
            Outcome::Denied(denial) => Some(denial),
            Outcome::Permitted | Outcome::Unreadable(_) => None,
        }
    }
}

impl<D: Into<Forbidden>> From<D> for Answer {
    fn from(denial: D) -> Self {
        Self { outcome: Outcome::Denied(denial.into()), in_full: false }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("decision", &self.decision())?;
        match &self.outcome {
            Outcome::Permitted => {}
            Outcome::Denied(denial) => map.serialize_entry("context", &DeniedFor::of(denial, self.in_full))?,
            Outcome::Unreadable(message) => {
                map.serialize_entry("context", &Unreadable { error: Problem { status: 400, message } })?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct DeniedFor<'a> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_admin: Option<UnderStatus<&'a Forbidden>>,
    reason_user: UnderStatus<&'a str>,
}

impl<'a> DeniedFor<'a> {
    fn of(denial: &'a Forbidden, in_full: bool) -> Self {
        let status = denial.status();
        Self {
            // In words or by name, it is not told that a resource is of another account.
            reason: if status == 404 { "not_found" } else { denial.kind() },
            reason_admin: in_full.then_some(UnderStatus(status, denial)),
            reason_user: UnderStatus(status, denial.redacted()),
        }
    }
}

/// A text under the status that an HTTP server would answer: `{"403": "…"}`.
struct UnderStatus<T>(u16, T);

impl<T: ToString> Serialize for UnderStatus<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, self.1.to_string())])
    }
}

#[derive(Serialize)]
struct Unreadable<'a> {
    error: Problem<'a>,
}

#[derive(Serialize)]
struct Problem<'a> {
    status: u16,
    message: &'a str,
}

/// The answer to [`Evaluations`](super::Evaluations): to one question as [`Answer`], to several
/// `{"evaluations": [{"decision": …}, …]}`, in the order in which they were asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    answers: Vec<Answer>,
    is_single: bool,
}

impl Answers {
    pub(super) fn new(answers: Vec<Answer>, is_single: bool) -> Self {
        Self { answers, is_single }
    }

    /// Each answer.
    pub fn iter(&self) -> slice::Iter<'_, Answer> {
        self.answers.iter()
    }
}

impl<'a> IntoIterator for &'a Answers {
    type Item = &'a Answer;
    type IntoIter = slice::Iter<'a, Answer>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.answers.as_slice() {
            [only] if self.is_single => only.serialize(serializer),
            several => serializer.collect_map([("evaluations", several)]),
        }
    }
}
