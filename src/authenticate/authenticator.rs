//! Store, roles and schema, joined: from a presented text to an access.

use alloc::sync::Arc;
use core::{borrow::Borrow, fmt, mem};

use super::{
    refused_key::{AuthenticationError, Behind, Refusal, RefusalCause},
    roles::{RolesInForce, SetRolesError},
    verify::verify_digest,
};
use crate::{
    access::Access,
    attributes::Attributes,
    decision::InContext,
    in_force::Found,
    key::{KeyDigest, KeyFormat, KeyId, KeyKind, Pepper, PresentedKey},
    role::Roles,
    schema::Schema,
    store::{AsyncKeyStore, KeyRecord, KeyStore},
    time::Timestamp,
};

/// Tells whose key was presented, and what it may do.
///
/// Shared between threads; a request is judged against one state of the roles, and the next one sees a change.
///
/// ```
/// use keyward::{
///     Authenticator, Operation, ResourceView, Role, Roles, Schema, Timestamp,
///     key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
///     store::{KeyRecord, MemoryStore},
/// };
///
/// let schema = Schema::builder().resource("products").build()?;
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// let authenticator = Authenticator::new(&schema, format.clone());
/// authenticator.set_roles(Roles::new(&schema, "a1")?.with(Role::new("inspector", ["products:read"])?)?, 1)?;
///
/// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
/// let new = format.generate_access_token(entropy, None);
/// let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, "a1", "t1")?.with_roles(["inspector"]);
/// let store = MemoryStore::from_records([record])?;
///
/// let now = Timestamp::from_millis(1_000);
/// let authenticated = authenticator.authenticate(&store, new.key.reveal(), now)?;
/// let product = ResourceView::new("products", "a1", &());
/// assert!(authenticated.access().decide(Operation::READ, &product).is_allow());
/// assert_eq!(authenticated.record().actor(), "t1");
///
/// // The role is deleted: the next authentication grants nothing.
/// authenticator.set_roles(Roles::new(&schema, "a1")?, 2)?;
/// let authenticated = authenticator.authenticate(&store, new.key.reveal(), now)?;
/// assert!(!authenticated.access().decide(Operation::READ, &product).is_allow());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With a store that is waited for, [`authenticate_async`](Self::authenticate_async) does the same; or the host
/// makes the look-up itself, between [`parse`](Self::parse) and [`verify`](Self::verify).
pub struct Authenticator {
    schema: Schema,
    format: KeyFormat,
    pepper: Option<Pepper>,
    roles: RolesInForce,
}

impl Authenticator {
    /// Knows no account yet: the key of an account whose roles were never [set](Self::set_roles) is refused.
    pub fn new(schema: &Schema, format: KeyFormat) -> Self {
        Self { schema: schema.clone(), format, pepper: None, roles: RolesInForce::new() }
    }

