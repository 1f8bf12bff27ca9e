//! Messages that show the way: each whole, as a user reads it who wrote the wrong thing.

use keyward::{
    Access, AccessError, Authenticator, Condition, Decision, Denial, Operation, Permission, ResourceView, Role, Roles,
    Schema, Timestamp,
    attributes::AttributePath,
    authenticate::{AuthenticationError, RefusalCause},
    document::{AccountDocument, Directory},
    json::Json,
    key::{KeyDigest, KeyFormat, KeyId, KeyKind, KeyPrefix},
    schema::ConditionRule,
    store::{KeyRecord, MemoryStore},
};
use serde_json::json;

use crate::support;

const CONDITION: &str = "; a condition is a name, a colon and a value, as in `brand:a`";
const CONDITION_NAME: &str = "; a condition name is made of ASCII letters, digits, `_` and `-`";
const PERMISSION: &str = "; a permission is a type, a colon and operations, as in `products:read`";
const TYPE: &str = "; a resource type is made of ASCII letters, digits and `.`";
const OPERATION: &str = "; an operation is made of the letters `a` to `z`";

fn refused<T: std::fmt::Debug, E: ToString>(read: Result<T, E>) -> String {
    read.map_err(|error| error.to_string()).unwrap_err()
}

#[test]
fn a_condition_that_the_text_form_can_not_say() {
    let written = |name: &str, value: &str| {
        format!(
            "; such a value is written `{{\"name\": \"{name}\", \"value\": {value}}}`, or made by \
             `Condition::new(\"{name}\", {value})`"
        )
    };
    let long = format!("owner:{}", "x".repeat(200));
    let cases = [
        (
            "owner:alice@example.com",
            "condition `owner:alice@example.com` at character 12: '@' is not allowed here".to_owned()
                + &written("owner", "\"alice@example.com\""),
        ),
        (
            "plant:plant.7",
            "condition `plant:plant.7` at character 12: '.' is not allowed here".to_owned()
                + &written("plant", "\"plant.7\""),
        ),
        (
            "city:Zürich",
            "condition `city:Zürich` at character 7: 'ü' is not allowed here".to_owned()
                + &written("city", "\"Zürich\""),
        ),
        (
            "city:",
            "condition `city:` at character 6: nothing stands after the colon".to_owned() + &written("city", "\"\""),
        ),
        // What would have to be escaped is not repeated: JSON escapes in another way.
        (
            "city:\"\n`",
            "condition `city:\"\\n\\u{60}` at character 6: '\"' is not allowed here".to_owned() + &written("city", "…"),
        ),
        (
            &long,
            format!("condition `{}…`: 206 bytes are too many, the most is 128", &long[..80]) + &written("owner", "…"),
        ),
        // No value helps a name that isn't one.
        ("plant.7:x", format!("condition `plant.7:x` at character 6: '.' is not allowed here{CONDITION_NAME}")),
        ("Zürich", format!("condition `Zürich` at character 2: 'ü' is not allowed here{CONDITION_NAME}")),
        ("city", format!("condition `city`: there is no colon{CONDITION}")),
        ("a", format!("condition `a`: there is no colon{CONDITION}")),
        ("", format!("condition ``: 0 bytes are too few, the least is 3{CONDITION}")),
        (":x", "condition `:x` at character 1: nothing stands before the colon".into()),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text.parse::<Condition>()), message);
        let document = json!({"id": "acme", "accessTokens": [{"id": "t", "policies": [], "conditions": [text]}]});
        let by_document = refused(serde_json::from_value::<AccountDocument>(document));
        assert_eq!(by_document, format!("$.accessTokens[0].conditions[0]: {message}"));
    }
    // What is shown is what one can write.
    let shown: Condition = serde_json::from_str(r#"{"name": "owner", "value": "alice@example.com"}"#).unwrap();
    assert_eq!(shown, Condition::new("owner", "alice@example.com").unwrap());
}

