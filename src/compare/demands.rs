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
//! exactly if each of those elements exists by itself. Where nothing must be met, any text that is in none of the sets does.

use alloc::{string::String, vec::Vec};

use crate::{attributes::AttributePath, decision::Clause, json::Json, schema::Match, value_set::ValueSet};

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
    all: Vec<&'a AttributePath>,
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
        let known = self.all.iter().position(|path| same_path(path, clause.attribute));
        let path = known.unwrap_or_else(|| {
            self.all.push(clause.attribute);
            self.all.len().saturating_sub(1)
        });
        Demand { clause, path, overlaps: self.overlap, met: true }
    }
}

pub(super) fn same_path(one: &AttributePath, other: &AttributePath) -> bool {
    core::ptr::eq(one, other) || one == other
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
    let overlaps = |other: &Demand<'_>| other.clause.attribute.overlaps(demand.clause.attribute);
    demand.overlaps && demand.met && demands.iter().filter(other).any(overlaps)
}

/// Attributes that answer all demands, each of which can be.
pub(super) fn answer<'a>(demands: &[Demand<'a>]) -> Vec<(&'a AttributePath, Json)> {
    let mut answers: Vec<(&'a AttributePath, Json)> = Vec::new();
    // What must be met comes first. An attribute inside it, or around it, is then left out: no value of it meets anything.
    for met in [true, false] {
        for demand in demands.iter().filter(|demand| demand.met == met) {
            let path = demand.clause.attribute;
            if !answers.iter().any(|(answered, _)| answered.overlaps(path)) {
                answers.push((path, On { demands, path: demand.path }.answer()));
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
    fn of(&self) -> impl Iterator<Item = &'p Demand<'a>> + Clone {
        let path = self.path;
        self.demands.iter().filter(move |demand| demand.path == path)
    }

    fn sets(&self, met: bool, matching: Match) -> impl Iterator<Item = &'a ValueSet> + Clone {
        self.of().filter(move |demand| demand.is(met, matching)).map(|demand| demand.clause.accepted)
    }

    /// Whether a list that answers may have this element.
    fn takes(&self, element: &str) -> bool {
        self.of().all(|demand| match (demand.met, demand.clause.matching) {
            (true, Match::All) => demand.clause.accepted.contains(element),
            (false, Match::Any) => !demand.clause.accepted.contains(element),
            (true, Match::Any) | (false, Match::All) => true,
        })
    }

    /// Whether anything must be met. If not, a text that is in none of the sets answers.
    fn must_be_met(&self) -> bool {
        self.of().any(|demand| demand.met)
    }

    fn can_be_answered(&self) -> bool {
        if !self.must_be_met() {
            return true;
        }
        let every = self.sets(true, Match::All).next();
        let in_each = || self.sets(true, Match::Any).all(|set| set.iter().any(|element| self.takes(element)));
        let in_every = || every.is_none_or(|every| every.iter().any(|element| self.takes(element)));
        // Where not every element must be in some set, there is always one more.
        let outside = |set: &ValueSet| {
            every.is_none_or(|every| every.iter().any(|element| !set.contains(element) && self.takes(element)))
        };
        in_each() && in_every() && self.sets(false, Match::All).all(outside)
    }

    /// A text where one does, otherwise a list.
    fn answer(&self) -> Json {
        let is_answer = |element: &&str| self.of().all(|demand| demand.clause.accepted.contains(element) == demand.met);
        let first = self.of().find(|demand| demand.met).map(|demand| demand.clause.accepted);
        if let Some(text) = first.and_then(|set| set.iter().find(is_answer)) {
            return Json::Text(text.into());
        }
        let mut elements: Vec<String> = Vec::new();
        let every = self.sets(true, Match::All).next();
        for set in self.sets(true, Match::Any).chain(every) {
            if !elements.iter().any(|element| set.contains(element)) {
                elements.extend(set.iter().find(|element| self.takes(element)).map(String::from));
            }
        }
        for set in self.sets(false, Match::All) {
            if elements.iter().any(|element| !set.contains(element)) {
                continue;
            }
            let inside = |every: &ValueSet| {
                every.iter().find(|element| !set.contains(element) && self.takes(element)).map(String::from)
            };
            let none: Vec<&ValueSet> = self.sets(false, Match::Any).collect();
            elements.extend(every.map_or_else(|| Some(set.element_outside_all(&none)), inside));
        }
        if elements.is_empty() {
            let sets: Vec<&ValueSet> = self.of().map(|demand| demand.clause.accepted).collect();
            elements.extend(sets.first().map(|set| set.element_outside_all(&sets)));
        }
        if elements.len() > 1 {
            return Json::List(elements.into_iter().map(Json::Text).collect());
        }
        Json::Text(elements.pop().unwrap_or_default())
    }
}
