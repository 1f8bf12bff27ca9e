//! A browser that is driven as a person would: through `chromedriver`.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::browser;

/// How long what a page does may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with one page, ended when this is dropped.
pub(crate) struct Driver {
    process: Child,
    address: SocketAddr,
    session: String,
    profile: PathBuf,
}

impl Driver {
    /// `None` where there is no browser to drive, which CI doesn't allow.
    pub(crate) fn start() -> Option<Self> {
        let (Some(browser), Some(driver)) =
            (browser::program(&["chromium", "chromium-browser"]), browser::program(&["chromedriver"]))
        else {
            browser::skip("no chromium or chromedriver");
            return None;
        };
        let mut process =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port =
            lines.find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
        // What it says further is read, so that it never waits for a reader.
        thread::spawn(move || lines.for_each(drop));
        let port: u16 = port.expect("chromedriver tells its port");
        let address = ([127, 0, 0, 1], port).into();
        let profile = std::env::temp_dir().join(format!("keyward-service-driven-{}-{port}", std::process::id()));
        let mut driver = Self { process, address, session: String::new(), profile };
        driver.session = driver.open(&browser);
        Some(driver)
    }

    fn open(&self, browser: &Path) -> String {
        let profile = format!("--user-data-dir={}", self.profile.display());
        let mut arguments = browser::ARGUMENTS.to_vec();
        arguments.push(&profile);
        let chrome = json!({"binary": browser, "args": arguments});
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": chrome});
        let opened = self.ask("POST", "/session", &json!({"capabilities": {"alwaysMatch": wanted}}));
        format!("/session/{}", opened["sessionId"].as_str().expect("a session"))
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("{}{path}", self.session);
        let (status, answer) = exchange(self.address, method, &path, body).expect("an answer");
        assert_eq!(status, 200, "{path}: {answer}");
        serde_json::from_str::<Value>(&answer).unwrap()["value"].take()
    }

    pub(crate) fn go(&self, address: &str) {
        self.ask("POST", "/url", &json!({"url": address}));
    }

    /// What this script gives.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    /// What this expression is.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        self.script(&format!("return {expression}"))
    }

    /// Waits until this expression is true.
    #[track_caller]
    pub(crate) fn wait(&self, expression: &str) {
        let start = Instant::now();
        while self.eval(expression) != json!(true) {
            let text = || self.eval("document.body.innerText");
            assert!(start.elapsed() < PATIENCE, "never: {expression}\n{}", text().as_str().unwrap_or_default());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The text of the first element that this selects, as it is shown.
    pub(crate) fn text(&self, selector: &str) -> String {
        let text = self.eval(&format!("document.querySelector({}).innerText", json!(selector)));
        text.as_str().unwrap_or_else(|| panic!("nothing is `{selector}`")).to_owned()
    }

    fn element(&self, selector: &str) -> String {
        let found = self.ask("POST", "/element", &json!({"using": "css selector", "value": selector}));
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        format!("/element/{}", id.expect("an element"))
    }

    /// Clicks the first element that this selects, with the mouse.
    pub(crate) fn click(&self, selector: &str) {
        self.ask("POST", &format!("{}/click", self.element(selector)), &json!({}));
    }

    /// Types this in the place of what is there.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.ask("POST", &format!("{element}/clear"), &json!({}));
        self.ask("POST", &format!("{element}/value"), &json!({"text": text}));
    }

    /// Presses one key, wherever the focus is.
    pub(crate) fn press(&self, key: char) {
        let press = ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}));
        let actions = json!([{"type": "key", "id": "keyboard", "actions": press}]);
        self.ask("POST", "/actions", &json!({"actions": actions}));
    }

    /// The size of the window, and what the person prefers.
    pub(crate) fn look_at(&self, width: u32, scheme: &str, motion: &str) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", motion)];
        let features = features.map(|(name, value)| json!({"name": name, "value": value}));
        for (command, parameters) in [
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setEmulatedMedia", json!({"features": features})),
        ] {
            self.ask("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": parameters}));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser ends with its session; where that failed, with its driver.
        if !self.session.is_empty() {
            let _ = exchange(self.address, "DELETE", &self.session, &Value::Null);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        // A browser that is about to end may still write there.
        let start = Instant::now();
        while std::fs::remove_dir_all(&self.profile).is_err() && self.profile.exists() && start.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// One request and its answer. The driver keeps the connection, so the answer is read by its length.
fn exchange(address: SocketAddr, method: &str, path: &str, body: &Value) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n");
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
    let mut reader = BufReader::new(stream);
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once([':', ' ']) {
            None => break,
            Some(("HTTP/1.1", rest)) => status = rest.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
            Some(_) => {}
        }
    }
    let mut answer = vec![0; length];
    reader.read_exact(&mut answer)?;
    Ok((status, String::from_utf8_lossy(&answer).into_owned()))
}
