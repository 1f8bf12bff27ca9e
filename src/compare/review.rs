//! What a change does: who gains what, and who loses what.

use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use core::fmt;

use serde::Serialize;

use super::{excess::Excess, gather};
use crate::{
    access::Access,
    document::Directory,
    role::{Role, Roles},
};

/// What a change does: who gains what and who loses what, with a request to show for each. Empty exactly if no
/// decision changes.
///
/// ```
/// use keyward::{Review, Directory};
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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    schema_changed: bool,
    unchanged: usize,
    changes: Vec<Change>,
}

/// What one actor, or whoever has one role, gains and loses.
///
/// See [`Change::between`] for an example.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    who: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gains: Option<Excess>,
    #[serde(skip_serializing_if = "Option::is_none")]
    losses: Option<Excess>,
}

impl Review {
    /// Reviews a change of the whole: actor by actor, by their ids, new ones and those that are gone among
    /// them. A role that changes and that nobody has changes nothing.
    ///
    /// See [`Review`] for an example.
    pub fn between(before: &Directory, after: &Directory) -> Self {
        let ids: BTreeSet<&str> = before.actors().chain(after.actors()).map(|(id, _)| id).collect();
        let access = |directory: &Directory, id| directory.actor(id).ok().map(|actor| actor.access.clone());
        Self::of(
            before.schema() != after.schema(),
            ids.into_iter().map(|id| (id, access(before, id), access(after, id))),
        )
    }

    /// Reviews a change of an account's roles: role by role, by their ids, `admin` among them. What is gained
    /// or lost is what an access without conditions would.
    ///
    /// ```
    /// use keyward::{Review, Role, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let before = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
    /// let after = before.clone().with(Role::new("Importer", ["products:create"])?)?;
    /// let review = Review::of_roles(&before, &after);
    /// assert_eq!(review.changes().len(), 1);
    /// assert_eq!(review.changes()[0].to_string(), "`Importer` gains permission `products:create`\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_roles(before: &Roles, after: &Roles) -> Self {
        let ids: BTreeSet<&str> = before.iter().chain(after.iter()).map(Role::id).chain([Role::ADMIN]).collect();
        let access = |roles: &Roles, id: &str| Access::builder(roles).role(id).build().ok();
        Self::of(
            before.schema() != after.schema(),
            ids.into_iter().map(|id| (id, access(before, id), access(after, id))),
        )
    }

    fn of<'a>(schema_changed: bool, accesses: impl Iterator<Item = (&'a str, Option<Access>, Option<Access>)>) -> Self {
        let mut review = Self { schema_changed, unchanged: 0, changes: Vec::new() };
        for (who, before, after) in accesses {
            match Change::between(who, before.as_ref(), after.as_ref()) {
                Some(change) => review.changes.push(change),
                None => review.unchanged = review.unchanged.saturating_add(1),
            }
        }
        review
    }

    /// Whether no decision changes.
    ///
    /// See [`Review`] for an example.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Who gains or loses something, in the order of their ids.
    ///
    /// See [`Review::of_roles`] for an example.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// How many neither gain nor lose anything.
    ///
    /// ```
    /// use keyward::{Review, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// assert_eq!(Review::of_roles(&roles, &roles).unchanged(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unchanged(&self) -> usize {
        self.unchanged
    }

    /// Whether the schemas differ. Then accesses were compared by the names of types and operations and by the
    /// attributes that conditions read, which is as exact; a request by a handle of the one schema means nothing
    /// to the other.
    ///
    /// ```
    /// use keyward::{Review, Roles, Schema};
    ///
    /// let before = Roles::new(&Schema::builder().build()?, "acme")?;
    /// let after = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let review = Review::of_roles(&before, &after);
    /// assert!(review.schema_changed());
    /// assert_eq!(
    ///     review.to_string(),
    ///     "`admin` gains permission `products:create,read,update,delete,list`\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn schema_changed(&self) -> bool {
        self.schema_changed
    }
}

impl Change {
    /// What `who` gains and loses when one access takes the place of another; no access is one that allows
    /// nothing. None exactly where no decision changes.
    ///
    /// ```
    /// use keyward::{Access, Change, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let before = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    /// let after = Access::builder(&roles).role("admin").condition("brand:b")?.build()?;
    ///
    /// let change = Change::between("olivia", Some(&before), Some(&after)).unwrap();
    /// assert_eq!(
    ///     change.to_string(),
    ///     "`olivia` gains `products` where `brand` is `b`\n\
    ///      `olivia` loses `products` where `brand` is `a`\n",
    /// );
    /// assert!(Change::between("olivia", Some(&before), Some(&before)).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn between(who: &str, before: Option<&Access>, after: Option<&Access>) -> Option<Self> {
        let beyond = |access: Option<&Access>, other: Option<&Access>| {
            let access = access?;
            // From one account into another everything is lost in the one and gained in the other.
            match other.filter(|other| other.account() == access.account()) {
                Some(other) => gather::excess(access, other),
                None => gather::excess(access, &access.without_roles()),
            }
        };
        let (gains, losses) = (beyond(after, before), beyond(before, after));
        (gains.is_some() || losses.is_some()).then(|| Self { who: who.into(), gains, losses })
    }

    /// Whose it is.
    ///
    /// ```
    /// # use keyward::{Access, Change, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// let access = Access::builder(&roles).role("admin").build()?;
    /// assert_eq!(Change::between("olivia", None, Some(&access)).unwrap().who(), "olivia");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn who(&self) -> &str {
        &self.who
    }

    /// What is allowed after and was denied before.
    ///
    /// ```
    /// # use keyward::{Access, Change, Roles, Schema};
    /// # let roles = Roles::new(&Schema::builder().build()?, "acme")?;
    /// let access = Access::builder(&roles).role("admin").build()?;
    /// let change = Change::between("olivia", None, Some(&access)).unwrap();
    /// assert!(change.gains().is_some() && change.losses().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn gains(&self) -> Option<&Excess> {
        self.gains.as_ref()
    }

    /// What was allowed before and is denied after.
    ///
    /// See [`gains`](Self::gains) for an example.
    pub fn losses(&self) -> Option<&Excess> {
        self.losses.as_ref()
    }
}

/// A line for each.
impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes.iter().try_for_each(|change| change.fmt(f))
    }
}

/// A line for each thing gained and each thing lost.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (verb, excess) in [("gains", &self.gains), ("loses", &self.losses)] {
            for surplus in excess.iter().flat_map(Excess::surplus) {
                writeln!(f, "`{}` {verb} {}", self.who, surplus.beyond())?;
            }
        }
        Ok(())
    }
}
