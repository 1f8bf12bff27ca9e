//! The requests that one access allows and another denies.

use super::together;
use crate::{
    access::Access,
    attributes::Attributes,
    decision::{InContext, NONE},
    resource::Resource,
    schema::OperationRef,
};

/// The requests that one access allows and another denies.
///
/// No access need be able to allow exactly these, so this keeps the two and asks both.
/// [`within`](Access::within) says whether there is any such request, and [`ensure_within`](Access::ensure_within) lists
/// what the difference consists of.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let all = Access::builder(&roles).role("admin").build()?;
/// let one = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
/// let difference = all.difference(&one);
///
/// let (a, b) = ([("brand", "a")], [("brand", "b")]);
/// assert!(difference.contains(Operation::READ, &ResourceView::new("products", "acme", &b)));
/// assert!(!difference.contains(Operation::READ, &ResourceView::new("products", "acme", &a)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Difference {
    /// The one that must allow and the one that must deny. If the second is the first to deny, the first has allowed.
    of: [Access; 2],
}

impl Access {
    /// The requests that this access allows and `other` denies.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Difference {
        Difference { of: [self.clone(), other.clone()] }
    }
}

impl Difference {
    /// Whether this request is in the difference.
    pub fn contains<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> bool {
        self.in_context(NONE).contains(operation, resource)
    }

    /// Whether this update is in the difference.
    pub fn contains_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> bool {
        self.in_context(NONE).contains_update(stored, proposed)
    }

    /// The difference in the context of a request, as [`Access::in_context`].
    pub fn in_context<'a>(&'a self, context: &'a dyn Attributes) -> InContext<'a, Self> {
        InContext { of: self, context }
    }
}

impl<'a> InContext<'a, Difference> {
    /// Whether this request is in the difference.
    pub fn contains<R: Resource + ?Sized>(self, operation: impl Into<OperationRef<'a>>, resource: &'a R) -> bool {
        matches!(together::decide(&self.of.of, self.context, operation.into(), resource), Err((1, _)))
    }

    /// Whether this update is in the difference.
    pub fn contains_update<S: Resource + ?Sized, P: Resource + ?Sized>(self, stored: &'a S, proposed: &'a P) -> bool {
        matches!(together::decide_update(&self.of.of, self.context, stored, proposed), Err((1, _)))
    }
}
