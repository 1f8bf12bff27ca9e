//! Why an operation of the administration is refused.

use alloc::{
    boxed::Box,
    string::{String, ToString},
};
use core::fmt;

use crate::{
    access::AccessError,
    compare::AccessExceeded,
    decision::Forbidden,
    key::KeyId,
    role::RoleError,
    store::RotateError,
    text::{Escaped, TextError},
    values::ValueSet,
};

/// A refused operation; nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AdministrationError {
    /// The key that acts is none of this account, or in use no more.
    #[error("the key is not in use in this account")]
    UnknownKey,
    /// An access token acts.
    #[error("not for access tokens")]
    NotForAccessTokens,
    /// A key that was replaced acts in its grace.
    #[error("the key was replaced: until its grace ends it authenticates, but administers nothing")]
    KeyInGrace,
    /// Someone other than an administrator acts on roles.
    #[error("only an administrator creates, alters or deletes roles")]
    NotAdministrator,
    /// The acting operator's access doesn't allow it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// What is given is beyond what the giver has.
    #[error("{0}")]
    Exceeded(Box<AccessExceeded>),
    /// Someone is to be changed or removed, or their key taken, who may do more than the one who acts.
    #[error(
        "caller access exceeded: `{}` may do more than who would change it, end it or take its key",
        Escaped(actor)
    )]
    ExceedingAccess {
        /// Who.
        actor: Box<str>,
    },
    /// An administrator is to be changed or removed, or their key taken, by someone who is none.
    #[error("caller access exceeded: `{}` is an administrator, and only an administrator may do this", Escaped(actor))]
    OnlyAdministrator {
        /// The administrator.
        actor: Box<str>,
    },
    /// Someone is to be changed or removed, or their key taken, who has a role or a condition that isn't there. What
    /// it may come to allow is unknown, and so only for administrators to touch.
    #[error(
        "caller access exceeded: `{}` has a role or condition that isn't there, and only an administrator may do this",
        Escaped(actor)
    )]
    Unresolved {
        /// Who.
        actor: Box<str>,
    },
    /// The managed role is given by someone who doesn't have it.
    #[error("caller access exceeded: the role `admin` is given only by who has it")]
    ExceedingRole,
    /// A condition of the giver's is not among those that are given, or accepts more.
    #[error(
        "caller access exceeded: who gives has the condition `{condition}`, and so must what is given, with {}",
        Only(accepted)
    )]
    ExceedingConditions {
        /// The name of the condition.
        condition: Box<str>,
        /// The values that may be given.
        accepted: ValueSet,
    },
    /// An assignment that is given carries wider conditions than each of the giver's own.
    #[error(
        "caller access exceeded: the conditions of each assignment must be those of one of the giver's own, or narrower"
    )]
    ExceedingAssignment {
        /// Its place.
        assignment: usize,
    },
    /// Too many assignments, or the same one twice.
    #[error("invalid assignments: {0}")]
    InvalidAssignments(AccessError),
    /// Roles that there aren't, or that are there twice, or too many ("invalid policies" on the platform).
    #[error("invalid policies: {0}")]
    InvalidPolicies(AccessError),
    /// Conditions that there aren't, or that are there twice, or too many.
    #[error("unsupported conditions: {0}")]
    UnsupportedConditions(AccessError),
    /// The managed role can't be created, altered or deleted.
    #[error("role `admin` is managed: it can't be created, altered or deleted")]
    ManagedRole,
    /// A role that can't be.
    #[error(transparent)]
    InvalidRole(RoleError),
    /// No administrator would remain.
    #[error("the last administrator of the account")]
    LastAdministrator,
    /// The account has as many access tokens as it may have.
    #[error("the account has 100 access tokens in use, the most that it may have")]
    TokenLimit,
    /// There is no such operator or token, or it is revoked.
    #[error("there is no `{}`", Escaped(actor))]
    UnknownActor {
        /// The id that was asked for.
        actor: Box<str>,
    },
    /// A token that has expired is to be changed.
    #[error("`{}` has expired: make a new one, its id is free", Escaped(actor))]
    TokenExpired {
        /// The token.
        actor: Box<str>,
    },
    /// The id is, or was, another's.
    #[error("`{}` is in use", Escaped(actor))]
    DuplicateActor {
        /// The id.
        actor: Box<str>,
    },
    /// The new key has the id of another.
    #[error("key `{key}` is there already")]
    DuplicateKey {
        /// The id of the key.
        key: KeyId,
    },
    /// The key can't be replaced.
    #[error("{}", not_replaceable(*_0))]
    Rotation(#[from] RotateError),
    /// An id that is none.
    #[error(transparent)]
    InvalidId(TextError),
}

