//! The law of filters in SQLite.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is not as it says")]

use std::collections::BTreeSet;

use keyward::{
    Access, Condition, Roles, Schema,
    attributes::AttributePath,
    filter::{Filter, ListError, MappingError, SqlColumn, SqlDialect, SqlError, SqlFragment, SqlTable, SqlValue},
    json::Json,
    schema::{Binding, ConditionRule},
};
use proptest::prelude::*;
use rusqlite::{
    Connection, ToSql, params_from_iter,
    types::{ToSqlOutput, Value as Cell},
};

use crate::filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE};

struct Bound<'a>(&'a SqlValue);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self.0 {
            SqlValue::Text(text) => text.to_sql(),
            SqlValue::Integer(integer) => integer.to_sql(),
            SqlValue::Boolean(_) => panic!("SQLite has no booleans"),
        }
    }
}

/// The rows under the condition, and those under its negation.
fn select(connection: &Connection, table: &str, fragment: &SqlFragment) -> (Vec<i64>, Vec<i64>) {
    let ids = |not: &str| {
        let query = format!("SELECT id FROM {table} WHERE {not} {fragment} ORDER BY id");
        let mut statement = connection.prepare(&query).unwrap_or_else(|error| panic!("{error}: {query}"));
        let rows = statement.query_map(params_from_iter(fragment.parameters().iter().map(Bound)), |row| row.get(0));
        rows.unwrap().collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}: {query}"))
    };
    (ids(""), ids("NOT"))
}

/// What the host reads from a column that it knows to be of this kind.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Plain,
    Boolean,
    Json,
}

fn read(kind: Kind, cell: Cell) -> Stored {
    Stored::Json(match (kind, cell) {
        (_, Cell::Null) => Json::Null,
        (Kind::Boolean, Cell::Integer(value @ 0..=1)) => Json::Boolean(value == 1),
        (Kind::Boolean, _) | (_, Cell::Blob(_)) => return Stored::Other,
        (_, Cell::Integer(value)) => Json::Integer(value.into()),
        (_, Cell::Real(value)) => Json::Float(value),
        (Kind::Json, Cell::Text(text)) => return Stored::document(&text),
        (Kind::Plain, Cell::Text(text)) => Json::Text(text),
    })
}

const DECLARED: [&str; 10] =
    ["TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB", "", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", "BOOLEAN", "JSON"];

fn cells(texts: impl IntoIterator<Item = String>) -> Vec<Cell> {
    let others = [
        Cell::Null,
        Cell::Integer(0),
        Cell::Integer(1),
        Cell::Integer(2),
        Cell::Integer(-1),
        Cell::Integer(10),
        Cell::Integer(i64::MAX),
        Cell::Integer(i64::MIN),
        Cell::Integer(9_007_199_254_740_993),
        Cell::Real(0.0),
        Cell::Real(-0.0),
        Cell::Real(1.0),
        Cell::Real(1.5),
        Cell::Real(9_223_372_036_854_775_808.0),
        Cell::Real(f64::INFINITY),
        Cell::Blob(b"a".into()),
        Cell::Blob(b"1".into()),
        Cell::Blob(b"[\"a\"]".into()),
        Cell::Blob(Vec::new()),
    ];
    others.into_iter().chain(texts.into_iter().map(Cell::Text)).collect()
}

/// A table with one column, declared so, and every cell in a row of its own; with what is read of each.
fn table(declared: &str, cells: &[Cell], kind: Kind) -> (Connection, Vec<(i64, Stored)>) {
    table_in("UTF-8", declared, cells, kind)
}

fn table_in(encoding: &str, declared: &str, cells: &[Cell], kind: Kind) -> (Connection, Vec<(i64, Stored)>) {
    let connection = Connection::open_in_memory().unwrap();
    connection.pragma_update(None, "encoding", encoding).unwrap();
    connection.execute(&format!("CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})"), ()).unwrap();
    for cell in cells {
        connection.execute("INSERT INTO t (v) VALUES (?)", [cell]).unwrap();
    }
    let mut statement = connection.prepare("SELECT id, v FROM t ORDER BY id").unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, read(kind, row.get(1)?)))).unwrap();
    let rows = rows.collect::<Result<_, _>>().unwrap();
    drop(statement);
    (connection, rows)
}

