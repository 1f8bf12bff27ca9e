//! Which field holds which attribute, and the query under that mapping.

use alloc::vec::Vec;

use super::{
    field::{Checked, MongoError, MongoField},
    query::{self, all_of, any_of, nothing},
};
use crate::{
    access::Access,
    attributes::AttributePath,
    decision::InContext,
    filter::{
        Filter, ListError,
        mapping::{Mapping, Question},
    },
    json::Json,
    schema::{Operation, OperationRef, Schema, TypeRef},
    text::TextError,
};

/// Which field of a collection's documents holds the account, and which holds which attribute. Make it once, at the start.
///
/// Each attribute that a condition reads must be mapped: by [`field`](Self::field), or by [`alike`](Self::alike) if the field
/// has the attribute's name or path. [`check`](Self::check) compares the mapping with the schema.
///
/// A document without the field doesn't have the attribute. MongoDB can't tell that a field never exists, so if a field's
/// name is mistyped, no document passes. A document that has a field twice, which drivers don't write, passes like one that
/// has it once.
///
/// The query is in MongoDB's Extended JSON. If a field may hold an `ObjectId` or a uuid, read it with the driver's reader of
/// that form. It uses `$and`, `$or`, `$nor`, `$not`, `$in`, `$nin`, `$gte`, `$gt`, `$lt`, `$lte`, `$type` with lists of types (MongoDB 3.6 and later),
/// `$elemMatch` and `$size`. It was tested with an interpreter of these operators that was written from the manual, **not
/// with a server**. Texts are compared under the collation of the query, or else of the collection. It must be the simple
/// collation, which is the default.
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
    /// A collection of several accounts. This field holds each document's account: as a string or a value of the field's
    /// kind, never a list.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a name that a query document can't say.
    pub fn new(account: impl Into<MongoField>) -> Result<Self, MongoError> {
        Ok(Self { mapping: Mapping::new(account.into().check()?) })
    }

    /// A collection in which all documents are of this account. For an access of another account it is empty.
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

    /// Maps several attributes, each to the field of its own name or path, and says how these fields are read.
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

    /// Checks that everything that conditions read of a resource type is mapped, and that everything mapped is read. Call it
    /// at the start.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for a type that the schema doesn't have, for an attribute that is not mapped or not read, and for a field
    /// that can't be compared with a condition's kind of values.
    pub fn check(&self, schema: &Schema, resource: &str) -> Result<(), MongoError> {
        self.mapping.check(schema, resource, Checked::check_values)
    }

    fn query(&self, account: &str, filter: &Filter) -> Result<Json, MongoError> {
        let Some(Question { account: holder, alternatives }) = self.mapping.question(account, filter)? else {
            return Ok(nothing());
        };
        for (field, clause) in alternatives.iter().flatten() {
            field.check_values(clause.accepted().kind())?;
        }
        let account = holder.into_iter().flat_map(|field| query::account(field, account));
        let mut asked: Vec<Vec<Json>> = alternatives
            .into_iter()
            .map(|clauses| clauses.into_iter().flat_map(|(field, clause)| query::clause(field, clause)).collect())
            .collect();
        let clauses = if asked.len() > 1 {
            Vec::from([any_of(asked.into_iter().map(all_of).collect())])
        } else {
            asked.pop().unwrap_or_else(|| Vec::from([nothing()]))
        };
        Ok(all_of(account.chain(clauses).collect()))
    }
}

impl Access {
    /// What the access may list of a type in its account, as the query document for this collection, or why it may list
    /// nothing.
    ///
    /// # Errors
    ///
    /// - [`ListError::Denied`] where no document at all could pass: no permission to `list` the type, or a condition that is
    ///   not bound to it.
    /// - [`ListError::Mapping`] for an attribute that is not mapped, and for a field that can't be compared with a condition's
    ///   kind of values.
    pub fn mongo<'a>(
        &'a self,
        resource: impl Into<TypeRef<'a>>,
        collection: &MongoCollection,
    ) -> Result<Json, ListError<MongoError>> {
        self.mongo_of(Operation::LIST, resource, collection)
    }

    /// The resources of a type on which an operation is allowed, as the query document for this collection, or why there can
    /// be none. [`try_filter_of`](Self::try_filter_of) says what that is.
    ///
    /// # Errors
    ///
    /// As [`mongo`](Self::mongo), of this operation.
    pub fn mongo_of<'a>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        collection: &MongoCollection,
    ) -> Result<Json, ListError<MongoError>> {
        self.alone().mongo_of(operation, resource, collection)
    }
}

impl<'a> InContext<'a> {
    /// What the access may list of a type in this context, as a query document, as [`Access::mongo`].
    ///
    /// # Errors
    ///
    /// [`ListError`] as there; a condition that the context doesn't meet is a denial.
    pub fn mongo(
        self,
        resource: impl Into<TypeRef<'a>>,
        collection: &MongoCollection,
    ) -> Result<Json, ListError<MongoError>> {
        self.mongo_of(Operation::LIST, resource, collection)
    }

    /// The resources on which an operation is allowed in this context, as a query document, as [`Access::mongo_of`].
    ///
    /// # Errors
    ///
    /// [`ListError`] as there; a condition that the context doesn't meet is a denial.
    pub fn mongo_of(
        self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        collection: &MongoCollection,
    ) -> Result<Json, ListError<MongoError>> {
        let filter = self.try_filter_of(operation, resource, self.of.account())?;
        filter.mongo(self.of.account(), collection).map_err(ListError::Mapping)
    }
}

impl Filter {
    /// The filter as the query document for this collection. Use it for a filter that was stored or sent; an access has
    /// [`Access::mongo`]. The account must be that of the filter's access, never one that a caller sent.
    ///
    /// # Errors
    ///
    /// [`MongoError`] for an attribute that is not mapped, and for a field that can't be compared with a clause's kind of values.
    pub fn mongo(&self, account: &str, collection: &MongoCollection) -> Result<Json, MongoError> {
        collection.query(account, self)
    }
}
