//! What several accesses all allow.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec, vec::Vec};

use super::{
    choose,
    clause::{self, Clause},
    once::Once,
    witness::Witness,
};
use crate::{
    access::Access,
    attributes::AttributePath,
    decision::Decision,
    denial::Denial,
    filter::Filter,
    json::{Json, JsonObject},
    resource::Resource,
    schema::{Match, OperationRef, TypeRef},
    value_set::ValueSet,
};

/// What several accesses all allow: such as a token's that acts for a person.
///
/// It is no access itself, for none could say it: the list `["a", "b"]` meets a condition on `a`, and one on
/// `b`, but none on the values that the two have in common, of which there are none. So it keeps its accesses
/// and asks each; that is exact, whatever the attributes are.
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
    /// Two at least.
    of: Vec<Access>,
}

impl Access {
    /// What this access and `other` both allow.
    ///
    /// See [`Intersection`] for an example.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Intersection {
        Intersection { of: vec![self.clone(), other.clone()] }
    }
}

impl Intersection {
    /// What one access more allows, too.
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
    ///
    /// See [`and`](Self::and) for an example.
    pub fn is_empty(&self) -> bool {
        self.witness().is_none()
    }

    /// Decides an operation as each access would; the first denial is the reason. The resource is asked for each
    /// thing once, for all of them. (To remember what it said takes memory, other than one access's decision.)
    ///
    /// See [`Intersection`] for an example.
    pub fn decide<'a, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: &'a R,
    ) -> Decision<'a> {
        let (operation, once) = (operation.into(), Once::new());
        let asked = once.of(resource);
        let mut decisions = self.of.iter().map(|access| access.decide_asked(operation, &asked));
        decisions.find(|decision| !decision.is_allow()).unwrap_or(Decision::Allow)
    }

    /// Decides an update as each access would; the first denial is the reason.
    ///
    /// ```
    /// use keyward::{Access, ResourceView, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let everything = Access::builder(&roles).role("admin").build()?;
    /// let product = ResourceView::new("products", "acme", &());
    /// assert!(everything.intersection(&everything).decide_update(&product, &product).is_allow());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_update<'a, S: Resource + ?Sized, P: Resource + ?Sized>(
        &'a self,
        stored: &'a S,
        proposed: &'a P,
    ) -> Decision<'a> {
        let once = (Once::new(), Once::new());
        let (stored, proposed) = (once.0.of(stored), once.1.of(proposed));
        let mut decisions = self.of.iter().map(|access| access.decide_update_asked(&stored, &proposed));
        decisions.find(|decision| !decision.is_allow()).unwrap_or(Decision::Allow)
    }

    /// What all of them may list: the clauses of each. Two clauses may be on one attribute, and where a list
    /// matches by all of its elements, there may be no row that passes both.
    ///
    /// # Errors
    ///
    /// [`Denial`] where one of them may list nothing, as [`Access::list`] says.
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
    /// assert_eq!(both.list("products", "acme").unwrap().to_string(), "`tags` is `a` and `tags` is `b`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list<'a>(&'a self, resource: impl Into<TypeRef<'a>>, account: &str) -> Result<Filter, Denial<'a>> {
        let resource = resource.into();
        let filters = self.of.iter().map(|access| access.list(resource, account));
        filters.reduce(|all, one| Ok(all?.and(one?))).unwrap_or(Err(Denial::OtherAccount))
    }

    /// A request that all of them allow; none exactly where there is none.
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
        let operation = clause::preferred(first.schema(), resource, mask)?;
        Some(Witness::new(first, resource, operation, attributes))
    }

    /// The operations that all grant on a type of the first; none where a condition of one shuts it off.
    fn shared(&self, first: &Access, resource: usize) -> Option<u64> {
        let named = |index: &u8| {
            let (operation, name) = (first.schema().operation_at(*index), first.schema().type_name_at(resource));
            self.of.iter().all(|access| access.permits(operation, name))
        };
        let open = |access: &Access| {
            let there = clause::type_in(access.schema(), first.schema(), resource);
            there.is_some_and(|there| clause::allows_some(access, there))
        };
        let mask = clause::operations(first.mask_at(resource)).filter(named);
        let mask = mask.fold(0, |mask, index| mask | 1_u64.wrapping_shl(index.into()));
        (mask != 0 && self.of.iter().all(open)).then_some(mask)
    }

    /// Attributes that meet the conditions of all, if any do.
    fn attributes(&self, first: &Access, resource: usize) -> Option<JsonObject> {
        let mut by_path: BTreeMap<&AttributePath, Vec<Clause<'_>>> = BTreeMap::new();
        for access in &self.of {
            let there = clause::type_in(access.schema(), first.schema(), resource)?;
            for clause in clause::clauses(access, there).flatten() {
                by_path.entry(clause.binding.attribute()).or_default().push(clause);
            }
        }
        // In this order whatever lies inside an attribute comes right after it. What one access reads as a text
        // and another as an object, nothing can be. (In one schema that doesn't happen.)
        if by_path.keys().zip(by_path.keys().skip(1)).any(|(path, next)| path.overlaps(next)) {
            return None;
        }
        let mut attributes = JsonObject::default();
        for (path, clauses) in by_path {
            choose::put(&mut attributes, path, meet(&clauses)?);
        }
        Some(attributes)
    }
}

/// A value that meets all these clauses on one attribute: a text where one text does, otherwise a list.
fn meet(clauses: &[Clause<'_>]) -> Option<Json> {
    let sets: Vec<&ValueSet> = clauses.iter().map(|clause| clause.accepted).collect();
    if let Some(text) = common(&sets).next() {
        return Some(Json::Text(text.into()));
    }
    let all = clauses.iter().filter(|clause| clause.binding.matching() == Match::All);
    let all: Vec<&ValueSet> = all.map(|clause| clause.accepted).collect();
    // Where every element must do for some, an element for each of the others is looked for among those that do.
    let element = |clause: &Clause<'_>| -> Option<Json> {
        let text = if all.is_empty() {
            clause.accepted.iter().next()
        } else {
            common(&all).find(|value| clause.accepted.contains(value))
        };
        text.map(|text| Json::Text(String::from(text)))
    };
    let mut elements = Vec::new();
    for clause in clauses {
        let element = element(clause)?;
        if !elements.contains(&element) {
            elements.push(element);
        }
    }
    Some(Json::List(elements))
}

/// The values that all these sets have.
fn common<'a>(sets: &[&'a ValueSet]) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    let Some((first, others)) = sets.split_first() else { return Box::new(core::iter::empty()) };
    let others: Vec<&ValueSet> = others.to_vec();
    Box::new(first.iter().filter(move |value| others.iter().all(|other| other.contains(value))))
}
