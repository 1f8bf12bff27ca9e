//! From a method to an operation: the whole table, and what is not in it.

use keyward::{
    Operation,
    http::{Target, operation},
};

#[test]
fn the_table_is_whole() {
    let table = [
        ("GET", Some(Operation::READ), Some(Operation::LIST)),
        ("HEAD", Some(Operation::READ), Some(Operation::LIST)),
        ("POST", None, Some(Operation::CREATE)),
        ("PUT", Some(Operation::UPDATE), None),
        ("PATCH", Some(Operation::UPDATE), None),
        ("DELETE", Some(Operation::DELETE), None),
    ];
    for (method, item, collection) in table {
        assert_eq!(operation(method, Target::Item), item, "{method} of an item");
        assert_eq!(operation(method, Target::Collection), collection, "{method} of a collection");
    }
}

#[test]
fn any_other_method_asks_for_nothing() {
    let others =
        ["", "get", "Get", "GET ", " GET", "GE", "GETS", "OPTIONS", "TRACE", "CONNECT", "QUERY", "*", "G\u{c9}T"];
    for method in others {
        assert_eq!(operation(method, Target::Item), None, "{method:?}");
        assert_eq!(operation(method, Target::Collection), None, "{method:?}");
    }
}
