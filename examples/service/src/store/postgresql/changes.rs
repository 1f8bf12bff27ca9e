//! Keys and accounts.

use keyward::{
    administration::{Account, AccountChange, AccountStore, AuditRecord, CommitError},
    key::{KeyId, KeyKind},
    store::{AtVersion, ChangeError, KeyChange, KeyRecord, KeyState, KeyStore, WritableKeyStore},
};
use postgres::{
    Transaction,
    types::{ToSql, Type},
};

use super::{PostgreSql, has_nul, notices};
use crate::store::{StoreError, accounts, keys};

/// A key, and the version that its account has at the same moment.
const FIND: &str = "SELECT keys.record, COALESCE(accounts.version, 0) FROM keys
    LEFT JOIN accounts ON accounts.id = keys.account WHERE keys.id = $1";

impl KeyStore for PostgreSql {
    type Record = AtVersion;
    type Error = StoreError;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, StoreError> {
        // One statement, and so one state. It is not prepared, which would be a second question.
        let found = self.find(|client| client.query_typed(FIND, &[(&id.as_str(), Type::TEXT)]))?;
        found.first().map(|row| keys::at_version(row.get(0), row.get(1))).transpose()
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

impl WritableKeyStore for PostgreSql {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
        self.write(|transaction| apply(transaction, changes).map_err(keys::Failed)).map_err(|keys::Failed(error)| error)
    }
}

fn apply(transaction: &mut Transaction<'_>, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
    let failed = |error: postgres::Error| ChangeError::Store(error.into());
    // The turn at each id, present or not, in one order: nobody waits for who waits for them.
    let turns = "SELECT pg_advisory_xact_lock(turn) FROM (
        SELECT DISTINCT hashtextextended(current_schema() || '/' || id, 0) AS turn FROM unnest($1::text[]) AS id ORDER BY turn
    ) AS turns";
    let ids: Vec<String> = changes.iter().map(|change| change.id().to_string()).collect();
    transaction.execute(turns, &[&ids]).map_err(failed)?;
    for change in changes {
        let id = change.id();
        let id = id.as_str();
        let select = "SELECT version FROM keys WHERE id = $1";
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
pub(super) fn fill(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    for row in transaction.query("SELECT id, record FROM keys WHERE present IS NULL FOR UPDATE", &[])? {
        // What can't be read is nobody's, and keeps nobody else out.
        let Ok(record) = keys::record(row.get(1)) else { continue };
        let fill = "UPDATE keys SET kind = $2, actor = $3, present = $4 WHERE id = $1";
        let (id, kind): (&str, _) = (row.get(0), keys::stored_kind(record.kind()));
        transaction.execute(fill, &[&id, &kind, &record.actor(), &(record.state() == KeyState::Active)])?;
    }
    Ok(())
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
            let roles = accounts::write_roles(account.roles())?;
            let (version, expected) = (account.version().cast_signed(), change.expected().cast_signed());
            // Checked and replaced in one step, whichever process is the other.
            let put = if expected == 0 {
                let insert =
                    "INSERT INTO accounts (id, version, roles) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
                transaction.execute(insert, &[&account.id(), &version, &roles])
            } else {
                let update = "UPDATE accounts SET version = $2, roles = $3 WHERE id = $1 AND version = $4";
                transaction.execute(update, &[&account.id(), &version, &roles, &expected])
            };
            if put.map_err(failed)? != 1 {
                return Err(accounts::Failed(CommitError::Conflict));
            }
            apply(transaction, change.keys()).map_err(|error| accounts::Failed(CommitError::Keys(error)))?;
            change.audit().map_or(Ok(()), |audit| keep(transaction, audit))?;
            notices::tell(transaction, account.id(), version).map_err(failed)
        });
        committed.map_err(|accounts::Failed(error)| error)
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), StoreError> {
        self.write(|transaction| {
            // What counts up must count in the order of the commits.
            transaction.execute("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", &[&audit.account()])?;
            keep(transaction, audit)
        })
    }
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
