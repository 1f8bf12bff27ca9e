//! What it costs to authenticate a request and decide it, beside the floor: the same done by hand for one service, with
//! the checks that it needs. It compares the prefix, makes one BLAKE3 of the key, looks up a hash map by a keyed hash,
//! compares four words in constant time, and looks at state and times; no checksum, no roles that change.
//!
//! `cargo bench --bench authenticate`. Ratios count; absolute times are the machine's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_imports,
    reason = "a benchmark is run by hand, over what it made itself"
)]

use std::{cell::Cell, collections::HashMap, hint::black_box, sync::LazyLock};

use divan::Bencher;
use foldhash::fast::RandomState;
use keyward::{
    Attributes, Authenticator, Operation, ResourceType, ResourceView, Role, Roles, Schema, Timestamp, Value,
    key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
    store::{KeyRecord, KeyState, MemoryStore},
};
use subtle::{Choice, ConstantTimeEq};

const KEYS: usize = 100_000;
const ACCOUNTS: usize = 100;
const ROLES: usize = 10;
const NOW: Timestamp = Timestamp::from_millis(1_000);

fn main() {
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
    by_hand: HashMap<[u8; 14], ByHand, RandomState>,
}

/// What one service keeps of a key.
struct ByHand {
    digest: [u64; 4],
    is_active: bool,
    created: Timestamp,
    expires: Option<Timestamp>,
    account: Box<str>,
    operations: u64,
    brand: Box<str>,
    factory: Box<str>,
}

static ALL: LazyLock<World> = LazyLock::new(|| World::new(KEYS));

/// Few keys, so that instructions can be counted in reasonable time.
static FEW: LazyLock<World> = LazyLock::new(|| World::new(1_000));

impl World {
    fn new(keys: usize) -> Self {
        let (texts, records) = make(keys);
        let by_hand = records.iter().map(|record| {
            let id = record.id().as_str().as_bytes().try_into().unwrap();
            let of_hand = ByHand {
                digest: words(&record.digest().to_bytes()),
                is_active: record.state() == KeyState::Active,
                created: record.created(),
                expires: record.expires(),
                account: record.account().into(),
                operations: 0b11,
                brand: "brand_two".into(),
                factory: "factory_1".into(),
            };
            (id, of_hand)
        });
        World {
            by_hand: by_hand.collect(),
            texts,
            store: MemoryStore::from_records(records).unwrap(),
            authenticator: authenticator(),
            products: schema().resource_type("products").unwrap(),
        }
    }

    fn floor(&self, text: &str) -> Option<&ByHand> {
        let bytes: &[u8; 59] = text.as_bytes().try_into().ok()?;
        if !bytes.starts_with(b"acme_at_") || bytes[22] != b'_' {
            return None;
        }
        let id: &[u8; 14] = bytes[8..22].try_into().ok()?;
        let digest = words(blake3::hash(bytes).as_bytes());
        let found = self.by_hand.get(id)?;
        let same = digest.iter().zip(&found.digest).fold(Choice::from(1), |same, (one, other)| same & one.ct_eq(other));
        let is_good = bool::from(same)
            && found.is_active
            && found.created <= NOW
            && found.expires.is_none_or(|expires| NOW < expires);
        is_good.then_some(found)
    }

    fn floor_and_decide(&self, text: &str) -> bool {
        let Some(found) = self.floor(text) else { return false };
        let text = |name| match black_box(&Product).attribute(name) {
            Value::Text(text) => text,
            _ => "",
        };
        *found.account == *black_box("account-1")
            && found.operations & black_box(1) != 0
            && text("brand") == &*found.brand
            && text("factory") == &*found.factory
    }

    fn authenticate(&self, text: &str) -> bool {
        self.authenticator.authenticate(&self.store, text, NOW).is_ok()
    }

    fn authenticate_and_decide(&self, text: &str) -> bool {
        let Ok(authenticated) = self.authenticator.authenticate(&self.store, text, NOW) else { return false };
        let product = ResourceView::new(self.products, authenticated.access().account(), black_box(&Product));
        authenticated.access().decide(Operation::READ, &product).is_allow()
    }

    /// Every key once, in an order that no cache foresees.
    fn in_turn<'a>(&'a self, next: &Cell<usize>) -> &'a str {
        let at = next.get();
        next.set((at + 49_999) % KEYS);
        &self.texts[at]
    }
}

fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(bytes.try_into().unwrap());
    }
    words
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

/// What the harness itself costs in each iteration.
#[divan::bench_group(sample_size = 10_000)]
mod harness {
    use super::*;

    #[divan::bench]
    fn alone(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        bencher.bench_local(|| black_box(&world.texts[0]).is_empty());
    }
}

/// One key again and again.
#[divan::bench_group(sample_size = 10_000)]
mod hot_key {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        bencher.bench_local(|| world.floor(black_box(&world.texts[0])).is_some());
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        bencher.bench_local(|| world.authenticate(black_box(&world.texts[0])));
    }

    /// What of it nothing saves.
    #[divan::bench]
    fn blake3_alone(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        bencher.bench_local(|| blake3::hash(black_box(&world.texts[0]).as_bytes()));
    }

    #[divan::bench]
    fn parse_alone(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        bencher.bench_local(|| world.authenticator.format().parse(black_box(&world.texts[0])).is_ok());
    }
}

#[divan::bench_group(sample_size = 10_000)]
mod hot_key_and_decision {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        assert!(world.floor_and_decide(&world.texts[0]), "the first key is allowed");
        bencher.bench_local(|| world.floor_and_decide(black_box(&world.texts[0])));
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let world = &*FEW;
        assert!(world.authenticate_and_decide(&world.texts[0]), "the first key is allowed");
        bencher.bench_local(|| world.authenticate_and_decide(black_box(&world.texts[0])));
    }

    /// Of an account whose roles have changed since the key was first used.
    #[divan::bench]
    fn keyward_of_changed_roles(bencher: Bencher<'_, '_>) {
        let world = World::new(1);
        assert!(world.authenticate_and_decide(&world.texts[0]), "the first key is allowed");
        (0..ACCOUNTS).for_each(|account| world.authenticator.set_roles(roles(account), 2).unwrap());
        bencher.bench_local(|| world.authenticate_and_decide(black_box(&world.texts[0])));
    }
}

#[divan::bench_group(sample_size = 100_000, sample_count = 20)]
mod all_keys_in_turn {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (world, next) = (&*ALL, Cell::new(0));
        bencher.bench_local(|| world.floor(black_box(world.in_turn(&next))).is_some());
    }

    #[divan::bench]
    fn keyward_authenticate(bencher: Bencher<'_, '_>) {
        let (world, next) = (&*ALL, Cell::new(0));
        bencher.bench_local(|| world.authenticate(black_box(world.in_turn(&next))));
    }

    #[divan::bench]
    fn keyward_authenticate_and_decide(bencher: Bencher<'_, '_>) {
        let (world, next) = (&*ALL, Cell::new(0));
        bencher.bench_local(|| world.authenticate_and_decide(black_box(world.in_turn(&next))));
    }
}
