//! The schema as a JSON document.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::{
    compiled::Schema,
    handles::STANDARD,
    rule::{Binding, ConditionRule, Elsewhere, Match, Source},
    schema_error::{At, SchemaError},
};
use crate::{
    attributes::AttributePath,
    json::{DocumentError, DocumentProblem, Json, Node, Place, deserialize_as_document},
    text::UnknownName,
    values::ValueKind,
};

impl Schema {
    /// Reads a schema from the text of its document:
    ///
    /// ```json
    /// {
    ///   "resources": {
    ///     "products": {},
    ///     "purchaseOrders": { "operations": ["create", "read", "update", "delete", "list", "approve"] }
    ///   },
    ///   "conditions": {
    ///     "productBrand": { "restricts": { "products": "brand" }, "elsewhere": "ignore" },
    ///     "factoryId": { "restricts": { "purchaseOrders": ["delivery", "factoryId"] } },
    ///     "tag": { "restricts": { "products": { "attribute": "tags", "match": "all" } } },
    ///     "region": { "values": "path", "restricts": { "purchaseOrders": "region" } },
    ///     "sourceIp": { "values": "network", "context": "ip" }
    ///   }
    /// }
    /// ```
    ///
    /// `values` is one of the [kinds](super::ValueKind), `text` if it says nothing. With `context` instead of `restricts`, a name
    /// reads an attribute of the request's context, on every type.
    ///
    /// A type without `operations` has the five standard ones; `match` is `any` unless it says `all`,
    /// `elsewhere` is `deny` unless it says `ignore`. An attribute is a name without a dot, or an array of names,
    /// which may have dots: `"delivery.factoryId"` is refused, since it looks like a path and is none.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], with line, column and path: for a text that [`Json::parse`] refuses, a field that the
    /// document doesn't have, a value of the wrong kind, and what
    /// [`SchemaBuilder::build`](super::SchemaBuilder::build) refuses.
    ///
    /// ```
    /// let schema = keyward::Schema::from_json(r#"{"resources": {"products": {}}}"#)?;
    /// assert!(schema.resource_type("products").is_ok());
    /// # Ok::<(), keyward::json::DocumentError>(())
    /// ```
    #[cfg(feature = "serde_json")]
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        Node::of_text(text, Self::read)
    }

    pub(crate) fn read(node: Node<'_>) -> Result<Self, DocumentError> {
        let schema = node.fields(&["resources", "conditions"])?;
        let mut builder = Self::builder();
        if let Some(resources) = schema.optional("resources") {
            for (name, resource) in resources.members()? {
                builder = builder.resource_with(name, read_operations(resource)?);
            }
        }
        if let Some(conditions) = schema.optional("conditions") {
            for (name, condition) in conditions.members()? {
                builder = builder.condition(read_rule(name, condition)?);
            }
        }
        builder.build().map_err(|error| locate(&node.place, &error))
    }
}

fn read_operations(node: Node<'_>) -> Result<Vec<String>, DocumentError> {
    match node.fields(&["operations"])?.optional("operations") {
        Some(operations) => operations.elements()?.map(|name| name.text().map(ToOwned::to_owned)).collect(),
        None => Ok(STANDARD.map(String::from).to_vec()),
    }
}

fn read_rule(name: &str, node: Node<'_>) -> Result<ConditionRule, DocumentError> {
    let condition = node.fields(&["values", "restricts", "context", "elsewhere"])?;
    let mut rule = ConditionRule::new(name);
    if let Some(kind) = condition.optional("values") {
        rule = rule.values(read_value_kind(kind)?);
    }
    if let Some(context) = condition.optional("context") {
        let others = ["restricts", "elsewhere"].into_iter();
        if let Some(instead_of) = others.into_iter().find(|name| condition.optional(name).is_some()) {
            return Err(context.place.refuse(DocumentProblem::BothForms { field: "context", instead_of }));
        }
        return Ok(rule.context(read_binding(context)?));
    }
    if let Some(elsewhere) = condition.optional("elsewhere") {
        rule = rule.elsewhere(choice(elsewhere, &[("deny", Elsewhere::Deny), ("ignore", Elsewhere::Ignore)])?);
    }
    for (resource, binding) in condition.required("restricts")?.members()? {
        rule = rule.restricts(resource, read_binding(binding)?);
    }
    Ok(rule)
}

fn read_binding(node: Node<'_>) -> Result<Binding, DocumentError> {
    match node.json {
        Json::Text(_) | Json::List(_) => read_attribute(node).map(Binding::any),
        Json::Object(_) => {
            let binding = node.fields(&["attribute", "match"])?;
            let attribute = read_attribute(binding.required("attribute")?)?;
            let matching = binding.optional("match").map_or(Ok(Match::Any), read_match)?;
            Ok(match matching {
                Match::Any => Binding::any(attribute),
                Match::All => Binding::all(attribute),
            })
        }
        _ => Err(node.refuse_kind("a name, an array of names or an object with `attribute`")),
    }
}

