//! A database that is away, that holds what can't be read, that tells nothing; an encrypted way to it.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use postgres::{Client as Sql, NoTls};
use serde_json::json;

use crate::{client::Client, fresh, many::Nodes, server::Server};

/// Waits until this holds, for ten seconds at the most.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Takes connections at this port to the server at the other.
fn forward(listener: &TcpListener, to: u16) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                if to.write_all(&buffer[..read]).is_err() {
                    return;
                }
            }
        });
    };
    for client in listener.incoming().map_while(Result::ok) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { return };
        let both = || -> io::Result<_> { Ok((client.try_clone()?, server.try_clone()?)) };
        let Ok((client_again, server_again)) = both() else { return };
        copy(client_again, server_again);
        copy(server, client);
    }
}

/// Whom a good key belongs to is not forgotten, and nobody is let in, while the database can't be reached at the start.
#[test]
fn a_database_that_is_away_at_the_start_is_503_until_it_comes() {
    let Some((url, _alone)) = fresh("service_away") else { return };
    let key = Server::start(&["--postgres", &url]).admin.key.clone();
    let port: u16 = url.split_once("port=").unwrap().1.split(' ').next().unwrap().parse().unwrap();
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let through = closed.local_addr().unwrap().port();
    drop(closed);
    let url = url.replace(&format!("port={port}"), &format!("port={through}"));
    let server = Server::start_without_its_database(&["--postgres", &url]);
    let client = server.admin.with_key(&key);
    for _ in 0..3 {
        client.get("/products").refused(503, "unavailable");
        client.post("/accessPolicies", &json!({"id": "r", "permissions": []})).refused(503, "unavailable");
    }
    // What needs no database is answered.
    client.with_key("").get("/products").refused(401, "missing_credentials");
    client.get("/").is(200);
    let open = TcpListener::bind(("127.0.0.1", through)).unwrap();
    thread::spawn(move || forward(&open, port));
    until("it comes back", || client.get("/products").status == 200);
}

/// What the address names and the server doesn't have is told at the start: nobody waits for it.
#[test]
fn a_wrong_database_is_no_database_that_is_away() {
    let Some((url, _alone)) = fresh("service_wrong") else { return };
    let schema = url.replace("search_path=service_wrong", "search_path=no_such_schema");
    let database = url.replace("dbname=postgres", "dbname=no_such_database");
    let address = format!("{url} sslmode=verify-full");
    for (wrong, said) in [(schema, "no schema"), (database, "no_such_database"), (address, "`sslmode` is")] {
        let run = Command::new(env!("CARGO_BIN_EXE_keyward-service"))
            .args(["--listen", "127.0.0.1:0", "--postgres", &wrong])
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(1) && why.contains(said), "{:?} {why}", run.status);
    }
}

#[test]
fn what_cannot_be_read_lets_nobody_in_and_accuses_nobody() {
    let Some((url, _alone)) = fresh("service_unreadable") else { return };
    let nodes = Nodes::start(&["--postgres", &url]);
    let admin = nodes.admin(0);
    admin.post("/accessPolicies", &json!({"id": "r", "permissions": ["products:read,list"]})).is(201);
    let token = json!({"id": "t", "policies": ["r"], "conditions": []});
    let token = admin.post("/accessTokens", &token).is(201).text("apiKey");
    let ask = |node| nodes.admin(node).with_key(&token).get("/products").status;
    assert_eq!([ask(0), ask(1), ask(2)], [200; 3]);
    let mut sql = Sql::connect(&url, NoTls).unwrap();

    // A key's record.
    sql.batch_execute("UPDATE keys SET record = 'x' || record WHERE actor = 't'").unwrap();
    assert_eq!([ask(0), ask(1), ask(2)], [503; 3]);
    sql.batch_execute("UPDATE keys SET record = substr(record, 2) WHERE actor = 't'").unwrap();
    assert_eq!([ask(0), ask(1), ask(2)], [200; 3]);

    // Roles of a later schema, as where a new version of the service is being deployed: what is older doesn't judge by half of
    // them, nor by those that it knew.
    let kept: String = sql.query_one("SELECT roles FROM accounts", &[]).unwrap().get(0);
    let later = kept.replace("products:read,list", "inventions:read");
    assert_ne!(kept, later);
    let put = "UPDATE accounts SET version = version + 1, roles = $1";
    sql.execute(put, &[&later]).unwrap();
    assert_eq!([ask(0), ask(1), ask(2)], [503; 3]);
    admin.put("/accessPolicies/r", &json!({"permissions": ["products:read"]})).refused(503, "unavailable");
    sql.execute(put, &[&kept]).unwrap();
    assert_eq!([ask(0), ask(1), ask(2)], [200; 3]);
}

