//! One request that the layer let in: its body, the second look, the handler.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Request, rejection::PathRejection},
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use keyward::http::Refused;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::answer;
use crate::{
    call::{Call, Reply},
    guard::{self, Needs},
    log,
    registry::{Act, Checked, Handler},
    service::Service,
};

/// The most bytes of a body.
const MAX_BODY: usize = 64 << 10;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many threads may wait for the database. The handlers take less than all of them, so that there are always some
/// left to look up keys.
pub const BLOCKING_THREADS: usize = 64;
/// How many handlers run at once, but for those that administer.
const OTHERS: usize = 32;
/// How many administer at once. An account is changed once at a time: more would wait for each other.
const ADMINISTERING: usize = 8;

/// Takes requests to their handlers.
pub(super) struct Dispatcher {
    service: Arc<Service>,
    administering: Arc<Semaphore>,
    others: Arc<Semaphore>,
}

type Named = Result<Path<BTreeMap<String, String>>, PathRejection>;

impl Dispatcher {
    pub(super) fn new(service: Arc<Service>) -> Self {
        let [administering, others] = [ADMINISTERING, OTHERS].map(|turns| Arc::new(Semaphore::new(turns)));
        Self { service, administering, others }
    }

    pub(super) async fn dispatch(self: Arc<Self>, route: Checked, path: Named, request: Request) -> Response {
        match route.act {
            Act::Public(reply) => answer::answer(reply(&self.service)),
            Act::Guarded(needs, handler) => {
                let turns = if route.administers { &self.administering } else { &self.others };
                match guarded(&self.service, turns, (needs, handler), path, request).await {
                    Ok((reply, version)) => answer::at_version(answer::answer(Ok(reply)), version),
                    Err(refused) => answer::answer(Err(refused)),
                }
            }
        }
    }
}

/// The layer has let the caller in: nothing is read for others, and nobody waits for them. When all is there and it is
/// this request's turn, the guard looks again and the handler runs at once: a key that is revoked while a body trickles in is revoked for that
/// request, too. The version of the account that the reply is of is given with it.
async fn guarded(
    service: &Arc<Service>,
    turns: &Arc<Semaphore>,
    (needs, handler): (Needs, Handler),
    path: Named,
    request: Request,
) -> Result<(Reply, u64), Refused> {
    let (parts, body) = request.into_parts();
    let path = named(path)?;
    let body = read(body).await?;
    let turn = Arc::clone(turns).acquire_owned().await.map_err(internal)?;
    let service = Arc::clone(service);
    blocking(move || {
        // Until the handler ends, be its caller still there or not.
        let _turn = turn;
        let caller = guard::look_again(&service, needs, &parts)?;
        let Parts { uri, headers, .. } = &parts;
        let query = uri.query().map(str::to_owned);
        let reply = handler(&service, &caller, &Call { path, query, body, is_json: is_json(headers) })?;
        Ok((reply, caller.account_version()))
    })
    .await
}

/// What isn't UTF-8 names nothing; nor does what has a NUL in it, which not every database can be asked for.
fn named(path: Named) -> Result<BTreeMap<String, String>, Refused> {
    match path {
        Ok(Path(path)) if !path.values().any(|value| value.contains('\0')) => Ok(path),
        _ => Err(Refused::not_found()),
    }
}

async fn read(body: Body) -> Result<Vec<u8>, Refused> {
    match timeout(PATIENCE, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => Ok(Vec::from(body)),
        Ok(Err(_)) => Err(Refused::new(413, "too_large", "the body is longer than 64 KiB")),
        Err(_) => Err(Refused::new(408, "timeout", "the body took too long")),
    }
}

/// What panicked has changed nothing: its transaction was rolled back.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refused> + Send + 'static) -> Result<T, Refused> {
    spawn_blocking(work).await.map_err(internal)?
}

fn internal(error: impl std::fmt::Display) -> Refused {
    log::failed(&error);
    Refused::new(500, "internal", "internal error")
}

/// Whether there is one `Content-Type`, and it is that of JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let media = line.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}
