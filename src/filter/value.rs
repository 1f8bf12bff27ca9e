//! The filter: nothing, everything, clauses that must all hold, or alternatives of such.

use alloc::vec::Vec;
use core::{fmt, slice};

use serde::Serialize;

use super::{
    alternatives::Alternatives,
    clause::{Clause, Clauses},
};
use crate::{
    access::Access,
    attributes::Attributes,
    decision::{Asked, Denial, InContext, ReadOnce, Reasons, admit},
    schema::{Operation, OperationRef, TypeRef},
};

/// What an access may list of one type, **within its account**: nothing, everything, the resources for which every clause
/// holds ("this attribute is one of these"), or alternatives of such clauses.
///
/// It doesn't name the account. [`SqlTable`](crate::filter::SqlTable) and
/// [`MongoCollection`](crate::filter::MongoCollection) add the account to the query; [`Access::allowed`] and
/// [`Access::decide_page`] check it for each row.
///
/// In JSON it is `"nothing"`, `"all"`, `{"all_of": [{"attribute": …, "one_of": […]}]}`, or `{"any_of": […]}` with two or more
/// such objects. A clause has `"match": "all"`
/// where every element of a list must be accepted. [`Display`](fmt::Display) is for people.
///
/// ```
/// use keyward::{Access, Roles, Schema, filter::Filter};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"products": {}, "places": {}},
///         "conditions": {"brand": {"restricts": {"products": "brand"}}}
///     }"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let filter = access.filter("products");
/// assert_eq!(filter.to_string(), "`brand` is `a` or `b`");
/// let json = serde_json::to_string(&filter)?;
/// assert_eq!(json, r#"{"all_of":[{"attribute":"brand","one_of":["a","b"]}]}"#);
/// assert_eq!(serde_json::from_str::<Filter>(&json)?, filter);
///
/// // The condition is not bound to places, and so everything there is denied.
/// assert_eq!(access.filter("places"), Filter::Nothing);
/// assert_eq!(Access::builder(&roles).role("admin").build()?.filter("places"), Filter::Everything);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "`guide::model` has these four, and each must be handled")]
pub enum Filter {
    /// No resource passes.
    Nothing,
    /// Every resource of the type, in the account, passes.
    #[serde(rename = "all")]
    Everything,
    /// A resource passes if every clause holds.
    AllOf(Clauses),
    /// A resource passes if it passes one of the alternatives.
    AnyOf(Alternatives),
}

impl Access {
    /// What the access may list of a type in an account, or why it may list nothing.
    ///
    /// # Errors
    ///
    /// [`Denial`] where no resource could pass: another account, no permission to `list` the type, or a condition that is
    /// not bound to it. So the filter is never [`Filter::Nothing`].
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema, filter::Filter};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let access = Access::builder(&roles).role("admin").build()?;
    /// assert_eq!(access.try_filter("products", "acme").unwrap(), Filter::Everything);
    /// assert_eq!(access.try_filter("products", "emca").unwrap_err().status(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_filter<'a>(&'a self, resource: impl Into<TypeRef<'a>>, account: &str) -> Result<Filter, Denial<'a>> {
        self.try_filter_of(Operation::LIST, resource, account)
    }

    /// The resources of a type on which an operation is allowed, or why there can be none: "what may I approve?".
    ///
    /// A resource passes exactly if the operation on it is allowed. Of an `update` that is: one that leaves it as it is. Of a
    /// `create` the resource is taken as it would be.
    ///
    /// # Errors
    ///
    /// As [`try_filter`](Self::try_filter), of this operation.
    ///
    /// ```
    /// use keyward::{Access, Operation, Role, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"records": {}}, "conditions": {"owner": {"restricts": {"records": "owner"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?
    ///     .with(Role::new("reader", ["records:read,list"])?)?
    ///     .with(Role::new("editor", ["records:update"])?)?;
    /// let alice = Access::builder(&roles).role("reader").or().role("editor").condition("owner:alice")?.build()?;
    /// assert_eq!(alice.try_filter("records", "acme").unwrap().to_string(), "everything");
    /// let editable = alice.try_filter_of(Operation::UPDATE, "records", "acme").unwrap();
    /// assert_eq!(editable.to_string(), "`owner` is `alice`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_filter_of<'a>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        account: &str,
    ) -> Result<Filter, Denial<'a>> {
        self.alone().try_filter_of(operation, resource, account)
    }

    /// Which resources of the type pass, by the assignments that grant the operation, in this context or in which contexts.
    pub(crate) fn filter_asked(&self, context: Option<&dyn Attributes>, asked: Asked) -> Filter {
        if let Some(context) = context {
            return self.filter_of(&mut ReadOnce::new(context), asked).unwrap_or(Filter::Nothing);
        }
        let granting = asked.granted_by(self).map(|(_, assignment)| assignment);
        let bound = granting.filter(|assignment| assignment.is_bound(asked.resource()));
        Filter::any_of(bound.map(|assignment| {
            let clauses: Vec<Clause> = assignment.clauses(asked.resource()).flatten().map(Into::into).collect();
            Clauses::new(clauses).map_or(Filter::Everything, Filter::AllOf)
        }))
    }

    /// The resources of a type on which an operation is allowed in a context, of which several accesses may have read.
    pub(crate) fn filter_in<'a>(
        &'a self,
        context: &mut ReadOnce<'a>,
        operation: OperationRef<'a>,
        resource: TypeRef<'a>,
        account: &str,
    ) -> Result<Filter, Denial<'a>> {
        self.filter_of(context, admit(self, operation, account, resource)?)
    }

    fn filter_of<'a>(&'a self, context: &mut ReadOnce<'a>, asked: Asked) -> Result<Filter, Denial<'a>> {
        // The reasons of assignments by which no resource could pass.
        let mut reasons = Reasons::new(self, asked.resource(), None);
        let mut alternatives = Vec::new();
        for (at, assignment) in asked.granted_by(self) {
            if let Some(reason) = assignment.refusal_in(context, asked.resource()) {
                reasons.add(at, reason);
                continue;
            }
            let clauses = assignment.clauses(asked.resource()).flatten().filter(|clause| !clause.reads_context());
            alternatives
                .push(Clauses::new(clauses.map(Into::into).collect()).map_or(Filter::Everything, Filter::AllOf));
        }
        let filter = Filter::any_of(alternatives);
        if filter.is_nothing() { reasons.denial().map_or(Ok(filter), Err) } else { Ok(filter) }
    }

    /// What the access may list of a type, within its own account.
    ///
    /// As [`try_filter`](Self::try_filter), without the reason: a type that may not be listed, or that the schema doesn't
    /// have, is [`Filter::Nothing`].
    pub fn filter<'a>(&'a self, resource: impl Into<TypeRef<'a>>) -> Filter {
        self.try_filter(resource, self.account()).unwrap_or(Filter::Nothing)
    }
}