    /// The same, for digests that were made under this pepper.
    ///
    /// ```
    /// use keyward::{Authenticator, Schema, key::{KeyFormat, KeyPrefix, Pepper}};
    ///
    /// let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let mut bytes = [0x5A; 32];
    /// let pepper = Pepper::take(&mut bytes)?;
    /// let authenticator = Authenticator::new(&Schema::builder().build()?, format).with_pepper(pepper);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_pepper(self, pepper: Pepper) -> Self {
        Self { pepper: Some(pepper), ..self }
    }

    /// Puts the roles that an account has in this version in the place of those that it had. They are in force from
    /// the next authentication on; accesses that were given out before keep what they had.
    ///
    /// The version counts up with each change of the account, as that of an
    /// [`Account`](crate::administration::Account) does. An older one is refused, so that an update that comes late
    /// never grants again what was taken.
    ///
    /// # Errors
    ///
    /// [`SetRolesError`] for roles that were compiled for another schema, an older version than the one in force, and
    /// the same version with other roles.
    pub fn set_roles(&self, roles: Roles, version: u64) -> Result<(), SetRolesError> {
        if *roles.schema() != self.schema {
            return Err(SetRolesError::OtherSchema);
        }
        let account = roles.shared_account();
        self.roles.replace(&account, Some(roles), version)
    }

    /// Forgets an account, as of this version: from now on its keys are refused. The version stays known, so that
    /// roles of an older one don't bring the account back.
    ///
    /// # Errors
    ///
    /// [`SetRolesError`] for an older version than the one in force, and for the same one.
    ///
    /// ```
    /// # use keyward::{Authenticator, Roles, Schema, key::{KeyFormat, KeyPrefix}};
    /// # let schema = Schema::builder().build()?;
    /// # let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
    /// authenticator.set_roles(Roles::new(&schema, "a1")?, 1)?;
    /// authenticator.remove_account("a1", 2)?;
    /// assert!(authenticator.roles("a1").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_account(&self, account: &str, version: u64) -> Result<(), SetRolesError> {
        self.roles.replace(account, None, version)
    }

    /// Refuses an account's keys until a later version of it than the present one is [set](Self::set_roles): a change may
    /// have been stored that is not known here.
    pub(crate) fn suspend(&self, account: &str) {
        self.roles.suspend(account);
    }

    /// The version that was in force when the account was suspended, 0 where none was.
    pub(crate) fn suspended(&self, account: &str) -> Option<u64> {
        self.roles.suspended(account)
    }

    /// The roles that are in force in an account.
    pub fn roles(&self, account: &str) -> Option<Roles> {
        self.roles.roles(account)
    }

    /// The version of an account that is in force; `None` where the account is not known, or in doubt.
    pub fn version(&self, account: &str) -> Option<u64> {
        self.roles.version(account)
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The form of the keys, by which new ones are made.
    pub fn format(&self) -> &KeyFormat {
        &self.format
    }

    /// The pepper, under which the digests of new keys are made.
    pub fn pepper(&self) -> Option<&Pepper> {
        self.pepper.as_ref()
    }

    /// The first step: reads the text. What has not the form of a key is refused with no look-up.
    ///
    /// # Errors
    ///
    /// [`Refusal`] for a text that is no key of this host, or a mistyped one.
    ///
    /// ```
    /// # use keyward::{Authenticator, Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix}};
    /// # use keyward::{Roles, store::KeyRecord};
    /// # let schema = Schema::builder().build()?;
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let new = format.generate_access_token(KeyEntropy::take(&mut [0x5A; 32])?, None);
    /// # let text = new.key.reveal();
    /// # let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest.clone(), "a1", "t1")?;
    /// # let authenticator = Authenticator::new(&schema, format);
    /// # authenticator.set_roles(Roles::new(&schema, "a1")?, 1)?;
    /// # let now = Timestamp::from_millis(1_000);
    /// let presented = authenticator.parse(text)?;
    /// // The host's own look-up of `presented.id()`, in its own way and at its own pace.
    /// # assert_eq!(presented.id(), record.id());
    /// let found: Option<KeyRecord> = Some(record);
    /// let authenticated = authenticator.verify(&presented, found, now)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn parse<'a>(&self, text: &'a str) -> Result<PresentedKey<'a>, Refusal> {
        Ok(self.format.parse(text)?)
    }

    /// The second step: judges what was found under the id, and resolves its roles as they are now.
    ///
    /// # Errors
    ///
    /// [`Refusal`], as [`verify`](crate::authenticate::verify); and for an account that is not known here, and a record whose conditions
    /// don't fit the schema.
    #[inline]
    pub fn verify<R: Borrow<KeyRecord>>(
        &self,
        presented: &PresentedKey<'_>,
        found: Option<R>,
        now: Timestamp,
    ) -> Result<Authenticated<R>, Refusal> {
        self.admit(presented, found, now)
    }

    /// [`verify`](Self::verify), whatever the error is wrapped in. What is passed on is not moved on the way: to copy it
    /// would be a good part of what this costs.
    #[inline]
    fn admit<R: Borrow<KeyRecord>, E: From<Refusal>>(
        &self,
        presented: &PresentedKey<'_>,
        found: Option<R>,
        now: Timestamp,
    ) -> Result<Authenticated<R>, E> {
        let digest = presented.digest(self.pepper.as_ref());
        self.admit_digest(presented, &digest, found, now)
    }

    #[inline]
    fn admit_digest<R: Borrow<KeyRecord>, E: From<Refusal>>(
        &self,
        presented: &PresentedKey<'_>,
        digest: &KeyDigest,
        found: Option<R>,
        now: Timestamp,
    ) -> Result<Authenticated<R>, E> {
        // Borrowed once: what is judged is what is resolved.
        let lent = found.as_ref().map(Borrow::borrow);
        let judged = verify_digest((presented.id(), presented.kind()), digest, lent, now);
        let access = match judged.and_then(|record| self.roles.find(record)) {
            Ok(access) => access,
            Err(cause) => return refuse(presented, cause),
        };
        match found {
            Some(record) => Ok(Authenticated { record, access }),
            None => refuse(presented, RefusalCause::Unknown),
        }
    }

    /// Both steps, with the look-up between them.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError`]: refused, as [`parse`](Self::parse) and [`verify`](Self::verify); or not judged,
    /// where the store could not tell.
    #[inline]
    pub fn authenticate<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        now: Timestamp,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        self.authenticate_at_least(store, text, now, 0)
    }

    /// The same by roles of at least this version of the key's account: what a call of the administration answered, perhaps in
    /// another process. Who sends it along with their next request sees their own change.
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate); and [`AuthenticationError::Behind`] where the roles of that version could not be had.
    #[inline]
    pub fn authenticate_at_least<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        now: Timestamp,
        version: u64,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        match store.is_in_memory().then(|| self.format.read_head(text)).flatten() {
            Some(head) => self.authenticate_in_memory(store, text, head, (now, version)),
            None => self.authenticate_strictly(store, text, now, version),
        }
    }

    /// Looks the key up before it is read strictly: a text with the digest of one that was is the same. What is not admitted by what
    /// is known is left to be done [strictly](Self::admit_strictly).
    #[inline]
    fn authenticate_in_memory<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        (kind, id): (KeyKind, KeyId),
        (now, version): (Timestamp, u64),
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        let found = store.find(id);
        let digest = KeyDigest::of(text, self.pepper.as_ref());
        let lent = found.as_ref().ok().and_then(Option::as_ref).map(Borrow::borrow);
        let judged = verify_digest((id, Some(kind)), &digest, lent, now);
        let strict = judged.ok().filter(|record| record.was_read_strictly());
        let known = strict.and_then(|record| self.roles.known_access(record).ok());
        match (known, found) {
            (Some(access), Ok(Some(record)))
                if Next::of_versions(access.version, store.account_version(&record), version) == Next::Answer =>
            {
                Ok(Authenticated { record, access })
            }
            (_, found) => self.admit_strictly(store, text, (&digest, found), now, version),
        }
    }

    /// A text that is no key is refused as such, whatever else is wrong.
    #[cold]
    #[inline(never)]
    fn admit_strictly<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        (digest, found): (&KeyDigest, Result<Option<S::Record>, S::Error>),
        now: Timestamp,
        version: u64,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        let presented = self.parse(text)?;
        let admitted = self.admit_digest(&presented, digest, found.map_err(AuthenticationError::Store)?, now);
        if let Ok(admitted) = &admitted {
            admitted.record().set_read_strictly();
        }
        match Next::of(&admitted, |record| store.account_version(record), version, store.may_be_old()) {
            Next::Answer => admitted,
            next => self.admit_later(store, &presented, now, version, next),
        }
    }

    #[inline(never)]
    fn authenticate_strictly<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        now: Timestamp,
        version: u64,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        // Judged where it was read, not copied: copies are a good part of what this costs.
        match &self.format.parse(text) {
            Ok(presented) => {
                let found = store.find(presented.id()).map_err(AuthenticationError::Store)?;
                let admitted = self.admit(presented, found, now);
                match Next::of(&admitted, |record| store.account_version(record), version, store.may_be_old()) {
                    Next::Answer => admitted,
                    next => self.admit_later(store, presented, now, version, next),
                }
            }
            Err(error) => Err(Refusal::from(*error).into()),
        }
    }

    /// As [`authenticate`](Self::authenticate), with a store that is waited for. `now` is the time of the
    /// request, before the wait.
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate).
    ///
    /// ```
    /// use keyward::{Authenticator, Timestamp, store::AsyncKeyStore};
    ///
    /// async fn who<S: AsyncKeyStore>(authenticator: &Authenticator, store: &S, text: &str) -> Option<String> {
    ///     let now = Timestamp::from(std::time::SystemTime::now());
    ///     let authenticated = authenticator.authenticate_async(store, text, now).await.ok()?;
    ///     Some(authenticated.record().actor().to_owned())
    /// }
    /// ```
    pub async fn authenticate_async<S: AsyncKeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        now: Timestamp,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        self.authenticate_at_least_async(store, text, now, 0).await
    }

    /// As [`authenticate_at_least`](Self::authenticate_at_least), with a store that is waited for.
    ///
    /// # Errors
    ///
    /// As [`authenticate_at_least`](Self::authenticate_at_least).
    pub async fn authenticate_at_least_async<S: AsyncKeyStore + ?Sized>(
        &self,
        store: &S,
        text: &str,
        now: Timestamp,
        version: u64,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        let presented = self.parse(text)?;
        let id = presented.id();
        let (mut last, mut is_missing) = (Next::Answer, false);
        for _ in 0..TRIES {
            if last.needs_roles() && !store.load_account_of_async(id).await.map_err(AuthenticationError::Store)? {
                // Perhaps the key is gone, which only one that is read afresh tells.
                if mem::replace(&mut is_missing, true) {
                    return last.give_up(&presented);
                }
            }
            let found = match last {
                Next::Answer => store.find_async(id).await,
                _ => store.find_fresh_async(id).await,
            };
            let found = found.map_err(AuthenticationError::Store)?;
            let admitted = self.admit(&presented, found, now);
            let is_kept = last == Next::Answer && store.may_be_old();
            match Next::of(&admitted, |record| store.account_version(record), version, is_kept).after(last) {
                Next::Answer => return admitted,
                next if next.is_no_nearer(last) => return next.give_up(&presented),
                next => last = next,
            }
        }
        last.give_up(&presented)
    }

    /// Judges the key again, after its account was loaded or where another process was quicker: meanwhile it may have ended.
    #[cold]
    #[inline(never)]
    fn admit_later<S: KeyStore + ?Sized>(
        &self,
        store: &S,
        presented: &PresentedKey<'_>,
        now: Timestamp,
        version: u64,
        first: Next,
    ) -> Result<Authenticated<S::Record>, AuthenticationError<S::Error>> {
        let (mut last, mut is_missing) = (first, false);
        for _ in 1..TRIES {
            if last.needs_roles() && !store.load_account_of(presented.id()).map_err(AuthenticationError::Store)? {
                // Perhaps the key is gone, which only one that is read afresh tells.
                if mem::replace(&mut is_missing, true) {
                    return last.give_up(presented);
                }
            }
            let found = store.find_fresh(presented.id()).map_err(AuthenticationError::Store)?;
            let admitted = self.admit(presented, found, now);
            match Next::of(&admitted, |record| store.account_version(record), version, false).after(last) {
                Next::Answer => return admitted,
                next if next.is_no_nearer(last) => return next.give_up(presented),
                next => last = next,
            }
        }
        last.give_up(presented)
    }
}

