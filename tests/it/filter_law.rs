//! The law of filters, and the small worlds in which it is tried: the rows that a store gives back are those on
//! which the decision is to allow.
//!
//! The package that tries it against servers has this file too.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use keyward::{
    Access, AsValue, AttributePath, Binding, Condition, ConditionRule, Decision, Json, Operation, ResourceView, Roles,
    Schema, Value,
};

/// The account of every access here.
pub(crate) const ACCOUNT: &str = "acme";
/// The type of every row.
pub(crate) const TYPE: &str = "rows";

/// What a row has in a column, as the host reads it.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    /// Something with a JSON form.
    Json(Json),
    /// Something else: bytes, or a document that can't be read.
    Other,
}

impl Stored {
    /// A text that the host takes for a JSON document.
    pub(crate) fn document(text: &str) -> Self {
        Json::parse(text).map_or(Self::Other, Self::Json)
    }
}

impl AsValue for Stored {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Json(json) => json.as_value(),
            Self::Other => Value::Other,
        }
    }
}

/// How the condition `c` reads rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Any,
    All,
}

pub(crate) const BOTH: [Reads; 2] = [Reads::Any, Reads::All];

/// Whoever has the condition `c` with these values, on the attribute at `path`.
pub(crate) fn access<S: AsRef<str>>(path: &[&str], reads: Reads, accepted: &[S]) -> Access {
    let path = AttributePath::new(path).unwrap();
    let binding = match reads {
        Reads::Any => Binding::any(path),
        Reads::All => Binding::all(path),
    };
    let rule = ConditionRule::new("c").restricts(TYPE, binding);
    let schema = Schema::builder().resource(TYPE).condition(rule).build().unwrap();
    let conditions = accepted.iter().map(|value| Condition::new("c", value).unwrap());
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap()
}

/// The decision, which the store must agree with.
pub(crate) fn allowed(access: &Access, account: &str, attributes: &[(&str, &Stored)]) -> bool {
    matches!(access.decide(Operation::LIST, &ResourceView::new(TYPE, account, attributes)), Decision::Allow)
}

/// Texts that stores take for others: case, forms of É, spaces, numbers, patterns, quotes, NUL, length.
pub(crate) fn texts() -> Vec<String> {
    let short = [
        "",
        " ",
        "a",
        "A",
        "a ",
        " a",
        "a\u{a0}",
        "a\u{200b}",
        "b",
        "aa",
        "é",
        "e\u{301}",
        "É",
        "ß",
        "ss",
        "ſ",
        "😀",
        "\u{fffd}",
        "\u{10ffff}",
        "0",
        "1",
        "01",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e0",
        "-1",
        "-0",
        "10",
        "0x1",
        "true",
        "false",
        "TRUE",
        "t",
        "null",
        "NULL",
        "%",
        "_",
        "a%",
        "\\",
        "\\\\",
        "'",
        "''",
        "' OR 1=1 --",
        "\"",
        "`",
        "?",
        "$1",
        ":c",
        "@c",
        "a,b",
        "{a}",
        "[\"a\"]",
        "\"a\"",
        "a\0",
        "\0",
        "a\0b",
        "a\nb",
        "a\tb",
        "a\r\n",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "9007199254740993",
        "1e999",
        "NaN",
        "Infinity",
        "brand",
    ];
    let long = ["x".repeat(65_536), format!("{}y", "x".repeat(65_535)), "ü".repeat(20_000)];
    short.into_iter().map(String::from).chain(long).collect()
}

/// Scalars as JSON writes them, the texts above and what is not a text.
pub(crate) fn json_scalars() -> Vec<String> {
    let others = [
        "0",
        "1",
        "-1",
        "-0",
        "1.0",
        "1e0",
        "1E0",
        "10",
        "1e1",
        "0.1",
        "true",
        "false",
        "null",
        "\"\\u0061\"",
        "\"\\ud83d\\ude00\"",
        "\"\\/\"",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "9007199254740993",
        "9007199254740992.0",
        "100000000000000000000000000000",
    ];
    let texts = texts().into_iter().map(|text| serde_json::to_string(&text).unwrap());
    others.into_iter().map(String::from).chain(texts).collect()
}

