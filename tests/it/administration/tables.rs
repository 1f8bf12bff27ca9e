//! The table definitions that hosts create their tables from.

use keyward::administration::tables;
use rusqlite::Connection;

#[test]
fn sqlite_takes_its_definitions_and_has_each_documented_column() {
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch(tables::SQLITE).unwrap();
    for columns in [
        "SELECT id, version, roles FROM accounts",
        "SELECT id, version, account, record FROM keys",
        "SELECT number, account, record FROM audit",
    ] {
        database.prepare(columns).unwrap();
    }
    // An id is compared byte for byte, and there is one record of it.
    let insert = "INSERT INTO keys (id, version, account, record) VALUES (?1, 1, 'acme', '{}')";
    database.execute("INSERT INTO accounts (id, version, roles) VALUES ('acme', 1, '[]')", []).unwrap();
    for (id, fits) in [("aB", true), ("Ab", true), ("aB", false)] {
        assert_eq!(database.execute(insert, [id]).is_ok(), fits, "{id}");
    }
}
