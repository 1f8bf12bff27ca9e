//! PostgreSQL.

use keyward::{AttributePath, SqlColumn, SqlDialect, SqlFragment, SqlTable, SqlValue};
use postgres::{Client, NoTls, types::ToSql};

use crate::{
    Store,
    filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE},
    hold, server,
};

struct PostgreSql(Client);

impl PostgreSql {
    /// A session of its own with a schema of its own, or nothing.
    fn connect(schema: &str) -> Option<Self> {
        let mut client = Client::connect(&server("KEYWARD_POSTGRESQL")?, NoTls).unwrap();
        let setup = format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path TO {schema}; \
             CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
        );
        client.batch_execute(&setup).unwrap();
        Some(Self(client))
    }

    /// A table with one column of this type, and in a row of its own each text that the type takes, and null.
    fn table(&mut self, of_type: &str, texts: &[String]) -> Vec<(i64, Stored)> {
        let create = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial PRIMARY KEY, v {of_type})");
        self.0.batch_execute(&create).unwrap();
        let cast = of_type.split(" COLLATE").next().unwrap();
        let insert = self.0.prepare(&format!("INSERT INTO t (v) VALUES ($1::text::{cast})")).unwrap();
        for text in texts {
            // What the type doesn't take no row can have.
            let _ = self.0.execute(&insert, &[text]);
        }
        self.0.batch_execute("INSERT INTO t (v) VALUES (NULL)").unwrap();
        let rows = self.0.query("SELECT id, to_json(v)::text FROM t ORDER BY id", &[]).unwrap();
        assert!(rows.len() > 2, "{of_type} takes nothing");
        rows.iter()
            .map(|row| (row.get(0), row.get::<_, Option<String>>(1)))
            .map(|(id, text)| (id, Stored::document(text.as_deref().unwrap_or("null"))))
            .collect()
    }
}

impl Store for PostgreSql {
    fn ids(&mut self, condition: &str, fragment: &SqlFragment) -> Vec<i64> {
        let parameters: Vec<&(dyn ToSql + Sync)> = fragment
            .parameters()
            .iter()
            .map(|value| match value {
                SqlValue::Text(text) => text as &(dyn ToSql + Sync),
                SqlValue::Integer(integer) => integer,
                SqlValue::Boolean(boolean) => boolean,
            })
            .collect();
        let query = format!("SELECT id FROM t WHERE {condition} ORDER BY id");
        let rows = self.0.query(&query, &parameters).unwrap_or_else(|error| panic!("{error:?}: {query:.900}"));
        rows.iter().map(|row| row.get(0)).collect()
    }
}

fn mapped(column: SqlColumn) -> SqlTable {
    SqlTable::of_one_account(SqlDialect::PostgreSql, ACCOUNT).column("v", column).unwrap()
}

#[test]
fn texts_under_every_collation() {
    let Some(mut store) = PostgreSql::connect("texts") else { return };
    let texts = law::texts();
    for of_type in ["text", "text COLLATE loose", "varchar COLLATE loose", "varchar(70000)", "text COLLATE \"C\""] {
        let rows = store.table(of_type, &texts);
        for accepted in law::accepted(&texts) {
            let access = law::access(&["v"], Reads::Any, &accepted);
            hold(&mut store, of_type, &rows, "v", &access, &mapped(SqlColumn::text("v")));
        }
    }
}

#[test]
fn a_padded_text_never_passes_for_one_without() {
    let Some(mut store) = PostgreSql::connect("padded") else { return };
    let rows = store.table("char(4)", &["a", "abcd", "", "ab  "].map(String::from));
    for accepted in ["a", "a   ", "abcd", "", "ab", "ab  "] {
        let access = law::access(&["v"], Reads::Any, &[accepted]);
        let fragment = access.sql(TYPE, &mapped(SqlColumn::text("v"))).unwrap();
        for id in store.ids(&fragment.to_string(), &fragment) {
            let (_, stored) = rows.iter().find(|(row, _)| *row == id).unwrap();
            assert!(law::allowed(&access, ACCOUNT, &[("v", stored)]), "{accepted:?} {stored:?}");
        }
    }
}

#[test]
fn integers_and_booleans() {
    let Some(mut store) = PostgreSql::connect("numbers") else { return };
    let texts = law::texts();
    for (of_type, column) in [
        ("smallint", SqlColumn::integer("v")),
        ("integer", SqlColumn::integer("v")),
        ("bigint", SqlColumn::integer("v")),
        ("boolean", SqlColumn::boolean("v")),
    ] {
        let rows = store.table(of_type, &texts);
        for accepted in law::accepted(&texts) {
            let access = law::access(&["v"], Reads::Any, &accepted);
            hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
        }
    }
}

/// Arrays of each text, of pairs, with nulls, empty ones, and ones of two dimensions.
fn arrays(elements: &[String]) -> Vec<String> {
    let quoted = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut arrays: Vec<String> = ["{}", "{NULL}", "{NULL,NULL}", "{{}}", "[5:6]={1,1}"].map(String::from).into();
    for element in elements.iter().map(quoted) {
        for array in ["{X}", "{X,X}", "{X,1}", "{NULL,X}", "{{X}}", "{{X,X},{X,X}}", "{X,true}"] {
            arrays.push(array.replace('X', &element));
        }
    }
    arrays
}

