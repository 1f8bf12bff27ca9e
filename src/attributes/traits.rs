//! The traits that a host implements for its resources, and the value of one attribute.

use core::net::IpAddr;

use crate::time::Timestamp;

/// Attributes by name.
///
/// Implement it for your own type: then a decision copies and allocates nothing. Maps, slices of pairs and JSON documents
/// have it already.
///
/// The library trusts it to say what is stored. What it doesn't know is [`Value::Absent`], which meets no condition. A
/// decision reads each attribute that it needs once. If two attributes must be of the same moment, the implementation must
/// see to it.
///
/// ```
/// use keyward::{Attributes, Value};
///
/// struct Product { id: u64, brand: String, tags: Vec<String> }
///
/// impl Attributes for Product {
///     fn attribute(&self, name: &str) -> Value<'_> {
///         match name {
///             "id" => self.id.into(),
///             "brand" => Value::Text(&self.brand),
///             "tags" => Value::List(&self.tags),
///             _ => Value::Absent,
///         }
///     }
/// }
///
/// let product = Product { id: 7, brand: "brand_one".into(), tags: vec![] };
/// assert_eq!(product.attribute("brand").to_string(), "`brand_one`");
/// assert!(matches!(product.attribute("colour"), Value::Absent));
/// ```
pub trait Attributes: Send + Sync {
    /// The value of the attribute `name`, [`Value::Absent`] where there is none.
    fn attribute(&self, name: &str) -> Value<'_>;

    /// Shows each attribute to `visit`. Only messages use it, to print an object that stands where a text should. A type
    /// that doesn't implement it is printed as `{}`.
    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        let _ = visit;
    }
}

/// The elements of a list-valued attribute. `Vec`, arrays and slices of anything that is [`AsValue`] have it.
///
/// A condition asks for the length once, and for that many elements. A list of which [`is_empty`](Self::is_empty) is true
/// or the length is 0 meets no condition.
///
/// ```
/// use keyward::{Value, attributes::List};
///
/// struct Tags { joined: String }
///
/// impl List for Tags {
///     fn len(&self) -> usize {
///         self.joined.split_terminator(',').count()
///     }
///
///     fn item(&self, index: usize) -> Value<'_> {
///         self.joined.split_terminator(',').nth(index).map_or(Value::Absent, Value::Text)
///     }
/// }
///
/// let tags = Tags { joined: "a,b".into() };
/// assert!(matches!(tags.item(1), Value::Text("b")));
/// ```
pub trait List: Send + Sync {
    /// How many elements there are.
    fn len(&self) -> usize;

    /// The element at `index`, [`Value::Absent`] past the end.
    fn item(&self, index: usize) -> Value<'_>;

    /// Whether there are no elements. An empty list meets no condition.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The value of one attribute, borrowed from the host.
///
/// A condition matches a value as text: a text byte for byte, an integer by its canonical decimal form, a
/// boolean as `true` or `false`. A list matches by its elements. Of other [kinds](crate::schema::ValueKind) a condition matches
/// texts and integers that are of the kind, and addresses and times without a text to parse. Nothing else matches anything.
///
/// ```
/// use keyward::Value;
///
/// assert!(matches!(Value::from(7_u16), Value::Integer(7)));
/// assert!(matches!(Value::from("7"), Value::Text("7")));
/// assert!(matches!(Value::from(7.0), Value::Float(_)));
/// assert_eq!(Value::from(true).to_string(), "true");
/// ```
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub enum Value<'a> {
    /// There is no such attribute.
    #[default]
    Absent,
    /// The attribute is null. That is not the same as absent, and neither is the same as empty.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i128),
    /// A floating-point number, which matches nothing: `1.0` is not `1`.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// A list.
    List(&'a dyn List),
    /// An object, into which an attribute path may lead.
    Object(&'a dyn Attributes),
    /// An address. It is of the kind `network`, and has no text that a condition on texts would match.
    Address(IpAddr),
    /// A point in time. It is of the kind `time`, and has no text that a condition on texts would match.
    Time(Timestamp),
    /// Any other value, such as bytes, or an attribute that is there twice. It matches nothing.
    Other,
}

/// What can stand as an attribute's value. Implemented for texts, numbers, booleans, options (none is
/// absent), lists, maps and JSON values.
///
/// ```
/// use keyward::{Value, attributes::AsValue};
///
/// assert!(matches!(Some(3).as_value(), Value::Integer(3)));
/// assert!(matches!(None::<i32>.as_value(), Value::Absent));
/// assert!(matches!(String::from("x").as_value(), Value::Text("x")));
/// ```
pub trait AsValue: Send + Sync {
    /// This as a value.
    fn as_value(&self) -> Value<'_>;
}
