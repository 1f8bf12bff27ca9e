//! The other side of the protocol: a browser that asks, checks and reads as the Fetch Standard says,
//! and gets exactly what the policy means.

use keyward::http::cors::{
    Answer, Class, Credentials, ExposedHeaders, MaxAge, Methods, Origins, Policy, RequestHeaders,
};
use proptest::prelude::*;

const ORIGINS: [&str; 7] = [
    "https://a.example",
    "https://b.a.example",
    "https://xa.example",
    "http://a.example",
    "https://a.example:8443",
    "https://a.example.evil.io",
    "null",
];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "patch", "OPTIONS"];
const HEADERS: [&str; 5] = ["authorization", "content-type", "x-a", "x-b", "x-a-b"];
const EXPOSABLE: [&str; 3] = ["link", "x-count", "content-type"];

/// What a policy is meant to allow, in the terms of the test.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "every knob has its `*`, and they are independent")]
struct Meaning {
    any_origin: bool,
    origins: Vec<&'static str>,
    subdomains_of_a: bool,
    any_method: bool,
    methods: Vec<&'static str>,
    any_header: bool,
    headers: Vec<&'static str>,
    any_exposed: bool,
    exposed: Vec<&'static str>,
    credentials: bool,
}

impl Meaning {
    fn policy(&self) -> Option<Policy> {
        let mut list: Vec<&str> = self.origins.iter().copied().filter(|origin| *origin != "null").collect();
        list.extend(self.subdomains_of_a.then_some("https://*.a.example"));
        let mut origins = if self.any_origin { Origins::any() } else { Origins::list(list) };
        if self.origins.contains(&"null") {
            origins = origins.with_null();
        }
        let named_authorization = self.headers.contains(&"authorization");
        let headers = match (self.any_header, named_authorization) {
            (true, true) => RequestHeaders::any().with_authorization(),
            (true, false) => RequestHeaders::any().without_authorization(),
            (false, true) => RequestHeaders::list(self.headers.clone()),
            (false, false) => RequestHeaders::list(self.headers.clone()).without_authorization(),
        };
        Policy::builder()
            .origins(origins)
            .methods(if self.any_method { Methods::any() } else { Methods::list(self.methods.clone()) })
            .request_headers(headers)
            .exposed_headers(if self.any_exposed {
                ExposedHeaders::any()
            } else {
                ExposedHeaders::list(self.exposed.clone())
            })
            .credentials(if self.credentials { Credentials::allow() } else { Credentials::deny() })
            .max_age(MaxAge::seconds(60))
            .build()
            .ok()
    }

    fn allows_origin(&self, origin: &str) -> bool {
        self.any_origin || self.origins.contains(&origin) || (self.subdomains_of_a && origin == "https://b.a.example")
    }

    fn allows_method(&self, method: &str) -> bool {
        self.any_method || self.methods.contains(&method) || ["GET", "HEAD", "POST"].contains(&method)
    }

    fn allows_header(&self, name: &str) -> bool {
        self.headers.contains(&name) || (self.any_header && name != "authorization")
    }
}

/// What a page wants to fetch.
#[derive(Clone, Debug)]
struct Fetch {
    origin: &'static str,
    method: &'static str,
    /// Of the headers that are not safelisted.
    headers: Vec<&'static str>,
    include_credentials: bool,
}

