//! One resource decided by several accesses.
//!
//! A host may compute an attribute, and give another value the next time. All accesses must see the same value. So each
//! attribute is read once, and its value is tested against the conditions of all accesses at once, which takes no memory.

use crate::{
    access::Access,
    attributes::{AttributePath, Value},
    decision::{Clause, Denial, UpdateSide, admit, admit_update, is_update},
    resource::Resource,
    schema::OperationRef,
};

/// Which of the accesses is the first to deny, and why.
pub(super) type Denied<'a> = (usize, Denial<'a>);

pub(super) fn decide<'a, R: Resource + ?Sized>(
    accesses: &'a [Access],
    operation: OperationRef<'a>,
    resource: &'a R,
) -> Result<(), Denied<'a>> {
    let (account, resource_type) = (resource.account(), resource.resource_type());
    let admit = |access| admit(access, operation, account, resource_type);
    if is_update(operation) {
        each(accesses, admit, |path| {
            [(Some(UpdateSide::Stored), path.read(resource)), (Some(UpdateSide::Proposed), Value::Absent)]
        })
    } else {
        each(accesses, admit, |path| [(None, path.read(resource))])
    }
}

pub(super) fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
    accesses: &'a [Access],
    stored: &'a S,
    proposed: &'a P,
) -> Result<(), Denied<'a>> {
    let sides = [(stored.account(), stored.resource_type()), (proposed.account(), proposed.resource_type())];
    let admit = |access| admit_update(access, sides[0], sides[1]);
    each(accesses, admit, |path| {
        [(Some(UpdateSide::Stored), path.read(stored)), (Some(UpdateSide::Proposed), path.read(proposed))]
    })
}

/// The accesses in their order, and of each its conditions in theirs.
fn each<'a, const N: usize>(
    accesses: &'a [Access],
    admit: impl Fn(&'a Access) -> Result<usize, Denial<'a>>,
    read: impl Fn(&'a AttributePath) -> [(Option<UpdateSide>, Value<'a>); N],
) -> Result<(), Denied<'a>> {
    let on = |access: &'a Access, path: &AttributePath| -> Option<Clause<'a>> {
        access.clauses(admit(access).ok()?).flatten().find(|clause| clause.attribute == path)
    };
    // The first condition that was found to fail before its turn: of which access, and at which place.
    let mut known: Option<((usize, usize), Denial<'a>)> = None;
    for (at, access) in accesses.iter().enumerate() {
        let resource = admit(access).map_err(|denial| (at, denial))?;
        for clause in access.clauses(resource) {
            let clause = clause.map_err(|unbound| (at, unbound.into()))?;
            if let Some((_, denial)) = known.filter(|(turn, _)| *turn == (at, clause.place)) {
                return Err((at, denial));
            }
            if accesses.iter().take(at).any(|earlier| on(earlier, clause.attribute).is_some()) {
                continue;
            }
            let sides = read(clause.attribute);
            if let Some(denial) = unmet(&clause, sides) {
                return Err((at, denial));
            }
            for (later, access) in accesses.iter().enumerate().skip(at.saturating_add(1)) {
                let Some(clause) = on(access, clause.attribute) else { continue };
                let turn = (later, clause.place);
                if let (true, Some(denial)) = (known.is_none_or(|(known, _)| turn < known), unmet(&clause, sides)) {
                    known = Some((turn, denial));
                }
            }
        }
    }
    Ok(())
}

/// The denial of the first side that doesn't meet a clause.
fn unmet<'a, const N: usize>(clause: &Clause<'a>, sides: [(Option<UpdateSide>, Value<'a>); N]) -> Option<Denial<'a>> {
    sides.into_iter().find_map(|(side, found)| clause.unmet(side, found))
}
