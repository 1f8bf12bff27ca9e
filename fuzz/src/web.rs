//! What comes from browsers and other callers: credentials, origins, and CORS as Fetch says it.

use std::str;

use keyward::http::{
    CredentialSource, Origin, OriginList, QueryParameter,
    cors::{Class, Credentials, ExposedHeaders, Methods, Origins, Policy, PrivateNetwork, RequestHeaders},
    credential as read,
};

use crate::chosen::Chosen;

/// One origin for each line: read, and in a list of the first.
pub fn origin(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let lines: Vec<&str> = text.split('\n').take(3).collect();
    for line in &lines {
        one_origin(line);
    }
    let entry = lines[0];
    let Ok(list) = OriginList::new([entry]) else { return };
    assert!(OriginList::new([entry, entry]).is_err());
    for line in lines.iter().copied().chain(["null"]) {
        assert_eq!(list.contains(line.as_bytes()), is_in(entry, line), "{entry:?} {line:?}");
    }
    assert!(list.with_null().contains(b"null"));
}

fn one_origin(text: &str) {
    match Origin::parse(text) {
        Ok(origin) => {
            let port = origin.port().map(|port| format!(":{port}")).unwrap_or_default();
            assert_eq!(format!("{}://{}{port}", origin.scheme(), origin.host()), text);
            assert_eq!(origin.as_str(), text);
            // The URL Standard's own serialisation. What is in Punycode is checked there, and only copied here.
            if matches!(origin.scheme(), "http" | "https" | "ftp") && !text.contains("xn--") {
                let url = url::Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
                assert_eq!(url.origin().ascii_serialization(), text);
            }
        }
        Err(error) => {
            if let Some(suggestion) = error.suggestion() {
                assert!(suggestion != text && OriginList::new([suggestion]).is_ok(), "{text:?}: {suggestion:?}");
            }
            assert!(!error.to_string().contains('\n'), "{error}");
            // What a browser sends is an origin. It loads nothing from port 0.
            if let Ok(url) = url::Url::parse(text)
                && url.port() != Some(0)
                && url.origin().ascii_serialization() == text
                && matches!(url.scheme(), "http" | "https" | "ftp")
            {
                let host = url.host_str().unwrap_or_default();
                let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
                let is_name = host.bytes().all(letters) && host.split('.').all(|label| (1..64).contains(&label.len()));
                assert!(!is_name || host.len() > 253, "{text:?}: {error}");
            }
        }
    }
}

/// Whether an entry of a list, an origin or a pattern, covers an origin.
fn is_in(entry: &str, origin: &str) -> bool {
    if entry == origin {
        // An entry that is a pattern is no origin.
        return !entry.contains('*');
    }
    if !entry.contains('*') || Origin::parse(origin).is_err() {
        return false;
    }
    let (scheme, pattern) = entry.split_once("://").unwrap();
    let Some(authority) = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")) else { return false };
    let port_of = |authority: &str| {
        let after = authority.rfind(']').unwrap_or(0);
        authority[after..].find(':').map(|at| after + at)
    };
    let split = |authority: &str| match port_of(authority) {
        Some(at) => (authority[..at].to_owned(), authority[at..].to_owned()),
        None => (authority.to_owned(), String::new()),
    };
    let ((pattern, wanted), (host, port)) = (split(pattern), split(authority));
    let host = match pattern.strip_prefix('*') {
        Some(domain) => host.len() > domain.len() && host.ends_with(domain),
        None => host == pattern,
    };
    host && (wanted == ":*" || wanted == port)
}

