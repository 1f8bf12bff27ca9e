//! The resources of the administration as the evaluator sees them.

use alloc::{boxed::Box, string::String, string::ToString, vec::Vec};

use crate::{
    attributes::{Attributes, Value},
    resource::Resource,
    role::Role,
    schema::TypeRef,
    store::KeyRecord,
};

/// An access policy, an access token or an operator access: its id and two lists.
///
/// Conditions of the schema may restrict by `id`; access policies by `permissions`; the other two by `policies`
/// and `conditions`, and operator accesses by `operator` too.
pub(super) struct Administered {
    account: Box<str>,
    resource: &'static str,
    id: Box<str>,
    lists: [(&'static str, Vec<String>); 2],
}

pub(super) const POLICIES: &str = "accessPolicies";
pub(super) const TOKENS: &str = "accessTokens";
pub(super) const OPERATORS: &str = "operatorAccess";

impl Administered {
    pub(super) fn policy(account: &str, role: &Role) -> Self {
        let permissions = role.permissions().iter().map(ToString::to_string).collect();
        let lists = [("permissions", permissions), ("", Vec::new())];
        Self { account: account.into(), resource: POLICIES, id: role.id().into(), lists }
    }

    pub(super) fn actor(resource: &'static str, record: &KeyRecord) -> Self {
        let conditions = record.conditions().iter().map(ToString::to_string).collect();
        let lists = [("policies", record.roles().map(Into::into).collect()), ("conditions", conditions)];
        Self { account: record.account().into(), resource, id: record.actor().into(), lists }
    }
}

impl Attributes for Administered {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "id" => Value::Text(&self.id),
            "operator" if self.resource == OPERATORS => Value::Text(&self.id),
            "" => Value::Absent,
            name => {
                let list = self.lists.iter().find(|(list, _)| *list == name);
                list.map_or(Value::Absent, |(_, values)| Value::List(values))
            }
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        visit("id", Value::Text(&self.id));
        for (name, values) in self.lists.iter().filter(|(name, _)| !name.is_empty()) {
            visit(name, Value::List(values));
        }
    }
}

impl Resource for Administered {
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Name(self.resource)
    }

    fn account(&self) -> &str {
        &self.account
    }
}
