//! What many keys cost: memory, a change to one of them, and changes of roles beside readers.
//!
//! `cargo bench --bench keys_at_scale [memory_shared | memory_of_their_own | changes | role_sets | beside_a_writer]...`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a measurement is run by hand, over what it made itself"
)]

use std::{
    collections::BTreeSet,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use keyward::{
    Authenticator, Condition, Role, Roles, Schema, Timestamp,
    key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
    store::{KeyChange, KeyRecord, KeyState, KeyStore, MemoryStore, WritableKeyStore},
};

const MILLION: usize = 1_000_000;
const ACCOUNTS: usize = 100;
const ROLES: usize = 10;
const NOW: Timestamp = Timestamp::from_millis(1_000);

fn main() {
    let all: [(&str, fn()); 5] = [
        ("memory_shared", || memory("of 100 profiles", |_| "brand_two".into())),
        ("memory_of_their_own", || memory("each of its own profile", |number| format!("brand_{number}"))),
        ("changes", changes),
        ("role_sets", role_sets),
        ("beside_a_writer", beside_a_writer),
    ];
    let asked: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    for (name, run) in all {
        match &*asked {
            // In a process of its own: what one has freed would be the memory of the next.
            [] => drop(Command::new(std::env::current_exe().unwrap()).arg(name).status().unwrap()),
            _ if asked.iter().any(|asked| asked == name) => run(),
            _ => {}
        }
    }
}

fn schema() -> Schema {
    Schema::from_json(
        r#"{
            "resources": {"products": {}},
            "conditions": {
                "brand": {"restricts": {"products": "brand"}},
                "factory": {"restricts": {"products": "factory"}}
            }
        }"#,
    )
    .unwrap()
}

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn authenticator() -> Authenticator {
    let authenticator = Authenticator::new(&schema(), format());
    (0..ACCOUNTS).for_each(|account| authenticator.set_roles(roles(account, ROLES), 1).unwrap());
    authenticator
}

fn roles(account: usize, count: usize) -> Roles {
    let roles = (0..count).map(|role| Role::new(format!("role-{role}"), ["products:read,list"]).unwrap());
    Roles::new(&schema(), &format!("account-{account}")).unwrap().with_all(roles).unwrap()
}

/// A key and its record, with one role and two conditions. Entropy by counting: good for a measurement and nothing else.
fn key(number: usize, brand: impl AsRef<str>) -> (String, KeyRecord) {
    let mut bytes = *blake3::hash(&number.to_le_bytes()).as_bytes();
    let new = format().generate_access_token(KeyEntropy::take(&mut bytes).unwrap(), None);
    let account = format!("account-{}", number % ACCOUNTS);
    let conditions = [Condition::new("brand", brand), Condition::new("factory", "factory_1")];
    let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, account, format!("token-{number}"))
        .unwrap()
        .with_roles([format!("role-{}", number % ROLES)])
        .with_conditions(conditions.map(Result::unwrap));
    (new.key.reveal().to_owned(), record)
}

/// How long a million records take to load, and how much memory they take: as they are read from a database, so that
/// none shares anything with another before it is in the store.
fn memory(note: &str, brand: fn(usize) -> String) {
    let text = |number| serde_json::to_string(&key(number, brand(number)).1).unwrap();
    // In one text, so that its memory is no part of what is measured.
    let mut texts = String::new();
    for number in 1..=MILLION {
        texts.push_str(&text(number));
        texts.push('\n');
    }
    let authenticator = authenticator();
    let (before, start) = (resident(), Instant::now());
    let records = texts.lines().map(|text| serde_json::from_str::<KeyRecord>(text).unwrap());
    let store = MemoryStore::from_records(records).unwrap();
    let (elapsed, loaded) = (start.elapsed(), resident());
    for number in 1..=MILLION {
        let (text, _) = key(number, brand(number));
        assert!(authenticator.authenticate(&store, &text, NOW).is_ok(), "key {number}");
    }
    println!(
        "a million keys {note}: read and loaded in {:.2} s; {} bytes each, {} once each was used",
        elapsed.as_secs_f64(),
        (loaded - before) / MILLION,
        (resident() - before) / MILLION,
    );
}

/// Bytes of memory in use by this process, as Linux tells; 0 elsewhere.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// One change in a store of a million keys.
fn changes() {
    const CHANGES: usize = 10_000;
    let store = MemoryStore::from_records((1..=MILLION).map(|number| key(number, "brand_two").1)).unwrap();
    // Of keys that are far from each other.
    let revoked: Vec<KeyChange> = (1..=CHANGES)
        .map(|number| {
            let stored = store.find(key(number * 97, "brand_two").1.id()).unwrap().unwrap();
            stored.change(|record| record.with_state(KeyState::Revoked))
        })
        .collect();
    let inserted: Vec<KeyChange> =
        (1..=CHANGES).map(|number| KeyChange::Insert(key(MILLION + number, "brand_two").1)).collect();
    for (note, changes) in [("revoke", revoked), ("insert", inserted)] {
        let mut times: Vec<Duration> = changes
            .iter()
            .map(|change| {
                let start = Instant::now();
                store.apply(std::slice::from_ref(change)).unwrap();
                start.elapsed()
            })
            .collect();
        println!("{note} one key of a million: {}", spread(&mut times));
    }
    let store = MemoryStore::new();
    let records: Vec<KeyChange> = (1..=MILLION).map(|number| KeyChange::Insert(key(number, "brand_two").1)).collect();
    let start = Instant::now();
    for change in &records {
        store.apply(std::slice::from_ref(change)).unwrap();
    }
    println!("insert a million keys one by one: {:.2} µs each", start.elapsed().as_secs_f64());
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 1000].as_secs_f64() * 1e6;
    let mean = times.iter().sum::<Duration>().as_secs_f64() * 1e6 / times.len() as f64;
    format!("median {:.1} µs, mean {mean:.1}, 99 of 100 within {:.1}, most {:.0}", at(500), at(990), at(1000))
}

