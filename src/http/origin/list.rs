//! A list of origins, exact ones and patterns, and whether it holds the one that a request names.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::{
    host,
    problem::{MAX_BYTES, OriginProblem},
    serialized::{Origin, OriginError},
    split::{is_without_host, read_port, split_port, split_scheme},
};

/// A list of origins: `https://app.example.com`, all below `https://*.example.com`, and with
/// `:*` at the end on whatever port.
///
/// `*.` stands for one label or more, never for none: `https://*.example.com` doesn't cover
/// `https://example.com`. Two labels at least must follow it. The crate holds no list of public
/// suffixes: it accepts `https://*.co.uk`, so don't write that.
///
/// The pages of an app's web view may have an origin with a scheme and no host, `app://`. It is compared as it is sent,
/// and can't be in a pattern. Any app can choose any scheme, so such an origin doesn't prove which app it is.
///
/// # Examples
///
/// ```
/// use keyward::http::OriginList;
///
/// let list = OriginList::new(["https://example.com", "https://*.example.com", "http://localhost:*"])?;
/// assert!(list.contains(b"https://example.com"));
/// assert!(list.contains(b"https://a.b.example.com"));
/// assert!(list.contains(b"http://localhost:5173"));
/// assert!(!list.contains(b"https://evilexample.com"));
/// assert!(!list.contains(b"null"));
/// assert!(OriginList::new(["app://"])?.contains(b"app://"));
/// # Ok::<(), keyward::http::OriginListError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginList {
    /// In order of their bytes.
    exact: Vec<Box<str>>,
    patterns: Vec<Pattern>,
    null: bool,
}

impl OriginList {
    /// A list of the given origins and patterns. The empty list holds none.
    ///
    /// # Errors
    ///
    /// An entry that could never match or matches too much (`https://a.example/`, `http://a.example:80`, `https://`,
    /// `*.example.com`, `https://*.com`, `*`, `null`, `file://`), and one that is there twice.
    pub fn new(origins: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, OriginListError> {
        let mut list = Self::default();
        for origin in origins {
            list.push(origin.as_ref())?;
        }
        Ok(list)
    }

    /// Adds `null`, the origin of sandboxed frames, local files and some redirects.
    ///
    /// Anyone who can make a browser open a page can make it send `null`: to allow it is to allow anyone.
    #[must_use]
    pub fn with_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// Whether the list holds the origin that a request's header states, compared byte by byte.
    ///
    /// Takes time linear in the header and, for exact origins, logarithmic in the list.
    pub fn contains(&self, origin: &[u8]) -> bool {
        if origin.len() > MAX_BYTES {
            return false;
        }
        let Ok(text) = core::str::from_utf8(origin) else {
            return false;
        };
        if text == "null" {
            return self.null;
        }
        self.exact.binary_search_by(|entry| (**entry).cmp(text)).is_ok()
            || (!self.patterns.is_empty()
                && Origin::read(text).is_ok_and(|origin| self.patterns.iter().any(|pattern| pattern.covers(&origin))))
    }

    fn push(&mut self, text: &str) -> Result<(), OriginListError> {
        let pattern = Pattern::read(text).map_err(|problem| OriginError::new(text, problem))?;
        let place = self.exact.binary_search_by(|entry| (**entry).cmp(text));
        match (pattern, place) {
            (Some(pattern), _) if !self.patterns.contains(&pattern) => self.patterns.push(pattern),
            (None, Err(place)) => self.exact.insert(place, text.into()),
            _ => return Err(OriginListError::Duplicate(text.into())),
        }
        Ok(())
    }
}

/// A list of origins that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginListError {
    /// An entry that is no origin and no pattern.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// An entry that is there twice.
    #[error("`{0}` is listed twice")]
    Duplicate(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    scheme: Box<str>,
    /// With `*.` before it, every host below it.
    host: Box<str>,
    port: PortRule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PortRule {
    Any,
    Is(Option<u16>),
}

impl Pattern {
    /// The pattern that the text writes; `None` where it writes one exact origin.
    fn read(text: &str) -> Result<Option<Self>, OriginProblem> {
        let (scheme, authority) = split_scheme(text)?;
        if is_without_host(scheme, authority) {
            return Ok(None);
        }
        let (host, port) = split_port(authority);
        let base = host.strip_prefix("*.");
        if base.is_none() && port != Some("*") {
            return Origin::read(text).map(|_| None);
        }
        host::check(base.unwrap_or(host))?;
        if base.is_some_and(|base| !host::is_domain(base)) {
            return Err(OriginProblem::PatternTooWide);
        }
        let port = match port {
            None => PortRule::Is(None),
            Some("*") => PortRule::Any,
            Some(port) => PortRule::Is(Some(read_port(scheme, port)?)),
        };
        Ok(Some(Self { scheme: scheme.into(), host: host.into(), port }))
    }

    fn covers(&self, origin: &Origin<'_>) -> bool {
        let Self { scheme, host, port } = self;
        let host = match host.strip_prefix("*.") {
            Some(domain) => origin.is_subdomain_of(domain),
            None => origin.host() == &**host,
        };
        let port = match port {
            PortRule::Any => true,
            PortRule::Is(port) => origin.port() == *port,
        };
        origin.scheme() == &**scheme && host && port
    }
}
