//! Administration: what is refused, what holds whatever the order, and what a limited operator may try.

mod above;
mod assignments;
mod attacks;
#[cfg(feature = "conformance")]
mod broken;
mod context;
mod end_to_end;
pub(crate) mod house;
mod legacy;
mod order;
mod pair;
mod reference;
mod refusals;
mod secrets;
mod sequences;
mod sqlite_accounts;
mod tables;
mod threads;
mod triples;
mod versions;
