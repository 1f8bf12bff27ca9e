//! The suite for stores of accounts: good ones pass it, and of a store that breaks one clause it names that clause.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    convert::Infallible,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use keyward::{
    Assignment, Condition, Role, Roles, Schema, Timestamp,
    administration::{Account, AccountChange, AccountStore, AuditRecord, CommitError, MemoryAccounts, conformance},
    key::KeyId,
    store::{AtVersion, ChangeError, KeyChange, KeyRecord, KeyStore},
};

use super::house::schema;

fn of_account(records: &[AuditRecord], account: &str) -> Vec<String> {
    let records = records.iter().filter(|record| record.account() == account);
    records.map(|record| serde_json::to_string(record).unwrap()).collect()
}

#[test]
fn accounts_in_memory_fulfil_the_contract() {
    let audit = |store: &MemoryAccounts, account: &str| of_account(&store.audit(), account);
    conformance::check(&schema(), MemoryAccounts::new, audit).unwrap();
    // Behind a pointer, and by a schema with nothing in it.
    let none = Schema::builder().build().unwrap();
    let audit = |store: &std::sync::Arc<MemoryAccounts>, account: &str| of_account(&store.audit(), account);
    conformance::check(&none, || std::sync::Arc::new(MemoryAccounts::new()), audit).unwrap();
}

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Nothing,
    MakesUpAccounts,
    ForgetsCommits,
    ForgetsRolesOfNew,
    FoldsAccounts,
    CutsAccounts(usize),
    ReadsAccountsAsNumbers,
    TakesUnderscoresForAny,
    LowersRoles,
    SortsPermissions,
    DropsEmptyRoles,
    CutsRoles,
    DropsConditions,
    CutsTimes,
    TrimsValues,
    LoadsHundreds,
    LoadsAHundredRoles,
    CutsVersions(u64),
    KeepsRoles,
    KeepsRemoved,
    KeepsUpdated,
    IgnoresWhatChangesNothing,
    FindsWhatWas,
    FindsRemoved,
    SharesRoles,
    IgnoresVersions,
    TakesOlder,
    TakesNewer,
    FoundsAgain,
    StealsKeys,
    StoresRolesFirst,
    StoresKeysOneByOne,
    KeepsAuditOfRefused,
    DropsRefusals,
    DropsAudit,
    SortsAudit,
    SharesAudit,
    RemembersLoaded,
    RemembersNothing,
    ChecksRolesUnlocked,
    ChecksKeysUnlocked,
    LoadsRolesFirst,
    SaysTheVersionOfTheKey,
    SaysTheLatestOfAll,
    ReadsVersionsLater,
    TakesBack,
}

#[derive(Clone, Default)]
struct State {
    accounts: BTreeMap<String, Account>,
    keys: BTreeMap<KeyId, KeyRecord>,
    audit: Vec<AuditRecord>,
}

struct Broken {
    how: How,
    number: usize,
    state: Mutex<State>,
    /// As it was after the first commit.
    first: Mutex<Option<State>>,
}

/// By store and id.
type Cache = HashMap<(usize, String), Option<Account>>;

thread_local!(static CACHE: RefCell<Cache> = RefCell::default());

