//! What is taken away through one process is refused by all, whatever is killed meanwhile.
//!
//! `KEYWARD_REQUESTS` says how many requests are sent for what was taken away, a few thousand if not given.

use std::{
    env, fs,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use postgres::{Client as Sql, NoTls};
use serde_json::json;

use crate::{
    client::Client,
    fresh,
    many::{NODES, Nodes},
};

const WORKERS: usize = 4;
/// How often each node is asked after each change.
const PROBES: usize = 20;

/// Ends the server of the database as if its machine had failed; whoever started it starts it again.
fn restart_the_database(url: &str) {
    let mut sql = Sql::connect(url, NoTls).unwrap();
    let folder: String = sql.query_one("SHOW data_directory", &[]).unwrap().get(0);
    let pid = fs::read_to_string(format!("{folder}/postmaster.pid")).unwrap();
    let killed = Command::new("kill").args(["-QUIT", pid.lines().next().unwrap()]).status().unwrap();
    assert!(killed.success());
}

#[derive(Default)]
struct Counts {
    /// Requests for what was taken away, answered.
    taken: AtomicU64,
    /// Those among them that were let in by what was kept, within the bound.
    kept: AtomicU64,
    /// Requests for what was given, answered.
    given: AtomicU64,
    /// Changes that were acknowledged.
    changes: AtomicU64,
    /// Requests that no process answered, or none that could reach the database.
    unanswered: AtomicU64,
    /// The longest that something was let in after it was taken away, in milliseconds.
    longest: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

impl Counts {
    fn add(of: &AtomicU64) {
        of.fetch_add(1, Ordering::Relaxed);
    }

    fn get(of: &AtomicU64) -> u64 {
        of.load(Ordering::Relaxed)
    }

    fn wrong(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }
}

/// One who changes roles and revokes tokens through any node, and asks all of them what that has done.
struct Worker<'a> {
    nodes: &'a Nodes<'a>,
    counts: &'a Counts,
    number: usize,
    bound: Duration,
    /// The next node: each in turn.
    next: usize,
}

impl Worker<'_> {
    fn turn(&mut self) -> Client {
        self.next += 1;
        self.nodes.admin(self.next)
    }

    /// Makes a change until a node says that it is made, and gives the version that it was answered with. `again` says what else
    /// means that it is: an earlier try may have been stored without an answer.
    fn until_done(&mut self, method: &str, path: &str, body: Option<&str>, again: u16) -> (String, u64) {
        loop {
            match self.turn().try_send(method, path, &[], body) {
                Ok(answer) if answer.status < 300 => {
                    Counts::add(&self.counts.changes);
                    let version = answer.header("keyward-account-version").unwrap().parse().unwrap();
                    return (answer.body, version);
                }
                Ok(answer) if answer.status == again => return (answer.body, 0),
                Ok(answer) if [503, 409].contains(&answer.status) => Counts::add(&self.counts.unanswered),
                Ok(answer) => {
                    self.counts.wrong(format!("{method} {path}: {answer:?}"));
                    return (String::new(), 0);
                }
                Err(_) => Counts::add(&self.counts.unanswered),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn role(&mut self, permissions: &[&str]) -> u64 {
        let (path, body) = (format!("/accessPolicies/r{}", self.number), json!({"permissions": permissions}));
        self.until_done("PUT", &path, Some(&body.to_string()), 0).1
    }

    /// Asks every node for something that was given or taken away by the change of this version.
    fn probe(&mut self, key: &str, status: u16, version: u64, since: Instant) {
        for at in 0..PROBES * NODES {
            // Every other request says what it has seen.
            let at_least = format!("Keyward-At-Least: {version}");
            let headers: &[&str] = if at % 2 == 0 { &[] } else { &[&at_least] };
            let asked = since.elapsed();
            let Ok(answer) = self.nodes.admin(at).with_key(key).try_send("GET", "/products", headers, None) else {
                Counts::add(&self.counts.unanswered);
                continue;
            };
            let of = if status == 200 { &self.counts.given } else { &self.counts.taken };
            match answer.status {
                503 => Counts::add(&self.counts.unanswered),
                found if found == status => Counts::add(of),
                // What is kept may be as old as its bound, where nobody asks for more.
                found if headers.is_empty() && asked < self.bound => {
                    Counts::add(of);
                    if found == 200 {
                        Counts::add(&self.counts.kept);
                        self.counts.longest.fetch_max(asked.as_millis().try_into().unwrap(), Ordering::Relaxed);
                    }
                }
                _ => self.counts.wrong(format!("wanted {status} {asked:?} after version {version}: {answer:?}")),
            }
        }
    }

    fn work(&mut self, requests: u64) {
        let role = format!("r{}", self.number);
        let body = json!({"id": role, "permissions": ["products:read"]}).to_string();
        self.until_done("POST", "/accessPolicies", Some(&body), 0);
        let (key, _) = self.token(&format!("t{}", self.number), &role);
        let mut round = 0;
        while Counts::get(&self.counts.taken) < requests && self.counts.wrong.lock().unwrap().is_empty() {
            let given = self.role(&["products:read,list"]);
            self.probe_given(&key, given);
            let taken = self.role(&["products:read"]);
            self.probe(&key, 403, taken, Instant::now());
            round += 1;
            if round % 5 == 0 {
                self.role(&["products:read,list"]);
                let name = format!("t{}-{round}", self.number);
                let (key, given) = self.token(&name, &role);
                self.probe_given(&key, given);
                let (_, revoked) = self.until_done("DELETE", &format!("/accessTokens/{name}"), None, 404);
                self.probe(&key, 401, revoked, Instant::now());
            }
        }
    }

    /// A few requests for what is given: most are for what was taken away.
    fn probe_given(&self, key: &str, version: u64) {
        for node in 0..NODES {
            let at_least = format!("Keyward-At-Least: {version}");
            match self.nodes.admin(node).with_key(key).try_send("GET", "/products", &[&at_least], None) {
                Ok(answer) if answer.status == 200 => Counts::add(&self.counts.given),
                Ok(answer) if answer.status != 503 => self.counts.wrong(format!("at version {version}: {answer:?}")),
                _ => Counts::add(&self.counts.unanswered),
            }
        }
    }

    /// A new token. Where the answer was lost, another in its place.
    fn token(&mut self, name: &str, role: &str) -> (String, u64) {
        let document = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap();
        let body = json!({"id": name, "policies": [role], "conditions": []}).to_string();
        let (created, version) = self.until_done("POST", "/accessTokens", Some(&body), 409);
        if let Some(key) = document(&created)["apiKey"].as_str() {
            return (key.to_owned(), version);
        }
        let (rotated, version) = self.until_done("POST", &format!("/accessTokens/{name}/apiKey"), None, 0);
        (document(&rotated)["apiKey"].as_str().unwrap_or_default().to_owned(), version)
    }
}

struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// All at once: changes through any node, requests to all of them, a process that is killed, a database that is.
fn all_at_once(name: &str, bound: Duration) {
    let Some((url, _alone)) = fresh(name) else { return };
    let requests: u64 = env::var("KEYWARD_REQUESTS").map_or(3_000, |requests| requests.parse().unwrap());
    let cache = bound.as_millis().to_string();
    let nodes = Nodes::start(&["--postgres", &url, "--cache", &cache]);
    let (counts, start) = (Counts::default(), Instant::now());
    let constant = nodes.admin(0);
    constant.post("/accessPolicies", &json!({"id": "constant", "permissions": ["products:read,list"]})).is(201);
    let body = json!({"id": "constant", "policies": ["constant"], "conditions": []});
    let constant = constant.post("/accessTokens", &body).is(201).text("apiKey");
    let ended = AtomicBool::new(false);
    let stalled = || !counts.wrong.lock().unwrap().is_empty() || ended.load(Ordering::SeqCst);
    thread::scope(|scope| {
        let workers = (0..WORKERS).map(|number| {
            let mut worker = Worker { nodes: &nodes, counts: &counts, number, bound, next: number };
            scope.spawn(move || worker.work(requests))
        });
        let workers: Vec<_> = workers.collect();
        // A key that nobody changes is good all the time, or nobody can tell.
        scope.spawn(|| {
            for node in (0..NODES).cycle().take_while(|_| !ended.load(Ordering::SeqCst)) {
                match nodes.admin(node).with_key(&constant).try_send("GET", "/products", &[], None) {
                    Ok(answer) if answer.status == 200 => Counts::add(&counts.given),
                    Ok(answer) if answer.status != 503 => counts.wrong(format!("a good key: {answer:?}")),
                    _ => Counts::add(&counts.unanswered),
                }
            }
        });
        let reached = |share: u64| {
            while Counts::get(&counts.taken) < requests * share / 10 && !stalled() {
                thread::sleep(Duration::from_millis(5));
            }
        };
        // Also where something panics: nobody works on for ever.
        let _ends = Ends(&ended);
        reached(3);
        nodes.kill(1);
        reached(6);
        restart_the_database(&url);
        for worker in workers {
            worker.join().unwrap();
        }
    });
    let took = start.elapsed().as_secs_f64();
    let wrong = counts.wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} wrong: {}", wrong.len(), wrong[..wrong.len().min(3)].join("\n"));

    // Each change that was acknowledged has its record, and each that was stored one version.
    let mut sql = Sql::connect(&url, NoTls).unwrap();
    let stored = "SELECT count(*) FROM audit WHERE account = 'demo' AND record::json ->> 'outcome' = 'done'";
    let stored: i64 = sql.query_one(stored, &[]).unwrap().get(0);
    let version: i64 = sql.query_one("SELECT version FROM accounts WHERE id = 'demo'", &[]).unwrap().get(0);
    let [taken, kept, given, changes, unanswered, longest] =
        [counts.taken, counts.kept, counts.given, counts.changes, counts.unanswered, counts.longest]
            .map(AtomicU64::into_inner);
    println!(
        "{NODES} processes, a key used for {cache} ms after it was read: {taken} requests for what was taken away, of which {kept} \
         were let in within that time, the last {longest} ms after; {given} for what was given; {changes} changes acknowledged, \
         {stored} recorded, version {version}; {unanswered} requests without an answer; {took:.0} s",
    );
    assert!(taken >= requests && stored >= i64::try_from(changes).unwrap() && version >= stored, "{stored} {version}");
    assert!(bound > Duration::ZERO || kept == 0);
}

/// One after the other: each of them kills the database.
#[test]
fn what_is_taken_away_through_one_is_refused_by_all() {
    all_at_once("service_nodes", Duration::ZERO);
    all_at_once("service_nodes_cached", Duration::from_secs(1));
}
