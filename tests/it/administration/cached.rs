//! A cache between a process and its database: nothing is served past its bound, whatever is or isn't told.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use keyward::{
    Timestamp,
    administration::{Accounts, AccountsError, Acting, Expiry},
    authenticate::{AuthenticationError, RefusalCause},
    key::{KeyDigest, KeyId, KeyKind},
    store::{AtVersion, Cached, KeyRecord, KeyStore, MemoryStore},
};
use proptest::prelude::*;

use super::{
    house::{NOW, at, grant},
    versions::{Database, Found, Processes, Waited, reader},
};
use crate::block_on;

const BOUND: u64 = 100;

/// A clock that is set by hand, in milliseconds.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn set(&self, millis: u64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    fn by(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    fn cached<S, R>(&self, store: S) -> Cached<S, R> {
        let Self(millis) = self.clone();
        Cached::new(store, Duration::from_millis(BOUND), move || Duration::from_millis(millis.load(Ordering::SeqCst)))
    }
}

type Refused = AuthenticationError<AccountsError<Infallible>>;

/// Two processes; the one that is asked has a cache.
struct House {
    of: Processes,
    clock: Clock,
}

impl House {
    fn new() -> Self {
        let house = Self { of: Processes::new(), clock: Clock::default() };
        house.clock.set(1_000);
        house
    }

    fn keys(&self) -> Cached<&Accounts<Arc<Database>>, Found> {
        self.clock.cached(&self.of.there)
    }

    /// Whether the token may list products.
    fn lists<S>(&self, keys: &S, least: u64) -> Result<bool, Refused>
    where
        S: KeyStore<Record = Found, Error = AccountsError<Infallible>>,
    {
        let authenticator = self.of.there.authenticator();
        let found = authenticator.authenticate_at_least(keys, &self.of.token, at(NOW), least);
        found.map(|caller| caller.access().permits("list", "products"))
    }

    fn widen(&self) -> u64 {
        self.of.change(&self.of.here, |acting| acting.alter_role(reader(&["products:read,list"])))
    }

    fn narrow(&self) -> u64 {
        self.of.change(&self.of.here, |acting| acting.alter_role(reader(&["products:read"])))
    }

    fn finds(&self) -> usize {
        self.of.database.finds.load(Ordering::SeqCst)
    }
}

fn is_revoked(answer: Result<bool, Refused>) -> bool {
    matches!(answer, Err(AuthenticationError::Refused(refusal)) if *refusal.cause() == RefusalCause::Revoked)
}

#[test]
fn within_its_time_nothing_is_read_and_past_it_everything_is() {
    let house = House::new();
    let keys = house.keys();
    assert!(!house.lists(&keys, 0).unwrap());
    let before = house.finds();
    for _ in 0..10 {
        house.lists(&keys, 0).unwrap();
    }
    assert_eq!(house.finds(), before);

    // What is changed elsewhere, and told nobody, is not seen within the bound, and is at its end.
    house.widen();
    house.clock.by(BOUND - 1);
    assert!(!house.lists(&keys, 0).unwrap());
    house.clock.by(1);
    assert!(house.lists(&keys, 0).unwrap());
    house.of.change(&house.of.here, |acting| acting.revoke_token("t"));
    house.clock.by(BOUND - 1);
    assert!(house.lists(&keys, 0).unwrap());
    house.clock.by(1);
    assert!(is_revoked(house.lists(&keys, 0)));
}

#[test]
fn what_is_told_is_obeyed_at_once() {
    let house = House::new();
    let keys = house.keys();
    for _ in 0..3 {
        house.widen();
        house.of.there.load("a1").unwrap();
        assert!(house.lists(&keys, 0).unwrap());
        house.narrow();
        house.of.there.load("a1").unwrap();
        assert!(!house.lists(&keys, 0).unwrap());
    }
    house.of.change(&house.of.here, |acting| acting.revoke_token("t"));
    house.of.there.load("a1").unwrap();
    assert!(is_revoked(house.lists(&keys, 0)));
}

#[test]
fn what_is_changed_in_this_process_is_obeyed_at_once() {
    let house = House::new();
    let keys = house.keys();
    assert!(!house.lists(&keys, 0).unwrap());
    house.of.change(&house.of.there, |acting| acting.alter_role(reader(&["products:read,list"])));
    assert!(house.lists(&keys, 0).unwrap());
    house.of.change(&house.of.there, |acting| acting.revoke_token("t"));
    assert!(is_revoked(house.lists(&keys, 0)));
}

