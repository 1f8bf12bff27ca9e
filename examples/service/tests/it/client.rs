//! The least of an HTTP client: one request for each connection, its answer read to the end.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// Whom to ask, with which key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], Some(&body.to_string()))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[], Some(&body.to_string()))
    }

    /// The same server, with another key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// With the client's key, if it has one, and these header lines.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[&str], body: Option<&str>) -> Answer {
        self.try_send(method, path, headers, body).expect("an answer")
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: Option<&str>,
    ) -> io::Result<Answer> {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("Host: {}", self.address)];
        if !self.key.is_empty() {
            lines.push(format!("Authorization: Bearer {}", self.key));
        }
        lines.extend(headers.iter().map(|&line| line.to_owned()));
        if let Some(body) = body {
            lines.push(format!("Content-Type: application/json\r\nContent-Length: {}", body.len()));
        }
        let request = format!("{}\r\nConnection: close\r\n\r\n{}", lines.join("\r\n"), body.unwrap_or_default());
        raw(self.address, request.as_bytes())
    }
}

/// Sends these bytes as they are.
pub(crate) fn raw(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    // A server that refuses a long request closes before it has read all of it.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    // What came before the connection was reset is an answer all the same.
    let read = stream.read_to_end(&mut bytes);
    if bytes.is_empty() {
        read?;
    }
    Answer::read(&String::from_utf8_lossy(&bytes)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

impl Answer {
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().into()));
        let headers: Vec<(String, String)> = lines.filter_map(header).collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        let whole = length.is_none_or(|length: usize| body.len() == length || body.is_empty());
        whole.then(|| Self { status, headers, body: body.to_owned() })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text in the answer's document.
    pub(crate) fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no `{member}` in {self:?}")).to_owned()
    }

    /// Holds the answer to a status and a reason, and the document of a refusal to its form.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let document = self.json();
        assert_eq!((&document["status"], &document["code"]), (&status.into(), &code.into()), "{self:?}");
        assert_eq!(document["errors"].as_array().map(Vec::len), Some(1));
        assert_eq!(document["moreInfo"], "/#refusals");
        assert_eq!(document.as_object().map(serde_json::Map::len), Some(4));
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}
