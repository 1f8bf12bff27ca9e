//! One origin, in the form in which a browser writes it.

use alloc::string::String;

use super::host;
use super::text::excerpt;

/// No origin that a browser sends is longer: a host has at most 253 bytes.
pub(super) const MAX_BYTES: usize = 512;

/// A tuple origin as the `Origin` header carries it: scheme, host and port, serialised.
///
/// There is exactly one spelling of an origin (HTML Standard, *serialization of an origin*; URL
/// Standard, *host serializer*): lower case, no user, no path, no default port, addresses in their
/// shortest form, names in ASCII. [`Origin::parse`] takes that spelling and no other, so two origins
/// are the same exactly if their texts are the same bytes. The opaque origin, `null`, is no `Origin`:
/// every sandboxed frame and local file shares it, so it identifies nobody.
///
/// # Examples
///
/// ```
/// use keyward::http::Origin;
///
/// let origin = Origin::parse("https://app.example.com:8443")?;
/// assert_eq!((origin.scheme(), origin.host(), origin.port()), ("https", "app.example.com", Some(8443)));
/// assert!(origin.is_subdomain_of("example.com"));
/// assert!(!Origin::parse("https://evilexample.com")?.is_subdomain_of("example.com"));
///
/// let error = Origin::parse("https://Example.com:443/").unwrap_err();
/// assert_eq!(error.suggestion(), Some("https://example.com"));
/// # Ok::<(), keyward::http::OriginError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
}

impl<'a> Origin<'a> {
    /// Reads a serialised origin.
    ///
    /// # Errors
    ///
    /// Whatever a browser would not write: `https://a.example/` (a path), `https://a.example:443` (the
    /// default port), `HTTPS://A.EXAMPLE` (upper case), `a.example` (no scheme), `https://u@a.example`,
    /// `http://127.1`, `file:///x`, `null`. The error says the form it should have, where there is one.
    pub fn parse(text: &'a str) -> Result<Self, OriginError> {
        Self::read(text).map_err(|fault| OriginError::new(text, fault))
    }

    /// [`Origin::parse`] without the words: what a request is read with.
    pub(super) fn read(text: &'a str) -> Result<Self, OriginFault> {
        let (scheme, authority) = split_scheme(text)?;
        let (host, port) = split_port(authority)?;
        host::check(host)?;
        let port = port.map(|port| read_port(scheme, port)).transpose()?;
        Ok(Self { text, scheme, host, port })
    }

    /// The origin as it is sent: `https://app.example.com:8443`.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme: `https`.
    pub fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// The host: a name in ASCII, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The port, if it isn't the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether the host lies below `domain`, at whatever depth; the domain itself doesn't.
    ///
    /// It compares whole labels: `evilexample.com` is not below `example.com`.
    pub fn is_subdomain_of(&self, domain: &str) -> bool {
        self.host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    }
}

/// A text that is not an origin as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` {fault}{}", .suggestion.as_deref().map(|form| alloc::format!(": write `{form}`")).unwrap_or_default())]
pub struct OriginError {
    given: String,
    fault: OriginFault,
    suggestion: Option<String>,
}

impl OriginError {
    pub(super) fn new(text: &str, fault: OriginFault) -> Self {
        Self { given: excerpt(text), fault, suggestion: suggest(text) }
    }

    /// What is wrong with it.
    pub fn fault(&self) -> OriginFault {
        self.fault
    }