/// Documents: scalars, lists of them, and what is none of both or no JSON at all.
pub(crate) fn documents() -> Vec<String> {
    let mut documents: Vec<String> = [
        "[]",
        " [ ] ",
        "{}",
        "[null]",
        "[[]]",
        "[[\"a\"]]",
        "[\"a\",[\"a\"]]",
        "[{}]",
        "[{\"a\":\"a\"}]",
        "{\"a\":\"a\"}",
        "[\"a\",null]",
        "[\"a\",\"a\"]",
        "[\"a\",1]",
        "[1,1.0]",
        "[1,-0]",
        "[true,\"true\"]",
        "[\"a\", \"b\", \"A\"]",
        " \"a\" ",
        "\n1\n",
        "[ 1 , \"a\" ]",
        "{\"0\":\"a\"}",
    ]
    .map(String::from)
    .into();
    let (short, long): (Vec<String>, Vec<String>) = json_scalars().into_iter().partition(|text| text.len() < 100);
    documents.extend(long.iter().map(|scalar| format!("[{scalar}]")));
    for scalar in short {
        documents.extend([format!("[{scalar}]"), format!("[\"a\",{scalar}]"), format!("[{scalar},1]"), scalar]);
    }
    documents
}

/// Texts that are no JSON: no row with one may pass, and none may make the query fail.
pub(crate) const NO_JSON: [&str; 16] = [
    "", " ", "a", "[", "[\"a\"", "[\"a\",]", "{\"k\":}", "{k:1}", "'a'", "+1", "01", ".5", "1.", "NaN", "[\"a\"]]",
    "[1 2]",
];

/// Documents in which the attribute stands at `k`, or at `k` and then `l`, or only seems to.
pub(crate) fn nested() -> Vec<String> {
    let mut documents: Vec<String> = documents().into_iter().map(|inner| format!("{{\"k\": {inner}}}")).collect();
    documents.extend(
        documents
            .clone()
            .into_iter()
            .map(|inner| inner.replacen("\"k\"", "\"l\"", 1))
            .map(|inner| format!("{{\"j\": 1, \"k\": {inner}, \"m\": \"a\"}}")),
    );
    documents.extend(
        [
            "{\"K\":\"a\"}",
            "{\"k\":{\"L\":\"a\"}}",
            "[{\"k\":\"a\"}]",
            "{\"k\":[{\"l\":\"a\"}]}",
            "{\"k.l\":\"a\"}",
            "{\"k\":\"a\",\"k\":\"a\"}",
            "{\"k\":\"b\",\"k\":\"a\"}",
            "{\"k\":{\"l\":\"a\"},\"k\":{\"l\":\"a\"}}",
            "{\"k\":{\"l\":\"a\",\"l\":\"b\"}}",
            "{\"\\u006b\":\"a\"}",
            "{\"\\u006b\":\"a\",\"k\":\"a\"}",
            "{\"k\":{\"\\u006c\":\"a\"}}",
            "{\"k\":{\"l\":{\"l\":\"a\"}}}",
            "{\"l\":\"a\"}",
            "{\"k\":\"{\\\"l\\\":\\\"a\\\"}\"}",
            "\"k\"",
            "[\"k\",\"a\"]",
            "{\"k\":{}}",
            "[\"a\"]",
            "{\"k\":null}",
        ]
        .map(String::from),
    );
    documents
}

/// Sets of accepted values: each text alone, and some of several.
pub(crate) fn accepted(texts: &[String]) -> Vec<Vec<String>> {
    let alone = texts.iter().map(|text| vec![text.clone()]);
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let several = (0..12).map(|_| {
        let mut values: Vec<String> = (0..2 + next(6)).map(|_| texts[next(texts.len())].clone()).collect();
        values.sort();
        values.dedup();
        values
    });
    let several: Vec<_> = several.collect();
    let all: Vec<String> = texts.to_vec();
    alone.chain(several).chain([all, vec!["a".into(), "1".into(), "true".into()]]).collect()
}
