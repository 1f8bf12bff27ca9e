//! The guard: what it is made of, and how it judges one request.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::{error::Error, fmt, net::IpAddr};

use ::http::{Response, request};

use super::{
    caller::Caller,
    event::{Event, Mark},
    lookup::{AtOnce, Awaited, Lookup},
    need::{Demand, Need, NeedError},
};
use crate::{
    administration::Accounts,
    attributes::RequestContext,
    authenticate::{AuthenticationError, Authenticator},
    decision::Denial,
    http::{BrowserPolicy, BrowserVerdict, Challenge, Credential, CredentialSource, QueryParameter, Refused, cors},
    store::{AsyncKeyStore, KeyStore},
    time::Timestamp,
};

/// The present time, by the clock of the operating system: for the argument `now` of [`Guard::new`].
pub fn system_clock() -> Timestamp {
    std::time::SystemTime::now().into()
}

/// A layer that lets requests through to a service, or refuses them. A clone is the same guard.
///
/// Until it is told otherwise it lets no page of another origin in ([`with_cors`](Self::with_cors)), refuses keys that
/// come from browsers ([`with_browsers`](Self::with_browsers)), takes keys from the header alone
/// ([`with_query`](Self::with_query)), and asks for a good key and no permission ([`needing`](Self::needing)).
#[derive(Clone)]
pub struct Guard {
    parts: Arc<Parts>,
    pub(super) demand: Option<Demand>,
}

/// Where the caller's address is.
type FindIp = dyn Fn(&request::Parts) -> Option<IpAddr> + Send + Sync;
/// Which version of the account a request must be judged by, at least.
type FindVersion = dyn Fn(&request::Parts) -> Result<u64, Refused> + Send + Sync;

#[derive(Clone)]
struct Parts {
    authenticator: Arc<Authenticator>,
    keys: Arc<dyn Lookup>,
    challenge: Challenge,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ip: Arc<FindIp>,
    version: Arc<FindVersion>,
    report: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
    browsers: BrowserPolicy,
    cors: cors::Policy,
    query: QueryParameter,
    more_info: Option<Box<str>>,
}

