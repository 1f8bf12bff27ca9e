//! What a decision costs, beside what the same check costs when it is written by hand.
//!
//! `cargo bench --bench decide`. Ratios count; absolute times are the machine's.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_imports,
    reason = "a benchmark is run by hand, over what it made itself"
)]

use std::{collections::HashSet, hint::black_box, net::Ipv4Addr};

use divan::Bencher;
use indexmap::IndexMap;
use keyward::{
    Access, Assignment, Attributes, Condition, Decision, Operation, Resource, ResourceType, ResourceView, Role, Roles,
    Schema, Timestamp, TypeRef, Value,
    schema::{ConditionRule, ValueKind},
};

fn main() {
    divan::main();
}

const ACCOUNT: &str = "UFNCRXfCVM87QNawaE8rrKqc";

/// The host's own struct.
struct Product {
    account: String,
    brand: String,
    factory: String,
    /// Where the host keeps a handle; a name otherwise.
    resource_type: Option<ResourceType>,
}

impl Attributes for Product {
    #[inline]
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "brand" => Value::Text(&self.brand),
            "factoryId" => Value::Text(&self.factory),
            _ => Value::Absent,
        }
    }
}

impl Resource for Product {
    #[inline]
    fn resource_type(&self) -> TypeRef<'_> {
        self.resource_type.map_or(TypeRef::Name("products"), TypeRef::Handle)
    }

    #[inline]
    fn account(&self) -> &str {
        &self.account
    }
}

/// The same check as a careful engineer writes it by hand for one service: account, type, permission, conditions, and of a
/// denial the reason.
struct ByHand {
    account: String,
    /// The operations that are granted on each type.
    granted: [u64; 3],
    brands: Vec<String>,
    factories: Vec<String>,
    many_brands: HashSet<String, foldhash::fast::RandomState>,
}

/// Why it is denied, by hand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refused<'a> {
    Account,
    Permission { resource: usize, operation: u32 },
    Name(&'a str),
    Brand(&'a str),
    Factory(&'a str),
    Absent(&'static str),
}

const READ: u32 = 1;
const PRODUCTS: usize = 0;

impl ByHand {
    #[inline]
    fn permits(&self, operation: u32, resource: usize, account: &str) -> Result<(), Refused<'static>> {
        if self.account != account {
            return Err(Refused::Account);
        }
        let granted = self.granted.get(resource).is_some_and(|operations| operations >> operation & 1 == 1);
        if granted { Ok(()) } else { Err(Refused::Permission { resource, operation }) }
    }

    /// With operations and types as enums.
    #[inline(never)]
    fn permission<'a>(&self, operation: u32, resource: usize, product: &'a Product) -> Result<(), Refused<'a>> {
        self.permits(operation, resource, &product.account)
    }

    #[inline(never)]
    fn allows<'a>(&self, operation: u32, resource: usize, product: &'a Product) -> Result<(), Refused<'a>> {
        self.permits(operation, resource, &product.account)?;
        self.conditions(&product.brand, &product.factory)
    }

    #[inline]
    fn conditions<'a>(&self, brand: &'a str, factory: &'a str) -> Result<(), Refused<'a>> {
        if !self.brands.iter().any(|accepted| accepted == brand) {
            return Err(Refused::Brand(brand));
        }
        if !self.factories.iter().any(|accepted| accepted == factory) {
            return Err(Refused::Factory(factory));
        }
        Ok(())
    }

    /// With many accepted values.
    #[inline(never)]
    fn allows_many<'a>(&self, operation: u32, resource: usize, product: &'a Product) -> Result<(), Refused<'a>> {
        self.permits(operation, resource, &product.account)?;
        if !self.many_brands.contains(&product.brand) {
            return Err(Refused::Brand(&product.brand));
        }
        if !self.factories.contains(&product.factory) {
            return Err(Refused::Factory(&product.factory));
        }
        Ok(())
    }

    /// With operations and types as texts.
    #[inline(never)]
    fn allows_named<'a>(&self, operation: &'a str, resource: &'a str, product: &'a Product) -> Result<(), Refused<'a>> {
        let (operation, resource) = (operation_named(operation)?, resource_named(resource)?);
        self.permits(operation, resource, &product.account)?;
        self.conditions(&product.brand, &product.factory)
    }

    /// With the resource as a map.
    #[inline(never)]
    fn allows_map<'a>(
        &self,
        operation: &'a str,
        resource: &'a str,
        account: &'a str,
        product: &'a IndexMap<String, String>,
    ) -> Result<(), Refused<'a>> {
        let (operation, resource) = (operation_named(operation)?, resource_named(resource)?);
        self.permits(operation, resource, account)?;
        let brand = product.get("brand").ok_or(Refused::Absent("brand"))?;
        let factory = product.get("factoryId").ok_or(Refused::Absent("factoryId"))?;
        self.conditions(brand, factory)
    }
}

