//! What is kept of one key.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::{
    access::{Access, AccessError, CompiledCondition, Grants, compile_conditions},
    condition::Condition,
    key::{KeyDigest, KeyId, KeyKind, NewKey, SecretKey},
    role::Roles,
    schema::Schema,
    text::{self, TextError},
    time::Timestamp,
};
#[cfg(feature = "std")]
use crate::{parts::Parts, resolved::Remembered};

/// What is kept of a key: everything but the key. A plain value that any store can hold, as columns or as a
/// serde document (of a format that describes itself, such as JSON), and that does not change: what alters it gives
/// a new one.
///
/// ```
/// use keyward::{
///     Timestamp,
///     key::{KeyEntropy, KeyFormat, KeyPrefix},
///     store::KeyRecord,
/// };
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
// What a judgement reads stands together, in the first cache lines.
#[derive(Clone)]
#[repr(C)]
pub struct KeyRecord {
    #[cfg(feature = "std")]
    remembered: Remembered,
    pub(super) document: Document,
    #[cfg(feature = "std")]
    grants: GrantsKey,
}

/// The record as it is stored; what a judgement reads comes first.
#[repr(C)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) id: KeyId,
    pub(super) kind: KeyKind,
    pub(super) state: KeyState,
    pub(super) digest: KeyDigest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<Timestamp>,
    pub(super) created: Timestamp,
    pub(super) version: u64,
    pub(super) account: Box<str>,
    pub(super) actor: Box<str>,
    pub(super) roles: Box<[Box<str>]>,
    pub(super) conditions: Box<[Condition]>,
}

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

/// Which roles of which account: equal for records that grant the same.
#[cfg(feature = "std")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GrantsKey([u8; 16]);

