//! `/accessPolicies`: the roles.

use keyward::{Permission, ResourceView, Role, Roles, http::Refused};
use serde_json::{Value, json};

use crate::{
    body::{Body, invalid},
    call::{Answer, Call, Reply},
    guard::Caller,
    registry::Route,
    service::Service,
};

const TYPE: &str = "accessPolicies";

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/accessPolicies", "/accessPolicies/{id}");
    vec![
        Route::new("GET", all, list).collection(TYPE),
        Route::new("POST", all, create).collection(TYPE),
        Route::new("GET", one, read).item(TYPE),
        Route::new("PUT", one, alter).item(TYPE),
        Route::new("DELETE", one, delete).item(TYPE),
    ]
}

fn list(service: &Service, caller: &Caller, _: &Call) -> Answer {
    let roles = roles(service, caller)?;
    let documents = roles.iter().map(document);
    let visible = documents.filter(|document| check(caller, document).is_ok());
    Ok(Reply::Document(visible.collect()))
}

fn read(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let roles = roles(service, caller)?;
    let role = roles.get(call.parameter("id")).ok_or_else(Refused::not_found)?;
    let document = document(role);
    check(caller, &document)?;
    Ok(Reply::Document(document))
}

fn create(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let body = Body::read(call, &["id", "permissions"])?;
    let role = role(body.text("id")?, &body)?;
    let created = document(&role);
    service.administer(caller, |acting| acting.create_role(role.clone()))?;
    Ok(Reply::Created(created))
}

fn alter(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let role = role(call.parameter("id"), &Body::read(call, &["permissions"])?)?;
    let altered = document(&role);
    service.administer(caller, |acting| acting.alter_role(role.clone()))?;
    Ok(Reply::Document(altered))
}

fn delete(service: &Service, caller: &Caller, call: &Call) -> Answer {
    service.administer(caller, |acting| acting.delete_role(call.parameter("id")))?;
    Ok(Reply::Done)
}

fn roles(service: &Service, caller: &Caller) -> Result<Roles, Refused> {
    service.database.roles(caller.record.account())?.ok_or_else(Refused::not_found)
}

fn role(id: &str, body: &Body) -> Result<Role, Refused> {
    Role::new(id, body.texts("permissions")?).map_err(|error| invalid(error.to_string()))
}

fn document(role: &Role) -> Value {
    let permissions: Vec<&str> = role.permissions().iter().map(Permission::as_str).collect();
    json!({"id": role.id(), "permissions": permissions})
}

fn check(caller: &Caller, document: &Value) -> Result<(), Refused> {
    caller.check(&ResourceView::new(TYPE, caller.record.account(), document))
}
