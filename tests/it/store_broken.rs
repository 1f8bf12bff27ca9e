//! The suite for stores: good ones pass it, and of a store that breaks one clause it names that clause.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use keyward::{
    Assignment, Condition, Timestamp,
    key::{KeyDigest, KeyId, KeyKind},
    store::{
        ChangeError, KeyChange, KeyRecord, KeyStore, MemoryStore, WritableKeyStore,
        conformance::{check, check_for_deadlock, check_reading, samples},
    },
};

use crate::support;

#[test]
fn the_memory_store_fulfils_the_contract() {
    check(MemoryStore::new).unwrap();
    check(|| Arc::new(MemoryStore::new())).unwrap();
    let patience = Duration::from_secs(60);
    check_for_deadlock(MemoryStore::new, patience).unwrap();
    check_for_deadlock(|| Arc::new(MemoryStore::new()), patience).unwrap();
}

#[test]
fn a_store_that_is_borrowed_can_be_held_to_it() {
    let stores: Vec<MemoryStore> = (0..50).map(|_| MemoryStore::new()).collect();
    let mut next = stores.iter();
    check(|| next.next().unwrap()).unwrap();
}

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Nothing,

    FindsAnything,

    // What is found is not what was stored.
    ForgetsInserts,
    DropsConditions,
    LowersNames,
    LowersRoles,
    ReadsNamesAsNumbers,
    SplitsAt(char),
    CutsAtNul,
    TrimsValues,
    DropsEmptyValues,
    DropsExceptions,
    TakesExceptionsForValues,
    KeepsOneException,
    KeepsOneAssignment,
    JoinsAssignments,
    TurnsAssignments,
    ComposesLetters,
    ReplacesNoBreakSpaces,
    LowersValues,
    LowersConditionNames,
    ReadsValuesAsNumbers,
    CutsCreated,
    CutsNotBefore,
    CutsExpires,
    TakesZeroForNever,
    CutsRoles,
    ForgetsExpiry,
    KeepsDigest,
    KeepsActor,
    KeepsAccount,
    FoldsCase,
    IgnoresPlace(usize),
    ReadsIdsAsNumbers,

    // What is refused is not what the contract refuses.
    OverwritesDuplicates,
    IgnoresVersions,
    AppliesHalf,
    AppliesHalfOfApart,
    KeepsRemoved,
    InsertsUpdates,
    NeverForgetsIds,
    ChecksAgainstTheStart,
    AcceptsTheSameVersion,
    AcceptsLowerVersions,
    AcceptsJumps,
    CutsVersions(u64),
    ComparesBits(u64),

    // What threads see of each other.
    RemembersFound,
    RemembersNothing,
    ChecksInsertsUnlocked,
    ReadsThenWrites,
    Stale,
    ChecksListsUnlocked,
    ChecksRemovalsUnlocked,
    RevivesRemoved,
    ReadsConditionsApart,
    ReadsStateApart,
    TakesBack,
    LocksInListOrder,
    MixesThreads,
}

struct Broken {
    how: How,
    inner: MemoryStore,
    number: usize,
    writing: Mutex<()>,
    locks: Mutex<HashMap<KeyId, Arc<Mutex<()>>>>,
    asked: Mutex<Option<KeyId>>,
}