/// How often a key is looked up for one request, where its account is changed meanwhile again and again.
const TRIES: u32 = 8;

/// What is to be done before there is an answer: record and roles must be of one version of the account, and of no earlier one
/// than is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Answer,
    /// The key itself was good, and its account is not known.
    LoadUnknown,
    LoadLater(Behind),
    /// The record is older than the roles.
    ReadAgain(Behind),
    /// It was refused, perhaps by a record that is older than what is asked for.
    ReadRefused,
}

impl Next {
    #[inline]
    fn of<R, E>(
        admitted: &Result<Authenticated<R>, AuthenticationError<E>>,
        version_of: impl FnOnce(&R) -> Option<u64>,
        least: u64,
        is_kept: bool,
    ) -> Self {
        match admitted {
            Ok(admitted) => Self::of_versions(admitted.access.version, version_of(&admitted.record), least),
            Err(AuthenticationError::Refused(refusal)) if *refusal.cause() == RefusalCause::UnknownAccount => {
                Self::LoadUnknown
            }
            Err(AuthenticationError::Refused(refusal))
                if least > 0 || (is_kept && is_of_the_record(refusal.cause())) =>
            {
                Self::ReadRefused
            }
            Err(_) => Self::Answer,
        }
    }

    /// Of the roles' version, and the one that the store says.
    #[inline]
    fn of_versions(known: u64, read: Option<u64>, least: u64) -> Self {
        // Where the store says a version, roles of a later one are nowhere: to load them for whoever asks would be work for nothing.
        let there = read.unwrap_or(least.max(known));
        if known < there {
            Self::LoadLater(Behind { wanted: there.max(least), had: known })
        } else if there < known.max(least) {
            Self::ReadAgain(Behind { wanted: known.max(least), had: there })
        } else {
            Self::Answer
        }
    }

