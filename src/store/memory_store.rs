//! A store in memory.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{
    borrow::Borrow,
    convert::Infallible,
    fmt,
    hash::{Hash, Hasher},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use arc_swap::ArcSwapOption;
use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexMap;

use super::{
    change::{ChangeError, KeyChange},
    contract::{AsyncKeyStore, KeyStore, WritableKeyStore},
    profiles::Profiles,
    record::KeyRecord,
};
use crate::key::KeyId;

/// Records in memory: for tests, for services whose keys fit there, and as the model of what a store does.
///
/// Readers don't block each other and a writer doesn't block them. A change copies a few dozen pointers at most, as long as there
/// are no more than a million records, and of more about as many as the root of how many there are.
///
/// Records of one account with the same grant share both, and what an authenticator finds of them.
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
    shards: Box<[ArcSwapOption<Shard>]>,
    /// Held by the one who writes.
    writing: Mutex<Profiles>,
}

/// Into how many parts the table is cut.
const SHARDS: usize = 4_096;

/// Records in groups, so that a change copies one group and the list of them, and not all records.
#[derive(Clone, Default)]
struct Shard {
    len: usize,
    /// All records, as long as there are no groups.
    few: Group,
    /// As many as a power of two, or none.
    groups: Box<[Arc<Group>]>,
}

/// Ids that are looked up are the callers' choice: the hasher is keyed.
type Group = HashSet<ById, RandomState>;

#[derive(Clone)]
struct ById(Arc<KeyRecord>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| ArcSwapOption::empty()).collect(), writing: Mutex::default() }
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
        let mut store = Self::new();
        let profiles = store.writing.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut shards: Vec<Shard> = (0..SHARDS).map(|_| Shard::default()).collect();
        for record in records {
            let id = record.id();
            let Some(shard) = shards.get_mut(place(id)) else { continue };
            if shard.get(id).is_some() {
                return Err(ChangeError::Duplicate { id });
            }
            shard.put(id, Some(ById::sharing(record, profiles)));
        }
        store.shards = shards.into_iter().map(Shard::into_place).collect();
        Ok(store)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.shards.iter().filter_map(|shard| shard.load().as_ref().map(|shard| shard.len)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records, in no order. Changes that are made meanwhile may or may not be seen.
    pub fn records(&self) -> impl Iterator<Item = Arc<KeyRecord>> {
        self.shards
            .iter()
            .filter_map(ArcSwapOption::load_full)
            .flat_map(|shard| shard.records().map(|ById(record)| Arc::clone(record)).collect::<Vec<_>>())
    }

    #[inline]
    fn get(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        self.shards.get(place(id))?.load().as_ref()?.get(id).map(Arc::clone)
    }

    /// Puts records under their ids, or takes them away. Each shard that changes is copied once.
    fn put(&self, changes: &[KeyChange], profiles: &mut Profiles) {
        // In the order of the changes: a reader sees the new key of a rotation before the old one ends.
        let mut copies: IndexMap<usize, Shard, FixedState> = IndexMap::default();
        for change in changes {
            let (id, place) = (change.id(), place(change.id()));
            let stored = || self.shards.get(place).and_then(|shard| shard.load().as_deref().cloned());
            let copy = copies.entry(place).or_insert_with(|| stored().unwrap_or_default());
            copy.put(id, change.record().map(|record| ById::sharing(record.clone(), profiles)));
        }
        for (place, copy) in copies {
            if let Some(shard) = self.shards.get(place) {
                shard.store(copy.into_place().into_inner());
            }
        }
    }
}

/// The shard of an id.
#[inline]
fn place(id: KeyId) -> usize {
    id.spread() % SHARDS
}

impl Shard {
    #[inline]
    fn get(&self, id: KeyId) -> Option<&Arc<KeyRecord>> {
        let found = match self.groups.get(self.group(id)) {
            Some(group) => group.get(&id),
            None => self.few.get(&id),
        };
        found.map(|ById(record)| record)
    }

    /// The group of an id: by other bits than those that the shard is chosen by.
    #[inline]
    fn group(&self, id: KeyId) -> usize {
        (id.spread() / SHARDS) & self.groups.len().wrapping_sub(1)
    }

    /// Puts a record under its id, or takes it away. What others see is copied.
    fn put(&mut self, id: KeyId, record: Option<ById>) {
        if record.is_some() {
            self.make_room();
        }
        let place = self.group(id);
        let is_there = record.is_some();
        let replace = |group: &mut Group| {
            let before = group.take(&id);
            group.extend(record);
            before.is_some()
        };
        let was_there = match self.groups.get_mut(place) {
            Some(group) => replace(Arc::make_mut(group)),
            None => replace(&mut self.few),
        };
        self.len = self.len.saturating_add(is_there.into()).saturating_sub(was_there.into());
    }

