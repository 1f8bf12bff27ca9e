//! Who is slow, who is many, and who is large: nobody holds for long what others wait for.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use keyward_service::transport::{Limits, serve};
use serde_json::json;
use tokio::{net::TcpListener, runtime::Runtime, sync::Notify};

use crate::{
    client::{Answer, raw},
    server::Server,
};

fn connect(address: SocketAddr, first: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    stream
}

/// What comes until the connection is closed or reset, and when that was.
fn rest(mut stream: TcpStream) -> (String, Duration) {
    let (start, mut bytes) = (Instant::now(), Vec::new());
    let _ = stream.read_to_end(&mut bytes);
    (String::from_utf8_lossy(&bytes).into_owned(), start.elapsed())
}

#[test]
fn who_is_not_let_in_is_told_before_the_body_is_there() {
    let server = Server::start(&[]);
    let reader = server.token("reader", &["products:read"], &[]);
    let good = format!("Authorization: {}\r\n", server.admin.key);
    let good_from_a_page = format!("{good}Origin: https://evil.example\r\n");
    let two = good.repeat(2);
    let without_permission = format!("Authorization: {}\r\n", reader.key);
    for (headers, status) in [
        ("", 401),
        ("Authorization: svc_at_1uZPZRIo3YDQZ0_0gpy7QN4O7U1uOc16vzCaphq8ofecw2nOV2l\r\n", 401),
        (&two, 400),
        (&good_from_a_page, 403),
        (&without_permission, 403),
    ] {
        for length in ["Content-Length: 60000", "Content-Length: 99999999999", "Transfer-Encoding: chunked"] {
            // All of the header, and none of the body.
            let head = format!("POST /products HTTP/1.1\r\nHost: x\r\n{headers}{length}\r\n\r\n");
            let (answer, took) = rest(connect(server.admin.address, &head));
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {answer}");
            assert!(took < Duration::from_secs(4), "{head}: {took:?}");
        }
    }
}

#[test]
fn a_slow_header_and_an_idle_connection_are_ended() {
    let mut server = Server::start(&[]);
    let address = server.admin.address;
    let mut slow: Vec<TcpStream> = (0..20).map(|_| connect(address, "GET /me HTTP/1.1\r\nHost: x\r\n")).collect();
    let idle = connect(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let silent = connect(address, "");
    let start = Instant::now();
    // A byte now and then is no header.
    while start.elapsed() < Duration::from_secs(20) && !slow.is_empty() {
        slow.retain_mut(|stream| stream.write_all(b"X").is_ok());
        server.admin.get("/me").is(200);
        thread::sleep(Duration::from_millis(300));
    }
    assert!(slow.is_empty(), "a header has all the time it wants");
    let (answers, _) = rest(idle);
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{answers}");
    assert_eq!(rest(silent).0, "");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(server.is_alive());
}

#[test]
fn a_slow_body_is_ended() {
    let server = Server::start(&[]);
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{",
        server.admin.key
    );
    let mut sending = connect(server.admin.address, &head);
    let receiving = sending.try_clone().unwrap();
    let sender = thread::spawn(move || {
        for _ in 0..60 {
            if sending.write_all(b" ").is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(300));
        }
    });
    let (answer, took) = rest(receiving);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    drop(sender);
    server.admin.post("/products", &json!({"name": "kettle"})).is(201);
}

#[test]
fn a_large_header_is_refused() {
    let mut server = Server::start(&[]);
    let (address, long) = (server.admin.address, "a".repeat(1 << 20));
    let many = "X: y\r\n".repeat(1_000);
    for (request, name) in [
        (format!("GET /me HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), "a line of 1 MiB"),
        (format!("GET /me HTTP/1.1\r\nHost: x\r\n{long}: x\r\n\r\n"), "a name of 1 MiB"),
        (format!("GET /me HTTP/1.1\r\nHost: x\r\n{many}\r\n"), "many lines"),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), "a path of 1 MiB"),
        (format!("GET /me?{long} HTTP/1.1\r\nHost: x\r\n\r\n"), "a query of 1 MiB"),
        (format!("{long} / HTTP/1.1\r\nHost: x\r\n\r\n"), "a method of 1 MiB"),
        (long.clone(), "no end of it"),
    ] {
        // A refusal, or a closed connection where the client was still writing.
        if let Ok(Answer { status, body, .. }) = raw(address, request.as_bytes()) {
            assert!([400, 414, 431].contains(&status), "{name}: {status} {body}");
        }
        server.admin.get("/me").is(200);
    }
    assert!(server.is_alive());
}

