//! The text form and the structured form of a condition.

use keyward::{Condition, text::TextProblem};
use proptest::prelude::*;

const ACCEPTED: &[(&str, &str)] = &[
    ("a:b", "the shortest"),
    ("productBrand:brand_one", "the platform's"),
    ("factoryId:1", "a number as text"),
    ("factoryId:01", "leading zeros stay"),
    ("-:-", "hyphens alone"),
    ("_:_", "underscores alone"),
    ("-a:--b", "leading hyphens"),
    ("0:0", "digits alone"),
    ("A:b", "capitals"),
    ("name:true", "a word that JSON knows"),
    ("name:null", "another"),
    ("name:-0", "a sign is a character"),
];

#[test]
fn accepted_texts() {
    for (text, note) in ACCEPTED {
        let condition: Condition = text.parse().unwrap_or_else(|error| panic!("{note}: {error}"));
        assert_eq!(condition.to_string(), *text, "{note}");
        assert_eq!(format!("{}:{}", condition.name(), condition.value().unwrap()), *text, "{note}");
        assert!(condition.has_text_form(), "{note}");
        assert_eq!(Condition::new(condition.name(), condition.value().unwrap()).unwrap(), condition, "{note}");
        assert_eq!(Condition::try_from(*text).unwrap(), condition, "{note}");
        assert_eq!(Condition::try_from(String::from(*text)).unwrap(), condition, "{note}");
        let json = serde_json::to_string(&condition).unwrap();
        assert_eq!(json, format!("\"{text}\""), "{note}");
        assert_eq!(serde_json::from_str::<Condition>(&json).unwrap(), condition, "{note}");
        assert_eq!(format!("{condition:?}"), format!("Condition({text})"), "{note}");
        let structured = serde_json::json!({"value": condition.value().unwrap(), "name": condition.name()});
        assert_eq!(serde_json::from_value::<Condition>(structured).unwrap(), condition, "{note}: the other form");
    }
}