impl<'a> InContext<'a> {
    /// What the access may list of a type in an account, in this context, as [`Access::try_filter`].
    ///
    /// # Errors
    ///
    /// [`Denial`] as there, and for a condition that the context doesn't meet.
    pub fn try_filter(self, resource: impl Into<TypeRef<'a>>, account: &str) -> Result<Filter, Denial<'a>> {
        self.try_filter_of(Operation::LIST, resource, account)
    }

    /// The resources of a type on which an operation is allowed in this context, as [`Access::try_filter_of`]. What reads the
    /// context is decided now.
    ///
    /// # Errors
    ///
    /// [`Denial`] as there, and for a condition that the context doesn't meet.
    pub fn try_filter_of(
        self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        account: &str,
    ) -> Result<Filter, Denial<'a>> {
        self.of.filter_in(&mut ReadOnce::new(self.context), operation.into(), resource.into(), account)
    }
}

impl Filter {
    /// The most alternatives of a filter. An access has at most 16, and two accesses together as many as this.
    pub const MAX_ALTERNATIVES: usize = 256;

    /// What passes one of these. An alternative that lies within another is left out.
    pub(crate) fn any_of(alternatives: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Clauses> = Vec::new();
        for alternative in alternatives {
            match alternative {
                Self::Everything => return Self::Everything,
                Self::Nothing => {}
                Self::AllOf(clauses) => all.push(clauses),
                Self::AnyOf(alternatives) => all.extend(alternatives.into_clauses()),
            }
        }
        let mut widest: Vec<Clauses> = Vec::new();
        for clauses in all {
            if !widest.iter().any(|wider| clauses.is_within(wider)) {
                widest.retain(|narrower| !narrower.is_within(&clauses));
                widest.push(clauses);
            }
        }
        match <[Clauses; 1]>::try_from(widest) {
            Ok([only]) => Self::AllOf(only),
            Err(none) if none.is_empty() => Self::Nothing,
            Err(several) => Self::AnyOf(Alternatives::new(several)),
        }
    }

    /// What passes both. `None` where that is more than [`MAX_ALTERNATIVES`](Self::MAX_ALTERNATIVES) alternatives.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        if self.is_everything() || other.is_everything() {
            return Some(if self.is_everything() { other } else { self }.clone());
        }
        let (mine, theirs) = (self.alternatives(), other.alternatives());
        if mine.len().saturating_mul(theirs.len()) > Self::MAX_ALTERNATIVES {
            return None;
        }
        let pairs = mine.iter().flat_map(|one| theirs.iter().map(move |other| one.and(other)));
        Some(Self::any_of(pairs.map(Self::AllOf)))
    }

    /// The alternatives, where not everything passes.
    pub(super) fn alternatives(&self) -> Vec<&Clauses> {
        match self {
            Self::Nothing | Self::Everything => Vec::new(),
            Self::AllOf(clauses) => slice::from_ref(clauses).iter().collect(),
            Self::AnyOf(alternatives) => alternatives.iter().collect(),
        }
    }

    /// Whether no resource passes.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether every resource of the type passes.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }

    /// Whether a resource with these attributes passes: exactly if it may be listed. The host must have checked that it is
    /// of the type and the account; [`Access::allowed`] checks these itself.
    ///
    /// ```
    /// use keyward::filter::Filter;
    ///
    /// let filter: Filter = serde_json::from_str(r#"{"all_of": [{"attribute": "brand", "one_of": ["a"]}]}"#)?;
    /// let products = [[("brand", "a")], [("brand", "b")]];
    /// assert_eq!(products.iter().filter(|product| filter.passes(*product)).count(), 1);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[inline]
    pub fn passes<A: Attributes + ?Sized>(&self, attributes: &A) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::AllOf(clauses) => clauses.pass(attributes),
            Self::AnyOf(alternatives) => alternatives.pass(attributes),
        }
    }
}

/// `nothing`, `everything`, the clauses with `and` between them, or alternatives with `, or` between them.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Everything => f.write_str("everything"),
            Self::AllOf(clauses) => clauses.fmt(f),
            Self::AnyOf(alternatives) => alternatives.fmt(f),
        }
    }
}
