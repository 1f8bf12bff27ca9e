//! The filter: nothing, everything, or clauses that must all hold.

use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use super::clause::{Clause, Clauses};
use crate::{
    access::Access,
    attributes::Attributes,
    decision::{Denial, admit},
    schema::{Operation, OperationRef, TypeRef},
};

/// What an access may list of one type, **within its account**: nothing, everything, or the resources for which every clause
/// holds ("this attribute is one of these").
///
/// It doesn't name the account. [`SqlTable`](crate::filter::SqlTable) and
/// [`MongoCollection`](crate::filter::MongoCollection) add the account to the query; [`Access::allowed`] and
/// [`Access::decide_page`] check it for each row.
///
/// In JSON it is `"nothing"`, `"all"`, or `{"all_of": [{"attribute": …, "one_of": […]}]}`. A clause has `"match": "all"`
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
#[expect(clippy::exhaustive_enums, reason = "`guide::model` has these three, and each must be handled")]
pub enum Filter {
    /// No resource passes.
    Nothing,
    /// Every resource of the type, in the account, passes.
    #[serde(rename = "all")]
    Everything,
    /// A resource passes if every clause holds.
    AllOf(Clauses),
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
        let resource = admit(self, OperationRef::Handle(Operation::LIST), account, resource.into())?;
        self.conditions_on(resource)
    }

    /// Which resources of the type at this place in the schema meet the conditions, whatever is done to them.
    pub(crate) fn conditions_on(&self, resource: usize) -> Result<Filter, Denial<'_>> {
        let clauses = self.clauses(resource).map(|clause| Ok(clause?.into()));
        let clauses = clauses.collect::<Result<Vec<Clause>, Denial<'_>>>()?;
        Ok(Clauses::new(clauses).map_or(Filter::Everything, Filter::AllOf))
    }

    /// What the access may list of a type, within its own account.
    ///
    /// As [`try_filter`](Self::try_filter), without the reason: a type that may not be listed, or that the schema doesn't
    /// have, is [`Filter::Nothing`].
    pub fn filter<'a>(&'a self, resource: impl Into<TypeRef<'a>>) -> Filter {
        self.try_filter(resource, self.account()).unwrap_or(Filter::Nothing)
    }
}

impl Filter {
    /// What passes both.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::Everything, other) | (other, Self::Everything) => other,
            (Self::AllOf(one), Self::AllOf(other)) => one.and(other).map_or(Self::Everything, Self::AllOf),
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
        }
    }
}

/// `nothing`, `everything`, or the clauses with `and` between them.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Everything => f.write_str("everything"),
            Self::AllOf(clauses) => clauses.fmt(f),
        }
    }
}
