//! The values that a condition may have, and the messages of those that it may not.

use keyward::{
    Access, AccessError, Assignment, Condition, Grant, Roles,
    document::Directory,
    filter::Filter,
    key::{KeyDigest, KeyId, KeyKind},
    store::KeyRecord,
};
use serde_json::{Value, json};

use super::{KINDS, access, schema_of, set_of};
use crate::support::{ACCOUNT, json as as_json};

/// Kind, value, a text that it accepts.
const ACCEPTED: &[(&str, &str, &str)] = &[
    ("text", "", ""),
    ("text", "..", ".."),
    ("text", "eu//de", "eu//de"),
    ("text", "\0", "\0"),
    ("path", "eu", "eu/de"),
    ("path", "eu/de", "eu/de"),
    ("path", "eu/..", "eu/../x"),
    ("path", " ", " / "),
    ("path", "\0", "\0"),
    ("path", "Zürich/É", "Zürich/É/x"),
    ("integer", "7", "7"),
    ("integer", "0", "0"),
    ("integer", "-1", "-1"),
    ("integer", "7..7", "7"),
    ("integer", "-9..-1", "-1"),
    ("integer", "..9", "-170141183460469231731687303715884105728"),
    ("integer", "1..", "170141183460469231731687303715884105727"),
    ("integer", "-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"),
    ("integer", "170141183460469231731687303715884105727..", "170141183460469231731687303715884105727"),
    ("network", "10.0.0.0/8", "10.255.255.255"),
    ("network", "0.0.0.0/0", "255.255.255.255"),
    ("network", "10.0.0.1", "10.0.0.1"),
    ("network", "10.0.0.1/32", "10.0.0.1"),
    ("network", "::/0", "::"),
    ("network", "::1/128", "::1"),
    ("network", "2001:DB8::/32", "2001:db8:ffff::"),
    ("network", "::ffff:10.0.0.0/104", "10.1.2.3"),
    ("network", "::ffff:0:0/96", "255.255.255.255"),
    ("network", "::ffff:10.0.0.1", "10.0.0.1"),
    ("time", "2026-01-01T00:00:00Z..", "9999-12-31T23:59:59.999999999Z"),
    ("time", "..2026-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
    ("time", "2026-01-01T00:00:00Z..2026-01-01T00:00:00.000000001Z", "2026-01-01T00:00:00Z"),
    ("time", "2026-01-01T01:00:00+02:00..2026-01-01T00:00:00Z", "2025-12-31T23:00:00Z"),
    ("time", "2024-02-29t00:00:00z..2024-03-01T00:00:00Z", "2024-02-29T12:00:00Z"),
    ("time", "0000-01-01T00:00:00Z..9999-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00Z"),
];

#[test]
fn what_a_condition_may_have() {
    for (kind, value, text) in ACCEPTED {
        let schema = schema_of(kind);
        let access = access(&schema, &[value], &[]).unwrap_or_else(|error| panic!("{kind} {value:?}: {error}"));
        let set = set_of(&access);
        assert!(set.contains(text), "{kind} {value:?}: {text:?}");
        assert_eq!(set.kind().to_string(), *kind);
        assert_eq!(set.iter().collect::<Vec<_>>(), [*value], "as it was given");
        // The complement, where that leaves something, has the opposite answer.
        let all_but = super::access(&schema, &[], &[value]).unwrap();
        assert!(!set_of(&all_but).contains(text), "all but {kind} {value:?}: {text:?}");
        assert_eq!(set_of(&all_but).except().collect::<Vec<_>>(), [*value], "as it was given");
    }
}

const INTEGER: &str = "an integer is written `7`, a range `1..9`, `..9` or `1..`";
const NETWORK: &str = "a network is an address or a block, as `10.0.0.0/8` and `2001:db8::/32`";
const RANGE: &str =
    "a time is a range, `2026-01-01T00:00:00Z..2026-02-01T00:00:00Z`, with the end excluded, or open at one end";
const TIME: &str =
    "a time is written as in RFC 3339, `2026-01-01T00:00:00Z` or `2026-01-01T01:00:00+01:00`, and must exist";
const SEGMENT: &str = "a segment is empty; between two `/` stands a name, and none at either end";
const NO_END: &str = "one end at least must be named";
const LOWER_FIRST: &str = "nothing lies in it; the lower end comes first";
const EARLIER_FIRST: &str = "nothing lies in it; the earlier end comes first, and the later one is excluded";
const BITS_128: &str = "integers have 128 bits";
const OF_IPV4: &str = "a block of IPv4 has at most 32 bits";
const OF_IPV6: &str = "a block of IPv6 has at most 128 bits";

/// Kind, value, what is wrong with it.
const REFUSED: &[(&str, &str, &str)] = &[
    ("path", "", SEGMENT),
    ("path", "/", SEGMENT),
    ("path", "/eu", SEGMENT),
    ("path", "eu/", SEGMENT),
    ("path", "eu//de", SEGMENT),
    ("integer", "", INTEGER),
    ("integer", "-", INTEGER),
    ("integer", "+", INTEGER),
    ("integer", " 7", INTEGER),
    ("integer", "7 ", INTEGER),
    ("integer", "7.0", INTEGER),
    ("integer", "1e3", INTEGER),
    ("integer", "1_000", INTEGER),
    ("integer", "0x10", INTEGER),
    ("integer", "true", INTEGER),
    ("integer", "\u{FF17}", INTEGER),
    ("integer", "\u{2212}7", INTEGER),
    ("integer", "--7", INTEGER),
    ("integer", "+-7", INTEGER),
    ("integer", "-+7", INTEGER),
    ("integer", "1...9", INTEGER),
    ("integer", "1..2..3", INTEGER),
    ("integer", "1.9", INTEGER),
    ("integer", "07", "it is not in its one canonical form; write `7`"),
    ("integer", "+7", "it is not in its one canonical form; write `7`"),
    ("integer", "-07", "it is not in its one canonical form; write `-7`"),
    ("integer", "-0", "it is not in its one canonical form; write `0`"),
    ("integer", "00", "it is not in its one canonical form; write `0`"),
    ("integer", "1..09", "it is not in its one canonical form; write `9`"),
    ("integer", "..", NO_END),
    ("integer", "9..1", LOWER_FIRST),
    ("integer", "1..-1", LOWER_FIRST),
    ("integer", "170141183460469231731687303715884105728", BITS_128),
    ("integer", "..-170141183460469231731687303715884105729", BITS_128),
    ("network", "", NETWORK),
    ("network", "/8", NETWORK),
    ("network", "10.0.0", NETWORK),
    ("network", "10.0.0.0/", NETWORK),
    ("network", "10.0.0.0/x", NETWORK),
    ("network", "10.0.0.0/-8", NETWORK),
    ("network", "10.0.0.0/8/8", NETWORK),
    ("network", "10.0.0.0/255.0.0.0", NETWORK),
    ("network", "10.0.0.0..10.0.0.9", NETWORK),
    ("network", " 10.0.0.0", NETWORK),
    ("network", "256.0.0.0", NETWORK),
    ("network", "fe80::1%eth0", NETWORK),
    ("network", "localhost", NETWORK),
    ("network", "[::1]", NETWORK),
    ("network", "10.0.0.1/8", "bits after the first 8 are set; the block is `10.0.0.0/8`"),
    ("network", "10.0.0.1/0", "bits after the first 0 are set; the block is `0.0.0.0/0`"),
    ("network", "2001:db8::1/32", "bits after the first 32 are set; the block is `2001:db8::/32`"),
    ("network", "::ffff:10.0.0.1/104", "bits after the first 104 are set; the block is `::ffff:10.0.0.0/104`"),
    ("network", "10.0.0.0/08", "it is not in its one canonical form; write `10.0.0.0/8`"),
    ("network", "::/00", "it is not in its one canonical form; write `::/0`"),
    ("network", "10.0.0.0/+8", NETWORK),
    ("network", "010.0.0.0/8", "it is not in its one canonical form; write `10.0.0.0/8`"),
    ("network", "010.000.0.01", "it is not in its one canonical form; write `10.0.0.1`"),
    ("network", "10.0.0.0/33", OF_IPV4),
    ("network", "10.0.0.0/4294967304", OF_IPV4),
    ("network", "::1/129", OF_IPV6),
    ("network", "::/99999999999999999999", OF_IPV6),
    ("time", "", RANGE),
    ("time", "2026-01-01T00:00:00Z", RANGE),
    ("time", "2026-01-01", RANGE),
    ("time", "..", NO_END),
    ("time", "2026-02-30T00:00:00Z..", TIME),
    ("time", "2026-02-29T00:00:00Z..", TIME),
    ("time", "2026-13-01T00:00:00Z..", TIME),
    ("time", "2026-01-01T24:00:00Z..", TIME),
    ("time", "2026-01-01T00:60:00Z..", TIME),
    ("time", "2026-01-01T00:00:61Z..", TIME),
    ("time", "2026-01-01T00:00:00+24:00..", TIME),
    ("time", "2026-01-01T00:00:00..", TIME),
    ("time", "2026-01-01T00:00Z..", TIME),
    ("time", "2026-01-01T00:00:00.Z..", TIME),
    ("time", "2026-01-01 00:00:00Z..", TIME),
    ("time", "2026-01-01..", TIME),
    ("time", "2026-01-01T00:00:00Z...", TIME),
    ("time", "-2026-01-01T00:00:00Z..", TIME),
    ("time", "+12026-01-01T00:00:00Z..", TIME),
    ("time", "0000-01-01T00:00:00+00:01..", TIME),
    ("time", "..9999-12-31T23:59:59-00:01", TIME),
    ("time", "2026-01-01T00:00:00Z..2026-01-01T00:00:00Z", EARLIER_FIRST),
    ("time", "2026-01-01T00:00:00Z..2025-12-31T23:59:59Z", EARLIER_FIRST),
    ("time", "2026-01-01T00:00:00Z..2026-01-01T01:00:00+01:00", EARLIER_FIRST),
    ("time", "..0000-01-01T00:00:00Z", EARLIER_FIRST),
    ("time", "2026-01-01T00:00:00.0000000001Z..", "a second has at most 9 decimals"),
    ("time", "..2026-01-01T00:00:00.1234567890+01:00", "a second has at most 9 decimals"),
];

#[test]
fn what_a_condition_may_not_have() {
    for (kind, value, problem) in REFUSED {
        let message = format!("condition `x`: `{value}` is no {kind}: {problem}");
        let schema = schema_of(kind);
        assert_eq!(access(&schema, &[value], &[]).unwrap_err().to_string(), message, "{value:?}");
        assert_eq!(access(&schema, &[], &[value]).unwrap_err().to_string(), message, "excepted {value:?}");
        let Err(AccessError::Value { assignment: 0, index: 0, excepted: None, cause, .. }) =
            access(&schema, &[value], &[])
        else {
            panic!("{value:?}")
        };
        assert_eq!((cause.kind().to_string(), cause.problem().to_string()), ((*kind).into(), (*problem).into()));
        // A text is what it is, whatever it looks like.
        assert!(access(&schema_of("text"), &[value], &[]).is_ok(), "{value:?}");
    }
}

/// Kind, values, exceptions, the message.
type Whole<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a str);

