//! What is demanded of one attribute, and a value that answers it.
//!
//! A demand is a clause that must be met, or one that must not. A value meets a clause by its elements: a text has one, itself.
//! Under `any` one element in the set is enough; under `all` there must be one, and none outside. So what can answer a
//! number of demands is a list:
//!
//! - each of its elements lies in every set of which `all` must be met, and outside each of which `any` must not be;
//! - for each `any` that must be met it has an element in that set, and for each `all` that must not be, one outside.
//!
//! One element answers each of the last; a list of these answers all at once. So the demands on an attribute can be answered
//! exactly if each of those elements exists by itself. Where nothing must be met, a value that is in none of the sets does: null,
//! if no other.

use alloc::vec::Vec;

use crate::{
    attributes::AsValue,
    decision::Clause,
    json::Json,
    schema::Match,
    values::{ValueKind, ValueSet, Wanted},
};

/// A clause that must be met, or must not.
#[derive(Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) clause: Clause<'a>,
    /// The attribute, as a place in [`Paths`].
    path: usize,
    /// Whether others may read inside what it reads, or around it.
    overlaps: bool,
    pub(super) met: bool,
}

impl Demand<'_> {
    pub(super) fn unmet(self) -> Self {
        Self { met: false, ..self }
    }

    fn is(&self, met: bool, matching: Match) -> bool {
        self.met == met && self.clause.matching == matching
    }
}

/// The attributes of one comparison, each once: demands on the same one are told by a number.
pub(super) struct Paths<'a> {
    all: Vec<Clause<'a>>,
    /// Whether one may lie inside another: within one schema none does.
    overlap: bool,
}

impl<'a> Paths<'a> {
    /// Those of clauses of one schema, or of several.
    pub(super) fn new(one_schema: bool) -> Self {
        Self { all: Vec::new(), overlap: !one_schema }
    }

    /// The demand that the clause is met.
    pub(super) fn met(&mut self, clause: Clause<'a>) -> Demand<'a> {
        let known = self.all.iter().position(|of| of.reads_as(&clause));
        let path = known.unwrap_or_else(|| {
            self.all.push(clause);
            self.all.len().saturating_sub(1)
        });
        Demand { clause, path, overlaps: self.overlap, met: true }
    }
}

/// Whether some attributes answer all demands. Those on different attributes are answered apart. No value is both a text or
/// a list that is demanded, and an object in which something is. (Within one schema no two clauses come to that.)
pub(super) fn can_be_answered(demands: &[Demand<'_>]) -> bool {
    demands.iter().enumerate().all(|(at, demand)| {
        let earlier = demands.get(..at).unwrap_or_default();
        let is_first = !earlier.iter().any(|other| other.path == demand.path);
        (!is_first || On { demands, path: demand.path }.can_be_answered()) && !is_in_the_way(earlier, demand)
    })
}

/// Whether one more demand can be answered with those that can be already.
pub(super) fn can_be_added<'a>(demands: &mut Vec<Demand<'a>>, demand: Demand<'a>) -> bool {
    if is_in_the_way(demands, &demand) {
        return false;
    }
    demands.push(demand);
    let answer = On { demands, path: demand.path }.can_be_answered();
    demands.pop();
    answer
}

/// Whether both must be met, and one of these reads something inside what this one reads, or around it.
fn is_in_the_way(demands: &[Demand<'_>], demand: &Demand<'_>) -> bool {
    let other = |other: &&Demand<'_>| other.met && other.path != demand.path;
    let overlaps = |other: &Demand<'_>| other.clause.overlaps(&demand.clause);
    demand.overlaps && demand.met && demands.iter().filter(other).any(overlaps)
}

/// Attributes that answer all demands, each of which can be.
pub(super) fn answer<'a>(demands: &[Demand<'a>]) -> Vec<(Clause<'a>, Json)> {
    let mut answers: Vec<(Clause<'a>, Json)> = Vec::new();
    // What must be met comes first. An attribute inside it, or around it, is then left out: no value of it meets anything.
    for met in [true, false] {
        for demand in demands.iter().filter(|demand| demand.met == met) {
            if !answers.iter().any(|(answered, _)| answered.overlaps(&demand.clause)) {
                answers.push((demand.clause, On { demands, path: demand.path }.answer()));
            }
        }
    }
    answers
}

/// The demands on one attribute.
struct On<'p, 'a> {
    demands: &'p [Demand<'a>],
    path: usize,
}

