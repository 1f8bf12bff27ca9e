//! Keys: reading, digesting, comparing, making. `floor` is the one hash that nothing saves.
#![expect(clippy::expect_used, reason = "a measurement that can't be set up has to stop")]

use std::hint::black_box;

use divan::Bencher;
use keyward::key::{ForeignFormat, KeyDigest, KeyEntropy, KeyFormat, KeyPrefix, Pepper};

fn main() {
    divan::main();
}

fn format() -> KeyFormat {
    let prefix = KeyPrefix::new("acme").expect("a prefix");
    KeyFormat::new(prefix).accept_foreign(ForeignFormat::EVRYTHNG)
}

fn entropy() -> KeyEntropy {
    KeyEntropy::take(&mut [0x5A; 32]).expect("not blank")
}

fn key() -> String {
    let new = format().generate_operator_key(entropy(), None);
    new.key.reveal().to_owned()
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let (format, key) = (format(), key());
    bencher.bench_local(|| format.parse(black_box(&key)).map(|presented| presented.id()));
}

#[divan::bench]
fn parse_mistyped(bencher: Bencher<'_, '_>) {
    let (format, mut key) = (format(), key());
    key.replace_range(30..31, "0");
    bencher.bench_local(|| format.parse(black_box(&key)).is_err());
}

#[divan::bench]
fn parse_foreign(bencher: Bencher<'_, '_>) {
    let (format, key) = (format(), "x7".repeat(40));
    bencher.bench_local(|| format.parse(black_box(&key)).map(|presented| presented.id()));
}

#[divan::bench]
fn floor(bencher: Bencher<'_, '_>) {
    let key = key();
    bencher.bench_local(|| KeyDigest::of(black_box(&key), None));
}

#[divan::bench]
fn digests_match(bencher: Bencher<'_, '_>) {
    let (one, other) = (KeyDigest::of("a", None), KeyDigest::of("b", None));
    bencher.bench_local(|| black_box(&one).matches(Some(black_box(&other))));
}

#[divan::bench]
fn parse_digest_match(bencher: Bencher<'_, '_>) {
    let (format, key) = (format(), key());
    let stored = KeyDigest::of(&key, None);
    bencher.bench_local(|| {
        let presented = format.parse(black_box(&key)).expect("a key");
        presented.digest(None).matches(Some(black_box(&stored)))
    });
}

#[divan::bench]
fn parse_digest_match_with_pepper(bencher: Bencher<'_, '_>) {
    let (format, key) = (format(), key());
    let pepper = Pepper::take(&mut [0x17; 32]).expect("not blank");
    let stored = KeyDigest::of(&key, Some(&pepper));
    bencher.bench_local(|| {
        let presented = format.parse(black_box(&key)).expect("a key");
        presented.digest(Some(&pepper)).matches(Some(black_box(&stored)))
    });
}

#[divan::bench]
fn parse_digest_match_foreign(bencher: Bencher<'_, '_>) {
    let (format, key) = (format(), "x7".repeat(40));
    let stored = KeyDigest::of(&key, None);
    bencher.bench_local(|| {
        let presented = format.parse(black_box(&key)).expect("a key");
        presented.digest(None).matches(Some(black_box(&stored)))
    });
}

#[divan::bench]
fn generate(bencher: Bencher<'_, '_>) {
    let format = format();
    bencher.with_inputs(entropy).bench_local_values(|entropy| format.generate_operator_key(entropy, None));
}
