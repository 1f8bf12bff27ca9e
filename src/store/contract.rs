//! The traits that a store implements.

use alloc::sync::Arc;
use core::{borrow::Borrow, future::ready};

use super::{
    change::{ChangeError, KeyChange},
    record::KeyRecord,
};
use crate::key::KeyId;

/// Finds the record of a key. Implement it over anything that can look up an id.
///
/// # The contract
///
/// - **An id is public and untrusted.** Whoever calls the service chooses it: bind it, don't splice it, and
///   don't let it flood an unkeyed hash. It is 14 characters of `0-9A-Za-z`, compared byte for byte: a column
///   whose collation folds case would find another's record (which is then refused, for its id is looked at
///   again).
/// - **Not found is not an error.** An id that isn't stored is `Ok(None)`. An `Err` says that the store could not
///   tell, and then nobody is let in and nobody is called unknown.
/// - **What is found is the present.** A read that starts after a change was acknowledged sees that change, on
///   whichever thread either was. A cache in front of the store breaks this: a revoked key lives on in it. So does one
///   that remembers that nothing was found. [`Cached`](super::Cached) says for how long.
/// - **What is found was stored**, byte for byte: names keep their case, the value of a condition is any text, the empty
///   one included, and a time or a version is more than 32 bits.
/// - **One record is read whole**, never half of it before a change and half after.
/// - **Don't compare digests, and don't look keys up by them.** That is done by the caller, in constant time.
/// - **Nothing leaks.** A record holds no secret, but its digest is nobody's business: neither in logs nor in the
///   text of an error.
///
/// A store that passes the `conformance` suite fulfils what of this a test can see; the suite lists its clauses.
///
/// ```
/// use std::{collections::BTreeMap, convert::Infallible};
/// use keyward::{key::KeyId, store::{KeyRecord, KeyStore}};
///
/// struct Fixed(BTreeMap<KeyId, KeyRecord>);
///
/// impl KeyStore for Fixed {
///     type Record = KeyRecord;
///     type Error = Infallible;
///
///     fn find(&self, id: KeyId) -> Result<Option<KeyRecord>, Infallible> {
///         Ok(self.0.get(&id).cloned())
///     }
/// }
/// ```
pub trait KeyStore {
    /// What is found: a [`KeyRecord`], or anything that lends one, such as `Arc<KeyRecord>`. An authenticator remembers what it
    /// found of a record with the record and its copies: a store that keeps records in memory hands out those. Of records
    /// that are read anew each time it remembers some thousands itself.
    type Record: Borrow<KeyRecord>;
    /// Why the store could not tell.
    type Error;

    /// The record of the key with this id.
    ///
    /// # Errors
    ///
    /// Where the store could not tell whether there is one. An unknown id is `Ok(None)`.
    fn find(&self, id: KeyId) -> Result<Option<Self::Record>, Self::Error>;

    /// The same, never from a cache: asked where what [`find`](Self::find) gave is older than what is known of the account.
    ///
    /// A store without a cache leaves it as it is; one in front of another ([`Cached`](super::Cached)) passes it on.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    fn find_fresh(&self, id: KeyId) -> Result<Option<Self::Record>, Self::Error> {
        self.find(id)
    }

    /// Whether what [`find`](Self::find) gives may be older than what is stored, as from a cache. A key that is refused by it, for the
    /// state that it is in, is looked up [afresh](Self::find_fresh).
    #[inline]
    fn may_be_old(&self) -> bool {
        false
    }

    /// Whether a look-up is a matter of memory, and costs less than to read a key strictly. Then it may come first: the digest of a
    /// key is of its whole text, and one that was read strictly before needs no checksum again. A mistyped key costs such a store a
    /// look-up.
    ///
    /// A store that asks a database or another service leaves it as it is: to that, a mistyped key never comes.
    #[inline]
    fn is_in_memory(&self) -> bool {
        false
    }

    /// Sees to it that the authenticator has the roles of this key's account, and says whether it may have them now. An
    /// authenticator that has none asks this once the secret was found right, and then looks the key up again.
    ///
    /// It is asked, too, where the roles are of an earlier version than the [store says](Self::account_version), or than the caller
    /// asks for.
    ///
    /// A store that keeps nothing but keys leaves it as it is. [`Accounts`](crate::administration::Accounts) loads the account.
    ///
    /// # Errors
    ///
    /// Where the account could not be loaded: nobody is let in, and nobody is refused.
    fn load_account_of(&self, id: KeyId) -> Result<bool, Self::Error> {
        let _ = id;
        Ok(false)
    }

    /// The version that the record's account had when the record was read: both as of one moment. `None` where the store
    /// doesn't say it.
    ///
    /// An authenticator whose roles are of an earlier version has them loaded ([`load_account_of`](Self::load_account_of)) before
    /// it judges, and one that knows a later version looks the key up again. So who changes an account in one process is obeyed
    /// by the next request in every other, and one that knows the version spends nothing on it.
    #[inline]
    fn account_version(&self, found: &Self::Record) -> Option<u64> {
        let _ = found;
        None
    }
}