/// Text, place, message after the text, note.
type Refused = (&'static str, Option<usize>, &'static str, &'static str);

const REFUSED: &[Refused] = &[
    ("", None, ": 0 bytes are too few, the least is 3", "empty"),
    ("a:", Some(2), " at character 3: nothing stands after the colon", "no value"),
    (":a", Some(0), " at character 1: nothing stands before the colon", "no name"),
    ("factoryId", None, ": there is no colon", "no colon"),
    ("factoryId=1", Some(9), " at character 10: '=' is not allowed here", "an equals sign"),
    ("factoryId\u{ff1a}1", Some(9), " at character 10: '：' is not allowed here", "a full-width colon"),
    ("factoryId:", Some(10), " at character 11: nothing stands after the colon", "no value"),
    (":12", Some(0), " at character 1: nothing stands before the colon", "no name"),
    ("factoryId:1:2", Some(11), " at character 12: ':' is not allowed here", "two colons"),
    ("factoryId::1", Some(10), " at character 11: ':' is not allowed here", "two colons together"),
    ("factoryId:1,", Some(11), " at character 12: ',' is not allowed here", "a trailing comma"),
    ("factoryId:1,2", Some(11), " at character 12: ',' is not allowed here", "two values in one"),
    ("factoryId:*", Some(10), " at character 11: '*' is not allowed here", "a wildcard for the value"),
    ("*:1", Some(0), " at character 1: '*' is not allowed here", "a wildcard for the name"),
    ("factory.id:1", Some(7), " at character 8: '.' is not allowed here", "a path for a name"),
    ("factoryId:1.0", Some(11), " at character 12: '.' is not allowed here", "a point in a value"),
    ("factoryId: 1", Some(10), " at character 11: ' ' is not allowed here", "a space after the colon"),
    ("factoryId :1", Some(9), " at character 10: ' ' is not allowed here", "a space before the colon"),
    (" factoryId:1", Some(0), " at character 1: ' ' is not allowed here", "a leading space"),
    ("factoryId:1 ", Some(11), " at character 12: ' ' is not allowed here", "a trailing space"),
    ("factoryId:1\n", Some(11), " at character 12: '\\n' is not allowed here", "a line end, which `$` lets pass"),
    ("factoryId:1\t", Some(11), " at character 12: '\\t' is not allowed here", "a tab"),
    ("factoryId:\u{0}1", Some(10), " at character 11: '\\0' is not allowed here", "NUL"),
    ("factoryId:1\u{7f}", Some(11), " at character 12: '\\u{7f}' is not allowed here", "DEL"),
    ("\u{feff}factoryId:1", Some(0), " at character 1: '\\u{feff}' is not allowed here", "a byte order mark"),
    ("factory\u{200b}Id:1", Some(7), " at character 8: '\\u{200b}' is not allowed here", "a zero-width space"),
    ("factoryId:1\u{a0}", Some(11), " at character 12: '\\u{a0}' is not allowed here", "a no-break space"),
    ("city:Zürich", Some(6), " at character 7: 'ü' is not allowed here", "a value for the structured form"),
    ("cit\u{443}:x", Some(3), " at character 4: 'у' is not allowed here", "a Cyrillic y"),
    ("factoryId:\u{661}", Some(10), " at character 11: '١' is not allowed here", "an Arabic digit"),
    ("factoryId:\u{2010}1", Some(10), " at character 11: '‐' is not allowed here", "another hyphen"),
    ("ownerId:a@example.com", Some(9), " at character 10: '@' is not allowed here", "an address"),
    ("{\"name\":1}", Some(0), " at character 1: '{' is not allowed here", "an object as text"),
];

/// How the message goes on: what to write.
fn hint(text: &str, position: Option<usize>, message: &str) -> String {
    let (name, value) = text.split_once(':').unwrap_or((text, ""));
    if matches!(message, ": there is no colon" | ": 0 bytes are too few, the least is 3") {
        return "; a condition is a name, a colon and a value, as in `brand:a`".into();
    }
    let in_name = position.is_some_and(|at| at <= name.len());
    if in_name && message.ends_with("is not allowed here") {
        return "; a condition name is made of ASCII letters, digits, `_` and `-`".into();
    }
    if in_name {
        return String::new();
    }
    let is_plain = value.escape_debug().to_string() == value;
    let value = if is_plain { format!("\"{value}\"") } else { "…".into() };
    format!(
        "; such a value is written `{{\"name\": \"{name}\", \"value\": {value}}}`, or made by \
         `Condition::new(\"{name}\", {value})`"
    )
}

#[test]
fn refused_texts() {
    for (text, position, message, note) in REFUSED {
        let error = text.parse::<Condition>().expect_err(note);
        assert_eq!(error.position(), *position, "{note}");
        let shown = error.to_string();
        assert!(shown.starts_with("condition `"), "{note}: {shown}");
        let hint = hint(text, *position, message);
        assert!(shown.ends_with(&format!("`{message}{hint}")), "{note}: {shown}");
        assert!(!shown.chars().any(char::is_control), "{note}: {shown:?}");
        assert_eq!(Condition::try_from(*text).unwrap_err(), error, "{note}");
        assert_eq!(Condition::try_from(String::from(*text)).unwrap_err(), error, "{note}");
        let by_serde = serde_json::from_str::<Condition>(&serde_json::to_string(text).unwrap()).expect_err(note);
        assert!(by_serde.to_string().starts_with(&shown), "{note}: {by_serde}");
    }
}

#[test]
fn length_limits() {
    let of_length = |bytes: usize| format!("{}:b", "a".repeat(bytes - 2));
    assert_eq!(of_length(128).parse::<Condition>().unwrap().name().len(), 126);
    let refused = of_length(129).parse::<Condition>().unwrap_err();
    assert_eq!(refused.problem(), TextProblem::TooLong { length: 129, most: 128 });
    assert!(format!("a:{}", "b".repeat(126)).parse::<Condition>().is_ok());
    assert!(format!("a:{}", "b".repeat(127)).parse::<Condition>().is_err());

    let name = "a".repeat(126);
    assert!(Condition::new(&name, "b").unwrap().has_text_form(), "the longest name and one byte");
    assert!(!Condition::new(&name, "bb").unwrap().has_text_form(), "one byte too many for the text form");
    assert_eq!(
        Condition::new("a".repeat(127), "b").unwrap_err().problem(),
        TextProblem::TooLong { length: 127, most: 126 },
    );
    assert!(Condition::new("a", "é".repeat(32_768)).is_ok(), "the longest value");
    assert_eq!(
        Condition::new("a", "b".repeat(65_537)).unwrap_err().to_string(),
        format!("condition value `{}…`: 65537 bytes are too many, the most is 65536", "b".repeat(80)),
    );
}

/// Name, value, JSON, text for people, note.
type Structured = (&'static str, &'static str, &'static str, &'static str, &'static str);

const STRUCTURED: &[Structured] = &[
    ("a", "", r#"{"name":"a","value":""}"#, r#"a:"""#, "the empty value"),
    ("a", "b c", r#"{"name":"a","value":"b c"}"#, r#"a:"b c""#, "a space"),
    ("a", " b ", r#"{"name":"a","value":" b "}"#, r#"a:" b ""#, "spaces around"),
    ("a", "b:c", r#"{"name":"a","value":"b:c"}"#, r#"a:"b:c""#, "a colon"),
    ("a", "b,c", r#"{"name":"a","value":"b,c"}"#, r#"a:"b,c""#, "a comma"),
    ("a", "*", r#"{"name":"a","value":"*"}"#, r#"a:"*""#, "a star is a value"),
    ("a", "\"", r#"{"name":"a","value":"\""}"#, r#"a:"\"""#, "a quote"),
    ("a", "\n", r#"{"name":"a","value":"\n"}"#, r#"a:"\n""#, "a line end"),
    ("a", "\0", r#"{"name":"a","value":"\u0000"}"#, r#"a:"\0""#, "NUL"),
    ("a", "É", r#"{"name":"a","value":"É"}"#, r#"a:"É""#, "a composed letter"),
    ("a", "E\u{301}", "{\"name\":\"a\",\"value\":\"E\u{301}\"}", r#"a:"E\u{301}""#, "a decomposed letter"),
    ("a", "\u{feff}", "{\"name\":\"a\",\"value\":\"\u{feff}\"}", r#"a:"\u{feff}""#, "a byte order mark"),
    ("a", "\u{10ffff}", "{\"name\":\"a\",\"value\":\"\u{10ffff}\"}", r#"a:"\u{10ffff}""#, "the last character"),
    (
        "ownerId",
        "a@example.com",
        r#"{"name":"ownerId","value":"a@example.com"}"#,
        r#"ownerId:"a@example.com""#,
        "an address",
    ),
];

#[test]
fn structured_form() {
    for (name, value, json, shown, note) in STRUCTURED {
        let condition = Condition::new(name, value).unwrap();
        assert_eq!((condition.name(), condition.value().unwrap()), (*name, *value), "{note}");
        assert!(!condition.has_text_form(), "{note}");
        assert_eq!(serde_json::to_string(&condition).unwrap(), *json, "{note}");
        assert_eq!(serde_json::from_str::<Condition>(json).unwrap(), condition, "{note}");
        assert_eq!(condition.to_string(), *shown, "{note}");
        assert!(condition.to_string().parse::<Condition>().is_err(), "{note}: what people see is no text form");
    }
}

#[test]
fn structured_form_refused() {
    let cases = [
        (r#"{"name":"a"}"#, "missing field `value`", "no value"),
        (r#"{"value":"a"}"#, "missing field `name`", "no name"),
        ("{}", "missing field `name`", "empty"),
        (r#"{"name":"a","value":"b","x":1}"#, "unknown field `x`", "a field too many"),
        (r#"{"name":"a","value":"b","name":"c"}"#, "duplicate field `name`", "a name twice"),
        (r#"{"name":"a","value":"b","value":"b"}"#, "duplicate field `value`", "a value twice"),
        (r#"{"name":"a","value":1}"#, "invalid type: integer", "a number for the value"),
        (r#"{"name":"a","value":null}"#, "invalid type: null", "null for the value"),
        (r#"{"name":"a","value":["b"]}"#, "invalid type: sequence", "a list for the value"),
        (r#"{"name":1,"value":"b"}"#, "invalid type: integer", "a number for the name"),
        (r#"{"name":"","value":"b"}"#, "condition name ``: 0 bytes are too few, the least is 1", "an empty name"),
        (
            r#"{"name":"a b","value":"b"}"#,
            "condition name `a b` at character 2: ' ' is not allowed here",
            "a name with a space",
        ),
        (
            r#"{"name":"a:b","value":"c"}"#,
            "condition name `a:b` at character 2: ':' is not allowed here",
            "a separator in the name",
        ),
        (
            r#"{"name":"é","value":"c"}"#,
            "condition name `é` at character 1: 'é' is not allowed here",
            "a name outside ASCII",
        ),
        (r#"{"Name":"a","value":"c"}"#, "unknown field `Name`", "a key of another case"),
        (r#"["a","b"]"#, "invalid type: sequence", "a list, which a derived reader would take"),
        ("null", "invalid type: null", "null"),
        ("7", "invalid type: integer", "a number"),
        ("true", "invalid type: boolean", "a boolean"),
    ];
    for (json, message, note) in cases {
        let error = serde_json::from_str::<Condition>(json).expect_err(note).to_string();
        assert!(error.starts_with(message), "{note}: {error}");
    }
}

#[test]
fn equality_is_by_bytes() {
    let composed = Condition::new("a", "É").unwrap();
    assert_ne!(composed, Condition::new("a", "E\u{301}").unwrap());
    assert_ne!(composed, Condition::new("a", "é").unwrap());
    assert_ne!(composed, Condition::new("a", "É ").unwrap());
    assert_ne!(composed, Condition::new("A", "É").unwrap());
}

/// `^[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$`, 3 to 128 characters, read off the page and not off the crate.
fn in_pattern(text: &str) -> bool {
    let letter = |c| matches!(c, 'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-');
    let parts: Vec<&str> = text.split(':').collect();
    (3..=128).contains(&text.chars().count())
        && parts.len() == 2
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(letter))
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let parsed = text.parse::<Condition>();
    prop_assert_eq!(parsed.is_ok(), in_pattern(text), "{:?}: {:?}", text, parsed);
    if let Ok(condition) = parsed {
        prop_assert_eq!(condition.to_string(), text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn arbitrary_texts_agree_with_the_pattern(text in ".*") {
        agrees(&text)?;
    }

    #[test]
    fn texts_in_the_pattern_are_accepted(text in "[A-Za-z0-9_-]{1,60}:[A-Za-z0-9_-]{1,60}") {
        prop_assert!(in_pattern(&text));
        agrees(&text)?;
    }

    #[test]
    fn near_misses_agree(
        text in "[A-Za-z0-9_-]{0,3}:{0,2}[A-Za-z0-9_-]{0,3}",
        at in 0_usize..8,
        stranger in prop_oneof![
            Just('\n'), Just('\0'), Just(' '), Just(':'), Just(','), Just('*'), Just('.'), Just('+'), Just('/'),
            Just('\u{a0}'), Just('\u{200b}'), Just('\u{feff}'), Just('é'), Just('ａ'), any::<char>(),
        ],
    ) {
        agrees(&text)?;
        let mut changed: Vec<char> = text.chars().collect();
        changed.insert(at.min(changed.len()), stranger);
        agrees(&changed.iter().collect::<String>())?;
    }

    #[test]
    fn lengths_about_the_limit_agree(name in 1_usize..140, value in 1_usize..140) {
        agrees(&format!("{}:{}", "a".repeat(name), "b".repeat(value)))?;
    }

    #[test]
    fn any_value_survives_json(name in "[A-Za-z0-9_-]{1,126}", value in ".*") {
        let condition = Condition::new(&name, &value).unwrap();
        let json = serde_json::to_string(&condition).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Condition>(&json).unwrap(), &condition);
        prop_assert_eq!(json.starts_with('"'), condition.has_text_form());
        prop_assert_eq!(condition.has_text_form(), in_pattern(&format!("{name}:{value}")));
        if condition.has_text_form() {
            prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition));
        }
    }
}

#[test]
fn what_is_wrong_is_told_as_a_value() {
    let refused = "a:".parse::<Condition>().unwrap_err();
    assert_eq!(refused.problem(), TextProblem::EmptyValue);
    assert_eq!("".parse::<Condition>().unwrap_err().problem(), TextProblem::TooShort { length: 0, least: 3 });
}

#[test]
fn a_grant_is_read_as_it_is_written_and_not_without_its_conditions() {
    let grant = keyward::Grant::new().with_roles(["a", "b"]).condition("brand:one").unwrap();
    let grant = grant.with_conditions([Condition::new("owner", "a@example.com").unwrap()]);
    let written = serde_json::to_string(&grant).unwrap();
    assert_eq!(written, r#"{"roles":["a","b"],"conditions":["brand:one",{"name":"owner","value":"a@example.com"}]}"#);
    assert_eq!(serde_json::from_str::<keyward::Grant>(&written).unwrap(), grant);
    for (text, message) in [
        (r#"{"roles": ["a"]}"#, "the field `conditions` is missing"),
        (r#"[["admin"], []]"#, "an array where an object is wanted"),
        (r#"{"assignments": [[["admin"], []]]}"#, "$.assignments[0]: an array where an object is wanted"),
        (r#"{"assignments": [], "roles": []}"#, "`assignments` stands in place of `roles`"),
        (r#"{"conditions": []}"#, "the field `roles` is missing"),
        (r#"{"roles": ["a"], "conditions": null}"#, "$.conditions: null where an array is wanted"),
        (r#"{"roles": ["a"], "conditions": [], "condition": ["brand:one"]}"#, "unknown field `condition`"),
        (r#"{"roles": ["a"], "roles": ["b"], "conditions": []}"#, "key"),
        (r#"{"roles": ["a"], "conditions": ["brand"]}"#, "condition `brand`"),
    ] {
        let refused = serde_json::from_str::<keyward::Grant>(text).unwrap_err().to_string();
        assert!(refused.contains(message), "{text}: {refused}");
    }
}
