//! The filter as a value: JSON both ways, words, and the two questions.

use keyward::{
    Access, Condition, Forbidden, Operation, ResourceView, Roles, Schema,
    decision::Selection,
    document::Directory,
    filter::{
        Clause, Clauses, Filter, ListError, MongoCollection, MongoError, MongoField, SqlColumn, SqlDialect, SqlError,
        SqlFragment, SqlTable, SqlValue,
    },
    schema::Match,
    summary::{Summary, TypeSummary},
};
use proptest::prelude::*;

use crate::filter_law::{self as law, BOTH, Reads, TYPE};

/// In their own form these are read and written again, byte for byte.
const FORMS: [(&str, &str); 8] = [
    (r#""all""#, "everything"),
    (r#""nothing""#, "nothing"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"]}]}"#, "`a` is `1`"),
    (r#"{"all_of":[{"attribute":"a","one_of":["","b"]}]}"#, "`a` is `` or `b`"),
    (r#"{"all_of":[{"attribute":["a","b"],"one_of":["1"],"match":"all"}]}"#, "every one of `a.b` is `1`"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"]},{"attribute":"b","one_of":["2"]}]}"#, "`a` is `1` and `b` is `2`"),
    (r#"{"all_of":[{"attribute":"a","one_of":["x\ny"]}]}"#, "`a` is `x\\ny`"),
    (r#"{"all_of":[{"attribute":["a.b"],"one_of":["1"]}]}"#, "`a.b` is `1`"),
];

/// Each of these would let in more than was meant, or is no filter; with the reason.
const REFUSED: [(&str, &str); 27] = [
    ("null", "null where"),
    ("true", "a boolean where"),
    ("[]", "an array where"),
    (r#"["all"]"#, "an array where"),
    ("{}", "`all_of` is missing"),
    (r#""All""#, "a string where"),
    (r#""""#, "a string where"),
    (r#""everything""#, "a string where"),
    (r#"{"all_of":[]}"#, "not empty"),
    (r#"{"all_of":null}"#, "null where"),
    (r#"{"all_of":"all"}"#, "a string where"),
    (r#"{"all_off":[]}"#, "unknown field"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"]}],"any_of":[]}"#, "unknown field"),
    (r#"{"all_of":[["a",["1"]]]}"#, "an array where"),
    (r#"{"all_of":[{"attribute":"a","one_of":[]}]}"#, "not empty"),
    (r#"{"all_of":[{"attribute":"a"}]}"#, "`one_of` is missing"),
    (r#"{"all_of":[{"one_of":["1"]}]}"#, "`attribute` is missing"),
    (r#"{"all_of":[{"attribute":"","one_of":["1"]}]}"#, "too few"),
    (r#"{"all_of":[{"attribute":[],"one_of":["1"]}]}"#, "too few"),
    (r#"{"all_of":[{"attribute":"a.b","one_of":["1"]}]}"#, r#"write `["a", "b"]`"#),
    (r#"{"all_of":[{"attribute":"a","one_of":"1"}]}"#, "a string where"),
    (r#"{"all_of":[{"attribute":"a","one_of":[1]}]}"#, "a number where"),
    (r#"{"all_of":[{"attribute":"a","one_of":[null]}]}"#, "null where"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1","1"]}]}"#, "there twice"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"],"match":"none"}]}"#, "unknown choice"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"],"matching":"all"}]}"#, "unknown field"),
    (r#"{"all_of":[{"attribute":"a","one_of":["1"],"one_of":["2"]}]}"#, "there twice"),
];

#[test]
fn json_both_ways_and_words() {
    for (json, words) in FORMS {
        let filter: Filter = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(serde_json::to_string(&filter).unwrap(), json);
        assert_eq!(filter.to_string(), words);
    }
    for (json, reason) in REFUSED {
        let refused = serde_json::from_str::<Filter>(json).expect_err(json).to_string();
        assert!(refused.contains(reason), "{json}: {refused}");
    }
    let many: Vec<String> = (0..257).map(|value| value.to_string()).collect();
    let many = serde_json::json!({"all_of": [{"attribute": "a", "one_of": many}]});
    assert!(serde_json::from_value::<Filter>(many).unwrap_err().to_string().contains("257"));
    let long = serde_json::json!({"all_of": [{"attribute": "a", "one_of": ["x".repeat(65_537)]}]});
    assert!(serde_json::from_value::<Filter>(long).is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read(path in prop::collection::vec(".{1,8}", 1..4), values in prop::collection::hash_set(any::<String>(), 1..9), all: bool) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let values: Vec<String> = values.into_iter().collect();
        let filter = law::access(&path, BOTH[usize::from(all)], &values).filter(TYPE);
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter.clone());
        prop_assert_eq!(serde_json::from_value::<Filter>(serde_json::from_str(&json).unwrap()).unwrap(), filter);
    }
}

#[test]
fn what_may_not_be_listed_is_nothing() {
    let access = law::access(&["v"], Reads::Any, &["a"]);
    assert!(matches!(access.filter(TYPE), Filter::AllOf(_)));
    for nothing in ["accessTokens", "unknown", ""] {
        assert!(access.filter(nothing).is_nothing(), "{nothing}");
        assert!(access.try_filter(nothing, law::ACCOUNT).is_err(), "{nothing}");
        // A query is not asked for rows that can't be there: the caller is told why.
        let denied = Forbidden::from(access.try_filter(nothing, law::ACCOUNT).unwrap_err());
        let table = SqlTable::new(SqlDialect::PostgreSql, "account").unwrap();
        assert_eq!(access.sql(nothing, &table).unwrap_err(), ListError::Denied(denied.clone()), "{nothing}");
        let collection = MongoCollection::new("account").unwrap();
        assert_eq!(access.mongo(nothing, &collection).unwrap_err(), ListError::Denied(denied), "{nothing}");
        let fragment = access.filter(nothing).sql(law::ACCOUNT, &table).unwrap();
        assert_eq!((fragment.to_string().as_str(), fragment.parameters().len()), ("(1 = 0)", 0), "{nothing}");
    }
}

#[test]
fn an_access_of_many_values_stays_within_every_database_s_limits() {
    let values: Vec<String> = (0..256).map(|value| value.to_string()).collect();
    for (dialect, most) in
        [(SqlDialect::Sqlite, 32_766), (SqlDialect::PostgreSql, 65_535), (SqlDialect::MariaDb, 65_535)]
    {
        for reads in BOTH {
            for column in [SqlColumn::text("v"), SqlColumn::integer("v"), SqlColumn::json("v")] {
                let table = SqlTable::new(dialect, "account").unwrap().column("v", column).unwrap();
                let of_kinds = law::many().into_iter().filter_map(|wanted| law::access_to(&["v"], reads, &wanted));
                for access in of_kinds.chain([law::access(&["v"], reads, &values)]) {
                    let fragment = access.sql(TYPE, &table).unwrap();
                    let (count, placeholders) =
                        (fragment.parameters().len(), fragment.to_string().matches('?').count());
                    assert!(count < most, "{dialect}: {count}");
                    assert!(dialect == SqlDialect::PostgreSql || placeholders == count, "{dialect}");
                }
            }
        }
    }
}

#[test]
fn no_value_stands_in_a_text() {
    for dialect in [SqlDialect::Sqlite, SqlDialect::PostgreSql, SqlDialect::MariaDb] {
        for column in [SqlColumn::text("v"), SqlColumn::json("v"), SqlColumn::integer("v"), SqlColumn::boolean("v")] {
            let table = SqlTable::new(dialect, "account").unwrap().column("v", column).unwrap();
            let texts = ["marker-x", "7351", "true"];
            let text = law::access(&["v"], Reads::All, &texts).sql(TYPE, &table).unwrap().to_string();
            assert!(!text.contains("marker") && !text.contains("7351") && !text.contains(law::ACCOUNT), "{text}");
            assert!(text.starts_with('(') && text.ends_with(')') && !text.contains('\0'), "{text}");
        }
    }
}

#[test]
fn mappings_that_can_t_be_are_refused() {
    let text = |result: Result<SqlTable, SqlError>| result.unwrap_err().to_string();
    let sqlite = || SqlTable::new(SqlDialect::Sqlite, "account").unwrap();
    let maria = || SqlTable::new(SqlDialect::MariaDb, "account").unwrap();
    for (found, expected) in [
        (text(SqlTable::new(SqlDialect::Sqlite, "")), "SQL name ``: 0 bytes are too few, the least is 1"),
        (
            text(SqlTable::new(SqlDialect::MariaDb, SqlColumn::json("account"))),
            "column `account`: the kind JSON is no account's",
        ),
        (text(SqlTable::new(SqlDialect::Sqlite, SqlColumn::absent())), "column ``: the kind absent is no account's"),
        (text(sqlite().column("a", "b").unwrap().column("a", "c")), "attribute `a` is mapped twice"),
        (text(sqlite().column("", "b")), "attribute name ``: 0 bytes are too few, the least is 1"),
        (
            text(sqlite().column("a", SqlColumn::integer_array("b"))),
            "column `b`: SQLite has no exact form of integer array columns",
        ),
        (text(sqlite().column("a", SqlColumn::uuid("b"))), "column `b`: SQLite has no exact form of uuid columns"),
        (
            text(SqlTable::new(SqlDialect::Sqlite, SqlColumn::uuid("account"))),
            "column `account`: SQLite has no exact form of uuid columns",
        ),
        (
            text(SqlTable::new(SqlDialect::PostgreSql, SqlColumn::uuid_array("account"))),
            "column `account`: the kind uuid array is no account's",
        ),
        (
            text(SqlTable::new(SqlDialect::PostgreSql, SqlColumn::boolean("account"))),
            "column `account`: the kind boolean is no account's",
        ),
        (
            text(maria().column("a", SqlColumn::enumeration_array("b"))),
            "column `b`: MariaDB has no exact form of enumeration array columns",
        ),
        (text(maria().alike(["a", "b", "a"], SqlColumn::uuid)), "attribute `a` is mapped twice"),
        (text(maria().alike(["a", ""], SqlColumn::text)), "attribute name ``: 0 bytes are too few, the least is 1"),
    ] {
        assert_eq!(found, expected);
    }
    let path = law::access(&["a", "b"], Reads::Any, &["x"]).sql(TYPE, &sqlite()).unwrap_err();
    assert_eq!(path.to_string(), "attribute `a.b` is mapped to no column");
    let long = SqlTable::of_one_account(SqlDialect::MariaDb, "acme").alike(["é".repeat(60)], SqlColumn::text);
    assert!(matches!(long, Err(SqlError::Name(_))));
}

#[test]
fn who_and_what() {
    let world = Directory::from_json(
        r#"{
            "schema": {
                "resources": {"products": {}, "places": {"operations": ["read"]}},
                "conditions": {
                    "brand": {"restricts": {"products": "brand"}},
                    "tag": {"restricts": {"products": {"attribute": "tags", "match": "all"}}, "elsewhere": "ignore"}
                }
            },
            "accounts": [
                {
                    "id": "acme",
                    "accessPolicies": [
                        {"id": "editor", "permissions": ["products:read,update", "places:read"]},
                        {"id": "empty", "permissions": []}
                    ],
                    "operatorAccess": [
                        {"id": "o1", "policies": ["admin"], "conditions": []},
                        {"id": "o2", "policies": ["empty"], "conditions": []}
                    ],
                    "accessTokens": [
                        {"id": "t1", "policies": ["editor"], "conditions": ["brand:a", "tag:x"]},
                        {"id": "t2", "policies": ["editor"], "conditions": ["tag:x"]}
                    ]
                },
                {"id": "emca", "operatorAccess": [{"id": "o3", "policies": ["admin"], "conditions": []}]}
            ]
        }"#,
    )
    .unwrap();
    let product = serde_json::json!({"brand": "a", "tags": ["x"]});
    let who = |operation: &str, account: &str, attributes: &serde_json::Value| {
        let product = ResourceView::new("products", account, attributes);
        world.who_can(operation, &product).map(|(id, _)| id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(who("read", "acme", &product), "o1 t1 t2");
    assert_eq!(who("update", "acme", &product), "o1 t1 t2", "an update that leaves it where it is");
    assert_eq!(who("delete", "acme", &product), "o1");
    assert_eq!(who("fly", "acme", &product), "");
    assert_eq!(who("read", "emca", &product), "o3");
    assert_eq!(who("read", "acme", &serde_json::json!({"brand": "b", "tags": ["x"]})), "o1 t2");
    assert_eq!(who("update", "acme", &serde_json::json!({"brand": "a", "tags": ["x", "y"]})), "o1");
    let unknown = ResourceView::new("unknown", "acme", &product);
    assert_eq!(world.who_can(Operation::READ, &unknown).count(), 0);

    let summary = |id| world.actor(id).unwrap().access.summary().to_string();
    assert_eq!(
        summary("t1"),
        "in the account `acme`:\n\
         - `products`: read and update, where `brand` is `a` and every one of `tags` is `x`\n\
         - `places`: nothing, though every operation is granted: the condition `brand` is not bound to this type"
    );
    assert_eq!(
        summary("t2"),
        "in the account `acme`:\n\
         - `products`: read and update, where every one of `tags` is `x`\n\
         - `places`: every operation"
    );
    assert_eq!(summary("o2"), "in the account `acme`: nothing");
    assert!(summary("o1").ends_with("\n- `operatorAccess`: every operation"));
    assert_eq!(
        serde_json::to_value(world.actor("t1").unwrap().access.summary()).unwrap(),
        serde_json::json!({
            "account": "acme",
            "types": [
                {
                    "type": "products",
                    "operations": ["read", "update"],
                    "resources": {"all_of": [
                        {"attribute": "brand", "one_of": ["a"]},
                        {"attribute": "tags", "one_of": ["x"], "match": "all"},
                    ]},
                },
                {"type": "places", "operations": ["read"], "resources": "nothing", "unbound": ["brand"]},
            ],
        })
    );
}

#[test]
fn a_clause_tells_what_it_is() {
    let Filter::AllOf(clauses) = law::access(&["a", "b"], Reads::All, &["1", "x"]).filter(TYPE) else { panic!() };
    let [clause] = clauses.iter().collect::<Vec<_>>()[..] else { panic!("one clause") };
    assert_eq!((clause.attribute().to_string().as_str(), clause.matching()), ("a.b", Match::All));
    assert_eq!(clause.accepted().iter().collect::<Vec<_>>(), ["1", "x"]);
}

#[test]
fn public_types_can_be_shared() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug>() {}
    fn travels<T: Send + Sync>(_: T) {}
    shared::<Filter>();
    shared::<Clauses>();
    shared::<Clause>();
    shared::<Selection>();
    let access = law::access(&["v"], Reads::Any, &["1"]);
    travels(access.allowed(Operation::LIST, Vec::<ResourceView<'_, ()>>::new()));
    shared::<SqlTable>();
    shared::<SqlColumn>();
    shared::<SqlDialect>();
    shared::<SqlFragment>();
    shared::<SqlValue>();
    shared::<SqlError>();
    shared::<MongoCollection>();
    shared::<MongoField>();
    shared::<MongoError>();
    shared::<Summary>();
    shared::<TypeSummary>();
}

#[test]
fn a_mapping_that_fits_no_type_is_found_at_the_start() {
    let schema = Schema::from_json(
        r#"{
            "resources": {"orders": {}, "places": {}},
            "conditions": {
                "factory": {"restricts": {"orders": ["delivery", "factoryId"], "places": "id"}},
                "tag": {"restricts": {"orders": {"attribute": "tags", "match": "all"}}},
                "odd": {"restricts": {"places": "keyward_x"}}
            }
        }"#,
    )
    .unwrap();
    let table = || SqlTable::new(SqlDialect::PostgreSql, "account").unwrap();
    let path = || table().column(["delivery", "factoryId"], SqlColumn::integer("factory_id")).unwrap();
    let tags = || path().column("tags", SqlColumn::text_array("tags")).unwrap();
    let cases: [(SqlTable, &str, Option<&str>); 10] = [
        (tags(), "orders", None),
        (path().alike(["tags"], SqlColumn::json).unwrap(), "orders", None),
        (path(), "orders", Some("attribute `tags` is mapped to no column")),
        (path().column("tags", SqlColumn::absent()).unwrap(), "orders", None),
        (table(), "orders", Some("attribute `delivery.factoryId` is mapped to no column")),
        (
            tags().column(["delivery.factoryId"], "x").unwrap(),
            "orders",
            Some("attribute `delivery.factoryId` is mapped, and no condition reads it of `orders`"),
        ),
        (
            tags().column("Tags", "x").unwrap(),
            "orders",
            Some("attribute `Tags` is mapped, and no condition reads it of `orders`"),
        ),
        (
            table().alike(["id"], SqlColumn::uuid).unwrap(),
            "places",
            Some("attribute `keyward_x` is mapped to no column"),
        ),
        (table().alike(["id"], SqlColumn::uuid).unwrap().column("keyward_x", "x").unwrap(), "places", None),
        (table(), "order", Some("unknown resource type `order`; did you mean `orders`?")),
    ];
    let dotted = "attribute name `delivery.factoryId` at character 9: a dot makes no path of a name: \
                  write `[\"delivery\", \"factoryId\"]`, or `[\"delivery.factoryId\"]` where the name has a dot";
    assert_eq!(table().column("delivery.factoryId", "x").unwrap_err().to_string(), dotted);
    assert_eq!(table().alike(["delivery.factoryId"], SqlColumn::text).unwrap_err().to_string(), dotted);
    for (table, resource, refused) in cases {
        let found = table.check(&schema, resource).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), refused, "{resource} {table:?}");
    }
}

/// At the start, and not at the first list.
#[test]
fn a_column_or_a_field_that_can_t_answer_a_kind_of_values_is_found_at_the_start() {
    type Column = fn(&str) -> SqlColumn;
    type Field = fn(&str) -> MongoField;
    let columns: [(&str, Column, &[&str]); 8] = [
        ("text", |name| SqlColumn::text(name), &["text", "path", "integer"]),
        ("uuid", |name| SqlColumn::uuid(name), &["text", "path", "integer"]),
        ("numeric", |name| SqlColumn::numeric(name), &["text", "path", "integer"]),
        ("integer array", |name| SqlColumn::integer_array(name), &["text", "path", "integer"]),
        ("JSON", |name| SqlColumn::json(name), &["text", "path", "integer"]),
        ("inet", |name| SqlColumn::inet(name), &["network"]),
        ("timestamp", |name| SqlColumn::timestamp(name), &["time"]),
        ("absent", |_| SqlColumn::absent(), &["text", "path", "integer", "network", "time"]),
    ];
    let fields: [(Field, &[&str]); 4] = [
        (|name| MongoField::plain(name), &["text", "path"]),
        (|name| MongoField::uuid(name), &["text", "path"]),
        (|name| MongoField::object_id(name), &["text", "path"]),
        (|name| MongoField::integer(name), &["text", "path", "integer"]),
    ];
    for (kind, value) in [
        ("text", "a"),
        ("path", "a/b"),
        ("integer", "1..9"),
        ("network", "10.0.0.0/8"),
        ("time", "2026-01-01T00:00:00Z.."),
    ] {
        let schema = format!(
            r#"{{"resources": {{"rows": {{}}}}, "conditions": {{
                "c": {{"values": "{kind}", "restricts": {{"rows": "v"}}}},
                "ip": {{"values": "network", "context": "ip"}}
            }}}}"#
        );
        let schema = Schema::from_json(&schema).unwrap();
        let roles = Roles::new(&schema, law::ACCOUNT).unwrap();
        let condition = Condition::new("c", value).unwrap();
        let access = Access::builder(&roles).role("admin").condition(condition).unwrap().build().unwrap();
        for (name, column, answers) in columns {
            let table = SqlTable::new(SqlDialect::PostgreSql, "account").unwrap().column("v", column("v")).unwrap();
            let refused = format!("column `v`: PostgreSQL has no exact form of {kind} values in {name} columns");
            let refused = (!answers.contains(&kind)).then_some(refused);
            assert_eq!(table.check(&schema, TYPE).err().map(|error| error.to_string()), refused, "{name}");
            assert_eq!(access.sql(TYPE, &table).err().map(|error| error.to_string()), refused, "{name}");
        }
        for (field, answers) in fields {
            let collection = MongoCollection::new("account").unwrap().field("v", field("f")).unwrap();
            let refused = format!("a query document has no exact form of {kind} values in the field `f`");
            let refused = (!answers.contains(&kind)).then_some(refused);
            assert_eq!(collection.check(&schema, TYPE).err().map(|error| error.to_string()), refused);
            assert_eq!(access.mongo(TYPE, &collection).err().map(|error| error.to_string()), refused);
        }
    }
    for dialect in [SqlDialect::Sqlite, SqlDialect::MariaDb] {
        for column in [SqlColumn::inet("v"), SqlColumn::timestamp("v")] {
            let table = SqlTable::new(dialect, "account").unwrap().column("v", column);
            assert!(matches!(table, Err(SqlError::Inexact { .. })), "{dialect}");
        }
    }
    for column in [SqlColumn::inet("account"), SqlColumn::timestamp("account")] {
        assert!(matches!(SqlTable::new(SqlDialect::PostgreSql, column), Err(SqlError::Account { .. })));
    }
}
