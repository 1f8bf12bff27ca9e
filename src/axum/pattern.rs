//! Paths of routes, checked before axum sees them: what it can't route it answers with a panic.

use alloc::{string::String, vec::Vec};

/// One segment of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment<'a> {
    Literal(&'a str),
    /// `{name}`
    Parameter(&'a str),
    /// `{*name}`, at the end.
    Rest(&'a str),
}

/// Checks the form of a path.
pub(super) fn check(path: &str) -> Result<(), PathProblem> {
    let Some(below) = path.strip_prefix('/') else { return Err(PathProblem::NoSlash) };
    let last = below.split('/').count();
    let mut names: Vec<&str> = Vec::new();
    for (at, segment) in (1..).zip(segments(path)) {
        let name = match segment {
            Segment::Literal(text) if text.contains(['{', '}']) || text.starts_with([':', '*']) => {
                return Err(PathProblem::Segment(crate::text::excerpt(text)));
            }
            Segment::Literal(_) => continue,
            Segment::Rest(_) if at != last => return Err(PathProblem::RestNotLast),
            Segment::Parameter(name) | Segment::Rest(name) => name,
        };
        if names.contains(&name) {
            return Err(PathProblem::NamedTwice(crate::text::excerpt(name)));
        }
        names.push(name);
    }
    Ok(())
}

/// Whether two different paths can't be told apart by a router: they differ in the name of a parameter alone, or one
/// takes all where the other takes one segment.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    if one == other {
        return false;
    }
    let mut pairs = segments(one).zip(segments(other));
    let first = pairs.find_map(|pair| match pair {
        (Segment::Literal(one), Segment::Literal(other)) if one == other => None,
        (Segment::Parameter(_), Segment::Parameter(_)) => None,
        (Segment::Rest(_), Segment::Rest(_) | Segment::Parameter(_)) | (Segment::Parameter(_), Segment::Rest(_)) => {
            Some(true)
        }
        _ => Some(false),
    });
    first.unwrap_or_else(|| segments(one).count() == segments(other).count())
}

fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    path.split('/').skip(1).map(|segment| {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let rest = name.and_then(|name| name.strip_prefix('*'));
        let is_name = |name: &&str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        };
        match (rest.filter(is_name), name.filter(is_name)) {
            (Some(rest), _) => Segment::Rest(rest),
            (None, Some(name)) => Segment::Parameter(name),
            (None, None) => Segment::Literal(segment),
        }
    })
}

/// Why a path can't be routed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathProblem {
    /// It doesn't begin with a slash.
    #[error("the path doesn't begin with `/`")]
    NoSlash,
    /// A brace, or a colon or star at the start, in a segment that is no parameter.
    #[error("segment `{0}` is neither a text nor a parameter: write `{{name}}`, or `{{*name}}` at the end")]
    Segment(String),
    /// `{*name}` with something after it.
    #[error("`{{*name}}` takes all that is left of a path, and can only end it")]
    RestNotLast,
    /// Two parameters have one name.
    #[error("parameter `{0}` is there twice")]
    NamedTwice(String),
}
