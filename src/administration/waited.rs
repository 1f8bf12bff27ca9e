//! Stores of accounts that are waited for, and stores behind a pointer.

use alloc::sync::Arc;

use super::{
    account::Account,
    attempt::{AccountChange, AccountStore, CommitError},
    audit::AuditRecord,
};

/// [`AccountStore`] for a store that is waited for; the same contract. It needs no runtime of its own.
///
/// A future that is dropped before it is done may have stored its change. [`Accounts`](super::Accounts) takes that as
/// [`CommitError::Unknown`].
pub trait AsyncAccountStore: Sync {
    /// Why the store could not tell.
    type Error: Send;

    /// The present state of an account, nothing where there is none.
    ///
    /// # Errors
    ///
    /// As [`AccountStore::load`].
    fn load_async(&self, account: &str) -> impl Future<Output = Result<Option<Account>, Self::Error>> + Send;

    /// Makes a change and keeps its audit record, or nothing of either.
    ///
    /// # Errors
    ///
    /// As [`AccountStore::commit`].
    fn commit_async(&self, change: &AccountChange)
    -> impl Future<Output = Result<(), CommitError<Self::Error>>> + Send;

    /// Keeps the audit record of an attempt that was refused.
    ///
    /// # Errors
    ///
    /// As [`AccountStore::record_refusal`].
    fn record_refusal_async(&self, audit: &AuditRecord) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

macro_rules! behind_a_pointer {
    ($($pointer:ty),*) => {$(
        impl<S: AccountStore + ?Sized> AccountStore for $pointer {
            type Error = S::Error;

            fn load(&self, account: &str) -> Result<Option<Account>, S::Error> {
                (**self).load(account)
            }

            fn commit(&self, change: &AccountChange) -> Result<(), CommitError<S::Error>> {
                (**self).commit(change)
            }

            fn record_refusal(&self, audit: &AuditRecord) -> Result<(), S::Error> {
                (**self).record_refusal(audit)
            }
        }
    )*};
}
behind_a_pointer!(&S, Arc<S>);

macro_rules! waited_for_behind_a_pointer {
    ($($pointer:ty),*) => {$(
        impl<S: AsyncAccountStore + Send> AsyncAccountStore for $pointer {
            type Error = S::Error;

            async fn load_async(&self, account: &str) -> Result<Option<Account>, S::Error> {
                (**self).load_async(account).await
            }

            async fn commit_async(&self, change: &AccountChange) -> Result<(), CommitError<S::Error>> {
                (**self).commit_async(change).await
            }

            async fn record_refusal_async(&self, audit: &AuditRecord) -> Result<(), S::Error> {
                (**self).record_refusal_async(audit).await
            }
        }
    )*};
}
waited_for_behind_a_pointer!(&S, Arc<S>);

/// A store that is not waited for, where one is that is.
#[cfg(feature = "std")]
pub(super) struct AtOnce<'a, S>(pub(super) &'a S);

#[cfg(feature = "std")]
impl<S: AccountStore<Error: Send> + Sync> AsyncAccountStore for AtOnce<'_, S> {
    type Error = S::Error;

    async fn load_async(&self, account: &str) -> Result<Option<Account>, S::Error> {
        self.0.load(account)
    }

    async fn commit_async(&self, change: &AccountChange) -> Result<(), CommitError<S::Error>> {
        self.0.commit(change)
    }

    async fn record_refusal_async(&self, audit: &AuditRecord) -> Result<(), S::Error> {
        self.0.record_refusal(audit)
    }
}