#[test]
fn a_permission_in_another_form() {
    let cases = [
        ("*", "permission `*`: there is no colon: write a type before it, as in `products:*`".to_owned()),
        ("a", format!("permission `a`: there is no colon{PERMISSION}")),
        ("products", format!("permission `products`: there is no colon{PERMISSION}")),
        ("", format!("permission ``: 0 bytes are too few, the least is 3{PERMISSION}")),
        (
            "*:read",
            "permission `*:read` at character 1: '*' is not allowed here; only operations have a `*`, as in `products:*`"
                .into(),
        ),
        (
            "asset_types:read",
            format!("permission `asset_types:read` at character 6: '_' is not allowed here{TYPE}"),
        ),
        ("my-service:read", format!("permission `my-service:read` at character 3: '-' is not allowed here{TYPE}")),
        (
            "products:checkOut",
            format!("permission `products:checkOut` at character 15: 'O' is not allowed here{OPERATION}"),
        ),
        // The wrong way round, where the text alone says so.
        (
            "read:purchaseOrders",
            "permission `read:purchaseOrders` at character 14: 'O' is not allowed here: the type comes first, write \
             `purchaseOrders:read`"
                .into(),
        ),
        (
            "read,list:products",
            "permission `read,list:products` at character 5: ',' is not allowed here: the type comes first, write \
             `products:read,list`"
                .into(),
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text.parse::<Permission>()), message);
        assert_eq!(refused(Role::new("r", [text])), message);
    }
}

#[test]
fn a_name_that_is_none() {
    let schema = |document: serde_json::Value| refused(Schema::from_json(&document.to_string()));
    let cases = [
        (
            schema(json!({"resources": {"asset_types": {}}})),
            format!(
                "line 1, column 29, $.resources.asset_types: resource type `asset_types` at character 6: '_' is not \
                 allowed here{TYPE}"
            ),
        ),
        (
            schema(json!({"resources": {"my-service": {}}})),
            format!(
                "line 1, column 28, $.resources['my-service']: resource type `my-service` at character 3: '-' is not \
                 allowed here{TYPE}"
            ),
        ),
        (
            schema(json!({"resources": {"books": {"operations": ["checkOut"]}}})),
            format!(
                "line 1, column 38, $.resources.books.operations[0]: operation `checkOut` at character 6: 'O' is not \
                 allowed here{OPERATION}"
            ),
        ),
        (
            refused(Schema::builder().condition(ConditionRule::new("a.b")).build()),
            format!("condition `a.b`: condition name `a.b` at character 2: '.' is not allowed here{CONDITION_NAME}"),
        ),
        (
            refused(Role::new("*", ["products:read"])),
            "id `*` at character 1: '*' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`"
                .into(),
        ),
        (refused(AttributePath::name("")), "attribute name ``: 0 bytes are too few, the least is 1".into()),
    ];
    for (shown, message) in cases {
        assert_eq!(shown, message);
    }
}

