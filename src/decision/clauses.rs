//! What the conditions of an assignment ask of a type. All other code reads conditions through this file.

use crate::{
    access::{CompiledAssignment, CompiledCondition},
    attributes::AttributePath,
    schema::{Match, Schema, Source, TypeRule},
    values::ValueSet,
};

/// What one condition name of an assignment asks of a type: the attribute that it reads must have an accepted value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clause<'a> {
    /// Its place among the condition names of its assignment.
    pub(crate) place: usize,
    pub(crate) attribute: &'a AttributePath,
    pub(crate) matching: Match,
    pub(crate) source: Source,
    pub(crate) accepted: &'a ValueSet,
    schema: &'a Schema,
    name: usize,
}

/// A condition name that is not bound to the type, so that the assignment allows nothing on the type.
pub(crate) struct Unbound<'a> {
    /// Its place among the condition names of its assignment.
    pub(crate) place: usize,
    pub(crate) condition: &'a str,
    pub(super) resource: &'a str,
}

impl CompiledAssignment {
    /// What each condition name asks of the type at this place in the schema, in the assignment's order. A name that is
    /// ignored there is left out.
    #[inline]
    pub(crate) fn clauses(&self, resource: usize) -> impl Iterator<Item = Result<Clause<'_>, Unbound<'_>>> {
        let (schema, rules) = (self.schema(), self.schema().rules_on(resource));
        let conditions = self.conditions().iter().enumerate();
        conditions.filter_map(move |(place, of)| clause(schema, rules, resource, place, of))
    }

    /// The same for the condition name at `place` alone.
    #[inline]
    pub(crate) fn clause(&self, resource: usize, place: usize) -> Option<Result<Clause<'_>, Unbound<'_>>> {
        let schema = self.schema();
        clause(schema, schema.rules_on(resource), resource, place, self.conditions().get(place)?)
    }

    /// The same for one of its conditions.
    #[inline]
    pub(super) fn clause_of(&self, resource: usize, of: &CompiledCondition) -> Option<Result<Clause<'_>, Unbound<'_>>> {
        // Each name is there once.
        let place = self.conditions().iter().position(|condition| condition.name == of.name)?;
        self.clause(resource, place)
    }

    /// Whether the assignment allows anything on the type. No set of accepted values is empty, so this is all to look at.
    pub(crate) fn allows_some(&self, resource: usize) -> bool {
        self.mask_at(resource) != 0 && self.is_bound(resource)
    }

    /// Whether every condition name is bound to the type, or ignored there.
    pub(crate) fn is_bound(&self, resource: usize) -> bool {
        self.clauses(resource).all(|clause| clause.is_ok())
    }
}

#[inline]
fn clause<'a>(
    schema: &'a Schema,
    rules: &'a [TypeRule],
    resource: usize,
    place: usize,
    CompiledCondition { name, accepted }: &'a CompiledCondition,
) -> Option<Result<Clause<'a>, Unbound<'a>>> {
    match rules.get(*name) {
        Some(TypeRule::Restricts(binding)) => {
            let (attribute, matching, source) = (binding.attribute(), binding.matching(), binding.source());
            Some(Ok(Clause { place, attribute, matching, source, accepted, schema, name: *name }))
        }
        Some(TypeRule::Ignored) => None,
        Some(TypeRule::Unbound) | None => {
            let condition = schema.condition_name_at(*name);
            Some(Err(Unbound { place, condition, resource: schema.type_name_at(resource) }))
        }
    }
}

fn same_path(one: &AttributePath, other: &AttributePath) -> bool {
    core::ptr::eq(one, other) || one == other
}

impl<'a> Clause<'a> {
    /// Whether it reads the context.
    #[inline]
    pub(crate) fn reads_context(&self) -> bool {
        self.source.is_context()
    }

    /// Whether both read the same attribute of the same source.
    pub(crate) fn reads_as(&self, other: &Self) -> bool {
        self.source == other.source && same_path(self.attribute, other.attribute)
    }

    /// Whether one of the two reads inside what the other reads.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.source == other.source && self.attribute.overlaps(other.attribute)
    }

    /// Whether it is of the name at this place in the schema.
    pub(super) fn is_named(&self, name: usize) -> bool {
        self.name == name
    }

    /// The condition's name.
    #[inline]
    pub(crate) fn condition(&self) -> &'a str {
        self.schema.condition_name_at(self.name)
    }
}
