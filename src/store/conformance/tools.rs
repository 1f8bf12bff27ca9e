//! What the clauses share: how they use a store, records, and messages.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::{borrow::Borrow, fmt};

use super::{
    super::{
        change::{ChangeError, KeyChange},
        contract::{KeyStore, WritableKeyStore},
        record::KeyRecord,
    },
    Outcome,
};
use crate::{
    condition::Condition,
    key::{KeyDigest, KeyId, KeyKind},
};

pub(crate) const PANICKED: &str = "a thread panicked";

/// The most characters of what was found that are shown.
const SHOWN: usize = 80;

/// A store as the clauses see it. What it finds is copied, and an error is only shown.
pub(super) trait Tested: Sync {
    fn find(&self, id: KeyId) -> Result<Option<KeyRecord>, String>;

    fn try_apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<String>>;
}

impl<S: WritableKeyStore<Error: fmt::Debug> + Sync> Tested for S {
    fn find(&self, id: KeyId) -> Result<Option<KeyRecord>, String> {
        let found = KeyStore::find(self, id).map_err(failed)?;
        Ok(found.map(|found| found.borrow().clone()))
    }

    fn try_apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<String>> {
        self.apply(changes).map_err(|error| match error {
            ChangeError::Duplicate { id } => ChangeError::Duplicate { id },
            ChangeError::Conflict { id } => ChangeError::Conflict { id },
            ChangeError::Store(error) => ChangeError::Store(format!("{error:?}")),
        })
    }
}

pub(super) fn present(store: &dyn Tested, id: KeyId) -> Result<KeyRecord, String> {
    Ok(store.find(id)?.ok_or("the record is gone")?)
}

pub(super) fn apply(store: &dyn Tested, changes: &[KeyChange]) -> Outcome {
    store.try_apply(changes).map_err(|error| format!("a change that fits was refused: {error:?}"))
}

pub(super) fn insert(store: &dyn Tested, record: &KeyRecord) -> Outcome {
    apply(store, &[KeyChange::Insert(record.clone())])
}

pub(super) fn conflict(store: &dyn Tested, changes: &[KeyChange], id: KeyId) -> Outcome {
    match store.try_apply(changes) {
        Err(ChangeError::Conflict { id: refused }) if refused == id => Ok(()),
        other => Err(format!("it was not refused as a conflict over `{id}`: {other:?}")),
    }
}

/// Whether the changes were made, where a conflict is no fault.
pub(super) fn is_made(store: &dyn Tested, changes: &[KeyChange]) -> Result<bool, String> {
    match store.try_apply(changes) {
        Ok(()) => Ok(true),
        Err(ChangeError::Conflict { .. }) => Ok(false),
        Err(other) => Err(format!("neither made nor a conflict: {other:?}")),
    }
}

pub(super) fn expect(store: &dyn Tested, id: KeyId, wanted: Option<&KeyRecord>) -> Outcome {
    is_found(store.find(id)?.as_ref(), id, wanted)
}

/// The same of a store that may do no more than read.
pub(crate) fn expect_in<S: KeyStore<Error: fmt::Debug>>(store: &S, id: KeyId, wanted: Option<&KeyRecord>) -> Outcome {
    let found = store.find(id).map_err(failed)?;
    is_found(found.as_ref().map(Borrow::borrow), id, wanted)
}

fn is_found(found: Option<&KeyRecord>, id: KeyId, wanted: Option<&KeyRecord>) -> Outcome {
    match (found, wanted) {
        (None, None) => Ok(()),
        (Some(found), Some(wanted)) => same(found, wanted),
        (None, Some(_)) => Err(format!("under `{id}` nothing is found, and a record is there")),
        (Some(found), None) if found.id() == id => Err(format!("under `{id}` a record is found, and none is there")),
        (Some(found), None) => Err(format!("under `{id}` the record of `{}` is found", found.id())),
    }
}

