//! What an access has beyond another: as data, and in words.

use alloc::boxed::Box;
use core::fmt;

use serde::Serialize;

use super::witness::Witness;
use crate::text::Escaped;

/// What an access has beyond another, its issuer's for one: never nothing. It is the refusal of "caller access
/// exceeded".
///
/// Together its parts cover every request that the one allows and the other denies, and each part has such a
/// request of its own. Where the other lacks a permission altogether, conditions are not complained of, too.
///
/// ```
/// use keyward::{Access, Role, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?
///     .with(Role::new("Inspector", ["products:read"])?)?
///     .with(Role::new("Editor", ["products:read,update"])?)?;
/// let issuer = Access::builder(&roles).role("Inspector").condition("brand:a")?.build()?;
/// let proposed =
///     Access::builder(&roles).role("Editor").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let excess = proposed.ensure_within(&issuer).unwrap_err();
/// assert_eq!(
///     excess.to_string(),
///     "caller access exceeded: permission `products:update` where `brand` is `a`, `b`; \
///      `products` where `brand` is `b`",
/// );
/// for surplus in excess.surplus() {
///     assert!(surplus.witness().decide(&proposed).is_allow());
///     assert!(!surplus.witness().decide(&issuer).is_allow());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Excess {
    pub(super) surplus: Box<[Surplus]>,
}

/// One thing that an access has beyond another, and a request that shows it.
///
/// See [`Excess`] for an example.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surplus {
    #[serde(flatten)]
    pub(super) beyond: Beyond,
    pub(super) witness: Witness,
}

/// What an access can have beyond another.
///
/// ```
/// use keyward::{Access, Beyond, Roles, Schema};
///
/// let roles = Roles::new(&Schema::builder().resource_with("products", ["read"]).build()?, "acme")?;
/// let everything = Access::builder(&roles).role("admin").build()?;
/// let excess = everything.ensure_within(&Access::builder(&roles).build()?).unwrap_err();
/// let Beyond::Permission { resource, operations, .. } = excess.surplus()[0].beyond() else { unreachable!() };
/// assert_eq!((&**resource, &*operations[0]), ("products", "read"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Beyond {
    /// Everything that it allows: the other is of another account.
    Account {
        /// Its account.
        account: Box<str>,
    },
    /// Operations on a type that no role of the other grants.
    Permission {
        /// The type.
        resource: Box<str>,
        /// The operations.
        operations: Box<[Box<str>]>,
        /// The conditions under which it has them.
        conditions: Box<[Restriction]>,
    },
    /// Operations on a type from which the other is shut off by a condition that is not bound to it.
    ConditionUnbound {
        /// The type.
        resource: Box<str>,
        /// The operations, which a role of the other grants.
        operations: Box<[Box<str>]>,
        /// The condition's name.
        condition: Box<str>,
    },
    /// Values of a condition.
    ConditionValues {
        /// The condition's name.
        condition: Box<str>,
        /// The values that the other doesn't have.
        values: Box<[Box<str>]>,
        /// The types on which that counts.
        resources: Box<[Box<str>]>,
    },
    /// Every other value, for it lacks a condition that the other has.
    ConditionMissing {
        /// The condition's name.
        condition: Box<str>,
        /// The values that the other has.
        accepted: Box<[Box<str>]>,
        /// The types on which that counts.
        resources: Box<[Box<str>]>,
    },
    /// Lists of which one element will do, where for the other all must. Only between accesses of different
    /// schemas.
    Lists {
        /// The condition's name.
        condition: Box<str>,
        /// The types on which that counts.
        resources: Box<[Box<str>]>,
    },
}

/// A condition name and the values that it accepts.
///
/// See [`Beyond::Permission`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Restriction {
    /// The condition's name.
    pub condition: Box<str>,
    /// The values.
    pub values: Box<[Box<str>]>,
}

impl Excess {
    /// The parts: permissions in the schema's order, then conditions in the other's.
    ///
    /// See [`Excess`] for an example.
    pub fn surplus(&self) -> &[Surplus] {
        &self.surplus
    }
}

impl Surplus {
    /// What it is.
    ///
    /// See [`Beyond`] for an example.
    pub fn beyond(&self) -> &Beyond {
        &self.beyond
    }

    /// A request that the one allows and the other denies for this.
    ///
    /// See [`Excess`] for an example.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }
}

impl Beyond {
    /// Says that it counts on one type more.
    pub(super) fn also_on(&mut self, resource: Box<str>) {
        match self {
            Self::ConditionValues { resources, .. }
            | Self::ConditionMissing { resources, .. }
            | Self::Lists { resources, .. } => {
                let mut more = core::mem::take(resources).into_vec();
                more.push(resource);
                *resources = more.into();
            }
            Self::Account { .. } | Self::Permission { .. } | Self::ConditionUnbound { .. } => {}
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("caller access exceeded: ")?;
        self.surplus.iter().enumerate().try_for_each(|(index, surplus)| {
            f.write_str(if index == 0 { "" } else { "; " })?;
            surplus.beyond.fmt(f)
        })
    }
}

impl core::error::Error for Excess {}

/// In words, as something that one can have, gain or lose. Of many values the first few are named.
impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { account } => write!(f, "access to the account `{account}`"),
            Self::Permission { resource, operations, conditions } => {
                write!(f, "permission `{resource}:{}`", operations.join(","))?;
                conditions.iter().enumerate().try_for_each(|(index, Restriction { condition, values })| {
                    let and = if index == 0 { "where" } else { "and" };
                    write!(f, " {and} `{condition}` is {}", Few(values))
                })
            }
            Self::ConditionUnbound { resource, operations, condition } => {
                write!(f, "permission `{resource}:{}` without condition `{condition}`", operations.join(","))
            }
            Self::ConditionValues { condition, values, resources } => {
                write!(f, "{} where `{condition}` is {}", Few(resources), Few(values))
            }
            Self::ConditionMissing { condition, accepted, resources } => {
                write!(f, "{} where `{condition}` is anything but {}", Few(resources), Few(accepted))
            }
            Self::Lists { condition, resources } => {
                write!(f, "{} where not all elements of a list meet `{condition}`", Few(resources))
            }
        }
    }
}

/// The first few, in backticks, and how many more.
pub(crate) struct Few<'a>(pub(crate) &'a [Box<str>]);

impl Few<'_> {
    const MOST: usize = 8;
}

impl fmt::Display for Few<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.0.iter().take(Self::MOST).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{}`", Escaped(value))?;
        }
        match self.0.len().saturating_sub(Self::MOST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
