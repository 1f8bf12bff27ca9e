//! A filter as a MongoDB query document.
//!
//! MongoDB's comparison is wider than the check in these ways, and each is shut out by an operator of its own
//! (manual, "Query and Projection Operators", and "Comparison/Sort Order"):
//!
//! - numbers of different types are equal, `1` and `1.0`: `$type` beside each `$in`;
//! - a condition on a field holds for an array if it holds for an element: the scalar's form says that the
//!   field is no array, and the array's form is `$elemMatch`, which looks at one element for all of it;
//! - a dotted path leads through arrays of objects: no field on the way may be an array;
//! - of no elements everything is true: `$not` `$size` 0 beside `$not` `$elemMatch`.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    accepted::{self, SIGNED},
    clause::Clause,
    value::Filter,
};
use crate::{
    access::Access,
    attributes::AttributePath,
    json::{Json, JsonObject},
    schema::{Match, TypeRef},
    text::{Excerpt, TextError},
};

/// Which field of a collection's documents holds the account, and which hold attributes under another name: made
/// once, at the start. An attribute that is not mapped is the field of its own name; a path is the path through
/// embedded documents.
///
/// The queries use `$and`, `$or`, `$nor`, `$not`, `$in`, `$nin`, `$type` with lists of types (MongoDB 3.6 and
/// later), `$elemMatch` and `$size`. They were tried against an interpreter of just these operators, written
/// from the manual, **not against a server**. Texts are compared under the collation of the query or else of the
/// collection: it must be the simple one, which is the default.
///
/// ```
/// use keyward::{Access, MongoCollection, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"product": {"restricts": {"products": "id"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let products = MongoCollection::new("account")?.field("id", "_id")?;
///
/// let everything = Access::builder(&roles).role("admin").build()?.mongo("products", &products)?;
/// assert_eq!(
///     serde_json::to_value(&everything)?,
///     serde_json::json!({"account": {"$in": ["acme"], "$type": ["string"], "$not": {"$type": "array"}}}),
/// );
///
/// let access = Access::builder(&roles).role("admin").condition("product:a7")?.build()?;
/// assert_eq!(
///     serde_json::to_value(access.mongo("products", &products)?)?["$and"][1],
///     serde_json::json!({"$or": [
///         {"_id": {"$in": ["a7"], "$type": ["string"], "$not": {"$type": "array"}}},
///         {"_id": {"$elemMatch": {"$in": ["a7"], "$type": ["string"]}}},
///     ]}),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MongoCollection {
    account: Account,
    fields: Vec<(AttributePath, AttributePath)>,
}

#[derive(Clone, Debug)]
enum Account {
    Field(AttributePath),
    Only(Box<str>),
}

/// A mapping that has no exact form in a query document.
///
/// ```
/// let refused = keyward::MongoCollection::new("$account").unwrap_err();
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
    /// An attribute that is mapped twice.
    #[error("attribute `{0}` is mapped twice")]
    MappedTwice(AttributePath),
}

/// A path that is one already can't fail to become one.
impl From<core::convert::Infallible> for MongoError {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}

impl MongoCollection {
    /// A collection that holds several accounts, each document's in this field, as a string.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a name that a query document can't say.
    ///
    /// See [`MongoCollection`] for an example.
    pub fn new<F>(account: F) -> Result<Self, MongoError>
    where
        F: TryInto<AttributePath, Error: Into<MongoError>>,
    {
        let account = account.try_into().map_err(Into::into)?;
        dotted(&account)?;
        Ok(Self { account: Account::Field(account), fields: Vec::new() })
    }

    /// A collection all of whose documents are this account's, and that has no field to say so. To an access of
    /// another account it is empty.
    ///
    /// ```
    /// use keyward::{Filter, MongoCollection};
    ///
    /// let products = MongoCollection::of_one_account("acme");
    /// assert_eq!(serde_json::to_string(&Filter::Everything.mongo("acme", &products)?)?, "{}");
    /// assert_eq!(serde_json::to_string(&Filter::Everything.mongo("emca", &products)?)?, r#"{"$nor":[{}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_one_account(account: &str) -> Self {
        Self { account: Account::Only(account.into()), fields: Vec::new() }
    }

    /// Says which field holds an attribute.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a field's name that a query document can't say, and for an attribute that is mapped
    /// already.
    ///
    /// See [`MongoCollection`] for an example.
    pub fn field<A, F>(mut self, attribute: A, field: F) -> Result<Self, MongoError>
    where
        A: TryInto<AttributePath, Error: Into<MongoError>>,
        F: TryInto<AttributePath, Error: Into<MongoError>>,
    {
        let attribute = attribute.try_into().map_err(Into::into)?;
        let field = field.try_into().map_err(Into::into)?;
        dotted(&field)?;
        if self.fields.iter().any(|(mapped, _)| *mapped == attribute) {
            return Err(MongoError::MappedTwice(attribute));
        }
        self.fields.push((attribute, field));
        Ok(self)
    }

    fn query(&self, account: &str, filter: &Filter) -> Result<Json, MongoError> {
        let mut requirements = Vec::new();
        match &self.account {
            Account::Only(only) if **only == *account => {}
            Account::Only(_) => return Ok(nothing()),
            Account::Field(field) => {
                let values = [Json::Text(account.into())];
                requirements.push(no_arrays_before(field)?);
                requirements.push(alloc::vec![scalar(&dotted(field)?, &["string"], &values)]);
            }
        }
        match filter {
            Filter::Nothing => return Ok(nothing()),
            Filter::Everything => {}
            Filter::AllOf(clauses) => {
                for clause in clauses {
                    let attribute = clause.attribute();
                    let mapped = self.fields.iter().find(|(mapped, _)| mapped == attribute);
                    let field = mapped.map_or(attribute, |(_, field)| field);
                    requirements.push(no_arrays_before(field)?);
                    requirements.push(alloc::vec![condition(&dotted(field)?, clause)]);
                }
            }
        }
        Ok(all_of(requirements.into_iter().flatten().collect()))
    }
}

