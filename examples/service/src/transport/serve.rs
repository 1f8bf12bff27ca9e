//! From a socket to HTTP, within limits: nobody holds for long what others wait for.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

/// The most bytes of a request's line and header, and the most lines of it.
const MAX_HEADER: usize = 16 << 10;
const MAX_LINES: usize = 64;
/// The most bytes that are read ahead, or written and not yet taken.
const MAX_BUFFER: usize = 64 << 10;
/// How long to wait where the operating system gives no connection: it may be out of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// How much anyone may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections there are at once. Who comes after them waits in the operating system's queue.
    pub connections: usize,
    /// How long a header may take to arrive, from the answer to the request before it: also how long a connection may
    /// idle.
    pub header: Duration,
    /// How long a connection lasts; what is asked before its end is answered.
    pub connection: Duration,
    /// How long that answer may take, to a caller who reads it slowly; and how long those that are open may take when
    /// the service ends.
    pub last_answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            header: Duration::from_secs(5),
            connection: Duration::from_mins(1),
            last_answer: Duration::from_secs(20),
        }
    }
}

/// Serves until `stop`, and then what was asked until then.
pub async fn serve(listener: TcpListener, served: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let (stopping, stopped) = watch::channel(false);
    let accept = async {
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let Ok((stream, from)) = listener.accept().await else {
                sleep(PAUSE).await;
                continue;
            };
            let (served, stopped) = (served.clone(), stopped.clone());
            tokio::spawn(async move {
                connection((stream, from), served, limits, stopped).await;
                drop(slot);
            });
        }
    };
    select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    stopping.send_replace(true);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let _ = timeout(limits.last_answer, slots.acquire_many(all)).await;
}

/// One connection, until it ends or must. Each request says from where it comes.
async fn connection(
    (stream, from): (TcpStream, SocketAddr),
    served: Router,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
) {
    let served = TowerToHyperService::new(served);
    let served = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(from);
        served.call(request)
    });
    // Answers are written whole: there is nothing to wait for.
    let _ = stream.set_nodelay(true);
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .max_header_size(MAX_HEADER)
            .max_headers(MAX_LINES)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(TokioIo::new(stream), served)
    );
    select! {
        _ = connection.as_mut() => return,
        () = sleep(limits.connection) => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(limits.last_answer, connection).await;
}
