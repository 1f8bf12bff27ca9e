//! Comparing accesses: inclusion, equality, intersection and difference, and what follows from them.
//!
//! An access allows a set of requests. A request is an operation, a type, an account and attributes; an update has two
//! maps of attributes. On one type the set of one assignment is a product: of the granted operations and, for each attribute that a
//! condition reads there, of the values that meet it. No two conditions read the same attribute of a type, nor one inside
//! what the other reads. So the factors are independent. None is empty, and none is everything: null meets no condition. That is
//! why one assignment is within another exactly if it is so for each type and each condition name, and why a witness can always be
//! built from single values. The context is read as the resource is. Of several assignments, those of the right are taken away from each of the left: `pieces` says how.
//!
//! | file | what it is |
//! |---|---|
//! | `operations` | sets of operations |
//! | `pair` | two assignments side by side: where the first goes beyond the second |
//! | `demands` | what is demanded of an attribute, and a value that answers it |
//! | `pieces` | what is left of some assignments when others are taken away |
//! | `witness` | one concrete request |
//! | `choose` | the request that shows how two assignments differ |
//! | `relation` | `within`, `is_within`, `same_as` |
//! | `intersection`, `difference` | the set operations |
//! | `together` | one resource decided by several accesses |
//! | `excess` | what one access allows beyond another, as data and in words |
//! | `review` | who gains what and who loses what |
//!
//! Accesses of different schemas are compared too: by the names of types and operations, and by the attributes that their
//! conditions read.

mod choose;
mod demands;
mod difference;
mod excess;
mod intersection;
mod operations;
mod pair;
mod pieces;
mod relation;
mod review;
mod together;
mod witness;

pub use difference::Difference;
pub use excess::{AccessExceeded, Excess, ExcessKind, Restriction};
pub use intersection::{Intersection, IntersectionFilterError};
pub use relation::Inclusion;
pub use review::{AccessChange, Review};
pub use witness::Witness;
