//! A request that was let in, and the reply to it.

use std::collections::BTreeMap;

use keyward::http::Refused;
use serde_json::Value;

/// What a handler gives.
pub type Answer = Result<Reply, Refused>;

/// A request as handlers see it.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The parameters of the path, decoded.
    pub path: BTreeMap<String, String>,
    /// The query, still encoded.
    pub query: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the body says that it is JSON.
    pub is_json: bool,
}

impl Call {
    /// A parameter of the path; empty, and so nobody's id, where the route has none of that name.
    pub fn parameter(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The first value of a parameter of the query, where it needs no decoding.
    pub fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// What is replied.
#[derive(Clone, Debug)]
pub enum Reply {
    /// 200 with a document.
    Document(Value),
    /// 201 with the document of what was created.
    Created(Value),
    /// 204.
    Done,
    /// 200 with a file: its media type and content.
    File(&'static str, &'static str),
}
