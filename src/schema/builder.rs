//! From a declaration to a schema, with everything checked that could let someone in later.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use foldhash::fast::FixedState;
use indexmap::IndexSet;

use super::{
    compiled::{ADMINISTRATION, Bound, Inner, Names, Schema, Type},
    handles::STANDARD,
    rule::{Binding, ConditionRule, Elsewhere, Match},
    schema_error::{At, SchemaError, SchemaProblem},
};
use crate::{
    hashing::PartsHasher,
    text::{self, UnknownName},
};

/// Collects a declaration; everything is checked by [`build`](Self::build).
#[derive(Clone, Debug, Default)]
pub struct SchemaBuilder {
    resources: Vec<(String, Vec<String>)>,
    conditions: Vec<ConditionRule>,
}

impl Schema {
    /// Starts a declaration.
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder::default()
    }
}

impl SchemaBuilder {
    /// The most resource types, those of the administration among them.
    pub const MAX_TYPES: usize = 1024;
    /// The most different operations, the standard ones among them.
    pub const MAX_OPERATIONS: usize = 64;
    /// The most condition names.
    pub const MAX_CONDITIONS: usize = 1024;

    /// Declares a resource type with the five standard operations.
    #[must_use]
    pub fn resource(self, name: impl Into<String>) -> Self {
        self.resource_with(name, STANDARD)
    }

    /// Declares a resource type with these operations and no others.
    ///
    /// ```
    /// let schema = keyward::Schema::builder().resource_with("reports", ["read", "publish"]).build()?;
    /// let reports = schema.resource_type("reports").unwrap();
    /// assert_eq!(schema.operations(reports).collect::<Vec<_>>(), ["read", "publish"]);
    /// # Ok::<(), keyward::SchemaError>(())
    /// ```
    #[must_use]
    pub fn resource_with(
        mut self,
        name: impl Into<String>,
        operations: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.resources.push((name.into(), operations.into_iter().map(Into::into).collect()));
        self
    }

    /// Declares a condition name.
    #[must_use]
    pub fn condition(mut self, rule: ConditionRule) -> Self {
        self.conditions.push(rule);
        self
    }

    /// Checks the declaration and compiles it.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] says which declaration and why: a name outside its alphabet or declared twice, an
    /// operation twice, a condition on an unknown type, two conditions that read the same attribute of one
    /// type or one inside what the other reads, a condition that restricts nothing anywhere, more than
    /// [`MAX_TYPES`](Self::MAX_TYPES), [`MAX_OPERATIONS`](Self::MAX_OPERATIONS) or
    /// [`MAX_CONDITIONS`](Self::MAX_CONDITIONS).
    ///
    /// ```
    /// use keyward::{ConditionRule, Schema};
    ///
    /// let refused = Schema::builder()
    ///     .resource("products")
    ///     .condition(ConditionRule::new("brand").restricts("products", "brand"))
    ///     .condition(ConditionRule::new("label").restricts("products", ["brand", "label"]))
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "condition `label` on `products`: `brand.label` overlaps with `brand`, \
    ///      which the condition `brand` reads",
    /// );
    /// ```
    pub fn build(self) -> Result<Schema, SchemaError> {
        let (types, operations) = compile_types(self.resources)?;
        let (conditions, bounds) = compile_conditions(&types, self.conditions)?;
        let inner = Inner { fingerprint: 0, types, operations, conditions, bounds };
        let fingerprint = fingerprint(&inner);
        Ok(Schema { inner: Arc::new(Inner { fingerprint, ..inner }) })
    }
}

type Operations = IndexSet<Box<str>, FixedState>;

fn compile_types(resources: Vec<(String, Vec<String>)>) -> Result<(Names<Type>, Operations), SchemaError> {
    let declared: Vec<String> = resources.iter().map(|(name, _)| name.clone()).collect();
    let administration = ADMINISTRATION
        .into_iter()
        .filter(|name| !declared.iter().any(|declared| declared == name))
        .map(|name| (String::from(name), STANDARD.map(String::from).to_vec()));
    let mut operations: Operations = STANDARD.into_iter().map(Box::from).collect();
    let mut types = Names::default();
    for (name, declared) in resources.into_iter().chain(administration) {
        let at = At::Resource(name);
        let name = at.subject();
        text::TYPE.check(name).map_err(|error| at.refuse(SchemaProblem::Name(error)))?;
        let of = compile_operations(declared, &mut operations)
            .map_err(|(index, problem)| At::Operation(name.into(), index).refuse(problem))?;
        if types.insert(name.into(), of).is_some() {
            return Err(at.refuse(SchemaProblem::DeclaredTwice));
        }
        if types.len() > SchemaBuilder::MAX_TYPES {
            return Err(at.refuse(SchemaProblem::TooMany { what: "resource types", most: SchemaBuilder::MAX_TYPES }));
        }
    }
    Ok((types, operations))
}

