//! A second evaluator: what `guide::model` says, in strings and maps, slow and plain. It shares no code
//! with the crate and reads the same documents.

pub(crate) mod kinds;

use serde_json::{Map, Value, json};

/// A schema's document, as it is.
pub(crate) struct Model<'a> {
    pub(crate) schema: &'a Value,
}

/// Who asks: the account, the permissions of all roles, and the conditions in the access's order.
pub(crate) struct Who<'a> {
    pub(crate) account: &'a str,
    pub(crate) permissions: Vec<String>,
    pub(crate) conditions: Vec<(String, String)>,
}

/// What is asked about. Sides are those that the operation tests, each with its name where there are two.
pub(crate) struct Question<'a> {
    pub(crate) operation: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) account: &'a str,
    pub(crate) sides: &'a [(Option<&'a str>, &'a Value)],
}

const STANDARD: [&str; 5] = ["create", "read", "update", "delete", "list"];

impl Model<'_> {
    fn declared(&self, resource: &str) -> Vec<String> {
        let administration = ["accessPolicies", "accessTokens", "operatorAccess"].contains(&resource);
        match self.schema["resources"].get(resource) {
            Some(document) => match document.get("operations") {
                Some(operations) => {
                    operations.as_array().unwrap().iter().map(|name| name.as_str().unwrap().into()).collect()
                }
                None => STANDARD.map(String::from).to_vec(),
            },
            None if administration => STANDARD.map(String::from).to_vec(),
            None => vec![],
        }
    }

    fn permitted(&self, permissions: &[String], resource: &str, operation: &str) -> bool {
        let declared = self.declared(resource).iter().any(|name| name == operation);
        declared
            && permissions.iter().any(|permission| {
                let (of, operations) = permission.split_once(':').unwrap();
                of == resource && (operations == "*" || operations.split(',').any(|name| name == operation))
            })
    }

    /// The answer in the JSON of the contract.
    pub(crate) fn decide(&self, who: &Who<'_>, question: &Question<'_>) -> Value {
        let deny = |status: u16, reason: Value| json!({"decision": "deny", "status": status, "reason": reason});
        let Question { operation, resource, account, sides } = question;
        if *account != who.account {
            return deny(404, json!({"kind": "other_account"}));
        }
        if !self.permitted(&who.permissions, resource, operation) {
            return deny(403, json!({"kind": "permission_missing", "resource": resource, "operation": operation}));
        }
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &who.conditions {
            if !names.contains(&&**name) {
                names.push(name);
            }
        }
        for name in names {
            let accepted: Vec<&str> =
                who.conditions.iter().filter(|(other, _)| other == name).map(|(_, value)| &**value).collect();
            let rule = &self.schema["conditions"][name];
            let Some(binding) = rule["restricts"].get(resource) else {
                if rule.get("elsewhere") == Some(&json!("ignore")) {
                    continue;
                }
                return deny(403, json!({"kind": "condition_unbound", "condition": name, "resource": resource}));
            };
            let (attribute, all) = match binding {
                Value::Object(binding) => (&binding["attribute"], binding.get("match") == Some(&json!("all"))),
                attribute => (attribute, false),
            };
            for (side, attributes) in *sides {
                let found = follow(attributes, attribute);
                if met(found, all, &accepted) {
                    continue;
                }
                let mut reason = Map::new();
                reason.insert("kind".into(), json!("condition_unmet"));
                reason.insert("condition".into(), json!(name));
                reason.insert("attribute".into(), attribute.clone());
                reason.insert("accepted".into(), json!(accepted));
                if let Some(found) = found {
                    reason.insert("found".into(), found.clone());
                }
                if let Some(side) = side {
                    reason.insert("side".into(), json!(side));
                }
                return deny(403, Value::Object(reason));
            }
        }
        json!({"decision": "allow"})
    }
}

/// The value at a name or a path of names; nothing where a step is missing or leads through what is no object.
pub(crate) fn follow<'a>(attributes: &'a Value, attribute: &Value) -> Option<&'a Value> {
    let names: Vec<&str> = match attribute {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
        other => panic!("no attribute: {other}"),
    };
    names.into_iter().try_fold(attributes, |value, name| value.as_object()?.get(name))
}

/// What `guide::model` says of what an attribute matches.
pub(crate) fn met(found: Option<&Value>, all: bool, accepted: &[&str]) -> bool {
    let one = |value: &Value| text(value).is_some_and(|text| accepted.contains(&&*text));
    match found {
        None => false,
        Some(Value::Array(list)) if all => !list.is_empty() && list.iter().all(one),
        Some(Value::Array(list)) => list.iter().any(one),
        Some(value) => one(value),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a row passes a filter, read from the filter's JSON: "attribute is one of".
pub(crate) fn passes(filter: &Value, row: &Value) -> bool {
    if *filter == json!("all") {
        return true;
    }
    assert_eq!(filter.as_object().unwrap().keys().collect::<Vec<_>>(), ["all_of"]);
    let clauses = filter["all_of"].as_array().unwrap();
    assert!(!clauses.is_empty(), "a filter without a clause is `all`");
    clauses.iter().all(|clause| {
        let accepted: Vec<&str> =
            clause["one_of"].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
        met(follow(row, &clause["attribute"]), clause.get("match") == Some(&json!("all")), &accepted)
    })
}
