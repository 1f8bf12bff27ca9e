//! A staff of six over twenty records: each sees their own and their department's, managers see all; each edits their own,
//! managers their department's; each deletes their own. Every request and every list, against a table that is computed
//! without the library.

use keyward::{
    Access, ResourceView,
    document::Directory,
    filter::{SqlColumn, SqlDialect, SqlTable, SqlValue},
};

/// The documents that the `decide` example reads, too.
const STAFF: &str = include_str!("../../examples/decide/staff.json");

struct Person {
    name: &'static str,
    department: &'static str,
    manages: bool,
}

const PEOPLE: [Person; 6] = [
    Person { name: "alice", department: "sales", manages: false },
    Person { name: "bob", department: "sales", manages: true },
    Person { name: "carol", department: "support", manages: false },
    Person { name: "dave", department: "support", manages: true },
    Person { name: "erin", department: "engineering", manages: false },
    Person { name: "frank", department: "engineering", manages: true },
];

type Record = [(&'static str, &'static str); 2];

/// Each person's, in three departments, and two of people who are gone.
fn records() -> Vec<Record> {
    let departments = ["sales", "support", "engineering"];
    let of_staff = PEOPLE.iter().flat_map(|person| departments.map(|department| (person.name, department)));
    let records = of_staff.chain([("gone", "sales"), ("gone", "archive")]);
    records.map(|(owner, department)| [("department", department), ("owner", owner)]).collect()
}

/// What is to be, as the first lines of this file say it.
fn may(person: &Person, operation: &str, [(_, department), (_, owner)]: &Record) -> bool {
    let (own, of_department) = (*owner == person.name, *department == person.department);
    match operation {
        "read" => own || of_department || person.manages,
        "update" => own || (of_department && person.manages),
        "delete" => own,
        other => panic!("{other}"),
    }
}

fn may_do(access: &Access, operation: &str, record: &Record) -> bool {
    let record = ResourceView::new("records", "acme", record);
    match operation {
        "update" => access.decide_update(&record, &record).is_allow(),
        operation => access.decide(operation, &record).is_allow(),
    }
}

#[test]
fn every_request_and_every_list_is_as_the_table_says() {
    let directory = Directory::from_json(STAFF).unwrap();
    let records = records();
    assert_eq!(records.len(), 20);

    let database = rusqlite::Connection::open_in_memory().unwrap();
    database.execute("CREATE TABLE records (number, account, department, owner)", []).unwrap();
    for (number, [(_, department), (_, owner)]) in (0_i64..).zip(&records) {
        let insert = "INSERT INTO records VALUES (?, 'acme', ?, ?)";
        database.execute(insert, rusqlite::params![number, department, owner]).unwrap();
    }
    let columns = ["department", "owner"];
    let table = SqlTable::new(SqlDialect::Sqlite, "account").unwrap().alike(columns, SqlColumn::text).unwrap();
    table.check(directory.schema(), "records").unwrap();

    for person in &PEOPLE {
        let access = &directory.actor(person.name).unwrap().access;
        for operation in ["read", "update", "delete"] {
            let wanted: Vec<usize> = (0..20).filter(|number| may(person, operation, &records[*number])).collect();
            let decided: Vec<usize> = (0..20).filter(|number| may_do(access, operation, &records[*number])).collect();
            assert_eq!(decided, wanted, "{} {operation}", person.name);

            let filter = access.try_filter_of(operation, "records", "acme").unwrap();
            let passing: Vec<usize> = (0..20).filter(|number| filter.passes(&records[*number])).collect();
            assert_eq!(passing, wanted, "{} {operation}: {filter}", person.name);

            let fragment = access.sql_of(operation, "records", &table).unwrap();
            let query = format!("SELECT number FROM records WHERE {fragment} ORDER BY number");
            let texts = fragment.parameters().iter().map(|value| match value {
                SqlValue::Text(text) => text.clone(),
                other => panic!("{other:?}"),
            });
            let mut query = database.prepare(&query).unwrap();
            let rows = query.query_map(rusqlite::params_from_iter(texts), |row| row.get::<_, i64>(0)).unwrap();
            let listed: Vec<usize> = rows.map(|number| usize::try_from(number.unwrap()).unwrap()).collect();
            assert_eq!(listed, wanted, "{} {operation}", person.name);
        }
    }
}

/// What a manager may edit, in SQL: one statement, two alternatives.
#[test]
fn the_list_of_what_one_may_edit_has_an_alternative_for_each_assignment() {
    let directory = Directory::from_json(STAFF).unwrap();
    let bob = &directory.actor("bob").unwrap().access;
    let filter = bob.try_filter_of("update", "records", "acme").unwrap();
    assert_eq!(filter.to_string(), "`department` is `sales`, or `owner` is `bob`");
    assert_eq!(bob.try_filter_of("read", "records", "acme").unwrap().to_string(), "everything");
    assert_eq!(bob.try_filter_of("delete", "records", "acme").unwrap().to_string(), "`owner` is `bob`");
    let table =
        SqlTable::of_one_account(SqlDialect::PostgreSql, "acme").alike(["department", "owner"], SqlColumn::text);
    assert_eq!(
        bob.sql_of("update", "records", &table.unwrap()).unwrap().to_string(),
        concat!(
            r#"(("department" IS NOT NULL AND "department" IN ($1::text) AND "department" COLLATE "C" IN ($1::text)"#,
            r#" AND octet_length("department") = octet_length("department"::text))"#,
            r#" OR ("owner" IS NOT NULL AND "owner" IN ($2::text) AND "owner" COLLATE "C" IN ($2::text)"#,
            r#" AND octet_length("owner") = octet_length("owner"::text)))"#,
        ),
    );
    assert_eq!(
        bob.summary().to_string(),
        "in the account `acme`:\n\
         - `records`: read and list\n\
         - `records`: update, where `department` is `sales`, or `owner` is `bob`\n\
         - `records`: delete, where `owner` is `bob`",
    );
}
