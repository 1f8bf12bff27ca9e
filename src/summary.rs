//! A summary of what an access may do.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use serde::Serialize;

use crate::{
    access::Access,
    attributes::Attributes,
    decision::{Asked, InContext, NONE, ReadOnce},
    filter::Filter,
    schema::ResourceType,
    text::join,
};

/// What an access may do on each type, in words and in JSON: what roles grant, and which resources meet the conditions.
///
/// ```
/// use keyward::{Access, Role, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"products": {}, "places": {}, "thngs": {}},
///         "conditions": {"brand": {"restricts": {"products": "brand"}}}
///     }"#,
/// )?;
/// let role = Role::new("inspector", ["products:*", "places:read,list"])?;
/// let roles = Roles::new(&schema, "acme")?.with(role)?;
/// let access = Access::builder(&roles).role("inspector").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// assert_eq!(
///     access.summary().to_string(),
///     "in the account `acme`:\n\
///      - `products`: every operation, where `brand` is `a` or `b`\n\
///      - `places`: nothing, though read and list are granted: the condition `brand` is not bound to this type",
/// );
/// assert_eq!(
///     serde_json::to_value(access.summary())?["types"][1],
///     serde_json::json!({
///         "type": "places",
///         "operations": ["read", "list"],
///         "resources": "nothing",
///         "unbound": ["brand"],
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    account: Box<str>,
    types: Box<[TypeSummary]>,
}

/// What an access may do with the resources of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeSummary {
    #[serde(rename = "type")]
    name: Box<str>,
    operations: Box<[Box<str>]>,
    #[serde(skip)]
    every_operation: bool,
    resources: Filter,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unbound: Box<[Box<str>]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unmet: Box<[Box<str>]>,
}

impl Access {
    /// What the access may do on each type. Conditions on the context are among those that it tells.
    pub fn summary(&self) -> Summary {
        self.summary_in(None)
    }

    fn summary_in(&self, context: Option<&dyn Attributes>) -> Summary {
        let schema = self.schema();
        let types = schema.resource_types().filter_map(|handle| Some((handle, schema.type_index(handle.into())?)));
        let types = types.flat_map(|(handle, index)| self.summary_on(context, handle, index)).collect();
        Summary { account: self.account().into(), types }
    }

    /// Operations that the same assignments grant are together.
    fn summary_on(&self, context: Option<&dyn Attributes>, handle: ResourceType, resource: usize) -> Vec<TypeSummary> {
        let schema = self.schema();
        let declared = || schema.operations(handle);
        let mut groups: Vec<(Asked, Vec<Box<str>>)> = Vec::new();
        for name in declared() {
            let Some(operation) = schema.operation_index(name.into()) else { continue };
            let asked = Asked::new(resource, operation);
            let granting = |asked: Asked| asked.granted_by(self).map(|(at, _)| at);
            if granting(asked).next().is_none() {
                continue;
            }
            match groups.iter_mut().find(|(group, _)| granting(*group).eq(granting(asked))) {
                Some((_, names)) => names.push(name.into()),
                None => groups.push((asked, Vec::from([name.into()]))),
            }
        }
        let every = declared().count();
        let summary = |(asked, operations): (Asked, Vec<Box<str>>)| {
            let (resources, mut read) = (self.filter_asked(context, asked), ReadOnce::new(context.unwrap_or(NONE)));
            let (mut unbound, mut unmet) = (Vec::new(), Vec::new());
            if resources.is_nothing() {
                for (_, assignment) in asked.granted_by(self) {
                    let all = assignment.clauses(resource).filter_map(Result::err).map(|of| of.condition);
                    all.for_each(|name| add(&mut unbound, name));
                    if let (Some(_), Some(Ok((clause, _)))) = (context, assignment.refusal_in(&mut read, resource)) {
                        add(&mut unmet, clause.condition());
                    }
                }
            }
            TypeSummary {
                name: schema.type_name(handle).into(),
                every_operation: operations.len() == every,
                operations: operations.into(),
                resources,
                unbound: unbound.into(),
                unmet: unmet.into(),
            }
        };
        groups.into_iter().map(summary).collect()
    }
}

