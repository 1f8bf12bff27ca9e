//! PostgreSQL.

use keyward::{
    attributes::AttributePath,
    filter::{Filter, SqlColumn, SqlDialect, SqlFragment, SqlTable, SqlValue},
    json::Json,
    schema::ValueKind,
};
use postgres::{Client, NoTls, types::ToSql};

use crate::{
    LABELS, Store,
    filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE},
    hold, hold_kinds, hold_unions, points, server,
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
        let read = if of_type.starts_with("numeric") { numeric } else { Stored::document };
        rows.iter()
            .map(|row| (row.get(0), row.get::<_, Option<String>>(1)))
            .map(|(id, text)| (id, read(text.as_deref().unwrap_or("null"))))
            .collect()
    }

    /// Runs the probe of a table of one column.
    fn probe(&mut self, column: SqlColumn) -> Result<(), String> {
        let probe = mapped(column).probe("t").unwrap();
        let describe = |error: postgres::Error| error.as_db_error().map_or(error.to_string(), ToString::to_string);
        self.0.batch_execute(&probe).map_err(describe)
    }
}

/// A decimal number as a host reads it, or an array of them: an integer of up to 128 bits where it has no decimals.
fn numeric(text: &str) -> Stored {
    let one = |text: &str| match text.parse::<i128>() {
        Ok(integer) => Json::Integer(integer),
        Err(_) if text == "null" => Json::Null,
        Err(_) => Json::Float(0.5),
    };
    Stored::Json(match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some("") => Json::List(Vec::new()),
        Some(elements) if elements.contains('[') => Json::List(vec![Json::List(Vec::new())]),
        Some(elements) => Json::List(elements.split(',').map(one).collect()),
        None => one(text),
    })
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