#[inline]
fn operation_named(name: &str) -> Result<u32, Refused<'_>> {
    match name {
        "create" => Ok(0),
        "read" => Ok(READ),
        "update" => Ok(2),
        "delete" => Ok(3),
        "list" => Ok(4),
        _ => Err(Refused::Name(name)),
    }
}

#[inline]
fn resource_named(name: &str) -> Result<usize, Refused<'_>> {
    match name {
        "products" => Ok(PRODUCTS),
        "factories" => Ok(1),
        "purchaseOrders" => Ok(2),
        _ => Err(Refused::Name(name)),
    }
}

fn by_hand() -> ByHand {
    ByHand {
        account: ACCOUNT.into(),
        granted: [0b10010, 0b00010, 0],
        brands: vec!["brand_one".into(), "brand_two".into()],
        factories: vec!["factory_1".into(), "factory_2".into()],
        many_brands: brands(254).collect(),
    }
}

fn brands(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |index| if index == count / 2 { "brand_two".into() } else { format!("brand_number_{index}") })
}

fn schema() -> Schema {
    Schema::from_json(
        r#"{
            "resources": {"products": {}, "factories": {}, "purchaseOrders": {}},
            "conditions": {
                "productBrand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
                "factoryId": {"restricts": {"products": "factoryId", "factories": "id"}}
            }
        }"#,
    )
    .unwrap()
}

fn access(roles: usize, brand_count: usize, conditions: bool) -> Access {
    let ids: Vec<String> = (0..roles).map(|index| format!("role_{index}")).collect();
    let all = ids.iter().map(|id| Role::new(id, ["products:read,list", "factories:read"]).unwrap());
    let roles = Roles::new(&schema(), ACCOUNT).unwrap().with_all(all).unwrap();
    let mut builder = Access::builder(&roles).roles(&ids);
    if conditions {
        let brands: Vec<String> = match brand_count {
            2 => vec!["brand_one".into(), "brand_two".into()],
            many => brands(many).collect(),
        };
        for brand in brands {
            builder = builder.condition(format!("productBrand:{brand}")).unwrap();
        }
        builder = builder.condition("factoryId:factory_1").unwrap().condition("factoryId:factory_2").unwrap();
    }
    builder.build().unwrap()
}

fn product(resource_type: Option<ResourceType>) -> Product {
    Product { account: ACCOUNT.into(), brand: "brand_two".into(), factory: "factory_2".into(), resource_type }
}

/// What the harness itself costs in each iteration.
#[divan::bench_group(sample_size = 10_000)]
mod harness {
    use super::*;

    #[divan::bench]
    fn alone(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| black_box(true));
    }
}

/// An access, and a product that holds the handle of its type.
fn handles(roles: usize, brand_count: usize, conditions: bool) -> (Access, Product) {
    let access = access(roles, brand_count, conditions);
    let product = product(access.schema().resource_type("products").ok());
    (access, product)
}