const NOTHING_LEFT: &str = "condition `x`: every value that there is is excepted, and so nothing is accepted";

#[test]
fn exceptions_that_may_not_be() {
    let refused: &[Whole<'_>] = &[
        ("text", &[], &["a", "b", "a"], "condition `x`: `a` is excepted twice"),
        ("text", &["a", "b", "a"], &["c"], "condition `x:a` is there twice"),
        ("integer", &[], &["..0", "1.."], NOTHING_LEFT),
        ("integer", &[], &["5..", "..9"], NOTHING_LEFT),
        ("network", &[], &["::/0", "0.0.0.0/0"], NOTHING_LEFT),
        ("network", &[], &["::/1", "8000::/1", "0.0.0.0/1", "::ffff:128.0.0.0/97"], NOTHING_LEFT),
        ("time", &[], &["..2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00.."], NOTHING_LEFT),
        ("time", &[], &["0000-01-01T00:00:00Z.."], NOTHING_LEFT),
    ];
    for (kind, one_of, except, message) in refused {
        assert_eq!(access(&schema_of(kind), one_of, except).unwrap_err().to_string(), *message, "{except:?}");
    }
    let left: &[(&str, &[&str], &[&str], &str)] = &[
        ("integer", &[], &["..-1", "1.."], "0"),
        ("network", &[], &["::/0"], "1.2.3.4"),
        ("network", &[], &["0.0.0.0/0"], "::"),
        ("time", &[], &["0000-01-01T00:00:00.000000001Z.."], "0000-01-01T00:00:00Z"),
        // The values are an alternative to the exceptions.
        ("integer", &["7"], &["..0", "1.."], "7"),
        ("text", &["a"], &["a"], "a"),
    ];
    for (kind, one_of, except, text) in left {
        let access = access(&schema_of(kind), one_of, except).unwrap_or_else(|error| panic!("{except:?}: {error}"));
        assert!(set_of(&access).contains(text), "{except:?}");
    }
}