impl Broken {
    fn new(how: How) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { how, number, state: Mutex::default(), first: Mutex::default() }
    }

    fn audit(&self, account: &str) -> Vec<String> {
        let mut records = self.state.lock().unwrap().audit.clone();
        match self.how {
            How::SortsAudit => records.sort_by(|a, b| a.target().cmp(b.target())),
            How::SharesAudit => return records.iter().map(|record| serde_json::to_string(record).unwrap()).collect(),
            _ => {}
        }
        of_account(&records, account)
    }

    /// Whether two ids of accounts are one.
    fn is_one(&self, a: &str, b: &str) -> bool {
        let number = |text: &str| text.parse::<f64>().map_or(text.to_owned(), |number| number.to_string());
        match self.how {
            How::FoldsAccounts => a.eq_ignore_ascii_case(b),
            How::CutsAccounts(at) => a.get(..at).unwrap_or(a) == b.get(..at).unwrap_or(b),
            How::ReadsAccountsAsNumbers => number(a) == number(b),
            How::TakesUnderscoresForAny => {
                a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a == b || a == b'_')
            }
            _ => a == b,
        }
    }

    fn stored<'s>(&self, state: &'s State, account: &str) -> Option<&'s Account> {
        state.accounts.iter().find(|(id, _)| self.is_one(id, account)).map(|(_, account)| account)
    }

    /// Makes a change of this state, or says why not.
    fn apply(&self, state: &mut State, change: &AccountChange) -> Result<(), CommitError<Infallible>> {
        let next = change.account();
        let stored = self.stored(state, next.id()).cloned();
        let version = stored.as_ref().map_or(0, Account::version);
        let forgiven = match self.how {
            How::IgnoresVersions => true,
            How::TakesOlder => change.expected() != 0 && change.expected() < version,
            How::TakesNewer => version > 0 && change.expected() > version,
            How::FoundsAgain => change.expected() == 0,
            How::CutsVersions(mask) => version & mask == change.expected() & mask,
            _ => false,
        };
        if version != change.expected() && !forgiven {
            return Err(CommitError::Conflict);
        }
        let nothing_new = stored.as_ref().is_some_and(|stored| stored.roles().version() == next.roles().version());
        if self.how == How::IgnoresWhatChangesNothing && change.keys().is_empty() && nothing_new {
            return Ok(());
        }
        if self.how == How::StoresRolesFirst {
            if let Some(stored) = &stored {
                let half = Account::load(next.roles().clone(), next.version(), stored.records().cloned()).unwrap();
                state.accounts.insert(next.id().into(), half);
            }
        }
        let mut keys = state.keys.clone();
        for key in change.keys() {
            let before = keys.get(&key.id()).map(KeyRecord::version);
            match (self.how, key) {
                (How::StealsKeys, KeyChange::Insert(_)) => {}
                _ => key.check::<Infallible>(before)?,
            }
            match key.record() {
                Some(record) => keys.insert(key.id(), record.clone()),
                None => keys.remove(&key.id()),
            };
            if self.how == How::StoresKeysOneByOne {
                state.keys.clone_from(&keys);
            }
        }
        state.keys = keys;
        state.accounts.insert(next.id().into(), self.kept(stored.as_ref(), next));
        if self.how != How::DropsAudit {
            state.audit.extend(change.audit().cloned());
        }
        Ok(())
    }

    /// What such a store keeps of a state.
    fn kept(&self, before: Option<&Account>, next: &Account) -> Account {
        let records = |keep: &dyn Fn(&KeyRecord) -> Option<KeyRecord>| {
            let records = next.records().filter_map(keep);
            Account::load(next.roles().clone(), next.version(), records).unwrap()
        };
        let roles = |roles: Roles| Account::load(roles, next.version(), next.records().cloned()).unwrap();
        match (self.how, before) {
            (How::ForgetsCommits, None) => records(&|_| None),
            (How::ForgetsRolesOfNew, None) => roles(Roles::new(next.roles().schema(), next.id()).unwrap()),
            (How::KeepsRoles, Some(before)) => roles(before.roles().clone()),
            (How::KeepsRemoved, Some(before)) => {
                let all: BTreeMap<_, _> = before.records().chain(next.records()).map(|one| (one.id(), one)).collect();
                Account::load(next.roles().clone(), next.version(), all.into_values().cloned()).unwrap()
            }
            (How::KeepsUpdated, Some(before)) => {
                records(&|record| Some(before.record(record.id()).unwrap_or(record).clone()))
            }
            _ => next.clone(),
        }
    }

    /// What such a store reads of it.
    fn read(&self, account: &Account) -> Account {
        let records = |change: &dyn Fn(KeyRecord) -> KeyRecord| {
            let records = account.records().cloned().map(change);
            Account::load(account.roles().clone(), account.version(), records).unwrap()
        };
        let roles = |change: &dyn Fn(&Role) -> Option<Role>| {
            let mut ids = BTreeSet::new();
            let changed: Vec<Role> = account.roles().iter().filter_map(change).collect();
            let changed = changed.into_iter().filter(|role| ids.insert(role.id().to_owned()));
            let changed = Roles::new(account.roles().schema(), account.id()).unwrap().with_all(changed).unwrap();
            Account::load(changed, account.version(), account.records().cloned()).unwrap()
        };
        let renamed = |role: &Role, id: &str| Role::new(id, role.permissions().to_vec()).ok();
        match self.how {
            How::LowersRoles => roles(&|role| renamed(role, &role.id().to_ascii_lowercase())),
            How::CutsRoles => roles(&|role| renamed(role, role.id().get(..64).unwrap_or(role.id()))),
            How::SortsPermissions => roles(&|role| {
                let mut permissions = role.permissions().to_vec();
                permissions.sort();
                Role::new(role.id(), permissions).ok()
            }),
            How::DropsEmptyRoles => roles(&|role| Some(role.clone()).filter(|role| !role.permissions().is_empty())),
            How::LoadsAHundredRoles => {
                let ids: BTreeSet<_> = account.roles().iter().take(100).map(|role| role.id().to_owned()).collect();
                roles(&|role| Some(role.clone()).filter(|role| ids.contains(role.id())))
            }
            How::DropsConditions => records(&|record| record.with_conditions([])),
            How::CutsTimes => records(&|record| {
                // Not the last point in time, which records have before times are asked for.
                let cut = |time: Timestamp| match time.as_millis() {
                    millis if millis == u64::MAX >> 1 => time,
                    millis => Timestamp::from_millis(millis & 0xFFFF_FFFF),
                };
                let cut = record.expires().map(cut);
                record.with_expiry(cut)
            }),
            How::TrimsValues => records(&|record| {
                let trimmed = |one: &Condition| match one.value() {
                    Some(value) => Condition::new(one.name(), value.trim()).unwrap(),
                    None => one.clone(),
                };
                let assignment = |of: &Assignment| {
                    Assignment::new().with_roles(of.roles()).with_conditions(of.conditions().iter().map(trimmed))
                };
                let grant = record.grant().assignments().iter().map(assignment).collect();
                record.with_grant(grant)
            }),
            How::LoadsHundreds => {
                let some = account.records().take(100).cloned();
                Account::load(account.roles().clone(), account.version(), some).unwrap()
            }
            How::CutsVersions(mask) => {
                let version = account.version() & mask;
                Account::load(account.roles().clone(), version, account.records().cloned()).unwrap()
            }
            _ => account.clone(),
        }
    }

    fn load_now(&self, account: &str) -> Option<Account> {
        let state = self.state.lock().unwrap().clone();
        let stored = self.stored(&state, account).cloned();
        match self.how {
            How::MakesUpAccounts if stored.is_none() => {
                Account::load(Roles::new(&schema(), account).unwrap(), 0, []).ok()
            }
            How::SharesRoles => {
                let last = state.audit.last().and_then(|record| state.accounts.get(record.account()));
                let roles = last.map(|last| last.roles().iter().cloned().collect::<Vec<_>>()).unwrap_or_default();
                stored.map(|stored| {
                    if !matches!(roles.as_slice(), [only] if only.id() == "editor") {
                        return stored;
                    }
                    let roles = Roles::new(stored.roles().schema(), account).unwrap().with_all(roles).unwrap();
                    Account::load(roles, stored.version(), stored.records().cloned()).unwrap()
                })
            }
            How::LoadsRolesFirst => stored.map(|first| {
                thread::sleep(Duration::from_micros(50));
                let state = self.state.lock().unwrap();
                let second = self.stored(&state, account).unwrap();
                Account::load(first.roles().clone(), first.version(), second.records().cloned()).unwrap()
            }),
            _ => stored.map(|stored| self.read(&stored)),
        }
    }
}

