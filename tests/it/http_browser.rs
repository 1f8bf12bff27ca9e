//! Keys from browsers: passed, noted or refused.

use keyward::http::BrowserVerdict::{Pass, Refuse, Warn};
use keyward::http::{BrowserPolicy, OriginList};

#[test]
fn verdicts() {
    let console = OriginList::new(["https://console.example.com", "https://*.dev.example.com", "app://"]).unwrap();
    let cases: [(&[&[u8]], bool, &str); 14] = [
        (&[], true, "no browser says so"),
        (&[b"https://console.example.com"], true, "an exception"),
        (&[b"https://a.dev.example.com"], true, "an exception by pattern"),
        (&[b"app://"], true, "an app's own pages, which have no host"),
        (&[b"app://x"], false, "with a host, it is another"),
        (&[b"file://"], false, "every local file"),
        (&[b"https://shop.example.com"], false, "another origin"),
        (&[b"https://console.example.com.evil.io"], false, "a longer one"),
        (&[b"https://console.example.com/"], false, "no origin at all"),
        (&[b"HTTPS://CONSOLE.EXAMPLE.COM"], false, "not as browsers write it"),
        (&[b"null"], false, "a sandboxed frame"),
        (&[b""], false, "an empty header is a header"),
        (&[b"\xff"], false, "not a text"),
        (
            &[b"https://console.example.com", b"https://console.example.com"],
            false,
            "two lines are no browser's, and no exception's",
        ),
    ];
    for (lines, passes, note) in cases {
        let check = |policy: BrowserPolicy| policy.except(console.clone()).check(lines.iter().copied());
        assert_eq!(check(BrowserPolicy::off()), Pass, "{note}");
        assert_eq!(check(BrowserPolicy::warn()), if passes { Pass } else { Warn }, "{note}");
        assert_eq!(check(BrowserPolicy::refuse()), if passes { Pass } else { Refuse }, "{note}");
    }
}

#[test]
fn null_is_excepted_only_by_name() {
    let policy = BrowserPolicy::refuse().except(OriginList::default().with_null());
    assert_eq!(policy.check([&b"null"[..]]), Pass);
    assert_eq!(policy.check([&b"https://a.example"[..]]), Refuse);
}
