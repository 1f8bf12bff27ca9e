//! A table of products in SQLite, asked with sqlx: four accesses, and what each of them sees.
//!
//! ```text
//! cargo run --manifest-path examples/filter_rows/Cargo.toml
//! ```

use keyward::{
    Access, Role, Roles, Schema,
    filter::{ListError, SqlColumn, SqlDialect, SqlFragment, SqlTable, SqlValue},
};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

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

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if let Some(argument) = std::env::args().nth(1) {
        let is_help = ["--help", "-h"].contains(&&*argument);
        let usage =
            "usage: filter_rows (no arguments; it lists a table in memory as four accesses see it, `--help` this)";
        if is_help {
            println!("{usage}")
        } else {
            eprintln!("unexpected `{argument}`; {usage}")
        }
        std::process::exit(if is_help { 0 } else { 2 });
    }
    let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
    sqlx::raw_sql(TABLE).execute(&mut connection).await?;

    // Which column holds which attribute: said once, and held to the schema and to the database at the start.
    let schema = Schema::from_json(SCHEMA)?;
    let products = SqlTable::new(SqlDialect::Sqlite, "account")?
        .alike(["brand", "factory"], SqlColumn::text)?
        .alike(["tags"], SqlColumn::json)?;
    products.check(&schema, "products")?;
    sqlx::raw_sql(AssertSqlSafe(products.probe("products")?)).execute(&mut connection).await?;

    let roles = Roles::new(&schema, "acme")?.with(Role::new("viewer", ["products:read,list"])?)?;
    let viewer = || Access::builder(&roles).role("viewer");
    let accesses = [
        ("the whole account", viewer().build()?),
        ("one brand, from one factory", viewer().conditions(["brand:northern", "factory:7"])?.build()?),
        ("what is of wood and oak alone", viewer().conditions(["tag:wood", "tag:oak"])?.build()?),
        ("who may not list", Access::builder(&roles).build()?),
    ];

    for (title, access) in &accesses {
        println!("{title}");
        match access.sql("products", &products) {
            Ok(fragment) => {
                println!("  rows of `{}`: {}", access.account(), access.filter("products"));
                println!("  WHERE {fragment}\n  with {}", list(&fragment));
                println!("  {}\n", names(&mut connection, &fragment).await?.join(", "));
            }
            Err(ListError::Denied(denied)) => println!("  status {}: {denied}\n", denied.status()),
            Err(ListError::Mapping(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The products under the condition; the host's own stands beside it.
async fn names(connection: &mut SqliteConnection, fragment: &SqlFragment) -> Result<Vec<String>> {
    let text = format!("SELECT name FROM products WHERE id > ? AND {fragment} ORDER BY id");
    // The fragment has no value in its text: all of them are bound.
    let mut query = sqlx::query_scalar(AssertSqlSafe(text)).bind(0);
    for value in fragment.parameters() {
        query = match value {
            SqlValue::Text(text) => query.bind(text),
            SqlValue::Integer(integer) => query.bind(integer),
            SqlValue::Boolean(boolean) => query.bind(boolean),
        };
    }
    Ok(query.fetch_all(connection).await?)
}

fn list(fragment: &SqlFragment) -> String {
    let values = fragment.parameters().iter().map(|value| match value {
        SqlValue::Text(text) => format!("{text:?}"),
        SqlValue::Integer(integer) => integer.to_string(),
        SqlValue::Boolean(boolean) => boolean.to_string(),
    });
    values.collect::<Vec<_>>().join(", ")
}
