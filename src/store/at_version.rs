//! A record, and the version that its account had when it was read.

use core::{borrow::Borrow, ops::Deref};

use super::record::KeyRecord;

/// A record, and the version that its account had at the same moment: what a store finds that says
/// [`account_version`](super::KeyStore::account_version). It reads both at one go, as by a join of the two tables.
///
/// ```
/// # use keyward::key::{KeyDigest, KeyId, KeyKind};
/// use keyward::store::{AtVersion, KeyRecord};
///
/// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
/// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
/// let found = AtVersion::new(record, 7);
/// assert_eq!((found.actor(), found.account_version()), ("t1", 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AtVersion<R = KeyRecord> {
    record: R,
    account_version: u64,
}

impl<R: Borrow<KeyRecord>> AtVersion<R> {
    /// The record, as it was at this version of its account.
    pub fn new(record: R, account_version: u64) -> Self {
        Self { record, account_version }
    }

    /// The version.
    pub fn account_version(&self) -> u64 {
        self.account_version
    }
}

impl<R: Borrow<KeyRecord>> Deref for AtVersion<R> {
    type Target = KeyRecord;

    #[inline]
    fn deref(&self) -> &KeyRecord {
        self.record.borrow()
    }
}

impl<R: Borrow<KeyRecord>> Borrow<KeyRecord> for AtVersion<R> {
    #[inline]
    fn borrow(&self) -> &KeyRecord {
        self.record.borrow()
    }
}
