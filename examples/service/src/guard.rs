//! Authorization: from a request to a caller, or a refusal. No handler runs without it.

use std::fmt::Display;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use keyward::{
    Access, Decision, Denial, Operation, Resource, ResourceType, Timestamp,
    administration::{AccountStore, Accounts},
    http::{BrowserPolicy, BrowserVerdict, Credential, QueryParameter, Refused, credential},
    store::{KeyRecord, KeyStore},
};

use crate::log;

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug)]
pub enum Needs {
    /// This operation on this type of resource.
    Permission(ResourceType, Operation),
    /// A good key: the route shows or changes what is the caller's own.
    Key,
}

/// Whether a request may pass, each time by one look at the store.
#[derive(Debug)]
pub struct Guard<S> {
    /// Tell whose key it is, and what it may do.
    pub accounts: Accounts<S>,
    /// What to do with keys that come from browsers.
    pub browsers: BrowserPolicy,
}

impl<S, E> Guard<S>
where
    S: AccountStore<Error = E> + KeyStore<Record = KeyRecord, Error = E> + Sync,
    E: Display + Send,
{
    /// Lets a request in, or refuses it: key first, then permission.
    ///
    /// # Errors
    ///
    /// [`Refused`]: no key, two, a malformed, an unknown or an ended one; a key from a browser; no permission.
    pub fn admit(&self, needs: Needs, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refused> {
        let credential = presented(uri, headers)?;
        match self.browsers.check(lines(headers, header::ORIGIN)) {
            BrowserVerdict::Pass => {}
            BrowserVerdict::Warn => log::key_in_browser(),
            BrowserVerdict::Refuse => return Err(Refused::key_in_browser()),
        }
        self.look(needs, credential)
    }

    /// Looks again, when the rest of a request that was let in is there: its key may have ended meanwhile.
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit).
    pub fn admit_again(&self, needs: Needs, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refused> {
        self.look(needs, presented(uri, headers)?)
    }

    fn look(&self, needs: Needs, credential: Credential<'_>) -> Result<Caller, Refused> {
        let now = Timestamp::from(std::time::SystemTime::now());
        let authenticated = self.accounts.authenticate(credential.secret_str(), now);
        let (record, access) = authenticated.map_err(|error| log::refused(&error))?.into_parts();
        match needs {
            Needs::Permission(resource, operation) if !access.permits(operation, resource) => {
                let schema = access.schema();
                let (resource, operation) = (schema.type_name(resource), schema.operation_name(operation));
                log::denied(&record, resource, operation);
                Err(Refused::from(&Denial::PermissionMissing { resource, operation }))
            }
            Needs::Permission(..) | Needs::Key => Ok(Caller { record, access, needs }),
        }
    }
}

fn presented<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<Credential<'a>, Refused> {
    Ok(credential(lines(headers, header::AUTHORIZATION), uri.query(), QueryParameter::Ignored)?)
}

fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes)
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