/// The first byte says whether there is a query and whether it counts; then the lines of the header, and the query.
pub fn credential(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else { return };
    let mut lines: Vec<&[u8]> = if rest.is_empty() { vec![] } else { rest.split(|byte| *byte == b'\n').collect() };
    let query = if flags & 1 == 1 { lines.pop().and_then(|query| str::from_utf8(query).ok()) } else { None };
    let parameter = if flags & 2 == 2 { QueryParameter::Accepted } else { QueryParameter::Ignored };
    let accepted = query.filter(|_| flags & 2 == 2);
    // However often, and however spelt.
    let named = |query: &str| query.split('&').filter(|pair| is_access_token(pair.split('=').next().unwrap())).count();
    let in_query = accepted.map_or(0, named);
    match read(lines.iter().copied(), query, parameter) {
        Ok(credential) => {
            let secret = credential.secret_str();
            assert!(is_token(secret), "{secret:?}");
            assert_eq!(lines.len() + in_query, 1, "one credential");
            match credential.source() {
                CredentialSource::Authorization => {
                    let line = str::from_utf8(lines[0]).unwrap();
                    let scheme = line.strip_suffix(secret).unwrap();
                    assert!(scheme.is_empty() || scheme.eq_ignore_ascii_case("bearer "), "{line:?}");
                    assert!(!secret.eq_ignore_ascii_case("bearer") || !scheme.is_empty(), "{line:?}");
                }
                _ => {
                    let written = format!("access_token={secret}");
                    assert!(accepted.unwrap().split('&').any(|pair| pair == written), "{query:?}");
                    assert!(!secret.contains('+'));
                }
            }
            let shown = format!("{credential:?}");
            assert!(secret.len() < 16 || !shown.contains(secret), "{shown}");
        }
        Err(error) => {
            let status = error.status();
            assert!(matches!(status, 400 | 401) && error.code().is_none() == (status == 401), "{error}");
            assert_eq!(error.to_string() == "no credentials", lines.is_empty() && in_query == 0);
            assert_eq!(error.to_string() == "more than one credential", lines.len() + in_query > 1);
            if let ([line], 0) = (&lines[..], in_query)
                && let Ok(line) = str::from_utf8(line)
            {
                let is_bare = is_token(line) && !line.eq_ignore_ascii_case("bearer");
                let is_bearer = line
                    .split_once(' ')
                    .is_some_and(|(scheme, secret)| scheme.eq_ignore_ascii_case("bearer") && is_token(secret));
                assert!(!is_bare && !is_bearer, "{line:?}: {error}");
            }
        }
    }
}

/// `b64token` of RFC 6750, of 512 characters at most.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    text.len() <= 512 && !body.is_empty() && body.bytes().all(letters)
}