fn measure(bencher: Bencher<'_, '_>, (access, product): (Access, Product), allowed: bool) {
    assert_eq!(decide(&access, Operation::READ, &product).is_allow(), allowed);
    bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)).is_allow());
}

/// No condition: account, type and permission.
#[divan::bench_group(sample_size = 10_000)]
mod permission {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| {
            black_box(&hand).permission(black_box(READ), black_box(PRODUCTS), black_box(&product)).is_ok()
        });
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        measure(bencher, handles(1, 2, false), true);
    }
}

/// Two conditions of two values each, operation and type resolved.
#[divan::bench_group(sample_size = 10_000)]
mod two_conditions {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher
            .bench_local(|| black_box(&hand).allows(black_box(READ), black_box(PRODUCTS), black_box(&product)).is_ok());
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        measure(bencher, handles(1, 2, true), true);
    }

    #[divan::bench]
    fn keyward_of_100_roles(bencher: Bencher<'_, '_>) {
        measure(bencher, handles(100, 2, true), true);
    }
}

/// The same, denied by the second condition.
#[divan::bench_group(sample_size = 10_000)]
mod two_conditions_denied {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), Product { factory: "factory_3".into(), ..product(None) });
        bencher
            .bench_local(|| black_box(&hand).allows(black_box(READ), black_box(PRODUCTS), black_box(&product)).is_ok());
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let (access, product) = handles(1, 2, true);
        measure(bencher, (access, Product { factory: "factory_3".into(), ..product }), false);
    }
}

/// The same, operation and type by name.
#[divan::bench_group(sample_size = 10_000)]
mod by_name {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| {
            black_box(&hand).allows_named(black_box("read"), black_box("products"), black_box(&product)).is_ok()
        });
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let (access, product) = (access(1, 2, true), product(None));
        bencher.bench_local(|| decide_named(black_box(&access), black_box("read"), black_box(&product)).is_allow());
    }
}

/// 254 values of one name, and two of another.
#[divan::bench_group(sample_size = 10_000)]
mod of_256_values {
    use super::*;

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| {
            black_box(&hand).allows_many(black_box(READ), black_box(PRODUCTS), black_box(&product)).is_ok()
        });
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        measure(bencher, handles(1, 254, true), true);
    }
}

/// A thousand rows at once, two conditions.
#[divan::bench_group(sample_size = 1)]
mod of_1000_rows {
    use super::*;

    fn rows(resource_type: Option<ResourceType>) -> Vec<Product> {
        let brands = ["brand_one", "brand_two", "brand_three"];
        let row = |number: usize| Product { brand: brands[number % 3].into(), ..product(resource_type) };
        (0..1000).map(row).collect()
    }

    /// The permission is looked at once.
    #[inline(never)]
    fn by_hand(hand: &ByHand, operation: u32, resource: usize, page: &[Product]) -> Vec<u64> {
        let granted = hand.granted.get(resource).is_some_and(|operations| operations >> operation & 1 == 1);
        let allows =
            |row: &Product| granted && row.account == hand.account && hand.conditions(&row.brand, &row.factory).is_ok();
        let of_word = |rows: &[Product]| rows.iter().rev().fold(0, |word, row| word << 1 | u64::from(allows(row)));
        page.chunks(64).map(of_word).collect()
    }

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, page) = (super::by_hand(), rows(None));
        bencher.bench_local(|| by_hand(black_box(&hand), black_box(READ), black_box(PRODUCTS), black_box(&page)));
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let access = access(1, 2, true);
        let page = rows(access.schema().resource_type("products").ok());
        assert_eq!(
            access.decide_page(Operation::LIST, &page).words(),
            by_hand(&super::by_hand(), READ, PRODUCTS, &page)
        );
        bencher.bench_local(|| black_box(&access).decide_page(black_box(Operation::LIST), black_box(&page)));
    }
}

