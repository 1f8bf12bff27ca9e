//! Why a text is no origin.

/// No origin that a browser sends is longer: a host has at most 253 bytes.
pub(super) const MAX_BYTES: usize = 512;

/// Why a text can't be what a browser sends as `Origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OriginProblem {
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
    /// `wss://x`, which is never a page's origin; `data:`, whose pages are `null`; and `file://`, for which browsers
    /// send `null`. Some web views send `file://` itself. It is refused too: every local file has this origin,
    /// whoever made it.
    #[error("has a scheme whose origin is never sent, or names nobody")]
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
    /// A space, a control, an empty label, or something else that no host has; `https://` and `app://:80`, which have
    /// none.
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
