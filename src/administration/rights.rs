//! Who acts, what they may give, and whom they may touch.

use super::{
    account::{Account, makes_administrator},
    administered::Administered,
    administration_error::{AdministrationError, Result},
};
use crate::{
    access::{Access, AssignmentRef},
    attributes::Attributes,
    decision::{Forbidden, InContext, admit},
    grant::Assignment,
    key::{KeyId, KeyKind},
    role::Roles,
    schema::Operation,
    store::{KeyRecord, KeyStanding, KeyState},
    time::Timestamp,
};

/// The acting operator, known to be one: the record of the key in this state, and what it may do.
pub(super) struct Operator<'a> {
    record: &'a KeyRecord,
    access: Access,
    context: &'a dyn Attributes,
}

impl<'a> Operator<'a> {
    pub(super) fn of(
        account: &'a Account,
        (actor, key): (&str, KeyId),
        now: Timestamp,
        context: &'a dyn Attributes,
    ) -> Result<Self> {
        let record = account.record(key).filter(|record| record.actor() == actor);
        let record = record.ok_or(AdministrationError::UnknownKey)?;
        if record.standing(now) != KeyStanding::InUse {
            return Err(AdministrationError::UnknownKey);
        }
        if record.kind() != KeyKind::OperatorKey {
            return Err(AdministrationError::NotForAccessTokens);
        }
        // A stolen key that was replaced must not administer in its grace.
        if record.state() != KeyState::Active {
            return Err(AdministrationError::KeyInGrace);
        }
        // What authentication can't use is not in use here, either.
        let access = account.access(record)?;
        Ok(Self { record, access, context })
    }

    /// What it may do, in the context of the request.
    pub(super) fn access(&self) -> InContext<'_> {
        self.access.in_context(self.context)
    }

    /// A key that is to be used in some contexts alone does nothing in others, to itself neither.
    pub(super) fn is_in_its_context(&self) -> Result<()> {
        Ok(self.access().in_its_context(None).map_err(Forbidden::from)?)
    }

    /// Whether the operation is granted on some resources of the type, by what is in its context.
    pub(super) fn is_permitted(&self, operation: &str, resource: &str) -> Result<()> {
        let admitted = admit(&self.access, operation.into(), self.access.account(), resource.into());
        let asked = admitted.map_err(Forbidden::from)?;
        Ok(self.access().in_its_context(Some(asked)).map_err(Forbidden::from)?)
    }

    pub(super) fn is_administrator(&self) -> bool {
        makes_administrator(self.record)
    }

    /// Whether the operation is allowed on each of these.
    pub(super) fn may(&self, operation: Operation, on: &[Administered<'_>]) -> Result<()> {
        on.iter().try_for_each(|resource| Ok(self.access().decide(operation, resource).into_result()?))
    }

    /// Whether an update of each of these to each of those is allowed.
    pub(super) fn may_update(&self, stored: &[Administered<'_>], proposed: &[Administered<'_>]) -> Result<()> {
        let pairs = stored.iter().flat_map(|stored| proposed.iter().map(move |proposed| (stored, proposed)));
        pairs
            .into_iter()
            .try_for_each(|(stored, proposed)| Ok(self.access().decide_update(stored, proposed).into_result()?))
    }

    /// Nobody gives what they don't have: not what the record allows now, nor, by a condition that it lacks, what its
    /// roles come to allow, nor the role that grows with the schema.
    pub(super) fn may_give(&self, record: &KeyRecord, roles: &Roles) -> Result<()> {
        let given = record.compile(roles)?;
        given.ensure_within(&self.access)?;
        let of_record = record.grant().assignments().iter();
        for (place, (written, assignment)) in of_record.zip(given.assignments()).enumerate() {
            if written.roles().len() > 0 {
                self.may_assign(place, written, assignment)?;
            }
        }
        Ok(())
    }

    /// One assignment must carry conditions at least as narrow as those of one of the giver's own; with the managed role, of one
    /// that has it.
    fn may_assign(&self, place: usize, written: &Assignment, given: AssignmentRef<'_>) -> Result<()> {
        let own = self.record.grant().assignments().iter().zip(self.access.assignments());
        let own = own.filter(|(own, of)| of.has_a_role() && (own.has_admin() || !written.has_admin()));
        let mut wider = own.map(|(_, own)| {
            own.conditions().find(|(name, accepted)| {
                let of_name = given.conditions().find(|(other, _)| other == name);
                !of_name.is_some_and(|(_, given)| given.is_subset(accepted))
            })
        });
        match (wider.next(), wider.next()) {
            (None, _) if written.has_admin() => Err(AdministrationError::ExceedingRole),
            (None, _) => Err(AdministrationError::ExceedingAssignment { assignment: place }),
            (Some(None), _) | (_, Some(None)) => Ok(()),
            (Some(Some((name, accepted))), None) => {
                let (condition, accepted) = (name.into(), accepted.clone());
                Err(AdministrationError::ExceedingConditions { condition, accepted })
            }
            (Some(Some(_)), Some(Some(_))) if wider.any(|wider| wider.is_none()) => Ok(()),
            (Some(Some(_)), Some(Some(_))) => Err(AdministrationError::ExceedingAssignment { assignment: place }),
        }
    }

    /// To change or remove an actor, or to replace its key, takes what it would take to give its access. Otherwise two
    /// allowed steps could do what one may not.
    pub(super) fn may_touch(&self, account: &Account, present: &KeyRecord) -> Result<()> {
        if self.is_administrator() {
            return Ok(());
        }
        let actor = || present.actor().into();
        for record in account.usable(present.actor(), present.kind()) {
            if makes_administrator(record) {
                return Err(AdministrationError::OnlyAdministrator { actor: actor() });
            }
            self.may_give(record, account.roles()).map_err(|error| match error {
                // What the other may do is not told to the one who acts.
                AdministrationError::Exceeded(_) | AdministrationError::ExceedingAssignment { .. } => {
                    AdministrationError::ExceedingAccess { actor: actor() }
                }
                // A missing role may be created again, with any permissions.
                AdministrationError::InvalidAssignments(_)
                | AdministrationError::InvalidPolicies(_)
                | AdministrationError::UnsupportedConditions(_) => AdministrationError::Unresolved { actor: actor() },
                error => error,
            })?;
        }
        Ok(())
    }
}
