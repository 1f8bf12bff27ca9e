//! What the clauses share: records, and saying what is wrong.

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
use crate::key::{KeyDigest, KeyId, KeyKind};

pub(crate) const PANICKED: &str = "a thread panicked";

/// The most characters of what was found that are shown.
const SHOWN: usize = 80;

pub(super) fn apply<S: WritableKeyStore<Error: fmt::Debug>>(store: &S, changes: &[KeyChange]) -> Outcome {
    store.apply(changes).map_err(|error| format!("a change that fits was refused: {error:?}"))
}

pub(super) fn conflict<S: WritableKeyStore<Error: fmt::Debug>>(store: &S, changes: &[KeyChange], id: KeyId) -> Outcome {
    match store.apply(changes) {
        Err(ChangeError::Conflict { id: refused }) if refused == id => Ok(()),
        other => Err(format!("it was not refused as a conflict over `{id}`: {other:?}")),
    }
}

pub(crate) fn expect<S>(store: &S, id: KeyId, wanted: Option<&KeyRecord>) -> Outcome
where
    S: KeyStore<Error: fmt::Debug>,
{
    let found = store.find(id).map_err(failed)?;
    match (found.as_ref().map(Borrow::borrow), wanted) {
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
    let KeyRecord { id, kind, state, digest, expires, not_before, created, version, account, actor, grant } = wanted;
    let fields = [
        field("id", &found.id, id),
        field("kind", &found.kind, kind),
        field("state", &found.state, state),
        (found.digest != *digest).then(|| "digest is another".into()),
        field("expires", &found.expires, expires),
        field("not_before", &found.not_before, not_before),
        field("created", &found.created, created),
        field("version", &found.version, version),
        field("account", &found.account, account),
        field("actor", &found.actor, actor),
        list("roles", found.grant.role_ids(), grant.role_ids()),
        list("conditions", found.conditions(), grant.conditions()),
    ];
    let differ: Vec<String> = fields.into_iter().flatten().collect();
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