impl Broken {
    fn new(how: How) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self::over(how, number, MemoryStore::new())
    }

    fn over(how: How, number: usize, inner: MemoryStore) -> Self {
        Self { how, inner, number, writing: Mutex::default(), locks: Mutex::default(), asked: Mutex::default() }
    }

    fn stored(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        let Ok(found) = KeyStore::find(&self.inner, id);
        found
    }

    fn version(&self, id: KeyId) -> Option<u64> {
        self.stored(id).map(|record| record.version())
    }

    /// The change that gets its way, whatever is stored.
    fn forced(&self, change: &KeyChange) -> KeyChange {
        match (self.version(change.id()), change.record()) {
            (Some(expected), Some(record)) => {
                KeyChange::Update { expected, record: record.clone().with_version(expected + 1) }
            }
            (Some(expected), None) => KeyChange::Remove { expected, id: change.id() },
            (None, _) => change.clone(),
        }
    }

    /// Checks, waits, and makes the changes whatever has happened meanwhile.
    fn unlocked(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
        changes.iter().try_for_each(|change| change.check(self.version(change.id())))?;
        thread::sleep(Duration::from_millis(2));
        let forced = || changes.iter().map(|change| self.forced(change)).collect::<Vec<_>>();
        while changes.iter().any(|change| change.record().is_some() || self.version(change.id()).is_some())
            && self.inner.apply(&forced()).is_err()
        {}
        Ok(())
    }

    /// An update to another record than the one that was given.
    fn updated(
        &self,
        changes: &[KeyChange],
        edit: impl Fn(u64, &KeyRecord, &KeyRecord) -> KeyRecord,
    ) -> Vec<KeyChange> {
        let edit = |change: &KeyChange| match (change, self.stored(change.id())) {
            (KeyChange::Update { expected, record }, Some(old)) => {
                KeyChange::Update { expected: *expected, record: edit(*expected, &old, record) }
            }
            _ => change.clone(),
        };
        changes.iter().map(edit).collect()
    }

    fn remembered(&self, id: KeyId) -> Option<Arc<KeyRecord>> {
        let found = CACHE.with_borrow(|cache| cache.get(&(self.number, id)).cloned());
        found.unwrap_or_else(|| {
            let found = self.stored(id);
            if found.is_some() == (self.how == How::RemembersFound) {
                CACHE.with_borrow_mut(|cache| cache.insert((self.number, id), found.clone()));
            }
            found
        })
    }
}

/// By store and id.
type Cache = HashMap<(usize, KeyId), Option<Arc<KeyRecord>>>;

thread_local!(static CACHE: RefCell<Cache> = RefCell::default());

/// The parts of a record that `KeyRecord` gives no other way to replace.
fn with_names(record: &KeyRecord, of: &KeyRecord, account: &str, actor: &str) -> KeyRecord {
    KeyRecord::new(record.kind(), record.id(), of.digest().clone(), account, actor)
        .unwrap()
        .with_grant(record.grant().clone())
        .with_created(record.created())
        .with_not_before(record.not_before())
        .with_expiry(record.expires())
        .with_state(record.state())
        .with_version(record.version())
}

fn with_values(record: KeyRecord, change: impl Fn(&str) -> String) -> KeyRecord {
    with_conditions(record, |conditions| {
        let changed = |one: &Condition| match one.value() {
            Some(value) => Condition::new(one.name(), change(value)).unwrap(),
            None => Condition::except(one.name(), one.excepted().map(&change)).unwrap(),
        };
        conditions.iter().map(changed).collect()
    })
}

/// The conditions of each assignment.
fn with_conditions(record: KeyRecord, change: impl Fn(&[Condition]) -> Vec<Condition>) -> KeyRecord {
    let changed = |of: &Assignment| Assignment::new().with_roles(of.roles()).with_conditions(change(of.conditions()));
    let grant = record.grant().assignments().iter().map(changed).collect();
    record.with_grant(grant)
}

fn number(text: &str) -> String {
    text.parse::<f64>().map_or(text.to_owned(), |number| number.to_string())
}

fn cut(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis() & 0xFFFF_FFFF)
}