#[test]
fn what_is_not_known_is_told_what_is() {
    let schema = Schema::builder().resource("products").resource_with("books", ["read", "lend"]).build().unwrap();
    let role = |text| refused(Roles::new(&schema, "acme").unwrap().with(Role::new("r", [text]).unwrap()));
    let many = (1..=13).fold(Schema::builder(), |many, number| many.resource(format!("Type{number:02}XYZ")));
    let many = many.build().unwrap();
    let choices = |rule: serde_json::Value| {
        let document = json!({"resources": {"products": {}}, "conditions": {"brand": rule}});
        // Without the place, which others test.
        refused(Schema::from_json(&document.to_string())).split_once(": ").unwrap().1.to_owned()
    };
    let cases = [
        // The wrong way round, where the schema says so.
        (
            role("read:products"),
            "role `r`, permission `read:products`: unknown resource type `read`: the type comes first, write \
             `products:read`",
        ),
        (
            role("lend:books"),
            "role `r`, permission `lend:books`: unknown resource type `lend`: the type comes first, write `books:lend`",
        ),
        (
            role("books:publish"),
            "role `r`, permission `books:publish`: unknown operation `publish`; there are `read`, `lend`",
        ),
        (role("books:red"), "role `r`, permission `books:red`: unknown operation `red`; did you mean `read`?"),
        (
            role("cars:read"),
            "role `r`, permission `cars:read`: unknown resource type `cars`; there are `products`, `books`, \
             `accessPolicies`, `accessTokens`, `operatorAccess`",
        ),
        (
            refused(many.resource_type("qqqqqq")),
            "unknown resource type `qqqqqq`; there are `Type01XYZ`, `Type02XYZ`, `Type03XYZ`, `Type04XYZ`, `Type05XYZ`, \
             `Type06XYZ`, `Type07XYZ`, `Type08XYZ`, `Type09XYZ`, `Type10XYZ` and 6 more",
        ),
        (
            choices(json!({"restricts": {"products": {"attribute": "tags", "match": "some"}}})),
            "unknown choice `some`; there are `any`, `all`",
        ),
        (
            choices(json!({"restricts": {"products": "brand"}, "elsewhere": "allow"})),
            "unknown choice `allow`; there are `deny`, `ignore`",
        ),
        (
            choices(json!({"restricts": {"products": "brand"}, "otherwise": "deny"})),
            "unknown field `otherwise`; there are `values`, `restricts`, `context`, `elsewhere`",
        ),
    ];
    for (shown, message) in cases {
        assert_eq!(shown, message);
    }
    // The names of an account's own roles are not listed.
    let roles = Roles::new(&schema, "acme").unwrap().with(Role::new("secret-plans", ["books:read"]).unwrap()).unwrap();
    assert_eq!(refused(Access::builder(&roles).role("visitor").build()), "unknown role `visitor`");
    // Nothing is listed where there is nothing.
    assert_eq!(refused(Access::builder(&roles).condition("a:1").unwrap().build()), "unknown condition `a`");
}

#[test]
fn a_document_with_a_byte_order_mark() {
    let message = "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one";
    for document in ["\u{feff}{}", "\u{feff}", "\u{feff}{\"a\": "] {
        assert_eq!(refused(Json::parse(document)), message);
        assert_eq!(refused(Schema::from_json(document)), message);
        assert_eq!(refused(Directory::from_json(document)), message);
    }
    assert!(Json::parse("\"\u{feff}\"").is_ok(), "inside it is a text's own");
}

#[test]
fn a_field_that_is_null() {
    let account = |fields: serde_json::Value| refused(serde_json::from_value::<AccountDocument>(fields));
    let token = json!([{"id": "t", "name": null, "policies": [], "conditions": []}]);
    let table = [
        (account(json!({"id": "a", "name": null})), "$.name: null where a string or no field at all is wanted"),
        (
            account(json!({"id": "a", "accessTokens": token})),
            "$.accessTokens[0].name: null where a string or no field at all is wanted",
        ),
        (account(json!({"id": "a", "name": 1})), "$.name: a number where a string is wanted"),
        (account(json!({"id": null})), "$.id: null where a string is wanted"),
    ];
    for (shown, message) in table {
        assert_eq!(shown, message);
    }
}

#[test]
fn a_condition_that_is_not_bound_to_the_type() {
    let schema = support::schema(&json!({
        "resources": {"products": {}, "places": {}},
        "conditions": {"brand": {"restricts": {"products": "brand"}}},
    }));
    let access = support::access(&schema, &["places:read"], &[("brand", "a")]);
    let place = ResourceView::new("places", support::ACCOUNT, &());
    let decision = access.decide(Operation::READ, &place);
    let denial = decision.denial().unwrap();
    assert_eq!(
        denial.to_string(),
        "condition `brand` is not bound to `places`: the schema binds it, or says `\"elsewhere\": \"ignore\"` where it is \
         not to restrict other types",
    );
    // The caller reads what it was, and programs, too.
    assert_eq!(denial.redacted().to_string(), "condition `brand` is not bound to `places`");
    let reason = json!({"kind": "condition_unbound", "condition": "brand", "resource": "places"});
    assert_eq!(support::json(&decision), json!({"decision": "deny", "status": 403, "reason": reason}));
}

