//! The present state of an account: its roles and the keys of its actors.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::cmp::Reverse;

use super::administration_error::AdministrationError;
use crate::{
    access::Access,
    key::{KeyId, KeyKind},
    role::Roles,
    store::{KeyChange, KeyRecord, KeyStanding, KeyState},
    time::Timestamp,
};

/// The present state of one account, as it was loaded. It doesn't change: what is done in it gives an
/// [`AccountChange`](super::AccountChange), which holds the next state.
#[derive(Clone, Debug)]
pub struct Account {
    roles: Roles,
    version: u64,
    records: BTreeMap<KeyId, KeyRecord>,
}

impl Account {
    /// The most access tokens that are in use in an account (EVRYTHNG Platform, access tokens).
    pub const MAX_TOKENS: usize = 100;

    /// The state that a store holds: roles, version, and the record of every key of the account.
    ///
    /// # Errors
    ///
    /// [`LoadError`] for the record of another account, and an id that is there twice.
    ///
    /// ```
    /// use keyward::{Roles, Schema, administration::Account};
    ///
    /// let roles = Roles::new(&Schema::builder().build()?, "a1")?;
    /// let account = Account::load(roles, 7, [])?;
    /// assert_eq!((account.id(), account.version()), ("a1", 7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(roles: Roles, version: u64, records: impl IntoIterator<Item = KeyRecord>) -> Result<Self, LoadError> {
        let mut account = Self { roles, version, records: BTreeMap::new() };
        for record in records {
            if record.account() != account.id() {
                return Err(LoadError::OtherAccount { key: record.id(), account: record.account().into() });
            }
            if let Some(twice) = account.records.insert(record.id(), record) {
                return Err(LoadError::Duplicate { key: twice.id() });
            }
        }
        Ok(account)
    }

    /// What is there before an account is founded: nothing, at version 0.
    pub(super) fn unfounded(roles: Roles) -> Self {
        Self { roles, version: 0, records: BTreeMap::new() }
    }

    /// The account's id.
    pub fn id(&self) -> &str {
        self.roles.account()
    }

    /// The version of this state: 1 for a new account, one more with each change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The records of the keys, in the order of their ids; those that were revoked are among them.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &KeyRecord> {
        self.records.values()
    }

    /// The record of a key.
    pub fn record(&self, key: KeyId) -> Option<&KeyRecord> {
        self.records.get(&key)
    }

    /// The record of an actor's present key: not one that was revoked or replaced.
    pub fn actor(&self, actor: &str) -> Option<&KeyRecord> {
        self.records_of(actor).find(|record| record.state() == KeyState::Active)
    }

    /// Every record of an actor.
    pub(super) fn records_of(&self, actor: &str) -> impl Iterator<Item = &KeyRecord> {
        self.records.values().filter(move |record| record.actor() == actor)
    }

    /// The keys of an actor that were not revoked: the present one, then those that were replaced, with the one first
    /// whose grace is the latest to end.
    pub(super) fn usable(&self, actor: &str, kind: KeyKind) -> Vec<&KeyRecord> {
        let of_kind = self.records_of(actor).filter(|record| record.kind() == kind);
        let mut usable: Vec<_> = of_kind.filter(|record| record.state() != KeyState::Revoked).collect();
        let end = |record: &KeyRecord| Reverse(record.expires().unwrap_or(Timestamp::MAX));
        usable.sort_by_key(|record| (record.state() != KeyState::Active, end(record)));
        usable
    }

    /// The changes with which keys of one actor end. The first is kept, as the one that ended last. The others leave,
    /// and so do those that ended earlier, so that what is kept of an actor doesn't grow.
    pub(super) fn ends(&self, ending: &[&KeyRecord]) -> Vec<KeyChange> {
        let Some((last, others)) = ending.split_first() else { return Vec::new() };
        let of_kind = self.records_of(last.actor()).filter(|record| record.kind() == last.kind());
        let earlier = of_kind.filter(|record| record.state() == KeyState::Revoked);
        let leaving = others.iter().copied().chain(earlier).map(KeyRecord::removal);
        core::iter::once(last.change(|record| record.with_state(KeyState::Revoked))).chain(leaving).collect()
    }

    /// The changes with which every key of an actor ends.
    pub(super) fn ends_of(&self, actor: &str, kind: KeyKind) -> Vec<KeyChange> {
        self.ends(&self.usable(actor, kind))
    }

    /// Who has a role: the operators and tokens with a key that was not revoked, in the order of their ids.
    pub fn holders(&self, role: &str) -> impl ExactSizeIterator<Item = &str> {
        self.records_with(role).map(KeyRecord::actor).collect::<BTreeSet<_>>().into_iter()
    }

    /// The records that have a role, but for those of revoked keys.
    pub(super) fn records_with(&self, role: &str) -> impl Iterator<Item = &KeyRecord> {
        let usable = self.records.values().filter(|record| record.state() != KeyState::Revoked);
        usable.filter(move |record| record.grant().has_role(role))
    }

    /// What the holder of a key may do by the present state, whatever the record says that is given: what `/access`
    /// and `/me` answer. Everyone may read their own, with either kind of key.
    ///
    /// # Errors
    ///
    /// [`AdministrationError::UnknownKey`] for a key that this state doesn't have or that was revoked, and where its
    /// record doesn't fit the schema.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, administration::Account, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
    /// # let schema = Schema::builder().build()?;
    /// let founded = Account::create(&schema, "a1", "olivia", &key, Timestamp::from_millis(1)).into_result()?;
    /// let account = founded.account();
    /// let access = account.access(account.actor("olivia").unwrap())?;
    /// assert!(access.permits("create", "accessTokens"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access(&self, record: &KeyRecord) -> Result<Access, AdministrationError> {
        let present = self.record(record.id()).filter(|present| present.state() != KeyState::Revoked);
        let access = present.and_then(|present| present.access(&self.roles).ok());
        access.ok_or(AdministrationError::UnknownKey)
    }

    /// How many administrators there are: operators with the managed role and no conditions, whatever the clock says
    /// of their keys.
    pub fn administrators(&self) -> usize {
        self.present_administrators().count()
    }

    /// Whether the key of an administrator is in use.
    pub(super) fn is_administered(&self, now: Timestamp) -> bool {
        self.present_administrators().any(|record| record.standing(now) == KeyStanding::InUse)
    }

    fn present_administrators(&self) -> impl Iterator<Item = &KeyRecord> {
        let present = self.records.values().filter(|record| record.state() == KeyState::Active);
        // One whose record can't be used can't act.
        present.filter(|record| makes_administrator(record) && record.access(&self.roles).is_ok())
    }

    /// How many access tokens are in use at that time, or will be: those that were neither revoked nor have expired.
    pub fn tokens(&self, now: Timestamp) -> usize {
        self.present_tokens().filter(|record| !is_over(record, now)).count()
    }

    /// The present keys of all tokens, those that have expired among them.
    pub(super) fn present_tokens(&self) -> impl Iterator<Item = &KeyRecord> {
        let tokens = self.records.values().filter(|record| record.kind() == KeyKind::AccessToken);
        tokens.filter(|record| record.state() == KeyState::Active)
    }

    /// The next state: these roles, and the keys changed.
    pub(super) fn next(&self, roles: Roles, keys: &[KeyChange]) -> Self {
        let mut records = self.records.clone();
        for change in keys {
            match change.record() {
                Some(record) => records.insert(change.id(), record.clone()),
                None => records.remove(&change.id()),
            };
        }
        Self { roles, version: self.version.saturating_add(1), records }
    }
}

