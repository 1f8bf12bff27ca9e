//! The evaluator: pure functions from an access and a resource to a decision.
//!
//! Nothing here fails, allocates, reads a clock or recurses. The steps are those of `guide::model`, in its order: account,
//! permission, conditions. The first that fails is the reason. (The key comes first, at authentication.)

use super::{
    asked::Asked,
    denial::{Denial, UpdateSide},
    in_context::{Context, InContext, NONE},
    met::meets,
    outcome::Decision,
    several,
};
use crate::{
    access::{Access, CompiledCondition},
    attributes::Value,
    ends::same,
    resource::Resource,
    schema::{Operation, OperationRef, TypeRef, TypeRule},
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
        decide(self, &NONE, operation.into(), resource)
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
        decide_update(self, &NONE, stored, proposed)
    }
}

impl<'a> InContext<'a> {
    /// Decides an operation on one resource, as [`Access::decide`].
    #[inline]
    pub fn decide<R: Resource + ?Sized>(self, operation: impl Into<OperationRef<'a>>, resource: &'a R) -> Decision<'a> {
        decide(self.of, &self.context, operation.into(), resource)
    }

    /// Decides an update, as [`Access::decide_update`]. Both sides have the one context.
    #[inline]
    pub fn decide_update<S: Resource + ?Sized, P: Resource + ?Sized>(
        self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        decide_update(self.of, &self.context, stored, proposed)
    }
}

/// What is granted needs one function of its own, which is passed one word each of what it needs.
#[inline(always)]
#[expect(clippy::inline_always, reason = "an operation that is passed in memory costs a tenth of a decision")]
fn decide<'a, R: Resource + ?Sized>(
    access: &'a Access,
    context: Context<'_, 'a>,
    operation: OperationRef<'a>,
    resource: &'a R,
) -> Decision<'a> {
    // Each has its own end: to come together would cost a register and a comparison.
    match (operation, resource.resource_type()) {
        (OperationRef::Handle(operation), TypeRef::Handle(of)) => {
            decide_asked(access, context, access.granted_by_handles(operation, of), operation, resource)
        }
        (OperationRef::Handle(operation), TypeRef::Name(of)) => {
            decide_asked(access, context, access.granted_by_either(operation, of), operation, resource)
        }
        (OperationRef::Name(operation), TypeRef::Handle(of)) => {
            decide_asked(access, context, access.granted_by_either(operation, of), operation, resource)
        }
        (OperationRef::Name(operation), TypeRef::Name(of)) => {
            decide_asked(access, context, access.granted_by_names(operation, of), operation, resource)
        }
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn decide_asked<'a, R: Resource + ?Sized>(
    access: &'a Access,
    context: Context<'_, 'a>,
    asked: Option<Asked>,
    operation: impl Into<OperationRef<'a>>,
    resource: &'a R,
) -> Decision<'a> {
    match asked {
        Some(_) if access.has_no_conditions() => decide_account(access, resource),
        Some(asked) => decide_granted(access, context, asked, resource),
        None => refused(access, operation, resource),
    }
}

/// What is left where the permission is there, and no condition.
#[inline(never)]
fn decide_account<'a, R: Resource + ?Sized>(access: &'a Access, resource: &'a R) -> Decision<'a> {
    if same(resource.account(), access.account()) { Decision::Allow } else { Decision::Deny(Denial::OtherAccount) }
}

/// What is left where the permission is there: account and conditions.
#[inline(never)]
fn decide_granted<'a, R: Resource + ?Sized>(
    access: &'a Access,
    context: Context<'_, 'a>,
    asked: Asked,
    resource: &'a R,
) -> Decision<'a> {
    if !same(resource.account(), access.account()) {
        return Decision::Deny(Denial::OtherAccount);
    }
    if asked.is_update() {
        return update_without_proposed(access, context, asked, resource);
    }
    conditions::<1>(access, context, asked, |_, name| resource.attribute(name))
}

#[cold]
#[inline(never)]
fn update_without_proposed<'a, R: Resource + ?Sized>(
    access: &'a Access,
    context: Context<'_, 'a>,
    asked: Asked,
    resource: &'a R,
) -> Decision<'a> {
    conditions::<2>(access, context, asked, |side, name| match side {
        0 => resource.attribute(name),
        _ => Value::Absent,
    })
}

