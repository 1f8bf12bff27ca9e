//! The requests that several accesses all allow.

use alloc::{collections::BTreeMap, vec, vec::Vec};

use super::{operations, together, witness::Witness};
use crate::{
    access::Access,
    attributes::AttributePath,
    decision::{Clause, Decision, Denial},
    filter::Filter,
    json::Json,
    resource::Resource,
    schema::{Match, OperationRef, TypeRef},
    value_set::ValueSet,
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

    /// Whether there is nothing that all of them allow.
    pub fn is_empty(&self) -> bool {
        self.witness().is_none()
    }

    /// Decides an operation as each access would; the first denial is the reason. Each attribute of the resource is read
    /// once for all accesses.
    pub fn decide<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> Decision<'a> {
        together::decide(&self.of, operation.into(), resource).map_err(|(_, denial)| denial).into()
    }

    /// Decides an update as each access would; the first denial is the reason.
    pub fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        together::decide_update(&self.of, stored, proposed).map_err(|(_, denial)| denial).into()
    }

    /// What all of them may list: the clauses of each. Two clauses may be on one attribute; where all elements of a list
    /// must match, there may be no row that passes both.
    ///
    /// # Errors
    ///
    /// [`Denial`] where one of them may list nothing, as [`Access::try_filter`] says.
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
    pub fn try_filter<'a>(&'a self, resource: impl Into<TypeRef<'a>>, account: &str) -> Result<Filter, Denial<'a>> {
        let resource = resource.into();
        let filters = self.of.iter().map(|access| access.try_filter(resource, account));
        filters.reduce(|all, one| Ok(all?.and(one?))).unwrap_or(Err(Denial::OtherAccount))
    }

    /// A request that all of them allow, if there is one.
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
        let (first, others) = self.of.split_first()?;
        if others.iter().any(|other| other.account() != first.account()) {
            return None;
        }
        let types = 0..first.schema().resource_types().len();
        let mut candidates = types.filter_map(|resource| {
            let mask = self.shared(first, resource)?;
            Some((resource, mask, self.attributes(first, resource)?))
        });
        let (resource, mask, attributes) = candidates.next()?;
        let operation = operations::best(first.schema(), resource, mask)?;
        Some(Witness::new(first, resource, operation, attributes))
    }

    /// The operations that all grant on a type of the first; none if one of them allows nothing on it.
    fn shared(&self, first: &Access, resource: usize) -> Option<u64> {
        let name = first.schema().type_name_at(resource);
        let granted =
            |index: &u8| self.of.iter().all(|access| access.permits(first.schema().operation_at(*index), name));
        let mask = operations::mask(operations::operations(first.mask_at(resource)).filter(granted));
        let open = |access: &Access| {
            access.schema().type_index(TypeRef::Name(name)).is_some_and(|there| access.allows_some(there))
        };
        (mask != 0 && self.of.iter().all(open)).then_some(mask)
    }

    /// Attributes that meet the conditions of all, if any do.
    fn attributes<'a>(&'a self, first: &Access, resource: usize) -> Option<Vec<(&'a AttributePath, Json)>> {
        let name = TypeRef::Name(first.schema().type_name_at(resource));
        let mut by_path: BTreeMap<&AttributePath, Vec<Clause<'_>>> = BTreeMap::new();
        for access in &self.of {
            for clause in access.clauses(access.schema().type_index(name)?).flatten() {
                by_path.entry(clause.attribute).or_default().push(clause);
            }
        }
        // In this order, what lies inside an attribute comes right after it. No value is both the text that one access
        // reads and the object that another looks into. (Within one schema that doesn't happen.)
        if by_path.keys().zip(by_path.keys().skip(1)).any(|(path, next)| path.overlaps(next)) {
            return None;
        }
        by_path.into_iter().map(|(path, clauses)| Some((path, meet(&clauses)?))).collect()
    }
}

/// A value that meets all these clauses on one attribute: a text where one text does, otherwise a list.
fn meet(clauses: &[Clause<'_>]) -> Option<Json> {
    if let Some(text) = ValueSet::common_element(clauses.iter().map(|clause| clause.accepted)) {
        return Some(Json::Text(text));
    }
    // An element for each clause, which is also accepted by all clauses that must accept every element.
    let every = clauses.iter().filter(|clause| clause.matching == Match::All).map(|clause| clause.accepted);
    let mut elements = Vec::new();
    for clause in clauses {
        let element = Json::Text(ValueSet::common_element(every.clone().chain([clause.accepted]))?);
        if !elements.contains(&element) {
            elements.push(element);
        }
    }
    Some(Json::List(elements))
}
