//! Types that say once which attributes they have.

use keyward::{
    Access, Attributes, Operation, Resource, Roles, Schema, TypeRef,
    attributes::{DeclaredAttributes, DeclaredResource},
    schema::ConditionRule,
};

struct Site {
    id: u64,
    region: Option<String>,
}

struct Delivery {
    site: Site,
    plant: u32,
}

struct Owner {
    account: String,
}

struct Order {
    owner: Owner,
    brand: String,
    tags: Vec<&'static str>,
    delivery: Delivery,
    extra: serde_json::Value,
}

keyward::attributes!(Site { id, region });
keyward::attributes!(Delivery { "factory-id" = plant, site: Site, siteId = site.id });
keyward::resource!(Order as "orders" in owner.account { brand, label = brand, tags, delivery: Delivery, extra, });

fn order() -> Order {
    Order {
        owner: Owner { account: "acme".into() },
        brand: "a".into(),
        tags: vec!["x", "y"],
        delivery: Delivery { site: Site { id: 3, region: None }, plant: 7 },
        extra: serde_json::json!({"colour": "red"}),
    }
}

#[test]
fn each_declared_name_reads_its_field_and_no_other_reads_any() {
    let order = order();
    let table = [
        ("brand", "`a`"),
        ("label", "`a`"),
        ("tags", "[`x`, `y`]"),
        ("delivery", "{`factory-id`: 7, `site`: {`id`: 3, `region`: nothing}, `siteId`: 3}"),
        ("extra", "{`colour`: `red`}"),
        ("owner", "nothing"),
        ("", "nothing"),
        ("Brand", "nothing"),
    ];
    for (name, shown) in table {
        assert_eq!(order.attribute(name).to_string(), shown, "{name}");
    }
    let mut each = Vec::new();
    order.each(&mut |name, _| each.push(name.to_owned()));
    assert_eq!(each, ["brand", "label", "tags", "delivery", "extra"]);
    assert_eq!(Order::DECLARED.iter().map(keyward::attributes::AttributeName::name).collect::<Vec<_>>(), each);
    assert_eq!(order.account(), "acme");
    assert!(matches!(order.resource_type(), TypeRef::Name("orders")));
}

fn reading(path: &str) -> Schema {
    let conditions = format!(r#"{{"at": {{"restricts": {{"orders": {path}}}}}}}"#);
    Schema::from_json(&format!(r#"{{"resources": {{"orders": {{}}, "bills": {{}}}}, "conditions": {conditions}}}"#))
        .unwrap()
}

#[test]
fn what_a_condition_reads_and_the_type_does_not_declare_is_named() {
    let refused = "condition `at` on `orders`: unknown attribute ";
    let table = [
        (r#""brand""#, None),
        (r#"["delivery"]"#, None),
        (r#"["delivery", "factory-id"]"#, None),
        (r#"["delivery", "site", "region"]"#, None),
        // What is inside is not said, so it can't be checked.
        (r#"["extra", "anything"]"#, None),
        (r#"["delivery", "siteId", "deeper"]"#, None),
        (r#""brnad""#, Some("`brnad`; did you mean `brand`?")),
        (r#""owner""#, Some("`owner`")),
        (r#"["delivery", "plant"]"#, Some("`plant`")),
        (r#"["delivery", "site", "regoin"]"#, Some("`regoin`; did you mean `region`?")),
    ];
    for (path, problem) in table {
        let checked = reading(path).check_attributes::<Order>("orders").map_err(|error| error.to_string());
        match problem {
            None => assert_eq!(checked, Ok(()), "{path}"),
            Some(problem) => assert!(checked.unwrap_err().starts_with(&format!("{refused}{problem}")), "{path}"),
        }
    }
    // A type that nothing restricts asks for nothing.
    assert!(reading(r#""missing""#).check_attributes::<Order>("bills").is_ok());
    assert_eq!(
        reading(r#""brand""#).check_attributes::<Order>("order").unwrap_err().to_string(),
        "resource type `order`: unknown resource type `order`; did you mean `orders`?",
    );
}

#[test]
fn conditions_see_through_declared_objects() {
    let schema = reading(r#"["delivery", "factory-id"]"#);
    let roles = Roles::new(&schema, "acme").unwrap();
    for (value, allowed) in [("at:7", true), ("at:8", false)] {
        let access = Access::builder(&roles).role("admin").condition(value).unwrap().build().unwrap();
        assert_eq!(access.decide(Operation::READ, &order()).is_allow(), allowed, "{value}");
    }
}

/// The field of a name that is a word of the language.
struct Event {
    account: String,
    r#type: &'static str,
    r#loop: Site,
}

keyward::resource!(Event as "events" in account { r#type, r#loop: Site, kind = r#type });

#[test]
fn a_raw_identifier_is_named_without_its_mark() {
    let event = Event { account: "acme".into(), r#type: "sale", r#loop: Site { id: 1, region: None } };
    assert_eq!(
        Event::DECLARED.iter().map(keyward::attributes::AttributeName::name).collect::<Vec<_>>(),
        ["type", "loop", "kind"]
    );
    let shown = ["type", "loop", "kind", "r#type"].map(|name| event.attribute(name).to_string());
    assert_eq!(shown, ["`sale`", "{`id`: 1, `region`: nothing}", "`sale`", "nothing"]);
    let mut each = Vec::new();
    event.each(&mut |name, _| each.push(name.to_owned()));
    assert_eq!(each, ["type", "loop", "kind"]);
}

#[test]
fn a_resource_is_held_to_the_schema_by_its_own_type() {
    let schema = |resource: &str, attribute: &str| {
        let condition = ConditionRule::new("c").restricts(resource, attribute);
        Schema::builder().resource(resource).condition(condition).build().unwrap()
    };
    assert_eq!(Event::RESOURCE_TYPE, "events");
    assert!(schema("events", "type").check_resource::<Event>().is_ok());
    let told = |schema: Schema| schema.check_resource::<Event>().unwrap_err().to_string();
    assert_eq!(
        told(schema("event", "type")),
        "resource type `events`: unknown resource type `events`; did you mean `event`?",
    );
    assert_eq!(
        told(schema("events", "tpye")),
        "condition `c` on `events`: unknown attribute `tpye`; did you mean `type`?"
    );
}
