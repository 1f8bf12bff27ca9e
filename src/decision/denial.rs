//! The reason of a denial: in full for the host, without values for the caller.

use alloc::{boxed::Box, string::ToString};
use core::fmt;

use serde::{Serialize, Serializer};

use crate::{
    attributes::{AttributePath, Value},
    schema::Match,
    text::{Quoted, join},
    value_set::ValueSet,
};

/// Why an operation is denied: what was missing. It borrows from the access and the resource, and so allocates nothing;
/// [`Forbidden`] is the owned form.
///
/// It names the values that are accepted, and so is for the host alone. [`redacted`](Self::redacted) is the form for the
/// caller.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let product = [("brand", "c")];
/// let product = ResourceView::new("products", "acme", &product);
/// let decision = access.decide(Operation::READ, &product);
/// let denial = decision.denial().unwrap();
/// assert_eq!(denial.status(), 403);
/// assert_eq!(denial.to_string(), "condition `brand`: `brand` is `c`, accepted are `a`, `b`");
/// assert_eq!(denial.redacted().to_string(), "condition `brand` is not met");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In JSON it is the `reason` object of a denied decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "these are the steps of the decision, and a new one must break a match")]
pub enum Denial<'a> {
    /// The resource is of another account: for this actor it doesn't exist.
    OtherAccount,
    /// No role grants the operation on the type.
    PermissionMissing {
        /// The type's name.
        resource: &'a str,
        /// The operation's name.
        operation: &'a str,
    },
    /// The resource doesn't meet a condition.
    ConditionUnmet {
        /// The condition's name.
        condition: &'a str,
        /// The attribute that it reads.
        attribute: &'a AttributePath,
        /// The value that was found there.
        #[serde(skip_serializing_if = "is_absent")]
        found: Value<'a>,
        /// The values that are accepted.
        accepted: &'a ValueSet,
        /// Whether any element of a list must be accepted, or all.
        #[serde(skip)]
        matching: Match,
        /// For an update, which of its two sides doesn't meet the condition.
        #[serde(skip_serializing_if = "Option::is_none")]
        side: Option<UpdateSide>,
    },
    /// The access has a condition that the schema doesn't bind to the type.
    ConditionUnbound {
        /// The condition's name.
        condition: &'a str,
        /// The type's name.
        resource: &'a str,
    },
}

/// One of the two sides of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "`guide::model`, under operations, has these two")]
pub enum UpdateSide {
    /// The resource as it is stored.
    Stored,
    /// The resource as it would be.
    Proposed,
}

fn is_absent(found: &Value<'_>) -> bool {
    matches!(found, Value::Absent)
}

impl fmt::Display for UpdateSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stored => "stored",
            Self::Proposed => "proposed",
        })
    }
}

impl<'a> Denial<'a> {
    /// The HTTP status: 404 for a resource of another account, 403 for the rest.
    pub fn status(&self) -> u16 {
        match self {
            Self::OtherAccount => 404,
            Self::PermissionMissing { .. } | Self::ConditionUnmet { .. } | Self::ConditionUnbound { .. } => 403,
        }
    }

    /// The reason's name in JSON: `other_account`, `permission_missing`, `condition_unmet` or `condition_unbound`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OtherAccount => "other_account",
            Self::PermissionMissing { .. } => "permission_missing",
            Self::ConditionUnmet { .. } => "condition_unmet",
            Self::ConditionUnbound { .. } => "condition_unbound",
        }
    }

    /// The form for the caller: the reason without values, and "not found" for a resource of another account.
    pub fn redacted(&self) -> Redacted<'a> {
        Redacted(*self)
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherAccount => f.write_str("the resource is of another account"),
            Self::PermissionMissing { resource, operation } => {
                write!(f, "no role grants {} on {}", Quoted(operation), Quoted(resource))
            }
            Self::ConditionUnmet { condition, attribute, found, accepted, matching, side } => {
                write!(f, "condition `{condition}`: ")?;
                side.map_or(Ok(()), |side| write!(f, "{side} "))?;
                write!(f, "`{attribute}` ")?;
                match found {
                    Value::Absent => f.write_str("is absent")?,
                    found => write!(f, "is {found}")?,
                }
                f.write_str(match (matching, found) {
                    (Match::All, Value::List(_)) => ", accepted are lists of nothing but ",
                    _ => ", accepted are ",
                })?;
                join(f, ", ", accepted.iter().map(Quoted))
            }
            Self::ConditionUnbound { condition, resource } => {
                write!(f, "condition `{condition}` is not bound to `{resource}`: the schema binds it, or says ")?;
                write!(f, "`\"elsewhere\": \"ignore\"` where it is not to restrict other types")
            }
        }
    }
}

/// A denial as the caller may see it.
///
/// ```
/// use keyward::Denial;
///
/// let redacted = Denial::OtherAccount.redacted();
/// assert_eq!(redacted.to_string(), "not found");
/// assert_eq!(serde_json::to_string(&redacted)?, r#"{"kind":"not_found"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Redacted<'a>(Denial<'a>);

/// Equal if they say the same.
impl PartialEq for Redacted<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Denial::OtherAccount => f.write_str("not found"),
            Denial::ConditionUnmet { condition, .. } => write!(f, "condition `{condition}` is not met"),
            Denial::ConditionUnbound { condition, resource } => {
                write!(f, "condition `{condition}` is not bound to `{resource}`")
            }
            Denial::PermissionMissing { .. } => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Redacted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Denial::OtherAccount => serializer.collect_map([("kind", "not_found")]),
            Denial::ConditionUnmet { condition, .. } => {
                serializer.collect_map([("kind", self.0.kind()), ("condition", condition)])
            }
            Denial::PermissionMissing { .. } | Denial::ConditionUnbound { .. } => self.0.serialize(serializer),
        }
    }
}

/// A denial that owns what it says: an error to return, log or send.
///
/// ```
/// use keyward::{Denial, Forbidden};
///
/// let forbidden = Forbidden::from(Denial::PermissionMissing { resource: "products", operation: "delete" });
/// assert_eq!(forbidden.status(), 403);
/// assert_eq!(forbidden.to_string(), "no role grants `delete` on `products`");
/// assert_eq!(forbidden.kind(), "permission_missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Forbidden {
    status: u16,
    kind: &'static str,
    message: Box<str>,
    redacted: Box<str>,
}

impl Forbidden {
    /// The HTTP status, as [`Denial::status`] gives it.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason's name, as [`Denial::kind`] gives it.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The message for the caller, without values.
    pub fn redacted(&self) -> &str {
        &self.redacted
    }
}

impl From<Denial<'_>> for Forbidden {
    fn from(denial: Denial<'_>) -> Self {
        Self {
            status: denial.status(),
            kind: denial.kind(),
            message: denial.to_string().into(),
            redacted: denial.redacted().to_string().into(),
        }
    }
}
