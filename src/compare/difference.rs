//! What one access allows and another doesn't.

use super::together;
use crate::{access::Access, resource::Resource, schema::OperationRef};

/// The requests that one access allows and another denies.
///
/// A difference is no access, since an access never says "all but these"; it keeps the two. Whether there is any, and
/// of what it consists, [`within`](Access::within) and [`ensure_within`](Access::ensure_within) say.
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
    /// The one that allows and the one that doesn't. Denied by the second to deny means: allowed by the first.
    of: [Access; 2],
}

impl Access {
    /// What this access allows and `other` doesn't.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Difference {
        Difference { of: [self.clone(), other.clone()] }
    }
}

impl Difference {
    /// Whether this request is one of them.
    pub fn contains<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> bool {
        matches!(together::decide(&self.of, operation.into(), resource), Err((1, _)))
    }

    /// Whether this update is one of them.
    pub fn contains_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> bool {
        matches!(together::decide_update(&self.of, stored, proposed), Err((1, _)))
    }
}
