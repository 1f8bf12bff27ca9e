//! A table of products in SQLite, three accesses, and what each of them sees.
//!
//! ```text
//! cargo run --example filter_rows
//! ```

use keyward::{
    Access, Role, Roles, Schema,
    filter::{SqlColumn, SqlDialect, SqlFragment, SqlTable, SqlValue},
};
use rusqlite::{Connection, ToSql, params_from_iter};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SCHEMA: &str = r#"{
    "resources": { "products": {} },
    "conditions": {
        "brand":   { "restricts": { "products": "brand" } },
        "factory": { "restricts": { "products": "factory" } },
        "tag":     { "restricts": { "products": { "attribute": "tags", "match": "all" } } }
    }
}"#;

const TABLE: &str = r#"
    CREATE TABLE products (id INTEGER PRIMARY KEY, account TEXT, name TEXT, brand TEXT COLLATE NOCASE, factory, tags JSON);
    INSERT INTO products (account, name, brand, factory, tags) VALUES
        ('acme', 'Chair',     'northern', 7,    '["wood", "oak"]'),
        ('acme', 'Table',     'northern', '7',  '["wood"]'),
        ('acme', 'Bench',     'northern', 7.0,  '["wood", null]'),
        ('acme', 'Shelf',     'Northern', 7,    '["wood", "steel"]'),
        ('acme', 'Lamp',      'southern', 7,    '[]'),
        ('acme', 'Prototype', NULL,       NULL, NULL),
        ('emca', 'Stool',     'northern', 7,    '["wood"]');
"#;

fn main() -> Result<()> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(TABLE)?;

    // Which column holds which attribute: said once, and held to the schema and to the database at the start.
    let schema = Schema::from_json(SCHEMA)?;
    let products = SqlTable::new(SqlDialect::Sqlite, "account")?
        .alike(["brand", "factory"], SqlColumn::text)?
        .alike(["tags"], SqlColumn::json)?;
    products.check(&schema, "products")?;
    connection.execute_batch(&products.probe("products")?)?;

    let roles = Roles::new(&schema, "acme")?.with(Role::new("viewer", ["products:read,list"])?)?;
    let viewer = || Access::builder(&roles).role("viewer");
    let accesses = [
        ("the whole account", viewer().build()?),
        ("one brand, from one factory", viewer().conditions(["brand:northern", "factory:7"])?.build()?),
        ("what is of wood and oak alone", viewer().conditions(["tag:wood", "tag:oak"])?.build()?),
    ];

    for (title, access) in &accesses {
        let fragment = access.sql("products", &products)?;
        println!("{title}\n  rows of `{}`: {}", access.account(), access.filter("products"));
        println!("  WHERE {fragment}\n  with {}", list(&fragment));
        println!("  {}\n", names(&connection, &fragment)?.join(", "));
    }
    Ok(())
}

/// The products under the condition; the host's own stands beside it.
fn names(connection: &Connection, fragment: &SqlFragment) -> Result<Vec<String>> {
    let mut query =
        connection.prepare(&format!("SELECT name FROM products WHERE id > ? AND {fragment} ORDER BY id"))?;
    let own: [&dyn ToSql; 1] = [&0];
    let parameters = own.into_iter().chain(fragment.parameters().iter().map(bound));
    let names = query.query_map(params_from_iter(parameters), |row| row.get(0))?;
    Ok(names.collect::<std::result::Result<_, _>>()?)
}

fn bound(value: &SqlValue) -> &dyn ToSql {
    match value {
        SqlValue::Text(text) => text,
        SqlValue::Integer(integer) => integer,
        SqlValue::Boolean(boolean) => boolean,
    }
}

fn list(fragment: &SqlFragment) -> String {
    let values = fragment.parameters().iter().map(|value| match value {
        SqlValue::Text(text) => format!("{text:?}"),
        SqlValue::Integer(integer) => integer.to_string(),
        SqlValue::Boolean(boolean) => boolean.to_string(),
    });
    values.collect::<Vec<_>>().join(", ")
}
