//! No slip of the finger makes a key of a key.

use keyward::key::KeyKind;
use proptest::prelude::*;

use super::{access_token, acme, acme_with_foreign, bytes_of, operator_key};

/// What can come by mistake: all that keys are made of, and some that they are not.
const TYPED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- .,+/=\0\u{E9}";

/// Every text that is one slip away from `text`.
fn slips(text: &str) -> Vec<(&'static str, String)> {
    let mut slips = Vec::new();
    let mut slip = |what, at: usize, between: &str, from: usize| {
        let changed = format!("{}{between}{}", &text[..at], &text[from..]);
        if changed != text {
            slips.push((what, changed));
        }
    };
    for at in 0..text.len() {
        let here = &text[at..=at];
        slip("dropped", at, "", at + 1);
        slip("doubled", at, &here.repeat(2), at + 1);
        slip("case changed", at, &here.to_ascii_uppercase(), at + 1);
        slip("case changed", at, &here.to_ascii_lowercase(), at + 1);
        slip("cut short", at, "", text.len());
        slip("begun late", 0, "", at + 1);
        for typed in TYPED.split("").filter(|typed| !typed.is_empty()) {
            slip("mistyped", at, typed, at + 1);
            slip("inserted", at, typed, at);
        }
        if let Some(next) = text.get(at + 1..at + 2) {
            slip("transposed", at, &format!("{next}{here}"), at + 2);
        }
    }
    for typed in TYPED.split("") {
        slip("added", text.len(), typed, text.len());
    }
    slips
}

#[test]
fn every_slip_is_refused() {
    for seed in 0..8 {
        for text in [operator_key(bytes_of(seed)), access_token(bytes_of(seed))] {
            for (what, changed) in slips(&text) {
                assert!(acme().parse(&changed).is_err(), "{what}: {text} {changed}");
            }
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let text = operator_key(bytes_of(2));
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(acme_with_foreign().parse(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn neighbours_at_the_checksum_do_not_change_places() {
    // The one transposition that a CRC alone does not rule out, since it is half inside it.
    for seed in 0..20_000 {
        let text = operator_key(bytes_of(seed));
        let (head, tail) = text.split_at(text.len() - 7);
        let (swapped, rest) = (tail[..2].chars().rev().collect::<String>(), &tail[2..]);
        let changed = format!("{head}{swapped}{rest}");
        assert!(changed == text || acme().parse(&changed).is_err(), "{changed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_slip_in_any_key_is_accepted(bytes: [u8; 32], kind in prop::sample::select(&KeyKind::ALL)) {
        prop_assume!(bytes != [0; 32]);
        let text = match kind {
            KeyKind::OperatorKey => operator_key(bytes),
            KeyKind::AccessToken => access_token(bytes),
        };
        for (what, changed) in slips(&text) {
            prop_assert!(acme_with_foreign().parse(&changed).is_err(), "{what}: {text} {changed}");
        }
    }
}
