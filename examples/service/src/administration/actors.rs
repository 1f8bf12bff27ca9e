//! What operators and access tokens have in common.

use keyward::{
    Assignment, Grant, ResourceView, administration::Account, document::GrantDocument, http::Refused, key::KeyKind,
    store::KeyRecord,
};
use serde_json::{Map, Value, json};

use crate::{
    body::Body,
    call::{Answer, Call, Reply},
    guard::Caller,
    service::Service,
};

/// One of the two kinds of actor: how its keys, its resource type and its secret are called.
#[derive(Clone, Copy)]
pub(super) struct Actors {
    pub(super) kind: KeyKind,
    pub(super) resource: &'static str,
    pub(super) secret: &'static str,
}

impl Actors {
    /// Those that the caller may list.
    pub(super) fn list(self, service: &Service, caller: &Caller) -> Answer {
        let present = service.database.actors(caller.record.account(), self.kind)?;
        let visible = present.iter().filter(|record| self.check(caller, record).is_ok());
        Ok(Reply::Document(visible.map(|record| self.document(record)).collect()))
    }

    /// The one that the path names.
    pub(super) fn read(self, service: &Service, caller: &Caller, call: &Call) -> Answer {
        let present = service.database.actor(caller.record.account(), self.kind, call.parameter("id"))?;
        let record = present.ok_or_else(Refused::not_found)?;
        self.check(caller, &record)?;
        Ok(Reply::Document(self.document(&record)))
    }

    /// The document of an actor that was changed.
    pub(super) fn changed(self, account: &Account, id: &str) -> Answer {
        self.present(account, id).map(Reply::Document)
    }

    /// The document of an actor that was given a key, with the secret: the only time that it is shown.
    pub(super) fn with_secret(self, account: &Account, id: &str, secret: &str) -> Answer {
        let mut document = self.present(account, id)?;
        if let Some(members) = document.as_object_mut() {
            members.insert(self.secret.to_owned(), secret.into());
        }
        Ok(Reply::Created(document))
    }

    fn present(self, account: &Account, id: &str) -> Result<Value, Refused> {
        let record = account.actor(id).filter(|record| record.kind() == self.kind);
        record.map(|record| self.document(record)).ok_or_else(Refused::not_found)
    }

    fn document(self, record: &KeyRecord) -> Value {
        let mut document = json!({
            "id": record.actor(),
            "createdAt": record.created(),
            "expiresAt": record.expires(),
        });
        if let Some(members) = document.as_object_mut() {
            if self.kind == KeyKind::OperatorKey {
                members.insert("operator".to_owned(), record.actor().into());
            }
            members.extend(given(record));
        }
        document
    }

    /// Asks for what the route declares, of each assignment that has roles: to the schema, `policies` and `conditions` are
    /// texts, and none stands in for another's.
    fn check(self, caller: &Caller, record: &KeyRecord) -> Result<(), Refused> {
        let mut attributes = self.document(record);
        let all = record.grant().assignments();
        let nothing = [Assignment::new()];
        let with_roles: Vec<&Assignment> = all.iter().filter(|of| of.roles().len() > 0).collect();
        let counted = match (with_roles.is_empty(), all.is_empty()) {
            (false, _) => with_roles,
            (true, false) => all.iter().collect(),
            (true, true) => nothing.iter().collect(),
        };
        counted.into_iter().try_for_each(|of| {
            let policies: Value = of.roles().collect();
            let conditions: Value = of.conditions().iter().map(ToString::to_string).collect();
            if let Some(members) = attributes.as_object_mut() {
                members.extend([("policies".to_owned(), policies), ("conditions".to_owned(), conditions)]);
            }
            caller.check(&ResourceView::new(self.resource, caller.record.account(), &attributes))
        })
    }
}

/// What a record's holder is given: `policies` and `conditions`, or `assignments`.
pub fn given(record: &KeyRecord) -> Map<String, Value> {
    match serde_json::to_value(GrantDocument::from(record.grant().clone())) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Roles and conditions, both of which must be there, or assignments in their place.
pub(super) fn grant(body: &Body) -> Result<Grant, Refused> {
    match body.optional_objects("assignments", &["policies", "conditions"])? {
        None => assignment(body).map(Grant::from),
        Some(assignments) => {
            body.refuse_beside("assignments", &["policies", "conditions"])?;
            assignments.iter().map(assignment).collect()
        }
    }
}

fn assignment(body: &Body) -> Result<Assignment, Refused> {
    let (roles, conditions) = (body.texts("policies")?, body.conditions("conditions")?);
    Ok(Assignment::new().with_roles(roles).with_conditions(conditions))
}

/// How long a replaced key stays good: the body's `graceSeconds`, 0 where there is none.
pub(super) fn grace_seconds(call: &Call) -> Result<u64, Refused> {
    let seconds = match call.body.as_slice() {
        [] => None,
        _ => Body::read(call, &["graceSeconds"])?.optional_count("graceSeconds")?,
    };
    Ok(seconds.unwrap_or(0))
}
