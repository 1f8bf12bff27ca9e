//! Lines on their way to a reader who may be slow: they wait in a bounded queue, and whoever writes them down waits for
//! nobody.

use std::{
    collections::VecDeque,
    io::Write,
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::json;

/// How important a line is: the more, the more room there is for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Anyone may cause as many of these as they like.
    Event,
    /// A change of an account, or the attempt at one. However many events there are, there is room left for these.
    Audit,
}

impl Weight {
    /// The most bytes that wait when a line of this weight joins them.
    fn room(self) -> usize {
        match self {
            Self::Event => 1 << 20,
            Self::Audit => 4 << 20,
        }
    }
}

/// The queue.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: Dropped,
    writing: bool,
}

/// How many lines found no room, since it was last said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Dropped {
    events: u64,
    audits: u64,
}

impl Queue {
    pub(super) const fn new() -> Self {
        let dropped = Dropped { events: 0, audits: 0 };
        let state = State { lines: VecDeque::new(), bytes: 0, dropped, writing: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Puts a line in the queue; where it finds no room, it is dropped and counted.
    pub(super) fn put(&self, line: String, weight: Weight) {
        let mut state = self.state();
        if state.bytes.saturating_add(line.len()) <= weight.room() {
            state.report();
            state.join(line);
        } else {
            let Dropped { events, audits } = &mut state.dropped;
            let count = if weight == Weight::Audit { audits } else { events };
            *count = count.saturating_add(1);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Writes what is put in the queue, for ever. A line that can't be written is lost.
    pub(super) fn write_to(&self, mut out: impl Write) -> ! {
        loop {
            let line = self.next();
            let _ = writeln!(out, "{line}");
            let _ = out.flush();
        }
    }

    /// Waits until everything is written, and no longer than this.
    pub(super) fn flush(&self, patience: Duration) {
        let _ = self.changed.wait_timeout_while(self.state(), patience, |state| !state.is_written());
    }

    fn next(&self) -> String {
        let mut state = self.state();
        state.writing = false;
        self.changed.notify_all();
        loop {
            if state.lines.is_empty() {
                state.report();
            }
            if let Some(line) = state.lines.pop_front() {
                state.bytes = state.bytes.saturating_sub(line.len());
                state.writing = true;
                return line;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says how many were dropped, at the place where they are missing.
    fn report(&mut self) {
        let dropped = mem::take(&mut self.dropped);
        if dropped != Dropped::default() {
            let Dropped { events, audits } = dropped;
            self.join(json!({"event": "dropped", "events": events, "audits": audits}).to_string());
        }
    }

    fn join(&mut self, line: String) {
        self.bytes = self.bytes.saturating_add(line.len());
        self.lines.push_back(line);
    }

    fn is_written(&self) -> bool {
        self.lines.is_empty() && !self.writing && self.dropped == Dropped::default()
    }
}
