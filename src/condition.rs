//! A condition as an access's document writes it: `productBrand:brand_one`.

use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::{convert::Infallible, fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
    ser::SerializeStruct,
};

use crate::text::{
    self, TextError, TextProblem, check_length, excerpt, first_disallowed, is_condition_byte, join, try_from_text,
};

const FORM: &str = "condition";
const AS_IN: &str = "; a condition is a name, a colon and a value, as in `brand:a`";

/// A name of the schema and one value that it accepts, or the values that it doesn't.
///
/// The platform's text form is `name:value`, 3 to 128 bytes, `^[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$`. A value outside that alphabet
/// has the structured form `{"name": …, "value": …}`. What the value means the schema says, by the [kind](crate::schema::ValueKind)
/// of the name's values.
///
/// `{"name": …, "except": […]}` accepts every value of the kind but these. Beside values of the same name it is one more
/// alternative.
///
/// ```
/// use keyward::Condition;
///
/// let condition: Condition = "productBrand:brand_one".parse()?;
/// assert_eq!((condition.name(), condition.value()), ("productBrand", Some("brand_one")));
/// assert_eq!(condition.to_string(), "productBrand:brand_one");
///
/// let condition = Condition::new("ownerId", "a@example.com")?;
/// assert_eq!(
///     serde_json::to_string(&condition)?,
///     r#"{"name":"ownerId","value":"a@example.com"}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    name: Box<str>,
    accepts: Accepts,
}

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Accepts {
    Value(Box<str>),
    Except(Box<[Box<str>]>),
}

impl Condition {
    /// The fewest bytes of the text form.
    pub const MIN_BYTES: usize = 3;
    /// The most bytes of the text form.
    pub const MAX_BYTES: usize = 128;
    /// The most bytes of a value in the structured form.
    pub const MAX_VALUE_BYTES: usize = 65_536;

    /// A condition on any value, the empty one included.
    ///
    /// # Errors
    ///
    /// [`TextError`] for a name outside `[A-Za-z0-9_-]` or of more than 126 bytes, and for a value of more than
    /// [`MAX_VALUE_BYTES`](Self::MAX_VALUE_BYTES).
    ///
    /// ```
    /// use keyward::Condition;
    ///
    /// assert_eq!(Condition::new("city", "Zürich")?.value(), Some("Zürich"));
    /// assert!(Condition::new("city:", "Zürich").is_err());
    /// # Ok::<(), keyward::text::TextError>(())
    /// ```
    pub fn new(name: impl AsRef<str>, value: impl AsRef<str>) -> Result<Self, TextError> {
        let (name, value) = (name.as_ref(), value.as_ref());
        text::CONDITION.check(name)?;
        check_length("condition value", value, 0, Self::MAX_VALUE_BYTES)?;
        Ok(Self { name: name.into(), accepts: Accepts::Value(value.into()) })
    }

    /// A condition on every value of the name's kind but these.
    ///
    /// # Errors
    ///
    /// [`TextError`] as for [`new`](Self::new), and where no value is given.
    ///
    /// ```
    /// use keyward::Condition;
    ///
    /// let condition = Condition::except("brand", ["a", "b"])?;
    /// assert_eq!(serde_json::to_string(&condition)?, r#"{"name":"brand","except":["a","b"]}"#);
    /// assert_eq!(condition.to_string(), r#"brand: anything but "a", "b""#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn except(name: impl AsRef<str>, values: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, TextError> {
        let name = name.as_ref();
        text::CONDITION.check(name)?;
        let mut except: Vec<Box<str>> = Vec::new();
        for value in values {
            check_length("condition value", value.as_ref(), 0, Self::MAX_VALUE_BYTES)?;
            except.push(value.as_ref().into());
        }
        if except.is_empty() {
            return Err(TextError::new(FORM, name, TextProblem::NoValue));
        }
        Ok(Self { name: name.into(), accepts: Accepts::Except(except.into()) })
    }

    /// The name, which the schema binds to an attribute.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value that is accepted; `None` where values are [excepted](Self::excepted).
    pub fn value(&self) -> Option<&str> {
        match &self.accepts {
            Accepts::Value(value) => Some(value),
            Accepts::Except(_) => None,
        }
    }

    /// The values that are excepted; none where a value is accepted.
    pub fn excepted(&self) -> impl ExactSizeIterator<Item = &str> {
        let except = match &self.accepts {
            Accepts::Value(_) => &[][..],
            Accepts::Except(values) => values,
        };
        except.iter().map(|value| &**value)
    }

    /// How many values it names.
    pub(crate) fn named(&self) -> usize {
        self.excepted().len().max(1)
    }

    /// Whether the text form can say it.
    ///
    /// ```
    /// use keyward::Condition;
    ///
    /// assert!(Condition::new("factoryId", "1")?.has_text_form());
    /// assert!(!Condition::new("factoryId", "Werk 1")?.has_text_form());
    /// # Ok::<(), keyward::text::TextError>(())
    /// ```
    pub fn has_text_form(&self) -> bool {
        self.value().is_some_and(|value| {
            let length = self.name.len().saturating_add(1).saturating_add(value.len());
            length <= Self::MAX_BYTES && !value.is_empty() && value.bytes().all(is_condition_byte)
        })
    }
}

