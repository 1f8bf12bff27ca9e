//! Which attribute a condition reads: a name, or a path of names into nested objects.

use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer};

use super::traits::{Attributes, Value};
use crate::text::{Escaped, TextError, TextProblem, excerpt};

/// How messages call one of its names.
const NAME: &str = "attribute name";

/// An attribute's name, or the names that lead to it through nested objects.
///
/// A single text, in a schema for example, is one name without a dot. `delivery.factoryId` is refused, since people would
/// take it for a path. Write a path as an array of names, and also a name that has a dot: `["delivery.factoryId"]`.
///
/// ```
/// use keyward::attributes::AttributePath;
///
/// let brand = AttributePath::name("brand")?;
/// let factory = AttributePath::new(["delivery", "factoryId"])?;
/// assert_eq!(factory.to_string(), "delivery.factoryId");
/// assert_eq!(serde_json::to_string(&[brand, factory])?, r#"["brand",["delivery","factoryId"]]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributePath {
    first: Box<str>,
    rest: Box<[Box<str>]>,
}

impl AttributePath {
    /// The most names in a path.
    pub const MAX_NAMES: usize = 16;
    /// The most bytes in one of its names.
    pub const MAX_NAME_BYTES: usize = 256;

    /// The path of `names`, outermost first.
    ///
    /// # Errors
    ///
    /// [`TextError`] where there is no name or more than [`MAX_NAMES`](Self::MAX_NAMES), and for a name that
    /// is empty or longer than [`MAX_NAME_BYTES`](Self::MAX_NAME_BYTES).
    pub fn new(names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, TextError> {
        let names = names.into_iter().map(|name| checked(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if names.len() > Self::MAX_NAMES {
            let problem = TextProblem::TooManyNames { count: names.len(), most: Self::MAX_NAMES };
            return Err(TextError::new("attribute path", &names.join("."), problem));
        }
        let mut names = names.into_iter();
        match names.next() {
            Some(first) => Ok(Self { first, rest: names.collect() }),
            None => Err(TextError::new("attribute path", "", TextProblem::TooShort { length: 0, least: 1 })),
        }
    }

    /// The path of one name.
    ///
    /// # Errors
    ///
    /// [`TextError`] for a name that is empty or too long.
    pub fn name(name: impl AsRef<str>) -> Result<Self, TextError> {
        Ok(Self { first: checked(name.as_ref())?, rest: Box::default() })
    }

    /// The path that a single text is: one name, without a dot.
    pub(crate) fn undotted(name: &str) -> Result<Self, TextError> {
        match name.find('.') {
            Some(dot) => Err(TextError::new(NAME, name, TextProblem::DottedName).at(dot).hint(undotted_form(name))),
            None => Self::name(name),
        }
    }

    /// The names, outermost first.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        core::iter::once(&*self.first).chain(self.rest.iter().map(|name| &**name))
    }

    /// The value at the end of the path. It is [`Value::Absent`] if a name is absent, or if a value on the way is no object.
    ///
    /// ```
    /// use keyward::{Value, attributes::AttributePath};
    ///
    /// let order = serde_json::json!({"delivery": {"factoryId": 7}});
    /// let path = AttributePath::new(["delivery", "factoryId"])?;
    /// assert!(matches!(path.read(&order), Value::Integer(7)));
    /// # Ok::<(), keyward::text::TextError>(())
    /// ```
    #[inline]
    pub fn read<'a, A: Attributes + ?Sized>(&self, attributes: &'a A) -> Value<'a> {
        let mut value = attributes.attribute(&self.first);
        self.descend(&mut value);
        value
    }

    /// The outermost name.
    #[inline]
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// Whether it is one name.
    #[inline]
    pub(crate) fn is_name(&self) -> bool {
        self.rest.is_empty()
    }

    /// From the value of the first name to that at the end of the path.
    #[inline]
    pub(crate) fn descend(&self, value: &mut Value<'_>) {
        if !self.rest.is_empty() {
            self.descend_further(value);
        }
    }

    #[inline(never)]
    fn descend_further(&self, value: &mut Value<'_>) {
        for name in &self.rest {
            *value = match value {
                Value::Object(object) => object.attribute(name),
                _ => Value::Absent,
            };
        }
    }

    /// Whether one of the two paths is the other, or leads into what the other reads.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.names().zip(other.names()).all(|(a, b)| a == b)
    }
}

/// What to write for a name with a dot: the path that it looks like, and the name that it is.
fn undotted_form(name: &str) -> String {
    // Escaped but for the quotes, which mean nothing between backticks.
    let name = excerpt(name).replace('"', "\\\"");
    if name.split('.').all(|name| !name.is_empty()) {
        let path = name.replace('.', "\", \"");
        format!(": write `[\"{path}\"]`, or `[\"{name}\"]` where the name has a dot")
    } else {
        format!(": write `[\"{name}\"]` where the name has a dot")
    }
}

fn checked(name: &str) -> Result<Box<str>, TextError> {
    let refuse = |problem| Err(TextError::new(NAME, name, problem));
    match name.len() {
        0 => refuse(TextProblem::TooShort { length: 0, least: 1 }),
        1..=AttributePath::MAX_NAME_BYTES => Ok(name.into()),
        length => refuse(TextProblem::TooLong { length, most: AttributePath::MAX_NAME_BYTES }),
    }
}

impl TryFrom<&str> for AttributePath {
    type Error = TextError;

    /// Refuses a name with a dot, which people would take for a path. [`name`](Self::name) accepts one.
    fn try_from(name: &str) -> Result<Self, TextError> {
        Self::undotted(name)
    }
}

impl<const N: usize> TryFrom<[&str; N]> for AttributePath {
    type Error = TextError;

    fn try_from(names: [&str; N]) -> Result<Self, TextError> {
        Self::new(names)
    }
}

/// The names with dots between them, escaped; for people.
impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Escaped(&self.first))?;
        self.rest.iter().try_for_each(|name| write!(f, ".{}", Escaped(name)))
    }
}

/// A name without a dot as a string, everything else as a list of names: the form of the schema's document.
impl Serialize for AttributePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.rest.is_empty() && !self.first.contains('.') {
            self.first.serialize(serializer)
        } else {
            serializer.collect_seq(self.names())
        }
    }
}
