//! A second evaluator: what `guide::model` says, in strings and maps, slow and plain. It shares no code
//! with the crate and reads the same documents.

pub(crate) mod kinds;

use serde_json::{Map, Value, json};

/// A schema's document, as it is.
pub(crate) struct Model<'a> {
    pub(crate) schema: &'a Value,
}

/// Who asks: the account, and what is given there.
pub(crate) struct Who<'a> {
    pub(crate) account: &'a str,
    pub(crate) assignments: Vec<Given>,
}

/// One assignment: the permissions of all its roles, and its conditions in order, each a document of `name` and `value` or
/// `except`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub(crate) permissions: Vec<String>,
    pub(crate) conditions: Vec<Value>,
}

/// What is asked about. Sides are those that the operation tests, each with its name where there are two.
pub(crate) struct Question<'a> {
    pub(crate) operation: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) account: &'a str,
    pub(crate) sides: &'a [Side<'a>],
    pub(crate) context: &'a Value,
}

/// The name of a side, and the attributes there.
pub(crate) type Side<'a> = (Option<&'a str>, &'a Value);

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
        let Question { operation, resource, account, sides, .. } = question;
        if *account != who.account {
            return deny(404, json!({"kind": "other_account"}));
        }
        let granting: Vec<&Given> =
            who.assignments.iter().filter(|given| self.permitted(&given.permissions, resource, operation)).collect();
        if granting.is_empty() {
            return deny(403, json!({"kind": "permission_missing", "resource": resource, "operation": operation}));
        }
        // Of one assignment the first condition is named, whichever side it is; of several it is one side or the other.
        if let [given] = &who.assignments[..] {
            for name in names(given) {
                if let Some(reason) = sides.iter().find_map(|side| self.unmet(given, name, question, *side)) {
                    return deny(403, reason);
                }
            }
            return json!({"decision": "allow"});
        }
        for side in *sides {
            let first =
                |given: &&Given| names(given).into_iter().find_map(|name| self.unmet(given, name, question, *side));
            let reasons: Vec<Option<Value>> = granting.iter().map(first).collect();
            let Some(mut reasons) = reasons.into_iter().collect::<Option<Vec<Value>>>() else { continue };
            let mut reason = reasons.remove(0);
            if !reasons.is_empty() {
                reason["others"] = json!(reasons);
            }
            return deny(403, reason);
        }
        json!({"decision": "allow"})
    }

    /// Why a name of an assignment keeps it from allowing what is asked, on one side.
    fn unmet(&self, given: &Given, name: &str, question: &Question<'_>, (side, attributes): Side<'_>) -> Option<Value> {
        let rule = &self.schema["conditions"][name];
        let of_context = rule.get("context");
        let Some(binding) = of_context.or_else(|| rule["restricts"].get(question.resource)) else {
            let unbound = json!({"kind": "condition_unbound", "condition": name, "resource": question.resource});
            return (rule.get("elsewhere") != Some(&json!("ignore"))).then_some(unbound);
        };
        let (attribute, all) = match binding {
            Value::Object(binding) => (&binding["attribute"], binding.get("match") == Some(&json!("all"))),
            attribute => (attribute, false),
        };
        let found = follow(if of_context.is_some() { question.context } else { attributes }, attribute);
        let kind = rule.get("values").map_or("text", |kind| kind.as_str().unwrap());
        let of_name = || given.conditions.iter().filter(|condition| condition["name"] == json!(name));
        let one_of: Vec<&str> = of_name().filter_map(|condition| condition["value"].as_str()).collect();
        let except: Vec<&str> = of_name().flat_map(|condition| texts(condition.get("except"))).collect();
        if met(found, all, &|value| kinds::accepts(kind, &one_of, &except, value)) {
            return None;
        }
        let mut reason = Map::new();
        reason.insert("kind".into(), json!("condition_unmet"));
        reason.insert("condition".into(), json!(name));
        reason.insert("attribute".into(), attribute.clone());
        if of_context.is_some() {
            reason.insert("of".into(), json!("context"));
        }
        for (field, values) in [("accepted", one_of), ("except", except)] {
            if !values.is_empty() {
                reason.insert(field.into(), json!(values));
            }
        }
        if let Some(found) = found {
            reason.insert("found".into(), found.clone());
        }
        if let Some(side) = side.filter(|_| of_context.is_none()) {
            reason.insert("side".into(), json!(side));
        }
        Some(Value::Object(reason))
    }
}

/// The names of an assignment's conditions, in the order in which they first occur.
fn names(given: &Given) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for condition in &given.conditions {
        let name = condition["name"].as_str().unwrap();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(|value| value.as_str().unwrap()).collect()
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

/// What `guide::model` says of lists: `one` says it of one value.
fn met(found: Option<&Value>, all: bool, one: &dyn Fn(&Value) -> bool) -> bool {
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

/// Whether a row passes a filter, read from the filter's JSON.
pub(crate) fn passes(filter: &Value, row: &Value) -> bool {
    if *filter == json!("all") {
        return true;
    }
    let members = filter.as_object().unwrap();
    assert_eq!(members.len(), 1, "{filter}");
    if let Some(alternatives) = members.get("any_of") {
        let alternatives = alternatives.as_array().unwrap();
        assert!(alternatives.len() > 1, "{filter}");
        return alternatives.iter().any(|alternative| passes(alternative, row));
    }
    let clauses = members["all_of"].as_array().unwrap();
    assert!(!clauses.is_empty(), "a filter without a clause is `all`");
    clauses.iter().all(|clause| {
        let known = ["attribute", "one_of", "except", "values", "match"];
        assert!(clause.as_object().unwrap().keys().all(|field| known.contains(&&**field)), "{clause}");
        let (one_of, except) = (texts(clause.get("one_of")), texts(clause.get("except")));
        let kind = clause.get("values").map_or("text", |kind| kind.as_str().unwrap());
        let all = clause.get("match") == Some(&json!("all"));
        met(follow(row, &clause["attribute"]), all, &|value| kinds::accepts(kind, &one_of, &except, value))
    })
}