    fn records(&self) -> impl Iterator<Item = &ById> {
        self.few.iter().chain(self.groups.iter().flat_map(|group| group.iter()))
    }

    /// Sees to it that there are no more than 32 records without groups, and otherwise that a group has no more than
    /// eight times as many as there are groups, on average.
    fn make_room(&mut self) {
        let count = self.groups.len();
        let most = if count == 0 { 32 } else { count.saturating_mul(count).saturating_mul(8) };
        if self.len < most {
            return;
        }
        let groups = (0..count.saturating_mul(2).max(4)).map(|_| Arc::default()).collect();
        let more = Self { len: self.len, few: Group::default(), groups };
        for record in core::mem::replace(self, more).records() {
            let place = self.group(record.0.id());
            if let Some(group) = self.groups.get_mut(place) {
                Arc::make_mut(group).insert(record.clone());
            }
        }
    }

    fn into_place(self) -> ArcSwapOption<Self> {
        ArcSwapOption::new((self.len > 0).then(|| Arc::new(self)))
    }
}

impl ById {
    fn sharing(mut record: KeyRecord, profiles: &mut Profiles) -> Self {
        record.profile = profiles.share(&record.profile);
        Self(Arc::new(record))
    }
}

impl Borrow<KeyId> for ById {
    #[inline]
    fn borrow(&self) -> &KeyId {
        &self.0.id
    }
}

impl Hash for ById {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl PartialEq for ById {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyStore for MemoryStore {
    type Record = Arc<KeyRecord>;
    type Error = Infallible;

    #[inline]
    fn find(&self, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(self.get(id))
    }

    #[inline]
    fn is_in_memory(&self) -> bool {
        true
    }
}

impl AsyncKeyStore for MemoryStore {
    type Record = Arc<KeyRecord>;
    type Error = Infallible;

    async fn find_async(&self, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        Ok(self.get(id))
    }
}

impl WritableKeyStore for MemoryStore {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
        // A writer that panicked left no half of a shard behind.
        let mut profiles = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // A change sees those before it, as it would if they were made one by one.
        let mut versions = HashMap::new();
        for change in changes {
            let stored = || self.get(change.id()).map(|record| record.version());
            let version = versions.entry(change.id()).or_insert_with(stored);
            change.check(*version)?;
            *version = change.record().map(KeyRecord::version);
        }
        self.put(changes, &mut profiles);
        Ok(())
    }
}

/// How many, and none of them.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    use super::*;
    use crate::key::{KeyDigest, KeyKind};

    fn record(id: KeyId) -> KeyRecord {
        KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap()
    }

    fn ids() -> impl Iterator<Item = KeyId> {
        (0..).map(|number| KeyId::of_imported(&KeyDigest::of(&format!("{number}"), None)))
    }

    #[test]
    fn ids_are_spread_over_shards_and_groups() {
        let store = MemoryStore::from_records(ids().take(100_000).map(record)).unwrap();
        assert_eq!(store.len(), 100_000);
        let most = store.shards.iter().filter_map(|shard| shard.load().as_ref().map(|shard| shard.len)).max();
        assert!(most.is_some_and(|most| (30..=60).contains(&most)), "{most:?} in one shard, of 24 on average");
    }

    /// Of some hundred records in one shard, which grows by regrouping, none is missed meanwhile.
    #[test]
    fn what_was_acknowledged_is_found_while_a_shard_grows_and_shrinks() {
        let all: Vec<KeyId> = ids().filter(|id| place(*id) == 7).take(700).collect();
        let (store, present) = (MemoryStore::new(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let known = present.load(Ordering::Acquire);
                        if let Some(missed) = all[..known].iter().find(|id| store.get(**id).is_none()) {
                            panic!("{missed} is missed among {known}");
                        }
                        if known == all.len() {
                            break;
                        }
                    }
                });
            }
            for (count, id) in (1..).zip(&all) {
                store.apply(&[KeyChange::Insert(record(*id))]).unwrap();
                present.store(count, Ordering::Release);
            }
        });
        let shard = store.shards[7].load_full().unwrap();
        assert_eq!((shard.len, shard.groups.len(), store.len()), (all.len(), 16, all.len()));
        assert!(shard.groups.iter().all(|group| (20..=70).contains(&group.len())), "groups are about as long");
        let (gone, left) = all.split_at(400);
        store.apply(&gone.iter().map(|id| record(*id).removal()).collect::<Vec<_>>()).unwrap();
        assert_eq!(store.len(), left.len());
        assert!(gone.iter().all(|id| store.get(*id).is_none()) && left.iter().all(|id| store.get(*id).is_some()));
        store.apply(&left.iter().map(|id| record(*id).removal()).collect::<Vec<_>>()).unwrap();
        assert!(store.is_empty() && store.shards[7].load().is_none());
    }
}
