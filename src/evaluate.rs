//! The evaluator: pure functions from an access and a resource to a decision.
//!
//! Nothing here fails, allocates, reads a clock or recurses. The order of the steps is that of `guide::model`, and
//! the first that fails is the reason: account, permission, conditions. (The key comes before, at
//! authentication.)

use crate::{
    access::Access,
    attributes::{AttributePath, List, Value},
    decision::Decision,
    denial::{Denial, Side},
    resource::Resource,
    schema::{Bound, Match, Operation, OperationRef, TypeRef},
    value_set::ValueSet,
};

impl Access {
    /// Decides an operation on one resource.
    ///
    /// `read`, `delete`, `list` and the host's own operations test the stored attributes, `create` the proposed
    /// ones: give the resource as it would be. An `update` has two sides and a method of its own,
    /// [`decide_update`](Self::decide_update); asked here, its proposed side has no attributes, and so meets
    /// no condition.
    ///
    /// The decision borrows from the access and the resource, which must both live as long as it: bind the resource
    /// first, or turn the decision [into a result](Decision::into_result) at once.
    ///
    /// The operation may be a handle or a name; a name that the schema doesn't have is granted to nobody.
    ///
    /// See [`Access`] for an example.
    #[inline]
    pub fn decide<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> Decision<'a> {
        let operation = operation.into();
        match admit(self, operation, resource.account(), resource.resource_type()) {
            Err(denial) => Decision::Deny(denial),
            Ok(index) if is_update(self, operation) => conditions(self, index, |path| {
                [(Some(Side::Stored), path.read(resource)), (Some(Side::Proposed), Value::Absent)]
            }),
            Ok(index) => conditions(self, index, |path| [(None, path.read(resource))]),
        }
    }

    /// Decides an update: the resource as it is stored and as it would be must both meet the conditions, so
    /// that nothing is moved out of, or into, someone's reach.
    ///
    /// `proposed` is the whole resource as it would be, not the changed part alone: an attribute that it
    /// leaves out is absent. Both must be of one account and one type.
    ///
    /// ```
    /// use keyward::{Access, Decision, Denial, ResourceView, Roles, Schema, Side};
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
    ///     Decision::Deny(Denial::ConditionUnmet { side: Some(Side::Proposed), .. }),
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        let stored = Asked::of(stored, |path| path.read(stored));
        self.decide_update_asked(&stored, &Asked::of(proposed, |path| path.read(proposed)))
    }

    /// [`decide`](Self::decide) of a resource that others decide on, too. It stands apart because a decision on a
    /// permission alone, through here, takes a third longer.
    pub(crate) fn decide_asked<'a>(
        &'a self,
        operation: OperationRef<'a>,
        asked: &Asked<'a, impl Fn(&'a AttributePath) -> Value<'a>>,
    ) -> Decision<'a> {
        match admit(self, operation, asked.account, asked.resource_type) {
            Err(denial) => Decision::Deny(denial),
            Ok(index) if is_update(self, operation) => conditions(self, index, |path| {
                [(Some(Side::Stored), (asked.read)(path)), (Some(Side::Proposed), Value::Absent)]
            }),
            Ok(index) => conditions(self, index, |path| [(None, (asked.read)(path))]),
        }
    }

    #[inline]
    pub(crate) fn decide_update_asked<'a>(
        &'a self,
        stored: &Asked<'a, impl Fn(&'a AttributePath) -> Value<'a>>,
        proposed: &Asked<'a, impl Fn(&'a AttributePath) -> Value<'a>>,
    ) -> Decision<'a> {
        let update = OperationRef::Handle(Operation::UPDATE);
        if proposed.account != self.account() {
            return Decision::Deny(Denial::OtherAccount);
        }
        let index = match admit(self, update, stored.account, stored.resource_type) {
            Ok(index) => index,
            Err(denial) => return Decision::Deny(denial),
        };
        match admit(self, update, proposed.account, proposed.resource_type) {
            Ok(same) if same == index => conditions(self, index, |path| {
                [(Some(Side::Stored), (stored.read)(path)), (Some(Side::Proposed), (proposed.read)(path))]
            }),
            // Nobody may turn a resource of one type into one of another.
            Ok(other) => {
                let resource = self.schema().type_name_at(other);
                Decision::Deny(Denial::PermissionMissing { resource, operation: "update" })
            }
            Err(denial) => Decision::Deny(denial),
        }
    }
}

/// A resource as a decision sees it. Its host is asked for type and account here and never again, since what it
/// computes may be something else the next time.
pub(crate) struct Asked<'a, F> {
    account: &'a str,
    resource_type: TypeRef<'a>,
    /// Asked for each attribute no more than once by one access.
    read: F,
}

impl<'a, F: Fn(&'a AttributePath) -> Value<'a>> Asked<'a, F> {
    #[inline]
    pub(crate) fn of<R: Resource + ?Sized>(resource: &'a R, read: F) -> Self {
        Self { account: resource.account(), resource_type: resource.resource_type(), read }
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

#[inline]
pub(crate) fn is_update(access: &Access, operation: OperationRef<'_>) -> bool {
    match operation {
        OperationRef::Handle(handle) => handle == Operation::UPDATE,
        OperationRef::Name(name) => name == access.schema().operation_name(Operation::UPDATE),
    }
}

/// The last step: every condition name of the access, in its order, on every side that `read` gives.
#[inline]
fn conditions<'a, const N: usize>(
    access: &'a Access,
    resource: usize,
    read: impl Fn(&'a AttributePath) -> [(Option<Side>, Value<'a>); N],
) -> Decision<'a> {
    for dimension in access.dimensions() {
        let schema = access.schema();
        match schema.bound(dimension.bounds, resource) {
            Bound::Ignored => {}
            Bound::Unbound => {
                return Decision::Deny(Denial::ConditionUnbound {
                    condition: schema.condition_name_at(dimension.condition),
                    resource: schema.type_name_at(resource),
                });
            }
            Bound::Restricts(binding) => {
                let attribute = binding.attribute();
                for (side, found) in read(attribute) {
                    if !meets(found, binding.matching(), &dimension.accepted) {
                        return Decision::Deny(Denial::ConditionUnmet {
                            condition: schema.condition_name_at(dimension.condition),
                            attribute,
                            found,
                            accepted: &dimension.accepted,
                            matching: binding.matching(),
                            side,
                        });
                    }
                }
            }
        }
    }
    Decision::Allow
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
    // Read once: a host may compute it, and say something else the next time.
    let len = list.len();
    // Of an empty list everything is true; that lets nobody in, nor does a list that says both.
    if len == 0 || list.is_empty() {
        return false;
    }
    let mut elements = (0..len).map(|index| list.item(index));
    match matching {
        Match::Any => elements.any(|element| meets_scalar(element, accepted)),
        Match::All => elements.all(|element| meets_scalar(element, accepted)),
    }
}

/// One value, as text. What has no text meets nothing: that is decided by naming what has one.
fn meets_scalar(value: Value<'_>, accepted: &ValueSet) -> bool {
    match value {
        Value::Text(text) => accepted.contains(text),
        Value::Integer(integer) => accepted.contains(itoa::Buffer::new().format(integer)),
        Value::Boolean(boolean) => accepted.contains(if boolean { "true" } else { "false" }),
        Value::Absent | Value::Null | Value::Float(_) | Value::List(_) | Value::Object(_) | Value::Other => false,
    }
}
