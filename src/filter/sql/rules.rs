//! What each dialect says of itself, in a file of its own.

use alloc::string::String;

use super::{column::Kind, fragment::Binds};
use crate::{schema::Match, values::ValueSet};

/// How a dialect writes names and placeholders, and how it compares each kind of column.
pub(super) struct Rules {
    /// The database's name.
    pub(super) name: &'static str,
    /// What stands before and after a name.
    pub(super) quote: char,
    /// The most bytes of a name.
    pub(super) most_bytes: usize,
    /// Whether placeholders are numbered, `$1`; otherwise each is `?`.
    pub(super) numbered: bool,
    /// Whether columns of this kind can be compared exactly.
    pub(super) has: fn(&Kind) -> bool,
    /// The characters that a name in a path into JSON must not have.
    pub(super) not_in_paths: &'static [char],
    /// The names of JSON columns that must be qualified.
    pub(super) ambiguous: &'static [&'static str],
    /// The SQL that is true for exactly the rows that pass, and false for all others.
    pub(super) requirement: fn(&mut Binds, &Asked<'_>) -> String,
}

/// What is asked of a column.
pub(super) struct Asked<'a> {
    /// Its name in quotes, with its table's before it.
    pub(super) column: &'a str,
    pub(super) kind: &'a Kind,
    /// How a list there matches.
    pub(super) matching: Match,
    /// The accepted values.
    pub(super) accepted: &'a ValueSet,
    /// Whether it is asked in one of several alternatives.
    pub(super) in_alternatives: bool,
}
