//! Whether an attribute's value meets a condition.

use super::clauses::Clause;
use crate::{
    attributes::{List, Value},
    schema::Match,
    values::ValueSet,
};

impl Clause<'_> {
    #[inline]
    pub(crate) fn is_met_by(&self, value: &Value<'_>) -> bool {
        meets(value, self.matching, self.accepted)
    }
}

/// Whether an attribute's value meets a condition. By reference: a copy of a value is a good part of what this costs.
#[inline]
pub(crate) fn meets(value: &Value<'_>, matching: Match, accepted: &ValueSet) -> bool {
    match value {
        Value::Text(text) => accepted.contains(text),
        other => other_meets(other, matching, accepted),
    }
}

#[inline(never)]
fn other_meets(value: &Value<'_>, matching: Match, accepted: &ValueSet) -> bool {
    match value {
        Value::List(list) => meets_list(*list, matching, accepted),
        other => accepted.accepts(*other),
    }
}

fn meets_list(list: &dyn List, matching: Match, accepted: &ValueSet) -> bool {
    let mut elements = elements(list);
    match matching {
        Match::Any => elements.any(|element| accepted.accepts(element)),
        // All elements of an empty list are accepted, and still it meets nothing.
        Match::All => elements.len() > 0 && elements.all(|element| accepted.accepts(element)),
    }
}

/// The elements of a list. The length is read once: a host may compute it, and give another answer the next time. A list whose
/// two answers differ has none.
pub(super) fn elements(list: &dyn List) -> impl ExactSizeIterator<Item = Value<'_>> {
    let len = list.len();
    let len = if list.is_empty() { 0 } else { len };
    (0..len).map(|index| list.item(index))
}
