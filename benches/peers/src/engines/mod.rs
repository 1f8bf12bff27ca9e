//! The engines, each in the form that serves it best: all that a host would prepare is prepared.

pub(crate) mod by_hand;
pub(crate) mod casbin;
pub(crate) mod cedar;
pub(crate) mod gatehouse;
pub(crate) mod keyward;
pub(crate) mod regorus;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use indexmap::IndexMap;

use crate::world::{Kind, Question};

/// One engine with one actor's roles and conditions loaded.
pub(crate) trait Engine {
    /// What the engine is asked with, attributes and all.
    type Request;

    fn request(&self, question: &Question<'_>) -> Self::Request;

    fn decide(&mut self, request: &Self::Request) -> bool;

    /// For an engine that would have to copy a request that it is only lent.
    fn decide_owned(&mut self, request: Self::Request) -> bool {
        self.decide(&request)
    }
}

/// A resource as the host's own type, with a map of attributes: what the engines that read Rust types are given.
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) account: String,
    pub(crate) attributes: IndexMap<&'static str, String>,
}

impl Item {
    pub(crate) fn new(question: &Question<'_>) -> Self {
        let attributes = question.attributes.iter().map(|&(name, value)| (name, value.to_owned())).collect();
        Self { kind: question.kind, account: question.account.to_owned(), attributes }
    }
}

/// What a future that never waits comes to, without a runtime: in a service it is awaited where it stands.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
