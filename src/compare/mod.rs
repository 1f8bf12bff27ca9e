//! Comparing accesses: inclusion, equality, intersection and difference, and what follows from them.
//!
//! An access allows a set of requests: (operation, type, account, attributes; of an update two maps of them).
//! On one type that set is a product: of the granted operations and, for each attribute that a condition
//! reads there, the values that meet it. The schema lets no two conditions read the same attribute of a type,
//! nor one inside what the other reads, so the factors are independent, and none is ever empty or everything.
//! That is why one access is within another exactly if it is so type by type and name by name, and why a
//! witness can always be put together from single values.
//!
//! | file | what it is |
//! |---|---|
//! | `operations` | sets of operations |
//! | `pair` | two accesses side by side: where the first goes beyond the second |
//! | `witness` | one concrete request |
//! | `choose` | the request that tells two accesses apart |
//! | `relation` | `within`, `is_within`, `same_as` |
//! | `intersection`, `difference` | the set operations |
//! | `together` | one resource before several accesses |
//! | `excess` | what goes beyond, as data and in words |
//! | `review` | who gains what and who loses what |
//!
//! Accesses of different schemas are compared too: by the names of types and operations and by the attributes
//! that their conditions read.

mod choose;
mod difference;
mod excess;
mod intersection;
mod operations;
mod pair;
mod relation;
mod review;
mod together;
mod witness;

pub use difference::Difference;
pub(crate) use excess::Few;
pub use excess::{AccessExceeded, Excess, ExcessKind, Restriction};
pub use intersection::Intersection;
pub use relation::Inclusion;
pub use review::{AccessChange, Review};
pub use witness::Witness;
