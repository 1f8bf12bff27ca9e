//! Authorization: the layer before every route, and the second look. No handler runs without them.

use std::{cell::Cell, net::SocketAddr, sync::Arc};

use axum::http::{HeaderMap, request::Parts};
use keyward::{
    Access, Decision, Denial, Operation, Resource, ResourceType, TypeRef,
    administration::{Accounts, AccountsError},
    attributes::RequestContext,
    decision::InContext,
    http::{Challenge, ChallengeError, Credential, QueryParameter, Refused, cors::Policy},
    key::KeyId,
    schema::OperationRef,
    store::{AsyncKeyStore, AtVersion, KeyStore},
    tower::{self, Guard, system_clock},
};
use tokio::task::{JoinError, spawn_blocking};

use crate::{
    log,
    proxies::Proxies,
    service::Service,
    store::{Store, StoreError},
};

const REALM: &str = "keyward service";
/// By which version of the account a request was answered.
pub const ACCOUNT_VERSION: &str = "Keyward-Account-Version";
/// By which version of the account a request must be answered, or a later one.
pub const AT_LEAST: &str = "Keyward-At-Least";
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

/// The layer before every route: CORS, key, browser policy, permission. It finds the caller's address, too.
///
/// # Errors
///
/// [`ChallengeError`] where the realm was edited into what is none.
pub fn layer(service: &Service, cors: Policy, proxies: Proxies) -> Result<Guard, ChallengeError> {
    let (authenticator, keys) = (Arc::clone(service.accounts.authenticator()), Arc::clone(&service.keys));
    let guard = Guard::new_async(authenticator, keys, Challenge::new(REALM)?, system_clock, log::event);
    let guard = guard.with_least_version(|request| at_least(&request.headers));
    let guard = guard.with_ip(move |request| {
        let connection = request.extensions.get::<SocketAddr>()?;
        proxies.caller(connection.ip(), &request.headers)
    });
    Ok(guard.with_browsers(service.browsers.clone()).with_cors(cors).with_more_info(MORE_INFO))
}

/// The version that a request asks for: 0 where it names none.
fn at_least(headers: &HeaderMap) -> Result<u64, Refused> {
    let mut named = headers.get_all(AT_LEAST).iter();
    let version = match (named.next(), named.next()) {
        (None, _) => Some(0),
        (Some(version), None) => version.to_str().ok().and_then(|version| version.parse().ok()),
        (Some(_), Some(_)) => None,
    };
    version.ok_or_else(|| Refused::new(400, "invalid_version", "`Keyward-At-Least` must be one version of the account"))
}

/// The keys of the accounts. A layer waits for them on another thread.
#[derive(Debug)]
pub struct Keys(pub Arc<Accounts<Arc<dyn Store>>>);

impl KeyStore for Keys {
    type Record = AtVersion;
    type Error = AccountsError<StoreError>;

    fn find(&self, id: KeyId) -> Result<Option<AtVersion>, Self::Error> {
        KeyStore::find(&*self.0, id)
    }

    fn load_account_of(&self, id: KeyId) -> Result<bool, Self::Error> {
        self.0.load_account_of(id)
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

impl AsyncKeyStore for Keys {
    type Record = AtVersion;
    type Error = AccountsError<StoreError>;

    async fn find_async(&self, id: KeyId) -> Result<Option<AtVersion>, Self::Error> {
        let accounts = Arc::clone(&self.0);
        spawn_blocking(move || accounts.find(id)).await.map_err(panicked)?
    }

    async fn load_account_of_async(&self, id: KeyId) -> Result<bool, Self::Error> {
        let accounts = Arc::clone(&self.0);
        spawn_blocking(move || accounts.load_account_of(id)).await.map_err(panicked)?
    }

    fn account_version(&self, found: &AtVersion) -> Option<u64> {
        Some(found.account_version())
    }
}

fn panicked(_: JoinError) -> AccountsError<StoreError> {
    AccountsError::Store(StoreError::Panicked)
}

/// Looks again, on this thread, when the rest of a request that was let in is there: its key may have ended meanwhile.
///
/// # Errors
///
/// [`Refused`]: an ended key, no permission any more, a context that doesn't do, a store that failed.
pub fn look_again(service: &Service, needs: Needs, request: &Parts) -> Result<Caller, Refused> {
    let credential = Credential::from_request(&request.headers, &request.uri, QueryParameter::Ignored)?;
    let context = RequestContext::new(system_clock());
    // The layer's: the address stays what it was.
    let ip = request.extensions.get::<tower::Caller>().and_then(|caller| caller.context().ip());
    let context = ip.map_or(context, |ip| context.with_ip(ip));
    let (authenticator, least) = (service.accounts.authenticator(), at_least(&request.headers)?);
    let found = authenticator.authenticate_at_least(&service.keys, credential.secret_str(), context.time(), least);
    let found = found.map_err(|error| log::refused(&error))?;
    let version = Cell::new(found.account_version());
    let (record, access) = found.into_parts();
    let caller = Caller { record, access, context, needs, version };
    if let Needs::Permission(resource, operation) = needs {
        caller.check_any(operation, resource)?;
    }
    Ok(caller)
}

/// Who calls, and what they may do.
#[derive(Debug)]
pub struct Caller {
    /// The record of the key.
    pub record: AtVersion,
    /// What it may do.
    pub access: Access,
    /// When it was looked at, and from where the request comes, if that is known.
    pub context: RequestContext,
    needs: Needs,
    version: Cell<u64>,
}

impl Caller {
    /// The version of the account that the answer is of: at which it was looked at, or which the caller has made.
    pub fn account_version(&self) -> u64 {
        self.version.get()
    }

    /// The caller has changed the account to this version.
    pub fn changed(&self, version: u64) {
        self.version.set(version);
    }

    /// What the key may do in the context of this request.
    pub fn in_context(&self) -> InContext<'_> {
        self.access.in_context(&self.context)
    }

    /// Asks whether there could be a resource of this type on which the operation is allowed. Who lacks the permission, or
    /// whose context doesn't do, is told nothing of what there is.
    ///
    /// # Errors
    ///
    /// [`Refused`] where there could be none.
    pub fn check_any<'a>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
    ) -> Result<(), Refused> {
        let any = self.in_context().try_filter_of(operation, resource, self.access.account());
        any.map(drop).map_err(|denial| {
            if let Denial::PermissionMissing { resource, operation } = denial {
                log::denied(&self.record, &format!("{resource}:{operation}"));
            }
            Refused::from(&denial)
        })
    }

    /// Asks for the operation that the route declares, on this resource: account, permission, conditions.
    ///
    /// # Errors
    ///
    /// [`Refused`] where it is denied, or the route declares none.
    pub fn check(&self, resource: &impl Resource) -> Result<(), Refused> {
        let Needs::Permission(_, operation) = self.needs else { return Err(Refused::not_found()) };
        answer(&self.in_context().decide(operation, resource))
    }

    /// The same for an update, of what is stored and of what it would become.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn check_update(&self, stored: &impl Resource, proposed: &impl Resource) -> Result<(), Refused> {
        answer(&self.in_context().decide_update(stored, proposed))
    }
}

fn answer(decision: &Decision<'_>) -> Result<(), Refused> {
    match decision {
        Decision::Allow => Ok(()),
        Decision::Deny(denial) => Err(Refused::from(denial)),
    }
}
