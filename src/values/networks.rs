//! Addresses and blocks of them. An IPv4 address has the number of the IPv6 address that it is mapped to, and no IPv6 address
//! has these numbers (RFC 4291, section 2.5.5.2).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::value_problem::{Range, ValueProblem};

pub(super) const LAST: u128 = u128::MAX;
/// The mapped addresses.
const MAPPED: Range = (0xffff_0000_0000, 0xffff_ffff_ffff);

#[inline]
pub(super) fn of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The number of the address that this is.
#[inline]
pub(super) fn number(text: &str) -> Option<u128> {
    text.parse().ok().map(of)
}

pub(super) fn text(number: u128) -> String {
    address(number).to_string()
}

fn address(number: u128) -> IpAddr {
    Ipv6Addr::from_bits(number).to_canonical()
}

/// An address, or a block in the notation of RFC 4632, section 3.1, and RFC 4291, section 2.3: at most two ranges.
pub(super) fn parse(value: &str) -> Result<Vec<Range>, ValueProblem> {
    let form =
        || ValueProblem::Form { form: "a network is an address or a block, as `10.0.0.0/8` and `2001:db8::/32`" };
    let (written, length) = value.split_once('/').map_or((value, None), |(address, length)| (address, Some(length)));
    let written: IpAddr = match written.parse() {
        Ok(address) => address,
        Err(_) => return Err(without_leading_zeros(value).unwrap_or_else(form)),
    };
    let (bits, before): (u32, u32) = if written.is_ipv4() { (32, 96) } else { (128, 0) };
    let length = match length {
        None => bits,
        Some(length) if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) => return Err(form()),
        Some(length) => {
            let is_canonical = length == "0" || !length.starts_with('0');
            let known = length.parse::<u32>().ok().filter(|length| *length <= bits);
            match known {
                Some(known) if is_canonical => known,
                Some(known) => {
                    let address = value.split('/').next().unwrap_or_default();
                    return Err(ValueProblem::NotCanonical { meant: format!("{address}/{known}").into() });
                }
                None if bits == 32 => {
                    return Err(ValueProblem::Beyond { limits: "a block of IPv4 has at most 32 bits" });
                }
                None => return Err(ValueProblem::Beyond { limits: "a block of IPv6 has at most 128 bits" }),
            }
        }
    };
    let first = of(written);
    let mask = u128::MAX.checked_shr(length.saturating_add(before)).unwrap_or(0);
    if first & mask != 0 {
        let block = match written {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shr(length).unwrap_or(0);
                IpAddr::from(Ipv4Addr::from_bits(address.to_bits() & !mask))
            }
            IpAddr::V6(_) => IpAddr::from(Ipv6Addr::from_bits(first & !mask)),
        };
        return Err(ValueProblem::HostBits { length, block: format!("{block}/{length}").into() });
    }
    let (first, last) = (first, first | mask);
    let holds_mapped = first < MAPPED.0 && MAPPED.1 <= last;
    let parts = [(first, MAPPED.0.saturating_sub(1)), (MAPPED.1.saturating_add(1), last)];
    Ok(if holds_mapped {
        parts.into_iter().filter(|(first, last)| first <= last).collect()
    } else {
        Vec::from([(first, last)])
    })
}

/// What is meant where an IPv4 address has leading zeros, which are read as octal in some places.
fn without_leading_zeros(value: &str) -> Option<ValueProblem> {
    let (address, length) = value.split_once('/').map_or((value, None), |(address, length)| (address, Some(length)));
    let parts: Option<Vec<String>> =
        address.split('.').map(|part| part.parse::<u8>().ok().map(|part| part.to_string())).collect();
    let meant = parts.filter(|parts| parts.len() == 4 && !address.contains('+'))?.join(".");
    if length.is_some_and(|length| !length.parse().is_ok_and(|length: u8| length <= 32)) {
        return None;
    }
    let meant = length.map_or_else(|| meant.clone(), |length| format!("{meant}/{length}"));
    Some(ValueProblem::NotCanonical { meant: meant.into() })
}