/// What such a store reads of a record.
fn read(how: How, record: KeyRecord) -> KeyRecord {
    let names = |change: &dyn Fn(&str) -> String| {
        with_names(&record, &record, &change(record.account()), &change(record.actor()))
    };
    let roles = |change: &dyn Fn(&str) -> String| {
        let changed = |of: &Assignment| {
            Assignment::new().with_roles(of.roles().map(change)).with_conditions(of.conditions().to_vec())
        };
        record.clone().with_grant(record.grant().assignments().iter().map(changed).collect())
    };
    match how {
        How::DropsConditions => with_conditions(record, |_| Vec::new()),
        How::KeepsOneAssignment => {
            let first = record.grant().assignments().iter().take(1).cloned().collect();
            record.with_grant(first)
        }
        How::JoinsAssignments => {
            let joined =
                Assignment::new().with_roles(support::roles(&record)).with_conditions(support::conditions(&record));
            record.with_grant(joined.into())
        }
        How::TurnsAssignments => {
            let turned = record.grant().assignments().iter().rev().cloned().collect();
            record.with_grant(turned)
        }
        How::LowersNames => names(&str::to_ascii_lowercase),
        How::LowersRoles => roles(&str::to_ascii_lowercase),
        How::ReadsNamesAsNumbers => names(&number),
        How::SplitsAt(separator) => with_conditions(record, |conditions| {
            let text = |one: &Condition| Some(format!("{}:{}", one.name(), one.value()?));
            let texts: Vec<_> = conditions.iter().filter_map(text).collect();
            let joined = texts.join(&separator.to_string());
            let parts = joined.split(separator).filter_map(|part| part.split_once(':'));
            parts.filter_map(|(name, value)| Condition::new(name, value).ok()).collect()
        }),
        How::CutsAtNul => with_values(record, |value| value.split('\0').next().unwrap().into()),
        How::TrimsValues => with_values(record, |value| value.trim_matches(' ').into()),
        How::DropsEmptyValues => {
            with_conditions(record, |all| all.iter().filter(|one| one.value() != Some("")).cloned().collect())
        }
        How::ComposesLetters => with_values(record, |value| value.replace("E\u{301}", "\u{C9}")),
        How::ReplacesNoBreakSpaces => with_values(record, |value| value.replace('\u{A0}', " ")),
        How::LowersValues => with_values(record, str::to_ascii_lowercase),
        How::LowersConditionNames => {
            let lower = |one: &Condition| {
                let name = one.name().to_ascii_lowercase();
                let valued = one.value().map(|value| Condition::new(&name, value));
                valued.unwrap_or_else(|| Condition::except(&name, one.excepted())).unwrap()
            };
            with_conditions(record, |conditions| conditions.iter().map(lower).collect())
        }
        How::ReadsValuesAsNumbers => with_values(record, number),
        How::DropsExceptions => {
            with_conditions(record, |all| all.iter().filter(|one| one.value().is_some()).cloned().collect())
        }
        How::TakesExceptionsForValues => with_conditions(record, |all| {
            let values = |one: &Condition| one.value().into_iter().chain(one.excepted()).map(str::to_owned).collect();
            let written = all.iter().flat_map(|one| {
                let values: Vec<String> = values(one);
                values.into_iter().map(|value| Condition::new(one.name(), value).unwrap())
            });
            written.collect()
        }),
        How::KeepsOneException => with_conditions(record, |all| {
            let first = |one: &Condition| match one.value() {
                Some(_) => one.clone(),
                None => Condition::except(one.name(), one.excepted().take(1)).unwrap(),
            };
            all.iter().map(first).collect()
        }),
        How::CutsCreated => {
            let created = cut(record.created());
            record.with_created(created)
        }
        How::CutsNotBefore => {
            let not_before = record.not_before().map(cut);
            record.with_not_before(not_before)
        }
        How::CutsExpires => {
            // Not below what it was: what the records of the first clause have stays.
            let expires = record.expires().map(|time| if time.as_millis() == u64::MAX >> 1 { time } else { cut(time) });
            record.with_expiry(expires)
        }
        How::TakesZeroForNever => {
            let expires = record.expires().filter(|time| time.as_millis() != 0);
            record.with_expiry(expires)
        }
        How::CutsRoles => roles(&|role| role.chars().take(16).collect()),
        How::CutsVersions(mask) => {
            let version = record.version() & mask;
            record.with_version(version)
        }
        _ => record,
    }
}

