//! From a declaration to a schema. All of it is checked here.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use foldhash::fast::FixedState;
use indexmap::IndexSet;

use super::{
    compiled::{ADMINISTRATION, Declared, FEW, Inner, Names, Schema, Type, TypeRule},
    handles::STANDARD,
    rule::{Binding, ConditionRule, Elsewhere, Match},
    schema_error::{At, SchemaError, SchemaProblem},
};
use crate::{
    ends::Ends,
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
    /// # Ok::<(), keyward::schema::SchemaError>(())
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
    /// [`SchemaError`] says which declaration is refused and why: a name outside its alphabet or declared twice, an
    /// operation twice, a condition on an unknown type, two conditions that read the same attribute of one
    /// type or of the context, or one inside what the other reads, a condition that restricts nothing anywhere, or that reads the
    /// context and restricts a type besides, more than
    /// [`MAX_TYPES`](Self::MAX_TYPES), [`MAX_OPERATIONS`](Self::MAX_OPERATIONS) or
    /// [`MAX_CONDITIONS`](Self::MAX_CONDITIONS).
    ///
    /// ```
    /// use keyward::{Schema, schema::ConditionRule};
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
        let (mut types, operations) = compile_types(self.resources)?;
        let conditions = compile_conditions(&mut types, self.conditions)?;
        let few_types = types.keys().filter(|_| types.len() <= FEW).map(|name| Ends::of(name)).collect();
        let inner = Inner { fingerprint: 0, types, few_types, operations, conditions };
        let fingerprint = fingerprint(&inner);
        Ok(Schema { inner: Arc::new(Inner { fingerprint, ..inner }) })
    }
}

type Operations = IndexSet<Box<str>, FixedState>;

fn compile_types(resources: Vec<(String, Vec<String>)>) -> Result<(Names<Type>, Operations), SchemaError> {
    let administration: Vec<_> = ADMINISTRATION
        .into_iter()
        .filter(|name| !resources.iter().any(|(declared, _)| declared == name))
        .map(|name| (String::from(name), STANDARD.map(String::from).to_vec()))
        .collect();
    let mut operations: Operations = STANDARD.into_iter().map(Box::from).collect();
    let mut types = Names::default();
    for (name, declared) in resources.into_iter().chain(administration) {
        let refuse = |problem| At::Resource(name.clone()).refuse(problem);
        text::TYPE.check(&name).map_err(|error| refuse(SchemaProblem::Name(error)))?;
        let of = compile_operations(declared, &mut operations)
            .map_err(|(index, problem)| At::Operation(name.clone(), index).refuse(problem))?;
        if types.insert(name.as_str().into(), of).is_some() {
            return Err(refuse(SchemaProblem::DeclaredTwice));
        }
        if types.len() > SchemaBuilder::MAX_TYPES {
            return Err(refuse(SchemaProblem::TooMany { what: "resource types", most: SchemaBuilder::MAX_TYPES }));
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
    Ok(Type { operations: indices.into(), mask, rules: Vec::new() })
}

/// Gives each type its rules, and returns the names of the conditions in order.
fn compile_conditions(types: &mut Names<Type>, rules: Vec<ConditionRule>) -> Result<Names<Declared>, SchemaError> {
    let mut conditions: Names<Declared> = Names::default();
    for ConditionRule { name, kind, restricts, context, elsewhere } in rules {
        let refuse = |problem| At::Condition(name.clone()).refuse(problem);
        text::CONDITION.check(&name).map_err(|error| refuse(SchemaProblem::Name(error)))?;
        if conditions.contains_key(name.as_str()) {
            return Err(refuse(SchemaProblem::DeclaredTwice));
        }
        let context = match context {
            None if restricts.is_empty() => return Err(refuse(SchemaProblem::RestrictsNothing)),
            Some(_) if !restricts.is_empty() || elsewhere != Elsewhere::Deny => {
                return Err(refuse(SchemaProblem::ContextAndMore));
            }
            context => context.transpose(),
        };
        let of_context = |problem| At::Context(name.clone()).refuse(problem);
        let context = context.map_err(|error| of_context(SchemaProblem::Name(error)))?;
        for (other, theirs) in &conditions {
            let ours = context.as_ref();
            ours.map_or(Ok(()), |ours| refuse_overlap(other, theirs.context.as_ref(), ours)).map_err(of_context)?;
        }
        types.values_mut().for_each(|of| {
            of.rules.push(match (&context, elsewhere) {
                (Some(context), _) => TypeRule::Restricts(context.clone()),
                (None, Elsewhere::Deny) => TypeRule::Unbound,
                (None, Elsewhere::Ignore) => TypeRule::Ignored,
            });
        });
        for (resource, binding) in restricts {
            let refuse = |problem| At::Restricts(name.clone(), resource.clone()).refuse(problem);
            let Some((rule, earlier)) = types.get_mut(resource.as_str()).and_then(|of| of.rules.split_last_mut())
            else {
                let unknown = UnknownName::new("resource type", &resource, types.keys());
                return Err(refuse(SchemaProblem::Unknown(unknown)));
            };
            let binding = binding.map_err(|error| refuse(SchemaProblem::Name(error)))?;
            for (other, theirs) in conditions.keys().zip(earlier) {
                refuse_overlap(other, theirs.binding(), &binding).map_err(refuse)?;
            }
            if rule.binding().is_some() {
                return Err(refuse(SchemaProblem::DeclaredTwice));
            }
            *rule = TypeRule::Restricts(binding);
        }
        conditions.insert(name.as_str().into(), Declared { kind, elsewhere, context });
        if conditions.len() > SchemaBuilder::MAX_CONDITIONS {
            let problem = SchemaProblem::TooMany { what: "conditions", most: SchemaBuilder::MAX_CONDITIONS };
            return Err(refuse(problem));
        }
    }
    Ok(conditions)
}

/// Two names that read the same attribute could contradict each other there, and then two accesses could not
/// be compared name by name.
fn refuse_overlap(other: &str, theirs: Option<&Binding>, binding: &Binding) -> Result<(), SchemaProblem> {
    match theirs {
        Some(theirs) if theirs.overlaps(binding) => Err(SchemaProblem::Overlap {
            attribute: binding.attribute().clone(),
            other: other.into(),
            theirs: theirs.attribute().clone(),
        }),
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
    for (name, of) in &inner.conditions {
        parts.add(&**name);
        parts.add([u8::from(of.elsewhere == Elsewhere::Ignore), u8::from(of.context.is_some())]);
        parts.add(of.kind.to_string());
    }
    parts.add(b"bounds");
    let rules = (0..inner.conditions.len()).flat_map(|at| inner.types.values().map(move |of| of.rules.get(at)));
    for rule in rules {
        let Some(binding) = rule.and_then(TypeRule::binding) else {
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
