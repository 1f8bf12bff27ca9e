//! What the holder of a key may do in an account.

use core::time::Duration;

use alloc::{boxed::Box, vec::Vec};

use super::{
    account::{Account, is_administrator, makes_administrator},
    attempt::{AccountChange, Attempt},
    audit::{AuditRecord, StateDigest},
    grant::Grant,
    refusal::AdministrationError,
    resource::{Administered, OPERATORS, TOKENS},
};
use crate::{
    access::Access,
    denial::{Denial, Forbidden},
    key::{AccessToken, KeyDigest, KeyId, KeyKind, NewKey, OperatorKey},
    role::{Role, RoleError},
    schema::Operation,
    store::{KeyChange, KeyRecord, KeyStanding, KeyState, RotateError},
    time::Timestamp,
};

/// The holder of a key, acting in one state of an account at one time.
///
/// Every operation is authorized by the access that the holder has in this state, on the resource types
/// `accessPolicies`, `accessTokens` and `operatorAccess`, with its conditions. None is for access tokens. What is
/// given must be within the giver's own access.
///
/// Each operation gives an [`Attempt`]: an audit record, and the change or the refusal.
///
/// See [the module](super) for an example.
#[derive(Clone, Debug)]
pub struct Acting<'a> {
    account: &'a Account,
    actor: Box<str>,
    key: KeyId,
    now: Timestamp,
}

type Result<T> = core::result::Result<T, AdministrationError>;

/// The acting operator, known to be one: the record of the key in this state, and what it may do.
struct Operator<'a> {
    record: &'a KeyRecord,
    access: Access,
}

impl Account {
    /// Acts in this state as the holder of a key that was authenticated. Whether the key may act here at all is
    /// found by each operation, against this state and not the one that it was authenticated in.
    ///
    /// See [the module](super) for an example.
    pub fn acting(&self, record: &KeyRecord, now: Timestamp) -> Acting<'_> {
        Acting { account: self, actor: record.actor().into(), key: record.id(), now }
    }
}

