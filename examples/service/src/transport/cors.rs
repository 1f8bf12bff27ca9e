//! CORS around everything: a pre-flight is answered here, before anything looks for a key.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use keyward::http::cors::Policy;

pub(super) async fn around(State(policy): State<Arc<Policy>>, request: Request, next: Next) -> Response {
    let lines = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let evaluated = policy.evaluate(request.method().as_str(), lines);
    let mut added = HeaderMap::new();
    for (name, value) in evaluated.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            added.insert(name, value);
        }
    }
    if let Some(vary) = evaluated.vary().value() {
        added.append(header::VARY, HeaderValue::from_static(vary));
    }
    let preflight = evaluated.preflight_status().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = match preflight {
        Some(status) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            response
        }
        None => next.run(request).await,
    };
    response.headers_mut().extend(added);
    response
}
