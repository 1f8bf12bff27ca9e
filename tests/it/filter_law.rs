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
    Access, Assignment, Condition, Decision, Operation, ResourceView, Role, Roles, Schema, Value,
    attributes::{AsValue, AttributePath},
    json::Json,
    schema::{Binding, ConditionRule, SchemaBuilder, ValueKind},
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

/// Values of a kind that are accepted, and others that are excepted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) kind: ValueKind,
    pub(crate) values: Vec<String>,
    pub(crate) except: Vec<String>,
}

/// Whoever has the condition `c` of a kind; `None` where nothing at all would be accepted.
pub(crate) fn access_to(path: &[&str], reads: Reads, wanted: &Wanted) -> Option<Access> {
    let path = AttributePath::new(path).unwrap();
    let binding = match reads {
        Reads::Any => Binding::any(path),
        Reads::All => Binding::all(path),
    };
    let rule = ConditionRule::new("c").values(wanted.kind).restricts(TYPE, binding);
    let schema = Schema::builder().resource(TYPE).condition(rule).build().unwrap();
    let roles = Roles::new(&schema, ACCOUNT).unwrap();
    let access = Access::builder(&roles).role("admin").conditions(wanted.conditions("c")).unwrap().build();
    access.map_err(|error| assert!(error.to_string().contains("nothing"), "{wanted:?}: {error}")).ok()
}

impl Wanted {
    pub(crate) fn new(kind: ValueKind, values: &[&str], except: &[&str]) -> Self {
        let [values, except] = [values, except].map(|texts| texts.iter().map(|text| (*text).to_string()).collect());
        Self { kind, values, except }
    }

    pub(crate) fn conditions(&self, name: &str) -> Vec<Condition> {
        let values = self.values.iter().map(|value| Condition::new(name, value).unwrap());
        let except = (!self.except.is_empty()).then(|| Condition::except(name, &self.except).unwrap());
        values.chain(except).collect()
    }
}

/// Accesses of two and of three assignments, with conditions on the attributes `v` and `w`, of which `w` is read so.
pub(crate) fn unions(reads: Reads) -> Vec<Access> {
    let (v, w) = (AttributePath::name("v").unwrap(), AttributePath::name("w").unwrap());
    let w = if reads == Reads::Any { Binding::any(w) } else { Binding::all(w) };
    let both = [ConditionRule::new("v").restricts(TYPE, Binding::any(v)), ConditionRule::new("w").restricts(TYPE, w)];
    let schema = both.into_iter().fold(Schema::builder().resource(TYPE), SchemaBuilder::condition);
    let reader = Role::new("reader", ["rows:read"]).unwrap();
    let roles = Roles::new(&schema.build().unwrap(), ACCOUNT).unwrap().with(reader).unwrap();
    let of = |role: &str, conditions: &[(&str, &str)]| {
        let conditions = conditions.iter().map(|(name, value)| Condition::new(name, value).unwrap());
        Assignment::new().role(role).with_conditions(conditions)
    };
    let pool = [
        of("admin", &[("v", "a")]),
        of("admin", &[("v", "b"), ("v", "1")]),
        of("admin", &[("w", "a")]),
        of("admin", &[("w", "b"), ("w", "1"), ("w", "true")]),
        of("admin", &[("v", "a"), ("w", "b")]),
        of("admin", &[("w", "a"), ("v", "1"), ("w", "b"), ("v", "a")]),
        of("admin", &[("v", "A"), ("w", "1")]),
        of("admin", &[("v", "")]),
        // It doesn't grant `list`.
        of("reader", &[]),
    ];
    let union = |places: &[usize]| {
        let grant = places.iter().map(|place| pool[*place].clone()).collect();
        Access::builder(&roles).grant(grant).build().unwrap()
    };
    let mut all = Vec::new();
    for third in 0..pool.len() {
        for second in 0..third {
            all.push(union(&[second, third]));
            all.extend((0..second).map(|first| union(&[third, first, second])));
        }
    }
    all
}

/// What stands in `v`, as it is, and in `w`, as JSON, of the rows for [`unions`]: each with each.
pub(crate) fn pairs() -> Vec<(Option<&'static str>, Option<&'static str>)> {
    let texts = [None, Some(""), Some("a"), Some("A"), Some("b"), Some("1"), Some("a ")];
    let documents = [
        "null",
        "\"a\"",
        "\"b\"",
        "\"1\"",
        "1",
        "1.0",
        "true",
        "[]",
        "[\"a\"]",
        "[\"a\",\"b\"]",
        "[\"b\",null]",
        "[1,true]",
        "[[\"a\"]]",
        "{\"a\":\"a\"}",
    ];
    let documents = documents.into_iter().map(Some).chain([None]);
    documents.flat_map(|document| texts.map(|text| (text, document))).collect()
}