#[inline]
fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
    access: &'a Access,
    context: Context<'_, 'a>,
    stored: &'a S,
    proposed: &'a P,
) -> Decision<'a> {
    let (stored_is, proposed_is) =
        ((stored.account(), stored.resource_type()), (proposed.account(), proposed.resource_type()));
    match admit_update(access, stored_is, proposed_is) {
        Err(denial) => Decision::Deny(denial),
        Ok(asked) => conditions::<2>(access, context, asked, |side, name| match side {
            0 => stored.attribute(name),
            _ => proposed.attribute(name),
        }),
    }
}

#[cold]
#[inline(never)]
fn refused<'a, R: Resource + ?Sized>(
    access: &'a Access,
    operation: impl Into<OperationRef<'a>>,
    resource: &'a R,
) -> Decision<'a> {
    if resource.account() == access.account() {
        Decision::Deny(permission_missing(access, operation.into(), resource.resource_type()))
    } else {
        Decision::Deny(Denial::OtherAccount)
    }
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
    access.granted(operation, resource).ok_or_else(|| permission_missing(access, operation, resource))
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
        same if same.resource() == asked.resource() => Ok(asked),
        // Nobody may turn a resource of one type into one of another.
        other => Err(other.permission_missing(access)),
    }
}

/// The last step: of the assignments that grant the operation, one must have all its conditions met, on each side. `read`
/// gives the value of an attribute's first name on the side at a place. The decision is made where it is returned, since a denial
/// is large, and passing it on would cost more than the steps.
#[inline]
fn conditions<'a, const SIDES: usize>(
    access: &'a Access,
    context: Context<'_, 'a>,
    asked: Asked,
    read: impl Fn(usize, &'a str) -> Value<'a>,
) -> Decision<'a> {
    if let Some(others) = access.others.as_deref() {
        return several::decide::<SIDES>(access, context, &others.names, asked, read);
    }
    let rules = access.schema().rules_on(asked.resource());
    let Some(conditions) = &access.first.conditions else { return Decision::Allow };
    for of in conditions.iter() {
        let Some(binding) = rules.get(of.name).and_then(TypeRule::of_resource) else {
            match refused_otherwise(access, context, asked, of) {
                Some(denied) => return denied,
                None => continue,
            }
        };
        let attribute = binding.attribute();
        for side in 0..SIDES {
            match read(side, attribute.first()) {
                Value::Text(text) if attribute.is_name() => {
                    if !of.accepted.contains(text) {
                        return unmet(access, asked, of, UpdateSide::at::<SIDES>(side), Value::Text(text));
                    }
                }
                mut found => {
                    attribute.descend(&mut found);
                    if !meets(&found, binding.matching(), &of.accepted) {
                        return unmet(access, asked, of, UpdateSide::at::<SIDES>(side), found);
                    }
                }
            }
        }
    }
    Decision::Allow
}

/// Apart, so that what is allowed doesn't carry the room for a denial.
#[cold]
#[inline(never)]
fn unmet<'a>(
    access: &'a Access,
    asked: Asked,
    of: &CompiledCondition,
    side: Option<UpdateSide>,
    found: Value<'a>,
) -> Decision<'a> {
    match access.first.clause_of(asked.resource(), of) {
        Some(Ok(clause)) => Decision::Deny(clause.denial(side, found)),
        Some(Err(unbound)) => Decision::Deny(unbound.denial()),
        // There is such a condition, since it was not met; without one it is denied all the same.
        None => Decision::Deny(asked.permission_missing(access)),
    }
}

/// By a condition that doesn't restrict by an attribute of the resource: it reads the context, is ignored, or is not bound to
/// the type.
#[cold]
#[inline(never)]
fn refused_otherwise<'a>(
    access: &'a Access,
    context: Context<'_, 'a>,
    asked: Asked,
    of: &CompiledCondition,
) -> Option<Decision<'a>> {
    match access.first.clause_of(asked.resource(), of)? {
        Ok(clause) => {
            let found = clause.attribute.read(*context);
            (!clause.is_met_by(&found)).then(|| Decision::Deny(clause.denial(None, found)))
        }
        Err(unbound) => Some(Decision::Deny(unbound.denial())),
    }
}
