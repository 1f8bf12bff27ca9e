//! Conditions on attributes: what is absent, of another kind, or written in another way.

use keyward::{Access, Condition, Operation, Resource, ResourceView, Role, Roles, Schema};
use serde_json::{Value, json};

use super::{Row, told};
use crate::support;

pub(super) fn schema() -> Schema {
    support::schema(&json!({
        "resources": {"things": {}, "places": {}},
        "conditions": {
            "brand": {"restricts": {"things": "brand"}},
            "tags": {"restricts": {"things": {"attribute": "tags", "match": "all"}}},
            "amount": {"values": "integer", "restricts": {"things": "amount"}},
            "region": {"values": "path", "restricts": {"things": "region"}},
            "ip": {"values": "network", "context": "ip"},
        },
    }))
}

pub(super) fn access(conditions: &[Condition]) -> Access {
    let roles = Roles::new(&schema(), "a1").unwrap().with(Role::new("r", ["things:*"]).unwrap()).unwrap();
    let conditions = conditions.iter().cloned();
    Access::builder(&roles).role("r").conditions(conditions).unwrap().build().unwrap()
}

pub(super) fn is(name: &str, value: &str) -> Condition {
    Condition::new(name, value).unwrap()
}

fn but(name: &str, value: &str) -> Condition {
    Condition::except(name, [value]).unwrap()
}

pub(super) fn decided(access: &Access, thing: &impl Resource) -> String {
    let decision = access.decide(Operation::READ, thing);
    decision.denial().map_or_else(|| "allow".into(), ToString::to_string)
}

/// What whoever has this condition gets of a thing with these attributes.
#[expect(clippy::needless_pass_by_value, reason = "a row is read better without its `&`")]
pub(super) fn reads(condition: Condition, attributes: Value) -> String {
    decided(&access(&[condition]), &ResourceView::new("things", "a1", &attributes))
}

fn one_name_twice() -> String {
    let things = [("brand", "a"), ("brand", "b")];
    decided(&access(&[is("brand", "a")]), &ResourceView::new("things", "a1", &things))
}

fn an_error_beside_a_denial() -> String {
    // A name that the schema doesn't have can't enter an access, so no rule is dropped when it is evaluated.
    let roles = Roles::new(&schema(), "a1").unwrap();
    told(Access::builder(&roles).role("admin").condition("brnad:a").unwrap().build())
}

fn another_types_condition() -> String {
    let roles = Roles::new(&schema(), "a1").unwrap();
    let access = Access::builder(&roles).role("admin").condition("brand:a").unwrap().build().unwrap();
    decided(&access, &ResourceView::new("places", "a1", &json!({"brand": "a"})))
}

fn joined(first: &[&str], second: &[&str]) -> String {
    let of = |values: &[&str]| {
        let conditions: Vec<_> = values.iter().map(|value| is("brand", value)).collect();
        access(&conditions)
    };
    of(first).same_as(&of(second)).to_string()
}

const MISSING: &str = "a missing attribute meets a negation";
const NOTHING: &str = "IAM `ForAllValues`: true of nothing";
const DROPPED: &str = "cedar-policy/cedar#2428";
const WRONG_TYPE: &str = "jsonwebtoken CVE-2026-25537";
const JOINED: &str = "OpenFGA CVE-2026-34972";
const UNICODE: &str = "texts that are folded, trimmed or normalised";

