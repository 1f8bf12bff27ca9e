//! Requests that no client library sends, as bytes.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{
    client::{Answer, raw},
    server::Server,
};

fn ask(server: &Server, lines: &[u8]) -> Answer {
    let request = [b"GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", lines, b"\r\n"].concat();
    raw(server.admin.address, &request).unwrap()
}

#[test]
fn authorization_is_read_as_it_is_written() {
    let mut server = Server::start(&[]);
    let key = server.admin.key.clone();
    let with = |before: &str, after: &str| format!("Authorization: {before}{key}{after}\r\n").into_bytes();
    for good in [with("", ""), with("Bearer ", ""), with("bEARER ", "")] {
        ask(&server, &good).is(200);
    }
    let bare = r#"Bearer realm="keyward service""#;
    for none in [Vec::new(), with("Basic ", ""), with("Token ", ""), b"X-Authorization: x\r\n".to_vec()] {
        let refused = ask(&server, &none);
        refused.refused(401, "missing_credentials");
        assert_eq!(refused.header("www-authenticate"), Some(bare));
    }
    let malformed = [
        with("Bearer  ", ""),
        with("Bearer\t", ""),
        with("", &format!(",{key}")),
        with("Bearer ", &format!(" {key}")),
        with("Bearer ", "\u{e9}"),
        with("Bearer ", &"x".repeat(4096)),
        b"Authorization: Bearer\r\n".to_vec(),
        b"Authorization: Bearer \r\n".to_vec(),
        b"Authorization:\r\n".to_vec(),
        b"Authorization: \xff\xfe\r\n".to_vec(),
        [with("", ""), with("", "")].concat(),
        [with("Bearer ", ""), with("", "")].concat(),
        [with("", ""), b"AUTHORIZATION: Basic x\r\n".to_vec()].concat(),
    ];
    for lines in malformed {
        let refused = ask(&server, &lines);
        refused.refused(400, "invalid_request");
        let challenge = format!("{bare}, error=\"invalid_request\"");
        assert_eq!(refused.header("www-authenticate"), Some(&*challenge));
    }
    // Right up to a letter.
    let wrong = format!("{}{}", &key[..key.len() - 1], if key.ends_with('x') { 'y' } else { 'x' });
    let swapped: String =
        key.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c }).collect();
    for bad in [wrong, swapped, key[..key.len() - 1].into(), key.replace("_op_", "_at_")] {
        ask(&server, format!("Authorization: {bad}\r\n").as_bytes()).refused(401, "invalid_token");
    }
    // A key in the address is none.
    let request = format!("GET /me?access_token={key} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    raw(server.admin.address, request.as_bytes()).unwrap().refused(401, "missing_credentials");
    assert!(server.is_alive());
}

#[test]
fn what_is_no_http_is_refused_and_the_process_survives() {
    let mut server = Server::start(&[]);
    let long = [b"Authorization: ".as_slice(), &vec![b'a'; 1 << 20], b"\r\n"].concat();
    let folded = b"Authorization: Bearer\r\n x\r\n".to_vec();
    for lines in [b"Authorization: a\0b\r\n".to_vec(), long, folded, b"Author ization: x\r\n".to_vec()] {
        let request = [b"GET /me HTTP/1.1\r\nHost: x\r\n", &*lines, b"\r\n"].concat();
        // A refusal or a closed connection; never an answer with a document.
        if let Ok(answer) = raw(server.admin.address, &request) {
            assert!((400..=431).contains(&answer.status), "{answer:?}");
        }
    }
    let key = &server.admin.key;
    let smuggled = format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: 4\r\n\
         Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /me HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nConnection: close\r\n\r\n"
    );
    if let Ok(answer) = raw(server.admin.address, smuggled.as_bytes()) {
        assert!(!answer.body.contains("\"type\":\"operator\""), "one request became two: {answer:?}");
    }
    assert!(server.is_alive());
    server.admin.get("/me").is(200);
}

#[test]
fn paths_are_no_way_around() {
    let server = Server::start(&[]);
    let anyone = server.admin.with_key("");
    for path in
        ["//products", "/products/", "/./products", "/x/../products", "/Products", "/products%2fp1", "/%2e%2e/me"]
    {
        let answer = anyone.get(path);
        assert!([401, 404].contains(&answer.status), "{path}: {answer:?}");
    }
    for path in
        ["/products/%ff", "/products/%00", "/products/p1%20", "/products/P1", "/products/p1%2f", "/products/'--"]
    {
        server.admin.get(path).refused(404, "not_found");
    }
    server.admin.get("/products?after=%27").is(200);
    server.admin.get("/products?after='%20OR%201=1").is(200);
}

#[test]
fn bodies_are_json_of_one_meaning_and_of_a_size() {
    let mut server = Server::start(&[]);
    let post = |body: &str| server.admin.send("POST", "/products", &[], Some(body));
    for body in [
        "",
        "null",
        "[]",
        r#"["kettle"]"#,
        r#"{"name": "a", "name": "b"}"#,
        r#"{"name": "a", "brand": null}"#,
        r#"{"name": "a", "brand": ["b"]}"#,
        r#"{"name": 1}"#,
        r#"{"name": "a", "account": "other"}"#,
        r#"{"name": "a", "id": "p1"}"#,
        r#"{"name": "a"} {"name": "b"}"#,
        r#"{"name": "a",}"#,
        "{\"name\": \"\u{1}\"}",
        r#"{"name": "\ud800"}"#,
    ] {
        let refused = post(body);
        refused.refused(400, "invalid_document");
    }
    post(&format!("{{\"name\": {}1{}}}", "[".repeat(20_000), "]".repeat(20_000))).refused(400, "invalid_document");
    post(&format!("{{\"name\": \"{}\"}}", "a".repeat(2000))).refused(400, "invalid_document");
    post(&format!("{{\"name\": \"{}\"}}", "a".repeat(70_000))).refused(413, "too_large");
    post("{\"name\": \"na\u{ef}ve \u{1F511}\"}").is(201);

    let other = "POST /products HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 12\r\n";
    let key = &server.admin.key;
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let request = format!("{other}Authorization: {key}\r\nContent-Type: {media}\r\n\r\n{{\"name\":\"a\"}}");
        raw(server.admin.address, request.as_bytes()).unwrap().refused(415, "unsupported_media_type");
    }
    assert!(server.is_alive());
}

/// The key is good when the request begins, and revoked before its body is there.
#[test]
fn a_body_that_trickles_in_outlives_no_key() {
    let server = Server::start(&[]);
    let token = server.token("slow", &["products:create"], &[]);
    let mut stream = TcpStream::connect(server.admin.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {}\r\n\
         Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{{\"name\"",
        token.key
    );
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    server.admin.delete("/accessTokens/slow").is(204);
    stream.write_all(b":\"a\"}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
