//! Requests a second of one, two and three processes over one PostgreSQL: with a read of the key for each request, with a cache,
//! and without authorization at all.
//!
//! ```text
//! .ci/databases cargo bench --manifest-path examples/service/Cargo.toml --features postgresql --bench nodes
//! ```
//!
//! A request reads one product. Those without authorization go to the same transport and the same store, past the guard.
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "it measures, and stops where it can't"
)]

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use keyward_service::{
    service::{FIRST, schema},
    store::{PostgreSql, Store},
    transport::{self, Limits},
};
use postgres::{Client, NoTls};

const CALLERS: usize = 12;
const SECONDS: u64 = 3;

fn main() {
    let Ok(server) = env::var("KEYWARD_POSTGRESQL") else { return println!("no server in KEYWARD_POSTGRESQL") };
    let url = format!("{server} options='-c search_path=service_figures'");
    if env::args().any(|argument| argument == "--open") {
        return serve_open(&url);
    }
    let mut sql = Client::connect(&server, NoTls).unwrap();
    sql.batch_execute("DROP SCHEMA IF EXISTS service_figures CASCADE; CREATE SCHEMA service_figures").unwrap();
    // The first founds the account, puts the products there, and is gone.
    let first = Node::guarded(&url, "0", true);
    thread::sleep(Duration::from_secs(1));
    let key = first.key.clone();
    drop(first);
    println!(
        "requests a second, {CALLERS} callers, {SECONDS} s each; `share`: of the time of a request, what authorization takes\n"
    );
    println!("| processes | read for each request | share | cache of 2 s | share | without authorization |");
    println!("|---|---|---|---|---|---|");
    for processes in 1..=3 {
        let guarded = |cache| (0..processes).map(|_| Node::guarded(&url, cache, false)).collect::<Vec<_>>();
        let open = measure(&(0..processes).map(|_| Node::open()).collect::<Vec<_>>(), "");
        let read = measure(&guarded("0"), &key);
        let kept = measure(&guarded("2000"), &key);
        let share = |with: f64| (1.0 - with / open) * 100.0;
        println!("| {processes} | {read:.0} | {:.0} % | {kept:.0} | {:.0} % | {open:.0} |", share(read), share(kept));
    }
}

/// The service without its guard.
fn serve_open(url: &str) {
    let store = Arc::new(PostgreSql::connect(url, None, &schema().unwrap()).unwrap());
    let product = async move |Path(id): Path<String>| {
        let store = Arc::clone(&store);
        let found = tokio::task::spawn_blocking(move || store.product(FIRST.0, &id)).await;
        match found {
            Ok(Ok(Some(product))) => Ok(product.document().to_string()),
            Ok(Ok(None)) => Err(StatusCode::NOT_FOUND),
            _ => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    };
    let router = Router::new().route("/products/{id}", get(product));
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(transport::BLOCKING_THREADS)
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        transport::serve(listener, router, Limits::default(), std::future::pending()).await;
    });
}

/// A process, ended when it is dropped.
struct Node {
    process: Child,
    address: String,
    key: String,
    _output: BufReader<ChildStdout>,
}

impl Node {
    fn guarded(url: &str, cache: &str, is_first: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyward-service"));
        command.args(["--listen", "127.0.0.1:0", "--postgres", url, "--cache", cache]);
        Self::start(command, if is_first { 3 } else { 1 })
    }

    fn open() -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg("--open");
        Self::start(command, 1)
    }

    fn start(mut command: Command, lines: usize) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let said: Vec<String> = (0..lines)
            .map(|_| {
                let mut line = String::new();
                output.read_line(&mut line).unwrap();
                line.trim().to_owned()
            })
            .collect();
        let address = said[0].strip_prefix("listening on http://").expect("an address").to_owned();
        let key = said.get(2).cloned().unwrap_or_default();
        Self { process, address, key, _output: output }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Requests a second that are answered as they should be.
fn measure(nodes: &[Node], key: &str) -> f64 {
    let authorization = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    let (ended, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let node = nodes.iter().cycle().nth(caller).unwrap();
            let request = format!("GET /products/p1 HTTP/1.1\r\nHost: {}\r\n{authorization}\r\n", node.address);
            let (ended, answered) = (&ended, &answered);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(&node.address).unwrap();
                stream.set_nodelay(true).unwrap();
                while !ended.load(Ordering::Relaxed) {
                    stream.write_all(request.as_bytes()).unwrap();
                    answer(&mut stream);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(Duration::from_secs(SECONDS));
        ended.store(true, Ordering::Relaxed);
    });
    answered.into_inner() as f64 / start.elapsed().as_secs_f64()
}

/// Reads one answer, which must be the product.
fn answer(stream: &mut TcpStream) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the connection was closed");
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length: usize =
            lower.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        if body.len() == length {
            assert!(head.starts_with("HTTP/1.1 200") && body.contains("kettle"), "{text}");
            return;
        }
    }
}
