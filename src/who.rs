//! The question: who can do this?

use crate::{
    access::Access,
    document::{Actor, Directory},
    evaluate::is_update,
    resource::Resource,
    schema::OperationRef,
};

/// Which of these accesses allow an operation on a resource: those of its account that a decision would let
/// through. Each comes with whatever tells the host whose it is.
///
/// Of an update the question is who may change the resource where it is: its stored side is its proposed side
/// too. An operation or a type that the schema doesn't have is allowed to nobody.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Role, Roles, Schema, who_can};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?.with(Role::new("inspector", ["products:read"])?)?;
/// let accesses = [
///     ("Ann", Access::builder(&roles).role("admin").build()?),
///     ("Bob", Access::builder(&roles).role("inspector").condition("brand:a")?.build()?),
///     ("Cem", Access::builder(&roles).role("inspector").condition("brand:b")?.build()?),
///     ("Dee", Access::builder(&Roles::new(&schema, "emca")?).role("admin").build()?),
/// ];
/// let who = || accesses.iter().map(|(name, access)| (*name, access));
///
/// let attributes = [("brand", "a")];
/// let product = ResourceView::new("products", "acme", &attributes);
/// assert_eq!(who_can(who(), Operation::READ, &product).collect::<Vec<_>>(), ["Ann", "Bob"]);
/// assert_eq!(who_can(who(), Operation::UPDATE, &product).collect::<Vec<_>>(), ["Ann"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn who_can<'a, 'r, Id, R: Resource + ?Sized>(
    accesses: impl IntoIterator<Item = (Id, &'a Access)>,
    operation: impl Into<OperationRef<'r>>,
    resource: &'r R,
) -> impl Iterator<Item = Id> {
    let operation = operation.into();
    accesses.into_iter().filter(move |(_, access)| can(access, operation, resource)).map(|(id, _)| id)
}

impl Directory {
    /// Which actors can do an operation on a resource, in the order of their ids: as [`who_can`].
    ///
    /// ```
    /// use keyward::{Operation, ResourceView, Directory};
    ///
    /// let directory = Directory::from_json(
    ///     r#"{
    ///         "schema": {"resources": {"products": {}}},
    ///         "accounts": [
    ///             {"id": "acme", "operatorAccess": [
    ///                 {"id": "o1", "policies": ["admin"], "conditions": []},
    ///                 {"id": "o2", "policies": [], "conditions": []}
    ///             ]},
    ///             {"id": "emca", "operatorAccess": [{"id": "o3", "policies": ["admin"], "conditions": []}]}
    ///         ]
    ///     }"#,
    /// )?;
    /// let product = ResourceView::new("products", "acme", &());
    /// let who: Vec<_> = directory.who_can(Operation::DELETE, &product).map(|(id, _)| id).collect();
    /// assert_eq!(who, ["o1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn who_can<'a, 'r, R: Resource + ?Sized>(
        &'a self,
        operation: impl Into<OperationRef<'r>>,
        resource: &'r R,
    ) -> impl Iterator<Item = (&'a str, &'a Actor)> {
        let operation = operation.into();
        self.actors().filter(move |(_, actor)| can(&actor.access, operation, resource))
    }
}

fn can<R: Resource + ?Sized>(access: &Access, operation: OperationRef<'_>, resource: &R) -> bool {
    let decision = if is_update(access, operation) {
        access.decide_update(resource, resource)
    } else {
        access.decide(operation, resource)
    };
    decision.is_allow()
}