/// Several assignments, of which the last allows: each of the others fails by its first condition.
#[divan::bench_group(sample_size = 10_000)]
mod assignments {
    use super::*;

    #[divan::bench(args = [1, 4, 16])]
    fn allowed(bencher: Bencher<'_, '_>, count: usize) {
        let access = of_assignments(count);
        let product = product(access.schema().resource_type("products").ok());
        measure(bencher, (access, product), true);
    }

    #[divan::bench(args = [1, 4, 16])]
    fn denied(bencher: Bencher<'_, '_>, count: usize) {
        let access = of_assignments(count);
        let product = product(access.schema().resource_type("products").ok());
        measure(bencher, (access, Product { factory: "factory_3".into(), ..product }), false);
    }

    fn of_assignments(count: usize) -> Access {
        let role = Role::new("role", ["products:read,list", "factories:read"]).unwrap();
        let roles = Roles::new(&schema(), ACCOUNT).unwrap().with(role).unwrap();
        let last = ["brand_one", "brand_two"].map(String::from);
        let others = (1..count).map(|number| [format!("brand_a{number}"), format!("brand_b{number}")]);
        let grant = others.chain([last]).map(|brands| {
            let brands = brands.map(|brand| Condition::new("productBrand", brand).unwrap());
            let factories = ["factory_1", "factory_2"].map(|factory| Condition::new("factoryId", factory).unwrap());
            Assignment::new().role("role").with_conditions(brands.into_iter().chain(factories))
        });
        Access::builder(&roles).grant(grant.collect()).build().unwrap()
    }
}

/// The resource as a map, everything by name.
#[divan::bench_group(sample_size = 10_000)]
mod map {
    use super::*;

    fn map() -> IndexMap<String, String> {
        let pairs = [("id", "1"), ("brand", "brand_two"), ("factoryId", "factory_2"), ("name", "x")];
        pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[divan::bench]
    fn floor(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), map());
        bencher.bench_local(|| {
            let (operation, resource, account) = (black_box("read"), black_box("products"), black_box(ACCOUNT));
            black_box(&hand).allows_map(operation, resource, account, black_box(&product)).is_ok()
        });
    }

    #[divan::bench]
    fn keyward(bencher: Bencher<'_, '_>) {
        let (access, product) = (access(1, 2, true), map());
        bencher.bench_local(|| {
            let view = ResourceView::new(black_box("products"), black_box(ACCOUNT), black_box(&product));
            black_box(&access).decide(black_box("read"), &view).is_allow()
        });
    }
}

/// One condition of each kind, with so many values: the attribute is in the last of them. Texts are the attribute as it stands in a
/// document; the others are of the host's own types.
#[divan::bench_group(sample_size = 10_000)]
mod kinds {
    use super::*;

    /// What a condition reads, in the two forms that a host may have it in.
    struct Order {
        resource_type: ResourceType,
        value: Value<'static>,
    }

