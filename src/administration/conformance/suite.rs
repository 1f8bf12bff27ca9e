//! The clauses.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    super::attempt::AccountStore,
    at_once,
    fixture::{Held, Store},
    kept, refusing,
};
use crate::{
    schema::Schema,
    store::{
        KeyStore,
        conformance::{Broken, Outcome},
    },
};

/// Holds stores to the contract. `new` gives an empty one each time, which reads roles by this schema; `audit` gives what a
/// store keeps of an account's audit records, in their order, each as JSON.
///
/// # Errors
///
/// [`Broken`] names the first clause that doesn't hold, and how.
pub fn check<S>(
    schema: &Schema,
    mut new: impl FnMut() -> S,
    audit: impl Fn(&S, &str) -> Vec<String>,
) -> Result<(), Broken>
where
    S: AccountStore + KeyStore + Sync,
    <S as AccountStore>::Error: fmt::Debug,
    <S as KeyStore>::Error: fmt::Debug,
{
    for (clause, check) in clauses::<S>() {
        check(&Held { store: new(), schema, audit: &audit }).map_err(|how| Broken::new(clause, how))?;
    }
    Ok(())
}

type Clause<S> = (&'static str, fn(&Held<'_, S>) -> Outcome);

fn clauses<S: Store>() -> [Clause<S>; 22] {
    [
        ("an unknown account is nothing, and is no error", kept::unknown),
        ("a new account is loaded as it was committed", kept::new),
        ("the id of an account is compared byte for byte", kept::byte_for_byte),
        ("a role is loaded as it was committed", kept::roles),
        ("a key is loaded as it was committed", kept::keys),
        ("an account as large as it may be is loaded as it was committed", kept::largest),
        ("a version has more than 32 bits", kept::versions),
        ("every change is made", kept::changes),
        ("a change of nothing but the version counts", kept::nothing_but_the_version),
        ("a key is found as it is loaded", kept::found),
        ("a key is found with the version of its account", kept::version_of_a_key),
        ("accounts are apart", kept::apart),
        ("a change that expects another version is a conflict", refusing::stale),
        ("a key is in one account", refusing::one_account),
        ("what was refused leaves nothing", refusing::leaves_nothing),
        ("audit records are kept in their order", refusing::audit),
        ("a change made by another thread is loaded", at_once::elsewhere),
        ("of concurrent changes from one state one is stored", at_once::one_is_stored),
        ("of concurrent changes none is lost", at_once::none_is_lost),
        ("one state is loaded whole", at_once::whole),
        ("a key and the version of its account are of one moment", at_once::versions),
        ("what was refused is never loaded", at_once::refused),
    ]
}
