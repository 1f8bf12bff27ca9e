//! What is done seldom: a list in SQL, a review of changed roles, and one role replaced among many.
//!
//! `cargo bench --bench changes`, or `benches/instructions changes`.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_imports,
    reason = "a benchmark is run by hand, over what it made itself"
)]

use std::hint::black_box;

use divan::Bencher;
use keyward::{
    Access, Role, Roles, Schema,
    compare::Review,
    filter::{SqlColumn, SqlDialect, SqlTable},
};

fn main() {
    divan::main();
}

fn schema() -> Schema {
    Schema::from_json(
        r#"{
            "resources": {"products": {}, "factories": {}, "purchaseOrders": {}},
            "conditions": {"brand": {"restricts": {"products": "brand"}}}
        }"#,
    )
    .unwrap()
}

fn roles(count: usize) -> Roles {
    let role = |number: usize| Role::new(format!("role_{number}"), ["products:read,list", "factories:read"]).unwrap();
    Roles::new(&schema(), "acme").unwrap().with_all((0..count).map(role)).unwrap()
}

fn changed() -> Role {
    Role::new("role_50", ["products:read,list,update", "factories:read"]).unwrap()
}

#[divan::bench_group(sample_size = 1000)]
mod harness {
    use super::*;

    #[divan::bench]
    fn alone(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| black_box(true));
    }
}

/// The condition of a query by so many values.
#[divan::bench_group(sample_size = 10)]
mod of_1000_sql {
    use super::*;

    fn measure(harness: Bencher<'_, '_>, dialect: SqlDialect, values: usize) {
        let conditions = (0..values).map(|number| format!("brand:brand_number_{number}"));
        let access = Access::builder(&roles(1)).role("role_0").conditions(conditions).unwrap().build().unwrap();
        let table = SqlTable::new(dialect, "account").unwrap().column("brand", SqlColumn::text("brand")).unwrap();
        harness.bench_local(|| black_box(&access).sql("products", black_box(&table)).unwrap());
    }

    #[divan::bench(args = [1, 256])]
    fn postgresql(bencher: Bencher<'_, '_>, values: usize) {
        measure(bencher, SqlDialect::PostgreSql, values);
    }

    #[divan::bench(args = [1, 256])]
    fn mariadb(bencher: Bencher<'_, '_>, values: usize) {
        measure(bencher, SqlDialect::MariaDb, values);
    }

    #[divan::bench(args = [1, 256])]
    fn sqlite(bencher: Bencher<'_, '_>, values: usize) {
        measure(bencher, SqlDialect::Sqlite, values);
    }
}

/// One of so many roles has changed.
#[divan::bench_group(sample_size = 10)]
mod of_1000_reviews {
    use super::*;

    #[divan::bench(args = [100, 10_000])]
    fn one_role_changed(bencher: Bencher<'_, '_>, count: usize) {
        let before = roles(count);
        let after = before.clone().replace(changed()).unwrap();
        assert_eq!(Review::of_roles(&before, &after).changes().len(), 1);
        bencher.bench_local(|| Review::of_roles(black_box(&before), black_box(&after)));
    }
}

/// One of so many roles is replaced, while somebody has the roles as they were.
#[divan::bench_group(sample_size = 10)]
mod of_1000_replacements {
    use super::*;

    #[divan::bench(args = [100, 100_000])]
    fn one_role(bencher: Bencher<'_, '_>, count: usize) {
        let before = roles(count);
        bencher.bench_local(|| black_box(&before).clone().replace(black_box(changed)()).unwrap());
    }
}
