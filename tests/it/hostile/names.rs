//! Names, wildcards, accounts: what stands for more than itself elsewhere.

use keyward::{Access, Condition, Grant, Permission, ResourceView, Role, Roles};
use serde_json::{Value, json};

use super::{
    Row,
    conditions::{access, decided, is, reads, schema},
    told,
};

fn in_account(account: &str) -> String {
    decided(&access(&[]), &ResourceView::new("things", account, &json!({})))
}

fn permission(text: &str) -> String {
    told(text.parse::<Permission>())
}

fn role_of(id: &str) -> String {
    told(Role::new(id, ["things:read"]))
}

fn without_roles() -> String {
    let roles = Roles::new(&schema(), "a1").unwrap();
    decided(&Access::builder(&roles).build().unwrap(), &ResourceView::new("things", "a1", &json!({})))
}

fn moved(stored: &Value, proposed: &Value) -> String {
    let access = access(&[is("brand", "a")]);
    let (stored, proposed) = (ResourceView::new("things", "a1", stored), ResourceView::new("things", "a1", proposed));
    let decision = access.decide_update(&stored, &proposed);
    decision.denial().map_or_else(|| "allow".into(), ToString::to_string)
}

fn a_role_by_another_case() -> String {
    let roles = Roles::new(&schema(), "a1").unwrap().with(Role::new("olivia", ["things:read"]).unwrap()).unwrap();
    let grant = Grant::new().role("Olivia");
    told(Access::builder(&roles).grant(grant).build())
}

const WILDCARD: &str = "wildcards where they don't belong";
const TENANT: &str = "an id that two tenants have";

pub(super) const ROWS: &[Row] = &[
    (
        "`thngs*:read`",
        WILDCARD,
        || permission("thngs*:read"),
        "permission `thngs*:read` at character 6: '*' is not allowed here; only operations have a `*`, as in `products:*`",
    ),
    (
        "`*:read`",
        WILDCARD,
        || permission("*:read"),
        "permission `*:read` at character 1: '*' is not allowed here; only operations have a `*`, as in `products:*`",
    ),
    (
        "`thngs:read,*`",
        WILDCARD,
        || permission("thngs:read,*"),
        "permission `thngs:read,*` at character 12: `*` stands for every operation and takes no others beside it",
    ),
    (
        "`thngs:**`",
        WILDCARD,
        || permission("thngs:**"),
        "permission `thngs:**` at character 7: `*` stands for every operation and takes no others beside it",
    ),
    (
        "a role that is `*`",
        WILDCARD,
        || role_of("*"),
        "id `*` at character 1: '*' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
    ),
    (
        "a role with a comma",
        WILDCARD,
        || role_of("a,b"),
        "id `a,b` at character 2: ',' is not allowed here; an id is made of ASCII letters, digits and `_-.:@+~=/`",
    ),
    (
        "a value that is `*`",
        WILDCARD,
        || reads(is("brand", "*"), json!({"brand": "a"})),
        "condition `brand`: `brand` is `a`, accepted are `*`",
    ),
    (
        "an attribute that is `*`",
        WILDCARD,
        || reads(is("brand", "a"), json!({"brand": "*"})),
        "condition `brand`: `brand` is `*`, accepted are `a`",
    ),
    (
        "a condition's name with a separator",
        WILDCARD,
        || told(Condition::new("brand:a", "b")),
        "condition name `brand:a` at character 6: ':' is not allowed here; a condition name is made of ASCII letters, digits, `_` and `-`",
    ),
    ("a role by another case", WILDCARD, a_role_by_another_case, "unknown role `Olivia`; did you mean `olivia`?"),
    ("another account", TENANT, || in_account("a2"), "the resource is of another account"),
    ("the account in other case", TENANT, || in_account("A1"), "the resource is of another account"),
    ("no account", TENANT, || in_account(""), "the resource is of another account"),
    ("no roles at all", "an empty list that means everything", without_roles, "no role grants `read` on `things`"),
    (
        "moved out of reach",
        "jikig-ai/soleur#6334",
        || moved(&json!({"brand": "a"}), &json!({"brand": "b"})),
        "condition `brand`: proposed `brand` is `b`, accepted are `a`",
    ),
    (
        "moved into reach",
        "dileepraghumajji/plant-ops#115",
        || moved(&json!({"brand": "b"}), &json!({"brand": "a"})),
        "condition `brand`: stored `brand` is `b`, accepted are `a`",
    ),
];
