//! What is kept of keys, and where: the contract that any store can fulfil.
//!
//! | to | use |
//! |---|---|
//! | say what is kept of a key | [`KeyRecord`] |
//! | find records, over anything | [`KeyStore`], [`AsyncKeyStore`] |
//! | change them without losing a change | [`WritableKeyStore`], [`KeyChange`] |
//! | find them with the version of their account, so that no process decides by old roles | [`AtVersion`] |
//! | spare the store a read for each request | [`Cached`] |
//! | keep them in memory | [`MemoryStore`] |
//! | know whether a key is in use | [`KeyRecord::standing`] |
//! | replace a key by a new one | [`KeyRecord::rotate`] |
//! | know that a store of your own fulfils the contract | `conformance`, with the feature of that name |

mod at_version;
#[cfg(feature = "std")]
mod cached;
mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
#[cfg(feature = "std")]
mod memory_store;
mod profile;
#[cfg(feature = "std")]
mod profiles;
mod record;
mod rotation;
mod short_text;
mod standing;
mod wire;

pub use at_version::AtVersion;
#[cfg(feature = "std")]
pub use cached::Cached;
pub use change::{ChangeError, KeyChange};
pub use contract::{AsyncKeyStore, KeyStore, WritableKeyStore};
#[cfg(feature = "std")]
pub use memory_store::MemoryStore;
#[cfg(feature = "std")]
pub(crate) use profile::Profile;
pub use record::{KeyRecord, KeyState};
pub use rotation::{RotateError, Rotation};
pub use standing::KeyStanding;
