//! What is kept of one key.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::{profile::Profile, short_text::ShortText};

use crate::{
    access::{Access, AccessError, UnknownRole},
    condition::Condition,
    grant::Grant,
    key::{KeyDigest, KeyId, KeyKind, NewKey, SecretKey},
    role::Roles,
    text::{self, TextError},
    time::Timestamp,
};

/// What is kept of a key: everything but the key. A plain value that any store can hold, as columns or as a
/// serde document (of a format that describes itself, such as JSON). A method that changes it gives a new one.
///
/// ```
/// use keyward::{Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}, store::KeyRecord};
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
/// let new = format.generate_access_token(entropy, None);
/// let record = KeyRecord::issue(&new, "acme", "nightly-import")?
///     .with_roles(["ProductManager"])
///     .with_conditions(["productBrand:brand_one".parse()?])
///     .with_created(Timestamp::from_millis(1_000))
///     .with_expiry(Some(Timestamp::from_millis(9_000)));
///
/// let stored = serde_json::to_string(&record)?;
/// assert_eq!(serde_json::from_str::<KeyRecord>(&stored)?, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Records of one account with the same grant may share both: those of a [`MemoryStore`](super::MemoryStore) do, and so do copies.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    pub(super) id: KeyId,
    pub(super) kind: KeyKind,
    pub(super) state: KeyState,
    pub(super) digest: KeyDigest,
    pub(super) expires: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) created: Timestamp,
    pub(super) version: u64,
    pub(super) actor: ShortText,
    /// The account and the grant.
    pub(super) profile: Arc<Profile>,
    pub(super) strictness: Strictness,
}

/// Whether a text that has the record's digest was once read strictly. What has the digest is that text.
#[derive(Default)]
pub(super) struct Strictness(AtomicBool);

impl Clone for Strictness {
    fn clone(&self) -> Self {
        Self(AtomicBool::new(self.0.load(Ordering::Relaxed)))
    }
}

/// It is nothing that a record says.
impl PartialEq for Strictness {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Strictness {}

/// Whether a key is in use.
///
/// ```
/// assert_eq!(serde_json::to_string(&keyward::store::KeyState::Revoked)?, r#""revoked""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "a new state must break every match")]
pub enum KeyState {
    /// In use.
    Active,
    /// Replaced by a new one, and still good until it expires.
    Replaced,
    /// Ended for good.
    Revoked,
}

impl KeyRecord {
    /// The record of a new key: [`new`](Self::new) with its kind, id and digest.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn issue<K: SecretKey>(
        new: &NewKey<K>,
        account: impl AsRef<str>,
        actor: impl AsRef<str>,
    ) -> Result<Self, TextError> {
        Self::new(K::KIND, new.id, new.digest.clone(), account, actor)
    }

    /// The record of a key, active, without roles or conditions, good from now on and without end, at version 1.
    ///
    /// # Errors
    ///
    /// [`TextError`] for an account or an actor whose id is empty, longer than 128 bytes or outside
    /// `[A-Za-z0-9_.:@+~=/-]`.
    pub fn new(
        kind: KeyKind,
        id: KeyId,
        digest: KeyDigest,
        account: impl AsRef<str>,
        actor: impl AsRef<str>,
    ) -> Result<Self, TextError> {
        // A key in the wrong place must not be repeated by the error.
        text::ID.check(account.as_ref()).map_err(TextError::redacted)?;
        text::ID.check(actor.as_ref()).map_err(TextError::redacted)?;
        Ok(Self::unchecked(kind, id, digest, (account.as_ref(), actor.as_ref())))
    }

    pub(super) fn unchecked(kind: KeyKind, id: KeyId, digest: KeyDigest, (account, actor): (&str, &str)) -> Self {
        Self {
            id,
            kind,
            state: KeyState::Active,
            digest,
            expires: None,
            not_before: None,
            created: Timestamp::from_millis(0),
            version: 1,
            actor: actor.into(),
            profile: Arc::new(Profile::new(account, Grant::new())),
            strictness: Strictness::default(),
        }
    }

    /// The same with one assignment: these roles, by their ids, and the conditions that there were, of all assignments.
    #[must_use]
    pub fn with_roles(self, roles: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let only = self.grant().clone().into_one().replace_roles(roles);
        self.with_grant(only.into())
    }

