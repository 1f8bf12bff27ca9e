//! The evaluator: pure functions from an access and a resource to a decision.
//!
//! Nothing here fails, allocates, reads a clock or recurses. The steps are those of `guide::model`, in its order: account,
//! permission, conditions. The first that fails is the reason. (The key comes first, at authentication.)

use super::{
    asked::Asked,
    clauses::Clause,
    denial::{Denial, UpdateSide},
    in_context::InContext,
    outcome::Decision,
    reasons::Reasons,
};
use crate::{
    access::Access,
    attributes::{AttributePath, Attributes, List, Value},
    joined::{self, AssignmentSet, JoinedName},
    resource::Resource,
    schema::{Match, Operation, OperationRef, Schema, Source, TypeRef, TypeRule},
    text::same,
    values::ValueSet,
};

impl Access {
    /// Decides an operation on one resource.
    ///
    /// For `create`, give the resource as it would be. For all other operations but `update`, give it as it is stored.
    ///
    /// An `update` has two sides, and so a method of its own, [`decide_update`](Self::decide_update). This method takes
    /// the proposed side to have no attributes, so that it meets no condition.
    ///
    /// The decision borrows from the access and the resource, which must live as long as it does: bind the resource
    /// to a variable first, or turn the decision [into a result](Decision::into_result) at once.
    ///
    /// The operation may be a handle or a name. A name that the schema doesn't have is denied.
    #[inline]
    pub fn decide<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> Decision<'a> {
        self.alone().decide(operation, resource)
    }

    /// Decides an update: the resource as it is stored and as it would be must both meet the conditions, so that nobody
    /// moves a resource into or out of what they may change.
    ///
    /// `proposed` is the whole resource as it would be, not only the changed part: an attribute that it leaves out is
    /// absent. Both must be of one account and one type.
    ///
    /// ```
    /// use keyward::{Access, Decision, Denial, ResourceView, Roles, Schema, decision::UpdateSide};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    ///
    /// let (stored, proposed) = ([("brand", "a")], [("brand", "b")]);
    /// let stored = ResourceView::new("products", "acme", &stored);
    /// let proposed = ResourceView::new("products", "acme", &proposed);
    /// assert!(access.decide_update(&stored, &stored).is_allow());
    /// assert!(matches!(
    ///     access.decide_update(&stored, &proposed),
    ///     Decision::Deny(Denial::ConditionUnmet { side: Some(UpdateSide::Proposed), .. }),
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        self.alone().decide_update(stored, proposed)
    }
}

impl<'a> InContext<'a> {
    /// Decides an operation on one resource, as [`Access::decide`].
    #[inline]
    pub fn decide<R: Resource + ?Sized>(self, operation: impl Into<OperationRef<'a>>, resource: &'a R) -> Decision<'a> {
        let operation = operation.into();
        let (account, resource_type) = (resource.account(), resource.resource_type());
        match admitted(self.of, operation, account, resource_type) {
            None => refused(self.of, operation, account, resource_type),
            Some(asked) if is_update(operation) => conditions(self, asked, SIDES, |side, attribute| match side {
                0 => attribute.read(resource),
                _ => Value::Absent,
            }),
            Some(asked) => conditions(self, asked, [None], |_, attribute| attribute.read(resource)),
        }
    }

    /// Decides an update, as [`Access::decide_update`]. Both sides have the one context.
    #[inline]
    pub fn decide_update<S: Resource + ?Sized, P: Resource + ?Sized>(
        self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        let (stored_is, proposed_is) =
            ((stored.account(), stored.resource_type()), (proposed.account(), proposed.resource_type()));
        match admit_update(self.of, stored_is, proposed_is) {
            Err(denial) => Decision::Deny(denial),
            Ok(asked) => conditions(self, asked, SIDES, |side, attribute| match side {
                0 => attribute.read(stored),
                _ => attribute.read(proposed),
            }),
        }
    }
}

