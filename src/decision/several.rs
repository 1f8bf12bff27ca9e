//! The conditions of several assignments: what one of them allows is allowed.

use super::{
    asked::Asked, denial::UpdateSide, in_context::Context, met::elements, outcome::Decision, reasons::Reasons,
};
use crate::{
    access::Access,
    attributes::{AttributePath, List, Value},
    joined::{self, AssignmentSet, JoinedName},
    schema::{Match, Source, TypeRule},
};

/// The same where there are several assignments: side by side, since each may be allowed by another assignment. Each
/// attribute is read once, for all of them, and the context's for both sides. The reason tells of each assignment that grants
/// the operation its first condition that isn't met.
#[inline(never)]
pub(super) fn decide<'a, const SIDES: usize>(
    access: &'a Access,
    context: Context<'_, 'a>,
    names: &'a [JoinedName],
    asked: Asked,
    read: impl Fn(usize, &'a str) -> Value<'a>,
) -> Decision<'a> {
    let read = |side, attribute: &'a AttributePath| {
        let mut found = read(side, attribute.first());
        attribute.descend(&mut found);
        found
    };
    let granting = asked.granted_by(access).fold(0, |all, (place, _)| all | joined::only(place));
    let rules = access.schema().rules_on(asked.resource());
    let mut met: [AssignmentSet; MOST_KEPT] = [0; MOST_KEPT];
    let mut found = [Value::Absent; MOST_KEPT];
    // What the context leaves open; it is read once, with the first side.
    let mut open_in_context = granting;
    for side in 0..SIDES {
        let mut open = open_in_context;
        for (place, name) in names.iter().enumerate() {
            if name.reads_context && side > 0 {
                continue;
            }
            let accepting = accepting_on(rules, name, |attribute| {
                let value = if name.reads_context { attribute.read(*context) } else { read(side, attribute) };
                if let Some(slot) = found.get_mut(place) {
                    *slot = value;
                }
                value
            });
            open &= accepting;
            if name.reads_context {
                open_in_context &= accepting;
            }
            if let Some(slot) = met.get_mut(place) {
                *slot = accepting;
            }
        }
        if open != 0 {
            continue;
        }
        let mut reasons = Reasons::new(access, asked.resource(), UpdateSide::at::<SIDES>(side));
        for (at, assignment) in asked.granted_by(access) {
            let reason = assignment.clauses(asked.resource()).find_map(|clause| match clause {
                Ok(clause) => {
                    let place = names.iter().position(|name| clause.is_named(name.name))?;
                    let kept = found.get(place).zip(met.get(place)).map(|(found, met)| (*found, *met));
                    // Past those that were kept, the value is read again, for the reason alone.
                    let (found, met) = kept.or_else(|| {
                        let found = match clause.source {
                            Source::Context => clause.attribute.read(*context),
                            Source::Resource => read(side, clause.attribute),
                        };
                        Some((found, accepting(found, clause.matching, names.get(place)?)))
                    })?;
                    (met & joined::only(at) == 0).then_some(Ok((clause, found)))
                }
                Err(unbound) => Some(Err(unbound)),
            });
            if let Some(reason) = reason {
                reasons.add(at, reason);
            }
        }
        return Decision::Deny(match reasons.denial() {
            Some(denial) => denial,
            // There is a reason, since an assignment grants it; without one it is denied all the same.
            None => asked.permission_missing(access),
        });
    }
    Decision::Allow
}

/// The assignments that a name leaves open on a type with these rules: those that don't have it, that accept the attribute's
/// value, or all where it is ignored.
#[inline]
pub(super) fn accepting_on<'a>(
    rules: &'a [TypeRule],
    name: &JoinedName,
    read: impl FnOnce(&'a AttributePath) -> Value<'a>,
) -> AssignmentSet {
    match rules.get(name.name) {
        Some(TypeRule::Restricts(binding)) => {
            name.without | accepting(read(binding.attribute()), binding.matching(), name)
        }
        Some(TypeRule::Ignored) => AssignmentSet::MAX,
        Some(TypeRule::Unbound) | None => name.without,
    }
}

/// The values of how many names are kept for the reasons.
const MOST_KEPT: usize = 16;

/// The assignments whose values under a name are met.
#[inline]
fn accepting(value: Value<'_>, matching: Match, name: &JoinedName) -> AssignmentSet {
    match value {
        Value::List(list) => accepting_list(list, matching, name),
        scalar => name.accepting(scalar),
    }
}

fn accepting_list(list: &dyn List, matching: Match, name: &JoinedName) -> AssignmentSet {
    let of_each = elements(list).map(|element| name.accepting(element));
    match matching {
        Match::Any => of_each.fold(0, |all, one| all | one),
        Match::All => of_each.reduce(|all, one| all & one).unwrap_or(0),
    }
}