/// Changes records. Apart from [`KeyStore`], so that what only authenticates can't change anything.
///
/// # The contract
///
/// - **All or nothing.** Either every change is made or none is, also when one in the middle is refused and when
///   the process dies. What was refused is never found, not even meanwhile.
/// - **A version is checked and replaced in one step.** Of two changes that expect the same version one is made,
///   the other is a [`ChangeError::Conflict`]. The same goes for two inserts of one id, of which the other is a
///   [`ChangeError::Duplicate`], and for an update and a removal.
/// - **[`KeyChange::check`] is the rule** of what is refused: also an update whose own version is not one more than it
///   expects. The store sees to it that nothing comes between check and change.
/// - **Acknowledged is done.** When it returns `Ok`, the next [`find`](KeyStore::find) anywhere sees the changes.
/// - **In order.** A change sees those before it in the list, as it would if they were made one by one.
/// - **It finishes.** Lists over the same ids don't wait for each other for ever, in whatever order they name them.
/// - Records are stored as they come, their version among them. An update may change the digest, the account and the
///   actor, too.
pub trait WritableKeyStore: KeyStore {
    /// Makes all of these changes, or none.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]: an id that is to be new and isn't, a version that is not the expected one, a store that
    /// failed. Nothing was changed then.
    fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Self::Error>>;
}

/// [`KeyStore`] for a store that is waited for; the same contract. It needs no runtime of its own.
///
/// ```
/// use keyward::{key::KeyId, store::{AsyncKeyStore, KeyRecord}};
///
/// struct Database;
/// struct Unreachable;
///
/// impl AsyncKeyStore for Database {
///     type Record = KeyRecord;
///     type Error = Unreachable;
///
///     async fn find_async(&self, id: KeyId) -> Result<Option<KeyRecord>, Unreachable> {
///         // let row = sqlx::query("…").bind(id.as_str()).fetch_optional(…).await?;
///         Err(Unreachable)
///     }
/// }
/// ```
pub trait AsyncKeyStore: Sync {
    /// What is found: a [`KeyRecord`], or anything that lends one.
    type Record: Borrow<KeyRecord> + Send;
    /// Why the store could not tell.
    type Error: Send;

    /// The record of the key with this id.
    ///
    /// # Errors
    ///
    /// As [`KeyStore::find`].
    fn find_async(&self, id: KeyId) -> impl Future<Output = Result<Option<Self::Record>, Self::Error>> + Send;

    /// As [`KeyStore::find_fresh`].
    ///
    /// # Errors
    ///
    /// As [`KeyStore::find`].
    fn find_fresh_async(&self, id: KeyId) -> impl Future<Output = Result<Option<Self::Record>, Self::Error>> + Send {
        self.find_async(id)
    }

    /// As [`KeyStore::may_be_old`].
    fn may_be_old(&self) -> bool {
        false
    }

    /// As [`KeyStore::load_account_of`].
    ///
    /// # Errors
    ///
    /// As [`KeyStore::load_account_of`].
    fn load_account_of_async(&self, id: KeyId) -> impl Future<Output = Result<bool, Self::Error>> + Send {
        let _ = id;
        ready(Ok(false))
    }

    /// As [`KeyStore::account_version`].
    fn account_version(&self, found: &Self::Record) -> Option<u64> {
        let _ = found;
        None
    }
}

macro_rules! behind_a_pointer {
    ($($pointer:ty),*) => {$(
        impl<S: KeyStore + ?Sized> KeyStore for $pointer {
            type Record = S::Record;
            type Error = S::Error;

            fn find(&self, id: KeyId) -> Result<Option<Self::Record>, Self::Error> {
                (**self).find(id)
            }

            fn find_fresh(&self, id: KeyId) -> Result<Option<Self::Record>, Self::Error> {
                (**self).find_fresh(id)
            }

            fn may_be_old(&self) -> bool {
                (**self).may_be_old()
            }

            #[inline]
            fn is_in_memory(&self) -> bool {
                (**self).is_in_memory()
            }

            fn load_account_of(&self, id: KeyId) -> Result<bool, Self::Error> {
                (**self).load_account_of(id)
            }

            #[inline]
            fn account_version(&self, found: &Self::Record) -> Option<u64> {
                (**self).account_version(found)
            }
        }

        impl<S: AsyncKeyStore + Send + ?Sized> AsyncKeyStore for $pointer {
            type Record = S::Record;
            type Error = S::Error;

            fn find_async(&self, id: KeyId) -> impl Future<Output = Result<Option<Self::Record>, Self::Error>> + Send {
                (**self).find_async(id)
            }

            fn find_fresh_async(
                &self,
                id: KeyId,
            ) -> impl Future<Output = Result<Option<Self::Record>, Self::Error>> + Send {
                (**self).find_fresh_async(id)
            }

            fn may_be_old(&self) -> bool {
                (**self).may_be_old()
            }

            fn load_account_of_async(&self, id: KeyId) -> impl Future<Output = Result<bool, Self::Error>> + Send {
                (**self).load_account_of_async(id)
            }

            fn account_version(&self, found: &Self::Record) -> Option<u64> {
                (**self).account_version(found)
            }
        }

        impl<S: WritableKeyStore + ?Sized> WritableKeyStore for $pointer {
            fn apply(&self, changes: &[KeyChange]) -> Result<(), ChangeError<Self::Error>> {
                (**self).apply(changes)
            }
        }
    )*};
}
behind_a_pointer!(&S, Arc<S>);
