//! The answer: allow, or deny with a reason.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::denial::{Denial, Forbidden};

/// Allow, or deny with the reason. There is no third outcome.
///
/// ```
/// use keyward::{Access, Decision, Operation, ResourceView, Roles, Schema};
///
/// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
/// let access = Access::builder(&roles).build()?;
/// match access.decide(Operation::READ, &ResourceView::new("products", "acme", &())) {
///     Decision::Allow => unreachable!("an access without roles can do nothing"),
///     Decision::Deny(reason) => assert_eq!(reason.to_string(), "no role grants `read` on `products`"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a decision that is not looked at lets everybody in"]
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new outcome must break every match")]
pub enum Decision<'a> {
    /// The operation is allowed.
    Allow,
    /// It is denied, for this reason.
    Deny(Denial<'a>),
}

impl<'a> Decision<'a> {
    /// Whether it is [`Allow`](Self::Allow).
    #[inline]
    pub fn is_allow(&self) -> bool {
        matches!(self, Self::Allow)
    }

    /// The reason of a denial.
    pub fn denial(&self) -> Option<&Denial<'a>> {
        match self {
            Self::Allow => None,
            Self::Deny(denial) => Some(denial),
        }
    }

    /// The decision as a result, for `?`.
    ///
    /// # Errors
    ///
    /// [`Forbidden`] where it is denied.
    ///
    /// ```
    /// use keyward::{Access, Forbidden, Operation, ResourceView, Roles, Schema};
    ///
    /// fn delete(access: &Access) -> Result<(), Forbidden> {
    ///     access.decide(Operation::DELETE, &ResourceView::new("products", "acme", &())).into_result()?;
    ///     Ok(())
    /// }
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// assert_eq!(delete(&Access::builder(&roles).build()?).unwrap_err().status(), 403);
    /// assert!(delete(&Access::builder(&roles).role("admin").build()?).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_result(self) -> Result<(), Forbidden> {
        match self {
            Self::Allow => Ok(()),
            Self::Deny(denial) => Err(denial.into()),
        }
    }
}

impl<'a> From<Result<(), Denial<'a>>> for Decision<'a> {
    #[inline]
    fn from(decided: Result<(), Denial<'a>>) -> Self {
        match decided {
            Ok(()) => Self::Allow,
            Err(denial) => Self::Deny(denial),
        }
    }
}

/// `{"decision": "allow"}`, or `{"decision": "deny", "status": …, "reason": {…}}`.
impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut decision = serializer.serialize_map(None)?;
        match self {
            Self::Allow => decision.serialize_entry("decision", "allow")?,
            Self::Deny(denial) => {
                decision.serialize_entry("decision", "deny")?;
                decision.serialize_entry("status", &denial.status())?;
                decision.serialize_entry("reason", denial)?;
            }
        }
        decision.end()
    }
}