#[test]
fn who_asks_for_a_version_gets_no_older_one() {
    let house = House::new();
    let keys = house.keys();
    assert!(!house.lists(&keys, 0).unwrap());
    let widened = house.widen();
    assert!(house.lists(&keys, widened).unwrap());
    let revoked = house.of.change(&house.of.here, |acting| acting.revoke_token("t"));
    assert!(house.lists(&keys, widened).unwrap(), "that version still is what is kept");
    assert!(is_revoked(house.lists(&keys, revoked)));
    // A later one than there is: asked for twice at the most, and nobody is let in.
    let before = house.finds();
    assert!(house.lists(&keys, revoked + 1).is_err());
    assert!(house.finds() - before <= 3, "{}", house.finds() - before);
}

/// A key that was refused by what is kept may be good by now. Whose secret is wrong costs no look more.
#[test]
fn nobody_is_refused_by_what_is_kept_alone() {
    let house = House::new();
    let keys = house.keys();
    let ending = |expiry| move |acting: &Acting<'_>| acting.change_token("t", &grant(&["reader"], &[]), expiry);
    house.of.change(&house.of.here, ending(Expiry::At(at(NOW + 1))));
    let ask = |version, now| {
        let authenticator = house.of.there.authenticator();
        authenticator.authenticate_at_least(&keys, &house.of.token, at(now), version).map(drop)
    };
    assert!(ask(0, NOW + 1).is_err());
    house.of.change(&house.of.here, ending(Expiry::At(at(NOW + 2))));
    ask(0, NOW + 1).unwrap();
    assert!(ask(0, NOW + 2).is_err());
    let renewed = house.of.change(&house.of.there, ending(Expiry::Never));
    ask(renewed, NOW + 2).unwrap();
    ask(0, NOW + 2).unwrap();
    house.of.change(&house.of.here, |acting| acting.revoke_token("t"));
    house.clock.by(BOUND);
    assert!(ask(0, NOW).is_err());
    let before = house.finds();
    assert!(ask(0, NOW).is_err());
    assert_eq!(house.finds() - before, 1, "it is looked up again, and no more than that");
}

#[test]
fn a_store_that_is_waited_for_is_spared_as_well() {
    let house = House::new();
    let keys: Cached<Waited<'_>, Found> = house.clock.cached(Waited(&house.of.there));
    let lists = |least| {
        let authenticator = house.of.there.authenticator();
        let found = authenticator.authenticate_at_least_async(&keys, &house.of.token, at(NOW), least);
        block_on(found).map(|caller| caller.access().permits("list", "products"))
    };
    assert!(!lists(0).unwrap());
    let before = house.finds();
    assert!(!lists(0).unwrap());
    assert_eq!(house.finds(), before);
    let widened = house.widen();
    assert!(!lists(0).unwrap());
    assert!(lists(widened).unwrap());
    house.of.change(&house.of.here, |acting| acting.revoke_token("t"));
    assert!(lists(0).unwrap());
    house.clock.by(BOUND);
    assert!(is_revoked(lists(0)));
}

#[test]
fn a_clock_that_goes_back_serves_nothing() {
    let house = House::new();
    let keys = house.keys();
    house.lists(&keys, 0).unwrap();
    house.widen();
    house.clock.set(999);
    assert!(house.lists(&keys, 0).unwrap());
}

#[test]
fn with_no_time_at_all_nothing_is_kept() {
    let house = House::new();
    let keys = Cached::new(&house.of.there, Duration::ZERO, || Duration::ZERO);
    for widened in [true, false, true] {
        if widened {
            house.widen()
        } else {
            house.narrow()
        };
        assert_eq!(house.lists(&keys, 0).unwrap(), widened);
    }
    assert!(keys.is_empty());
}

fn id(number: u64) -> KeyId {
    KeyId::parse(&format!("{number:014}")).unwrap()
}

/// A store that has each id below a number.
struct Numbers(u64, Option<u64>);

impl KeyStore for Numbers {
    type Record = AtVersion;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, Infallible> {
        let number: u64 = id.as_str().parse().unwrap();
        let record = || KeyRecord::new(KeyKind::AccessToken, id, KeyDigest::DUMMY, "a1", "t1").unwrap();
        Ok((number < self.0).then(|| AtVersion::new(record(), self.1.unwrap_or_default())))
    }

    fn account_version(&self, _: &AtVersion) -> Option<u64> {
        self.1
    }
}

#[test]
fn a_flood_of_ids_takes_no_more_than_it_may() {
    let clock = Clock::default();
    let keys = clock.cached(Numbers(10_000, Some(1))).with_most(320);
    // Unknown ones are not remembered.
    for number in 10_000..40_000 {
        assert!(keys.find(id(number)).unwrap().is_none());
    }
    assert!(keys.is_empty());
    // Known ones push others out.
    for number in 0..10_000 {
        assert!(keys.find(id(number)).unwrap().is_some());
        assert!(keys.len() <= 320);
    }
    assert!(keys.len() > 160, "{}", keys.len());
    keys.clear();
    assert!(keys.is_empty());
    // So few that there is room for none.
    let none = clock.cached(Numbers(1, Some(1))).with_most(31);
    assert!(none.find(id(0)).unwrap().is_some() && none.is_empty());
}

