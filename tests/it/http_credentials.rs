//! Credentials from a request: what is taken, what is refused, and that nothing is repeated.

use keyward::http::{
    BrowserPolicy, Challenge, Credential, CredentialError, CredentialSource, ErrorCode, QueryParameter, credential,
};
use proptest::prelude::*;

type Lines<'a> = &'a [&'a [u8]];

const MISSING: Result<&str, CredentialError> = Err(CredentialError::Missing);
const SCHEME: Result<&str, CredentialError> = Err(CredentialError::UnsupportedScheme);
const AMBIGUOUS: Result<&str, CredentialError> = Err(CredentialError::Ambiguous);
const MALFORMED: Result<&str, CredentialError> = Err(CredentialError::Malformed);

fn taken<'a>(
    lines: &[&'a [u8]],
    query: Option<&'a str>,
    parameter: QueryParameter,
) -> Result<&'a str, CredentialError> {
    credential(lines.iter().copied(), query, parameter).map(|found| found.secret_str())
}

const HEADERS: [(&[u8], Result<&str, CredentialError>, &str); 34] = [
    (b"7vT9xQ", Ok("7vT9xQ"), "the key alone, as the platform takes it"),
    (b"Bearer 7vT9xQ", Ok("7vT9xQ"), "RFC 6750, 2.1"),
    (b"bearer 7vT9xQ", Ok("7vT9xQ"), "a scheme has no case (RFC 9110, 11.1)"),
    (b"bEARER 7vT9xQ", Ok("7vT9xQ"), "a scheme has no case"),
    (b"Bearer a-b.c_d~e+f/g==", Ok("a-b.c_d~e+f/g=="), "the whole alphabet of b64token"),
    (b"Bearer Bearer", Ok("Bearer"), "a key may be any word after its scheme"),
    (b"Basic", Ok("Basic"), "one word is a key, and no key anyone has"),
    (b"", MALFORMED, "a header with nothing in it"),
    (b"Bearer", MALFORMED, "a scheme without a key is not a key"),
    (b"bearer", MALFORMED, "in any case"),
    (b"Bearer ", MALFORMED, "a scheme and a space"),
    (b"Bearer  7vT9xQ", MALFORMED, "two spaces"),
    (b"Bearer\t7vT9xQ", MALFORMED, "a tab for the space"),
    (b"Bearer \t7vT9xQ", MALFORMED, "a space and a tab"),
    (b"Bearer 7vT9xQ ", MALFORMED, "a space at the end"),
    (b"Bearer 7vT9xQ\t", MALFORMED, "a tab at the end"),
    (b" 7vT9xQ", MALFORMED, "a space before"),
    (b"7vT9xQ ", MALFORMED, "a space after is no scheme"),
    (b"7vT9xQ\t", MALFORMED, "a tab after"),
    (b"Bearer 7vT9xQ, 7vT9xQ", MALFORMED, "two keys in a line"),
    (b"7vT9xQ,7vT9xQ", MALFORMED, "two keys in a line, alone"),
    (b"Bearer 7vT9xQ,Basic eDp5", MALFORMED, "two challenges' answers in a line"),
    (b"Bearer 7vT9xQ extra", MALFORMED, "words after the key"),
    (b"Bearer 7vT\09xQ", MALFORMED, "NUL"),
    (b"Bearer 7vT9xQ\r\nX: y", MALFORMED, "a line break"),
    (b"Bearer 7vT9xQ\x7f", MALFORMED, "DEL"),
    ("Bearer 7vТ9xQ".as_bytes(), MALFORMED, "a look-alike letter in the key"),
    ("Beаrer 7vT9xQ".as_bytes(), MALFORMED, "a look-alike letter in the scheme"),
    ("Bearer\u{a0}7vT9xQ".as_bytes(), MALFORMED, "a no-break space"),
    (b"Bearer \xff\xfe", MALFORMED, "not UTF-8"),
    (b"Bearer =", MALFORMED, "padding of nothing"),
    (b"Bearer a=b", MALFORMED, "padding in the middle"),
    (b"Bearer token=\"7vT9xQ\"", MALFORMED, "parameters in the manner of other schemes"),
    (b"Basic eDp5", SCHEME, "another scheme is not a key's"),
];