/// An answer as it arrives: Fetch's *header list*.
struct Arrived(Vec<(&'static str, String)>);

impl Arrived {
    fn new(answer: &Answer<'_>) -> Self {
        Self(answer.headers().map(|(name, value)| (name, value.to_owned())).collect())
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    fn list(&self, name: &str) -> Vec<&str> {
        self.value(name).map(|value| value.split(',').map(str::trim).collect()).unwrap_or_default()
    }
}

/// Fetch, *CORS check*.
fn cors_check(fetch: &Fetch, answer: &Arrived) -> bool {
    match answer.value("Access-Control-Allow-Origin") {
        None => false,
        Some("*") if !fetch.include_credentials => true,
        Some(origin) if origin != fetch.origin => false,
        Some(_) => !fetch.include_credentials || answer.value("Access-Control-Allow-Credentials") == Some("true"),
    }
}

/// Fetch, *CORS-preflight fetch*, from step 7.
fn preflight_passes(fetch: &Fetch, status: u16, answer: &Arrived) -> bool {
    if !cors_check(fetch, answer) || !(200..=299).contains(&status) {
        return false;
    }
    let methods = answer.list("Access-Control-Allow-Methods");
    let names = answer.list("Access-Control-Allow-Headers");
    let wildcard = |list: &[&str]| !fetch.include_credentials && list.contains(&"*");
    let method =
        methods.contains(&fetch.method) || ["GET", "HEAD", "POST"].contains(&fetch.method) || wildcard(&methods);
    let is_listed = |name: &str| names.iter().any(|entry| entry.eq_ignore_ascii_case(name));
    method && fetch.headers.iter().all(|name| is_listed(name) || (*name != "authorization" && wildcard(&names)))
}

/// Fetch, *main fetch*, where it sets the *CORS-exposed header-name list*.
fn reads(fetch: &Fetch, answer: &Arrived, name: &str) -> bool {
    let names = answer.list("Access-Control-Expose-Headers");
    name == "content-type"
        || (!fetch.include_credentials && names.contains(&"*"))
        || names.iter().any(|entry| entry.eq_ignore_ascii_case(name))
}

fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(all, 0..=all.len())
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let flags = (prop::bool::weighted(0.2), any::<bool>(), prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    (flags, some_of(&ORIGINS), some_of(&METHODS), some_of(&HEADERS), some_of(&EXPOSABLE), any::<(bool, bool)>())
        .prop_map(|(flags, origins, methods, headers, exposed, (any_exposed, credentials))| {
            let (any_origin, subdomains_of_a, any_method, any_header) = flags;
            Meaning {
                any_origin,
                origins,
                subdomains_of_a,
                any_method,
                methods,
                any_header,
                headers,
                any_exposed,
                exposed,
                credentials,
            }
        })
}

fn fetch() -> impl Strategy<Value = Fetch> {
    (prop::sample::select(&ORIGINS[..]), prop::sample::select(&METHODS[..]), some_of(&HEADERS), any::<bool>()).prop_map(
        |(origin, method, headers, include_credentials)| Fetch { origin, method, headers, include_credentials },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_browser_gets_what_the_policy_means(meaning in meaning(), fetch in fetch()) {
        let Some(policy) = meaning.policy() else {
            // Only what credentials forbid can't be built from these parts.
            prop_assert!(meaning.credentials);
            prop_assert!(meaning.any_origin || meaning.any_method || meaning.any_exposed
                || meaning.origins.contains(&"null"));
            return Ok(());
        };
        let names = fetch.headers.join(",");
        let mut lines = vec![("origin", fetch.origin.as_bytes())];
        let actual = policy.evaluate(fetch.method, lines.clone());
        lines.push(("access-control-request-method", fetch.method.as_bytes()));
        if !names.is_empty() {
            lines.push(("access-control-request-headers", names.as_bytes()));
        }
        let preflight = policy.evaluate("OPTIONS", lines);
        prop_assert_eq!((actual.class(), preflight.class()), (Class::Actual, Class::Preflight));

        let may_read = meaning.allows_origin(fetch.origin) && (meaning.credentials || !fetch.include_credentials);
        let may_send = may_read
            && meaning.allows_method(fetch.method)
            && fetch.headers.iter().all(|name| meaning.allows_header(name));

        let arrived = Arrived::new(&actual);
        prop_assert_eq!(cors_check(&fetch, &arrived), may_read);
        prop_assert_eq!(preflight_passes(&fetch, preflight.preflight_status().unwrap(), &Arrived::new(&preflight)), may_send);
        if may_read {
            for name in EXPOSABLE {
                let meant = meaning.any_exposed || meaning.exposed.contains(&name) || name == "content-type";
                prop_assert_eq!(reads(&fetch, &arrived, name), meant, "{}", name);
            }
        }
        // The server's view of the request agrees, but that it can't see the credentials mode.
        prop_assert_eq!(actual.is_allowed(), meaning.allows_origin(fetch.origin));
    }

    #[test]
    fn answers_are_sound_whatever_is_asked(
        meaning in meaning(),
        method in prop_oneof![Just("OPTIONS".to_owned()), any::<String>()],
        lines in prop::collection::vec((
            prop_oneof![
                Just("Origin"),
                Just("access-control-request-method"),
                Just("access-control-request-headers"),
                Just("access-control-request-private-network"),
                Just("x-other"),
            ],
            prop_oneof![
                prop::sample::select(&ORIGINS[..]).prop_map(|text| text.as_bytes().to_vec()),
                prop::sample::select(&METHODS[..]).prop_map(|text| text.as_bytes().to_vec()),
                "[xab ,\t\r\n*-]{0,24}".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..24),
            ],
        ), 0..6),
    ) {
        let Some(policy) = meaning.policy() else { return Ok(()) };
        let request: Vec<(&str, &[u8])> = lines.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let answer = policy.evaluate(&method, request.iter().copied());
        let headers: Vec<_> = answer.headers().collect();
        let value = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);

        for (name, value) in &headers {
            prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}: {:?}", name, value);
        }
        if answer.refusal().is_some() {
            prop_assert!(headers.is_empty());
        }
        match value("Access-Control-Allow-Origin") {
            None => prop_assert!(headers.is_empty()),
            Some("*") => {
                prop_assert!(meaning.any_origin);
                prop_assert_eq!(value("Access-Control-Allow-Credentials"), None);
            }
            Some(origin) => {
                prop_assert!(meaning.allows_origin(origin));
                prop_assert!(request.iter().any(|(name, value)| *name == "Origin" && *value == origin.as_bytes()));
            }
        }
        prop_assert_eq!(answer.vary().names().contains(&"Origin"), !meaning.any_origin);
        if answer.class() != Class::Preflight {
            prop_assert_eq!(value("Access-Control-Allow-Methods").or(value("Access-Control-Allow-Headers")), None);
        }
    }
}