fn hold(context: &str, connection: &Connection, rows: &[(i64, Stored)], access: &Access, mapped: &SqlTable) {
    let fragment = access.sql(TYPE, mapped).unwrap();
    let (passing, others) = select(connection, "t", &fragment);
    let (allowed, denied): (Vec<_>, Vec<_>) =
        rows.iter().partition(|(_, stored)| law::allowed(access, ACCOUNT, &[("v", stored)]));
    let ids = |rows: Vec<&(i64, Stored)>| rows.into_iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let differ = |id: &i64| (passing.contains(id), rows.iter().find(|(row, _)| row == id).unwrap());
    let (allowed, denied) = (ids(allowed), ids(denied));
    let wrong: Vec<_> =
        rows.iter().map(|(id, _)| id).filter(|id| passing.contains(id) != allowed.contains(id)).map(differ).collect();
    assert!(wrong.is_empty(), "{context}, {access:.300?}\n{fragment:.500}\nin SQL, row: {wrong:.500?}");
    assert_eq!(others, denied, "{context}: the negation is the rest, of NULL too: {fragment:.500}");
}

fn one_account() -> SqlTable {
    SqlTable::of_one_account(SqlDialect::Sqlite, ACCOUNT)
}

fn plain() -> SqlTable {
    one_account().alike(["v"], SqlColumn::text).unwrap()
}

