//! One resource decided by several accesses.
//!
//! A host may compute an attribute, and give another value the next time. All accesses must see the same value. So each
//! attribute is read once, and its value is tested against the conditions of all assignments of all accesses at once. That
//! takes one bit for each assignment, and no memory from the heap. (More than [`MOST`] accesses are asked so many at a time.)

use core::array;

use crate::{
    access::{Access, CompiledAssignment},
    attributes::{Attributes, Value},
    decision::{Asked, Clause, Denial, UpdateSide, admit, admit_update},
    joined::{self, AssignmentSet},
    resource::Resource,
    schema::{OperationRef, Source},
};

/// Which of the accesses is the first to deny, and why.
pub(super) type Denied<'a> = (usize, Denial<'a>);

/// How many accesses are asked at once.
const MOST: usize = 8;

pub(super) fn decide<'a, R: Resource + ?Sized>(
    accesses: &'a [Access],
    context: &'a dyn Attributes,
    operation: OperationRef<'a>,
    resource: &'a R,
) -> Result<(), Denied<'a>> {
    let (account, resource_type) = (resource.account(), resource.resource_type());
    let admit = |access| admit(access, operation, account, resource_type);
    if operation.is_update() {
        all(accesses, admit, SIDES, |clause| match clause.source {
            Source::Context => [clause.attribute.read(context); 2],
            Source::Resource => [clause.attribute.read(resource), Value::Absent],
        })
    } else {
        all(accesses, admit, [None], |clause| match clause.source {
            Source::Context => [clause.attribute.read(context)],
            Source::Resource => [clause.attribute.read(resource)],
        })
    }
}

pub(super) fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
    accesses: &'a [Access],
    context: &'a dyn Attributes,
    stored: &'a S,
    proposed: &'a P,
) -> Result<(), Denied<'a>> {
    let sides = [(stored.account(), stored.resource_type()), (proposed.account(), proposed.resource_type())];
    let admit = |access| admit_update(access, sides[0], sides[1]);
    all(accesses, admit, SIDES, |clause| match clause.source {
        Source::Context => [clause.attribute.read(context); 2],
        Source::Resource => [clause.attribute.read(stored), clause.attribute.read(proposed)],
    })
}

const SIDES: [Option<UpdateSide>; 2] = [Some(UpdateSide::Stored), Some(UpdateSide::Proposed)];

fn all<'a, const N: usize>(
    accesses: &'a [Access],
    admit: impl Fn(&'a Access) -> Result<Asked, Denial<'a>>,
    sides: [Option<UpdateSide>; N],
    read: impl Fn(&Clause<'a>) -> [Value<'a>; N],
) -> Result<(), Denied<'a>> {
    for (chunk, first) in accesses.chunks(MOST).zip((0_usize..).step_by(MOST)) {
        // The accesses before the first that is not even admitted.
        let refused = chunk.iter().enumerate().find_map(|(at, access)| Some((at, admit(access).err()?)));
        let admitted = chunk.get(..refused.map_or(chunk.len(), |(at, _)| at)).unwrap_or_default();
        let mut states = array::from_fn(|at| State::new(admitted.get(at)?, admit(admitted.get(at)?).ok()?));
        let denied = each(&mut states, sides, &read).err().or(refused);
        if let Some((at, denial)) = denied {
            return Err((first.saturating_add(at), denial));
        }
    }
    Ok(())
}