impl KeyRecord {
    /// The record of a new key: [`new`](Self::new) with its kind, id and digest.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    ///
    /// See [`KeyRecord`] for an example.
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
    ///
    /// See [`KeyRecord::id`] for an example.
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
        Ok(Self::of(Document::new(kind, id, digest, account.as_ref(), actor.as_ref())))
    }

    pub(super) fn of(document: Document) -> Self {
        Self {
            #[cfg(feature = "std")]
            remembered: Remembered::default(),
            #[cfg(feature = "std")]
            grants: GrantsKey::of(&document),
            document,
        }
    }

    fn with(self, change: impl FnOnce(&mut Document)) -> Self {
        let mut document = self.document;
        change(&mut document);
        Self::of(document)
    }

    /// The same with these roles, by their ids.
    ///
    /// See [`KeyRecord`] for an example.
    #[must_use]
    pub fn with_roles(self, roles: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.with(|document| document.roles = roles.into_iter().map(|id| id.as_ref().into()).collect())
    }

    /// The same with these conditions.
    ///
    /// See [`KeyRecord`] for an example.
    #[must_use]
    pub fn with_conditions(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.with(|document| document.conditions = conditions.into_iter().collect())
    }

    /// The same, created then.
    ///
    /// See [`KeyRecord`] for an example.
    #[must_use]
    pub fn with_created(self, created: Timestamp) -> Self {
        self.with(|document| document.created = created)
    }

    /// The same, good from then on.
    ///
    /// ```
    /// # use keyward::{Timestamp, key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let start = Timestamp::from_millis(1_000);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?.with_not_before(Some(start));
    /// assert_eq!(record.not_before(), Some(start));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_not_before(self, not_before: Option<Timestamp>) -> Self {
        self.with(|document| document.not_before = not_before)
    }

    /// The same, good until then and at that moment no more; without end, where there is none.
    ///
    /// See [`KeyRecord`] for an example.
    #[must_use]
    pub fn with_expiry(self, expires: Option<Timestamp>) -> Self {
        self.with(|document| document.expires = expires)
    }

    /// The same, in this state.
    ///
    /// ```
    /// # use keyward::{key::{KeyDigest, KeyId, KeyKind}, store::{KeyRecord, KeyState}};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?.with_state(KeyState::Revoked);
    /// assert_eq!(record.state(), KeyState::Revoked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_state(self, state: KeyState) -> Self {
        self.with(|document| document.state = state)
    }

    /// The same, at this version. Changes count it up; only a store that keeps records in columns of its own
    /// needs to say it.
    ///
    /// ```
    /// # use keyward::{key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?.with_version(7);
    /// assert_eq!(record.version(), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        self.with(|document| document.version = version)
    }

    /// The public id of the key.
    ///
    /// ```
    /// # use keyward::{key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let digest = KeyDigest::DUMMY;
    /// let id = KeyId::parse("00000000000000")?;
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
    /// assert_eq!((record.id(), record.kind()), (id, KeyKind::AccessToken));
    /// assert_eq!((record.account(), record.actor()), ("acme", "t1"));
    /// assert_eq!((record.roles().len(), record.conditions().len()), (0, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn id(&self) -> KeyId {
        self.document.id
    }

    #[cfg(feature = "std")]
    #[inline]
    pub(super) fn id_ref(&self) -> &KeyId {
        &self.document.id
    }

    /// Which of the two kinds of key it is.
    ///
    /// See [`KeyRecord::id`] for an example.
    #[inline]
    pub fn kind(&self) -> KeyKind {
        self.document.kind
    }

    /// The account.
    ///
    /// See [`KeyRecord::id`] for an example.
    #[inline]
    pub fn account(&self) -> &str {
        &self.document.account
    }

    /// Whom the key stands for: the id of an operator access or of an access token.
    ///
    /// See [`KeyRecord::id`] for an example.
    #[inline]
    pub fn actor(&self) -> &str {
        &self.document.actor
    }

    /// The digest of the key.
    ///
    /// ```
    /// # use keyward::{key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let id = KeyId::parse("00000000000000")?;
    /// let digest = KeyDigest::of("a credential of high entropy", None);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest.clone(), "acme", "t1")?;
    /// assert_eq!(*record.digest(), digest);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn digest(&self) -> &KeyDigest {
        &self.document.digest
    }

    /// The ids of the roles.
    ///
    /// See [`KeyRecord::id`] for an example.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.document.roles.iter().map(|id| &**id)
    }

    /// The conditions.
    ///
    /// See [`KeyRecord::id`] for an example.
    pub fn conditions(&self) -> &[Condition] {
        &self.document.conditions
    }

    /// When it was created.
    ///
    /// ```
    /// # use keyward::{Timestamp, key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1")?;
    /// assert_eq!(record.created(), Timestamp::from_millis(0));
    /// assert_eq!((record.not_before(), record.expires(), record.version()), (None, None, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn created(&self) -> Timestamp {
        self.document.created
    }

    /// From when on it is good.
    ///
    /// See [`KeyRecord::created`] for an example.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.document.not_before
    }

    /// Until when it is good; at that moment no more.
    ///
    /// See [`KeyRecord::created`] for an example.
    pub fn expires(&self) -> Option<Timestamp> {
        self.document.expires
    }

    /// Whether it is in use.
    ///
    /// See [`KeyRecord::with_state`] for an example.
    #[inline]
    pub fn state(&self) -> KeyState {
        self.document.state
    }

    /// The version: 1 when it is first stored, one more with each change.
    ///
    /// See [`KeyRecord::created`] for an example.
    #[inline]
    pub fn version(&self) -> u64 {
        self.document.version
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
        if *roles.account() != *self.document.account {
            return Err(AccessError::OtherAccount);
        }
        let grants = Grants::resolve(roles, &self.document.roles)?.administering(self.administers());
        Ok(Access::of_parts(Arc::new(grants), self.compile_conditions(roles.schema())?))
    }

    /// Whether these roles have every role of the key, and their schema every condition: what a mistyped name fails.
    /// Ask before a record is stored. A stored one is used as it is, for a role may be deleted later, and then grants
    /// nothing.
    ///
    /// # Errors
    ///
    /// As [`access`](Self::access); and for a role that the account doesn't have, or that is there twice.
    ///
    /// ```
    /// # use keyward::{Role, Roles, Schema, key::{KeyDigest, KeyId, KeyKind}, store::KeyRecord};
    /// # let (id, digest) = (KeyId::parse("00000000000000")?, KeyDigest::DUMMY);
    /// let schema = Schema::builder().resource("products").build()?;
    /// let roles = Roles::new(&schema, "a1")?.with(Role::new("inspector", ["products:read"])?)?;
    /// let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "a1", "t1")?.with_roles(["inspecter"]);
    /// assert_eq!(
    ///     record.check(&roles).unwrap_err().to_string(),
    ///     "unknown role `inspecter`; did you mean `inspector`?",
    /// );
    /// assert!(record.with_roles(["inspector"]).check(&roles).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, roles: &Roles) -> Result<(), AccessError> {
        self.compile(roles).map(|_| ())
    }

    /// The access of the record, where every role and condition of it is there.
    pub(crate) fn compile(&self, roles: &Roles) -> Result<Access, AccessError> {
        if *roles.account() != *self.document.account {
            return Err(AccessError::OtherAccount);
        }
        let builder = Access::builder(roles).roles(&self.document.roles);
        let builder = if self.administers() { builder } else { builder.for_access_token() };
        builder.with_conditions(self.document.conditions.iter().cloned()).build()
    }

    /// Whether the key may administer: an operator's present one. Neither a token nor a key in its grace does.
    pub(crate) fn administers(&self) -> bool {
        self.document.administers()
    }

    #[cfg(feature = "std")]
    pub(crate) fn grants_key(&self) -> GrantsKey {
        self.grants
    }

    #[cfg(feature = "std")]
    pub(crate) fn role_ids(&self) -> &[Box<str>] {
        &self.document.roles
    }

    /// What authenticators made of it.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    pub(crate) fn compile_conditions(&self, schema: &Schema) -> Result<Option<Arc<[CompiledCondition]>>, AccessError> {
        let compiled: Vec<CompiledCondition> = compile_conditions(schema, &self.document.conditions)?;
        Ok((!compiled.is_empty()).then(|| compiled.into()))
    }
}

impl Document {
    fn administers(&self) -> bool {
        self.kind == KeyKind::OperatorKey && self.state == KeyState::Active
    }

    pub(super) fn new(kind: KeyKind, id: KeyId, digest: KeyDigest, account: &str, actor: &str) -> Self {
        Self {
            id,
            kind,
            account: account.into(),
            actor: actor.into(),
            digest,
            roles: Box::default(),
            conditions: Box::default(),
            created: Timestamp::from_millis(0),
            not_before: None,
            expires: None,
            state: KeyState::Active,
            version: 1,
        }
    }
}

#[cfg(feature = "std")]
impl GrantsKey {
    /// The first 16 bytes of the digest of account and roles.
    fn of(document: &Document) -> Self {
        let mut parts = Parts::new();
        parts.add([u8::from(document.administers())]);
        parts.add(&*document.account);
        document.roles.iter().for_each(|id| parts.add(&**id));
        Self(parts.first())
    }
}

impl PartialEq for KeyRecord {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Eq for KeyRecord {}

/// The digest prints itself redacted.
impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRecord").field(&self.document).finish()
    }
}

impl Serialize for KeyRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}
