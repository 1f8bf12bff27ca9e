//! The reason of a denial: in full for the host, without values for the caller.

use alloc::{boxed::Box, string::ToString};
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::clauses::{Clause, Unbound};

use crate::{
    access::{Access, CompiledAssignment},
    attributes::{AttributePath, Value},
    schema::{Match, Source},
    text::Quoted,
    values::ValueSet,
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
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// The resource, or the context, doesn't meet a condition.
    ConditionUnmet {
        /// The condition's name.
        condition: &'a str,
        /// The attribute that it reads.
        attribute: &'a AttributePath,
        /// What it reads the attribute of.
        source: Source,
        /// The value that was found there.
        found: Value<'a>,
        /// The values that are accepted.
        accepted: &'a ValueSet,
        /// Whether any element of a list must be accepted, or all.
        matching: Match,
        /// For an update, which of its two sides doesn't meet the condition; `None` where it reads the context.
        side: Option<UpdateSide>,
        /// The reasons of the other assignments that grant the operation.
        others: Others<'a>,
    },
    /// The assignment has a condition that the schema doesn't bind to the type.
    ConditionUnbound {
        /// The condition's name.
        condition: &'a str,
        /// The type's name.
        resource: &'a str,
        /// The reasons of the other assignments that grant the operation.
        others: Others<'a>,
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

impl UpdateSide {
    /// How a reason calls a side of an operation that has so many.
    #[inline]
    pub(super) fn at<const SIDES: usize>(side: usize) -> Option<Self> {
        match (SIDES, side) {
            (1, _) => None,
            (_, 0) => Some(Self::Stored),
            (_, _) => Some(Self::Proposed),
        }
    }
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

    /// The reasons of the other assignments that grant the operation, in their order; this denial is the first one's.
    pub fn others(&self) -> Others<'a> {
        match self {
            Self::ConditionUnmet { others, .. } | Self::ConditionUnbound { others, .. } => *others,
            Self::OtherAccount | Self::PermissionMissing { .. } => Others::NONE,
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
            Self::OtherAccount => f.write_str("the resource is of another account")?,
            Self::PermissionMissing { resource, operation } => {
                write!(f, "no role grants {} on {}", Quoted(operation), Quoted(resource))?;
            }
            Self::ConditionUnmet { condition, attribute, source, found, accepted, matching, side, others: _ } => {
                write!(f, "condition `{condition}`: ")?;
                side.map_or(Ok(()), |side| write!(f, "{side} "))?;
                write!(f, "`{attribute}` ")?;
                match found {
                    Value::Absent if source.is_context() => f.write_str("is absent from the context")?,
                    Value::Absent => f.write_str("is absent")?,
                    found => write!(f, "is {found}")?,
                }
                let is_any = accepted.iter().len() == 0;
                f.write_str(match (matching, found) {
                    (Match::All, Value::List(_)) if is_any => ", accepted are lists of ",
                    (Match::All, Value::List(_)) => ", accepted are lists of nothing but ",
                    _ if is_any => ", accepted is ",
                    _ => ", accepted are ",
                })?;
                accepted.fmt(f)?;
            }
            Self::ConditionUnbound { condition, resource, others: _ } => {
                write!(f, "condition `{condition}` is not bound to `{resource}`: the schema binds it, or says ")?;
                write!(f, "`\"elsewhere\": \"ignore\"` where it is not to restrict other types")?;
            }
        }
        self.others().iter().try_for_each(|other| write!(f, "; nor {other}"))
    }
}

impl Serialize for Denial<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind())?;
        match self {
            Self::OtherAccount => {}
            Self::PermissionMissing { resource, operation } => {
                map.serialize_entry("resource", resource)?;
                map.serialize_entry("operation", operation)?;
            }
            Self::ConditionUnmet { condition, attribute, source, found, accepted, matching: _, side, others: _ } => {
                map.serialize_entry("condition", condition)?;
                map.serialize_entry("attribute", attribute)?;
                if source.is_context() {
                    map.serialize_entry("of", source)?;
                }
                if !matches!(found, Value::Absent) {
                    map.serialize_entry("found", found)?;
                }
                accepted.serialize_fields(&mut map, "accepted")?;
                if let Some(side) = side {
                    map.serialize_entry("side", side)?;
                }
            }
            Self::ConditionUnbound { condition, resource, others: _ } => {
                map.serialize_entry("condition", condition)?;
                map.serialize_entry("resource", resource)?;
            }
        }
        if !self.others().is_empty() {
            map.serialize_entry("others", &self.others())?;
        }
        map.end()
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
            Denial::OtherAccount => f.write_str("not found")?,
            Denial::ConditionUnmet { condition, .. } => write!(f, "condition `{condition}` is not met")?,
            Denial::ConditionUnbound { condition, resource, .. } => {
                write!(f, "condition `{condition}` is not bound to `{resource}`")?;
            }
            Denial::PermissionMissing { .. } => self.0.fmt(f)?,
        }
        self.0.others().iter().try_for_each(|other| write!(f, "; nor {}", other.redacted()))
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Redacted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, condition, resource) = match self.0 {
            Denial::OtherAccount => return serializer.collect_map([("kind", "not_found")]),
            Denial::PermissionMissing { .. } => return self.0.serialize(serializer),
            Denial::ConditionUnmet { condition, .. } => (self.0.kind(), condition, None),
            Denial::ConditionUnbound { condition, resource, .. } => (self.0.kind(), condition, Some(resource)),
        };
        let others = self.0.others();
        let mut redacted = serializer.serialize_map(None)?;
        redacted.serialize_entry("kind", kind)?;
        redacted.serialize_entry("condition", condition)?;
        if let Some(resource) = resource {
            redacted.serialize_entry("resource", resource)?;
        }
        if !others.is_empty() {
            redacted.serialize_entry("others", &RedactedOthers(others))?;
        }
        redacted.end()
    }
}

