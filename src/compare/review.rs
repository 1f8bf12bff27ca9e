//! What a change of roles or accesses does: who gains what, and who loses what.

use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use core::fmt;

use serde::Serialize;

use super::excess::{AccessExceeded, Excess, excesses};
use crate::{
    access::Access,
    role::{Role, Roles},
};

/// What a change of roles or accesses does: who gains what and who loses what, each with a request that shows it. It is empty
/// exactly if no decision changes.
///
/// If the schema changes too, accesses are compared by the names of types and operations and by the attributes that
/// conditions read. That is as exact, but a handle of one schema means nothing in the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    schema_changed: bool,
    unchanged: usize,
    changes: Vec<AccessChange>,
}

/// What one actor gains and loses, or everyone who has one role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccessChange {
    who: Box<str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    gains: Box<[Excess]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    losses: Box<[Excess]>,
    #[serde(skip_serializing_if = "is_true")]
    complete: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_true(complete: &bool) -> bool {
    *complete
}

impl Review {
    /// Reviews a change of an account's roles: each role by its id, and `admin` too. What is gained or lost is what an
    /// access with that role and no conditions gains or loses.
    ///
    /// ```
    /// use keyward::{Role, Roles, Schema, compare::Review};
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
        let access = |roles: &Roles, id: &str| Access::builder(roles).role(id).build().ok();
        let between = |id| (id, access(before, id), access(after, id));
        if before.schema() != after.schema() || before.account() != after.account() {
            let ids: BTreeSet<&str> = before.iter().chain(after.iter()).map(Role::id).chain([Role::ADMIN]).collect();
            return Self::of(before.schema() != after.schema(), ids.into_iter().map(between));
        }
        // What is the same role is the same access.
        let changed = before.changed_ids(after);
        let added = changed.iter().filter(|id| before.get(id).is_none()).count();
        let all = before.count().saturating_add(added).saturating_add([Role::ADMIN].len());
        let unchanged = all.saturating_sub(changed.len());
        let review = Self::of(false, changed.into_iter().map(between));
        Self { unchanged: review.unchanged.saturating_add(unchanged), ..review }
    }

    /// Access by access: whose it is, what it was and what it is.
    pub(crate) fn of<'a>(
        schema_changed: bool,
        accesses: impl Iterator<Item = (&'a str, Option<Access>, Option<Access>)>,
    ) -> Self {
        let mut review = Self { schema_changed, unchanged: 0, changes: Vec::new() };
        for (who, before, after) in accesses {
            match AccessChange::between(who, before.as_ref(), after.as_ref()) {
                Some(change) => review.changes.push(change),
                None => review.unchanged = review.unchanged.saturating_add(1),
            }
        }
        review
    }

    /// Whether no decision changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The actors or roles that gain or lose something, in the order of their ids.
    pub fn changes(&self) -> &[AccessChange] {
        &self.changes
    }

    /// How many actors or roles gain and lose nothing.
    pub fn unchanged(&self) -> usize {
        self.unchanged
    }

    /// Whether the schemas before and after differ.
    pub fn schema_changed(&self) -> bool {
        self.schema_changed
    }
}

impl AccessChange {
    /// What `who` gains and loses when one access replaces another. `None` for an access means that nothing is allowed. The
    /// result is `None` exactly if no decision changes. Where the comparison is given up, it is a change that isn't
    /// [complete](Self::is_complete).
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema, compare::AccessChange};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?;
    /// let before = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
    /// let after = Access::builder(&roles).role("admin").condition("brand:b")?.build()?;
    ///
    /// let change = AccessChange::between("olivia", Some(&before), Some(&after)).unwrap();
    /// assert_eq!(
    ///     change.to_string(),
    ///     "`olivia` gains `products` where `brand` is `b`\n\
    ///      `olivia` loses `products` where `brand` is `a`\n",
    /// );
    /// assert!(AccessChange::between("olivia", Some(&before), Some(&before)).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn between(who: &str, before: Option<&Access>, after: Option<&Access>) -> Option<Self> {
        let beyond = |access: Option<&Access>, other: Option<&Access>| {
            let access = access?;
            // If the account changes, everything in the old one is lost, and everything in the new one is gained.
            match other.filter(|other| other.account() == access.account()) {
                Some(other) => Some(excesses(access, other)),
                None => Some(excesses(access, &access.without_roles())),
            }
        };
        let (gains, losses) = (beyond(after, before), beyond(before, after));
        let complete = [&gains, &losses].into_iter().flatten().all(AccessExceeded::is_complete);
        let [gains, losses]: [Box<[Excess]>; 2] =
            [gains, losses].map(|exceeded| exceeded.map_or_else(Box::default, |exceeded| exceeded.excesses().into()));
        let changed = !complete || !gains.is_empty() || !losses.is_empty();
        changed.then(|| Self { who: who.into(), gains, losses, complete })
    }

    /// The id of the actor or role.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// What is allowed after and was denied before.
    pub fn gains(&self) -> &[Excess] {
        &self.gains
    }

    /// What was allowed before and is denied after.
    pub fn losses(&self) -> &[Excess] {
        &self.losses
    }

    /// Whether this is all. False where there is more than is told, or the two have too many assignments and conditions to be
    /// compared.
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// A line for each.
impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes.iter().try_for_each(|change| change.fmt(f))
    }
}

/// A line for each thing gained and each thing lost.
impl fmt::Display for AccessChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (verb, excesses) in [("gains", &self.gains), ("loses", &self.losses)] {
            for excess in excesses {
                writeln!(f, "`{}` {verb} {}", self.who, excess.kind())?;
            }
        }
        if !self.complete {
            writeln!(f, "`{}` may gain or lose more than is told here", self.who)?;
        }
        Ok(())
    }
}
