//! What happens, as lines of JSON on standard error. None holds a secret.

use std::io::Write;

use keyward::{AuthenticationError, administration::AuditRecord, http::Refused, store::KeyRecord};
use serde_json::{Value, json};

/// An attempt to change an account, and whether it was stored.
pub fn audit(record: &AuditRecord, stored: bool) {
    line(&json!({"event": "audit", "record": record, "stored": stored}));
}

/// A key that was refused: its public id and why. The caller is told neither.
pub fn refused<E: std::fmt::Display>(error: &AuthenticationError<E>) -> Refused {
    match error {
        AuthenticationError::Refused(refusal) => {
            let key = refusal.key_id();
            line(&json!({"event": "key_refused", "key": key, "cause": refusal.cause().to_string()}));
        }
        AuthenticationError::Store(error) => failed(error),
    }
    Refused::from(error)
}

/// A caller without the permission that a route needs: no audit record is made of it, since nothing was tried.
pub fn denied(record: &KeyRecord, resource: &str, operation: &str) {
    let (account, actor, permission) = (record.account(), record.actor(), format!("{resource}:{operation}"));
    line(&json!({"event": "denied", "account": account, "actor": actor, "key": record.id(), "needs": permission}));
}

/// A key that came from a browser, and was let pass.
pub fn key_in_browser() {
    line(&json!({"event": "key_in_browser"}));
}

/// Something that failed, and is no fault of the caller's.
pub fn failed(error: &impl std::fmt::Display) {
    line(&json!({"event": "failed", "error": error.to_string()}));
}

/// A line that can't be written is lost: nobody is refused for it.
fn line(value: &Value) {
    let _ = writeln!(std::io::stderr().lock(), "{value}");
}
