//! Which field holds which attribute, and the query under that mapping.

use super::{
    field::{Checked, MongoError, MongoField},
    query::{self, all_of, nothing},
};
use crate::{
    access::Access,
    attributes::AttributePath,
    filter::{
        Filter,
        mapping::{Mapping, Question},
    },
    json::Json,
    schema::{Schema, TypeRef},
    text::TextError,
};

/// Which field of a collection's documents holds the account, and which holds which attribute: made once, at the
/// start.
///
/// No field is guessed: each attribute that a condition reads is mapped, by [`field`](Self::field) or, where the field
/// has its name or its path, by [`alike`](Self::alike); [`check`](Self::check) holds the mapping to the schema. A
/// document without the field doesn't have the attribute, and MongoDB has no way to say that a field is never there:
/// a name that is mistyped in the mapping lets nobody see anything. A document that has a field twice, which drivers
/// don't make, can't be told from one that has it once.
///
/// The query is in MongoDB's Extended JSON: a host makes its driver's document of it by the driver's reader of that
/// form, where a field may hold an `ObjectId` or a uuid. It uses `$and`, `$or`, `$nor`, `$not`, `$in`, `$nin`, `$type` with lists of types (MongoDB 3.6 and
/// later), `$elemMatch` and `$size`. They were tried against an interpreter of just these operators, written
/// from the manual, **not against a server**. Texts are compared under the collation of the query or else of the
/// collection: it must be the simple one, which is the default.
///
/// ```
/// use keyward::{Access, Roles, Schema, filter::MongoCollection};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"product": {"restricts": {"products": "id"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let products = MongoCollection::new("account")?.field("id", "_id")?;
/// products.check(&schema, "products")?;
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
    mapping: Mapping<Checked>,
}

impl MongoCollection {
    /// A collection that holds several accounts, each document's in this field: a string, or what the field's
    /// kind adds, and never a list.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a name that a query document can't say.
    pub fn new(account: impl Into<MongoField>) -> Result<Self, MongoError> {
        Ok(Self { mapping: Mapping::new(account.into().check()?) })
    }

    /// A collection all of whose documents are this account's, and that has no field to say so. To an access of
    /// another account it is empty.
    ///
    /// ```
    /// use keyward::filter::{Filter, MongoCollection};
    ///
    /// let products = MongoCollection::of_one_account("acme");
    /// assert_eq!(serde_json::to_string(&Filter::Everything.mongo("acme", &products)?)?, "{}");
    /// assert_eq!(serde_json::to_string(&Filter::Everything.mongo("emca", &products)?)?, r#"{"$nor":[{}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_one_account(account: &str) -> Self {
        Self { mapping: Mapping::of_one_account(account) }
    }

    /// Says which field holds an attribute.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a field's name that a query document can't say, and for an attribute that is mapped
    /// already.
    pub fn field<A>(mut self, attribute: A, field: impl Into<MongoField>) -> Result<Self, MongoError>
    where
        A: TryInto<AttributePath, Error: Into<TextError>>,
    {
        let attribute = attribute.try_into().map_err(Into::<TextError>::into)?;
        self.mapping.add(attribute, field.into().check()?)?;
        Ok(self)
    }

    /// Says of several attributes that the field which holds each has its name, or its path through embedded documents,
    /// and how those are read.
    ///
    /// # Errors
    ///
    /// As [`field`](Self::field).
    ///
    /// ```
    /// use keyward::filter::{MongoCollection, MongoField};
    ///
    /// let orders = MongoCollection::new("account")?
    ///     .alike(["brand", "site"], MongoField::plain)?
    ///     .alike([["delivery", "factoryId"]], MongoField::object_id)?;
    /// # Ok::<(), keyward::filter::MongoError>(())
    /// ```
    pub fn alike<A>(
        self,
        attributes: impl IntoIterator<Item = A>,
        kind: impl Fn(AttributePath) -> MongoField,
    ) -> Result<Self, MongoError>
    where
        A: TryInto<AttributePath, Error: Into<TextError>>,
    {
        attributes.into_iter().try_fold(self, |collection, attribute| {
            let attribute = attribute.try_into().map_err(Into::<TextError>::into)?;
            collection.field(attribute.clone(), kind(attribute))
        })
    }

    /// Whether the mapping fits a resource type: everything that conditions read of it is mapped, and everything that
    /// is mapped is read. Ask at the start.
    ///
    /// # Errors
    ///
    /// [`MongoError`]: a type that the schema doesn't have, and an attribute that is not mapped or mapped in vain.
    pub fn check(&self, schema: &Schema, resource: &str) -> Result<(), MongoError> {
        self.mapping.check(schema, resource, |_| Ok(()))
    }

    fn query(&self, account: &str, filter: &Filter) -> Result<Json, MongoError> {
        let Some(Question { account: holder, clauses }) = self.mapping.question(account, filter)? else {
            return Ok(nothing());
        };
        let account = holder.into_iter().flat_map(|field| query::account(field, account));
        let clauses = clauses.into_iter().flat_map(|(field, clause)| query::clause(field, clause));
        Ok(all_of(account.chain(clauses).collect()))
    }
}

impl Access {
    /// What the access may list of a type, as the query document for this collection; the account is the
    /// access's own.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for an attribute that is not mapped.
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
    pub fn mongo(&self, account: &str, collection: &MongoCollection) -> Result<Json, MongoError> {
        collection.query(account, self)
    }
}
