//! What the handlers share, and the one way in which an account is changed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use keyward::{
    Authenticator, Schema,
    administration::{Account, Accounts, AccountsError, Acting, Attempt},
    attributes::RequestContext,
    http::{BrowserPolicy, Refused},
    json::DocumentError,
    key::{EntropyError, KeyEntropy, KeyFormat, KeyPrefix, KeyPrefixError},
    schema::SchemaError,
    store::Cached,
    tower::system_clock,
};

use crate::{
    evaluation::Decisions,
    guard::{Caller, Keys},
    log,
    store::{Store, StoreError, Told},
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
    /// Tell whose key it is, and what it may do.
    pub accounts: Arc<Accounts<Arc<dyn Store>>>,
    /// By which keys are found: kept for as long as the operator of the service says.
    pub keys: Arc<Cached<Keys>>,
    /// What to do with keys that come from browsers.
    pub browsers: BrowserPolicy,
    /// Keys, accounts, products.
    pub database: Arc<dyn Store>,
    /// By what the standard's questions are answered.
    pub decisions: Decisions,
}

impl Service {
    /// The service over this database, which isn't asked for anything yet. A key may be used for this time after it was read.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the schema reads what a request's context doesn't have, the actions are no table of it.
    pub fn new(database: Arc<dyn Store>, browsers: BrowserPolicy, cache: Duration) -> Result<Self, StartError> {
        let schema = schema()?;
        schema.check_context::<RequestContext>()?;
        let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("svc")?));
        let accounts = Arc::new(Accounts::new(Arc::clone(&database), authenticator));
        let start = Instant::now();
        let keys = Arc::new(Cached::new(Keys(Arc::clone(&accounts)), cache, move || start.elapsed()));
        Ok(Self { accounts, keys, browsers, database, decisions: Decisions::new(&schema)? })
    }

    /// Founds the first account where there is none. The text of its operator's key is given, to be shown once.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the database failed, or the operating system has no entropy.
    pub fn begin(&self) -> Result<Option<String>, StartError> {
        if !self.database.is_new()? {
            return Ok(None);
        }
        match self.found(self.accounts.authenticator().schema()) {
            // Another process was quicker.
            Err(StartError::Accounts(AccountsError::Conflict)) => Ok(None),
            founded => founded.map(Some),
        }
    }

    /// Takes over what other processes change, as it is told. Nothing depends on it but how soon that is: what isn't told is found
    /// when the time of what is kept is over.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database failed, and tells nothing any more.
    pub fn follow(&self) -> Result<(), StoreError> {
        self.database.follow(&mut |told| match told {
            Told::Nothing => self.keys.clear(),
            Told::Changed { account, version } => {
                // An account that nobody asked for stays unknown. Records that are older than its roles are read again.
                let is_behind = self.accounts.authenticator().version(account).is_some_and(|known| known < version);
                if let Some(Err(error)) = is_behind.then(|| self.accounts.load(account)) {
                    log::failed(&error);
                }
            }
        })
    }

    fn found(&self, schema: &Schema) -> Result<String, StartError> {
        let (key, now) = (self.format().generate_operator_key(KeyEntropy::from_os()?, None), system_clock());
        self.accounts.create(FIRST.0, FIRST.1, &key, now)?;
        log::audit(Account::create(schema, FIRST.0, FIRST.1, &key, now).audit(), Some(true));
        Ok(key.key.reveal().to_owned())
    }

    /// Changes the caller's account in the context of their request, and gives what it then is. Every attempt is logged.
    ///
    /// # Errors
    ///
    /// [`Refused`]: by the administration, or the database failed.
    pub fn administer(&self, caller: &Caller, mut act: impl FnMut(&Acting<'_>) -> Attempt) -> Result<Account, Refused> {
        let mut audit = None;
        let context = &caller.context;
        let changed = self.accounts.administer(&caller.record, context.time(), |acting| {
            let attempt = act(&acting.clone().in_context(context));
            audit = Some(attempt.audit().clone());
            attempt
        });
        if let Some(audit) = audit {
            let is_unknown = matches!(changed, Err(AccountsError::Unknown(_)));
            log::audit(&audit, (!is_unknown).then_some(changed.is_ok()));
        }
        let account = changed.map_err(refused)?;
        caller.changed(account.version());
        Ok(account)
    }

    /// The form of the keys, by which new ones are made.
    pub fn format(&self) -> &KeyFormat {
        self.accounts.authenticator().format()
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

fn refused(error: AccountsError<StoreError>) -> Refused {
    match error {
        AccountsError::Refused(error) => Refused::from(&error),
        AccountsError::UnknownAccount => Refused::not_found(),
        AccountsError::Store(error) | AccountsError::Unknown(error) => error.into(),
        // Other processes were quicker each time, or a new key has the id of another.
        error @ (AccountsError::Conflict | AccountsError::Keys(_)) => {
            log::failed(&error);
            Refused::new(409, "conflict", "the account was changed meanwhile")
        }
        error => internal(&error),
    }
}

fn internal(error: &impl std::fmt::Display) -> Refused {
    log::failed(error);
    Refused::new(500, "internal", "internal error")
}

/// Why the service doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The schema or the table of actions is none.
    #[error("schema.json or actions.json: {0}")]
    Schema(#[from] DocumentError),
    /// A condition reads what the context of a request doesn't have.
    #[error("schema.json: {0}")]
    Context(#[from] SchemaError),
    /// The prefix of the keys is none.
    #[error(transparent)]
    Prefix(#[from] KeyPrefixError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No key could be made.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The first account could not be made, or one that is there can't be in force.
    #[error(transparent)]
    Accounts(#[from] AccountsError<StoreError>),
}
