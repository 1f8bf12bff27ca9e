//! The engines, each with all prepared that a host can prepare.

pub(crate) mod by_hand;
pub(crate) mod casbin;
pub(crate) mod cedar;
pub(crate) mod cedar_roles;
pub(crate) mod gatehouse;
pub(crate) mod gatekeep;
pub(crate) mod keyward;
pub(crate) mod regorus;

use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use foldhash::fast::RandomState;

use crate::world::{Actor, Answer, Question, World};

/// One engine with a world loaded.
pub(crate) trait Engine {
    /// The engine's own form of the question. `()` where it reads the host's types as they are.
    type Request;

    fn request(&self, question: &Question<'_>) -> Self::Request;

    fn decide(&mut self, question: &Question<'_>, request: Self::Request) -> Answer;
}

/// What a host keeps of its actors, for the engines that don't keep them.
pub(crate) enum Actors<T> {
    /// At hand already.
    One(T),
    Many(HashMap<String, T, RandomState>),
}

impl<T> Actors<T> {
    pub(crate) fn new(world: &World, load: impl Fn(&Actor) -> T) -> Self {
        if world.looked_up {
            Self::Many(world.actors.iter().map(|actor| (actor.id.clone(), load(actor))).collect())
        } else {
            Self::One(load(&world.actors[0]))
        }
    }

    #[inline]
    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        match self {
            Self::One(actor) => Some(actor),
            Self::Many(actors) => actors.get(id),
        }
    }
}

/// What a future that never waits comes to, without a runtime: in a service it is awaited where it stands.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
