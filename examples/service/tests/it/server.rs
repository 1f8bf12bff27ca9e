//! The service as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use serde_json::{Value, json};

use crate::client::Client;

/// A running service, ended when it is dropped.
pub(crate) struct Server {
    process: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// With the key of the first operator.
    pub(crate) admin: Client,
    /// What it said when it started.
    pub(crate) printed: String,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::launch(arguments, 4)
    }

    /// Over a database that is there: no key is shown again.
    pub(crate) fn start_again(arguments: &[&str]) -> Self {
        Self::launch(arguments, 2)
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
        let first = lines.next().expect("an address");
        let address = first.strip_prefix("listening on http://").expect(&first).parse().unwrap();
        let rest: Vec<String> = lines.take(more_lines).collect();
        // Where no key is shown, no caller has one.
        let key = rest.get(1).filter(|_| more_lines == 4).map_or("", |line| line.trim()).to_owned();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut stderr, kept) = (process.stderr.take().unwrap(), Arc::clone(&log));
        let reader = thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut piece) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        });
        let printed = [vec![first], rest].concat().join("\n");
        Self { process, log, reader: Some(reader), admin: Client { address, key }, printed }
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Ends it, and gives all that it wrote to standard error, each line read as JSON.
    pub(crate) fn into_log(mut self) -> Vec<Value> {
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.reader.take().unwrap().join().unwrap();
        let log = self.log.lock().unwrap();
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
