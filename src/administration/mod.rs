//! Administration of an account, in which nobody gives what they don't have.
//!
//! | to | use |
//! |---|---|
//! | hold an account's present state | [`Account`] |
//! | act in it, as the holder of a key | [`Account::acting`], [`Acting`] |
//! | say what an actor is to have, and until when | [`Grant`](crate::Grant), [`Expiry`] |
//! | tell who has a role | [`Account::holders`] |
//! | know what came of it | [`Attempt`], with an [`AuditRecord`] whatever came of it |
//! | store what changed | [`AccountChange`], [`AccountStore`], [`AsyncAccountStore`], [`tables`] |
//! | have it in SQLite, without a store of your own | `SqliteAccounts` |
//! | do all of it in the right order | `Accounts` |
//! | know that a store of your own fulfils the contract | `conformance`, with the feature of that name |
//!
//! # What holds
//!
//! - **Who administers.** Operators, with their present key. An access token never does, whatever its roles, and neither
//!   does a key that was replaced and is in its grace; to a decision, too, `create`, `update` and `delete` on
//!   `accessPolicies`, `accessTokens` and `operatorAccess` are not granted to them.
//! - **Nobody gives what they don't have.** What is given lies within the access of the giver; it carries each condition
//!   of the giver's, with the same values or fewer, so that what its roles come to allow later stays within the same
//!   resources; and the role `admin`, which grows with the schema, is given only by who has it.
//! - **Nobody touches who is above them.** To change or remove an actor, or to take its key, takes what it would take to
//!   give its access. An administrator (an operator with `admin`
//!   and no conditions) is touched only by an administrator, and so is whoever has a role or condition that isn't there.
//! - **Roles are the administrators'.** Only they create, alter and delete them. To delete a role takes it from everyone
//!   who has it, in the same change, and the audit record names them. To make it again gives it to nobody.
//! - **An administrator remains** in every account, whatever a clock says of their keys.
//! - **Keys end.** Of each actor there are at most the present key, one in its grace, and the one that ended last; earlier
//!   ones leave with the change that ends another. A grace is at most [seven days](crate::store::Rotation::MAX_GRACE),
//!   or [less](Acting::with_max_grace), and never reaches past the old key's own end.
//! - **Tokens are bounded.** At most [a hundred](Account::MAX_TOKENS) are in use in an account. One that was revoked or has
//!   expired doesn't count, and its id is free for another token.
//!
//! # How it is stored
//!
//! Nothing is stored here. An operation is decided against one state of the account and gives the changes to that
//! state; a store makes all of them, or none where the account was changed meanwhile.
//!
//! ```
//! use keyward::{Grant, Role, Schema, Timestamp, administration::Account, key::{KeyEntropy, KeyFormat, KeyPrefix}};
//!
//! let schema = Schema::builder().resource("products").build()?;
//! let format = KeyFormat::new(KeyPrefix::new("acme")?);
//! let now = Timestamp::from_millis(1_000);
//!
//! // A new account has an administrator. The key's text is shown to her once.
//! # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
//! let key = format.generate_operator_key(entropy(1)?, None);
//! let founded = Account::create(&schema, "a1", "olivia", &key, now).into_result()?;
//! let account = founded.account();
//!
//! // She creates a role, and a token that has it.
//! let olivia = account.record(key.id).unwrap();
//! let role = Role::new("inspector", ["products:read,list"])?;
//! let created = account.acting(olivia, now).create_role(role).into_result()?;
//! let account = created.account();
//!
//! let token = format.generate_access_token(entropy(2)?, None);
//! let grant = Grant::new().role("inspector");
//! let created = account.acting(olivia, now).create_token("nightly-import", &grant, &token, None).into_result()?;
//! assert_eq!(created.keys().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
#[cfg(feature = "std")]
mod accounts;
mod acting;
mod administered;
mod administration_error;
mod attempt;
mod audit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod founding;
#[cfg(feature = "std")]
mod memory_accounts;
mod policies;
mod rights;
#[cfg(all(feature = "std", feature = "serde_json"))]
mod sqlite_accounts;
pub mod tables;
#[cfg(feature = "std")]
mod turns;
mod waited;

pub use account::{Account, LoadError};
#[cfg(feature = "std")]
pub use accounts::{Accounts, AccountsError};
pub use acting::{Acting, Expiry};
pub use administration_error::AdministrationError;
pub use attempt::{AccountChange, AccountStore, Attempt, CommitError};
pub use audit::{Action, AuditRecord, Audited, Outcome, StateDigest};
#[cfg(feature = "std")]
pub use memory_accounts::MemoryAccounts;
#[cfg(all(feature = "std", feature = "serde_json"))]
pub use sqlite_accounts::{SqliteAccounts, SqliteConnection, SqliteError};
pub use waited::AsyncAccountStore;
