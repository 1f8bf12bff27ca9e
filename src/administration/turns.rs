//! Turns: who changes an account waits until nobody else does. A thread waits for it as a task does.

use alloc::{boxed::Box, collections::BTreeMap, sync::Arc, task::Wake, vec::Vec};
use core::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, Thread},
};

/// The accounts that somebody changes, each with who waits for it.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeMap<Box<str>, Vec<Waker>>>);

/// The turn at one account, until it is dropped.
#[must_use]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    account: &'a str,
}

impl Turns {
    /// Waits for one's turn.
    pub(super) async fn take<'a>(&'a self, account: &'a str) -> Turn<'a> {
        poll_fn(|context| self.poll(account, context)).await
    }

    fn poll<'a>(&'a self, account: &'a str, context: &Context<'_>) -> Poll<Turn<'a>> {
        let mut taken = self.taken();
        let Some(waiting) = taken.get_mut(account) else {
            taken.insert(account.into(), Vec::new());
            return Poll::Ready(Turn { turns: self, account });
        };
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Vec<Waker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes all who wait: one of them alone might have stopped waiting.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let waiting = self.turns.taken().remove(self.account);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}

/// Waits on this thread until the future is done.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    struct Parked(Thread);

    impl Wake for Parked {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}
