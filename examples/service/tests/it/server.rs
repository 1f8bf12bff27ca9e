//! The service as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::client::Client;

/// A running service, ended when it is dropped.
pub(crate) struct Server {
    process: Child,
    log: Log,
    /// With the key of the first operator.
    pub(crate) admin: Client,
    /// What it said when it started.
    pub(crate) printed: String,
}

/// What it writes to standard error.
enum Log {
    /// Nobody reads it yet.
    Waits(ChildStderr),
    /// A thread does.
    IsRead(JoinHandle<String>),
    Taken,
}

impl Log {
    fn read(self) -> Self {
        let Self::Waits(mut stderr) = self else { return self };
        Self::IsRead(thread::spawn(move || {
            let mut log = Vec::new();
            let _ = stderr.read_to_end(&mut log);
            String::from_utf8_lossy(&log).into_owned()
        }))
    }
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::launch(arguments, 4).reading_the_log()
    }

    /// Over a database that is there: no key is shown again.
    pub(crate) fn start_again(arguments: &[&str]) -> Self {
        Self::launch(arguments, 2).reading_the_log()
    }

    /// Over a database that can't be reached yet: it says nothing more than where it listens.
    #[allow(dead_code, reason = "the tests of several processes share this file")]
    pub(crate) fn start_without_its_database(arguments: &[&str]) -> Self {
        Self::launch(arguments, 0).reading_the_log()
    }

    /// With a log that nobody reads.
    pub(crate) fn start_unread(arguments: &[&str]) -> Self {
        Self::launch(arguments, 4)
    }

    /// Reads the log from now on.
    pub(crate) fn reading_the_log(mut self) -> Self {
        self.log = std::mem::replace(&mut self.log, Log::Taken).read();
        self
    }

    fn launch(arguments: &[&str], more_lines: usize) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_keyward-service"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let Some(first) = lines.next() else {
            let mut why = String::new();
            process.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!("no address: {why}");
        };
        let address = first.strip_prefix("listening on http://").expect(&first).parse().unwrap();
        let rest: Vec<String> = lines.take(more_lines).collect();
        // Where no key is shown, no caller has one.
        let key = rest.get(1).filter(|_| more_lines == 4).map_or("", |line| line.trim()).to_owned();
        let log = Log::Waits(process.stderr.take().unwrap());
        let printed = [vec![first], rest].concat().join("\n");
        Self { process, log, admin: Client { address, key }, printed }
    }

    /// Kills it; it gets to do nothing any more.
    #[allow(dead_code, reason = "the tests of several processes share this file")]
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Asks it to end, and gives how long it took.
    pub(crate) fn end(&mut self) -> Duration {
        let start = Instant::now();
        let kill = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(kill.success());
        while self.is_alive() {
            assert!(start.elapsed() < Duration::from_mins(1), "it doesn't end");
            thread::sleep(Duration::from_millis(10));
        }
        assert!(self.process.wait().unwrap().success());
        start.elapsed()
    }

    /// Ends it, and gives all that it wrote to standard error, each line read as JSON.
    pub(crate) fn into_log(self) -> Vec<Value> {
        let mut server = self.reading_the_log();
        server.end();
        let Log::IsRead(reader) = std::mem::replace(&mut server.log, Log::Taken) else {
            panic!("nobody reads the log")
        };
        let log = reader.join().unwrap();
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// A role, and a token that has it; with the token's key.
    pub(crate) fn token(&self, id: &str, permissions: &[&str], conditions: &[&str]) -> Client {
        let role = format!("role-of-{id}");
        self.admin.post("/accessPolicies", &json!({"id": role, "permissions": permissions})).is(201);
        let token = json!({"id": id, "policies": [role], "conditions": conditions});
        let created = self.admin.post("/accessTokens", &token);
        self.admin.with_key(&created.is(201).text("apiKey"))
    }

    /// A role, and an operator who has it; with the operator's key.
    pub(crate) fn operator(&self, id: &str, permissions: &[&str], conditions: &[&str]) -> Client {
        let role = format!("role-of-{id}");
        self.admin.post("/accessPolicies", &json!({"id": role, "permissions": permissions})).is(201);
        let operator = json!({"operator": id, "policies": [role], "conditions": conditions});
        let created = self.admin.post("/accounts/demo/operatorAccess", &operator);
        self.admin.with_key(&created.is(201).text("operatorApiKey"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
