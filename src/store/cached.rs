//! A cache in front of a store, which serves nothing for longer than its host said.

use alloc::{boxed::Box, vec::Vec};
use core::{borrow::Borrow, fmt, mem, time::Duration};
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use foldhash::quality::RandomState;

use super::{
    at_version::AtVersion,
    contract::{AsyncKeyStore, KeyStore},
    record::KeyRecord,
};
use crate::key::KeyId;

/// Keeps what a store found for at most a stated time, so that not every request is a read of the store.
///
/// What it promises: a key or a role that was taken away lets nobody in for longer than that time. The time counts from
/// before the read, by a clock of the host's that never goes back. Nothing else has to work for that; where one tells the
/// authenticator of a change as well ([`Accounts::load`](crate::administration::Accounts::load)), it is obeyed at once: a record
/// that is older than the roles that are known is read again ([`find_fresh`](KeyStore::find_fresh)). So is one of the account that
/// this process has changed itself.
///
/// Only what the store says an [account version](KeyStore::account_version) of is kept, and nothing is remembered of an id that
/// it doesn't have: a new key is found at once, and a flood of unknown ids takes no memory. A key that is refused by what is kept, as
/// revoked or expired, is read again first. Of those that are known at most
/// [`MOST`](Self::MOST) are kept, or as many as [`with_most`](Self::with_most) says.
///
/// ```
/// use std::time::{Duration, Instant};
/// use keyward::{
///     Authenticator, Schema, Timestamp,
///     administration::{Accounts, MemoryAccounts},
///     key::{KeyEntropy, KeyFormat, KeyPrefix},
///     store::Cached,
/// };
///
/// let schema = Schema::builder().resource("products").build()?;
/// let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
/// let accounts = Accounts::new(MemoryAccounts::new(), authenticator); // or a database
/// # let now = Timestamp::from_millis(1_000);
/// # let key = accounts.authenticator().format().generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
/// # accounts.create("a1", "olivia", &key, now)?;
///
/// let start = Instant::now();
/// let keys = Cached::new(&accounts, Duration::from_secs(2), move || start.elapsed());
/// let olivia = accounts.authenticator().authenticate(&keys, key.key.reveal(), now)?;
/// # assert_eq!(olivia.record().actor(), "olivia");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cached<S, R = AtVersion> {
    store: S,
    bound: Duration,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    /// The most records of one generation of one shard.
    most: usize,
    shards: Box<[RwLock<Generations<R>>]>,
}

/// What was found lately, and what before that: where the first is full it becomes the second, and what was the second is gone.
struct Generations<R> {
    young: Found<R>,
    old: Found<R>,
}

type Found<R> = HashMap<KeyId, (R, Duration), RandomState>;

const SHARDS: usize = 16;

impl<S, R> Cached<S, R> {
    /// The most records that are kept, where the host says nothing else.
    pub const MOST: usize = 100_000;

    /// A cache that keeps a record for at most this time; with no time at all it keeps nothing.
    ///
    /// `clock` gives the time since any moment, the same one each time, such as `move || start.elapsed()`. Where it goes back,
    /// nothing from after that is served.
    pub fn new(store: S, bound: Duration, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let shards: Vec<_> = (0..SHARDS).map(|_| RwLock::new(Generations::new())).collect();
        Self { store, bound, clock: Box::new(clock), most: 0, shards: shards.into() }.with_most(Self::MOST)
    }

    /// The same for at most this many records. With fewer than 32 it keeps none.
    #[must_use]
    pub fn with_most(self, most: usize) -> Self {
        Self { most: most / SHARDS / 2, ..self }
    }

    /// The store behind it.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// For how long a record is kept.
    pub fn bound(&self) -> Duration {
        self.bound
    }