/// A search that was begun in one process goes on in another, and after the end of both.
#[test]
fn a_search_goes_on_in_another_process() {
    let Some((url, _alone)) = fresh("service_pages") else { return };
    let nodes = Nodes::start(&["--postgres", &url]);
    let ask = |node, token: &str| {
        let page = if token.is_empty() { json!({"limit": 1}) } else { json!({"limit": 1, "token": token}) };
        let search = json!({
            "subject": {"type": "user", "id": "olivia"}, "action": {"name": "can_read"}, "resource": {"type": "product"},
            "page": page,
        });
        let answer = nodes.admin(node).post("/access/v1/search/resource", &search);
        let answer = answer.is(200).json();
        (answer["results"][0]["id"].clone(), answer["page"]["next_token"].as_str().unwrap().to_owned())
    };
    let (first, token) = ask(0, "");
    let (second, token) = ask(1, &token);
    nodes.kill(0);
    nodes.kill(2);
    let (third, token) = ask(2, &token);
    assert_eq!([first, second, third], ["p1", "p2", "p3"]);
    assert_eq!(token, "");
}

/// Who listens for changes is cut off again and again: what is kept is used for its time, and no longer.
#[test]
fn where_nothing_is_told_nothing_is_used_past_its_bound() {
    let Some((url, _alone)) = fresh("service_untold") else { return };
    let bound = Duration::from_millis(400);
    let nodes = Nodes::start(&["--postgres", &url, "--cache", "400"]);
    let admin = nodes.admin(0);
    let ended = AtomicBool::new(false);
    let mut sql = Sql::connect(&url, NoTls).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'";
            while !ended.load(Ordering::SeqCst) {
                sql.execute(cut, &[]).unwrap();
                thread::sleep(Duration::from_millis(5));
            }
        });
        let kept: Vec<bool> = (0..5).map(|round| outlives(&nodes, &admin, round, bound)).collect();
        ended.store(true, Ordering::SeqCst);
        println!("used although revoked, within its time: {kept:?}");
    });
}

/// Whether a revoked token was let in within the bound. Past it, it must not be.
fn outlives(nodes: &Nodes<'_>, admin: &Client, round: usize, bound: Duration) -> bool {
    let name = format!("t{round}");
    let token = json!({"id": name, "policies": ["admin"], "conditions": []});
    let token = admin.post("/accessTokens", &token).is(201).text("apiKey");
    let ask = |node| nodes.admin(node).with_key(&token).get("/me").status;
    assert_eq!([ask(0), ask(1), ask(2)], [200; 3]);
    admin.delete(&format!("/accessTokens/{name}")).is(204);
    let revoked = Instant::now();
    // The process that changed it knows.
    assert_eq!(ask(0), 401);
    let mut kept = false;
    loop {
        let asked = revoked.elapsed();
        match [ask(1), ask(2)] {
            [401, 401] if asked > bound => return kept,
            [200 | 401, 200 | 401] if asked < bound => kept |= ask(1) == 200,
            other => assert!(asked < bound, "{asked:?}: {other:?}"),
        }
    }
}

/// To a server whose certificate an authority has signed that is trusted, and to no other.
#[test]
fn the_way_to_the_database_is_encrypted_where_the_address_says_so() {
    let Some((url, _alone)) = fresh("service_tls") else { return };
    let Ok(authority) = std::env::var("KEYWARD_POSTGRESQL_CA") else {
        println!("skipped: no authority in KEYWARD_POSTGRESQL_CA");
        return;
    };
    let url = format!("{url} sslmode=require application_name=encrypted");
    let server = Server::start(&["--postgres", &url, "--postgres-ca", &authority]);
    server.admin.get("/products").is(200);
    let mut sql = Sql::connect(&url.replace("sslmode=require application_name=encrypted", ""), NoTls).unwrap();
    let encrypted = "SELECT bool_and(ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'encrypted'";
    let row = sql.query_one(encrypted, &[]).unwrap();
    assert!(row.get::<_, bool>(0) && row.get::<_, i64>(1) > 0);
    drop(server);

    // Its authority is not among those that the system trusts.
    let server = Server::start_without_its_database(&["--postgres", &url]);
    server.admin.with_key("svc_unknown").get("/me").refused(401, "invalid_token");
    let log = server.into_log();
    assert!(log.iter().any(|line| line["error"].to_string().contains("certificate")), "{log:?}");
}