/// `set_roles` of an account of which 20,000 sets of roles are in use, and how long readers wait meanwhile: one of another
/// account, and those of the same, which find their keys anew.
fn role_sets() {
    const SETS: usize = 20_000;
    const NAMES: usize = 200;
    const WRITES: u64 = 20;
    let authenticator = authenticator();
    let versions: Vec<Roles> = (0..2).map(|more| roles(0, NAMES + more)).collect();
    authenticator.set_roles(versions[0].clone(), 2).unwrap();
    let (texts, records): (Vec<_>, Vec<_>) = (0..SETS)
        .map(|number| {
            // Every pair of 200 names is another set.
            let (text, record) = key(number * ACCOUNTS, "brand_two");
            (text, record.with_roles([format!("role-{}", number % NAMES), format!("role-{}", number / NAMES)]))
        })
        .filter(|(_, record)| record.grant().assignments()[0].roles().collect::<BTreeSet<_>>().len() == 2)
        .unzip();
    let (other_text, other) = key(1, "brand_two");
    let store = MemoryStore::from_records(records.into_iter().chain([other])).unwrap();
    let use_all = || texts.iter().for_each(|text| drop(authenticator.authenticate(&store, text, NOW).unwrap()));
    use_all();
    let writing = AtomicBool::new(true);
    let (mut waited, mut written, mut anew) = (Vec::new(), Vec::new(), Vec::new());
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut most = Vec::new();
            while writing.load(Ordering::Relaxed) {
                let start = Instant::now();
                drop(authenticator.authenticate(&store, &other_text, NOW).unwrap());
                // The look-up of the account itself, too.
                assert!(authenticator.roles("account-1").is_some());
                most.push(start.elapsed());
            }
            most
        });
        for version in 0..WRITES {
            let roles = versions[usize::from(version % 2 == 0)].clone();
            let start = Instant::now();
            authenticator.set_roles(roles, version + 3).unwrap();
            written.push(start.elapsed());
            let start = Instant::now();
            use_all();
            anew.push(start.elapsed() / u32::try_from(texts.len()).unwrap());
        }
        writing.store(false, Ordering::Relaxed);
        waited = reader.join().unwrap();
    });
    println!("set_roles, {} role sets in use: {}", texts.len(), spread(&mut written));
    println!("  a key of the account found anew: {}", spread(&mut anew));
    println!("  a reader of another account meanwhile: {}", spread(&mut waited));
}

/// A hot key, and one thread that changes a role of its account again and again.
fn beside_a_writer() {
    const TIME: Duration = Duration::from_secs(2);
    let authenticator = authenticator();
    let (text, record) = key(1, "brand_two");
    let store = MemoryStore::from_records([record]).unwrap();
    let of_account = roles(1, ROLES);
    let read = || {
        let (mut count, start) = (0_u32, Instant::now());
        while start.elapsed() < TIME {
            for _ in 0..100 {
                drop(authenticator.authenticate(&store, &text, NOW).unwrap());
            }
            count += 100;
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
    };
    let beside = |other: &(dyn Fn() + Sync)| {
        let running = AtomicBool::new(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                while running.load(Ordering::Relaxed) {
                    other();
                }
            });
            let time = read();
            running.store(false, Ordering::Relaxed);
            time
        })
    };
    let version = AtomicU64::new(1);
    let change = || {
        let version = version.fetch_add(1, Ordering::Relaxed) + 1;
        let permissions = if version % 2 == 0 { "products:read" } else { "products:read,list" };
        (of_account.clone().replace(Role::new("role-1", [permissions]).unwrap()).unwrap(), version)
    };
    let set = |(roles, version)| authenticator.set_roles(roles, version).unwrap();
    // Beside a thread that has the same to do and sets nothing: what shares the machine is no part of it.
    let alone = beside(&|| drop(std::hint::black_box(change())));
    let first = version.load(Ordering::Relaxed);
    let (writing, last) = (beside(&|| set(change())), version.load(Ordering::Relaxed));
    let (one, other) = (change().0, change().0);
    let ready = beside(&|| {
        let version = version.fetch_add(1, Ordering::Relaxed) + 1;
        set((if version % 2 == 0 { one.clone() } else { other.clone() }, version));
    });
    println!(
        "a hot key: {alone:.0} ns; beside {:.0} changes of its roles a second {writing:.0} ns, {:.2} times; beside {:.0} \
         that were prepared {ready:.0} ns, {:.2} times",
        (last - first) as f64 / TIME.as_secs_f64(),
        writing / alone,
        (version.load(Ordering::Relaxed) - last) as f64 / TIME.as_secs_f64(),
        ready / alone,
    );
}
