//! A store in memory.

use core::{convert::Infallible, fmt};
use std::collections::{HashMap, HashSet};

use super::{
    change::{ChangeError, KeyChange},
    contract::{AsyncKeyStore, KeyStore, WritableKeyStore},
    record::KeyRecord,
    sharded::{SHARDS, Sharded},
    stored::StoredKey,
};
use crate::key::KeyId;

/// Records in memory: for tests, for services whose keys fit there, and as the model of what a store does.
///
/// Readers don't block each other and a writer doesn't block them. A change copies one part in
/// [`SHARDS`](Self::SHARDS) of the table, the records themselves never.
///
/// ```
/// # use keyward::key::{KeyDigest, KeyId, KeyKind};
/// use keyward::store::{KeyChange, WritableKeyStore, KeyRecord, KeyState, KeyStore, MemoryStore};
///
/// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
/// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
/// let store = MemoryStore::new();
/// store.apply(&[KeyChange::Insert(record)])?;
///
/// let found = store.find(id)?.unwrap();
/// store.apply(&[found.change(|record| record.with_state(KeyState::Revoked))])?;
/// assert_eq!(store.find(id)?.unwrap().state(), KeyState::Revoked);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MemoryStore {
    records: Sharded,
}

impl MemoryStore {
    /// Into how many parts the table is cut.
    ///
    /// See [`MemoryStore`] for what it means.
    pub const SHARDS: usize = SHARDS;

    /// An empty store.
    pub fn new() -> Self {
        Self { records: Sharded::new([]) }
    }

    /// A store with all of these records: the quick way to load many.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Duplicate`] for the first id that is there twice.
    ///
    /// ```
    /// # use keyward::key::{KeyDigest, KeyId, KeyKind};
    /// # use keyward::store::{KeyRecord, MemoryStore};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
    /// assert_eq!(MemoryStore::from_records([record.clone()])?.len(), 1);
    /// assert!(MemoryStore::from_records([record.clone(), record]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_records(records: impl IntoIterator<Item = KeyRecord>) -> Result<Self, ChangeError<Infallible>> {
        let mut ids = HashSet::new();
        let mut duplicate = None;
        let records = records.into_iter().map_while(|record| {
            let id = record.id();
            if ids.insert(id) {
                return Some(StoredKey::from(record));
            }
            duplicate = Some(id);
            None
        });
        let records = Sharded::new(records);
        duplicate.map_or(Ok(Self { records }), |id| Err(ChangeError::Duplicate { id }))
    }

    /// How many records there are.
    ///
    /// ```
    /// assert_eq!(keyward::store::MemoryStore::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(keyward::store::MemoryStore::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records, in no order. Changes that are made meanwhile may or may not be seen.
    ///
    /// ```
    /// assert_eq!(keyward::store::MemoryStore::new().records().count(), 0);
    /// ```
    pub fn records(&self) -> impl Iterator<Item = StoredKey> {
        self.records.records()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyStore for MemoryStore {
    type Record = StoredKey;
    type Error = Infallible;

    #[inline]
    fn find(&self, id: KeyId) -> Result<Option<StoredKey>, Infallible> {
        Ok(self.records.find(id))
    }

    #[inline]
    fn stored<'r>(&self, found: &'r StoredKey) -> Option<&'r StoredKey> {
        Some(found)
    }
}

impl AsyncKeyStore for MemoryStore {
    type Record = StoredKey;
    type Error = Infallible;

    async fn find_async(&self, id: KeyId) -> Result<Option<StoredKey>, Infallible> {
        Ok(self.records.find(id))
    }
}

impl WritableKeyStore for MemoryStore {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
        let writer = self.records.write();
        // A change sees those before it, as it would if they were made one by one.
        let mut versions = HashMap::new();
        for change in changes {
            let stored = || writer.find(change.id()).map(|record| record.version());
            let version = versions.entry(change.id()).or_insert_with(stored);
            change.check(*version)?;
            *version = change.record().map(KeyRecord::version);
        }
        writer.put(changes.iter().map(|change| (change.id(), change.record().cloned().map(StoredKey::from))));
        Ok(())
    }
}

/// How many, and none of them.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("len", &self.len()).finish_non_exhaustive()
    }
}
