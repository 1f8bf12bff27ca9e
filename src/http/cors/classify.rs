//! The evaluator: the Fetch Standard's *CORS protocol*, from the server's side.

use super::{
    answer::{Answer, Class, Fields, Refusal, Vary},
    origins::OriginRule,
    policy::Policy,
    requested::Requested,
};
use crate::http::token::is_token;

impl Policy {
    /// Classifies a request by its method and header lines, and says what its answer must carry.
    ///
    /// `headers` are all header lines as they came, a repeated header as often as it is there; names
    /// compare without case: from a map of the `http` crate, `map.iter().map(|(name, value)| (name.as_str(),
    /// value.as_bytes()))`. Only `Origin` and the `Access-Control-Request-` headers are read.
    ///
    /// Never fails. Takes time linear in the headers, reads at most 8 KiB of
    /// `Access-Control-Request-Headers`, and asks for memory only when it has to put together a list of
    /// requested headers that didn't come as one clean line.
    pub fn evaluate<'a>(&'a self, method: &str, headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Answer<'a> {
        let asked = Asked::read(self, headers);
        let class = match asked {
            Asked { origin: Lines::None, .. } => Class::NonCors,
            Asked { method: Lines::One(_) | Lines::Many, .. } if method == "OPTIONS" => Class::Preflight,
            _ => Class::Actual,
        };
        let answered = match class {
            Class::NonCors if matches!(self.origins, OriginRule::Any) => actual(self, asked.origin),
            Class::NonCors => Ok(Fields::default()),
            Class::Actual => actual(self, asked.origin),
            Class::Preflight => preflight(self, asked),
        };
        let vary = vary(self, class);
        match answered {
            Ok(fields) => Answer { class, refusal: None, fields, vary },
            Err(refusal) => Answer { class, refusal: Some(refusal), fields: Fields::default(), vary },
        }
    }
}

/// An answer that a page may read.
fn actual<'a>(policy: &'a Policy, origin: Lines<'a>) -> Result<Fields<'a>, Refusal<'a>> {
    Ok(Fields { expose: policy.exposed.as_deref(), ..allowed(policy, origin)? })
}

/// An answer that lets a page send what it asks for.
fn preflight<'a>(policy: &'a Policy, asked: Asked<'a>) -> Result<Fields<'a>, Refusal<'a>> {
    let Asked { origin, method, headers, private_network } = asked;
    let fields = allowed(policy, origin)?;
    let method = method.one().filter(|method| is_token(method)).ok_or(Refusal::Malformed)?;
    // Under credentials `*` would be the name of a header: the names themselves are answered.
    let wildcard = policy.request_headers.wildcard().filter(|_| !policy.credentials);
    Ok(Fields {
        methods: policy.methods.answer(method)?,
        headers: headers.answer(wildcard)?,
        max_age: policy.max_age.as_deref(),
        private_network: policy.private_network && private_network.one() == Some("true"),
        ..fields
    })
}

/// What every answer to an allowed origin carries.
fn allowed<'a>(policy: &'a Policy, origin: Lines<'a>) -> Result<Fields<'a>, Refusal<'a>> {
    let origin = match &policy.origins {
        // The same answer to everyone, so it needs no `Vary`.
        OriginRule::Any => Some("*"),
        rule => origin.one().filter(|origin| rule.allows(origin)),
    };
    let origin = Some(origin.ok_or(Refusal::Origin)?);
    Ok(Fields { origin, credentials: policy.credentials, ..Fields::default() })
}

fn vary(policy: &Policy, class: Class) -> Vary {
    match (&policy.origins, class) {
        (OriginRule::Any, Class::Preflight) => Vary::QUESTION,
        (OriginRule::Any, _) => Vary::NOTHING,
        (OriginRule::Nobody, _) | (_, Class::Preflight) if policy.private_network => Vary::ORIGIN_QUESTION_AND_NETWORK,
        (OriginRule::Nobody, _) | (_, Class::Preflight) => Vary::ORIGIN_AND_QUESTION,
        _ => Vary::ORIGIN,
    }
}

/// What a request says to CORS.
struct Asked<'a> {
    origin: Lines<'a>,
    method: Lines<'a>,
    headers: Requested<'a>,
    private_network: Lines<'a>,
}

impl<'a> Asked<'a> {
    fn read(policy: &Policy, lines: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut asked =
            Self { origin: Lines::None, method: Lines::None, headers: Requested::new(), private_network: Lines::None };
        for (name, value) in lines {
            if name.eq_ignore_ascii_case("origin") {
                asked.origin = asked.origin.and(value);
            } else if name.eq_ignore_ascii_case("access-control-request-method") {
                asked.method = asked.method.and(value);
            } else if name.eq_ignore_ascii_case("access-control-request-headers") {
                asked.headers.read(value, &policy.request_headers);
            } else if name.eq_ignore_ascii_case("access-control-request-private-network") {
                asked.private_network = asked.private_network.and(value);
            }
        }
        asked
    }
}

/// The lines of a header that may be there only once.
#[derive(Clone, Copy)]
enum Lines<'a> {
    None,
    One(&'a [u8]),
    Many,
}

impl<'a> Lines<'a> {
    fn and(self, line: &'a [u8]) -> Self {
        match self {
            Self::None => Self::One(line),
            Self::One(_) | Self::Many => Self::Many,
        }
    }

    /// The text of the only line.
    fn one(self) -> Option<&'a str> {
        match self {
            Self::One(line) => core::str::from_utf8(line).ok(),
            Self::None | Self::Many => None,
        }
    }
}