pub(crate) fn read_attribute(node: Node<'_>) -> Result<AttributePath, DocumentError> {
    let path = match node.json {
        Json::Text(name) => AttributePath::undotted(name),
        Json::List(_) => AttributePath::new(node.elements()?.map(|name| name.text()).collect::<Result<Vec<_>, _>>()?),
        _ => return Err(node.refuse_kind("a name or an array of names")),
    };
    path.map_err(|error| node.place.invalid(error))
}

pub(crate) fn read_value_kind(node: Node<'_>) -> Result<ValueKind, DocumentError> {
    choice(node, &ValueKind::NAMES)
}

pub(crate) fn read_source(node: Node<'_>) -> Result<Source, DocumentError> {
    choice(node, &[("resource", Source::Resource), ("context", Source::Context)])
}

pub(crate) fn read_match(node: Node<'_>) -> Result<Match, DocumentError> {
    choice(node, &[("any", Match::Any), ("all", Match::All)])
}

fn choice<T: Copy>(node: Node<'_>, choices: &[(&'static str, T)]) -> Result<T, DocumentError> {
    let text = node.text()?;
    let known = choices.iter().find(|(name, _)| *name == text);
    known.map(|(_, choice)| *choice).ok_or_else(|| {
        let unknown = UnknownName::new("choice", text, choices.iter().map(|(name, _)| *name));
        node.place.invalid(unknown)
    })
}

/// The place in the document of what the builder refused.
fn locate(root: &Place<'_>, error: &SchemaError) -> DocumentError {
    let (resources, conditions) = (Place::Key(root, "resources"), Place::Key(root, "conditions"));
    let path = match &*error.at {
        At::Resource(name) => Place::Key(&resources, name).path(),
        At::Operation(name, index) => {
            Place::Index(&Place::Key(&Place::Key(&resources, name), "operations"), *index).path()
        }
        At::Condition(name) => Place::Key(&conditions, name).path(),
        At::Context(name) => Place::Key(&Place::Key(&conditions, name), "context").path(),
        At::Restricts(name, resource) => {
            Place::Key(&Place::Key(&Place::Key(&conditions, name), "restricts"), resource).path()
        }
    };
    DocumentError::new(path, DocumentProblem::invalid(error.problem().clone()))
}

deserialize_as_document!(Schema);

/// Every type with its operations, those of the administration too, so that what is read back is equal.
impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resources = self.resource_types().map(|resource| {
            let operations: Vec<&str> = self.operations(resource).collect();
            let declared = (operations != STANDARD).then_some(operations);
            (self.type_name(resource), ResourceDocument { operations: declared })
        });
        let conditions = self.inner.conditions.iter().enumerate().map(|(condition, (name, declared))| {
            let restricts =
                self.inner.types.iter().filter_map(|(name, of)| {
                    Some((&**name, BindingDocument::from(of.rules.get(condition)?.binding()?)))
                });
            let context = declared.context.as_ref().map(BindingDocument::from);
            let restricts = context.is_none().then(|| restricts.collect());
            let elsewhere = (declared.elsewhere == Elsewhere::Ignore).then_some("ignore");
            let values = (!declared.kind.is_text()).then_some(declared.kind);
            (&**name, RuleDocument { values, restricts, context, elsewhere })
        });
        SchemaDocument { resources: resources.collect(), conditions: conditions.collect() }.serialize(serializer)
    }
}

type Table<'a, V> = IndexMap<&'a str, V, FixedState>;

#[derive(Serialize)]
struct SchemaDocument<'a> {
    resources: Table<'a, ResourceDocument<'a>>,
    conditions: Table<'a, RuleDocument<'a>>,
}

#[derive(Serialize)]
struct ResourceDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    operations: Option<Vec<&'a str>>,
}

#[derive(Serialize)]
struct RuleDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<ValueKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restricts: Option<BTreeMap<&'a str, BindingDocument<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<BindingDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elsewhere: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BindingDocument<'a> {
    Any(&'a AttributePath),
    All { attribute: &'a AttributePath, r#match: &'static str },
}

impl<'a> From<&'a Binding> for BindingDocument<'a> {
    fn from(binding: &'a Binding) -> Self {
        let attribute = binding.attribute();
        match binding.matching() {
            Match::Any => Self::Any(attribute),
            Match::All => Self::All { attribute, r#match: "all" },
        }
    }
}
