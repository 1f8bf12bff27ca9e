//! Whose address a request comes from.

use std::{collections::BTreeSet, net::IpAddr};

use axum::http::HeaderMap;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The addresses of one's own proxies: those whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(BTreeSet<IpAddr>);

impl Proxies {
    /// One more.
    pub fn insert(&mut self, proxy: IpAddr) {
        self.0.insert(proxy.to_canonical());
    }

    /// The caller's address: the connection's, or, where that is of a proxy of one's own, the last in the header that isn't.
    /// Each proxy adds whom it was asked by; what stands before that is the caller's, who can write anything.
    ///
    /// None is known where a proxy doesn't say one.
    pub fn caller(&self, connection: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        // A socket for both families has IPv4 addresses in the form of IPv6.
        let mut last = connection.to_canonical();
        while self.0.contains(&last) {
            let entry = str::from_utf8(entries.next()?).ok()?;
            last = entry.trim_matches([' ', '\t']).parse::<IpAddr>().ok()?.to_canonical();
        }
        Some(last)
    }
}
