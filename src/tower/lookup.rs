//! From a text to a caller, whichever kind of store has the key.

use alloc::boxed::Box;
use core::{
    error::Error,
    future::{Future, ready},
    pin::Pin,
};

use super::caller::Caller;
use crate::{
    attributes::RequestContext,
    authenticate::{AuthenticationError, Authenticator},
    store::{AsyncKeyStore, KeyStore},
};

pub(super) type StoreError = Box<dyn Error + Send + Sync>;
type Answer = Result<Caller, AuthenticationError<StoreError>>;

pub(super) trait Lookup: Send + Sync {
    fn authenticate<'a>(
        &'a self,
        authenticator: &'a Authenticator,
        text: &'a str,
        context: RequestContext,
        version: u64,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
}

/// Over a store that answers at once.
pub(super) struct AtOnce<S>(pub(super) S);

impl<S> Lookup for AtOnce<S>
where
    S: KeyStore<Record: Send + Sync + 'static, Error: Error + Send + Sync + 'static> + Send + Sync,
{
    fn authenticate<'a>(
        &'a self,
        authenticator: &'a Authenticator,
        text: &'a str,
        context: RequestContext,
        version: u64,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        let found = authenticator.authenticate_at_least(&self.0, text, context.time(), version);
        Box::pin(ready(found.map(|of| Caller::new(of, context)).map_err(boxed)))
    }
}

/// Over a store that is waited for.
pub(super) struct Awaited<S>(pub(super) S);

impl<S> Lookup for Awaited<S>
where
    S: AsyncKeyStore<Record: Sync + 'static, Error: Error + Sync + 'static> + Send,
{
    fn authenticate<'a>(
        &'a self,
        authenticator: &'a Authenticator,
        text: &'a str,
        context: RequestContext,
        version: u64,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(async move {
            let found = authenticator.authenticate_at_least_async(&self.0, text, context.time(), version);
            found.await.map(|of| Caller::new(of, context)).map_err(boxed)
        })
    }
}

fn boxed<E: Error + Send + Sync + 'static>(error: AuthenticationError<E>) -> AuthenticationError<StoreError> {
    match error {
        AuthenticationError::Refused(refusal) => refusal.into(),
        AuthenticationError::Store(error) => AuthenticationError::Store(error.into()),
        AuthenticationError::Behind(behind) => behind.into(),
    }
}
