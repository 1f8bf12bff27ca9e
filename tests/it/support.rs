//! What several modules need: schemas and accesses in a line, and answers as JSON.

use keyward::{Access, Assignment, Condition, Role, Roles, Schema, store::KeyRecord};
use serde::Serialize;

/// The account that every test acts in, unless it says otherwise.
pub(crate) const ACCOUNT: &str = "acme";

pub(crate) fn schema(document: &serde_json::Value) -> Schema {
    Schema::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}\n{document:#}"))
}

/// The access with one role that has these permissions, and these conditions in this order.
pub(crate) fn access(schema: &Schema, permissions: &[&str], conditions: &[(&str, &str)]) -> Access {
    let role = Role::new("the-role", permissions.iter().copied()).unwrap();
    let roles = Roles::new(schema, ACCOUNT).unwrap().with(role).unwrap();
    let conditions = conditions.iter().map(|(name, value)| Condition::new(name, value).unwrap());
    Access::builder(&roles).role("the-role").conditions(conditions).unwrap().build().unwrap()
}

/// As a JSON value, which is also what a reader of the text sees.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Value {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// The ids of the roles of all assignments of a record.
pub(crate) fn roles(record: &KeyRecord) -> Vec<&str> {
    record.grant().assignments().iter().flat_map(Assignment::roles).collect()
}

/// The conditions of all assignments of a record.
pub(crate) fn conditions(record: &KeyRecord) -> Vec<Condition> {
    record.grant().assignments().iter().flat_map(Assignment::conditions).cloned().collect()
}