#[test]
fn exceptions_are_one_list_that_is_not_empty() {
    let none: [&str; 0] = [];
    assert_eq!(Condition::except("x", none).unwrap_err().to_string(), "condition `x`: no value is excepted");
    assert!(Condition::except("x y", ["a"]).is_err());
    assert!(Condition::except("x", ["a".repeat(Condition::MAX_VALUE_BYTES + 1)]).is_err());
    let schema = schema_of("text");
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let build = |conditions: Vec<Condition>| Access::builder(&roles).conditions(conditions).unwrap().build();
    let (a, b) = (Condition::except("x", ["a"]).unwrap(), Condition::except("x", ["b"]).unwrap());
    for second in [&a, &b] {
        assert_eq!(
            build(vec![a.clone(), Condition::new("x", "c").unwrap(), second.clone()]).unwrap_err(),
            AccessError::SecondExcept { assignment: 0, index: 2, condition: "x".into() },
        );
    }
    assert_eq!(
        build(vec![a.clone(), b]).unwrap_err().to_string(),
        "condition `x`: values are excepted already; name all exceptions in one list",
    );
    // Two assignments may each have one.
    let grant: Grant = [a, Condition::except("x", ["b"]).unwrap()]
        .map(|except| Assignment::new().role("admin").with_conditions([except]))
        .into_iter()
        .collect();
    assert!(Access::builder(&roles).grant(grant).build().is_ok());
}

