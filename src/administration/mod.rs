//! Administration of an account, in which nobody gives what they don't have.
//!
//! | to | use |
//! |---|---|
//! | hold an account's present state | [`Account`] |
//! | act in it, as the holder of a key | [`Account::acting`], [`Acting`] |
//! | say what a new actor is to have | [`Grant`] |
//! | know what came of it | [`Attempt`], with an [`AuditRecord`] whatever came of it |
//! | store what changed | [`AccountChange`], [`AccountStore`] |
//!
//! Nothing is stored here. An operation is judged against one state of the account and gives the changes to that
//! state; a store makes all of them, or none where the account was changed meanwhile.
//!
//! ```
//! use keyward::{
//!     Role, Schema, Timestamp,
//!     administration::{Account, Grant},
//!     key::{KeyEntropy, KeyFormat, KeyPrefix},
//! };
//!
//! let schema = Schema::builder().resource("products").build()?;
//! let format = KeyFormat::new(KeyPrefix::new("acme")?);
//! let now = Timestamp::from_millis(1_000);
//!
//! // A new account has an administrator. The key's text is shown to her once.
//! # let entropy = |seed: u8| KeyEntropy::take(&mut [seed; 32]);
//! let key = format.generate_operator_key(entropy(1)?, None);
//! let founded = Account::found(&schema, "a1", "olivia", &key, now).into_result()?;
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
mod acting;
mod attempt;
mod audit;
mod founding;
mod grant;
#[cfg(feature = "std")]
mod memory;
mod refusal;
mod resource;

pub use account::{Account, LoadError};
pub use acting::Acting;
pub use attempt::{AccountChange, AccountStore, Attempt, CommitError};
pub use audit::{AuditRecord, Outcome, StateDigest};
pub use grant::Grant;
#[cfg(feature = "std")]
pub use memory::MemoryAccounts;
pub use refusal::AdministrationError;
