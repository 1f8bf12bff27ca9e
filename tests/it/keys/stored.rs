//! What is kept of a key: id, kind and digest.

use keyward::key::{KeyDigest, KeyId, KeyKind, Pepper};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::pepper;

#[test]
fn digests_are_plain_blake3() {
    // The test vectors of BLAKE3: no input, and `abc`.
    for (text, hex) in [
        ("", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        ("abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
    ] {
        assert_eq!(KeyDigest::of(text, None).to_hex(), hex);
    }
}

#[test]
fn a_pepper_changes_every_digest() {
    fn digest(pepper: Option<&Pepper>) -> KeyDigest {
        KeyDigest::of("a", pepper)
    }

    assert_eq!(digest(Some(&pepper(1))), digest(Some(&pepper(1))));
    assert_ne!(digest(Some(&pepper(1))), digest(Some(&pepper(2))));
    assert_ne!(digest(Some(&pepper(1))), digest(None));
}

#[test]
fn digests_that_differ_anywhere_differ() {
    let base = [0x5A; 32];
    for bit in 0..256 {
        let mut bytes = base;
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (one, other) = (KeyDigest::from_bytes(base), KeyDigest::from_bytes(bytes));
        assert_ne!(one, other, "bit {bit}");
        assert!(!one.matches(Some(&other)), "bit {bit}");
    }
}

#[test]
fn nothing_matches_what_is_not_there() {
    let digest = KeyDigest::of("a", None);
    assert!(digest.matches(Some(&digest.clone())));
    assert!(!digest.matches(None));
    assert!(!KeyDigest::DUMMY.matches(None), "not even the dummy");
    assert_eq!(&KeyDigest::DUMMY.to_bytes(), b"keyward: no key has this digest.");
}

#[test]
fn only_what_was_written_is_read() {
    let (hex, id) = ("0123456789abcdef".repeat(4), "3Mzw0NkSqrzDXX");
    let digests = [
        ("as written", json!(hex), true),
        ("capitals", json!(hex.to_uppercase()), false),
        ("one short", json!(hex[1..]), false),
        ("one long", json!(format!("{hex}0")), false),
        ("a space", json!(format!("{} ", &hex[1..])), false),
        ("no digit", json!(hex.replace('0', "g")), false),
        ("a sign", json!(hex.replace('0', "+")), false),
        ("two bytes for one character", json!(hex.replacen("01", "\u{E9}", 1)), false),
        ("bytes", json!(vec![7; 32]), false),
        ("a number", json!(7), false),
        ("null", Value::Null, false),
        ("an object", json!({ "digest": hex }), false),
    ];
    for (note, value, read) in digests {
        assert_eq!(serde_json::from_value::<KeyDigest>(value).is_ok(), read, "digest: {note}");
    }
    let ids = [
        ("as written", json!(id), true),
        ("one short", json!(id[1..]), false),
        ("one long", json!(format!("{id}0")), false),
        ("the separator", json!(id.replace('M', "_")), false),
        ("a wildcard", json!("*"), false),
        ("empty", json!(""), false),
        ("no letter of ASCII", json!(id.replacen("3M", "\u{E9}", 1)), false),
        ("a number of as many digits", json!(12_345_678_901_234_u64), false),
        ("a list", json!([id]), false),
    ];
    for (note, value, read) in ids {
        assert_eq!(serde_json::from_value::<KeyId>(value).is_ok(), read, "id: {note}");
    }
    let kinds = [
        ("operator key", json!("operatorKey"), Some(KeyKind::OperatorKey)),
        ("access token", json!("accessToken"), Some(KeyKind::AccessToken)),
        ("the tag", json!("op"), None),
        ("capitals", json!("OperatorKey"), None),
        ("a number", json!(0), None),
        ("an object, as serde writes variants", json!({ "operatorKey": null }), None),
    ];
    for (note, value, kind) in kinds {
        assert_eq!(serde_json::from_value::<KeyKind>(value).ok(), kind, "kind: {note}");
    }
}

#[test]
fn what_cannot_be_read_is_not_repeated() {
    // serde's own words would be: invalid type: integer `4242424242`, expected a string.
    let cases = ["4242424242", "-4242424242", "42424242.42", "1e42", "true", "\"4242424242\""];
    for json in cases {
        for message in [
            serde_json::from_str::<KeyDigest>(json).unwrap_err().to_string(),
            serde_json::from_str::<KeyId>(json).unwrap_err().to_string(),
            serde_json::from_str::<KeyKind>(json).unwrap_err().to_string(),
        ] {
            assert!(!message.contains("42") && !message.contains("true"), "{message}");
        }
    }
    assert_eq!(
        serde_json::from_value::<KeyDigest>(json!(true)).unwrap_err().to_string(),
        "expected 64 hexadecimal digits in lower case",
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read(bytes: [u8; 32], id in "[0-9A-Za-z]{14}") {
        let digest = KeyDigest::from_bytes(bytes);
        prop_assert_eq!(digest.to_bytes(), bytes);
        prop_assert_eq!(&KeyDigest::from_hex(&digest.to_hex()).unwrap(), &digest);
        let json = serde_json::to_value(&digest).unwrap();
        prop_assert_eq!(&json, &json!(digest.to_hex()));
        prop_assert_eq!(&serde_json::from_value::<KeyDigest>(json).unwrap(), &digest);

        let id: KeyId = id.parse().unwrap();
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        let json = serde_json::to_value(id).unwrap();
        prop_assert_eq!(serde_json::from_value::<KeyId>(json).unwrap(), id);
        for kind in KeyKind::ALL {
            let json = serde_json::to_value(kind).unwrap();
            prop_assert_eq!(serde_json::from_value::<KeyKind>(json).unwrap(), kind);
        }
    }
}

#[test]
fn a_kind_is_named_for_keys_and_for_logs() {
    let named: Vec<_> = KeyKind::ALL.into_iter().map(|kind| (kind.tag(), kind.to_string())).collect();
    assert_eq!(named, [("op", "operator key".to_owned()), ("at", "access token".to_owned())]);
}
