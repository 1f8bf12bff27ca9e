//! One request: its body, the guard, the handler.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::to_bytes,
    extract::{Path, Request, rejection::PathRejection},
    http::{HeaderMap, header},
    response::Response,
};
use keyward::http::Refused;
use tokio::{task::spawn_blocking, time::timeout};

use super::answer;
use crate::{
    call::{Answer, Call},
    log,
    registry::Act,
    service::Service,
};

/// The most bytes of a body.
const MAX_BODY: usize = 64 << 10;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body is read first, and then guard and handler run at once: a key that is revoked while a body trickles in
/// is revoked for that request, too.
pub(super) async fn dispatch(
    service: Arc<Service>,
    act: Act,
    path: Result<Path<BTreeMap<String, String>>, PathRejection>,
    request: Request,
) -> Response {
    let (needs, handler) = match act {
        Act::Public(reply) => return answer::answer(Ok(reply())),
        Act::Guarded(needs, handler) => (needs, handler),
    };
    let (parts, body) = request.into_parts();
    let body = match timeout(PATIENCE, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => Vec::from(body),
        Ok(Err(_)) => return answer::refused(&Refused::new(413, "too_large", "the body is longer than 64 KiB")),
        Err(_) => return answer::refused(&Refused::new(408, "timeout", "the body took too long")),
    };
    let path = path.map(|Path(path)| path);
    let judged = spawn_blocking(move || -> Answer {
        let caller = service.guard.admit(needs, &parts.uri, &parts.headers)?;
        // What isn't UTF-8 names nothing.
        let path = path.map_err(|_| Refused::not_found())?;
        let query = parts.uri.query().map(str::to_owned);
        handler(&service, &caller, &Call { path, query, body, is_json: is_json(&parts.headers) })
    });
    // A handler that panicked has changed nothing: its transaction was rolled back.
    answer::answer(judged.await.unwrap_or_else(|error| {
        log::failed(&error);
        Err(Refused::new(500, "internal", "internal error"))
    }))
}

/// Whether there is one `Content-Type`, and it is that of JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let media = line.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}
