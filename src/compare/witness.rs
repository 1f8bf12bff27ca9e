//! One concrete request, which tells two accesses apart.

use alloc::boxed::Box;
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    access::Access,
    attributes::{Attributes, Value},
    decision::Decision,
    json::{Json, JsonObject},
    resource::Resource,
    schema::{Operation, OperationRef, Schema, TypeRef},
};

/// One concrete request: who may do this, and who not, is what differs.
///
/// It is a [`Resource`], and can be decided by any access. Of a `create` the attributes are the proposed ones;
/// an `update` proposes what is stored; a `list` asks for this one row.
///
/// ```
/// use keyward::{Access, Inclusion, Roles, Schema};
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
}

impl Witness {
    /// A request of this access's account, on a type and by an operation of its schema.
    pub(super) fn new(of: &Access, resource: usize, operation: u8, attributes: JsonObject) -> Self {
        Self {
            operation: of.schema().operation_at(operation).into(),
            resource_type: of.schema().type_name_at(resource).into(),
            account: of.account().into(),
            attributes: Json::Object(attributes),
        }
    }

    /// What an access says to it.
    ///
    /// See [`Witness`] for an example.
    pub fn decide<'a>(&'a self, access: &'a Access) -> Decision<'a> {
        if self.is(Operation::UPDATE) {
            access.decide_update(self, self)
        } else {
            access.decide(OperationRef::Name(&self.operation), self)
        }
    }

    /// The operation's name.
    ///
    /// ```
    /// use keyward::{Access, Inclusion, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?;
    /// let (nothing, everything) = (Access::builder(&roles), Access::builder(&roles).role("admin"));
    /// let Inclusion::Exceeds(witness) = everything.build()?.within(&nothing.build()?) else { unreachable!() };
    /// assert_eq!(witness.operation(), "read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The stored attributes, a JSON object; a `create` has none.
    ///
    /// ```
    /// use keyward::{Access, Role, Roles, Schema};
    ///
    /// let roles = Roles::new(&Schema::builder().resource("products").build()?, "acme")?
    ///     .with(Role::new("Importer", ["products:create"])?)?
    ///     .with(Role::new("Editor", ["products:update"])?)?;
    /// let importer = Access::builder(&roles).role("Importer").build()?;
    /// let editor = Access::builder(&roles).role("Editor").build()?;
    ///
    /// let create = importer.within(&editor).witness().cloned().unwrap();
    /// assert!(create.stored().is_none() && create.proposed().is_some());
    /// let update = editor.within(&importer).witness().cloned().unwrap();
    /// assert!(update.stored().is_some() && update.proposed().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stored(&self) -> Option<&Json> {
        (!self.is(Operation::CREATE)).then_some(&self.attributes)
    }

    /// The proposed attributes of a `create` or an `update`, a JSON object.
    ///
    /// See [`stored`](Self::stored) for an example.
    pub fn proposed(&self) -> Option<&Json> {
        (self.is(Operation::CREATE) || self.is(Operation::UPDATE)).then_some(&self.attributes)
    }

    /// Standard operations have the same names in every schema.
    fn is(&self, standard: Operation) -> bool {
        Schema::standard_name(standard).is_some_and(|name| *self.operation == *name)
    }
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

/// In words, the attributes left out where there are none.
impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on `{}` of `{}`", self.operation, self.resource_type, self.account)?;
        match &self.attributes {
            Json::Object(attributes) if !attributes.is_empty() => write!(f, " with {}", Value::Object(attributes)),
            _ => Ok(()),
        }
    }
}

/// As a request: `{"operation": …, "resource": {"type": …, "account": …, "attributes": {…}}}`, with `proposed`
/// besides for an `update` and instead of `attributes` for a `create`.
impl Serialize for Witness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = serializer.serialize_map(None)?;
        request.serialize_entry("operation", &self.operation)?;
        request.serialize_entry("resource", &Subject(self))?;
        if let Some(proposed) = self.proposed() {
            request.serialize_entry("proposed", proposed)?;
        }
        request.end()
    }
}

struct Subject<'a>(&'a Witness);

impl Serialize for Subject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut resource = serializer.serialize_map(None)?;
        resource.serialize_entry("type", &self.0.resource_type)?;
        resource.serialize_entry("account", &self.0.account)?;
        if let Some(stored) = self.0.stored() {
            resource.serialize_entry("attributes", stored)?;
        }
        resource.end()
    }
}
