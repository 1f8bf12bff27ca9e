//! The evaluator: pure functions from an access and a resource to a decision.
//!
//! Nothing here fails, allocates, reads a clock or recurses. The steps are those of `guide::model`, in its order: account,
//! permission, conditions. The first that fails is the reason. (The key comes first, at authentication.)

use super::{
    clauses::Clause,
    denial::{Denial, UpdateSide},
    outcome::Decision,
};
use crate::{
    access::Access,
    attributes::{List, Value},
    resource::Resource,
    schema::{Match, Operation, OperationRef, Schema, TypeRef},
    value_set::ValueSet,
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
        let operation = operation.into();
        match admit(self, operation, resource.account(), resource.resource_type()) {
            Err(denial) => Decision::Deny(denial),
            Ok(index) if is_update(operation) => conditions(self, index, |clause| {
                let stored = clause.unmet(Some(UpdateSide::Stored), clause.attribute.read(resource));
                stored.or_else(|| clause.unmet(Some(UpdateSide::Proposed), Value::Absent))
            }),
            Ok(index) => conditions(self, index, |clause| clause.unmet(None, clause.attribute.read(resource))),
        }
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
        let (stored_is, proposed_is) =
            ((stored.account(), stored.resource_type()), (proposed.account(), proposed.resource_type()));
        match admit_update(self, stored_is, proposed_is) {
            Err(denial) => Decision::Deny(denial),
            Ok(index) => conditions(self, index, |clause| {
                let stored = clause.unmet(Some(UpdateSide::Stored), clause.attribute.read(stored));
                stored.or_else(|| clause.unmet(Some(UpdateSide::Proposed), clause.attribute.read(proposed)))
            }),
        }
    }
}

/// Account and permission: the first two steps after the key. Gives the type's place in the schema.
#[inline]
pub(crate) fn admit<'a>(
    access: &'a Access,
    operation: OperationRef<'a>,
    account: &str,
    resource: TypeRef<'a>,
) -> Result<usize, Denial<'a>> {
    if account != access.account() {
        return Err(Denial::OtherAccount);
    }
    permission(access, operation, resource)
}

/// The permission alone. Gives the type's place in the schema.
#[inline]
pub(super) fn permission<'a>(
    access: &'a Access,
    operation: OperationRef<'a>,
    resource: TypeRef<'a>,
) -> Result<usize, Denial<'a>> {
    let index = access.schema().type_index(resource);
    let operation_index = access.schema().operation_index(operation);
    match index.zip(operation_index) {
        Some((index, operation)) if access.grants_at(index, operation) => Ok(index),
        _ => Err(permission_missing(access, operation, resource)),
    }
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
) -> Result<usize, Denial<'a>> {
    let update = OperationRef::Handle(Operation::UPDATE);
    if proposed.0 != access.account() {
        return Err(Denial::OtherAccount);
    }
    let index = admit(access, update, stored.0, stored.1)?;
    match permission(access, update, proposed.1)? {
        same if same == index => Ok(index),
        // Nobody may turn a resource of one type into one of another.
        other => {
            let resource = access.schema().type_name_at(other);
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

/// The last step: every condition name of the access, in its order; `unmet` gives the denial of one that isn't met. The
/// decision is made where it is returned, since a denial is large, and passing it on would cost more than the steps.
#[inline]
fn conditions<'a>(
    access: &'a Access,
    resource: usize,
    unmet: impl Fn(&Clause<'a>) -> Option<Denial<'a>>,
) -> Decision<'a> {
    for clause in access.clauses(resource) {
        match clause {
            Ok(clause) => {
                if let Some(denial) = unmet(&clause) {
                    return Decision::Deny(denial);
                }
            }
            Err(unbound) => return Decision::Deny(unbound.into()),
        }
    }
    Decision::Allow
}

impl<'a> Clause<'a> {
    /// The denial, if the value found on a side doesn't meet the clause.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each condition takes a tenth of a decision")]
    pub(crate) fn unmet(&self, side: Option<UpdateSide>, found: Value<'a>) -> Option<Denial<'a>> {
        if self.is_met_by(found) {
            return None;
        }
        let Self { attribute, matching, accepted, .. } = *self;
        let condition = self.condition();
        Some(Denial::ConditionUnmet { condition, attribute, found, accepted, matching, side })
    }

    #[inline]
    pub(super) fn is_met_by(&self, value: Value<'_>) -> bool {
        meets(value, self.matching, self.accepted)
    }
}

/// Whether an attribute's value meets a condition.
#[inline]
pub(crate) fn meets(value: Value<'_>, matching: Match, accepted: &ValueSet) -> bool {
    match value {
        Value::Text(text) => accepted.contains(text),
        Value::List(list) => meets_list(list, matching, accepted),
        other => meets_scalar(other, accepted),
    }
}

fn meets_list(list: &dyn List, matching: Match, accepted: &ValueSet) -> bool {
    // Read once: a host may compute it, and give another answer the next time.
    let len = list.len();
    // All elements of an empty list are accepted, and still it meets nothing. Nor does a list whose two answers differ.
    if len == 0 || list.is_empty() {
        return false;
    }
    let mut elements = (0..len).map(|index| list.item(index));
    match matching {
        Match::Any => elements.any(|element| meets_scalar(element, accepted)),
        Match::All => elements.all(|element| meets_scalar(element, accepted)),
    }
}

/// Whether one value, as text, is accepted. A value without a text is not; each kind is named, so that a new one must be
/// decided on.
fn meets_scalar(value: Value<'_>, accepted: &ValueSet) -> bool {
    match value {
        Value::Text(text) => accepted.contains(text),
        Value::Integer(integer) => accepted.contains(itoa::Buffer::new().format(integer)),
        Value::Boolean(boolean) => accepted.contains(if boolean { "true" } else { "false" }),
        Value::Absent | Value::Null | Value::Float(_) | Value::List(_) | Value::Object(_) | Value::Other => false,
    }
}
