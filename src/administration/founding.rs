//! A new account.

use super::{
    account::Account,
    attempt::{AccountChange, Attempt},
    audit::{AuditRecord, StateDigest},
    refusal::AdministrationError,
};
use crate::{
    key::{KeyKind, NewKey, OperatorKey},
    role::{Role, Roles},
    schema::Schema,
    store::{KeyChange, KeyRecord},
    text::TextError,
    time::Timestamp,
};

impl Account {
    /// Makes a new account, with its first operator, who is its administrator, and that operator's key.
    ///
    /// # Errors
    ///
    /// In the attempt: [`AdministrationError::InvalidId`] for an account or operator id that is none.
    ///
    /// See [the module](super) for an example.
    pub fn found(schema: &Schema, account: &str, operator: &str, key: &NewKey<OperatorKey>, now: Timestamp) -> Attempt {
        let found = || -> Result<AccountChange, TextError> {
            let roles = Roles::new(schema, account)?;
            let record = KeyRecord::new(KeyKind::OperatorKey, key.id, key.digest.clone(), account, operator)?
                .with_roles([Role::ADMIN])
                .with_created(now);
            Ok(AccountChange::new(&Self::unfounded(roles.clone()), roles, [KeyChange::Insert(record)]))
        };
        let result = found().map_err(AdministrationError::InvalidId);
        let after = result.as_ref().ok().and_then(|change| change.account().record(key.id)).map(StateDigest::of_record);
        let audit = AuditRecord::new(now, account, (operator, key.id), "accounts:create", account, None, after);
        Attempt::new(audit, result)
    }
}