#[test]
fn every_value_counts() {
    let numbers: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    let texts: Vec<&str> = numbers.iter().map(|number| &**number).collect();
    for kind in ["text", "path", "integer"] {
        let schema = schema_of(kind);
        for (one_of, except) in [(256, 0), (0, 256), (100, 156), (255, 1)] {
            let both = access(&schema, &texts[..one_of], &texts[one_of..one_of + except]).unwrap();
            assert!(set_of(&both).iter().len() == one_of && set_of(&both).except().len() == except);
            let text = &texts[0];
            assert_eq!(set_of(&both).contains(text), one_of > 0, "{kind} {one_of} {except}");
            assert_eq!(set_of(&both).contains("300"), except > 0, "{kind} {one_of} {except}");
        }
        for (one_of, except) in [(300, 0), (0, 300), (100, 200), (256, 1), (1, 256)] {
            let message = format!("{} conditions are too many, the most is 256", one_of + except);
            assert_eq!(
                access(&schema, &texts[..one_of], &texts[..except]).unwrap_err().to_string(),
                message,
                "{kind} {one_of} {except}"
            );
        }
    }
}

fn world(kind: &str, of_actor: &Value) -> Value {
    let mut actor = of_actor.clone();
    actor["id"] = json!("olga");
    json!({
        "schema": {
            "resources": {"things": {}},
            "conditions": {"x": {"values": kind, "restricts": {"things": "x"}}, "y": {"values": kind, "context": "y"}},
        },
        "accounts": [{"id": "acme", "operatorAccess": [actor]}],
    })
}

