//! A store in memory.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{convert::Infallible, fmt};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexMap;

use super::{
    change::{ChangeError, KeyChange},
    contract::{AsyncKeyStore, KeyStore, WritableKeyStore},
    record::KeyRecord,
    stored::{ById, StoredKey},
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
    /// Each is replaced as a whole: who reads sees it as it was or as it is, and waits for nobody.
    shards: Box<[ArcSwap<Shard>]>,
    /// Held by the one who writes.
    writing: Mutex<()>,
}

/// Ids that are looked up are the callers' choice: the hasher is keyed.
type Shard = HashSet<ById, RandomState>;

impl MemoryStore {
    /// Into how many parts the table is cut, a power of two.
    pub const SHARDS: usize = 1024;

    /// An empty store.
    pub fn new() -> Self {
        Self::of_shards(Self::empty_shards())
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
        let mut shards = Self::empty_shards();
        for record in records {
            let id = record.id();
            let shard = shards.get_mut(id.place_among(Self::SHARDS));
            if !shard.is_some_and(|shard| shard.insert(ById(record.into()))) {
                return Err(ChangeError::Duplicate { id });
            }
        }
        Ok(Self::of_shards(shards))
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records, in no order. Changes that are made meanwhile may or may not be seen.
    pub fn records(&self) -> impl Iterator<Item = StoredKey> {
        self.shards.iter().flat_map(|shard| shard.load().iter().map(|ById(record)| record.clone()).collect::<Vec<_>>())
    }

    fn empty_shards() -> Vec<Shard> {
        let hasher = RandomState::default();
        (0..Self::SHARDS).map(|_| Shard::with_hasher(hasher.clone())).collect()
    }

    fn of_shards(shards: Vec<Shard>) -> Self {
        Self { shards: shards.into_iter().map(ArcSwap::from_pointee).collect(), writing: Mutex::new(()) }
    }

    #[inline]
    fn get(&self, id: KeyId) -> Option<StoredKey> {
        self.shards.get(id.place_among(Self::SHARDS))?.load().get(&id).map(|ById(record)| record.clone())
    }

    /// Puts records under their ids, or takes them away. Each shard that changes is copied once.
    fn put(&self, changes: &[KeyChange]) {
        // In the order of the changes: a reader sees the new key of a rotation before the old one ends.
        let mut copies: IndexMap<usize, (&ArcSwap<Shard>, Shard), FixedState> = IndexMap::default();
        for change in changes {
            let place = change.id().place_among(Self::SHARDS);
            let Some(shard) = self.shards.get(place) else { continue };
            let (_, copy) = copies.entry(place).or_insert_with(|| (shard, Shard::clone(&shard.load())));
            match change.record() {
                Some(record) => drop(copy.replace(ById(record.clone().into()))),
                None => drop(copy.take(&change.id())),
            }
        }
        for (shard, copy) in copies.into_values() {
            shard.store(Arc::new(copy));
        }
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
        Ok(self.get(id))
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
        Ok(self.get(id))
    }
}

impl WritableKeyStore for MemoryStore {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
        // A writer that panicked left no half of a shard behind.
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // A change sees those before it, as it would if they were made one by one.
        let mut versions = HashMap::new();
        for change in changes {
            let stored = || self.get(change.id()).map(|record| record.version());
            let version = versions.entry(change.id()).or_insert_with(stored);
            change.check(*version)?;
            *version = change.record().map(KeyRecord::version);
        }
        self.put(changes);
        Ok(())
    }
}

/// How many, and none of them.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("len", &self.len()).finish_non_exhaustive()
    }
}
