//! Keys and accounts.

use keyward::{
    administration::{Account, AccountChange, AccountStore, CommitError},
    key::KeyId,
    store::{ChangeError, KeyChange, KeyChanges, KeyRecord, KeyStore},
};
use postgres::Transaction;

use super::PostgreSql;
use crate::store::{StoreError, accounts, keys};

impl KeyStore for PostgreSql {
    type Record = KeyRecord;
    type Error = StoreError;

    fn find(&self, id: KeyId) -> Result<Option<KeyRecord>, StoreError> {
        let found: Option<String> = self.read(|transaction| {
            let found = transaction.query_opt("SELECT record FROM keys WHERE id = $1", &[&id.as_str()])?;
            Ok(found.map(|row| row.get(0)))
        })?;
        found.as_deref().map(keys::record).transpose()
    }
}

impl KeyChanges for PostgreSql {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
        self.write(|transaction| apply(transaction, changes).map_err(keys::Failed)).map_err(|keys::Failed(error)| error)
    }
}

fn apply(transaction: &mut Transaction<'_>, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
    let failed = |error: postgres::Error| ChangeError::Store(error.into());
    for change in changes {
        let id = change.id();
        let id = id.as_str();
        let select = "SELECT version FROM keys WHERE id = $1 FOR UPDATE";
        let stored: Option<i64> = transaction.query_opt(select, &[&id]).map_err(failed)?.map(|row| row.get(0));
        change.check(stored.map(i64::cast_unsigned))?;
        let Some(record) = change.record() else {
            transaction.execute("DELETE FROM keys WHERE id = $1", &[&id]).map_err(failed)?;
            continue;
        };
        let document = keys::document(record).map_err(ChangeError::Store)?;
        let put = "INSERT INTO keys (id, version, account, record) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET version = $2, account = $3, record = $4";
        let version = record.version().cast_signed();
        transaction.execute(put, &[&id, &version, &record.account(), &document]).map_err(failed)?;
    }
    Ok(())
}

impl AccountStore for PostgreSql {
    type Error = StoreError;

    fn load(&self, account: &str) -> Result<Option<Account>, StoreError> {
        let found = self.read(|transaction| {
            let select = "SELECT version, roles FROM accounts WHERE id = $1";
            let Some(row) = transaction.query_opt(select, &[&account])? else { return Ok(None) };
            let records = transaction.query("SELECT record FROM keys WHERE account = $1", &[&account])?;
            let records: Vec<String> = records.iter().map(|row| row.get(0)).collect();
            Ok(Some((row.get::<_, i64>(0), row.get::<_, String>(1), records)))
        })?;
        let read = |(version, roles, records): (i64, String, Vec<String>)| {
            accounts::read(&self.schema, account, version, &roles, &records)
        };
        found.map(read).transpose()
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<StoreError>> {
        let account = change.account();
        let committed = self.write(|transaction| {
            let failed = |error: postgres::Error| accounts::Failed(CommitError::Store(error.into()));
            let select = "SELECT version FROM accounts WHERE id = $1 FOR UPDATE";
            let stored = transaction.query_opt(select, &[&account.id()]).map_err(failed)?;
            let stored = stored.map_or(0, |row| row.get::<_, i64>(0).cast_unsigned());
            if stored != change.expected() {
                return Err(accounts::Failed(CommitError::Conflict));
            }
            let put = "INSERT INTO accounts (id, version, roles) VALUES ($1, $2, $3) \
                       ON CONFLICT (id) DO UPDATE SET version = $2, roles = $3";
            let version = account.version().cast_signed();
            let roles = accounts::write_roles(account.roles());
            transaction.execute(put, &[&account.id(), &version, &roles]).map_err(failed)?;
            apply(transaction, change.keys()).map_err(|error| accounts::Failed(CommitError::Keys(error)))
        });
        committed.map_err(|accounts::Failed(error)| error)
    }
}