pub(super) type Result<T> = core::result::Result<T, AdministrationError>;

impl AdministrationError {
    /// The name of the reason, for audit records and answers.
    pub fn code(&self) -> &'static str {
        self.answer().1
    }

    /// The HTTP status: 401, 403 or 404 as the decision says; 400 for what can't be, 409 for what can't be now.
    pub fn status(&self) -> u16 {
        self.answer().0
    }

    fn answer(&self) -> (u16, &'static str) {
        match self {
            Self::UnknownKey => (401, "unknown_key"),
            Self::NotForAccessTokens => (403, "not_for_access_tokens"),
            Self::KeyInGrace => (403, "key_in_grace"),
            Self::NotAdministrator => (403, "not_administrator"),
            Self::Forbidden(forbidden) => (forbidden.status(), forbidden.kind()),
            Self::Exceeded(_)
            | Self::ExceedingAccess { .. }
            | Self::OnlyAdministrator { .. }
            | Self::Unresolved { .. }
            | Self::ExceedingRole
            | Self::ExceedingConditions { .. }
            | Self::ExceedingAssignment { .. } => (403, "caller_access_exceeded"),
            Self::InvalidAssignments(_) => (400, "invalid_assignments"),
            Self::InvalidPolicies(_) => (400, "invalid_policies"),
            Self::UnsupportedConditions(_) => (400, "unsupported_conditions"),
            Self::ManagedRole => (403, "managed_role"),
            Self::InvalidRole(RoleError::Unknown(_)) => (404, "invalid_role"),
            Self::InvalidRole(RoleError::DuplicateId { .. }) => (409, "invalid_role"),
            Self::InvalidRole(_) => (400, "invalid_role"),
            Self::LastAdministrator => (409, "last_administrator"),
            Self::TokenLimit => (409, "token_limit"),
            Self::UnknownActor { .. } => (404, "unknown_actor"),
            Self::TokenExpired { .. } => (409, "token_expired"),
            Self::DuplicateActor { .. } => (409, "duplicate_actor"),
            Self::DuplicateKey { .. } => (409, "duplicate_key"),
            Self::Rotation(_) => (409, "key_not_replaceable"),
            Self::InvalidId(_) => (400, "invalid_id"),
        }
    }
}

/// As the error says it; of an expired key what to do in an account.
fn not_replaceable(error: RotateError) -> String {
    match error {
        RotateError::Expired => {
            "an expired key can't be replaced: remove its owner, whose id is free then, and create them again".into()
        }
        error => error.to_string(),
    }
}

/// Values, any of which may be given.
struct Only<'a>(&'a ValueSet);

impl fmt::Display for Only<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.named() == 1 { "" } else { "some of " })?;
        write!(f, "{}", self.0.few())
    }
}

impl From<AccessExceeded> for AdministrationError {
    fn from(exceeded: AccessExceeded) -> Self {
        Self::Exceeded(Box::new(exceeded))
    }
}

impl From<AccessError> for AdministrationError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::UnsupportedCondition { .. }
            | AccessError::DuplicateCondition { .. }
            | AccessError::Value { .. }
            | AccessError::SecondExcept { .. }
            | AccessError::ExceptedTwice { .. }
            | AccessError::NothingLeft { .. }
            | AccessError::TooManyConditions { .. } => Self::UnsupportedConditions(error),
            AccessError::TooManyAssignments { .. } | AccessError::DuplicateAssignment { .. } => {
                Self::InvalidAssignments(error)
            }
            AccessError::Text(error) => Self::InvalidId(error),
            AccessError::UnknownRole { .. }
            | AccessError::DuplicateRole { .. }
            | AccessError::TooManyRoles { .. }
            | AccessError::OtherAccount => Self::InvalidPolicies(error),
        }
    }
}

impl From<RoleError> for AdministrationError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Managed => Self::ManagedRole,
            error => Self::InvalidRole(error),
        }
    }
}
