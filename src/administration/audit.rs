//! What was tried, by whom, on what, and what came of it. It holds no secret.

use alloc::{boxed::Box, collections::BTreeSet, format, string::ToString, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer};

use super::account::Account;
use crate::{
    hashing::{PartsHasher, short_digest},
    key::{KeyId, KeyKind, may_hold_key},
    role::Role,
    store::{KeyChange, KeyRecord, KeyState},
    text::excerpt,
    time::Timestamp,
};

/// One attempt to change an account, for the host's audit log: done, or refused and why.
///
/// ```
/// # use keyward::{Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
/// use keyward::administration::{Account, Action, Audited};
///
/// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
/// # let schema = Schema::builder().build()?;
/// let attempt = Account::create(&schema, "a1", "olivia", &key, Timestamp::from_millis(1));
/// let audit = attempt.audit();
/// assert_eq!((audit.on(), audit.action(), audit.target()), (Audited::Account, Action::Create, "a1"));
/// assert_eq!((audit.operation().to_string().as_str(), audit.actor()), ("accounts:create", "olivia"));
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
    operation: AuditedOperation,
    target: Box<str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    affected: Vec<Box<str>>,
    before: Option<StateDigest>,
    after: Option<StateDigest>,
    outcome: Outcome,
}

/// An id as a record or a message repeats it. A key that was pasted in its place becomes `…`, and a text that is too
/// long to be an id is cut.
pub(super) fn named(id: &str) -> Box<str> {
    const LONGEST: usize = 128;
    if may_hold_key(id) {
        return "…".into();
    }
    if id.len() > LONGEST { excerpt(id).into() } else { id.into() }
}

/// What an attempt is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audited {
    /// An account.
    Account,
    /// A role.
    AccessPolicy,
    /// An access token.
    AccessToken,
    /// An operator's access.
    OperatorAccess,
}

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed, or its key replaced.
    Update,
    /// It ends.
    Delete,
}

impl Audited {
    pub(super) fn of(kind: KeyKind) -> Self {
        match kind {
            KeyKind::OperatorKey => Self::OperatorAccess,
            KeyKind::AccessToken => Self::AccessToken,
        }
    }

    /// The resource type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "accounts",
            Self::AccessPolicy => "accessPolicies",
            Self::AccessToken => "accessTokens",
            Self::OperatorAccess => "operatorAccess",
        }
    }
}

impl Action {
    /// The operation on the resource type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl AuditRecord {
    pub(super) fn new(
        at: Timestamp,
        account: &str,
        (actor, key): (&str, KeyId),
        (on, action): (Audited, Action),
        target: &str,
    ) -> Self {
        let (account, actor, target) = (account.into(), actor.into(), named(target));
        let (operation, affected, outcome) = (AuditedOperation(on, action), Vec::new(), Outcome::Done);
        Self { at, account, actor, key, operation, target, affected, before: None, after: None, outcome }
    }

    /// The record of an attempt that changed nothing.
    pub(super) fn unchanged(self, account: &Account) -> Self {
        let state = StateDigest::of_target(account, self.on(), &self.target);
        Self { before: state, after: state, ..self }
    }

    pub(super) fn changed(self, before: &Account, after: &Account, keys: &[KeyChange]) -> Self {
        let records = keys.iter().filter_map(|key| after.record(key.id()).or(before.record(key.id())));
        let affected: BTreeSet<&str> = records.map(KeyRecord::actor).collect();
        let is_target = |actor: &str| self.on() != Audited::AccessPolicy && *actor == *self.target;
        let others = affected.into_iter().filter(|actor| self.on() != Audited::Account && !is_target(actor));
        Self {
            affected: others.map(Into::into).collect(),
            before: StateDigest::of_target(before, self.on(), &self.target),
            after: StateDigest::of_target(after, self.on(), &self.target),
            ..self
        }
    }

    pub(super) fn with_outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// When it was tried.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The account in which it was tried.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Who tried it: the id of the operator access, or of the access token.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The public id of the key with which it was tried.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// What was tried, as a permission: `operatorAccess:update`.
    pub fn operation(&self) -> impl fmt::Display + use<> {
        self.operation
    }

    /// The kind of thing that it was tried on.
    pub fn on(&self) -> Audited {
        self.operation.0
    }

    /// What was tried.
    pub fn action(&self) -> Action {
        self.operation.1
    }

    /// The id of the role, operator or token that it was tried on.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The operators and tokens, other than the target, that the change reached: those from whom a deleted role was
    /// taken, and expired tokens that were revoked for a new one.
    pub fn affected(&self) -> impl ExactSizeIterator<Item = &str> {
        self.affected.iter().map(|actor| &**actor)
    }

    /// The state of the target before, where there was one.
    pub fn before(&self) -> Option<StateDigest> {
        self.before
    }

    /// The state of the target after, where there is one; of a refused attempt, that before.
    pub fn after(&self) -> Option<StateDigest> {
        self.after
    }

    /// What came of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AuditedOperation(Audited, Action);

impl fmt::Display for AuditedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.as_str(), self.1.as_str())
    }
}

impl Serialize for AuditedOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateDigest([u8; 16]);

impl StateDigest {
    fn of_target(account: &Account, on: Audited, target: &str) -> Option<Self> {
        let of_records = |records: &mut dyn Iterator<Item = &KeyRecord>| {
            let mut records = records.filter(|record| record.state() != KeyState::Revoked).peekable();
            records.peek()?;
            let mut parts = PartsHasher::new();
            records.for_each(|record| add_record(record, &mut parts));
            Some(Self(parts.first()))
        };
        match on {
            Audited::Account => of_records(&mut account.records()),
            Audited::AccessPolicy => account.roles().get(target).map(Self::of_role),
            Audited::AccessToken | Audited::OperatorAccess => of_records(&mut account.records_of(target)),
        }
    }

    fn of_role(role: &Role) -> Self {
        let mut parts = PartsHasher::new();
        parts.add(role.id());
        role.permissions().iter().for_each(|permission| parts.add(permission.as_str()));
        Self(parts.first())
    }
}

/// Without the digest of the key: the id tells which key it is.
fn add_record(record: &KeyRecord, parts: &mut PartsHasher) {
    parts.add(record.id().as_str());
    parts.add(record.kind().to_string());
    parts.add(record.account());
    parts.add(record.actor());
    let assignments = record.grant().assignments();
    if assignments.len() != 1 {
        // Longer than a count, and so none.
        parts.add("assignments");
        parts.add_count(assignments.len());
    }
    for assignment in assignments {
        parts.add_count(assignment.roles().len());
        assignment.roles().for_each(|id| parts.add(id));
        parts.add_count(assignment.conditions().len());
        for condition in assignment.conditions() {
            if let Some(value) = condition.value() {
                parts.add(condition.name());
                parts.add(value);
            } else {
                // A colon is in no name.
                parts.add(format!("{}:except", condition.name()));
                parts.add_count(condition.excepted().len());
                condition.excepted().for_each(|value| parts.add(value));
            }
        }
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

short_digest!(StateDigest);

impl Serialize for StateDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
