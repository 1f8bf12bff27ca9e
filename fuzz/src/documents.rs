//! Documents: read whole or not at all, with the place of what is wrong; and what is read is written the same.

use std::str;

use keyward::{
    Operation, ResourceView, Schema, Timestamp,
    compare::Review,
    document::Directory,
    filter::{Filter, SqlColumn, SqlDialect, SqlTable},
    json::{DocumentError, DocumentProblem, Json},
    store::KeyRecord,
};
use serde_json::{Value, json};

use crate::{
    reference::passes,
    support::{ACCOUNT, json as as_json},
};

/// Any JSON, and a schema.
pub fn schema(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    any_json(text);
    let read = Schema::from_json(text);
    assert_eq!(read.is_ok(), serde_json::from_str::<Schema>(text).is_ok(), "{text}");
    match read {
        Ok(schema) => {
            let written = serde_json::to_string(&schema).unwrap();
            let again = Schema::from_json(&written).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), written);
            for name in schema.condition_names() {
                assert_eq!(schema.value_kind(name), again.value_kind(name));
            }
            for resource in schema.resource_types() {
                let name = schema.type_name(resource);
                let other = again.resource_type(name).unwrap();
                assert!(schema.operations(resource).eq(again.operations(other)), "{name}");
                for condition in schema.condition_names() {
                    assert_eq!(schema.binding(condition, resource), again.binding(condition, other), "{condition}");
                }
            }
        }
        Err(error) => has_a_place(text, &error),
    }
}

fn any_json(text: &str) {
    // Under this one key serde_json itself keeps numbers.
    if text.contains("$serde_json::private::Number") {
        return;
    }
    let plain = serde_json::from_str::<Value>(text);
    match Json::parse(text) {
        Ok(json) => {
            let written = serde_json::to_string(&json).unwrap();
            assert_eq!(Json::parse(&written).unwrap(), json, "{written}");
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), plain.unwrap(), "{written}");
        }
        Err(error) => {
            has_a_place(text, &error);
            let stricter = matches!(error.problem(), DocumentProblem::DuplicateKey | DocumentProblem::TooDeep);
            assert!(plain.is_err() || stricter, "{text}: {error}");
        }
    }
}

fn has_a_place(text: &str, error: &DocumentError) {
    let place = error.position().expect("a place");
    let lines: Vec<&str> = text.split('\n').collect();
    assert!((1..=lines.len()).contains(&place.line), "{text:?}: {error}");
    assert!((1..=lines[place.line - 1].chars().count().max(1) + 1).contains(&place.column), "{text:?}: {error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}

/// A schema with accounts: roles, operators and tokens.
pub fn directory(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let read = Directory::from_json(text);
    assert_eq!(read.is_ok(), serde_json::from_str::<Directory>(text).is_ok(), "{text}");
    let directory = match read {
        Ok(directory) => directory,
        Err(error) => return has_a_place(text, &error),
    };
    let written = serde_json::to_string(&directory).unwrap();
    let again = Directory::from_json(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    assert!(Review::between(&directory, &directory).is_empty());
    assert!(Review::between(&directory, &again).is_empty());
    for (id, actor) in directory.actors() {
        let access = &actor.access;
        assert!(access.is_within(access) && access.same_as(access), "{id}");
        let _ = (access.summary().to_string(), format!("{access:?}"));
        for resource in directory.schema().resource_types() {
            let nothing = ResourceView::new(resource, access.account(), &());
            let allowed = access.decide(Operation::LIST, &nothing).is_allow();
            assert_eq!(access.filter(resource).passes(&()), allowed, "{id}");
            assert!(!allowed || access.permits(Operation::LIST, resource), "{id}");
            let who: Vec<&str> = directory.who_can(Operation::LIST, &nothing).map(|(id, _)| id).collect();
            assert_eq!(who.contains(&id), allowed, "{id}");
            let elsewhere = ResourceView::new(resource, "another account", &());
            assert!(!access.decide(Operation::LIST, &elsewhere).is_allow(), "{id}");
        }
    }
}

/// The record of a key.
pub fn record(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match serde_json::from_str::<KeyRecord>(text) {
        Ok(record) => {
            let written = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<KeyRecord>(&written).unwrap(), record, "{written}");
            for now in [0, 1_000, u64::MAX] {
                let _ = record.standing(Timestamp::from_millis(now));
            }
            assert!(!format!("{record:?}").contains(&record.digest().to_hex()));
        }
        Err(error) => {
            // Nothing of what stands there: it may be a secret in the wrong field.
            let message = error.to_string();
            let value = serde_json::from_str::<Value>(text).unwrap_or_default();
            for found in value.as_object().into_iter().flat_map(|fields| fields.values()).filter_map(Value::as_str) {
                assert!(found.len() < 20 || found.contains(' ') || !message.contains(found), "{message}");
            }
        }
    }
}

/// The first line is a filter, the second a row.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (written, row) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(filter) = serde_json::from_str::<Filter>(written) else { return };
    let json = as_json(&filter);
    assert_eq!(serde_json::from_str::<Filter>(&json.to_string()).unwrap(), filter, "{json}");
    assert!(!filter.to_string().contains('\n'));
    let is_of_context = json.to_string().contains("\"of\":");
    if let Ok(row @ Value::Object(_)) = serde_json::from_str::<Value>(row)
        && !is_of_context
    {
        let wanted = if json == json!("nothing") { false } else { passes(&json, &row) };
        assert_eq!(filter.passes(&row), wanted, "{json}\n{row}");
        let read = Json::parse(&row.to_string()).unwrap();
        assert_eq!(filter.passes(&read), wanted, "{json}\n{row}");
    }
    for dialect in [SqlDialect::Sqlite, SqlDialect::PostgreSql, SqlDialect::MariaDb] {
        let mut table = SqlTable::new(dialect, "account").unwrap();
        let alternatives = json.get("any_of").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![json.clone()]);
        for clause in alternatives.iter().filter_map(|all| all["all_of"].as_array()).flatten() {
            let path: Vec<&str> = match &clause["attribute"] {
                Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
                name => vec![name.as_str().unwrap()],
            };
            let path = keyward::attributes::AttributePath::new(path).unwrap();
            let column = match &clause["values"] {
                Value::String(kind) if kind == "integer" => SqlColumn::integer("the_column"),
                Value::String(kind) if kind == "time" => SqlColumn::timestamp("the_column"),
                _ => SqlColumn::text("the_column"),
            };
            // What can't be mapped together is refused here, and then in the query.
            if let Ok(with) = table.clone().column(path, column) {
                table = with;
            }
        }
        let Ok(fragment) = filter.sql(ACCOUNT, &table) else { continue };
        // Values are parameters: the text is the same for all of them.
        let sql = fragment.to_string();
        let expected =
            |letter: char| letter.is_ascii_alphanumeric() || " ()=?$,_<>|'\"`!*-+.:[]{}\\^%&@~#/;".contains(letter);
        assert!(sql.chars().all(expected), "{sql}");
        // Numbered ones may be there twice.
        let placeholders = match dialect {
            SqlDialect::PostgreSql => (1..).take_while(|number| is_numbered(&sql, *number)).count(),
            _ => sql.matches('?').count(),
        };
        assert_eq!(placeholders, fragment.parameters().len(), "{sql}");
    }
}

fn is_numbered(sql: &str, number: usize) -> bool {
    let name = format!("${number}");
    sql.match_indices(&name).any(|(at, _)| !sql[at + name.len()..].starts_with(|next: char| next.is_ascii_digit()))
}