    /// An account that is not known although it was loaded is not loaded again, and of a record that was read afresh once
    /// the refusal stands.
    fn after(self, last: Self) -> Self {
        match self {
            Self::LoadUnknown if last == Self::LoadUnknown => Self::Answer,
            Self::ReadRefused if last != Self::Answer => Self::Answer,
            next => next,
        }
    }

    /// Whether what was loaded or read again is no later than it was: nobody has a later one.
    fn is_no_nearer(self, last: Self) -> bool {
        match (self, last) {
            (Self::LoadLater(now), Self::LoadLater(before)) | (Self::ReadAgain(now), Self::ReadAgain(before)) => {
                now.had <= before.had
            }
            _ => false,
        }
    }

    fn needs_roles(self) -> bool {
        matches!(self, Self::LoadUnknown | Self::LoadLater(_))
    }

    #[cold]
    fn give_up<R, E>(self, presented: &PresentedKey<'_>) -> Result<Authenticated<R>, AuthenticationError<E>> {
        match self {
            Self::LoadLater(behind) | Self::ReadAgain(behind) => Err(behind.into()),
            Self::LoadUnknown | Self::ReadRefused | Self::Answer => refuse(presented, RefusalCause::UnknownAccount),
        }
    }
}

/// Whether a later record of the same key could be good.
fn is_of_the_record(cause: &RefusalCause) -> bool {
    use RefusalCause::{Expired, NotYetValid, Revoked, Unusable};
    matches!(cause, Expired { .. } | NotYetValid { .. } | Revoked | Unusable(_))
}

