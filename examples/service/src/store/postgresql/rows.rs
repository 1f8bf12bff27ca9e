//! The products, and what is listed of the accounts.

use keyward::{
    Operation, Roles,
    decision::InContext,
    filter::{SqlFragment, SqlValue},
    http::Refused,
    key::KeyKind,
    store::KeyRecord,
};
use postgres::{Row, Transaction, types::ToSql};

use super::{PostgreSql, changes, has_nul};
use crate::store::{Change, Page, Product, Store, StoreError, Told, accounts, products};

impl Store for PostgreSql {
    fn is_new(&self) -> Result<bool, StoreError> {
        self.read(|transaction| Ok(transaction.query_opt("SELECT 1 FROM accounts LIMIT 1", &[])?.is_none()))
    }

    fn follow(&self, told: &mut dyn FnMut(Told<'_>)) -> Result<(), StoreError> {
        self.listen(told)
    }

    fn secret(&self, name: &str, new: &str) -> Result<String, StoreError> {
        self.write(|transaction| {
            let insert = "INSERT INTO secrets (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            transaction.execute(insert, &[&name, &new])?;
            Ok(transaction.query_one("SELECT secret FROM secrets WHERE name = $1", &[&name])?.get(0))
        })
    }

    fn roles(&self, account: &str) -> Result<Option<Roles>, StoreError> {
        let stored = self.read(|transaction| changes::select(transaction, account))?;
        stored.map(|(_, roles)| accounts::roles(&self.schema, account, &roles)).transpose()
    }

    fn actors(&self, account: &str, kind: KeyKind) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|transaction| changes::present(transaction, account, kind, None))
    }

    fn actor(&self, account: &str, kind: KeyKind, actor: &str) -> Result<Option<KeyRecord>, StoreError> {
        Ok(self.read(|transaction| changes::present(transaction, account, kind, Some(actor)))?.into_iter().next())
    }

    fn audit(&self, account: &str) -> Result<Vec<String>, StoreError> {
        if has_nul([account]) {
            return Ok(Vec::new());
        }
        self.read(|transaction| {
            let rows = transaction.query("SELECT record FROM audit WHERE account = $1 ORDER BY number", &[&account])?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })
    }

    fn products_for(
        &self,
        operation: Operation,
        access: InContext<'_>,
        page: Page<'_>,
    ) -> Result<Vec<Product>, Refused> {
        let passes = products::passes(access, operation, &self.table)?.numbered_from(2);
        let query = format!(
            "SELECT account, id, name, brand FROM products WHERE id > $1 AND {passes} ORDER BY id LIMIT {}",
            page.limit,
        );
        // An id that is after a text with a NUL is after what stands before it: PostgreSQL has no NUL.
        let after = page.after.split('\0').next().unwrap_or_default();
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&after];
        values.extend(passes.parameters().iter().map(bind));
        let listed = self.read(|transaction| Ok(transaction.query(&query, &values)?))?;
        Ok(listed.iter().map(product).collect())
    }

    fn listed_products(&self, access: InContext<'_>) -> Result<SqlFragment, Refused> {
        Ok(products::passes(access, Operation::LIST, &self.table)?.numbered_from(2))
    }

    fn product(&self, account: &str, id: &str) -> Result<Option<Product>, StoreError> {
        self.read(|transaction| select(transaction, account, id))
    }

    fn insert_product(&self, product: &Product) -> Result<(), StoreError> {
        self.write(|transaction| {
            let insert = "INSERT INTO products (account, id, name, brand) VALUES ($1, $2, $3, $4)";
            let Product { account, id, name, brand } = product;
            transaction.execute(insert, &[account, id, name, brand])?;
            Ok(())
        })
    }

    fn change_product(&self, account: &str, id: &str, change: Change<'_>) -> Result<Option<Product>, Refused> {
        self.write(|transaction| {
            // Nobody else changes it from here on.
            let stored = select_for(transaction, account, id, "FOR UPDATE")?.ok_or_else(Refused::not_found)?;
            let changed = change(&stored)?;
            let put = match &changed {
                Some(Product { name, brand, .. }) => {
                    let update = "UPDATE products SET name = $3, brand = $4 WHERE account = $1 AND id = $2";
                    transaction.execute(update, &[&account, &id, name, brand])
                }
                None => transaction.execute("DELETE FROM products WHERE account = $1 AND id = $2", &[&account, &id]),
            };
            put.map_err(StoreError::from)?;
            Ok(changed)
        })
    }
}

fn select(transaction: &mut Transaction<'_>, account: &str, id: &str) -> Result<Option<Product>, StoreError> {
    select_for(transaction, account, id, "")
}

fn select_for(
    transaction: &mut Transaction<'_>,
    account: &str,
    id: &str,
    change: &str,
) -> Result<Option<Product>, StoreError> {
    if has_nul([account, id]) {
        return Ok(None);
    }
    let select = format!("SELECT account, id, name, brand FROM products WHERE account = $1 AND id = $2 {change}");
    Ok(transaction.query_opt(&select, &[&account, &id])?.as_ref().map(product))
}

fn product(row: &Row) -> Product {
    Product { account: row.get(0), id: row.get(1), name: row.get(2), brand: row.get(3) }
}

fn bind(value: &SqlValue) -> &(dyn ToSql + Sync) {
    match value {
        SqlValue::Text(text) => text,
        SqlValue::Integer(integer) => integer,
        SqlValue::Boolean(boolean) => boolean,
    }
}
