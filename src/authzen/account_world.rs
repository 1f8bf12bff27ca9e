//! The worlds that the library itself has: an account of a directory, and one that is administered.

use alloc::{collections::BTreeMap, vec::Vec};
use core::{convert::Infallible, fmt};

use super::{
    entity::Entity,
    world::{Subject, World},
};
use crate::{
    access::Access,
    administration::Account,
    attributes::Attributes,
    document::{ActorKind, Directory},
    key::KeyKind,
    store::{KeyRecord, KeyStanding},
    text::UnknownName,
    time::Timestamp,
};

/// An account of a [`Directory`], or one that is [administered](Account): its operators and access tokens are the subjects. It
/// stores no resources: of these, what a question says is believed.
///
/// Which of the two kinds of actor callers mean by a type of subject is a list of the host's:
/// `[("user", ActorKind::Operator), ("service", ActorKind::AccessToken)]`.
#[derive(Clone, Copy)]
pub struct AccountWorld<'a> {
    members: Members<'a>,
    types: &'a [(&'a str, ActorKind)],
    context: &'a dyn Attributes,
}

#[derive(Clone, Copy)]
enum Members<'a> {
    OfDirectory(&'a Directory, &'a str),
    Administered(&'a Account, Timestamp),
}

impl<'a> AccountWorld<'a> {
    /// An account of a directory.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] for an account that the directory doesn't have.
    pub fn of_directory(
        directory: &'a Directory,
        account: &str,
        types: &'a [(&'a str, ActorKind)],
    ) -> Result<Self, UnknownName> {
        let ids = || directory.accounts().map(|(document, _)| &*document.id);
        let known = ids().find(|id| *id == account).ok_or_else(|| UnknownName::unlisted("account", account, ids()))?;
        Ok(Self { members: Members::OfDirectory(directory, known), types, context: &() })
    }

    /// An account as it is administered, at this time: whose key is not in use then, is no subject.
    pub fn of_account(account: &'a Account, now: Timestamp, types: &'a [(&'a str, ActorKind)]) -> Self {
        Self { members: Members::Administered(account, now), types, context: &() }
    }

    /// The same, in a context that is read where a question's own is silent.
    #[must_use]
    pub fn in_context(self, context: &'a dyn Attributes) -> Self {
        Self { context, ..self }
    }

    /// The subjects of a type with an id after `after`, in the order of their ids: for
    /// [`search_subjects`](super::DecisionPoint::search_subjects).
    pub fn subjects(&self, kind: &str, after: Option<&str>) -> impl Iterator<Item = (&'a str, Subject<'a>)> + use<'a> {
        let found = match self.kind(kind) {
            Some(kind) => self.members.of_kind(kind),
            None => Vec::new(),
        };
        let first = found.partition_point(|(id, _)| after.is_some_and(|after| *id <= after));
        found.into_iter().skip(first).map(|(id, access)| (id, Subject::new(access)))
    }

    fn kind(&self, kind: &str) -> Option<ActorKind> {
        self.types.iter().find(|(name, _)| *name == kind).map(|(_, kind)| *kind)
    }
}

impl<'a> Members<'a> {
    fn access(self, kind: ActorKind, id: &str) -> Option<Access> {
        match self {
            Self::OfDirectory(directory, account) => {
                let actor = directory.actor(id).ok().filter(|actor| actor.kind == kind)?;
                (actor.access.account() == account).then(|| actor.access.clone())
            }
            Self::Administered(account, now) => account
                .actor(id)
                .filter(|record| is_of(record, kind, now))
                .and_then(|record| account.access(record).ok()),
        }
    }

    fn of_kind(self, kind: ActorKind) -> Vec<(&'a str, Access)> {
        match self {
            Self::OfDirectory(directory, account) => {
                let actors = directory.actors().filter(|(_, actor)| actor.kind == kind);
                actors
                    .filter(|(_, of)| of.access.account() == account)
                    .map(|(id, of)| (id, of.access.clone()))
                    .collect()
            }
            Self::Administered(account, now) => {
                let present = account.records().filter(|record| is_of(record, kind, now));
                let by_id: BTreeMap<&str, Access> = present
                    .filter(|record| account.actor(record.actor()).is_some_and(|of| of.id() == record.id()))
                    .filter_map(|record| Some((record.actor(), account.access(record).ok()?)))
                    .collect();
                by_id.into_iter().collect()
            }
        }
    }
}

fn is_of(record: &KeyRecord, kind: ActorKind, now: Timestamp) -> bool {
    let wanted = match kind {
        ActorKind::Operator => KeyKind::OperatorKey,
        ActorKind::AccessToken => KeyKind::AccessToken,
    };
    record.kind() == wanted && record.standing(now) == KeyStanding::InUse
}

impl World for AccountWorld<'_> {
    type Error = Infallible;

    fn account(&self) -> &str {
        match self.members {
            Members::OfDirectory(_, account) => account,
            Members::Administered(account, _) => account.id(),
        }
    }

    fn subject(&self, subject: &Entity) -> Result<Option<Subject<'_>>, Infallible> {
        let access = self.kind(subject.kind()).and_then(|kind| self.members.access(kind, subject.id()));
        Ok(access.map(Subject::new))
    }

    fn context(&self) -> &dyn Attributes {
        self.context
    }
}

impl fmt::Debug for AccountWorld<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountWorld")
            .field("account", &self.account())
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}
