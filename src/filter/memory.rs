//! Many resources that are at hand, decided in one go.

use alloc::vec::Vec;
use core::iter::FusedIterator;

use crate::{
    access::Access,
    attributes::AttributePath,
    evaluate::meets,
    resource::Resource,
    schema::{Bound, Match, Operation, OperationRef, TypeRef},
    value_set::ValueSet,
};

impl Access {
    /// Decides one operation on each of many resources, and says which are allowed: the same as
    /// [`decide`](Self::decide) for each, in less time and without the reasons. It allocates for the answer,
    /// not for a resource.
    ///
    /// ```
    /// use keyward::{Access, Operation, ResourceView, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    ///
    /// let (a, b) = ([("brand", "a")], [("brand", "b")]);
    /// let page = [
    ///     ResourceView::new("products", "acme", &a),
    ///     ResourceView::new("products", "acme", &b),
    ///     ResourceView::new("products", "emca", &a),
    ///     ResourceView::new("products", "acme", &a),
    /// ];
    /// let allowed = access.decide_page(Operation::LIST, &page);
    /// assert_eq!(allowed.indices().collect::<Vec<_>>(), [0, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_page<'a, R: Resource>(&'a self, operation: impl Into<OperationRef<'a>>, page: &[R]) -> Selection {
        let mut gate = Gate::new(self, operation.into());
        let mut selection = Selection { words: Vec::with_capacity(page.len().div_ceil(64)), len: page.len() };
        for chunk in page.chunks(64) {
            let bit = |row: &R| u64::from(gate.admits(row));
            // From the last row to the first, so that the first ends up in the lowest bit.
            selection.words.push(chunk.iter().rev().map(bit).fold(0, |word, bit| (word << 1) | bit));
        }
        selection
    }

    /// The resources on which the operation is allowed, out of many: each checked as [`decide`](Self::decide)
    /// would, account and type included.
    ///
    /// ```
    /// # use keyward::{Access, Operation, ResourceView, Roles, Schema};
    /// # let schema = Schema::from_json(
    /// #     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// # )?;
    /// # let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    /// let stored = [[("brand", "a")], [("brand", "b")]];
    /// let products = stored.iter().map(|attributes| ResourceView::new("products", "acme", attributes));
    /// assert_eq!(access.passing(Operation::LIST, products).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn passing<'a, I>(&'a self, operation: impl Into<OperationRef<'a>>, resources: I) -> Passing<'a, I::IntoIter>
    where
        I: IntoIterator<Item: Resource>,
    {
        Passing { gate: Gate::new(self, operation.into()), resources: resources.into_iter() }
    }
}

/// Which of a page of resources are allowed: one bit for each.
///
/// See [`Access::decide_page`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The first resource is the lowest bit of the first word; bits past the last are 0.
    words: Vec<u64>,
    len: usize,
}

impl Selection {
    /// How many resources there were.
    ///
    /// ```
    /// # use keyward::{Access, Operation, ResourceView, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let nobody = Access::builder(&roles).build()?;
    /// let selection = nobody.decide_page(Operation::LIST, &[ResourceView::new("products", "acme", &())]);
    /// assert_eq!((selection.len(), selection.count(), selection.is_empty()), (1, 0, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is allowed.
    ///
    /// See [`len`](Self::len) for an example.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many are allowed.
    ///
    /// See [`len`](Self::len) for an example.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the one at `index` is allowed; past the end none is.
    ///
    /// ```
    /// # use keyward::{Access, Operation, ResourceView, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everybody = Access::builder(&roles).role("admin").build()?;
    /// let selection = everybody.decide_page(Operation::LIST, &[ResourceView::new("products", "acme", &())]);
    /// assert!(selection.contains(0) && !selection.contains(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contains(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| (word >> (index % 64)) & 1 == 1)
    }

    /// Where those that are allowed stand, in order.
    ///
    /// See [`Access::decide_page`] for an example.
    pub fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).filter(|index| self.contains(*index))
    }

    /// The words of the bitmap: the first resource is the lowest bit of the first.
    ///
    /// ```
    /// # use keyward::{Access, Operation, ResourceView, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everybody = Access::builder(&roles).role("admin").build()?;
    /// let selection = everybody.decide_page(Operation::LIST, &[ResourceView::new("products", "acme", &()); 3]);
    /// assert_eq!(selection.words(), [0b111]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

/// The resources on which an operation is allowed.
///
/// See [`Access::passing`] for an example.
#[derive(Clone, Debug)]
pub struct Passing<'a, I> {
    gate: Gate<'a>,
    resources: I,
}

impl<I: Iterator<Item: Resource>> Iterator for Passing<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let gate = &mut self.gate;
        self.resources.find(|resource| gate.admits(resource))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.resources.size_hint().1)
    }
}

impl<I: FusedIterator<Item: Resource>> FusedIterator for Passing<'_, I> {}

/// What stays the same from one resource to the next, looked up once: all of a decision but the account and the
/// attributes.
#[derive(Clone, Debug)]
struct Gate<'a> {
    access: &'a Access,
    operation: Option<u8>,
    /// The type that the rest was looked up for, and its name.
    current: Option<(usize, &'a str)>,
    /// Whether a resource of it can pass at all.
    open: bool,
    clauses: Vec<(&'a AttributePath, Match, &'a ValueSet)>,
}

impl<'a> Gate<'a> {
    fn new(access: &'a Access, operation: OperationRef<'a>) -> Self {
        let operation = access.schema().operation_index(operation);
        Self { access, operation, current: None, open: false, clauses: Vec::new() }
    }

    #[inline]
    fn admits<R: Resource + ?Sized>(&mut self, resource: &R) -> bool {
        self.is_open_for(resource.resource_type())
            && resource.account() == self.access.account()
            && self
                .clauses
                .iter()
                .all(|(attribute, matching, accepted)| meets(attribute.read(resource), *matching, accepted))
    }

    #[inline]
    fn is_open_for(&mut self, resource: TypeRef<'_>) -> bool {
        match (resource, self.current) {
            (TypeRef::Name(name), Some((_, current))) if name == current => self.open,
            _ => match (self.access.schema().type_index(resource), self.current) {
                (Some(index), Some((current, _))) if index == current => self.open,
                (Some(index), _) => self.turn_to(index),
                (None, _) => false,
            },
        }
    }

    #[cold]
    fn turn_to(&mut self, index: usize) -> bool {
        let schema = self.access.schema();
        self.current = Some((index, schema.type_name_at(index)));
        self.open = self.operation.is_some_and(|operation| self.access.grants_at(index, operation));
        self.clauses.clear();
        for dimension in self.access.dimensions() {
            match schema.bound(dimension.bounds, index) {
                Bound::Ignored => {}
                Bound::Unbound => self.open = false,
                Bound::Restricts(binding) => {
                    self.clauses.push((binding.attribute(), binding.matching(), &dimension.accepted));
                }
            }
        }
        // An update has two sides, and the proposed one is not here.
        if self.operation == schema.operation_index(Operation::UPDATE.into()) && !self.clauses.is_empty() {
            self.open = false;
        }
        self.open
    }
}
