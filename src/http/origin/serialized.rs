//! One origin, in the form in which a browser writes it.

use alloc::string::String;

use super::{
    host,
    problem::{MAX_BYTES, OriginProblem},
    split::{is_without_host, read_port, split_port, split_scheme},
};
use crate::text::excerpt;

/// A tuple origin as the `Origin` header carries it: scheme, host and port, serialised.
///
/// There is exactly one spelling of an origin (HTML Standard, *serialization of an origin*; URL
/// Standard, *host serializer*): lower case, no user, no path, no default port, addresses in their
/// shortest form, names in ASCII. [`Origin::parse`] takes that spelling and no other, so two origins
/// are the same exactly if their texts are the same bytes. The opaque origin, `null`, is no `Origin`:
/// every sandboxed frame and local file shares it, so it identifies nobody. What has no host (`app://`) is none
/// either; an [`OriginList`](super::OriginList) can hold it as a text.
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
        Self::read(text).map_err(|problem| OriginError::new(text, problem))
    }

    /// [`Origin::parse`] with a plain error, for the origins of requests.
    pub(in crate::http) fn read(text: &'a str) -> Result<Self, OriginProblem> {
        let (scheme, authority) = split_scheme(text)?;
        let (host, port) = split_port(authority);
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
#[error("`{given}` {problem}{}", .suggestion.as_deref().map(|form| alloc::format!(": write `{form}`")).unwrap_or_default())]
pub struct OriginError {
    given: String,
    problem: OriginProblem,
    suggestion: Option<String>,
}

impl OriginError {
    pub(super) fn new(text: &str, problem: OriginProblem) -> Self {
        Self { given: excerpt(text), problem, suggestion: suggest(text) }
    }

    /// What is wrong with it.
    pub fn problem(&self) -> OriginProblem {
        self.problem
    }

    /// The form it should have, if that is clear.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
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
    let (scheme, default) = match scheme {
        "http" | "ws" => ("http", ":80"),
        "https" | "wss" => ("https", ":443"),
        other => (other, ""),
    };
    let authority = authority.strip_suffix(default).unwrap_or(authority);
    let form = alloc::format!("{scheme}://{}", authority.strip_suffix('.').unwrap_or(authority));
    // A pattern stands for origins below its base, which must be a name of two labels or more.
    let base = form.replacen("://*.", "://", 1);
    let wide = base != form && !base.split("://").last().is_some_and(|host| host.contains('.'));
    let is_entry = Origin::read(&base).is_ok()
        || split_scheme(&form).is_ok_and(|(scheme, authority)| is_without_host(scheme, authority));
    (form != text && !wide && is_entry).then_some(form)
}
