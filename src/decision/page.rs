//! Decisions on many resources at once.

use alloc::vec::Vec;

use super::{
    clauses::Clause,
    evaluate::permission,
    in_context::{InContext, ReadOnce},
    several::accepting_on,
};
use crate::{
    access::Access,
    joined::{self, AssignmentSet},
    resource::Resource,
    schema::{OperationRef, TypeRef},
};

impl Access {
    /// Decides one operation on each of many resources, and says which are allowed: the same answers as
    /// [`decide`](Self::decide) gives, in less time and without the reasons. It allocates for the answer, not for each
    /// resource.
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
        self.alone().decide_page(operation, page)
    }

    /// Those of the resources on which the operation is allowed. Each is checked as by [`decide`](Self::decide), account
    /// and type included.
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
    /// assert_eq!(access.allowed(Operation::LIST, products).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn allowed<'a, I>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resources: I,
    ) -> impl Iterator<Item = I::Item>
    where
        I: IntoIterator<Item: Resource>,
    {
        self.alone().allowed(operation, resources)
    }
}

impl<'a> InContext<'a> {
    /// Decides one operation on each of many resources, as [`Access::decide_page`].
    pub fn decide_page<R: Resource>(self, operation: impl Into<OperationRef<'a>>, page: &[R]) -> Selection {
        let mut prepared = Prepared::new(self, operation.into());
        let mut selection = Selection { words: Vec::with_capacity(page.len().div_ceil(64)), len: page.len() };
        for chunk in page.chunks(64) {
            let bit = |row: &R| u64::from(prepared.allows(row));
            // From the last row to the first, so that the first ends up in the lowest bit.
            selection.words.push(chunk.iter().rev().map(bit).fold(0, |word, bit| (word << 1) | bit));
        }
        selection
    }

    /// Those of the resources on which the operation is allowed, as [`Access::allowed`].
    pub fn allowed<I, O>(self, operation: O, resources: I) -> impl Iterator<Item = I::Item> + use<'a, I, O>
    where
        I: IntoIterator<Item: Resource>,
        O: Into<OperationRef<'a>>,
    {
        let mut prepared = Prepared::new(self, operation.into());
        resources.into_iter().filter(move |resource| prepared.allows(resource))
    }
}

/// Which of a page of resources are allowed: one bit for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The first resource is the lowest bit of the first word; bits past the last are 0.
    words: Vec<u64>,
    len: usize,
}

impl Selection {
    /// How many resources there were.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is allowed.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many are allowed.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the one at `index` is allowed; past the end none is.
    pub fn contains(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| (word >> (index % 64)) & 1 == 1)
    }

    /// The places of those that are allowed, in order.
    pub fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).filter(|index| self.contains(*index))
    }

    /// The words of the bitmap: the first resource is the lowest bit of the first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

/// A decision in which what is the same for many resources is looked up once: all but the account and the attributes.
struct Prepared<'a> {
    access: &'a Access,
    context: ReadOnce<'a>,
    operation: OperationRef<'a>,
    /// The type that `open` and `clauses` are of, and its name.
    current: Option<(usize, &'a str)>,
    /// Whether any resource of it can be allowed.
    open: bool,
    /// Of an access of one assignment.
    clauses: Vec<Clause<'a>>,
    /// Of one with several: those that grant the operation.
    granting: AssignmentSet,
    /// Whether there is nothing to ask of a resource of the type but the account.
    asks_nothing: bool,
}

impl<'a> Prepared<'a> {
    fn new(InContext { of: access, context }: InContext<'a>, operation: OperationRef<'a>) -> Self {
        Self {
            access,
            context: ReadOnce::new(context),
            operation,
            current: None,
            open: false,
            clauses: Vec::new(),
            granting: 0,
            asks_nothing: false,
        }
    }

    #[inline]
    fn allows<R: Resource + ?Sized>(&mut self, resource: &R) -> bool {
        self.is_open_for(resource.resource_type())
            && resource.account() == self.access.account()
            && (self.asks_nothing || self.is_met_by(resource))
    }

    #[inline]
    fn is_met_by<R: Resource + ?Sized>(&self, resource: &R) -> bool {
        let Some(others) = self.access.others.as_deref() else {
            return self.clauses.iter().all(|clause| clause.is_met_by(&clause.attribute.read(resource)));
        };
        let rules = self.current.map_or(&[][..], |(index, _)| self.access.schema().rules_on(index));
        let names = others.names.iter().filter(|name| !name.reads_context);
        let accepting = |name| accepting_on(rules, name, |attribute| attribute.read(resource));
        names.map(accepting).fold(self.granting, |open, accepting| open & accepting) != 0
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
        self.clauses.clear();
        (self.open, self.granting, self.asks_nothing) = (false, 0, false);
        let Ok(asked) = permission(self.access, self.operation, schema.type_handle(index).into()) else { return false };
        // What reads the context is the same for the whole page.
        for (place, assignment) in asked.granted_by(self.access) {
            if assignment.refusal_in(&mut self.context, index).is_some() {
                continue;
            }
            self.granting |= joined::only(place);
            let mut asked = assignment.clauses(index).flatten().filter(|clause| !clause.reads_context()).peekable();
            self.asks_nothing |= asked.peek().is_none();
            if self.access.others.is_none() {
                self.clauses.extend(asked);
            }
        }
        // An update has two sides, and the proposed one is not given.
        self.open = self.asks_nothing || (self.granting != 0 && !self.operation.is_update());
        self.open
    }
}
