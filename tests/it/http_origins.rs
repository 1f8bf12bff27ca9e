//! Origins and lists of them: what is taken, what is refused and how the error helps, what matches.

use keyward::http::OriginProblem as Problem;
use keyward::http::{Origin, OriginList, OriginListError};
use proptest::prelude::*;

#[test]
fn origins_as_browsers_write_them() {
    let cases = [
        ("https://example.com", "https", "example.com", None),
        ("http://example.com:8080", "http", "example.com", Some(8080)),
        ("http://example.com:443", "http", "example.com", Some(443)),
        ("http://localhost:1", "http", "localhost", Some(1)),
        ("https://xn--pple-43d.com", "https", "xn--pple-43d.com", None),
        ("https://a_b-c.example", "https", "a_b-c.example", None),
        ("https://127.0.0.1:90", "https", "127.0.0.1", Some(90)),
        ("http://[::1]:65535", "http", "[::1]", Some(65535)),
        ("http://[2001:db8:aaaa:1111::100]", "http", "[2001:db8:aaaa:1111::100]", None),
        ("http://[2001:0:0:1::1]", "http", "[2001:0:0:1::1]", None),
        ("chrome-extension://abcdefgh", "chrome-extension", "abcdefgh", None),
        ("a+b.c-1://x", "a+b.c-1", "x", None),
    ];
    for (text, scheme, host, port) in cases {
        let origin = Origin::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((origin.as_str(), origin.scheme(), origin.host(), origin.port()), (text, scheme, host, port));
    }
}

const REFUSED: [(&str, Problem, Option<&str>); 75] = [
    ("*", Problem::Wildcard, None),
    ("https://*", Problem::Wildcard, None),
    ("https://a.*.com", Problem::Wildcard, None),
    ("https://*example.com", Problem::Wildcard, None),
    ("https://*.*.example.com", Problem::Wildcard, None),
    ("https://example.*", Problem::Wildcard, None),
    ("https://*.com", Problem::PatternTooWide, None),
    ("https://*.localhost:*", Problem::PatternTooWide, None),
    ("https://*.127.0.0.1", Problem::PatternTooWide, None),
    ("https://*.[::1]", Problem::Ipv6, None),
    ("null", Problem::Null, None),
    ("", Problem::NoScheme, None),
    ("example.com", Problem::NoScheme, None),
    ("*.example.com", Problem::NoScheme, None),
    ("ab:", Problem::NoScheme, None),
    ("//example.com", Problem::NoScheme, None),
    ("https:/example.com", Problem::NoScheme, None),
    ("://example.com", Problem::Scheme, None),
    ("http?://example.com", Problem::Scheme, None),
    ("42-chrome://foo", Problem::Scheme, None),
    (" https://example.com", Problem::Scheme, Some("https://example.com")),
    ("file:///foo", Problem::SchemeNeverSent, None),
    ("file://", Problem::SchemeNeverSent, None),
    ("FILE://", Problem::UpperCase, None),
    ("data://", Problem::SchemeNeverSent, None),
    ("ws://", Problem::SchemeNeverSent, None),
    ("wss://", Problem::SchemeNeverSent, None),
    ("http://", Problem::Host, None),
    ("ftp://", Problem::Host, None),
    ("app:", Problem::NoScheme, None),
    ("app:/", Problem::NoScheme, None),
    ("://", Problem::Scheme, None),
    ("app:///", Problem::Path, Some("app://")),
    ("app:///index.html", Problem::Path, Some("app://")),
    ("APP://", Problem::UpperCase, Some("app://")),
    ("app:// ", Problem::Host, Some("app://")),
    ("app://:80", Problem::Host, None),
    ("app://:*", Problem::Host, None),
    ("app://*", Problem::Wildcard, None),
    ("app://*.", Problem::Host, None),
    ("app://@", Problem::UserInfo, Some("app://")),
    ("*://", Problem::Scheme, None),
    ("wss://example.com", Problem::SchemeNeverSent, Some("https://example.com")),
    ("ws://example.com:80", Problem::SchemeNeverSent, Some("http://example.com")),
    ("https://example.com/", Problem::Path, Some("https://example.com")),
    ("https://*.example.com/", Problem::Path, Some("https://*.example.com")),
    ("https://example.com:6060/path", Problem::Path, Some("https://example.com:6060")),
    ("https://example.com?q", Problem::Path, Some("https://example.com")),
    ("https://example.com#f", Problem::Path, Some("https://example.com")),
    ("https://example.com\\", Problem::Path, None),
    ("https://user@example.com", Problem::UserInfo, Some("https://example.com")),
    ("https://u:p@example.com", Problem::UserInfo, Some("https://example.com")),
    ("https://Example.com", Problem::UpperCase, Some("https://example.com")),
    ("HTTPS://EXAMPLE.COM:443/", Problem::UpperCase, Some("https://example.com")),
    ("https://\u{430}pple.com", Problem::NotAscii, None),
    ("http://x:80", Problem::DefaultPort, Some("http://x")),
    ("https://x.y:443", Problem::DefaultPort, Some("https://x.y")),
    ("https://*.x.y:443", Problem::DefaultPort, Some("https://*.x.y")),
    ("https://x:", Problem::Port, None),
    ("https://x:0", Problem::Port, None),
    ("https://x:080", Problem::Port, None),
    ("https://x:65536", Problem::Port, None),
    ("https://x:+1", Problem::Port, None),
    ("https://x:1:2", Problem::Port, None),
    ("https://x:80x", Problem::Port, None),
    ("https://", Problem::Host, None),
    ("https://example.com.", Problem::Host, Some("https://example.com")),
    ("https://.example.com", Problem::Host, None),
    ("https://a..b", Problem::Host, None),
    ("https://a b.com", Problem::Host, None),
    ("https://a%2eb.com", Problem::Host, None),
    ("http://127.1", Problem::Ipv4, None),
    ("http://127.0.0.1.1", Problem::Ipv4, None),
    ("http://127.0.0.01", Problem::Ipv4, None),
    ("http://foo.0x7f", Problem::Ipv4, None),
];

