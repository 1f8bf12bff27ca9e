//! Whether one access is within another, by asking both every question of a small world that is large enough: of each
//! attribute a value of every sort that the two tell apart.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Given, Model, Question, Reads, Who, kinds, names, texts, values_of};

/// One question, as a witness is written. An `update` proposes what is stored: who may update each of two rows, may update
/// the one into the other, so such questions tell two accesses apart if any does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    pub(crate) resource: String,
    pub(crate) account: String,
    pub(crate) attributes: Value,
    pub(crate) context: Value,
}

impl Asked {
    /// Reads a request: `{"operation": …, "resource": {"type": …, "account": …, "attributes": {…}}}`, of a `create` with
    /// `proposed` in place of the attributes and of an `update` with both.
    pub(crate) fn of_witness(witness: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let operation = text(&witness["operation"]);
        let (stored, proposed) = (witness["resource"].get("attributes"), witness.get("proposed"));
        let attributes = match (&*operation, stored, proposed) {
            ("create", None, Some(proposed)) => proposed,
            ("update", Some(stored), Some(proposed)) if stored == proposed => stored,
            (name, Some(stored), None) if name != "create" && name != "update" => stored,
            _ => panic!("no request: {witness}"),
        };
        Self {
            resource: text(&witness["resource"]["type"]),
            account: text(&witness["resource"]["account"]),
            attributes: attributes.clone(),
            context: witness.get("context").cloned().unwrap_or(json!({})),
            operation,
        }
    }
}

/// How many elements the longest list has, where any of them will do and where all must be accepted; and whether null is among
/// the values, alone and in lists.
#[derive(Clone, Copy)]
pub(crate) struct Longest {
    pub(crate) any: usize,
    pub(crate) all: usize,
    pub(crate) odd: bool,
}

impl Model<'_> {
    pub(crate) fn allows_asked(self, who: &Who<'_>, asked: &Asked) -> bool {
        let Asked { operation, resource, account, attributes, context } = asked;
        let sides: &[_] = &[(None, attributes)];
        let sides = if operation == "update" { &[sides[0], sides[0]] } else { sides };
        self.allows(who, &Question { operation, resource, account, sides, context })
    }

    /// A question that the left is allowed and the right is not, if there is one.
    ///
    /// One list of one element is enough where any will do: an element more makes no condition unmet. Where all must be
    /// accepted, each assignment of the right may be kept off by another element.
    pub(crate) fn beyond(self, left: &Who<'_>, right: &Who<'_>) -> Option<Asked> {
        let longest = Longest { any: 0, all: right.assignments.len(), odd: false };
        let given: Vec<&Given> = left.assignments.iter().chain(&right.assignments).collect();
        let mut questions = self.questions(left.account, &given, longest).into_iter();
        questions.find(|asked| self.allows_asked(left, asked) && !self.allows_asked(right, asked))
    }

    /// Every question of a small world in which these conditions are told apart: each operation of each type that the
    /// permissions name, on each resource, in each context.
    pub(crate) fn questions(self, account: &str, given: &[&Given], longest: Longest) -> Vec<Asked> {
        let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (given, name) in given.iter().flat_map(|given| names(given).into_iter().map(move |name| (given, name))) {
            let (one_of, except) = values_of(given, name);
            named.entry(name).or_default().extend(one_of.into_iter().chain(except));
        }
        let permissions = given.iter().flat_map(|given| &given.permissions);
        let mut types: Vec<&str> = permissions.map(|text| text.split_once(':').unwrap().0).collect();
        types.sort_unstable();
        types.dedup();
        let mut questions = Vec::new();
        for resource in types {
            let (mut rows, mut contexts) = (vec![json!({})], vec![json!({})]);
            for (name, named) in &named {
                let Reads::Attribute { path, all, of_context } = self.reads(name, resource) else { continue };
                let most = if all { longest.all } else { longest.any };
                let values = values(self.kind(name), named, most, longest.odd);
                let objects = if of_context { &mut contexts } else { &mut rows };
                *objects = objects
                    .iter()
                    .flat_map(|object| values.iter().map(|value| with(object, path, value.as_ref())))
                    .collect();
            }
            for operation in self.declared(resource) {
                for (attributes, context) in rows.iter().flat_map(|row| contexts.iter().map(move |of| (row, of))) {
                    questions.push(Asked {
                        operation: operation.into(),
                        resource: resource.into(),
                        account: account.into(),
                        attributes: attributes.clone(),
                        context: context.clone(),
                    });
                }
            }
        }
        questions
    }

    /// Whether what one assignment accepts under a name, the other accepts under it, too.
    pub(crate) fn is_subset(self, name: &str, one: &Given, other: &Given) -> bool {
        let named: Vec<&str> = [one, other]
            .into_iter()
            .flat_map(|given| {
                let (one_of, except) = values_of(given, name);
                one_of.into_iter().chain(except)
            })
            .collect();
        let points = kinds::points(self.kind(name), &named);
        points.iter().all(|point| !self.accepts(one, name, point) || self.accepts(other, name, point))
    }

    /// Whether a part of an excess, as its document says it, is about a question that the left is allowed.
    pub(crate) fn is_about(self, part: &Value, right: &Who<'_>, asked: &Asked) -> bool {
        let on_type = part.get("resource").is_none_or(|resource| *resource == asked.resource)
            && part.get("resources").is_none_or(|all| texts(Some(all)).contains(&&*asked.resource))
            && part.get("operations").is_none_or(|all| texts(Some(all)).contains(&&*asked.operation));
        let Asked { operation, resource, account, attributes, context } = asked;
        let question = Question { operation, resource, account, sides: &[], context };
        on_type
            && match part["kind"].as_str().unwrap() {
                "permission" | "condition_unbound" => true,
                // Only of a right of one assignment.
                "condition_values" | "condition_missing" => {
                    let [given] = &right.assignments[..] else { panic!("{part} of {right:?}") };
                    !self.is_met(given, part["condition"].as_str().unwrap(), &question, attributes)
                }
                "resources" => part["conditions"].as_array().unwrap().iter().all(|condition| {
                    let name = condition["condition"].as_str().unwrap();
                    let given = Given { permissions: vec![], conditions: written(name, &condition["values"]) };
                    let except = condition.get("except").is_some();
                    self.is_met(&given, name, &question, attributes) != except
                }),
                _ => panic!("{part} is new"),
            }
    }
}