/// What is known of one access.
struct State<'a, const N: usize> {
    access: &'a Access,
    asked: Asked,
    /// The first assignment that grants the operation: the one whose reason is told.
    teller: usize,
    /// On each side, one bit for each assignment that may still allow it.
    open: [AssignmentSet; N],
    /// On each side, the first condition of the teller that is unmet, by place, and what was found.
    unmet: [Option<(usize, Value<'a>)>; N],
}

impl<'a, const N: usize> State<'a, N> {
    fn new(access: &'a Access, asked: Asked) -> Option<Self> {
        let teller = asked.granted_by(access).next()?.0;
        let mut state = Self { access, asked, teller, open: [0; N], unmet: [None; N] };
        for (at, assignment) in asked.granted_by(access) {
            let unbound = assignment.clauses(asked.resource()).find_map(Result::err);
            for side in 0..N {
                match &unbound {
                    None => state.open = state.open.map(|open| open | joined::only(at)),
                    Some(unbound) => state.close(side, at, unbound.place, Value::Absent),
                }
            }
        }
        Some(state)
    }

    fn clauses(&self, assignment: &'a CompiledAssignment) -> impl Iterator<Item = Clause<'a>> + use<'a, N> {
        assignment.clauses(self.asked.resource()).flatten()
    }

    /// Every clause of every assignment that grants the operation.
    fn all_clauses(&self) -> impl Iterator<Item = Clause<'a>> + use<'a, N> {
        let resource = self.asked.resource();
        let granting = self.asked.granted_by(self.access);
        granting.flat_map(move |(_, of)| of.clauses(resource).flatten())
    }

    /// The assignment at `at` doesn't allow this side, by the condition at `place`.
    fn close(&mut self, side: usize, at: usize, place: usize, found: Value<'a>) {
        if let Some(open) = self.open.get_mut(side) {
            *open &= !joined::only(at);
        }
        let unmet = self.unmet.get_mut(side).filter(|_| at == self.teller);
        if let Some(unmet) = unmet.filter(|unmet| unmet.is_none_or(|(earlier, _)| place < earlier)) {
            *unmet = Some((place, found));
        }
    }

    /// Tests the clauses that read the same attribute.
    fn test(&mut self, read: &Clause<'a>, found: [Value<'a>; N]) {
        for (at, assignment) in self.asked.granted_by(self.access) {
            for clause in self.clauses(assignment).filter(|clause| clause.reads_as(read)) {
                for (side, found) in found.into_iter().enumerate() {
                    if !clause.is_met_by(&found) {
                        self.close(side, at, clause.place, found);
                    }
                }
            }
        }
    }

    fn is_denied(&self) -> bool {
        self.open.contains(&0)
    }

    /// The reason of the first assignment: of one assignment the first condition, whichever side; of several the first side.
    fn denial(&self, sides: [Option<UpdateSide>; N]) -> Denial<'a> {
        let closed = self.open.iter().zip(&self.unmet).zip(sides).filter(|((open, _), _)| **open == 0);
        let told = closed.filter_map(|((_, unmet), side)| Some((side, (*unmet)?)));
        let several = self.access.others.is_some();
        let first = told.min_by_key(|(_, (place, _))| if several { 0 } else { *place });
        let assignment = self.access.compiled().nth(self.teller);
        let clause = first
            .and_then(|(side, (place, found))| Some((side, found, assignment?.clause(self.asked.resource(), place)?)));
        match clause {
            Some((side, found, Ok(clause))) => clause.denial(side, found),
            Some((_, _, Err(unbound))) => unbound.denial(),
            None => Denial::OtherAccount,
        }
    }
}

/// The accesses in their order. When the attributes of one were read, it is known whether it allows.
fn each<'a, const N: usize>(
    states: &mut [Option<State<'a, N>>; MOST],
    sides: [Option<UpdateSide>; N],
    read: &impl Fn(&Clause<'a>) -> [Value<'a>; N],
) -> Result<(), Denied<'a>> {
    for turn in 0..MOST {
        let Some(state) = states.get(turn).and_then(Option::as_ref) else { return Ok(()) };
        for (index, clause) in state.all_clauses().enumerate() {
            let earlier = states.iter().take(turn).flatten().flat_map(State::all_clauses);
            let own = states.get(turn).into_iter().flatten().flat_map(State::all_clauses).take(index);
            if !earlier.chain(own).any(|other| other.reads_as(&clause)) {
                let found = read(&clause);
                states.iter_mut().skip(turn).flatten().for_each(|state| state.test(&clause, found));
            }
            // Of one assignment the reason is known with its first condition that is unmet. Of several a side comes first.
            if let Some(state) = states.get(turn).and_then(Option::as_ref).filter(|state| state.is_denied()) {
                let is_told = state.unmet.iter().flatten().any(|(place, _)| *place <= clause.place);
                if is_told && state.access.others.is_none() {
                    return Err((turn, state.denial(sides)));
                }
            }
        }
        if let Some(state) = states.get(turn).and_then(Option::as_ref).filter(|state| state.is_denied()) {
            return Err((turn, state.denial(sides)));
        }
    }
    Ok(())
}
