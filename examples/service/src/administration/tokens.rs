//! `/accessTokens`.

use keyward::{Timestamp, key::KeyKind};

use super::actors::{Actors, grant};
use crate::{
    body::Body,
    call::{Answer, Call, Reply},
    guard::Caller,
    registry::Route,
    service::Service,
};

const TYPE: &str = "accessTokens";
const TOKENS: Actors = Actors { kind: KeyKind::AccessToken, resource: TYPE, secret: "apiKey" };

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/accessTokens", "/accessTokens/{id}");
    vec![
        Route::new("GET", all, |service, caller, _| TOKENS.list(service, caller)).collection(TYPE),
        Route::new("POST", all, create).collection(TYPE),
        Route::new("GET", one, |service, caller, call| TOKENS.read(service, caller, call)).item(TYPE),
        Route::new("PUT", one, change).item(TYPE),
        Route::new("DELETE", one, revoke).item(TYPE),
    ]
}

fn create(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let body = Body::read(call, &["id", "policies", "conditions", "expiresAt"])?;
    let (id, grant) = (body.text("id")?, grant(&body)?);
    let expires = body.optional_count("expiresAt")?.map(Timestamp::from_millis);
    let new = service.guard.authenticator.format().generate_access_token(service.entropy()?, None);
    let account = service.administer(caller, |acting| acting.create_token(id, &grant, &new, expires))?;
    TOKENS.with_secret(&account, id, new.key.reveal())
}

fn change(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let id = call.parameter("id");
    let grant = grant(&Body::read(call, &["policies", "conditions"])?)?;
    let account = service.administer(caller, |acting| acting.change_token(id, &grant))?;
    TOKENS.changed(&account, id)
}

fn revoke(service: &Service, caller: &Caller, call: &Call) -> Answer {
    service.administer(caller, |acting| acting.revoke_token(call.parameter("id")))?;
    Ok(Reply::Done)
}
