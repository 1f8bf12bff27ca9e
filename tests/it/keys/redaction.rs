//! What must not get out, and that it doesn't.

use std::fmt::{Debug, Display};

use keyward::key::{
    AccessToken, EntropyError, ForeignFormat, ForeignFormatError, KeyDigest, KeyDigestError, KeyEntropy, KeyFormat,
    KeyId, KeyIdError, KeyKind, KeyPrefix, KeyPrefixError, NewKey, OperatorKey, ParseKeyError, Pepper, PresentedKey,
};
use proptest::prelude::*;

use super::{acme, acme_with_foreign, bytes_of, entropy};

#[test]
fn debug_texts_are_pinned() {
    let new = acme().generate_operator_key(entropy(bytes_of(4)), None);
    let id = new.id;
    let token = acme().generate_access_token(entropy(bytes_of(4)), None).key;
    let credential = "x7".repeat(40);
    let format = acme_with_foreign();
    let own = format.parse(new.key.reveal()).unwrap();
    let foreign = format.parse(&credential).unwrap();
    let cases: [(&dyn Debug, String); 9] = [
        (&new.key, format!("OperatorKey {{ id: KeyId(\"{id}\"), secret: [redacted] }}")),
        (&token, format!("AccessToken {{ id: KeyId(\"{id}\"), secret: [redacted] }}")),
        (
            &own,
            format!(
                "PresentedKey {{ kind: Some(OperatorKey), id: KeyId(\"{id}\"), \
                 secret: [redacted] }}"
            ),
        ),
        (&foreign, format!("PresentedKey {{ kind: None, id: KeyId(\"{}\"), secret: [redacted] }}", foreign.id())),
        (&new.digest, "KeyDigest([redacted])".into()),
        (&entropy([1; 32]), "KeyEntropy([redacted])".into()),
        (&super::pepper(1), "Pepper([redacted])".into()),
        (&id, format!("KeyId(\"{id}\")")),
        (
            &new,
            format!(
                "NewKey {{ key: OperatorKey {{ id: KeyId(\"{id}\"), secret: [redacted] }}, \
                 id: KeyId(\"{id}\"), digest: KeyDigest([redacted]) }}"
            ),
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(format!("{value:?}"), expected);
    }
}

/// Whether an output holds eight characters in a row of a secret text, or four bytes in a row of
/// a secret, written as a list of numbers.
fn shows(output: &str, texts: &[&str], bytes: &[[u8; 32]]) -> bool {
    let text = |text: &&str| {
        let windows = 0..text.len().saturating_sub(7);
        windows.into_iter().any(|at| output.contains(&text[at..at + 8]))
    };
    let flat = output.replace(char::is_whitespace, "");
    let list = |bytes: &[u8; 32]| {
        bytes.windows(4).any(|window| {
            let decimal = format!("{window:?}").replace(' ', "");
            flat.contains(decimal.trim_matches(['[', ']']))
        })
    };
    texts.iter().any(text) || bytes.iter().any(list)
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let secret = [200, 201, 202, 203].repeat(8).try_into().unwrap();
    assert!(shows("is 3456789a", &["0123456789abc"], &[]));
    assert!(!shows("is 3456789", &["0123456789abc"], &[]));
    assert!(shows(&format!("{secret:#?}"), &[], &[secret]));
    assert!(!shows("200", &[], &[secret]));
}

fn outputs(values: &[&dyn Debug]) -> Vec<String> {
    let both = |value: &&dyn Debug| [format!("{value:?}"), format!("{value:#?}")];
    values.iter().flat_map(both).collect()
}

fn error_outputs<E: Display + Debug>(error: Option<E>) -> Vec<String> {
    let all = |error| [format!("{error}"), format!("{error:?}"), format!("{error:#?}")];
    error.into_iter().flat_map(all).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_output_holds_a_secret(seed: u64, at in 0_usize..59) {
        let (bytes, pepper_bytes) = (bytes_of(seed), bytes_of(!seed));
        let pepper = Pepper::take(&mut pepper_bytes.clone()).unwrap();
        let format = acme_with_foreign();
        let new = format.generate_operator_key(entropy(bytes), Some(&pepper));
        let token = format.generate_access_token(entropy(bytes), None);
        let (text, other) = (new.key.reveal(), token.key.reveal());
        let credential = format!("{}{}", &text[23..], &"x7".repeat(40)[..44]);

        // Not the prefix and the id, which are public.
        let (hex, unkeyed) = (new.digest.to_hex(), token.digest.to_hex());
        let secrets = [&text[23..], &other[23..], &credential, &hex, &unkeyed];
        let secret_bytes = [
            bytes, pepper_bytes, new.digest.to_bytes(), token.digest.to_bytes(),
        ];

        let mut all = outputs(&[
            &new, &token, &pepper, &entropy(bytes), &format,
            &format.parse(text), &format.parse(other), &format.parse(&credential),
            &format.parse_kind(KeyKind::AccessToken, text),
            &format.read_operator_key(text.to_owned()),
            &format.read_operator_key(other.to_owned()),
        ]);

        // Whatever reads a text, given a key that is wrong at one place, or a key where none
        // belongs.
        let mistyped = format!("{}+{}", &text[..at], &text[at + 1..]);
        for wrong in [&mistyped, text, &text[1..], &text[23..], &credential, &hex.to_uppercase()] {
            all.extend(error_outputs(format.parse(wrong).err()));
            all.extend(error_outputs(acme().read_operator_key(wrong.to_owned()).err()));
            all.extend(error_outputs(KeyId::parse(wrong).err()));
            all.extend(error_outputs(KeyDigest::from_hex(wrong).err()));
            all.extend(error_outputs(KeyPrefix::new(wrong).err()));
            for json in [
                serde_json::json!(wrong),
                serde_json::json!([wrong]),
                serde_json::json!({ wrong: wrong }),
            ] {
                all.extend(error_outputs(serde_json::from_value::<KeyId>(json.clone()).err()));
                all.extend(error_outputs(serde_json::from_value::<KeyKind>(json.clone()).err()));
                all.extend(error_outputs(serde_json::from_value::<KeyDigest>(json.clone()).err()));
                let json = json.to_string();
                all.extend(error_outputs(serde_json::from_str::<KeyId>(&json).err()));
                all.extend(error_outputs(serde_json::from_str::<KeyKind>(&json).err()));
                all.extend(error_outputs(serde_json::from_str::<KeyDigest>(&json).err()));
            }
        }

        all.sort();
        all.dedup();
        for output in all {
            prop_assert!(!shows(&output, &secrets, &secret_bytes), "{}", output);
        }
    }
}

#[test]
fn all_types_cross_threads() {
    fn assert_send_sync<T: Send + Sync>() {}

    assert_send_sync::<AccessToken>();
    assert_send_sync::<EntropyError>();
    assert_send_sync::<ForeignFormat>();
    assert_send_sync::<ForeignFormatError>();
    assert_send_sync::<KeyDigest>();
    assert_send_sync::<KeyDigestError>();
    assert_send_sync::<KeyEntropy>();
    assert_send_sync::<KeyFormat>();
    assert_send_sync::<KeyId>();
    assert_send_sync::<KeyIdError>();
    assert_send_sync::<KeyKind>();
    assert_send_sync::<KeyPrefix>();
    assert_send_sync::<KeyPrefixError>();
    assert_send_sync::<NewKey<OperatorKey>>();
    assert_send_sync::<OperatorKey>();
    assert_send_sync::<ParseKeyError>();
    assert_send_sync::<Pepper>();
    assert_send_sync::<PresentedKey<'static>>();
}
