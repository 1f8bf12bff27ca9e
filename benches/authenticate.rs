//! What it costs to authenticate a request and decide it, beside the floor: one BLAKE3 of the key, one look-up in a
//! hash map, one comparison in constant time.
//!
//! `cargo bench --bench authenticate`. Ratios count; absolute times are the machine's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_imports,
    clippy::print_stdout,
    reason = "a benchmark is run by hand, over what it made itself"
)]

use std::{
    cell::Cell,
    collections::HashMap,
    hint::black_box,
    sync::{Arc, LazyLock},
    time::Instant,
};

use divan::Bencher;
use keyward::{
    Attributes, Authenticator, Operation, ResourceType, ResourceView, Role, Roles, Schema, Timestamp, Value,
    key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
    store::{KeyRecord, MemoryStore},
};
use subtle::ConstantTimeEq;

const KEYS: usize = 100_000;
const ACCOUNTS: usize = 100;
const ROLES: usize = 10;
const NOW: Timestamp = Timestamp::from_millis(1_000);

fn main() {
    load_a_million();
    LazyLock::force(&WORLD);
    divan::main();
}

/// The host's own product.
struct Product;

impl Attributes for Product {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "brand" => Value::Text("brand_two"),
            "factory" => Value::Text("factory_1"),
            _ => Value::Absent,
        }
    }
}

struct World {
    products: ResourceType,
    texts: Vec<String>,
    store: MemoryStore,
    authenticator: Authenticator,
    by_hand: HashMap<[u8; 14], ([u8; 32], Arc<str>)>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (texts, records) = make(KEYS);
    let by_hand = records.iter().map(|record| {
        let id = record.id().as_str().as_bytes().try_into().unwrap();
        (id, (record.digest().to_bytes(), record.account().into()))
    });
    World {
        by_hand: by_hand.collect(),
        texts,
        store: MemoryStore::from_records(records).unwrap(),
        authenticator: authenticator(),
        products: schema().resource_type("products").unwrap(),
    }
});

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
    (0..ACCOUNTS).for_each(|account| authenticator.set_roles(roles(account), 1).unwrap());
    authenticator
}

fn roles(account: usize) -> Roles {
    let roles = (0..ROLES).map(|role| Role::new(format!("role-{role}"), ["products:read,list"]).unwrap());
    Roles::new(&schema(), &format!("account-{account}")).unwrap().with_all(roles).unwrap()
}

/// Entropy by counting: good for a benchmark and nothing else.
fn make(count: usize) -> (Vec<String>, Vec<KeyRecord>) {
    let format = format();
    (1..=count)
        .map(|number| {
            let mut bytes = *blake3::hash(&number.to_le_bytes()).as_bytes();
            let new = format.generate_access_token(KeyEntropy::take(&mut bytes).unwrap(), None);
            let account = format!("account-{}", number % ACCOUNTS);
            let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, account, format!("token-{number}"))
                .unwrap()
                .with_roles([format!("role-{}", number % ROLES)])
                .with_conditions(["brand:brand_two".parse().unwrap(), "factory:factory_1".parse().unwrap()]);
            (new.key.reveal().to_owned(), record)
        })
        .unzip()
}

/// How long a million records take to load, and how much memory they take.
fn load_a_million() {
    let (_, records) = make(1_000_000);
    let before = resident();
    // As they are read from a database: a copy would share what it can.
    let anew = |record: &KeyRecord| serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap();
    let load: Vec<KeyRecord> = records.iter().map(anew).collect();
    let (copied, start) = (resident(), Instant::now());
    let store = MemoryStore::from_records(load).unwrap();
    let elapsed = start.elapsed();
    println!(
        "a million keys load in {:.2} s; each takes {} bytes: {} in its record, {} more in the store\n",
        elapsed.as_secs_f64(),
        (resident() - before) / store.len(),
        (copied - before) / store.len(),
        resident().saturating_sub(copied) / store.len(),
    );
}

/// Bytes of memory in use by this process, as Linux tells; 0 elsewhere.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

fn floor(text: &str) -> bool {
    let digest = blake3::hash(text.as_bytes());
    let id: [u8; 14] = text.as_bytes()[8..22].try_into().unwrap();
    let (stored, _) = &WORLD.by_hand[&id];
    digest.as_bytes().ct_eq(stored).into()
}

fn authenticate(text: &str) -> bool {
    WORLD.authenticator.authenticate(&WORLD.store, text, NOW).is_ok()
}

fn authenticate_and_decide(text: &str) -> bool {
    decide_by(&WORLD.authenticator, &WORLD.store, text)
}

fn decide_by(authenticator: &Authenticator, store: &MemoryStore, text: &str) -> bool {
    let Ok(authenticated) = authenticator.authenticate(store, text, NOW) else { return false };
    let product = ResourceView::new(WORLD.products, authenticated.access().account(), &Product);
    authenticated.access().decide(Operation::READ, &product).is_allow()
}

/// Every key once, in an order that no cache foresees.
fn in_turn<'a>(next: &Cell<usize>) -> &'a str {
    let at = next.get();
    next.set((at + 49_999) % KEYS);
    &WORLD.texts[at]
}

#[divan::bench_group(sample_size = 10_000)]
mod one_hot_key {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| super::floor(black_box(&WORLD.texts[0])));
    }

    #[divan::bench]
    fn keyward_authenticate(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| authenticate(black_box(&WORLD.texts[0])));
    }

    #[divan::bench]
    fn keyward_authenticate_and_decide(bencher: Bencher<'_, '_>) {
        assert!(authenticate_and_decide(&WORLD.texts[0]), "the first key is allowed");
        bencher.bench_local(|| authenticate_and_decide(black_box(&WORLD.texts[0])));
    }

    /// Of an account whose roles have changed since the key was first used.
    #[divan::bench]
    fn keyward_of_changed_roles_and_decide(bencher: Bencher<'_, '_>) {
        let (texts, records) = make(1);
        let (authenticator, store) = (authenticator(), MemoryStore::from_records(records).unwrap());
        assert!(decide_by(&authenticator, &store, &texts[0]), "the first key is allowed");
        (0..ACCOUNTS).for_each(|account| authenticator.set_roles(roles(account), 2).unwrap());
        bencher.bench_local(|| decide_by(&authenticator, &store, black_box(&texts[0])));
    }
}

#[divan::bench_group(sample_size = 100_000, sample_count = 20)]
mod all_keys_in_turn {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let next = Cell::new(0);
        bencher.bench_local(|| super::floor(black_box(in_turn(&next))));
    }

    #[divan::bench]
    fn keyward_authenticate(bencher: Bencher<'_, '_>) {
        let next = Cell::new(0);
        bencher.bench_local(|| authenticate(black_box(in_turn(&next))));
    }

    #[divan::bench]
    fn keyward_authenticate_and_decide(bencher: Bencher<'_, '_>) {
        let next = Cell::new(0);
        bencher.bench_local(|| authenticate_and_decide(black_box(in_turn(&next))));
    }
}