fn refused(kind: &str, of_actor: &Value) -> (String, String) {
    let error = Directory::from_json(&world(kind, of_actor).to_string()).unwrap_err();
    (error.path().to_string(), error.problem().to_string())
}

#[test]
fn a_document_says_where_it_is_wrong() {
    let at = |rest: &str| format!("$.accounts[0].operatorAccess[0]{rest}");
    let conditions = |conditions: Value| json!({"policies": ["admin"], "conditions": conditions});
    let cases = [
        ("integer", conditions(json!(["x:7", "x:07"])), ".conditions[1]", "`07` is no integer"),
        (
            "integer",
            conditions(json!(["x:7", {"name": "x", "value": "9..1"}])),
            ".conditions[1]",
            "`9..1` is no integer",
        ),
        (
            "network",
            conditions(json!([
                {"name": "x", "value": "10.0.0.0/8"},
                {"name": "y", "value": "10.0.0.0/8"},
                {"name": "x", "except": ["10.0.0.0/8", "10.0.0.1/8"]},
            ])),
            ".conditions[2].except[1]",
            "`10.0.0.1/8` is no network",
        ),
        (
            "text",
            conditions(json!(["y:a", {"name": "x", "except": ["a", "b", "a"]}])),
            ".conditions[1].except[2]",
            "`a` is excepted twice",
        ),
        (
            "text",
            conditions(json!([{"name": "x", "except": ["a"]}, "x:b", {"name": "x", "except": ["b"]}])),
            ".conditions[2]",
            "values are excepted already",
        ),
        (
            "integer",
            conditions(json!(["y:1", {"name": "x", "except": ["..5", "5.."]}])),
            ".conditions[1]",
            "nothing is accepted",
        ),
        ("text", conditions(json!([{"name": "x", "except": []}])), ".conditions[0]", "no value is excepted"),
        ("text", conditions(json!([{"name": "x", "except": "a"}])), ".conditions[0].except", "an array"),
        ("text", conditions(json!([{"name": "x", "except": [1]}])), ".conditions[0].except[0]", "a string"),
        ("text", conditions(json!([{"name": "x", "except": null}])), ".conditions[0].except", "an array"),
        ("text", conditions(json!([{"name": "x", "value": "a", "except": ["b"]}])), ".conditions[0].except", "`value`"),
        ("text", conditions(json!([{"name": "x"}])), ".conditions[0]", "`value`"),
        (
            "time",
            json!({"assignments": [
                {"policies": ["admin"], "conditions": []},
                {"policies": ["admin"], "conditions": ["x:a", {"name": "y", "except": ["2026-01-01T00:00:00Z"]}]},
            ]}),
            ".assignments[1].conditions[0]",
            "`a` is no time",
        ),
        (
            "time",
            json!({"assignments": [
                {"policies": ["admin"], "conditions": []},
                {"policies": ["admin"], "conditions": [{"name": "y", "except": ["2026-01-01T00:00:00Z"]}]},
            ]}),
            ".assignments[1].conditions[0].except[0]",
            "`2026-01-01T00:00:00Z` is no time",
        ),
    ];
    for (kind, actor, path, problem) in cases {
        let (told_path, told) = refused(kind, &actor);
        assert_eq!(told_path, at(path), "{told}: {actor}");
        assert!(told.contains(problem), "{told}: {actor}");
    }
}

