//! Roles, tokens and operators as resources, on which administration is decided.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::audit::Audited;
use crate::{
    attributes::{AsValue, Attributes, Value},
    grant::Assignment,
    key::KeyKind,
    resource::Resource,
    role::Role,
    schema::TypeRef,
    store::KeyRecord,
};

/// An access policy, an access token or an operator access.
///
/// Conditions of the schema may restrict by `id`; access policies by `permissions`; the other two by `policies`
/// and `conditions`, assignment by assignment, and operator accesses by `operator` too.
pub(super) struct Administered<'a> {
    on: Audited,
    account: &'a str,
    attributes: BTreeMap<&'static str, Attribute<'a>>,
}

enum Attribute<'a> {
    Text(&'a str),
    List(Vec<String>),
}

impl AsValue for Attribute<'_> {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::List(list) => Value::List(list),
        }
    }
}

impl<'a> Administered<'a> {
    pub(super) fn policy(account: &'a str, role: &'a Role) -> Self {
        let permissions = role.permissions().iter().map(ToString::to_string).collect();
        let attributes = [("id", Attribute::Text(role.id())), ("permissions", Attribute::List(permissions))];
        Self { on: Audited::AccessPolicy, account, attributes: attributes.into() }
    }

    /// An actor, once for each assignment: a condition that is asked of what an actor is given must be met by each, and no
    /// other assignment stands in for one. Those without roles, which allow nothing, count where there are no others.
    pub(super) fn actor(record: &'a KeyRecord) -> Vec<Self> {
        let all = record.grant().assignments();
        let with_roles: Vec<&Assignment> = all.iter().filter(|of| of.roles().len() > 0).collect();
        let counted = if with_roles.is_empty() { all.iter().collect() } else { with_roles };
        match counted.as_slice() {
            [] => Vec::from([Self::of_assignment(record, &Assignment::new())]),
            counted => counted.iter().map(|assignment| Self::of_assignment(record, assignment)).collect(),
        }
    }

    fn of_assignment(record: &'a KeyRecord, assignment: &Assignment) -> Self {
        let id = record.actor();
        let policies = assignment.roles().map(Into::into).collect();
        let conditions = assignment.conditions().iter().map(ToString::to_string).collect();
        let mut attributes = BTreeMap::from([
            ("id", Attribute::Text(id)),
            ("policies", Attribute::List(policies)),
            ("conditions", Attribute::List(conditions)),
        ]);
        if record.kind() == KeyKind::OperatorKey {
            attributes.insert("operator", Attribute::Text(id));
        }
        Self { on: Audited::of(record.kind()), account: record.account(), attributes }
    }
}

impl Attributes for Administered<'_> {
    fn attribute(&self, name: &str) -> Value<'_> {
        self.attributes.attribute(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        self.attributes.each(visit);
    }
}

impl Resource for Administered<'_> {
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Name(self.on.as_str())
    }

    fn account(&self) -> &str {
        self.account
    }
}
