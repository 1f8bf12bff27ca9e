//! What all questions share: the table of actions, the key of the pages, and what is told of the decision point.

use keyward::{
    Schema,
    authzen::{DecisionPoint, Metadata, PageTokens},
    http::Refused,
    json::DocumentError,
    key::{EntropyError, KeyEntropy},
};
use serde_json::Value;

use crate::call::{Answer, Reply};

/// By what questions are answered.
#[derive(Debug)]
pub struct Decisions {
    pub(super) point: DecisionPoint,
    /// By a key of this process: after its end, who was in the midst of a search begins again.
    pub(super) tokens: PageTokens,
    metadata: Option<Value>,
}

impl Decisions {
    /// By the table in `actions.json`. The decision point has no public address yet, and tells none.
    ///
    /// # Errors
    ///
    /// [`DecisionsError`] where `actions.json` was edited into what is no table of this schema, or the operating system has
    /// no entropy.
    pub fn new(schema: &Schema) -> Result<Self, DecisionsError> {
        let point = DecisionPoint::from_json(schema, include_str!("actions.json"))?;
        Ok(Self { point, tokens: PageTokens::new(KeyEntropy::from_os()?), metadata: None })
    }

    /// From now on tells this of the decision point.
    pub fn publish(&mut self, metadata: &Metadata) {
        self.metadata = serde_json::to_value(metadata).ok();
    }

    /// What is told of the decision point. Who asks names it by the address under which they know it, and so it is never
    /// taken from their request.
    ///
    /// # Errors
    ///
    /// [`Refused`], as what there is not, where the service was given no public address.
    pub fn metadata(&self) -> Answer {
        self.metadata.clone().map(Reply::Document).ok_or_else(Refused::not_found)
    }
}

/// Why there is nothing to answer by.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// The table is none.
    #[error("actions.json: {0}")]
    Table(#[from] DocumentError),
    /// There is no entropy for the key of the pages.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
