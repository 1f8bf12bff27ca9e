//! Operations on roles.

use alloc::{boxed::Box, vec::Vec};

use super::{
    acting::Acting,
    administered::Administered,
    administration_error::{AdministrationError, Result},
    attempt::{AccountChange, Attempt},
    audit::{Action, Audited, named},
    rights::Operator,
};
use crate::{
    role::{Role, RoleError},
    schema::Operation,
    store::{KeyChange, KeyRecord},
};

impl<'a> Acting<'a> {
    /// Creates a role. Only administrators may. It is given to nobody: from whoever still has the id of a role that is
    /// no more, it is taken.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, an id that is in use, a permission on what the
    /// schema doesn't have.
    pub fn create_role(&self, role: Role) -> Attempt {
        let id = Box::from(role.id());
        self.on_role(Action::Create, &id, |acting| {
            let proposed = Administered::policy(self.account.id(), &role);
            acting.access().decide(Operation::CREATE, &proposed).into_result()?;
            let roles = self.account.roles().clone().with(role)?;
            Ok(AccountChange::new(self.account, roles, self.taking(&id)))
        })
    }

    /// Puts a role in the place of the one with its id. Only administrators may.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, no such role, a permission on what the schema
    /// doesn't have.
    ///
    /// ```
    /// # use keyward::{Role, Schema, Timestamp, key::{KeyEntropy, KeyFormat, KeyPrefix}};
    /// use keyward::administration::{Account, AdministrationError};
    ///
    /// # let format = KeyFormat::new(KeyPrefix::new("acme")?);
    /// # let now = Timestamp::from_millis(1);
    /// # let schema = Schema::builder().resource("products").build()?;
    /// # let key = format.generate_operator_key(KeyEntropy::take(&mut [1; 32])?, None);
    /// # let founded = Account::create(&schema, "a1", "olivia", &key, now).into_result()?;
    /// # let account = founded.account();
    /// let olivia = account.actor("olivia").unwrap();
    /// let attempt = account.acting(olivia, now).alter_role(Role::new("admin", ["products:read"])?);
    /// assert!(matches!(attempt.into_result(), Err(AdministrationError::ManagedRole)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alter_role(&self, role: Role) -> Attempt {
        let id = Box::from(role.id());
        self.on_role(Action::Update, &id, |acting| {
            let (account, stored) = (self.account.id(), self.role(&id)?);
            let (stored, proposed) = (Administered::policy(account, stored), Administered::policy(account, &role));
            acting.access().decide_update(&stored, &proposed).into_result()?;
            Ok(AccountChange::new(self.account, self.account.roles().clone().replace(role)?, []))
        })
    }

    /// Deletes a role, and takes it from everyone who has it, in the same change. The audit record
    /// [names](super::AuditRecord::affected) them. Only administrators may.
    ///
    /// # Errors
    ///
    /// In the attempt: not an administrator, the managed role, no such role.
    pub fn delete_role(&self, id: &str) -> Attempt {
        self.on_role(Action::Delete, id, |acting| {
            let stored = Administered::policy(self.account.id(), self.role(id)?);
            acting.access().decide(Operation::DELETE, &stored).into_result()?;
            let roles = self.account.roles().clone().without(id)?;
            Ok(AccountChange::new(self.account, roles, self.taking(id)))
        })
    }

    fn on_role(&self, action: Action, id: &str, act: impl FnOnce(&Operator<'_>) -> Result<AccountChange>) -> Attempt {
        self.attempt(Audited::AccessPolicy, action, id, |acting| {
            if acting.is_administrator() { act(&acting) } else { Err(AdministrationError::NotAdministrator) }
        })
    }

    /// Takes a role from everyone who has it.
    fn taking(&self, id: &str) -> Vec<KeyChange> {
        let without = |record: KeyRecord| {
            let grant = record.grant().clone().without_role(id);
            record.with_grant(grant)
        };
        self.account.records_with(id).map(|record| record.change(without)).collect()
    }

    fn role(&self, id: &str) -> Result<&'a Role> {
        if id == Role::ADMIN {
            return Err(AdministrationError::ManagedRole);
        }
        let role = self.account.roles().get(id);
        role.ok_or_else(|| RoleError::Unknown(self.account.roles().unknown(&named(id))).into())
    }
}
