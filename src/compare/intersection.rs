//! The requests that several accesses all allow.

use alloc::{vec, vec::Vec};

use super::{
    demands::{Demand, Paths, answer, can_be_answered},
    operations,
    pair::can_be_compared,
    pieces::{GivenUp, MOST_PIECES},
    together,
    witness::Witness,
};
use crate::{
    access::Access,
    attributes::Attributes,
    decision::{Decision, Forbidden, InContext, NONE, ReadOnce},
    filter::Filter,
    resource::Resource,
    schema::{Operation, OperationRef, TypeRef},
};

/// The requests that several accesses all allow: for a token that acts for a person, for example.
///
/// No single access could allow exactly these. The list `["a", "b"]` meets a condition on `a` and a condition on `b`, and
/// these two have no value in common. So this keeps the accesses and asks each, which is exact for all attributes.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Role, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"tag": {"restricts": {"products": "tags"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
/// let person = Access::builder(&roles).role("admin").condition("tag:a")?.build()?;
/// let service = Access::builder(&roles).role("Inspector").condition("tag:b")?.build()?;
/// let both = person.intersection(&service);
///
/// let tags = [("tags", ["a", "b"])];
/// let product = ResourceView::new("products", "acme", &tags);
/// assert!(both.decide(Operation::READ, &product).is_allow());
/// assert!(!both.decide(Operation::DELETE, &product).is_allow());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Intersection {
    /// At least two.
    of: Vec<Access>,
}

/// Why there is no filter of what several accesses allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "one of them denies, or there are too many alternatives")]
pub enum IntersectionFilterError {
    /// One of them may list nothing of the type, and this is why.
    #[error(transparent)]
    Denied(Forbidden),
    /// There are more than [`Filter::MAX_ALTERNATIVES`] ways to take one alternative of each.
    #[error("the filter would have more than 256 alternatives")]
    TooManyAlternatives,
}

impl Access {
    /// What this access and `other` both allow.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Intersection {
        Intersection { of: vec![self.clone(), other.clone()] }
    }
}