/// The conditions of a set of values as documents write it: a list, or an object of `one_of` and `except`.
fn written(name: &str, set: &Value) -> Vec<Value> {
    let one_of = texts(if set.is_array() { Some(set) } else { set.get("one_of") });
    let except = set.get("except").map(|except| json!({"name": name, "except": except}));
    one_of.into_iter().map(|value| json!({"name": name, "value": value})).chain(except).collect()
}

/// Nothing, a value of every sort, and every list of two such values or more, up to the longest.
fn values(kind: &str, named: &[&str], longest: usize, odd: bool) -> Vec<Option<Value>> {
    let mut points = kinds::points(kind, named);
    points.extend(odd.then_some(Value::Null));
    let mut lists: Vec<Vec<Value>> = vec![vec![]];
    for point in &points {
        let with = |list: &Vec<Value>| [&list[..], std::slice::from_ref(point)].concat();
        let longer: Vec<_> = lists.iter().filter(|list| list.len() < longest).map(with).collect();
        lists.extend(longer);
    }
    let lists = lists.into_iter().filter(|list| list.len() > 1).map(Value::Array);
    [None].into_iter().chain(points.iter().cloned().chain(lists).map(Some)).collect()
}

/// The object with the value at the path.
fn with(object: &Value, path: &Value, value: Option<&Value>) -> Value {
    let Some(value) = value else { return object.clone() };
    let names: Vec<&str> = path.as_str().map_or_else(|| texts(Some(path)), |name| vec![name]);
    let mut object = object.clone();
    let (last, outer) = names.split_last().unwrap();
    let mut inner = &mut object;
    for name in outer {
        inner = inner.as_object_mut().unwrap().entry(*name).or_insert_with(|| Value::Object(Map::new()));
    }
    inner.as_object_mut().unwrap().insert((*last).into(), value.clone());
    object
}
