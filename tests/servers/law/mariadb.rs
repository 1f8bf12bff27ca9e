//! MariaDB.

use keyward::{SqlColumn, SqlDialect, SqlError, SqlFragment, SqlTable, SqlValue};
use mysql::{Conn, Opts, Params, Row, Value as Cell, prelude::Queryable};

use crate::{
    Store,
    filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE},
    hold, server,
};

struct MariaDb(Conn);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Boolean,
    Json,
}

fn read(kind: Kind, cell: Cell) -> Stored {
    use keyward::Json;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Stored::Json(match (kind, cell) {
        (_, Cell::NULL) => Json::Null,
        (Kind::Boolean, Cell::Int(value @ 0..=1)) => Json::Boolean(value == 1),
        (Kind::Boolean, _) => return Stored::Other,
        (_, Cell::Int(value)) => Json::Integer(value.into()),
        (_, Cell::UInt(value)) => Json::Integer(value.into()),
        (Kind::Json, Cell::Bytes(bytes)) => return Stored::document(&text(bytes)),
        (Kind::Plain, Cell::Bytes(bytes)) => Json::Text(text(bytes)),
        _ => return Stored::Other,
    })
}

impl MariaDb {
    /// A session of its own with a database of its own, or nothing.
    fn connect(database: &str, mode: &str) -> Option<Self> {
        let mut connection = Conn::new(Opts::from_url(&server("KEYWARD_MARIADB")?).unwrap()).unwrap();
        connection.query_drop(format!("CREATE OR REPLACE DATABASE {database} CHARACTER SET utf8mb4")).unwrap();
        connection.query_drop(format!("USE {database}")).unwrap();
        connection.query_drop(format!("SET SESSION sql_mode = 'STRICT_ALL_TABLES{mode}'")).unwrap();
        Some(Self(connection))
    }

    /// A table with one column of this type, and in a row of its own each text that the type takes, and null.
    fn table(&mut self, of_type: &str, texts: &[String], kind: Kind) -> Vec<(i64, Stored)> {
        let create = format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v {of_type})");
        self.0.query_drop(create).unwrap();
        for text in texts {
            // What the type doesn't take no row can have.
            let _ = self.0.exec_drop("INSERT INTO t (v) VALUES (?)", (text,));
        }
        self.0.query_drop("INSERT INTO t (v) VALUES (NULL)").unwrap();
        let rows: Vec<Row> = self.0.exec("SELECT id, v FROM t ORDER BY id", ()).unwrap();
        assert!(rows.len() > 2, "{of_type} takes nothing");
        rows.into_iter().map(|row| (row.get(0).unwrap(), read(kind, row.get(1).unwrap()))).collect()
    }
}

fn bound(fragment: &SqlFragment) -> Params {
    let cells = fragment.parameters().iter().map(|value| match value {
        SqlValue::Text(text) => Cell::from(text),
        SqlValue::Integer(integer) => Cell::from(integer),
        SqlValue::Boolean(_) => panic!("MariaDB has no booleans"),
    });
    match cells.collect::<Vec<Cell>>() {
        none if none.is_empty() => Params::Empty,
        some => Params::Positional(some),
    }
}

impl Store for MariaDb {
    fn ids(&mut self, condition: &str, fragment: &SqlFragment) -> Vec<i64> {
        let query = format!("SELECT id FROM t WHERE {condition} ORDER BY id");
        self.0.exec(&query, bound(fragment)).unwrap_or_else(|error| panic!("{error}: {query:.900}"))
    }
}

fn mapped(column: SqlColumn) -> SqlTable {
    SqlTable::of_one_account(SqlDialect::MariaDb, ACCOUNT).column("v", column).unwrap()
}

#[test]
fn texts_of_every_character_set_and_collation() {
    let Some(mut store) = MariaDb::connect("texts", "") else { return };
    let texts = law::texts();
    for of_type in [
        "MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci",
        "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        "VARCHAR(100) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci",
        "VARCHAR(100) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        "VARCHAR(100) CHARACTER SET ascii",
        "VARCHAR(100) CHARACTER SET utf16",
        "CHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    ] {
        let rows = store.table(of_type, &texts, Kind::Plain);
        for accepted in law::accepted(&texts) {
            let access = law::access(&["v"], Reads::Any, &accepted);
            hold(&mut store, of_type, &rows, "v", &access, &mapped(SqlColumn::text("v")));
        }
    }
}

