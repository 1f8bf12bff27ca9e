//! The values of `WWW-Authenticate`, and what can't get into them.

use keyward::http::{Challenge, ChallengeError, ErrorCode, Scope};
use proptest::prelude::*;

#[test]
fn values_are_those_of_rfc_6750() {
    let challenge = Challenge::new("example").unwrap();
    let cases = [
        (None, r#"Bearer realm="example""#),
        (Some(ErrorCode::InvalidRequest), r#"Bearer realm="example", error="invalid_request""#),
        (Some(ErrorCode::InvalidToken), r#"Bearer realm="example", error="invalid_token""#),
        (Some(ErrorCode::InsufficientScope), r#"Bearer realm="example", error="insufficient_scope""#),
    ];
    for (code, expected) in cases {
        assert_eq!(challenge.value(code), expected);
    }
    assert_eq!(
        challenge.insufficient_scope(Scope::new("thngs:read,list products:*").unwrap()),
        r#"Bearer realm="example", error="insufficient_scope", scope="thngs:read,list products:*""#,
    );
    let statuses = [ErrorCode::InvalidRequest, ErrorCode::InvalidToken, ErrorCode::InsufficientScope];
    assert_eq!(statuses.map(ErrorCode::status), [400, 401, 403]);
}

#[test]
fn nothing_ends_the_quotes() {
    let long = "r".repeat(129);
    for realm in ["", "a\"b", "a\\", "a\r\nSet-Cookie: x=y", "a\0", "a\tb", "caf\u{e9}", "\u{7f}", &long] {
        assert!(matches!(Challenge::new(realm), Err(ChallengeError::Realm(_))), "{realm:?}");
    }
    assert!(Challenge::new("Products of ACME, Ltd.").is_ok());
    for scope in ["", " ", "a  b", " a", "a ", "a\"", "a\\b", "a\nb", "\u{e9}"] {
        assert!(matches!(Scope::new(scope), Err(ChallengeError::Scope(_))), "{scope:?}");
    }
    assert_eq!(
        Challenge::new("a\r\nb").unwrap_err().to_string(),
        "realm `a\\r\\nb` is not 1 to 128 printable ASCII characters without quotes and backslashes",
    );
}

proptest! {
    #[test]
    fn a_value_is_one_line_with_paired_quotes(realm in any::<String>(), scope in any::<String>()) {
        if let (Ok(challenge), Ok(scope)) = (Challenge::new(&realm), Scope::new(&scope)) {
            let value = challenge.insufficient_scope(scope);
            prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(value.matches('"').count(), 6);
        }
    }

    #[test]
    fn printable_realms_are_taken(realm in r"[ !#-\[\]-~]{1,128}") {
        prop_assert!(Challenge::new(&realm).is_ok());
    }
}
