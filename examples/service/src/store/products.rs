//! The products, and which of them an access may list.

use keyward::{
    Attributes, Operation, Resource, Schema, TypeRef, Value,
    decision::InContext,
    filter::{ListError, SqlColumn, SqlDialect, SqlError, SqlFragment, SqlTable, SqlValue},
    http::Refused,
};
use rusqlite::{OptionalExtension, Row, Transaction, params, params_from_iter};
use serde_json::json;

use super::StoreError;

/// A product, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The account that it belongs to.
    pub account: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its brand, if it has one.
    pub brand: Option<String>,
}

impl Attributes for Product {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "id" => Value::Text(&self.id),
            "name" => Value::Text(&self.name),
            "brand" => self.brand.as_deref().map_or(Value::Absent, Value::Text),
            _ => Value::Absent,
        }
    }
}

impl Resource for Product {
    fn resource_type(&self) -> TypeRef<'_> {
        "products".into()
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Product {
    /// The document of it.
    pub fn document(&self) -> serde_json::Value {
        json!({"id": self.id, "name": self.name, "brand": self.brand})
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { account: row.get(0)?, id: row.get(1)?, name: row.get(2)?, brand: row.get(3)? })
    }
}

/// Which part of a list.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Only ids after this one.
    pub after: &'a str,
    /// At most so many.
    pub limit: u32,
}

/// The products on which an access allows an operation, as a condition on the table.
pub(super) fn passes(access: InContext<'_>, operation: Operation, table: &SqlTable) -> Result<SqlFragment, Refused> {
    access.sql_of(operation, "products", table).map_err(|error| match error {
        ListError::Denied(denied) => Refused::from(&denied),
        ListError::Mapping(error) => StoreError::from(error).into(),
    })
}

pub(super) fn list(
    transaction: &Transaction<'_>,
    passes: &SqlFragment,
    page: Page<'_>,
) -> Result<Vec<Product>, StoreError> {
    let query = format!(
        "SELECT account, id, name, brand FROM products WHERE {passes} AND id > ? ORDER BY id LIMIT {}",
        page.limit,
    );
    let values = passes.parameters().iter().map(bind).chain([page.after.to_owned().into()]);
    let mut select = transaction.prepare_cached(&query)?;
    Ok(select.query_map(params_from_iter(values), Product::of)?.collect::<Result<_, _>>()?)
}

pub(super) fn insert(transaction: &Transaction<'_>, product: &Product) -> Result<(), StoreError> {
    let insert = "INSERT INTO products (account, id, name, brand) VALUES (?1, ?2, ?3, ?4)";
    let Product { account, id, name, brand } = product;
    transaction.prepare_cached(insert)?.execute(params![account, id, name, brand])?;
    Ok(())
}

pub(super) fn select(transaction: &Transaction<'_>, account: &str, id: &str) -> Result<Option<Product>, StoreError> {
    let select = "SELECT account, id, name, brand FROM products WHERE account = ?1 AND id = ?2";
    Ok(transaction.prepare_cached(select)?.query_row([account, id], Product::of).optional()?)
}

pub(super) fn put(
    transaction: &Transaction<'_>,
    stored: &Product,
    changed: Option<&Product>,
) -> Result<(), StoreError> {
    let Product { account, id, .. } = stored;
    let Some(Product { name, brand, .. }) = changed else {
        let delete = "DELETE FROM products WHERE account = ?1 AND id = ?2";
        transaction.prepare_cached(delete)?.execute([account, id])?;
        return Ok(());
    };
    let update = "UPDATE products SET name = ?3, brand = ?4 WHERE account = ?1 AND id = ?2";
    transaction.prepare_cached(update)?.execute(params![account, id, name, brand])?;
    Ok(())
}

/// Which column holds which attribute that conditions read: all that the schema binds.
pub(super) fn table(dialect: SqlDialect, schema: &Schema) -> Result<SqlTable, SqlError> {
    let table = SqlTable::new(dialect, "account")?.alike(["brand"], SqlColumn::text)?;
    table.check(schema, "products")?;
    Ok(table)
}

fn bind(value: &SqlValue) -> rusqlite::types::Value {
    match value {
        SqlValue::Text(text) => text.clone().into(),
        SqlValue::Integer(integer) => (*integer).into(),
        SqlValue::Boolean(boolean) => (*boolean).into(),
    }
}