impl Access {
    /// What the access may list of a type, as the query document for this collection; the account is the
    /// access's own.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a field's name that a query document can't say.
    ///
    /// See [`MongoCollection`] for an example.
    pub fn mongo<'a>(
        &'a self,
        resource: impl Into<TypeRef<'a>>,
        collection: &MongoCollection,
    ) -> Result<Json, MongoError> {
        collection.query(self.account(), &self.filter(resource))
    }
}

impl Filter {
    /// The filter as the query document for this collection, for one that has come a long way; an access has
    /// [`Access::mongo`]. The account is that of the access that the filter is of: never one that a caller sent.
    ///
    /// # Errors
    ///
    /// As [`Access::mongo`].
    ///
    /// See [`MongoCollection::of_one_account`] for an example.
    pub fn mongo(&self, account: &str, collection: &MongoCollection) -> Result<Json, MongoError> {
        collection.query(account, self)
    }
}

/// The types of MongoDB that a kind of value has, and the values.
type Kind = (&'static [&'static str], Vec<Json>);

fn condition(field: &str, clause: &Clause) -> Json {
    let values = clause.one_of();
    let texts = values.clone().map(|value| Json::Text(value.into()));
    let integers = values.clone().filter_map(|value| accepted::integer(value, &SIGNED)).map(Json::Integer);
    let booleans = values.filter_map(accepted::boolean).map(Json::Boolean);
    let kinds: [Kind; 3] =
        [(&["string"], texts.collect()), (&["int", "long"], integers.collect()), (&["bool"], booleans.collect())];
    let kinds: Vec<Kind> = kinds.into_iter().filter(|(_, values)| !values.is_empty()).collect();
    let scalars = kinds.iter().map(|(types, values)| scalar(field, types, values));
    let lists = match clause.matching() {
        Match::Any => kinds.iter().map(|(types, values)| of(field, [element("$in", types, values)])).collect(),
        Match::All => alloc::vec![every_element(field, &kinds)],
    };
    any_of(scalars.chain(lists).collect())
}

/// One value that is no array.
fn scalar(field: &str, types: &[&str], values: &[Json]) -> Json {
    let no_array = ("$not", object([("$type", text("array"))]));
    of(field, [("$in", Json::List(values.into())), ("$type", type_list(types)), no_array])
}

/// There is an element of one of these types that is in the list, or is not.
fn element(operator: &'static str, types: &[&str], values: &[Json]) -> (&'static str, Json) {
    ("$elemMatch", object([(operator, Json::List(values.into())), ("$type", type_list(types))]))
}

fn every_element(field: &str, kinds: &[Kind]) -> Json {
    let types: Vec<&str> = kinds.iter().flat_map(|(types, _)| types.iter().copied()).collect();
    let of_another_type = object([("$not", object([("$type", type_list(&types))]))]);
    let mut requirements = alloc::vec![
        of(field, [("$type", text("array"))]),
        of(field, [("$not", object([("$size", Json::Integer(0))]))]),
        of(field, [("$not", object([("$elemMatch", of_another_type)]))]),
    ];
    for (types, values) in kinds {
        requirements.push(of(field, [("$not", object([element("$nin", types, values)]))]));
    }
    object([("$and", Json::List(requirements))])
}

/// The fields on the way, from the outermost.
fn no_arrays_before(field: &AttributePath) -> Result<Vec<Json>, MongoError> {
    let path = dotted(field)?;
    let ends = path.match_indices('.').filter_map(|(end, _)| path.get(..end));
    Ok(ends.map(|parent| of(parent, [("$not", object([("$type", text("array"))]))])).collect())
}

fn dotted(field: &AttributePath) -> Result<String, MongoError> {
    let strange = |name: &&str| name.starts_with('$') || name.contains(['.', '\0']);
    match field.names().find(strange) {
        Some(name) => Err(MongoError::Field(Excerpt::new(name).to_string().into())),
        None => Ok(field.names().collect::<Vec<_>>().join(".")),
    }
}

fn all_of(mut requirements: Vec<Json>) -> Json {
    match (requirements.len(), requirements.pop()) {
        (0, _) | (_, None) => Json::Object(JsonObject::default()),
        (1, Some(only)) => only,
        (_, Some(last)) => {
            requirements.push(last);
            object([("$and", Json::List(requirements))])
        }
    }
}

fn any_of(alternatives: Vec<Json>) -> Json {
    object([("$or", Json::List(alternatives))])
}

fn nothing() -> Json {
    object([("$nor", Json::List(alloc::vec![Json::Object(JsonObject::default())]))])
}

fn of<const N: usize>(field: &str, operators: [(&str, Json); N]) -> Json {
    object([(field, object(operators))])
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn text(value: &str) -> Json {
    Json::Text(value.into())
}

fn type_list(types: &[&str]) -> Json {
    Json::List(types.iter().copied().map(text).collect())
}
