//! What the holder of a key may do in an account.

use core::{fmt, time::Duration};

use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};

use super::{
    account::{Account, is_over},
    administered::Administered,
    administration_error::{AdministrationError, Result},
    attempt::{AccountChange, Attempt},
    audit::{Action, AuditRecord, Audited, named},
    rights::Operator,
};
use crate::{
    attributes::Attributes,
    decision::NONE,
    grant::Grant,
    key::{AccessToken, KeyId, KeyKind, NewKey, OperatorKey, SecretKey},
    schema::Operation,
    store::{KeyChange, KeyRecord, KeyState, RotateError, Rotation},
    time::Timestamp,
};

/// The holder of a key, acting in one state of an account at one time.
///
/// Every operation is authorized by the access that the holder has in this state, on the resource types
/// `accessPolicies`, `accessTokens` and `operatorAccess`, with its conditions. None is for access tokens, and none for
/// a key that was replaced and is in its grace. [The module](super) says what else must hold.
///
/// Each operation gives an [`Attempt`]: an audit record, and the change or the refusal.
#[derive(Clone)]
pub struct Acting<'a> {
    pub(super) account: &'a Account,
    actor: Box<str>,
    key: KeyId,
    now: Timestamp,
    max_grace: Duration,
    context: &'a dyn Attributes,
}

impl fmt::Debug for Acting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acting").field("actor", &self.actor).field("key", &self.key).finish_non_exhaustive()
    }
}

/// When an access token ends, after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an end stays, is another, or there is none")]
pub enum Expiry {
    /// When it did before.
    Unchanged,
    /// At this time.
    At(Timestamp),
    /// Never.
    Never,
}

impl Expiry {
    fn put_into(self, record: KeyRecord) -> KeyRecord {
        let own = record.expires();
        let end = match (record.state(), self) {
            (KeyState::Active, Self::At(end)) => Some(end),
            (KeyState::Active, Self::Never) => None,
            // A grace is only cut. One without an end has ended.
            (KeyState::Replaced, Self::At(end)) => own.map(|own| own.min(end)),
            (_, Self::Never | Self::Unchanged) | (KeyState::Revoked, Self::At(_)) => own,
        };
        record.with_expiry(end)
    }
}

impl Account {
    /// Acts in this state as the holder of a key that was authenticated. Whether the key may act here at all is
    /// found by each operation, against this state and not the one that it was authenticated in.
    pub fn acting(&self, record: &KeyRecord, now: Timestamp) -> Acting<'_> {
        let (actor, key) = (record.actor().into(), record.id());
        Acting { account: self, actor, key, now, max_grace: Rotation::MAX_GRACE, context: NONE }
    }
}

