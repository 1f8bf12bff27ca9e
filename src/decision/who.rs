//! The question: who can do this?

use super::in_context::{InContext, NONE};
use crate::{access::Access, attributes::Attributes, resource::Resource, schema::OperationRef};

/// Which of these accesses allow an operation on a resource. With each access comes an id, by which the host knows whose it
/// is; the ids of those that allow it are returned.
///
/// An update is taken to leave the resource as it is: its stored side is its proposed side too. An operation or a type that
/// the schema doesn't have is allowed to nobody.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Role, Roles, Schema, decision::who_can};
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
    who_can_in(NONE, accesses, operation, resource)
}

/// The same in a context: whose accesses allow the operation in this place, at this time.
pub fn who_can_in<'a, 'r, Id, R: Resource + ?Sized>(
    context: &'r dyn Attributes,
    accesses: impl IntoIterator<Item = (Id, &'a Access)>,
    operation: impl Into<OperationRef<'r>>,
    resource: &'r R,
) -> impl Iterator<Item = Id> {
    let operation = operation.into();
    let can = move |of: &Access| {
        let access = InContext { of, context };
        if operation.is_update() {
            access.decide_update(resource, resource).is_allow()
        } else {
            access.decide(operation, resource).is_allow()
        }
    };
    accesses.into_iter().filter(move |(_, access)| can(access)).map(|(id, _)| id)
}