const SIDES: [Option<UpdateSide>; 2] = [Some(UpdateSide::Stored), Some(UpdateSide::Proposed)];

/// Account and permission: the first two steps after the key. What is not admitted, [`admit`] gives the reason of.
#[inline]
fn admitted(access: &Access, operation: OperationRef<'_>, account: &str, resource: TypeRef<'_>) -> Option<Asked> {
    if same(account, access.account()) { permitted(access, operation, resource) } else { None }
}

#[inline]
fn permitted(access: &Access, operation: OperationRef<'_>, resource: TypeRef<'_>) -> Option<Asked> {
    let (resource, operation) = (access.schema().type_index(resource)?, access.schema().operation_index(operation)?);
    access.grants_at(resource, operation).then_some(Asked { resource, operation })
}

#[cold]
#[inline(never)]
fn refused<'a>(access: &'a Access, operation: OperationRef<'a>, account: &str, resource: TypeRef<'a>) -> Decision<'a> {
    Decision::Deny(if account == access.account() {
        permission_missing(access, operation, resource)
    } else {
        Denial::OtherAccount
    })
}

/// Account and permission, or the reason.
pub(crate) fn admit<'a>(
    access: &'a Access,
    operation: OperationRef<'a>,
    account: &str,
    resource: TypeRef<'a>,
) -> Result<Asked, Denial<'a>> {
    if account != access.account() {
        return Err(Denial::OtherAccount);
    }
    permission(access, operation, resource)
}

/// The permission alone.
#[inline]
pub(super) fn permission<'a>(
    access: &'a Access,
    operation: OperationRef<'a>,
    resource: TypeRef<'a>,
) -> Result<Asked, Denial<'a>> {
    permitted(access, operation, resource).ok_or_else(|| permission_missing(access, operation, resource))
}

#[cold]
fn permission_missing<'a>(access: &'a Access, operation: OperationRef<'a>, resource: TypeRef<'a>) -> Denial<'a> {
    let schema = access.schema();
    Denial::PermissionMissing {
        resource: match resource {
            TypeRef::Handle(handle) => schema.type_name(handle),
            TypeRef::Name(name) => name,
        },
        operation: match operation {
            OperationRef::Handle(handle) => schema.operation_name(handle),
            OperationRef::Name(name) => name,
        },
    }
}

/// Account and permission of an update. Each side is an account and a type; both must be of one type.
#[inline]
pub(crate) fn admit_update<'a>(
    access: &'a Access,
    stored: (&str, TypeRef<'a>),
    proposed: (&str, TypeRef<'a>),
) -> Result<Asked, Denial<'a>> {
    let update = OperationRef::Handle(Operation::UPDATE);
    if proposed.0 != access.account() {
        return Err(Denial::OtherAccount);
    }
    let asked = admit(access, update, stored.0, stored.1)?;
    match permission(access, update, proposed.1)? {
        same if same.resource == asked.resource => Ok(asked),
        // Nobody may turn a resource of one type into one of another.
        other => {
            let resource = access.schema().type_name_at(other.resource);
            Err(Denial::PermissionMissing { resource, operation: "update" })
        }
    }
}

/// The standard operations have the same names in every schema.
#[inline]
pub(crate) fn is_update(operation: OperationRef<'_>) -> bool {
    match operation {
        OperationRef::Handle(handle) => handle == Operation::UPDATE,
        OperationRef::Name(name) => Schema::standard_name(Operation::UPDATE) == Some(name),
    }
}