#[test]
fn a_condition_is_written_and_read() {
    let values = ["a", "", "É", "10.0.0.0/8", "a\"b\\", "x,y:z", "\0"];
    for end in 1..=values.len() {
        let condition = Condition::except("x", &values[..end]).unwrap();
        assert_eq!((condition.value(), condition.has_text_form()), (None, false));
        assert_eq!(condition.excepted().collect::<Vec<_>>(), values[..end]);
        let written = as_json(&condition);
        assert_eq!(written, json!({"name": "x", "except": values[..end]}));
        assert_eq!(serde_json::from_value::<Condition>(written).unwrap(), condition);
    }
    for document in [
        json!({"name": "x", "except": []}),
        json!({"name": "x", "except": null}),
        json!({"name": "x", "except": "a"}),
        json!({"name": "x", "except": [["a"]]}),
        json!({"name": "x", "value": "a", "except": ["b"]}),
        json!({"name": "x", "value": null, "except": ["b"]}),
        json!({"name": "x", "except": ["b"], "other": 1}),
        json!({"except": ["b"]}),
    ] {
        assert!(serde_json::from_value::<Condition>(document.clone()).is_err(), "{document}");
    }
}

#[test]
fn a_filter_is_written_and_read() {
    let of_kind: [&[&str]; 5] = [
        &["a", "b", ""],
        &["eu/de", "eu", "us"],
        &["7", "1..9", "..-1"],
        &["10.0.0.0/8", "::/0", "::ffff:1.2.3.4"],
        &["..2026-01-01T00:00:00Z", "2026-02-01T00:00:00+01:00..2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z.."],
    ];
    for (kind, values) in KINDS.into_iter().zip(of_kind) {
        let schema = schema_of(kind);
        for (one_of, except) in [(1, 0), (3, 0), (0, 1), (0, 2), (2, 1), (1, 2)] {
            let access = access(&schema, &values[..one_of], &values[3 - except..]).unwrap();
            for (resource, matching) in [("things", None), ("parts", Some("all"))] {
                let filter = access.try_filter_of("read", resource, ACCOUNT).unwrap();
                let mut clause = json!({"attribute": "x"});
                let lists = [("one_of", &values[..one_of]), ("except", &values[3 - except..])];
                for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
                    clause[name] = json!(list);
                }
                if kind != "text" {
                    clause["values"] = json!(kind);
                }
                if let Some(matching) = matching {
                    clause["match"] = json!(matching);
                }
                let written = as_json(&filter);
                assert_eq!(written, json!({"all_of": [clause]}), "{kind}");
                let read: Filter = serde_json::from_value(written.clone()).unwrap();
                assert_eq!((as_json(&read), read == filter), (written, true), "{kind}");
            }
        }
    }
}

#[test]
fn a_filter_that_is_wrong_is_not_read() {
    let cases = [
        (json!({"attribute": "x"}), "`one_of`"),
        (json!({"attribute": "x", "one_of": []}), "not empty"),
        (json!({"attribute": "x", "except": []}), "not empty"),
        (json!({"attribute": "x", "one_of": [], "except": ["a"]}), "not empty"),
        (json!({"attribute": "x", "except": ["a", "a"]}), "`a`"),
        (json!({"attribute": "x", "except": ["a"], "values": "number"}), "unknown choice `number`"),
        (json!({"attribute": "x", "except": ["a"], "values": null}), "values"),
        (json!({"attribute": "x", "one_of": ["07"], "values": "integer"}), "$.all_of[0].one_of[0]: `07` is no integer"),
        (
            json!({"attribute": "x", "one_of": ["7"], "except": ["8", "a"], "values": "integer"}),
            "$.all_of[0].except[1]: `a`",
        ),
        (json!({"attribute": "x", "except": ["..5", "5.."], "values": "integer"}), "$.all_of[0].except: "),
        (json!({"attribute": "x", "one_of": ["a"], "of": "request"}), "unknown choice `request`"),
    ];
    for (clause, message) in cases {
        let error = serde_json::from_value::<Filter>(json!({"all_of": [clause]})).unwrap_err().to_string();
        assert!(error.contains(message), "{message}: {error}");
    }
    let many: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let clause = json!({"attribute": "x", "one_of": many, "except": &many[..57]});
    assert!(serde_json::from_value::<Filter>(json!({"all_of": [clause]})).is_err(), "257 values");
}

