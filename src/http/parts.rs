//! An origin taken apart: scheme, host, port.

use super::fault::{MAX_BYTES, OriginFault};

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

/// Whether this is the origin of an app's own pages, which may have no host. Under the schemes of the web every origin
/// has one (URL Standard, *special scheme*).
pub(super) fn is_without_host(scheme: &str, authority: &str) -> bool {
    authority.is_empty() && !matches!(scheme, "http" | "https" | "ftp")
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
