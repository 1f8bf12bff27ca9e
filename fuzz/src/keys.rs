//! Keys: a text is one exactly if it has the form and the checksum.

use std::str;

use keyward::key::{ForeignFormat, KeyDigest, KeyEntropy, KeyFormat, KeyId, KeyKind, KeyPrefix, Pepper};

use crate::chosen::Chosen;

/// The first byte says what the others are: a text, or entropy for a key and changes of its characters.
pub fn key(bytes: &[u8]) {
    let Some((form, rest)) = bytes.split_first() else { return };
    match form % 3 {
        0 => {
            let Ok(text) = str::from_utf8(rest) else { return };
            any_text(text);
        }
        1 => changed(Chosen::new(rest), false),
        _ => changed(Chosen::new(rest), true),
    }
}

fn formats() -> [KeyFormat; 2] {
    let own = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    [own.clone(), own.accept_foreign(ForeignFormat::alphanumeric(22).unwrap())]
}

fn any_text(text: &str) {
    for (format, foreign) in formats().iter().zip([false, true]) {
        is_read(format, text, foreign && text.len() == 22 && is_digits(text));
    }
    if let Ok(prefix) = KeyPrefix::new(text) {
        assert_eq!((prefix.as_str(), &*prefix.to_string()), (text, text));
        let mut entropy = [7; 32];
        let new = KeyFormat::new(prefix).generate_operator_key(KeyEntropy::take(&mut entropy).unwrap(), None);
        assert!(is_key(text, new.key.reveal()));
    }
    assert_eq!(KeyId::parse(text).is_ok(), text.len() == 14 && is_digits(text));
    if let Ok(id) = KeyId::parse(text) {
        assert_eq!(id.as_str(), text);
    }
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match KeyDigest::from_hex(text) {
        Ok(digest) => {
            assert!(is_hex && digest.to_hex().eq_ignore_ascii_case(text), "{text}");
            assert!(digest.matches(Some(&digest)) && !digest.matches(None));
        }
        Err(_) => assert!(!is_hex || text.bytes().any(|byte| byte.is_ascii_uppercase()), "{text}"),
    }
}

fn is_read(format: &KeyFormat, text: &str, is_foreign: bool) {
    let is_own = is_key("acme", text);
    match format.parse(text) {
        Ok(presented) => {
            assert!(is_own || is_foreign, "{text:?}");
            assert_eq!(presented.reveal(), text);
            assert_eq!(presented.digest(None).to_hex(), KeyDigest::of(text, None).to_hex());
            assert!(!format!("{presented:?}").contains(text));
            if is_own {
                let (kind, id) = (&text[5..7], &text[8..22]);
                let kind = if kind == "op" { KeyKind::OperatorKey } else { KeyKind::AccessToken };
                assert_eq!((presented.kind(), presented.id().as_str()), (Some(kind), id));
                let other = KeyKind::ALL.into_iter().find(|other| *other != kind).unwrap();
                assert!(format.parse_kind(kind, text).is_ok() && format.parse_kind(other, text).is_err());
            }
        }
        Err(error) => {
            assert!(!is_own && !is_foreign, "{text:?}");
            assert!(text.len() < 32 || !error.to_string().contains(text), "no secret in an error");
        }
    }
}

fn changed(mut chosen: Chosen<'_>, peppered: bool) {
    let mut entropy: [u8; 32] = chosen.number();
    let mut of_pepper = [0x5A; 32];
    let pepper = Pepper::take(&mut of_pepper).ok().filter(|_| peppered);
    let Ok(entropy) = KeyEntropy::take(&mut entropy) else { return };
    let [format, _] = formats();
    let (text, id, digest) = if peppered {
        let new = format.generate_access_token(entropy, pepper.as_ref());
        (new.key.reveal().to_owned(), new.id, new.digest)
    } else {
        let new = format.generate_operator_key(entropy, pepper.as_ref());
        (new.key.reveal().to_owned(), new.id, new.digest)
    };
    let presented = format.parse(&text).unwrap();
    assert_eq!(presented.id(), id);
    assert!(presented.digest(pepper.as_ref()).matches(Some(&digest)));
    assert!(is_key("acme", &text));

    let mut altered = text.clone().into_bytes();
    for _ in 0..chosen.below(4) {
        let length = altered.len();
        let at = chosen.below(length);
        match chosen.below(4) {
            0 => altered[at] = chosen.number(),
            1 => {
                altered.remove(at);
            }
            2 => altered.insert(at, chosen.number()),
            _ => altered.swap(at, (at + 1) % length),
        }
    }
    let Ok(altered) = String::from_utf8(altered) else { return };
    is_read(&format, &altered, false);
    if let Ok(other) = format.parse(&altered)
        && altered != text
    {
        assert!(!other.digest(pepper.as_ref()).matches(Some(&digest)));
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The form of keys, with a checksum counted bit by bit.
fn is_key(prefix: &str, text: &str) -> bool {
    let Some(rest) = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else { return false };
    let parts: Vec<&str> = rest.split('_').collect();
    let ["op" | "at", id, secret] = parts[..] else { return false };
    if id.len() != 14 || secret.len() != 36 || !is_digits(id) || !is_digits(secret) {
        return false;
    }
    let (summed, sum) = text.split_at(text.len() - 6);
    let mut crc = u32::MAX;
    for byte in summed.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut number = u64::from(!crc);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(number % 62) as usize];
        number /= 62;
    }
    sum.as_bytes() == digits
}