    impl Attributes for Order {
        #[inline]
        fn attribute(&self, name: &str) -> Value<'_> {
            if name == "value" { self.value } else { Value::Absent }
        }
    }

    impl Resource for Order {
        #[inline]
        fn resource_type(&self) -> TypeRef<'_> {
            self.resource_type.into()
        }

        #[inline]
        fn account(&self) -> &str {
            ACCOUNT
        }
    }

    #[inline(never)]
    fn decide(access: &Access, order: &Order) -> bool {
        access.decide(Operation::READ, order).is_allow()
    }

    fn access(kind: ValueKind, values: impl Iterator<Item = String>) -> Access {
        let rule = ConditionRule::new("of").values(kind).restricts("orders", "value");
        let schema = Schema::builder().resource("orders").condition(rule).build().unwrap();
        let reader = Role::new("reader", ["orders:read,list"]).unwrap();
        let roles = Roles::new(&schema, ACCOUNT).unwrap().with(reader).unwrap();
        let conditions = values.map(|value| Condition::new("of", value).unwrap());
        Access::builder(&roles).role("reader").conditions(conditions).unwrap().build().unwrap()
    }

    fn measure(harness: Bencher<'_, '_>, kind: ValueKind, value: Value<'static>, values: impl Iterator<Item = String>) {
        let access = access(kind, values);
        let order = Order { resource_type: access.schema().resource_type("orders").unwrap(), value };
        assert!(decide(&access, &order));
        harness.bench_local(|| decide(black_box(&access), black_box(&order)));
    }

    fn networks(count: usize) -> impl Iterator<Item = String> {
        (0..count - 1).map(|index| format!("172.16.{index}.0/25")).chain(["10.0.0.0/8".into()])
    }

    fn months(count: usize) -> impl Iterator<Item = String> {
        let earlier = (0..count - 1).map(|index| {
            let (year, month) = (1990 + index / 12, index % 12 + 1);
            format!("{year}-{month:02}-01T00:00:00Z..{year}-{month:02}-15T00:00:00Z")
        });
        earlier.chain(["2026-01-01T00:00:00Z..2026-02-01T00:00:00Z".into()])
    }

    #[divan::bench(args = [1, 256])]
    fn text(bencher: Bencher<'_, '_>, count: usize) {
        let others = (0..count - 1).map(|index| format!("brand_number_{index}"));
        measure(bencher, ValueKind::Text, Value::Text("brand_two"), others.chain(["brand_two".into()]));
    }

    #[divan::bench(args = [1, 256])]
    fn path(bencher: Bencher<'_, '_>, count: usize) {
        let others = (0..count - 1).map(|index| format!("asia/area_{index}"));
        measure(bencher, ValueKind::Path, Value::Text("eu/de/berlin"), others.chain(["eu/de".into()]));
    }

    #[divan::bench(args = [1, 256])]
    fn integer(bencher: Bencher<'_, '_>, count: usize) {
        let others = (0..count - 1).map(|index| format!("{}..{}", index * 10, index * 10 + 5));
        measure(bencher, ValueKind::Integer, Value::Integer(7500), others.chain(["7000..8000".into()]));
    }

    #[divan::bench(args = [1, 256])]
    fn integer_as_text(bencher: Bencher<'_, '_>, count: usize) {
        let others = (0..count - 1).map(|index| format!("{}..{}", index * 10, index * 10 + 5));
        measure(bencher, ValueKind::Integer, Value::Text("7500"), others.chain(["7000..8000".into()]));
    }

    #[divan::bench(args = [1, 256])]
    fn network(bencher: Bencher<'_, '_>, count: usize) {
        measure(bencher, ValueKind::Network, Value::from(Ipv4Addr::new(10, 1, 2, 3)), networks(count));
    }

    #[divan::bench(args = [1, 256])]
    fn network_as_text(bencher: Bencher<'_, '_>, count: usize) {
        measure(bencher, ValueKind::Network, Value::Text("10.1.2.3"), networks(count));
    }

    #[divan::bench(args = [1, 256])]
    fn time(bencher: Bencher<'_, '_>, count: usize) {
        let now = Timestamp::from_millis(1_768_435_200_000);
        measure(bencher, ValueKind::Time, Value::from(now), months(count));
    }

    #[divan::bench(args = [1, 256])]
    fn time_as_text(bencher: Bencher<'_, '_>, count: usize) {
        measure(bencher, ValueKind::Time, Value::Text("2026-01-15T00:00:00Z"), months(count));
    }
}

#[inline(never)]
fn decide<'a>(access: &'a Access, operation: Operation, product: &'a Product) -> Decision<'a> {
    access.decide(operation, product)
}

#[inline(never)]
fn decide_named<'a>(access: &'a Access, operation: &'a str, product: &'a Product) -> Decision<'a> {
    access.decide(operation, product)
}
