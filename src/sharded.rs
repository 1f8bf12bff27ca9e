//! A map that is read without waiting: readers block nobody, and no writer blocks a reader.
//!
//! It is cut into shards, and a shard is replaced as a whole. A reader sees a shard as it was or as it is; a
//! writer copies the shard that it changes.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::hash::{BuildHasher, Hash};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use foldhash::quality::RandomState;

/// Ids may be the callers' choice: the hasher is keyed.
type Shard<K, V> = HashMap<K, V, RandomState>;

pub(crate) struct ShardedMap<K, V> {
    shards: Box<[ArcSwap<Shard<K, V>>]>,
    hasher: RandomState,
    writing: Mutex<()>,
}

impl<K: Hash + Eq + Clone, V: Clone> ShardedMap<K, V> {
    /// With a power of two of shards.
    pub(crate) fn new(shards: usize) -> Self {
        Self::from_shards(RandomState::default(), shards, |_| Shard::default())
    }

    /// With all of these entries; of two with one key, the later.
    pub(crate) fn from_entries(shards: usize, entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let hasher = RandomState::default();
        let mut filled: Vec<Shard<K, V>> = (0..shards).map(|_| Shard::with_hasher(hasher.clone())).collect();
        for (key, value) in entries {
            let at = place(&hasher, &key, shards);
            if let Some(shard) = filled.get_mut(at) {
                shard.insert(key, value);
            }
        }
        let mut filled = filled.into_iter();
        Self::from_shards(hasher, shards, |hasher| filled.next().unwrap_or_else(|| Shard::with_hasher(hasher.clone())))
    }

    fn from_shards(hasher: RandomState, shards: usize, mut shard: impl FnMut(&RandomState) -> Shard<K, V>) -> Self {
        let shards = (0..shards.max(1)).map(|_| ArcSwap::from_pointee(shard(&hasher))).collect();
        Self { shards, hasher, writing: Mutex::new(()) }
    }

    /// What is there under a key.
    #[inline]
    pub(crate) fn find(&self, key: &K) -> Option<V> {
        let shard = self.shards.get(place(&self.hasher, key, self.shards.len()))?;
        shard.load().get(key).cloned()
    }

    /// Lets one writer at a time look and change; readers go on meanwhile.
    pub(crate) fn write(&self) -> Writer<'_, K, V> {
        // A writer that panicked left no half of a shard behind.
        Writer { map: self, _one: self.writing.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    /// Every entry, shard by shard.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (K, V)> {
        self.shards.iter().flat_map(|shard| {
            let shard = shard.load_full();
            shard.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>()
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().len()).sum()
    }
}

/// The bits in the middle: those at both ends choose the place in the shard.
fn place<K: Hash>(hasher: &RandomState, key: &K, shards: usize) -> usize {
    let middle = hasher.hash_one(key) >> 24;
    usize::try_from(middle & 0xFFFF_FFFF).unwrap_or(0) & shards.saturating_sub(1)
}

pub(crate) struct Writer<'a, K, V> {
    map: &'a ShardedMap<K, V>,
    _one: MutexGuard<'a, ()>,
}

impl<K: Hash + Eq + Clone, V: Clone> Writer<'_, K, V> {
    pub(crate) fn find(&self, key: &K) -> Option<V> {
        self.map.find(key)
    }

    /// Puts a value under a key, or takes it away.
    pub(crate) fn put(&self, key: K, value: Option<V>) {
        let Some(shard) = self.map.shards.get(place(&self.map.hasher, &key, self.map.shards.len())) else { return };
        let mut changed = Shard::clone(&shard.load());
        match value {
            Some(value) => changed.insert(key, value),
            None => changed.remove(&key),
        };
        shard.store(Arc::new(changed));
    }
}
