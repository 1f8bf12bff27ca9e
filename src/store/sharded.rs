//! A table that is read without waiting: readers block nobody, and no writer blocks a reader.
//!
//! It is cut into shards, and a shard is replaced as a whole. A reader sees a shard as it was or as it is; a writer
//! copies the shard that it changes.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexMap;

use super::stored::{ById, StoredKey};
use crate::key::KeyId;

/// A power of two.
pub(super) const SHARDS: usize = 1024;

/// Ids that are looked up are the callers' choice: the hasher is keyed.
type Shard = HashSet<ById, RandomState>;

pub(super) struct Sharded {
    shards: Box<[ArcSwap<Shard>]>,
    writing: Mutex<()>,
}

impl Sharded {
    /// With these records; of two with one id, the later.
    pub(super) fn new(records: impl IntoIterator<Item = StoredKey>) -> Self {
        let hasher = RandomState::default();
        let mut shards: Vec<Shard> = (0..SHARDS).map(|_| Shard::with_hasher(hasher.clone())).collect();
        for record in records {
            if let Some(shard) = shards.get_mut(record.id().place_among(SHARDS)) {
                shard.replace(ById(record));
            }
        }
        Self { shards: shards.into_iter().map(ArcSwap::from_pointee).collect(), writing: Mutex::new(()) }
    }

    #[inline]
    pub(super) fn find(&self, id: KeyId) -> Option<StoredKey> {
        self.shards.get(id.place_among(SHARDS))?.load().get(&id).map(|ById(record)| record.clone())
    }

    /// Lets one writer at a time look and change; readers go on meanwhile.
    pub(super) fn write(&self) -> Writer<'_> {
        // A writer that panicked left no half of a shard behind.
        Writer { table: self, _one: self.writing.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    /// Every record, shard by shard.
    pub(super) fn records(&self) -> impl Iterator<Item = StoredKey> {
        self.shards.iter().flat_map(|shard| shard.load().iter().map(|ById(record)| record.clone()).collect::<Vec<_>>())
    }

    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().len()).sum()
    }
}

pub(super) struct Writer<'a> {
    table: &'a Sharded,
    _one: MutexGuard<'a, ()>,
}

impl Writer<'_> {
    pub(super) fn find(&self, id: KeyId) -> Option<StoredKey> {
        self.table.find(id)
    }

    /// Puts records under their ids, or takes them away. Each shard that changes is copied once.
    #[expect(clippy::mutable_key_type, reason = "what a record remembers is no part of its id")]
    pub(super) fn put(&self, changes: impl Iterator<Item = (KeyId, Option<StoredKey>)>) {
        // In the order of the changes: a reader sees the new key of a rotation before the old one ends.
        let mut copies: IndexMap<usize, Shard, FixedState> = IndexMap::default();
        for (id, record) in changes {
            let Some(shard) = self.table.shards.get(id.place_among(SHARDS)) else { continue };
            let shard = copies.entry(id.place_among(SHARDS)).or_insert_with(|| Shard::clone(&shard.load()));
            match record {
                Some(record) => drop(shard.replace(ById(record))),
                None => drop(shard.take(&id)),
            }
        }
        for (place, shard) in copies {
            if let Some(stored) = self.table.shards.get(place) {
                stored.store(Arc::new(shard));
            }
        }
    }
}
