//! What all questions share: the table of actions, the key of the pages, and what is told of the decision point.

use std::sync::OnceLock;

use keyward::{
    Schema,
    authzen::{DecisionPoint, Metadata, PageTokens},
    http::Refused,
    json::DocumentError,
    key::{KeyDigest, KeyEntropy},
};
use serde_json::Value;

use crate::{
    call::{Answer, Reply},
    service::Service,
    store::StoreError,
};

/// By what questions are answered.
#[derive(Debug)]
pub struct Decisions {
    pub(super) point: DecisionPoint,
    tokens: OnceLock<PageTokens>,
    metadata: Option<Value>,
}

impl Decisions {
    /// By the table in `actions.json`. The decision point has no public address yet, and tells none.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] where `actions.json` was edited into what is no table of this schema.
    pub fn new(schema: &Schema) -> Result<Self, DocumentError> {
        let point = DecisionPoint::from_json(schema, include_str!("actions.json"))?;
        Ok(Self { point, tokens: OnceLock::new(), metadata: None })
    }

    /// The tokens of pages: by a key that the database keeps, so that a search goes on in every process, and after its end.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the database failed, or the operating system has no entropy for the first key.
    pub(super) fn tokens(&self, service: &Service) -> Result<&PageTokens, Refused> {
        if let Some(tokens) = self.tokens.get() {
            return Ok(tokens);
        }
        // The digest of what nobody knows is as good as random.
        let new = service.format().generate_access_token(service.entropy()?, None).digest;
        let kept = service.database.secret("pages", &new.to_hex())?;
        let kept = KeyDigest::from_hex(&kept).map_err(|_| StoreError::Unreadable("the key of the pages"))?;
        let key = KeyEntropy::take(&mut kept.to_bytes()).map_err(|_| StoreError::Unreadable("the key of the pages"))?;
        Ok(self.tokens.get_or_init(|| PageTokens::new(key)))
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
