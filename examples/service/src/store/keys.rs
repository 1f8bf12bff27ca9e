//! The keys: [`KeyStore`] and [`WritableKeyStore`].

use keyward::{
    key::{KeyId, KeyKind},
    store::{AtVersion, ChangeError, KeyChange, KeyRecord, KeyStore, WritableKeyStore},
};
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};

use super::{Database, StoreError};

/// A key, and the version that its account has at the same moment.
const FIND: &str = "SELECT keys.record, COALESCE(accounts.version, 0) FROM keys
    LEFT JOIN accounts ON accounts.id = keys.account WHERE keys.id = ?1";

impl KeyStore for Database {
    type Record = AtVersion;
    type Error = StoreError;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, StoreError> {
        let found = self.find(|connection| {
            let mut select = connection.prepare_cached(FIND)?;
            select.query_row([id.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).optional()
        })?;
        found.map(|(document, version)| at_version(&document, version)).transpose()
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

impl WritableKeyStore for Database {
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
        self.write(|transaction| apply(transaction, changes).map_err(Failed)).map_err(|Failed(error)| error)
    }
}

/// Makes the changes one by one, each seeing those before it. The caller takes back all where one is refused.
pub(super) fn apply(transaction: &Transaction<'_>, changes: &[KeyChange]) -> Result<(), ChangeError<StoreError>> {
    let failed = |error: rusqlite::Error| ChangeError::Store(error.into());
    for change in changes {
        let id = change.id();
        let mut select = transaction.prepare_cached("SELECT version FROM keys WHERE id = ?1").map_err(failed)?;
        let stored = select.query_row([id.as_str()], |row| row.get::<_, i64>(0)).optional().map_err(failed)?;
        change.check(stored.map(i64::cast_unsigned))?;
        let Some(record) = change.record() else {
            let mut delete = transaction.prepare_cached("DELETE FROM keys WHERE id = ?1").map_err(failed)?;
            delete.execute([id.as_str()]).map_err(failed)?;
            continue;
        };
        let document = document(record).map_err(ChangeError::Store)?;
        let put = "INSERT OR REPLACE INTO keys (id, version, account, record) VALUES (?1, ?2, ?3, ?4)";
        let mut put = transaction.prepare_cached(put).map_err(failed)?;
        let version = record.version().cast_signed();
        put.execute(params![id.as_str(), version, record.account(), document]).map_err(failed)?;
    }
    Ok(())
}

/// The present keys of an account, of one kind, in the order of their ids; where an actor is named, of that one.
pub(super) fn present(
    transaction: &Transaction<'_>,
    account: &str,
    kind: KeyKind,
    actor: Option<&str>,
) -> Result<Vec<KeyRecord>, StoreError> {
    let of_actor = if actor.is_some() { "AND record ->> '$.actor' = ?3" } else { "" };
    let select = format!(
        "SELECT record FROM keys WHERE account = ?1 AND record ->> '$.kind' = ?2 {of_actor}
             AND record ->> '$.state' = 'active' ORDER BY id"
    );
    let mut select = transaction.prepare_cached(&select)?;
    let values = [account, stored_kind(kind)].into_iter().chain(actor);
    let documents = select.query_map(params_from_iter(values), |row| row.get::<_, String>(0))?;
    documents.map(|document| record(&document?)).collect()
}

/// As a record holds it.
pub(super) fn stored_kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::OperatorKey => "operatorKey",
        KeyKind::AccessToken => "accessToken",
    }
}

pub(super) fn document(record: &KeyRecord) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|_| StoreError::Unreadable("the record of a key"))
}

/// Reads a record. The error doesn't say what stands there: it could be a digest.
pub(super) fn record(document: &str) -> Result<KeyRecord, StoreError> {
    serde_json::from_str(document).map_err(|_| StoreError::Unreadable("the record of a key"))
}

/// A record with the version of its account, of which the database has only a signed kind.
pub(super) fn at_version(document: &str, version: i64) -> Result<AtVersion, StoreError> {
    Ok(AtVersion::new(record(document)?, version.cast_unsigned()))
}

/// A refused change, as an error that a failing transaction can be, too.
pub(super) struct Failed(pub(super) ChangeError<StoreError>);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(ChangeError::Store(error))
    }
}