#[test]
fn what_has_no_version_is_not_kept() {
    let clock = Clock::default();
    let keys = clock.cached(Numbers(1, None));
    assert!(keys.find(id(0)).unwrap().is_some() && keys.is_empty());
    // Nor what is found by another's authenticator in memory.
    let memory: Cached<_, Arc<KeyRecord>> = clock.cached(MemoryStore::new());
    assert!(KeyStore::find(&memory, id(0)).unwrap().is_none() && memory.is_empty());
}

/// The same, whose number is changed meanwhile.
struct Until<'a>(&'a AtomicU64);
impl KeyStore for Until<'_> {
    type Record = AtVersion;
    type Error = Infallible;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, Infallible> {
        Numbers(self.0.load(Ordering::SeqCst), Some(1)).find(id)
    }

    fn account_version(&self, _: &AtVersion) -> Option<u64> {
        Some(1)
    }
}

#[test]
fn a_record_that_is_gone_is_gone() {
    let clock = Clock::default();
    let left = AtomicU64::new(1);
    let keys = clock.cached(Until(&left));
    assert!(keys.find(id(0)).unwrap().is_some());
    left.store(0, Ordering::SeqCst);
    assert!(keys.find(id(0)).unwrap().is_some());
    assert!(keys.find_fresh(id(0)).unwrap().is_none());
    assert!(keys.find(id(0)).unwrap().is_none());
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Wait(u64),
    Widen,
    Narrow,
    ChangeInTheSameProcess(bool),
    Tell,
    Ask,
    AskForTheLatest,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..BOUND * 2).prop_map(Step::Wait),
        Just(Step::Widen),
        Just(Step::Narrow),
        any::<bool>().prop_map(Step::ChangeInTheSameProcess),
        Just(Step::Tell),
        Just(Step::Ask),
        Just(Step::Ask),
        Just(Step::AskForTheLatest),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes in which order: each answer is by a state that was the present one within the bound, and by none
    /// older than what this process was told, has changed, or was asked for.
    #[test]
    fn each_answer_is_of_a_moment_within_the_bound(steps in prop::collection::vec(step(), 1..30)) {
        let house = House::new();
        let keys = house.keys();
        let now = || house.clock.0.load(Ordering::SeqCst);
        // From when on which version is the present one, and whether it lists.
        let first = house.narrow();
        let mut states = vec![(now(), first, false)];
        let mut known = 0;
        for step in steps {
            let latest = states.last().unwrap().1;
            let mut change = |version, lists| states.push((now(), version, lists));
            match step {
                Step::Wait(millis) => house.clock.by(millis),
                Step::Widen => change(house.widen(), true),
                Step::Narrow => change(house.narrow(), false),
                Step::ChangeInTheSameProcess(lists) => {
                    let wanted = if lists { "products:read,list" } else { "products:read" };
                    let version = house.of.change(&house.of.there, |acting| acting.alter_role(reader(&[wanted])));
                    change(version, lists);
                    known = version;
                }
                Step::Tell => {
                    house.of.there.load("a1").unwrap();
                    known = latest;
                }
                Step::Ask | Step::AskForTheLatest => {
                    let least = if matches!(step, Step::AskForTheLatest) { latest } else { 0 };
                    let authenticator = house.of.there.authenticator();
                    let asked = authenticator.authenticate_at_least(&keys, &house.of.token, at(NOW), least).unwrap();
                    let version = asked.account_version();
                    let place = states.iter().position(|state| state.1 == version).unwrap();
                    prop_assert_eq!(asked.access().permits("list", "products"), states[place].2);
                    prop_assert!(version >= known.max(least));
                    known = version;
                    // It was the present one until the next came.
                    let ended = states.get(place + 1).map_or(u64::MAX, |next| next.0);
                    prop_assert!(now().saturating_sub(ended) < BOUND, "version {version} ended {ended}, now {}", now());
                }
            }
        }
    }
}

/// The clock of the cache and that of the keys are two: a key expires by the time of the request, also where it is kept.
#[test]
fn a_kept_key_expires_when_it_does() {
    let house = House::new();
    let keys = house.keys();
    house
        .of
        .change(&house.of.here, |acting| acting.change_token("t", &grant(&["reader"], &[]), Expiry::At(at(NOW + 10))));
    let ask = |now: Timestamp| house.of.there.authenticator().authenticate(&keys, &house.of.token, now).map(drop);
    ask(at(NOW + 9)).unwrap();
    let Err(AuthenticationError::Refused(refusal)) = ask(at(NOW + 10)) else { panic!("it has expired") };
    assert_eq!(*refusal.cause(), RefusalCause::Expired { at: at(NOW + 10) });
}
