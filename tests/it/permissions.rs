//! The text form of a permission.

use keyward::{Permission, text::TextProblem};
use proptest::prelude::*;

const ACCEPTED: &[(&str, &str)] = &[
    ("a:b", "the shortest"),
    ("products:read", "one operation"),
    ("products:read,list", "two operations"),
    ("products:list,read", "in any order"),
    ("products:*", "every operation"),
    ("purchaseOrders:approve", "an operation of the host's own"),
    ("a.b.c:read", "dots in a type"),
    (".:read", "a type of one dot: the pattern has it"),
    ("...:read", "only dots"),
    ("0:read", "a type that is a digit"),
    ("Products:read", "capitals in a type"),
    ("admin:admin", "names that mean something elsewhere"),
    ("a:a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z", "many operations"),
    ("products:read,reads,rea", "names that begin alike"),
];

#[test]
fn accepted_texts() {
    for (text, note) in ACCEPTED {
        let permission: Permission = text.parse().unwrap_or_else(|error| panic!("{note}: {error}"));
        assert_eq!(permission.to_string(), *text, "{note}");
        assert_eq!(permission.as_str(), *text, "{note}");
        let (resource, operations) = text.split_once(':').unwrap();
        assert_eq!(permission.resource_type(), resource, "{note}");
        assert_eq!(permission.operations().collect::<Vec<_>>().join(","), operations, "{note}");
        assert_eq!(permission.is_every_operation(), operations == "*", "{note}");
        assert_eq!(Permission::try_from(*text).unwrap(), permission, "{note}");
        assert_eq!(Permission::try_from(String::from(*text)).unwrap(), permission, "{note}");
        let json = serde_json::to_string(&permission).unwrap();
        assert_eq!(json, format!("\"{text}\""), "{note}");
        assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), permission, "{note}");
        assert_eq!(format!("{permission:?}"), format!("Permission({text})"), "{note}");
    }
}

