//! Why an access can't be, and where in its grant.

use alloc::boxed::Box;

use crate::{
    condition::Condition,
    text::{TextError, UnknownName},
    values::ValueError,
};

/// An access that can't be.
///
/// ```
/// use keyward::{Access, AccessError, Roles, Schema};
///
/// let roles = Roles::new(&Schema::builder().build()?, "acme")?;
/// let refused = Access::builder(&roles).roles(["admin", "admin"]).build();
/// assert!(matches!(refused, Err(AccessError::DuplicateRole { index: 1, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// A role that the account doesn't have ("invalid policies" on the platform).
    #[error("{cause}")]
    UnknownRole {
        /// The place of its assignment.
        assignment: usize,
        /// Its place among the roles.
        index: usize,
        /// The id, and the nearest known one.
        cause: UnknownName,
    },
    /// A text that is no id, permission or condition: for `?` where texts are read and accesses built.
    #[error(transparent)]
    Text(#[from] TextError),
    /// More assignments than an access may have.
    #[error("{count} assignments are too many, the most is 16")]
    TooManyAssignments {
        /// How many there are.
        count: usize,
    },
    /// The same roles with the same conditions twice.
    #[error("an assignment with the same roles and conditions is there already")]
    DuplicateAssignment {
        /// The place of the second.
        index: usize,
    },
    /// The same role twice in one assignment.
    #[error("role `{id}` is there twice")]
    DuplicateRole {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The id.
        id: Box<str>,
    },
    /// Roles of another account than the record's.
    #[error("the roles are of another account")]
    OtherAccount,
    /// More roles than an access may have.
    #[error("{count} roles are too many, the most is 100")]
    TooManyRoles {
        /// How many there are.
        count: usize,
    },
    /// A condition name that the schema doesn't have ("unsupported conditions" on the platform).
    #[error("{cause}")]
    UnsupportedCondition {
        /// The place of its assignment.
        assignment: usize,
        /// Its place among the conditions.
        index: usize,
        /// The name, and the nearest known one.
        cause: UnknownName,
    },
    /// The same condition twice in one assignment.
    #[error("condition `{condition}` is there twice")]
    DuplicateCondition {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The condition.
        condition: Condition,
    },
    /// A value that is not in the form of its kind.
    #[error("condition `{condition}`: {cause}")]
    Value {
        /// The place of its assignment.
        assignment: usize,
        /// The place of its condition.
        index: usize,
        /// Its place among the excepted values, if it is one.
        excepted: Option<usize>,
        /// The condition's name.
        condition: Box<str>,
        /// What is wrong with it.
        cause: ValueError,
    },
    /// Two lists of exceptions under one name. Each accepts what the other excepts.
    #[error("condition `{condition}`: values are excepted already; name all exceptions in one list")]
    SecondExcept {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the second.
        index: usize,
        /// The condition's name.
        condition: Box<str>,
    },
    /// The same value twice in a list of exceptions.
    #[error("condition `{condition}`: `{value}` is excepted twice")]
    ExceptedTwice {
        /// The place of its assignment.
        assignment: usize,
        /// The place of its condition.
        index: usize,
        /// The place of the second.
        excepted: usize,
        /// The condition's name.
        condition: Box<str>,
        /// The value.
        value: Box<str>,
    },
    /// Exceptions after which nothing is left.
    #[error("condition `{condition}`: every value that there is is excepted, and so nothing is accepted")]
    NothingLeft {
        /// The place of its assignment.
        assignment: usize,
        /// The place of the condition.
        index: usize,
        /// The condition's name.
        condition: Box<str>,
    },
    /// More conditions than an access may have. A condition counts as often as it names a value.
    #[error("{count} conditions are too many, the most is 256")]
    TooManyConditions {
        /// How many there are.
        count: usize,
    },
}
