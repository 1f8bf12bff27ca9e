//! Keys and accounts.

use keyward::{
    administration::{Account, AccountChange, AccountStore, AuditRecord, CommitError},
    key::{KeyId, KeyKind},
    store::{ChangeError, KeyChange, KeyRecord, KeyState, KeyStore, WritableKeyStore},
};
use postgres::{Client, Transaction, types::ToSql};

use super::{PostgreSql, has_nul};
use crate::store::{StoreError, accounts, keys};

impl KeyStore for PostgreSql {
    type Record = KeyRecord;
    type Error = StoreError;

    fn find(&self, id: KeyId) -> Result<Option<KeyRecord>, StoreError> {
        let found = self.find(|client| client.query_opt("SELECT record FROM keys WHERE id = $1", &[&id.as_str()]))?;
        let found: Option<String> = found.map(|row| row.get(0));
        found.as_deref().map(keys::record).transpose()
    }
}

impl WritableKeyStore for PostgreSql {
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
        let put = "INSERT INTO keys (id, version, account, record, kind, actor, present) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE \
                   SET version = $2, account = $3, record = $4, kind = $5, actor = $6, present = $7";
        let (version, kind) = (record.version().cast_signed(), keys::stored_kind(record.kind()));
        let present = record.state() == KeyState::Active;
        let values: [&(dyn ToSql + Sync); 7] =
            [&id, &version, &record.account(), &document, &kind, &record.actor(), &present];
        transaction.execute(put, &values).map_err(failed)?;
    }
    Ok(())
}

/// Fills the columns that a database of an earlier version doesn't have.
pub(super) fn fill(client: &mut Client) -> Result<(), StoreError> {
    let mut transaction = client.transaction()?;
    for row in transaction.query("SELECT id, record FROM keys WHERE present IS NULL FOR UPDATE", &[])? {
        let record = keys::record(row.get(1))?;
        let fill = "UPDATE keys SET kind = $2, actor = $3, present = $4 WHERE id = $1";
        let (id, kind): (&str, _) = (row.get(0), keys::stored_kind(record.kind()));
        transaction.execute(fill, &[&id, &kind, &record.actor(), &(record.state() == KeyState::Active)])?;
    }
    Ok(transaction.commit()?)
}

/// The present keys of an account, of one kind, in the order of their ids; where an actor is named, of that one.
pub(super) fn present(
    transaction: &mut Transaction<'_>,
    account: &str,
    kind: KeyKind,
    actor: Option<&str>,
) -> Result<Vec<KeyRecord>, StoreError> {
    if has_nul([account, actor.unwrap_or_default()]) {
        return Ok(Vec::new());
    }
    let select = "SELECT record FROM keys WHERE account = $1 AND kind = $2 AND present \
                  AND ($3::text IS NULL OR actor = $3) ORDER BY id";
    let rows = transaction.query(select, &[&account, &keys::stored_kind(kind), &actor])?;
    rows.iter().map(|row| keys::record(row.get(0))).collect()
}

impl AccountStore for PostgreSql {
    type Error = StoreError;

    fn load(&self, account: &str) -> Result<Option<Account>, StoreError> {
        let found = self.read(|transaction| {
            let Some((version, roles)) = select(transaction, account)? else { return Ok(None) };
            let records = transaction.query("SELECT record FROM keys WHERE account = $1", &[&account])?;
            let records: Vec<String> = records.iter().map(|row| row.get(0)).collect();
            Ok(Some((version, roles, records)))
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
            if lock(transaction, account.id()).map_err(failed)? != change.expected() {
                return Err(accounts::Failed(CommitError::Conflict));
            }
            let put = "INSERT INTO accounts (id, version, roles) VALUES ($1, $2, $3) \
                       ON CONFLICT (id) DO UPDATE SET version = $2, roles = $3";
            let version = account.version().cast_signed();
            let roles = accounts::write_roles(account.roles())?;
            transaction.execute(put, &[&account.id(), &version, &roles]).map_err(failed)?;
            apply(transaction, change.keys()).map_err(|error| accounts::Failed(CommitError::Keys(error)))?;
            change.audit().map_or(Ok(()), |audit| Ok(keep(transaction, audit)?))
        });
        committed.map_err(|accounts::Failed(error)| error)
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), StoreError> {
        self.write(|transaction| {
            lock(transaction, audit.account())?;
            keep(transaction, audit)
        })
    }
}

/// Locks an account for the rest of the transaction, and gives its version: 0 where there is none.
fn lock(transaction: &mut Transaction<'_>, account: &str) -> Result<u64, postgres::Error> {
    let stored = transaction.query_opt("SELECT version FROM accounts WHERE id = $1 FOR UPDATE", &[&account])?;
    Ok(stored.map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
}

fn keep(transaction: &mut Transaction<'_>, audit: &AuditRecord) -> Result<(), StoreError> {
    let insert = "INSERT INTO audit (account, record) VALUES ($1, $2)";
    transaction.execute(insert, &[&audit.account(), &accounts::audit_document(audit)?])?;
    Ok(())
}

/// The version of an account, and its roles.
pub(super) fn select(transaction: &mut Transaction<'_>, account: &str) -> Result<Option<(i64, String)>, StoreError> {
    if has_nul([account]) {
        return Ok(None);
    }
    let found = transaction.query_opt("SELECT version, roles FROM accounts WHERE id = $1", &[&account])?;
    Ok(found.map(|row| (row.get(0), row.get(1))))
}