    /// The form it should have, where one is plain to see.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

/// Why a text can't be what a browser sends as `Origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OriginFault {
    /// `*`, `https://*`, `https://a.*.com`.
    #[error(
        "has a `*` where none may stand (any origin is a rule of its own; a subdomain pattern is `https://*.example.com`)"
    )]
    Wildcard,
    /// `https://*.com`, `https://*.127.0.0.1`.
    #[error("would cover every site below a public suffix: a pattern needs a name of two labels or more after `*.`")]
    PatternTooWide,
    /// `null`: allowed only by its own name, never as a text in a list.
    #[error("is the origin of every sandboxed frame and local file: it is allowed only by name")]
    Null,
    /// `example.com`, `ab:`.
    #[error("has no scheme and host (`https://example.com`)")]
    NoScheme,
    /// `http?://example.com`.
    #[error("has a scheme that is not one (a letter, then letters, digits, `+`, `-` or `.`)")]
    Scheme,
    /// `file://x`, whose origin is sent as `null`; `wss://x`, which is never a page's origin.
    #[error("has a scheme whose origin is never sent")]
    SchemeNeverSent,
    /// `https://example.com/`, `https://example.com?q`, `https://example.com#f`.
    #[error("has a path, a query or a fragment: an origin ends with its host or port")]
    Path,
    /// `https://user@example.com`.
    #[error("has a user name: an origin has none")]
    UserInfo,
    /// `HTTPS://Example.com`.
    #[error("has upper case: scheme and host are sent in lower case")]
    UpperCase,
    /// `https://аpple.com` with a Cyrillic letter.
    #[error("is not ASCII: a host is sent in its ASCII form (`xn--...`)")]
    NotAscii,
    /// `http://example.com:80`.
    #[error("has the scheme's default port, which is never sent")]
    DefaultPort,
    /// `https://example.com:`, `:065`, `:65536`, `:80x`.
    #[error("has a port that is not a number from 1 to 65535 without leading zeros")]
    Port,
    /// A space, a control, an empty label, or something else that no host has.
    #[error("has a host that is no name or address")]
    Host,
    /// `http://127.1`, `http://foo.bar.255`.
    #[error("has a host that ends in a number and is no IPv4 address of four parts")]
    Ipv4,
    /// `http://[0:0:0:0:0:0:0:1]`, `http://[fe80::1%eth0]`, `http://[::ffff:7f00:1]`.
    #[error("has an IPv6 address that is not in its shortest form, has a zone, or stands for an IPv4 address")]
    Ipv6,
    /// More than 512 bytes, a name of more than 253, or a label of more than 63.
    #[error("is longer than a host name can be")]
    TooLong,
}

/// The scheme, and what stands after `://`: neither a user nor a path among it.
pub(super) fn split_scheme(text: &str) -> Result<(&str, &str), OriginFault> {
    if text.len() > MAX_BYTES {
        return Err(OriginFault::TooLong);
    }
    match text {
        "null" => return Err(OriginFault::Null),
        "*" => return Err(OriginFault::Wildcard),
        _ if !text.is_ascii() => return Err(OriginFault::NotAscii),
        _ => {}
    }
    let (scheme, authority) = text.split_once("://").ok_or(OriginFault::NoScheme)?;
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(OriginFault::UpperCase);
    }
    let mut letters = scheme.bytes();
    let first = letters.next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !first || !letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
        return Err(OriginFault::Scheme);
    }
    if matches!(scheme, "file" | "ws" | "wss" | "data" | "blob" | "about" | "javascript") {
        return Err(OriginFault::SchemeNeverSent);
    }
    if authority.contains(['/', '?', '#', '\\']) {
        return Err(OriginFault::Path);
    }
    if authority.contains('@') {
        return Err(OriginFault::UserInfo);
    }
    Ok((scheme, authority))
}

/// The host, and the text of the port if there is a colon.
pub(super) fn split_port(authority: &str) -> Result<(&str, Option<&str>), OriginFault> {
    if !authority.starts_with('[') {
        return Ok(match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        });
    }
    match authority.rsplit_once("]:") {
        // The bracket goes back to the host: it is one byte before the colon that was cut.
        Some((_, port)) => {
            let host = authority.strip_suffix(port).and_then(|host| host.strip_suffix(':'));
            Ok((host.ok_or(OriginFault::Ipv6)?, Some(port)))
        }
        None => Ok((authority, None)),
    }
}

/// A port as it is serialised: no leading zero, and not the scheme's own.
pub(super) fn read_port(scheme: &str, text: &str) -> Result<u16, OriginFault> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OriginFault::Port);
    }
    let port = text.parse().map_err(|_| OriginFault::Port)?;
    match (scheme, port) {
        ("http", 80) | ("https", 443) | ("ftp", 21) => Err(OriginFault::DefaultPort),
        _ => Ok(port),
    }
}

/// The origin that `text` most likely means, if it becomes one by removing what browsers remove.
fn suggest(text: &str) -> Option<String> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let lower = text.trim().to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let scheme = match scheme {
        "ws" => "http",
        "wss" => "https",
        other => other,
    };
    let default = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let authority = authority.strip_suffix(default).unwrap_or(authority);
    let form = alloc::format!("{scheme}://{}", authority.strip_suffix('.').unwrap_or(authority));
    (form != text && super::origin_list::is_entry(&form)).then_some(form)
}