/// Text, place, message after the text, note.
type Refused = (&'static str, Option<usize>, &'static str, &'static str);

const REFUSED: &[Refused] = &[
    ("", None, ": 0 bytes are too few, the least is 3", "empty"),
    ("a", None, ": there is no colon", "a name"),
    ("a:", Some(2), " at character 3: nothing stands after the colon", "no operation"),
    (":a", Some(0), " at character 1: nothing stands before the colon", "no type"),
    ("*", None, ": there is no colon", "a wildcard alone"),
    ("products", None, ": there is no colon", "no colon"),
    ("products,read", Some(8), " at character 9: ',' is not allowed here", "a comma for a colon"),
    ("products read", Some(8), " at character 9: ' ' is not allowed here", "a space for a colon"),
    ("products\u{ff1a}read", Some(8), " at character 9: '：' is not allowed here", "a full-width colon"),
    ("products:", Some(9), " at character 10: nothing stands after the colon", "no operation"),
    (":read", Some(0), " at character 1: nothing stands before the colon", "no type"),
    ("::read", Some(0), " at character 1: nothing stands before the colon", "two colons"),
    ("products::read", Some(9), " at character 10: ':' is not allowed here", "two colons inside"),
    ("products:read:list", Some(13), " at character 14: ':' is not allowed here", "a colon for a comma"),
    ("products:Read", Some(9), " at character 10: 'R' is not allowed here", "an upper-case operation"),
    ("products:READ", Some(9), " at character 10: 'R' is not allowed here", "all upper case"),
    ("products:read1", Some(13), " at character 14: '1' is not allowed here", "a digit in an operation"),
    ("products:read_all", Some(13), " at character 14: '_' is not allowed here", "an underscore"),
    ("products:read-all", Some(13), " at character 14: '-' is not allowed here", "a hyphen"),
    ("my_products:read", Some(2), " at character 3: '_' is not allowed here", "an underscore in a type"),
    ("my-products:read", Some(2), " at character 3: '-' is not allowed here", "a hyphen in a type"),
    ("*:read", Some(0), " at character 1: '*' is not allowed here", "a wildcard for the type"),
    ("*:*", Some(0), " at character 1: '*' is not allowed here", "wildcards for both"),
    ("products*:read", Some(8), " at character 9: '*' is not allowed here", "a wildcard in the type"),
    ("products:read,", Some(14), " at character 15: an operation is empty", "a trailing comma"),
    ("products:,read", Some(9), " at character 10: an operation is empty", "a leading comma"),
    ("products:read,,list", Some(14), " at character 15: an operation is empty", "two commas"),
    ("products:,", Some(9), " at character 10: an operation is empty", "only a comma"),
    (
        "products:*,",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "star, comma",
    ),
    ("products:,*", Some(9), " at character 10: an operation is empty", "comma, star"),
    (
        "products:**",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "two stars",
    ),
    (
        "products:*,*",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "star twice",
    ),
    (
        "products:read,*",
        Some(14),
        " at character 15: `*` stands for every operation and takes no others beside it",
        "star at the end",
    ),
    (
        "products:*,read",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "star first",
    ),
    (
        "products:re*",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "star in a name",
    ),
    (
        "products:*read",
        Some(9),
        " at character 10: `*` stands for every operation and takes no others beside it",
        "star before a name",
    ),
    ("products:read,read", Some(14), " at character 15: an operation is repeated", "the same twice"),
    ("products:read,list,read", Some(19), " at character 20: an operation is repeated", "the same twice, apart"),
    (" products:read", Some(0), " at character 1: ' ' is not allowed here", "a leading space"),
    ("products:read ", Some(13), " at character 14: ' ' is not allowed here", "a trailing space"),
    ("products: read", Some(9), " at character 10: ' ' is not allowed here", "a space after the colon"),
    ("products:read, list", Some(14), " at character 15: ' ' is not allowed here", "a space after the comma"),
    ("products:read\n", Some(13), " at character 14: '\\n' is not allowed here", "a line end, which `$` lets pass"),
    ("products:read\r\n", Some(13), " at character 14: '\\r' is not allowed here", "a Windows line end"),
    ("\u{feff}products:read", Some(0), " at character 1: '\\u{feff}' is not allowed here", "a byte order mark"),
    ("prod\u{0}ucts:read", Some(4), " at character 5: '\\0' is not allowed here", "NUL in the type"),
    ("products:re\u{0}ad", Some(11), " at character 12: '\\0' is not allowed here", "NUL in an operation"),
    ("prod\u{200b}ucts:read", Some(4), " at character 5: '\\u{200b}' is not allowed here", "a zero-width space"),
    ("products:read\u{a0}", Some(13), " at character 14: '\\u{a0}' is not allowed here", "a no-break space"),
    ("pr\u{43e}ducts:read", Some(2), " at character 3: 'о' is not allowed here", "a Cyrillic o"),
    ("products:r\u{435}ad", Some(10), " at character 11: 'е' is not allowed here", "a Cyrillic e"),
    ("products:\u{ff52}ead", Some(9), " at character 10: 'ｒ' is not allowed here", "a full-width r"),
    ("\u{e9}:read", Some(0), " at character 1: 'é' is not allowed here", "a letter outside ASCII"),
    ("e\u{301}:read", Some(1), " at character 2: '\\u{301}' is not allowed here", "a combining accent"),
    ("products:\u{661}", Some(9), " at character 10: '١' is not allowed here", "an Arabic digit"),
    ("\u{1f600}:read", Some(0), " at character 1: '😀' is not allowed here", "four bytes"),
    ("products\u{1b}[2J:read", Some(8), " at character 9: '\\u{1b}' is not allowed here", "a terminal sequence"),
];

const TYPE: &str = "; a resource type is made of ASCII letters, digits and `.`";
const OPERATION: &str = "; an operation is made of the letters `a` to `z`";

/// How the message goes on: what to write.
fn hint(text: &str, position: Option<usize>, message: &str) -> &'static str {
    let starred = position.is_some_and(|at| text[at..].starts_with('*'));
    let in_type = text.find(':').is_none_or(|colon| position.is_some_and(|at| at < colon));
    match message {
        ": there is no colon" if text == "*" => ": write a type before it, as in `products:*`",
        ": there is no colon" | ": 0 bytes are too few, the least is 3" => {
            "; a permission is a type, a colon and operations, as in `products:read`"
        }
        _ if !message.ends_with("is not allowed here") => "",
        _ if in_type && starred => "; only operations have a `*`, as in `products:*`",
        _ if in_type => TYPE,
        _ => OPERATION,
    }
}

#[test]
fn refused_texts() {
    for (text, position, message, note) in REFUSED {
        let error = text.parse::<Permission>().map(|permission| permission.to_string());
        let error = error.expect_err(note);
        assert_eq!(error.position(), *position, "{note}");
        let message_with_text = error.to_string();
        assert!(message_with_text.starts_with("permission `"), "{note}: {message_with_text}");
        let hint = hint(text, *position, message);
        assert!(message_with_text.ends_with(&format!("`{message}{hint}")), "{note}: {message_with_text}");
        assert!(!message_with_text.chars().any(char::is_control), "{note}: {message_with_text:?}");
        assert_eq!(Permission::try_from(*text).unwrap_err(), error, "{note}");
        assert_eq!(Permission::try_from(String::from(*text)).unwrap_err(), error, "{note}");
        let json = serde_json::to_string(text).unwrap();
        let by_serde = serde_json::from_str::<Permission>(&json).expect_err(note).to_string();
        assert!(by_serde.starts_with(&message_with_text), "{note}: {by_serde}");
    }
}

#[test]
fn the_text_is_repeated_escaped_and_cut() {
    let error = "products:re\nad".parse::<Permission>().unwrap_err();
    let message = r"permission `products:re\nad` at character 12: '\n' is not allowed here";
    assert_eq!(error.to_string(), format!("{message}{OPERATION}"));
    let error = "a'b\"c:read".parse::<Permission>().unwrap_err();
    let message = "permission `a'b\"c:read` at character 2: '\\'' is not allowed here";
    assert_eq!(error.to_string(), format!("{message}{TYPE}"));
    let error = "é".repeat(1 << 20).parse::<Permission>().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("permission `{}…`: {} bytes are too many, the most is 256", "é".repeat(80), 2 << 20),
    );
}