impl Guard {
    /// Over a store that answers at once. It is asked on the thread that serves the request: one that waits for a
    /// database belongs in [`new_async`](Self::new_async).
    ///
    /// `now` is asked for the time of each request ([`system_clock`]). `report` is told why a request was refused: the
    /// caller isn't, so log it. It is called while the request is served, and should not wait.
    pub fn new<S>(
        authenticator: impl Into<Arc<Authenticator>>,
        keys: S,
        challenge: Challenge,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        report: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Self
    where
        S: KeyStore<Record: Send + Sync + 'static, Error: Error + Send + Sync + 'static> + Send + Sync + 'static,
    {
        Self::of(authenticator.into(), Arc::new(AtOnce(keys)), challenge, Arc::new(now), Arc::new(report))
    }

    /// The same over a store that is waited for.
    pub fn new_async<S>(
        authenticator: impl Into<Arc<Authenticator>>,
        keys: S,
        challenge: Challenge,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        report: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Self
    where
        S: AsyncKeyStore<Record: Sync + 'static, Error: Error + Sync + 'static> + Send + 'static,
    {
        Self::of(authenticator.into(), Arc::new(Awaited(keys)), challenge, Arc::new(now), Arc::new(report))
    }

    /// Over accounts, by their own authenticator: the roles of an account are loaded when the first of its keys is
    /// presented. As in [`new`](Self::new), the store is asked on the thread that serves the request.
    pub fn of_accounts<S: 'static>(
        accounts: Arc<Accounts<S>>,
        challenge: Challenge,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        report: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Self
    where
        Accounts<S>: KeyStore<Record: Send + Sync + 'static, Error: Error + Send + Sync + 'static> + Send + Sync,
    {
        Self::new(Arc::clone(accounts.authenticator()), accounts, challenge, now, report)
    }

    fn of(
        authenticator: Arc<Authenticator>,
        keys: Arc<dyn Lookup>,
        challenge: Challenge,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
        report: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
    ) -> Self {
        let parts = Parts {
            authenticator,
            keys,
            challenge,
            now,
            ip: Arc::new(|_| None),
            version: Arc::new(|_| Ok(0)),
            report,
            browsers: BrowserPolicy::refuse(),
            cors: cors::Policy::default(),
            query: QueryParameter::Ignored,
            more_info: None,
        };
        Self { parts: Arc::new(parts), demand: Some(Demand::Key) }
    }

    /// Which pages of other origins may read the answers.
    #[must_use]
    pub fn with_cors(self, cors: cors::Policy) -> Self {
        self.with(|parts| parts.cors = cors)
    }

    /// What happens to keys that come from browsers.
    #[must_use]
    pub fn with_browsers(self, browsers: BrowserPolicy) -> Self {
        self.with(|parts| parts.browsers = browsers)
    }

    /// Says where the caller's address is, for conditions on the [context](Caller::context). Without it nobody's is known, and a
    /// condition on the address is met by nobody.
    ///
    /// Take the address of the connection, or, behind a proxy of your own, what that proxy says. Never take a header that the
    /// caller may have sent: [`guide::conditions`](crate::guide::conditions) says how to tell.
    ///
    /// ```
    /// # use keyward::{Authenticator, Schema, http::Challenge, key::{KeyFormat, KeyPrefix}, store::MemoryStore};
    /// # use keyward::tower::{Guard, system_clock};
    /// use std::net::SocketAddr;
    ///
    /// # let schema = Schema::builder().build()?;
    /// # let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
    /// # let guard = Guard::new(authenticator, MemoryStore::new(), Challenge::new("products")?, system_clock, |_| ());
    /// // What the server put among the extensions of the request; axum's is `ConnectInfo<SocketAddr>`.
    /// let guard = guard.with_ip(|request| request.extensions.get::<SocketAddr>().map(SocketAddr::ip));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_ip(self, ip: impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|parts| parts.ip = Arc::new(ip))
    }

    /// Says by which version of the key's account a request must be judged at least, 0 where it doesn't matter: as where a change of
    /// the account was answered with its version, and the caller sends it along with what they ask next, perhaps of another process.
    /// A request whose version can't be had is answered with 503.
    ///
    /// It matters where records come from a [cache](crate::store::Cached) or from a replica of the database. The refusal answers a
    /// request that says what is no version. Only who has a good key can cause the loading that this may take.
    ///
    /// ```
    /// # use keyward::{Authenticator, Schema, http::Challenge, key::{KeyFormat, KeyPrefix}, store::MemoryStore};
    /// # use keyward::tower::{Guard, system_clock};
    /// use keyward::http::Refused;
    ///
    /// # let schema = Schema::builder().build()?;
    /// # let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("acme")?));
    /// # let guard = Guard::new(authenticator, MemoryStore::new(), Challenge::new("products")?, system_clock, |_| ());
    /// let guard = guard.with_least_version(|request| match request.headers.get("acme-at-least") {
    ///     None => Ok(0),
    ///     Some(version) => version.to_str().ok().and_then(|version| version.parse().ok()).ok_or_else(|| {
    ///         Refused::new(400, "invalid_version", "`Acme-At-Least` must be a version")
    ///     }),
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_least_version(
        self,
        version: impl Fn(&request::Parts) -> Result<u64, Refused> + Send + Sync + 'static,
    ) -> Self {
        self.with(|parts| parts.version = Arc::new(version))
    }

    /// Whether a key in the query is taken. The answer to a request that has one there is
    /// kept by no shared cache. Inner layers see the key in the address: leave the query out of logs.
    #[must_use]
    pub fn with_query(self, query: QueryParameter) -> Self {
        self.with(|parts| parts.query = query)
    }

    /// An address that explains refusals, for [`Refused::with_more_info`].
    #[must_use]
    pub fn with_more_info(self, address: impl Into<Box<str>>) -> Self {
        self.with(|parts| parts.more_info = Some(address.into()))
    }

    /// The same guard, for a service that needs this. [`Need::Public`] lets everyone in and looks at no key; pre-flights
    /// are answered all the same.
    ///
    /// # Errors
    ///
    /// [`NeedError`] for what is not one operation on one type, and for a type or an operation that the schema of the
    /// authenticator doesn't have.
    pub fn needing(&self, need: Need<'_>) -> Result<Self, NeedError> {
        let demand = Demand::resolve(need, self.authenticator().schema())?;
        Ok(Self { parts: Arc::clone(&self.parts), demand })
    }

    /// Tells whose key it is, and what it may do: its roles are set here.
    pub fn authenticator(&self) -> &Arc<Authenticator> {
        &self.parts.authenticator
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.parts));
        self
    }

    /// Judges the head of a request: who calls, provided that they may. What refused it is reported.
    pub(super) async fn admit(&self, demand: &Demand, request: &request::Parts) -> Result<Admitted, Refused> {
        let Parts { authenticator, keys, now, ip, version, browsers, query, .. } = &*self.parts;
        let request::Parts { headers, uri, .. } = request;
        let credential = Credential::from_request(headers, uri, *query).map_err(|error| {
            self.report(&Event::NoCredential(error));
            Refused::from(error)
        })?;
        match browsers.check_headers(headers) {
            BrowserVerdict::Pass => {}
            BrowserVerdict::Warn => self.report(&Event::KeyInBrowser { refused: false }),
            BrowserVerdict::Refuse => {
                self.report(&Event::KeyInBrowser { refused: true });
                return Err(Refused::key_in_browser());
            }
        }
        let context = RequestContext::new(now());
        let context = ip(request).map_or(context, |ip| context.with_ip(ip));
        let found = keys.authenticate(authenticator, credential.secret_str(), context, version(request)?).await;
        let caller = found.map_err(|error| {
            self.report(&match &error {
                AuthenticationError::Refused(refusal) => Event::KeyRefused(refusal),
                AuthenticationError::Store(error) => Event::StoreFailed(&**error),
                AuthenticationError::Behind(behind) => Event::Behind(behind),
            });
            Refused::from(&error)
        })?;
        if let Some(permission) = demand.missing(caller.access()) {
            self.report(&Event::PermissionMissing { caller: &caller, permission });
            let (resource, operation) = permission.split_once(':').unwrap_or((permission, ""));
            return Err(Refused::from(&Denial::PermissionMissing { resource, operation }));
        }
        Ok(Admitted { caller, source: credential.source() })
    }

    pub(super) fn cors(&self) -> &cors::Policy {
        &self.parts.cors
    }

    pub(super) fn report(&self, event: &Event<'_>) {
        (self.parts.report)(event);
    }

    /// A refusal of the guard's own, as it is answered.
    pub(super) fn answer(&self, refused: Refused) -> Response<String> {
        let explained = match &self.parts.more_info {
            Some(address) if !refused.has_more_info() => refused.with_more_info(address.clone()),
            _ => refused,
        };
        explained.to_response(&self.parts.challenge)
    }

    /// Finishes a handler's answer: reports what it says of a refusal, and gives what the guard would answer itself.
    pub(super) fn finish<B>(&self, caller: Option<&Caller>, response: &mut Response<B>) -> Option<Response<String>> {
        let refused = match response.extensions_mut().remove::<Mark>()? {
            Mark::Unrouted(refused) => refused,
            Mark::Refused(refused) => {
                self.report(&Event::Refused { caller, answer: &refused });
                refused
            }
            Mark::Forbidden(cause) => {
                self.report(&Event::Forbidden { caller, cause: &cause });
                Refused::from(&cause)
            }
            Mark::Failed(refused, cause) => {
                self.report(&Event::Failed(&*cause));
                refused
            }
            Mark::NoCaller(refused) => {
                self.report(&Event::NoCaller);
                refused
            }
        };
        Some(self.answer(refused))
    }
}

/// Who was let in, and where their key stood.
pub(super) struct Admitted {
    pub(super) caller: Caller,
    pub(super) source: CredentialSource,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { authenticator, challenge, browsers, cors, query, .. } = &*self.parts;
        f.debug_struct("Guard")
            .field("authenticator", authenticator)
            .field("challenge", challenge)
            .field("browsers", browsers)
            .field("cors", cors)
            .field("query", query)
            .field("demand", &self.demand)
            .finish_non_exhaustive()
    }
}
