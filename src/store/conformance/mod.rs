//! The contract of [`KeyStore`](super::KeyStore) and [`WritableKeyStore`], as a suite that any store can be held to. Needs the
//! feature `conformance`. A store that is waited for is held to it through a `KeyStore` that blocks on it.
//!
//! Run it in your own tests, over an empty store for each clause:
//!
//! ```
//! use std::time::Duration;
//! use keyward::store::{MemoryStore, conformance};
//!
//! conformance::check(MemoryStore::new)?;
//! conformance::check_for_deadlock(MemoryStore::new, Duration::from_secs(30))?;
//! # Ok::<(), conformance::Broken>(())
//! ```
//!
//! A store that only reads is held to what reading can tell by [`check_reading`].
//!
//! # The clauses
//!
//! What is stored is found:
//!
//! - an unknown id is not found, and is no error
//! - a record is found as it was stored
//! - a name is kept byte for byte: account, actor and role keep their case, and are no numbers
//! - the value of a condition, accepted or excepted, is any text: the empty one, separators, NUL, blanks, both forms of `É`
//! - assignments are kept apart, in their order, with their roles and conditions
//! - a time has more than 32 bits, and 0 is one: up to 2⁶³ − 1
//! - a record as large as it may be is found as it was stored
//! - an update changes every field that may change: also digest, account and actor
//!
//! Changes are refused where [`KeyChange::check`](super::KeyChange::check) refuses them:
//!
//! - an id that is there can't be new
//! - a change that expects another version is a conflict, and so is a version that doesn't count up by one
//! - a change to a record that isn't there is a conflict
//! - a removed record is not found, and its id can be new again
//! - a version has more than 32 bits: where 8, 16, 31 and 32 bits end
//! - an id is compared byte for byte: case, the first, the eighth and the last character, and it is no number
//! - changes are made all or none
//! - a change sees those before it
//!
//! Threads, ten of them:
//!
//! - a change made by another thread is found: also where nothing was found before
//! - of concurrent inserts of one id one is made
//! - of concurrent changes none is lost
//! - of concurrent lists of changes one is made, whole
//! - of a removal and an update at once one is made
//! - one record is read whole
//! - what was refused is never found
//!
//! And, by [`check_for_deadlock`] alone:
//!
//! - concurrent lists over the same ids finish, in whatever order they name them
//!
//! # What no clause says
//!
//! Whether changes outlive the process, what another process finds, and what ends in an error or a log. A race is noticed
//! where it is run into: a gap of a few nanoseconds may pass.

mod changes;
mod content;
mod deadlock;
mod reading;
pub(crate) mod samples;
pub(crate) mod threads;
pub(crate) mod tools;

use alloc::string::String;
use core::fmt;

use self::tools::Tested;
pub use self::{deadlock::check_for_deadlock, reading::check_reading, samples::samples};
use super::contract::WritableKeyStore;

/// Holds stores to the contract; `new` gives an empty one each time. A store that can deadlock is for
/// [`check_for_deadlock`].
///
/// # Errors
///
/// [`Broken`] names the first clause that doesn't hold, and how.
pub fn check<S>(mut new: impl FnMut() -> S) -> Result<(), Broken>
where
    S: WritableKeyStore + Sync,
    S::Error: fmt::Debug,
{
    for (clause, check) in CLAUSES {
        check(&new()).map_err(|how| Broken { clause, how })?;
    }
    Ok(())
}

/// A clause of the contract that a store doesn't fulfil.
///
/// ```
/// use std::convert::Infallible;
/// use keyward::{key::KeyId, store::{ChangeError, KeyChange, KeyRecord, KeyStore, WritableKeyStore, conformance}};
///
/// /// Keeps nothing.
/// struct Forgetful;
///
/// impl KeyStore for Forgetful {
///     type Record = KeyRecord;
///     type Error = Infallible;
///
///     fn find(&self, _: KeyId) -> Result<Option<KeyRecord>, Infallible> {
///         Ok(None)
///     }
/// }
///
/// impl WritableKeyStore for Forgetful {
///     fn apply(&self, _: &[KeyChange]) -> Result<(), ChangeError<Infallible>> {
///         Ok(())
///     }
/// }
///
/// let broken = conformance::check(|| Forgetful).unwrap_err();
/// assert_eq!(broken.clause(), "a record is found as it was stored");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{clause}: {how}")]
pub struct Broken {
    clause: &'static str,
    how: String,
}

impl Broken {
    pub(crate) fn new(clause: &'static str, how: String) -> Self {
        Self { clause, how }
    }

    /// The clause.
    pub fn clause(&self) -> &'static str {
        self.clause
    }
}

/// How a clause doesn't hold, where it doesn't.
pub(crate) type Outcome = Result<(), String>;

type Clause = (&'static str, fn(&dyn Tested) -> Outcome);

const CLAUSES: [Clause; 23] = [
    ("an unknown id is not found, and is no error", content::unknown),
    ("a record is found as it was stored", content::found),
    ("a name is kept byte for byte", content::names),
    ("the value of a condition is any text", content::values),
    ("assignments are kept apart, in their order", content::assignments),
    ("a time has more than 32 bits, and 0 is one", content::times),
    ("a record as large as it may be is found as it was stored", content::largest),
    ("an update changes every field that may change", content::every_field),
    ("an id that is there can't be new", changes::duplicate),
    ("a change that expects another version is a conflict", changes::stale),
    ("a change to a record that isn't there is a conflict", changes::absent),
    ("a removed record is not found, and its id can be new again", changes::removed),
    ("a version has more than 32 bits", content::versions),
    ("an id is compared byte for byte", content::byte_for_byte),
    ("changes are made all or none", changes::all_or_none),
    ("a change sees those before it", changes::in_order),
    ("a change made by another thread is found", threads::elsewhere),
    ("of concurrent inserts of one id one is made", threads::inserts),
    ("of concurrent changes none is lost", threads::changes),
    ("of concurrent lists of changes one is made, whole", threads::lists),
    ("of a removal and an update at once one is made", threads::removals),
    ("one record is read whole", threads::whole),
    ("what was refused is never found", threads::refused),
];