/// Says which fields differ, and of a digest only that it does.
pub(crate) fn same(found: &KeyRecord, wanted: &KeyRecord) -> Outcome {
    if found == wanted {
        return Ok(());
    }
    let under = wanted.id();
    let KeyRecord { id, kind, state, digest, expires, not_before, created, version, actor, profile, .. } = wanted;
    let (account, grant) = (profile.account(), profile.grant());
    let fields = [
        field("id", &found.id, id),
        field("kind", &found.kind, kind),
        field("state", &found.state, state),
        (found.digest != *digest).then(|| "digest is another".into()),
        field("expires", &found.expires, expires),
        field("not_before", &found.not_before, not_before),
        field("created", &found.created, created),
        field("version", &found.version, version),
        field("account", &found.account(), &account),
        field("actor", &found.actor(), &actor.as_str()),
        field("number of assignments", &found.grant().assignments().len(), &grant.assignments().len()),
    ];
    // The first that differs is enough to say.
    let mut assignments = found.grant().assignments().iter().zip(grant.assignments());
    let lists = assignments.find(|(found, wanted)| found != wanted).into_iter().flat_map(|(found, wanted)| {
        [
            list("roles", found.role_ids(), wanted.role_ids()),
            list("conditions", found.conditions(), wanted.conditions()),
        ]
    });
    let differ: Vec<String> = fields.into_iter().chain(lists).flatten().collect();
    Err(format!("under `{under}` another record is found: {}", differ.join("; ")))
}

fn field<T: PartialEq + fmt::Debug>(name: &str, found: &T, wanted: &T) -> Option<String> {
    (found != wanted).then(|| format!("{name} is {}, wanted is {}", shown(found), shown(wanted)))
}

/// How many there are, where that differs, and the first that differs.
fn list<T: PartialEq + fmt::Debug>(name: &str, found: &[T], wanted: &[T]) -> Option<String> {
    let at = (0..found.len().max(wanted.len())).find(|at| found.get(*at) != wanted.get(*at))?;
    let one = |list: &[T]| list.get(at).map_or_else(|| "missing".into(), shown);
    let first = format!("{name}[{at}] is {}, wanted is {}", one(found), one(wanted));
    if found.len() == wanted.len() {
        return Some(first);
    }
    Some(format!("{name} are {}, wanted are {}: {first}", found.len(), wanted.len()))
}

/// In ASCII, for two letters that look the same may differ, and not at length.
fn shown(value: &impl fmt::Debug) -> String {
    let escape =
        |letter: char| if letter.is_ascii() { letter.to_string() } else { letter.escape_unicode().to_string() };
    let text: String = format!("{value:?}").chars().map(escape).collect();
    let middle = SHOWN / 2;
    match (text.get(..middle), text.len().checked_sub(middle).and_then(|from| text.get(from..))) {
        (Some(start), Some(end)) if text.len() > SHOWN => format!("{start}[…]{end}"),
        _ => text,
    }
}

pub(crate) fn failed(error: impl fmt::Debug) -> String {
    format!("the store failed: {error:?}")
}

/// What the suite itself could not make, which is no fault of the store.
pub(crate) fn said(error: impl fmt::Display) -> String {
    error.to_string()
}

pub(crate) fn id(number: u8) -> KeyId {
    KeyId::of_imported(&KeyDigest::from_bytes([number; 32]))
}

pub(crate) fn numbered(round: usize, thread: usize) -> KeyId {
    KeyId::of_imported(&KeyDigest::of(&format!("{round}-{thread}"), None))
}

pub(crate) fn record(number: u8) -> KeyRecord {
    let digest = KeyDigest::from_bytes([number; 32]);
    let kind = if number % 2 == 0 { KeyKind::OperatorKey } else { KeyKind::AccessToken };
    of(kind, id(number), digest)
}

pub(crate) fn of(kind: KeyKind, id: KeyId, digest: KeyDigest) -> KeyRecord {
    KeyRecord::unchecked(kind, id, digest, ("account-1", "actor-1"))
}

pub(super) fn conditions<N: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (N, V)>,
) -> Result<Vec<Condition>, String> {
    pairs.into_iter().map(|(name, value)| Condition::new(name, value).map_err(said)).collect()
}