impl KeyStore for Broken {
    type Record = Arc<KeyRecord>;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<Arc<KeyRecord>>, Infallible> {
        let like = |same: &dyn Fn(&str) -> bool| self.inner.records().find(|record| same(record.id().as_str()));
        let apart = |both: fn(KeyRecord, &KeyRecord) -> KeyRecord| {
            let first = self.stored(id)?;
            thread::sleep(Duration::from_micros(50));
            let second = self.stored(id).unwrap_or_else(|| first.clone());
            Some(both((*first).clone(), &second).into())
        };
        Ok(match self.how {
            How::FoldsCase => like(&|other| other.eq_ignore_ascii_case(id.as_str())),
            How::IgnoresPlace(place) => {
                let rest = |text: &str| format!("{}{}", &text[..place], &text[place + 1..]);
                like(&|other| rest(other) == rest(id.as_str()))
            }
            How::ReadsIdsAsNumbers => like(&|other| number(other) == number(id.as_str())),
            How::FindsAnything => self.stored(id).or_else(|| self.inner.records().next()).or_else(|| {
                let anything = KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap();
                Some(anything.into())
            }),
            How::RemembersFound | How::RemembersNothing => self.remembered(id),
            How::Stale => {
                let racing = thread::current().name().is_none();
                let cached = CACHE.with_borrow(|cache| cache.get(&(0, id)).cloned());
                if let Some(cached) = cached.filter(|_| racing) {
                    return Ok(cached);
                }
                let found = self.stored(id);
                if found.is_some() {
                    CACHE.with_borrow_mut(|cache| cache.insert((0, id), found.clone()));
                }
                found
            }
            How::MixesThreads => {
                *self.asked.lock().unwrap() = Some(id);
                thread::yield_now();
                let asked = *self.asked.lock().unwrap();
                self.stored(asked.unwrap_or(id))
            }
            How::ReadsConditionsApart => apart(|first, second| {
                // The racing threads give one assignment.
                match (first.grant().assignments(), second.grant().assignments()) {
                    ([_], [of]) => first.with_conditions(of.conditions().to_vec()),
                    _ => first,
                }
            }),
            How::ReadsStateApart => apart(|first, second| first.with_state(second.state())),
            how => self.stored(id).map(|record| read(how, (*record).clone()).into()),
        })
    }
}