impl InContext<'_> {
    /// What the access may do on each type in this context: what reads it is decided.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{
    ///         "resources": {"products": {"operations": ["read"]}},
    ///         "conditions": {"sourceIp": {"values": "network", "context": "ip"}}
    ///     }"#,
    /// )?;
    /// let access = Access::builder(&Roles::new(&schema, "acme")?).role("admin").condition(("sourceIp", "10.0.0.0/8"))?;
    /// let access = access.build()?;
    /// let first = |summary: keyward::summary::Summary| summary.types()[0].to_string();
    /// assert_eq!(first(access.summary()), "`products`: every operation, where `ip` of the context is `10.0.0.0/8`");
    /// assert_eq!(first(access.in_context(&[("ip", "10.1.2.3")]).summary()), "`products`: every operation");
    /// assert_eq!(
    ///     first(access.in_context(&[("ip", "192.0.2.1")]).summary()),
    ///     "`products`: nothing, though every operation is granted: the condition `sourceIp` is not met",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn summary(self) -> Summary {
        self.of.summary_in(Some(self.context))
    }
}

fn add(names: &mut Vec<Box<str>>, name: &str) {
    if !names.iter().any(|known| **known == *name) {
        names.push(name.into());
    }
}

impl Summary {
    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The types on which a role grants anything, in the order of the schema. Where operations on a type are allowed on
    /// different resources, the type is there once for each group of them.
    pub fn types(&self) -> &[TypeSummary] {
        &self.types
    }
}

impl TypeSummary {
    /// The type's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operations that roles grant, in the order of the schema.
    pub fn operations(&self) -> impl ExactSizeIterator<Item = &str> {
        self.operations.iter().map(|name| &**name)
    }

    /// The resources on which they are allowed: none, all of the account's, or those that meet the conditions.
    pub fn resources(&self) -> &Filter {
        &self.resources
    }

    /// The conditions that the context doesn't meet, so that everything on the type is denied in it.
    pub fn unmet(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unmet.iter().map(|name| &**name)
    }

    /// The conditions that are not bound to the type, so that everything on it is denied.
    pub fn unbound(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unbound.iter().map(|name| &**name)
    }
}

/// A line for each type; for people.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in the account `{}`:", self.account)?;
        if self.types.is_empty() {
            return f.write_str(" nothing");
        }
        self.types.iter().try_for_each(|of| write!(f, "\n- {of}"))
    }
}

impl fmt::Display for TypeSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations: Vec<&str> =
            if self.every_operation { alloc::vec!["every operation"] } else { self.operations().collect() };
        write!(f, "`{}`: ", self.name)?;
        match &self.resources {
            Filter::Everything => and(f, operations),
            filter @ (Filter::AllOf(_) | Filter::AnyOf(_)) => {
                and(f, operations)?;
                write!(f, ", where {filter}")
            }
            Filter::Nothing => {
                let one = self.every_operation || operations.len() == 1;
                f.write_str("nothing, though ")?;
                and(f, operations)?;
                f.write_str(if one { " is granted" } else { " are granted" })?;
                let unbound = self.unbound().map(|name| (name, "is not bound to this type"));
                let all = unbound.chain(self.unmet().map(|name| (name, "is not met")));
                all.enumerate().try_for_each(|(index, (name, is))| {
                    let before = if index == 0 { ":" } else { "," };
                    write!(f, "{before} the condition `{name}` {is}")
                })
            }
        }
    }
}

/// `read, list and delete`
fn and(f: &mut fmt::Formatter<'_>, mut names: Vec<&str>) -> fmt::Result {
    let last = names.pop().unwrap_or_default();
    join(f, ", ", &names)?;
    write!(f, "{}{last}", if names.is_empty() { "" } else { " and " })
}
