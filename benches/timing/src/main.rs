//! Does the time tell a right key from a wrong one?
//!
//! The statistical test of `dudect`: many measurements of two classes, in random order, and
//! Welch's t between their times. |t| above 5 says that the classes can be told apart; below it,
//! that these measurements didn't show it.
//!
//! ```text
//! cargo run --release --manifest-path benches/timing/Cargo.toml
//! cargo run --release --manifest-path benches/timing/Cargo.toml -- --continuous right_or_wrong_key
//! ```
//!
//! `leaky_comparison` is the counter-check: what it measures does leak, and has to be found.

use std::hint::black_box;

use dudect_bencher::{
    BenchRng, Class, CtRunner, ctbench_main,
    rand::{Rng as _, RngExt as _},
};
use keyward::key::{KeyDigest, KeyEntropy, KeyFormat, KeyPrefix};

const MEASUREMENTS: usize = 200_000;

/// How often each measurement repeats what it measures: the clock is coarser than one comparison.
const REPEATED: usize = 16;

fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").expect("a prefix"))
}

fn generate(format: &KeyFormat, secret: &[u8; 22], id: &[u8; 10]) -> String {
    let mut bytes = [0; 32];
    bytes[..22].copy_from_slice(secret);
    bytes[22..].copy_from_slice(id);
    let entropy = KeyEntropy::take(&mut bytes).expect("not blank");
    let new = format.generate_operator_key(entropy, None);
    new.key.reveal().to_owned()
}

/// One key and what is stored under its id: the digest of that key, or of another.
struct Case {
    presented: String,
    stored: KeyDigest,
}

/// Left: the stored digest is the presented key's. Right: it is that of another secret with the
/// same id. Every text is another, in both classes, so that they differ in nothing else.
fn keys(rng: &mut BenchRng) -> Vec<(Class, Case)> {
    let format = format();
    let case = |_| {
        let (mut id, mut secret, mut other) = ([0; 10], [0; 22], [0; 22]);
        rng.fill_bytes(&mut id);
        rng.fill_bytes(&mut secret);
        rng.fill_bytes(&mut other);
        let presented = generate(&format, &secret, &id);
        let wrong = generate(&format, &other, &id);
        let (right, wrong) = (KeyDigest::of(&presented, None), KeyDigest::of(&wrong, None));
        let (class, stored) = if rng.random() { (Class::Left, right) } else { (Class::Right, wrong) };
        (class, Case { presented, stored })
    };
    (0..MEASUREMENTS).map(case).collect()
}

/// All that happens between the header and the verdict: reading the text, its digest, comparing.
fn right_or_wrong_key(runner: &mut CtRunner, rng: &mut BenchRng) {
    let format = format();
    for (class, case) in keys(rng) {
        runner.run_one(class, || {
            let mut verdict = false;
            for _ in 0..REPEATED {
                let presented = format.parse(black_box(&case.presented)).expect("a key");
                verdict ^= presented.digest(None).matches(Some(black_box(&case.stored)));
            }
            verdict
        });
    }
}

/// A wrong secret for an id that is there, against an id that isn't.
fn known_or_unknown_id(runner: &mut CtRunner, rng: &mut BenchRng) {
    let format = format();
    let keys: Vec<_> = keys(rng)
        .into_iter()
        .map(|(class, case)| {
            let wrong = KeyDigest::of(&case.presented[1..], None);
            (class, case.presented, wrong)
        })
        .collect();
    for (class, text, wrong) in keys {
        let stored = matches!(class, Class::Left).then_some(&wrong);
        runner.run_one(class, || {
            let mut verdict = false;
            for _ in 0..REPEATED {
                let presented = format.parse(black_box(&text)).expect("a key");
                verdict ^= presented.digest(None).matches(black_box(stored));
            }
            verdict
        });
    }
}

/// Two digests: equal, against different in one bit of the first byte.
fn digests(rng: &mut BenchRng) -> Vec<(Class, [u8; 32], [u8; 32])> {
    let case = |_| {
        let mut one = [0; 32];
        rng.fill_bytes(&mut one);
        let mut other = one;
        let class = if rng.random() {
            Class::Left
        } else {
            other[0] ^= 1;
            Class::Right
        };
        (class, one, other)
    };
    (0..MEASUREMENTS).map(case).collect()
}

/// The comparison of digests alone.
fn equal_or_different_digest(runner: &mut CtRunner, rng: &mut BenchRng) {
    for (class, one, other) in digests(rng) {
        let (one, other) = (KeyDigest::from_bytes(one), KeyDigest::from_bytes(other));
        runner.run_one(class, || {
            let mut verdict = false;
            for _ in 0..REPEATED {
                verdict ^= *black_box(&one) == *black_box(&other);
            }
            verdict
        });
    }
}

/// The counter-check: the same digests compared byte by byte until two differ.
fn leaky_comparison(runner: &mut CtRunner, rng: &mut BenchRng) {
    for (class, one, other) in digests(rng) {
        runner.run_one(class, || {
            let mut verdict = false;
            for _ in 0..REPEATED {
                verdict ^= black_box(&one).iter().zip(black_box(&other)).all(|(one, other)| one == other);
            }
            verdict
        });
    }
}

/// The comparison of two keys as they are held, `OperatorKey == OperatorKey`: equal, against
/// different in the last character of the secret.
fn equal_or_different_operator_key(runner: &mut CtRunner, rng: &mut BenchRng) {
    let format = format();
    let case = |_| {
        let (mut id, mut secret) = ([0; 10], [0; 22]);
        rng.fill_bytes(&mut id);
        rng.fill_bytes(&mut secret);
        let one = generate(&format, &secret, &id);
        let class = if rng.random() {
            Class::Left
        } else {
            secret[21] ^= 1;
            Class::Right
        };
        let other = generate(&format, &secret, &id);
        let held = |text| format.read_operator_key(text).expect("a key");
        (class, held(one), held(other))
    };
    let keys: Vec<_> = (0..MEASUREMENTS / 2).map(case).collect();
    for (class, one, other) in keys {
        runner.run_one(class, || {
            let mut verdict = false;
            for _ in 0..REPEATED {
                verdict ^= *black_box(&one) == *black_box(&other);
            }
            verdict
        });
    }
}

ctbench_main!(
    right_or_wrong_key,
    known_or_unknown_id,
    equal_or_different_digest,
    equal_or_different_operator_key,
    leaky_comparison
);
