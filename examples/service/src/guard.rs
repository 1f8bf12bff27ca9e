//! Authorization: the layer before every route, and the second look. No handler runs without them.

use std::sync::Arc;

use axum::http::{HeaderMap, Uri};
use keyward::{
    Access, Decision, Denial, Operation, Resource, ResourceType,
    administration::{Accounts, AccountsError},
    http::{Challenge, ChallengeError, Credential, QueryParameter, Refused, cors::Policy},
    key::KeyId,
    store::{AsyncKeyStore, KeyRecord, KeyStore as _},
    tower::{Guard, system_clock},
};
use tokio::task::{JoinError, spawn_blocking};

use crate::{
    log,
    service::Service,
    store::{Store, StoreError},
};

const REALM: &str = "keyward service";
/// Where refusals are explained.
const MORE_INFO: &str = "/#refusals";

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug)]
pub enum Needs {
    /// This operation on this type of resource.
    Permission(ResourceType, Operation),
    /// A good key: the route shows or changes what is the caller's own.
    Key,
}

/// The layer before every route: CORS, key, browser policy, permission.
///
/// # Errors
///
/// [`ChallengeError`] where the realm was edited into what is none.
pub fn layer(service: &Service, cors: Policy) -> Result<Guard, ChallengeError> {
    let (authenticator, keys) = (Arc::clone(service.accounts.authenticator()), Keys(Arc::clone(&service.accounts)));
    let guard = Guard::new_async(authenticator, keys, Challenge::new(REALM)?, system_clock, log::event);
    Ok(guard.with_browsers(service.browsers.clone()).with_cors(cors).with_more_info(MORE_INFO))
}

/// The keys, looked up on a thread that may wait.
struct Keys(Arc<Accounts<Arc<dyn Store>>>);

impl AsyncKeyStore for Keys {
    type Record = KeyRecord;
    type Error = AccountsError<StoreError>;

    async fn find_async(&self, id: KeyId) -> Result<Option<KeyRecord>, Self::Error> {
        let accounts = Arc::clone(&self.0);
        spawn_blocking(move || accounts.find(id)).await.map_err(panicked)?
    }

    async fn load_account_of_async(&self, id: KeyId) -> Result<bool, Self::Error> {
        let accounts = Arc::clone(&self.0);
        spawn_blocking(move || accounts.load_account_of(id)).await.map_err(panicked)?
    }
}

fn panicked(_: JoinError) -> AccountsError<StoreError> {
    AccountsError::Store(StoreError::Panicked)
}

/// Looks again, on this thread, when the rest of a request that was let in is there: its key may have ended meanwhile.
///
/// # Errors
///
/// [`Refused`]: an ended key, no permission any more, a store that failed.
pub fn look_again(service: &Service, needs: Needs, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refused> {
    let credential = Credential::from_request(headers, uri, QueryParameter::Ignored)?;
    let found = service.accounts.authenticate(credential.secret_str(), system_clock());
    let (record, access) = found.map_err(|error| log::refused(&error))?.into_parts();
    match needs {
        Needs::Permission(resource, operation) if !access.permits(operation, resource) => {
            let schema = access.schema();
            let (resource, operation) = (schema.type_name(resource), schema.operation_name(operation));
            log::denied(&record, &format!("{resource}:{operation}"));
            Err(Refused::from(&Denial::PermissionMissing { resource, operation }))
        }
        Needs::Permission(..) | Needs::Key => Ok(Caller { record, access, needs }),
    }
}

/// Who calls, and what they may do.
#[derive(Debug)]
pub struct Caller {
    /// The record of the key.
    pub record: KeyRecord,
    /// What it may do.
    pub access: Access,
    needs: Needs,
}

impl Caller {
    /// Asks for the operation that the route declares, on this resource: account, permission, conditions.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it is denied, or the route declares none.
    pub fn check(&self, resource: &impl Resource) -> Result<(), Refused> {
        let Needs::Permission(_, operation) = self.needs else { return Err(Refused::not_found()) };
        answer(&self.access.decide(operation, resource))
    }

    /// The same for an update, of what is stored and of what it would become.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn check_update(&self, stored: &impl Resource, proposed: &impl Resource) -> Result<(), Refused> {
        answer(&self.access.decide_update(stored, proposed))
    }
}

fn answer(decision: &Decision<'_>) -> Result<(), Refused> {
    match decision {
        Decision::Allow => Ok(()),
        Decision::Deny(denial) => Err(Refused::from(denial)),
    }
}
