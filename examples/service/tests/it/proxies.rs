//! Whose address a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use keyward_service::{
    options::{OptionError, Options},
    proxies::Proxies,
};

/// The options with these proxies of one's own.
fn read(proxies: &[&str]) -> Result<Options, OptionError> {
    Options::read(proxies.iter().flat_map(|proxy| ["--proxy".to_owned(), (*proxy).to_owned()]))
}

fn caller(proxies: &Proxies, connection: &str, lines: &[&str]) -> Option<String> {
    let line = |line: &&str| (HeaderName::from_static("x-forwarded-for"), HeaderValue::from_bytes(line.as_bytes()));
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().map(line) {
        headers.append(name, value.unwrap());
    }
    proxies.caller(connection.parse().unwrap(), &headers).map(|ip: IpAddr| ip.to_string())
}

#[test]
fn only_ones_own_proxies_are_believed() {
    let own = read(&["127.0.0.1", "10.0.0.2", "::ffff:10.0.0.3", "fd00::1"]).unwrap().proxies;
    for (connection, lines, expected) in [
        // Whoever connects directly is where they connect from, whatever they write.
        ("203.0.113.7", &[][..], Some("203.0.113.7")),
        ("203.0.113.7", &["10.1.2.3"], Some("203.0.113.7")),
        ("203.0.113.7", &["x"], Some("203.0.113.7")),
        ("2001:db8::7", &["10.1.2.3"], Some("2001:db8::7")),
        ("10.0.0.9", &["10.1.2.3"], Some("10.0.0.9")),
        // A proxy says whom it was asked by: the last, be there one line or several.
        ("127.0.0.1", &["10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["192.0.2.1, 10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["192.0.2.1,10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["192.0.2.1", "10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["192.0.2.1, 10.1.2.3", "10.1.2.4"], Some("10.1.2.4")),
        ("127.0.0.1", &["x,, 10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["x", "10.1.2.3"], Some("10.1.2.3")),
        // Another proxy of one's own says more; anyone else's doesn't.
        ("127.0.0.1", &["192.0.2.1, 10.1.2.3, 10.0.0.2"], Some("10.1.2.3")),
        ("127.0.0.1", &["192.0.2.1, 10.1.2.3", "10.0.0.2, 10.0.0.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["10.1.2.3, 192.0.2.1, 10.0.0.2"], Some("192.0.2.1")),
        ("fd00::1", &["10.1.2.3, 10.0.0.2"], Some("10.1.2.3")),
        // Spaces, and addresses of IPv6.
        ("127.0.0.1", &[" \t10.1.2.3 \t "], Some("10.1.2.3")),
        ("127.0.0.1", &["2001:db8::7"], Some("2001:db8::7")),
        ("127.0.0.1", &["2001:DB8:0::7 , fd00:0::1"], Some("2001:db8::7")),
        // An IPv4-mapped address is its IPv4 address, wherever it stands.
        ("::ffff:203.0.113.7", &["10.1.2.3"], Some("203.0.113.7")),
        ("::ffff:127.0.0.1", &["10.1.2.3"], Some("10.1.2.3")),
        ("10.0.0.3", &["10.1.2.3"], Some("10.1.2.3")),
        ("127.0.0.1", &["::ffff:10.1.2.3, ::ffff:10.0.0.2"], Some("10.1.2.3")),
        // Where a proxy says none, none is known: not the proxy's, and not what stands before.
        ("127.0.0.1", &[], None),
        ("127.0.0.1", &[""], None),
        ("127.0.0.1", &["10.1.2.3, "], None),
        ("127.0.0.1", &["10.1.2.3", ""], None),
        ("127.0.0.1", &["10.1.2.3, unknown"], None),
        ("127.0.0.1", &["10.1.2.3, 10.1.2.3:4711"], None),
        ("127.0.0.1", &["[2001:db8::7]"], None),
        ("127.0.0.1", &["fe80::1%eth0"], None),
        ("127.0.0.1", &["10.1.2.03"], None),
        ("127.0.0.1", &["10.1.2"], None),
        ("127.0.0.1", &["10.0.0.0/8"], None),
        ("127.0.0.1", &["10.1.2.3, é"], None),
        ("127.0.0.1", &["10.1.2.3, x, 10.0.0.2"], None),
        ("127.0.0.1", &["10.0.0.2"], None),
        ("127.0.0.1", &["10.0.0.2, 127.0.0.1"], None),
    ] {
        assert_eq!(caller(&own, connection, lines).as_deref(), expected, "{connection}: {lines:?}");
    }
    let none = read(&[]).unwrap().proxies;
    assert_eq!(caller(&none, "127.0.0.1", &["10.1.2.3"]).as_deref(), Some("127.0.0.1"));
}

#[test]
fn a_proxy_is_an_address() {
    for wrong in ["", "localhost", "127.0.0.1:80", "10.0.0.0/8", "[::1]", "127.0.0.01", " 127.0.0.1"] {
        assert!(matches!(read(&["127.0.0.1", wrong]), Err(OptionError::Proxy)), "{wrong}");
    }
    assert!(matches!(Options::read(["--proxy".to_owned()]), Err(OptionError::NoValue(_))));
}
