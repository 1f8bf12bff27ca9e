//! A new account.

use super::{
    account::Account,
    administration_error::AdministrationError,
    attempt::{AccountChange, Attempt},
    audit::{Action, AuditRecord, Audited},
};
use crate::{
    key::{KeyKind, NewKey, OperatorKey},
    role::{Role, Roles},
    schema::Schema,
    store::{KeyChange, KeyRecord, RotateError},
    text::TextError,
    time::Timestamp,
};

impl Account {
    /// Makes a new account, with its first operator, who is its administrator, and that operator's key.
    ///
    /// # Errors
    ///
    /// In the attempt: [`AdministrationError::InvalidId`] for an account or operator id that is none.
    pub fn create(
        schema: &Schema,
        account: &str,
        operator: &str,
        key: &NewKey<OperatorKey>,
        now: Timestamp,
    ) -> Attempt {
        let audit = AuditRecord::new(now, account, (operator, key.id), (Audited::Account, Action::Create), account);
        let found = || -> Result<(Self, AccountChange), TextError> {
            let roles = Roles::new(schema, account)?;
            let nothing = Self::unfounded(roles.clone());
            let record = KeyRecord::new(KeyKind::OperatorKey, key.id, key.digest.clone(), account, operator)?
                .with_roles([Role::ADMIN])
                .with_created(now);
            let change = AccountChange::new(&nothing, roles, [KeyChange::Insert(record)]);
            Ok((nothing, change))
        };
        if now == Timestamp::MAX {
            return Attempt::new(audit, Err(RotateError::EndOfTime.into()));
        }
        match found() {
            Ok((nothing, change)) => Attempt::new(audit.changed(&nothing, change.account(), change.keys()), Ok(change)),
            Err(error) => Attempt::new(audit, Err(AdministrationError::InvalidId(error))),
        }
    }
}