#[test]
fn header_forms() {
    for (line, expected, note) in HEADERS {
        assert_eq!(taken(&[line], None, QueryParameter::Accepted), expected, "{note}");
        assert_eq!(taken(&[line], None, QueryParameter::Ignored), expected, "{note}");
    }
    for scheme in ["Digest", "Token", "ApiKey", "Negotiate", "Bearer:", "Bearer2", "OAuth", "DPoP"] {
        let line = format!("{scheme} 7vT9xQ");
        let expected = if scheme == "Bearer:" { MALFORMED } else { SCHEME };
        assert_eq!(taken(&[line.as_bytes()], None, QueryParameter::Ignored), expected, "{line}");
    }
}

#[test]
fn key_length_is_bounded() {
    let longest = "k".repeat(512);
    let longer = "k".repeat(513);
    let huge = "k".repeat(1 << 20);
    for prefix in ["", "Bearer "] {
        let line = |key: &str| format!("{prefix}{key}").into_bytes();
        assert_eq!(taken(&[&line(&longest)], None, QueryParameter::Ignored).as_deref(), Ok(&*longest));
        for key in [&longer, &huge] {
            assert_eq!(taken(&[&line(key)], None, QueryParameter::Ignored), MALFORMED);
        }
    }
    let query = format!("access_token={longer}");
    assert_eq!(taken(&[], Some(&query), QueryParameter::Accepted), MALFORMED);
}

#[test]
fn query_parameter() {
    let cases: [(&str, Result<&str, CredentialError>, &str); 22] = [
        ("access_token=7vT9xQ", Ok("7vT9xQ"), "RFC 6750, 2.3"),
        ("a=1&access_token=7vT9xQ&b=2", Ok("7vT9xQ"), "among others"),
        ("access_token=7vT9xQ==", Ok("7vT9xQ=="), "only the first equals sign divides"),
        ("", MISSING, "an empty query"),
        ("a=1", MISSING, "other parameters"),
        ("Access_Token=7vT9xQ", MISSING, "names of parameters have case"),
        ("access_token[]=7vT9xQ", MISSING, "another parameter"),
        ("xaccess_token=7vT9xQ", MISSING, "another parameter"),
        ("a=1;access_token=7vT9xQ", MISSING, "a semicolon divides nothing"),
        ("a=access_token=7vT9xQ", MISSING, "the name of a value"),
        ("%2561ccess_token=7vT9xQ", MISSING, "decoded once, not twice"),
        ("access_token=", MALFORMED, "no key"),
        ("access_token", MALFORMED, "no key and no equals sign"),
        ("access_token=7v+T9xQ", MALFORMED, "a form's space"),
        ("access_token=7v%54", MALFORMED, "an encoded key"),
        ("access_token=7v T9", MALFORMED, "a space"),
        ("access_token=A,B", MALFORMED, "two keys"),
        ("%61ccess_token=7vT9xQ", MALFORMED, "the name in disguise"),
        ("access%5Ftoken=7vT9xQ", MALFORMED, "the name in disguise"),
        ("access_token=A&access_token=B", AMBIGUOUS, "twice"),
        ("access_token=A&%61ccess_token=A", AMBIGUOUS, "twice, once in disguise"),
        ("access_token&access_token=A", AMBIGUOUS, "twice, once empty"),
    ];
    for (query, expected, note) in cases {
        assert_eq!(taken(&[], Some(query), QueryParameter::Accepted), expected, "{note}: {query}");
        assert_eq!(taken(&[], Some(query), QueryParameter::Ignored), MISSING, "off: {query}");
    }
}

