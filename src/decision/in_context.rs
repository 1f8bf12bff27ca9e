//! Questions with the context of the request.

use alloc::vec::Vec;
use core::fmt;

use super::clauses::Clause;
use crate::{
    access::Access,
    attributes::{Attributes, Value},
    schema::{OperationRef, TypeRef},
};

/// An access, or several, asked in the context of one request. [`Access::in_context`] makes it; it has the questions that an
/// access has.
pub struct InContext<'a, T = Access> {
    pub(crate) of: &'a T,
    pub(crate) context: &'a dyn Attributes,
}

/// The context, in one register.
pub(super) type Context<'c, 'a> = &'c &'a dyn Attributes;

/// No context: conditions that read it are not met.
pub(crate) const NONE: &dyn Attributes = &();

/// A context of which each attribute is read once, for all that is asked: a host may compute it, as the time, and give
/// another value the next time.
pub(crate) struct ReadOnce<'a> {
    context: &'a dyn Attributes,
    read: Vec<(Clause<'a>, Value<'a>)>,
}

impl<'a> ReadOnce<'a> {
    pub(crate) fn new(context: &'a dyn Attributes) -> Self {
        Self { context, read: Vec::new() }
    }

    /// What the clause, which reads the context, reads there.
    pub(super) fn value(&mut self, clause: &Clause<'a>) -> Value<'a> {
        if let Some((_, value)) = self.read.iter().find(|(of, _)| of.reads_as(clause)) {
            return *value;
        }
        let value = clause.attribute.read(self.context);
        self.read.push((*clause, value));
        value
    }
}

impl Access {
    /// The access in the context of a request: the caller's address, the time, how they signed in, or what else conditions of
    /// the schema read of the context. The context is a type of the host's, a map or a JSON document, as attributes are.
    ///
    /// Without a context, a condition that reads it is not met: the access's own questions deny what such a condition restricts.
    ///
    /// ```
    /// use std::net::IpAddr;
    /// use keyward::{Access, Operation, ResourceView, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{
    ///         "resources": {"products": {}},
    ///         "conditions": {"sourceIp": {"values": "network", "context": "ip"}}
    ///     }"#,
    /// )?;
    /// let office = ("sourceIp", "10.0.0.0/8");
    /// let roles = Roles::new(&schema, "acme")?;
    /// let access = Access::builder(&roles).role("admin").condition(office)?.build()?;
    ///
    /// let product = ResourceView::new("products", "acme", &());
    /// let context = [("ip", "203.0.113.7".parse::<IpAddr>()?)];
    /// let denied = access.in_context(&context).decide(Operation::READ, &product).into_result().unwrap_err();
    /// assert_eq!(denied.to_string(), "condition `sourceIp`: `ip` is `203.0.113.7`, accepted are `10.0.0.0/8`");
    ///
    /// let context = [("ip", "10.1.2.3".parse::<IpAddr>()?)];
    /// assert!(access.in_context(&context).decide(Operation::READ, &product).is_allow());
    /// assert!(!access.decide(Operation::READ, &product).is_allow());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn in_context<'a>(&'a self, context: &'a dyn Attributes) -> InContext<'a> {
        InContext { of: self, context }
    }

    /// The access without a context.
    #[inline]
    pub(crate) fn alone(&self) -> InContext<'_> {
        InContext { of: self, context: NONE }
    }
}

impl<'a> InContext<'a> {
    /// Whether a role grants the operation on the type, as [`Access::permits`]. The context doesn't matter to it.
    #[inline]
    pub fn permits<'n>(&self, operation: impl Into<OperationRef<'n>>, resource: impl Into<TypeRef<'n>>) -> bool {
        self.of.permits(operation, resource)
    }

    /// The access, without the context.
    pub fn access(&self) -> &'a Access {
        self.of
    }
}

impl<T> Clone for InContext<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for InContext<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for InContext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext").field("of", self.of).finish_non_exhaustive()
    }
}