#[test]
fn many_connections_keep_nobody_out_for_long() {
    let mut server = Server::start(&[]);
    let start = Instant::now();
    // All that there may be at once, and some that wait.
    let many: Vec<TcpStream> = (0..600).map(|_| connect(server.admin.address, "")).collect();
    server.admin.get("/me").is(200);
    println!("{} connections, and an answer after {:?}", many.len(), start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(server.is_alive());
}

/// Served within this process, within limits that a test can wait for.
struct Served {
    runtime: Runtime,
    address: SocketAddr,
    stop: Arc<Notify>,
    ended: tokio::task::JoinHandle<()>,
}

const LIMITS: Limits = Limits {
    connections: 4,
    header: Duration::from_secs(1),
    connection: Duration::from_secs(4),
    last_answer: Duration::from_secs(2),
};

impl Served {
    fn start(limits: Limits) -> Self {
        let runtime = Runtime::new().unwrap();
        let served = Router::new()
            .route("/short", get(|| async { "short" }))
            .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(500)).await }))
            .route("/never", get(|| async { tokio::time::sleep(Duration::from_hours(1)).await }))
            // More than the operating system takes off the service's hands.
            .route("/large", get(|| async { vec![b'x'; 64 << 20] }));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
        let stopped = Arc::clone(&stop);
        let ended =
            runtime.spawn(async move { serve(listener, served, limits, async { stopped.notified().await }).await });
        Self { runtime, address, stop, ended }
    }

    fn get(&self, path: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        raw(self.address, request.as_bytes()).unwrap()
    }

    fn keeping(&self, path: &str) -> TcpStream {
        connect(self.address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }

    /// Asks it to stop, and gives how long it took.
    fn stop(self) -> Duration {
        let start = Instant::now();
        self.stop.notify_one();
        self.runtime.block_on(self.ended).unwrap();
        start.elapsed()
    }
}

#[test]
fn as_many_connections_as_there_may_be_and_the_next_waits() {
    let served = Served::start(LIMITS);
    let start = Instant::now();
    let silent: Vec<TcpStream> = (0..LIMITS.connections).map(|_| connect(served.address, "")).collect();
    // Taken up in the order in which they came.
    served.get("/short").is(200);
    let took = start.elapsed();
    assert!(took >= LIMITS.header, "it had a connection beside {}: {took:?}", silent.len());
    assert!(took < LIMITS.header * 3, "{took:?}");
    // And all of them are free again.
    let start = Instant::now();
    served.get("/short").is(200);
    assert!(start.elapsed() < LIMITS.header / 2);
}

#[test]
fn a_connection_ends_however_busy_it_is() {
    let served = Served::start(LIMITS);
    let mut stream = served.keeping("/short");
    let receiving = stream.try_clone().unwrap();
    let reader = thread::spawn(move || rest(receiving));
    let mut asked = 1;
    while !reader.is_finished() && asked < 1_000 {
        thread::sleep(Duration::from_millis(50));
        asked += usize::from(stream.write_all(b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n").is_ok());
    }
    let (answers, took) = reader.join().unwrap();
    // Measured from a moment after the connection was made.
    let from = LIMITS.connection * 9 / 10;
    assert!(took >= from && took < LIMITS.connection * 3, "{took:?}");
    assert!(answers.matches("HTTP/1.1 200 ").count() > 10, "{answers}");
}

#[test]
fn who_does_not_read_the_answer_holds_no_connection() {
    let served = Served::start(Limits { connections: 2, ..LIMITS });
    let holding = [served.keeping("/large"), served.keeping("/never")];
    let start = Instant::now();
    served.get("/short").is(200);
    let took = start.elapsed();
    assert!(took >= LIMITS.connection && took < Duration::from_secs(10), "{took:?}");
    drop(holding);
}

#[test]
fn when_it_stops_what_was_asked_is_answered_and_no_more() {
    let served = Served::start(LIMITS);
    let (slow, idle) = (served.keeping("/slow"), served.keeping("/short"));
    thread::sleep(Duration::from_millis(200));
    let address = served.address;
    let took = served.stop();
    assert!(took < LIMITS.last_answer, "{took:?}");
    assert!(rest(slow).0.starts_with("HTTP/1.1 200 "));
    assert_eq!(rest(idle).0.matches("HTTP/1.1 200 ").count(), 1);
    assert!(TcpStream::connect(address).is_err());

    // Nor does it wait for ever.
    let served = Served::start(LIMITS);
    let never = served.keeping("/never");
    thread::sleep(Duration::from_millis(200));
    let took = served.stop();
    assert!(took >= LIMITS.last_answer && took < LIMITS.last_answer * 4, "{took:?}");
    assert_eq!(rest(never).0, "");
}
