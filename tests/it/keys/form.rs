//! What is a key, and what is none.

use ParseKeyError::{ChecksumDiffers, Malformed, OtherPrefix};
use keyward::key::{
    EntropyError, ForeignFormat, KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix, ParseKeyError, Pepper,
};
use proptest::prelude::*;

use super::{access_token, acme, acme_with_foreign, bytes_of, entropy, operator_key, pepper};

/// A key that was issued once. It pins the form: if it is refused, so are all that were issued.
const ISSUED: &str = "acme_op_3Mzw0NkSqrzDXX_9YajMPFEdB2muDN5EH25lP8sYQwXcs4SqNwq";
const ISSUED_TOKEN: &str = "acme_at_0uzEBVH9aI3q95_2CEr6ANX1AbxMGLs13OuXVWp4cKACi41lXR3";

#[test]
fn what_was_issued_is_accepted() {
    for (text, kind, id) in
        [(ISSUED, KeyKind::OperatorKey, "3Mzw0NkSqrzDXX"), (ISSUED_TOKEN, KeyKind::AccessToken, "0uzEBVH9aI3q95")]
    {
        for format in [acme(), acme_with_foreign()] {
            let presented = format.parse(text).unwrap();
            assert_eq!(presented.kind(), Some(kind));
            assert_eq!(presented.id().as_str(), id);
            assert_eq!(presented.reveal(), text);
            assert_eq!(presented.digest(None), KeyDigest::of(text, None));
        }
    }
}

