//! What the handlers share, and the one way in which an account is changed.

use std::sync::{Arc, Mutex, PoisonError};

use keyward::{
    Authenticator, Schema, Timestamp,
    administration::{Account, Acting, Attempt, CommitError},
    authenticate::SetRolesError,
    http::{BrowserPolicy, Refused},
    json::DocumentError,
    key::{EntropyError, KeyEntropy, KeyFormat, KeyPrefix, KeyPrefixError},
};

use crate::{
    guard::Caller,
    log,
    store::{Store, StoreError},
};

/// The account and the operator that are there from the start.
pub const FIRST: (&str, &str) = ("demo", "olivia");

/// What there is, and what restricts it.
///
/// # Errors
///
/// [`DocumentError`] where `schema.json` was edited into what is no schema.
pub fn schema() -> Result<Schema, DocumentError> {
    Schema::from_json(include_str!("schema.json"))
}

/// The service.
#[derive(Debug)]
pub struct Service {
    /// Tells whose key it is, and what it may do.
    pub authenticator: Arc<Authenticator>,
    /// What to do with keys that come from browsers.
    pub browsers: BrowserPolicy,
    /// Keys, accounts, products.
    pub database: Arc<dyn Store>,
    administering: Mutex<()>,
}

impl Service {
    /// The service over this database. Where there is no account it founds one; the text of its operator's key is
    /// given, to be shown once.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the database failed, or the operating system has no entropy.
    pub fn start(database: Arc<dyn Store>, browsers: BrowserPolicy) -> Result<(Self, Option<String>), StartError> {
        let schema = schema()?;
        let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("svc")?));
        let authenticator = Arc::new(authenticator);
        let service = Self { authenticator, browsers, database, administering: Mutex::new(()) };
        let accounts = service.database.accounts()?;
        for id in &accounts {
            if let Some(account) = service.database.load(id)? {
                service.authenticator.set_roles(account.roles().clone(), account.version())?;
            }
        }
        let first = if accounts.is_empty() { Some(service.found(&schema)?) } else { None };
        Ok((service, first))
    }

    fn found(&self, schema: &Schema) -> Result<String, StartError> {
        let key = self.authenticator.format().generate_operator_key(KeyEntropy::from_os()?, None);
        let attempt = Account::create(schema, FIRST.0, FIRST.1, &key, now());
        let audit = attempt.audit().clone();
        let change = attempt.into_result().map_err(|_| StartError::Founding)?;
        self.database.commit(&change).map_err(|_| StartError::Founding)?;
        self.authenticator.set_roles(change.account().roles().clone(), change.account().version())?;
        log::audit(&audit, true);
        Ok(key.key.reveal().to_owned())
    }

    /// Changes the caller's account, and gives what it then is: judged against its present state, stored as a whole,
    /// and in force when this returns. Every attempt is logged.
    ///
    /// One at a time, since the roles that the authenticator is told must be those of the last commit.
    ///
    /// # Errors
    ///
    /// [`Refused`]: by the administration, or the database failed.
    pub fn administer(&self, caller: &Caller, act: impl FnOnce(&Acting<'_>) -> Attempt) -> Result<Account, Refused> {
        let _one = self.administering.lock().unwrap_or_else(PoisonError::into_inner);
        let account = self.database.load(caller.record.account())?.ok_or_else(Refused::not_found)?;
        // Where the database failed after it had stored a change, this is when the change is in force.
        self.authenticator.set_roles(account.roles().clone(), account.version()).map_err(|error| internal(&error))?;
        let attempt = act(&account.acting(&caller.record, now()));
        let audit = attempt.audit().clone();
        let stored = attempt.into_result().map_err(|error| Refused::from(&error)).and_then(|change| {
            self.database.commit(&change).map_err(not_stored)?;
            Ok(change)
        });
        log::audit(&audit, stored.is_ok());
        let change = stored?;
        // Before the change is acknowledged: the next request sees the new roles.
        self.authenticator
            .set_roles(change.account().roles().clone(), change.account().version())
            .map_err(|error| internal(&error))?;
        Ok(change.account().clone())
    }

    /// Entropy for a new key.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the operating system has none.
    pub fn entropy(&self) -> Result<KeyEntropy, Refused> {
        KeyEntropy::from_os().map_err(|error| internal(&error))
    }
}

/// The time of this request.
pub fn now() -> Timestamp {
    Timestamp::from(std::time::SystemTime::now())
}

fn not_stored(error: CommitError<StoreError>) -> Refused {
    match error {
        CommitError::Store(error) => error.into(),
        // None of them comes about while one process has the database and changes one account at a time.
        error => {
            log::failed(&error);
            Refused::new(409, "conflict", "the account was changed meanwhile")
        }
    }
}

fn internal(error: &impl std::fmt::Display) -> Refused {
    log::failed(error);
    Refused::new(500, "internal", "internal error")
}

/// Why the service doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The schema is none.
    #[error("schema.json: {0}")]
    Schema(#[from] DocumentError),
    /// The prefix of the keys is none.
    #[error(transparent)]
    Prefix(#[from] KeyPrefixError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No key could be made.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The first account could not be made.
    #[error("the first account could not be founded")]
    Founding,
    /// The stored roles can't be in force.
    #[error(transparent)]
    Roles(#[from] SetRolesError),
}
