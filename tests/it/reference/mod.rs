//! A second evaluator: what `guide::model` says, in strings and maps, slow and plain. It shares no code
//! with the crate and reads the same documents.
//!
//! Here are decisions, of updates too, and what a filter's document lets through. [`kinds`] has the kinds of values,
//! [`comparing`] whether one access is within another and what goes beyond, [`administration`] the changes of an account.

pub(crate) mod administration;
pub(crate) mod comparing;
pub(crate) mod kinds;

use serde_json::{Map, Value, json};

/// A schema's document, as it is.
#[derive(Clone, Copy)]
pub(crate) struct Model<'a> {
    pub(crate) schema: &'a Value,
}

/// Who asks: the account, what is given there, and whether it is an operator, who may administer.
#[derive(Clone, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) account: &'a str,
    pub(crate) assignments: Vec<Given>,
    pub(crate) administers: bool,
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
const ADMINISTRATION: [&str; 3] = ["accessPolicies", "accessTokens", "operatorAccess"];

/// What a name of condition reads on a type.
enum Reads<'a> {
    /// Nothing, and so it denies there or, if it is ignored, does not restrict.
    Nothing {
        ignored: bool,
    },
    Attribute {
        path: &'a Value,
        all: bool,
        of_context: bool,
    },
}

impl<'m> Model<'m> {
    /// The operations that a type has.
    fn declared(self, resource: &str) -> Vec<&'m str> {
        let operations = self.schema["resources"].get(resource).map(|document| document.get("operations"));
        match operations {
            Some(Some(operations)) => {
                operations.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
            }
            Some(None) => STANDARD.to_vec(),
            None if ADMINISTRATION.contains(&resource) => STANDARD.to_vec(),
            None => vec![],
        }
    }

    /// Whether the assignment grants the operation on the type.
    fn grants(self, who: &Who<'_>, given: &Given, resource: &str, operation: &str) -> bool {
        let changes = ADMINISTRATION.contains(&resource) && ["create", "update", "delete"].contains(&operation);
        let named = given.permissions.iter().any(|permission| {
            let (of, operations) = permission.split_once(':').unwrap();
            of == resource && (operations == "*" || operations.split(',').any(|name| name == operation))
        });
        named && self.declared(resource).contains(&operation) && (who.administers || !changes)
    }

    fn reads(self, name: &str, resource: &str) -> Reads<'m> {
        let rule = &self.schema["conditions"][name];
        let of_context = rule.get("context");
        match of_context.or_else(|| rule["restricts"].get(resource)) {
            None => Reads::Nothing { ignored: rule.get("elsewhere") == Some(&json!("ignore")) },
            Some(binding) => {
                let path = if binding.is_object() { &binding["attribute"] } else { binding };
                let all = binding.get("match") == Some(&json!("all"));
                Reads::Attribute { path, all, of_context: of_context.is_some() }
            }
        }
    }

    fn kind(self, name: &str) -> &'m str {
        self.schema["conditions"][name].get("values").map_or("text", |kind| kind.as_str().unwrap())
    }

    /// Whether the assignment's conditions under this name are met on one side.
    fn is_met(self, given: &Given, name: &str, question: &Question<'_>, attributes: &Value) -> bool {
        match self.reads(name, question.resource) {
            Reads::Nothing { ignored } => ignored,
            Reads::Attribute { path, all, of_context } => {
                let found = follow(if of_context { question.context } else { attributes }, path);
                met(found, all, &|value| self.accepts(given, name, value))
            }
        }
    }

    /// Whether the assignment's conditions under this name accept a value that is no list.
    fn accepts(self, given: &Given, name: &str, value: &Value) -> bool {
        let (one_of, except) = values_of(given, name);
        kinds::accepts(self.kind(name), &one_of, &except, value)
    }

    /// Whether it is allowed: of each side there is an assignment that grants it and of which every name is met.
    pub(crate) fn allows(self, who: &Who<'_>, question: &Question<'_>) -> bool {
        let of_side = |attributes: &Value| {
            who.assignments.iter().any(|given| {
                self.grants(who, given, question.resource, question.operation)
                    && names(given).into_iter().all(|name| self.is_met(given, name, question, attributes))
            })
        };
        question.account == who.account && question.sides.iter().all(|(_, attributes)| of_side(attributes))
    }

    /// The answer with its reason, in the JSON of the contract.
    pub(crate) fn decide(self, who: &Who<'_>, question: &Question<'_>) -> Value {
        if self.allows(who, question) {
            return json!({"decision": "allow"});
        }
        let deny = |status: u16, reason: Value| json!({"decision": "deny", "status": status, "reason": reason});
        let Question { operation, resource, account, sides, .. } = question;
        if *account != who.account {
            return deny(404, json!({"kind": "other_account"}));
        }
        let granting: Vec<&Given> =
            who.assignments.iter().filter(|given| self.grants(who, given, resource, operation)).collect();
        if granting.is_empty() {
            return deny(403, json!({"kind": "permission_missing", "resource": resource, "operation": operation}));
        }
        let unmet = |given: &Given, name: &str, (side, attributes): Side<'_>| {
            let is_met = self.is_met(given, name, question, attributes);
            (!is_met).then(|| self.reason(given, name, question, (side, attributes)))
        };
        // Of one assignment the first condition is named, whichever side it is; of several it is one side or the other.
        if let [given] = &who.assignments[..] {
            let of_name = |name| sides.iter().find_map(|side| unmet(given, name, *side));
            return deny(403, names(given).into_iter().find_map(of_name).unwrap());
        }
        let of_side = |side: &Side<'_>| -> Option<Vec<Value>> {
            granting.iter().map(|given| names(given).into_iter().find_map(|name| unmet(given, name, *side))).collect()
        };
        let mut reasons = sides.iter().find_map(of_side).unwrap();
        let mut reason = reasons.remove(0);
        if !reasons.is_empty() {
            reason["others"] = json!(reasons);
        }
        deny(403, reason)
    }

    /// Why a name of an assignment keeps it from allowing what is asked, on one side.
    fn reason(self, given: &Given, name: &str, question: &Question<'_>, (side, attributes): Side<'_>) -> Value {
        let Reads::Attribute { path, of_context, .. } = self.reads(name, question.resource) else {
            return json!({"kind": "condition_unbound", "condition": name, "resource": question.resource});
        };
        let mut reason = Map::new();
        reason.insert("kind".into(), json!("condition_unmet"));
        reason.insert("condition".into(), json!(name));
        reason.insert("attribute".into(), path.clone());
        if of_context {
            reason.insert("of".into(), json!("context"));
        }
        let (one_of, except) = values_of(given, name);
        for (field, values) in [("accepted", one_of), ("except", except)] {
            if !values.is_empty() {
                reason.insert(field.into(), json!(values));
            }
        }
        if let Some(found) = follow(if of_context { question.context } else { attributes }, path) {
            reason.insert("found".into(), found.clone());
        }
        if let Some(side) = side.filter(|_| !of_context) {
            reason.insert("side".into(), json!(side));
        }
        Value::Object(reason)
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

/// What the conditions under a name accept, and what they except.
fn values_of<'g>(given: &'g Given, name: &str) -> (Vec<&'g str>, Vec<&'g str>) {
    let of_name = || given.conditions.iter().filter(|condition| condition["name"] == *name);
    let one_of = of_name().filter_map(|condition| condition["value"].as_str()).collect();
    (one_of, of_name().flat_map(|condition| texts(condition.get("except"))).collect())
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
