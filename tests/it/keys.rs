//! Keys: their text form, what is refused, what never leaves them.

#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]

mod foreign;
mod form;
mod generation;
mod mutation;
mod redaction;
mod stored;

use keyward::key::{ForeignFormat, KeyEntropy, KeyFormat, KeyPrefix, Pepper};

fn acme() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn acme_with_foreign() -> KeyFormat {
    acme().accept_foreign(ForeignFormat::EVRYTHNG)
}

fn entropy(mut bytes: [u8; 32]) -> KeyEntropy {
    KeyEntropy::take(&mut bytes).unwrap()
}

fn operator_key(bytes: [u8; 32]) -> String {
    let new = acme().generate_operator_key(entropy(bytes), None);
    new.key.reveal().to_owned()
}

fn access_token(bytes: [u8; 32]) -> String {
    let new = acme().generate_access_token(entropy(bytes), None);
    new.key.reveal().to_owned()
}

fn pepper(byte: u8) -> Pepper {
    Pepper::take(&mut [byte; 32]).unwrap()
}

/// Bytes that look random and are the same in every run (splitmix64).
fn bytes_of(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (step, chunk) in (1..).zip(bytes.chunks_exact_mut(8)) {
        let mut z = (seed.wrapping_mul(4).wrapping_add(step)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    bytes
}
