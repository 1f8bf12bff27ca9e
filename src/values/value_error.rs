//! A value of a condition that is not in the form of its kind.

use alloc::string::String;

use super::{value_kind::ValueKind, value_problem::ValueProblem};
use crate::text::excerpt;

/// A value of a condition that is not in the form of its kind.
///
/// ```
/// use keyward::{Access, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"orders": {}}, "conditions": {"sourceIp": {"values": "network", "context": "ip"}}}"#,
/// )?;
/// let office = ("sourceIp", "10.0.0.1/8");
/// let refused = Access::builder(&Roles::new(&schema, "acme")?).condition(office)?.build().unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "condition `sourceIp`: `10.0.0.1/8` is no network: bits after the first 8 are set; the block is `10.0.0.0/8`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind}: {problem}")]
pub struct ValueError {
    kind: ValueKind,
    text: String,
    problem: ValueProblem,
}

impl ValueError {
    pub(super) fn new(kind: ValueKind, text: &str, problem: ValueProblem) -> Self {
        Self { kind, text: excerpt(text), problem }
    }

    /// The kind that it should be of.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// What is wrong.
    pub fn problem(&self) -> &ValueProblem {
        &self.problem
    }
}
