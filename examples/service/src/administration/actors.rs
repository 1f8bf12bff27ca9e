//! What operators and access tokens have in common.

use keyward::{Grant, ResourceView, administration::Account, http::Refused, key::KeyKind, store::KeyRecord};
use serde_json::{Value, json};

use crate::{
    body::{Body, invalid},
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
        let documents = present.iter().map(|record| self.document(record));
        let visible = documents.filter(|document| self.check(caller, document).is_ok());
        Ok(Reply::Document(visible.collect()))
    }

    /// The one that the path names.
    pub(super) fn read(self, service: &Service, caller: &Caller, call: &Call) -> Answer {
        let present = service.database.actor(caller.record.account(), self.kind, call.parameter("id"))?;
        let document = self.document(&present.ok_or_else(Refused::not_found)?);
        self.check(caller, &document)?;
        Ok(Reply::Document(document))
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
            "policies": record.roles().collect::<Vec<_>>(),
            "conditions": record.conditions(),
            "createdAt": record.created(),
            "expiresAt": record.expires(),
        });
        if let (KeyKind::OperatorKey, Some(members)) = (self.kind, document.as_object_mut()) {
            members.insert("operator".to_owned(), record.actor().into());
        }
        document
    }

    /// Asks for what the route declares. Conditions are texts to the schema, in whichever form they are shown.
    fn check(self, caller: &Caller, document: &Value) -> Result<(), Refused> {
        let mut attributes = document.clone();
        let text = |condition: &Value| match condition {
            Value::Object(parts) => {
                let part = |name| parts.get(name).and_then(Value::as_str).unwrap_or_default();
                format!("{}:{}", part("name"), part("value")).into()
            }
            text => text.clone(),
        };
        if let Some(Value::Array(conditions)) = attributes.get_mut("conditions") {
            *conditions = conditions.iter().map(text).collect();
        }
        caller.check(&ResourceView::new(self.resource, caller.record.account(), &attributes))
    }
}

/// Roles and conditions, both of which must be there.
pub(super) fn grant(body: &Body) -> Result<Grant, Refused> {
    let roles = body.texts("policies")?.into_iter().fold(Grant::new(), Grant::role);
    body.conditions("conditions")?
        .into_iter()
        .try_fold(roles, Grant::condition)
        .map_err(|error: keyward::text::TextError| invalid(error.to_string()))
}

/// How long a replaced key stays good: the body's `graceSeconds`, 0 where there is none.
pub(super) fn grace_seconds(call: &Call) -> Result<u64, Refused> {
    let seconds = match call.body.as_slice() {
        [] => None,
        _ => Body::read(call, &["graceSeconds"])?.optional_count("graceSeconds")?,
    };
    Ok(seconds.unwrap_or(0))
}