type Refusal = (&'static str, String, ParseKeyError);

fn changed(from: &str, to: &str) -> String {
    assert!(ISSUED.contains(from));
    ISSUED.replacen(from, to, 1)
}

fn assert_refused(cases: &[Refusal]) {
    for (note, text, expected) in cases {
        for format in [acme(), acme_with_foreign()] {
            assert_eq!(format.parse(text).unwrap_err(), *expected, "{note}");
        }
    }
}

#[test]
fn a_piece_of_a_key_is_none() {
    assert_refused(&[
        ("nothing", String::new(), OtherPrefix),
        ("a space", " ".into(), OtherPrefix),
        ("the prefix alone", "acme".into(), OtherPrefix),
        ("the prefix and the separator", "acme_".into(), Malformed),
        ("up to the kind", "acme_op".into(), Malformed),
        ("up to the id", "acme_op_".into(), Malformed),
        ("no secret", "acme_op_3Mzw0NkSqrzDXX_".into(), Malformed),
        ("separators only", "acme____".into(), Malformed),
        ("no checksum", ISSUED[..ISSUED.len() - 6].into(), Malformed),
    ]);
}

#[test]
fn nothing_stands_around_a_key() {
    assert_refused(&[
        ("a leading space", format!(" {ISSUED}"), OtherPrefix),
        ("a trailing space", format!("{ISSUED} "), Malformed),
        ("a trailing tab", format!("{ISSUED}\t"), Malformed),
        ("a trailing line feed", format!("{ISSUED}\n"), Malformed),
        ("a trailing NUL", format!("{ISSUED}\0"), Malformed),
        ("a no-break space behind", format!("{ISSUED}\u{A0}"), Malformed),
        ("a byte order mark before", format!("\u{FEFF}{ISSUED}"), OtherPrefix),
        ("in quotes", format!("\"{ISSUED}\""), OtherPrefix),
        ("the scheme with it", format!("Bearer {ISSUED}"), OtherPrefix),
        ("twice", format!("{ISSUED}{ISSUED}"), Malformed),
        ("two in a list", format!("{ISSUED},{ISSUED}"), Malformed),
        ("a mebibyte behind the prefix", format!("acme_{}", "x".repeat(1 << 20)), Malformed),
        ("a mebibyte behind the key", format!("{ISSUED}{}", "x".repeat(1 << 20)), Malformed),
        ("a mebibyte of letters", "x".repeat(1 << 20), OtherPrefix),
    ]);
}

#[test]
fn prefix_and_kind_are_as_issued() {
    assert_refused(&[
        ("capital prefix", changed("acme", "ACME"), OtherPrefix),
        ("capital letter in the prefix", changed("acme", "Acme"), OtherPrefix),
        ("all capitals", ISSUED.to_uppercase(), OtherPrefix),
        ("all small", ISSUED.to_lowercase(), ChecksumDiffers),
        ("another host", changed("acme", "acne"), OtherPrefix),
        ("a longer prefix", changed("acme", "acmes"), OtherPrefix),
        ("a shorter prefix", changed("acme", "acm"), OtherPrefix),
        ("a kind there isn't", changed("_op_", "_xx_"), Malformed),
        ("a kind in capitals", changed("_op_", "_OP_"), Malformed),
        ("no kind", changed("_op_", "_"), Malformed),
        ("the other kind, with this one's checksum", changed("_op_", "_at_"), ChecksumDiffers),
        ("a hyphen for a separator", changed("_op_", "-op-"), OtherPrefix),
    ]);
}

#[test]
fn id_secret_and_checksum_are_as_issued() {
    assert_refused(&[
        ("Cyrillic letter for a Latin one", changed("acme", "\u{430}cme"), OtherPrefix),
        ("full-width digit, as many characters", changed("3Mzw", "\u{FF13}Mzw"), Malformed),
        ("full-width digit, as many bytes", changed("3Mz", "\u{FF13}"), Malformed),
        ("combining mark", changed("3Mzw", "3M\u{301}w"), Malformed),
        ("percent-encoded", changed("_", "%5F"), OtherPrefix),
        ("a hyphen in the id", changed("3Mzw", "3M-w"), Malformed),
        ("a separator in the id", changed("3Mzw", "3M_w"), Malformed),
        ("a separator in the secret", changed("9Yaj", "9Y_j"), Malformed),
        ("NUL in the secret", changed("9Yaj", "9Y\0j"), Malformed),
        ("a separator in the checksum", changed("4SqN", "4_qN"), Malformed),
        ("a letter there isn't in the checksum", changed("4SqN", "4+qN"), Malformed),
        ("a checksum past 2^32", changed("4SqNwq", "zzzzzz"), ChecksumDiffers),
        ("another id", changed("3Mzw", "3Mzx"), ChecksumDiffers),
    ]);
}

#[test]
fn a_right_checksum_excuses_nothing() {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let with_checksum = |text: &str| {
        let mut rest = crc32fast::hash(text.as_bytes());
        let mut sum = [0; 6];
        for place in sum.iter_mut().rev() {
            *place = DIGITS[usize::try_from(rest % 62).unwrap()];
            rest /= 62;
        }
        format!("{text}{}", std::str::from_utf8(&sum).unwrap())
    };
    let (own, _) = ISSUED.split_at(ISSUED.len() - 6);
    assert_eq!(with_checksum(own), ISSUED);

    let cases = [
        ("another secret", "9Yaj", "9Yak", Ok(())),
        ("a kind there isn't", "_op_", "_ot_", Err(Malformed)),
        ("a separator in the id", "3Mzw", "3_zw", Err(Malformed)),
        ("a letter of two bytes in the id", "3Mzw", "3\u{E9}w", Err(Malformed)),
        ("a separator in the secret", "9Yaj", "9_aj", Err(Malformed)),
        ("a letter of two bytes in the secret", "9Yaj", "9\u{E9}j", Err(Malformed)),
        ("NUL in the secret", "9Yaj", "9\0aj", Err(Malformed)),
        ("a short id", "3Mzw", "3zw", Err(Malformed)),
        ("a long id", "3Mzw", "33Mzw", Err(Malformed)),
        ("a short secret", "9Yaj", "9aj", Err(Malformed)),
        ("a long secret", "9Yaj", "99Yaj", Err(Malformed)),
        ("another prefix", "acme", "acne", Err(OtherPrefix)),
    ];
    for (note, from, to, expected) in cases {
        let text = with_checksum(&own.replacen(from, to, 1));
        for format in [acme(), acme_with_foreign()] {
            assert_eq!(format.parse(&text).map(drop), expected, "{note}");
        }
    }
}

#[test]
fn a_key_of_one_host_is_none_of_another() {
    let prefixes = ["ac", "acm", "acme", "acme0", "acmeop", "op", "at", "x9", "a234567890123456"];
    for one in prefixes {
        let format = KeyFormat::new(KeyPrefix::new(one).unwrap());
        let new = format.generate_operator_key(entropy(bytes_of(1)), None);
        for other in prefixes {
            let format = KeyFormat::new(KeyPrefix::new(other).unwrap());
            assert_eq!(format.parse(new.key.reveal()).is_ok(), one == other, "{one} {other}");
        }
    }
}

#[test]
fn prefixes_that_could_be_misread_are_refused() {
    let cases = [
        ("empty", "", false),
        ("one letter", "a", false),
        ("two letters", "ab", true),
        ("a digit behind", "a1", true),
        ("a digit first", "1a", false),
        ("sixteen", "abcdefghijklmnop", true),
        ("seventeen", "abcdefghijklmnopq", false),
        ("the separator inside", "ac_me", false),
        ("the separator behind", "acme_", false),
        ("the separator before", "_acme", false),
        ("a capital", "acmE", false),
        ("a hyphen", "ac-me", false),
        ("a space", "ac me", false),
        ("a dot, which is a wildcard in the pattern", "ac.e", false),
        ("an accent", "acm\u{E9}", false),
        ("NUL", "acm\0", false),
    ];
    for (note, text, admitted) in cases {
        assert_eq!(KeyPrefix::new(text).is_ok(), admitted, "{note}");
        assert_eq!(text.parse::<KeyPrefix>().is_ok(), admitted, "{note}");
        assert_eq!(KeyPrefix::try_from(text).is_ok(), admitted, "{note}");
    }
}

#[test]
fn messages_are_pinned() {
    let cases = [
        (OtherPrefix.to_string(), "not a key of this host"),
        (Malformed.to_string(), "malformed key"),
        (ChecksumDiffers.to_string(), "mistyped key"),
        (ParseKeyError::OtherKind.to_string(), "key of the other kind"),
        (EntropyError::Blank.to_string(), "the bytes are all zero: never filled, or already used"),
        (EntropyError::Source.to_string(), "the source of entropy failed"),
        (KeyPrefix::new(ISSUED).unwrap_err().to_string(), "the prefix has a length of 59: it takes 2 to 16 characters"),
        (
            KeyPrefix::new("ac\tme").unwrap_err().to_string(),
            "the prefix `ac\\tme` has `\\t` at byte 2: \
             it takes `a` to `z` and, after the first, `0` to `9`",
        ),
        (
            ForeignFormat::alphanumeric(513).unwrap_err().to_string(),
            "credentials of 513 characters are not accepted: it takes 22 to 512",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(message, expected);
    }
}

#[test]
fn the_length_is_one_block_of_blake3_for_ordinary_prefixes() {
    for (prefix, length) in [("acme", 59), ("evrythngs", 64), ("abcdefghijklmnop", 71)] {
        let format = KeyFormat::new(KeyPrefix::new(prefix).unwrap());
        let new = format.generate_access_token(entropy(bytes_of(7)), None);
        assert_eq!(new.key.reveal().len(), length);
        assert!(length <= KeyFormat::MAX_LEN);
    }
}

#[test]
fn reading_allocates_nothing() {
    let (own, foreign) = (ISSUED, "x7".repeat(40));
    let format = acme_with_foreign();
    let pepper = pepper(3);
    for text in [own, &foreign, "acme_op_", "Bearer x", ""] {
        let info = allocation_counter::measure(|| {
            if let Ok(presented) = format.parse(text) {
                let digest = presented.digest(Some(&pepper));
                assert!(!digest.matches(None));
            }
        });
        assert_eq!(info.count_total, 0);
    }
}

#[test]
fn kinds_are_told_apart() {
    let (key, token) = (operator_key(bytes_of(3)), access_token(bytes_of(3)));
    let format = acme();
    assert!(format.parse_kind(KeyKind::OperatorKey, &key).is_ok());
    assert!(format.parse_kind(KeyKind::AccessToken, &token).is_ok());
    for (kind, text) in [(KeyKind::OperatorKey, &token), (KeyKind::AccessToken, &key)] {
        assert_eq!(format.parse_kind(kind, text).unwrap_err(), ParseKeyError::OtherKind);
    }
    assert_eq!(format.read_operator_key(token.clone()), Err(ParseKeyError::OtherKind));
    assert_eq!(format.read_access_token(key.clone()), Err(ParseKeyError::OtherKind));
    assert_eq!(format.read_operator_key(key.clone()).unwrap().reveal(), key);
    assert_eq!(format.read_access_token(token.clone()).unwrap().reveal(), token);

    let format = acme_with_foreign();
    let foreign = "x7".repeat(40);
    for kind in KeyKind::ALL {
        assert_eq!(format.parse_kind(kind, &foreign).unwrap().kind(), None);
    }
    assert_eq!(format.read_operator_key(foreign), Err(ParseKeyError::OtherKind));
}

#[test]
fn scanners_find_keys_by_the_pattern() {
    let format = acme();
    let find = |kind| regex::Regex::new(&format.pattern(kind)).unwrap();
    let source = format!("KEY={ISSUED}\ncurl -H 'Authorization: {ISSUED_TOKEN}' # acme_op_etc");
    for (kind, text) in [(KeyKind::OperatorKey, ISSUED), (KeyKind::AccessToken, ISSUED_TOKEN)] {
        let found: Vec<_> = find(kind).find_iter(&source).map(|found| found.as_str()).collect();
        assert_eq!(found, [text]);
        assert!(format.parse(found[0]).is_ok());
    }
}

proptest! {
    #[test]
    fn what_is_generated_is_read(bytes: [u8; 32], prefix in "[a-z][a-z0-9]{1,15}") {
        prop_assume!(bytes != [0; 32]);
        let format = KeyFormat::new(KeyPrefix::new(&prefix).unwrap());
        let pepper = pepper(9);
        let key = format.generate_operator_key(entropy(bytes), Some(&pepper));
        let token = format.generate_access_token(entropy(bytes), None);
        for (kind, text, id) in [
            (KeyKind::OperatorKey, key.key.reveal(), key.id),
            (KeyKind::AccessToken, token.key.reveal(), token.id),
        ] {
            let presented = format.parse(text).unwrap();
            prop_assert_eq!(presented.kind(), Some(kind));
            prop_assert_eq!(presented.id(), id);
            prop_assert_eq!(presented.reveal(), text);
            prop_assert!(text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()));
            let whole = regex::Regex::new(&format!("^{}$", format.pattern(kind))).unwrap();
            prop_assert!(whole.is_match(text));
        }
        let presented = format.parse(key.key.reveal()).unwrap();
        prop_assert!(presented.digest(Some(&pepper)).matches(Some(&key.digest)));
        prop_assert!(!presented.digest(None).matches(Some(&key.digest)));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        prop_assert!(acme_with_foreign().parse(&text).is_err());
    }

    #[test]
    fn any_text_behind_the_prefix_is_read_or_refused(text in "acme_(op|at)_[0-9A-Za-z_é]{40,60}") {
        prop_assert!(acme_with_foreign().parse(&text).is_err());
    }
}

#[test]
fn lengths_and_tags() {
    assert_eq!([KeyDigest::LEN, KeyEntropy::LEN, Pepper::LEN, KeyId::LEN, KeyFormat::MAX_LEN], [32, 32, 32, 14, 71]);
    assert_eq!((KeyPrefix::MIN_LEN, KeyPrefix::MAX_LEN), (2, 16));
    assert_eq!((ForeignFormat::MIN_LEN, ForeignFormat::MAX_LEN, ForeignFormat::EVRYTHNG.length()), (22, 512, 80));
    assert_eq!(KeyKind::ALL.map(KeyKind::tag), ["op", "at"]);
}

#[test]
fn what_is_no_id_and_no_digest_is_not_repeated() {
    let expected = "not the id of a key: 14 characters of `0-9A-Za-z` are expected";
    assert_eq!(KeyId::parse(ISSUED).unwrap_err().to_string(), expected);
    let expected = "not a digest: 64 hexadecimal digits in lower case are expected";
    assert_eq!(KeyDigest::from_hex(ISSUED).unwrap_err().to_string(), expected);
}

#[test]
fn the_last_character_cannot_change_places_with_the_first_of_the_checksum() {
    // The claim of `key::checksum`: the CRCs of two texts that differ in the lowest three bits of their last byte
    // differ in their lowest five bits.
    for difference in 1..8_u8 {
        for rest in [&b""[..], b"acme_op_", b"acme_at_0000"] {
            for last in 0..=u8::MAX {
                let mut text = rest.to_vec();
                text.push(last);
                let one = crc32fast::hash(&text);
                text.pop();
                text.push(last ^ difference);
                let other = crc32fast::hash(&text);
                assert_ne!(one & 31, other & 31, "{last} and {difference}");
            }
        }
    }
}
