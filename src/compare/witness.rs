//! One concrete request, which one access allows and another denies.

use alloc::boxed::Box;
use core::fmt;

use serde::{Serialize, Serializer};

use crate::{
    access::{Access, CompiledAssignment},
    attributes::{AsValue, AttributePath, Attributes, Value},
    decision::{Clause, Decision},
    json::{Json, JsonObject},
    resource::Resource,
    schema::{Operation, OperationRef, Schema, TypeRef},
};

/// One concrete request, which one access allows and another denies.
///
/// It is a [`Resource`], and any access can decide it. For a `create` the attributes are the proposed ones. An `update`
/// proposes what is stored, and a `list` asks for this one row.
///
/// ```
/// use keyward::{Access, Roles, Schema, compare::Inclusion};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let one = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
/// let two = Access::builder(&roles).role("admin").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let Inclusion::Exceeds(witness) = two.within(&one) else { unreachable!("`b` is beyond `one`") };
/// assert!(witness.decide(&two).is_allow() && !witness.decide(&one).is_allow());
/// assert_eq!(
///     serde_json::to_string(&witness)?,
///     r#"{"operation":"read","resource":{"type":"products","account":"acme","attributes":{"brand":"b"}}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    operation: Box<str>,
    resource_type: Box<str>,
    account: Box<str>,
    attributes: Json,
    context: Json,
}

impl Witness {
    /// A request in this assignment's account, on a type and by an operation of its schema.
    pub(super) fn new<'a>(
        of: &CompiledAssignment,
        resource: usize,
        operation: u8,
        attributes: impl IntoIterator<Item = (Clause<'a>, Json)>,
    ) -> Self {
        let (mut object, mut context) = (JsonObject::default(), JsonObject::default());
        for (clause, value) in attributes {
            put(if clause.reads_context() { &mut context } else { &mut object }, clause.attribute, value);
        }
        Self {
            operation: of.schema().operation_at(operation).into(),
            resource_type: of.schema().type_name_at(resource).into(),
            account: of.account().into(),
            attributes: Json::Object(object),
            context: Json::Object(context),
        }
    }

    /// The decision of an access on this request.
    pub fn decide<'a>(&'a self, access: &'a Access) -> Decision<'a> {
        let access = access.in_context(&self.context);
        if OperationRef::Name(&self.operation).is_update() {
            access.decide_update(self, self)
        } else {
            access.decide(OperationRef::Name(&self.operation), self)
        }
    }

    /// The operation's name.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The stored attributes, a JSON object; a `create` has none.
    pub fn stored(&self) -> Option<&Json> {
        (!self.is(Operation::CREATE)).then_some(&self.attributes)
    }

    /// The proposed attributes of a `create` or an `update`, a JSON object.
    pub fn proposed(&self) -> Option<&Json> {
        (self.is(Operation::CREATE) || self.is(Operation::UPDATE)).then_some(&self.attributes)
    }

    /// The context, a JSON object; `None` where the request has none.
    pub fn context(&self) -> Option<&Json> {
        has_members(&self.context).then_some(&self.context)
    }

    /// Standard operations have the same names in every schema.
    fn is(&self, standard: Operation) -> bool {
        Schema::standard_name(standard).is_some_and(|name| *self.operation == *name)
    }
}

fn has_members(json: &Json) -> bool {
    matches!(json, Json::Object(members) if !members.is_empty())
}

/// Sets the attribute at the end of the path, with the objects that lead there.
fn put(attributes: &mut JsonObject, path: &AttributePath, value: Json) {
    let mut names = path.names();
    let Some(mut name) = names.next() else { return };
    let mut object = attributes;
    for next in names {
        let inner = object.entry(name.into()).or_insert_with(|| Json::Object(JsonObject::default()));
        let Json::Object(inner) = inner else { return };
        (object, name) = (inner, next);
    }
    object.insert(name.into(), value);
}

impl Attributes for Witness {
    fn attribute(&self, name: &str) -> Value<'_> {
        self.attributes.attribute(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        self.attributes.each(visit);
    }
}

impl Resource for Witness {
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Name(&self.resource_type)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// In words, without attributes where there are none.
impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on `{}` of `{}`", self.operation, self.resource_type, self.account)?;
        if has_members(&self.attributes) {
            write!(f, " with {}", self.attributes.as_value())?;
        }
        self.context().map_or(Ok(()), |context| write!(f, " in the context {}", context.as_value()))
    }
}

/// As a request: `{"operation": …, "resource": {"type": …, "account": …, "attributes": {…}}}`. An `update` has `proposed`
/// too, and a `create` has it instead of `attributes`; `context` is there where a condition reads it.
impl Serialize for Witness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resource = Subject { kind: &self.resource_type, account: &self.account, attributes: self.stored() };
        Request { operation: &self.operation, resource, proposed: self.proposed(), context: self.context() }
            .serialize(serializer)
    }
}

#[derive(Serialize)]
struct Request<'a> {
    operation: &'a str,
    resource: Subject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a Json>,
}

#[derive(Serialize)]
struct Subject<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<&'a Json>,
}