/// A row of [`pairs`], as a host reads it.
pub(crate) fn pair((text, document): (Option<&str>, Option<&str>)) -> [Stored; 2] {
    let text = Stored::Json(text.map_or(Json::Null, |text| Json::Text(text.into())));
    [text, document.map_or(Stored::Json(Json::Null), Stored::document)]
}

/// The decision on a row, with which the filter in memory must agree.
pub(crate) fn passes(access: &Access, account: &str, attributes: &[(&str, &Stored)]) -> bool {
    let allowed = allowed(access, account, attributes);
    let filter = access.try_filter(TYPE, ACCOUNT).unwrap();
    let passes = account == ACCOUNT && filter.passes(attributes);
    assert_eq!(passes, allowed, "{attributes:?}: {filter}\n{access:?}");
    allowed
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

/// Uuids in the one form that is canonical, in others that databases take, and what is nearly one.
pub(crate) fn uuids() -> Vec<String> {
    [
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1A",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
        "urn:uuid:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc999c0b-4ef8-bb6d-6bb9-bd380a11",
        "a0eebc99-9c0b4ef8bb6d6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ",
        " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12",
        "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1é",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
        "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ]
    .map(String::from)
    .into()
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
        // Half a character, one that must be escaped, spaces that are none.
        "[\"a\",\"\\ud800\"]",
        "[\"a\",\"\\udc00\\ud800\"]",
        "[\"a\",{\"\\ud800\":1}]",
        "[\"a\",{\"k\":\"\\u0000\u{fffd}\\udfff\"}]",
        "[\"a\",\"\u{fffd}\\ufffd\u{d7ff}\u{e000}\\ud83d\\ude00\\u0000\u{fffd}\"]",
        "[\"a\",\"\u{1}\"]",
        "[\"a\",\"\u{7f}\"]",
        "[\"a\",\"\n\"]",
        "\u{feff}[\"a\"]",
        "\u{a0}[\"a\"]",
        "\u{b}[\"a\"]",
        "\u{c}[\"a\"]",
        "[\"a\"]\0",
        // A key that is there twice, or isn't.
        "[\"a\",{\"k\":1,\"k\":2}]",
        "[\"a\",{\"k\":1,\"\\u006b\":2}]",
        "[\"a\",{\"\":1,\"\":2}]",
        "[\"a\",{\"é\":1,\"\\u00e9\":2}]",
        "[\"a\",[[{\"j\":{\"k\":1,\"k\":1}}]]]",
        "[{\"k\":[{\"k\":1},{\"k\":1,\"j\":{},\"k\":[]}]},\"a\"]",
        "[\"a\",{\"k\":1,\"K\":2,\"k \":3,\" k\":4,\"kk\":5,\"\":6}]",
        "[\"a\",{\"k\":{\"k\":{\"k\":1}}},{\"k\":1},[1,1]]",
        "[\"a\",{\"é\":1,\"e\\u0301\":2,\"0\":3,\"00\":4}]",
        "[\"a\",{\"k\\u0000\":1,\"k\":2,\"k\\u0000l\":3}]",
        "[\"a\",{\"k\\u0000\":1,\"k\\u0000\":2}]",
        "[\"a\",{\"1e999\":\"1e999\"}]",
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

/// Lists of an `a` and a number, of which some are such that no float is near.
pub(crate) fn numbers() -> Vec<String> {
    ["1e308", "1.7976931348623157e308", "1e999", "-1e309", "1e-999", &"9".repeat(308), &"9".repeat(400)]
        .map(|number| format!("[\"a\",{number}]"))
        .into()
}

/// Lists of an `a` and what nests as deep as this reader goes, or deeper.
pub(crate) fn deep() -> Vec<String> {
    let depths = [63, 64, 65, 90].into_iter().flat_map(|depth: usize| {
        let inner = depth - 1;
        [("[", "]", "1"), ("{\"k\":", "}", "1"), ("[", "]", ""), ("[", "]", "{}")]
            .map(|(open, close, middle)| format!("[\"a\",{}{middle}{}]", open.repeat(inner), close.repeat(inner)))
    });
    depths.collect()
}

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
            "{\"k\":\"a\",\"j\":1,\"j\":2}",
            "{\"j\":[{\"l\":1,\"l\":2}],\"k\":\"a\"}",
            "{\"j\":{\"k\":1},\"k\":\"a\",\"l\":[1,1]}",
            "{\"k\":[\"a\",{\"j\":1,\"j\":1}]}",
            "{\"k\":{\"l\":\"a\",\"j\":1,\"\\u006a\":1}}",
        ]
        .map(String::from),
    );
    documents
}

