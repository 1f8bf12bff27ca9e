//! The resources of the administration as the evaluator sees them.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::audit::Audited;
use crate::{
    attributes::{AsValue, Attributes, Value},
    key::KeyKind,
    permission::Permission,
    resource::Resource,
    role::Role,
    schema::TypeRef,
    store::KeyRecord,
};

/// An access policy, an access token or an operator access.
///
/// Conditions of the schema may restrict by `id`; access policies by `permissions`; the other two by `policies`
/// and `conditions`, and operator accesses by `operator` too.
pub(super) enum Administered<'a> {
    Policy { account: &'a str, id: &'a str, permissions: &'a [Permission] },
    Actor { record: &'a KeyRecord, policies: Vec<&'a str>, conditions: Vec<String> },
}

impl<'a> Administered<'a> {
    pub(super) fn policy(account: &'a str, role: &'a Role) -> Self {
        Self::Policy { account, id: role.id(), permissions: role.permissions() }
    }

    pub(super) fn actor(record: &'a KeyRecord) -> Self {
        let conditions = record.conditions().iter().map(ToString::to_string).collect();
        Self::Actor { record, policies: record.roles().collect(), conditions }
    }
}

impl AsValue for Permission {
    fn as_value(&self) -> Value<'_> {
        Value::Text(self.as_str())
    }
}

impl Attributes for Administered<'_> {
    fn attribute(&self, name: &str) -> Value<'_> {
        match (self, name) {
            (Self::Policy { id, .. }, "id") => Value::Text(id),
            (Self::Policy { permissions, .. }, "permissions") => Value::List(permissions),
            (Self::Actor { record, .. }, "id") => Value::Text(record.actor()),
            (Self::Actor { record, .. }, "operator") if record.kind() == KeyKind::OperatorKey => {
                Value::Text(record.actor())
            }
            (Self::Actor { policies, .. }, "policies") => Value::List(policies),
            (Self::Actor { conditions, .. }, "conditions") => Value::List(conditions),
            _ => Value::Absent,
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        for name in ["id", "operator", "permissions", "policies", "conditions"] {
            match self.attribute(name) {
                Value::Absent => {}
                value => visit(name, value),
            }
        }
    }
}

impl Resource for Administered<'_> {
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Name(match self {
            Self::Policy { .. } => Audited::AccessPolicy.as_str(),
            Self::Actor { record, .. } => Audited::of(record.kind()).as_str(),
        })
    }

    fn account(&self) -> &str {
        match self {
            Self::Policy { account, .. } => account,
            Self::Actor { record, .. } => record.account(),
        }
    }
}
