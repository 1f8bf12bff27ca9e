//! Elements that are in these sets, and not in those.

use alloc::{format, string::String, vec::Vec};
use core::iter;

use super::{
    boundaries::Cut,
    instants, integers, networks,
    value_kind::ValueKind,
    value_set::ValueSet,
    walk::{self, Segment, Walk},
};

/// A set, and whether an element must be in it or must not.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) set: &'a ValueSet,
    pub(crate) inside: bool,
}

impl Segment<'_> {
    /// The least remarkable of its points, as a text.
    fn text(self, kind: ValueKind) -> String {
        match self.from {
            Cut::Text(text, None) => text.into(),
            Cut::Text(text, Some(byte)) => format!("{text}{}", char::from(byte)),
            Cut::Number(first) => {
                let last = self.until.and_then(|until| match until {
                    Cut::Number(until) => until.checked_sub(1),
                    Cut::Text(..) => None,
                });
                // What has no beginning is told by its end.
                let number = match (first, last) {
                    (0, Some(last)) => last,
                    (0, None) if kind == ValueKind::Integer => integers::of(0),
                    _ => first,
                };
                match kind {
                    ValueKind::Network => networks::text(number),
                    ValueKind::Time => instants::text(number),
                    ValueKind::Text | ValueKind::Path | ValueKind::Integer => integers::text(number),
                }
            }
        }
    }
}

impl ValueSet {
    /// Whether there is an element as wanted, of sets that can be compared.
    pub(crate) fn has_element<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone)) -> bool {
        match named(wanted) {
            Some(mut texts) => texts.any(|text| fits(wanted, text)),
            None => leaves_texts(wanted) || walk::has_element(&mut walks(wanted)),
        }
    }

    /// An element as wanted, that resembles what the sets name.
    pub(crate) fn element<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone)) -> Option<String> {
        if let Some(mut texts) = named(wanted) {
            return texts.find(|text| fits(wanted, text)).map(String::from);
        }
        let kind = wanted.clone().next()?.set.kind();
        let segment = if leaves_texts(wanted) { None } else { Some(walk::first(&mut walks(wanted))?) };
        if let Some(segment) = segment.filter(|segment| matches!(segment.from, Cut::Number(_))) {
            return Some(segment.text(kind));
        }
        let inside = || wanted.clone().filter(|of| of.inside).flat_map(|of| of.set.iter());
        if let Some(named) = inside().find(|text| fits(wanted, text)) {
            return Some(named.into());
        }
        let near = wanted.clone().find_map(|of| of.set.iter().chain(of.set.except()).next()).unwrap_or_default();
        let below = inside().map(|path| format!("{path}/other"));
        // Where the sets name texts alone, there are more of these than values, and so one is in none of them.
        let most = wanted.clone().map(|of| of.set.named()).fold(3, usize::saturating_add);
        let numbered = (2..most).map(|number| format!("{near}-other-{number}"));
        let mut candidates = below.chain(iter::once(format!("{near}-other"))).chain(numbered);
        candidates.find(|text| fits(wanted, text)).or_else(|| segment.map(|segment| segment.text(kind)))
    }
}

fn fits<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone), text: &str) -> bool {
    wanted.clone().all(|of| of.set.contains(text) == of.inside)
}

fn walks<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone)) -> Vec<Walk<'a>> {
    wanted.clone().map(|of| of.set.walk(of.inside)).collect()
}

/// The texts of a set that an element must be in, where it names all of its own: each is looked up sooner than a walk is done.
fn named<'a, W: Iterator<Item = Wanted<'a>> + Clone>(wanted: &W) -> Option<impl Iterator<Item = &'a str> + use<'a, W>> {
    wanted.clone().filter(|of| of.inside).find_map(|of| of.set.texts())
}

/// Whether an element need be in no set, and be none of some texts: there are always more.
fn leaves_texts<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone)) -> bool {
    wanted.clone().all(|of| !of.inside && of.set.texts().is_some())
}
