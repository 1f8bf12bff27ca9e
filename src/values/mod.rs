//! The values that a condition accepts: kinds of values, and sets of them that compare exactly.
//!
//! Each kind is an ordered domain. A set is two lists of boundaries in it, of the values that are named and of those that are
//! excepted; a boundary is where a list begins or ends to hold. So whether a value is in a list is a matter of how many
//! boundaries lie before it, and every comparison is one walk over sorted lists.
//!
//! | file | what it is |
//! |---|---|
//! | `value_kind` | the kinds, and which point of its domain an attribute's value is |
//! | `integers`, `networks`, `instants` | the text forms of the kinds that are numbers inside |
//! | `value_error`, `value_problem` | a value that is not in its form |
//! | `texts` | a table of texts for fast look-up |
//! | `boundaries` | the boundaries of a list, and how they are ordered |
//! | `value_set` | the set |
//! | `walk` | the one walk over several sets |
//! | `elements` | an element that is in these sets and not in those |
//! | `ranges` | the numbers of a set, as ranges |

mod boundaries;
mod elements;
mod instants;
mod integers;
mod networks;
mod ranges;
mod texts;
mod value_error;
mod value_kind;
mod value_problem;
mod value_set;
mod walk;

pub(crate) use elements::Wanted;
pub(crate) use texts::Table;
pub use value_error::ValueError;
pub use value_kind::ValueKind;
pub(crate) use value_kind::with_text;
pub use value_problem::ValueProblem;
pub use value_set::ValueSet;
pub(crate) use value_set::{InSet, Misfit};
