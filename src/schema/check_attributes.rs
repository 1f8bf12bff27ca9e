//! Whether a type of the host's has what the conditions read of it.

use super::{
    compiled::Schema,
    schema_error::{At, SchemaError, SchemaProblem},
};
use crate::{
    attributes::{AttributeName, AttributePath, DeclaredAttributes, DeclaredResource},
    text::UnknownName,
};

impl Schema {
    /// Holds a resource of the host's to the schema: its type is there, and [`check_attributes`](Self::check_attributes)
    /// finds its attributes.
    ///
    /// # Errors
    ///
    /// As [`check_attributes`](Self::check_attributes).
    ///
    /// ```
    /// struct Product { account: String, brand: String }
    ///
    /// keyward::resource!(Product as "product" in account { brand });
    ///
    /// let schema = keyward::Schema::builder().resource("products").build()?;
    /// assert_eq!(
    ///     schema.check_resource::<Product>().unwrap_err().to_string(),
    ///     "resource type `product`: unknown resource type `product`; did you mean `products`?",
    /// );
    /// # Ok::<(), keyward::schema::SchemaError>(())
    /// ```
    pub fn check_resource<T: DeclaredResource>(&self) -> Result<(), SchemaError> {
        self.check_attributes::<T>(T::RESOURCE_TYPE)
    }

    /// Holds a type of the host's to the schema: every attribute that a condition reads of the resource type is one that
    /// `T` declares, by [`attributes!`](crate::attributes!) or [`resource!`](crate::resource!). Ask at the start: a name
    /// that `T` doesn't have is otherwise absent, and denies.
    ///
    /// A path is followed as far as `T` says what is inside.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] for a resource type that the schema doesn't have, and for the first attribute that `T` doesn't
    /// declare; it names the condition that reads it, and the nearest attribute that there is.
    ///
    /// ```
    /// struct Product { account: String, brand: String }
    ///
    /// keyward::resource!(Product as "products" in account { band = brand });
    ///
    /// let schema = keyward::Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// assert_eq!(
    ///     schema.check_attributes::<Product>("products").unwrap_err().to_string(),
    ///     "condition `brand` on `products`: unknown attribute `brand`; did you mean `band`?",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_attributes<T: DeclaredAttributes>(&self, resource: &str) -> Result<(), SchemaError> {
        let handle = self
            .resource_type(resource)
            .map_err(|unknown| At::Resource(resource.into()).refuse(SchemaProblem::Unknown(unknown)))?;
        for condition in self.condition_names() {
            if let Some(binding) = self.binding(condition, handle).filter(|binding| !binding.source().is_context()) {
                check::<T>(binding.attribute()).map_err(|unknown| {
                    At::Restricts(condition.into(), resource.into()).refuse(SchemaProblem::Unknown(unknown))
                })?;
            }
        }
        Ok(())
    }
}

impl Schema {
    /// Holds the host's type of contexts to the schema: every attribute of the context that a condition reads is one that `T`
    /// declares.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] for the first that `T` doesn't declare.
    ///
    /// ```
    /// struct Request { address: std::net::IpAddr }
    ///
    /// keyward::attributes!(Request { address });
    ///
    /// let schema = keyward::Schema::from_json(
    ///     r#"{"conditions": {"sourceIp": {"values": "network", "context": "adress"}}}"#,
    /// )?;
    /// assert_eq!(
    ///     schema.check_context::<Request>().unwrap_err().to_string(),
    ///     "condition `sourceIp` on the context: unknown attribute `adress`; did you mean `address`?",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_context<T: DeclaredAttributes>(&self) -> Result<(), SchemaError> {
        self.inner.conditions.iter().try_for_each(|(name, of)| {
            let read = of.context.as_ref().map_or(Ok(()), |binding| check::<T>(binding.attribute()));
            read.map_err(|unknown| At::Context((&**name).into()).refuse(SchemaProblem::Unknown(unknown)))
        })
    }
}

fn check<T: DeclaredAttributes>(path: &AttributePath) -> Result<(), UnknownName> {
    let mut declared = T::DECLARED;
    for name in path.names() {
        let found = declared.iter().find(|attribute| attribute.name() == name);
        let found =
            found.ok_or_else(|| UnknownName::new("attribute", name, declared.iter().map(AttributeName::name)))?;
        match found.inside() {
            Some(inside) => declared = inside,
            None => return Ok(()),
        }
    }
    Ok(())
}