impl WritableKeyStore for Broken {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
        let one = |change: &KeyChange| self.inner.apply(std::slice::from_ref(change));
        // A version that `accepts` says is as good as the right one.
        let counted = |accepts: fn(u64, u64) -> bool| {
            self.updated(changes, |expected, _, new| {
                let right = if accepts(expected, new.version()) { expected + 1 } else { new.version() };
                new.clone().with_version(right)
            })
        };
        match self.how {
            How::ForgetsInserts => Ok(()),
            How::OverwritesDuplicates => changes.iter().try_for_each(|change| match change {
                KeyChange::Insert(_) => one(&self.forced(change)),
                _ => one(change),
            }),
            How::IgnoresVersions => changes.iter().try_for_each(|change| one(&self.forced(change))),
            How::AppliesHalf => changes.iter().try_for_each(one),
            How::AppliesHalfOfApart => {
                let ids: BTreeSet<KeyId> = changes.iter().map(KeyChange::id).collect();
                if ids.len() < changes.len() { self.inner.apply(changes) } else { changes.iter().try_for_each(one) }
            }
            How::InsertsUpdates => {
                let inserted = |change: &KeyChange| match (change, self.version(change.id())) {
                    (KeyChange::Update { record, .. }, None) if changes.len() == 1 => KeyChange::Insert(record.clone()),
                    _ => change.clone(),
                };
                self.inner.apply(&changes.iter().map(inserted).collect::<Vec<_>>())
            }
            How::NeverForgetsIds => {
                let mut known = self.locks.lock().unwrap();
                let known_before =
                    |change: &&KeyChange| matches!(change, KeyChange::Insert(_)) && known.contains_key(&change.id());
                if let Some(known) = changes.iter().find(known_before) {
                    return Err(ChangeError::Duplicate { id: known.id() });
                }
                self.inner.apply(changes)?;
                known.extend(changes.iter().map(|change| (change.id(), Arc::default())));
                Ok(())
            }
            How::ChecksAgainstTheStart => {
                let updates = || changes.iter().filter(|change| matches!(change, KeyChange::Update { .. }));
                updates().try_for_each(|change| change.check(self.version(change.id())))?;
                self.inner.apply(changes)
            }
            How::KeepsRemoved => {
                let kept: Vec<_> = changes.iter().filter(|change| change.record().is_some()).cloned().collect();
                self.inner.apply(&kept)
            }
            How::AcceptsTheSameVersion => self.inner.apply(&counted(|expected, version| version == expected)),
            How::AcceptsLowerVersions => self.inner.apply(&counted(|expected, version| version < expected)),
            How::AcceptsJumps => self.inner.apply(&counted(|expected, version| version > expected)),
            How::ComparesBits(mask) => {
                let compared = |change: &KeyChange| match (change, self.version(change.id())) {
                    (KeyChange::Remove { expected, id }, Some(stored)) if expected & mask == stored & mask => {
                        KeyChange::Remove { expected: stored, id: *id }
                    }
                    _ => change.clone(),
                };
                self.inner.apply(&changes.iter().map(compared).collect::<Vec<_>>())
            }
            How::ForgetsExpiry => {
                self.inner.apply(&self.updated(changes, |_, old, new| new.clone().with_expiry(old.expires())))
            }
            How::KeepsDigest => {
                self.inner.apply(&self.updated(changes, |_, old, new| with_names(new, old, new.account(), new.actor())))
            }
            How::KeepsActor => {
                self.inner.apply(&self.updated(changes, |_, old, new| with_names(new, new, new.account(), old.actor())))
            }
            How::KeepsAccount => {
                self.inner.apply(&self.updated(changes, |_, old, new| with_names(new, new, old.account(), new.actor())))
            }
            How::RemembersFound | How::RemembersNothing => {
                let mine = |id: KeyId| changes.iter().any(|change| change.id() == id);
                CACHE.with_borrow_mut(|cache| cache.retain(|(store, id), _| *store != self.number || !mine(*id)));
                self.inner.apply(changes)
            }
            How::ReadsThenWrites if matches!(changes, [KeyChange::Update { .. }]) => self.unlocked(changes),
            How::ChecksInsertsUnlocked if matches!(changes, [KeyChange::Insert(_)]) => self.unlocked(changes),
            How::ChecksRemovalsUnlocked if matches!(changes, [KeyChange::Remove { .. }]) => self.unlocked(changes),
            How::ChecksListsUnlocked if matches!(changes, [KeyChange::Insert(new), KeyChange::Update { record, .. }] if new.id() != record.id()) => {
                self.unlocked(changes)
            }
            How::RevivesRemoved => {
                let [KeyChange::Update { record, .. }] = changes else { return self.inner.apply(changes) };
                changes.iter().try_for_each(|change| change.check(self.version(change.id())))?;
                thread::sleep(Duration::from_micros(500));
                match self.inner.apply(changes) {
                    Err(refused) if self.version(record.id()).is_none() => {
                        one(&KeyChange::Insert(record.clone())).map_err(|_| refused)
                    }
                    made => made,
                }
            }
            How::TakesBack => {
                let _writing = self.writing.lock().unwrap();
                let mut before = Vec::new();
                for change in changes {
                    let old = self.stored(change.id());
                    if let Err(refused) = one(change) {
                        thread::sleep(Duration::from_micros(100));
                        for (id, old) in before.into_iter().rev() {
                            let gone = self.version(id).map(|expected| KeyChange::Remove { expected, id });
                            let old: Option<Arc<KeyRecord>> = old;
                            let back = old.map(|old| KeyChange::Insert((*old).clone()));
                            self.inner.apply(&gone.into_iter().chain(back).collect::<Vec<_>>()).unwrap();
                        }
                        return Err(refused);
                    }
                    before.push((change.id(), old));
                }
                Ok(())
            }
            How::LocksInListOrder => {
                let mut locks = Vec::new();
                let mut seen = BTreeSet::new();
                for change in changes.iter().filter(|change| seen.insert(change.id())) {
                    locks.push(Arc::clone(self.locks.lock().unwrap().entry(change.id()).or_default()));
                }
                let _held: Vec<_> = locks
                    .iter()
                    .map(|lock| {
                        let held = lock.lock().unwrap();
                        thread::sleep(Duration::from_micros(100));
                        held
                    })
                    .collect();
                self.inner.apply(changes)
            }
            _ => self.inner.apply(changes),
        }
    }
}

