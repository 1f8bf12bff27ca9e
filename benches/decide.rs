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
    Access, Assignment, Attributes, Condition, Operation, Resource, ResourceType, ResourceView, Role, Roles, Schema,
    Timestamp, TypeRef, Value,
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

/// The same check as a careful engineer writes it by hand for one service.
struct ByHand {
    account: String,
    granted: Vec<HashSet<String>>,
    products: usize,
    brands: Vec<String>,
    factories: Vec<String>,
    many_brands: HashSet<String>,
}

impl ByHand {
    /// With operations as an enum's bits: the last nanosecond.
    #[inline(never)]
    fn allows_bits(&self, operations: u64, operation: u32, product: &Product) -> bool {
        self.account == product.account
            && operations >> operation & 1 == 1
            && self.brands.contains(&product.brand)
            && self.factories.contains(&product.factory)
    }

    /// With operations as strings.
    #[inline(never)]
    fn allows(&self, operation: &str, product: &Product) -> bool {
        self.account == product.account
            && self.granted[self.products].contains(operation)
            && self.brands.contains(&product.brand)
            && self.factories.contains(&product.factory)
    }

    /// With many accepted values.
    #[inline(never)]
    fn allows_many(&self, operations: u64, operation: u32, product: &Product) -> bool {
        self.account == product.account
            && operations >> operation & 1 == 1
            && self.many_brands.contains(&product.brand)
            && self.factories.contains(&product.factory)
    }

    /// With the resource as a map.
    #[inline(never)]
    fn allows_map(&self, operation: &str, account: &str, product: &IndexMap<String, String>) -> bool {
        self.account == account
            && self.granted[self.products].contains(operation)
            && product.get("brand").is_some_and(|brand| self.brands.contains(brand))
            && product.get("factoryId").is_some_and(|factory| self.factories.contains(factory))
    }
}

fn by_hand() -> ByHand {
    let five = ["create", "read", "update", "delete", "list"];
    ByHand {
        account: ACCOUNT.into(),
        granted: vec![five.map(String::from).into()],
        products: 0,
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

#[divan::bench_group(sample_size = 10_000)]
mod struct_two_conditions {
    use super::*;

    #[divan::bench]
    fn floor_bits(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| black_box(&hand).allows_bits(black_box(0b11111), black_box(1), black_box(&product)));
    }

    #[divan::bench]
    fn floor_strings(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| black_box(&hand).allows(black_box("read"), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_handles(bencher: Bencher<'_, '_>) {
        let access = access(1, 2, true);
        let product = product(access.schema().resource_type("products").ok());
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_strings(bencher: Bencher<'_, '_>) {
        let (access, product) = (access(1, 2, true), product(None));
        bencher.bench_local(|| decide_named(black_box(&access), black_box("read"), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_handles_denied(bencher: Bencher<'_, '_>) {
        let access = access(1, 2, true);
        let mut product = product(access.schema().resource_type("products").ok());
        product.factory = "factory_3".into();
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_handles_100_roles(bencher: Bencher<'_, '_>) {
        let access = access(100, 2, true);
        let product = product(access.schema().resource_type("products").ok());
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }
}

#[divan::bench_group(sample_size = 10_000)]
mod struct_256_values {
    use super::*;

    #[divan::bench]
    fn floor_bits(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), product(None));
        bencher.bench_local(|| black_box(&hand).allows_many(black_box(0b11111), black_box(1), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_handles(bencher: Bencher<'_, '_>) {
        let access = access(1, 254, true);
        let product = product(access.schema().resource_type("products").ok());
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }
}

/// Several assignments, of which the last allows: each of the others fails by its first condition.
#[divan::bench_group(sample_size = 10_000)]
mod assignments {
    use super::*;

    #[divan::bench(args = [1, 4, 16])]
    fn keyward_handles(bencher: Bencher<'_, '_>, count: usize) {
        let access = of_assignments(count);
        let product = product(access.schema().resource_type("products").ok());
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }

    #[divan::bench(args = [1, 4, 16])]
    fn keyward_handles_denied(bencher: Bencher<'_, '_>, count: usize) {
        let access = of_assignments(count);
        let mut product = product(access.schema().resource_type("products").ok());
        product.factory = "factory_3".into();
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
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

#[divan::bench_group(sample_size = 10_000)]
mod permission_only {
    use super::*;

    #[divan::bench]
    fn keyward_handles(bencher: Bencher<'_, '_>) {
        let access = access(1, 2, false);
        let product = product(access.schema().resource_type("products").ok());
        bencher.bench_local(|| decide(black_box(&access), black_box(Operation::READ), black_box(&product)));
    }
}

#[divan::bench_group(sample_size = 10_000)]
mod map_two_conditions {
    use super::*;

    fn map() -> IndexMap<String, String> {
        let pairs = [("id", "1"), ("brand", "brand_two"), ("factoryId", "factory_2"), ("name", "x")];
        pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[divan::bench]
    fn floor_strings(bencher: Bencher<'_, '_>) {
        let (hand, product) = (by_hand(), map());
        bencher.bench_local(|| black_box(&hand).allows_map(black_box("read"), black_box(ACCOUNT), black_box(&product)));
    }

    #[divan::bench]
    fn keyward_strings(bencher: Bencher<'_, '_>) {
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
fn decide(access: &Access, operation: Operation, product: &Product) -> bool {
    access.decide(operation, product).is_allow()
}

#[inline(never)]
fn decide_named(access: &Access, operation: &str, product: &Product) -> bool {
    access.decide(operation, product).is_allow()
}
