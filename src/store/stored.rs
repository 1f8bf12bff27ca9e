//! A record as a store in memory hands it out.

use alloc::sync::Arc;
use core::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use super::record::KeyRecord;
use crate::{in_force::KeyMemory, key::KeyId};

/// A record, and beside it a place where an authenticator remembers what it found of it. Cheap to clone. A store that
/// keeps its records in memory hands them out so, as [`MemoryStore`](super::MemoryStore) does, and says so by
/// [`KeyStore::stored`](super::KeyStore::stored).
#[derive(Clone)]
pub struct StoredKey(Arc<Inner>);

struct Inner {
    record: KeyRecord,
    memory: KeyMemory,
}

impl StoredKey {
    /// The record.
    #[inline]
    pub fn record(&self) -> &KeyRecord {
        &self.0.record
    }

    #[inline]
    pub(crate) fn memory(&self) -> &KeyMemory {
        &self.0.memory
    }
}

impl From<KeyRecord> for StoredKey {
    fn from(record: KeyRecord) -> Self {
        Self(Arc::new(Inner { record, memory: KeyMemory::default() }))
    }
}

impl Deref for StoredKey {
    type Target = KeyRecord;

    #[inline]
    fn deref(&self) -> &KeyRecord {
        self.record()
    }
}

impl Borrow<KeyRecord> for StoredKey {
    #[inline]
    fn borrow(&self) -> &KeyRecord {
        self.record()
    }
}

impl PartialEq for StoredKey {
    fn eq(&self, other: &Self) -> bool {
        self.record() == other.record()
    }
}

impl Eq for StoredKey {}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record().fmt(f)
    }
}

/// By its id, in the tables of the store.
#[derive(Clone)]
pub(super) struct ById(pub(super) StoredKey);

impl Borrow<KeyId> for ById {
    #[inline]
    fn borrow(&self) -> &KeyId {
        &self.0.record().id
    }
}

impl Hash for ById {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl PartialEq for ById {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for ById {}
