//! From two accesses to what the first has beyond the second.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, btree_map::Entry},
    vec::Vec,
};

use super::{
    clause::{self, Clause},
    excess::{Beyond, Excess, Restriction, Surplus},
    pair::{Gap, Left, OnType, Pair},
};
use crate::{access::Access, value_set::ValueSet};

/// What `access` has beyond `other`; nothing exactly where it is within.
pub(super) fn excess(access: &Access, other: &Access) -> Option<Excess> {
    let pair = Pair::new(access, other);
    let surplus = if pair.same_account() { by_name(&pair) } else { account(&pair) };
    (!surplus.is_empty()).then(|| Excess { surplus: surplus.into() })
}

fn account(pair: &Pair<'_>) -> Vec<Surplus> {
    let beyond = Beyond::Account { account: pair.left.account().into() };
    pair.witness().map(|witness| Surplus { beyond, witness }).into_iter().collect()
}

fn by_name(pair: &Pair<'_>) -> Vec<Surplus> {
    let mut surplus = Vec::new();
    let mut gaps: BTreeMap<GapKey, Surplus> = BTreeMap::new();
    for on in pair.types() {
        let add = |mask: u64, beyond: Beyond| Some(Surplus { beyond, witness: pair.witness_on(&on, mask, None)? });
        if on.beyond() != 0 {
            surplus.extend(add(on.beyond(), permission(&on)));
        }
        if on.shared == 0 {
            continue;
        }
        if let Some(condition) = on.unbound() {
            let (resource, operations) = (name(&on), operations(&on, on.shared));
            let condition = condition.into();
            surplus.extend(add(on.shared, Beyond::ConditionUnbound { resource, operations, condition }));
            continue;
        }
        for gap in on.gaps() {
            match gaps.entry(gap.key()) {
                Entry::Occupied(entry) => entry.into_mut().beyond.also_on(name(&on)),
                Entry::Vacant(entry) => {
                    if let Some(witness) = pair.witness_on(&on, on.shared, Some(gap)) {
                        entry.insert(Surplus { beyond: condition(&gap, name(&on)), witness });
                    }
                }
            }
        }
    }
    surplus.extend(gaps.into_values());
    surplus
}

fn name(on: &OnType<'_, '_>) -> Box<str> {
    on.left().schema().type_name_at(on.resource).into()
}

fn operations(on: &OnType<'_, '_>, mask: u64) -> Box<[Box<str>]> {
    let schema = on.left().schema();
    clause::operations(mask).map(|index| schema.operation_at(index).into()).collect()
}

fn values(set: &ValueSet) -> Box<[Box<str>]> {
    set.iter().map(Box::from).collect()
}

fn permission(on: &OnType<'_, '_>) -> Beyond {
    let restriction =
        |clause: Clause<'_>| Restriction { condition: clause.condition.into(), values: values(clause.accepted) };
    Beyond::Permission {
        resource: name(on),
        operations: operations(on, on.beyond()),
        conditions: on.left_clauses().map(restriction).collect(),
    }
}

fn condition(gap: &Gap<'_>, resource: Box<str>) -> Beyond {
    let (condition, resources) = (gap.right.condition.into(), Box::from([resource]));
    let accepted = gap.right.accepted;
    match gap.left {
        Left::Unrestricted => Beyond::ConditionMissing { condition, accepted: values(accepted), resources },
        Left::Lists(_) => Beyond::Lists { condition, resources },
        Left::Values(left) => {
            let values = left.accepted.iter().filter(|value| !accepted.contains(value)).map(Box::from).collect();
            Beyond::ConditionValues { condition, values, resources }
        }
    }
}

/// Gaps of one key say the same, on several types.
type GapKey = (usize, u8, usize);

impl Gap<'_> {
    fn key(&self) -> GapKey {
        let (kind, place) = match &self.left {
            Left::Unrestricted => (0, 0),
            Left::Values(left) => (1, left.place),
            Left::Lists(left) => (2, left.place),
        };
        (self.right.place, kind, place)
    }
}
