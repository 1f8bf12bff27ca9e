//! Lists as conditions of queries: what can't be compared exactly is an error, and no approximation.

use keyward::{
    Access, Condition, Role, Roles,
    filter::{MongoCollection, MongoField, SqlColumn, SqlDialect, SqlTable},
};
use serde_json::json;

use super::{Row, told};
use crate::support;

fn access(conditions: &[(&str, &str)], permissions: &[&str]) -> Access {
    let schema = support::schema(&json!({
        "resources": {"things": {}},
        "conditions": {
            "brand": {"restricts": {"things": "brand"}},
            "amount": {"values": "integer", "restricts": {"things": "amount"}},
            "site": {"restricts": {"things": ["place", "site"]}},
        },
    }));
    let role = Role::new("r", permissions.iter().copied()).unwrap();
    let roles = Roles::new(&schema, "a1").unwrap().with(role).unwrap();
    let conditions = conditions.iter().map(|(name, value)| Condition::new(name, value).unwrap());
    Access::builder(&roles).role("r").conditions(conditions).unwrap().build().unwrap()
}

const LISTS: &[&str] = &["things:list"];

/// Text and parameters, or why there is none.
fn sql(dialect: SqlDialect, attribute: &str, column: SqlColumn, value: &str) -> String {
    let table = match SqlTable::of_one_account(dialect, "a1").column(attribute, column) {
        Ok(table) => table,
        Err(error) => return error.to_string(),
    };
    match access(&[(attribute, value)], LISTS).sql("things", &table) {
        Ok(fragment) => format!("{fragment} {:?}", fragment.parameters()),
        Err(error) => error.to_string(),
    }
}

fn postgres(column: SqlColumn, value: &str) -> String {
    sql(SqlDialect::PostgreSql, "brand", column, value)
}

fn mongo(field: MongoField, value: &str) -> String {
    let collection = MongoCollection::of_one_account("a1").field("brand", field).unwrap();
    match access(&[("brand", value)], LISTS).mongo("things", &collection) {
        Ok(query) => support::json(&query).to_string(),
        Err(error) => error.to_string(),
    }
}

fn lists(permissions: &[&str]) -> String {
    let table = SqlTable::of_one_account(SqlDialect::Sqlite, "a1");
    told(access(&[], permissions).sql("things", &table))
}

fn unmapped() -> String {
    let table = SqlTable::of_one_account(SqlDialect::Sqlite, "a1");
    told(access(&[("brand", "a")], LISTS).sql("things", &table))
}

fn checked_at_the_start() -> String {
    let table = SqlTable::of_one_account(SqlDialect::Sqlite, "a1");
    told(table.check(access(&[], LISTS).schema(), "things"))
}

fn another_account() -> String {
    let table = SqlTable::of_one_account(SqlDialect::Sqlite, "a2");
    access(&[], LISTS).sql("things", &table).unwrap().to_string()
}

fn dotted(name: &str) -> String {
    told(SqlTable::of_one_account(SqlDialect::Sqlite, "a1").column(name, SqlColumn::text("site")))
}

fn injected() -> String {
    postgres(SqlColumn::text("brand"), "a' OR '1'='1")
}

fn quoted() -> String {
    sql(SqlDialect::Sqlite, "brand", SqlColumn::text("bra`nd"), "a")
}

const UUID: &str = "hasura/graphql-engine#5134";
const COLUMN_TYPE: &str = "a value beside a column of another type";
const PLAN: &str = "cerbos/cerbos#917";
const PATHS: &str = "a dotted name that is taken for a path";
const TEXT: &str = "a query made of texts";

