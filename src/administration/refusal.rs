//! Why an operation of the administration is refused.

use alloc::boxed::Box;

use crate::{
    access::AccessError,
    compare::Excess,
    denial::Forbidden,
    key::KeyId,
    role::RoleError,
    store::RotateError,
    text::{Escaped, TextError},
};

/// A refused operation; nothing was changed.
///
/// See [`Acting`](super::Acting) for examples.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AdministrationError {
    /// The key that acts is none of this account, or in use no more.
    #[error("the key is not in use in this account")]
    UnknownKey,
    /// An access token acts.
    #[error("not for access tokens")]
    NotForAccessTokens,
    /// Someone other than an administrator acts on roles.
    #[error("only an administrator creates, alters or deletes roles")]
    NotAdministrator,
    /// The acting operator's access doesn't allow it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// What is given is beyond what the giver has.
    #[error("{0}")]
    Exceeded(Box<Excess>),
    /// The key of someone whose access is beyond that of the one who acts.
    #[error("caller access exceeded: the operator may do more than who would take their key")]
    ExceedingKey,
    /// Someone other than an administrator makes one, or takes an administrator's key.
    #[error("caller access exceeded: only an administrator makes an administrator")]
    MakesAdministrator,
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
    #[error("the account has 100 access tokens, the most that it may have")]
    TokenLimit,
    /// There is no such operator or token, or it is revoked.
    #[error("there is no `{}`", Escaped(actor))]
    UnknownActor {
        /// The id that was asked for.
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
    #[error(transparent)]
    Rotation(#[from] RotateError),
    /// An id that is none.
    #[error(transparent)]
    InvalidId(TextError),
}

impl AdministrationError {
    /// The name of the reason, for audit records and answers.
    ///
    /// ```
    /// use keyward::administration::AdministrationError;
    ///
    /// assert_eq!(AdministrationError::LastAdministrator.code(), "last_administrator");
    /// assert_eq!(AdministrationError::LastAdministrator.status(), 409);
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::NotForAccessTokens => "not_for_access_tokens",
            Self::NotAdministrator => "not_administrator",
            Self::Forbidden(forbidden) => forbidden.kind(),
            Self::Exceeded(_) | Self::ExceedingKey | Self::MakesAdministrator => "caller_access_exceeded",
            Self::InvalidPolicies(_) => "invalid_policies",
            Self::UnsupportedConditions(_) => "unsupported_conditions",
            Self::ManagedRole => "managed_role",
            Self::InvalidRole(_) => "invalid_role",
            Self::LastAdministrator => "last_administrator",
            Self::TokenLimit => "token_limit",
            Self::UnknownActor { .. } => "unknown_actor",
            Self::DuplicateActor { .. } => "duplicate_actor",
            Self::DuplicateKey { .. } => "duplicate_key",
            Self::Rotation(_) => "key_not_replaceable",
            Self::InvalidId(_) => "invalid_id",
        }
    }

    /// The HTTP status: 401, 403 or 404 as the decision says; 400 for what can't be, 409 for what can't be now.
    ///
    /// See [`code`](Self::code) for an example.
    pub fn status(&self) -> u16 {
        match self {
            Self::UnknownKey => 401,
            Self::NotForAccessTokens
            | Self::NotAdministrator
            | Self::MakesAdministrator
            | Self::ExceedingKey
            | Self::Exceeded(_)
            | Self::ManagedRole => 403,
            Self::Forbidden(forbidden) => forbidden.status(),
            Self::UnknownActor { .. } | Self::InvalidRole(RoleError::Unknown(_)) => 404,
            Self::LastAdministrator
            | Self::TokenLimit
            | Self::InvalidRole(RoleError::DuplicateId { .. })
            | Self::DuplicateActor { .. }
            | Self::DuplicateKey { .. }
            | Self::Rotation(_) => 409,
            Self::InvalidPolicies(_) | Self::UnsupportedConditions(_) | Self::InvalidRole(_) | Self::InvalidId(_) => {
                400
            }
        }
    }
}

impl From<Excess> for AdministrationError {
    fn from(excess: Excess) -> Self {
        Self::Exceeded(Box::new(excess))
    }
}

impl From<AccessError> for AdministrationError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::UnsupportedCondition { .. }
            | AccessError::DuplicateCondition { .. }
            | AccessError::TooManyConditions { .. } => Self::UnsupportedConditions(error),
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