#[test]
fn every_value_of_every_type_under_every_affinity_and_collation() {
    let texts = law::texts();
    let cells = cells(texts.clone());
    for declared in DECLARED {
        for (kind, column) in [
            (Kind::Plain, SqlColumn::text("v")),
            (Kind::Plain, SqlColumn::integer("v")),
            (Kind::Plain, SqlColumn::numeric("v")),
            (Kind::Plain, SqlColumn::enumeration("v")),
            (Kind::Boolean, SqlColumn::boolean("v")),
        ] {
            let (connection, rows) = table(declared, &cells, kind);
            let mapped = one_account().column("v", column).unwrap();
            for accepted in law::accepted(&texts) {
                let access = law::access(&["v"], Reads::Any, &accepted);
                hold(&format!("{declared} as {kind:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

#[test]
fn every_kind_of_values_under_every_affinity_collation_and_encoding() {
    let cells = cells(law::short());
    for (encoding, declared) in
        DECLARED.map(|declared| ("UTF-8", declared)).into_iter().chain([("UTF-16le", "TEXT"), ("UTF-16be", "TEXT")])
    {
        for (kind, column) in [
            (Kind::Plain, SqlColumn::text("v")),
            (Kind::Plain, SqlColumn::integer("v")),
            (Kind::Boolean, SqlColumn::boolean("v")),
        ] {
            let (connection, rows) = table_in(encoding, declared, &cells, kind);
            let mapped = one_account().column("v", column).unwrap();
            for wanted in law::wanted() {
                let Some(access) = law::access_to(&["v"], Reads::Any, &wanted) else { continue };
                hold(&format!("{encoding}, {declared} as {kind:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

#[test]
fn every_document_under_every_kind_of_values() {
    let documents = law::documents().into_iter().filter(|text| text.len() < 100).chain(law::near_documents());
    let documents: Vec<String> = documents.chain(law::NO_JSON.map(String::from)).collect();
    for (encoding, declared) in [("UTF-8", "TEXT COLLATE NOCASE"), ("UTF-8", "JSON"), ("UTF-16le", "TEXT")] {
        let told_apart = documents.iter().filter(|text| encoding == "UTF-8" || !is_half(text)).cloned();
        let (connection, rows) = table_in(encoding, declared, &cells(told_apart), Kind::Json);
        let mapped = one_account().column("v", SqlColumn::json("v")).unwrap();
        for wanted in law::wanted() {
            for reads in BOTH {
                let Some(access) = law::access_to(&["v"], reads, &wanted) else { continue };
                hold(&format!("{encoding}, {declared}, {reads:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

#[test]
fn as_many_values_as_an_access_may_have() {
    let cells = cells(["p7/q", "p7/q/r", "p7", "9", "11", "8", "\"p7/q/r\"", "[10,\"x\"]"].map(String::from));
    for (kind, column) in [(Kind::Plain, SqlColumn::text("v")), (Kind::Json, SqlColumn::json("v"))] {
        let (connection, rows) = table("TEXT", &cells, kind);
        let mapped = one_account().column("v", column).unwrap();
        for wanted in law::many() {
            for reads in BOTH {
                let access = law::access_to(&["v"], reads, &wanted).unwrap();
                hold(&format!("{kind:?}, {reads:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

/// Whether half a character stands in a document.
fn is_half(text: &str) -> bool {
    ["\\ud8", "\\udc", "\\udf"].iter().any(|half| text.contains(half)) && Json::parse(text).is_err()
}

/// In UTF-16, SQLite says of half a character that it is U+FFFD: these rows can't be told from others.
#[test]
fn a_document_with_half_a_character_in_utf_16_passes_with_what_stands_beside_it() {
    let documents: Vec<String> = law::documents().into_iter().filter(|text| is_half(text)).collect();
    assert_eq!(documents.len(), 4);
    let access = law::access(&["v"], Reads::Any, &["a"]);
    let mapped = one_account().column("v", SqlColumn::json("v")).unwrap();
    for (encoding, passing) in [("UTF-8", 0), ("UTF-16le", 4)] {
        let (connection, _) = table_in(encoding, "TEXT", &cells(documents.clone()), Kind::Json);
        let passed = select(&connection, "t", &access.sql(TYPE, &mapped).unwrap()).0;
        assert_eq!(passed.len(), passing, "{encoding}");
    }
}

/// Whoever may list what has one of these values in `v`, or another in `w`, which is in no row.
fn beside_another(accepted: &[String]) -> Access {
    let rule = |name: &str| {
        let path = AttributePath::name(name).unwrap();
        ConditionRule::new(name).restricts(TYPE, Binding::any(path))
    };
    let schema = Schema::builder().resource(TYPE).condition(rule("v")).condition(rule("w")).build().unwrap();
    let one = accepted.iter().map(|value| Condition::new("v", value).unwrap());
    let other = Condition::new("w", "in no row").unwrap();
    let access = Access::builder(&Roles::new(&schema, ACCOUNT).unwrap()).role("admin").conditions(one).unwrap();
    access.or().role("admin").condition(other).unwrap().build().unwrap()
}

/// The same in alternatives, which have a form of their own: one of these never passes a row.
#[test]
fn every_value_of_every_type_in_alternatives() {
    let texts = law::texts();
    let cells = cells(texts.clone());
    for declared in DECLARED {
        for column in [SqlColumn::text("v"), SqlColumn::boolean("v")] {
            let kind = if column == SqlColumn::boolean("v") { Kind::Boolean } else { Kind::Plain };
            let (connection, rows) = table(declared, &cells, kind);
            let mapped = one_account().column("v", column).unwrap();
            let mapped = mapped.column("w", SqlColumn::text("id")).unwrap();
            for accepted in law::accepted(&texts) {
                let access = beside_another(&accepted);
                hold(&format!("{declared} as {kind:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

#[test]
fn every_document_under_every_match() {
    let texts = law::texts();
    let documents = law::documents().into_iter().chain(law::numbers()).chain(law::NO_JSON.map(String::from));
    let cells = cells(documents);
    for declared in ["TEXT COLLATE NOCASE", "JSON"] {
        let (connection, rows) = table(declared, &cells, Kind::Json);
        let mapped = one_account().column("v", SqlColumn::json("v")).unwrap();
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&format!("{declared}, {reads:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

/// SQLite says of no document how deep it nests: these rows can't be told from others.
#[test]
fn a_document_that_nests_deeper_than_the_reader_goes_passes_with_what_stands_in_its_list() {
    let (connection, rows) = table("TEXT", &cells(law::deep()), Kind::Json);
    let access = law::access(&["v"], Reads::Any, &["a"]);
    let mapped = one_account().column("v", SqlColumn::json("v")).unwrap();
    let (passing, _) = select(&connection, "t", &access.sql(TYPE, &mapped).unwrap());
    let (allowed, denied): (Vec<_>, Vec<_>) =
        rows.iter().partition(|(_, stored)| law::allowed(&access, ACCOUNT, &[("v", stored)]));
    assert!(allowed.iter().all(|(id, _)| passing.contains(id)));
    let wrong = denied.iter().filter(|(id, _)| passing.contains(id)).count();
    assert_eq!(wrong, law::deep().iter().filter(|text| Json::parse(text).is_err()).count());
}

#[test]
fn keys_that_are_there_twice() {
    let (connection, rows) = table("TEXT", &cells(law::keys()), Kind::Json);
    let mapped = one_account().column("v", SqlColumn::json("v")).unwrap();
    hold("keys", &connection, &rows, &law::access(&["v"], Reads::Any, &["a"]), &mapped);
}

#[test]
fn the_probe_of_a_right_mapping_is_silent_and_a_column_that_is_not_there_is_named() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE t (account TEXT, a TEXT, b INTEGER, c, d JSON, key JSON, sites TEXT)")
        .unwrap();
    let table = SqlTable::new(SqlDialect::Sqlite, "account").unwrap().qualified("p").unwrap();
    let table = table.alike(["a"], SqlColumn::text).unwrap().alike(["b"], SqlColumn::integer).unwrap();
    let table = table.alike(["c"], SqlColumn::boolean).unwrap().alike(["d", "key"], SqlColumn::json).unwrap();
    let table = table.column(["d", "k"], SqlColumn::json_at("d", AttributePath::name("k").unwrap())).unwrap();
    let table = table.column("z", SqlColumn::absent()).unwrap();
    connection.execute_batch(&table.probe("t AS p").unwrap()).unwrap();
    connection.execute_batch(&one_account().probe("t").unwrap()).unwrap();
    let accounts = SqlTable::new(SqlDialect::Sqlite, "acount").unwrap().probe("t").unwrap();
    assert!(connection.execute_batch(&accounts).unwrap_err().to_string().contains("no such column: acount"));
    let missing = table.alike(["site"], SqlColumn::text).unwrap().probe("t AS p").unwrap();
    assert!(connection.execute_batch(&missing).unwrap_err().to_string().contains("no such column: p.site"));
    let ambiguous = one_account().alike(["key"], SqlColumn::json).unwrap();
    assert!(matches!(ambiguous.probe("t"), Err(SqlError::Ambiguous { .. })));
}

#[test]
fn every_document_along_a_path() {
    let nested = law::nested().into_iter().filter(|text| text.len() < 200);
    let documents = nested.chain(law::NO_JSON.map(String::from));
    let (connection, rows) = table("TEXT", &cells(documents), Kind::Json);
    let some = ["a", "A", "b", "1", "-0", "18446744073709551615", "true", "é", "", "a\0b", "\"", "{\"l\":\"a\"}"];
    let texts: Vec<String> = some.map(String::from).into();
    for path in [&["k"][..], &["k", "l"], &["k", "l", "l"], &["0"], &["k", "0"]] {
        let attribute: Vec<&str> = ["v"].into_iter().chain(path.iter().copied()).collect();
        let column = SqlColumn::json_at("v", AttributePath::new(path).unwrap());
        let mapped = one_account().column(AttributePath::new(&attribute).unwrap(), column).unwrap();
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&attribute, reads, &accepted);
                hold(&format!("{path:?}, {reads:?}"), &connection, &rows, &access, &mapped);
            }
        }
    }
}

#[test]
fn names_on_a_path_are_only_names() {
    let names = ["a.b", "0", "$", "é", "e\u{301}", "[0]", "it's", "#", "*", "a b", "#-1", "K", "?"];
    let documents = names.map(|name| serde_json::json!({ name: "a" }).to_string());
    let (connection, rows) = table("TEXT", &cells(documents.into_iter().chain(["[\"a\"]".into()])), Kind::Json);
    for name in names {
        let column = SqlColumn::json_at("v", AttributePath::name(name).unwrap());
        let mapped = one_account().column(["v", name], column).unwrap();
        let access = law::access(&["v", name], Reads::Any, &["a"]);
        hold(name, &connection, &rows, &access, &mapped);
    }
    for name in ["a\"b", "a\\b", "a\0b"] {
        let column = SqlColumn::json_at("v", AttributePath::name(name).unwrap());
        assert!(matches!(one_account().column("v", column), Err(SqlError::Path { .. })), "{name:?}");
    }
}

#[test]
fn the_account_is_compared_like_any_text() {
    let (connection, _) = table("TEXT COLLATE NOCASE", &[], Kind::Plain);
    let accounts = [Some("acme"), Some("ACME"), Some("acme "), Some(""), None, Some("emca"), Some("acm\u{e9}")];
    connection.execute("ALTER TABLE t ADD COLUMN account TEXT COLLATE NOCASE", ()).unwrap();
    for account in accounts {
        connection.execute("INSERT INTO t (v, account) VALUES ('a', ?)", [account]).unwrap();
    }
    let access = law::access(&["v"], Reads::Any, &["a"]);
    let mapped = SqlTable::new(SqlDialect::Sqlite, "account").unwrap().alike(["v"], SqlColumn::text).unwrap();
    assert_eq!(select(&connection, "t", &access.sql(TYPE, &mapped).unwrap()).0, [1]);
    let elsewhere = SqlTable::of_one_account(SqlDialect::Sqlite, "emca").alike(["v"], SqlColumn::text).unwrap();
    assert_eq!(select(&connection, "t", &access.sql(TYPE, &elsewhere).unwrap()).0, [0_i64; 0]);
}

#[test]
fn a_column_that_is_not_there_is_an_error_and_never_its_own_name() {
    let (connection, _) = table("TEXT", &[Cell::Text("brand".into())], Kind::Plain);
    let access = law::access(&["brand"], Reads::Any, &["brand"]);
    assert!(matches!(
        access.sql(TYPE, &one_account()),
        Err(ListError::Mapping(SqlError::Mapping(MappingError::Unmapped { .. })))
    ));
    let mapped = one_account().alike(["brand"], SqlColumn::text).unwrap();
    let fragment = access.sql(TYPE, &mapped).unwrap();
    let refused = connection.prepare(&format!("SELECT id FROM t WHERE {fragment}")).unwrap_err();
    assert!(refused.to_string().contains("no such column: brand"), "{refused}");
    // What would happen with double quotes, in a build that has not turned it off.
    let quoted = connection.query_row("SELECT count(*) FROM t WHERE \"brand\" = 'brand'", (), |row| row.get(0));
    assert!(!matches!(quoted, Ok(0_i64)), "SQLite takes it for a string, or refuses it");

    let absent = one_account().column("brand", SqlColumn::absent()).unwrap();
    let fragment = access.sql(TYPE, &absent).unwrap();
    assert_eq!(select(&connection, "t", &fragment), (vec![], vec![1]));
    assert!(!law::allowed(&access, ACCOUNT, &[]));
}

#[test]
fn names_are_quoted() {
    let names = ["select", "a b", "a`b", "a\"b", "a'b", "[a]", "é", "a.b", "?", "true", "--", "value", "key", "rowid2"];
    let connection = Connection::open_in_memory().unwrap();
    let access = law::access(&["v"], Reads::Any, &["a"]);
    for name in names {
        let quoted = name.replace('"', "\"\"");
        let create = format!("CREATE TABLE \"{quoted}\" (id INTEGER PRIMARY KEY, \"{quoted}\" TEXT)");
        connection.execute(&create, ()).unwrap();
        connection.execute(&format!("INSERT INTO \"{quoted}\" VALUES (1, '[\"a\"]'), (2, 'a')"), ()).unwrap();
        let from = format!("\"{quoted}\"");
        let plain = one_account().column("v", name).unwrap();
        assert_eq!(select(&connection, &from, &access.sql(TYPE, &plain).unwrap()).0, [2], "{name}");
        let json = one_account().qualified(name).unwrap().column("v", SqlColumn::json(name)).unwrap();
        assert_eq!(select(&connection, &from, &access.sql(TYPE, &json).unwrap()).0, [1], "{name}");
        let json = one_account().column("v", SqlColumn::json(name)).unwrap();
        match access.sql(TYPE, &json) {
            Ok(fragment) => assert_eq!(select(&connection, &from, &fragment).0, [1], "{name}"),
            Err(error) => {
                assert!(
                    matches!(error, ListError::Mapping(SqlError::Ambiguous { .. })) && ["value", "key"].contains(&name)
                );
            }
        }
    }
    for name in ["", "a\0b", "keyward_e", "KEYWARD_v", &"a".repeat(2000)] {
        assert!(matches!(one_account().column("v", name), Err(SqlError::Name(_))), "{name:.20}");
    }
}

#[test]
fn an_index_is_used() {
    let (connection, _) = table("TEXT", &[], Kind::Plain);
    connection.execute("CREATE INDEX by_v ON t (v)", ()).unwrap();
    for accepted in [&["a", "b"][..], &["1", "a"]] {
        let fragment = law::access(&["v"], Reads::Any, accepted).sql(TYPE, &plain()).unwrap();
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN SELECT id FROM t WHERE {fragment}")).unwrap();
        let parameters = params_from_iter(fragment.parameters().iter().map(Bound));
        let plan = explain.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
        let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
        assert!(plan.iter().any(|step| step.contains("by_v")), "{plan:?}: {fragment}");
    }
}

/// For ranges and for what lies below a path; for ranges in alternatives, too.
#[test]
fn an_index_is_used_for_ranges() {
    let connection = Connection::open_in_memory().unwrap();
    let create = "CREATE TABLE t (id INTEGER PRIMARY KEY, account TEXT, v TEXT, w INTEGER);
                  CREATE INDEX by_v ON t (account, v);
                  CREATE INDEX by_w ON t (account, w);
                  WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
                  INSERT INTO t (account, v, w)
                  SELECT iif(n % 2, 'acme', 'emca'), 'v' || (n % 97) || '/' || n, n % 1001 FROM numbers;
                  ANALYZE;";
    connection.execute_batch(create).unwrap();
    let schema = Schema::from_json(
        r#"{"resources": {"rows": {}}, "conditions": {
            "v": {"values": "path", "restricts": {"rows": "v"}},
            "w": {"values": "integer", "restricts": {"rows": "w"}}
        }}"#,
    )
    .unwrap();
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let mapped = SqlTable::new(SqlDialect::Sqlite, "account").unwrap();
    let mapped = mapped.column("v", "v").unwrap().column("w", SqlColumn::integer("w")).unwrap();
    mapped.check(&schema, TYPE).unwrap();
    for (alternatives, steps) in [
        (&["v:v7"][..], &["by_v (account=? AND v>? AND v<?)"][..]),
        (&["w:3..5"], &["by_w (account=? AND w>? AND w<?)"]),
        (&["w:3..5", "w:7"], &["by_w (account=? AND w>? AND w<?)", "by_w (account=? AND w=?)"]),
        (&["v:v7 v:v8"], &["by_v (account=? AND v>? AND v<?)"]),
    ] {
        let grant = alternatives.iter().map(|of| {
            let conditions = of.split(' ').map(|of| of.split_once(':').unwrap());
            let conditions = conditions.map(|(name, value)| Condition::new(name, value).unwrap());
            keyward::Assignment::new().role("admin").with_conditions(conditions)
        });
        let access = Access::builder(&roles).grant(grant.collect()).build().unwrap();
        let fragment = access.sql(TYPE, &mapped).unwrap();
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN SELECT id FROM t WHERE {fragment}")).unwrap();
        let parameters = params_from_iter(fragment.parameters().iter().map(Bound));
        let plan = explain.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
        let plan = plan.collect::<Result<Vec<_>, _>>().unwrap().join("; ");
        assert!(!plan.contains("SCAN") && steps.iter().all(|step| plan.contains(step)), "{fragment}: {plan}");
    }
}

/// A row's id, its account, and what is read of it in `v` and `w`.
type Pair = (i64, &'static str, [Stored; 2]);

/// A table of two accounts with every pair of the law.
fn pairs() -> (Connection, Vec<Pair>) {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, account TEXT, v TEXT, w TEXT)", ()).unwrap();
    let mut rows = Vec::new();
    for account in [ACCOUNT, "emca"] {
        for (text, document) in law::pairs().into_iter().chain([(Some("a"), Some("[\"a\"")), (Some("1"), Some(""))]) {
            let insert = "INSERT INTO t (account, v, w) VALUES (?, ?, ?)";
            connection.execute(insert, rusqlite::params![account, text, document]).unwrap();
            rows.push((connection.last_insert_rowid(), account, law::pair((text, document))));
        }
    }
    (connection, rows)
}

fn two_columns(dialect: SqlDialect, v: SqlColumn, w: SqlColumn) -> SqlTable {
    SqlTable::new(dialect, "account").unwrap().column("v", v).unwrap().column("w", w).unwrap()
}

#[test]
fn every_row_under_two_and_three_alternatives() {
    let (connection, rows) = pairs();
    let (v, w) = (SqlColumn::text("v"), SqlColumn::json("w"));
    // Also where a column is not there: then nothing is in it.
    for (v, w, read) in [
        (v.clone(), w.clone(), [true, true]),
        (SqlColumn::absent(), w, [false, true]),
        (v, SqlColumn::absent(), [true, false]),
        (SqlColumn::absent(), SqlColumn::absent(), [false, false]),
    ] {
        let mapped = two_columns(SqlDialect::Sqlite, v, w);
        let mut found = 0;
        for access in BOTH.into_iter().flat_map(law::unions) {
            let fragment = access.sql(TYPE, &mapped).unwrap();
            let (passing, others) = select(&connection, "t", &fragment);
            let allowed = rows.iter().filter(|(_, account, stored)| {
                let attributes: Vec<(&str, &Stored)> = ["v", "w"]
                    .into_iter()
                    .zip(stored)
                    .zip(read)
                    .filter_map(|(one, read)| read.then_some(one))
                    .collect();
                law::passes(&access, account, &attributes)
            });
            let allowed: Vec<i64> = allowed.map(|(id, ..)| *id).collect();
            assert_eq!(passing, allowed, "{access:?}\n{fragment}");
            assert_eq!(passing.len() + others.len(), rows.len(), "{fragment}");
            found += passing.len();
        }
        assert_eq!(found > 1000, read != [false, false], "{found}");
    }
}

/// An alternative that no row can pass leaves nothing behind: no text, no parameter, no gap in the numbers.
#[test]
fn an_alternative_that_no_row_passes_is_left_out() {
    let accesses: Vec<Access> = BOTH.into_iter().flat_map(law::unions).collect();
    for dialect in [SqlDialect::PostgreSql, SqlDialect::Sqlite, SqlDialect::MariaDb] {
        for v in [SqlColumn::text("v"), SqlColumn::integer("v"), SqlColumn::boolean("v"), SqlColumn::absent()] {
            for w in [SqlColumn::json("w"), SqlColumn::absent()] {
                let mapped = two_columns(dialect, v.clone(), w);
                for access in &accesses {
                    let fragment = access.sql(TYPE, &mapped).unwrap();
                    let (text, count) = (fragment.to_string(), fragment.parameters().len());
                    if dialect == SqlDialect::PostgreSql {
                        let numbers = text.split('$').skip(1).filter_map(|rest| {
                            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
                        });
                        let numbers: BTreeSet<usize> = numbers.collect();
                        assert!(numbers.iter().copied().eq(1..=count), "{numbers:?} of {count}: {text}");
                    } else {
                        assert_eq!(text.matches('?').count(), count, "{text}");
                    }
                    // What stands alone stands without an `OR` beside it.
                    assert!(text == "(1 = 0)" || !text.contains("(1 = "), "{text}");
                }
            }
        }
    }
}

#[test]
fn of_alternatives_only_the_account_may_remain_or_nothing() {
    let schema = Schema::from_json(
        r#"{"resources": {"rows": {}, "others": {}}, "conditions": {
            "v": {"restricts": {"rows": "v"}},
            "w": {"restricts": {"rows": "w"}},
            "x": {"restricts": {"others": "x"}, "elsewhere": "ignore"},
            "y": {"restricts": {"others": "y"}}
        }}"#,
    )
    .unwrap();
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let access = |conditions: &[&[&str]]| {
        let of = |texts: &[&str]| {
            texts.iter().fold(keyward::Assignment::new().role("admin"), |of, text| of.condition(*text).unwrap())
        };
        let grant = conditions.iter().map(|texts| of(texts)).collect();
        Access::builder(&roles).grant(grant).build().unwrap()
    };
    let mapped = two_columns(SqlDialect::PostgreSql, SqlColumn::integer("v"), SqlColumn::absent());
    let of_account = Filter::Everything.sql(ACCOUNT, &mapped).unwrap();
    assert_eq!(of_account.parameters(), [SqlValue::Text(ACCOUNT.into())]);
    for everything in [&[&["v:1", "w:a"][..], &[]][..], &[&[], &["w:a"]], &[&["v:1"], &["w:1"], &["x:1"]]] {
        let fragment = access(everything).sql(TYPE, &mapped).unwrap();
        assert_eq!((fragment.to_string(), fragment.parameters()), (of_account.to_string(), of_account.parameters()));
    }
    for nothing in [&[&["v:a"][..], &["w:1"]][..], &[&["v:1", "w:1"], &["v:b"]], &[&["v:p1"], &["w:a"], &["v:01"]]] {
        let fragment = access(nothing).sql(TYPE, &mapped).unwrap();
        assert_eq!((&*fragment.to_string(), fragment.parameters().len()), ("(1 = 0)", 0));
    }
    // Where none is bound to the type, it is denied; of those that are bound the others say nothing.
    assert!(matches!(access(&[&["y:1"], &["v:1", "y:2"]]).sql(TYPE, &mapped), Err(ListError::Denied(_))));
    let bound = access(&[&["y:1"], &["v:7"], &["v:1", "y:2"]]).sql(TYPE, &mapped).unwrap();
    // The first and the last have values that no integer is; what is between stands as if it were alone.
    let alone = access(&[&["v:7"]]).sql(TYPE, &mapped).unwrap();
    let between = access(&[&["v:a", "v:b"], &["v:7"], &["w:7"]]).sql(TYPE, &mapped).unwrap();
    for fragment in [bound, between] {
        assert_eq!((fragment.to_string(), fragment.parameters()), (alone.to_string(), alone.parameters()));
    }
}

/// As the guide says: the account stands outside, and an index that begins with it is used for each alternative.
#[test]
fn an_index_is_used_for_each_alternative() {
    let connection = Connection::open_in_memory().unwrap();
    let create = "CREATE TABLE t (id INTEGER PRIMARY KEY, account TEXT, v TEXT, w TEXT);
                  CREATE INDEX by_v ON t (account, v);
                  CREATE INDEX by_w ON t (account, w);
                  WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
                  INSERT INTO t (account, v, w)
                  SELECT iif(n % 2, 'acme', 'emca'), 'v' || (n % 97), 'w' || (n % 101) FROM numbers;
                  ANALYZE;";
    connection.execute_batch(create).unwrap();
    let mapped = two_columns(SqlDialect::Sqlite, SqlColumn::text("v"), SqlColumn::text("w"));
    let mut of_both = 0;
    for access in law::unions(Reads::Any) {
        let filter = access.try_filter(TYPE, ACCOUNT).unwrap().to_string();
        let fragment = access.sql(TYPE, &mapped).unwrap();
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN SELECT id FROM t WHERE {fragment}")).unwrap();
        let parameters = params_from_iter(fragment.parameters().iter().map(Bound));
        let plan = explain.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
        let plan = plan.collect::<Result<Vec<_>, _>>().unwrap().join("; ");
        assert!(!plan.contains("SCAN") && plan.contains("(account=? AND "), "{filter}: {plan}");
        if filter.contains(", or ") {
            assert!(plan.contains("MULTI-INDEX OR"), "{filter}: {plan}");
        }
        if filter.contains("`v` is") && filter.contains("`w` is") && !filter.contains(" and ") {
            let steps = ["by_v (account=? AND v=?)", "by_w (account=? AND w=?)"];
            assert!(steps.iter().all(|step| plan.contains(step)), "{filter}: {plan}");
            of_both += 1;
        }
    }
    assert!(of_both > 5, "{of_both}");
}

#[test]
fn the_whole_can_stand_in_any_condition() {
    let (connection, _) = table("TEXT", &["a", "b", "c"].map(|text| Cell::Text(text.into())), Kind::Plain);
    let fragment = law::access(&["v"], Reads::Any, &["a", "1"]).sql(TYPE, &plain()).unwrap();
    for (query, expected) in [
        (format!("{fragment} OR v = 'b'"), vec![1, 2]),
        (format!("NOT {fragment} AND v = 'b'"), vec![2]),
        (format!("v = 'c' OR {fragment} AND v = 'a'"), vec![1, 3]),
        (format!("{fragment} IS NULL"), vec![]),
    ] {
        let mut statement = connection.prepare(&format!("SELECT id FROM t WHERE {query} ORDER BY id")).unwrap();
        let parameters = params_from_iter(fragment.parameters().iter().map(Bound));
        let ids = statement.query_map(parameters, |row| row.get(0)).unwrap();
        assert_eq!(ids.collect::<Result<Vec<i64>, _>>().unwrap(), expected, "{query}");
    }
}

/// A cell of a random row: mostly something that might pass.
fn cell() -> impl Strategy<Value = Cell> {
    let text = prop_oneof![4 => "[ab1]{0,2}", 1 => any::<String>(), 1 => "true|false|null"];
    prop_oneof![
        1 => Just(Cell::Null),
        2 => (-2_i64..12).prop_map(Cell::Integer),
        1 => any::<f64>().prop_filter("not a number", |value| !value.is_nan()).prop_map(Cell::Real),
        1 => any::<Vec<u8>>().prop_map(Cell::Blob),
        6 => text.prop_map(Cell::Text),
    ]
}

/// A random document: nested, and now and then none.
fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_string()),
        any::<bool>().prop_map(|value| value.to_string()),
        (-2_i64..12).prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| serde_json::to_string(&value).unwrap()),
        "[ab1]{0,2}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        "[\\[\\]{}\",:a1]{0,6}",
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            inner.clone().prop_map(|inner| format!("{{\"k\":{inner}}}")),
            inner.prop_map(|inner| format!("{{\"x\":[1],\"k\":{inner},\"y\":\"k\"}}")),
        ]
    })
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![4 => "[ab1]{0,2}", 1 => any::<String>(), 1 => "true|false|-?[0-9]{1,2}"];
    prop::collection::btree_set(value, 0..4).prop_map(|values| values.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Several conditions at once, over columns of every kind, in a table of several accounts.
    #[test]
    fn random_worlds(
        rows in prop::collection::vec((prop::sample::select(vec![ACCOUNT, "emca", "ACME"]), cell(), document(), document(), document()), 1..20),
        plain in values(), any in values(), all in values(), nested in values(),
    ) {
        let schema = Schema::from_json(
            r#"{"resources": {"rows": {}}, "conditions": {
                "plain": {"restricts": {"rows": "plain"}},
                "any": {"restricts": {"rows": "any"}},
                "all": {"restricts": {"rows": {"attribute": "all", "match": "all"}}},
                "nested": {"restricts": {"rows": ["nested", "k"]}}
            }}"#,
        ).unwrap();
        let conditions = [("plain", plain), ("any", any), ("all", all), ("nested", nested)];
        let conditions = conditions.into_iter().flat_map(|(name, values)| {
            values.into_iter().map(move |value| Condition::new(name, value).unwrap())
        });
        let roles = Roles::new(&schema, ACCOUNT).unwrap();
        let access = Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap();
        let connection = Connection::open_in_memory().unwrap();
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, account TEXT, plain, \"any\" TEXT, \"all\" TEXT, nested TEXT)", ()).unwrap();
        let mut allowed = Vec::new();
        for (id, (account, plain, any, all, nested)) in (1..).zip(&rows) {
            let insert = "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)";
            connection.execute(insert, rusqlite::params![id, account, plain, any, all, nested]).unwrap();
            let [any, all, nested] = [any, all, nested].map(|text| Stored::document(text));
            let plain = read(Kind::Plain, plain.clone());
            let attributes = [("plain", &plain), ("any", &any), ("all", &all), ("nested", &nested)];
            if law::allowed(&access, account, &attributes) {
                allowed.push(id);
            }
        }
        let table = SqlTable::new(SqlDialect::Sqlite, "account").unwrap()
            .alike(["plain"], SqlColumn::text).unwrap()
            .column("any", SqlColumn::json("any")).unwrap()
            .column("all", SqlColumn::json("all")).unwrap()
            .column(["nested", "k"], SqlColumn::json_at("nested", AttributePath::name("k").unwrap())).unwrap();
        let (found, others) = select(&connection, "t", &access.sql(TYPE, &table).unwrap());
        prop_assert_eq!(&found, &allowed);
        prop_assert_eq!(found.iter().chain(&others).count(), rows.len());
    }
}
