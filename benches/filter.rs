//! A page of resources at once, against the same one by one.
//!
//! ```text
//! cargo bench --bench filter
//! ```
//!
//! `floor` reads the account and the attribute of each row and compares them with one text: what no check can go
//! below.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a measurement may stop where its own data is wrong; the library may not"
)]

use divan::{Bencher, black_box, counter::ItemsCount};
use keyward::{Access, Assignment, Attributes, Operation, Resource, ResourceType, Roles, Schema, TypeRef, Value};

fn main() {
    divan::main();
}

const ROWS: usize = 1000;

struct Product {
    kind: ResourceType,
    account: String,
    brand: String,
    factory: u32,
}

impl Attributes for Product {
    fn attribute(&self, name: &str) -> Value<'_> {
        match name {
            "brand" => Value::Text(&self.brand),
            "factory" => self.factory.into(),
            _ => Value::Absent,
        }
    }
}

impl Resource for Product {
    fn resource_type(&self) -> TypeRef<'_> {
        self.kind.into()
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// An access with so many brands and two factories, and products of which most pass.
fn world(brands: usize) -> (Access, Vec<Product>) {
    let schema = Schema::from_json(
        r#"{
            "resources": {"products": {}},
            "conditions": {
                "brand": {"restricts": {"products": "brand"}},
                "factory": {"restricts": {"products": "factory"}}
            }
        }"#,
    )
    .unwrap();
    let roles = Roles::new(&schema, "UFNCRXfCVM87QNawaE8rrKqc").unwrap();
    let conditions = (0..brands).map(|brand| format!("brand:brand_{brand}"));
    let conditions = conditions.chain(["factory:1".into(), "factory:2".into()]);
    let access = Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap();
    let kind = schema.resource_type("products").unwrap();
    let product = |index: usize| Product {
        kind,
        account: roles.account().into(),
        brand: format!("brand_{}", index * 7 % (brands + 1)),
        factory: u32::try_from(index % 3).unwrap(),
    };
    (access, (0..ROWS).map(product).collect())
}

const BRANDS: [usize; 3] = [1, 4, 64];

#[divan::bench(args = BRANDS)]
fn floor(bencher: Bencher<'_, '_>, brands: usize) {
    let (access, page) = world(brands);
    let passes = |product: &&Product| {
        product.account == access.account()
            && matches!(product.attribute(black_box("brand")), Value::Text("brand_0"))
            && matches!(product.attribute(black_box("factory")), Value::Integer(1))
    };
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| black_box(&page).iter().filter(passes).count());
}

#[divan::bench(args = BRANDS)]
fn one_by_one(bencher: Bencher<'_, '_>, brands: usize) {
    let (access, page) = world(brands);
    let allowed = |product: &&Product| access.decide(Operation::LIST, *product).is_allow();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| black_box(&page).iter().filter(allowed).count());
}

#[divan::bench(args = BRANDS)]
fn page(bencher: Bencher<'_, '_>, brands: usize) {
    let (access, page) = world(brands);
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| access.decide_page(Operation::LIST, black_box(&page)).count());
}

#[divan::bench(args = BRANDS)]
fn allowed(bencher: Bencher<'_, '_>, brands: usize) {
    let (access, page) = world(brands);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| access.allowed(Operation::LIST, black_box(&page)).count());
}

#[divan::bench(args = BRANDS)]
fn filter(bencher: Bencher<'_, '_>, brands: usize) {
    let (access, page) = world(brands);
    let filter = access.filter("products");
    let passes = |product: &&Product| filter.passes(*product);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| black_box(&page).iter().filter(passes).count());
}

/// The same page by so many assignments, each with a brand of its own.
#[divan::bench(args = [1, 4, 16])]
fn page_by_assignments(bencher: Bencher<'_, '_>, count: usize) {
    let (access, page) = by_assignments(count);
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| access.decide_page(Operation::LIST, black_box(&page)).count());
}

#[divan::bench(args = [1, 4, 16])]
fn filter_by_assignments(bencher: Bencher<'_, '_>, count: usize) {
    let (access, page) = by_assignments(count);
    let filter = access.filter("products");
    let passes = |product: &&Product| filter.passes(*product);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| black_box(&page).iter().filter(passes).count());
}

fn by_assignments(count: usize) -> (Access, Vec<Product>) {
    let (one, page) = world(count);
    let roles = Roles::new(one.schema(), one.account()).unwrap();
    let grant = (0..count).map(|brand| {
        let conditions = [format!("brand:brand_{brand}"), "factory:1".into(), "factory:2".into()];
        Assignment::new().role("admin").with_conditions(conditions.map(|text| text.parse().unwrap()))
    });
    (Access::builder(&roles).grant(grant.collect()).build().unwrap(), page)
}