const UNKNOWN: &str = "an unknown id is not found, and is no error";
const FOUND: &str = "a record is found as it was stored";
const NAMES: &str = "a name is kept byte for byte";
const VALUES: &str = "the value of a condition is any text";
const ASSIGNMENTS: &str = "assignments are kept apart, in their order";
const TIMES: &str = "a time has more than 32 bits, and 0 is one";
const LARGEST: &str = "a record as large as it may be is found as it was stored";
const EVERY_FIELD: &str = "an update changes every field that may change";
const NEW: &str = "an id that is there can't be new";
const STALE: &str = "a change that expects another version is a conflict";
const ABSENT: &str = "a change to a record that isn't there is a conflict";
const REMOVED: &str = "a removed record is not found, and its id can be new again";
const VERSIONS: &str = "a version has more than 32 bits";
const IDS: &str = "an id is compared byte for byte";
const ALL: &str = "changes are made all or none";
const IN_ORDER: &str = "a change sees those before it";
const ELSEWHERE: &str = "a change made by another thread is found";
const INSERTS: &str = "of concurrent inserts of one id one is made";
const CHANGES: &str = "of concurrent changes none is lost";
const LISTS: &str = "of concurrent lists of changes one is made, whole";
const REMOVALS: &str = "of a removal and an update at once one is made";
const WHOLE: &str = "one record is read whole";
const REFUSED: &str = "what was refused is never found";