/// The reasons of the other assignments that grant the operation, in their order: of each its first unmet condition. Empty
/// where one assignment grants it. It borrows as the denial does, and allocates nothing.
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"records": {}},
///         "conditions": {
///             "department": {"restricts": {"records": "department"}, "elsewhere": "ignore"},
///             "owner": {"restricts": {"records": "owner"}, "elsewhere": "ignore"}
///         }
///     }"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles)
///     .role("admin")
///     .condition("department:sales")?
///     .or()
///     .role("admin")
///     .condition("owner:alice")?
///     .build()?;
///
/// let record = [("department", "support"), ("owner", "bob")];
/// let record = ResourceView::new("records", "acme", &record);
/// let decision = access.decide(Operation::READ, &record);
/// assert_eq!(
///     decision.denial().unwrap().to_string(),
///     "condition `department`: `department` is `support`, accepted are `sales`; \
///      nor condition `owner`: `owner` is `bob`, accepted are `alice`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Others<'a>(pub(super) Option<Rest<'a>>);

/// How many assignments there can be beside the first.
pub(super) const MOST: usize = Access::MAX_ASSIGNMENTS - 1;

#[derive(Clone, Copy)]
pub(super) struct Rest<'a> {
    /// All but the first of the access.
    pub(super) assignments: &'a [CompiledAssignment],
    /// The type's place in the schema.
    pub(super) resource: usize,
    pub(super) side: Option<UpdateSide>,
    /// Of each assignment the place of its first unmet condition, and what was found; [`NOT_ASKED`] where it doesn't grant
    /// the operation, or is the one that the denial itself tells of.
    pub(super) places: [u16; MOST],
    pub(super) found: [Value<'a>; MOST],
}

pub(super) const NOT_ASKED: u16 = u16::MAX;

impl<'a> Others<'a> {
    /// No others.
    pub const NONE: Self = Self(None);

    /// The reasons. None of them has others.
    pub fn iter(&self) -> impl Iterator<Item = Denial<'a>> + '_ {
        self.0.iter().flat_map(|rest| {
            let unmet = rest.assignments.iter().zip(rest.places.iter().zip(&rest.found));
            unmet.filter_map(|(assignment, (place, found))| {
                match assignment.clause(rest.resource, (*place).into())? {
                    Ok(clause) => Some(clause.denial(rest.side, *found)),
                    Err(unbound) => Some(unbound.denial()),
                }
            })
        })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<'a> Clause<'a> {
    /// The denial of one assignment, for this clause.
    #[inline]
    pub(crate) fn denial(&self, side: Option<UpdateSide>, found: Value<'a>) -> Denial<'a> {
        // Not the constant, of which every byte would be copied.
        self.denial_among(side, found, Others(None))
    }

    #[inline]
    #[expect(clippy::large_types_passed_by_value, reason = "it is put where it stays")]
    pub(super) fn denial_among(&self, side: Option<UpdateSide>, found: Value<'a>, others: Others<'a>) -> Denial<'a> {
        let Self { attribute, matching, source, accepted, .. } = *self;
        // Both sides of an update have the same context.
        let side = side.filter(|_| !source.is_context());
        Denial::ConditionUnmet {
            condition: self.condition(),
            attribute,
            source,
            found,
            accepted,
            matching,
            side,
            others,
        }
    }
}

impl<'a> Unbound<'a> {
    /// The denial of one assignment, for this name.
    #[inline]
    pub(crate) fn denial(self) -> Denial<'a> {
        self.denial_among(Others(None))
    }

    #[inline]
    #[expect(clippy::large_types_passed_by_value, reason = "it is put where it stays")]
    pub(super) fn denial_among(self, others: Others<'a>) -> Denial<'a> {
        Denial::ConditionUnbound { condition: self.condition, resource: self.resource, others }
    }
}

/// The form for the caller: without values.
struct RedactedOthers<'a>(Others<'a>);

impl Serialize for RedactedOthers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|other| other.redacted()))
    }
}

impl PartialEq for Others<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Others<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
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