#[test]
fn arrays_of_every_kind() {
    let Some(mut store) = PostgreSql::connect("arrays") else { return };
    let texts = law::texts();
    let short: Vec<String> = texts.iter().filter(|text| text.len() < 100).cloned().collect();
    for (of_type, column) in [
        ("text[]", SqlColumn::text_array("v")),
        ("varchar[]", SqlColumn::text_array("v")),
        ("text[] COLLATE loose", SqlColumn::text_array("v")),
        ("integer[]", SqlColumn::integer_array("v")),
        ("bigint[]", SqlColumn::integer_array("v")),
        ("boolean[]", SqlColumn::boolean_array("v")),
    ] {
        let rows = store.table(of_type, &arrays(&short));
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn documents() {
    let Some(mut store) = PostgreSql::connect("documents") else { return };
    let texts = law::texts();
    let rows = store.table("jsonb", &law::documents());
    for accepted in law::accepted(&texts) {
        for reads in BOTH {
            let access = law::access(&["v"], reads, &accepted);
            hold(&mut store, "jsonb", &rows, "v", &access, &mapped(SqlColumn::json("v")));
        }
    }
}

#[test]
fn documents_along_a_path() {
    let Some(mut store) = PostgreSql::connect("paths") else { return };
    let texts = ["a", "A", "b", "1", "-0", "18446744073709551615", "true", "é", "", "a\0b"].map(String::from);
    let rows = store.table("jsonb", &law::nested());
    for path in [&["k"][..], &["k", "l"], &["k", "l", "l"], &["0"], &["k", "0"], &["it's"]] {
        let attribute: Vec<&str> = ["v"].into_iter().chain(path.iter().copied()).collect();
        let column = SqlColumn::json_at("v", AttributePath::new(path).unwrap());
        let table = SqlTable::of_one_account(SqlDialect::PostgreSql, ACCOUNT);
        let table = table.column(AttributePath::new(&attribute).unwrap(), column).unwrap();
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&attribute, reads, &accepted);
                hold(&mut store, &format!("{path:?}"), &rows, "v", &access, &table);
            }
        }
    }
}

#[test]
fn a_column_that_is_declared_wrongly_is_an_error() {
    let Some(mut store) = PostgreSql::connect("wrongly") else { return };
    let access = law::access(&["v"], Reads::Any, &["1", "true"]);
    for (of_type, column) in [
        ("double precision", SqlColumn::text("v")),
        ("integer", SqlColumn::text("v")),
        ("bytea", SqlColumn::text("v")),
        ("text", SqlColumn::integer("v")),
        ("numeric", SqlColumn::integer("v")),
        ("real", SqlColumn::integer("v")),
        ("double precision", SqlColumn::integer("v")),
        ("numeric[]", SqlColumn::integer_array("v")),
        ("text", SqlColumn::boolean("v")),
        ("integer", SqlColumn::boolean("v")),
        ("text", SqlColumn::text_array("v")),
        ("integer[]", SqlColumn::text_array("v")),
        ("text", SqlColumn::json("v")),
        ("json", SqlColumn::json("v")),
    ] {
        store.0.batch_execute(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {of_type})")).unwrap();
        let fragment = access.sql(TYPE, &mapped(column.clone())).unwrap();
        assert!(store.0.prepare(&format!("SELECT v FROM t WHERE {fragment}")).is_err(), "{of_type} as {column:?}");
    }
}

#[test]
fn names_accounts_offsets_and_indices() {
    let Some(mut store) = PostgreSql::connect("names") else { return };
    let access = law::access(&["v"], Reads::Any, &["a"]);
    for name in ["select", "A b", "a\"b", "a'b", "é", "a.b", "$1", "--", "keyward"] {
        let quoted = name.replace('"', "\"\"");
        let create = format!(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial, \"{quoted}\" text, account text); \
             INSERT INTO t (\"{quoted}\", account) VALUES ('a', 'acme'), ('b', 'acme'), ('a', 'ACME'), ('a', NULL)"
        );
        store.0.batch_execute(&create).unwrap();
        let table = SqlTable::new(SqlDialect::PostgreSql, "account").unwrap().qualified("t").unwrap();
        let fragment = access.sql(TYPE, &table.column("v", name).unwrap()).unwrap();
        assert_eq!(store.ids(&fragment.to_string(), &fragment), [1], "{name}");
        let numbered = fragment.numbered_from(2);
        let query = format!("SELECT count(*) FROM t WHERE id < $1 AND {numbered}");
        let [SqlValue::Text(account), SqlValue::Text(value)] = numbered.parameters() else { panic!("two texts") };
        assert_eq!(store.0.query_one(&query, &[&9_i64, account, value]).unwrap().get::<_, i64>(0), 1);
    }
    let long = "a".repeat(64);
    assert!(SqlTable::new(SqlDialect::PostgreSql, &*long).is_err(), "PostgreSQL would cut it");

    for of_type in ["text", "text COLLATE loose", "bigint"] {
        let rest = "INSERT INTO t (v) SELECT g::text::TYPE FROM generate_series(1, 2000) g; ANALYZE t";
        let rest = rest.replace("TYPE", of_type.split(' ').next().unwrap());
        let create = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial, v {of_type});");
        store.0.batch_execute(&format!("{create} CREATE INDEX by_v ON t (v); {rest}")).unwrap();
        let column = if of_type == "bigint" { SqlColumn::integer("v") } else { SqlColumn::text("v") };
        let fragment = law::access(&["v"], Reads::Any, &["7", "8"]).sql(TYPE, &mapped(column)).unwrap();
        let text = fragment.to_string().replace("$1", "'7'").replace("$2", "'8'");
        let plan = store.0.query(&format!("EXPLAIN SELECT id FROM t WHERE {text}"), &[]).unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains("by_v")), "{of_type}: {plan:?}");
    }
}