#[test]
fn a_role_that_is_not_there_any_more() {
    let schema = Schema::builder().resource("products").build().unwrap();
    let (id, digest) = (KeyId::parse("00000000000000").unwrap(), KeyDigest::DUMMY);
    let record = KeyRecord::new(KeyKind::AccessToken, id, digest, "acme", "t1").unwrap();
    let record = record.with_roles(["inspector", "admin", "gone"]);
    let before = Roles::new(&schema, "acme").unwrap();
    let before = before.with_all(["inspector", "gone"].map(|id| Role::new(id, ["products:read"]).unwrap())).unwrap();
    assert_eq!(record.access(&before).unwrap().missing_roles().count(), 0);
    let after = before.without("inspector").unwrap().without("gone").unwrap();
    let access = record.access(&after).unwrap();
    assert_eq!(access.missing_roles().collect::<Vec<_>>(), ["inspector", "gone"]);
    assert_eq!(access.assignments().next().unwrap().roles().collect::<Vec<_>>(), ["inspector", "admin", "gone"]);
    assert_eq!(refused(record.check(&after)), "unknown role `inspector`");
}

/// One error for a function that reads texts and builds an access.
#[test]
fn texts_are_read_where_accesses_are_built() {
    fn access(roles: &Roles, condition: &str) -> Result<Access, AccessError> {
        let role = Role::new("inspector", ["products:read"])?;
        let condition: Condition = condition.parse()?;
        Access::builder(roles).role(role.id()).condition(condition)?.build()
    }
    let schema = support::schema(&json!({
        "resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}},
    }));
    let roles = Roles::new(&schema, "acme").unwrap().with(Role::new("inspector", ["products:read"]).unwrap()).unwrap();
    assert!(access(&roles, "brand:a").is_ok());
    let text = "brand".parse::<Condition>().unwrap_err();
    assert_eq!(access(&roles, "brand").unwrap_err(), AccessError::Text(text));
}

#[test]
fn decisions_compare() {
    let schema = support::schema(&json!({
        "resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}},
    }));
    let access = support::access(&schema, &["products:read"], &[("brand", "a")]);
    let [one, same, other] = [json!({"brand": ["b"]}), json!({"brand": ["b"]}), json!({"brand": ["c"]})];
    let of = |attributes| ResourceView::new("products", support::ACCOUNT, attributes);
    let (one, same, other) = (of(&one), of(&same), of(&other));
    let decide = |resource| access.decide(Operation::READ, resource);
    assert_eq!(decide(&one), decide(&same));
    assert_ne!(decide(&one), decide(&other), "what was found is another");
    assert_eq!(decide(&one).denial().unwrap().redacted(), decide(&other).denial().unwrap().redacted());
    assert_ne!(decide(&one), Decision::Allow);
    let missing = Denial::PermissionMissing { resource: "products", operation: "delete" };
    assert_eq!(access.decide(Operation::DELETE, &one), Decision::Deny(missing));
    assert_ne!(missing.redacted(), Denial::OtherAccount.redacted());
    assert_ne!(keyward::Value::Absent, keyward::Value::Null);
    assert_ne!(keyward::Value::Integer(1), keyward::Value::Float(1.0));
    assert_ne!(keyward::Value::Integer(1), keyward::Value::Text("1"));
}

/// The log sees why, whatever the error is wrapped in; the caller never does.
#[test]
fn an_authentication_error_shows_its_cause_to_the_log_alone() {
    let format = KeyFormat::new(KeyPrefix::new("acme").unwrap());
    let authenticator = Authenticator::new(&Schema::builder().build().unwrap(), format);
    let error = authenticator.authenticate(&MemoryStore::new(), "not a key", Timestamp::from_millis(1)).unwrap_err();
    assert_eq!(error.to_string(), "the key is not valid");
    let AuthenticationError::Refused(refusal) = &error else { panic!("{error}") };
    let RefusalCause::Malformed(cause) = refusal.cause() else { panic!("{refusal:?}") };
    assert_eq!(format!("{error:?}"), format!("Refused(Refusal {{ key: None, cause: Malformed({cause:?}) }})"));
    let failed = AuthenticationError::Store("the cable");
    assert_eq!(
        (failed.to_string(), format!("{failed:?}")),
        ("the key store failed".into(), "Store(\"the cable\")".into())
    );
}
