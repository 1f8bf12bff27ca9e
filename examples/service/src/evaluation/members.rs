//! The caller's account, as the questions see it.

use std::{cell::RefCell, collections::BTreeMap};

use keyward::{
    Access, Attributes, Roles,
    attributes::RequestContext,
    authzen::{Entity, Found, Subject, World},
    http::Refused,
    key::KeyKind,
    store::{KeyRecord, KeyStanding},
};

use crate::{guard::Caller, service::Service, store::Store};

/// How callers call the two kinds of actor.
const SUBJECTS: [(&str, KeyKind); 2] = [("user", KeyKind::OperatorKey), ("token", KeyKind::AccessToken)];
/// How callers call products; `actions.json` calls them so, too.
const PRODUCT: &str = "product";

/// The actors and products of one account, looked up for one request: of each actor once.
pub(super) struct Members<'a> {
    database: &'a dyn Store,
    account: &'a str,
    roles: Roles,
    /// The time, for questions that don't say it. From where whoever is asked about comes, only the question can say: the address
    /// of the request is the caller's.
    context: RequestContext,
    found: RefCell<BTreeMap<(KeyKind, String), Option<Access>>>,
}

impl<'a> Members<'a> {
    /// Those of the caller's account.
    pub(super) fn of(service: &'a Service, caller: &'a Caller) -> Result<Self, Refused> {
        let (database, account) = (&*service.database, caller.record.account());
        let roles = database.roles(account)?.ok_or_else(Refused::not_found)?;
        let context = RequestContext::new(caller.context.time());
        Ok(Self { database, account, roles, context, found: RefCell::default() })
    }

    /// Those of a type whose key is in use, with an id after this one, in the order of their ids.
    pub(super) fn subjects(&self, kind: &str, after: Option<&str>) -> Result<Vec<(String, Subject<'_>)>, Refused> {
        let Some(kind) = kind_of(kind) else { return Ok(Vec::new()) };
        let present = self.database.actors(self.account, kind)?;
        let present = present.iter().filter(|record| after.is_none_or(|after| record.actor() > after));
        let by_id: BTreeMap<&str, Access> =
            present.filter_map(|record| Some((record.actor(), self.access(record)?))).collect();
        Ok(by_id.into_iter().map(|(id, access)| (id.to_owned(), Subject::new(access))).collect())
    }

    /// What a key allows, if it is in use.
    fn access(&self, record: &KeyRecord) -> Option<Access> {
        let in_use = record.standing(self.context.time()) == KeyStanding::InUse;
        in_use.then(|| record.access(&self.roles).ok()).flatten()
    }
}

impl World for Members<'_> {
    type Error = Refused;

    fn account(&self) -> &str {
        self.account
    }

    fn subject(&self, subject: &Entity) -> Result<Option<Subject<'_>>, Refused> {
        let Some(kind) = kind_of(subject.kind()).filter(|_| can_be(subject.id())) else { return Ok(None) };
        let of = (kind, subject.id().to_owned());
        if let Some(found) = self.found.borrow().get(&of) {
            return Ok(found.clone().map(Subject::new));
        }
        let record = self.database.actor(self.account, kind, subject.id())?;
        let access = record.and_then(|record| self.access(&record));
        self.found.borrow_mut().insert(of, access.clone());
        Ok(access.map(Subject::new))
    }

    fn resource(&self, resource: &Entity) -> Result<Found<'_>, Refused> {
        if resource.kind() != PRODUCT {
            return Ok(Found::AsAsked);
        }
        let id = Some(resource.id()).filter(|id| can_be(id));
        let found = id.map(|id| self.database.product(self.account, id)).transpose()?.flatten();
        Ok(found.map_or(Found::Nowhere, Found::stored))
    }

    fn context(&self) -> &dyn Attributes {
        &self.context
    }
}

fn kind_of(kind: &str) -> Option<KeyKind> {
    SUBJECTS.iter().find(|(name, _)| *name == kind).map(|(_, kind)| *kind)
}

/// Not every database can be asked for a NUL.
fn can_be(id: &str) -> bool {
    !id.contains('\0')
}
