//! What one access allows and another doesn't.

use super::{excess::Excess, gather, once::Once, pair::Pair, witness::Witness};
use crate::{access::Access, resource::Resource, schema::OperationRef};

/// The requests that one access allows and another denies.
///
/// A difference is no access, since an access never says "all but these"; it keeps the two. What it consists
/// of, name by name, is its [`excess`](Self::excess).
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
/// assert!(!difference.is_empty() && one.difference(&all).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Difference {
    of: Access,
    without: Access,
}

impl Access {
    /// What this access allows and `other` doesn't.
    ///
    /// See [`Difference`] for an example.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Difference {
        Difference { of: self.clone(), without: other.clone() }
    }
}

impl Difference {
    /// Whether there is no such request: the one access is within the other.
    ///
    /// See [`Difference`] for an example.
    pub fn is_empty(&self) -> bool {
        self.of.is_within(&self.without)
    }

    /// Whether this request is one of them.
    ///
    /// See [`Difference`] for an example.
    pub fn contains<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> bool {
        let (operation, once) = (operation.into(), Once::new());
        let asked = once.of(resource);
        self.of.decide_asked(operation, &asked).is_allow() && !self.without.decide_asked(operation, &asked).is_allow()
    }

    /// Whether this update is one of them.
    ///
    /// ```
    /// use keyward::{Access, ResourceView, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everything = Access::builder(&roles).role("admin").build()?;
    /// let nothing = Access::builder(&roles).build()?;
    /// let product = ResourceView::new("products", "acme", &());
    /// assert!(everything.difference(&nothing).contains_update(&product, &product));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contains_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> bool {
        let once = (Once::new(), Once::new());
        let (stored, proposed) = (once.0.of(stored), once.1.of(proposed));
        self.of.decide_update_asked(&stored, &proposed).is_allow()
            && !self.without.decide_update_asked(&stored, &proposed).is_allow()
    }

    /// One of these requests; none exactly where there is none.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everything = Access::builder(&roles).role("admin").build()?;
    /// assert!(everything.difference(&everything).witness().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn witness(&self) -> Option<Witness> {
        Pair::new(&self.of, &self.without).witness()
    }

    /// What it consists of: permissions, condition values, missing condition names.
    ///
    /// See [`Excess`] for an example.
    pub fn excess(&self) -> Option<Excess> {
        gather::excess(&self.of, &self.without)
    }
}
