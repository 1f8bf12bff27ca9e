//! The log: nobody waits for its reader, and what is missing is said.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{client::Client, server::Server};

/// Asks so many times over one connection, and gives how many times it was refused for a missing permission.
fn ask_often(client: &Client, times: usize) -> usize {
    let mut stream = TcpStream::connect(client.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let ask = |more: &str| format!("GET /products HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n{more}\r\n", client.key);
    let requests = ask("").repeat(times - 1) + &ask("Connection: close\r\n");
    let mut sending = stream.try_clone().unwrap();
    let sender = thread::spawn(move || sending.write_all(requests.as_bytes()));
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    sender.join().unwrap().unwrap();
    answers.matches("HTTP/1.1 403 ").count()
}

fn count(log: &[Value], event: &str) -> usize {
    log.iter().filter(|line| line["event"] == event).count()
}

#[test]
fn nobody_waits_for_a_reader_who_stalls_and_what_is_missing_is_said() {
    const CALLERS: usize = 2;
    const TIMES: usize = 4_000;
    let mut server = Server::start_unread(&[]);
    // Long lines: one for each request, more than the pipe and the queue hold.
    let nobody = server.operator(&"n".repeat(115), &[], &[]);
    let start = Instant::now();
    let refused: usize = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| ask_often(&nobody, TIMES))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert_eq!(refused, CALLERS * TIMES);
    println!("{refused} requests in {:?}", start.elapsed());
    // And there is room for what changes an account.
    for number in 0..20 {
        let role = json!({"id": format!("late-{number}"), "permissions": []});
        server.admin.post("/accessPolicies", &role).is(201);
    }
    assert!(server.is_alive());
    let log = server.into_log();
    let dropped = |lines: &str| -> u64 {
        log.iter().filter(|line| line["event"] == "dropped").map(|line| line[lines].as_u64().unwrap()).sum()
    };
    let written = u64::try_from(count(&log, "denied")).unwrap();
    assert!(dropped("events") > 0, "the queue wasn't full: {written} lines");
    assert_eq!(written + dropped("events"), u64::try_from(refused).unwrap(), "each line is written, or counted");
    assert_eq!((count(&log, "audit"), dropped("audits")), (3 + 20, 0));
    // Where they are missing: after what was there before them, and before what came later.
    let place = |event: &str| log.iter().position(|line| line["event"] == event).unwrap();
    let late = log.iter().position(|line| line["record"]["target"] == "late-0").unwrap();
    assert!(place("denied") < place("dropped") && place("dropped") < late);
}

#[test]
fn it_ends_though_nobody_reads_the_log() {
    let mut server = Server::start_unread(&[]);
    let nobody = server.operator(&"n".repeat(115), &[], &[]);
    assert_eq!(ask_often(&nobody, 1_000), 1_000);
    let took = server.end();
    assert!(took < Duration::from_secs(10), "{took:?}");
}
