//! Documents: what is read, and what is refused with its place.

use keyward::{Grant, Schema, document::Directory, json::Json, store::KeyRecord};

use super::{Row, told};

/// A directory whose only token ends so.
fn token(rest: &str) -> String {
    let world = r#"{"schema": {"resources": {"things": {}}, "conditions": {"brand": {"restricts": {"things": "brand"}}}},
        "accounts": [{"id": "a1", "accessPolicies": [{"id": "p", "permissions": ["things:read"]}], "accessTokens": ["#;
    // One line, so that the place is in one line.
    let world = world.split('\n').map(str::trim).collect::<String>();
    let answer = told(Directory::from_json(&format!("{world}{rest}]}}]}}")));
    answer.split_once("$.accounts[0].accessTokens[0]").map_or(answer.clone(), |(_, rest)| rest.into())
}

fn schema(text: &str) -> String {
    told(Schema::from_json(text))
}

fn json(text: &str) -> String {
    told(Json::parse(text))
}

/// An attribute as it is read.
fn read(text: &str) -> String {
    Json::parse(text).map_or_else(|error| error.to_string(), |json| format!("{json:?}"))
}

fn grant(text: &str) -> String {
    told(serde_json::from_str::<Grant>(text))
}

const EMPTY_LIMITS: &str = "Capgo CVE-2026-56216";
const NULL: &str = "stalniy/casl#684";
const TWICE: &str = "serde: of a key that is twice in a map the last wins";
const FROM_LIST: &str = "serde: a struct can be read from a list";
const TYPO: &str = "serde: a list with a default and a typo in its name is an empty list";
const NUMBERS: &str = "serde_json: numbers that change on the way";
const DEPTH: &str = "a parser that recurses";

pub(super) const ROWS: &[Row] = &[
    ("a token, to compare", TYPO, || token(r#"{"id": "t", "policies": ["p"], "conditions": ["brand:a"]}"#), "fine"),
    (
        "no `conditions`",
        EMPTY_LIMITS,
        || token(r#"{"id": "t", "policies": ["p"]}"#),
        ": the field `conditions` is missing",
    ),
    (
        "`conditions` of null",
        NULL,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": null}"#),
        ".conditions: null where an array is wanted",
    ),
    (
        "`conditions` as an object",
        NULL,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": {}}"#),
        ".conditions: an object where an array is wanted",
    ),
    (
        "`conditions` with null in it",
        NULL,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": [null]}"#),
        ".conditions[0]: null where `name:value` or an object of `name` and `value` or `except` is wanted",
    ),
    (
        "no `policies`",
        EMPTY_LIMITS,
        || token(r#"{"id": "t", "conditions": ["brand:a"]}"#),
        ": the field `policies` is missing",
    ),
    (
        "`policies` as one text",
        TYPO,
        || token(r#"{"id": "t", "policies": "p", "conditions": []}"#),
        ".policies: a string where an array is wanted",
    ),
    (
        "`condition` for `conditions`",
        TYPO,
        || token(r#"{"id": "t", "policies": ["p"], "condition": ["brand:a"]}"#),
        ".condition: unknown field `condition`; did you mean `conditions`?",
    ),
    (
        "`Conditions` for `conditions`",
        TYPO,
        || token(r#"{"id": "t", "policies": ["p"], "Conditions": []}"#),
        ".Conditions: unknown field `Conditions`; did you mean `conditions`?",
    ),
    (
        "a key twice",
        TWICE,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": ["brand:a"], "conditions": []}"#),
        ".conditions: the key is there twice",
    ),
    (
        "a key twice, once in disguise",
        TWICE,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": [], "condition\u0073": []}"#),
        ".conditions: the key is there twice",
    ),
    ("a list for a token", FROM_LIST, || token(r#"["t", ["p"], []]"#), ": an array where an object is wanted"),
    (
        "a condition as a list",
        FROM_LIST,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": [["brand", "a"]]}"#),
        ".conditions[0]: an array where `name:value` or an object of `name` and `value` or `except` is wanted",
    ),
    (
        "a condition with a number",
        NUMBERS,
        || token(r#"{"id": "t", "policies": ["p"], "conditions": [{"name": "brand", "value": 1}]}"#),
        ".conditions[0].value: a number where a string is wanted",
    ),
    (
        "a key twice in a schema",
        TWICE,
        || schema(r#"{"resources": {"things": {}, "things": {}}}"#),
        "line 1, column 37, $.resources.things: the key is there twice",
    ),
    (
        "a list for a schema",
        FROM_LIST,
        || schema("[{}, {}]"),
        "line 1, column 1, $: an array where an object is wanted",
    ),
    (
        "a condition that restricts nothing",
        TYPO,
        || schema(r#"{"resources": {"things": {}}, "conditions": {"brand": {}}}"#),
        "line 1, column 55, $.conditions.brand: the field `restricts` is missing",
    ),
    (
        "a typo in a type",
        TYPO,
        || schema(r#"{"resources": {"things": {}}, "conditions": {"brand": {"restricts": {"thngs": "brand"}}}}"#),
        "line 1, column 79, $.conditions.brand.restricts.thngs: unknown resource type `thngs`; did you mean `things`?",
    ),
    ("a grant from a list of texts", FROM_LIST, || grant(r#"["p"]"#), "$: an array where an object is wanted"),
    (
        "a grant without conditions",
        EMPTY_LIMITS,
        || grant(r#"{"roles": ["p"]}"#),
        "$: the field `conditions` is missing",
    ),
    (
        "a grant with conditions of null",
        NULL,
        || grant(r#"{"roles": ["p"], "conditions": null}"#),
        "$.conditions: null where an array is wanted",
    ),
    ("a grant of nothing", EMPTY_LIMITS, || grant("{}"), "$: the field `roles` is missing"),
    (
        "a record from a list",
        FROM_LIST,
        || told(serde_json::from_str::<KeyRecord>("[]")),
        "the record of a key is an object",
    ),
    ("`1`", NUMBERS, || read("1"), "Integer(1)"),
    ("`1.0`", NUMBERS, || read("1.0"), "Float(1.0)"),
    ("`-0`", NUMBERS, || read("-0"), "Float(-0.0)"),
    ("2^64", NUMBERS, || read("18446744073709551616"), "Float(1.8446744073709552e19)"),
    ("2^53 + 1", NUMBERS, || read("9007199254740993"), "Integer(9007199254740993)"),
    ("2^128", NUMBERS, || read("340282366920938463463374607431768211456"), "Float(3.402823669209385e38)"),
    ("`1e400`", NUMBERS, || json("1e400"), "line 1, column 5, $: number out of range"),
    ("`NaN`", NUMBERS, || json("NaN"), "line 1, column 1, $: expected value"),
    (
        "100,000 brackets",
        DEPTH,
        || json(&"[".repeat(100_000)).replace("[0]", ""),
        "line 1, column 65, $: nested deeper than 64",
    ),
    (
        "half a character",
        "half a pair of UTF-16",
        || json(r#""\ud800""#),
        "line 1, column 8, $: unexpected end of hex escape",
    ),
    (
        "a byte order mark",
        "a reader that skips it",
        || json("\u{feff}{}"),
        "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one",
    ),
    (
        "something after the document",
        "a reader that stops at its end",
        || json("{} {}"),
        "line 1, column 4, $: trailing characters",
    ),
];