impl<'a> Acting<'a> {
    /// The same in the context of the request: conditions of the acting operator that read it are decided by it. Without it, what
    /// such a condition restricts is denied.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::{Condition, Grant, administration::Account};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
    /// # let now = Timestamp::from_millis(1);
    /// let schema = Schema::from_json(r#"{"conditions": {"sourceIp": {"values": "network", "context": "ip"}}}"#)?;
    /// # let key = format.generate_operator_key(entropy(1)?, None);
    /// # let founded = Account::create(&schema, "acme", "olivia", &key, now).into_result()?;
    /// # let (account, olivia) = (founded.account(), founded.account().actor("olivia").unwrap());
    /// # let (key, another) = (format.generate_operator_key(entropy(2)?, None), format.generate_access_token(entropy(3)?, None));
    /// let from_office = Grant::new().role("admin").condition(Condition::new("sourceIp", "10.0.0.0/8")?)?;
    /// let invited = account.acting(olivia, now).invite("mia", &from_office, &key).into_result()?;
    /// let account = invited.account();
    ///
    /// let mia = account.actor("mia").unwrap();
    /// let from_home = account.acting(mia, now).create_token("import", &from_office, &another, None);
    /// assert!(from_home.into_result().is_err());
    ///
    /// let context = [("ip", "10.1.2.3")];
    /// let acting = account.acting(mia, now).in_context(&context);
    /// assert!(acting.create_token("import", &from_office, &another, None).into_result().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_context(self, context: &'a dyn Attributes) -> Self {
        Self { context, ..self }
    }

    /// The same, where a replaced key is good for at most so long, and never longer than [`Rotation::MAX_GRACE`].
    #[must_use]
    pub fn with_max_grace(self, most: Duration) -> Self {
        Self { max_grace: most.min(Rotation::MAX_GRACE), ..self }
    }

    /// Gives a new operator access to the account, with a key of their own.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `create` on `operatorAccess`, an access beyond the giver's or with wider
    /// conditions, roles or conditions that there aren't, an id that is in use.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::{Grant, administration::{Account, AdministrationError}};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().build()?;
    /// # let key = format.generate_operator_key(entropy(1)?, None);
    /// # let founded = Account::create(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// # let olivia = account.actor("olivia").unwrap();
    /// let new = format.generate_operator_key(entropy(2)?, None);
    /// let invited = account.acting(olivia, now).invite("frank", &Grant::new(), &new).into_result()?;
    ///
    /// // Frank has no roles, and so can invite nobody.
    /// let frank = invited.account().actor("frank").unwrap();
    /// let another = format.generate_operator_key(entropy(3)?, None);
    /// let attempt = invited.account().acting(frank, now).invite("george", &Grant::new(), &another);
    /// assert!(matches!(attempt.into_result(), Err(AdministrationError::Forbidden(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn invite(&self, operator: &str, grant: &Grant, key: &NewKey<OperatorKey>) -> Attempt {
        self.add(operator, grant, key, None)
    }

    /// Creates an access token, good until `expires` where that is given. An id whose token has ended is free again.
    /// Where the account holds as many tokens as it may and some have expired, those are revoked.
    ///
    /// # Errors
    ///
    /// In the attempt: as [`invite`](Self::invite), on `accessTokens`; and more than [`Account::MAX_TOKENS`] in use.
    pub fn create_token(
        &self,
        token: &str,
        grant: &Grant,
        key: &NewKey<AccessToken>,
        expires: Option<Timestamp>,
    ) -> Attempt {
        self.add(token, grant, key, expires)
    }

    /// Gives an operator other roles and conditions.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `update` them on `operatorAccess` as they are or as they would be, an
    /// operator who may do more than the one who acts, an access beyond the giver's or with wider conditions, no such
    /// operator, the last administrator.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::{Grant, administration::{Account, AdministrationError}};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().build()?;
    /// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
    /// # let founded = Account::create(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let attempt = account.acting(olivia, now).change_operator("olivia", &Grant::new());
    /// assert!(matches!(attempt.into_result(), Err(AdministrationError::LastAdministrator)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change_operator(&self, operator: &str, grant: &Grant) -> Attempt {
        self.change(KeyKind::OperatorKey, operator, grant, Expiry::Unchanged)
    }

    /// Gives an access token other roles and conditions, and another end. Its key in a grace keeps its own end where
    /// that comes first.
    ///
    /// # Errors
    ///
    /// In the attempt: as [`change_operator`](Self::change_operator), on `accessTokens`; and a token that has expired.
    pub fn change_token(&self, token: &str, grant: &Grant, expiry: Expiry) -> Attempt {
        self.change(KeyKind::AccessToken, token, grant, expiry)
    }

    /// Takes an operator's access away: every key of theirs ends.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `delete` on `operatorAccess`, an operator who may do more than the one who
    /// acts, no such operator, the last administrator.
    pub fn remove_operator(&self, operator: &str) -> Attempt {
        self.revoke(KeyKind::OperatorKey, operator)
    }

    /// Revokes an access token.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `delete` on `accessTokens`, a token that may do more than the one who acts, no
    /// such token.
    pub fn revoke_token(&self, token: &str) -> Attempt {
        self.revoke(KeyKind::AccessToken, token)
    }

    /// Replaces an operator's key by a new one. The old one ends at once, or after `grace`.
    ///
    /// Operators may always replace their own. Another's takes the permission to `update` on `operatorAccess`, and
    /// whatever it would take to give that access: who acts will see the secret.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted, an operator who may do more than the one who acts, no such operator, a key that
    /// [can't be replaced](KeyRecord::rotate), a grace longer than it may be.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, administration::Account, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use std::time::Duration;
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().build()?;
    /// # let key = format.generate_operator_key(entropy(1)?, None);
    /// # let founded = Account::create(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let new = format.generate_operator_key(entropy(2)?, None);
    /// let regenerated = account.acting(olivia, now).regenerate("olivia", &new, Duration::ZERO).into_result()?;
    /// assert_eq!(regenerated.account().actor("olivia").unwrap().id(), new.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn regenerate(&self, operator: &str, key: &NewKey<OperatorKey>, grace: Duration) -> Attempt {
        self.replace(operator, key, grace)
    }

    /// Replaces an access token's key by a new one. The old one ends at once, or after `grace`.
    ///
    /// # Errors
    ///
    /// In the attempt: as [`regenerate`](Self::regenerate) for another's, on `accessTokens`.
    pub fn rotate_token(&self, token: &str, key: &NewKey<AccessToken>, grace: Duration) -> Attempt {
        self.replace(token, key, grace)
    }

    fn add<K: SecretKey>(&self, actor: &str, grant: &Grant, key: &NewKey<K>, expires: Option<Timestamp>) -> Attempt {
        let act = |acting: Operator<'_>| {
            // Made now, it would be good from then on, which is never.
            if self.now == Timestamp::MAX {
                return Err(RotateError::EndOfTime.into());
            }
            let record = KeyRecord::issue(key, self.account.id(), actor).map_err(AdministrationError::InvalidId)?;
            let record = record.with_grant(grant.clone()).with_created(self.now).with_expiry(expires);
            acting.may(Operation::CREATE, &Administered::actor(&record))?;
            acting.may_give(&record, self.account.roles())?;
            if self.account.records_of(actor).any(|record| record.kind() != K::KIND || !self.leaves_its_id(record)) {
                return Err(AdministrationError::DuplicateActor { actor: actor.into() });
            }
            self.refuse_known(key.id)?;
            let mut changes = Vec::from([KeyChange::Insert(record)]);
            if K::KIND == KeyKind::AccessToken {
                changes.extend(self.end_expired_tokens(actor)?);
            }
            Ok(AccountChange::of_keys(self.account, changes))
        };
        self.attempt(Audited::of(K::KIND), Action::Create, actor, act)
    }

    /// Whether the id is free again for an actor of the same kind: an operator's when it was removed, a token's when
    /// it has ended in whatever way.
    fn leaves_its_id(&self, record: &KeyRecord) -> bool {
        record.state() == KeyState::Revoked || (record.kind() == KeyKind::AccessToken && is_over(record, self.now))
    }

    /// Ends the expired tokens of this id, and all others where the account is full. They are revoked, so that there
    /// are never too many tokens, whatever the clock says later.
    fn end_expired_tokens(&self, token: &str) -> Result<Vec<KeyChange>> {
        if self.account.tokens(self.now) >= Account::MAX_TOKENS {
            return Err(AdministrationError::TokenLimit);
        }
        let others = || self.account.present_tokens().map(KeyRecord::actor).filter(|actor| *actor != token);
        let full = others().count() >= Account::MAX_TOKENS;
        let is_expired = |token: &&str| {
            let mut usable = self.account.usable(token, KeyKind::AccessToken).into_iter();
            usable.all(|record| is_over(record, self.now))
        };
        let expired: BTreeSet<&str> = others().filter(|_| full).filter(is_expired).chain([token]).collect();
        Ok(expired.into_iter().flat_map(|token| self.account.ends_of(token, KeyKind::AccessToken)).collect())
    }

    fn change(&self, kind: KeyKind, actor: &str, grant: &Grant, expiry: Expiry) -> Attempt {
        let act = |acting: Operator<'_>| {
            let present = self.find(&acting, Action::Update, kind, actor)?;
            let next = present.clone().with_grant(grant.clone());
            let (stored, proposed) = (Administered::actor(present), Administered::actor(&next));
            acting.may_update(&stored, &proposed)?;
            acting.may_touch(self.account, present)?;
            acting.may_give(&next, self.account.roles())?;
            // An ended token has left its id and its place: it doesn't come back.
            if kind == KeyKind::AccessToken && is_over(present, self.now) {
                return Err(AdministrationError::TokenExpired { actor: actor.into() });
            }
            // The key in its grace, too: it must not keep what was taken from its owner.
            let keys = self.account.usable(actor, kind).into_iter();
            let changes = keys.map(|record| record.change(|record| expiry.put_into(record.with_grant(grant.clone()))));
            self.keeping_an_administrator(changes.collect())
        };
        self.attempt(Audited::of(kind), Action::Update, actor, act)
    }

    fn revoke(&self, kind: KeyKind, actor: &str) -> Attempt {
        let act = |acting: Operator<'_>| {
            let present = self.find(&acting, Action::Delete, kind, actor)?;
            acting.may(Operation::DELETE, &Administered::actor(present))?;
            acting.may_touch(self.account, present)?;
            self.keeping_an_administrator(self.account.ends_of(actor, kind))
        };
        self.attempt(Audited::of(kind), Action::Delete, actor, act)
    }

    fn replace<K: SecretKey>(&self, actor: &str, key: &NewKey<K>, grace: Duration) -> Attempt {
        let act = |acting: Operator<'_>| {
            let present = self.find(&acting, Action::Update, K::KIND, actor)?;
            if present.id() == self.key {
                acting.is_in_its_context()?;
            } else {
                let resource = Administered::actor(present);
                acting.may_update(&resource, &resource)?;
                acting.may_touch(self.account, present)?;
            }
            self.refuse_known(key.id)?;
            if grace > self.max_grace {
                return Err(RotateError::GraceTooLong.into());
            }
            let rotation = present.rotate(key, self.now, grace)?;
            // One key, at the most one more in its grace, and the one that ended last.
            let usable = self.account.usable(actor, K::KIND);
            let ended = match usable.get(1..) {
                Some(in_grace) if !grace.is_zero() => self.account.ends(in_grace),
                // The first of them is the present one, which the rotation ends.
                _ => self.account.ends(&usable).into_iter().skip(1).collect(),
            };
            Ok(AccountChange::of_keys(self.account, rotation.changes().iter().cloned().chain(ended)))
        };
        self.attempt(Audited::of(K::KIND), Action::Update, actor, act)
    }

    fn keeping_an_administrator(&self, keys: Vec<KeyChange>) -> Result<AccountChange> {
        let change = AccountChange::of_keys(self.account, keys);
        let (before, after) = (self.account, change.account());
        // By their records, whatever the clock says; and by the clock none is shut out either.
        let lost = before.administrators() > 0 && after.administrators() == 0;
        let shut_out = before.is_administered(self.now) && !after.is_administered(self.now);
        if lost || shut_out { Err(AdministrationError::LastAdministrator) } else { Ok(change) }
    }

    /// The present key of an actor, or, where there is none, the one whose grace ends last. Who lacks the permission is
    /// told so, and not whether the actor exists.
    fn find(&self, acting: &Operator<'_>, action: Action, kind: KeyKind, actor: &str) -> Result<&'a KeyRecord> {
        let usable = self.account.usable(actor, kind);
        usable.first().copied().ok_or_else(|| {
            let (resource, operation) = (Audited::of(kind).as_str(), action.as_str());
            // Who is out of the context of what permits this is not told who there is.
            let unknown = AdministrationError::UnknownActor { actor: named(actor) };
            acting.is_permitted(operation, resource).err().unwrap_or(unknown)
        })
    }

    fn refuse_known(&self, key: KeyId) -> Result<()> {
        match self.account.record(key) {
            Some(_) => Err(AdministrationError::DuplicateKey { key }),
            None => Ok(()),
        }
    }

    /// Runs an operation, and makes its audit record.
    pub(super) fn attempt(
        &self,
        on: Audited,
        action: Action,
        target: &str,
        act: impl FnOnce(Operator<'_>) -> Result<AccountChange>,
    ) -> Attempt {
        let result = Operator::of(self.account, (&self.actor, self.key), self.now, self.context).and_then(act);
        let audit = AuditRecord::new(self.now, self.account.id(), (&self.actor, self.key), (on, action), target);
        let audit = match &result {
            Ok(change) => audit.changed(self.account, change.account(), change.keys()),
            Err(_) => audit.unchanged(self.account),
        };
        Attempt::new(audit, result)
    }
}