pub(super) const ROWS: &[Row] = &[
    ("a uuid column, and a text that is none", UUID, || postgres(SqlColumn::uuid("brand"), "a"), "(1 = 0) []"),
    ("a uuid column, and the empty text", UUID, || postgres(SqlColumn::uuid("brand"), ""), "(1 = 0) []"),
    (
        "a uuid column, and a uuid in other case",
        UUID,
        || postgres(SqlColumn::uuid("brand"), "00000000-0000-0000-0000-00000000000A"),
        "(1 = 0) []",
    ),
    (
        "a uuid column, and a uuid",
        UUID,
        || postgres(SqlColumn::uuid("brand"), "00000000-0000-0000-0000-00000000000a"),
        r#"("brand" IS NOT NULL AND "brand" IN ($1::text::uuid)) [Text("00000000-0000-0000-0000-00000000000a")]"#,
    ),
    (
        "an integer column, and a text that is none",
        COLUMN_TYPE,
        || postgres(SqlColumn::integer("brand"), "a"),
        "(1 = 0) []",
    ),
    (
        "an integer column, and a text that nearly is",
        COLUMN_TYPE,
        || postgres(SqlColumn::integer("brand"), "07"),
        "(1 = 0) []",
    ),
    (
        "a numeric column",
        COLUMN_TYPE,
        || postgres(SqlColumn::numeric("brand"), "7"),
        r#"("brand" IS NOT NULL AND "brand" IN ($1::text::numeric) AND scale("brand") = 0) [Text("7")]"#,
    ),
    (
        "an enumeration",
        COLUMN_TYPE,
        || postgres(SqlColumn::enumeration("brand"), "a"),
        r#"("brand" IS NOT NULL AND enum_smaller("brand", "brand") = "brand" AND "brand"::text COLLATE "C" IN ($1::text)) [Text("a")]"#,
    ),
    ("a text that PostgreSQL can't store", COLUMN_TYPE, || postgres(SqlColumn::text("brand"), "a\0"), "(1 = 0) []"),
    (
        "a column that SQLite doesn't have",
        COLUMN_TYPE,
        || sql(SqlDialect::Sqlite, "brand", SqlColumn::uuid("b"), "a"),
        "column `b`: SQLite has no exact form of uuid columns",
    ),
    (
        "a text column of MariaDB, whose collations fold and pad",
        "cerbos/query-plan-adapters#436",
        || sql(SqlDialect::MariaDb, "brand", SqlColumn::text("brand"), "a"),
        r#"(`brand` IS NOT NULL AND `brand` IN (?) AND CHARSET(`brand`) <> 'binary' AND CONVERT(`brand` USING utf8mb4) COLLATE utf8mb4_nopad_bin IN (?)) [Text("a"), Text("a")]"#,
    ),
    (
        "a text column for integers",
        "texts in an order of their own",
        || sql(SqlDialect::PostgreSql, "amount", SqlColumn::text("amount"), "1..9"),
        r#"("amount" IS NOT NULL AND (CASE WHEN "amount" COLLATE "C" ~ '^(0|-{0,1}[1-9][0-9]{0,38})$' THEN CAST("amount" COLLATE "C" AS numeric) BETWEEN $1::text::numeric AND $2::text::numeric ELSE FALSE END) AND octet_length("amount") = octet_length("amount"::text)) [Text("1"), Text("9")]"#,
    ),
    (
        "an object id, and a text that is none",
        COLUMN_TYPE,
        || mongo(MongoField::object_id("brand"), "a"),
        r#"{"$or":[{"brand":{"$in":["a"],"$not":{"$type":"array"},"$type":["string"]}},{"brand":{"$elemMatch":{"$in":["a"],"$type":["string"]}}}]}"#,
    ),
    (
        "an object id",
        COLUMN_TYPE,
        || mongo(MongoField::object_id("brand"), "507f1f77bcf86cd799439011"),
        r#"{"$or":[{"brand":{"$in":["507f1f77bcf86cd799439011"],"$not":{"$type":"array"},"$type":["string"]}},{"brand":{"$in":[{"$oid":"507f1f77bcf86cd799439011"}],"$not":{"$type":"array"},"$type":["objectId"]}},{"brand":{"$elemMatch":{"$in":["507f1f77bcf86cd799439011"],"$type":["string"]}}},{"brand":{"$elemMatch":{"$in":[{"$oid":"507f1f77bcf86cd799439011"}],"$type":["objectId"]}}}]}"#,
    ),
    (
        "a text with an operator of MongoDB",
        TEXT,
        || mongo(MongoField::plain("brand"), "$where"),
        r#"{"$or":[{"brand":{"$in":["$where"],"$not":{"$type":"array"},"$type":["string"]}},{"brand":{"$elemMatch":{"$in":["$where"],"$type":["string"]}}}]}"#,
    ),
    ("no permission to list", PLAN, || lists(&["things:read"]), "no role grants `list` on `things`"),
    ("no permission at all", PLAN, || lists(&[]), "no role grants `list` on `things`"),
    ("a list of another account's table", "a filter that forgets the tenant", another_account, "(1 = 0)"),
    (
        "a condition, and no column for it",
        "a column that isn't there",
        unmapped,
        "attribute `brand` is mapped to no column",
    ),
    (
        "a column that is missing, at the start",
        "found by the first restricted caller",
        checked_at_the_start,
        "attribute `amount` is mapped to no column",
    ),
    (
        "a dotted name",
        PATHS,
        || dotted("place.site"),
        r#"attribute name `place.site` at character 6: a dot makes no path of a name: write `["place", "site"]`, or `["place.site"]` where the name has a dot"#,
    ),
    (
        "a value with quotes",
        TEXT,
        injected,
        r#"("brand" IS NOT NULL AND "brand" IN ($1::text) AND "brand" COLLATE "C" IN ($1::text) AND octet_length("brand") = octet_length("brand"::text)) [Text("a' OR '1'='1")]"#,
    ),
    (
        "a column with quotes",
        TEXT,
        quoted,
        r#"(typeof(`bra``nd`) = 'text' AND `bra``nd` COLLATE BINARY IN (?)) [Text("a")]"#,
    ),
];
