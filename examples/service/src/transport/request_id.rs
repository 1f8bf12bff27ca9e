//! `X-Request-ID`: what the caller calls their request, said again with the answer, whatever that is.

use axum::{extract::Request, http::HeaderName, middleware::Next, response::Response};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn echo(request: Request, next: Next) -> Response {
    let mut said = request.headers().get_all(REQUEST_ID).iter();
    // A request with two names has none.
    let id = said.next().cloned().filter(|_| said.next().is_none());
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