#[test]
fn integers_and_booleans() {
    let Some(mut store) = MariaDb::connect("numbers", "") else { return };
    let texts = law::texts();
    for of_type in ["TINYINT", "INT", "BIGINT", "BIGINT UNSIGNED"] {
        for (kind, column) in [
            (Kind::Plain, SqlColumn::integer("v")),
            (Kind::Plain, SqlColumn::text("v")),
            (Kind::Boolean, SqlColumn::boolean("v")),
        ] {
            // A number that is read as a text matches by its digits; it is so declared by nobody but by default.
            let rows = store.table(of_type, &texts, kind);
            for accepted in law::accepted(&texts) {
                let access = law::access(&["v"], Reads::Any, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

/// Texts that MariaDB would take for numbers.
#[test]
fn a_text_that_is_declared_an_integer_passes_by_its_digits_alone() {
    let Some(mut store) = MariaDb::connect("wrongly", "") else { return };
    let texts = ["1", "01", " 1", "1 ", "1a", "1.0", "1e0", "+1", "0", "", "a", "true", "10"].map(String::from);
    let rows = store.table("VARCHAR(20)", &texts, Kind::Plain);
    for accepted in [&["1"][..], &["0"], &["1", "10"], &["-1"]] {
        let access = law::access(&["v"], Reads::Any, accepted);
        hold(&mut store, "a text as an integer", &rows, "v", &access, &mapped(SqlColumn::integer("v")));
    }
    let access = law::access(&["v"], Reads::Any, &["true"]);
    let fragment = access.sql(TYPE, &mapped(SqlColumn::boolean("v"))).unwrap();
    assert_eq!(store.ids(&fragment.to_string(), &fragment), [1], "`1` alone");
}

#[test]
fn documents() {
    let Some(mut store) = MariaDb::connect("documents", "") else { return };
    let texts = law::texts();
    let documents: Vec<String> = law::documents().into_iter().chain(law::NO_JSON.map(String::from)).collect();
    for of_type in ["JSON", "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"] {
        let rows = store.table(of_type, &documents, Kind::Json);
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(SqlColumn::json("v")));
            }
        }
    }
}

#[test]
fn whatever_the_session_s_mode() {
    for (index, mode) in
        [",ANSI_QUOTES", ",NO_BACKSLASH_ESCAPES", ",PAD_CHAR_TO_FULL_LENGTH", ",ANSI", ",PIPES_AS_CONCAT"]
            .into_iter()
            .enumerate()
    {
        let Some(mut store) = MariaDb::connect(&format!("mode{index}"), mode) else { return };
        let texts: Vec<String> = law::texts().into_iter().filter(|text| text.len() < 100).collect();
        for of_type in ["VARCHAR(100)", "CHAR(8)"] {
            let rows = store.table(of_type, &texts, Kind::Plain);
            for accepted in law::accepted(&texts) {
                let access = law::access(&["v"], Reads::Any, &accepted);
                hold(&mut store, mode, &rows, "v", &access, &mapped(SqlColumn::text("v")));
            }
        }
        let rows = store.table("JSON", &law::documents(), Kind::Json);
        for accepted in [["a", "1"], ["true", "\\"], ["\"", "'"]] {
            let access = law::access(&["v"], Reads::All, &accepted);
            hold(&mut store, mode, &rows, "v", &access, &mapped(SqlColumn::json("v")));
        }
    }
}

#[test]
fn names_accounts_and_indices() {
    let Some(mut store) = MariaDb::connect("names", "") else { return };
    let access = law::access(&["v"], Reads::Any, &["a"]);
    for name in ["select", "A b", "a`b", "a\"b", "a'b", "é", "a.b", "?", "--", "key"] {
        let quoted = name.replace('`', "``");
        let create =
            format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, `{quoted}` TEXT, account TEXT)");
        store.0.query_drop(create).unwrap();
        let insert = format!(
            "INSERT INTO t (`{quoted}`, account) VALUES ('a', 'acme'), ('A', 'acme'), ('a', 'ACME'), ('a', NULL), \
             ('a', 'acme '), (NULL, 'acme')"
        );
        store.0.query_drop(insert).unwrap();
        for table in [
            SqlTable::new(SqlDialect::MariaDb, "account").unwrap(),
            SqlTable::new(SqlDialect::MariaDb, "account").unwrap().qualified("t").unwrap(),
        ] {
            let fragment = access.sql(TYPE, &table.column("v", name).unwrap()).unwrap();
            assert_eq!(store.ids(&fragment.to_string(), &fragment), [1], "{name}");
        }
    }
    let path = keyward::AttributePath::name("k").unwrap();
    let refused = SqlTable::new(SqlDialect::MariaDb, "account").unwrap().column("v", SqlColumn::json_at("v", path));
    assert!(matches!(refused, Err(SqlError::Inexact { .. })));

    for (of_type, column) in [("VARCHAR(100)", SqlColumn::text("v")), ("BIGINT", SqlColumn::integer("v"))] {
        let create =
            format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v {of_type}, KEY by_v (v))");
        store.0.query_drop(create).unwrap();
        store.0.query_drop("INSERT INTO t (v) SELECT seq FROM seq_1_to_2000").unwrap();
        let fragment = law::access(&["v"], Reads::Any, &["7", "8"]).sql(TYPE, &mapped(column)).unwrap();
        let plan: Vec<Row> =
            store.0.exec(format!("EXPLAIN SELECT id FROM t WHERE {fragment}"), bound(&fragment)).unwrap();
        let rows: Option<u64> = plan[0].get("rows");
        assert!(rows.is_some_and(|rows| rows < 100), "{of_type}: {plan:?}");
    }
}