fn is_access_token(name: &str) -> bool {
    let mut decoded = Vec::new();
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = name.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match hex.filter(|_| bytes[at] == b'%') {
            Some(hex) => {
                decoded.push(u8::from_str_radix(hex, 16).unwrap());
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    decoded == b"access_token"
}

const ORIGINS: [&str; 9] = [
    "https://a.example",
    "https://b.a.example",
    "https://xa.example",
    "http://a.example",
    "https://a.example:8443",
    "https://a.example.evil.io",
    "https://*.a.example",
    "https://a.example:*",
    "null",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "patch", "OPTIONS", "X"];
const HEADERS: [&str; 6] = ["authorization", "content-type", "x-a", "x-b", "x-a-b", "Authorization"];

/// A policy, and a request to it: what a browser makes of the answer is what the policy means.
pub fn cors(bytes: &[u8]) {
    let mut chosen = Chosen::new(bytes);
    let (any_origin, any_method, any_header, any_exposed) =
        (chosen.once_in(5), chosen.once_in(4), chosen.once_in(4), chosen.once_in(4));
    let (credentials, null, network) = (chosen.once_in(2), chosen.once_in(4), chosen.once_in(3));
    let list = |chosen: &mut Chosen<'_>, known: &[&'static str]| {
        let mut list: Vec<String> = chosen.some(known, 4).into_iter().map(String::from).collect();
        if chosen.once_in(4) {
            list.push(chosen.text(24).into());
        }
        list
    };
    let origins = list(&mut chosen, &ORIGINS[..8]);
    let methods = list(&mut chosen, &METHODS);
    let headers = list(&mut chosen, &HEADERS);
    let exposed = list(&mut chosen, &HEADERS[1..5]);
    let authorization = headers.iter().any(|name| name.eq_ignore_ascii_case("authorization"));
    let mut rule = if any_origin { Origins::any() } else { Origins::list(origins.clone()) };
    if null {
        rule = rule.with_null();
    }
    let request_headers = if any_header { RequestHeaders::any() } else { RequestHeaders::list(headers.clone()) };
    let request_headers =
        if authorization { request_headers.with_authorization() } else { request_headers.without_authorization() };
    let built = Policy::builder()
        .origins(rule)
        .methods(if any_method { Methods::any() } else { Methods::list(methods.clone()) })
        .request_headers(request_headers)
        .exposed_headers(if any_exposed { ExposedHeaders::any() } else { ExposedHeaders::list(exposed.clone()) })
        .credentials(if credentials { Credentials::allow() } else { Credentials::deny() })
        .private_network(if network { PrivateNetwork::allow() } else { PrivateNetwork::deny() })
        .build();
    let policy = match built {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.to_string().contains(['\n', '\r', '\0']), "{error:?}");
            return;
        }
    };
    assert!(!credentials || !(any_origin || null || any_method || any_exposed), "no `*` with credentials");
    assert!(!network || !(any_origin || null));
    let allows_origin =
        |origin: &str| any_origin || (origin == "null" && null) || origins.iter().any(|entry| is_in(entry, origin));
    let allows_method = |method: &str| {
        ["GET", "HEAD", "POST"].contains(&method)
            || if any_method {
                !["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method))
            } else {
                methods.iter().any(|listed| listed == method)
            }
    };
    let allows_header = |name: &str| {
        if name.eq_ignore_ascii_case("authorization") {
            return authorization;
        }
        any_header || headers.iter().any(|listed| listed.eq_ignore_ascii_case(name))
    };

    let mut lines: Vec<(&str, Vec<u8>)> = Vec::new();
    for name in ["Origin", "access-control-request-method", "Access-Control-Request-Headers", "x-other"] {
        for _ in 0..chosen.one(&[1, 1, 1, 1, 0, 2]) {
            let value = match chosen.below(4) {
                0 => chosen.bytes(32).to_vec(),
                1 => chosen.some(&HEADERS, 3).join(chosen.one(&[",", ", ", ",,", "\t,"])).into_bytes(),
                _ if name == "Origin" => chosen.one(&ORIGINS).into(),
                _ => chosen.one(&METHODS).into(),
            };
            lines.push((name, value));
        }
    }
    let method = if chosen.once_in(3) { chosen.text(12) } else { chosen.one(&["OPTIONS", "GET", "PUT"]) };
    let answer = policy.evaluate(method, lines.iter().map(|(name, value)| (*name, &value[..])));

    let headers: Vec<(&str, &str)> = answer.headers().collect();
    let value = |name: &str| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    for (name, value) in &headers {
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{name}: {value:?}");
    }
    let sent: Vec<&[u8]> = lines.iter().filter(|(name, _)| *name == "Origin").map(|(_, value)| &value[..]).collect();
    assert!(answer.refusal().is_none() || headers.is_empty());
    let shown = value("Access-Control-Allow-Origin");
    match shown {
        None => assert!(headers.is_empty()),
        Some("*") => assert!(any_origin && !credentials),
        Some(origin) => assert!(sent == [origin.as_bytes()] && allows_origin(origin), "{origin}"),
    }
    assert_eq!(value("Access-Control-Allow-Credentials").is_some(), credentials && shown.is_some());
    assert_eq!(answer.vary().names().contains(&"Origin"), !any_origin);
    let asked = |name: &str| {
        let of = lines.iter().filter(|(other, _)| *other == name).map(|(_, value)| &value[..]);
        of.collect::<Vec<_>>()
    };
    let wanted = asked("access-control-request-method");
    let class = match (sent.is_empty(), wanted.is_empty() || method != "OPTIONS") {
        (true, _) => Class::NonCors,
        (false, true) => Class::Actual,
        (false, false) => Class::Preflight,
    };
    assert_eq!(answer.class(), class);
    let one = |lines: &[&[u8]]| match lines {
        [line] => str::from_utf8(line).ok().map(String::from),
        _ => None,
    };
    let origin = one(&sent).filter(|origin| allows_origin(origin));
    let may_read = any_origin || origin.is_some();
    match class {
        Class::NonCors => {}
        Class::Actual => assert_eq!(answer.is_allowed(), may_read),
        Class::Preflight => {
            let named = asked("Access-Control-Request-Headers");
            let names: Option<Vec<&str>> = named.iter().map(|line| str::from_utf8(line).ok()).collect();
            let names: Option<Vec<&str>> = names.map(|lines| {
                lines.iter().flat_map(|line| line.split(',')).map(|name| name.trim_matches([' ', '\t'])).collect()
            });
            let is_name = |name: &str| {
                let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
                !name.is_empty() && name.bytes().all(letters)
            };
            let may_send = may_read
                && one(&wanted).is_some_and(|method| is_name(&method) && allows_method(&method))
                && names.as_ref().is_some_and(|names| {
                    names.iter().filter(|name| !name.is_empty()).all(|name| is_name(name) && allows_header(name))
                        && names.iter().filter(|name| name.is_empty()).count() <= 16
                });
            assert_eq!(answer.is_allowed(), may_send, "{lines:?} {answer:?}");
            assert_eq!(answer.preflight_status(), Some(if may_send { 204 } else { 403 }));
            // Each name that was asked for is in the answer, as a browser looks for it.
            if let (true, Some(names)) = (may_send, names) {
                let listed = value("Access-Control-Allow-Headers").unwrap_or_default();
                let listed: Vec<&str> = listed.split(',').map(str::trim).collect();
                for name in names.into_iter().filter(|name| !name.is_empty()) {
                    let by_name = listed.iter().any(|entry| entry.eq_ignore_ascii_case(name));
                    let by_star = !credentials && listed.contains(&"*") && !name.eq_ignore_ascii_case("authorization");
                    assert!(by_name || by_star, "{name}: {listed:?}");
                }
                let method = one(&wanted).unwrap();
                let methods = value("Access-Control-Allow-Methods").unwrap_or_default();
                let by_star = !credentials && methods == "*";
                assert!(["GET", "HEAD", "POST"].contains(&&*method) || methods == method || by_star, "{methods}");
            }
        }
    }
}
