//! The accounts: [`AccountStore`], over the same tables as the keys, so that both change together.

use keyward::{
    Role, Roles, Schema,
    administration::{Account, AccountChange, AccountStore, AuditRecord, CommitError},
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Database, StoreError, keys};

impl AccountStore for Database {
    type Error = StoreError;

    fn load(&self, account: &str) -> Result<Option<Account>, StoreError> {
        let found = self.read(|transaction| {
            let Some((version, roles)) = select(transaction, account)? else { return Ok(None) };
            let mut select = transaction.prepare_cached("SELECT record FROM keys WHERE account = ?1")?;
            let records = select.query_map([account], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(Some((version, roles, records)))
        })?;
        let Some((version, roles, records)) = found else { return Ok(None) };
        read(&self.schema, account, version, &roles, &records).map(Some)
    }

    fn commit(&self, change: &AccountChange) -> Result<(), CommitError<StoreError>> {
        let account = change.account();
        let committed = self.write(|transaction| {
            let failed = |error: rusqlite::Error| Failed(CommitError::Store(error.into()));
            let mut select =
                transaction.prepare_cached("SELECT version FROM accounts WHERE id = ?1").map_err(failed)?;
            let stored = select.query_row([account.id()], |row| row.get::<_, i64>(0)).optional().map_err(failed)?;
            if stored.map_or(0, i64::cast_unsigned) != change.expected() {
                return Err(Failed(CommitError::Conflict));
            }
            let put = "INSERT OR REPLACE INTO accounts (id, version, roles) VALUES (?1, ?2, ?3)";
            let mut put = transaction.prepare_cached(put).map_err(failed)?;
            let version = account.version().cast_signed();
            put.execute(params![account.id(), version, write_roles(account.roles())?]).map_err(failed)?;
            keys::apply(transaction, change.keys()).map_err(|error| Failed(CommitError::Keys(error)))?;
            change.audit().map_or(Ok(()), |audit| Ok(keep(transaction, audit)?))
        });
        committed.map_err(|Failed(error)| error)
    }

    fn record_refusal(&self, audit: &AuditRecord) -> Result<(), StoreError> {
        self.write(|transaction| keep(transaction, audit))
    }
}

fn keep(transaction: &Transaction<'_>, audit: &AuditRecord) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached("INSERT INTO audit (account, record) VALUES (?1, ?2)")?;
    insert.execute([audit.account(), &audit_document(audit)?])?;
    Ok(())
}

pub(super) fn audit_document(audit: &AuditRecord) -> Result<String, StoreError> {
    serde_json::to_string(audit).map_err(|_| StoreError::Unreadable("an audit record"))
}

/// The version of an account, and its roles.
pub(super) fn select(transaction: &Transaction<'_>, account: &str) -> Result<Option<(i64, String)>, StoreError> {
    let mut select = transaction.prepare_cached("SELECT version, roles FROM accounts WHERE id = ?1")?;
    Ok(select.query_row([account], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Reads an account from what is stored of it.
pub(super) fn read(
    schema: &Schema,
    account: &str,
    version: i64,
    roles: &str,
    records: &[String],
) -> Result<Account, StoreError> {
    let roles = self::roles(schema, account, roles)?;
    let records = records.iter().map(|document| keys::record(document)).collect::<Result<Vec<_>, _>>()?;
    let account = Account::load(roles, version.cast_unsigned(), records);
    account.map_err(|_| StoreError::Unreadable("the keys of an account"))
}

/// Reads the roles of an account.
pub(super) fn roles(schema: &Schema, account: &str, roles: &str) -> Result<Roles, StoreError> {
    let none = Roles::new(schema, account).map_err(|_| StoreError::Unreadable("the id of an account"))?;
    none.with_all(read_roles(roles)?).map_err(|_| StoreError::Unreadable("the roles of an account"))
}

/// The roles without the managed one, which every account has.
pub(super) fn write_roles(roles: &Roles) -> Result<String, StoreError> {
    let created: Vec<&Role> = roles.iter().collect();
    serde_json::to_string(&created).map_err(|_| StoreError::Unreadable("the roles of an account"))
}

fn read_roles(document: &str) -> Result<Vec<Role>, StoreError> {
    serde_json::from_str(document).map_err(|_| StoreError::Unreadable("the roles of an account"))
}

/// A change that was not stored, as an error that a failing transaction can be, too.
pub(super) struct Failed(pub(super) CommitError<StoreError>);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(match error {
            #[cfg(feature = "postgresql")]
            StoreError::Unanswered(_) => CommitError::Unknown(error),
            error => CommitError::Store(error),
        })
    }
}
