//! A host whose answers change while a decision asks: each thing is asked once, and what was said then counts.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use keyward::{
    Access, Attributes, Operation, Resource, ResourceView, Role, Roles, Schema, TypeRef, Value, attributes::List,
};
use serde_json::json;

use crate::support::{ACCOUNT, access, schema};

fn shop() -> Schema {
    schema(&json!({
        "resources": {"products": {}, "secrets": {}},
        "conditions": {
            "brand": {"restricts": {"products": "brand"}},
            "factory": {"restricts": {"products": ["delivery", "factoryId"]}},
            "all": {"restricts": {"products": {"attribute": "all", "match": "all"}}},
        },
    }))
}

const PERMISSIONS: &[&str] = &["products:read,update,list"];
const BY_BRAND: &[(&str, &str)] = &[("brand", "one")];
const BY_ALL: &[(&str, &str)] = &[("all", "one")];

/// A list that says of its length what is next on its list, and keeps to the last.
struct Shifting {
    lengths: Vec<usize>,
    said: AtomicUsize,
    empty: Option<bool>,
}

impl List for Shifting {
    fn len(&self) -> usize {
        let at = self.said.fetch_add(1, Ordering::Relaxed);
        self.lengths[at.min(self.lengths.len() - 1)]
    }

    fn item(&self, _index: usize) -> Value<'_> {
        Value::Text("one")
    }

    fn is_empty(&self) -> bool {
        self.empty.unwrap_or_else(|| self.len() == 0)
    }
}

type Pairs<'a> = ResourceView<'a, [(&'a str, Value<'a>)]>;

#[test]
fn a_list_is_what_it_said_first() {
    let shop = shop();
    // What it says of its length, one time after the other; what it says of being empty, where that isn't by its
    // length; whether it meets a condition.
    let cases: [(&str, &[usize], Option<bool>, bool); 9] = [
        ("one element", &[1], None, true),
        ("none", &[0], None, false),
        ("none, then one", &[0, 1], None, false),
        ("one, then none", &[1, 0], None, false),
        ("none, which is not empty", &[0], Some(false), false),
        ("none, then one, which is not empty", &[0, 1], Some(false), false),
        ("one, which is empty", &[1], Some(true), false),
        ("one, then none, which is not empty", &[1, 0], Some(false), true),
        ("one, then a thousand, which is not empty", &[1, 1000], Some(false), true),
    ];
    for (note, lengths, empty, meets) in cases {
        for (attribute, conditions) in [("brand", BY_BRAND), ("all", BY_ALL)] {
            let access = access(&shop, PERMISSIONS, conditions);
            let filter = access.filter("products");
            let asked = |decide: &dyn Fn(&Pairs<'_>) -> bool| {
                let list = Shifting { lengths: lengths.to_vec(), said: AtomicUsize::new(0), empty };
                let attributes = [(attribute, Value::List(&list))];
                assert_eq!(decide(&ResourceView::new("products", ACCOUNT, &attributes)), meets, "{attribute}: {note}");
                if empty.is_some() {
                    assert_eq!(list.said.into_inner(), 1, "{attribute}: {note}: read once");
                }
            };
            asked(&|product| access.decide(Operation::READ, product).is_allow());
            asked(&|product| access.decide_page(Operation::READ, &[product]).contains(0));
            asked(&|product| access.allowed(Operation::READ, [product]).count() == 1);
            asked(&|product| filter.passes(product));
        }
    }
}

/// A resource that counts how often it is asked for each thing, and then says something else than at first.
#[derive(Default)]
struct Product {
    asked: Mutex<BTreeMap<String, usize>>,
    /// What it says the first time; the second is what is said from then on.
    account: [&'static str; 2],
    kind: [&'static str; 2],
    brand: [&'static str; 2],
}

impl Product {
    fn new() -> Self {
        Self { account: [ACCOUNT; 2], kind: ["products"; 2], brand: ["one"; 2], ..Self::default() }
    }

    fn ask(&self, what: &str) -> usize {
        let mut asked = self.asked.lock().unwrap();
        let count = asked.entry(what.into()).or_default();
        *count += 1;
        usize::from(*count > 1)
    }
}

struct Delivery;

impl Attributes for Delivery {
    fn attribute(&self, _name: &str) -> Value<'_> {
        Value::Integer(1)
    }
}

impl Attributes for Product {
    fn attribute(&self, name: &str) -> Value<'_> {
        let at = self.ask(name);
        match name {
            "brand" => Value::Text(self.brand[at]),
            "delivery" => Value::Object(&Delivery),
            _ => Value::Absent,
        }
    }
}

impl Resource for Product {
    fn resource_type(&self) -> TypeRef<'_> {
        TypeRef::Name(self.kind[self.ask("(type)")])
    }

