//! A condition name of the schema: what it restricts, by which attribute, and what it means elsewhere.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

use crate::{attributes::AttributePath, text::TextError, values::ValueKind};

/// How an attribute that is a list matches the accepted values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "`guide::model`, under conditions, has these two")]
pub enum Match {
    /// At least one element is accepted.
    #[default]
    Any,
    /// Every element is accepted, and there is at least one.
    All,
}

/// What a condition means on a type that it is not bound to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "`guide::model`, under conditions, has these two")]
pub enum Elsewhere {
    /// An access with the condition is denied.
    #[default]
    Deny,
    /// It doesn't restrict.
    Ignore,
}

/// What a condition reads an attribute of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "`guide::model`, under conditions, has these two")]
pub enum Source {
    /// The resource.
    #[default]
    Resource,
    /// The context of the request: the caller's address, the time, and what else the host gives with the question.
    Context,
}

impl Source {
    pub(crate) fn is_context(self) -> bool {
        self == Self::Context
    }
}

/// How a condition restricts one resource type: the attribute it reads and how a list there matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    attribute: AttributePath,
    matching: Match,
    source: Source,
}

impl Binding {
    /// Reads `attribute`; of a list, any element will do.
    pub fn any(attribute: AttributePath) -> Self {
        Self { attribute, matching: Match::Any, source: Source::Resource }
    }

    /// Reads `attribute`; of a list, every element must do.
    pub fn all(attribute: AttributePath) -> Self {
        Self { attribute, matching: Match::All, source: Source::Resource }
    }

    /// The attribute.
    #[inline]
    pub fn attribute(&self) -> &AttributePath {
        &self.attribute
    }

    /// How a list matches.
    #[inline]
    pub fn matching(&self) -> Match {
        self.matching
    }

    /// What the attribute is read of.
    #[inline]
    pub fn source(&self) -> Source {
        self.source
    }

    fn of_context(self) -> Self {
        Self { source: Source::Context, ..self }
    }

    /// Whether one of the two reads inside what the other reads.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.source == other.source && self.attribute.overlaps(&other.attribute)
    }
}

/// What [`ConditionRule::restricts`] takes for an attribute: a name, an array of names for a path, an
/// [`AttributePath`], or a [`Binding`].
///
/// ```
/// use keyward::schema::ConditionRule;
///
/// let rule = ConditionRule::new("factoryId").restricts("factories", "id");
/// let rule = rule.restricts("purchaseOrders", ["delivery", "factoryId"]);
/// ```
pub trait IntoBinding {
    /// Itself as a binding.
    ///
    /// # Errors
    ///
    /// [`TextError`] for a name that is empty or too long, for one with a dot that stands alone and looks like a path
    /// (`["a.b"]` is the name, `["a", "b"]` the path), and for a path of no names or too many.
    fn into_binding(self) -> Result<Binding, TextError>;
}

impl IntoBinding for Binding {
    fn into_binding(self) -> Result<Binding, TextError> {
        Ok(self)
    }
}

impl IntoBinding for AttributePath {
    fn into_binding(self) -> Result<Binding, TextError> {
        Ok(Binding::any(self))
    }
}

impl IntoBinding for &str {
    fn into_binding(self) -> Result<Binding, TextError> {
        AttributePath::undotted(self).map(Binding::any)
    }
}

impl<const N: usize> IntoBinding for [&str; N] {
    fn into_binding(self) -> Result<Binding, TextError> {
        AttributePath::new(self).map(Binding::any)
    }
}

/// A condition name, what its values are, and what it restricts: types of resources by an attribute each, or every type by an
/// attribute of the context.
///
/// ```
/// use keyward::schema::{ConditionRule, Elsewhere, ValueKind};
///
/// let rule = ConditionRule::new("productBrand").restricts("products", "brand").elsewhere(Elsewhere::Ignore);
/// let rule = ConditionRule::new("region").values(ValueKind::Path).restricts("orders", "region");
/// let rule = ConditionRule::new("sourceIp").values(ValueKind::Network).context("ip");
/// ```
#[derive(Clone, Debug)]
pub struct ConditionRule {
    pub(super) name: String,
    pub(super) kind: ValueKind,
    pub(super) restricts: Vec<(String, Result<Binding, TextError>)>,
    pub(super) context: Option<Result<Binding, TextError>>,
    pub(super) elsewhere: Elsewhere,
}

impl ConditionRule {
    /// A name that restricts nothing yet and denies elsewhere.
    pub fn new(name: impl Into<String>) -> Self {
        let kind = ValueKind::Text;
        Self { name: name.into(), kind, restricts: Vec::new(), context: None, elsewhere: Elsewhere::Deny }
    }

    /// Says what its values are. Without it they are texts.
    #[must_use]
    pub fn values(self, kind: ValueKind) -> Self {
        Self { kind, ..self }
    }

    /// Restricts every type by an attribute of the request's context.
    #[must_use]
    pub fn context(self, attribute: impl IntoBinding) -> Self {
        Self { context: Some(attribute.into_binding().map(Binding::of_context)), ..self }
    }

    /// Restricts the type `resource` by an attribute.
    #[must_use]
    pub fn restricts(mut self, resource: impl Into<String>, attribute: impl IntoBinding) -> Self {
        self.restricts.push((resource.into(), attribute.into_binding()));
        self
    }

    /// Says what it means on the types that it doesn't restrict.
    #[must_use]
    pub fn elsewhere(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = elsewhere;
        self
    }
}
