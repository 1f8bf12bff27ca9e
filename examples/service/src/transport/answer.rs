//! Replies as HTTP.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{
    call::{Answer, Reply},
    guard::ACCOUNT_VERSION,
};

/// The page runs its own script and nothing else, and is shown in no other's frame.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn answer(answer: Answer) -> Response {
    match answer {
        Ok(Reply::Document(document)) => json(200, &document),
        Ok(Reply::Created(document)) => json(201, &document),
        Ok(Reply::Done) => response(204, None, Body::empty()),
        Ok(Reply::File(media, content)) => {
            let mut response = response(200, Some(media), Body::from(content));
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
            response
        }
        // The layer adds the challenge, and where refusals are explained.
        Err(refused) => refused.into_response(),
    }
}

/// With the version of the account that it is of.
pub(super) fn at_version(mut response: Response, version: u64) -> Response {
    if let Ok(name) = HeaderName::try_from(ACCOUNT_VERSION) {
        response.headers_mut().insert(name, version.into());
    }
    response
}

fn json(status: u16, document: &Value) -> Response {
    response(status, Some("application/json"), Body::from(document.to_string()))
}

fn response(status: u16, media: Option<&'static str>, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    // An answer may hold a key, and is for whoever asked.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(media) = media {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    response
}
