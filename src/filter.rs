//! The answer to `list`: which rows an access may see.

use alloc::{boxed::Box, vec::Vec};

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    access::Access,
    attributes::AttributePath,
    denial::Denial,
    evaluate::admit,
    schema::{Bound, Match, Operation, OperationRef, TypeRef},
};

/// What an access may list of one type: a conjunction of "this attribute is one of these". Without a clause it
/// is everything.
///
/// ```
/// use keyward::{Access, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let filter = access.list("products", "acme").unwrap();
/// assert_eq!(
///     serde_json::to_string(&filter)?,
///     r#"{"all_of":[{"attribute":"brand","one_of":["a","b"]}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    clauses: Box<[Clause]>,
}

/// One attribute and the values that will do.
///
/// See [`Filter`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    attribute: AttributePath,
    matching: Match,
    one_of: Box<[Box<str>]>,
}

impl Access {
    /// What the access may list of a type in an account, or why it may list nothing.
    ///
    /// # Errors
    ///
    /// [`Denial`] where no resource at all could pass: another account, no permission to `list` the type, or a
    /// condition that is not bound to it.
    ///
    /// See [`Filter`] for an example.
    pub fn list<'a>(&'a self, resource: impl Into<TypeRef<'a>>, account: &str) -> Result<Filter, Denial<'a>> {
        let resource = admit(self, OperationRef::Handle(Operation::LIST), account, resource.into())?;
        let schema = self.schema();
        let clause = |(bound, dimension): (&Bound, &crate::access::Dimension)| match bound {
            Bound::Ignored => None,
            Bound::Unbound => Some(Err(Denial::ConditionUnbound {
                condition: schema.condition_name_at(dimension.condition),
                resource: schema.type_name_at(resource),
            })),
            Bound::Restricts(binding) => Some(Ok(Clause {
                attribute: binding.attribute().clone(),
                matching: binding.matching(),
                one_of: dimension.accepted.iter().map(Box::from).collect(),
            })),
        };
        let clauses = self
            .dimensions()
            .iter()
            .map(|dimension| (schema.bound(dimension.bounds, resource), dimension))
            .filter_map(clause);
        // A lifetime of its own: the closures above borrow from the access alone.
        clauses.collect::<Result<Vec<_>, Denial<'a>>>().map(|clauses| Filter { clauses: clauses.into() })
    }
}

impl Filter {
    /// Whether every resource of the type passes.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let access = Access::builder(&roles).role("admin").build()?;
    /// assert!(access.list("products", "acme").unwrap().is_everything());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_everything(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What passes both.
    pub(crate) fn and(self, other: Self) -> Self {
        let mut clauses = self.clauses.into_vec();
        for clause in other.clauses {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        Self { clauses: clauses.into() }
    }

    /// What must all hold.
    ///
    /// See [`Clause::one_of`] for an example.
    pub fn all_of(&self) -> &[Clause] {
        &self.clauses
    }
}

impl Clause {
    /// The attribute.
    ///
    /// See [`one_of`](Self::one_of) for an example.
    pub fn attribute(&self) -> &AttributePath {
        &self.attribute
    }

    /// How a list there matches.
    ///
    /// See [`one_of`](Self::one_of) for an example.
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// The values that will do.
    ///
    /// ```
    /// # use keyward::{Access, Match, Roles, Schema};
    /// # let schema = Schema::from_json(
    /// #     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// # )?;
    /// # let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    /// let filter = access.list("products", "acme").unwrap();
    /// let clause = &filter.all_of()[0];
    /// assert_eq!(clause.attribute().to_string(), "brand");
    /// assert_eq!(clause.matching(), Match::Any);
    /// assert_eq!(clause.one_of().collect::<Vec<_>>(), ["a"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn one_of(&self) -> impl ExactSizeIterator<Item = &str> {
        self.one_of.iter().map(|value| &**value)
    }
}

/// `"all"`, or `{"all_of": [{"attribute": …, "one_of": […]}]}` with `"match": "all"` where the binding says so.
impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_everything() {
            return serializer.serialize_str("all");
        }
        let mut filter = serializer.serialize_map(Some(1))?;
        filter.serialize_entry("all_of", &self.clauses)?;
        filter.end()
    }
}

impl Serialize for Clause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut clause = serializer.serialize_map(None)?;
        clause.serialize_entry("attribute", &self.attribute)?;
        clause.serialize_entry("one_of", &self.one_of)?;
        if self.matching == Match::All {
            clause.serialize_entry("match", "all")?;
        }
        clause.end()
    }
}