    fn account(&self) -> &str {
        self.account[self.ask("(account)")]
    }
}

fn of_account(shop: &Schema, account: &str, brand: &str) -> Access {
    let role = Role::new("the-role", PERMISSIONS.iter().copied()).unwrap();
    let roles = Roles::new(shop, account).unwrap().with(role).unwrap();
    Access::builder(&roles).role("the-role").condition(format!("brand:{brand}")).unwrap().build().unwrap()
}

#[test]
fn everything_is_asked_once() {
    let shop = shop();
    let one = access(&shop, PERMISSIONS, &[("brand", "one"), ("factory", "1")]);
    let other = access(&shop, PERMISSIONS, &[("factory", "1"), ("brand", "one"), ("brand", "two")]);
    let nothing = access(&shop, &["products:delete"], &[]);
    let narrow = access(&shop, PERMISSIONS, &[("brand", "two"), ("factory", "1")]);
    let both = one.intersection(&other).and(&one);
    let (left, less) = (one.difference(&nothing), one.difference(&narrow));
    let filter = both.try_filter("products", ACCOUNT).unwrap();
    let asks_once = |note: &str, decide: &dyn Fn(&Product) -> bool| {
        let product = Product::new();
        assert!(decide(&product), "{note}");
        let asked = product.asked.into_inner().unwrap();
        assert!(asked.values().all(|count| *count == 1), "{note}: {asked:?}");
    };
    asks_once("decide", &|product| one.decide(Operation::READ, product).is_allow());
    asks_once("stored", &|product| one.decide_update(product, &Product::new()).is_allow());
    asks_once("proposed", &|product| one.decide_update(&Product::new(), product).is_allow());
    asks_once("a page", &|product| one.decide_page(Operation::LIST, &[product]).contains(0));
    asks_once("allowed", &|product| one.allowed(Operation::LIST, [product]).count() == 1);
    asks_once("a filter", &|product| one.filter("products").passes(product));
    asks_once("a filter of several", &|product| filter.passes(product));
    asks_once("an intersection", &|product| both.decide(Operation::READ, product).is_allow());
    asks_once("stored, by several", &|product| both.decide_update(product, &Product::new()).is_allow());
    asks_once("proposed, by several", &|product| both.decide_update(&Product::new(), product).is_allow());
    asks_once("a difference", &|product| left.contains(Operation::READ, product));
    asks_once("a difference by a value", &|product| less.contains(Operation::READ, product));
    asks_once("stored, in a difference", &|product| left.contains_update(product, &Product::new()));
    asks_once("proposed, in a difference", &|product| less.contains_update(&Product::new(), product));
}

#[test]
fn no_two_accesses_see_two_resources() {
    let shop = shop();
    // A resource of one account for the first access, and of another for the second.
    let both = of_account(&shop, "acme", "one").intersection(&of_account(&shop, "emca", "one"));
    let moving = || Product { account: ["acme", "emca"], ..Product::new() };
    assert!(!both.decide(Operation::READ, &moving()).is_allow());
    assert!(!both.decide_update(&moving(), &moving()).is_allow());

    // Of one brand for the first, and of another for the second.
    let both = of_account(&shop, ACCOUNT, "one").intersection(&of_account(&shop, ACCOUNT, "two"));
    let moving = || Product { brand: ["one", "two"], ..Product::new() };
    assert!(!both.decide(Operation::READ, &moving()).is_allow());
    assert!(!both.decide_update(&moving(), &moving()).is_allow());
    let filter = both.try_filter("products", ACCOUNT).unwrap();
    assert!(!filter.passes(&moving()));
    let read = serde_json::from_str::<keyward::filter::Filter>(
        r#"{"all_of": [
            {"attribute": "brand", "one_of": ["one"]},
            {"attribute": ["delivery", "factoryId"], "one_of": ["1"]},
            {"attribute": "brand", "one_of": ["two"]}
        ]}"#,
    );
    assert!(!read.unwrap().passes(&moving()));

    // Of a type that the first has a permission for, and of another.
    let both = access(&shop, &["products:read"], &[]).intersection(&access(&shop, &["secrets:read"], &[]));
    let moving = Product { kind: ["products", "secrets"], ..Product::new() };
    assert!(!both.decide(Operation::READ, &moving).is_allow());

    // A difference would say of such a one that only the first allows it.
    let same = of_account(&shop, ACCOUNT, "one").difference(&of_account(&shop, ACCOUNT, "one"));
    let moving = || Product { brand: ["one", "two"], account: ["acme", "emca"], ..Product::new() };
    assert!(!same.contains(Operation::READ, &moving()));
    assert!(!same.contains_update(&moving(), &moving()));
}
