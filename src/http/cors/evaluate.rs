//! The evaluator: the Fetch Standard's *CORS protocol*, from the server's side.

use super::answer::{Answer, Class, Fields, Refusal, Vary, VaryOn};
use super::origins::OriginRule;
use super::policy::Policy;
use super::requested::requested_headers;
use crate::http::text::is_token;

pub(super) fn evaluate<'a, H>(policy: &'a Policy, method: &str, headers: H) -> Answer<'a>
where
    H: Iterator<Item = (&'a str, &'a [u8])> + Clone,
{
    let origin = Lines::of("origin", headers.clone());
    let requested_method = Lines::of("access-control-request-method", headers.clone());
    let class = match (origin, requested_method) {
        (Lines::None, _) => Class::NonCors,
        (_, Lines::One(_) | Lines::Many) if method == "OPTIONS" => Class::Preflight,
        _ => Class::Actual,
    };
    let answered = match class {
        Class::NonCors if matches!(policy.origins, OriginRule::Any) => actual(policy, origin),
        Class::NonCors => Ok(Fields::default()),
        Class::Actual => actual(policy, origin),
        Class::Preflight => preflight(policy, origin, requested_method, headers),
    };
    let vary = Vary(vary(policy, class));
    match answered {
        Ok(fields) => Answer {
            class,
            refusal: None,
            fields,
            vary,
        },
        Err(refusal) => Answer {
            class,
            refusal: Some(refusal),
            fields: Fields::default(),
            vary,
        },
    }
}

/// An answer that a page may read.
fn actual<'a>(policy: &'a Policy, origin: Lines<'a>) -> Result<Fields<'a>, Refusal<'a>> {
    Ok(Fields {
        expose: policy.exposed.as_deref(),
        ..allowed(policy, origin)?
    })
}

/// An answer that lets a page send what it asks for.
fn preflight<'a, H>(
    policy: &'a Policy,
    origin: Lines<'a>,
    method: Lines<'a>,
    headers: H,
) -> Result<Fields<'a>, Refusal<'a>>
where
    H: Iterator<Item = (&'a str, &'a [u8])> + Clone,
{
    let fields = allowed(policy, origin)?;
    let Lines::One(method) = method else {
        return Err(Refusal::Malformed);
    };
    let method = core::str::from_utf8(method)
        .ok()
        .filter(|method| is_token(method))
        .ok_or(Refusal::Malformed)?;
    let lines = named("access-control-request-headers", headers.clone());
    let private = Lines::of("access-control-request-private-network", headers);
    Ok(Fields {
        methods: policy.methods.answer(method)?,
        headers: requested_headers(policy, lines)?,
        max_age: policy.max_age.as_deref(),
        private_network: policy.private_network && private == Lines::One(b"true"),
        ..fields
    })
}

/// What every answer to an origin that is let in carries.
fn allowed<'a>(policy: &'a Policy, origin: Lines<'a>) -> Result<Fields<'a>, Refusal<'a>> {
    let origin = match (&policy.origins, origin) {
        // The same answer to everyone, whatever they say: that is why it needs no `Vary`.
        (OriginRule::Any, _) => Some("*"),
        (rule, Lines::One(origin)) if rule.allows(origin) => core::str::from_utf8(origin).ok(),
        _ => None,
    };
    let origin = Some(origin.ok_or(Refusal::Origin)?);
    Ok(Fields {
        origin,
        credentials: policy.credentials,
        ..Fields::default()
    })
}

fn vary(policy: &Policy, class: Class) -> VaryOn {
    match (&policy.origins, class) {
        (OriginRule::Any, Class::Preflight) => VaryOn::Question,
        (OriginRule::Any, _) => VaryOn::Nothing,
        (OriginRule::Nobody, _) | (_, Class::Preflight) if policy.private_network => {
            VaryOn::OriginQuestionAndNetwork
        }
        (OriginRule::Nobody, _) | (_, Class::Preflight) => VaryOn::OriginAndQuestion,
        _ => VaryOn::Origin,
    }
}

/// The lines of one header that may be there only once.
#[derive(Clone, Copy, PartialEq)]
enum Lines<'a> {
    None,
    One(&'a [u8]),
    Many,
}

impl<'a> Lines<'a> {
    fn of<H>(name: &'static str, headers: H) -> Self
    where
        H: Iterator<Item = (&'a str, &'a [u8])>,
    {
        let mut lines = named(name, headers);
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(value), None) => Self::One(value),
            (Some(_), Some(_)) => Self::Many,
        }
    }
}

fn named<'a, H>(name: &'static str, headers: H) -> impl Iterator<Item = &'a [u8]>
where
    H: Iterator<Item = (&'a str, &'a [u8])>,
{
    headers
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