#[cold]
#[inline(never)]
fn refuse<T, E: From<Refusal>>(presented: &PresentedKey<'_>, cause: RefusalCause) -> Result<T, E> {
    Err(Refusal::of_key(presented.id(), cause).into())
}

/// Without the pepper, which prints itself redacted.
impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("schema", &self.schema)
            .field("format", &self.format)
            .field("pepper", &self.pepper)
            .finish_non_exhaustive()
    }
}

/// Whose key it is, and what it may do.
#[must_use]
pub struct Authenticated<R> {
    record: R,
    access: Arc<Found>,
}

impl<R: Borrow<KeyRecord>> Authenticated<R> {
    /// What the key may do.
    #[inline]
    pub fn access(&self) -> &Access {
        &self.access.access
    }

    /// What the key may do in the context of this request: the caller's address, the time, or what else conditions of the schema
    /// read. [`RequestContext`](crate::attributes::RequestContext) has the first two.
    #[inline]
    pub fn in_context<'a>(&'a self, context: &'a dyn Attributes) -> InContext<'a> {
        self.access().in_context(context)
    }

    /// The version of the account whose roles these are: what is decided by this access is decided as of it.
    #[inline]
    pub fn account_version(&self) -> u64 {
        self.access.version
    }

    /// The record of the key.
    #[inline]
    pub fn record(&self) -> &KeyRecord {
        self.record.borrow()
    }

    /// Both, to be kept for the request.
    ///
    /// ```
    /// use keyward::{Access, Authenticated, store::KeyRecord};
    ///
    /// fn keep(authenticated: Authenticated<KeyRecord>) -> (KeyRecord, Access) {
    ///     authenticated.into_parts()
    /// }
    /// ```
    pub fn into_parts(self) -> (R, Access) {
        (self.record, self.access.access.clone())
    }
}

impl<R: Borrow<KeyRecord> + Clone> Clone for Authenticated<R> {
    fn clone(&self) -> Self {
        Self { record: self.record.clone(), access: Arc::clone(&self.access) }
    }
}

impl<R: Borrow<KeyRecord>> fmt::Debug for Authenticated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated").field("record", self.record()).field("access", self.access()).finish()
    }
}