#[test]
fn uuids() {
    let Some(mut store) = PostgreSql::connect("uuids") else { return };
    let texts: Vec<String> = law::uuids().into_iter().chain(["", "a", "1", "a\0"].map(String::from)).collect();
    for accepted in law::accepted(&texts) {
        for (of_type, column, stored) in [
            ("uuid", SqlColumn::uuid("v"), texts.clone()),
            ("text", SqlColumn::text("v"), texts.clone()),
            ("uuid[]", SqlColumn::uuid_array("v"), arrays(&texts)),
        ] {
            let rows = store.table(of_type, &stored);
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn labels_of_an_enumeration() {
    let Some(mut store) = PostgreSql::connect("labels") else { return };
    let labels = LABELS.map(|label| format!("'{}'", label.replace('\'', "''"))).join(", ");
    store.0.batch_execute(&format!("CREATE TYPE label AS ENUM ({labels})")).unwrap();
    let texts = law::texts();
    let short: Vec<String> = texts.iter().filter(|text| text.len() < 100).cloned().collect();
    for (of_type, column, stored) in [
        ("label", SqlColumn::enumeration("v"), short.clone()),
        ("label[]", SqlColumn::enumeration_array("v"), arrays(&short)),
    ] {
        let rows = store.table(of_type, &stored);
        assert!(rows.len() > LABELS.len());
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn decimal_numbers() {
    let Some(mut store) = PostgreSql::connect("decimals") else { return };
    let wide = ["170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "7.0", "7.00"];
    let texts: Vec<String> = law::texts().into_iter().chain(wide.map(String::from)).collect();
    let short: Vec<String> = texts.iter().filter(|text| text.len() < 100).cloned().collect();
    for (of_type, column, stored) in [
        ("numeric", SqlColumn::numeric("v"), texts.clone()),
        ("numeric(40, 0)", SqlColumn::numeric("v"), texts.clone()),
        ("numeric(40, 2)", SqlColumn::numeric("v"), texts.clone()),
        ("numeric[]", SqlColumn::numeric_array("v"), arrays(&short)),
    ] {
        let rows = store.table(of_type, &stored);
        for accepted in law::accepted(&texts) {
            for reads in BOTH {
                let access = law::access(&["v"], reads, &accepted);
                hold(&mut store, of_type, &rows, "v", &access, &mapped(column.clone()));
            }
        }
    }
}

#[test]
fn every_kind_of_values_in_every_kind_of_column() {
    let Some(mut store) = PostgreSql::connect("kinds") else { return };
    store
        .0
        .batch_execute("CREATE TYPE label AS ENUM ('a', 'A', 'eu', 'eu/de', 'eu0', 'é', '1', '01', '7', '-5')")
        .unwrap();
    let texts: Vec<String> = law::short().into_iter().chain(law::uuids()).collect();
    for (of_type, column) in [
        ("text", SqlColumn::text("v")),
        ("text COLLATE loose", SqlColumn::text("v")),
        ("varchar(100) COLLATE \"C\"", SqlColumn::text("v")),
        ("uuid", SqlColumn::uuid("v")),
        ("label", SqlColumn::enumeration("v")),
        ("smallint", SqlColumn::integer("v")),
        ("bigint", SqlColumn::integer("v")),
        ("numeric", SqlColumn::numeric("v")),
        ("numeric(40, 0)", SqlColumn::numeric("v")),
        ("numeric(45, 2)", SqlColumn::numeric("v")),
        ("boolean", SqlColumn::boolean("v")),
    ] {
        let rows = store.table(of_type, &texts);
        hold_kinds(&mut store, of_type, &rows, &[Reads::Any], &mapped(column));
    }
    let some: Vec<String> = texts.into_iter().step_by(3).chain(["7", "-5", "eu/de/x"].map(String::from)).collect();
    for (of_type, column) in [
        ("text[] COLLATE loose", SqlColumn::text_array("v")),
        ("uuid[]", SqlColumn::uuid_array("v")),
        ("label[]", SqlColumn::enumeration_array("v")),
        ("bigint[]", SqlColumn::integer_array("v")),
        ("numeric[]", SqlColumn::numeric_array("v")),
        ("boolean[]", SqlColumn::boolean_array("v")),
    ] {
        let rows = store.table(of_type, &arrays(&some));
        hold_kinds(&mut store, of_type, &rows, &BOTH, &mapped(column));
    }
}

#[test]
fn every_kind_of_values_in_documents() {
    let Some(mut store) = PostgreSql::connect("kinds_in_documents") else { return };
    let documents = law::documents().into_iter().filter(|text| text.len() < 100).chain(law::near_documents());
    let rows = store.table("jsonb", &documents.collect::<Vec<_>>());
    hold_kinds(&mut store, "jsonb", &rows, &BOTH, &mapped(SqlColumn::json("v")));
}

#[test]
fn a_padded_text_is_neither_in_a_path_nor_among_the_others() {
    let Some(mut store) = PostgreSql::connect("padded_kinds") else { return };
    let rows = store.table("char(4)", &["a", "a/b", "abcd", "a/bc", "", "7", "1234", "-123"].map(String::from));
    for wanted in law::wanted() {
        let Some(access) = law::access_to(&["v"], Reads::Any, &wanted) else { continue };
        let fragment = access.sql(TYPE, &mapped(SqlColumn::text("v"))).unwrap();
        for id in store.ids(&fragment.to_string(), &fragment) {
            let (_, stored) = rows.iter().find(|(row, _)| *row == id).unwrap();
            assert!(law::allowed(&access, ACCOUNT, &[("v", stored)]), "{wanted:?} {stored:?}");
        }
    }
}

#[test]
fn addresses() {
    let Some(mut store) = PostgreSql::connect("addresses") else { return };
    let rows = store.table("inet", &points::ADDRESSES.map(String::from));
    for wanted in points::wanted_of(ValueKind::Network, &points::NETWORKS) {
        let Some(access) = law::access_to(&["v"], Reads::Any, &wanted) else { continue };
        hold(&mut store, "inet", &rows, "v", &access, &mapped(SqlColumn::inet("v")));
    }
}

/// As a host reads it, whatever the session's time zone and style of dates are.
#[test]
fn times() {
    let Some(mut store) = PostgreSql::connect("times") else { return };
    store.0.batch_execute("CREATE TABLE t (id bigserial PRIMARY KEY, v timestamptz)").unwrap();
    for time in points::TIMES {
        store.0.execute("INSERT INTO t (v) VALUES ($1::text::timestamptz)", &[&time]).unwrap();
    }
    store.0.batch_execute("INSERT INTO t (v) VALUES (NULL)").unwrap();
    let read = "SELECT id, CASE WHEN v IS NULL THEN 'null' WHEN NOT isfinite(v) THEN v::text ELSE \
                to_char(v AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\" BC') END FROM t ORDER BY id";
    let read = store.0.query(read, &[]).unwrap();
    let rows: Vec<(i64, Stored)> = read.iter().map(|row| (row.get(0), time(row.get(1)))).collect();
    for setting in ["SET timezone TO 'UTC'", "SET timezone TO 'Asia/Kolkata'; SET datestyle TO 'German, DMY'"] {
        store.0.batch_execute(setting).unwrap();
        for wanted in points::wanted_of(ValueKind::Time, &points::PERIODS) {
            let Some(access) = law::access_to(&["v"], Reads::Any, &wanted) else { continue };
            hold(&mut store, setting, &rows, "v", &access, &mapped(SqlColumn::timestamp("v")));
        }
    }
}

/// A time as a host reads it: PostgreSQL calls the year 0 1 BC.
fn time(text: &str) -> Stored {
    Stored::Json(
        match (text.strip_suffix(" AD"), text.strip_prefix("0001-").and_then(|rest| rest.strip_suffix(" BC"))) {
            _ if text == "null" => Json::Null,
            (Some(time), _) => Json::Text(time.into()),
            (_, Some(rest)) => Json::Text(format!("0000-{rest}")),
            _ => Json::Text(text.into()),
        },
    )
}

#[test]
fn an_account_of_every_kind() {
    let Some(mut store) = PostgreSql::connect("accounts") else { return };
    store.0.batch_execute("CREATE TYPE label AS ENUM ('acme', 'emca')").unwrap();
    let uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    for (of_type, column, own, other) in [
        ("text", SqlColumn::text("account"), "acme", "ACME"),
        ("label", SqlColumn::enumeration("account"), "acme", "emca"),
        ("uuid", SqlColumn::uuid("account"), uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"),
        ("integer", SqlColumn::integer("account"), "7", "8"),
        ("numeric", SqlColumn::numeric("account"), "7", "7.0"),
    ] {
        let create = format!(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial, account {of_type}); \
             INSERT INTO t (account) VALUES ('{own}'), ('{other}'), (NULL)"
        );
        store.0.batch_execute(&create).unwrap();
        let table = SqlTable::new(SqlDialect::PostgreSql, column).unwrap();
        store.0.batch_execute(&table.probe("t").unwrap()).unwrap();
        // Some are no value of the column's type.
        for account in [own, other, "x y", "ACME", "1", "", &own.to_uppercase()] {
            let fragment = Filter::Everything.sql(account, &table).unwrap();
            let passing: &[i64] = match account {
                _ if account == own => &[1],
                // As a number it has decimals, or it is that of the first.
                "7.0" => &[],
                _ if account == other => &[2],
                _ => &[],
            };
            assert_eq!(store.ids(&fragment.to_string(), &fragment), passing, "{of_type} {account}");
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
    let rows = store.table("jsonb", &[law::documents(), law::numbers(), law::deep(), law::keys()].concat());
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
    store.0.batch_execute("CREATE TYPE label AS ENUM ('a')").unwrap();
    let uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    let access = law::access(&["v"], Reads::Any, &["1", "true", uuid]);
    let [of_networks, of_times] = [(ValueKind::Network, "::/0"), (ValueKind::Time, "2026-01-01T00:00:00Z..")]
        .map(|(kind, value)| law::access_to(&["v"], Reads::Any, &law::Wanted::new(kind, &[value], &[])).unwrap());
    for (of_type, column) in [
        ("double precision", SqlColumn::text("v")),
        ("integer", SqlColumn::text("v")),
        ("bytea", SqlColumn::text("v")),
        ("uuid", SqlColumn::text("v")),
        ("label", SqlColumn::text("v")),
        ("numeric", SqlColumn::text("v")),
        ("text", SqlColumn::uuid("v")),
        ("bytea", SqlColumn::uuid("v")),
        ("label", SqlColumn::uuid("v")),
        ("text", SqlColumn::enumeration("v")),
        ("uuid", SqlColumn::enumeration("v")),
        ("integer", SqlColumn::enumeration("v")),
        ("text", SqlColumn::integer("v")),
        ("numeric", SqlColumn::integer("v")),
        ("real", SqlColumn::integer("v")),
        ("double precision", SqlColumn::integer("v")),
        ("text", SqlColumn::numeric("v")),
        ("double precision", SqlColumn::numeric("v")),
        ("real", SqlColumn::numeric("v")),
        ("money", SqlColumn::numeric("v")),
        ("numeric[]", SqlColumn::integer_array("v")),
        ("real[]", SqlColumn::numeric_array("v")),
        ("text", SqlColumn::boolean("v")),
        ("integer", SqlColumn::boolean("v")),
        ("text", SqlColumn::text_array("v")),
        ("integer[]", SqlColumn::text_array("v")),
        ("uuid[]", SqlColumn::text_array("v")),
        ("text[]", SqlColumn::uuid_array("v")),
        ("text[]", SqlColumn::enumeration_array("v")),
        ("uuid", SqlColumn::uuid_array("v")),
        ("text", SqlColumn::json("v")),
        // Each of these would be converted to the other type.
        ("cidr", SqlColumn::inet("v")),
        ("text", SqlColumn::inet("v")),
        ("timestamp", SqlColumn::timestamp("v")),
        ("date", SqlColumn::timestamp("v")),
        ("text", SqlColumn::timestamp("v")),
        // It keeps a key that is there twice.
        ("json", SqlColumn::json("v")),
    ] {
        store.0.batch_execute(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {of_type})")).unwrap();
        let of_kind = [&access, &of_networks, &of_times].map(|access| access.sql(TYPE, &mapped(column.clone())));
        let fragment = of_kind.into_iter().flatten().next().unwrap();
        assert!(store.0.prepare(&format!("SELECT v FROM t WHERE {fragment}")).is_err(), "{of_type} as {column:?}");
        assert!(store.probe(column.clone()).is_err(), "{of_type} as {column:?}: the probe");
    }
}

#[test]
fn the_probe_of_a_right_mapping_is_silent_and_a_column_that_is_not_there_is_named() {
    let Some(mut store) = PostgreSql::connect("probes") else { return };
    let create = "CREATE TYPE label AS ENUM ('a'); CREATE TABLE t (account uuid, a text, b uuid, c label, d smallint, \
                  e numeric, f boolean, g text[], h jsonb, i uuid[], j inet, k timestamptz)";
    store.0.batch_execute(create).unwrap();
    let table = SqlTable::new(SqlDialect::PostgreSql, SqlColumn::uuid("account")).unwrap().qualified("p").unwrap();
    let table = table.alike(["a"], SqlColumn::text).unwrap().alike(["b"], SqlColumn::uuid).unwrap();
    let table = table.alike(["c"], SqlColumn::enumeration).unwrap().alike(["d"], SqlColumn::integer).unwrap();
    let table = table.alike(["e"], SqlColumn::numeric).unwrap().alike(["f"], SqlColumn::boolean).unwrap();
    let table = table.alike(["g"], SqlColumn::text_array).unwrap().alike(["h"], SqlColumn::json).unwrap();
    let table = table.alike(["i"], SqlColumn::uuid_array).unwrap();
    let table = table.alike(["j"], SqlColumn::inet).unwrap().alike(["k"], SqlColumn::timestamp).unwrap();
    let table = table.column(["h", "k"], SqlColumn::json_at("h", AttributePath::name("k").unwrap())).unwrap();
    let table = table.column("z", SqlColumn::absent()).unwrap();
    store.0.batch_execute(&table.probe("t AS p").unwrap()).unwrap();
    let one = SqlTable::of_one_account(SqlDialect::PostgreSql, ACCOUNT);
    store.0.batch_execute(&one.probe("t").unwrap()).unwrap();

    let missing = table.alike(["site"], SqlColumn::text).unwrap().probe("t AS p").unwrap();
    let refused = store.0.batch_execute(&missing).unwrap_err();
    assert!(refused.as_db_error().unwrap().message().contains("column p.site does not exist"), "{refused:?}");
}

#[test]
fn alternatives_over_two_columns() {
    let Some(mut store) = PostgreSql::connect("alternatives") else { return };
    let table = mapped(SqlColumn::text("v")).column("w", SqlColumn::json("w")).unwrap();
    for of_type in ["text", "text COLLATE loose"] {
        let create = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial PRIMARY KEY, v {of_type}, w jsonb)");
        store.0.batch_execute(&create).unwrap();
        let insert = store.0.prepare("INSERT INTO t (v, w) VALUES ($1, $2::text::jsonb)").unwrap();
        for (text, document) in law::pairs() {
            store.0.execute(&insert, &[&text, &document]).unwrap();
        }
        hold_unions(&mut store, of_type, &table);
    }
}

/// As the guide says: the account stands outside, and an index that begins with it is used for each alternative.
#[test]
fn each_alternative_uses_an_index_of_its_own() {
    let Some(mut store) = PostgreSql::connect("plans") else { return };
    let create = "CREATE TABLE t (id bigserial PRIMARY KEY, account text, v text, w text); \
                  CREATE INDEX by_v ON t (account, v); CREATE INDEX by_w ON t (account, w); \
                  INSERT INTO t (account, v, w) SELECT CASE g % 2 WHEN 0 THEN 'acme' ELSE 'emca' END, 'v' || g % 97, 'w' || g % 101 \
                  FROM generate_series(1, 20000) g; ANALYZE t";
    store.0.batch_execute(create).unwrap();
    let table = SqlTable::new(SqlDialect::PostgreSql, "account").unwrap();
    let table = table.alike(["v", "w"], SqlColumn::text).unwrap();
    let mut of_both = 0;
    for access in law::unions(Reads::Any) {
        let filter = access.try_filter(TYPE, ACCOUNT).unwrap().to_string();
        if !filter.contains(", or ") || filter.contains(" and ") {
            continue;
        }
        let fragment = access.sql(TYPE, &table).unwrap();
        let values = fragment.parameters().iter().enumerate().rev();
        let text = values.fold(fragment.to_string(), |text, (place, value)| {
            let SqlValue::Text(value) = value else { panic!("{value:?}") };
            text.replace(&format!("${}::", place + 1), &format!("'{value}'::"))
        });
        let plan = store.0.query(&format!("EXPLAIN SELECT id FROM t WHERE {text}"), &[]).unwrap();
        let plan = plan.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n");
        assert!(!plan.contains("Seq Scan") && plan.contains("Index Cond"), "{filter}: {plan}");
        if filter.contains("`v` is") && filter.contains("`w` is") {
            let steps = ["BitmapOr", "on by_v", "on by_w"];
            assert!(steps.iter().all(|step| plan.contains(step)), "{filter}: {plan}");
            of_both += 1;
        }
    }
    assert!(of_both > 5, "{of_both}");
}

#[test]
fn ranges_use_an_index() {
    let Some(mut store) = PostgreSql::connect("ranges") else { return };
    use ValueKind::{Integer, Network, Path, Time};
    for (of_type, each, column, kind, value) in [
        ("text COLLATE \"C\"", "'p' || g || '/x'", SqlColumn::text("v"), Path, "p7"),
        ("bigint", "g", SqlColumn::integer("v"), Integer, "7..9"),
        ("numeric", "g", SqlColumn::numeric("v"), Integer, "7..9"),
        ("inet", "'10.0.0.0'::inet + g", SqlColumn::inet("v"), Network, "10.0.0.8/30"),
        (
            "timestamptz",
            "'2026-01-01T00:00:00Z'::timestamptz + g * interval '1 hour'",
            SqlColumn::timestamp("v"),
            Time,
            "2026-01-02T00:00:00Z..2026-01-03T00:00:00Z",
        ),
    ] {
        let create = format!(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial, v {of_type}); CREATE INDEX by_v ON t (v); \
             INSERT INTO t (v) SELECT {each} FROM generate_series(1, 2000) g; ANALYZE t"
        );
        store.0.batch_execute(&create).unwrap();
        let access = law::access_to(&["v"], Reads::Any, &law::Wanted::new(kind, &[value], &[])).unwrap();
        let fragment = access.sql(TYPE, &mapped(column)).unwrap();
        let parameters = fragment.parameters().iter().enumerate().rev();
        let text = parameters.fold(fragment.to_string(), |text, (place, value)| {
            let value = match value {
                SqlValue::Text(text) => text.clone(),
                SqlValue::Integer(integer) => integer.to_string(),
                SqlValue::Boolean(boolean) => boolean.to_string(),
            };
            text.replace(&format!("${}::", place + 1), &format!("'{value}'::"))
        });
        let plan = store.0.query(&format!("EXPLAIN SELECT id FROM t WHERE {text}"), &[]).unwrap();
        let plan = plan.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n");
        assert!(plan.contains("by_v") && !plan.contains("Seq Scan"), "{of_type}: {plan}");
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

    for (of_type, column, values) in [
        ("text", SqlColumn::text("v"), ["7", "8"]),
        ("text COLLATE loose", SqlColumn::text("v"), ["7", "8"]),
        ("bigint", SqlColumn::integer("v"), ["7", "8"]),
        ("numeric", SqlColumn::numeric("v"), ["7", "8"]),
        (
            "uuid",
            SqlColumn::uuid("v"),
            ["00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000008"],
        ),
    ] {
        let name = of_type.split(' ').next().unwrap();
        let each = if name == "uuid" { "lpad(g::text, 32, '0')" } else { "g::text" };
        let rest = format!("INSERT INTO t (v) SELECT {each}::{name} FROM generate_series(1, 2000) g; ANALYZE t");
        let create = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigserial, v {of_type});");
        store.0.batch_execute(&format!("{create} CREATE INDEX by_v ON t (v); {rest}")).unwrap();
        let fragment = law::access(&["v"], Reads::Any, &values).sql(TYPE, &mapped(column)).unwrap();
        let [first, second] = values.map(|value| format!("'{value}'"));
        let text = fragment.to_string().replace("$1", &first).replace("$2", &second);
        let plan = store.0.query(&format!("EXPLAIN SELECT id FROM t WHERE {text}"), &[]).unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains("by_v")), "{of_type}: {plan:?}");
    }
}
