//! A real service under keyward: keys and roles in SQLite, the administration of accounts over HTTP, and one guarded
//! resource.
//!
//! | module | what is there |
//! |---|---|
//! | [`guard`] | who calls and what they may do: everything that the service asks of keyward for a request |
//! | [`proxies`] | whose address a request comes from |
//! | [`registry`] | the routes, each with the permission that it needs |
//! | [`transport`] | from a socket to a [`call::Call`] and back: limits, CORS, threads |
//! | [`call`], [`body`] | a request that was let in, its JSON read strictly, and the reply |
//! | [`administration`], [`own`], [`summary`], [`products`], [`page`] | what the routes do |
//! | [`evaluation`] | the standard's questions, answered about the account |
//! | [`service`] | what they share, and how a change is made |
//! | [`store`] | keys, accounts and products in SQLite |
//! | [`options`], [`log`] | the command line; lines of JSON on standard error |

pub mod administration;
pub mod body;
pub mod call;
pub mod evaluation;
pub mod guard;
pub mod log;
pub mod options;
pub mod own;
pub mod page;
pub mod products;
pub mod proxies;
pub mod registry;
pub mod service;
pub mod store;
pub mod summary;
pub mod transport;