/// Lists of an `a` and an object, whose keys are written in many ways, and of which many are there twice.
pub(crate) fn keys() -> Vec<String> {
    let keys = [
        "", "a", "ab", "b", "\\\"", "\\u0022", "\\\\", "\\u005c", "\\n", "\\u000a", "x", "\\u0078", "é", "\\u00e9",
        "a\\\"", "\\u0061", " ", "a\\\\", "aa", "\\/", "/",
    ];
    let mut next = random(11);
    let mut object = || {
        let members: Vec<_> = (0..=next(5)).map(|_| format!("\"{}\":1", keys[next(keys.len())])).collect();
        format!("[\"a\",{{{}}}]", members.join(","))
    };
    (0..500).map(|_| object()).collect()
}

/// Numbers below what is asked, the same in every run.
pub(crate) fn random(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    }
}

/// Sets of accepted values: each text alone, and some of several.
pub(crate) fn accepted(texts: &[String]) -> Vec<Vec<String>> {
    let alone = texts.iter().map(|text| vec![text.clone()]);
    let mut next = random(7);
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

/// Paths, of which some have characters with a meaning in patterns, in other alphabets, or that stores overlook.
const PATHS: [&str; 20] = [
    "eu",
    "EU",
    "eu/de",
    "eu/DE",
    "eu ",
    "é",
    "e\u{301}",
    "😀",
    "\u{e000}",
    "a",
    "a\0",
    "1",
    "true",
    "%",
    "_",
    "e_",
    "|",
    "\\",
    "\t",
    "eu/\u{10ffff}",
];

/// What follows a path in a row: some of these lie below it.
const AFTER: [&str; 24] = [
    "",
    "/",
    "//",
    "/x",
    "/ ",
    "/\t",
    "/\0",
    "\0/",
    "0",
    "0x",
    ".",
    ".x",
    " ",
    " /x",
    "\t",
    "\t/x",
    "/😀",
    "/\u{12f}",
    "\u{12f}x",
    "\u{2f00}",
    "/de",
    "/DE/x",
    "\u{301}/x",
    "/\u{301}",
];

/// Numbers, of which some are integers in canonical form.
const NUMBERS: [&str; 64] = [
    "0",
    "00",
    "-0",
    "+0",
    " 0",
    "0 ",
    "0\n",
    "0\0",
    "\n0",
    "\u{30}\u{301}",
    "0.",
    ".0",
    "0x0",
    "-",
    "--1",
    "-1",
    "-01",
    "- 1",
    "-1-",
    "-1\n",
    "1-",
    "1_0",
    "1,0",
    "1e1",
    "１",
    "٣",
    "7",
    "07",
    "+7",
    "7\r",
    "8",
    "9",
    "10",
    "11",
    "99",
    "100",
    "-5",
    "-6",
    "-9",
    "-10",
    "2147483647",
    "2147483648",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775806",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775807",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "100000000000000000000000000000000000000",
    "170141183460469231731687303715884105726",
    "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728",
    "-170141183460469231731687303715884105728",
    "-170141183460469231731687303715884105729",
    "999999999999999999999999999999999999999",
    "1701411834604692317316873037158841057270",
    "-1701411834604692317316873037158841057280",
    "NaN",
    "-Infinity",
];

/// Texts that are in a path or in a range of numbers, or nearly.
pub(crate) fn near() -> Vec<String> {
    let paths = PATHS.iter().flat_map(|path| AFTER.map(|after| format!("{path}{after}")));
    let before = ["/eu", "x/eu", "e", "é/é", "\u{1f600}"].map(String::from);
    paths.chain(before).chain(NUMBERS.map(String::from)).collect()
}

/// What of [`near`] and of [`texts`] is short.
pub(crate) fn short() -> Vec<String> {
    let mut all: Vec<String> = near().into_iter().chain(texts()).filter(|text| text.len() < 100).collect();
    all.sort();
    all.dedup();
    all
}

/// Documents with [`near`] in them, as texts, as what they are, and in lists.
pub(crate) fn near_documents() -> Vec<String> {
    let bare = NUMBERS.map(String::from).into_iter().filter(|text| Json::parse(text).is_ok());
    let texts = near().into_iter().map(|text| serde_json::to_string(&text).unwrap());
    bare.chain(texts).flat_map(|scalar| [format!("[{scalar}]"), format!("[\"eu/x\",{scalar},7]"), scalar]).collect()
}

/// Sets of every kind that a text may be of, with exceptions and without.
pub(crate) fn wanted() -> Vec<Wanted> {
    use ValueKind::{Integer, Path, Text};
    let mut all: Vec<Wanted> = [
        (Text, &[][..], &["a"][..]),
        (Text, &[], &[""]),
        (Text, &[], &["1", "true", "é"]),
        (Text, &["a"], &["a", "A", "a "]),
        (Text, &["x"], &["a\0"]),
        (Text, &[], &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "false"]),
        (Path, &["eu"], &[]),
        (Path, &["eu", "a"], &[]),
        (Path, &["eu/de", "eu"], &[]),
        (Path, &["eu/de"], &["eu"]),
        (Path, &[], &["eu"]),
        (Path, &["é"], &["é", "😀"]),
        (Path, &["a\0"], &[]),
        (Path, &["1", "true"], &[]),
        (Path, &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], &[]),
        (Path, &[], &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "1"]),
        (Integer, &["7"], &[]),
        (Integer, &["7..10", "-5"], &[]),
        (Integer, &["..0"], &[]),
        (Integer, &["0.."], &[]),
        (Integer, &["-9..-5", "99.."], &[]),
        (Integer, &[], &["7"]),
        (Integer, &[], &["0", "1..9"]),
        (Integer, &["8"], &["7..10"]),
        (Integer, &[], &["9223372036854775807", "-9223372036854775808"]),
        (Integer, &["9223372036854775808.."], &[]),
        (Integer, &["..-9223372036854775809"], &[]),
        (Integer, &["9223372036854775807..18446744073709551615"], &[]),
        (Integer, &["170141183460469231731687303715884105727"], &[]),
        (Integer, &["-170141183460469231731687303715884105728"], &[]),
        (Integer, &["..9"], &["..0"]),
    ]
    .map(|(kind, values, except)| Wanted::new(kind, values, except))
    .into();
    let (mut next, texts) = (random(23), short());
    let is_path = |text: &&String| !text.split('/').any(str::is_empty);
    let paths: Vec<&String> = texts.iter().filter(is_path).collect();
    let numbers: Vec<i128> = NUMBERS.iter().filter_map(|number| number.parse().ok()).collect();
    for _ in 0..20 {
        for kind in [Text, Path, Integer] {
            let mut list = || -> Vec<String> {
                let value = |next: &mut dyn FnMut(usize) -> usize| match kind {
                    Text => texts[next(texts.len())].clone(),
                    Path => paths[next(paths.len())].clone(),
                    _ => {
                        let [one, other] = [(); 2].map(|()| numbers[next(numbers.len())]);
                        match next(4) {
                            0 => format!("{one}"),
                            1 => format!("{one}.."),
                            2 => format!("..{one}"),
                            _ => format!("{}..{}", one.min(other), one.max(other)),
                        }
                    }
                };
                let mut list: Vec<String> = (0..next(4)).map(|_| value(&mut next)).collect();
                list.sort();
                list.dedup();
                list
            };
            let [values, except] = [list(), list()];
            if !(values.is_empty() && except.is_empty()) {
                all.push(Wanted { kind, values, except });
            }
        }
    }
    all
}

/// As many values of each kind as an access may have, each apart from the others.
pub(crate) fn many() -> Vec<Wanted> {
    let texts = |form: fn(i32) -> String| (0..256).map(form).collect::<Vec<_>>();
    let [paths, ranges] =
        [texts(|n| format!("p{n}/q")), texts(|n| format!("{}..{}", 9 * (n - 128), 9 * (n - 128) + 1))];
    let of = |kind, values: &[String], except: &[String]| Wanted { kind, values: values.into(), except: except.into() };
    vec![
        of(ValueKind::Text, &[], &paths),
        of(ValueKind::Path, &paths, &[]),
        of(ValueKind::Path, &[], &paths),
        of(ValueKind::Integer, &ranges, &[]),
        of(ValueKind::Integer, &[], &ranges),
    ]
}
