//! What happens, as lines of JSON on standard error. None holds a secret.
//!
//! A thread of its own writes them: no request waits for whoever reads them. Where they are not read for long, lines are
//! dropped, and a line says how many as soon as there is room: `{"event": "dropped", "events": 7, "audits": 0}`. There
//! is room kept for the audit records of changes, which nobody can take by causing other lines.

mod queue;

use std::{error::Error, io, iter, panic, thread, time::Duration};

use keyward::{
    administration::AuditRecord,
    authenticate::{AuthenticationError, Refusal},
    http::Refused,
    store::KeyRecord,
    tower::Event,
};
use serde_json::{Value, json};

use queue::{Queue, Weight};

static LINES: Queue = Queue::new();

/// Starts the thread that writes the lines, those of panics among them; to be called once. Without it they are kept
/// and not written.
///
/// # Errors
///
/// The operating system gives no thread.
pub fn start() -> io::Result<Started> {
    // Not with its message, which may hold anything. The hook that there is otherwise writes from the request's thread.
    panic::set_hook(Box::new(|panicked| match panicked.location() {
        Some(place) => failed(&format_args!("panicked at {place}")),
        None => failed(&"panicked"),
    }));
    thread::Builder::new().name("log".to_owned()).spawn(|| LINES.write_to(io::stderr()))?;
    Ok(Started(()))
}

/// The lines are written. When it is dropped, at the process's end, it waits for those that are not yet: for as long as
/// a reader may take who still reads.
#[derive(Debug)]
#[must_use = "what is not written when the process ends is lost"]
pub struct Started(());

impl Drop for Started {
    fn drop(&mut self) {
        LINES.flush(Duration::from_secs(2));
    }
}

/// An attempt to change an account, and whether it was stored, where that is known.
pub fn audit(record: &AuditRecord, stored: Option<bool>) {
    LINES.put(json!({"event": "audit", "record": record, "stored": stored}).to_string(), Weight::Audit);
}

/// A key that was refused: its public id and why. The caller is told neither.
pub fn refused<E: Error + 'static>(error: &AuthenticationError<E>) -> Refused {
    match error {
        AuthenticationError::Refused(refusal) => key_refused(refusal),
        AuthenticationError::Store(error) => failed(&in_full(error)),
        // Whoever has a key can ask for any version.
        AuthenticationError::Behind(_) => {}
    }
    Refused::from(error)
}

/// A caller without the permission that a route needs: no audit record is made of it, since nothing was tried.
pub fn denied(record: &KeyRecord, permission: &str) {
    let (account, actor) = (record.account(), record.actor());
    line(&json!({"event": "denied", "account": account, "actor": actor, "key": record.id(), "needs": permission}));
}

/// What the layer reports. Requests that no key of ours comes with are not logged: anyone can send those.
pub fn event(event: &Event<'_>) {
    match event {
        Event::KeyRefused(refusal) => key_refused(refusal),
        Event::StoreFailed(error) => failed(&in_full(*error)),
        Event::PermissionMissing { caller, permission } => denied(caller.record(), permission),
        // It was let pass.
        Event::KeyInBrowser { refused: false } => line(&json!({"event": "key_in_browser"})),
        Event::NoCaller => failed(event),
        _ => {}
    }
}

fn key_refused(refusal: &Refusal) {
    line(&json!({"event": "key_refused", "key": refusal.key_id(), "cause": refusal.cause().to_string()}));
}

/// With its causes.
fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Something that failed, and is no fault of the caller's.
pub fn failed(error: &impl std::fmt::Display) {
    line(&json!({"event": "failed", "error": error.to_string()}));
}

fn line(value: &Value) {
    LINES.put(value.to_string(), Weight::Event);
}
