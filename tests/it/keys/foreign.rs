//! Credentials that were issued elsewhere.

use keyward::key::{ForeignFormat, KeyDigest, KeyId, KeyKind, ParseKeyError};

use super::{acme, acme_with_foreign, bytes_of, entropy, operator_key, pepper};

#[test]
fn foreign_credentials_are_accepted_as_they_are_and_no_others() {
    let cases = [
        ("eighty letters and digits", "aZ9".repeat(27)[..80].to_owned(), true),
        ("one fewer", "a".repeat(79), false),
        ("one more", "a".repeat(81), false),
        ("a separator", format!("{}_", "a".repeat(79)), false),
        ("a hyphen", format!("{}-", "a".repeat(79)), false),
        ("a space", format!("{} ", "a".repeat(79)), false),
        ("eighty bytes, fewer characters", format!("{}\u{E9}", "a".repeat(78)), false),
        ("begins with the prefix", format!("acme{}", "a".repeat(76)), true),
        ("begins as a key does", format!("acme_op_{}", "a".repeat(72)), false),
        ("nothing", String::new(), false),
    ];
    for (note, text, accepted) in cases {
        assert_eq!(acme_with_foreign().parse(&text).is_ok(), accepted, "{note}");
        assert!(acme().parse(&text).is_err(), "{note}: off by default");
    }
}

#[test]
fn a_foreign_length_never_lets_in_what_is_nearly_an_own_key() {
    let own = operator_key(bytes_of(9));
    let format = acme().accept_foreign(ForeignFormat::alphanumeric(own.len()).unwrap());
    assert_eq!(format.parse(&own).unwrap().kind(), Some(KeyKind::OperatorKey));
    let mistyped = own.replacen("_op_", "_at_", 1);
    assert_eq!(format.parse(&mistyped).unwrap_err(), ParseKeyError::ChecksumDiffers);
    let foreign = own.replace('_', "x");
    assert_eq!(format.parse(&foreign).unwrap().kind(), None);
}

#[test]
fn an_imported_id_gives_the_digest_away_in_no_form() {
    let text = "x7".repeat(40);
    let presented = acme_with_foreign();
    let presented = presented.parse(&text).unwrap();
    let digest = KeyDigest::of(&text, None);
    assert_eq!(presented.id(), KeyId::of_imported(&digest));
    assert_eq!(presented.digest(None), digest);
    assert_eq!(presented.digest(Some(&pepper(1))), KeyDigest::of(&text, Some(&pepper(1))));
    assert!(!digest.to_hex().contains(presented.id().as_str()));
    // The id that the digest's own first bytes would make.
    let mut bytes = [1; 32];
    bytes[22..].copy_from_slice(&digest.to_bytes()[..10]);
    let of_digest = acme().generate_operator_key(entropy(bytes), None).id;
    assert_ne!(presented.id(), of_digest);
}

#[test]
fn an_imported_id_is_the_keyed_hash_cut_short() {
    let digest = KeyDigest::of("a credential", None);
    let hash = blake3::keyed_hash(b"keyward: id of an imported key 1", &digest.to_bytes());
    // Of a key's entropy the last ten bytes make the id.
    let mut bytes = [1; 32];
    bytes[22..].copy_from_slice(&hash.as_bytes()[..10]);
    let expected = acme().generate_operator_key(entropy(bytes), None).id;
    assert_eq!(KeyId::of_imported(&digest), expected);
}

#[test]
fn imported_ids_are_pinned() {
    // Another value would lose every credential that was imported.
    let digest = KeyDigest::of(&"x7".repeat(40), None);
    assert_eq!(KeyId::of_imported(&digest).as_str(), "3FMRZV7ePIjelc");
}