/// What a store does wrong, the clause, and what is said of it.
const CASES: [(How, &str, &str); 66] = [
    (How::FindsAnything, UNKNOWN, "a record is found, and none is there"),
    (How::ForgetsInserts, FOUND, "nothing is found, and a record is there"),
    (How::DropsConditions, FOUND, "conditions are 0, wanted are 2: conditions[0] is missing, wanted is Condition(a:1)"),
    (How::LowersNames, NAMES, r#": account is "acct-1", wanted is "Acct-1"; actor is "olivia"#),
    (How::LowersRoles, NAMES, r#": roles[0] is "admin", wanted is "Admin""#),
    (How::ReadsNamesAsNumbers, NAMES, r#": account is "12", wanted is "0012"; actor is "100", wanted is "1e2""#),
    (How::SplitsAt(','), VALUES, "conditions are 31, wanted are 30"),
    (How::SplitsAt('\n'), VALUES, "conditions are 31, wanted are 30"),
    (How::SplitsAt('|'), VALUES, "conditions are 31, wanted are 30"),
    (How::SplitsAt(';'), VALUES, "conditions are 31, wanted are 30"),
    (How::SplitsAt('\0'), VALUES, "conditions["),
    (How::CutsAtNul, VALUES, "conditions["),
    (How::TrimsValues, VALUES, r#"conditions[1] is Condition(owner:""), wanted is Condition(owner:" ")"#),
    (How::DropsEmptyValues, VALUES, "conditions are 29, wanted are 30"),
    (How::DropsExceptions, VALUES, r#"wanted is Condition(owner: anything but "a")"#),
    (How::TakesExceptionsForValues, VALUES, r#"is Condition(owner:a), wanted is Condition(owner: anything but "a")"#),
    (
        How::KeepsOneException,
        VALUES,
        r#"is Condition(owner: anything but "b"), wanted is Condition(owner: anything but "b", "a", "")"#,
    ),
    (How::KeepsOneAssignment, ASSIGNMENTS, "number of assignments is 1, wanted is 4"),
    (How::JoinsAssignments, ASSIGNMENTS, "number of assignments is 1, wanted is 4"),
    (How::TurnsAssignments, ASSIGNMENTS, r#"roles[0] is "c", wanted is "a""#),
    (How::ComposesLetters, VALUES, r#"wanted is Condition(owner:"E\u{301}")"#),
    (How::ReplacesNoBreakSpaces, VALUES, r"\u{a0}"),
    (How::LowersValues, VALUES, "is Condition(owner:a), wanted is Condition(owner:A)"),
    (How::LowersConditionNames, VALUES, "is Condition(brand:a), wanted is Condition(Brand:a)"),
    (How::ReadsValuesAsNumbers, VALUES, r#"is Condition(owner:1), wanted is Condition(owner:"1.0")"#),
    (How::CutsCreated, TIMES, ": created is Timestamp(1), wanted is Timestamp(4294967297)"),
    (How::CutsNotBefore, TIMES, ": not_before is Some(Timestamp(1)), wanted is Some(Timestamp(4294967297))"),
    (How::CutsExpires, TIMES, ": expires is Some(Timestamp(1)), wanted is Some(Timestamp(4294967297))"),
    (How::TakesZeroForNever, TIMES, ": expires is None, wanted is Some(Timestamp(0))"),
    (How::CutsRoles, LARGEST, r#"roles[0] is "0000000000000000", wanted is "000000"#),
    (How::ForgetsExpiry, EVERY_FIELD, ": expires is Some(Timestamp(9)), wanted is Some(Timestamp(5))"),
    (How::KeepsDigest, EVERY_FIELD, ": digest is another"),
    (How::KeepsActor, EVERY_FIELD, r#": actor is "actor-1", wanted is "actor-2""#),
    (How::KeepsAccount, EVERY_FIELD, r#": account is "account-1", wanted is "account-2""#),
    (How::OverwritesDuplicates, NEW, "not refused as a duplicate"),
    (How::IgnoresVersions, NEW, "not refused as a duplicate"),
    (How::AppliesHalf, NEW, "a record is found, and none is there"),
    (How::KeepsRemoved, STALE, "not refused as a conflict"),
    (How::AcceptsTheSameVersion, STALE, "at version 2, to version 2: it was not refused as a conflict"),
    (How::AcceptsLowerVersions, STALE, "at version 2, to version 0: it was not refused as a conflict"),
    (How::AcceptsJumps, STALE, "at version 2, to version 4: it was not refused as a conflict"),
    (How::CutsVersions(0xFF), VERSIONS, ": version is 0, wanted is 256"),
    (How::CutsVersions(0xFFFF), VERSIONS, ": version is 0, wanted is 65536"),
    (How::CutsVersions(0x7FFF_FFFF), VERSIONS, ": version is 0, wanted is 2147483648"),
    (How::CutsVersions(0xFFFF_FFFF), VERSIONS, ": version is 0, wanted is 4294967296"),
    (How::ComparesBits(0xFFFF_FFFF), VERSIONS, "not refused as a conflict"),
    (How::FoldsCase, IDS, "under `AAAAAAAAAAAAAA` the record of `aaaaaaaaaaaaaa` is found"),
    (How::IgnoresPlace(0), IDS, "under `2first0000000a` the record of `1first0000000a` is found"),
    (How::IgnoresPlace(7), IDS, "under `eighth02000000` the record of `eighth01000000` is found"),
    (How::IgnoresPlace(13), IDS, "under `last0000000002` the record of `last0000000001` is found"),
    (How::ReadsIdsAsNumbers, IDS, "under `00000000000100` the record of `00000000001e02` is found"),
    (How::InsertsUpdates, ABSENT, "not refused as a conflict"),
    (How::NeverForgetsIds, REMOVED, "a change that fits was refused: Duplicate"),
    (How::AppliesHalfOfApart, ALL, "a record is found, and none is there"),
    (How::ChecksAgainstTheStart, IN_ORDER, "a change that fits was refused: Conflict"),
    (How::RemembersFound, ELSEWHERE, "state is Active, wanted is Revoked"),
    (How::RemembersNothing, ELSEWHERE, "nothing is found, and a record is there"),
    (How::ChecksInsertsUnlocked, INSERTS, "were acknowledged"),
    (How::Stale, CHANGES, "what is found is not the present"),
    (How::ChecksListsUnlocked, LISTS, "were acknowledged"),
    (How::ChecksRemovalsUnlocked, REMOVALS, "were acknowledged"),
    (How::RevivesRemoved, REMOVALS, "were acknowledged"),
    (How::ReadsConditionsApart, WHOLE, "conditions[0] is Condition("),
    (How::ReadsStateApart, WHOLE, ": state is "),
    (How::ReadsThenWrites, CHANGES, "of 200 changes "),
    (How::TakesBack, REFUSED, "another record is found: version is 2, wanted is 1; roles are 1, wanted are 0"),
];

#[test]
fn the_suite_names_the_clause() {
    // Without a flaw the template itself is good: what is noticed is the flaw.
    check(|| Broken::new(How::Nothing)).unwrap();
    let mut wrong = Vec::new();
    for (how, clause, said) in CASES {
        let Err(broken) = check(|| Broken::new(how)) else {
            wrong.push(format!("{how:?} is not noticed: {clause}"));
            continue;
        };
        let text = broken.to_string();
        if broken.clause() != clause || !text.contains(said) || text.len() > 500 {
            wrong.push(format!("{how:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_clause_is_broken_by_a_store() {
    let suite = include_str!("../../src/store/conformance/mod.rs");
    let clauses = suite.lines().filter_map(|line| line.trim_start().strip_prefix("(\"")?.split_once("\", "));
    let clauses: BTreeSet<&str> = clauses.map(|(clause, _)| clause).collect();
    assert_eq!(clauses, CASES.into_iter().map(|(_, clause, _)| clause).collect());
}

#[test]
fn a_deadlock_is_reported() {
    let new = || Broken::new(How::LocksInListOrder);
    check(new).unwrap();
    let broken = check_for_deadlock(new, Duration::from_millis(500)).unwrap_err();
    assert_eq!(broken.clause(), "concurrent lists over the same ids finish");
    assert!(broken.to_string().contains("not made in 500ms"), "{broken}");
}

/// What a store that only reads does wrong.
const READING: [(How, &str, &str); 16] = [
    (How::FindsAnything, UNKNOWN, "is found"),
    (How::ForgetsInserts, FOUND, "nothing is found, and a record is there"),
    (How::DropsConditions, FOUND, "conditions are "),
    (How::LowersNames, FOUND, r#"wanted is "Acct-1""#),
    (How::ReadsNamesAsNumbers, FOUND, "account is "),
    (How::CutsAtNul, FOUND, "conditions["),
    (How::TrimsValues, FOUND, "conditions["),
    (How::ComposesLetters, FOUND, "conditions["),
    (How::CutsCreated, FOUND, ": created is "),
    (How::TakesZeroForNever, FOUND, ": expires is None, wanted is Some(Timestamp(0))"),
    (How::CutsRoles, FOUND, "roles[0] is "),
    (How::FoldsCase, IDS, "is found"),
    (How::IgnoresPlace(0), IDS, "is found"),
    (How::IgnoresPlace(13), IDS, "is found"),
    (How::ReadsIdsAsNumbers, IDS, "is found"),
    (How::MixesThreads, TOGETHER, "is found"),
];
const TOGETHER: &str = "many threads at once find the same";

#[test]
fn the_suite_for_reading_names_the_clause() {
    let filled = |how, records: Vec<KeyRecord>| {
        let inner = MemoryStore::from_records(records).unwrap();
        Broken::over(how, 0, if how == How::ForgetsInserts { MemoryStore::new() } else { inner })
    };
    let records = samples();
    check_reading(&filled(How::Nothing, records.clone()), &records).unwrap();
    check_reading(&MemoryStore::from_records(records.clone()).unwrap(), &records).unwrap();
    let mut wrong = Vec::new();
    for (how, clause, said) in READING {
        match check_reading(&filled(how, records.clone()), &records) {
            Err(broken) if broken.clause() == clause && broken.to_string().contains(said) => {}
            other => wrong.push(format!("{how:?}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let empty = check_reading(&MemoryStore::new(), &[]).unwrap_err();
    assert_eq!(empty.clause(), FOUND, "of no records nothing is known");
    let suite = include_str!("../../src/store/conformance/reading.rs");
    let clauses = suite.lines().filter_map(|line| line.trim_start().strip_prefix("(\"")?.split_once("\", "));
    let clauses: BTreeSet<&str> = clauses.map(|(clause, _)| clause).collect();
    assert_eq!(clauses, READING.into_iter().map(|(_, clause, _)| clause).collect());
}

#[test]
fn samples_are_told_from_each_other() {
    let records = samples();
    let ids: BTreeSet<KeyId> = records.iter().map(KeyRecord::id).collect();
    assert_eq!(ids.len(), records.len());
    assert!(records.len() > 40, "{}", records.len());
}