/// # Errors
///
/// [`TextError`] for a text of another form: `factoryId`, `factoryId:`, `:1`, `factoryId:1:2`, `factoryId:1,`,
/// `factoryId: 1`, one of fewer than 3 or more than 128 bytes.
impl FromStr for Condition {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let refuse = |problem| TextError::new(FORM, text, problem);
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let after = name.len().saturating_add(1);
        match text.len() {
            0 => return Err(refuse(TextProblem::TooShort { length: 0, least: Self::MIN_BYTES }).hint(AS_IN)),
            length if length > Self::MAX_BYTES => {
                let problem = TextProblem::TooLong { length, most: Self::MAX_BYTES };
                return Err(refuse(problem).hint(structured(name, value)));
            }
            _ => {}
        }
        if let Some((position, found)) = first_disallowed(name, is_condition_byte) {
            return Err(refuse(TextProblem::Character { found }).at(position).hint(text::CONDITION.letters));
        }
        if name.len() == text.len() {
            return Err(refuse(TextProblem::NoColon).hint(AS_IN));
        }
        if let Some((position, found)) = first_disallowed(value, is_condition_byte) {
            let position = after.saturating_add(position);
            return Err(refuse(TextProblem::Character { found }).at(position).hint(structured(name, value)));
        }
        if name.is_empty() {
            return Err(refuse(TextProblem::EmptyName).at(0));
        }
        if value.is_empty() {
            return Err(refuse(TextProblem::EmptyValue).at(after).hint(structured(name, value)));
        }
        Ok(Self { name: name.into(), accepts: Accepts::Value(value.into()) })
    }
}

/// How to write a value that the text form can't say, provided that there is such a condition.
fn structured(name: &str, value: &str) -> String {
    if Condition::new(name, value).is_err() {
        return String::new();
    }
    let is_plain = excerpt(value) == value && !value.contains('"');
    let value = if is_plain { format!("\"{value}\"") } else { "…".into() };
    format!(
        "; such a value is written `{{\"name\": \"{name}\", \"value\": {value}}}`, or made by \
         `Condition::new(\"{name}\", {value})`"
    )
}

try_from_text!(Condition: &str, &String, String);

/// A name and a value: for values that the text form can't say.
///
/// ```
/// use keyward::Condition;
///
/// assert_eq!(Condition::try_from(("amount", "1..9"))?, Condition::new("amount", "1..9")?);
/// # Ok::<(), keyward::text::TextError>(())
/// ```
impl TryFrom<(&str, &str)> for Condition {
    type Error = TextError;

    fn try_from((name, value): (&str, &str)) -> Result<Self, TextError> {
        Self::new(name, value)
    }
}

/// A condition that is one already can't fail to become one.
impl From<Infallible> for TextError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The text form where there is one; otherwise, for people, the value in quotes.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.accepts {
            Accepts::Value(value) if self.has_text_form() => write!(f, "{}:{value}", self.name),
            Accepts::Value(value) => write!(f, "{}:{value:?}", self.name),
            Accepts::Except(values) => {
                write!(f, "{}: anything but ", self.name)?;
                join(f, ", ", values.iter().map(|value| format!("{value:?}")))
            }
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({self})")
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.has_text_form() {
            return serializer.collect_str(self);
        }
        let mut structured = serializer.serialize_struct("Condition", 2)?;
        structured.serialize_field("name", &self.name)?;
        match &self.accepts {
            Accepts::Value(value) => structured.serialize_field("value", value)?,
            Accepts::Except(values) => structured.serialize_field("except", values)?,
        }
        structured.end()
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConditionVisitor)
    }
}

/// Tells the two forms apart. A derived reader would take a list for the structured one.
struct ConditionVisitor;

impl<'de> Visitor<'de> for ConditionVisitor {
    type Value = Condition;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a condition, `name:value` or an object of `name` and `value` or `except`")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Condition, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
        let Structured { name, value, except } = Structured::deserialize(MapAccessDeserializer::new(map))?;
        match (value, except) {
            (Some(value), None) => Condition::new(name, value).map_err(A::Error::custom),
            (None, Some(except)) => Condition::except(name, except).map_err(A::Error::custom),
            (None, None) => Err(A::Error::missing_field("value")),
            (Some(_), Some(_)) => Err(A::Error::custom("`except` stands in place of `value`: there can't be both")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Structured {
    name: String,
    #[serde(default, deserialize_with = "some")]
    value: Option<String>,
    #[serde(default, deserialize_with = "some")]
    except: Option<Vec<String>>,
}

/// What is there must not be null.
fn some<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
