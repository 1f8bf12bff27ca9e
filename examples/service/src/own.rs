//! What everyone may read with a good key of either kind: who they are, and what they may do.

use keyward::{key::KeyKind, store::KeyRecord};
use serde_json::{Value, json};

use crate::{
    administration::given,
    call::{Answer, Call, Reply},
    guard::Caller,
    registry::Route,
    service::Service,
    summary,
};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("GET", "/access", |_, caller, _| Ok(access(caller))).key(),
        Route::new("GET", "/access/summary", summary).key(),
        Route::new("GET", "/me", |_, caller, _| Ok(me(caller))).key(),
    ]
}

fn access(caller: &Caller) -> Reply {
    let record = &caller.record;
    let schema = caller.access.schema();
    // What is left of the roles today: of one that was deleted, nothing.
    let types = schema.resource_types().filter_map(|resource| {
        let permitted = |operation: &&str| caller.access.permits(*operation, resource);
        let operations: Vec<&str> = schema.operations(resource).filter(permitted).collect();
        let name = schema.type_name(resource);
        (!operations.is_empty()).then(|| format!("{name}:{}", operations.join(",")))
    });
    Reply::Document(with_given(
        record,
        json!({
            "account": record.account(),
            "actor": actor(caller),
            "permissions": types.collect::<Vec<_>>(),
        }),
    ))
}

/// The same in words and in full: the operations that are refused in the context of this request, with the reason, and the
/// filter of each list.
fn summary(service: &Service, caller: &Caller, _: &Call) -> Answer {
    let record = &caller.record;
    let summary = caller.in_context().summary();
    Ok(Reply::Document(with_given(
        record,
        json!({
            "account": record.account(),
            "actor": actor(caller),
            "text": summary.to_string(),
            "summary": summary,
            "types": summary::types(service, caller.in_context())?,
        }),
    )))
}

/// The document with what the record says that is given.
fn with_given(record: &KeyRecord, mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.extend(given(record));
    }
    document
}

fn me(caller: &Caller) -> Reply {
    let record = &caller.record;
    Reply::Document(json!({
        "id": record.actor(),
        "type": kind(record.kind()),
        "account": record.account(),
        "key": {"id": record.id(), "createdAt": record.created(), "expiresAt": record.expires()},
    }))
}

fn actor(caller: &Caller) -> Value {
    json!({"id": caller.record.actor(), "type": kind(caller.record.kind())})
}

fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::OperatorKey => "operator",
        KeyKind::AccessToken => "accessToken",
    }
}