/// What is written again is what was read: an exception that is lost would let everything in.
#[test]
fn a_directory_is_written_and_read() {
    let conditions = json!([
        "x:7",
        {"name": "x", "value": "..-5"},
        {"name": "x", "except": ["3..9", "20", "100.."]},
        {"name": "y", "except": ["7"]},
    ]);
    let directory =
        Directory::from_json(&world("integer", &json!({"policies": ["admin"], "conditions": conditions})).to_string());
    let directory = directory.unwrap();
    let text = serde_json::to_string(&directory).unwrap();
    let again = Directory::from_json(&text).unwrap();
    assert_eq!(as_json(&again)["accounts"][0]["operatorAccess"][0]["conditions"], conditions);
    let accesses = [&directory, &again].map(|directory| &directory.actor("olga").unwrap().access);
    assert!(accesses[0].same_as(accesses[1]));
    let [x, y] = accesses[1].assignments().next().unwrap().conditions().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((x.0, x.1.to_string()), ("x", "`7`, `..-5`, any integer but `3..9`, `20`, `100..`".into()));
    assert_eq!((y.0, y.1.to_string()), ("y", "any integer but `7`".into()));
    let grant: Grant = [
        Assignment::new().role("admin").with_conditions(super::conditions("x", &["7"], &["3..9", "20"])),
        Assignment::new().role("admin"),
    ]
    .into_iter()
    .collect();
    assert_eq!(serde_json::from_value::<Grant>(as_json(&grant)).unwrap(), grant);
}

/// The record of a key is read strictly, and an exception is what it was.
#[test]
fn a_record_is_written_and_read() {
    let record = KeyRecord::new(
        KeyKind::AccessToken,
        KeyId::of_imported(&KeyDigest::from_bytes([7; 32])),
        KeyDigest::from_bytes([7; 32]),
        "a1",
        "t1",
    );
    let conditions = super::conditions("x", &["a", "É"], &["b", "", "a\"c"]);
    let record = record.unwrap().with_roles(["reader"]).with_conditions(conditions);
    let written = as_json(&record);
    assert_eq!(written["conditions"][2], json!({"name": "x", "except": ["b", "", "a\"c"]}));
    assert_eq!(serde_json::from_value::<KeyRecord>(written.clone()).unwrap(), record);
    let several: Grant =
        [record.grant().assignments()[0].clone(), Assignment::new().role("other")].into_iter().collect();
    let several = record.with_grant(several);
    assert_eq!(serde_json::from_value::<KeyRecord>(as_json(&several)).unwrap(), several);
    for wrong in [
        json!({"name": "x", "except": []}),
        json!({"name": "x", "except": "a"}),
        json!({"name": "x", "except": [1]}),
        json!({"name": "x", "except": null}),
        json!({"name": "x", "value": "a", "except": ["b"]}),
        json!({"name": "x", "value": null, "except": ["b"]}),
        json!({"name": "x", "excepts": ["b"]}),
        json!({"except": ["b"]}),
    ] {
        let mut document = written.clone();
        document["conditions"][2] = wrong;
        let error = serde_json::from_value::<KeyRecord>(document.clone()).unwrap_err();
        let message = "the field `conditions` of the record of a key is missing or malformed";
        assert_eq!(error.to_string(), message, "{document}");
    }
}