    /// How many records are kept, those included whose time is over.
    pub fn len(&self) -> usize {
        let len = |shard: &RwLock<Generations<R>>| {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            shard.young.len().saturating_add(shard.old.len())
        };
        self.shards.iter().map(len).sum()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all, as when one can't know what one was not told.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.write().unwrap_or_else(PoisonError::into_inner) = Generations::new();
        }
    }

    fn shard(&self, id: KeyId) -> Option<&RwLock<Generations<R>>> {
        self.shards.get(id.spread() % SHARDS)
    }

    /// What is kept, and not for too long.
    fn kept(&self, id: KeyId) -> Option<R>
    where
        R: Clone,
    {
        if self.bound.is_zero() {
            return None;
        }
        let shard = self.shard(id)?.read().unwrap_or_else(PoisonError::into_inner);
        let (record, read) = shard.young.get(&id).or_else(|| shard.old.get(&id))?;
        let age = (self.clock)().checked_sub(*read)?;
        (age < self.bound).then(|| record.clone())
    }

    /// Keeps what was found by a read that began at this time.
    fn keep(&self, id: KeyId, found: Option<&R>, read: Duration)
    where
        R: Clone,
    {
        if self.bound.is_zero() || self.most == 0 {
            return;
        }
        let Some(mut shard) = self.shard(id).map(|shard| shard.write().unwrap_or_else(PoisonError::into_inner)) else {
            return;
        };
        let Some(record) = found else {
            shard.young.remove(&id);
            shard.old.remove(&id);
            return;
        };
        // A slower read doesn't take the place of a later one.
        let later = |(_, kept): &(R, Duration)| *kept > read;
        if shard.young.get(&id).or_else(|| shard.old.get(&id)).is_some_and(later) {
            return;
        }
        if shard.young.len() >= self.most && !shard.young.contains_key(&id) {
            shard.old = mem::take(&mut shard.young);
        }
        shard.young.insert(id, (record.clone(), read));
    }
}

impl<R> Generations<R> {
    fn new() -> Self {
        Self { young: Found::default(), old: Found::default() }
    }
}

impl<S: KeyStore<Record = R>, R: Borrow<KeyRecord> + Clone> KeyStore for Cached<S, R> {
    type Record = R;
    type Error = S::Error;

    fn find(&self, id: KeyId) -> Result<Option<R>, S::Error> {
        match self.kept(id) {
            Some(record) => Ok(Some(record)),
            None => self.find_fresh(id),
        }
    }

    fn find_fresh(&self, id: KeyId) -> Result<Option<R>, S::Error> {
        let read = (self.clock)();
        let found = self.store.find_fresh(id)?;
        let kept = found.as_ref().filter(|record| self.store.account_version(record).is_some());
        self.keep(id, kept, read);
        Ok(found)
    }

    fn may_be_old(&self) -> bool {
        !self.bound.is_zero()
    }

    fn load_account_of(&self, id: KeyId) -> Result<bool, S::Error> {
        self.store.load_account_of(id)
    }

    fn account_version(&self, found: &R) -> Option<u64> {
        self.store.account_version(found)
    }
}

impl<S, R> AsyncKeyStore for Cached<S, R>
where
    S: AsyncKeyStore<Record = R> + Send,
    R: Borrow<KeyRecord> + Clone + Send + Sync,
{
    type Record = R;
    type Error = S::Error;

    async fn find_async(&self, id: KeyId) -> Result<Option<R>, S::Error> {
        match self.kept(id) {
            Some(record) => Ok(Some(record)),
            None => self.find_fresh_async(id).await,
        }
    }

    async fn find_fresh_async(&self, id: KeyId) -> Result<Option<R>, S::Error> {
        let read = (self.clock)();
        let found = self.store.find_fresh_async(id).await?;
        let kept = found.as_ref().filter(|record| self.store.account_version(record).is_some());
        self.keep(id, kept, read);
        Ok(found)
    }

    fn may_be_old(&self) -> bool {
        !self.bound.is_zero()
    }

    async fn load_account_of_async(&self, id: KeyId) -> Result<bool, S::Error> {
        self.store.load_account_of_async(id).await
    }

    fn account_version(&self, found: &R) -> Option<u64> {
        self.store.account_version(found)
    }
}

/// Without the records.
impl<S: fmt::Debug, R> fmt::Debug for Cached<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").field("store", &self.store).field("bound", &self.bound).finish_non_exhaustive()
    }
}