#[test]
fn two_credentials_are_never_one() {
    let bearer: &[u8] = b"Bearer A";
    let cases: [(Lines<'_>, Option<&str>, &str); 8] = [
        (&[bearer, bearer], None, "the same line twice"),
        (&[bearer, b"Bearer B"], None, "two lines"),
        (&[bearer, b"Basic eDp5"], None, "two lines, one of another scheme"),
        (&[b"", bearer], None, "two lines, one empty"),
        (&[bearer, b"B", b"C"], Some("access_token=D"), "more of everything"),
        (&[bearer], Some("access_token=A"), "header and parameter, though the same"),
        (&[bearer], Some("access_token="), "header and an empty parameter"),
        (&[b"Basic eDp5"], Some("%61ccess_token=A"), "header of another scheme and parameter"),
    ];
    for (lines, query, note) in cases {
        assert_eq!(taken(lines, query, QueryParameter::Accepted), AMBIGUOUS, "{note}");
    }
    assert_eq!(
        taken(&[bearer], Some("access_token=B"), QueryParameter::Ignored),
        Ok("A"),
        "a parameter that is not taken is none",
    );
    assert_eq!(taken(&[], None, QueryParameter::Accepted), MISSING);
}

#[test]
fn errors_have_their_status_and_code() {
    let invalid = Some(ErrorCode::InvalidRequest);
    let cases = [
        (CredentialError::Missing, 401, None, "no credentials"),
        (CredentialError::UnsupportedScheme, 401, None, "authorization scheme is not supported"),
        (CredentialError::Ambiguous, 400, invalid, "more than one credential"),
        (CredentialError::Malformed, 400, invalid, "credential is malformed"),
    ];
    for (error, status, code, message) in cases {
        assert_eq!((error.status(), error.code(), &*error.to_string()), (status, code, message));
    }
}

#[test]
fn a_credential_does_not_show_itself() {
    let header = credential([&b"Bearer 7vT9xQ"[..]], None, QueryParameter::Ignored).unwrap();
    assert_eq!(format!("{header:?}"), "Credential { source: Authorization, .. }");
    assert_eq!(header.source(), CredentialSource::Authorization);
    let query = credential([], Some("access_token=7vT9xQ"), QueryParameter::Accepted).unwrap();
    assert_eq!(format!("{query:?}"), "Credential { source: Query, .. }");
    assert_eq!(query.source(), CredentialSource::Query);
}

#[test]
fn types_cross_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Credential<'_>>();
    is_send_and_sync::<CredentialError>();
    is_send_and_sync::<BrowserPolicy>();
    is_send_and_sync::<Challenge>();
}

proptest! {
    #[test]
    fn what_is_taken_stands_in_the_request(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3),
        query in prop::option::of("[a-z%_=&61A+ ]{0,40}"),
    ) {
        let found = credential(lines.iter().map(Vec::as_slice), query.as_deref(), QueryParameter::Accepted);
        if let Ok(found) = found {
            let secret = found.secret_str();
            prop_assert!(!secret.is_empty() && secret.len() <= 512);
            prop_assert!(secret.bytes().all(|byte| byte.is_ascii_graphic() && byte != b','));
            if found.source() == CredentialSource::Query {
                let pair = format!("access_token={secret}");
                prop_assert!(lines.is_empty());
                prop_assert_eq!(query.unwrap().split('&').filter(|part| **part == pair).count(), 1);
            } else {
                prop_assert_eq!(lines.len(), 1);
                let scheme = lines[0].strip_suffix(secret.as_bytes()).unwrap();
                prop_assert!(scheme.is_empty() || scheme.eq_ignore_ascii_case(b"bearer "));
            }
        }
    }

    #[test]
    fn every_key_is_taken_in_every_form(key in "[A-Za-z0-9._~-]{1,64}", scheme in "[bB][eE][aA][rR][eE][rR]") {
        prop_assume!(!key.eq_ignore_ascii_case("bearer"));
        let line = format!("{scheme} {key}");
        let query = format!("access_token={key}");
        prop_assert_eq!(taken(&[line.as_bytes()], None, QueryParameter::Ignored), Ok(&*key));
        prop_assert_eq!(taken(&[key.as_bytes()], None, QueryParameter::Ignored), Ok(&*key));
        prop_assert_eq!(taken(&[], Some(&query), QueryParameter::Accepted), Ok(&*key));
    }
}