#[test]
fn what_could_never_match_is_refused() {
    let label = format!("https://{}.com", "a".repeat(64));
    let name = format!("https://{}com", "abcdefg.".repeat(32));
    let huge = format!("https://{}", "a".repeat(1 << 20));
    let scheme = format!("{}://x", "a".repeat(600));
    let too_long = [&label, &name, &huge, &scheme].map(|text| (&**text, Problem::TooLong, None));
    for (text, problem, suggestion) in REFUSED.into_iter().chain(too_long) {
        let Err(OriginListError::Origin(error)) = OriginList::new([text]) else {
            panic!("{text} was taken");
        };
        assert_eq!((error.problem(), error.suggestion()), (problem, suggestion), "{text}");
        assert!(Origin::parse(text).is_err(), "{text}");
        assert!(error.to_string().len() < 400, "{error}");
    }
    let v6 = [
        "http://[::1",
        "http://[::0]",
        "http://[::1]1",
        "http://[::1]]",
        "http://[]",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[2001:4860:4860:0000:0000:0000:0000:8888]:90",
        "http://[fe80::1%eth2]:90",
        "http://[::ffff:7f7f:7f7f]:90",
        "http://[::ffff:127.0.0.1]",
    ];
    for text in v6 {
        assert_eq!(Origin::parse(text).unwrap_err().problem(), Problem::Ipv6, "{text}");
    }
}

#[test]
fn messages_quote_and_suggest() {
    let message = |text: &str| OriginList::new([text]).unwrap_err().to_string();
    assert_eq!(
        message("http://a.example:80"),
        "`http://a.example:80` has the scheme's default port, which is never sent: write `http://a.example`",
    );
    assert_eq!(message("a\r\nb"), "`a\\r\\nb` has no scheme and host (`https://example.com`)");
    assert_eq!(
        OriginList::new(["https://*.a.example", "https://*.a.example"]).unwrap_err().to_string(),
        "`https://*.a.example` is listed twice",
    );
    assert_eq!(
        OriginList::new(["https://a.example", "https://b.example", "https://a.example"]),
        Err(OriginListError::Duplicate("https://a.example".into())),
    );
}

#[test]
fn subdomains_are_below_and_not_the_same() {
    let origin = Origin::parse("https://a.b.example").unwrap();
    for (domain, below) in
        [("b.example", true), ("example", true), ("a.b.example", false), (".b.example", false), ("", false)]
    {
        assert_eq!(origin.is_subdomain_of(domain), below, "{domain}");
    }
}

