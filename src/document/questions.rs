//! Questions to a whole directory: who can do something, and what a change of the directory does.

use alloc::collections::BTreeSet;

use super::directory::{Actor, Directory};
use crate::{
    attributes::Attributes,
    compare::Review,
    decision::{who_can, who_can_in},
    resource::Resource,
    schema::OperationRef,
};

impl Directory {
    /// Which actors can do an operation on a resource, in the order of their ids: as [`who_can`].
    ///
    /// ```
    /// use keyward::{Operation, ResourceView, document::Directory};
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
        who_can(self.actors().map(|actor| (actor, &actor.1.access)), operation, resource)
    }

    /// The same in the context of a request, as [`decision::who_can_in`](who_can_in).
    pub fn who_can_in<'a, 'r, R: Resource + ?Sized>(
        &'a self,
        context: &'r dyn Attributes,
        operation: impl Into<OperationRef<'r>>,
        resource: &'r R,
    ) -> impl Iterator<Item = (&'a str, &'a Actor)> {
        who_can_in(context, self.actors().map(|actor| (actor, &actor.1.access)), operation, resource)
    }
}

impl Review {
    /// Reviews a change of a directory: actor by actor, in the order of their ids, with new actors and removed
    /// ones. A change of a role that nobody has changes nothing.
    ///
    /// ```
    /// use keyward::{compare::Review, document::Directory};
    ///
    /// let directory = |permission: &str| {
    ///     Directory::from_json(
    ///         &r#"{
    ///             "schema": {"resources": {"products": {}}},
    ///             "accounts": [{
    ///                 "id": "acme",
    ///                 "accessPolicies": [{"id": "inspector", "permissions": ["PERMISSION"]}],
    ///                 "accessTokens": [
    ///                     {"id": "t1", "policies": ["inspector"], "conditions": []},
    ///                     {"id": "t2", "policies": [], "conditions": []}
    ///                 ]
    ///             }]
    ///         }"#
    ///         .replace("PERMISSION", permission),
    ///     )
    /// };
    /// let (before, after) = (directory("products:read,delete")?, directory("products:read,list")?);
    ///
    /// let review = Review::between(&before, &after);
    /// assert_eq!(
    ///     review.to_string(),
    ///     "`t1` gains permission `products:list`\n`t1` loses permission `products:delete`\n",
    /// );
    /// assert!(Review::between(&after, &after).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn between(before: &Directory, after: &Directory) -> Self {
        let ids: BTreeSet<&str> = before.actors().chain(after.actors()).map(|(id, _)| id).collect();
        let access = |directory: &Directory, id| directory.actor(id).ok().map(|actor| actor.access.clone());
        Self::of(
            before.schema() != after.schema(),
            ids.into_iter().map(|id| (id, access(before, id), access(after, id))),
        )
    }
}
