//! The decision: one way to ask whether an access allows an operation, and one to say why not.
//!
//! | file | what it is |
//! |---|---|
//! | `outcome`, `denial` | the answer, and why it is no |
//! | `clauses` | what the conditions of an access say of a type |
//! | `evaluate` | the steps of a decision |
//! | `page` | many resources in one go |
//! | `who` | many accesses in one go |

mod clauses;
mod denial;
mod evaluate;
mod outcome;
mod page;
mod who;

pub(crate) use clauses::{Clause, Unbound};
pub use denial::{Denial, Forbidden, Redacted, UpdateSide};
pub(crate) use evaluate::{admit, admit_update, is_update, meets};
pub use outcome::Decision;
pub use page::Selection;
pub use who::who_can;