impl<'p, 'a> On<'p, 'a> {
    fn of(&self) -> impl Iterator<Item = &'p Demand<'a>> + Clone + use<'p, 'a> {
        let (demands, path) = (self.demands, self.path);
        demands.iter().filter(move |demand| demand.path == path)
    }

    fn sets(&self, met: bool, matching: Match) -> impl Iterator<Item = &'a ValueSet> + Clone + use<'p, 'a> {
        self.of().filter(move |demand| demand.is(met, matching)).map(|demand| demand.clause.accepted)
    }

    /// What any element of a list that answers must be: in each of these, and in none of those.
    fn of_each(&self) -> impl Iterator<Item = Wanted<'a>> + Clone + use<'p, 'a> {
        let inside = self.sets(true, Match::All).map(|set| Wanted { set, inside: true });
        inside.chain(self.sets(false, Match::Any).map(|set| Wanted { set, inside: false }))
    }

    /// Whether anything must be met. If not, a value that is not of the kind answers.
    fn must_be_met(&self) -> bool {
        self.of().any(|demand| demand.met)
    }

    fn every(&self) -> Option<&'a ValueSet> {
        self.sets(true, Match::All).next()
    }

    fn can_be_answered(&self) -> bool {
        if !self.must_be_met() {
            return true;
        }
        let is = |set, inside| ValueSet::has_element(&self.of_each().chain([Wanted { set, inside }]));
        self.sets(true, Match::Any).chain(self.every()).all(|set| is(set, true))
            // Where not every element must be in some set, null is outside.
            && (self.every().is_none() || self.sets(false, Match::All).all(|set| is(set, false)))
    }

    /// A single value where one does, otherwise a list.
    fn answer(&self) -> Json {
        let wanted = self.of().map(|demand| Wanted { set: demand.clause.accepted, inside: demand.met });
        if let Some(only) = element(&wanted) {
            return only;
        }
        if !self.must_be_met() {
            return Json::Null;
        }
        let mut elements: Vec<Json> = Vec::new();
        let is = |element: &Json, set: &ValueSet| set.accepts(element.as_value());
        for set in self.sets(true, Match::Any).chain(self.every()) {
            if !elements.iter().any(|element| is(element, set)) {
                elements.extend(element(&self.of_each().chain([Wanted { set, inside: true }])));
            }
        }
        for set in self.sets(false, Match::All) {
            if elements.iter().all(|element| is(element, set)) {
                elements.push(
                    element(&[Wanted { set, inside: false }].into_iter().chain(self.of_each())).unwrap_or(Json::Null),
                );
            }
        }
        match <[Json; 1]>::try_from(elements) {
            Ok([only]) => only,
            Err(several) => Json::List(several),
        }
    }
}

/// An element as wanted, as it stands in JSON.
pub(super) fn element<'a>(wanted: &(impl Iterator<Item = Wanted<'a>> + Clone)) -> Option<Json> {
    let kind = wanted.clone().next()?.set.kind();
    let text = ValueSet::element(wanted)?;
    let integer = (kind == ValueKind::Integer).then(|| text.parse().ok()).flatten();
    let integer = integer.filter(|integer: &i128| i64::try_from(*integer).is_ok() || u64::try_from(*integer).is_ok());
    Some(integer.map_or(Json::Text(text), Json::Integer))
}
