//! Two threads that wait for each other.

use alloc::{format, string::String, sync::Arc};
use core::{fmt, time::Duration};
use std::{
    sync::{
        Barrier,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
};

use super::{
    super::{change::KeyChange, contract::WritableKeyStore},
    Broken, Outcome,
    tools::{PANICKED, Tested, apply, id, is_made, present, record},
};

const CLAUSE: &str = "concurrent lists over the same ids finish";

/// How many lists each of the two threads makes.
const ROUNDS: usize = 100;

/// Holds a store to the one clause that [`check`](super::check) leaves out: concurrent lists over the same ids finish, in
/// whatever order they name them. Each is made or is a conflict; a store whose database ends a deadlock by an error
/// tries again, or locks in one order.
///
/// `patience` is how long to wait for any one of the lists: 30 seconds, say. Where none finishes by then, the two threads
/// are left behind, and the store with them, so they may borrow nothing.
///
/// # Errors
///
/// [`Broken`] says how.
pub fn check_for_deadlock<S>(new: impl FnOnce() -> S, patience: Duration) -> Result<(), Broken>
where
    S: WritableKeyStore + Send + Sync + 'static,
    S::Error: fmt::Debug,
{
    let store: Arc<dyn Tested + Send> = Arc::new(new());
    finish(&store, patience).map_err(|how| Broken { clause: CLAUSE, how })
}

fn finish(store: &Arc<dyn Tested + Send>, patience: Duration) -> Outcome {
    apply(&**store, &[1, 2].map(|number| KeyChange::Insert(record(number))))?;
    let together = Arc::new(Barrier::new(2));
    let (report, reports) = mpsc::channel();
    let threads = [[1, 2], [2, 1]].map(|numbers| {
        let (store, together, report) = (Arc::clone(store), Arc::clone(&together), report.clone());
        thread::spawn(move || {
            together.wait();
            // Nobody listens any more after a failure.
            (0..ROUNDS).try_for_each(|_| report.send(list(&*store, numbers)))
        })
    });
    drop(report);
    let (mut reported, mut made) = (0_usize, 0_u64);
    loop {
        match reports.recv_timeout(patience) {
            Ok(list) => made = made.saturating_add(u64::from(list?)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!(
                    "two lists over the same two ids, in opposite order, are not made in {patience:?}"
                ));
            }
        }
        reported = reported.saturating_add(1);
    }
    // They have ended, and let go of the store.
    for thread in threads {
        let _ = thread.join();
    }
    if reported < ROUNDS.saturating_mul(2) {
        return Err(PANICKED.into());
    }
    for number in [1, 2] {
        let version = present(&**store, id(number))?.version();
        if version != made.saturating_add(1) {
            return Err(format!("{made} lists were acknowledged, and `{}` is at version {version}", id(number)));
        }
    }
    Ok(())
}

/// Changes both records, in this order, as they are found; whether that was made.
fn list(store: &dyn Tested, numbers: [u8; 2]) -> Result<bool, String> {
    let change = |number| Ok::<_, String>(present(store, id(number))?.change(|record| record));
    let [one, other] = numbers.map(change);
    is_made(store, &[one?, other?])
}
