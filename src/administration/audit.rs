//! What was tried, by whom, on what, and what came of it. It holds no secret.

use alloc::{boxed::Box, string::ToString};
use core::fmt;

use serde::{Serialize, Serializer};

use super::account::Account;
use crate::{
    key::KeyId,
    parts::Parts,
    role::Role,
    store::{KeyRecord, KeyState},
    time::Timestamp,
};

/// One attempt to change an account, for the host's audit log: done, or refused and why.
///
/// ```
/// # use keyward::{Schema, Timestamp, administration::Account, key::{KeyEntropy, KeyFormat, KeyPrefix}};
/// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
/// # let schema = Schema::builder().build()?;
/// let attempt = Account::found(&schema, "a1", "olivia", &key, Timestamp::from_millis(1));
/// let audit = attempt.audit();
/// assert_eq!((audit.operation(), audit.target(), audit.actor()), ("accounts:create", "a1", "olivia"));
/// assert!(audit.before().is_none() && audit.after().is_some());
/// assert_eq!(audit.outcome().to_string(), "done");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    at: Timestamp,
    account: Box<str>,
    actor: Box<str>,
    key: KeyId,
    operation: &'static str,
    target: Box<str>,
    before: Option<StateDigest>,
    after: Option<StateDigest>,
    outcome: Outcome,
}

impl AuditRecord {
    pub(super) fn new(
        at: Timestamp,
        account: &str,
        (actor, key): (&str, KeyId),
        operation: &'static str,
        target: &str,
        before: Option<StateDigest>,
        after: Option<StateDigest>,
    ) -> Self {
        let (account, actor, target) = (account.into(), actor.into(), target.into());
        Self { at, account, actor, key, operation, target, before, after, outcome: Outcome::Done }
    }

    pub(super) fn with_outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// When.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// In which account.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Who: the id of the operator access, or of the access token.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// With which key, by its public id.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// What: a resource type and an operation, in the form of a permission.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// On what: the id of a role, an operator or a token.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The state of the target before, where there was one.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn before(&self) -> Option<StateDigest> {
        self.before
    }

    /// The state of the target after, where there is one; of a refused attempt, that before.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn after(&self) -> Option<StateDigest> {
        self.after
    }

    /// What came of it.
    ///
    /// See [`AuditRecord`] for an example.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// What came of an attempt.
///
/// ```
/// assert_eq!(keyward::administration::Outcome::Done.to_string(), "done");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "an attempt is done or refused")]
pub enum Outcome {
    /// The change was made, provided that the store made it.
    Done,
    /// Nothing was changed.
    Refused {
        /// The name of the reason.
        code: &'static str,
        /// The reason in words.
        reason: Box<str>,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Refused { code, reason } => write!(f, "refused, {code}: {reason}"),
        }
    }
}

/// A digest of what a role, an operator or a token is: equal where nothing changed. Sixteen bytes of BLAKE3.
///
/// See [`AuditRecord`] for where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateDigest([u8; 16]);

impl StateDigest {
    pub(super) fn of_record(record: &KeyRecord) -> Self {
        let mut parts = Parts::new();
        add_record(record, &mut parts);
        Self(parts.first())
    }

    /// Of all keys of an actor that are in use, or of a role.
    pub(super) fn of_target(account: &Account, operation: &str, target: &str) -> Option<Self> {
        if operation.starts_with("accessPolicies:") {
            return account.roles().get(target).map(Self::of_role);
        }
        let used = || account.records_of(target).filter(|record| record.state() != KeyState::Revoked);
        used().next()?;
        let mut parts = Parts::new();
        used().for_each(|record| add_record(record, &mut parts));
        Some(Self(parts.first()))
    }

    fn of_role(role: &Role) -> Self {
        let mut parts = Parts::new();
        parts.add(role.id());
        role.permissions().iter().for_each(|permission| parts.add(permission.as_str()));
        Self(parts.first())
    }
}

/// Without the digest of the key: the id tells which key it is.
fn add_record(record: &KeyRecord, parts: &mut Parts) {
    parts.add(record.id().as_str());
    parts.add(record.kind().to_string());
    parts.add(record.account());
    parts.add(record.actor());
    parts.add_count(record.roles().len());
    record.roles().for_each(|id| parts.add(id));
    parts.add_count(record.conditions().len());
    for condition in record.conditions() {
        parts.add(condition.name());
        parts.add(condition.value());
    }
    for time in [record.not_before(), record.expires()] {
        match time {
            Some(time) => parts.add(time.as_millis().to_le_bytes()),
            None => parts.add([]),
        }
    }
    parts.add(match record.state() {
        KeyState::Active => "active",
        KeyState::Replaced => "replaced",
        KeyState::Revoked => "revoked",
    });
}

impl fmt::Display for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateDigest({self})")
    }
}

impl Serialize for StateDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
