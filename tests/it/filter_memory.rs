//! Many resources at once: the same as one by one, and nothing allocated for each.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]

use allocation_counter::measure;
use keyward::{
    Access, Operation, Resource, ResourceView, Role, Roles, Schema, TypeRef, json::Json, schema::OperationRef,
};
use proptest::prelude::*;

use crate::filter_law::{self as law, ACCOUNT, BOTH, TYPE};

fn schema() -> Schema {
    Schema::from_json(
        r#"{
            "resources": {"products": {}, "places": {}, "orders": {"operations": ["read", "list", "approve"]}},
            "conditions": {
                "brand": {"restricts": {"products": "brand", "orders": ["product", "brand"]}},
                "tag": {"restricts": {"products": {"attribute": "tags", "match": "all"}}, "elsewhere": "ignore"}
            }
        }"#,
    )
    .unwrap()
}

fn accesses(schema: &Schema) -> Vec<Access> {
    let roles = Roles::new(schema, ACCOUNT).unwrap();
    let roles = roles.with(Role::new("reader", ["products:read,list,update", "orders:*"]).unwrap()).unwrap();
    let mut accesses = Vec::new();
    for role in [&["admin"][..], &["reader"], &[]] {
        for conditions in [&[][..], &["brand:a"], &["tag:x", "tag:y"], &["brand:a", "brand:7", "tag:x"]] {
            let builder = Access::builder(&roles).roles(role).conditions(conditions.iter().copied()).unwrap();
            accesses.push(builder.build().unwrap());
        }
    }
    accesses
}

fn attributes() -> impl Strategy<Value = Json> {
    let documents = [
        r"{}",
        r#"{"brand": "a"}"#,
        r#"{"brand": "b"}"#,
        r#"{"brand": 7}"#,
        r#"{"brand": null}"#,
        r#"{"brand": 7.0}"#,
        r#"{"brand": "a", "tags": ["x"]}"#,
        r#"{"brand": "a", "tags": ["x", "z"]}"#,
        r#"{"brand": ["b", "a"]}"#,
        r#"{"brand": "a", "tags": []}"#,
        r#"{"tags": ["y", "x"]}"#,
        r#"{"product": {"brand": "a"}}"#,
    ];
    prop::sample::select(documents.map(|text| Json::parse(text).unwrap()).to_vec())
}

type Row = (&'static str, bool, &'static str, Json);

fn row() -> impl Strategy<Value = Row> {
    let types = prop::sample::select(vec!["products", "products", "places", "orders", "accessTokens", "unknown"]);
    let accounts = prop::sample::select(vec![ACCOUNT, ACCOUNT, ACCOUNT, "emca", ""]);
    (types, any::<bool>(), accounts, attributes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_page_and_an_iterator_decide_as_single_decisions_do(rows in prop::collection::vec(row(), 0..150)) {
        let schema = schema();
        let other = Schema::builder().resource("products").build().unwrap();
        let page: Vec<_> = rows.iter().map(|(name, by_name, account, attributes)| {
            let handle = schema.resource_type(name).ok().filter(|_| !by_name);
            let resource = handle.map_or(TypeRef::Name(name), TypeRef::Handle);
            ResourceView::new(resource, account, attributes)
        }).collect();
        let operations: [OperationRef<'_>; 7] = [
            Operation::LIST.into(), Operation::READ.into(), Operation::UPDATE.into(), "update".into(), "approve".into(),
            "fly".into(), other.operation("read").unwrap().into(),
        ];
        for access in accesses(&schema) {
            for operation in operations {
                let expected: Vec<bool> = page.iter().map(|row| access.decide(operation, row).is_allow()).collect();
                let selection = access.decide_page(operation, &page);
                prop_assert_eq!(selection.len(), page.len());
                let found: Vec<bool> = (0..page.len()).map(|index| selection.contains(index)).collect();
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(selection.count(), expected.iter().filter(|allowed| **allowed).count());
                prop_assert_eq!(selection.is_empty(), selection.count() == 0);
                prop_assert_eq!(selection.indices().count(), selection.count());
                prop_assert!(!selection.contains(page.len()) && !selection.contains(usize::MAX));
                let bits: u32 = selection.words().iter().map(|word| word.count_ones()).sum();
                prop_assert_eq!(bits as usize, selection.count(), "no bit past the last row");
                let allowed = access.allowed(operation, page.iter().copied());
                prop_assert_eq!(allowed.count(), selection.count());
            }
            for row in &page {
                let TypeRef::Name(name) = row.resource_type() else { continue };
                let passes = row.account() == ACCOUNT && access.filter(name).passes(row);
                prop_assert_eq!(passes, access.decide(Operation::LIST, row).is_allow());
            }
        }
    }
}

#[test]
fn every_document_passes_the_filter_as_it_is_decided() {
    for accepted in law::accepted(&["a", "A", "1", "true", ""].map(String::from)) {
        for reads in BOTH {
            let access = law::access(&["v"], reads, &accepted);
            let filter = access.filter(TYPE);
            for json in law::documents().iter().filter_map(|text| Json::parse(text).ok()) {
                let row = [("v", json)];
                let allowed = access.decide(Operation::LIST, &ResourceView::new(TYPE, ACCOUNT, &row)).is_allow();
                assert_eq!(filter.passes(&row), allowed, "{row:?}");
            }
        }
    }
}

#[test]
fn nothing_is_allocated_for_a_row() {
    let schema = schema();
    let access = &accesses(&schema)[3];
    let attributes = [("brand", "a"), ("tags", "x")];
    let names = ["products", "orders", "places"];
    let page: Vec<_> = (0..3000).map(|index| ResourceView::new(names[index % 3], ACCOUNT, &attributes)).collect();
    let few = measure(|| drop(access.decide_page(Operation::LIST, &page[..30]))).count_total;
    let many = measure(|| drop(access.decide_page(Operation::LIST, &page))).count_total;
    assert_eq!((few, many), (2, 2), "the clauses of a type, and the bitmap");
    let allowed = measure(|| assert_eq!(access.allowed(Operation::LIST, &page).count(), 1000)).count_total;
    assert_eq!(allowed, 1);
    let filter = access.filter("products");
    assert_eq!(measure(|| assert!(page.iter().all(|row| filter.passes(row)))).count_total, 0);
}
