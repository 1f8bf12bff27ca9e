//! Making keys: what becomes of the entropy.

use keyward::key::{AccessToken, EntropyError, KeyEntropy, KeyFormat, KeyPrefix, OperatorKey};
use proptest::prelude::*;

use super::{access_token, acme, bytes_of, entropy, operator_key};

#[test]
fn entropy_and_text_are_tied_for_good() {
    // Computed with other means: long division of big integers and another CRC-32.
    let mut bytes = [0; 32];
    for (at, byte) in (0..).zip(&mut bytes) {
        *byte = at;
    }
    assert_eq!(operator_key(bytes), "acme_op_0WKhqwV2BU8qw3_000aoTeCmZZmK3mmfHwCoSC16fIvB73wkKyo",);
    assert_eq!(access_token([0xFF; 32]), "acme_at_62iEp5bu9VZbsV_A2kL32r9ku6HrcANr3ayRQDYSUT3Z10e6nQb",);
}

#[test]
fn blank_entropy_is_refused() {
    let mut bytes = bytes_of(5);
    assert!(KeyEntropy::take(&mut bytes).is_ok());
    assert_eq!(bytes, [0; 32]);
    assert_eq!(KeyEntropy::take(&mut bytes).unwrap_err(), EntropyError::Blank);
}

#[cfg(feature = "rand_core")]
#[test]
fn entropy_comes_from_any_generator() {
    use rand_core::{TryCryptoRng, TryRng};

    #[derive(Debug)]
    struct Failed;

    impl core::fmt::Display for Failed {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("failed")
        }
    }

    impl core::error::Error for Failed {}

    /// Yields one byte, over and over, or fails.
    struct Constant(Option<u8>);

    impl TryRng for Constant {
        type Error = Failed;

        fn try_next_u32(&mut self) -> Result<u32, Failed> {
            self.0.map(u32::from).ok_or(Failed)
        }

        fn try_next_u64(&mut self) -> Result<u64, Failed> {
            self.0.map(u64::from).ok_or(Failed)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
            bytes.fill(self.0.ok_or(Failed)?);
            Ok(())
        }
    }

    impl TryCryptoRng for Constant {}

    let drawn = KeyEntropy::from_rng(&mut Constant(Some(7))).unwrap();
    let key = acme().generate_operator_key(drawn, None).key;
    assert_eq!(key.reveal(), operator_key([7; 32]));
    let failing = KeyEntropy::from_rng(&mut Constant(None));
    assert_eq!(failing.unwrap_err(), EntropyError::Source);
    let stuck = KeyEntropy::from_rng(&mut Constant(Some(0)));
    assert_eq!(stuck.unwrap_err(), EntropyError::Blank);
}

#[cfg(feature = "getrandom")]
#[test]
fn entropy_comes_from_the_operating_system() {
    let draw = || acme().generate_access_token(KeyEntropy::from_os().unwrap(), None);
    let (one, other) = (draw(), draw());
    assert_ne!(one.key, other.key);
    assert_ne!(one.id, other.id);
}

#[test]
fn equal_keys_are_equal_and_others_are_not() {
    let key = |seed| -> OperatorKey { acme().generate_operator_key(entropy(bytes_of(seed)), None).key };
    let token = |seed| -> AccessToken { acme().generate_access_token(entropy(bytes_of(seed)), None).key };
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
    let long = KeyFormat::new(KeyPrefix::new("acmes").unwrap());
    let long = long.generate_operator_key(entropy(bytes_of(1)), None).key;
    assert_ne!(key(1), long, "of another length");
}

#[test]
fn every_bit_of_entropy_counts_and_none_for_both() {
    let base = bytes_of(11);
    let id = |text: &str| text["acme_op_".len()..][..14].to_owned();
    let secret = |text: &str| text["acme_op_".len() + 15..][..30].to_owned();
    let before = operator_key(base);
    for bit in 0..256 {
        let mut bytes = base;
        bytes[bit / 8] ^= 1 << (bit % 8);
        let after = operator_key(bytes);
        let of_the_secret = bit < 22 * 8;
        assert_eq!(secret(&before) != secret(&after), of_the_secret, "bit {bit}");
        assert_eq!(id(&before) != id(&after), !of_the_secret, "bit {bit}");
    }
}

#[test]
fn no_digit_is_favoured() {
    // Chi-squared over 62 digits in each place but the first ones of id and secret, which hold the
    // rest of a power of two and are not uniform. With 61 degrees of freedom, 130 is passed by
    // chance once in a million.
    const KEYS: u32 = 20_000;
    let mut counts = vec![[0_u32; 128]; 59];
    for seed in 0..KEYS {
        for (place, byte) in operator_key(bytes_of(u64::from(seed))).bytes().enumerate() {
            counts[place][usize::from(byte)] += 1;
        }
    }
    let expected = f64::from(KEYS) / 62.0;
    for place in (9..22).chain(24..53) {
        let squares = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
        let sum: f64 = counts[place].iter().filter(|count| **count > 0).map(squares).sum();
        assert!(sum < 130.0, "place {place}: {sum}");
    }
}

proptest! {
    #[test]
    fn entropies_that_differ_make_keys_that_differ(bytes: [u8; 32], other: [u8; 32]) {
        prop_assume!(bytes != other && bytes != [0; 32] && other != [0; 32]);
        prop_assert_ne!(operator_key(bytes), operator_key(other));
    }
}