/// Whether a key has ended, for good or by its time.
pub(super) fn is_over(record: &KeyRecord, now: Timestamp) -> bool {
    matches!(record.standing(now), KeyStanding::Revoked | KeyStanding::Expired { .. })
}

/// Whether a key, while it is its operator's present one, makes them an administrator: by an assignment with the managed role
/// and no conditions.
pub(super) fn makes_administrator(record: &KeyRecord) -> bool {
    record.kind() == KeyKind::OperatorKey
        && record.grant().assignments().iter().any(|of| of.has_admin() && of.conditions().is_empty())
}

/// Records that don't make an account.
///
/// ```
/// # use keyward::{Roles, Schema, key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
/// use keyward::administration::{Account, LoadError};
///
/// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
/// let other = KeyRecord::new(KeyKind::AccessToken, id, digest, "a2", "t1")?;
/// let roles = Roles::new(&Schema::builder().build()?, "a1")?;
/// assert!(matches!(Account::load(roles, 1, [other]), Err(LoadError::OtherAccount { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A key of another account.
    #[error("key `{key}` is of the account `{account}`")]
    OtherAccount {
        /// The key.
        key: KeyId,
        /// Its account.
        account: Box<str>,
    },
    /// A key that is there twice.
    #[error("key `{key}` is there twice")]
    Duplicate {
        /// The key.
        key: KeyId,
    },
}
