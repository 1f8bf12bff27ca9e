//! `/accounts/{account}/operatorAccess`.

use std::time::Duration;

use keyward::{Operation, http::Refused, key::KeyKind};

use super::actors::{Actors, grace_seconds, grant};
use crate::{
    body::Body,
    call::{Answer, Call, Reply},
    guard::Caller,
    registry::Route,
    service::Service,
};

const TYPE: &str = "operatorAccess";
const OPERATORS: Actors = Actors { kind: KeyKind::OperatorKey, resource: TYPE, secret: "operatorApiKey" };

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/accounts/{account}/operatorAccess", "/accounts/{account}/operatorAccess/{id}");
    vec![
        Route::new("GET", all, list).collection(TYPE),
        Route::new("POST", all, invite).collection(TYPE),
        Route::new("GET", one, read).item(TYPE),
        Route::new("PUT", one, change).item(TYPE),
        Route::new("DELETE", one, remove).item(TYPE),
        // Everyone may replace their own; another's takes the permission, which is asked for below.
        Route::new("POST", "/accounts/{account}/operatorAccess/{id}/operatorApiKey", regenerate).key(),
    ]
}

fn list(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    OPERATORS.list(service, caller)
}

fn read(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    OPERATORS.read(service, caller, call)
}

fn invite(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    let body = Body::read(call, &["operator", "policies", "conditions", "assignments"])?;
    let (operator, grant) = (body.text("operator")?, grant(&body)?);
    let new = service.format().generate_operator_key(service.entropy()?, None);
    let account = service.administer(caller, |acting| acting.invite(operator, &grant, &new))?;
    OPERATORS.with_secret(&account, operator, new.key.reveal())
}

fn change(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    let operator = call.parameter("id");
    let grant = grant(&Body::read(call, &["policies", "conditions", "assignments"])?)?;
    let account = service.administer(caller, |acting| acting.change_operator(operator, &grant))?;
    OPERATORS.changed(&account, operator)
}

fn remove(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    service.administer(caller, |acting| acting.remove_operator(call.parameter("id")))?;
    Ok(Reply::Done)
}

fn regenerate(service: &Service, caller: &Caller, call: &Call) -> Answer {
    own_account(caller, call)?;
    let operator = call.parameter("id");
    // Before anything says whether there is such an operator.
    if operator != caller.record.actor() {
        caller.check_any(Operation::UPDATE, TYPE)?;
    }
    let grace = Duration::from_secs(grace_seconds(call)?);
    let new = service.format().generate_operator_key(service.entropy()?, None);
    let account = service.administer(caller, |acting| acting.regenerate(operator, &new, grace))?;
    OPERATORS.with_secret(&account, operator, new.key.reveal())
}

/// To a caller, there is no account but its own.
fn own_account(caller: &Caller, call: &Call) -> Result<(), Refused> {
    if call.parameter("account") == caller.record.account() { Ok(()) } else { Err(Refused::not_found()) }
}
