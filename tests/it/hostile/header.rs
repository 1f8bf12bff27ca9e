//! The credential of a request, and the status of each refusal.

use keyward::{
    Access, Authenticator, Operation, ResourceView, Roles, Schema,
    http::{Challenge, CredentialError, QueryParameter, Refused, credential},
    key::{KeyFormat, KeyPrefix},
};

use super::Row;

fn taken(lines: &[&[u8]], query: Option<&str>) -> String {
    match credential(lines.iter().copied(), query, QueryParameter::Accepted) {
        Ok(found) => format!("takes {}", found.secret_str()),
        Err(error) => format!("{} {error}", error.status()),
    }
}

fn line(line: &[u8]) -> String {
    taken(&[line], None)
}

fn query(query: &str) -> String {
    taken(&[], Some(query))
}

fn answered(refused: impl Into<Refused>) -> String {
    let refused = refused.into();
    let challenge = refused.challenge(&Challenge::new("r").unwrap());
    format!("{} {} {}", refused.status(), refused.code(), challenge.as_deref().unwrap_or("without a challenge"))
}

fn unknown_key() -> String {
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    answered(Authenticator::new(&Schema::builder().build().unwrap(), format).parse("acme").unwrap_err())
}

fn forbidden(account: &str) -> String {
    let schema = Schema::builder().resource("products").build().unwrap();
    let access = Access::builder(&Roles::new(&schema, "a1").unwrap()).build().unwrap();
    let product = ResourceView::new("products", account, &());
    answered(access.decide(Operation::READ, &product).denial().unwrap())
}

const MALFORMED: &str = "400 credential is malformed";
const AMBIGUOUS: &str = "400 more than one credential";
const SCHEME: &str = "401 authorization scheme is not supported";
const NONE: &str = "401 no credentials";
const ANY_SCHEME: &str = "Hono CVE-2026-47673";
const FORMS: &str = "RFC 6750, 2.1";
const IN_QUERIES: &str = "RFC 6750, 2.3";
const FIRST_WINS: &str = "two readers of a request take two different keys of it";

pub(super) const ROWS: &[Row] = &[
    ("another scheme", ANY_SCHEME, || line(b"Basic eDp5"), SCHEME),
    ("a scheme of no standard", ANY_SCHEME, || line(b"Token 7vT9xQ"), SCHEME),
    ("two schemes", ANY_SCHEME, || line(b"Bearer Basic eDp5"), MALFORMED),
    ("the scheme in small letters", FORMS, || line(b"bearer 7vT9xQ"), "takes 7vT9xQ"),
    ("two spaces", FORMS, || line(b"Bearer  7vT9xQ"), MALFORMED),
    ("a scheme without a key", FORMS, || line(b"Bearer"), MALFORMED),
    ("a scheme, a space and no key", FORMS, || line(b"Bearer "), MALFORMED),
    ("an empty header", FORMS, || line(b""), MALFORMED),
    ("two keys with a comma", FIRST_WINS, || line(b"Bearer 7vT9xQ,7vT9xQ"), MALFORMED),
    ("a trailing tab", FORMS, || line(b"Bearer 7vT9xQ\t"), MALFORMED),
    ("NUL", FORMS, || line(b"Bearer 7vT9xQ\0"), MALFORMED),
    ("a line break", FORMS, || line(b"Bearer 7vT9xQ\r\nX-Admin: 1"), MALFORMED),
    ("1 MiB", FORMS, || line(&[&b"Bearer "[..], &[b'k'; 1 << 20]].concat()), MALFORMED),
    ("a letter that looks like another", FORMS, || line("Bearer 7v\u{422}9xQ".as_bytes()), MALFORMED),
    ("a scheme that looks like another", FORMS, || line("Be\u{430}rer 7vT9xQ".as_bytes()), MALFORMED),
    ("two lines", FIRST_WINS, || taken(&[b"Bearer A", b"Bearer B"], None), AMBIGUOUS),
    ("two lines that are one", FIRST_WINS, || taken(&[b"Bearer A", b"Bearer A"], None), AMBIGUOUS),
    ("two lines, one of another scheme", FIRST_WINS, || taken(&[b"Basic eDp5", b"Bearer A"], None), AMBIGUOUS),
    ("header and query", FIRST_WINS, || taken(&[b"Bearer A"], Some("access_token=A")), AMBIGUOUS),
    ("the parameter twice", FIRST_WINS, || query("access_token=A&access_token=B"), AMBIGUOUS),
    ("the parameter twice, once in disguise", FIRST_WINS, || query("access_token=A&%61ccess_token=B"), AMBIGUOUS),
    ("the parameter in disguise", FIRST_WINS, || query("%61ccess_token=A"), MALFORMED),
    ("the parameter in other case", IN_QUERIES, || query("Access_Token=A"), NONE),
    ("the parameter without a value", IN_QUERIES, || query("access_token="), MALFORMED),
    ("the parameter as a list", FIRST_WINS, || query("access_token[]=A"), NONE),
    (
        "no credentials",
        "RFC 6750, 3.1",
        || answered(CredentialError::Missing),
        r#"401 missing_credentials Bearer realm="r""#,
    ),
    (
        "a malformed request",
        "RFC 6750, 3.1",
        || answered(CredentialError::Malformed),
        r#"400 invalid_request Bearer realm="r", error="invalid_request""#,
    ),
    (
        "a key that is none, with the answer of one that ended",
        "RFC 6750, 3.1",
        unknown_key,
        r#"401 invalid_token Bearer realm="r", error="invalid_token""#,
    ),
    (
        "a known key that is not allowed",
        "RFC 6750, 3.1",
        || forbidden("a1"),
        r#"403 permission_missing Bearer realm="r", error="insufficient_scope", scope="products:read""#,
    ),
    (
        "a known key in another account",
        "a 403 that tells what others have",
        || forbidden("a2"),
        "404 not_found without a challenge",
    ),
];