#[test]
fn lists_match_bytes_and_whole_labels() {
    let list = OriginList::new([
        "https://example.com",
        "https://*.example.com",
        "http://*.dev.example:8080",
        "http://localhost:*",
        "https://*.any.example:*",
        "http://[::1]:3000",
    ])
    .unwrap();
    let allowed = [
        "https://example.com",
        "https://a.example.com",
        "https://a.b.c.example.com",
        "https://xn--a.example.com",
        "http://a.dev.example:8080",
        "http://localhost",
        "http://localhost:5173",
        "https://a.any.example",
        "https://a.any.example:8443",
        "http://[::1]:3000",
    ];
    for origin in allowed {
        assert!(list.contains(origin.as_bytes()), "{origin}");
    }
    let huge = format!("https://{}.example.com", "a.".repeat(1 << 19));
    let refused: [&[u8]; 29] = [
        b"https://evilexample.com",
        b"https://example.com.evil.io",
        b"https://a.example.com.evil.io",
        b"https://evil.io/.example.com",
        b"https://evil.io#.example.com",
        b"https://evil.io?.example.com",
        b"https://evil.io:443.example.com",
        b"https://user@a.example.com",
        b"https://.example.com",
        b"https://a..example.com",
        b"https://*.example.com",
        b"https://a.example.com.",
        b"https://a.example.com/",
        b"https://example.com:443",
        b"https://a.example.com:8443",
        b"http://example.com",
        b"http://a.example.com",
        b"HTTPS://EXAMPLE.COM",
        b"https://A.example.com",
        b"https://a%2eexample.com",
        b"https://a\n.example.com",
        b"https://example.com\0",
        b"http://dev.example:8080",
        b"http://a.dev.example",
        b"http://localhost.evil.io",
        b"http://localhost:99999",
        b"null",
        b"",
        b"\xff\xfe",
    ];
    for origin in refused {
        assert!(!list.contains(origin), "{}", String::from_utf8_lossy(origin));
    }
    assert!(!list.contains(huge.as_bytes()));
    assert!(!OriginList::default().contains(b"https://example.com"));
    assert!(OriginList::default().with_null().contains(b"null"));
}

#[test]
fn an_origin_without_a_host_is_its_text() {
    let list = OriginList::new(["app://", "a+b.c-1://", "https://*.example.com", "http://localhost:*"]).unwrap();
    assert!(list.contains(b"app://") && list.contains(b"a+b.c-1://"));
    for other in [
        "app",
        "app:",
        "app:/",
        "app:///",
        "app://.",
        "app://x",
        "app://:80",
        "app://*",
        "app://null",
        "APP://",
        "app:// ",
        " app://",
        "app://\0",
        "apps://",
        "xapp://",
        "ap://",
        "://",
        "null",
        "",
        "file://",
        "https://",
        "http://",
    ] {
        assert!(!list.contains(other.as_bytes()), "{other:?}");
    }
    assert_eq!(OriginList::new(["app://", "app://"]), Err(OriginListError::Duplicate("app://".into())));
    // Others don't hold it, and it is no origin that could be taken apart.
    let others = OriginList::new(["app://x", "https://*.example.com", "http://localhost:*"]).unwrap().with_null();
    assert!(!others.contains(b"app://"));
    assert_eq!(Origin::parse("app://").unwrap_err().problem(), Problem::Host);
}

proptest! {
    #[test]
    fn a_list_holds_what_was_put_in_and_true_subdomains(
        host in "[a-z]{1,4}\\.[a-z]{1,4}",
        label in "[a-z0-9_-]{1,6}(\\.[a-z0-9]{1,3})?",
        glue in "[a-z0-9.:/@#?%*-]{0,3}",
    ) {
        let list = OriginList::new([format!("https://*.{host}")]).unwrap();
        let origin = format!("https://{label}.{host}");
        prop_assert!(list.contains(origin.as_bytes()));
        // Something else than one dot between the two is another host, or none.
        let other = format!("https://{label}{glue}{host}");
        let is_below = glue.starts_with('.') || glue.ends_with('.');
        prop_assert!(is_below || !list.contains(other.as_bytes()), "{}", other);
        prop_assert!(list.contains(other.as_bytes()) <= Origin::parse(&other).is_ok());
    }

    #[test]
    fn what_is_parsed_has_one_spelling(text in "(https?|ftp|x-y)://[a-z0-9.:\\[\\]-]{1,16}") {
        if let Ok(origin) = Origin::parse(&text) {
            let port = origin.port().map(|port| format!(":{port}")).unwrap_or_default();
            prop_assert_eq!(format!("{}://{}{port}", origin.scheme(), origin.host()), text);
        }
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), text in any::<String>()) {
        let list = OriginList::new(["https://*.example.com"]).unwrap();
        prop_assert!(!list.contains(&bytes));
        let _ = OriginList::new([&text]).map_err(|error| error.to_string());
    }

    #[test]
    fn a_suggestion_is_taken(
        scheme in "HTTPS|APP",
        host in "([a-z]{1,4}(\\.[a-z]{1,4}){0,2}\\.?)?",
        tail in "(:80|:443|:8080)?/?",
    ) {
        let text = format!("{scheme}://{host}{tail}");
        if let Some(form) = Origin::parse(&text).unwrap_err().suggestion() {
            prop_assert!(OriginList::new([form]).is_ok());
        }
    }
}

#[test]
fn the_longest_origin_is_in_its_list() {
    let longest = format!("{}://a", "x".repeat(508));
    let longer = format!("x{longest}");
    let list = OriginList::new([&longest]).unwrap();
    assert!(list.contains(longest.as_bytes()) && !list.contains(longer.as_bytes()));
    assert!(OriginList::new([&longer]).is_err());
}
