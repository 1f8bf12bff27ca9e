//! The questions and answers of AuthZEN, the [Authorization API 1.0](https://openid.net/specs/authorization-api-1_0.html):
//! gateways and applications ask, keyward answers. [`guide::authzen`](crate::guide::authzen) shows it from end to end.
//!
//! All of it are functions from documents to documents. The host serves them, and says what there is: a [`World`], of which
//! [`AccountWorld`] is the one that the library has.
//!
//! | file | what it is |
//! |---|---|
//! | `entity`, `evaluation`, `evaluations`, `search` | the requests, as the specification gives them |
//! | `request_error` | what is wrong with one |
//! | `decision_point` | the host's table of actions |
//! | `world`, `account_world` | what the host knows, and the accounts of the library as such |
//! | `question` | a question with its names looked up, and its context |
//! | `evaluating`, `answers` | from an evaluation to its answer |
//! | `searching`, `results` | from a search to its answer |
//! | `paging`, `canonical` | pages, and tokens that are bound to a search |
//! | `metadata` | what a decision point says of itself |

mod account_world;
mod answers;
mod canonical;
mod decision_point;
mod entity;
mod evaluating;
mod evaluation;
mod evaluations;
mod metadata;
mod paging;
mod question;
mod request_error;
mod results;
mod search;
mod searching;
mod world;

pub use account_world::AccountWorld;
pub use answers::{Answer, Answers};
pub use decision_point::{DecisionPoint, TableError};
pub use entity::{Action, Entity};
pub use evaluation::Evaluation;
pub use evaluations::{Evaluations, Semantic};
pub use metadata::{Endpoint, Metadata, MetadataError};
pub use paging::{Page, PageError, PageTokens};
pub use question::Question;
pub use request_error::RequestError;
pub use results::{FoundAction, FoundEntity, SearchAnswer};
pub use search::{ActionSearch, PageRequest, ResourceSearch, Search, SubjectSearch};
pub use world::{Found, Subject, World};
