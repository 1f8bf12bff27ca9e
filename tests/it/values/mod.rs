//! Kinds of values: which values a condition may have, what of an attribute they accept, and sets of them.

mod algebra;
mod attributes;
mod conditions;
mod schemas;
mod texts;

use keyward::{Access, AccessError, Condition, Role, Roles, Schema, ValueSet};
use serde_json::json;

use crate::support::{ACCOUNT, schema};

pub(crate) const KINDS: [&str; 5] = ["text", "path", "integer", "network", "time"];

/// A name `x` of the kind, that restricts `things` by any of `x`, and `parts` by all.
fn schema_of(kind: &str) -> Schema {
    schema(&json!({
        "resources": {"things": {"operations": ["read", "update"]}, "parts": {"operations": ["read"]}},
        "conditions": {"x": {
            "values": kind,
            "restricts": {"things": "x", "parts": {"attribute": "x", "match": "all"}},
        }},
    }))
}

/// The conditions of a name that accept these values, and all but those.
fn conditions(name: &str, one_of: &[&str], except: &[&str]) -> Vec<Condition> {
    let named = one_of.iter().map(|value| Condition::new(name, value).unwrap());
    let excepted = (!except.is_empty()).then(|| Condition::except(name, except).unwrap());
    named.chain(excepted).collect()
}

/// An access to read all that `x` accepts.
fn access(schema: &Schema, one_of: &[&str], except: &[&str]) -> Result<Access, AccessError> {
    let role = Role::new("reader", ["things:read", "parts:read"]).unwrap();
    let roles = Roles::new(schema, ACCOUNT).unwrap().with(role).unwrap();
    Access::builder(&roles).role("reader").conditions(conditions("x", one_of, except)).unwrap().build()
}

fn set_of(access: &Access) -> &ValueSet {
    let (_, set) = access.assignments().next().unwrap().conditions().next().unwrap();
    set
}
