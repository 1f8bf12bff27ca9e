//! What is acted on: a type, an account, and attributes.

use crate::{
    attributes::{Attributes, Value},
    schema::TypeRef,
};

/// The resource that a decision is about. Implement it on the host's own type.
///
/// ```
/// use keyward::{Attributes, Resource, TypeRef, Value};
///
/// struct Product { account: String, brand: String }
///
/// impl Attributes for Product {
///     fn attribute(&self, name: &str) -> Value<'_> {
///         match name {
///             "brand" => Value::Text(&self.brand),
///             _ => Value::Absent,
///         }
///     }
/// }
///
/// impl Resource for Product {
///     fn resource_type(&self) -> TypeRef<'_> {
///         "products".into() // or a handle that was looked up once
///     }
///
///     fn account(&self) -> &str {
///         &self.account
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no resource: it doesn't say its type and account",
    note = "implement `Resource` for it, or say them: `ResourceView::new(type, account, &attributes)`"
)]
pub trait Resource: Attributes {
    /// Its type, by name or by handle.
    fn resource_type(&self) -> TypeRef<'_>;

    /// The account that it belongs to: the stored fact, never something that the caller sent. A resource
    /// without an account says `""`, which is nobody's.
    fn account(&self) -> &str;
}

impl<R: Resource + ?Sized> Resource for &R {
    #[inline]
    fn resource_type(&self) -> TypeRef<'_> {
        (**self).resource_type()
    }

    #[inline]
    fn account(&self) -> &str {
        (**self).account()
    }
}

/// Attributes that were told their type and account: a map, a JSON document or a row as a [`Resource`].
///
/// ```
/// use keyward::{Resource, ResourceView};
///
/// let attributes = serde_json::json!({"brand": "brand_one"});
/// let product = ResourceView::new("products", "acme", &attributes);
/// assert_eq!(product.account(), "acme");
/// ```
#[derive(Debug)]
pub struct ResourceView<'a, A: ?Sized> {
    resource_type: TypeRef<'a>,
    account: &'a str,
    attributes: &'a A,
}

impl<A: ?Sized> Clone for ResourceView<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: ?Sized> Copy for ResourceView<'_, A> {}

impl<'a, A: Attributes + ?Sized> ResourceView<'a, A> {
    /// The resource of this type, of this account, with these attributes.
    #[inline]
    pub fn new(resource_type: impl Into<TypeRef<'a>>, account: &'a str, attributes: &'a A) -> Self {
        Self { resource_type: resource_type.into(), account, attributes }
    }
}

impl<A: Attributes + ?Sized> Attributes for ResourceView<'_, A> {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        self.attributes.attribute(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        self.attributes.each(visit);
    }
}

impl<A: Attributes + ?Sized> Resource for ResourceView<'_, A> {
    #[inline]
    fn resource_type(&self) -> TypeRef<'_> {
        self.resource_type
    }

    #[inline]
    fn account(&self) -> &str {
        self.account
    }
}

/// Implements [`Resource`] and [`Attributes`] for a struct of the host's: its type in the schema, the field that holds its
/// account, and the list of its attributes, as [`attributes!`](crate::attributes!) takes it.
///
/// ```
/// use keyward::{Access, Operation, Role, Roles, Schema};
///
/// struct Product { account: String, brand: String, tags: Vec<String> }
///
/// keyward::resource!(Product as "products" in account { brand, tags });
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// schema.check_resource::<Product>()?; // at the start: the type, and each attribute that a condition reads of it
///
/// let roles = Roles::new(&schema, "acme")?.with(Role::new("viewer", ["products:read"])?)?;
/// let access = Access::builder(&roles).role("viewer").condition("brand:a")?.build()?;
/// let product = Product { account: "acme".into(), brand: "a".into(), tags: vec![] };
/// assert!(access.decide(Operation::READ, &product).is_allow());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! resource {
    ($type:ty as $name:literal in $($account:ident).+ { $($list:tt)* }) => {
        $crate::attributes!($type { $($list)* });

        impl $crate::attributes::DeclaredResource for $type {
            const RESOURCE_TYPE: &'static str = $name;
        }

        impl $crate::Resource for $type {
            fn resource_type(&self) -> $crate::TypeRef<'_> {
                $crate::TypeRef::Name(<Self as $crate::attributes::DeclaredResource>::RESOURCE_TYPE)
            }

            fn account(&self) -> &str {
                &self.$($account).+
            }
        }
    };
}
