//! MariaDB.

use keyward::{
    filter::{Filter, SqlColumn, SqlDialect, SqlError, SqlFragment, SqlTable, SqlValue},
    schema::ValueKind,
};
use mysql::{Conn, Opts, Params, Row, Value as Cell, prelude::Queryable};

use crate::{
    LABELS, Store,
    filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE},
    hold, hold_kinds, hold_unions, server,
};

struct MariaDb(Conn);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Boolean,
    Numeric,
    Json,
}

fn read(kind: Kind, cell: Cell) -> Stored {
    use keyward::json::Json;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Stored::Json(match (kind, cell) {
        (_, Cell::NULL) => Json::Null,
        (Kind::Boolean, Cell::Int(value @ 0..=1)) => Json::Boolean(value == 1),
        (Kind::Boolean, _) => return Stored::Other,
        (_, Cell::Int(value)) => Json::Integer(value.into()),
        (_, Cell::UInt(value)) => Json::Integer(value.into()),
        (Kind::Json, Cell::Bytes(bytes)) => return Stored::document(&text(bytes)),
        (Kind::Plain, Cell::Bytes(bytes)) => Json::Text(text(bytes)),
        // An integer of up to 128 bits where it has no decimals.
        (Kind::Numeric, Cell::Bytes(bytes)) => text(bytes).parse().map_or(Json::Float(0.5), Json::Integer),
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
            (Kind::Plain, SqlColumn::numeric("v")),
            (Kind::Boolean, SqlColumn::boolean("v")),
        ] {
            let rows = store.table(of_type, &texts, kind);
            for accepted in law::accepted(&texts) {
                let access = law::access(&["v"], Reads::Any, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn decimal_numbers() {
    let Some(mut store) = MariaDb::connect("decimals", "") else { return };
    let wide = ["170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "7.0", "7.00"];
    let texts: Vec<String> = law::texts().into_iter().chain(wide.map(String::from)).collect();
    for of_type in ["DECIMAL(10, 0)", "DECIMAL(65, 0)", "DECIMAL(40, 2)", "DECIMAL(10, 0) UNSIGNED"] {
        let rows = store.table(of_type, &texts, Kind::Numeric);
        for accepted in law::accepted(&texts) {
            let access = law::access(&["v"], Reads::Any, &accepted);
            hold(&mut store, of_type, &rows, "v", &access, &mapped(SqlColumn::numeric("v")));
        }
    }
}

#[test]
fn uuids() {
    let Some(mut store) = MariaDb::connect("uuids", "") else { return };
    let texts: Vec<String> = law::uuids().into_iter().chain(["", "a", "1", "a\0"].map(String::from)).collect();
    for (of_type, column) in [
        ("UUID", SqlColumn::uuid("v")),
        ("UUID", SqlColumn::text("v")),
        ("VARCHAR(100)", SqlColumn::uuid("v")),
        ("VARCHAR(100) CHARACTER SET latin1", SqlColumn::text("v")),
    ] {
        let rows = store.table(of_type, &texts, Kind::Plain);
        for accepted in law::accepted(&texts) {
            let access = law::access(&["v"], Reads::Any, &accepted);
            if (of_type, &column) == ("VARCHAR(100)", &SqlColumn::uuid("v")) {
                // Declared wrongly: what passes is a canonical text that is accepted, and no other.
                let fragment = access.sql(TYPE, &mapped(column.clone())).unwrap();
                for id in store.ids(&fragment.to_string(), &fragment) {
                    let (_, stored) = rows.iter().find(|(row, _)| *row == id).unwrap();
                    assert!(law::allowed(&access, ACCOUNT, &[("v", stored)]), "{accepted:?} {stored:?}");
                }
            } else {
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn every_kind_of_values_in_every_kind_of_column() {
    let Some(mut store) = MariaDb::connect("kinds", "") else { return };
    let texts: Vec<String> = law::short().into_iter().chain(law::uuids()).collect();
    let labels = "ENUM('a', 'b', 'eu', 'eu/de', 'eu0', '1', '01', '7', '-5') COLLATE utf8mb4_general_ci";
    for (of_type, column, kind) in [
        ("VARCHAR(100) COLLATE utf8mb4_general_ci", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) COLLATE utf8mb4_unicode_520_ci", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) COLLATE utf8mb4_bin, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) COLLATE utf8mb4_uca1400_ai_ci, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) COLLATE utf8mb4_nopad_bin, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) CHARACTER SET latin1, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) CHARACTER SET latin2 COLLATE latin2_czech_cs, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("VARCHAR(100) CHARACTER SET utf16, KEY (v)", SqlColumn::text("v"), Kind::Plain),
        ("CHAR(100) COLLATE utf8mb4_general_ci", SqlColumn::text("v"), Kind::Plain),
        (labels, SqlColumn::enumeration("v"), Kind::Plain),
        ("UUID", SqlColumn::uuid("v"), Kind::Plain),
        ("TINYINT", SqlColumn::integer("v"), Kind::Plain),
        ("BIGINT, KEY (v)", SqlColumn::integer("v"), Kind::Plain),
        ("BIGINT UNSIGNED, KEY (v)", SqlColumn::integer("v"), Kind::Plain),
        ("BIGINT UNSIGNED", SqlColumn::numeric("v"), Kind::Plain),
        ("DECIMAL(65, 0)", SqlColumn::numeric("v"), Kind::Numeric),
        ("DECIMAL(45, 2)", SqlColumn::numeric("v"), Kind::Numeric),
        ("TINYINT", SqlColumn::boolean("v"), Kind::Boolean),
    ] {
        let rows = store.table(of_type, &texts, kind);
        hold_kinds(&mut store, of_type, &rows, &[Reads::Any], &mapped(column));
    }
}

#[test]
fn every_kind_of_values_in_documents_and_modes() {
    let documents = law::documents().into_iter().filter(|text| text.len() < 100).chain(law::near_documents());
    let documents: Vec<String> = documents.chain(law::NO_JSON.map(String::from)).collect();
    let texts = law::short();
    for (index, mode) in
        ["", ",NO_BACKSLASH_ESCAPES", ",PAD_CHAR_TO_FULL_LENGTH", ",HIGH_NOT_PRECEDENCE,ANSI"].into_iter().enumerate()
    {
        let Some(mut store) = MariaDb::connect(&format!("kinds{index}"), mode) else { return };
        store.0.query_drop("SET SESSION default_regex_flags = 'DOTALL,EXTENDED,MULTILINE'").unwrap();
        let rows = store.table("CHAR(100)", &texts, Kind::Plain);
        hold_kinds(&mut store, mode, &rows, &[Reads::Any], &mapped(SqlColumn::text("v")));
        if mode.len() > 5 && index != 1 {
            continue;
        }
        let rows = store.table("LONGTEXT COLLATE utf8mb4_general_ci", &documents, Kind::Json);
        hold_kinds(&mut store, mode, &rows, &BOTH, &mapped(SqlColumn::json("v")));
    }
}

/// What a wrongly declared column holds is no integer in a range, and none of all the others.
#[test]
fn no_kind_of_values_is_in_a_column_of_another_type() {
    let Some(mut store) = MariaDb::connect("kinds_wrongly", "") else { return };
    for (of_type, stored, column) in [
        ("DOUBLE", "7", SqlColumn::integer("v")),
        ("FLOAT", "7", SqlColumn::numeric("v")),
        ("DECIMAL(5,1)", "7", SqlColumn::integer("v")),
        ("DATE", "20240101", SqlColumn::integer("v")),
        ("TIME", "7", SqlColumn::integer("v")),
        ("VARCHAR(20)", "7", SqlColumn::integer("v")),
        ("VARCHAR(20)", "7a", SqlColumn::numeric("v")),
        ("VARBINARY(20)", "7", SqlColumn::integer("v")),
        ("BLOB", "7", SqlColumn::text("v")),
        ("INT", "7", SqlColumn::text("v")),
        ("INT", "7", SqlColumn::uuid("v")),
        ("BLOB", "7", SqlColumn::json("v")),
    ] {
        let create = format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v {of_type})");
        store.0.query_drop(create).unwrap();
        store.0.exec_drop("INSERT INTO t (v) VALUES (?)", (stored,)).unwrap();
        for wanted in law::wanted() {
            let Some(access) = law::access_to(&["v"], Reads::Any, &wanted) else { continue };
            let fragment = access.sql(TYPE, &mapped(column.clone())).unwrap();
            assert_eq!(store.ids(&fragment.to_string(), &fragment), [0; 0], "{of_type} as {column:?}, {wanted:?}");
        }
    }
}

#[test]
fn ranges_use_an_index() {
    let Some(mut store) = MariaDb::connect("ranges", "") else { return };
    for (of_type, each, column, value) in [
        ("INT", "seq", SqlColumn::integer("v"), "7..9"),
        ("BIGINT UNSIGNED", "seq", SqlColumn::integer("v"), "1990.."),
        ("DECIMAL(30)", "seq", SqlColumn::numeric("v"), "7..9"),
    ] {
        let create = "CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY";
        store.0.query_drop(format!("{create}, v {of_type}, w BIGINT, KEY by_v (v))")).unwrap();
        store.0.query_drop(format!("INSERT INTO t (v) SELECT {each} FROM seq_1_to_2000")).unwrap();
        store.0.query_drop("ANALYZE TABLE t").unwrap();
        let access = law::access_to(&["v"], Reads::Any, &law::Wanted::new(ValueKind::Integer, &[value], &[])).unwrap();
        let fragment = access.sql(TYPE, &mapped(column)).unwrap();
        let plan: Vec<Row> =
            store.0.exec(format!("EXPLAIN SELECT * FROM t WHERE {fragment}"), bound(&fragment)).unwrap();
        let how: Option<String> = plan[0].get("type");
        assert_eq!(how.as_deref(), Some("range"), "{of_type}: {fragment}: {plan:?}");
    }
}

/// A text that is a number is no place in the list of labels.
#[test]
fn labels_of_an_enumeration() {
    let Some(mut store) = MariaDb::connect("labels", "") else { return };
    let texts = law::texts();
    for (collation, distinct) in [("utf8mb4_bin", &LABELS[..]), ("latin1_swedish_ci", &["b", "é", "10", "1", "a,b"])] {
        let labels = distinct.iter().map(|label| format!("'{}'", label.replace('\'', "''")));
        let labels = labels.collect::<Vec<_>>().join(", ");
        let set = collation.split('_').next().unwrap();
        for of_type in ["ENUM", "SET"] {
            let labels = if of_type == "SET" { labels.replace(", 'a,b'", "") } else { labels.clone() };
            for index in ["", ", ADD INDEX (v)"] {
                let of_type = format!("{of_type}({labels}) CHARACTER SET {set} COLLATE {collation}");
                let rows = store.table(&of_type, &texts, Kind::Plain);
                store.0.query_drop(format!("ALTER TABLE t COMMENT 'x'{index}")).unwrap();
                for accepted in law::accepted(&texts) {
                    let access = law::access(&["v"], Reads::Any, &accepted);
                    hold(&mut store, &of_type, &rows, "v", &access, &mapped(SqlColumn::enumeration("v")));
                }
            }
        }
    }
}

/// What the host reads as no text and no integer, as a text that MariaDB would take for a number, or as a number.
#[test]
fn a_column_that_is_declared_wrongly_fails_in_the_probe_and_matches_nothing() {
    let Some(mut store) = MariaDb::connect("wrongly", "") else { return };
    let values =
        ["1", "0", "true", "2024-01-01", "20240101", "1.0", "00:00:01", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"];
    let access = law::access(&["v"], Reads::Any, &values);
    for (of_type, stored, column) in [
        ("DOUBLE", "1", SqlColumn::text("v")),
        ("FLOAT", "1", SqlColumn::text("v")),
        ("INT", "1", SqlColumn::text("v")),
        ("DECIMAL(5,1)", "1", SqlColumn::text("v")),
        ("VARBINARY(20)", "1", SqlColumn::text("v")),
        ("BLOB", "1", SqlColumn::text("v")),
        ("BIT(8)", "1", SqlColumn::text("v")),
        ("DATE", "2024-01-01", SqlColumn::text("v")),
        ("DATETIME", "2024-01-01", SqlColumn::text("v")),
        ("TIME", "00:00:01", SqlColumn::text("v")),
        ("DOUBLE", "1", SqlColumn::enumeration("v")),
        ("DOUBLE", "1", SqlColumn::integer("v")),
        ("FLOAT", "1", SqlColumn::integer("v")),
        ("DECIMAL(5,1)", "1", SqlColumn::integer("v")),
        ("DATE", "20240101", SqlColumn::integer("v")),
        ("TIME", "1", SqlColumn::integer("v")),
        ("VARCHAR(20)", "1", SqlColumn::integer("v")),
        ("VARCHAR(20)", "1a", SqlColumn::integer("v")),
        ("VARBINARY(20)", "1", SqlColumn::integer("v")),
        ("ENUM('a')", "a", SqlColumn::integer("v")),
        ("DOUBLE", "1", SqlColumn::numeric("v")),
        ("VARCHAR(20)", "1", SqlColumn::numeric("v")),
        ("DOUBLE", "1", SqlColumn::boolean("v")),
        ("VARCHAR(20)", "1", SqlColumn::boolean("v")),
        ("VARCHAR(20)", "true", SqlColumn::boolean("v")),
        ("BLOB", "1", SqlColumn::json("v")),
        ("INT", "1", SqlColumn::json("v")),
    ] {
        let create = format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v {of_type})");
        store.0.query_drop(create).unwrap();
        store.0.exec_drop("INSERT INTO t (v) VALUES (?)", (stored,)).unwrap();
        let fragment = access.sql(TYPE, &mapped(column.clone())).unwrap();
        assert_eq!(store.ids(&fragment.to_string(), &fragment), [0; 0], "{of_type} {stored} as {column:?}");
        let refused = store.0.query_drop(mapped(column.clone()).probe("t").unwrap());
        let refused = refused.expect_err(&format!("{of_type} as {column:?}")).to_string();
        assert!(refused.contains("Field 'v' can't be set for JSON_TABLE 'not "), "{of_type} as {column:?}: {refused}");
    }
    for (of_type, column) in [
        ("UUID", SqlColumn::integer("v")),
        ("INT", SqlColumn::uuid("v")),
        ("INET6", SqlColumn::uuid("v")),
        ("VARCHAR(40)", SqlColumn::uuid("v")),
        ("VARBINARY(40)", SqlColumn::uuid("v")),
        ("BINARY(16)", SqlColumn::uuid("v")),
    ] {
        store.0.query_drop(format!("CREATE OR REPLACE TABLE t (v {of_type})")).unwrap();
        assert!(store.0.query_drop(mapped(column.clone()).probe("t").unwrap()).is_err(), "{of_type} as {column:?}");
    }
}

#[test]
fn the_probe_of_a_right_mapping_is_silent_and_a_column_that_is_not_there_is_named() {
    let Some(mut store) = MariaDb::connect("probes", "") else { return };
    let create = "CREATE TABLE t (account UUID, a VARCHAR(9) CHARACTER SET latin1, b UUID, c ENUM('a'), d BIGINT UNSIGNED, \
                  e DECIMAL(9, 2), f TINYINT(1), g JSON, h DECIMAL(9), i MEDIUMTEXT, j YEAR)";
    store.0.query_drop(create).unwrap();
    let table = SqlTable::new(SqlDialect::MariaDb, SqlColumn::uuid("account")).unwrap().qualified("p").unwrap();
    let table = table.alike(["a", "i"], SqlColumn::text).unwrap().alike(["b"], SqlColumn::uuid).unwrap();
    let table = table.alike(["c"], SqlColumn::enumeration).unwrap().alike(["d", "j"], SqlColumn::integer).unwrap();
    let table = table.alike(["e", "h"], SqlColumn::numeric).unwrap().alike(["f"], SqlColumn::boolean).unwrap();
    let table = table.alike(["g"], SqlColumn::json).unwrap().column("z", SqlColumn::absent()).unwrap();
    let probe = table.probe("t AS p").unwrap();
    store.0.query_drop(&probe).unwrap();
    store.0.query_drop("INSERT INTO t (a, g) VALUES ('a', '[1]'), (NULL, NULL)").unwrap();
    store.0.query_drop(&probe).unwrap();
    store.0.exec_drop(&probe, ()).unwrap();
    store.0.query_drop(SqlTable::of_one_account(SqlDialect::MariaDb, ACCOUNT).probe("t").unwrap()).unwrap();

    let missing = table.alike(["site"], SqlColumn::text).unwrap().probe("t AS p").unwrap();
    let refused = store.0.query_drop(missing).unwrap_err().to_string();
    assert!(refused.contains("Unknown column 'p.site'"), "{refused}");
}

#[test]
fn an_account_of_every_kind() {
    let Some(mut store) = MariaDb::connect("accounts", "") else { return };
    let uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    for (of_type, column, own, other) in [
        ("TEXT", SqlColumn::text("account"), "acme", "ACME"),
        ("ENUM('acme', 'emca')", SqlColumn::enumeration("account"), "acme", "emca"),
        ("UUID", SqlColumn::uuid("account"), uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"),
        ("INT", SqlColumn::integer("account"), "7", "8"),
        ("DECIMAL(9, 0)", SqlColumn::numeric("account"), "7", "8"),
    ] {
        store
            .0
            .query_drop(format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, account {of_type})"))
            .unwrap();
        store.0.query_drop(format!("INSERT INTO t (account) VALUES ('{own}'), ('{other}'), (NULL)")).unwrap();
        let table = SqlTable::new(SqlDialect::MariaDb, column).unwrap();
        store.0.query_drop(table.probe("t").unwrap()).unwrap();
        for account in [own, other, "x y", "ACME", "1", "", &own.to_uppercase()] {
            let passing: &[i64] = match account {
                _ if account == own => &[1],
                _ if account == other => &[2],
                _ => &[],
            };
            let fragment = Filter::Everything.sql(account, &table).unwrap();
            assert_eq!(store.ids(&fragment.to_string(), &fragment), passing, "{of_type} {account}");
        }
    }
}

/// MariaDB reads a number of any size, and the host doesn't: these rows can't be told from others.
#[test]
fn a_number_beyond_the_floats_passes_with_what_stands_beside_it() {
    let Some(mut store) = MariaDb::connect("beyond", "") else { return };
    let rows = store.table("JSON", &law::numbers(), Kind::Json);
    let access = law::access(&["v"], Reads::Any, &["a"]);
    let fragment = access.sql(TYPE, &mapped(SqlColumn::json("v"))).unwrap();
    let passing = store.ids(&fragment.to_string(), &fragment);
    let wrong =
        rows.iter().filter(|(id, stored)| passing.contains(id) && !law::allowed(&access, ACCOUNT, &[("v", stored)]));
    assert_eq!(wrong.count(), 3, "1e999, -1e309 and 400 digits");
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
fn keys_that_are_there_twice() {
    for (index, mode) in ["", ",NO_BACKSLASH_ESCAPES", ",ANSI_QUOTES"].into_iter().enumerate() {
        let Some(mut store) = MariaDb::connect(&format!("keys{index}"), mode) else { return };
        let rows = store.table("JSON", &law::keys(), Kind::Json);
        let access = law::access(&["v"], Reads::Any, &["a"]);
        hold(&mut store, mode, &rows, "v", &access, &mapped(SqlColumn::json("v")));
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
fn alternatives_over_two_columns() {
    let Some(mut store) = MariaDb::connect("alternatives", "") else { return };
    let table = mapped(SqlColumn::text("v")).column("w", SqlColumn::json("w")).unwrap();
    for of_type in ["VARCHAR(100) COLLATE utf8mb4_general_ci", "TEXT COLLATE utf8mb4_nopad_bin"] {
        let create = "CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v";
        store.0.query_drop(format!("{create} {of_type}, w JSON)")).unwrap();
        for pair in law::pairs() {
            store.0.exec_drop("INSERT INTO t (v, w) VALUES (?, ?)", pair).unwrap();
        }
        hold_unions(&mut store, of_type, &table);
    }
}

/// As the guide says: the account stands outside, and an index that begins with it is used for the alternatives.
#[test]
fn alternatives_use_an_index() {
    let Some(mut store) = MariaDb::connect("plans", "") else { return };
    let create = "CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, account VARCHAR(100), \
                  v VARCHAR(100), w VARCHAR(100), KEY by_v (account, v), KEY by_w (account, w))";
    store.0.query_drop(create).unwrap();
    let insert = "INSERT INTO t (account, v, w) SELECT IF(seq % 2 = 0, 'acme', 'emca'), CONCAT('v', seq % 97), CONCAT('w', seq % 101) FROM seq_1_to_20000";
    store.0.query_drop(insert).unwrap();
    store.0.query_drop("ANALYZE TABLE t").unwrap();
    let table = SqlTable::new(SqlDialect::MariaDb, "account").unwrap();
    let table = table.alike(["v", "w"], SqlColumn::text).unwrap();
    for access in law::unions(Reads::Any) {
        let fragment = access.sql(TYPE, &table).unwrap();
        let plan: Vec<Row> =
            store.0.exec(format!("EXPLAIN SELECT id FROM t WHERE {fragment}"), bound(&fragment)).unwrap();
        let how: Option<String> = plan[0].get("type");
        assert!(how.is_some_and(|how| how != "ALL" && how != "index"), "{fragment}: {plan:?}");
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
    let path = keyward::attributes::AttributePath::name("k").unwrap();
    let refused = SqlTable::new(SqlDialect::MariaDb, "account").unwrap().column("v", SqlColumn::json_at("v", path));
    assert!(matches!(refused, Err(SqlError::Inexact { .. })));

    let uuids = ["00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000008"];
    for (of_type, column, each, values) in [
        ("VARCHAR(100)", SqlColumn::text("v"), "seq", ["7", "8"]),
        ("BIGINT", SqlColumn::integer("v"), "seq", ["7", "8"]),
        ("DECIMAL(20)", SqlColumn::numeric("v"), "seq", ["7", "8"]),
        ("UUID", SqlColumn::uuid("v"), "LPAD(seq, 32, '0')", uuids),
    ] {
        let create =
            format!("CREATE OR REPLACE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v {of_type}, KEY by_v (v))");
        store.0.query_drop(create).unwrap();
        store.0.query_drop(format!("INSERT INTO t (v) SELECT {each} FROM seq_1_to_2000")).unwrap();
        let fragment = law::access(&["v"], Reads::Any, &values).sql(TYPE, &mapped(column)).unwrap();
        let plan: Vec<Row> =
            store.0.exec(format!("EXPLAIN SELECT id FROM t WHERE {fragment}"), bound(&fragment)).unwrap();
        let rows: Option<u64> = plan[0].get("rows");
        assert!(rows.is_some_and(|rows| rows < 100), "{of_type}: {plan:?}");
    }
}
