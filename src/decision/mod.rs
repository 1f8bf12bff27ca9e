//! The decision: whether an access allows an operation, and if not, why.
//!
//! | file | what it is |
//! |---|---|
//! | `outcome`, `denial` | the answer, and the reason of a denial |
//! | `reasons` | the reasons of several assignments, while they are found |
//! | `asked` | what is asked, found in the schema, and which assignments grant it |
//! | `clauses` | what the conditions of an assignment ask of a type |
//! | `met` | whether a value meets a condition |
//! | `evaluate` | the steps of a decision |
//! | `several` | its last step where there are several assignments |
//! | `in_context` | questions with the context of the request |
//! | `page` | decides on many resources |
//! | `who` | finds the accesses that allow something |

mod asked;
mod clauses;
mod denial;
mod evaluate;
mod in_context;
mod met;
mod outcome;
mod page;
mod reasons;
mod several;
mod who;

pub(crate) use asked::Asked;
pub(crate) use clauses::{Clause, Unbound};
pub use denial::{Denial, Forbidden, Others, Redacted, UpdateSide};
pub(crate) use evaluate::{admit, admit_update};
pub use in_context::InContext;
pub(crate) use in_context::{NONE, ReadOnce};
pub(crate) use met::meets;
pub use outcome::Decision;
pub use page::Selection;
pub(crate) use reasons::Reasons;
pub use who::{who_can, who_can_in};