pub(super) const ROWS: &[Row] = &[
    (
        "all but one, and it is absent",
        MISSING,
        || reads(but("brand", "a"), json!({})),
        "condition `brand`: `brand` is absent, accepted is anything but `a`",
    ),
    (
        "all but one, and it is null",
        MISSING,
        || reads(but("brand", "a"), json!({"brand": null})),
        "condition `brand`: `brand` is null, accepted is anything but `a`",
    ),
    (
        "all but one, and it is empty",
        "null is not absent is not empty",
        || reads(but("brand", "a"), json!({"brand": ""})),
        "allow",
    ),
    (
        "all but one, and it is a list of none",
        MISSING,
        || reads(but("brand", "a"), json!({"brand": []})),
        "condition `brand`: `brand` is [], accepted is anything but `a`",
    ),
    (
        "all but one, and it is an object",
        MISSING,
        || reads(but("brand", "a"), json!({"brand": {"a": 1}})),
        "condition `brand`: `brand` is {`a`: 1}, accepted is anything but `a`",
    ),
    (
        "all but one integer, and it is a text",
        MISSING,
        || reads(but("amount", "1"), json!({"amount": "x"})),
        "condition `amount`: `amount` is `x`, accepted is any integer but `1`",
    ),
    (
        "every one of none",
        NOTHING,
        || reads(is("tags", "a"), json!({"tags": []})),
        "condition `tags`: `tags` is [], accepted are lists of nothing but `a`",
    ),
    (
        "every one but one, of none",
        NOTHING,
        || reads(but("tags", "a"), json!({"tags": []})),
        "condition `tags`: `tags` is [], accepted are lists of anything but `a`",
    ),
    (
        "every one, and one is null",
        NOTHING,
        || reads(is("tags", "a"), json!({"tags": ["a", null]})),
        "condition `tags`: `tags` is [`a`, null], accepted are lists of nothing but `a`",
    ),
    (
        "a rule that can't be evaluated",
        DROPPED,
        an_error_beside_a_denial,
        "unknown condition `brnad`; did you mean `brand`?",
    ),
    (
        "a condition on the context, and no context",
        DROPPED,
        || reads(is("ip", "10.0.0.0/8"), json!({})),
        "condition `ip`: `ip` is absent from the context, accepted are `10.0.0.0/8`",
    ),
    (
        "a rule of another type",
        DROPPED,
        another_types_condition,
        r#"condition `brand` is not bound to `places`: the schema binds it, or says `"elsewhere": "ignore"` where it is not to restrict other types"#,
    ),
    (
        "a float for an integer",
        WRONG_TYPE,
        || reads(is("amount", "1"), json!({"amount": 1.0})),
        "condition `amount`: `amount` is 1.0, accepted are `1`",
    ),
    (
        "minus nought",
        WRONG_TYPE,
        || reads(is("amount", "0"), json!({"amount": -0.0})),
        "condition `amount`: `amount` is -0.0, accepted are `0`",
    ),
    (
        "a number beyond 64 bits",
        WRONG_TYPE,
        || reads(is("amount", "1.."), json!({"amount": 18_446_744_073_709_551_616.0_f64})),
        "condition `amount`: `amount` is 1.8446744073709552e19, accepted are `1..`",
    ),
    (
        "a text with a nought before it",
        WRONG_TYPE,
        || reads(is("amount", "7"), json!({"amount": "07"})),
        "condition `amount`: `amount` is `07`, accepted are `7`",
    ),
    (
        "an object for a text",
        WRONG_TYPE,
        || reads(is("brand", "a"), json!({"brand": {"brand": "a"}})),
        "condition `brand`: `brand` is {`brand`: `a`}, accepted are `a`",
    ),
    (
        "a list in a list",
        WRONG_TYPE,
        || reads(is("brand", "a"), json!({"brand": [["a"]]})),
        "condition `brand`: `brand` is [[`a`]], accepted are `a`",
    ),
    (
        "null for the text `null`",
        WRONG_TYPE,
        || reads(is("brand", "null"), json!({"brand": null})),
        "condition `brand`: `brand` is null, accepted are `null`",
    ),
    (
        "an attribute that is there twice",
        WRONG_TYPE,
        one_name_twice,
        "condition `brand`: `brand` is a value of another kind, accepted are `a`",
    ),
    ("one value with a comma, or two", JOINED, || joined(&["a,b"], &["a", "b"]), "false"),
    ("two values that join alike", JOINED, || joined(&["ab", "c"], &["a", "bc"]), "false"),
    ("a value with a separator", JOINED, || joined(&["a\0b"], &["a", "b"]), "false"),
    ("values in another order", JOINED, || joined(&["a", "b"], &["b", "a"]), "true"),
    (
        "other case",
        UNICODE,
        || reads(is("brand", "a"), json!({"brand": "A"})),
        "condition `brand`: `brand` is `A`, accepted are `a`",
    ),
    (
        "a trailing blank",
        UNICODE,
        || reads(is("brand", "a"), json!({"brand": "a "})),
        "condition `brand`: `brand` is `a `, accepted are `a`",
    ),
    (
        "a blank that `trim` takes",
        UNICODE,
        || reads(is("brand", "a"), json!({"brand": "a\u{a0}"})),
        r"condition `brand`: `brand` is `a\u{a0}`, accepted are `a`",
    ),
    (
        "a blank that `trim` leaves",
        UNICODE,
        || reads(is("brand", "a"), json!({"brand": "a\u{200b}"})),
        r"condition `brand`: `brand` is `a\u{200b}`, accepted are `a`",
    ),
    (
        "one letter in two forms",
        UNICODE,
        || reads(is("brand", "\u{c9}"), json!({"brand": "E\u{301}"})),
        r"condition `brand`: `brand` is `E\u{301}`, accepted are `É`",
    ),
    ("the same letter in one form", UNICODE, || reads(is("brand", "\u{c9}"), json!({"brand": "\u{c9}"})), "allow"),
    (
        "a path that begins alike",
        "a beginning that is taken for a path",
        || reads(is("region", "eu/de"), json!({"region": "eu/dexter"})),
        "condition `region`: `region` is `eu/dexter`, accepted are `eu/de`",
    ),
    (
        "a path with `..`, which is a name like others",
        "a beginning that is taken for a path",
        || reads(is("region", "eu/de"), json!({"region": "eu/de/../us"})),
        "allow",
    ),
];