impl<'a> Acting<'a> {
    /// Gives a new operator access to the account, with a key of their own.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `create` on `operatorAccess`, an access beyond the giver's, roles or
    /// conditions that there aren't, an id that is in use.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::administration::{Account, AdministrationError, Grant};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().build()?;
    /// # let key = format.generate_operator_key(entropy(1)?, None);
    /// # let founded = Account::found(&schema, "a1", "olivia", &key, now).into_result()?;
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
        self.add(OPERATORS, KeyKind::OperatorKey, operator, grant, (key.id, &key.digest), None)
    }

    /// Creates an access token, good until `expires` where that is given.
    ///
    /// # Errors
    ///
    /// In the attempt: as [`invite`](Self::invite), on `accessTokens`; and more than [`Account::MAX_TOKENS`].
    ///
    /// See [the module](super) for an example.
    pub fn create_token(
        &self,
        token: &str,
        grant: &Grant,
        key: &NewKey<AccessToken>,
        expires: Option<Timestamp>,
    ) -> Attempt {
        self.add(TOKENS, KeyKind::AccessToken, token, grant, (key.id, &key.digest), expires)
    }

    /// Gives an operator other roles and conditions.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `update` them on `operatorAccess` as they are or as they would be, an
    /// access beyond the giver's, no such operator, the last administrator.
    ///
    /// ```
    /// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::administration::{Account, AdministrationError, Grant};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().build()?;
    /// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
    /// # let founded = Account::found(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let attempt = account.acting(olivia, now).change_operator("olivia", &Grant::new());
    /// assert!(matches!(attempt.into_result(), Err(AdministrationError::LastAdministrator)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change_operator(&self, operator: &str, grant: &Grant) -> Attempt {
        self.change(OPERATORS, operator, grant)
    }

    /// Gives an access token other roles and conditions.
    ///
    /// # Errors
    ///
    /// In the attempt: as [`change_operator`](Self::change_operator), on `accessTokens`.
    ///
    /// See [`change_operator`](Self::change_operator) for an example of the like.
    pub fn change_token(&self, token: &str, grant: &Grant) -> Attempt {
        self.change(TOKENS, token, grant)
    }

    /// Takes an operator's access away: every key of theirs is revoked.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `delete` on `operatorAccess`, no such operator, the last administrator.
    ///
    /// See [`change_operator`](Self::change_operator) for an example of the like.
    pub fn remove_operator(&self, operator: &str) -> Attempt {
        self.revoke(OPERATORS, operator)
    }

    /// Revokes an access token.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted to `delete` on `accessTokens`, no such token.
    ///
    /// See [`change_operator`](Self::change_operator) for an example of the like.
    pub fn revoke_token(&self, token: &str) -> Attempt {
        self.revoke(TOKENS, token)
    }

    /// Replaces an operator's key by a new one. The old one ends at once, or after `grace`.
    ///
    /// Operators may always replace their own, with their present one. Another's, whose secret the one who acts will see, takes the
    /// permission to `update` on `operatorAccess`, and an access that includes the other's.
    ///
    /// # Errors
    ///
    /// In the attempt: not permitted, an access beyond the acting operator's, no such operator, a key that
    /// [can't be replaced](KeyRecord::rotate).
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
    /// # let founded = Account::found(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let new = format.generate_operator_key(entropy(2)?, None);
    /// let regenerated = account.acting(olivia, now).regenerate("olivia", &new, Duration::ZERO).into_result()?;
    /// assert_eq!(regenerated.account().actor("olivia").unwrap().id(), new.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn regenerate(&self, operator: &str, key: &NewKey<OperatorKey>, grace: Duration) -> Attempt {
        let result = self.operator().and_then(|acting| {
            let present = self.present(&acting, "update", OPERATORS, operator)?;
            if present.actor() == acting.record.actor() {
                // Who holds the old key in its grace must not take over by it.
                if present.id() != acting.record.id() {
                    return Err(RotateError::Replaced.into());
                }
            } else {
                let resource = Administered::actor(OPERATORS, present);
                acting.access.decide_update(&resource, &resource).into_result()?;
                // What is beyond is the other's: it is not for the one who acts to read.
                let within = self.account.access(present)?.is_within(&acting.access);
                if !within {
                    return Err(AdministrationError::ExceedingKey);
                }
                self.may_make(&acting, present)?;
            }
            self.refuse_known(key.id)?;
            let rotation = present.rotate(key, self.now, grace)?;
            // An operator has one key, and at the most one more that is in its grace.
            let earlier = self.account.records_of(operator).filter(|record| record.state() == KeyState::Replaced);
            let ended = earlier.map(|record| record.change(|record| record.with_state(KeyState::Revoked)));
            let changes = rotation.changes().iter().cloned().chain(ended);
            Ok(self.changed(changes))
        });
        self.attempt("operatorAccess:update", operator, result)
    }

    /// Creates a role. Only administrators may.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, an id that is in use, a permission on what the
    /// schema doesn't have.
    ///
    /// See [the module](super) for an example.
    pub fn create_role(&self, role: Role) -> Attempt {
        let id = Box::from(role.id());
        let result = self.administrator().and_then(|acting| {
            let proposed = Administered::policy(self.account.id(), &role);
            acting.access.decide(Operation::CREATE, &proposed).into_result()?;
            Ok(AccountChange::new(self.account, self.account.roles().clone().with(role)?, []))
        });
        self.attempt("accessPolicies:create", &id, result)
    }

    /// Puts a role in the place of the one with its id. Only administrators may.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, no such role, a permission on what the schema
    /// doesn't have.
    ///
    /// ```
    /// # use keyward::{Role, Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::administration::{Account, AdministrationError};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().resource("products").build()?;
    /// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
    /// # let founded = Account::found(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let attempt = account.acting(olivia, now).alter_role(Role::new("admin", ["products:read"])?);
    /// assert!(matches!(attempt.into_result(), Err(AdministrationError::ManagedRole)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alter_role(&self, role: Role) -> Attempt {
        let id = Box::from(role.id());
        let result = self.administrator().and_then(|acting| {
            let stored = self.role(role.id())?;
            let stored = Administered::policy(self.account.id(), stored);
            let proposed = Administered::policy(self.account.id(), &role);
            acting.access.decide_update(&stored, &proposed).into_result()?;
            Ok(AccountChange::new(self.account, self.account.roles().clone().replace(role)?, []))
        });
        self.attempt("accessPolicies:update", &id, result)
    }

    /// Deletes a role. Only administrators may. Who has it keeps its id, which from then on grants nothing.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, no such role.
    ///
    /// See [`alter_role`](Self::alter_role) for an example of the like.
    pub fn delete_role(&self, id: &str) -> Attempt {
        let result = self.administrator().and_then(|acting| {
            let stored = Administered::policy(self.account.id(), self.role(id)?);
            acting.access.decide(Operation::DELETE, &stored).into_result()?;
            Ok(AccountChange::new(self.account, self.account.roles().clone().without(id)?, []))
        });
        self.attempt("accessPolicies:delete", id, result)
    }

    /// The operator whose key acts, by the present state of the account.
    fn operator(&self) -> Result<Operator<'a>> {
        let record = self.account.record(self.key).filter(|record| record.actor() == &*self.actor);
        let record = record.ok_or(AdministrationError::UnknownKey)?;
        if record.standing(self.now) != KeyStanding::InUse {
            return Err(AdministrationError::UnknownKey);
        }
        if record.kind() != KeyKind::OperatorKey {
            return Err(AdministrationError::NotForAccessTokens);
        }
        // What authentication can't use is not in use here, either.
        let access = self.account.access(record)?;
        Ok(Operator { record, access })
    }

    fn administrator(&self) -> Result<Operator<'a>> {
        let acting = self.operator()?;
        if self.is_administrator(&acting) { Ok(acting) } else { Err(AdministrationError::NotAdministrator) }
    }

    fn is_administrator(&self, acting: &Operator<'a>) -> bool {
        let present = self.account.actor(acting.record.actor());
        present.is_some_and(|present| is_administrator(present, self.now))
    }

    /// To be administrator is more than every permission: it is to make roles. Who isn't one makes none, by a grant
    /// or by a key, be it one that is not in use yet.
    fn may_make(&self, acting: &Operator<'a>, record: &KeyRecord) -> Result<()> {
        if makes_administrator(record) && !self.is_administrator(acting) {
            return Err(AdministrationError::MakesAdministrator);
        }
        Ok(())
    }

    fn add(
        &self,
        resource: &'static str,
        kind: KeyKind,
        actor: &str,
        grant: &Grant,
        (id, digest): (KeyId, &KeyDigest),
        expires: Option<Timestamp>,
    ) -> Attempt {
        let result = self.operator().and_then(|acting| {
            let record = KeyRecord::new(kind, id, digest.clone(), self.account.id(), actor)
                .map_err(AdministrationError::InvalidId)?;
            let record = grant.put_into(record).with_created(self.now).with_expiry(expires);
            acting.access.decide(Operation::CREATE, &Administered::actor(resource, &record)).into_result()?;
            grant.access(self.account.roles())?.ensure_within(&acting.access)?;
            self.may_make(&acting, &record)?;
            // Who was removed may come back, under the id and as the kind of actor that they were.
            let taken = |record: &KeyRecord| record.state() != KeyState::Revoked || record.kind() != kind;
            if self.account.records_of(actor).any(taken) {
                return Err(AdministrationError::DuplicateActor { actor: actor.into() });
            }
            self.refuse_known(id)?;
            if kind == KeyKind::AccessToken && self.account.tokens() >= Account::MAX_TOKENS {
                return Err(AdministrationError::TokenLimit);
            }
            Ok(self.changed([KeyChange::Insert(record)]))
        });
        self.attempt(on(resource, "create"), actor, result)
    }

    fn change(&self, resource: &'static str, actor: &str, grant: &Grant) -> Attempt {
        let result = self.operator().and_then(|acting| {
            let present = self.present(&acting, "update", resource, actor)?;
            let stored = Administered::actor(resource, present);
            let changed = grant.put_into(present.clone());
            let proposed = Administered::actor(resource, &changed);
            acting.access.decide_update(&stored, &proposed).into_result()?;
            grant.access(self.account.roles())?.ensure_within(&acting.access)?;
            self.may_make(&acting, &changed)?;
            // The key in its grace, too: it must not keep what was taken from its owner.
            let keys = self.usable(present).map(|record| record.change(|record| grant.put_into(record)));
            self.keeping_an_administrator(keys.collect())
        });
        self.attempt(on(resource, "update"), actor, result)
    }

    fn revoke(&self, resource: &'static str, actor: &str) -> Attempt {
        let result = self.operator().and_then(|acting| {
            let present = self.present(&acting, "delete", resource, actor)?;
            acting.access.decide(Operation::DELETE, &Administered::actor(resource, present)).into_result()?;
            let revoked = |record: &KeyRecord| record.change(|record| record.with_state(KeyState::Revoked));
            self.keeping_an_administrator(self.usable(present).map(revoked).collect())
        });
        self.attempt(on(resource, "delete"), actor, result)
    }

    fn changed(&self, keys: impl IntoIterator<Item = KeyChange>) -> AccountChange {
        AccountChange::new(self.account, self.account.roles().clone(), keys)
    }

    fn keeping_an_administrator(&self, changes: Vec<KeyChange>) -> Result<AccountChange> {
        let change = self.changed(changes);
        if self.account.administrators(self.now) > 0 && change.account().administrators(self.now) == 0 {
            return Err(AdministrationError::LastAdministrator);
        }
        Ok(change)
    }

    /// The record of an actor's present key. Who may do nothing of the kind is not told who is there.
    fn present(
        &self,
        acting: &Operator<'_>,
        operation: &'static str,
        resource: &'static str,
        actor: &str,
    ) -> Result<&'a KeyRecord> {
        let kind = if resource == TOKENS { KeyKind::AccessToken } else { KeyKind::OperatorKey };
        let mut of_kind = self.account.records_of(actor).filter(|record| record.kind() == kind);
        let present = of_kind.find(|record| record.state() == KeyState::Active);
        present.ok_or_else(|| {
            if acting.access.permits(operation, resource) {
                return AdministrationError::UnknownActor { actor: actor.into() };
            }
            Forbidden::from(Denial::PermissionMissing { resource, operation }).into()
        })
    }

    /// The records of the same actor's keys that were not revoked.
    fn usable(&self, present: &'a KeyRecord) -> impl Iterator<Item = &'a KeyRecord> {
        let of_kind = self.account.records_of(present.actor()).filter(|record| record.kind() == present.kind());
        of_kind.filter(|record| record.state() != KeyState::Revoked)
    }

    fn role(&self, id: &str) -> Result<&'a Role> {
        if id == Role::ADMIN {
            return Err(AdministrationError::ManagedRole);
        }
        let role = self.account.roles().get(id);
        role.ok_or_else(|| RoleError::Unknown(self.account.roles().unknown(id)).into())
    }

    fn refuse_known(&self, key: KeyId) -> Result<()> {
        match self.account.record(key) {
            Some(_) => Err(AdministrationError::DuplicateKey { key }),
            None => Ok(()),
        }
    }

    fn attempt(&self, operation: &'static str, target: &str, result: Result<AccountChange>) -> Attempt {
        let state = |account: &Account| StateDigest::of_target(account, operation, target);
        let after = result.as_ref().map_or_else(|_| state(self.account), |change| state(change.account()));
        let who = (&*self.actor, self.key);
        let before = state(self.account);
        let audit = AuditRecord::new(self.now, self.account.id(), who, operation, target, before, after);
        Attempt::new(audit, result)
    }
}

fn on(resource: &'static str, operation: &'static str) -> &'static str {
    match (resource, operation) {
        (TOKENS, "create") => "accessTokens:create",
        (TOKENS, "update") => "accessTokens:update",
        (TOKENS, _) => "accessTokens:delete",
        (_, "create") => "operatorAccess:create",
        (_, "update") => "operatorAccess:update",
        (_, _) => "operatorAccess:delete",
    }
}