#[test]
fn length_limits() {
    let of_length = |bytes: usize| format!("{}:read", "a".repeat(bytes - 5));
    let longest: Permission = of_length(256).parse().unwrap();
    assert_eq!(longest.as_str().len(), Permission::MAX_BYTES);
    let refused = of_length(257).parse::<Permission>().unwrap_err();
    assert_eq!(refused.problem(), TextProblem::TooLong { length: 257, most: 256 });
    assert_eq!(refused.position(), None);
    let many: String = ('a'..='z').flat_map(|a| ('a'..='d').map(move |b| format!("{a}{b},"))).collect();
    let many = format!("t:{}z", &many[..252]);
    assert!(many.parse::<Permission>().is_ok(), "{many}");
}

#[test]
fn only_a_string_is_a_permission() {
    for json in ["null", "1", "true", "[]", r#"["products:read"]"#, "{}", r#"{"text":"a:b","colon":1}"#] {
        assert!(serde_json::from_str::<Permission>(json).is_err(), "{json}");
    }
    assert_eq!(serde_json::from_str::<Permission>(r#""a\u003ab""#).unwrap().as_str(), "a:b", "an escape is read");
}

#[test]
fn padding_applies() {
    let permission: Permission = "a:b".parse().unwrap();
    assert_eq!(format!("[{permission:>5}] [{permission:<5}]"), "[  a:b] [a:b  ]");
}

/// `^[a-zA-Z0-9.]+:[a-z,*]+$`, 3 to 256 characters, read off the page and not off the crate.
fn in_pattern(text: &str) -> bool {
    let length = text.chars().count();
    let Some(colon) = text.find(':') else { return false };
    let (before, after) = (&text[..colon], &text[colon + 1..]);
    (3..=256).contains(&length)
        && !before.is_empty()
        && !after.is_empty()
        && before.chars().all(|c| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '.'))
        && after.chars().all(|c| matches!(c, 'a'..='z' | ',' | '*'))
}

/// What the pattern lets pass and the documentation excludes.
fn excluded(text: &str) -> bool {
    let operations = text.split_once(':').map_or("", |(_, operations)| operations);
    let names: Vec<&str> = operations.split(',').collect();
    let repeated = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
    operations != "*" && (operations.contains('*') || repeated || names.contains(&""))
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let parsed = text.parse::<Permission>();
    prop_assert_eq!(parsed.is_ok(), in_pattern(text) && !excluded(text), "{:?}: {:?}", text, parsed);
    if let Ok(permission) = parsed {
        prop_assert_eq!(permission.to_string(), text);
        prop_assert_eq!(permission.to_string().parse::<Permission>(), Ok(permission));
    }
    Ok(())
}

proptest! {
    #[test]
    fn arbitrary_texts_agree_with_the_pattern(text in ".*") {
        agrees(&text)?;
    }

    #[test]
    fn texts_in_the_pattern_agree(text in "[a-zA-Z0-9.]{1,9}:([a-c,*]{1,6}|[ab](,[a-c]b?){1,3})") {
        prop_assert!(in_pattern(&text));
        agrees(&text)?;
    }

    #[test]
    fn texts_in_the_form_are_accepted(
        resource in "[a-zA-Z0-9.]{1,20}",
        operations in proptest::collection::hash_set("[a-z]{1,8}", 1..6),
    ) {
        let text = format!("{resource}:{}", operations.into_iter().collect::<Vec<_>>().join(","));
        prop_assert!(text.parse::<Permission>().is_ok(), "{}", text);
        agrees(&text)?;
    }

    #[test]
    fn near_misses_agree(
        text in "[a-zA-Z0-9.]{0,3}:{0,2}[a-b,*]{0,5}",
        at in 0_usize..12,
        stranger in prop_oneof![
            Just('\n'), Just('\0'), Just(' '), Just(':'), Just(','), Just('*'), Just('.'), Just('A'), Just('_'),
            Just('-'), Just('\u{a0}'), Just('\u{200b}'), Just('\u{feff}'), Just('é'), Just('ａ'), any::<char>(),
        ],
    ) {
        agrees(&text)?;
        let mut changed: Vec<char> = text.chars().collect();
        changed.insert(at.min(changed.len()), stranger);
        agrees(&changed.iter().collect::<String>())?;
    }

    #[test]
    fn lengths_about_the_limit_agree(resource in 1_usize..300, operations in 1_usize..20, wide in any::<bool>()) {
        let mut text = format!("{}:{}", "a".repeat(resource), "b".repeat(operations));
        if wide {
            text.push('é');
        }
        agrees(&text)?;
    }
}

#[test]
fn what_is_wrong_is_told_as_a_value() {
    let refused = |text: &str| text.parse::<Permission>().unwrap_err();
    assert_eq!(refused("products:*,read").problem(), TextProblem::StarAmongOthers);
    assert_eq!(refused("products read").position(), Some(8));
}