fn compile_operations(declared: Vec<String>, all: &mut Operations) -> Result<Type, (usize, SchemaProblem)> {
    let mut indices = Vec::with_capacity(declared.len());
    let mut mask = 0_u64;
    for (at, name) in declared.into_iter().enumerate() {
        text::OPERATION.check(&name).map_err(|error| (at, SchemaProblem::Name(error)))?;
        let (index, _) = all.insert_full(name.into());
        let too_many = || (at, SchemaProblem::TooMany { what: "operations", most: SchemaBuilder::MAX_OPERATIONS });
        let index = u8::try_from(index).map_err(|_| too_many())?;
        let bit = 1_u64.checked_shl(index.into()).ok_or_else(too_many)?;
        if mask & bit != 0 {
            return Err((at, SchemaProblem::DeclaredTwice));
        }
        mask |= bit;
        indices.push(index);
    }
    Ok(Type { operations: indices.into(), mask })
}

type Conditions = (Names<Elsewhere>, Box<[Bound]>);

fn compile_conditions(types: &Names<Type>, rules: Vec<ConditionRule>) -> Result<Conditions, SchemaError> {
    let mut conditions = Names::default();
    let mut bounds: Vec<Bound> = Vec::new();
    for ConditionRule { name, restricts, elsewhere } in rules {
        let at = At::Condition(name);
        let name = at.subject();
        text::CONDITION.check(name).map_err(|error| at.refuse(SchemaProblem::Name(error)))?;
        if conditions.contains_key(name) {
            return Err(at.refuse(SchemaProblem::DeclaredTwice));
        }
        if restricts.is_empty() {
            return Err(at.refuse(SchemaProblem::RestrictsNothing));
        }
        let unbound = match elsewhere {
            Elsewhere::Deny => Bound::Unbound,
            Elsewhere::Ignore => Bound::Ignored,
        };
        let mut row = alloc::vec![unbound; types.len()];
        for (resource, binding) in restricts {
            let at = At::Restricts(name.into(), resource);
            let resource = at.resource();
            let Some(column) = types.get_index_of(resource) else {
                let unknown = UnknownName::new("resource type", resource, types.keys().map(|name| &**name));
                return Err(at.refuse(SchemaProblem::Unknown(unknown)));
            };
            let binding = binding.map_err(|error| at.refuse(SchemaProblem::Name(error)))?;
            let rows = conditions.keys().zip(bounds.chunks(types.len()));
            for (other, row) in rows {
                refuse_overlap(other, row.get(column), &binding).map_err(|problem| at.refuse(problem))?;
            }
            match row.get_mut(column) {
                Some(Bound::Restricts(_)) | None => return Err(at.refuse(SchemaProblem::DeclaredTwice)),
                Some(bound) => *bound = Bound::Restricts(binding),
            }
        }
        bounds.append(&mut row);
        conditions.insert(name.into(), elsewhere);
        if conditions.len() > SchemaBuilder::MAX_CONDITIONS {
            let problem = SchemaProblem::TooMany { what: "conditions", most: SchemaBuilder::MAX_CONDITIONS };
            return Err(at.refuse(problem));
        }
    }
    Ok((conditions, bounds.into()))
}

/// Two names that read the same attribute could contradict each other there, and then two accesses could not
/// be compared name by name.
fn refuse_overlap(other: &str, bound: Option<&Bound>, binding: &Binding) -> Result<(), SchemaProblem> {
    match bound {
        Some(Bound::Restricts(theirs)) if theirs.attribute().overlaps(binding.attribute()) => {
            Err(SchemaProblem::Overlap {
                attribute: binding.attribute().clone(),
                other: other.into(),
                theirs: theirs.attribute().clone(),
            })
        }
        _ => Ok(()),
    }
}

/// The first 8 bytes of the digest of all that is declared.
fn fingerprint(inner: &Inner) -> u64 {
    let mut parts = PartsHasher::new();
    parts.add(b"keyward schema 1");
    inner.operations.iter().for_each(|name| parts.add(&**name));
    parts.add(b"types");
    for (name, of) in &inner.types {
        parts.add(&**name);
        parts.add(&of.operations);
    }
    parts.add(b"conditions");
    for (name, elsewhere) in &inner.conditions {
        parts.add(&**name);
        parts.add([u8::from(*elsewhere == Elsewhere::Ignore)]);
    }
    parts.add(b"bounds");
    for bound in &inner.bounds {
        let Bound::Restricts(binding) = bound else {
            parts.add([]);
            continue;
        };
        let attribute = binding.attribute();
        parts.add([1, u8::from(binding.matching() == Match::All)]);
        parts.add_count(attribute.names().count());
        attribute.names().for_each(|name| parts.add(name));
    }
    u64::from_le_bytes(parts.first()).max(1)
}
