//! `/accessTokens`.

use std::time::Duration;

use keyward::{Timestamp, administration::Expiry, key::KeyKind};

use super::actors::{Actors, grace_seconds, grant};
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
        Route::new("POST", "/accessTokens/{id}/apiKey", rotate).permission(TYPE, "update"),
    ]
}

fn create(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let body = Body::read(call, &["id", "policies", "conditions", "assignments", "expiresAt"])?;
    let (id, grant) = (body.text("id")?, grant(&body)?);
    let expires = body.optional_count("expiresAt")?.map(Timestamp::from_millis);
    let new = service.format().generate_access_token(service.entropy()?, None);
    let account = service.administer(caller, |acting| acting.create_token(id, &grant, &new, expires))?;
    TOKENS.with_secret(&account, id, new.key.reveal())
}

fn change(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let id = call.parameter("id");
    let body = Body::read(call, &["policies", "conditions", "assignments", "expiresAt"])?;
    // Left out, the end stays; it is taken away by a `null` that one must write.
    let expiry = match body.optional_end("expiresAt")? {
        None => Expiry::Unchanged,
        Some(None) => Expiry::Never,
        Some(Some(end)) => Expiry::At(Timestamp::from_millis(end)),
    };
    let grant = grant(&body)?;
    let account = service.administer(caller, |acting| acting.change_token(id, &grant, expiry))?;
    TOKENS.changed(&account, id)
}

fn rotate(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let id = call.parameter("id");
    let grace = Duration::from_secs(grace_seconds(call)?);
    let new = service.format().generate_access_token(service.entropy()?, None);
    let account = service.administer(caller, |acting| acting.rotate_token(id, &new, grace))?;
    TOKENS.with_secret(&account, id, new.key.reveal())
}

fn revoke(service: &Service, caller: &Caller, call: &Call) -> Answer {
    service.administer(caller, |acting| acting.revoke_token(call.parameter("id")))?;
    Ok(Reply::Done)
}