    /// The same with one assignment: these conditions, and the roles that there were, of all assignments.
    #[must_use]
    pub fn with_conditions(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        let only = self.grant().clone().into_one().replace_conditions(conditions);
        self.with_grant(only.into())
    }

    /// The same with this grant.
    #[must_use]
    pub fn with_grant(self, grant: Grant) -> Self {
        let profile = Arc::new(Profile::new(self.account(), grant));
        Self { profile, ..self }
    }

    /// The same, created then.
    #[must_use]
    pub fn with_created(self, created: Timestamp) -> Self {
        Self { created, ..self }
    }

    /// The same, good from then on.
    #[must_use]
    pub fn with_not_before(self, not_before: Option<Timestamp>) -> Self {
        Self { not_before, ..self }
    }

    /// The same, good until then and at that moment no more; without end, where there is none.
    #[must_use]
    pub fn with_expiry(self, expires: Option<Timestamp>) -> Self {
        Self { expires, ..self }
    }

    /// The same, in this state.
    #[must_use]
    pub fn with_state(self, state: KeyState) -> Self {
        Self { state, ..self }
    }

    /// The same, at this version. Changes count it up; only a store that keeps records in columns of its own
    /// needs to say it.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// The public id of the key.
    #[inline]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Which of the two kinds of key it is.
    #[inline]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The account.
    #[inline]
    pub fn account(&self) -> &str {
        self.profile.account()
    }

    /// Whom the key stands for: the id of an operator access or of an access token.
    pub fn actor(&self) -> &str {
        self.actor.as_str()
    }

    /// Whether a text that has the digest is known to be a key, its checksum included.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn was_read_strictly(&self) -> bool {
        self.strictness.0.load(Ordering::Relaxed)
    }

    /// A text that has the digest was found to be a key.
    #[cfg(feature = "std")]
    pub(crate) fn set_read_strictly(&self) {
        self.strictness.0.store(true, Ordering::Relaxed);
    }

    /// The digest of the key.
    #[inline]
    pub fn digest(&self) -> &KeyDigest {
        &self.digest
    }

    /// When it was created.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The time from which it is good.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// The time at which it ends.
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether it is in use.
    #[inline]
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// The version: 1 when it is first stored, one more with each change.
    #[inline]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the key may do under these roles, as they are now. A role that is no longer there grants nothing.
    ///
    /// An [`Authenticator`](crate::Authenticator) does this, and keeps what it compiles.
    ///
    /// # Errors
    ///
    /// [`AccessError`] for roles of another account, a condition that the schema doesn't have or that is there
    /// twice, and too many roles or conditions.
    ///
    /// ```
    /// # use keyward::{Roles, Schema, key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let record = KeyRecord::new(KeyKind::OperatorKey, id, digest, "a1", "olivia")?.with_roles(["admin"]);
    /// let schema = Schema::builder().resource("products").build()?;
    /// assert!(record.access(&Roles::new(&schema, "a1")?)?.permits("read", "products"));
    /// assert!(record.access(&Roles::new(&schema, "a2")?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access(&self, roles: &Roles) -> Result<Access, AccessError> {
        self.access_where(UnknownRole::GrantsNothing, roles)
    }

    /// Whether every role and condition of the record is there, as an access that is built must have them.
    ///
    /// # Errors
    ///
    /// [`AccessError`] for roles of another account, and as for [`AccessBuilder`](crate::AccessBuilder).
    pub fn check(&self, roles: &Roles) -> Result<(), AccessError> {
        self.compile(roles).map(|_| ())
    }

    /// The access of the record, where every role and condition of it is there.
    pub(crate) fn compile(&self, roles: &Roles) -> Result<Access, AccessError> {
        self.access_where(UnknownRole::IsRefused, roles)
    }

    fn access_where(&self, unknown: UnknownRole, roles: &Roles) -> Result<Access, AccessError> {
        if roles.account() != self.account() {
            return Err(AccessError::OtherAccount);
        }
        self.grant().compile(roles, unknown, self.administers())
    }

    /// Whether the key may administer: an operator's present one. Neither a token nor a key in its grace does.
    #[inline]
    pub(crate) fn administers(&self) -> bool {
        self.kind == KeyKind::OperatorKey && self.state == KeyState::Active
    }

    /// What the key's holder is given: assignments of roles and conditions.
    pub fn grant(&self) -> &Grant {
        self.profile.grant()
    }

    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }
}