/// The last step: of the assignments that grant the operation, one must have all its conditions met, on each side. `read`
/// gives an attribute's value on the side at a place. The decision is made where it is returned, since a denial is large,
/// and passing it on would cost more than the steps.
#[inline]
fn conditions<'a, const N: usize>(
    InContext { of: access, context }: InContext<'a>,
    asked: Asked,
    sides: [Option<UpdateSide>; N],
    read: impl Fn(usize, &'a AttributePath) -> Value<'a>,
) -> Decision<'a> {
    if let Some(others) = access.others.as_deref() {
        return any_of_several(access, context, &others.names, asked, sides, read);
    }
    for clause in access.first.clauses(asked.resource) {
        match clause {
            Ok(clause) if clause.reads_context() => {
                let found = clause.attribute.read(context);
                if !clause.is_met_by(found) {
                    return unmet(&clause, None, &found);
                }
            }
            Ok(clause) => {
                for (side, label) in sides.iter().enumerate() {
                    let found = read(side, clause.attribute);
                    if !clause.is_met_by(found) {
                        return unmet(&clause, *label, &found);
                    }
                }
            }
            Err(unbound) => return Decision::Deny(unbound.denial()),
        }
    }
    Decision::Allow
}

/// Apart, so that what is allowed doesn't carry the room for a denial.
#[cold]
#[inline(never)]
fn unmet<'a>(clause: &Clause<'a>, side: Option<UpdateSide>, found: &Value<'a>) -> Decision<'a> {
    Decision::Deny(clause.denial(side, *found))
}

/// The same where there are several assignments: side by side, since each may be allowed by another assignment. Each
/// attribute is read once, for all of them, and the context's for both sides. The reason tells of each assignment that grants
/// the operation its first condition that isn't met.
#[inline(never)]
fn any_of_several<'a, const N: usize>(
    access: &'a Access,
    context: &'a dyn Attributes,
    names: &'a [JoinedName],
    asked: Asked,
    sides: [Option<UpdateSide>; N],
    read: impl Fn(usize, &'a AttributePath) -> Value<'a>,
) -> Decision<'a> {
    let granting = asked.granted_by(access).fold(0, |all, (place, _)| all | joined::only(place));
    let rules = access.schema().rules_on(asked.resource);
    let mut met: [AssignmentSet; MOST_KEPT] = [0; MOST_KEPT];
    let mut found = [Value::Absent; MOST_KEPT];
    // What the context leaves open; it is read once, with the first side.
    let mut open_in_context = granting;
    for (side, label) in sides.into_iter().enumerate() {
        let mut open = open_in_context;
        for (place, name) in names.iter().enumerate() {
            if name.reads_context && side > 0 {
                continue;
            }
            let accepting = accepting_on(rules, name, |attribute| {
                let value = if name.reads_context { attribute.read(context) } else { read(side, attribute) };
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
        let mut reasons = Reasons::new(access, asked.resource, label);
        for (at, assignment) in asked.granted_by(access) {
            let reason = assignment.clauses(asked.resource).find_map(|clause| match clause {
                Ok(clause) => {
                    let place = names.iter().position(|name| clause.is_named(name.name))?;
                    let kept = found.get(place).zip(met.get(place)).map(|(found, met)| (*found, *met));
                    // Past those that were kept, the value is read again, for the reason alone.
                    let (found, met) = kept.or_else(|| {
                        let found = match clause.source {
                            Source::Context => clause.attribute.read(context),
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
            None => Denial::PermissionMissing {
                resource: access.schema().type_name_at(asked.resource),
                operation: access.schema().operation_at(asked.operation),
            },
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

impl Clause<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each condition takes a tenth of a decision")]
    pub(crate) fn is_met_by(&self, value: Value<'_>) -> bool {
        meets(value, self.matching, self.accepted)
    }
}

/// Whether an attribute's value meets a condition.
#[inline]
pub(crate) fn meets(value: Value<'_>, matching: Match, accepted: &ValueSet) -> bool {
    match value {
        Value::Text(text) => accepted.contains(text),
        Value::List(list) => meets_list(list, matching, accepted),
        other => accepted.accepts(other),
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
fn elements(list: &dyn List) -> impl ExactSizeIterator<Item = Value<'_>> {
    let len = list.len();
    let len = if list.is_empty() { 0 } else { len };
    (0..len).map(|index| list.item(index))
}
