//! Hosts in the form that the URL Standard serialises them to.

use core::fmt::{self, Write};
use core::net::{Ipv4Addr, Ipv6Addr};

use super::problem::OriginProblem;

const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Whether `host` is a name, an IPv4 address or a bracketed IPv6 address, in its serialised form.
pub(super) fn check(host: &str) -> Result<(), OriginProblem> {
    if let Some(address) = host.strip_prefix('[') {
        return check_v6(address.strip_suffix(']').ok_or(OriginProblem::Ipv6)?);
    }
    if host.contains('*') {
        return Err(OriginProblem::Wildcard);
    }
    if ends_in_number(host) {
        // Rust reads exactly the serialised form: four parts, decimal, no leading zeros.
        return host.parse::<Ipv4Addr>().map(drop).map_err(|_| OriginProblem::Ipv4);
    }
    if host.len() > MAX_NAME || host.split('.').any(|label| label.len() > MAX_LABEL) {
        return Err(OriginProblem::TooLong);
    }
    if host.split('.').all(is_label) { Ok(()) } else { Err(OriginProblem::Host) }
}

/// Whether `host` is a name of two labels or more: the least that a subdomain pattern may stand on.
pub(super) fn is_domain(host: &str) -> bool {
    !host.starts_with('[') && host.contains('.') && !ends_in_number(host)
}

/// URL Standard, *ends in a number checker*: such a host is an IPv4 address or nothing.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(last) || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Letters, digits, `-` and `_`: what names in use are made of, after the URL Standard's *domain to ASCII*.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

fn check_v6(address: &str) -> Result<(), OriginProblem> {
    let parsed: Ipv6Addr = address.parse().map_err(|_| OriginProblem::Ipv6)?;
    let mut rest = Rest(address);
    // An address mapped from IPv4 is printed with dots, which no browser does: it ends up refused,
    // and it should be, since the IPv4 form names the same machine.
    if write!(rest, "{parsed}").is_ok() && rest.0.is_empty() && parsed.to_ipv4_mapped().is_none() {
        Ok(())
    } else {
        Err(OriginProblem::Ipv6)
    }
}

/// Compares what is written with a text, piece by piece: no memory is asked for.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
        Ok(())
    }
}