impl KeyStore for Broken {
    type Record = AtVersion;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, Infallible> {
        let version_of = |state: &State, record: &KeyRecord| match self.how {
            How::SaysTheVersionOfTheKey => record.version(),
            How::SaysTheLatestOfAll => state.accounts.values().map(Account::version).max().unwrap_or(0),
            _ => self.stored(state, record.account()).map_or(0, Account::version),
        };
        let state = self.state.lock().unwrap();
        let now = state.keys.get(&id).cloned();
        let version = now.as_ref().map_or(0, |now| version_of(&state, now));
        drop(state);
        let first = || self.first.lock().unwrap().as_ref().and_then(|first| first.keys.get(&id).cloned());
        let found = match self.how {
            How::FindsWhatWas => first().filter(|_| now.is_some()).or(now),
            How::FindsRemoved => now.or_else(first),
            _ => now,
        };
        let Some(found) = found else { return Ok(None) };
        Ok(Some(match self.how {
            How::ReadsVersionsLater => {
                thread::sleep(Duration::from_micros(50));
                let version = version_of(&self.state.lock().unwrap(), &found);
                AtVersion::new(found, version)
            }
            _ => AtVersion::new(found, version),
        }))
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

impl AccountStore for Broken {
    type Error = Infallible;

    fn load(&self, account: &str) -> Result<Option<Account>, Infallible> {
        let place = (self.number, account.to_owned());
        let cached = CACHE.with_borrow(|cache| cache.get(&place).cloned());
        if let Some(cached) = cached {
            return Ok(cached);
        }
        let now = self.load_now(account);
        let remembers = match self.how {
            How::RemembersLoaded => now.is_some(),
            How::RemembersNothing => now.is_none(),
            _ => false,
        };
        if remembers {
            CACHE.with_borrow_mut(|cache| cache.insert(place, now.clone()));
        }
        Ok(now)
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<Infallible>> {
        CACHE.with_borrow_mut(|cache| cache.remove(&(self.number, change.account().id().to_owned())));
        let mut state = self.state.lock().unwrap();
        let unlocked = match self.how {
            How::ChecksRolesUnlocked => change.keys().is_empty(),
            How::ChecksKeysUnlocked => matches!(change.keys(), [KeyChange::Insert(_)]) && change.expected() > 0,
            _ => false,
        };
        if unlocked {
            let mut apart = state.clone();
            drop(state);
            self.apply(&mut apart, change)?;
            thread::sleep(Duration::from_millis(1));
            *self.state.lock().unwrap() = apart;
            return Ok(());
        }
        let before = state.clone();
        let applied = self.apply(&mut state, change);
        let mut first = self.first.lock().unwrap();
        first.get_or_insert_with(|| state.clone());
        drop(first);
        match (self.how, applied) {
            (How::TakesBack, Err(CommitError::Keys(ChangeError::Duplicate { id }))) => {
                // It is there for a moment.
                let next = change.account();
                state.accounts.insert(next.id().into(), next.clone());
                drop(state);
                thread::sleep(Duration::from_micros(50));
                *self.state.lock().unwrap() = before;
                Err(CommitError::Keys(ChangeError::Duplicate { id }))
            }
            (How::KeepsAuditOfRefused, Err(CommitError::Keys(refused))) => {
                state.audit.extend(change.audit().cloned());
                Err(CommitError::Keys(refused))
            }
            (_, applied) => applied,
        }
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), Infallible> {
        if self.how != How::DropsRefusals {
            self.state.lock().unwrap().audit.push(audit.clone());
        }
        Ok(())
    }
}

const UNKNOWN: &str = "an unknown account is nothing, and is no error";
const NEW: &str = "a new account is loaded as it was committed";
const IDS: &str = "the id of an account is compared byte for byte";
const ROLES: &str = "a role is loaded as it was committed";
const KEYS: &str = "a key is loaded as it was committed";
const LARGEST: &str = "an account as large as it may be is loaded as it was committed";
const VERSIONS: &str = "a version has more than 32 bits";
const CHANGES: &str = "every change is made";
const NOTHING: &str = "a change of nothing but the version counts";
const FOUND: &str = "a key is found as it is loaded";
const VERSION: &str = "a key is found with the version of its account";
const APART: &str = "accounts are apart";
const STALE: &str = "a change that expects another version is a conflict";
const ONE: &str = "a key is in one account";
const LEAVES: &str = "what was refused leaves nothing";
const AUDIT: &str = "audit records are kept in their order";
const ELSEWHERE: &str = "a change made by another thread is loaded";
const STORED: &str = "of concurrent changes from one state one is stored";
const LOST: &str = "of concurrent changes none is lost";
const WHOLE: &str = "one state is loaded whole";
const MOMENT: &str = "a key and the version of its account are of one moment";
const REFUSED: &str = "what was refused is never loaded";

/// What a store does wrong, the clause, and what is said of it.
const CASES: [(How, &str, &str); 48] = [
    (How::MakesUpAccounts, UNKNOWN, "`account-1` is loaded, and there is none"),
    (How::ForgetsCommits, NEW, "keys are 0, wanted are 3"),
    (How::ForgetsRolesOfNew, NEW, "roles are 0, wanted are 2"),
    (How::FoldsAccounts, IDS, "`acct-1` is loaded, and there is none"),
    (How::CutsAccounts(127), IDS, "is loaded, and there is none"),
    (How::ReadsAccountsAsNumbers, IDS, "`12` is loaded, and there is none"),
    (How::TakesUnderscoresForAny, IDS, "`abc` is loaded, and there is none"),
    (How::LowersRoles, ROLES, "roles are 6, wanted are 7"),
    (How::CutsRoles, ROLES, "role is `bbbb"),
    (How::SortsPermissions, ROLES, "role is `inspector` with [Permission(accessPolicies:*)"),
    (How::DropsEmptyRoles, ROLES, "roles are 6, wanted are 7"),
    (How::DropsConditions, NEW, "conditions are 0, wanted are 2"),
    (How::CutsTimes, KEYS, ": expires is Some(Timestamp(1)), wanted is Some(Timestamp(4294967297))"),
    (How::TrimsValues, KEYS, "conditions["),
    (How::LoadsHundreds, LARGEST, "keys are 100, wanted are 600"),
    (How::LoadsAHundredRoles, LARGEST, "roles are 100, wanted are 1000"),
    (How::CutsVersions(0xFF), VERSIONS, "version is 0, wanted is 256"),
    (How::CutsVersions(0xFFFF), VERSIONS, "version is 0, wanted is 65536"),
    (How::CutsVersions(0x7FFF_FFFF), VERSIONS, "version is 0, wanted is 2147483648"),
    (How::CutsVersions(0xFFFF_FFFF), VERSIONS, "version is 0, wanted is 4294967296"),
    (How::KeepsRoles, VERSIONS, "role is `first`"),
    (How::KeepsRemoved, CHANGES, "keys are 4, wanted are 3"),
    (How::KeepsUpdated, CHANGES, "another record is found: state is Active, wanted is Revoked"),
    (How::IgnoresWhatChangesNothing, NOTHING, "version is 1, wanted is 2"),
    (How::FindsWhatWas, FOUND, "state is Active, wanted is Revoked"),
    (How::FindsRemoved, FOUND, "a record is found, and none is there"),
    (How::SaysTheVersionOfTheKey, VERSION, "at version 1 of `account-1`, wanted is 2"),
    (How::SaysTheLatestOfAll, VERSION, "at version 2 of `account-2`, wanted is 1"),
    (How::SharesRoles, APART, "role is `editor`"),
    (How::IgnoresVersions, VERSIONS, "not refused as a conflict"),
    (How::TakesOlder, VERSIONS, "not refused as a conflict"),
    (How::TakesNewer, STALE, "at version 2, expecting 3: it was not refused as a conflict"),
    (How::FoundsAgain, STALE, "not refused as a conflict"),
    (How::StealsKeys, ONE, "not refused as a duplicate"),
    (How::StoresRolesFirst, LEAVES, "version is"),
    (How::StoresKeysOneByOne, LEAVES, "a record is found, and none is there"),
    (How::KeepsAuditOfRefused, LEAVES, "an audit record of what was not stored is kept"),
    (How::DropsRefusals, AUDIT, "`account-1`: of 6 audit records 4 are there"),
    (How::DropsAudit, AUDIT, "audit records"),
    (How::SortsAudit, AUDIT, "is not that of"),
    (How::SharesAudit, AUDIT, "`account-1`: of 6 audit records"),
    (How::RemembersLoaded, ELSEWHERE, "version is 1, wanted is 2"),
    (How::RemembersNothing, ELSEWHERE, "`account-1` is nothing, and there is one"),
    (How::ChecksRolesUnlocked, STORED, "were acknowledged"),
    (How::ChecksKeysUnlocked, LOST, "of 100 changes "),
    (How::LoadsRolesFirst, WHOLE, ""),
    (How::ReadsVersionsLater, MOMENT, "a key is found at version "),
    (How::TakesBack, REFUSED, ""),
];

#[test]
fn the_suite_names_the_clause() {
    let check = |how| conformance::check(&schema(), || Broken::new(how), Broken::audit);
    // Without a flaw the template itself is good: what is noticed is the flaw.
    check(How::Nothing).unwrap();
    let mut wrong = Vec::new();
    for (how, clause, said) in CASES {
        let Err(broken) = check(how) else {
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
    let suite = include_str!("../../../src/administration/conformance/suite.rs");
    let clauses = suite.lines().filter_map(|line| line.trim_start().strip_prefix("(\"")?.split_once("\", "));
    let clauses: BTreeSet<&str> = clauses.map(|(clause, _)| clause).collect();
    let broken: BTreeSet<&str> = CASES.into_iter().map(|(_, clause, _)| clause).collect();
    assert!(clauses.len() == 22 && clauses.is_subset(&broken), "{:?}", clauses.difference(&broken));
}
