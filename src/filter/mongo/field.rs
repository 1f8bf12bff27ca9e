//! A field, what kind of value it holds, and what can be wrong with it.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    attributes::AttributePath,
    filter::mapping::{Holder, MappingError},
    text::{TextError, excerpt},
    values::ValueKind,
};

/// A mapping that has no exact form in a query document.
///
/// ```
/// let refused = keyward::filter::MongoCollection::new("$account").unwrap_err();
/// assert_eq!(refused.to_string(), "a query document has no name for the field `$account`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MongoError {
    /// A name that is no attribute's.
    #[error(transparent)]
    Name(#[from] TextError),
    /// A name that begins with `$`, or has a dot or a NUL in it.
    #[error("a query document has no name for the field `{0}`")]
    Field(Box<str>),
    /// Values of a kind that a query document can't compare exactly with such a field.
    #[error("a query document has no exact form of {values} values in the field `{field}`")]
    Values {
        /// The field.
        field: Box<str>,
        /// The values' kind.
        values: ValueKind,
    },
    /// A mapping that doesn't fit what conditions read.
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

/// A field of a collection's documents, and how the host reads its values. A name, or an array of names for a path through
/// embedded documents, is a [`plain`](Self::plain) field.
///
/// In MongoDB each value has its own type. Every field may hold strings, integers and booleans, and the kind adds a type to
/// these; but of an [`integer`](Self::integer) field integers alone are read.
///
/// Every field answers conditions on `text` and `path` values, an `integer` field those on `integer` values too. Conditions on
/// `network` and `time` values have no exact form, and are a [`MongoError::Values`].
///
/// ```
/// use keyward::filter::{MongoCollection, MongoField};
///
/// let products = MongoCollection::new(MongoField::object_id(["owner", "account"]))?
///     .field("id", MongoField::object_id("_id"))?
///     .field("batch", MongoField::uuid("batch"))?
///     .field("brand", "brand")?;
/// # Ok::<(), keyward::filter::MongoError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MongoField {
    /// An error is returned when the field is mapped.
    path: Result<AttributePath, TextError>,
    kind: Kind,
}

/// What a field's values are read as besides strings, integers and booleans, and lists of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    ObjectId,
    Uuid,
    /// Integers, and nothing else.
    Integer,
}

/// A field whose name can be written in a query document.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    /// From the outermost to the field itself.
    pub(super) dotted: Vec<String>,
    pub(super) kind: Kind,
}

impl Checked {
    /// Refuses values that a query can't compare exactly with what the field holds.
    pub(super) fn check_values(&self, values: ValueKind) -> Result<(), MongoError> {
        let is_exact = match values {
            ValueKind::Text | ValueKind::Path => true,
            ValueKind::Integer => self.kind == Kind::Integer,
            ValueKind::Network | ValueKind::Time => false,
        };
        let field = || self.dotted.last().map_or("", |name| name).into();
        if is_exact { Ok(()) } else { Err(MongoError::Values { field: field(), values }) }
    }
}

impl Holder for Checked {
    const NAME: &'static str = "field";
}

impl MongoField {
    /// A field whose strings, integers and booleans, and lists of them, are read as they are, and nothing else.
    pub fn plain(path: impl TryInto<AttributePath, Error: Into<TextError>>) -> Self {
        Self::new(path, Kind::Plain)
    }

    /// A field whose `ObjectId`s are read as their 24 hexadecimal digits in lower case.
    pub fn object_id(path: impl TryInto<AttributePath, Error: Into<TextError>>) -> Self {
        Self::new(path, Kind::ObjectId)
    }

    /// A field whose uuids, binary data of the subtype 4, are read as their canonical text, in lower case and with
    /// hyphens.
    pub fn uuid(path: impl TryInto<AttributePath, Error: Into<TextError>>) -> Self {
        Self::new(path, Kind::Uuid)
    }

    /// A field whose integers of 32 and of 64 bits, and lists of them, are read as they are, and nothing else, no string either.
    /// Conditions on `integer` values read such fields alone, since in another field a string can be an integer.
    pub fn integer(path: impl TryInto<AttributePath, Error: Into<TextError>>) -> Self {
        Self::new(path, Kind::Integer)
    }

    fn new(path: impl TryInto<AttributePath, Error: Into<TextError>>, kind: Kind) -> Self {
        Self { path: path.try_into().map_err(Into::into), kind }
    }

    pub(super) fn check(self) -> Result<Checked, MongoError> {
        let path = self.path?;
        let strange = |name: &&str| name.starts_with('$') || name.contains(['.', '\0']);
        if let Some(name) = path.names().find(strange) {
            return Err(MongoError::Field(excerpt(name).into()));
        }
        let mut dotted: Vec<String> = Vec::new();
        for name in path.names() {
            dotted.push(dotted.last().map_or_else(|| name.to_string(), |parent| format!("{parent}.{name}")));
        }
        Ok(Checked { dotted, kind: self.kind })
    }
}

/// A field that is read as it is.
impl<P: TryInto<AttributePath, Error: Into<TextError>>> From<P> for MongoField {
    fn from(path: P) -> Self {
        Self::plain(path)
    }
}
