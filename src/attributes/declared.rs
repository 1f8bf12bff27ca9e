//! A type that says once which attributes it has, so that they can be held to the schema at the start.

use super::traits::Attributes;

/// Attributes of a type that tells which there are. [`attributes!`](crate::attributes!) and
/// [`resource!`](crate::resource!) implement it; [`Schema::check_attributes`](crate::Schema::check_attributes) asks it.
pub trait DeclaredAttributes: Attributes {
    /// Every attribute that the type can have.
    const DECLARED: &'static [AttributeName];
}

/// A type of the host's that tells which resource type of the schema it is. [`resource!`](crate::resource!) implements it;
/// [`Schema::check_resource`](crate::Schema::check_resource) asks it.
pub trait DeclaredResource: DeclaredAttributes {
    /// The name of its resource type.
    const RESOURCE_TYPE: &'static str;
}

/// The name of an attribute, and what is inside it.
#[derive(Clone, Copy, Debug)]
pub struct AttributeName {
    name: &'static str,
    inside: Option<&'static [AttributeName]>,
}

impl AttributeName {
    /// An attribute of which nothing is said but its name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, inside: None }
    }

    /// An object that has the attributes of the type `T`.
    pub const fn object<T: DeclaredAttributes>(name: &'static str) -> Self {
        Self { name, inside: Some(T::DECLARED) }
    }

    /// The name that a field has as an attribute: that of `r#type` is `type`. For [`attributes!`](crate::attributes!).
    pub const fn of_field(field: &'static str) -> &'static str {
        match field.as_bytes() {
            [b'r', b'#', name @ ..] => match core::str::from_utf8(name) {
                Ok(name) => name,
                Err(_) => field,
            },
            _ => field,
        }
    }

    /// Whether no two have the same name. [`attributes!`](crate::attributes!) doesn't compile where two have.
    pub const fn all_differ(mut names: &[Self]) -> bool {
        while let Some((first, rest)) = names.split_first() {
            let mut others = rest;
            while let Some((other, further)) = others.split_first() {
                if equal(first.name.as_bytes(), other.name.as_bytes()) {
                    return false;
                }
                others = further;
            }
            names = rest;
        }
        true
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Of an object, the attributes that it has; `None` where nothing is said of that.
    pub fn inside(&self) -> Option<&'static [Self]> {
        self.inside
    }
}

/// `==`, which can't be asked in a constant yet.
const fn equal(mut one: &[u8], mut other: &[u8]) -> bool {
    while let (Some((a, one_rest)), Some((b, other_rest))) = (one.split_first(), other.split_first()) {
        if *a != *b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// Implements [`Attributes`] for a struct of the host's, from a list of its fields, and
/// [`AsValue`](crate::attributes::AsValue), so that it can stand inside another.
///
/// | in the list | is |
/// |---|---|
/// | `brand` | the attribute `brand`, from the field of that name |
/// | `r#type` | the attribute `type`, from the field `r#type` |
/// | `plant = factory` | the attribute `plant`, from the field `factory` |
/// | `"factory-id" = factory.id` | the same for a name that is no identifier, and a field inside a field |
/// | `delivery: Delivery` | an object: its attributes are those that `Delivery` declares |
///
/// Each field is [`AsValue`](crate::attributes::AsValue). A field that is not in the list can't be seen by a condition. A
/// name that is listed twice doesn't compile:
///
/// ```compile_fail
/// struct Product { brand: String, label: String }
/// keyward::attributes!(Product { brand, brand = label });
/// ```
///
/// ```
/// use keyward::{Attributes, Schema, Value};
///
/// struct Delivery { plant: u32 }
/// struct Order { brand: String, delivery: Delivery }
///
/// keyward::attributes!(Delivery { factoryId = plant });
/// keyward::attributes!(Order { brand, delivery: Delivery });
///
/// let order = Order { brand: "a".into(), delivery: Delivery { plant: 7 } };
/// assert!(matches!(order.attribute("brand"), Value::Text("a")));
///
/// let reading = |path: &str| {
///     Schema::from_json(&format!(
///         r#"{{"resources": {{"orders": {{}}}}, "conditions": {{"at": {{"restricts": {{"orders": {path}}}}}}}}}"#
///     ))
/// };
/// assert!(reading(r#"["delivery", "factoryId"]"#)?.check_attributes::<Order>("orders").is_ok());
/// assert_eq!(
///     reading(r#"["delivery", "factory"]"#)?.check_attributes::<Order>("orders").unwrap_err().to_string(),
///     "condition `at` on `orders`: unknown attribute `factory`; did you mean `factoryId`?",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! attributes {
    ($type:ty { $($list:tt)* }) => {
        $crate::attributes!(@list $type, [] $($list)*,);
    };

    // Each entry of the list becomes (name, fields, what is said of it).
    (@list $type:ty, [$($done:tt)*] $(,)?) => {
        $crate::attributes!(@impl $type, $($done)*);
    };
    (@list $type:ty, [$($done:tt)*] $name:literal = $($field:ident).+, $($rest:tt)*) => {
        $crate::attributes!(@list $type, [$($done)* ($name, [$($field).+], new)] $($rest)*);
    };
    (@list $type:ty, [$($done:tt)*] $name:ident = $($field:ident).+, $($rest:tt)*) => {
        $crate::attributes!(@list $type, [$($done)* ($crate::attributes::AttributeName::of_field(stringify!($name)), [$($field).+], new)] $($rest)*);
    };
    (@list $type:ty, [$($done:tt)*] $name:ident: $inside:ty, $($rest:tt)*) => {
        $crate::attributes!(@list $type, [$($done)* ($crate::attributes::AttributeName::of_field(stringify!($name)), [$name], object::<$inside>)] $($rest)*);
    };
    (@list $type:ty, [$($done:tt)*] $name:ident, $($rest:tt)*) => {
        $crate::attributes!(@list $type, [$($done)* ($crate::attributes::AttributeName::of_field(stringify!($name)), [$name], new)] $($rest)*);
    };

    (@impl $type:ty, $(($name:expr, [$($field:ident).+], $($of:tt)+))*) => {
        impl $crate::attributes::DeclaredAttributes for $type {
            const DECLARED: &'static [$crate::attributes::AttributeName] =
                &[$($crate::attributes::AttributeName::$($of)+($name)),*];
        }

        const _: () = assert!(
            $crate::attributes::AttributeName::all_differ(<$type as $crate::attributes::DeclaredAttributes>::DECLARED),
            "an attribute is listed twice",
        );

        impl $crate::Attributes for $type {
            fn attribute(&self, name: &str) -> $crate::Value<'_> {
                $(if name == const { $name } {
                    return $crate::attributes::AsValue::as_value(&self.$($field).+);
                })*
                $crate::Value::Absent
            }

            fn each(&self, visit: &mut dyn FnMut(&str, $crate::Value<'_>)) {
                $(visit(const { $name }, $crate::attributes::AsValue::as_value(&self.$($field).+));)*
            }
        }

        impl $crate::attributes::AsValue for $type {
            fn as_value(&self) -> $crate::Value<'_> {
                $crate::Value::Object(self)
            }
        }
    };
}
