//! An origin taken apart: scheme, host, port.

use super::problem::{MAX_BYTES, OriginProblem};

/// The scheme, and what stands after `://`: neither a user nor a path among it.
pub(super) fn split_scheme(text: &str) -> Result<(&str, &str), OriginProblem> {
    if text.len() > MAX_BYTES {
        return Err(OriginProblem::TooLong);
    }
    match text {
        "null" => return Err(OriginProblem::Null),
        "*" => return Err(OriginProblem::Wildcard),
        _ if !text.is_ascii() => return Err(OriginProblem::NotAscii),
        _ => {}
    }
    let (scheme, authority) = text.split_once("://").ok_or(OriginProblem::NoScheme)?;
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(OriginProblem::UpperCase);
    }
    let mut letters = scheme.bytes();
    let first = letters.next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !first || !letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
        return Err(OriginProblem::Scheme);
    }
    if matches!(scheme, "file" | "ws" | "wss" | "data" | "blob" | "about" | "javascript") {
        return Err(OriginProblem::SchemeNeverSent);
    }
    if authority.contains(['/', '?', '#', '\\']) {
        return Err(OriginProblem::Path);
    }
    if authority.contains('@') {
        return Err(OriginProblem::UserInfo);
    }
    Ok((scheme, authority))
}

/// Whether this is the origin of an app's own pages, which may have no host. Under the schemes of the web every origin
/// has one (URL Standard, *special scheme*).
pub(super) fn is_without_host(scheme: &str, authority: &str) -> bool {
    authority.is_empty() && !matches!(scheme, "http" | "https" | "ftp")
}

/// The host, and the text of the port if there is a colon.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    // An IPv6 address, in brackets, has colons of its own.
    let colon = match authority.rfind("]:") {
        Some(bracket) if authority.starts_with('[') => Some(bracket.saturating_add(1)),
        _ if authority.starts_with('[') => None,
        _ => authority.find(':'),
    };
    let (host, port) = colon.and_then(|colon| authority.split_at_checked(colon)).unwrap_or((authority, ""));
    (host, port.strip_prefix(':'))
}

/// A port as it is serialised: no leading zero, and not the scheme's own.
pub(super) fn read_port(scheme: &str, text: &str) -> Result<u16, OriginProblem> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OriginProblem::Port);
    }
    let port = text.parse().map_err(|_| OriginProblem::Port)?;
    match (scheme, port) {
        ("http", 80) | ("https", 443) | ("ftp", 21) => Err(OriginProblem::DefaultPort),
        _ => Ok(port),
    }
}