impl Intersection {
    /// The requests that `access` allows as well.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everything = Access::builder(&roles).role("admin").build()?;
    /// let nothing = Access::builder(&roles).build()?;
    /// assert!(everything.intersection(&everything).and(&nothing).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn and(mut self, access: &Access) -> Self {
        self.of.push(access.clone());
        self
    }

    /// Whether there is nothing that all of them allow, and this is known: with more than 4,096 ways to take one assignment
    /// of each, or between schemas that take values of one attribute for different kinds, the search is given up.
    pub fn is_empty(&self) -> bool {
        matches!(self.common(), Ok(None))
    }

    /// Decides an operation as each access would; the first denial is the reason. Each attribute of the resource is read
    /// once for all accesses.
    pub fn decide<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> Decision<'a> {
        self.in_context(NONE).decide(operation, resource)
    }

    /// Decides an update as each access would; the first denial is the reason.
    pub fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        self.in_context(NONE).decide_update(stored, proposed)
    }

    /// What all of them may list: of each, one of its alternatives. Two clauses may be on one attribute; where all elements of
    /// a list must match, there may be no row that passes both.
    ///
    /// # Errors
    ///
    /// [`IntersectionFilterError::Denied`] where one of them may list nothing, as [`Access::try_filter`] says, and
    /// [`IntersectionFilterError::TooManyAlternatives`] where there are more than [`Filter::MAX_ALTERNATIVES`]: two
    /// accesses never come to that.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"tag": {"restricts": {"products": "tags"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let a = Access::builder(&roles).role("admin").condition("tag:a")?.build()?;
    /// let b = Access::builder(&roles).role("admin").condition("tag:b")?.build()?;
    /// let both = a.intersection(&b);
    /// assert_eq!(both.try_filter("products", "acme").unwrap().to_string(), "`tags` is `a` and `tags` is `b`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_filter<'a>(
        &'a self,
        resource: impl Into<TypeRef<'a>>,
        account: &str,
    ) -> Result<Filter, IntersectionFilterError> {
        self.in_context(NONE).try_filter(resource, account)
    }

    /// The intersection in the context of a request, as [`Access::in_context`].
    pub fn in_context<'a>(&'a self, context: &'a dyn Attributes) -> InContext<'a, Self> {
        InContext { of: self, context }
    }

    /// A request that all of them allow, if there is one. `None` too where the search is given up, as
    /// [`is_empty`](Self::is_empty) says.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"tag": {"restricts": {"products": "tags"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let a = Access::builder(&roles).role("admin").condition("tag:a")?.build()?;
    /// let b = Access::builder(&roles).role("admin").condition("tag:b")?.build()?;
    /// let witness = a.intersection(&b).witness().unwrap();
    /// assert_eq!(witness.to_string(), "`read` on `products` of `acme` with {`tags`: [`a`, `b`]}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn witness(&self) -> Option<Witness> {
        self.common().ok().flatten()
    }

    /// A request that all allow: of each access one assignment, of which nothing keeps out what the others ask for.
    fn common(&self) -> Result<Option<Witness>, GivenUp> {
        let Some((first, others)) = self.of.split_first() else { return Ok(None) };
        if others.iter().any(|other| other.account() != first.account()) {
            return Ok(None);
        }
        let pairs =
            self.of.iter().enumerate().flat_map(|(at, one)| self.of.iter().skip(at).map(move |other| (one, other)));
        if !pairs.into_iter().all(|(one, other)| can_be_compared(one, other)) {
            return Err(GivenUp::OtherKinds);
        }
        let mut made = 0_usize;
        for resource in 0..first.schema().resource_types().len() {
            let name = TypeRef::Name(first.schema().type_name_at(resource));
            let mut paths = Paths::new(others.iter().all(|other| other.schema() == first.schema()));
            let of_first = first.compiled().filter(|of| of.allows_some(resource)).map(|of| {
                let demands: Vec<Demand<'_>> = of.clauses(resource).flatten().map(|clause| paths.met(clause)).collect();
                (of, of.mask_at(resource), demands, others)
            });
            // The last is looked at first.
            let mut open: Vec<_> = of_first.collect();
            open.reverse();
            while let Some((of, mask, demands, others)) = open.pop() {
                let Some((next, others)) = others.split_first() else {
                    let operation = operations::best(first.schema(), resource, mask);
                    return Ok(operation.map(|operation| Witness::new(of, resource, operation, answer(&demands))));
                };
                let Some(there) = next.schema().type_index(name) else { continue };
                let from = open.len();
                for assignment in next.compiled().filter(|assignment| assignment.allows_some(there)) {
                    let shared = |index: &u8| {
                        let name = OperationRef::Name(first.schema().operation_at(*index));
                        next.schema().operation_index(name).is_some_and(|index| assignment.grants_at(there, index))
                    };
                    let mask = operations::mask(operations::operations(mask).filter(shared));
                    let more = assignment.clauses(there).flatten().map(|clause| paths.met(clause));
                    let demands: Vec<Demand<'_>> = demands.iter().copied().chain(more).collect();
                    made = made.saturating_add(1);
                    if made > MOST_PIECES {
                        return Err(GivenUp::TooManyPieces);
                    }
                    if mask != 0 && can_be_answered(&demands) {
                        open.push((of, mask, demands, others));
                    }
                }
                open.get_mut(from..).unwrap_or_default().reverse();
            }
        }
        Ok(None)
    }
}

impl<'a> InContext<'a, Intersection> {
    /// Decides an operation as each access would, as [`Intersection::decide`].
    pub fn decide<R: Resource + ?Sized>(self, operation: impl Into<OperationRef<'a>>, resource: &'a R) -> Decision<'a> {
        let decided = together::decide(&self.of.of, self.context, operation.into(), resource);
        decided.map_err(|(_, denial)| denial).into()
    }

    /// Decides an update as each access would, as [`Intersection::decide_update`].
    pub fn decide_update<S: Resource + ?Sized, P: Resource + ?Sized>(
        self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        let decided = together::decide_update(&self.of.of, self.context, stored, proposed);
        decided.map_err(|(_, denial)| denial).into()
    }

    /// What all of them may list, as [`Intersection::try_filter`].
    ///
    /// # Errors
    ///
    /// [`IntersectionFilterError`] as there; a condition that the context doesn't meet is a denial.
    pub fn try_filter(
        self,
        resource: impl Into<TypeRef<'a>>,
        account: &str,
    ) -> Result<Filter, IntersectionFilterError> {
        let (resource, list) = (resource.into(), OperationRef::Handle(Operation::LIST));
        let mut context = ReadOnce::new(self.context);
        let mut all = Filter::Everything;
        for of in &self.of.of {
            let one = of
                .filter_in(&mut context, list, resource, account)
                .map_err(|denial| IntersectionFilterError::Denied(denial.into()))?;
            all = all.and(&one).ok_or(IntersectionFilterError::TooManyAlternatives)?;
        }
        Ok(all)
    }
}
